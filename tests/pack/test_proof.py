"""What the article proves: quotes by their one place, kinds by quotation marks, leads, names and capacities by their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    return Quote("q", place(ARTICLE, text), kind, (speaker,), relayed_by)


def place(article: Article, text: str) -> Span:
    span = proof.located(article, "q", text)
    assert isinstance(span, Span), span
    return span


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
        ("years", None),
        ("took nine years. It’s here.\n\n“We thank", None),
        (".", "the text of 'q' stands in the article 5 times."),
        ("", "the text of 'q' is not in the article."),
    ],
)
def test_a_text_that_stands_there_never_or_more_than_once_is_a_flaw(text: str, what: str | None) -> None:
    found = proof.located(ARTICLE, "q", text)
    assert (found.what if isinstance(found, Flaw) else None) == what


# Whole words


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("We can", "ends inside the word 'cannot'"),
        ("we can", "ends inside the word 'can’t'"),
        ("t stay", "begins inside the word 'can’t'"),
        ("issue here", "begins inside the word 'non-issue'"),
        ("It cost £2", "ends inside the word '2,777'"),
        ("777 in", "begins inside the word '2,777'"),
        ("7.30", None),
        ("at 7", "ends inside the word '7.30'"),
        ("the cafe", "ends inside the word 'cafe\u0301'"),
        ("conomy", "begins inside the word 'economy'"),
        ("We cannot", None),
        ("can’t stay", None),
        ("A non-issue", None),
        ("£2,777", None),
        ("backthecode", None),
        ("yes", None),
        ("no", None),
    ],
)
def test_a_passage_begins_and_ends_with_whole_words(text: str, what: str | None) -> None:
    article = parse(
        "Head\n\nWe cannot go; we can’t stay. A non-issue here. It cost £2,777 in the cafe\u0301 at 7.30: #backthecode “yes”—no. "
        "The economy.".encode()
    )
    found = proof.located(article, "q", text)
    assert (found.what if isinstance(found, Flaw) else None) == (what and f"the text of 'q' {what}.")
    assert isinstance(found, Span) or found.fix == "quote whole words."


def test_places_inside_words_do_not_count() -> None:
    article = parse(b"Head\n\nNothing. Thin is the thing in it.")
    start = article.text.index("thing in it")
    assert proof.located(article, "q", "thing") == Span(start, start + 5)


# Places told apart


TWICE = parse(b"Menu says no.\n\nHe said no.\n\nShe said no.\n\nThey said no. They said no.", furniture=["Menu says no."])


@pytest.mark.parametrize(
    ("text", "paragraph", "start"),
    [("said no.", "0", 18), ("said no.", "1", 32), ("He said no.", "", 15), ("He said no.", "0", 15), ("says no", "", None)],
)
def test_a_passage_that_stands_twice_is_told_by_its_paragraph_and_furniture_is_no_place(
    text: str, paragraph: str, start: int | None
) -> None:
    found = proof.located(TWICE, "q", text, paragraph)
    assert (found.start if isinstance(found, Span) else None) == start


@pytest.mark.parametrize(
    ("text", "paragraph", "flaw"),
    [
        (
            "said no.",
            "",
            Flaw(
                "the text of 'q' stands in the article 4 times.",
                'quote more of it, or say which is meant: `paragraph: "0"`; it stands in paragraphs 0, 1 and 2.',
            ),
        ),
        (
            "said no.",
            "2",
            Flaw("the text of 'q' stands in the article 2 times.", "quote more of it, so that it can only mean one place."),
        ),
        (
            "She said no.",
            "0",
            Flaw("the text of 'q' is not in paragraph '0'.", "correct `paragraph`: it stands in paragraph 1."),
        ),
        (
            "said no.",
            "two",
            Flaw("the text of 'q' is not in paragraph 'two'.", "correct `paragraph`: it stands in paragraphs 0, 1 and 2."),
        ),
    ],
)
def test_what_its_paragraph_does_not_tell_apart_is_a_flaw(text: str, paragraph: str, flaw: Flaw) -> None:
    assert proof.located(TWICE, "q", text, paragraph) == flaw


def test_what_stands_in_furniture_alone_is_told_so() -> None:
    assert proof.located(TWICE, "q", "Menu says") == Flaw(
        "the text of 'q' stands in `furniture` alone.", "leave it out, or take that line out of `furniture`."
    )
    flaw = proof.located(TWICE, "q", "menu says no")
    assert isinstance(flaw, Flaw)
    assert "“Menu" not in flaw.fix


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_break_of_a_quote_stands_for_any_in_the_file(end: str) -> None:
    article = parse(f"Head{end}{end}One{end}two.{end}{end}End.".encode())
    found = proof.located(article, "q", "One\ntwo.")
    assert isinstance(found, Span)
    assert article.excerpt(found).text == f"One{end}two."


def test_in_a_wrapped_text_and_no_other_a_blank_stands_for_a_line_break() -> None:
    lines = "The bridge, nine years in the making, opens to\ntraffic in the second week of May, the Department said."
    wrapped = parse(f"Head\n\n{lines}\n\nEnd.".encode())
    found = proof.located(wrapped, "q", "opens to traffic in")
    assert isinstance(found, Span)
    assert wrapped.excerpt(found).text == "opens to\ntraffic in"
    assert isinstance(proof.located(parse(b"Head\n\nThe opening\nThe end\n\nEnd."), "q", "opening The end"), Flaw)


# The nearest passage


@pytest.mark.parametrize(
    ("text", "nearest", "differs"),
    [
        ("It's here.", "It’s here.", "after “It” it has ’ (right single quotation mark), the quote ' (apostrophe)"),
        ("Head librarian Ann", "Head\u00a0librarian Ann", "after “Head” it has no-break space, the quote space"),
        ("the hall holds", "The hall holds", "it has “T”, the quote “t”"),
        ("It took ten years.", "It took nine years.", "after “It took ” it has “n”, the quote “t”"),
        ("The hall holds 1,200 books. Join", "The hall holds 1,200 books.\n\nJoin", "after “hall holds 1,200 books.” it has a line break, the quote space"),
        ("The hall holds 1,200 books now.", "The hall holds 1,200 books.", "after “hall holds 1,200 books” it has . (full stop), the quote space"),
        ("The halls", "The hall", "after “The hall” it has nothing more, the quote “s”"),
        ("zzz qqq", None, None),
    ],
)  # fmt: skip
def test_of_a_text_that_stands_nowhere_the_nearest_passage_is_told_and_the_first_difference(
    text: str, nearest: str | None, differs: str | None
) -> None:
    flaw = proof.located(ARTICLE, "q", text)
    assert isinstance(flaw, Flaw)
    assert flaw.what == "the text of 'q' is not in the article."
    assert ("The nearest is" in flaw.fix) is (nearest is not None)
    assert f"The nearest is “{nearest}” (" in flaw.fix or nearest is None
    assert differs is None or flaw.fix.endswith(f": {differs}.")


@given(st.text(max_size=40), st.text(min_size=1, max_size=20))
def test_the_nearest_passage_is_a_slice_of_the_article_or_none(text: str, wanted: str) -> None:
    article = parse(f"Head\n\nIt took nine years. {text}".encode(errors="ignore"))
    found = proof.nearest_passage(article, wanted) if wanted.strip() else None
    assert found is None or article.excerpt(found).text


# Quotation marks


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
        # with its own marks
        ("“We thank Mr Poe.”", QuoteKind.DIRECT, None),
        ("“We thank Mr Poe.”", QuoteKind.NARRATION, None),
        ("“We thank Mr Poe.” The hall", QuoteKind.NARRATION, None),
        (
            "“We thank Mr Poe.” The hall",
            QuoteKind.DIRECT,
            "'q' goes on behind the closing quotation mark, so not all of it is a direct quotation.",
        ),
    ],
)
def test_direct_is_inside_quotation_marks_and_narration_outside(text: str, kind: QuoteKind, what: str | None) -> None:
    flaw = proof.kind_flaw(ARTICLE, quote(text, kind))
    assert (flaw.what if flaw else None) == what


@pytest.mark.parametrize("kind", list(QuoteKind))
def test_where_the_marks_do_not_balance_the_record_decides_and_it_is_told(kind: QuoteKind) -> None:
    article = parse("Head\n\nKay said: “It took nine years. The hall opens.\n\nIt rained.\n\nThe end.".encode())
    unsure = Quote("q", place(article, "The hall opens."), kind, ("kay",), None)
    assert proof.kind_flaw(article, unsure) is None
    assert proof.unproved(article, [unsure]) == ((unsure,) if kind is not QuoteKind.REPORTED else ())


def test_an_inch_mark_makes_no_quotation() -> None:
    article = parse(b'Head\n\nThe hole was 6" deep. It rained.')
    narration = Quote("q", place(article, "It rained."), QuoteKind.NARRATION, ("kay",), None)
    assert proof.kind_flaw(article, narration) is None
    assert proof.unproved(article, [narration]) == ()


def test_what_is_said_in_a_line_that_begins_with_a_name_is_direct_without_marks() -> None:
    article = parse(b"Head\n\nMS. DELGADO: It rained.\nIt was cold.\n\nEnd.")
    for text, good in (("It rained.", True), ("It was cold.", False)):
        direct = Quote("q", place(article, text), QuoteKind.DIRECT, ("kay",), None)
        assert (proof.kind_flaw(article, direct) is None) is good


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


def test_in_a_wrapped_text_a_name_and_a_capacity_may_be_broken_by_a_line() -> None:
    article = parse(
        b"Head\n\nThe bridge opens to traffic in May, said the Minister\nof Roads, and will be closed to it in June, said J. W.\n"
        b"Rudge, who built the old one.\n\nEnd."
    )
    assert article.layout.columns
    assert proof.name_flaw(article, "J. W. Rudge") is None
    assert proof.capacity_flaw(article, "the Minister of Roads") is None
    assert proof.name_flaw(article, "J. W. Budge") is not None


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
    assert proof.hash_flaw(ARTICLE, ARTICLE.sha256) is proof.hash_flaw(ARTICLE, ARTICLE.sha256.upper()) is None
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
