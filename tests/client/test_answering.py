"""From a question to the message that answers it: off the event loop, in order, and without the question in the log."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.scene import EN, LIFT, ROOF, Scene, Stub, play, said, shelf, worded

from bot.client.answering import Answering, Asked
from bot.client.outgoing import Outgoing
from bot.client.patient_store import PatientStore
from bot.engine.answer import Answer
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Articles
from bot.serve.turns import OVERHEARD, THREADS, Limits, Turns
from bot.store.memory import MemoryStore


def made(**options: Any) -> Answering:
    return Answering(Dialogue(), PatientStore(MemoryStore()), Turns(**options))


def asked(question: str, engine: Any, asker: int = 1, guild_id: int | None = None) -> Asked:
    return Asked(question, Articles((engine,), (engine,)), Conversation(1, asker, engine.pack.version), guild_id, EN)


class Held:
    """A decision that waits until it is let go, and counts how many others do at the same time."""

    def __init__(self) -> None:
        self._gate, self._lock = threading.Event(), threading.Lock()
        self._inside = self.most = self.begun = 0

    def __call__(self, question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        with self._lock:
            self.begun += 1
            self._inside += 1
            self.most = max(self.most, self._inside)
        assert self._gate.wait(10), "it is never let go"
        with self._lock:
            self._inside -= 1
        return engine.answer(question, history)

    def let_go(self) -> None:
        self._gate.set()

    async def until(self, begun: int) -> None:
        while self.begun < begun:
            await asyncio.sleep(0.005)


@dataclass(frozen=True)
class Recording(Stub):
    """An engine that knows one question word for word."""

    recorded: str = LIFT

    def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        return self.real.answer(question, history) if question == self.recorded else super().answer(question, history)

    def is_recorded(self, question: str) -> bool:
        return question == self.recorded


def test_an_engine_that_takes_long_does_not_hold_up_the_bot(tiny: Engine) -> None:
    gate = threading.Event()

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        assert gate.wait(10), "the event loop stands still while the engine thinks"
        return engine.answer(question, history)

    async def ask() -> str:
        answering = asyncio.create_task(made().answer(asked(LIFT, Stub(tiny, decide))))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(gate.set)
        return (await answering).content

    assert asyncio.run(ask()) == worded(tiny, LIFT)


def test_questions_of_one_asker_are_answered_in_their_order(tiny: Engine) -> None:
    """A burst, as after a reconnection: the second refers to the first, which takes longer."""

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        if question == ROOF:
            time.sleep(0.2)
        return engine.answer(question, history)

    async def ask() -> str:
        answering, engine = made(), Stub(tiny, decide)
        _, second = await asyncio.gather(*(answering.answer(asked(q, engine)) for q in (ROOF, "who said that?")))
        return second.content

    assert asyncio.run(ask()) == worded(tiny, "who said that?", (tiny.answer(ROOF),))


def test_a_fault_of_the_engine_is_an_apology_and_no_line_of_the_log_quotes_the_question(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        raise ValueError(question)

    async def story(s: Scene) -> None:
        await s.mention("xylophone?")
        result = await s.asker.slash(s.channel, "ask", question="xylophone?")
        assert s.sent[0]["content"] == EN.failed
        assert said(result) == EN.failed
        assert result.ephemeral

    play(story, Stub(tiny, decide))
    assert log.text.count("answering failed: ValueError at test_answering.py:") == 2
    assert "xylophone" not in log.text


def test_an_answer_that_is_being_made_while_the_pack_changes_is_of_one_pack_and_is_not_remembered(
    tiny: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    new = build(path)

    async def ask() -> tuple[str, tuple[Answer, ...]]:
        loop = asyncio.get_running_loop()

        def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
            asyncio.run_coroutine_threadsafe(library.reload(), loop).result(10)
            return engine.answer(question, history)

        library, answering = shelf(Stub(tiny, decide), read_anew=lambda: new), made()
        outgoing = await answering.answer(asked(LIFT, library.default))
        assert library.default is new
        return outgoing.content, answering.earlier(Conversation(1, 1, new.pack.version))

    assert asyncio.run(ask()) == (worded(tiny, LIFT), ())


def test_no_more_questions_are_judged_at_once_than_there_are_threads_and_the_others_wait_in_order(tiny: Engine) -> None:
    held, order = Held(), []

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        order.append(question)
        return held(question, history, engine)

    async def ask() -> list[Outgoing]:
        answering, engine = made(), Stub(tiny, decide)
        questions = [f"{LIFT} {number}" for number in range(3 * THREADS)]
        waiting = [asyncio.create_task(answering.answer(asked(q, engine, n))) for n, q in enumerate(questions)]
        await held.until(THREADS)
        await asyncio.sleep(0.05)
        assert sorted(order) == questions[:THREADS]
        held.let_go()
        answers = await asyncio.gather(*waiting)
        assert sorted(order) == questions
        return answers

    assert len(asyncio.run(ask())) == 3 * THREADS
    assert held.most == THREADS


def test_a_recorded_phrasing_is_answered_while_every_thread_is_taken(tiny: Engine) -> None:
    held = Held()

    async def ask() -> str:
        answering, engine = made(), Recording(tiny, held)
        waiting = [asyncio.create_task(answering.answer(asked(ROOF, engine, n))) for n in range(THREADS)]
        await held.until(THREADS)
        recorded = await asyncio.wait_for(answering.answer(asked(LIFT, engine, 99)), 5)
        assert not any(task.done() for task in waiting)
        held.let_go()
        await asyncio.gather(*waiting)
        return recorded.content

    assert asyncio.run(ask()) == worded(tiny, LIFT)


def test_a_recorded_phrasing_that_refers_to_nothing_is_answered_in_a_conversation_too(tiny: Engine) -> None:
    held = Held()

    async def ask() -> str:
        answering, engine = made(), Recording(tiny, held)
        await answering.answer(asked(LIFT, engine, 99))
        waiting = [asyncio.create_task(answering.answer(asked(ROOF, engine, n))) for n in range(THREADS)]
        await held.until(THREADS)
        recorded = await asyncio.wait_for(answering.answer(asked(LIFT, engine, 99)), 5)
        held.let_go()
        await asyncio.gather(*waiting)
        return recorded.content

    assert asyncio.run(ask()) == worded(tiny, LIFT, (tiny.answer(LIFT),))


def test_a_server_that_floods_delays_another_by_one_turn(tiny: Engine) -> None:
    held, order = Held(), []

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        order.append(question)
        return held(question, history, engine)

    async def ask() -> None:
        answering, engine = made(threads=1), Stub(tiny, decide)
        waiting = [asyncio.create_task(answering.answer(asked(f"flood {n}", engine, n, guild_id=1))) for n in range(9)]
        await held.until(1)
        waiting.append(asyncio.create_task(answering.answer(asked(LIFT, engine, 99, guild_id=2))))
        await asyncio.sleep(0)
        held.let_go()
        await asyncio.gather(*waiting)

    asyncio.run(ask())
    assert order[:4] == ["flood 0", "flood 1", LIFT, "flood 2"]


FULL: dict[str, Any] = {"threads": 1, "addressed": Limits(1, 1, 60.0), "overheard": Limits(0, 0, 60.0)}


def test_where_too_many_wait_who_asks_is_told_so_and_a_recorded_phrasing_is_answered(tiny: Engine) -> None:
    held, refused = Held(), []

    async def ask() -> None:
        answering, engine = made(**FULL), Recording(tiny, held)
        waiting = [asyncio.create_task(answering.answer(asked(ROOF, engine, n, guild_id=1))) for n in range(2)]
        await held.until(1)
        late, recorded = (asked(question, engine, 9, guild_id=1) for question in (ROOF, LIFT))
        assert (answering.is_full(late), answering.is_full(recorded)) == (True, False)
        told = await answering.answer(late, lambda: refused.append(late))
        assert (told.content, told.private) == (EN.busy, True)
        assert told.lasts is not None
        assert await answering.answer_if_sure(late, lambda: True) is None
        assert (await answering.answer(recorded, lambda: refused.append(recorded))).content == worded(tiny, LIFT)
        assert refused == [late]
        held.let_go()
        assert [outgoing.content for outgoing in await asyncio.gather(*waiting)] == [worded(tiny, ROOF)] * 2
        assert answering.earlier(late.conversation)[-1].trace.question.text == tiny.answer(LIFT).trace.question.text

    asyncio.run(ask())


def test_an_asker_s_own_questions_count_while_they_wait_for_each_other(tiny: Engine) -> None:
    held = Held()

    async def ask() -> list[str]:
        answering, engine = made(addressed=Limits(500, 3, 60.0)), Stub(tiny, held)
        waiting = [asyncio.create_task(answering.answer(asked(ROOF, engine))) for _ in range(6)]
        await held.until(1)
        held.let_go()
        return [outgoing.content for outgoing in await asyncio.gather(*waiting)]

    assert asyncio.run(ask()).count(EN.busy) == 2


def test_chatter_has_one_thread_and_delays_nobody_who_asks(tiny: Engine) -> None:
    held, waiting = Held(), OVERHEARD.waiting

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        return held(question, history, engine) if question == ROOF else engine.answer(question, history)

    async def ask() -> tuple[str, list[Outgoing | None]]:
        answering, engine = made(), Stub(tiny, decide)
        overheard = [
            asyncio.create_task(answering.answer_if_sure(asked(ROOF, engine, n), lambda: True)) for n in range(1 + waiting + 5)
        ]
        await held.until(1)
        answered = await asyncio.wait_for(answering.answer(asked(LIFT, engine, 999)), 5)
        held.let_go()
        return answered.content, await asyncio.gather(*overheard)

    content, spoken = asyncio.run(ask())
    assert content == worded(tiny, LIFT)
    assert held.most == 1
    assert [outgoing is not None for outgoing in spoken] == [True] * (1 + waiting) + [False] * 5


def test_what_waits_when_the_client_closes_is_not_begun(tiny: Engine) -> None:
    held = Held()

    async def ask() -> list[Any]:
        answering, engine = made(), Stub(tiny, held)
        waiting = [asyncio.create_task(answering.answer(asked(ROOF, engine, n))) for n in range(THREADS + 1)]
        await held.until(THREADS)
        answering.close()
        held.let_go()
        return await asyncio.gather(*waiting, return_exceptions=True)

    *finished, waited = asyncio.run(ask())
    assert [outgoing.content for outgoing in finished] == [worded(tiny, ROOF)] * THREADS
    assert isinstance(waited, asyncio.CancelledError)
    assert held.begun == THREADS
