"""Every command, button, list and window, from what a reader does to the JSON that leaves, through the real library in a simulated Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord
from fakes.contract import contract, openapi
from fakes.scene import Scene, Stub, play, said, shelf, worded

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.client.app import ArticleGone, Verbatim
from bot.client.claims import Claims
from bot.client.outgoing import Outgoing
from bot.client.state import text_of
from bot.engine.answer import Answer, Answered
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.say import pages as worded
from bot.say import replies as reply
from bot.say.languages import wording
from bot.say.lines import said
from bot.say.why import why
from bot.say.wording import COMMANDS, FORMATS, Action, Format, Wording
from bot.serve.dialogue import Conversation, Dialogue
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, GuildSettings, Overrides

LIFT = "Who called for a second lift?"
ROOF = "What did Tom Reed say about the roof repairs?"
EN, FR = wording("en"), wording("fr")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "bot")
    return caplog


@pytest.fixture
def in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    """simcord's askers all use English."""
    create = discord.Interaction._from_data

    def french(self: discord.Interaction[Any], data: Any) -> None:
        create(self, {**data, "locale": "fr"})

    monkeypatch.setattr(discord.Interaction, "_from_data", french)


def labels(body: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    return [c["label"] for row in body.get("components", ()) for c in row["components"] if c["type"] == 2]


def custom_id(body: dict[str, Any], label: str) -> str:
    return next(c["custom_id"] for row in body["components"] for c in row["components"] if c.get("label") == label)


def label(action: Action, words: Wording = EN) -> str:
    return words.buttons[action]


def last(s: Scene, channel: simcord.ChannelHandle | None = None) -> discord.Message:
    message = (channel or s.channel).last_message
    assert message is not None
    return message


def owner(s: Scene) -> simcord.MemberActor:
    return simcord.MemberActor(s.env, s.guild, s.guild.owner)


def friend(s: Scene, name: str = "friend") -> simcord.MemberActor:
    return s.guild.add_member(s.env.create_user(name))


def with_every_button(engine: Engine) -> str:
    """A question whose answer has other passages and other matches beside it."""
    wanted = {Action.CONTEXT, Action.ELSE, Action.MATCHES}
    asked = (f"so {t.question}" for t in engine.pack.entries)
    return next(q for q in asked if {b.action for b in reply.buttons(engine.answer(q), engine.pack, EN)} >= wanted)


# Commands


def test_every_command_is_there_works_everywhere_and_has_its_words_in_french(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        [synced] = s.bodies("PUT", "/applications/")
        named = {c["name"]: c for c in synced}
        assert set(named) == {*COMMANDS, EN.menu_ask, "verbatim"}
        for name in COMMANDS:
            assert (named[name]["integration_types"], named[name]["contexts"]) == ([0, 1], [0, 1, 2])
            assert named[name]["description"] == EN.commands[name]
            assert named[name]["description_localizations"] == {"fr": FR.commands[name]}
            for option in named[name]["options"]:
                assert option["description"] == EN.options[f"{name}.{option['name']}"]
                assert option["description_localizations"] == {"fr": FR.options[f"{name}.{option['name']}"]}
        menu = named[EN.menu_ask]
        assert (menu["type"], menu["name_localizations"]) == (3, {"fr": FR.menu_ask})
        assert (menu["integration_types"], menu["contexts"]) == ([0, 1], [0, 1, 2])
        group = named["verbatim"]
        assert (group["integration_types"], group["contexts"]) == ([0], [0])
        assert int(group["default_member_permissions"]) == discord.Permissions(manage_guild=True).value
        assert [o["name"] for o in group["options"]] == ["channel", "cooldown", "status", "reload"]

    play(story, tiny)


def test_pages_that_are_for_one_reader_are_shown_to_that_reader_alone(tiny: Engine) -> None:
    pack = tiny.pack
    expected = {
        "who": worded.people(browse.people(pack), pack, EN),
        "article": worded.article(browse.paragraphs(pack), pack, EN),
        "faq": worded.faq(browse.faq(pack), EN),
        "about": worded.about(pack, EN),
        "help": worded.help_text(pack, EN),
        "privacy": worded.privacy(EN),
        "why": said(EN.why_none),
        "cite": said(EN.cite_none),
        "forget": said(EN.forgotten),
    }

    async def story(s: Scene) -> None:
        for name, page in expected.items():
            result = await s.asker.slash(s.channel, name)
            assert said(result) == page.content, name
            assert result.ephemeral, name
        assert set(expected) | {"ask", "quote"} == set(COMMANDS)

    play(story, tiny)


@pytest.mark.usefixtures("in_french")
def test_an_interaction_is_answered_in_the_asker_s_language_with_the_same_quotation(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert result.response is not None
        assert result.response.content == reply.compose(tiny.answer(LIFT), tiny.pack, FR, understood=True).content
        assert "Councillor Ruth Bell also called for a second lift" in said(result)
        assert label(Action.CONTEXT, FR) in labels(s.responses[0]["data"])
        assert said(await s.asker.slash(s.channel, "about")) == worded.about(tiny.pack, FR).content

    play(story, tiny)


def test_a_mention_is_answered_in_the_server_s_language(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        guild = s.env.create_guild(preferred_locale="fr")
        channel = guild.create_text_channel("article")
        asker = guild.add_member(s.env.create_user("lectrice"))
        await asker.send(channel, f"<@{s.bot.user.id if s.bot.user else 0}> {LIFT}")
        assert s.sent[-1]["content"] == reply.compose(tiny.answer(LIFT), tiny.pack, FR).content

    play(story, tiny)


def test_ask_suggests_real_questions_and_takes_free_text(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        offered = await s.asker.autocomplete(s.channel, "ask", "question", "lift")
        assert offered == [{"name": o.label, "value": o.value} for o in suggestions.suggest_questions(tiny.pack, "lift")]
        assert LIFT in [o["value"] for o in offered]
        result = await s.asker.slash(s.channel, "ask", question="lift??")
        assert said(result) == worded(tiny, "lift??")

    play(story, tiny)


def test_what_is_suggested_for_quote_is_found_by_it(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        people = await s.asker.autocomplete(s.channel, "quote", "speaker", "kov")
        assert [p["name"] for p in people] == ["Anna Kovacs"]
        topics = await s.asker.autocomplete(s.channel, "quote", "topic", "", speaker=people[0]["value"])
        assert topics
        for topic in topics[:5]:
            result = await s.asker.slash(s.channel, "quote", speaker=people[0]["value"], topic=topic["value"])
            assert "Anna Kovacs" in said(result)
            assert not result.ephemeral

    play(story, tiny)


def test_quote_takes_a_name_as_it_is_typed_and_says_where_there_is_nobody(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        pack = tiny.pack
        found = await s.asker.slash(s.channel, "quote", speaker="Ana Kovacs")
        assert said(found) == worded.quotes(browse.quotes(pack, "kovacs"), pack, EN).content
        nobody = await s.asker.slash(s.channel, "quote", speaker="Napoleon")
        assert (said(nobody), nobody.ephemeral) == (EN.unknown["speaker"], True)
        group = await s.asker.slash(s.channel, "faq", group="no such group")
        assert said(group) == EN.unknown["group"]
        assert said(await s.asker.slash(s.channel, "article", page=999)) == EN.unknown["page"]

    play(story, tiny)


def test_a_fault_while_somebody_types_offers_nothing_and_logs_nothing_of_it(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(pack: object, typed: str) -> None:
        raise ValueError(typed)

    monkeypatch.setattr(browse, "suggest_questions", fail)

    async def story(s: Scene) -> None:
        assert await s.asker.autocomplete(s.channel, "ask", "question", "xylophone") == []

    play(story, tiny)
    assert "xylophone" not in caplog.text


def test_the_menu_of_a_message_asks_what_stands_in_it(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        message = await friend(s).send(s.channel, LIFT)
        result = await s.asker.context_menu(s.channel, EN.menu_ask, message)
        assert said(result) == worded(tiny, LIFT)

    play(story, tiny)


def test_why_explains_the_asker_s_last_answer(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        result = await s.asker.slash(s.channel, "why")
        assert said(result) == why(tiny.answer(LIFT), tiny.pack, EN).content
        assert result.ephemeral
        assert said(await friend(s).slash(s.channel, "why")) == EN.why_none

    play(story, tiny)


@pytest.mark.parametrize("form", list(Format))
def test_cite_writes_the_last_answer_s_citation_in_any_format(tiny: Engine, form: Format) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        await s.mention("thanks")
        result = await s.asker.slash(s.channel, "cite", format=form.value)
        assert result.ephemeral
        assert said(result).startswith(EN.formats[form])
        assert "Ruth Bell" in said(result)
        others = [EN.formats[f] for f in FORMATS if f != form]
        assert labels(s.responses[-1]["data"]) == others
        again = await s.asker.click(result.response, label=others[-1])  # type: ignore[arg-type]
        assert said(again).startswith(others[-1])

    play(story, tiny)


def test_a_long_citation_is_a_file(engine: Engine) -> None:
    longest = max(engine.pack.entries, key=lambda t: sum(len(engine.pack.excerpt(q).text) for q in t.cites))

    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "ask", question=longest.question)
        result = await s.asker.slash(s.channel, "cite", format="annotation")
        assert result.response is not None
        [file] = result.response.attachments
        assert file.filename.endswith(".jsonld")
        assert len(said(result)) < 100

    play(story, engine)


def test_an_answer_to_a_command_begins_with_what_it_was_understood_as_and_never_with_a_reader_s_words(engine: Engine) -> None:
    topic = engine.pack.entries[0]
    asked = f"so, {topic.phrasings[0]} <@1>"

    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question=asked)
        assert result.response is not None
        answer = engine.answer(asked)
        assert isinstance(answer, Answered)
        assert result.response.content.startswith(f"-# Understood as: {reply.escape(answer.entries[0].question)}\n")
        assert "so, " not in result.response.content
        await s.mention(with_every_button(engine))
        assert not s.sent[-1]["content"].startswith("-# Understood"), "the question stands above"
        matches = await s.asker.click(last(s), label=label(Action.MATCHES))
        assert matches.response is not None
        choice = labels(s.responses[-1]["data"])[0]
        chosen = await s.asker.click(matches.response, label=choice)
        assert chosen.response is not None
        assert chosen.response.content.startswith(f"-# Understood as: {choice[:20]}")

    play(story, engine)


def test_where_answers_are_private_what_may_tell_of_one_is_not_said_in_public(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await owner(s).slash(s.channel, "verbatim channel", answers="private")
        await s.asker.slash(s.channel, "ask", question=LIFT)
        for command in ("why", "cite"):
            await s.mention(f"/{command}")
            assert s.sent[-1]["content"] == EN.why_private.format(command=command)
        assert "second lift" in said(await s.asker.slash(s.channel, "why"))

    play(story, tiny)


def test_every_command_works_typed_after_a_mention_or_in_a_direct_message(tiny: Engine) -> None:
    """For those to whom Discord does not show its list of commands, such as some users of screen readers."""

    async def story(s: Scene) -> None:
        slash = {command: await friend(s, command).slash(s.channel, command) for command in COMMANDS if command != "ask"}
        for command, result in slash.items():
            await s.mention(f"/{command}")
            body = s.sent[-1]
            assert body["content"] == said(result), command
            pressed, typed = (
                labels(b) if b.get("components") else [] for b in (s.responses[list(slash).index(command)]["data"], body)
            )
            assert typed == pressed, command
        await s.mention(f"/ask {LIFT}")
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        await s.asker.send_dm("/quote Ruth Bell")
        assert s.sent[-1]["content"] == worded.quotes(browse.quotes(tiny.pack, "bell"), tiny.pack, EN).content
        await s.mention("/quote Nobody Atall speaker: Nobody")
        assert s.sent[-1]["content"] == EN.unknown["speaker"]
        await s.mention("/article 99")
        assert s.sent[-1]["content"] == EN.unknown["page"]

    play(story, tiny)


def test_forget_forgets_the_asker_and_nobody_else(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        other = friend(s)
        await s.mention(ROOF)
        await other.slash(s.channel, "ask", question=ROOF)
        await s.asker.slash(s.channel, "forget")
        await s.mention("/forget")
        assert isinstance(s.bot.store, MemoryStore)
        assert {asker for _, asker, _ in s.bot.store._askers.values()} == {other.id}, "not even that they had it forgotten"
        assert said(await s.asker.slash(s.channel, "why")) == EN.why_none
        assert said(await other.slash(s.channel, "why")) != EN.why_none

    play(story, tiny)


# Buttons


def test_the_buttons_of_an_answer_are_worded_and_few(engine: Engine) -> None:
    topic = engine.pack.entries[0]

    async def story(s: Scene) -> None:
        await s.mention(topic.question)
        [body] = s.sent
        assert len(body["components"]) <= 2
        assert set(labels(body)) <= {EN.buttons[a] for a in Action}
        assert {label(Action.CONTEXT), label(Action.CITE), label(Action.HIDE)} <= set(labels(body))
        assert max(map(len, labels(body))) <= 16, "on a phone, a row of buttons is some 40 characters wide"
        assert label(Action.SHARE) not in labels(body)

    play(story, engine)


def test_every_page_behind_a_button_is_for_whoever_presses_also_after_a_restart(engine: Engine) -> None:
    asked = with_every_button(engine)
    answer, pack = engine.answer(asked), engine.pack
    quote = next(b.quote for b in reply.buttons(answer, pack, EN) if b.quote)
    expected = {
        Action.CONTEXT: worded.context(passages.context(pack, quote), pack, EN).content,
        Action.ELSE: worded.others(passages.others(pack, quote), pack, EN).content,
        Action.MATCHES: EN.matches,
        Action.NOT_ASKED: EN.not_asked,
    }

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = last(s)
        await s.env.restart_bot(Verbatim(shelf(engine), MemoryStore(), Dialogue()))
        for action, content in expected.items():
            result = await friend(s, action).click(message, label=label(action))
            assert said(result) == content
            assert result.ephemeral
        near = [t.question for t in suggestions.matches(answer)]
        assert near
        matches = await s.asker.click(message, label=label(Action.MATCHES))
        assert labels(s.responses[-1]["data"]) == [browse.clip(q, 80) for q in near]
        asked_again = await s.asker.click(matches.response, label=browse.clip(near[0], 80))  # type: ignore[arg-type]
        assert said(asked_again) == worded(engine, near[0])

    play(story, engine)


def test_a_follow_up_is_asked_in_a_window_also_after_a_restart_and_by_somebody_else(tiny: Engine) -> None:
    after = worded(tiny, "who said that?", (tiny.answer(ROOF),))
    assert after != worded(tiny, "who said that?")

    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        message = last(s)
        window = await s.asker.click(message, label=label(Action.FOLLOW_UP))
        assert window.modal is not None
        assert window.modal["title"] == EN.follow_up_title
        assert said(await s.asker.submit_modal(window, {"question": "who said that?"})) == after
        other = friend(s)
        theirs = await other.click(message, label=label(Action.FOLLOW_UP))
        await s.env.restart_bot(Verbatim(shelf(tiny), MemoryStore(), Dialogue()))
        assert said(await other.submit_modal(theirs, {"question": "who said that?"})) == after

    play(story, tiny)


def test_a_private_answer_is_shared_word_for_word_and_hidden_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
        private = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert private.ephemeral
        assert label(Action.HIDE) not in labels(s.responses[-1]["data"])
        shared = await s.asker.click(private.response, label=label(Action.SHARE))  # type: ignore[arg-type]
        assert not shared.ephemeral
        assert said(shared) == worded(tiny, LIFT)
        assert {label(Action.HIDE), label(Action.CONTEXT)} <= set(labels(s.responses[-1]["data"]))
        public = last(s)
        assert public.content == worded(tiny, LIFT, understood=True)
        refused = await friend(s).click(public, label=label(Action.HIDE))
        assert said(refused) == EN.not_yours
        hidden = await s.asker.click(public, label=label(Action.HIDE))
        assert [(f.content, f.ephemeral) for f in hidden.followups] == [(worded(tiny, LIFT, understood=True), True)]
        assert s.channel.last_message is None or s.channel.last_message.id != public.id

    play(story, tiny)


def test_what_is_not_as_the_bot_said_it_is_not_shared(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
        private = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert private.response is not None
        stored = s.env.backend.get_message(s.channel.id, private.response.id)
        stored.content = "“We close the library.”"
        result = await s.asker.click(private.response, label=label(Action.SHARE))
        assert (said(result), result.ephemeral) == (EN.unknown_choice, True)

    play(story, tiny)


@pytest.mark.parametrize("way", ["mention", "slash", "dm"])
def test_the_asker_can_remove_an_answer(tiny: Engine, way: str) -> None:
    async def story(s: Scene) -> None:
        if way == "dm":
            await s.asker.send_dm(LIFT)
            message = s.asker.user.dm_channel.last_message
            assert message is not None
            await s.asker.user.click(message, label=label(Action.HIDE))
            left = s.asker.user.dm_channel.last_message
        else:
            if way == "mention":
                await s.mention(LIFT)
            else:
                await s.asker.slash(s.channel, "ask", question=LIFT)
            message = last(s)
            assert said(await friend(s).click(message, label=label(Action.HIDE))) == EN.not_yours
            assert last(s).id == message.id
            await s.asker.click(message, label=label(Action.HIDE))
            left = s.channel.last_message
        assert left is None or left.id != message.id

    play(story, tiny)


def test_a_moderator_can_take_an_answer_away_and_keeps_no_copy(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = last(s)
        await owner(s).click(message, label=label(Action.HIDE))
        assert s.channel.last_message is None or last(s).id != message.id
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_pages_are_turned_in_place_and_people_and_questions_picked_from_a_list(engine: Engine) -> None:
    pack = engine.pack

    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "article")
        assert result.response is not None
        await s.asker.click(result.response, label=label(Action.NEXT))
        assert s.responses[-1]["type"] == discord.InteractionResponseType.message_update.value
        assert s.responses[-1]["data"]["content"] == worded.article(browse.paragraphs(pack, 2), pack, EN).content
        people = await s.asker.slash(s.channel, "who")
        option = worded.people(browse.people(pack), pack, EN).options[0]
        assert people.response is not None
        passages = await s.asker.select(people.response, [option.value])
        assert said(passages) == worded.quotes(browse.quotes(pack, option.value), pack, EN).content
        groups = await s.asker.slash(s.channel, "faq")
        assert groups.response is not None
        group = worded.faq(browse.faq(pack), EN).options[0].value
        questions = await s.asker.select(groups.response, [group])
        assert said(questions) == worded.faq(browse.faq(pack, group), EN).content
        topic = browse.faq(pack, group).topics[0]  # type: ignore[union-attr]
        assert questions.response is not None
        assert said(await s.asker.select(questions.response, [topic.id])) == worded(engine, topic.question)

    play(story, engine)


def test_a_public_page_is_turned_in_place_by_its_asker_only(engine: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "quote")
        public = last(s)
        theirs = await friend(s).click(public, label=label(Action.NEXT))
        assert theirs.ephemeral
        assert last(s).content == public.content
        await s.asker.click(public, label=label(Action.NEXT))
        assert last(s).id == public.id
        assert last(s).content == said(theirs)

    play(story, engine)


FORGED = [
    "verbatim:2:", "verbatim:2:context", "verbatim:2:context:{article}", "verbatim:2:context:{article}:00000000", "verbatim:2:context:00000000:00000000",
    "verbatim:2:page:{article}:article:0:-", "verbatim:2:page:{article}:article:99999:-", "verbatim:2:page:{article}:nothing:1:-", "verbatim:2:cite:{article}",
    "verbatim:2:cite-as:{article}:docx:0-5", "verbatim:2:share:{article}:", "verbatim:2:no-such:{article}:x", "verbatim:2:page:{article}:faq:1:00000000",
]  # fmt: skip


@pytest.mark.parametrize("forged", FORGED)
def test_a_stale_or_forged_button_is_explained_in_private(tiny: Engine, forged: str, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="old", custom_id=forged.format(article=text_of(tiny.pack))))
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=view)
        view.stop()
        result = await s.asker.click(sent, label="old")
        if forged != "verbatim:2:":
            assert said(result) in (EN.unknown_choice, EN.unknown["quote"], EN.unknown["page"])
            assert result.ephemeral

    play(story, tiny)
    assert "failed" not in log.text


# Once only


def test_a_message_that_arrives_twice_is_answered_once_also_by_a_client_that_replaces_another(tiny: Engine) -> None:
    claims = Claims()

    async def story(s: Scene) -> None:
        asked = await s.mention(LIFT)
        await s.repeat(asked)
        assert len(s.sent) == 1
        assert await s.bot.store.asker_of(last(s).id) == s.asker.id
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue(), claims=claims))
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny, claims=claims)


def test_a_process_that_knows_nothing_of_another_answers_under_the_same_nonce_so_that_discord_shows_one(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        asked = await s.mention(LIFT)
        await s.env.restart_bot(Verbatim(shelf(tiny), MemoryStore(), Dialogue()))
        await s.repeat(asked)
        assert [(int(body["nonce"]), body["enforce_nonce"]) for body in s.sent] == [(asked.id, True)] * 2

    play(story, tiny)


def test_a_question_that_discord_refused_to_have_answered_may_be_answered_when_it_arrives_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        asked = await s.mention(LIFT)
        await s.repeat(asked)
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


def test_a_store_that_hangs_costs_no_answer(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.client.app.STORE_PATIENCE", 0.01)

    class Hanging(MemoryStore):
        async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
            await asyncio.Event().wait()

        async def settings(self, guild_id: int) -> GuildSettings:
            return await asyncio.Event().wait()  # type: ignore[return-value]

    async def run() -> None:
        bot = Verbatim(shelf(tiny), Hanging(), Dialogue())
        assert (await bot.settings_at(1, None)).cooldown == 0
        asked: Any = SimpleNamespace(id=1, user=SimpleNamespace(id=2), guild_id=None)
        await bot._note(asked, Outgoing("", rows=((),)), 3)

    asyncio.run(run())


# Listening


def listening(store: MemoryStore, s: Scene) -> Any:
    return store.change(s.guild.id, s.channel.id, lambda _: Overrides(listen=True))


HEARS = {"listen": True}


def test_where_it_listens_it_answers_when_sure_and_is_else_silent(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        other = s.guild.create_text_channel("elsewhere")
        for chatter in (
            "hello",
            "lol",
            "best pizza in town?",
            "what do you think of the lift?",
            "what does the lift cost?",
            "",
            "!!!",
        ):
            if chatter:
                await s.asker.send(s.channel, chatter)
        assert s.sent == []
        await s.asker.send(other, LIFT)
        assert s.sent == []
        asked = await s.asker.send(s.channel, LIFT)
        [body] = s.sent
        assert body["content"] == worded(tiny, LIFT)
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny, store, **HEARS)


def test_where_it_listens_it_does_not_break_in_on_others(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        other = friend(s)
        first = await other.send(s.channel, "nice weather")
        await s.asker.send(s.channel, f"{other.mention} {LIFT}")
        await s.asker.send(s.channel, LIFT, reply_to=first)
        machine = s.guild.add_member(s.env.create_user("machine", bot=True))
        await machine.send(s.channel, LIFT)
        assert s.sent == []

    play(story, tiny, store, **HEARS)


def test_without_the_setting_no_privileged_intent_is_asked_for_and_nothing_is_overheard(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        assert not s.bot.intents.message_content
        await s.asker.send(s.channel, LIFT)
        assert s.sent == []

    play(story, tiny, store)


# Administration


def test_settings_hold_at_once_and_after_a_restart(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        shown = await owner(s).slash(s.channel, "verbatim channel", answers="private", listen=True)
        assert shown.ephemeral
        assert EN.switch["private"] in said(shown)
        assert EN.listening_is_off in shown.response.content  # type: ignore[union-attr]
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await owner(s).slash(s.channel, "verbatim cooldown", seconds=60)
        settings = (await s.bot.store.settings(s.guild.id)).at(s.channel.id)
        assert (settings.listen, settings.ephemeral, settings.cooldown) == (True, True, 60.0)
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral
        await owner(s).slash(s.channel, "verbatim channel", answers="public")
        assert not (await friend(s).slash(s.channel, "ask", question=LIFT)).ephemeral

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
        await owner(s).slash(s.channel, "verbatim channel", answers="private")
        assert (await s.asker.slash(thread, "ask", question=LIFT)).ephemeral
        await owner(s).slash(thread, "verbatim channel", answers="public")
        assert not (await s.asker.slash(thread, "ask", question=LIFT)).ephemeral
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).ephemeral

    play(story, tiny)


@pytest.fixture
def boats(tmp_path: Path) -> Engine:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    return build(path)


def test_a_channel_has_the_article_that_was_chosen_for_it_in_every_way_to_ask(tiny: Engine, boats: Engine) -> None:
    moved = "Which boats were moved to Porto Novo?"

    async def story(s: Scene) -> None:
        other = s.guild.create_text_channel("boats")
        offered = await owner(s).autocomplete(other, "verbatim channel", "article", "")
        assert [c["value"] for c in offered] == ["-", "millbrook", "boats"]
        assert [c["value"] for c in await owner(s).autocomplete(other, "verbatim channel", "article", "boa")] == ["boats"]
        await s.asker.slash(other, "ask", question=LIFT)
        shown = await owner(s).slash(other, "verbatim channel", article="boats")
        assert said(shown).endswith("Article: Boats.")
        await s.mention(moved, other)
        assert s.sent[-1]["content"] == worded(boats, moved)
        old = last(s, other)
        assert said(await s.asker.slash(other, "ask", question=moved)) == worded(boats, moved)
        assert "Boats" in said(await s.asker.slash(other, "about"))
        assert "Porto Novo" in said(await s.asker.slash(other, "cite"))
        assert "“Boats”" in said(await s.asker.slash(other, "article"))
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == worded(tiny, "who said that?"), "nothing was asked in this channel"
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)
        await owner(s).slash(other, "verbatim channel", article="-")
        await s.mention("who said that?", other)
        assert s.sent[-1]["content"] == worded(tiny, "who said that?", [tiny.answer(LIFT)]), "the last answer from this article"
        assert "Porto Novo" in said(await s.asker.click(old, label=label(Action.CITE))), "a button keeps to its article"
        assert said(await owner(s).slash(other, "verbatim channel", article="nowhere")) == EN.article_unknown

    play(story, shelf(tiny, boats))


def test_what_is_set_for_the_whole_server_holds_where_a_channel_has_nothing_of_its_own(tiny: Engine, boats: Engine) -> None:
    async def story(s: Scene) -> None:
        own = s.guild.create_text_channel("own")
        await owner(s).slash(own, "verbatim channel", article="millbrook")
        shown = await owner(s).slash(s.channel, "verbatim channel", article="boats", answers="private", whole_server=True)
        assert said(shown).startswith(EN.whole_server)
        await owner(s).slash(s.channel, "verbatim cooldown", seconds=60, whole_server=True)
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
        await s.bot.change_settings(s.guild.id, s.channel.id, lambda _: Overrides(article="boats", listen=True))
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == EN.article_gone
        for command in ("ask", "about", "article", "who", "faq", "quote", "why", "cite", "help"):
            result = await s.asker.slash(s.channel, command, **({"question": LIFT} if command == "ask" else {}))
            assert (said(result), result.ephemeral) == (EN.article_gone, True), command
        assert await s.asker.autocomplete(s.channel, "ask", "question", "li") == []
        await s.asker.send(s.channel, LIFT)
        assert len(s.sent) == 1, "it listens, but has nothing to answer from"
        assert EN.article_gone in said(await owner(s).slash(s.channel, "verbatim status"))
        assert {type(error.original) for error in s.env.errors} == {ArticleGone}  # type: ignore[attr-defined]
        assert "failed" not in log.text
        assert [m for m in await s.bot._mistakes() if f"channel {s.channel.id} is set to the article boats" in m]

    play(story, tiny, store, listen=True)


def test_a_cooldown_in_the_settings_holds_where_administrators_set_no_other(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == EN.cooldown.format(seconds=30)
        await owner(s).slash(s.channel, "verbatim cooldown", seconds=0)
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)) == worded(tiny, LIFT)

    play(story, tiny, defaults=ChannelSettings(cooldown=30.0))


def test_settings_that_cannot_be_stored_change_nothing_and_say_so(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.close()
        result = await owner(s).slash(s.channel, "verbatim cooldown", seconds=60)
        assert said(result) == EN.not_stored

    play(story, tiny)


def test_only_who_manages_the_server_sees_the_settings(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert not [c for c in s.asker.available_commands(s.channel) if c.startswith("verbatim")]
        assert [c for c in owner(s).available_commands(s.channel) if c.startswith("verbatim")]

    play(story, tiny)


def test_who_asks_too_soon_is_told_once_and_the_next_question_after_it_is_answered(tiny: Engine) -> None:
    now = [0.0]

    async def story(s: Scene) -> None:
        s.bot._cooldowns._clock = lambda: now[0]
        await owner(s).slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(LIFT)
        for _ in range(3):
            await s.mention(ROOF)
        assert [b["content"] for b in s.sent] == [worded(tiny, LIFT), EN.cooldown.format(seconds=60)]
        slash = await s.asker.slash(s.channel, "ask", question=ROOF)
        assert (said(slash), slash.ephemeral) == (EN.cooldown.format(seconds=60), True)
        await friend(s).slash(s.channel, "ask", question=ROOF)
        assert s.last == worded(tiny, ROOF, understood=True)
        now[0] = 60.0
        await s.mention(ROOF)
        assert s.sent[-1]["content"] == worded(tiny, ROOF)

    play(story, tiny)


def test_status_names_what_is_missing_what_is_read_and_how_it_is(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        nobody = discord.PermissionOverwrite(send_messages_in_threads=False, read_message_history=False)
        narrow = s.guild.create_text_channel("narrow", overwrites={s.guild.default_role: nobody})
        here = said(await owner(s).slash(narrow, "verbatim status"))
        assert "Send Messages in Threads, Read Message History" in here
        assert "millbrook" in here
        there = said(await owner(s).slash(s.channel, "verbatim status"))
        assert EN.status_complete in there
        assert EN.status_intent.format(state="no") in there

    play(story, tiny)


# Reading the pack anew


def operator(s: Scene) -> simcord.MemberActor:
    assert s.bot.application is not None
    s.bot.application.owner.id = s.guild.owner.id
    return owner(s)


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
        old = last(s)
        refused = await operator(s).slash(s.channel, "verbatim reload")
        assert "faq/library.yaml" in said(refused)
        assert said(refused).startswith(EN.reload_refused)
        assert refused.ephemeral
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        done = await operator(s).slash(s.channel, "verbatim reload")
        assert said(done).startswith("Read anew: boats")
        await s.mention("who said that?")
        assert s.sent[-1]["content"] == worded(new, "who said that?"), "it refers to an answer from the old article"
        assert said(await s.asker.click(old, label=label(Action.CONTEXT))) == EN.unknown_choice
        assert s.bot.library.default is new

    play(story, shelf(tiny, read_anew=read_anew))


def test_an_answer_that_is_being_made_while_the_pack_changes_is_of_one_pack_and_is_not_remembered(
    tiny: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    new = build(path)

    async def ask() -> tuple[str, tuple[Answer, ...]]:
        loop = asyncio.get_running_loop()

        def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
            asyncio.run_coroutine_threadsafe(bot.library.reload(), loop).result(10)
            return engine.answer(question, history)

        bot = Verbatim(shelf(Stub(tiny, decide), read_anew=lambda: new), MemoryStore(), Dialogue())
        old = bot.library.default
        outgoing = await bot.answer(LIFT, old, Conversation(1, 1, old.pack.version), None)
        assert bot.library.default is new
        return outgoing.content, bot.dialogue.earlier(Conversation(1, 1, new.pack.version))

    assert asyncio.run(ask()) == (worded(tiny, LIFT), ())


def test_only_who_runs_the_bot_may_have_the_pack_read_anew(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert said(await owner(s).slash(s.channel, "verbatim reload")) == EN.reload_operator

    play(story, tiny)


# The report at the start


def test_the_start_reports_each_mistake_once_with_its_fix(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.change(s.guild.id, s.channel.id, lambda _: Overrides(listen=True))
        await s.bot.store.change(s.guild.id, 5, lambda _: Overrides(listen=True))
        log.clear()
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        text = log.text
        assert text.count("write listen: true in config.yaml") == 1
        assert text.count("channel 5, which it cannot see") == 1

    play(story, tiny)


def test_a_permission_that_is_missing_in_a_server_is_named(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        me = s.bot.guilds[0].me
        lacking = discord.Permissions(view_channel=True)
        for role in me.roles:
            role._permissions = lacking.value
        [line] = [m for m in await s.bot._mistakes() if "lacks" in m]
        assert "Send Messages, Send Messages in Threads, Read Message History" in line

    play(story, tiny)


# Discord's own description of its API


def test_every_body_of_every_feature_is_one_that_discord_s_openapi_file_allows(engine: Engine) -> None:
    openapi()
    asked = with_every_button(engine)

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = last(s)
        for action in (Action.CONTEXT, Action.ELSE, Action.MATCHES, Action.NOT_ASKED, Action.CITE, Action.FOLLOW_UP, Action.HIDE):
            await s.asker.click(message, label=label(action))
        for name in COMMANDS:
            await s.asker.slash(s.channel, name, **({"question": asked} if name == "ask" else {}))
        await s.asker.autocomplete(s.channel, "quote", "topic", "")
        await s.asker.autocomplete(s.channel, "ask", "question", "")
        for name, options in (("channel", {"listen": False}), ("cooldown", {"seconds": 1}), ("status", {}), ("reload", {})):
            await owner(s).slash(s.channel, f"verbatim {name}", **options)
        checked = [contract().check(r.method, r.path, r.params, r.json) for r in s.env.http_requests]
        assert len(checked) > 20

    play(story, engine)
