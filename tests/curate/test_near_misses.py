"""Near misses made of small packs: what is exchanged, what is left alone, and which answers to them may be right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import PEOPLE, MakePack
from fakes.reader import make_engine, policy
from hypothesis import given
from hypothesis import strategies as st

from bot.curate.near_misses import Exchange, Maker, NearMiss
from bot.engine.answer import Answered
from bot.pack.loading import load
from bot.pack.values import Pack, Topic, Verdict, normal_form

YES = 5.0  # the logit of what answers


def made_of(
    make_pack: MakePack, phrasing: str, cites: str, lead: str = "", people: str = PEOPLE, folder: str = "pack"
) -> dict[str, Exchange]:
    """What is made of a pack whose only entry has only that phrasing: the questions, with what was exchanged."""
    faq = f"- id: one\n  question: '{phrasing}'\n  asks: thing\n  cites: [{cites}]\n  phrasings: ['{phrasing}']\n"
    faq += f"  lead: '{lead}'\n" if lead else ""
    changes = {"faq/library.yaml": faq, "people.yaml": people, "premises.yaml": None, "questions.yaml": None}
    pack = load(make_pack(changes, folder))
    return {m.ask: m.exchange for m in Maker(pack).near_misses()}


# Names


def test_a_person_is_exchanged_for_another_surname_for_surname(make_pack: MakePack) -> None:
    assert list(made_of(make_pack, "what does Kovacs say about the reading room", "room")) == [
        "what does Bell say about the reading room",
        "what does Reed say about the reading room",
    ]


def test_a_name_is_exchanged_with_its_article_and_for_the_whole_name_where_it_is_no_surname(make_pack: MakePack) -> None:
    assert list(made_of(make_pack, "how long did the librarian wait", "waited")) == [
        "how long did Ruth Bell wait",
        "how long did Tom Reed wait",
    ]


@pytest.mark.parametrize(
    ("phrasing", "cites", "why"),
    [
        ("what does Reed say about the reading room", "room", "he has nothing to do with the passage"),
        ("what does the article say of the lift", "lift", "it is the source"),
        ("when do the council and Kovacs open", "sundays, waited", "names in a row belong together"),
        ("who says ''Kovacs wants a lift''", "waited", "it stands in quotation marks"),
        ("did Bell call for a lift", "lift", "the passage shows who did"),
        ("Bell called for a lift, right?", "lift", "the passage shows who did"),
        ("is it Bell or Reed who wants a lift", "lift", "the passage says which"),
    ],
)
def test_no_name_is_exchanged_where(make_pack: MakePack, phrasing: str, cites: str, why: str) -> None:
    assert Exchange.NAME not in made_of(make_pack, phrasing, cites).values(), why


def test_nobody_is_put_in_whom_the_passage_names_or_hints_at(make_pack: MakePack) -> None:
    """The roof's passage names Reed and is relayed by Kovacs, who calls him a colleague."""
    assert list(made_of(make_pack, "what did Reed say about the roof", "roof")) == ["what did Bell say about the roof"]
    titled = PEOPLE.replace("capacity: Councillor", "capacity: colleague")
    assert list(made_of(make_pack, "what did Reed say about the roof", "roof", people=titled, folder="titled")) == []


def test_nobody_is_put_in_whom_a_phrasing_of_the_entry_names(make_pack: MakePack) -> None:
    faq = (
        "- id: one\n  question: what does Kovacs say of the room\n  asks: thing\n  cites: [room]\n"
        "  phrasings: [is it Bell who speaks of the room]\n"
    )
    pack = load(make_pack({"faq/library.yaml": faq, "questions.yaml": None}))
    assert [m.new for m in Maker(pack).near_misses()] == ["Reed"]


def test_of_yes_or_no_questions_those_are_made_to_which_the_lead_says_yes_or_no(make_pack: MakePack) -> None:
    asked = list(made_of(make_pack, "did Bell call for a lift", "lift", lead="Yes."))
    assert asked == ["did Reed call for a lift", "did Kovacs call for a lift"]


BODIES = PEOPLE + "".join(
    f"- id: {identifier}\n  name: {name}\n  kind: {kind}\n  aliases: ['{name.lower()}']\n"
    for identifier, name, kind in (
        ("readers", "readers", "group"),
        ("friends", "the friends of the library", "organisation"),
        ("book", "Millbrook", "organisation"),
    )
)


