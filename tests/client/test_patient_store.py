"""A store that fails or hangs costs no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from fakes.scene import LIFT, Scene, play

from bot.client import patient_store
from bot.client.patient_store import PatientStore
from bot.client.settings import SettingsCache
from bot.engine.pipeline import Engine
from bot.serve.measures import Measures, Use
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, GuildSettings, StoreFault


def test_without_a_store_the_bot_warns_once_answers_once_and_works(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.store.close()
        asked = await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.sent) == len(s.responses) == 1
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny)
    assert (log.text.count("the store cannot be read"), log.text.count("the store cannot be written")) == (1, 1)


def test_a_store_that_hangs_costs_no_answer(monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(patient_store, "PATIENCE", 0.01)

    class Hanging(MemoryStore):
        async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
            await asyncio.Event().wait()

        async def settings(self, guild_id: int) -> GuildSettings:
            return await asyncio.Event().wait()  # type: ignore[return-value]

    async def run() -> None:
        store = PatientStore(Hanging())
        assert await SettingsCache(store, ChannelSettings()).at(1, None) == ChannelSettings(ephemeral=True)
        await store.note(3, 2, None)
        assert await store.is_asker(3, 2)

    asyncio.run(run())
    assert "the store cannot be written, so the bot goes on without it: it takes longer than 0.01 s" in log.text


class Full(MemoryStore):
    """A store that can be read, and for a while not written."""

    is_full = True

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        if self.is_full:
            raise StoreFault("the store", "cannot grow.", "make room.")
        await super().note(reply_id, asker_id, guild_id)


def test_what_cannot_be_written_is_logged_once_though_reading_works_and_again_when_it_comes_back(
    log: pytest.LogCaptureFixture,
) -> None:
    async def run() -> None:
        full = Full()
        store = PatientStore(full)
        for full.is_full in (True, False, True):
            for reply in range(3):
                await store.note(reply, 2, None)
                await store.settings(1)

    asyncio.run(run())
    assert log.text.count("the store cannot be written, so the bot goes on without it: the store: cannot grow.") == 2


def test_notes_that_could_not_be_written_are_known_and_written_when_it_works_again() -> None:
    async def run() -> None:
        full = Full()
        store = PatientStore(full)
        for reply in range(3):
            await store.note(reply, 10 + reply, 20 + reply)
        assert [await store.is_asker(reply, 10 + reply) for reply in range(4)] == [True, True, True, None]
        assert [await store.is_asker(reply, 10) for reply in range(2)] == [True, False]
        assert [(kept.reply_id, kept.guild_id) for kept in await store.kept_of(11)] == [(1, 21)]
        await store.forget(10)
        await store.forget_guild(21)
        assert [await store.is_asker(reply, 12) for reply in range(3)] == [None, None, True]
        full.is_full = False
        await store.note(3, 13, None)
        assert [await full.is_asker(reply, 10 + reply) for reply in range(4)] == [None, None, True, True]
        assert [(kept.reply_id, kept.guild_id) for kept in await store.kept_of(13)] == [(3, None)]
        full.is_full = True
        await store.note(4, 14, None)
        await store.write_waiting()
        assert await full.is_asker(4, 14) is None
        full.is_full = False
        await store.write_waiting()
        assert await full.is_asker(4, 14)

    asyncio.run(run())


def test_a_user_is_forgotten_wholly_or_not_at_all_and_the_oldest_note_stays_the_first_to_go() -> None:
    class Down(Full):
        async def forget(self, user_id: int) -> None:
            if self.is_full:
                raise StoreFault("the store", "cannot grow.", "free some space.")
            await super().forget(user_id)

    async def run() -> None:
        down = Down()
        store = PatientStore(down)
        for reply, asker in enumerate((11, 10, 11)):
            await store.note(reply, asker, None)
        with pytest.raises(StoreFault):
            await store.forget(11)
        assert [await store.is_asker(reply, 11) for reply in range(3)] == [True, False, True]
        assert list(store._unwritten) == [0, 1, 2]
        down.is_full = False
        await store.forget(11)
        await store.note(3, 12, None)
        assert [await down.is_asker(reply, 10) for reply in range(3)] == [None, True, None]

    asyncio.run(run())


def test_no_more_notes_are_kept_unwritten_than_there_is_room_for_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_store, "MAX_UNWRITTEN", 3)

    async def run() -> None:
        store = PatientStore(Full())
        for reply in range(5):
            await store.note(reply, 10, None)
        assert [await store.is_asker(reply, 10) for reply in range(5)] == [None, None, True, True, True]
        monkeypatch.setattr(patient_store, "KEEP_UNWRITTEN", 0.0)
        assert await store.is_asker(4, 10) is None

    asyncio.run(run())


def test_forgetting_a_server_waits_as_long_as_the_store_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_store, "PATIENCE", 0.01)

    class Slow(MemoryStore):
        async def forget_guild(self, guild_id: int) -> None:
            await asyncio.sleep(0.1)
            await super().forget_guild(guild_id)

    async def run() -> None:
        kept = Slow()
        await kept.note(3, 2, 1)
        await SettingsCache(PatientStore(kept), ChannelSettings()).forget(1)
        assert await kept.is_asker(3, 2) is None

    asyncio.run(run())


@pytest.mark.parametrize(
    ("use", "call"),
    [
        (Use.WRITTEN, lambda store: store.change(1, None, lambda old: old)),
        (Use.WRITTEN, lambda store: store.forget(2)),
        (Use.READ, lambda store: store.kept_of(2)),
    ],
)
def test_what_fails_for_somebody_who_is_told_is_counted_too(
    use: Use, call: Callable[[PatientStore], Coroutine[Any, Any, object]]
) -> None:
    measures = Measures()

    async def run() -> None:
        kept = MemoryStore()
        store = PatientStore(kept, measures)
        await call(store)
        assert (measures.store_faults, store.is_failing) == ({}, False)
        await kept.close()
        with pytest.raises(StoreFault):
            await call(store)

    asyncio.run(run())
    assert (measures.store_faults, measures.store_failing) == ({use: 1}, {use})


def test_misses_that_cannot_be_kept_or_read_cost_no_answer(log: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        kept = MemoryStore()
        store = PatientStore(kept)
        await store.keep_miss(1, "one", "who pays", "unsure")
        assert [m.text for m in await store.misses("one") or ()] == ["who pays"]
        await kept.close()
        await store.keep_miss(1, "one", "a lift", "unsure")
        assert await store.misses("one") is None

    asyncio.run(run())
    assert (log.text.count("the store cannot be read"), log.text.count("the store cannot be written")) == (1, 1)
