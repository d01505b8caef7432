"""What the article proves: quotes by their one place, kinds by quotation marks, leads, names and capacities by their words."""

from __future__ import annotations

import pytest

from bot.pack import proof
from bot.pack.proof import Flaw
from bot.pack.values import Person, PersonKind, Quote, QuoteKind
from bot.text.article import Article, Span, parse

TEXT = """\
Menu

Library opens

Head\u00a0librarian Ann Kay said: “It took nine years. It’s here.

“We thank Mr Poe.” The hall holds 1,200 books.

Join us.
"""
ARTICLE = parse(TEXT.encode(), furniture=["Menu"], foot="Join")


def quote(text: str, kind: QuoteKind = QuoteKind.NARRATION, speaker: str = "kay", relayed_by: str | None = None) -> Quote:
    span = proof.located(ARTICLE, "q", text)
    assert isinstance(span, Span), span
    return Quote("q", span, kind, (speaker,), relayed_by)


PEOPLE = {
    "kay": Person("kay", "Ann Kay", PersonKind.PERSON, "Head librarian", ()),
    "poe": Person("poe", "Mr Poe", PersonKind.PERSON, "", ()),
}


def test_a_text_that_stands_there_once_is_located_there() -> None:
    span = proof.located(ARTICLE, "q", "It took nine years.")
    assert isinstance(span, Span)
    assert TEXT[span.start : span.end] == "It took nine years."


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("It took ten years.", "the text of 'q' is not in the article."),
        ("It's here.", "the text of 'q' is not in the article."),
        ("Head librarian", "the text of 'q' is not in the article."),
        ("It", "the text of 'q' stands in the article 2 times."),
        ("", "the text of 'q' is not in the article."),
    ],
)
def test_a_text_that_stands_there_never_or_more_than_once_is_a_flaw(text: str, what: str) -> None:
    found = proof.located(ARTICLE, "q", text)
    assert isinstance(found, Flaw)
    assert found.what == what


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("Library opens", False),
        ("Ann Kay said", False),
        ("It took nine years.", True),
        ("It’s here.", True),
        ("We thank Mr Poe.", True),
        ("The hall holds", False),
        ("books", False),
    ],
)
def test_a_passage_is_in_quotation_marks_that_are_open_where_it_begins(text: str, inside: bool) -> None:
    assert proof.in_quotation(ARTICLE, quote(text).span) is inside


def test_straight_marks_count_by_pairs_where_there_are_no_curly_ones() -> None:
    article = parse(b'He said "yes" and "no" twice.')
    inside = {
        word: proof.in_quotation(article, Span(article.text.index(word), len(article.text)))
        for word in ("yes", "and", "no", "twice")
    }
    assert inside == {"yes": True, "and": False, "no": True, "twice": False}


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("It took nine years.", QuoteKind.DIRECT, None),
        ("It took nine years.", QuoteKind.REPORTED, None),
        ("It took nine years.", QuoteKind.NARRATION, "'q' stands in quotation marks, so it is not narration."),
        ("The hall holds", QuoteKind.NARRATION, None),
        ("The hall holds", QuoteKind.REPORTED, None),
        (
            "The hall holds",
            QuoteKind.DIRECT,
            "the article does not have 'q' in quotation marks, so it is not a direct quotation.",
        ),
    ],
)
def test_direct_is_inside_quotation_marks_and_narration_outside(text: str, kind: QuoteKind, what: str | None) -> None:
    flaw = proof.kind_flaw(ARTICLE, quote(text, kind))
    assert (flaw.what if flaw else None) == what


@pytest.mark.parametrize(
    ("kind", "relayed", "good"),
    [
        (QuoteKind.REPORTED, True, True),
        (QuoteKind.REPORTED, False, False),
        (QuoteKind.DIRECT, True, False),
        (QuoteKind.DIRECT, False, True),
        (QuoteKind.NARRATION, True, False),
        (None, False, True),
    ],
)
def test_a_reported_statement_and_no_other_quote_is_relayed(kind: QuoteKind | None, relayed: bool, good: bool) -> None:
    assert (proof.relay_flaw(kind, relayed) is None) is good


@pytest.mark.parametrize(("name", "good"), [("Ann Kay", True), ("Kay", True), ("Anne Kay", False), ("ann kay", False)])
def test_a_name_stands_in_the_article(name: str, good: bool) -> None:
    assert (proof.name_flaw(ARTICLE, name) is None) is good


@pytest.mark.parametrize(
    ("capacity", "good"),
    [("", True), ("Head librarian", True), ("Head\u00a0librarian", True), ("head librarian", False), ("Chief", False)],
)
def test_a_capacity_stands_in_the_article_with_plain_or_no_break_spaces(capacity: str, good: bool) -> None:
    assert (proof.capacity_flaw(ARTICLE, capacity) is None) is good


@pytest.mark.parametrize(
    ("lead", "unproved"),
    [
        ("", []),
        ("Nine years.", []),
        ("Only NINE years, and that is it: yes!", []),
        ("Ann Kay, Head librarian: nine years.", []),
        ("Its years", []),
        ("Nearly nine long years.", ["nearly", "long"]),
        ("Mr Poe: nine years.", ["mr", "poe"]),
        ("9 years", ["9"]),
    ],
)
def test_each_word_of_a_lead_stands_in_excerpts_speakers_or_frame(lead: str, unproved: list[str]) -> None:
    flaws = proof.lead_flaws(lead, ARTICLE, [quote("It took nine years.")], PEOPLE)
    assert [f.what for f in flaws] == [
        f"the lead says {word!r}, which neither its excerpts nor its speakers say." for word in unproved
    ]


def test_the_one_who_relays_is_a_speaker_too_and_numbers_count_whole() -> None:
    hall = quote("The hall holds 1,200", QuoteKind.REPORTED, "kay", "poe")
    assert proof.lead_flaws("Mr Poe: 1,200.", ARTICLE, [hall], PEOPLE) == []
    assert [f.what[:19] for f in proof.lead_flaws("200", ARTICLE, [hall], PEOPLE)] == ["the lead says '200'"]


def test_excerpts_of_one_reply_have_900_characters_together_at_most() -> None:
    quotes = [Quote("a", Span(0, 400), QuoteKind.DIRECT, (), None), Quote("b", Span(0, 500), QuoteKind.DIRECT, (), None)]
    assert proof.length_flaw(quotes) is None
    assert proof.length_flaw([*quotes, Quote("c", Span(0, 1), QuoteKind.DIRECT, (), None)]) == Flaw(
        "the excerpts are over 900 characters together.", "cite less."
    )


def test_the_hash_the_furniture_and_the_foot_are_those_of_the_text() -> None:
    assert proof.hash_flaw(ARTICLE, ARTICLE.sha256) is None
    flaw = proof.hash_flaw(ARTICLE, "0" * 64)
    assert flaw
    assert flaw.what == f"the article has changed: its SHA-256 is {ARTICLE.sha256}."
    assert proof.furniture_flaws(ARTICLE, [" Menu "]) == []
    assert [f.what for f in proof.furniture_flaws(ARTICLE, ["Menu", "Log in"])] == ["no paragraph of the article is 'Log in'."]
    assert proof.foot_flaw(ARTICLE, "Join") is None
    assert proof.foot_flaw(without_foot(), "") is None
    assert proof.foot_flaw(without_foot(), "Leave") == Flaw(
        "no paragraph of the article begins with 'Leave'.", "correct it, or remove it."
    )


def without_foot() -> Article:
    return parse(TEXT.encode(), foot="Leave")
