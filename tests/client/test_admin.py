"""/verbatim: who may use it, and what it shows and does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from fakes.scene import EN, LIFT, Scene, label, play, said, shelf, worded

from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.say.wording import Action
from bot.store.memory import MemoryStore


def test_settings_that_cannot_be_stored_change_nothing_and_say_so(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.store.close()
        result = await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        assert said(result) == EN.not_stored

    play(story, tiny)


def test_what_is_set_where_the_bot_may_not_speak_is_confirmed_with_the_permissions_that_it_lacks(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        lacking = discord.PermissionOverwrite(send_messages=False, send_messages_in_threads=False)
        mute = s.guild.create_text_channel("mute", overwrites={s.guild.default_role: lacking})
        named = EN.status_missing.format(permissions="Send Messages, Send Messages in Threads")
        for channel, is_lacking in ((mute, True), (s.channel, False)):
            set_to_listen = said(await s.owner.slash(channel, "verbatim channel", listen=True))
            cooled = said(await s.owner.slash(channel, "verbatim cooldown", seconds=60))
            assert [named in shown for shown in (set_to_listen, cooled)] == [is_lacking] * 2
            assert said(await s.owner.slash(channel, "verbatim status")).count(named) == is_lacking

    play(story, tiny, listen=True)


def test_in_a_thread_or_post_it_need_not_write_in_the_channel_itself(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        overwrite = discord.PermissionOverwrite(send_messages=False)
        for_threads = s.guild.create_text_channel("for threads", overwrites={s.guild.default_role: overwrite})
        thread = simcord.ChannelHandle(s.env, s.guild, s.env.backend.create_thread(for_threads.id, "thread", s.asker.id))
        await s.mention(LIFT, thread)
        assert s.last_message(thread).content == worded(tiny, LIFT)
        assert EN.status_complete in said(await s.owner.slash(thread, "verbatim status"))
        lacking = EN.status_missing.format(permissions="Send Messages")
        assert lacking in said(await s.owner.slash(for_threads, "verbatim status"))

    play(story, tiny)


@pytest.mark.parametrize("is_makeshift", [True, False])
def test_where_settings_end_with_the_process_each_confirmation_and_the_status_say_so(tiny: Engine, is_makeshift: bool) -> None:
    async def story(s: Scene) -> None:
        shown = [
            await s.owner.slash(s.channel, "verbatim cooldown", seconds=60),
            await s.owner.slash(s.channel, "verbatim channel", threads=True, whole_server=True),
            await s.owner.slash(s.channel, "verbatim status"),
        ]
        assert EN.setting_cooldown.format(seconds=60) in said(shown[0]), "it is set all the same"
        assert [said(one).endswith(EN.until_restart) for one in shown] == [is_makeshift] * 3
        assert [EN.status_store in said(one) for one in shown] == [False] * 3

    play(story, tiny, MemoryStore(is_makeshift=is_makeshift))


def test_settings_that_the_store_is_slow_to_take_are_deferred_and_hold(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As while another program holds its file for longer than Discord waits for a response."""

    async def story(s: Scene) -> None:
        change = s.store.change

        async def slow(*arguments: Any) -> Any:
            await asyncio.sleep(4)
            return await change(*arguments)

        monkeypatch.setattr(s.store, "change", slow)
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.env.advance_time(4)
        assert [body["type"] for body in s.responses] == [discord.InteractionResponseType.deferred_channel_message.value]
        [shown] = s.bodies("PATCH", "/webhooks/")
        assert EN.setting_cooldown.format(seconds=60) in shown["content"]

    play(story, tiny)


def test_only_who_manages_the_server_sees_the_settings(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert not [c for c in s.asker.available_commands(s.channel) if c.startswith("verbatim")]
        assert [c for c in s.owner.available_commands(s.channel) if c.startswith("verbatim")]

    play(story, tiny)


def test_status_names_what_is_missing_what_is_read_and_how_it_is(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        nobody = discord.PermissionOverwrite(send_messages_in_threads=False, read_message_history=False)
        narrow = s.guild.create_text_channel("narrow", overwrites={s.guild.default_role: nobody})
        here = said(await s.owner.slash(narrow, "verbatim status"))
        assert "Send Messages in Threads, Read Message History" in here
        assert "millbrook" in here
        there = said(await s.owner.slash(s.channel, "verbatim status"))
        assert EN.status_complete in there
        assert EN.status_intent.format(state="no") in there

    play(story, tiny)


def test_a_valid_pack_replaces_the_old_one_and_a_faulty_one_does_not(tiny: Engine, tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    new, results = build(path), ["fault", "new"]

    def read_anew() -> Engine:
        if results.pop(0) == "fault":
            raise FileFaults([Fault("faq/library.yaml", 3, "a quote stands nowhere.", "copy it.")])
        return new

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        old = s.last_message()
        refused = await s.operator().slash(s.channel, "verbatim reload")
        assert "faq/library.yaml" in said(refused)
        assert said(refused).startswith(EN.reload_refused)
        assert refused.ephemeral
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        done = await s.operator().slash(s.channel, "verbatim reload")
        assert said(done).startswith("Read anew: boats")
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == worded(new, "who said that?"), "it refers to an answer from the old article"
        assert said(await s.asker.click(old, label=label(Action.CONTEXT))) == EN.unknown_choice
        assert s.library.default is new

    play(story, shelf(tiny, read_anew=read_anew))


def test_only_who_runs_the_bot_may_have_the_pack_read_anew(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert said(await s.owner.slash(s.channel, "verbatim reload")) == EN.reload_operator

    play(story, tiny)
