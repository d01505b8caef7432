"""What administrators set, and where it holds."""

from __future__ import annotations

from pathlib import Path

import discord
import pytest
from fakes.scene import EN, LIFT, Scene, label, play, said, shelf, worded

from bot.client.lifecycle import Verbatim
from bot.client.settings import ArticleGone
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.wording import Action
from bot.serve.dialogue import Dialogue
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, Overrides


@pytest.fixture
def boats(tmp_path: Path) -> Engine:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    return build(path)


def test_settings_hold_at_once_and_after_a_restart(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        shown = await s.owner.slash(s.channel, "verbatim channel", answers="private", listen=True)
        assert shown.ephemeral
        assert EN.switch["private"] in said(shown)
        assert EN.listening_is_off in shown.response.content  # type: ignore[union-attr]
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        settings = (await s.bot.store.settings(s.guild.id)).at(s.channel.id)
        assert (settings.listen, settings.ephemeral, settings.cooldown) == (True, True, 60.0)
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await s.owner.slash(s.channel, "verbatim channel", answers="public")
        assert not (await s.friend().slash(s.channel, "ask", question=LIFT)).ephemeral

    play(story, tiny)


def test_where_settings_cannot_be_read_answers_to_commands_are_private_as_may_have_been_set(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.close()
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
        assert "Boats" in said(await s.asker.slash(other, "about"))
        assert "Porto Novo" in said(await s.asker.slash(other, "cite"))
        assert "“Boats”" in said(await s.asker.slash(other, "article"))
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == worded(tiny, "who said that?"), "nothing was asked in this channel"
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)
        await s.owner.slash(other, "verbatim channel", article="-")
        await s.mention("who said that?", other)
        assert s.sent[-1]["content"] == worded(tiny, "who said that?", [tiny.answer(LIFT)]), "the last answer from this article"
        assert "Porto Novo" in said(await s.asker.click(old, label=label(Action.CITE))), "a button keeps to its article"
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
        assert "Boats" in said(await s.asker.slash(s.channel, "about"))
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == EN.cooldown.format(seconds=60)

    play(story, shelf(tiny, boats))


def test_where_the_chosen_article_is_not_loaded_no_other_one_answers_and_whoever_asks_is_told(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await s.bot.settings.change(s.guild.id, s.channel.id, lambda _: Overrides(article="boats", listen=True))
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == EN.article_gone
        for command in ("ask", "about", "article", "who", "faq", "quote", "why", "cite", "help"):
            result = await s.asker.slash(s.channel, command, **({"question": LIFT} if command == "ask" else {}))
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
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == EN.cooldown.format(seconds=30)
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=0)
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)

    play(story, tiny, defaults=ChannelSettings(cooldown=30.0))
