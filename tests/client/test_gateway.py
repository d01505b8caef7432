"""A frame of the gateway that cannot be read."""

from __future__ import annotations

from functools import partial

import discord
import pytest
from fakes.loopback import Drive, fake_discord

from bot.client import gateway, keeping
from bot.client.running import run
from bot.config import Settings

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
