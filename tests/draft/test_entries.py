"""Who is introduced, where somebody stands, and which positions are shown: only where the text says so, and drafted."""

from __future__ import annotations

import pytest

from bot.draft.drafting import Draft, draft
from bot.pack.values import Asks
from bot.text.article import parse

HEAD = "A headline\n\n"


def drafted(text: str) -> Draft:
    return draft(parse((HEAD + text).encode()))


@pytest.mark.parametrize(
    ("text", "question", "lead"),
    [
        ("It rained. Head librarian Anna Kovacs said so.", "Who is Anna Kovacs?", "Head librarian."),
        ("It rained. Dr Anna Kovacs, a pathologist at the clinic, left.", "Who is Anna Kovacs?", "Pathologist at the clinic."),
        ("It rained. Anna Kovacs, 52, said that it was over.", "Who is Anna Kovacs?", ""),
        (
            "It rained. The Readers’ Union (RU), a body of 40 clubs, left.",
            "What is the Readers’ Union?",
            "",
        ),
    ],
)
def test_whoever_is_introduced_has_an_entry_that_cites_the_introduction(text: str, question: str, lead: str) -> None:
    (entry,) = drafted(text).entries
    assert (entry.question, entry.lead, entry.cites) == (question, lead, ("p1-s2",))
    assert entry.asks in (Asks.CAPACITY, Asks.DEFINITION)
    assert entry.phrasings


@pytest.mark.parametrize(
    "text",
    [
        "Anna Kovacs said that it was over.",
        "Dr Anna Kovacs said that it was over.",
        "The Readers’ Union (RU) said that it was over.",
        "A spokesman said that it was over.",
        "“Anna Kovacs, the chair, left.”",
    ],
)
def test_whoever_is_only_named_has_no_entry(text: str) -> None:
    assert drafted(text).entries == ()


def test_a_position_is_drafted_where_a_verb_marks_it() -> None:
    found = drafted(
        "The Readers’ Union backs the ban. Ms Price opposes it. The mayor, Tom Hall, called for talks.\n\n"
        "Ms Price has not condemned it. The ban, opposed by many, is new. The support of Mr Hall counts. “I reject it,” Mr Hall said."
    )
    stances = {e.question: e.cites for e in found.entries if e.asks is Asks.STANCE}
    assert stances == {
        "Where does the Readers’ Union stand?": ("p1-s1",),
        "Where does Ms Price stand?": ("p1-s2",),
        "Where does Tom Hall stand?": ("p1-s3",),
        "Who is for it, and who is against it?": ("p1-s1", "p1-s2"),
    }
    assert found.positions == ("p1-s1", "p1-s2", "p1-s3")


@pytest.mark.parametrize(
    "text",
    [
        "Ms Price opposes it. The mayor, Tom Hall, condemned it.",
        "Ms Price backs it.",
        "Ms Price opposes it. They back it.",
        "It rained.",
    ],
)
def test_no_positions_are_drafted_where_only_one_side_is_taken(text: str) -> None:
    assert drafted(text).positions == ()


def test_no_two_topics_ask_the_same() -> None:
    found = drafted("Dr Anna Kovacs, 52, said so. Mr Anna Kovacs, 53, said no. The chair, Anna Kovacs, backs it.")
    asked = [form for topic in (*found.entries, *found.gaps) for form in set(topic.forms)]
    assert len(asked) == len(set(asked))
