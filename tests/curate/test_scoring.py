"""Labelled questions: reading them, judging replies as a reader sees them, and the numbers of a report by hand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.curate.scoring import Labelled, Report, converse, judge, last_answers, lead_answers, read_labelled, score
from bot.engine.answer import Ambiguous, Answer, Answered, Citation, Contradicted, NotInArticle, OffTopic, Rule, SmallTalk, Trace
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.errors import FileFaults
from bot.pack.values import Topic, Verdict

TRACE = Trace(Question("", ()), Rule.ANSWERS)


def answered(engine: Engine, *ids: str, lead: str = "", confidence: float = 1.0) -> Answered:
    citations = tuple(Citation(engine.pack.excerpt(i), engine.pack.quotes[i]) for i in ids)
    return Answered(TRACE, confidence, (), (), lead, citations)


def contradicted(engine: Engine, quote: str) -> Contradicted:
    return Contradicted(
        TRACE, 1.0, (), Topic("p", Verdict.PREMISE, "", ()), (Citation(engine.pack.excerpt(quote), engine.pack.quotes[quote]),)
    )


def asked(
    kind: str = "answerable", gold: tuple[str, ...] = (), gold_all: tuple[str, ...] = (), accept: tuple[str, ...] = ()
) -> Labelled:
    return Labelled("q", "?", kind, gold=gold, gold_all=gold_all, accept=accept)


def near(engine: Engine, quote: str) -> NotInArticle:
    return NotInArticle(TRACE, 1.0, (), None, (), (Citation(engine.pack.excerpt(quote), engine.pack.quotes[quote]),))


# Judging


@pytest.mark.parametrize(
    ("question", "result"),
    [
        (asked(gold=("nine years",)), "right"),
        (asked(gold=("Nine  Years",)), "right"),
        (asked(gold=("ten years", "nine years")), "right"),
        (asked(gold=("ten years",)), "wrong"),
        (asked(gold_all=("We have waited", "nine years")), "right"),
        (asked(gold_all=("We have waited", "ten years")), "wrong"),
        (asked(gold=("nine years",), gold_all=("ten years",)), "wrong"),
        (asked(gold=("Anna Kovacs",)), "right"),
        (asked(), "right"),
    ],
)
def test_an_answer_is_right_where_it_shows_any_of_gold_and_all_of_gold_all(tiny: Engine, question: Labelled, result: str) -> None:
    assert judge(question, answered(tiny, "waited"), tiny.pack) == result


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
        {"id": "T3", "turns": [{"question": 5, "kind": "answerable"}]},
        {"id": "Q4", "question": None, "kind": "answerable"},
        "[" * 99_999,
    )
    messages = faults(path)
    assert [m.split(":")[1] for m in messages] == ["2", "4", *map(str, range(5, 16))]
    assert all(m.startswith(f"{path}:") and "is not a labelled question" in m and "docs/evaluating.md" in m for m in messages)
    part = "it, or a part of it, is no object or list where one is wanted"
    assert [m.partition("question: ")[2].partition(". Fix")[0] for m in messages] == [
        "it is no JSON, from column 1 on",
        "it has no 'kind'",
        "kind 'maybe' is none of answerable, unanswerable, offtopic, chitchat",
        "it has no 'id'",
        *[part] * 3,
        "it has no 'question'",
        "it has no 'b'",
        part,
        "question must be a text",
        "question must be a text",
        "it is nested too deep",
    ]


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
    report = score(tiny, QUESTIONS_HERE)
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
    report = score(tiny, [])
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


@pytest.mark.parametrize(
    ("lead", "gold", "gold_all", "right"),
    [
        ("In 2013.", ("dropped in 2013",), (), True),
        ("In 2013.", ("2013",), (), True),
        ("By buying shares in the paper.", ("buying shares",), (), True),
        ("Ruth Bell.", ("Councillor Ruth Bell’s",), (), True),
        ("Tom Reed.", ("Councillor Ruth Bell",), (), False),
        ("Tom Reed.", ("Ruth Bell", "Tom Reed"), (), True),
        ("A lift.", ("uplifting",), (), False),  # whole words
        ("Ruth Bell and Tom Reed.", (), ("Tom Reed", "Ruth Bell"), True),
        ("Usdaw, Unison and GMB.", (), ("the union Usdaw", "GMB"), True),
        ("Ruth Bell.", (), ("Tom Reed", "Ruth Bell"), False),
        ("Ruth Bell.", ("Ruth Bell",), ("Tom Reed",), False),
        ("No.", ("refused",), (), True),  # cannot be told so
    ],
)
def test_a_lead_says_what_is_asked_where_gold_stands_in_it_or_it_stands_in_gold(
    lead: str, gold: tuple[str, ...], gold_all: tuple[str, ...], right: bool
) -> None:
    assert lead_answers(asked(gold=gold, gold_all=gold_all), lead) is right


def test_of_leads_those_are_right_that_say_what_an_answerable_question_asks(tiny: Engine) -> None:
    def row(kind: str, result: str, lead: str) -> tuple[Labelled, str, Answer]:
        return asked(kind, gold=("nine years",)), result, replace(answered(tiny, "waited"), lead=lead)

    rows = [
        row("answerable", "right", "Nine years."),
        row("answerable", "right", "Ruth Bell."),
        row("answerable", "dump", "Nine years."),
        row("unanswerable", "false_answer", "Nine years."),
        row("answerable", "right", ""),
        (asked(), "right", OffTopic(TRACE, 0.1, ())),
    ]
    assert Report(tuple(rows)).leads == (1, 4)


def test_a_conversation_hands_each_message_the_earlier_answers(tiny: Engine) -> None:
    first, second = converse(tiny, ["reading room", "who said that?"])
    assert second == tiny.answer("who said that?", [first])
    assert converse(tiny, []) == ()


def test_of_many_conversations_each_gets_its_last_answer_in_their_order(tiny: Engine) -> None:
    asked = [("reading room", "who said that?"), ("who wants another lift", "who said that?"), ("hello",)] * 5
    assert list(last_answers(tiny, asked)) == [converse(tiny, messages)[-1] for messages in asked]


def test_a_report_tells_how_many_questions_are_asked(tiny: Engine) -> None:
    told: list[tuple[str, int, int]] = []
    score(tiny, QUESTIONS_HERE[3:6], lambda *now: told.append(now))
    assert told == [("Asking", 1, 3), ("Asking", 2, 3), ("Asking", 3, 3)]
