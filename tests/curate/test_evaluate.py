"""Labelled questions: reading them, judging replies as a reader sees them, and the numbers of report and calibration by hand."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import pytest
from conftest import FAQ, FILES, QUESTIONS, MakePack

from bot.curate.scoring import (
    MIN_LEFT_OUT,
    Alike,
    Labelled,
    LeftOut,
    Miss,
    Report,
    Sample,
    alike,
    calibrate,
    converse,
    evaluate,
    judge,
    out_of_fold,
    read_labelled,
    risk_curve,
    samples,
    self_test,
)
from bot.engine.answer import Ambiguous, Answer, Answered, Citation, Contradicted, NotInArticle, OffTopic, SmallTalk, Trace
from bot.engine.build import build
from bot.engine.decision import SIGNAL_NAMES, Signals
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.engine.verify import Constraint, Unmet
from bot.errors import FileFaults
from bot.pack.values import Topic, Verdict

TRACE = Trace(Question("", ()), "it is made for a test")


def answered(engine: Engine, *ids: str, lead: str = "", confidence: float = 1.0) -> Answered:
    citations = tuple(Citation(engine.pack.excerpt(i), engine.pack.quotes[i]) for i in ids)
    return Answered(TRACE, confidence, (), (), lead, citations)


def contradicted(engine: Engine, quote: str) -> Contradicted:
    return Contradicted(
        TRACE, 1.0, (), Topic("p", Verdict.PREMISE, "", ()), (Citation(engine.pack.excerpt(quote), engine.pack.quotes[quote]),)
    )


def asked(kind: str = "answerable", **labels: tuple[str, ...]) -> Labelled:
    return Labelled("q", "?", kind, **labels)  # type: ignore[arg-type]


def near(engine: Engine, quote: str) -> NotInArticle:
    return NotInArticle(TRACE, 1.0, (), None, (), (Citation(engine.pack.excerpt(quote), engine.pack.quotes[quote]),))


# Judging


@pytest.mark.parametrize(
    ("labels", "result"),
    [
        ({"gold": ("nine years",)}, "right"),
        ({"gold": ("Nine  Years",)}, "right"),
        ({"gold": ("ten years", "nine years")}, "right"),
        ({"gold": ("ten years",)}, "wrong"),
        ({"gold_all": ("We have waited", "nine years")}, "right"),
        ({"gold_all": ("We have waited", "ten years")}, "wrong"),
        ({"gold": ("nine years",), "gold_all": ("ten years",)}, "wrong"),
        ({"gold": ("Anna Kovacs",)}, "right"),
        ({}, "right"),
    ],
)
def test_an_answer_is_right_where_it_shows_any_of_gold_and_all_of_gold_all(
    tiny: Engine, labels: dict[str, tuple[str, ...]], result: str
) -> None:
    assert judge(asked(**labels), answered(tiny, "waited"), tiny.pack) == result


def test_curly_and_straight_quotation_marks_and_line_breaks_count_alike(tiny: Engine) -> None:
    assert judge(asked(gold=("readers'\npetition",)), answered(tiny, "headline"), tiny.pack) == "right"


def test_a_lead_counts_as_shown_but_not_without_an_excerpt(tiny: Engine) -> None:
    assert judge(asked(gold=("412 readers",)), answered(tiny, "sundays", lead="412 readers."), tiny.pack) == "right"
    assert judge(asked(gold=("412 readers",)), answered(tiny, lead="412 readers."), tiny.pack) == "wrong"


@pytest.mark.parametrize("kind", ["answerable", "unanswerable", "offtopic", "chitchat"])
def test_a_refusal_of_any_kind_is_right_unless_the_article_answers(tiny: Engine, kind: str) -> None:
    refusals: list[Answer] = [
        near(tiny, "waited"),
        OffTopic(TRACE, 1.0, ()),
        SmallTalk(TRACE, 1.0, (), "greeting"),
        Ambiguous(TRACE, 1.0, (), ()),
    ]
    wanted = "abstained" if kind == "answerable" else "right"
    assert [judge(asked(kind, gold=("nine years",)), r, tiny.pack) for r in refusals] == [wanted] * 4


@pytest.mark.parametrize("kind", ["unanswerable", "offtopic", "chitchat"])
def test_an_answer_to_what_the_article_does_not_answer_is_false_unless_it_holds_an_accepted_span(tiny: Engine, kind: str) -> None:
    assert judge(asked(kind), answered(tiny, "lift"), tiny.pack) == "false_answer"
    assert judge(asked(kind, gold=("second lift",)), answered(tiny, "lift"), tiny.pack) == "false_answer"
    assert judge(asked(kind, accept=("ten years",)), contradicted(tiny, "lift"), tiny.pack) == "false_answer"
    assert judge(asked(kind, accept=("second lift",)), contradicted(tiny, "lift"), tiny.pack) == "right"


def test_a_premise_correction_may_answer_an_answerable_question(tiny: Engine) -> None:
    assert judge(asked(gold=("second lift",)), contradicted(tiny, "lift"), tiny.pack) == "right"


def test_a_dump_is_no_answer_even_if_it_holds_the_gold(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Head\n\n{'a' * 450}.\n\n{'b' * 449}.\n\nc.\n", encoding="utf-8")
    engine = build(path)
    first, second, third = (Citation(engine.pack.article.excerpt(s)) for s in engine.pack.article.sentences[1:])
    gold = asked(gold=("aaaa",))
    assert judge(gold, Answered(TRACE, 1.0, (), (), "", (first, second)), engine.pack) == "dump"
    assert judge(gold, Answered(TRACE, 1.0, (), (), "", (first, third)), engine.pack) == "right"
    assert judge(gold, Answered(TRACE, 1.0, (), (), "x" * 1500, (first, third)), engine.pack) == "dump"


# Reading labelled questions


def write(folder: Path, *rows: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text(
        "".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)) + "\n" for r in rows), encoding="utf-8"
    )
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(FileFaults) as error:
        read_labelled(path)
    return [str(f) for f in error.value.faults]


def test_questions_dialogues_and_pairs_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "Q1", "question": "who?", "kind": "answerable", "category": "who", "gold": ["a"], "accept": None, "note": "extra"},
        "",
        {
            "id": "T1",
            "turns": [
                {"question": "one?", "kind": "answerable", "gold_all": ["a", "b"]},
                {"question": "two?", "kind": "chitchat"},
                {"question": "three?", "kind": "offtopic"},
            ],
        },
        {
            "id": "P1",
            "contrast": "number",
            "a": {"question": "1?", "kind": "answerable"},
            "b": {"question": "2?", "kind": "unanswerable", "accept": ["c"]},
        },
        {"id": 7, "question": "then?", "kind": "answerable", "context": ["first"]},
    )
    assert read_labelled(path) == [
        Labelled("Q1", "who?", "answerable", "who", gold=("a",)),
        Labelled("T1.0", "one?", "answerable", gold_all=("a", "b")),
        Labelled("T1.1", "two?", "chitchat", context=("one?",)),
        Labelled("T1.2", "three?", "offtopic", context=("one?", "two?")),
        Labelled("P1a", "1?", "answerable", "number", group="P1"),
        Labelled("P1b", "2?", "unanswerable", "number", accept=("c",), group="P1"),
        Labelled("7", "then?", "answerable", context=("first",)),
    ]


def test_every_bad_line_is_told_with_its_number(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "Q1", "question": "fine", "kind": "answerable"},
        "not json",
        "",
        {"id": "Q2", "question": "no kind"},
        {"id": "Q3", "question": "odd kind", "kind": "maybe"},
        {"question": "no id", "kind": "answerable"},
        "[1, 2]",
        '"a"',
        "17",
        {"id": "T1", "turns": [{"kind": "answerable"}]},
        {"id": "P1", "a": {"question": "x", "kind": "answerable"}},
        {"id": "T2", "turns": 5},
    )
    messages = faults(path)
    assert [m.split(":")[1] for m in messages] == ["2", "4", "5", "6", "7", "8", "9", "10", "11", "12"]
    assert all(m.startswith(f"{path}:") and "is not a labelled question" in m and "docs/evaluating.md" in m for m in messages)
    assert "kind 'maybe' is none of answerable, unanswerable, offtopic, chitchat" in messages[2]


@pytest.mark.parametrize(
    "labels",
    [{"gold": "August 20"}, {"gold_all": "August 20"}, {"accept": "August 20"}, {"context": "first question"}],
)
def test_a_text_where_a_list_is_meant_is_a_fault_and_not_a_list_of_letters(tmp_path: Path, labels: dict[str, object]) -> None:
    path = write(tmp_path, {"id": "Q1", "question": "when?", "kind": "answerable", **labels})
    assert [m.split(":")[1] for m in faults(path)] == ["1"]


def test_only_line_feeds_part_the_lines_of_a_file(tmp_path: Path) -> None:
    """JSON lets U+2028 and U+0085 stand in a text."""
    path = write(tmp_path, {"id": "Q1", "question": "one\u2028two\u0085three", "kind": "answerable"})
    assert [q.question for q in read_labelled(path)] == ["one\u2028two\u0085three"]


def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"\xff")
    for path in (tmp_path / "none.jsonl", tmp_path / "bad.jsonl", tmp_path):
        (message,) = faults(path)
        assert message.startswith(f"{path}: cannot be read (")
        assert message.endswith("Fix: name a file of JSON lines.")


def test_an_empty_file_holds_no_questions(tmp_path: Path) -> None:
    assert read_labelled(write(tmp_path, "", "  ")) == []


# The report


QUESTIONS_HERE = [
    Labelled("1", "who called for a second lift", "answerable", "who", gold=("Ruth Bell",)),
    Labelled("2", "how many readers signed the petition", "answerable", "number", gold=("999",)),
    Labelled("3", "salary of Kovacs", "answerable", "number", gold=("nine",)),
    Labelled("4", "library opening hours", "unanswerable", "near_miss"),
    Labelled("5", "roof repairs", "unanswerable", "near_miss"),
    Labelled("6", "hello", "chitchat"),
    Labelled("7", "who said that?", "answerable", "follow_up", gold=("Anna Kovacs",), context=("reading room",)),
    Labelled("8a", "friends of the library fee", "answerable", "number", gold=("five pounds",), group="8"),
    Labelled("8b", "what does the librarian earn", "unanswerable", "number", group="8"),
    Labelled("9a", "how is the story headed", "answerable", "other", gold=("Sundays",), group="9"),
    Labelled("9b", "how long was the wait", "unanswerable", "other", group="9"),
]


def test_a_report_counts_results_by_kind_and_category_and_pairs_that_are_right_together(tiny: Engine) -> None:
    report = evaluate(tiny, QUESTIONS_HERE)
    assert [r for _, r, _ in report.results] == [
        "right", "wrong", "abstained", "right", "false_answer", "right", "right", "right", "right", "right", "false_answer"
    ]  # fmt: skip
    assert report.by_kind == {
        "answerable": Counter(right=4, wrong=1, abstained=1),
        "unanswerable": Counter(right=2, false_answer=2),
        "chitchat": Counter(right=1),
    }
    assert report.by_category["answerable/number"] == Counter(right=1, wrong=1, abstained=1)
    assert report.groups_together == (1, 2)
    # 4 right of 4 + 1 wrong + 2 false answers.
    assert report.precision == pytest.approx(4 / 7)
    assert report.share("answerable") == pytest.approx(4 / 6)
    assert report.share("unanswerable", "false_answer") == pytest.approx(2 / 4)
    assert report.share("offtopic") == 0.0


def test_no_questions_give_an_empty_report(tiny: Engine) -> None:
    report = evaluate(tiny, [])
    assert (report.results, report.precision, report.calibration_error, report.groups_together) == ((), 0.0, 0.0, None)


def test_the_calibration_error_is_the_gap_of_confidence_and_share_right_over_ten_bins(tiny: Engine) -> None:
    def row(confidence: float, result: str) -> tuple[Labelled, str, Answer]:
        return asked(), result, answered(tiny, "waited", confidence=confidence)

    # Bin 9: |0.9 + 1.0 - 1| = 0.9. Bin 5: |0.5 + 0.55 - 2| = 0.95. Bin 0: |0.05 - 0| = 0.05. Over 5 answers.
    rows = [row(0.9, "right"), row(1.0, "wrong"), row(0.5, "right"), row(0.55, "right"), row(0.05, "false_answer")]
    assert Report(tuple(rows)).calibration_error == pytest.approx((0.9 + 0.95 + 0.05) / 5)
    # Refusals state no confidence in an answer.
    refused = (asked(), "right", OffTopic(TRACE, 0.1, ()))
    assert Report((*rows, refused)).calibration_error == pytest.approx((0.9 + 0.95 + 0.05) / 5)


def test_a_conversation_hands_each_message_the_earlier_answers(tiny: Engine) -> None:
    first, second = converse(tiny, ["reading room", "who said that?"])
    assert second == tiny.answer("who said that?", [first])
    assert converse(tiny, []) == ()


# Calibration


def signals(value: float) -> Signals:
    """All signals 0 but the first."""
    return Signals(**{name: value if i == 0 else 0.0 for i, name in enumerate(SIGNAL_NAMES)})


def sample(i: int, *, right: bool, kind: str = "answerable", value: float = 0.0) -> Sample:
    return Sample(Labelled(f"S{i}", "?", kind), signals(value), right)


def test_the_risk_curve_by_hand() -> None:
    found = [sample(1, right=True), sample(2, right=True), sample(3, right=False), sample(4, right=False, kind="unanswerable")]
    curve = {p.threshold: p for p in risk_curve(found, [0.9, 0.4, 0.6, 0.2])}
    assert sorted(curve)[0] == 0.05
    assert sorted(curve)[-1] == 0.99
    # At 0.05 all four are answered: 2 of 3 answerable rightly, 2 of 4 answers wrong.
    assert (curve[0.05].coverage, curve[0.05].risk) == (pytest.approx(2 / 3), pytest.approx(1 / 2))
    assert (curve[0.4].coverage, curve[0.4].risk) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (curve[0.41].coverage, curve[0.41].risk) == (pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert (curve[0.9].coverage, curve[0.9].risk) == (pytest.approx(1 / 3), 0.0)
    assert (curve[0.95].coverage, curve[0.95].risk) == (0.0, 0.0)


def separable(n: int = 120) -> list[Sample]:
    """Half right with a high signal, half wrong with a low one, one in ten the other way round."""
    return [
        sample(i, right=(i % 2 == 0) != (i % 10 == 9), kind="answerable" if i % 2 == 0 else "unanswerable", value=8.0 if i % 2 == 0 else -8.0)
        for i in range(n)
    ]  # fmt: skip


def test_probabilities_out_of_fold_follow_the_signal_and_are_the_same_twice() -> None:
    found = separable()
    probabilities = out_of_fold(found)
    assert probabilities == out_of_fold(found)
    assert all(0 <= p <= 1 for p in probabilities)
    assert min(p for p, s in zip(probabilities, found, strict=True) if s.signals.vector()[0] > 0) > max(
        p for p, s in zip(probabilities, found, strict=True) if s.signals.vector()[0] < 0
    )


def test_the_halves_of_a_pair_never_judge_each_other() -> None:
    """Were one half in the training of the other, its copied label would show: a pair of alike signals with labels against all else."""
    pair = [Sample(Labelled(f"P{side}", "?", "answerable", group="P"), signals(30.0), True) for side in "ab"]
    rest = [sample(i, right=False, value=0.0) for i in range(60)]
    together = out_of_fold([*rest, *pair])[-2:]
    apart = out_of_fold(
        [*rest, *(dataclasses.replace(s, question=Labelled(f"{i}", "?", "answerable")) for i, s in enumerate(pair))]
    )[-2:]
    assert together[0] == together[1]
    assert max(together) < max(apart)


def test_calibration_takes_the_lowest_threshold_within_the_budget() -> None:
    found = separable()
    model, chosen, curve = calibrate(found, 0.2)
    within = [p for p in curve if p.risk <= 0.2 and p.coverage > 0]
    assert model.threshold == chosen.threshold == min(p.threshold for p in within)
    assert chosen in curve
    assert model.probability(signals(8.0)) > 0.8 > 0.3 > model.probability(signals(-8.0))
    assert calibrate(found, 0.2)[0] == model


def test_calibration_refuses_a_budget_that_no_threshold_keeps() -> None:
    with pytest.raises(ValueError, match=r"no threshold keeps the share of wrong answers at 1\.0% or less; the least is \d"):
        calibrate([sample(i, right=i % 2 == 0) for i in range(100)], 0.01)


def test_calibration_without_a_single_right_answer_says_so_readably() -> None:
    with pytest.raises(ValueError, match=r"no threshold keeps the share of wrong answers at 5\.0% or less"):
        calibrate([sample(i, right=False) for i in range(60)], 0.05)


def test_samples_are_questions_without_context_labelled_by_whether_their_best_entry_answers(tiny: Engine) -> None:
    questions = [
        Labelled("1", "which person wants one more lift", "answerable", gold=("Ruth Bell",)),
        Labelled("2", "which person wants one more lift", "answerable", gold=("Tom Reed",)),
        Labelled("3", "which person wants one more lift", "unanswerable", gold=("Ruth Bell",)),
        Labelled("4", "and who else wants it", "answerable", gold=("Ruth Bell",), context=("hello",)),
    ]
    found = samples(tiny, questions)
    assert [(s.question.id, s.right) for s in found] == [("1", True), ("2", False), ("3", False)]


# The pack's own regression


def test_the_invented_pack_passes_its_own_regression(tiny: Engine) -> None:
    tested = self_test(tiny)
    assert (tested.lost, tested.alike, tested.mixed, tested.failed) == ((), (), (), ())
    assert (tested.phrasings, tested.near_misses, tested.expectations) == (32, 1, 2)
    assert tested.unguarded == tuple(e.id for e in tiny.pack.entries if e.id != "sunday-start")
    assert tested.passed


def test_a_near_miss_that_gets_the_entry_is_told_with_the_phrasing_that_it_is_too_close_to(make_pack: MakePack) -> None:
    near_miss = "how many readers did sign the petition"
    changed = FAQ.replace(
        '    - "how many names are on the petition"\n',
        f'    - "how many names are on the petition"\n  near_misses: ["{near_miss}"]\n',
    )
    tested = self_test(build(make_pack({"faq/library.yaml": changed})))
    assert (tested.lost, tested.failed, tested.near_misses, tested.passed) == ((), (), 2, False)
    assert "petition-size" not in tested.unguarded
    (miss,) = tested.mixed
    assert (miss.ask, miss.wanted) == (near_miss, "not petition-size")
    assert "petition-size" in miss.got
    assert "'how many readers signed the petition'" in miss.advice


def test_a_phrasing_that_a_reader_would_see_answered_by_the_same_passages_is_not_lost(make_pack: MakePack) -> None:
    """Entries that cite the same passage may be close: to a reader they are one answer."""
    twin = (
        FAQ
        + """\
