"""Likely gaps: of the kind of an article, its subject and those in it; none of which the text has a trace."""

from __future__ import annotations

import re
import string

import pytest

from bot.draft.drafting import draft
from bot.draft.gaps import MOST_GAPS, kind_of
from bot.draft.likely import GAPS, OF_ACTORS, SUBJECTS, ArticleKind
from bot.pack.values import MAX_LISTED, Topic, normal_form
from bot.text.article import parse

STRIKE = """\
Dockers vote to extend strike at Varn

Dockers voted on Tuesday to strike until 4 May. The Dockworkers’ Union called it fair. Its leader, Olga Berg, said that it was over.

Port director Ian Hall said that the port was empty. Mr Hall and the union will meet.
"""


def gaps(text: str) -> dict[str, Topic]:
    return {g.id: g for g in draft(parse(text.encode())).gaps}


def test_gaps_are_of_the_subject_of_those_in_it_and_of_its_kind() -> None:
    found = gaps(STRIKE)
    assert {
        "gap-strikers",
        "gap-wages",
        "gap-turnout",
        "gap-union-members",
        "gap-union-founded",
        "gap-hall-since",
        "gap-author",
    } <= found.keys()
    members = found["gap-union-members"]
    assert (members.question, members.looked_for) == (
        "How many members does the Dockworkers’ Union have?",
        "how many members the Dockworkers’ Union has",
    )
    assert members.cites == ("p1-s2",)
    assert found["gap-hall-since"].question == "Since when has Ian Hall been port director?"
    assert len(found) <= MOST_GAPS


@pytest.mark.parametrize(
    ("gap", "answer"),
    [
        ("gap-strikers", "Some 1,400 workers are out."),
        ("gap-wages", "They earn 14 crowns an hour."),
        ("gap-turnout", "Turnout was high."),
        ("gap-union-members", "The union has 9,000 members."),
        ("gap-union-founded", "The Dockworkers’ Union was founded in 1920."),
        ("gap-hall-since", "Mr Hall was elected last spring."),
    ],
)
def test_what_the_text_has_a_trace_of_is_no_gap(gap: str, answer: str) -> None:
    assert gap in gaps(STRIKE)
    assert gap not in gaps(STRIKE.replace("Its leader", f"{answer} Its leader"))


def test_a_body_whose_leader_the_next_sentence_names_has_no_gap_for_it() -> None:
    assert "gap-union-leader" not in gaps(STRIKE)
    assert "gap-union-leader" in gaps(STRIKE.replace("Its leader, ", "Ms "))


def test_whoever_is_named_and_silent_is_a_gap_only_where_nobody_unknown_speaks() -> None:
    text = (
        "A headline\n\nThe Readers’ Union left. The Readers’ Union ate. It rained. Ann Price, the chair, said that it was late."
    )
    assert gaps(text)["gap-union-says"].question == "What does the Readers’ Union say about it?"
    assert "gap-union-says" not in gaps(text + " It was good, they said.")


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("Minutes of the day\n\nThe lift was discussed.", ArticleKind.MINUTES, "author published cost vote"),
        ("Letter\n\nDear Ann,\n\nThank you.\n\nYours sincerely,\nTom", ArticleKind.LETTER, "published contact"),
        ("Lift opens\n\nBy Ann Price\n\nIt cost £5 on Monday. Tax paid for it, since all 40 people will, critics said, use it again. Other towns and experts agree.", ArticleKind.REPORT, ""),
        ("Works\n\nFOR IMMEDIATE RELEASE\n\nIt opens in May, because it will. Nobody is against it. Taxes pay. Write to a@b.example", ArticleKind.RELEASE, "author"),
        ("Closed\n\nYou can park there. Your permit is valid.", ArticleKind.NOTICE, "author published cost contact"),
    ],
)  # fmt: skip
def test_likely_gaps_are_those_of_its_kind_of_which_the_text_has_no_trace(text: str, kind: ArticleKind, ids: str) -> None:
    assert kind_of(parse(text.encode())) is kind
    assert gaps(text).keys() == {f"gap-{i}" for i in ids.split()}


def test_each_likely_gap_has_its_own_id_and_phrasings_that_differ() -> None:
    every = (*GAPS, *SUBJECTS)
    assert len({g.id for g in every}) == len(every)
    for gap in (*every, *OF_ACTORS):
        forms = [normal_form(t) for t in (gap.question, *gap.phrasings)]
        assert len(forms) == len(set(forms)) <= MAX_LISTED
        assert gap.question.endswith("?")
        assert not gap.looked_for.endswith((".", "?"))
    fields = {
        f for g in OF_ACTORS for t in (g.question, g.looked_for, *g.phrasings) for _, f, _, _ in string.Formatter().parse(t) if f
    }
    assert fields <= {"who", "capacity"}
    assert all(re.fullmatch(r"gap-[a-z-]+", g.id) for g in every)
