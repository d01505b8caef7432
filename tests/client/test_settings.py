"""What administrators set, and where it holds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from fakes.scene import EN, LIFT, Scene, label, play, said, shelf, worded

from bot.client.lifecycle import Verbatim
from bot.client.patient_store import PatientStore
from bot.client.settings import POLL, ArticleGone, SettingsCache
from bot.client.shared import Shared
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.wording import COMMANDS, PRIVACY_COMMANDS, Action, typed_out
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, GuildSettings, Overrides, StoreFault


@pytest.fixture
def boats(tmp_path: Path) -> Engine:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    return build(path)


def is_told_to_wait(result: simcord.InteractionResult) -> bool:
    before, after = EN.cooldown.split("{when}")
    return bool(result.ephemeral and re.fullmatch(rf"{before}<t:\d+:R>{re.escape(after)}", said(result)))


def test_settings_hold_at_once_and_after_a_restart(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        shown = await s.owner.slash(s.channel, "verbatim channel", answers="private", listen=True)
        assert shown.ephemeral
        assert EN.switch["private"] in said(shown)
        assert EN.listening_is_off in shown.response.content  # type: ignore[union-attr]
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        settings = (await s.store.settings(s.guild.id)).at(s.channel.id)
        assert (settings.listen, settings.ephemeral, settings.cooldown) == (True, True, 60.0)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await s.owner.slash(s.channel, "verbatim channel", answers="public")
        assert not (await s.friend().slash(s.channel, "ask", question=LIFT)).ephemeral

    play(story, tiny)


def test_where_settings_cannot_be_read_answers_to_commands_are_private_as_may_have_been_set(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.store.close()
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral

    play(story, tiny)


def test_a_thread_has_its_channel_s_settings_until_it_has_its_own(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        channel = s.bot.get_channel(s.channel.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="thread", type=discord.ChannelType.public_thread)
        await s.env.settle()
        [thread] = s.channel.threads
        await s.owner.slash(s.channel, "verbatim channel", answers="private")
        assert (await s.asker.slash(thread, "ask", question=LIFT)).ephemeral
        await s.owner.slash(thread, "verbatim channel", answers="public")
        assert not (await s.asker.slash(thread, "ask", question=LIFT)).ephemeral
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral

    play(story, tiny)


def test_threads_are_set_for_a_channel_and_taken_back_and_the_rest_stays_as_it_was(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        yes, no = (EN.setting_threads.format(state=EN.switch[word]) for word in ("yes", "no"))
        assert no in said(await s.owner.slash(s.channel, "verbatim channel", answers="private"))
        shown = said(await s.owner.slash(s.channel, "verbatim channel", threads=True))
        assert yes in shown
        assert EN.setting_answers.format(state=EN.switch["private"]) in shown
        assert "Create Public Threads" not in shown
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), s.store)))
        await s.mention(LIFT)
        [thread] = s.channel.threads
        assert s.last_message(thread).content == worded(tiny, LIFT)
        assert yes in said(await s.owner.slash(s.channel, "verbatim status"))
        assert no in said(await s.owner.slash(s.channel, "verbatim channel", threads=False))
        await s.mention(LIFT)
        assert len(s.channel.threads) == 1
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


def test_where_it_may_open_no_threads_the_settings_say_so(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        denied = discord.PermissionOverwrite(create_public_threads=False)
        narrow = s.guild.create_text_channel("narrow", overwrites={s.guild.default_role: denied})
        need = EN.threads_need.format(permission="Create Public Threads")
        assert need not in said(await s.owner.slash(narrow, "verbatim channel", answers="public"))
        assert said(await s.owner.slash(narrow, "verbatim channel", threads=True)).endswith(need)
        assert need in said(await s.owner.slash(narrow, "verbatim status"))
        assert EN.status_complete in said(await s.owner.slash(narrow, "verbatim status")), "nothing else is missing"

    play(story, tiny)


def test_a_channel_has_the_article_that_was_chosen_for_it_in_every_way_to_ask(tiny: Engine, boats: Engine) -> None:
    moved = "Which boats were moved to Porto Novo?"

    async def story(s: Scene) -> None:
        other = s.guild.create_text_channel("boats")
        offered = await s.owner.autocomplete(other, "verbatim channel", "article", "")
        assert [c["value"] for c in offered] == ["-", "millbrook", "boats"]
        assert [c["value"] for c in await s.owner.autocomplete(other, "verbatim channel", "article", "boa")] == ["boats"]
        await s.asker.slash(other, "ask", question=LIFT)
        shown = await s.owner.slash(other, "verbatim channel", article="boats")
        assert said(shown).endswith("Article: Boats.")
        await s.mention(moved, other)
        assert s.sent[-1]["content"] == worded(boats, moved)
        old = s.last_message(other)
        assert said(await s.asker.slash(other, "ask", question=moved)) == worded(boats, moved)
        assert "Boats" in said(await s.asker.slash(other, "article about"))
        assert "Porto Novo" in said(await s.asker.slash(other, "article cite"))
        assert "“Boats”" in said(await s.asker.slash(other, "article read"))
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == worded(tiny, "who said that?"), "nothing was asked in this channel"
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)
        await s.owner.slash(other, "verbatim channel", article="millbrook")
        await s.mention("who said that?", other)
        assert s.sent[-1]["content"] == worded(tiny, "who said that?", [tiny.answer(LIFT)]), "the last answer from this article"
        menu = await s.asker.click(old, label=label(Action.MORE))
        cited = await s.asker.click(menu.response, label=label(Action.CITE))  # type: ignore[arg-type]
        assert "Porto Novo" in said(cited), "a button keeps to its article"
        assert said(await s.owner.slash(other, "verbatim channel", article="nowhere")) == EN.article_unknown

    play(story, shelf(tiny, boats))


def test_what_is_set_for_the_whole_server_holds_where_a_channel_has_nothing_of_its_own(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        own = s.guild.create_text_channel("own")
        await s.owner.slash(own, "verbatim channel", article="millbrook")
        shown = await s.owner.slash(s.channel, "verbatim channel", article="boats", answers="private", whole_server=True)
        assert said(shown).startswith(EN.whole_server)
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60, whole_server=True)
        first = await s.asker.slash(own, "ask", question=LIFT)
        assert said(first) == worded(tiny, LIFT)
        assert first.ephemeral
        assert "Boats" in said(await s.asker.slash(s.channel, "article about"))
        assert is_told_to_wait(await s.asker.slash(s.channel, "ask", question=LIFT))

    play(story, shelf(tiny, boats))


def test_the_usual_article_can_be_chosen_where_the_server_has_another(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim channel", article="boats", whole_server=True)
        shown = await s.owner.slash(s.channel, "verbatim channel", article="-")
        assert EN.setting_article.format(title="Millbrook library") in said(shown)
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)
        assert not [m for m in await s.bot.mistakes() if "not loaded" in m]
        elsewhere = s.guild.create_text_channel("elsewhere")
        assert "Boats" in said(await s.asker.slash(elsewhere, "article about"))
        await s.owner.slash(elsewhere, "verbatim channel", article="-", whole_server=True)
        assert "article millbrook," in said(await s.asker.slash(elsewhere, "article about"))

    play(story, shelf(tiny, boats))


def test_where_the_chosen_article_is_not_loaded_no_other_one_answers_and_whoever_asks_is_told(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await s.settings.change(s.guild.id, s.channel.id, lambda _: Overrides(article="boats", listen=True))
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == EN.article_gone
        for command in [c for c in COMMANDS if c not in PRIVACY_COMMANDS]:
            result = await s.asker.slash(s.channel, typed_out(command), **({"question": LIFT} if command == "ask" else {}))
            assert (said(result), result.ephemeral) == (EN.article_gone, True), command
        assert await s.asker.autocomplete(s.channel, "ask", "question", "li") == []
        await s.asker.send(s.channel, LIFT)
        assert len(s.sent) == 1, "it listens, but has nothing to answer from"
        assert EN.article_gone in said(await s.owner.slash(s.channel, "verbatim status"))
        assert {type(error.original) for error in s.env.errors} == {ArticleGone}  # type: ignore[attr-defined]
        assert "failed" not in log.text
        assert [m for m in await s.bot.mistakes() if f"channel {s.channel.id} is set to the article boats" in m]

    play(story, tiny, store, listen=True)


def test_a_cooldown_in_the_settings_holds_where_administrators_set_no_other(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert is_told_to_wait(await s.asker.slash(s.channel, "ask", question=LIFT))
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=0)
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)

    play(story, tiny, defaults=ChannelSettings(cooldown=30.0))


# What other processes change


class Shelf:
    """A store that several processes share: what it says, how often it was asked, and whether it can be."""

    def __init__(self) -> None:
        self.asked, self.works, self.private = 0, True, False

    async def settings(self, guild_id: int) -> GuildSettings | None:
        self.asked += 1
        await asyncio.sleep(0)
        return GuildSettings(Overrides(ephemeral=self.private)) if self.works else None


def known(shelf: Any, now: list[float]) -> tuple[SettingsCache, Callable[[], bool]]:
    cache = SettingsCache(shelf, ChannelSettings(), lambda: now[0])
    return cache, lambda: asyncio.run(cache.at(1, None)).ephemeral


def test_what_another_process_changed_is_read_anew_and_nothing_else() -> None:
    store, now = Shelf(), [0.0]
    cache, is_private = known(store, now)
    assert not is_private()
    store.private = True
    cache.changed(2)
    now[0] += 1000
    assert not is_private()
    assert store.asked == 1
    cache.changed(1)
    assert is_private()
    assert store.asked == 2


def test_what_changes_while_it_is_read_is_read_again() -> None:
    async def story() -> None:
        store = Shelf()
        cache = SettingsCache(store, ChannelSettings())  # type: ignore[arg-type]
        reading = asyncio.create_task(cache.at(1, None))
        await asyncio.sleep(0)
        cache.changed(1)
        await reading
        await cache.at(1, None)
        await cache.at(1, None)
        assert store.asked == 2

    asyncio.run(story())


def test_what_another_process_changes_while_something_is_set_is_read_again() -> None:
    async def story() -> None:
        class Late(MemoryStore):
            """Another process changes the same server just after it was read."""

            is_late = False

            async def settings(self, guild_id: int) -> GuildSettings:
                found = await super().settings(guild_id)
                if self.is_late:
                    self.is_late = False
                    await self.change(guild_id, None, lambda old: replace(old, ephemeral=True))
                    cache.changed(guild_id)
                return found

        store = Late()
        cache = SettingsCache(PatientStore(store), ChannelSettings())
        store.is_late = True
        assert await cache.change(1, None, lambda old: replace(old, listen=True))
        assert await cache.at(1, None) == ChannelSettings(listen=True, ephemeral=True)

    asyncio.run(story())


def test_what_was_set_is_not_called_lost_where_only_reading_it_back_fails() -> None:
    async def story() -> None:
        class Unread(MemoryStore):
            works = False

            async def settings(self, guild_id: int) -> GuildSettings:
                if not self.works:
                    raise StoreFault("the store", "cannot be reached.", "wait.")
                return await super().settings(guild_id)

        store = Unread()
        cache = SettingsCache(PatientStore(store), ChannelSettings())
        assert await cache.change(1, None, lambda old: replace(old, listen=True))
        store.works = True
        assert (await cache.at(1, None)).listen

    asyncio.run(story())


def test_of_a_burst_in_a_server_whose_settings_cannot_be_read_all_wait_for_the_store_at_the_same_time() -> None:
    async def story() -> None:
        store = Shelf()
        store.works = False
        cache = SettingsCache(store, ChannelSettings())  # type: ignore[arg-type]
        every = await asyncio.gather(*(cache.at(1, None) for _ in range(20)))
        assert set(every) == {ChannelSettings(ephemeral=True)}
        assert store.asked == 1
        store.works = True
        assert await cache.at(1, None) == ChannelSettings()

    asyncio.run(story())


def test_where_no_change_is_heard_what_is_known_holds_for_some_seconds_and_then_all_is_read_anew() -> None:
    store, now = Shelf(), [0.0]
    cache, is_private = known(store, now)
    is_private()
    cache.hears(False)
    store.private = True
    now[0] += POLL - 0.1
    assert not is_private()
    now[0] += 0.2
    assert is_private()
    cache.hears(True)
    store.private = False
    assert not is_private(), "it was not told of what changed meanwhile"
    now[0] += 1000
    is_private()
    assert store.asked == 3


def test_where_the_store_fails_what_was_last_known_holds_and_it_is_not_asked_each_time() -> None:
    store, now = Shelf(), [0.0]
    cache, is_private = known(store, now)
    store.private = True
    assert is_private()
    store.works = False
    cache.changed(1)
    for _ in range(5):
        assert is_private()
    assert store.asked == 2
    now[0] += POLL
    store.works, store.private = True, False
    assert not is_private()