def test_a_body_is_exchanged_for_another_that_speaks(make_pack: MakePack) -> None:
    """The friends speak in no passage and nobody speaks for them, until somebody does."""
    quotes = (
        "- id: sundays\n  speaker: council\n  kind: reported\n  relayed_by: paper\n"
        '  text: "THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition."\n'
        '- id: headline\n  speaker: paper\n  kind: narration\n  text: "Library to open on Sundays after readers’ petition"\n'
        '- id: waited\n  speaker: kovacs\n  kind: direct\n  text: "We have waited nine years for this."\n'
        '- id: lift\n  speaker: bell\n  kind: reported\n  relayed_by: paper\n  text: "Councillor Ruth Bell also called for a second lift in the building."\n'
        '- id: friends\n  speaker: SPEAKER\n  kind: narration\n  text: "Join the friends of the library for five pounds a year."\n'
    )

    def asked(speaker: str) -> list[str]:
        text = quotes.replace("SPEAKER", speaker)
        faq = "- id: one\n  question: what has the council agreed to\n  asks: thing\n  cites: [sundays]\n  phrasings: [the council agreed]\n"
        files = {"quotes.yaml": text, "people.yaml": BODIES, "faq/library.yaml": faq, "questions.yaml": None}
        gaps = {"gaps.yaml": None, "premises.yaml": None}
        return [m.ask for m in Maker(load(make_pack({**files, **gaps}, speaker))).near_misses()]

    assert asked("paper") == []
    assert asked("friends") == ["what has the friends of the library agreed to", "the friends of the library agreed"]


# Numbers


def test_a_number_is_exchanged_for_one_of_the_article_and_for_its_neighbour(make_pack: MakePack) -> None:
    assert made_of(make_pack, "what did the 412 readers sign", "sundays") == {"what did the 413 readers sign": Exchange.NUMBER}
    assert list(made_of(make_pack, "who waited nine years", "waited", folder="other")) == [
        "who waited five years",
        "who waited ten years",
    ]


@pytest.mark.parametrize(
    ("phrasing", "cites", "why"),
    [
        ("in 20 words, what did the readers sign", "sundays", "it is not the passage's"),
        ("is it on Sundays", "sundays", "the passage shows the day"),
        ("is it on Sundays or Mondays", "sundays", "the passage says which"),
        ("who said ''we have waited nine years''", "waited", "it stands in quotation marks"),
    ],
)
def test_no_number_is_exchanged_where(make_pack: MakePack, phrasing: str, cites: str, why: str) -> None:
    assert Exchange.NUMBER not in made_of(make_pack, phrasing, cites).values(), why


# "Not" and question words


@pytest.mark.parametrize(
    ("phrasing", "made"),
    [
        ("who has signed the petition", "who hasn't signed the petition"),
        ("Who will sign it", "Who won't sign it"),
        ("which readers were asked", "which readers weren't asked"),
        ("how many adult readers have signed", "how many adult readers haven't signed"),
        ("why did the readers sign", "why didn't the readers sign"),
        ("which readers should not sign", "which readers should sign"),
        ("who didn’t sign", "who did sign"),
        ("who can''t sign", "who can sign"),
    ],
)
def test_not_is_put_in_or_taken_out(make_pack: MakePack, phrasing: str, made: str) -> None:
    found = made_of(make_pack, phrasing, "sundays")
    assert [ask for ask, exchange in found.items() if exchange is Exchange.NEGATION] == [made]


@pytest.mark.parametrize(
    "phrasing",
    [
        "what did the readers sign",
        "who is the councillor",
        "which body is mentioned",
        "have they signed",
        "the readers have not signed",
        "what do readers want who have not signed",
        "I do not get it, who signed",
        "who is only asked",
    ],
)
def test_not_is_left_alone_where_nobody_would_ask_the_other(make_pack: MakePack, phrasing: str) -> None:
    assert Exchange.NEGATION not in made_of(make_pack, phrasing, "sundays").values()


def test_not_is_left_alone_where_several_passages_may_tell_of_both_sides(make_pack: MakePack) -> None:
    assert made_of(make_pack, "who has signed the petition", "sundays, headline") == {}


@pytest.mark.parametrize(
    ("phrasing", "cites", "made"),
    [
        ("How did Ruth Bell ask", "lift", ["When did Ruth Bell ask"]),
        ("why was it asked", "lift", ["when was it asked"]),
        ("when will it be full", "room", ["where will it be full"]),
        ("when did Ruth Bell ask", "lift", []),  # "in the building" is a place
        ("where did they sign", "sundays", []),  # "on Sundays" is a time
        ("who did sign", "room", []),
        ("where is the lift", "lift", []),
    ],
)
def test_a_question_word_is_exchanged_where_the_passage_has_nothing_of_the_kind(
    make_pack: MakePack, phrasing: str, cites: str, made: list[str]
) -> None:
    found = made_of(make_pack, phrasing, cites)
    assert [ask for ask, exchange in found.items() if exchange is Exchange.QUESTION_WORD] == made


# All of them


def test_none_is_a_phrasing_or_a_near_miss_of_the_pack_and_none_is_made_twice(make_pack: MakePack) -> None:
    faq = (
        "- id: one\n  question: What does Kovacs say of the room?\n  asks: thing\n  cites: [room]\n"
        "  phrasings: [what does kovacs say of the room]\n  near_misses: ['what does Reed say of the room']\n"
    )
    gap = "- id: gap\n  question: q\n  looked_for: l\n  nearest: []\n  phrasings: ['what does Bell say of the room']\n"
    assert Maker(load(make_pack({"faq/library.yaml": faq, "gaps.yaml": gap, "questions.yaml": None}))).near_misses() == ()


