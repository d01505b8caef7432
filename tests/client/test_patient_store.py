"""A store that fails or hangs costs no answer."""

from __future__ import annotations

import asyncio

import pytest
from fakes.scene import LIFT, Scene, play

from bot.client import patient_store
from bot.client.patient_store import PatientStore
from bot.client.settings import SettingsCache
from bot.engine.pipeline import Engine
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, GuildSettings


def test_without_a_store_the_bot_warns_once_answers_once_and_works(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.close()
        asked = await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.sent) == len(s.responses) == 1
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny)
    assert log.text.count("the store cannot be used") == 1


def test_a_store_that_hangs_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
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
        assert await kept.asker_of(3) is None

    asyncio.run(run())
