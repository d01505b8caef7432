"""Leads whose words are all proved, and which may say something else than their excerpts all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MakePack

from bot.curate.leads import DoubtfulLead, doubtful_leads
from bot.pack.loading import load

ENTRY = '- id: one\n  question: "{}"\n  asks: thing\n  cites: [{}]\n  lead: "{}"\n  phrasings: ["a", "b"]\n'


@pytest.mark.parametrize(
    ("question", "cites", "lead", "why"),
    [
        ("Is it open from March 4?", "sundays", "Yes.", "it says yes, and the excerpt does not have “4” of the question"),
        ("Is it open from March 3?", "sundays", "No.", "it says no, and nothing in the excerpt denies"),
        ("How many councils agreed?", "sundays", "3, after 412 readers.", ""),
        ("How many readers signed?", "sundays", "3 readers.", "it says “3” before “readers”, and the excerpt “412”"),
        ("Who said it?", "room, lift", "Anna Bell.", "“Anna Bell” stands nowhere in the excerpt"),
        (
            "Who wants a second lift in the building?", "room, lift", "The Head librarian Anna Kovacs.",
            "what it names does not stand in the sentence with most words of the question: “Councillor Ruth Bell also called for "
            "a second lift in the building.”",
        ),
    ],
)  # fmt: skip
def test_what_may_be_wrong_is_told(make_pack: MakePack, question: str, cites: str, lead: str, why: str) -> None:
    folder = make_pack({"faq/library.yaml": ENTRY.format(question, cites, lead), "questions.yaml": None})
    assert doubtful_leads(load(folder)) == ((DoubtfulLead("one", question, lead, why),) if why else ())


@pytest.mark.parametrize(
    ("question", "cites", "lead"),
    [
        ("Is it open from March 3?", "sundays", "Yes: from March 3."),
        ("Is it open from March 4?", "sundays", "No: from March 3."),
        ("Is it not open on Sundays?", "sundays", "Yes."),
        ("Who wants a second lift?", "room, lift", "Councillor Ruth Bell."),
        ("Who speaks of the reading room?", "room", "Head librarian Anna Kovacs."),
        ("Who signed?", "sundays", "412 readers."),
    ],
)
def test_what_says_what_its_excerpt_says_is_left_alone(make_pack: MakePack, question: str, cites: str, lead: str) -> None:
    folder = make_pack({"faq/library.yaml": ENTRY.format(question, cites, lead), "questions.yaml": None})
    assert doubtful_leads(load(folder)) == ()


@pytest.mark.parametrize(
    ("lead", "why"), [("Yes.", "it says yes, and the excerpt has “only”"), ("Yes: only at noon.", ""), ("No.", "")]
)
def test_what_denies_is_against_a_yes(make_pack: MakePack, lead: str, why: str) -> None:
    article = "The pool\n\nThe pool will not open on Mondays, the mayor said. It opens only at noon.\n"
    quotes = '- id: pool\n  speaker: paper\n  kind: narration\n  text: "It opens only at noon."\n'
    people = "- id: paper\n  name: the article\n  kind: source\n  aliases: [the article]\n"
    pack = "slug: pool\ntitle: The pool\nsubject: the pool\narticle:\n  sha256: {sha256}\n"
    files = dict.fromkeys(("gaps.yaml", "premises.yaml", "questions.yaml"))
    files |= {"article.txt": article, "quotes.yaml": quotes, "people.yaml": people, "pack.yaml": pack}
    faq = ENTRY.format("Does it open in the morning?", "pool", lead)
    found = doubtful_leads(load(make_pack({**files, "faq/library.yaml": faq})))
    assert [d.why for d in found] == ([why] if why else [])


def test_the_shipped_pack_has_none(shipped_folder: Path) -> None:
    pack = load(shipped_folder)
    assert sum(bool(e.lead) for e in pack.entries) > 50
    assert doubtful_leads(pack) == ()
