"""What is done once at the start: the commands are sent where they have changed, and mistakes reported."""

from __future__ import annotations

import asyncio

import discord
import pytest
from fakes.scene import LIFT, Scene, play, shelf

from bot.client.lifecycle import Verbatim
from bot.client.shared import Shared
from bot.engine.pipeline import Engine
from bot.store.memory import MemoryStore
from bot.store.values import Overrides


def puts(scene: Scene) -> int:
    return len(scene.bodies("PUT", "/applications/"))


def test_the_commands_are_sent_only_when_they_or_the_application_changed(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert puts(s) == 1
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        assert puts(s) == 1
        application = s.bot.application_id or 0
        saved = await s.store.synced_commands(application)
        assert saved
        await s.store.remember_commands(application, "0" * 64)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        assert puts(s) == 2
        assert await s.store.synced_commands(application) == saved
        elsewhere = MemoryStore()
        await elsewhere.remember_commands(application + 1, saved)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), elsewhere)))
        assert puts(s) == 3

    play(story, tiny)


def test_where_discord_refuses_the_commands_the_bot_still_answers_and_tries_at_the_next_start(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        await s.store.remember_commands(s.bot.application_id or 0, "other")
        s.env.inject_error("PUT", "/applications/*/commands", status=500)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        assert "could not be sent to Discord" in log.text
        await s.mention(LIFT)
        assert len(s.sent) == 1
        before = puts(s)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        assert puts(s) == before + 1

    play(story, tiny)


def test_the_start_reports_each_mistake_once_with_its_fix(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(listen=True))
        await s.store.change(s.guild.id, 5, lambda _: Overrides(listen=True))
        s.env.inject_error("GET", "/channels/5", status=403, code=50001)
        log.clear()
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        text = log.text
        assert text.count("write listen: true in config.yaml") == 1
        assert text.count("channel 5, which it cannot see") == 1

    play(story, tiny)


@pytest.mark.parametrize("listen", [True, False])
def test_a_server_that_is_set_to_listen_counts_as_one(tiny: Engine, listen: bool) -> None:
    async def story(s: Scene) -> None:
        nowhere = [m for m in await s.bot.mistakes() if "nowhere is it set to listen" in m]
        assert len(nowhere) == listen
        await s.store.change(s.guild.id, None, lambda _: Overrides(listen=True))
        found = [m for m in await s.bot.mistakes() if "listen" in m]
        deaf = f"it is to listen in server {s.guild.id}, but cannot: write listen: true in config.yaml"
        assert found == ([] if listen else [deaf])

    play(story, tiny, listen=listen)


def test_a_permission_that_is_missing_in_a_server_is_named(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        me = s.bot.guilds[0].me
        lacking = discord.Permissions(view_channel=True)
        for role in me.roles:
            role._permissions = lacking.value
        [line] = [m for m in await s.bot.mistakes() if "lacks" in m]
        assert "Send Messages, Send Messages in Threads, Read Message History" in line

    play(story, tiny)


def test_a_client_of_one_shard_of_several_does_not_speak_for_the_others(tiny: Engine) -> None:
    async def told(shards: tuple[int, ...] | None) -> list[str]:
        bot = Verbatim(Shared.of(shelf(tiny), MemoryStore()), listen=True, shards=shards, shard_count=2)
        found = await bot.mistakes()
        bot.shared.close()
        return found

    assert asyncio.run(told((1,))) == []
    assert [len(asyncio.run(told(every))) for every in ((0, 1), None)] == [2, 2]
