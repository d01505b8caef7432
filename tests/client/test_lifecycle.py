"""The client as a whole: what it asks Discord for, and that everything it sends is documented."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from discord import SessionStartLimits
from fakes.contract import contract, openapi
from fakes.scene import EN, FR, LIFT, Scene, label, labels, play, shelf, styles, with_everything, worded

from bot.client import lifecycle
from bot.client.answering import Answering
from bot.client.lifecycle import Verbatim
from bot.client.pages import greeting
from bot.client.permissions import greeting_channel
from bot.client.shared import Shared
from bot.engine.pipeline import Engine
from bot.say.wording import COMMANDS, Action, typed_out
from bot.store.coordination import Solitary
from bot.store.memory import MemoryStore
from bot.store.values import Overrides, Share, StoreFault


def test_no_privileged_intent_is_asked_for(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        intents = dict(s.bot.intents)
        assert {name for name, on in intents.items() if on} == {"guilds", "guild_messages", "dm_messages"}

    play(story, tiny)


def test_a_fault_in_an_event_is_logged_without_what_was_said(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        async def failing(*_: object, **__: object) -> None:
            raise ValueError("xylophone")

        monkeypatch.setattr(Answering, "answer", failing)
        await s.mention("xylophone?")
        assert len(s.env.errors) == 1

    play(story, tiny)
    assert "on_message failed: ValueError at test_lifecycle.py:" in log.text
    assert "xylophone" not in log.text


def test_every_body_of_every_feature_is_one_that_discord_s_openapi_file_allows(engine: Engine) -> None:
    openapi()
    asked = with_everything(engine)

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = s.last_message()
        for action in (Action.CONTEXT, Action.WRONG):
            await s.asker.click(message, label=label(action))
        menu = await s.asker.click(message, label=label(Action.MORE))
        for action in (
            Action.ELSE,
            Action.CITE,
            Action.FOLLOW_UP,
            Action.HIDE,
            Action.MORE,
            Action.LESS,
            Action.MORE,
            Action.SHARE,
        ):
            await s.asker.click(menu.response, label=label(action))  # type: ignore[arg-type]
        for name in COMMANDS:
            await s.asker.slash(s.channel, typed_out(name), **({"question": asked} if name == "ask" else {}))
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(threads=True))
        await s.mention(asked)
        guild = s.env.create_guild()
        guild.create_text_channel("lobby")
        await s.join(guild)
        await s.asker.autocomplete(s.channel, "quote", "topic", "")
        await s.asker.autocomplete(s.channel, "ask", "question", "")
        for name, options in (("channel", {"listen": False}), ("cooldown", {"seconds": 1}), ("status", {}), ("reload", {})):
            await s.owner.slash(s.channel, f"verbatim {name}", **options)
        checked = [contract().check(r.method, r.path, r.params, r.json) for r in s.env.http_requests]
        assert len(checked) > 30

    play(story, engine)


# Joining a server


def test_a_server_that_it_joins_is_greeted_once_in_the_first_channel_where_it_may_write(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        guild = s.env.create_guild()
        silent = discord.PermissionOverwrite(send_messages=False)
        unseen = discord.PermissionOverwrite(view_channel=False)
        for name, denied in (("announcements", silent), ("staff", unseen)):
            guild.create_text_channel(name, overwrites={guild.default_role: denied})
        lobby, later = guild.create_text_channel("lobby"), guild.create_text_channel("later")
        await s.join(guild)
        [body] = s.sent
        assert [m.content for m in lobby.history()] == [body["content"]]
        assert body["content"] == greeting(tiny.pack, EN).content
        assert body["allowed_mentions"] == {"parse": []}
        assert body["flags"] == discord.MessageFlags(suppress_embeds=True).value
        assert (labels(body), styles(body)) == ([t.question for t in tiny.pack.starters], [1, 2, 2])
        await s.join(guild)
        assert len(s.sent) == 1, "the same server at once again"
        assert later.history() == []

    play(story, tiny)


def test_the_greeting_s_examples_are_answered(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        guild = s.env.create_guild()
        lobby = guild.create_text_channel("lobby")
        await s.join(guild)
        newcomer = guild.add_member(s.env.create_user("newcomer"))
        example = tiny.pack.starters[0].question
        result = await newcomer.click(s.last_message(lobby), label=example)
        assert result.response is not None
        assert (result.response.content, result.ephemeral) == (worded(tiny, example, echoed=True), False)

    play(story, tiny)


def test_the_channel_for_such_messages_comes_first_and_the_server_s_language_is_used(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        guild = s.env.create_guild(preferred_locale="fr")
        guild.create_text_channel("lobby")
        system = guild.create_text_channel("welcome")
        s.env.backend.get_guild(guild.id).system_channel_id = system.id
        await s.join(guild)
        assert [m.content for m in system.history()] == [greeting(tiny.pack, FR).content]
        assert len(s.sent) == 1

    play(story, tiny)


def test_where_it_may_write_nowhere_or_is_refused_it_greets_nobody_and_answers_all_the_same(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        empty, mute, refusing = (s.env.create_guild() for _ in range(3))
        silent = discord.PermissionOverwrite(send_messages=False)
        mute.create_text_channel("announcements", overwrites={mute.default_role: silent})
        for guild in (empty, mute):
            await s.join(guild)
        assert s.sent == []
        channel = refusing.create_text_channel("lobby")
        s.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        await s.join(refusing)
        assert channel.history() == []
        await s.mention(LIFT)
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)
    assert "failed" not in log.text


def test_servers_that_it_was_in_before_it_started_are_not_greeted(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.env.restart_bot(Verbatim(Shared.of(s.library, s.store)))
        assert s.sent == []

    play(story, tiny)


def test_servers_that_were_left_while_the_bot_was_off_are_forgotten_at_the_start(tiny: Engine) -> None:
    """And no other: not one that Discord cannot reach for a while."""

    async def story(s: Scene) -> None:
        store, here = s.store, s.guild.id
        for guild in (here, 5, 6):
            await store.change(guild, None, lambda _: Overrides(listen=True))
        await store.note(70, 80, 5)
        await store.note(71, 80, 7)
        await store.note(72, 80, None)
        bot = Verbatim(Shared.of(s.library, store))
        await s.env.restart_bot(bot)
        s.env.backend.emit("GUILD_DELETE", {"id": str(here), "unavailable": True})
        await s.env.settle()
        assert [g.unavailable for g in bot.guilds] == [True]
        await bot.on_ready()
        assert (await store.settings(here)).own == Overrides(listen=True)
        assert [(await store.settings(g)).own for g in (5, 6)] == [Overrides()] * 2
        assert [await store.is_asker(reply, 80) for reply in (70, 71, 72)] == [None, None, True]

    play(story, tiny)


def test_what_was_set_for_a_channel_or_thread_goes_when_that_is_deleted(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        backend, here = s.env.backend, s.guild.id
        other, forum = s.guild.create_text_channel("other"), s.guild.create_forum_channel("forum")
        of_other, of_forum = (backend.create_thread(c.id, "thread", s.asker.id) for c in (other, forum))
        kept = [s.channel.id, backend.create_thread(s.channel.id, "kept", s.asker.id).id]
        gone = [other.id, of_other.id, of_forum.id]
        for channel in (*kept, *gone):
            await s.settings.change(here, channel, lambda _: Overrides(listen=True))
        await s.settings.change(here, None, lambda _: Overrides(cooldown=1.0))
        backend.delete_channel(other.id)  # and its threads with it, of which Discord does not tell
        backend.delete_channel(of_forum.id)
        backend.delete_channel(s.guild.create_text_channel("unset").id)
        await s.env.settle()
        settings = await s.store.settings(here)
        assert (sorted(settings.channels), settings.own) == (sorted(kept), Overrides(cooldown=1.0))

    play(story, tiny)


def test_a_channel_that_is_deleted_where_nothing_is_set_leaves_no_trace(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.backend.delete_channel(s.guild.create_text_channel("unset").id)
        await s.env.settle()
        assert await s.store.guilds(0) == set()

    play(story, tiny)


def test_what_was_set_for_channels_that_were_deleted_while_the_bot_was_off_is_forgotten_at_the_start(tiny: Engine) -> None:
    """And of no other: not of those that Discord hides from the bot, nor where it gives no answer, nor of an archived thread."""

    async def story(s: Scene) -> None:
        backend, here = s.env.backend, s.guild.id
        archived = backend.create_thread(s.channel.id, "archived", s.asker.id, broadcast=False)
        for channel in (s.channel.id, archived.id, 5, 6, 7, 8):
            await s.store.change(here, channel, lambda _: Overrides(listen=True))
        for channel, status, code in ((6, 403, 50001), (7, 500, 0), (8, 404, 0)):
            s.env.inject_error("GET", f"/channels/{channel}", status=status, code=code, times=None)
        assert archived.thread_metadata
        archived.thread_metadata.archived = True
        await s.env.restart_bot(Verbatim(Shared.of(s.library, s.store)))
        assert sorted((await s.store.settings(here)).channels) == [6, 7, 8, s.channel.id, archived.id]

    play(story, tiny)


def test_so_many_channels_are_looked_for_at_a_start_and_no_more(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "MAX_LOOKED_FOR", 2)

    async def story(s: Scene) -> None:
        for channel in (5, 6, 7):
            await s.store.change(s.guild.id, channel, lambda _: Overrides(listen=True))
        await s.env.restart_bot(Verbatim(Shared.of(s.library, s.store)))
        assert len((await s.store.settings(s.guild.id)).channels) == 1

    play(story, tiny)


@pytest.mark.parametrize(
    ("shards", "asked", "left"),
    [
        (None, None, set()),
        ((1,), Share(frozenset({1}), 3), {0, 2, 3, 5}),
        ((0, 2), Share(frozenset({0, 2}), 3), {1, 4}),
    ],
)
def test_a_client_forgets_servers_of_its_shards_alone_and_reads_no_others(
    tiny: Engine, shards: tuple[int, ...] | None, asked: Share | None, left: set[int]
) -> None:
    class Asked(MemoryStore):
        async def guilds(self, application_id: int, share: Share | None = None) -> frozenset[int]:
            asked_for.append(share)
            return await super().guilds(application_id, share)

    asked_for: list[Share | None] = []

    async def story() -> set[int]:
        store = Asked()
        for n in range(6):
            await store.note(n, 80, n << 22)
        bot = Verbatim(Shared.of(shelf(tiny), store), shards=shards, shard_count=3)
        await bot.on_ready()
        bot.shared.close()
        return {guild >> 22 for guild in await store.guilds(0)}

    assert asyncio.run(story()) == left
    assert asked_for[:-1] == [asked], "once for all of them"


def test_a_server_of_which_nothing_is_known_yet_has_no_channel_for_a_greeting() -> None:
    unknown: Any = SimpleNamespace(me=None, system_channel=None, text_channels=[object()])
    assert greeting_channel(unknown) is None


# The turn to identify


class Turns(Solitary):
    """A coordinator whose turns are far off, or that cannot be asked."""

    def __init__(self, wait: float | StoreFault) -> None:
        super().__init__()
        self._wait = wait
        self.asked: list[tuple[int, int]] = []

    async def turn(self, application_id: int, bucket: int) -> float:
        self.asked.append((application_id, bucket))
        if isinstance(self._wait, StoreFault):
            raise self._wait
        return self._wait


def identify(tiny: Engine, turns: Turns, shard_id: int, *limits: SessionStartLimits | Exception) -> float:
    """How long a shard waits, told these limits in turn."""
    told = list(limits)

    async def fetch() -> SessionStartLimits:
        found = told.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def story() -> float:
        bot = Verbatim(Shared.of(shelf(tiny), MemoryStore(), coordinator=turns), shards=(shard_id,), shard_count=32)
        bot.fetch_session_start_limits = fetch  # type: ignore[method-assign]
        began = time.monotonic()
        await bot.before_identify_hook(shard_id)
        assert told == []
        bot.shared.close()
        return time.monotonic() - began

    return asyncio.run(story())


def limits(remaining: int, reset_after: int = 0) -> SessionStartLimits:
    return SessionStartLimits(total=1000, remaining=remaining, reset_after=reset_after, max_concurrency=16)


def test_shards_of_the_same_bucket_take_turns(tiny: Engine) -> None:
    turns = Turns(0.05)
    assert identify(tiny, turns, 19, limits(5)) >= 0.05
    assert turns.asked == [(0, 3)]


def test_where_discord_allows_no_further_session_the_shard_waits_until_it_does(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    assert identify(tiny, Turns(0.0), 3, limits(0, 60), limits(1)) >= 0.06
    assert "Discord allows no further session for 0 s; shard 3 waits for that" in log.text


def test_where_nobody_can_be_asked_a_shard_identifies_all_the_same(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    turns = Turns(StoreFault("the database", "cannot be reached.", "wait."))
    identify(tiny, turns, 3, aiohttp.ClientConnectionError())
    assert "Shard 3 identifies without a turn." in log.text
