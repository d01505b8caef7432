"""What somebody takes back while it is answered gets no answer: through the real library in a simulated Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context

import pytest
from fakes.scene import ROOF, Scene, Stub, play, worded
from simcord.backend import serializers

from bot.client.withdrawn import Withdrawn
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.store.memory import MemoryStore
from bot.store.values import Overrides

NOTHING = Overrides()
Meanwhile = Callable[[Scene, int], Awaitable[None]]


def meanwhile(
    tiny: Engine,
    gone: Meanwhile,
    then: Callable[[Scene], Awaitable[None]],
    *,
    overrides: Overrides = NOTHING,
    listen: bool = False,
) -> None:
    """What happens where `gone` is done, with the id of the first message, while it is judged."""
    scenes: list[Scene] = []
    loops: list[asyncio.AbstractEventLoop] = []

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        async def take_away(s: Scene) -> None:
            await gone(s, next(iter(s.env.backend.messages[s.channel.id])))
            await asyncio.sleep(0.05)  # the bot hears of it

        while loops:
            # Not in the context of the bot's own work, which may not act for somebody else.
            Context().run(asyncio.run_coroutine_threadsafe, take_away(scenes[0]), loops.pop()).result(5)
        return engine.answer(question, history)

    async def story(s: Scene) -> None:
        scenes.append(s)
        loops.append(asyncio.get_running_loop())
        await s.store.change(s.guild.id, s.channel.id, lambda _: overrides)
        await (s.asker.send(s.channel, ROOF) if listen else s.mention(ROOF))
        assert not loops, "it was not judged"
        await then(s)

    play(story, Stub(tiny, decide), MemoryStore(), listen=listen)


async def one_message(s: Scene, message_id: int) -> None:
    s.env.backend.delete_message(s.channel.id, message_id)


async def many_messages(s: Scene, message_id: int) -> None:
    s.env.backend.bulk_delete_messages(s.channel.id, [message_id])


async def the_channel(s: Scene, message_id: int) -> None:
    # The event alone: simcord cannot return a message to whoever sent it to a channel that is gone.
    backend = s.env.backend
    backend.emit("CHANNEL_DELETE", dict(serializers.channel_payload(backend, backend.get_channel(s.channel.id))))


@pytest.mark.parametrize("gone", [one_message, many_messages, the_channel])
def test_a_question_that_is_deleted_while_it_is_judged_is_not_answered(
    tiny: Engine, gone: Meanwhile, log: pytest.LogCaptureFixture
) -> None:
    async def then(s: Scene) -> None:
        assert s.sent == []
        assert "answered" not in log.text, "what was not said is not counted"
        assert not s.bot.shared.measures.unsent

    meanwhile(tiny, gone, then)
    assert [r.getMessage() for r in log.records if r.levelname == "WARNING" and "not sent" in r.getMessage()] == []


def test_a_follow_up_does_not_refer_to_a_question_that_was_deleted(tiny: Engine) -> None:
    async def then(s: Scene) -> None:
        await s.mention("who said that?")
        assert s.last == worded(tiny, "who said that?")

    meanwhile(tiny, one_message, then)


def test_a_question_that_nobody_addressed_and_that_is_deleted_is_not_answered(tiny: Engine) -> None:
    async def then(s: Scene) -> None:
        assert s.sent == []

    meanwhile(tiny, one_message, then, overrides=Overrides(listen=True), listen=True)


def test_a_question_whose_thread_is_deleted_while_it_is_judged_is_not_answered(tiny: Engine) -> None:
    async def gone(s: Scene, _: int) -> None:
        [thread_id] = s.env.backend.get_guild(s.guild.id).thread_ids
        s.env.backend.delete_channel(thread_id)

    async def then(s: Scene) -> None:
        assert [r.path for r in s.env.http_requests if r.path.endswith("/messages")] == []

    meanwhile(tiny, gone, then, overrides=Overrides(threads=True))


def test_another_message_that_is_deleted_meanwhile_changes_nothing(tiny: Engine) -> None:
    async def gone(s: Scene, _: int) -> None:
        s.env.backend.delete_channel(s.env.backend.create_channel(s.guild.id, "elsewhere").id)

    async def then(s: Scene) -> None:
        assert s.last == worded(tiny, ROOF)

    meanwhile(tiny, gone, then)


def test_only_what_is_being_answered_is_known() -> None:
    withdrawn = Withdrawn()
    with withdrawn.watching(1, 10) as first, withdrawn.watching(2, 10) as second, withdrawn.watching(3, 30) as third:
        withdrawn.message_gone(1)
        withdrawn.message_gone(10)
        assert [w.is_withdrawn for w in (first, second, third)] == [True, False, False]
        withdrawn.channel_gone(10)
        assert [w.is_withdrawn for w in (first, second, third)] == [True, True, False]
        withdrawn.channel_gone(3)
        assert third.is_withdrawn, "its own thread"
    with withdrawn.watching(1, 10) as again:
        assert not again.is_withdrawn