def test_the_kinds_take_turns_and_then_the_entries_those_most_like_their_phrasing_first(tiny_pack: Pack) -> None:
    made = Maker(tiny_pack).near_misses()
    assert [(m.exchange.value, m.entry.id) for m in made[:6]] == [
        ("name", "reading-room"), ("number", "sunday-start"), ("name", "wait"), ("number", "second-lift"), ("name", "roof-cost"),
        ("number", "sunday-start"),
    ]  # fmt: skip
    first = [m.likeness for m in made if m.exchange is Exchange.NAME][:3]
    assert first == sorted(first, reverse=True)


def test_the_shipped_pack_makes_the_same_every_time_and_nothing_that_it_has(shipped_folder: Path) -> None:
    pack = load(shipped_folder)
    made = Maker(pack).near_misses()
    assert made == Maker(load(shipped_folder)).near_misses()
    forms = [normal_form(m.ask) for m in made]
    assert len(set(forms)) == len(forms) > 100
    assert not set(forms) & pack.phrased.keys()
    assert {m.exchange for m in made} == set(Exchange)


WORDS = "who when why did has not n't was Kovacs 'Kovacs' the librarian Reed and , or 412 nine Sundays signed \" ' ? -".split()


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), max_size=4, unique=True), st.data())
def test_whatever_the_phrasings_each_made_question_is_another(tiny_pack: Pack, phrasings: list[str], data: st.DataObject) -> None:
    cites = data.draw(st.lists(st.sampled_from(sorted(tiny_pack.quotes)), min_size=1, max_size=2, unique=True).map(tuple))
    entries = tuple(Topic(str(i), Verdict.ANSWER, text, (), cites=cites) for i, text in enumerate(phrasings))
    pack = replace(tiny_pack, topics=entries)
    made = Maker(pack).near_misses()
    forms = [normal_form(m.ask) for m in made]
    assert len(set(forms)) == len(forms)
    assert not set(forms) & pack.phrased.keys()
    assert all(m.phrasing in phrasings and m.old != m.new for m in made)


def test_nothing_is_made_of_a_bare_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    assert Maker(load(tmp_path / "a.txt")).near_misses() == ()


# Which answers may be right


def judged(folder: Path, ask: str, *says: tuple[str, str, float], lead: str = "") -> bool:
    """Whether the answer to that made question may be right; the reader says what is told, and the answer with that lead."""
    engine = make_engine(folder, *says, policy=policy()).engine
    maker = Maker(engine.pack)
    (made,) = (m for m in maker.near_misses() if m.ask == ask)
    answer = engine.answer(ask)
    assert isinstance(answer, Answered)
    return maker.may_answer(made, replace(answer, lead=lead))


@pytest.mark.parametrize(
    ("ask", "got", "right"),
    [
        ("what does Reed say about the reading room", "reading-room", False),
        ("what does Reed say about the reading room", "roof-cost", True),  # he speaks there
        ("what does Reed say about the reading room", "second-lift", False),
        ("what did Tom Reed call for", "second-lift", False),
        ("Who called for a third lift?", "second-lift", False),
        ("When does the library begin to open on Mondays?", "sunday-start", False),
    ],
)
def test_an_answer_may_be_right_where_it_has_what_was_put_in(tiny_folder: Path, ask: str, got: str, right: bool) -> None:
    assert judged(tiny_folder, ask, (ask.rstrip("?"), got, YES)) is right


def test_a_negation_is_asserted_by_the_answer_to_what_it_looks_like_alone(make_pack: MakePack) -> None:
    entry = "- id: {}\n  question: {}\n  asks: person\n  cites: [{}]\n  phrasings: ['{}']\n"
    faq = entry.format("signed", "who has signed", "sundays", "signers") + entry.format("lift", "who wants one", "lift", "lift")
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None})
    assert judged(folder, "who hasn't signed", ("signed", "signed", YES)) is False
    assert judged(folder, "who hasn't signed", ("signed", "lift", YES)) is True


@pytest.mark.parametrize(("lead", "right"), [("Yes.", False), ("Ruth Bell.", True)])
def test_a_yes_or_no_question_is_answered_wrongly_by_a_yes_or_no_alone(make_pack: MakePack, lead: str, right: bool) -> None:
    entry = "- id: {}\n  question: {}\n  asks: person\n  cites: [{}]\n  lead: {}\n  phrasings: ['{}']\n"
    faq = entry.format("one", "did Bell call for a lift", "lift", "'Yes.'", "Bell lift") + entry.format(
        "two", "caller", "lift", f"'{lead}'", "who calls for one"
    )
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None})
    assert judged(folder, "did Reed call for a lift", ("call for a lift", "two", YES), lead=lead) is right


def test_a_near_miss_says_how_like_its_phrasing_it_is(tiny_pack: Pack) -> None:
    entry = tiny_pack.entries[0]
    assert NearMiss("abcd", entry, "abcd", Exchange.NAME, "", "").likeness == 100
    assert NearMiss("abcx", entry, "abcd", Exchange.NAME, "", "").likeness == 75
