"""Whose statements sentences report without quotation marks; what is not sure stays open, and narration stays narration."""

from __future__ import annotations

import pytest

from bot.draft.clauses import Speaker
from bot.draft.drafting import draft
from bot.draft.names import Cast
from bot.draft.speakers import Speakers
from bot.draft.statements import Statements
from bot.text.article import parse

HEAD = "A headline\n\n"


def statements(text: str) -> list[tuple[str, str, str]]:
    """The statements of the last sentence: who makes each ("?" where that is open), who passes it on, and its first words."""
    article = parse((HEAD + text).encode())
    cast = Cast(article.text)

    def named(speaker: Speaker | None, none: str = "") -> str:
        if speaker is None:
            return none
        return cast.named[speaker.who].name if speaker.who >= 0 else speaker.name

    found = Statements(article.text, Speakers(article, cast, article.text).clauses).of(article.sentences[-1])
    assert all(bool(s.subject.why) is not bool(s.subject.speaker) for s in found)
    return [
        (named(s.subject.speaker, "?"), named(s.subject.relayed_by), " ".join(article.excerpt(s.span).text.split()[:2]))
        for s in found
    ]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Ann Price said that the lift was broken.", "Ann Price"),
        ("Ann Price said parents had been ignored.", "Ann Price"),
        ("Ann Price told the court that the doors had been chained.", "Ann Price"),
        ("Dr. Ann Price, a pathologist at the county hospital, told the jury that three of them had died of smoke.", "Ann Price"),
        ("Ann Price, who leads the talks for the owners, argues that the port cannot pay more.", "Ann Price"),
        ("A spokesman for the port, Ann Price, said the authority had never allowed it.", "Ann Price"),
        ("The developer’s chemist, Ann Price, replied that the rules allowed it.", "Ann Price"),
        ("Ann Price put the cost at a million and said that it would rise.", "Ann Price"),
        ("An adviser who has since left the ministry said that nobody had opened it.", "An adviser"),
        # Behind the statement, and in the middle of it
        ("The lift was broken, Ann Price said on Monday.", "Ann Price"),
        ("The lift was broken, its chair, Ann Price, told the board at the hearing.", "Ann Price"),
        ("The lift was broken, said its chair, Ann Price.", "Ann Price"),
        ("Ms Price disagrees. The lift, she argues, has been broken for years.", "Ms Price"),
        # A source
        ("According to Ann Price, the lift was broken.", "Ann Price"),
        ("According to a report by the Fire Inspectorate, two of the exits were blocked.", "Fire Inspectorate"),
        ("The lift was broken, according to Ann Price.", "Ann Price"),
    ],
)
def test_a_reported_statement_has_its_speaker_where_that_is_sure(text: str, who: str) -> None:
    assert [(one, other) for one, other, _ in statements(text)] == [(who, "")]


@pytest.mark.parametrize(
    "text",
    [
        "The lift was broken.",
        "Ann Price broke the lift that the council had bought.",
        "The report that Ann Price wrote said nothing.",
        "Ann Price has not said whether she will go.",
        "Ann Price would have said that the lift was broken.",
        "Residents were told to keep their windows shut.",
        "The admitted cases will be heard in March.",
        "Ann Price wrote a long letter.",
        "It fell after the office had warned that it would.",
        "Go according to plan.",
    ],
)
def test_narration_stays_narration(text: str) -> None:
    assert statements(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The doors had been checked once in ten years, the court heard.",
        "It is claimed that the lift was broken.",
        "Two other members said that the lift was broken.",
        "It says that the lift was broken.",
        "Ann Price met Ruth Bell. The lift was broken, she said.",
        "Ships have waited since May, according to the harbour office, and 14 have sailed.",
        "Counsel for the developer, Ann Price, said that the lift was broken.",
        "Critics such as the chemist Ann Price say that the lift was broken.",
        "Ann Price, the mayor, and Tom Hall, the clerk, said that the lift was broken.",
        "The lift was broken, said Ann Price, the mayor, and Tom Hall, the clerk.",
        "Tom Hall, the deputy mayor, left. The mayor said that the lift was broken.",
        "Tom Hall, the father, and Ann Hall, the mother, were there. Mr Hall and Mrs Hall said that the lift was broken.",
    ],
)
def test_a_statement_that_is_not_surely_somebody_s_stays_open(text: str) -> None:
    assert [who for who, _, _ in statements(text)] == ["?"]


def test_a_statement_that_somebody_passes_on_is_told_apart() -> None:
    text = "Ms Price said the librarians’ union had warned her that two people could not run the building."
    assert statements(text) == [("the librarians’ union", "Ms Price", "Ms Price")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Ann Price said that the ban was wanted, and board member Tom Hall said parents had been ignored.",
            [("Ann Price", "", "Ann Price"), ("Tom Hall", "", "board member")],
        ),
        (
            "Ann Price said that the ban was wanted, while Tom Hall claimed that it was not.",
            [("Ann Price", "", "Ann Price"), ("Tom Hall", "", "Tom Hall")],
        ),
        ("Ann Price asked if there were exceptions; Tom Hall said there were.", [("Tom Hall", "", "Tom Hall")]),
        (
            "Ann Price said that it was wet, and they said that it was dry.",
            [("Ann Price", "", "Ann Price"), ("?", "", "they said")],
        ),
    ],
)
def test_each_of_several_statements_in_a_sentence_has_its_own_speaker(text: str, found: list[tuple[str, str, str]]) -> None:
    assert statements(text) == found


def records(text: str) -> list[tuple[str, str, tuple[str, ...], bool]]:
    found = draft(parse((HEAD + text).encode()))
    return [(" ".join(_words(q.span.start, q.span.end, text)), q.kind.value, q.speakers, bool(q.open)) for q in found.quotes[1:]]


def _words(start: int, end: int, text: str) -> list[str]:
    words = (HEAD + text)[start:end].split()
    return [words[0], words[-1]]


def test_a_sentence_with_two_speakers_names_both_and_each_clause_its_own() -> None:
    text = "Ann Price said that the ban was wanted, while Tom Hall called it “a late invention of theirs”."
    assert records(text) == [
        ("Ann theirs”.", "reported", ("price", "hall"), False),
        ("a theirs", "direct", ("hall",), False),
        ("Ann wanted", "reported", ("price",), False),
    ]


def test_a_sentence_that_only_ends_with_a_statement_stays_the_article_s() -> None:
    assert records("The board met on Monday, and Ann Price said that the lift was broken.") == [
        ("The broken.", "narration", ("paper",), False),
        ("Ann broken.", "reported", ("price",), False),
    ]


def test_a_statement_of_somebody_unknown_is_open_and_the_article_s_meanwhile() -> None:
    assert records("The doors had been checked once, the court heard.") == [("The heard.", "narration", ("paper",), True)]


@pytest.mark.parametrize("number", ["4.2", "12.", "3)", "1.2.3.", "  4.10"])
def test_the_number_of_an_item_is_no_part_of_who_speaks_in_it(number: str) -> None:
    text = f"{HEAD}{number} Cllr Tom Hall said that “the bridge is closed”.\n\nIt closed."
    found = draft(parse(text.encode()))
    assert [(q.kind.value, q.speakers, q.open) for q in found.quotes[1:3]] == [
        ("reported", ("hall",), ""),
        ("direct", ("hall",), ""),
    ]


def test_a_role_that_speaks_is_a_person() -> None:
    found = draft(parse(f"{HEAD}The Clerk reported that the bench was broken.".encode()))
    assert [(p.name, p.kind.value) for p in found.people[1:]] == [("Clerk", "person")]
