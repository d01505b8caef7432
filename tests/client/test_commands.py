"""The slash commands and the menu of a message, from what a reader does to the JSON that leaves."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import discord
import pytest
import simcord
from fakes.markdown import assert_inert
from fakes.scene import EN, FR, LIFT, Scene, label, labels, play, said, styles, with_everything, worded

from bot.browse import pages as browse
from bot.browse import suggestions
from bot.engine.pipeline import Engine
from bot.say import lines
from bot.say import pages as say
from bot.say import replies as reply
from bot.say.why import why
from bot.say.wording import ARTICLE_COMMANDS, COMMANDS, PRIVACY_COMMANDS, Action, Format, typed_out
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


def test_ask_may_be_used_everywhere_and_takes_a_question_of_at_most_1500_characters_and_the_article_s_name(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        [synced] = s.bodies("PUT", "/applications/")
        command = next(c for c in synced if c["name"] == "ask")
        assert (command["name"], command["integration_types"], command["contexts"]) == ("ask", [0, 1], [0, 1, 2])
        said, article = command["options"]
        assert (said["name"], said["type"], said["required"], said["max_length"]) == ("question", 3, True, 1500)
        assert (article["name"], article["type"], article.get("required", False)) == ("article", 3, False)
        assert article["autocomplete"]

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


@pytest.mark.parametrize("fault", ["another signature", "too late"])
def test_autocompletion_that_fails_is_logged_without_who_typed_what(
    tiny: Engine, log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """As with a command that Discord still shows with an option of an earlier version."""

    async def failing(*_: object, **__: object) -> None:
        raise discord.DiscordException(f"xylophone {askers}")

    async def story(s: Scene) -> None:
        askers.append(s.asker.id)
        if fault == "too late":
            monkeypatch.setattr(discord.InteractionResponse, "autocomplete", failing)
        else:
            command: Any = s.bot.tree.get_command("ask")
            command._params["question"].autocomplete = None
        with contextlib.suppress(Exception):
            await s.asker.autocomplete(s.channel, "ask", "question", "xylophone")

    askers: list[int] = []
    play(story, tiny)
    assert log.text.count("autocompletion failed: ") == 1
    assert "xylophone" not in log.text
    assert str(askers[0]) not in log.text


def test_every_command_is_there_works_everywhere_and_has_its_words_in_french(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        [synced] = s.bodies("PUT", "/applications/")
        named = {c["name"]: c for c in synced}
        assert set(named) == {"ask", "quote", "faq", "article", "privacy", EN.menu_ask, "verbatim"}
        for name in ("ask", "quote", "faq", "article", "privacy"):
            assert (named[name]["integration_types"], named[name]["contexts"]) == ([0, 1], [0, 1, 2])
        under = {c["name"]: c for group in ("article", "privacy") for c in named[group]["options"]}
        assert tuple(under) == (*ARTICLE_COMMANDS, *PRIVACY_COMMANDS)
        assert {c["type"] for c in under.values()} == {discord.AppCommandOptionType.subcommand.value}
        for name in ("article", "privacy", *COMMANDS):
            command = under.get(name) or named[name]
            assert command["description"] == EN.commands[name]
            assert command["description_localizations"] == {"fr": FR.commands[name]}
            for option in command.get("options", []) if name not in ("article", "privacy") else []:
                assert option["description"] == EN.options[f"{name}.{option['name']}"]
                assert option["description_localizations"] == {"fr": FR.options[f"{name}.{option['name']}"]}
        menu = named[EN.menu_ask]
        assert (menu["type"], menu["name_localizations"]) == (3, {"fr": FR.menu_ask})
        assert (menu["integration_types"], menu["contexts"]) == ([0, 1], [0, 1, 2])
        group = named["verbatim"]
        assert (group["integration_types"], group["contexts"]) == ([0], [0])
        assert int(group["default_member_permissions"]) == discord.Permissions(manage_guild=True).value
        assert [o["name"] for o in group["options"]] == ["channel", "cooldown", "status", "reload", "curate"]

    play(story, tiny)


def test_pages_that_are_for_one_reader_are_shown_to_that_reader_alone(tiny: Engine) -> None:
    pack = tiny.pack
    expected = {
        "quote": say.quotes(browse.quotes(pack), pack, EN),
        "faq": say.faq(browse.faq(pack), EN),
        "article read": say.article(browse.paragraphs(pack), pack, EN),
        "article who": say.people(browse.people(pack), pack, EN),
        "article about": say.about(pack, EN),
        "article help": say.help_text(pack, EN),
        "article why": lines.said(EN.why_none),
        "article cite": lines.said(EN.cite_none),
    }

    async def story(s: Scene) -> None:
        for name, page in expected.items():
            result = await s.asker.slash(s.channel, name)
            assert said(result) == page.content, name
            assert result.ephemeral, name
        assert set(expected) | {"ask", *map(typed_out, PRIVACY_COMMANDS)} == {typed_out(c) for c in COMMANDS}

    play(story, tiny)


@pytest.mark.usefixtures("in_french")
def test_an_interaction_is_answered_in_the_asker_s_language_with_the_same_quotation(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert result.response is not None
        assert result.response.content == reply.compose(tiny.answer(LIFT), tiny.pack, FR, asked=LIFT).content
        assert "Councillor Ruth Bell also called for a second lift" in said(result)
        assert label(Action.CONTEXT, FR) in labels(s.responses[0]["data"])
        assert said(await s.asker.slash(s.channel, "article about")) == say.about(tiny.pack, FR).content

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
            assert result.ephemeral

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
        assert said(await s.asker.slash(s.channel, "article read", page=999)) == EN.unknown["page"]

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
        result = await s.asker.slash(s.channel, "article why")
        assert said(result) == why(tiny.answer(LIFT), tiny.pack, EN).content
        assert result.ephemeral
        assert said(await s.friend().slash(s.channel, "article why")) == EN.why_none

    play(story, tiny)


@pytest.mark.parametrize("form", list(Format))
def test_cite_writes_the_last_answer_s_citation_in_any_format(tiny: Engine, form: Format) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        await s.mention("thanks")
        result = await s.asker.slash(s.channel, "article cite", format=form.value)
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
        result = await s.asker.slash(s.channel, "article cite", format="annotation")
        assert result.response is not None
        [file] = result.response.attachments
        assert file.filename.endswith(".jsonld")
        assert len(said(result)) < 100

    play(story, engine)


def test_whatever_answers_a_command_a_menu_a_window_or_a_button_begins_with_the_question(engine: Engine) -> None:
    """Discord shows the others that somebody used a command, not what they asked with it."""
    asked = with_everything(engine)

    async def story(s: Scene) -> None:
        def shown(result: simcord.InteractionResult) -> str:
            assert result.response is not None
            return result.response.content.split("\n")[0]

        over = f"-# Asked: “{escape(asked)}”"
        assert shown(await s.asker.slash(s.channel, "ask", question=asked)) == over
        message = await s.friend().send(s.channel, asked)
        assert shown(await s.asker.context_menu(s.channel, EN.menu_ask, message)) == over
        await s.mention(asked)
        assert s.sent[-1]["content"] == worded(engine, asked), "there the question stands above"
        answer = s.last_message()
        menu = await s.asker.click(answer, label=label(Action.MORE))
        window = await s.asker.click(menu.response, label=label(Action.FOLLOW_UP))  # type: ignore[arg-type]
        assert shown(await s.asker.submit_modal(window, {"question": asked})) == over
        wrong = await s.asker.click(answer, label=label(Action.WRONG))
        choice = labels(s.responses[-1]["data"])[0]
        chosen = await s.asker.click(wrong.response, label=choice)  # type: ignore[arg-type]
        assert shown(chosen).startswith(f"-# Asked: “{escape(choice[:20])}")

    play(story, engine)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("@everyone **look** <@1> who called for a second lift?", "look who called for a second lift?"),
        ("who called? https://evil.example/x <https://evil.example>", "who called?"),
        ("# who\ncalled\n> for a lift?", "who called for a lift?"),
        ("`who` ||called|| [for](x) a_lift_?", None),
        ("who called " + "w" * 500, "who called " + "w" * 148 + "…"),
    ],
)
def test_of_what_was_asked_nothing_acts_and_nobody_is_pinged(tiny: Engine, asked: str, shown: str | None) -> None:
    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "ask", question=asked)
        data = s.responses[-1]["data"]
        first = data["content"].split("\n")[0]
        assert_inert(first)
        assert "evil" not in data["content"]
        assert data["allowed_mentions"] == {"parse": []}
        if shown is not None:
            assert re.sub(r"\\(?=\W)", "", first) == f"-# Asked: “{shown}”"

    play(story, tiny)


def test_a_command_without_a_word_that_is_left_has_no_question_over_its_answer(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question="<@1> https://example.com")
        assert result.response is not None
        assert result.response.content == worded(tiny, "")

    play(story, tiny)


def test_help_s_examples_are_buttons_that_are_answered_for_all_to_see(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        shown = await s.asker.slash(s.channel, "article help")
        assert labels(s.responses[-1]["data"]) == [t.question for t in tiny.pack.starters]
        assert styles(s.responses[-1]["data"]) == [1, 2, 2]
        example = tiny.pack.starters[1].question
        result = await s.asker.click(shown.response, label=example)  # type: ignore[arg-type]
        assert (said(result), result.ephemeral) == (worded(tiny, example), False)

    play(story, tiny)
