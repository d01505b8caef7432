"""The slash commands and the menu of a message, from what a reader does to the JSON that leaves."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from fakes.scene import EN, FR, LIFT, ROOF, Scene, label, labels, play, said, with_every_button, worded

from bot.browse import pages as browse
from bot.browse import suggestions
from bot.engine.answer import Answered
from bot.engine.pipeline import Engine
from bot.say import lines
from bot.say import pages as say
from bot.say import replies as reply
from bot.say.why import why
from bot.say.wording import COMMANDS, Action, Format
from bot.store.memory import MemoryStore
from bot.text.display import escape


@pytest.fixture
def in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    """simcord's askers all use English."""
    create = discord.Interaction._from_data

    def french(self: discord.Interaction[Any], data: Any) -> None:
        translated: Any = {**data, "locale": "fr"}
        create(self, translated)

    monkeypatch.setattr(discord.Interaction, "_from_data", french)


def test_ask_is_answered_at_once_in_servers_and_in_direct_messages(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        for result in (await s.asker.slash(s.channel, "ask", question=LIFT), await s.asker.user.slash("ask", question=LIFT)):
            assert not result.deferred
            assert said(result) == worded(tiny, LIFT)
            assert not result.ephemeral
        for body in s.responses:
            assert body["data"]["allowed_mentions"] == {"parse": []}
            assert body["data"]["flags"] == discord.MessageFlags(suppress_embeds=True).value

    play(story, tiny)


def test_ask_may_be_used_everywhere_and_takes_one_question_of_at_most_1500_characters(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        [synced] = s.bodies("PUT", "/applications/")
        command = next(c for c in synced if c["name"] == "ask")
        assert (command["name"], command["integration_types"], command["contexts"]) == ("ask", [0, 1], [0, 1, 2])
        [option] = command["options"]
        assert (option["name"], option["type"], option["required"], option["max_length"]) == ("question", 3, True, 1500)

    play(story, tiny)


def test_a_command_that_fails_tells_the_asker(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        s.bot.tree.remove_command("ask")
        result = await s.asker.slash(s.channel, "ask", question="xylophone?")
        assert said(result) == EN.failed
        assert result.ephemeral
        assert [type(e).__name__ for e in s.env.errors] == ["CommandNotFound"]

    play(story, tiny)
    assert "xylophone" not in log.text


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
        "who": say.people(browse.people(pack), pack, EN),
        "article": say.article(browse.paragraphs(pack), pack, EN),
        "faq": say.faq(browse.faq(pack), EN),
        "about": say.about(pack, EN),
        "help": say.help_text(pack, EN),
        "privacy": say.privacy(EN),
        "why": lines.said(EN.why_none),
        "cite": lines.said(EN.cite_none),
        "forget": lines.said(EN.forgotten),
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
        assert said(await s.asker.slash(s.channel, "about")) == say.about(tiny.pack, FR).content

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
        assert said(found) == say.quotes(browse.quotes(pack, "kovacs"), pack, EN).content
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

    monkeypatch.setattr(suggestions, "suggest_questions", fail)

    async def story(s: Scene) -> None:
        assert await s.asker.autocomplete(s.channel, "ask", "question", "xylophone") == []

    play(story, tiny)
    assert "xylophone" not in caplog.text


def test_the_menu_of_a_message_asks_what_stands_in_it(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        message = await s.friend().send(s.channel, LIFT)
        result = await s.asker.context_menu(s.channel, EN.menu_ask, message)
        assert said(result) == worded(tiny, LIFT)

    play(story, tiny)


def test_why_explains_the_asker_s_last_answer(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        result = await s.asker.slash(s.channel, "why")
        assert said(result) == why(tiny.answer(LIFT), tiny.pack, EN).content
        assert result.ephemeral
        assert said(await s.friend().slash(s.channel, "why")) == EN.why_none

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
        others = [EN.formats[f] for f in Format if f is not form]
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
        assert result.response.content.startswith(f"-# Understood as: {escape(answer.entries[0].question)}\n")
        assert "so, " not in result.response.content
        await s.mention(with_every_button(engine))
        assert not s.sent[-1]["content"].startswith("-# Understood"), "the question stands above"
        matches = await s.asker.click(s.last_message(), label=label(Action.MATCHES))
        assert matches.response is not None
        choice = labels(s.responses[-1]["data"])[0]
        chosen = await s.asker.click(matches.response, label=choice)
        assert chosen.response is not None
        assert chosen.response.content.startswith(f"-# Understood as: {choice[:20]}")

    play(story, engine)


def test_forget_forgets_the_asker_and_nobody_else(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        other = s.friend()
        await s.mention(ROOF)
        await other.slash(s.channel, "ask", question=ROOF)
        await s.asker.slash(s.channel, "forget")
        await s.mention("/forget")
        assert isinstance(s.bot.store, MemoryStore)
        assert {asker for _, asker, _ in s.bot.store._askers.values()} == {other.id}, "not even that they had it forgotten"
        assert said(await s.asker.slash(s.channel, "why")) == EN.why_none
        assert said(await other.slash(s.channel, "why")) != EN.why_none

    play(story, tiny)
