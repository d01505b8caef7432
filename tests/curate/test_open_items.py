"""What is open in a pack, found in its files, its own tests and what was asked in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import FAQ, GAPS, PEOPLE, MakePack

from bot.curate.leads import DoubtfulLead
from bot.curate.misses import Origin
from bot.curate.near_misses import Exchange, NearMiss
from bot.curate.open_items import groups_asked, open_items
from bot.curate.pack_files import PackFiles
from bot.curate.review import Item, Leave, Missed, Record, Underasked, Unreached, WouldAnswer
from bot.curate.self_test import Asserted, Confusable, Miss, SelfTest
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.text.progress import silent

ASKED = [("who pays for the new lift", Origin(day, "a")) for day in range(3)] + [("when is lunch", Origin(1, "a"))]
PAIR = Confusable("wait", "roof-cost", 3, 5, ("how long",), 100)
NOTHING = SelfTest(0, (), (), 0, 0, (), (), 0, 0, (), 0, (), replied=({}, {}, {}))


@pytest.fixture
def folder(make_pack: MakePack) -> Path:
    return make_pack(
        {
            "people.yaml": PEOPLE.replace("- id: reed\n", "- id: reed\n  drafted: true\n"),
            "gaps.yaml": GAPS.replace("- id: gap-salary\n", "- id: gap-salary\n  drafted: true\n"),
            "faq/library.yaml": FAQ.partition("- id: friends-fee")[0],
            "questions.yaml": None,
            "pack.yaml": ("slug: millbrook\n", "slug: millbrook\ndrafted: true\n"),
        }
    )


def found(folder: Path, tested: SelfTest | None = None, *, reader: bool = True) -> tuple[Item, ...]:
    engine = build(folder, folder.parent, reader=reader)
    return open_items(PackFiles(folder), engine, ASKED, tested, reader=reader, progress=silent)


@pytest.mark.parametrize("reader", [True, False])
def test_groups_come_first_then_sentences_and_drafts(folder: Path, reader: bool) -> None:
    group, sentence, *drafts = found(folder, reader=reader)
    assert isinstance(group, Missed)
    assert (group.group.texts, group.group.times) == (("who pays for the new lift",), 3)
    assert "lift" in group.quotes[:2]
    assert "second-lift" in group.topics
    assert sentence == Unreached("Join the friends of the library for five pounds a year.", 5, ("friends",))
    assert [(d.file, d.id) for d in drafts if isinstance(d, Record)] == [
        ("people.yaml", "reed"), ("gaps.yaml", "gap-salary"), ("pack.yaml", "millbrook")
    ]  # fmt: skip


def test_what_the_packs_own_tests_found_is_open_but_a_not_without_a_lead(folder: Path) -> None:
    pack = PackFiles(folder).pack
    lift = pack.by_id["second-lift"]

    def made(ask: str, exchange: Exchange, new: str, lead: str) -> Asserted:
        return Asserted(NearMiss(ask, lift, lift.question, exchange, "second" if new else "", new), ("second-lift",), lead)

    tested = SelfTest(
        0, (), (PAIR,), 0, 0,
        (Miss("how many people signed", "not sunday-start", "sunday-start", "..."),), (), 0, 0,
        (made("Who wants a third lift?", Exchange.NAME, "third", ""), made("Who does not?", Exchange.NEGATION, "", "")), 0, (),
        replied=({}, {}, {}),
    )  # fmt: skip
    items = found(folder, tested)
    assert [i for i in items if isinstance(i, WouldAnswer)] == [
        WouldAnswer("how many people signed", "sunday-start", "sunday-start", "From March 3.", is_own=True),
        WouldAnswer("Who wants a third lift?", "second-lift", "second-lift", "", is_own=False),
    ]
    assert items[-1] == PAIR
    assert not [i for i in found(folder, NOTHING) if isinstance(i, WouldAnswer | Confusable)]


def test_a_lead_that_looks_false_and_an_entry_that_is_hardly_asked_are_open_until_decided_about(make_pack: MakePack) -> None:
    faq = FAQ.replace('lead: "412 readers."', 'lead: "3 readers."').replace('    - "how many years did the librarian wait"\n', "")
    few = faq.replace('    - "how long was the wait"\n', "")
    folder = make_pack({"faq/library.yaml": few, "questions.yaml": None})
    lead, asked = (i for i in found(folder) if isinstance(i, DoubtfulLead | Underasked))
    assert isinstance(lead, DoubtfulLead)
    assert (lead.entry, lead.why) == ("petition-size", "it says “3” before “readers”, and the excerpt “412”")
    assert asked == Underasked("wait", "How long have they waited?", ("how long has Kovacs been waiting for this",))
    for item in (lead, asked):
        PackFiles(folder).decide(item, Leave())
    assert not [i for i in found(folder) if isinstance(i, DoubtfulLead | Underasked)]


def test_a_question_that_is_a_phrasing_by_now_or_was_decided_about_is_open_no_more(tiny: Engine, make_pack: MakePack) -> None:
    files = PackFiles(make_pack())
    known = [("who wants another lift", Origin(day, "a")) for day in range(3)]
    assert groups_asked(files, tiny, known, reader=True) == ()
    (group,) = groups_asked(files, tiny, ASKED, reader=True)
    files.decide(group, Leave())
    assert groups_asked(files, tiny, ASKED, reader=True) == ()
    alike = [("who is paying for the new lift", Origin(day, "a")) for day in range(3)]
    assert groups_asked(files, tiny, alike, reader=True) == ()
