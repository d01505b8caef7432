"""A pack's own tests, over small packs whose reader says what each test tells it to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FAQ, QUESTIONS, MakePack
from fakes.reader import BARS, make_engine, policy

from bot.curate.self_test import MOST_MADE, MOST_READ, Confusable, Miss, SelfTest, self_test
from bot.engine.build import build

YES = 5.0  # the logit of what answers


def run(folder: Path, *says: tuple[str, str, float], every_near_miss: bool = False) -> SelfTest:
    return self_test(make_engine(folder, *says, policy=policy()).engine, every_near_miss=every_near_miss)


def entry(identifier: str, cites: str, *phrasings: str, near_misses: tuple[str, ...] = ()) -> str:
    listed = "".join(f'    - "{p}"\n' for p in phrasings[1:])
    near = "".join(f'    - "{n}"\n' for n in near_misses)
    return f'- id: {identifier}\n  question: "{phrasings[0]}"\n  asks: thing\n  cites: [{cites}]\n  phrasings:\n{listed}' + (
        f"  near_misses:\n{near}" if near else ""
    )


# Regression questions


SIGNED, ROOM = ("signed the petition", "petition-size", YES), ("reading room", "reading-room", YES)


def test_the_invented_pack_meets_what_it_expects(tiny_folder: Path) -> None:
    tested = run(tiny_folder, SIGNED, ROOM)
    assert (tested.failed, tested.expectations, tested.confused, tested.confusable, tested.passed) == ((), 2, (), (), True)
    assert (tested.phrasings, tested.near_misses, tested.read) == (32, 1, 1)
    assert (tested.made, tested.made_read) == (14, 14)
    assert tested.unguarded == tuple(e.id for e in build(tiny_folder).pack.entries if e.id != "sunday-start")


@pytest.mark.parametrize("expect", ["sunday-start", "premise", "off_topic"])
def test_a_question_that_gets_something_else_is_told_with_its_file_and_line(make_pack: MakePack, expect: str) -> None:
    tested = run(make_pack({"questions.yaml": QUESTIONS + f'- ask: "roof repairs"\n  expect: {expect}\n'}), SIGNED, ROOM)
    assert tested.failed == (Miss("roof repairs", expect, "roof-cost, answer", "see questions.yaml:6."),)
    assert (tested.expectations, tested.passed) == (3, False)


def test_what_is_expected_may_be_a_gap_a_premise_or_a_verdict(make_pack: MakePack) -> None:
    rows = [
        ("salary of Kovacs", "gap-salary"),
        ("why does Bell oppose a second lift", "premise-bell-against-lift"),
        ("hello", "small_talk"),
        ("roof repairs", "answer"),
    ]
    tested = run(make_pack({"questions.yaml": "".join(f'- ask: "{a}"\n  expect: {e}\n' for a, e in rows)}))
    assert (tested.failed, tested.expectations) == ((), 4)


def test_a_question_is_asked_after_those_that_it_names(make_pack: MakePack) -> None:
    rows = '- ask: "who said that?"\n  after: ["{}"]\n  expect: answer\n'
    folder = make_pack({"questions.yaml": rows.format("reading room") + rows.format("hello")})
    (miss,) = run(folder).failed
    assert miss.advice == "see questions.yaml:4."


@pytest.mark.parametrize(("cites", "met"), [("roof", True), ("lift, roof", True), ("lift", False)])
def test_an_expected_entry_is_met_by_one_that_shows_its_passages_and_perhaps_more(
    make_pack: MakePack, cites: str, met: bool
) -> None:
    faq = entry("expected", "roof", "What do roof repairs cost?", "roof") + entry("found", cites, "Who wants a lift?", "lift")
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": '- ask: "who wants a lift"\n  expect: expected\n'})
    assert run(folder).failed == (
        () if met else (Miss("who wants a lift", "expected", "found, answer", "see questions.yaml:1."),)
    )


def test_an_expected_gap_is_not_met_by_an_entry_that_shows_its_nearest_passages(make_pack: MakePack) -> None:
    faq = entry("lift", "lift, roof, sundays", "Who wants a lift?", "lift")
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": '- ask: "lift"\n  expect: gap-opening-hour\n'})
    assert [(m.wanted, m.got) for m in run(folder).failed] == [("gap-opening-hour", "lift, answer")]


@pytest.mark.parametrize(
    ("expect", "met"), [("not_in_article", True), ("unsure", True), ("gap-salary", False), ("off_topic", False)]
)
def test_not_sure_meets_what_the_article_is_expected_not_to_say(make_pack: MakePack, expect: str, met: bool) -> None:
    folder = make_pack({"questions.yaml": f'- ask: "did Councillor Bell demand a lift"\n  expect: {expect}\n'})
    never = policy(replace(BARS, answer=1.0))
    tested = self_test(make_engine(folder, ("lift", "second-lift", YES), policy=never).engine)
    assert [m.got for m in tested.failed] == ([] if met else ["unsure"])


# Near misses


def test_a_near_miss_that_gets_its_entry_is_told_with_the_phrasing_that_it_is_too_close_to(make_pack: MakePack) -> None:
    near_miss = "how many readers did sign the petition"
    last = '    - "how many names are on the petition"\n'
    folder = make_pack({"faq/library.yaml": FAQ.replace(last, f'{last}  near_misses: ["{near_miss}"]\n')})
    tested = run(folder, SIGNED, ROOM, ("sign the petition", "petition-size", YES))
    advice = (
        "it is too close to 'How many readers signed the petition?': "
        "write a gap for it, with phrasings that say what the article leaves out."
    )
    assert tested.confused == (Miss(near_miss, "not petition-size", "petition-size, answer", advice),)
    assert (tested.failed, tested.near_misses, tested.passed) == ((), 2, False)
    assert "petition-size" not in tested.unguarded
    assert run(folder, SIGNED, ROOM).confused == ()


def test_a_near_miss_that_gets_another_entry_is_apart(make_pack: MakePack) -> None:
    faq = entry("lift", "lift", "Who wants a lift?", "who wants one", near_misses=("who mends the lift",)) + entry(
        "roof", "roof", "Who mends the roof?", "who mends it"
    )
    tested = run(make_pack({"faq/library.yaml": faq, "questions.yaml": None}), ("mends the lift", "roof", YES))
    assert (tested.confused, tested.read) == ((), 1)


def test_only_the_nearest_near_misses_are_asked_unless_all_are_to_be(make_pack: MakePack) -> None:
    """All of them get the entry here, so those that are told are those that were asked."""
    near = [f"who wants a lift {'x' * n}" for n in range(1, 11)]
    far = [f"so tell me then please who on earth may it be that wants it {n}" for n in range(MOST_READ)]
    records = [entry("lift", "lift", "Who wants a lift?", "who wants one", near_misses=tuple(near))]
    for i in range(0, MOST_READ, 10):
        phrasings = (f"What of roof number {i}?", f"roof {i}")
        records.append(entry(f"roof-{i}", "roof", *phrasings, near_misses=tuple(far[i : i + 10])))
    folder = make_pack({"faq/library.yaml": "".join(records), "questions.yaml": None, "vocabulary.yaml": None})
    says = [("who", "lift", YES), *(("who", f"roof-{i}", YES) for i in range(0, MOST_READ, 10))]
    some, everything = run(folder, *says), run(folder, *says, every_near_miss=True)
    assert (some.near_misses, some.read) == (70, MOST_READ)
    assert (everything.near_misses, everything.read) == (70, 70)
    assert {m.ask for m in some.confused} >= set(near)


def test_a_near_miss_that_is_a_recorded_phrasing_of_another_topic_need_not_be_asked(make_pack: MakePack) -> None:
    faq = entry("lift", "lift", "Who wants a lift?", "who wants one", near_misses=("salary of Kovacs", "who has a lift"))
    tested = run(make_pack({"faq/library.yaml": faq, "questions.yaml": None}))
    assert (tested.near_misses, tested.read) == (2, 1)


# Near misses made of the pack's own questions


def test_a_made_near_miss_that_gets_an_answer_is_told_and_fails_nothing(tiny_folder: Path) -> None:
    bell, reed = ("does Bell say about the reading", "roof-cost", 9.0), ("what did Tom Reed call for", "second-lift", YES)
    tested = run(tiny_folder, SIGNED, bell, reed)
    assert [(a.made.ask, a.made.phrasing, a.got, a.lead) for a in tested.asserted] == [
        ("what does Bell say about the reading room", "what does Kovacs say about the reading room", ("roof-cost",), ""),
        ("what did Tom Reed call for", "what did Ruth Bell call for", ("second-lift",), ""),
    ]
    assert run(tiny_folder, SIGNED, ROOM, reed).passed


def test_those_with_a_lead_are_told_first_and_a_not_last(make_pack: MakePack) -> None:
    """No lead is said of a name or a "not" that its entry lacks; of another question word it may be."""
    faq = (
        entry("signed", "sundays", "who has signed it", "signers").replace("  phrasings", '  lead: "412 readers."\n  phrasings')
        + entry("room", "room", "what does Kovacs say of the room", "the room")
        + entry("state", "room", "how will it be", "its state").replace("  phrasings", '  lead: "Full again."\n  phrasings')
    )
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None, "premises.yaml": None})
    asserted = run(folder, ("signed", "signed", YES), ("of the room", "room", YES), ("will it be", "state", YES)).asserted
    assert [(a.got, bool(a.lead)) for a in asserted] == [
        (("state",), True),
        *[(("room",), False)] * 2,
        (("signed",), False),
    ]


def test_a_made_near_miss_that_is_refused_or_rightly_answered_is_not_told(tiny_folder: Path) -> None:
    """Reed speaks in the passage of "roof-cost", so that may be what he says of the reading room."""
    asked = [a.made.ask for a in run(tiny_folder, SIGNED, ("Reed say about the reading", "roof-cost", YES)).asserted]
    assert asked == []


def test_only_the_first_made_are_asked_unless_all_are_to_be(make_pack: MakePack) -> None:
    phrasings = [f"what does Bell say of lift number {n}" for n in range(50, 50 + MOST_MADE)]
    records = [entry(f"lift-{i}", "lift", phrasings[i], *phrasings[i + 1 : i + 12]) for i in range(0, MOST_MADE, 12)]
    folder = make_pack({"faq/library.yaml": "".join(records), "questions.yaml": None, "premises.yaml": None})
    some, everything = run(folder), run(folder, every_near_miss=True)
    assert (some.made, some.made_read) == (2 * MOST_MADE, MOST_MADE)
    assert (everything.made, everything.made_read) == (2 * MOST_MADE, 2 * MOST_MADE)


# Phrasings


LIFT = ("Who wants a lift?", "who wants another lift", "who demands a lift", "who demands another lift")
ROOF = ("What do roof repairs cost?", "cost of the roof repairs", "roof repairs cost what", "what did the roof cost")
LONE = "cost of roof repairs again"


def test_a_phrasing_that_lies_nearer_to_another_entry_is_told_and_fails_nothing(make_pack: MakePack) -> None:
    faq = entry("lift", "lift", *LIFT, LONE) + entry("roof", "roof", *ROOF)
    tested = run(make_pack({"faq/library.yaml": faq, "questions.yaml": None}))
    advice = "it lies nearer to 'What do roof repairs cost?': add phrasings like it here, or move it."
    assert tested.misrouted == (Miss(LONE, "lift", "roof", advice),)
    assert (tested.phrasings, tested.confusable, tested.passed) == (9, (), True)


@pytest.mark.parametrize(
    ("phrasing", "found", "nearer_to"),
    [
        ("librarian wages", "gap-salary", "'What does the librarian earn?'"),
        ("good day", "greeting", "messages of the kind small_talk"),
    ],
)
def test_a_phrasing_that_lies_nearer_to_a_refusal_is_told(make_pack: MakePack, phrasing: str, found: str, nearer_to: str) -> None:
    tested = run(make_pack({"faq/library.yaml": entry("lift", "lift", *LIFT, phrasing), "questions.yaml": None}))
    assert [(m.ask, m.got) for m in tested.misrouted] == [(phrasing, found)]
    assert tested.misrouted[0].advice.startswith(f"it lies nearer to {nearer_to}: ")


@pytest.mark.parametrize(("cites", "misrouted"), [("lift", 0), ("roof, lift", 0), ("roof", 1)])
def test_an_entry_with_the_same_passages_and_more_is_the_same_to_a_reader(
    make_pack: MakePack, cites: str, misrouted: int
) -> None:
    faq = entry("lift", "lift", *LIFT, LONE) + entry("roof", cites, *ROOF)
    assert len(run(make_pack({"faq/library.yaml": faq, "questions.yaml": None})).misrouted) == misrouted


# Entries that nobody can tell apart


A_LIFT = ("Who wants a lift?", "who demands a lift", "who asks for a lift", "who needs a lift", "who uses a lift")
THE_LIFT = tuple(p.replace(" a ", " the ") for p in A_LIFT)


def test_two_entries_for_the_same_questions_are_told_once(make_pack: MakePack) -> None:
    faq = entry("one", "lift", *A_LIFT) + entry("two", "roof", *THE_LIFT)
    tested = run(make_pack({"faq/library.yaml": faq, "questions.yaml": None}))
    assert tested.confusable == (
        Confusable("one", "two", 5, 5, ("Who wants a lift?", "who demands a lift", "who asks for a lift"), 158),
    )
    assert not tested.passed


@pytest.mark.parametrize(("taken", "own", "found"), [(4, 6, True), (3, 5, False), (2, 0, False), (3, 0, True)])
def test_they_are_confusable_from_two_phrasings_in_five_and_three(make_pack: MakePack, taken: int, own: int, found: bool) -> None:
    """Each of the `taken` has its twin in the other entry; the others are alike among themselves, in either entry."""
    verbs = ("paints", "builds", "cleans", "checks")[:taken]
    first = [f"{verb} walls of stone" for verb in verbs] + [f"moonlight in {n} nights" for n in range(own)]
    second = [f"{verb} walls of stone {verb}" for verb in verbs] + [f"sunlight on {n} days" for n in range(8)]
    faq = entry("one", "lift", *first) + entry("two", "roof", *second)
    tested = run(make_pack({"faq/library.yaml": faq, "questions.yaml": None}))
    pair = Confusable("one", "two", taken, taken + own, tuple(first[:3]), 158)
    assert tested.confusable == ((pair,) if found else ())


@pytest.mark.parametrize(
    ("together", "advice"),
    [
        (
            900,
            "Merge them into one entry that cites the passages of both (900 of 900 characters); or leave what could be asked of ",
        ),
        (
            901,
            "One entry cannot cite the passages of both (901 of 900 characters): leave what could be asked of both to one of them, ",
        ),
    ],
)
def test_what_mends_them_is_said_with_whether_one_entry_can_hold_both(together: int, advice: str) -> None:
    assert Confusable("one", "two", 5, 5, (), together).advice.startswith(advice)


# Progress


def test_it_tells_how_far_it_has_come(tiny_folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    self_test(make_engine(tiny_folder, policy=policy()).engine, progress=lambda *now: told.append(now))
    assert told == [
        *(("Comparing the entries' phrasings", done, 8) for done in range(1, 9)),
        *(("Asking the pack's own questions", done, 17) for done in range(1, 18)),
    ]
