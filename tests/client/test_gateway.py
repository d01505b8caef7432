"""Connections to the gateway: a frame that cannot be read, and a client that ends while another begins."""

from __future__ import annotations

import asyncio
from functools import partial

import discord
import pytest
from fakes.loopback import Drive, fake_discord
from fakes.scene import shelf

from bot.client import gateway, keeping
from bot.client.lifecycle import Verbatim
from bot.client.running import run
from bot.client.shared import Shared
from bot.config import Settings
from bot.engine.pipeline import Engine
from bot.store.memory import MemoryStore

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"


@pytest.mark.usefixtures("quiet_loggers")
def test_after_a_frame_that_is_no_json_the_session_is_resumed_until_there_are_too_many(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "FIRST_WAIT", 0.01)

    def resumed(times: int) -> bool:
        return fake.resumes == times

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        for number in range(1, gateway.TRIES + 1):
            fake.frame("this is no JSON")
            assert fake.until(partial(resumed, number))
        assert fake.identifies == 1
        fake.frame("this is no JSON")
        assert fake.until(lambda: fake.identifies == 2)

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert log.text.count("resuming") == gateway.TRIES
    assert log.text.count("starting again in") == 1
    assert discord.shard.DiscordWebSocket is discord.gateway.DiscordWebSocket


def test_a_client_that_is_long_in_ending_does_not_say_of_its_successor_that_it_is_not_connected(tiny: Engine) -> None:
    """As where a process gets a shard back that it has just left."""

    async def story() -> None:
        shared = Shared.of(shelf(tiny), MemoryStore())
        old, new = Verbatim(shared, shards=(0,)), Verbatim(shared, shards=(0,))
        for client in (old, new):
            await client._async_setup_hook()  # as login does
        told = shared.measures.shards
        await old.on_shard_connect(0)

        async def answer() -> None:
            old._under_way.enter()
            await asyncio.sleep(0.2)

        answering = asyncio.create_task(answer())
        await asyncio.sleep(0)
        ending = asyncio.create_task(old.close())
        await asyncio.sleep(0.05)
        assert not ending.done()
        await new.on_shard_connect(0)
        await asyncio.gather(ending, answering)
        assert [(number, shard.connected) for number, shard in told.known] == [(0, True)]
        await new.close()

    asyncio.run(story())
