"""What the client counts and times, from what people do to the numbers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import discord
import pytest
from fakes.scene import EN, LIFT, ROOF, Scene, Stub, play

from bot.client.answering import Answering, Asked
from bot.client.patient_store import PatientStore
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Articles
from bot.serve.measures import Measures, Stage, Unanswered, Unsent, Way
from bot.serve.turns import THREADS, Turn, Turns
from bot.store.memory import MemoryStore
from bot.store.values import Overrides

READ = "who called for a second lift please, hoist"


def timed(measures: Measures) -> dict[Stage, int]:
    """How often each stage was timed."""
    return {stage: sum(histogram.counts) for stage, histogram in measures.stages.items()}


def test_an_answer_is_counted_once_and_each_stage_that_it_passed_is_timed(tiny: Engine) -> None:
    measures = Measures()

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        assert timed(measures) == {
            Stage.WAITING: 0, Stage.JUDGING: 0, Stage.WORDING: 1, Stage.RESPONSE: 0, Stage.WHOLE: 1
        }  # fmt: skip
        await s.asker.send_dm(READ)
        await s.friend().slash(s.channel, "ask", question=ROOF)

    play(story, tiny, measures=measures)
    assert measures.answers == {(Verdict.ANSWER, Way.RECORDED): 2, (Verdict.ANSWER, Way.READ): 1}
    assert timed(measures) == {Stage.WAITING: 1, Stage.JUDGING: 1, Stage.WORDING: 3, Stage.RESPONSE: 1, Stage.WHOLE: 3}
    assert measures.unanswered == {}
    assert measures.stages[Stage.JUDGING].total <= measures.stages[Stage.WHOLE].total


def test_a_deferral_is_a_first_response_and_the_only_one(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    measures = Measures()

    async def later(self: Turns, turn: Turn, function: Callable[[], Any]) -> Any:
        await asyncio.sleep(1.0)  # of simcord's time, of which none passes while a thread is at work
        return function()

    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "ask", question=READ)
        assert s.responses[0]["type"] == discord.InteractionResponseType.deferred_channel_message.value

    monkeypatch.setattr(Turns, "run", later)
    play(story, tiny, measures=measures, defer_after=0.01, settle_timeout=2.0)
    assert (timed(measures)[Stage.RESPONSE], timed(measures)[Stage.WHOLE]) == (1, 1)
    assert measures.stages[Stage.RESPONSE].total < measures.stages[Stage.WHOLE].total


def test_who_asks_too_soon_is_counted_each_time_though_told_once(tiny: Engine) -> None:
    measures = Measures()

    async def story(s: Scene) -> None:
        await s.settings.change(s.guild.id, None, lambda _: Overrides(cooldown=60.0))
        for _ in range(3):
            await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=LIFT)

    play(story, tiny, measures=measures)
    assert measures.unanswered == {Unanswered.COOLDOWN: 3}
    assert sum(measures.answers.values()) == 1


def test_an_article_that_is_gone_is_counted(tiny: Engine) -> None:
    measures = Measures()

    async def story(s: Scene) -> None:
        await s.settings.change(s.guild.id, s.channel.id, lambda _: Overrides(article="boats"))
        await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert s.sent[-1]["content"] == EN.article_gone
        s.env.errors.clear()

    play(story, tiny, measures=measures)
    assert measures.unanswered == {Unanswered.GONE: 2}


def test_what_is_overheard_is_an_answer_or_silence(tiny: Engine) -> None:
    measures = Measures()

    async def story(s: Scene) -> None:
        await s.settings.change(s.guild.id, s.channel.id, lambda _: Overrides(listen=True))
        for said in ("best pizza in town?", LIFT):
            await s.asker.send(s.channel, said)

    play(story, tiny, measures=measures, listen=True)
    assert measures.unanswered == {Unanswered.SILENT: 1}
    assert measures.answers == {(Verdict.ANSWER, Way.RECORDED): 1}


def test_a_fault_of_the_engine_is_counted(tiny: Engine) -> None:
    measures = Measures()

    def fail(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        raise KeyError(question)

    async def story(s: Scene) -> None:
        await s.mention(LIFT)

    play(story, Stub(tiny, fail), measures=measures)
    assert (measures.unanswered, measures.answers) == ({Unanswered.FAILED: 1}, {})


@pytest.mark.parametrize(("status", "code", "unsent"), [(500, 0, Unsent.SERVER), (403, 50013, Unsent.CLIENT)])
def test_what_discord_refuses_is_counted_by_the_class_of_its_status(tiny: Engine, status: int, code: int, unsent: Unsent) -> None:
    measures = Measures()

    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
        await s.mention(LIFT)
        await s.mention(LIFT)

    play(story, tiny, measures=measures)
    assert measures.unsent == {unsent: 1}


def test_what_a_dead_connection_leaves_unsent_is_counted_once(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    measures = Measures()
    monkeypatch.setattr("bot.client.delivery.RETRY_AFTER", (0.0, 0.0))

    async def story(s: Scene) -> None:
        async def dead(*_: object, **__: object) -> None:
            raise aiohttp.ServerDisconnectedError

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(s.bot.http, "request", dead)
            await s.mention(LIFT)

    play(story, tiny, measures=measures)
    assert measures.unsent == {Unsent.CONNECTION: 1}


def test_those_wait_for_whom_there_is_no_thread(tiny: Engine) -> None:
    measures, gate = Measures(), threading.Event()

    def held(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        assert gate.wait(10)
        return engine.answer(question, history)

    async def ask() -> list[int]:
        engine = Stub(tiny, held)
        answering = Answering(Dialogue(), PatientStore(MemoryStore(), measures), measures=measures)
        articles = Articles((engine,), (engine,))  # type: ignore[arg-type]
        asked = [Asked(LIFT, articles, Conversation(1, n, tiny.pack.version), None, EN) for n in range(THREADS + 3)]
        waiting = [measures.waiting()]
        answers = [asyncio.create_task(answering.answer(a)) for a in asked]
        await asyncio.sleep(0.05)
        waiting.append(measures.waiting())
        gate.set()
        await asyncio.gather(*answers)
        return [*waiting, measures.waiting()]

    assert asyncio.run(ask()) == [0, 3, 0]
    assert timed(measures)[Stage.WAITING] == THREADS + 3