- id: sunday-date
  question: "When does the library begin to open on Sundays?"
  asks: time
  cites: [sundays]
  phrasings: ["when is the library open on sundays from"]
"""
    )
    assert self_test(build(make_pack({"faq/library.yaml": twin}))).lost == ()


@pytest.mark.parametrize("expect", ["sunday-start", "premise", "off_topic"])
def test_a_failed_expectation_is_told_with_its_file_and_line(make_pack: MakePack, expect: str) -> None:
    tested = self_test(build(make_pack({"questions.yaml": QUESTIONS + f'- ask: "roof repairs"\n  expect: {expect}\n'})))
    (miss,) = tested.failed
    assert (miss.ask, miss.wanted, miss.advice) == ("roof repairs", expect, "see questions.yaml:6.")
    assert "roof-cost" in miss.got
    assert (tested.expectations, tested.passed) == (3, False)


def test_an_expectation_may_name_a_gap_a_premise_or_a_verdict(make_pack: MakePack) -> None:
    rows = [
        ("salary of Kovacs", "gap-salary"),
        ("why does Bell oppose a second lift", "premise-bell-against-lift"),
        ("hello", "small_talk"),
        ("roof repairs", "answer"),
    ]
    text = "".join(f'- ask: "{a}"\n  expect: {e}\n' for a, e in rows)
    assert set(FILES) >= {"questions.yaml"}
    assert self_test(build(make_pack({"questions.yaml": text}))).failed == ()


# Leave-one-out


def entry(identifier: str, cites: str, *phrasings: str, question: str = "") -> str:
    listed = "".join(f'    - "{p}"\n' for p in phrasings)
    return (
        f'- id: {identifier}\n  question: "{question or phrasings[0]}"\n  asks: thing\n  cites: [{cites}]\n  phrasings:\n{listed}'
    )


LIFT_FIVE = (
    "who wants a lift",
    "who wants another lift",
    "who demands a lift",
    "who demands another lift",
    "who asks for a lift",
)
ROOF = ("what do roof repairs cost", "cost of the roof repairs", "roof repairs cost what", "what did the roof cost", "the roof")


def left_out(engine: Engine, identifier: str) -> dict[str, tuple[str, bool]]:
    return {x.ask: (x.found.id, x.right) for x in self_test(engine).left_out if x.own.id == identifier}


def test_every_phrasing_of_an_entry_with_five_is_weighed_without_itself_and_its_question_too(make_pack: MakePack) -> None:
    faq = entry("lift", "lift", *LIFT_FIVE, question="Who would like a lift?") + entry("roof", "roof", *ROOF[:4])
    tested = self_test(build(make_pack({"faq/library.yaml": faq, "questions.yaml": None})))
    assert [x.ask for x in tested.left_out] == ["Who would like a lift?", *LIFT_FIVE]
    assert {x.own.id for x in tested.left_out} == {"lift"}
    assert tested.strayed == ()
    assert tested.share_left_out == 1.0


def test_a_question_that_repeats_a_phrasing_is_learnt_once_so_that_neither_finds_the_other(make_pack: MakePack) -> None:
    faq = entry("lift", "lift", *LIFT_FIVE, question="Who wants a lift?") + entry("roof", "roof", *ROOF)
    found = left_out(build(make_pack({"faq/library.yaml": faq, "questions.yaml": None})), "lift")
    assert list(found) == list(LIFT_FIVE)


def test_a_phrasing_that_only_itself_leads_to_its_entry_strays_without_itself(make_pack: MakePack) -> None:
    """It finds its entry as long as it stands there, so the plain weighing cannot tell."""
    lone = "which painter paints the roof"
    faq = entry("lift", "lift", *LIFT_FIVE, lone, question="Who would like it?") + entry("roof", "roof", *ROOF)
    tested = self_test(build(make_pack({"faq/library.yaml": faq, "questions.yaml": None})))
    assert tested.lost == ()
    (stray,) = tested.strayed
    assert (stray.ask, stray.own.id, stray.found.id, stray.right) == (lone, "lift", "roof", False)
    assert stray.lead > 0
    weighed = len(tested.left_out)
    assert tested.share_left_out == pytest.approx(1 - 1 / weighed)
    assert tested.share_left_out < MIN_LEFT_OUT
    assert not tested.passed
    assert stray.miss == Miss(
        lone, "lift", "roof", f"roof leads by {stray.lead:.1f} nats. Add phrasings like it here, or move it."
    )


def test_a_phrasing_that_finds_an_entry_with_the_same_passages_and_more_does_not_stray(make_pack: MakePack) -> None:
    lone = "which painter paints the roof"
    for cites, strays in (("roof, lift", ()), ("roof", (lone,))):
        faq = entry("lift", "lift", *LIFT_FIVE, lone, question="Who would like it?") + entry("roof", cites, *ROOF)
        engine = build(make_pack({"faq/library.yaml": faq, "questions.yaml": None}, name=f"pack-{len(cites)}"))
        assert tuple(x.ask for x in self_test(engine).strayed) == strays


def test_the_share_answered_counts_those_that_are_sure_and_right(tiny: Engine) -> None:
    own, other = tiny.pack.by_id["second-lift"], tiny.pack.by_id["roof-cost"]
    rows = [stray(own, own, answered=True), stray(own, own), stray(own, other, answered=True), stray(own, other)]
    tested = dataclasses.replace(self_test(tiny), left_out=tuple(rows))
    assert (tested.share_left_out, tested.share_answered) == (0.5, 0.25)


def stray(own: Topic, found: Topic, *, lead: float = 1.0, more: bool = False, answered: bool = False, ask: str = "?") -> LeftOut:
    return LeftOut(ask, own, found, lead, more, (Unmet(Constraint.WORD, "roof", 0.5),), answered)


def test_those_that_stray_are_told_with_the_widest_margin_first_and_how_wide_it_is(tiny: Engine) -> None:
    own, other = tiny.pack.by_id["second-lift"], tiny.pack.by_id["roof-cost"]
    rows = [stray(own, other, lead=lead, more=more) for lead, more in ((-2.0, False), (7.25, False), (3.0, True))]
    tested = dataclasses.replace(self_test(tiny), left_out=tuple(rows))
    assert [x.miss.advice for x in tested.strayed] == [
        "roof-cost leads by 7.2 nats. Add phrasings like it here, or move it.",
        "roof-cost leads by more than 3.0 nats. Add phrasings like it here, or move it.",
        "second-lift leads by 2.0 nats, but leaves unmet: word: roof. Add phrasings like it here, or move it.",
    ]


def test_one_stray_in_twenty_is_borne_and_more_are_not(tiny: Engine) -> None:
    own, other = tiny.pack.by_id["second-lift"], tiny.pack.by_id["roof-cost"]
    tested = dataclasses.replace(self_test(tiny), lost=(), mixed=(), failed=())
    for strays, passed in ((1, True), (2, False)):
        rows = [stray(own, other)] * strays + [stray(own, own)] * (20 - strays)
        assert dataclasses.replace(tested, left_out=tuple(rows)).passed is passed


# Entries that nobody can tell apart


@pytest.mark.parametrize(
    ("strays", "phrasings", "found"),
    [(3, 9, True), (2, 6, False), (3, 10, False), (2, 2, False), (4, 12, True), (4, 13, False)],
)
def test_entries_are_alike_from_a_third_of_the_phrasings_and_three(
    tiny: Engine, strays: int, phrasings: int, found: bool
) -> None:
    own, other = tiny.pack.by_id["second-lift"], tiny.pack.by_id["roof-cost"]
    rows = [stray(own, other, ask=f"s{i}") for i in range(strays)] + [stray(own, own)] * (phrasings - strays)
    wanted = (Alike("second-lift", "roof-cost", strays, phrasings, ("s0", "s1", "s2")),) if found else ()
    assert alike(rows) == wanted


def test_strays_to_different_entries_do_not_add_up_and_a_pair_is_told_once(tiny: Engine) -> None:
    a, b, c = (tiny.pack.by_id[i] for i in ("second-lift", "roof-cost", "wait"))
    assert alike([stray(a, b), stray(a, b), stray(a, c), stray(a, c)]) == ()
    both = [*[stray(a, b)] * 3, *[stray(a, a)] * 3, *[stray(b, a)] * 4]
    assert [(p.one, p.other, p.strays, p.phrasings) for p in alike(both)] == [("roof-cost", "second-lift", 4, 4)]


def test_two_entries_of_a_pack_for_the_same_questions_are_found_alike(make_pack: MakePack) -> None:
    first = ("who wants a lift", "who demands a lift", "who asks for a lift", "who needs a lift", "who has called for a lift")
    second = (
        "who wants the lift",
        "who demands the lift",
        "who asks for the lift",
        "who needs the lift",
        "who has called for the lift",
    )
    faq = entry("one", "lift", *first) + entry("two", "roof", *second)
    tested = self_test(build(make_pack({"faq/library.yaml": faq, "questions.yaml": None})))
    assert [{p.one, p.other} for p in tested.alike] == [{"one", "two"}]
    assert not tested.passed
