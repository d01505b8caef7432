"""What is typed in chat -> what it shows, as values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MakePack
from fakes.reader import BARS, make_engine, policy

from bot.cli.conversation import COMMANDS, MOST_OFFERED, Conversation, Shown, completions
from bot.engine.pipeline import Engine
from bot.pack.values import Pack

YES = 5.0  # the logit of what answers


@pytest.fixture
def talk(tiny_folder: Path) -> Conversation:
    return Conversation(make_engine(tiny_folder, policy=policy()).engine, numbered=True)


def first(shown: Shown) -> str:
    return shown.plain.split("\n")[0]


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("/help", "Ask about the article in your own words."),
        ("/who", "Who is in the article, and where they speak:"),
        ("/WHO", "Who is in the article, and where they speak:"),
        ("/quote", "Passages of the article: 7."),
        ("/quote Bell", "Passages with Ruth Bell: 1."),
        ("/quote Kovacs roof", "Passages with Anna Kovacs about “roof”: 1."),
        ("/quote reading room", "Passages about “reading room”: 1."),
        ("/quote zeppelin", "I found no passage for that."),
        ("/faq", "Questions that can be asked:"),
        ("/faq library", "Questions that can be asked, group Library:"),
        ("/faq 1", "Questions that can be asked, group Library:"),
        ("/faq 2", "There is no such group of questions."),
        ("/faq nothing", "There is no such group of questions."),
        ("/article", "Source: the gazette."),
        ("/article read", "Source: the gazette."),
        ("/article READ 1", "Source: the gazette."),
        ("/article read 9", "There is no such page."),
        ("/article" + " article" * 5000, "There is no such page."),
        ("/article CITE word", "There is no format 'word'."),
        ("/quit now", "To leave, press Ctrl-D, or type quit."),
        ("/article who", "Who is in the article, and where they speak:"),
        (
            "/positions",
            "I no longer know what that stands for: the article may have changed since. Please ask in your own words.",
        ),
        ("/article 9", "There is no such page."),
        ("/article two", "There is no such page."),
        ("/why", "There is no answer yet. Fix: ask something first."),
        ("/cite", "There is no answer yet that quotes the article."),
        ("/cite word", "There is no format 'word'. The formats: plain, markdown, bibtex, ris, csl-json, annotation."),
        ("/about", "I am Verbatim, a bot."),
        ("/ask reading room", "Anna Kovacs, Head librarian:"),
        ("/ask", "/ask what?"),
        ("/next", "There is no list to turn the page of."),
        ("/previous", "There is no list to turn the page of."),
    ],
)
def test_commands_show_what_they_show_on_discord(talk: Conversation, message: str, begins: str) -> None:
    assert first(talk.take(message)).startswith(begins)


@pytest.mark.parametrize("message", ["/", "/whom", "/quotes Bell"])
def test_an_unknown_command_is_named_and_all_are_listed(talk: Conversation, message: str) -> None:
    told = talk.take(message).plain
    assert told.startswith(f"There is no command {message.split()[0]}. The commands: /help, /who, ")
    assert all(f"/{command}" in told for command in COMMANDS)


def test_what_begins_with_a_slash_and_is_no_word_is_a_question(talk: Conversation) -> None:
    assert "There is no command" not in talk.take("/etc/passwd").plain


def test_help_lists_every_command_and_numbers_the_examples_alone(talk: Conversation) -> None:
    shown = talk.take("/help")
    assert all(f"- /{command}" in shown.plain for command in COMMANDS)
    assert len(shown.picks) == 3
    assert [line.text for line in shown.lines if line.kind in ("item", "choice")][:3] == list(shown.picks)


def test_why_and_cite_are_about_the_last_answer(talk: Conversation) -> None:
    talk.take("reading room")
    assert first(talk.take("/why")).startswith("I gave an answer, because ")
    cited = talk.take("/cite BibTeX")
    assert first(cited) == "BibTeX:"
    assert cited.block.startswith("@misc{millbrook-room,\n")
    assert talk.take("/cite").block.startswith("Anna Kovacs, Head librarian: “The reading room will finally be full again.”\n")
    talk.take("salary of Kovacs")
    assert first(talk.take("/why")).startswith("I said that the article does not say it, because ")


def test_a_follow_up_refers_to_the_answer_before_it_and_a_command_between_does_no_harm(talk: Conversation) -> None:
    talk.take("reading room")
    talk.take("/who")
    assert first(talk.take("who said that?")) == "Anna Kovacs."


def test_a_number_picks_a_question_a_person_or_a_group(talk: Conversation, make_pack: MakePack) -> None:
    who = talk.take("/who")
    assert who.picks == ("/quote Anna Kovacs", "/quote Tom Reed", "/quote Ruth Bell")
    picked = talk.take("1")
    assert (picked.echo, first(picked)) == ("/quote Anna Kovacs", "Passages with Anna Kovacs: 3.")
    question = talk.take("/faq").picks[4]
    assert question == "What will become of the reading room?"
    picked = talk.take("5.")
    assert (picked.echo, first(picked)) == (question, "Anna Kovacs, Head librarian:")
    more = "- {id: more, question: Which room is it?, asks: thing, cites: [room], phrasings: [which room it is]}\n"
    folder = make_pack({"faq/more.yaml": more})  # a group that is called as an entry is
    talk = Conversation(make_engine(folder, policy=policy()).engine, numbered=True)
    assert talk.take("/faq").picks == ("/faq library", "/faq more")
    assert first(talk.take("2")) == "Questions that can be asked, group More:"


def test_a_number_that_stands_for_nothing_is_told_and_one_without_choices_is_a_message(talk: Conversation) -> None:
    assert first(talk.take("1")) == "I found no words in that. Ask me about the article."
    talk.take("/help")
    assert talk.take("4").plain == "There is no choice 4: the numbers go from 1 to 3."
    assert talk.take("0").plain == "There is no choice 0: the numbers go from 1 to 3."
    talk.take("reading room")
    assert "There is no choice" not in talk.take("1").plain


def test_ambiguity_is_picked_from(make_pack: MakePack) -> None:
    twins = "".join(
        f"- {{id: remark-{cited}, question: What is her remark on the {cited}?, asks: thing, cites: [{cited}], "
        f"phrasings: [her remark on the {cited}]}}\n"
        for cited in ("waited", "room")
    )
    only = dict.fromkeys(("faq/library.yaml", "gaps.yaml", "premises.yaml", "questions.yaml", "vocabulary.yaml"))
    says = [("remark", f"remark-{cited}", YES) for cited in ("waited", "room")]
    engine = make_engine(make_pack({**only, "faq.yaml": twins}), *says, policy=policy(replace(BARS, equal=0.1))).engine
    talk = Conversation(engine, numbered=True)
    shown = talk.take("remark?")
    assert first(shown) == "That can mean more than one thing. Which do you ask?"
    assert set(shown.picks) == {"What is her remark on the waited?", "What is her remark on the room?"}
    assert talk.take("2").echo == shown.picks[1]


def test_pages_are_turned_to_the_last_and_back(talk: Conversation) -> None:
    shown = talk.take("/quote")
    assert shown.plain.endswith("\n/next shows the next page.")
    pages = 1
    while talk.take("/next").plain != "There is no further page.":
        pages += 1
    assert pages > 1
    for _ in range(pages - 1):
        back = talk.take("/previous")
    assert back == shown
    assert talk.take("/previous").plain == "There is no page before this one."


def test_answers_are_explained_for_a_curator_where_wanted_and_commands_are_not(tiny_folder: Path) -> None:
    talk = Conversation(make_engine(tiny_folder, policy=policy()).engine, numbered=True, explained=True)
    assert "\n\nUnderstood\n" in talk.take("reading room").plain
    assert talk.take("/who").aside == ""


# Completion


def values(pack: Pack, text: str) -> list[str]:
    return [option.value for option in completions(pack, text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/", ["/help", "/who", "/quote", "/faq", "/article"]),
        ("/ne", ["/next"]),
        ("/zz", []),
        ("when does", ["When does the library begin to open on Sundays?"]),
        ("/ask when does", ["/ask When does the library begin to open on Sundays?"]),
        ("/quote Kov", ["/quote Anna Kovacs"]),
        ("/quote Ruth Bell li", ["/quote Ruth Bell lift"]),
        ("/quote pet", ["/quote petition"]),
        ("/faq ", ["/faq library"]),
        ("/cite bib", ["/cite bibtex"]),
        ("/who ", []),
    ],
)
def test_completion_offers_whole_lines(tiny_pack: Pack, text: str, first: list[str]) -> None:
    assert values(tiny_pack, text)[: len(first) or None] == first


def test_no_more_questions_are_offered_than_may_be_meant(engine: Engine) -> None:
    assert len(values(engine.pack, "who")) == len(values(engine.pack, "/ask who")) == MOST_OFFERED


def test_an_empty_line_completes_to_the_pack_s_questions(tiny: Engine) -> None:
    assert values(tiny.pack, "") == [t.question for t in tiny.pack.entries][:MOST_OFFERED]
