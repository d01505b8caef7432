"""What a curator reads about a reply: each constraint met or not, the runners-up, the rule; from readings made for the test, and from real ones."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.engine.answer import Answer, Candidate, OffTopic, Trace
from bot.engine.decision import SIGNAL_NAMES, Signals
from bot.engine.pipeline import Engine
from bot.engine.question import Question, Token
from bot.engine.verify import Constraint, Unmet
from bot.pack.values import Topic, Verdict
from bot.say.why import explain

SIGNALS = Signals(**dict.fromkeys(SIGNAL_NAMES, 0.0))


def token(text: str, entity: str | None = None) -> Token:
    return Token(text, text, entity=entity)


QUESTION = Question(
    "?",
    (token("which"), token("bell", "bell"), token("only"), token("demanded"), token("7"), token("lifts")),
    wants="person",
    entities=("bell",),
    numbers=("7",),
    negated=True,
    restrictors=("only",),
    agent="bell",
)


def candidate(name: str, evidence: float, *unmet: Unmet, verdict: Verdict = Verdict.ANSWER) -> Candidate:
    return Candidate(Topic(name, verdict, "", ()), evidence, 0.5, "nearest words", unmet)


def lines(*candidates: Candidate, question: Question = QUESTION, weighed: bool = True) -> list[str]:
    trace = Trace(question, "it is made for a test", candidates, SIGNALS if weighed else None, 0.25, 0.5)
    return explain(OffTopic(trace, 1.0, ())).split("\n")


def held(*unmet: Unmet, question: Question = QUESTION) -> list[str]:
    """The lines of what is held against the best entry."""
    told = lines(candidate("best", 9.0, *unmet), question=question)
    start = told.index("Held against the best entry, best (met: nothing in it speaks against it)")
    return told[start + 1 : told.index("Considered (evidence in nats, resemblance 0 to 1)")]


def test_what_is_not_unmet_is_told_as_met_each_kind_on_its_line() -> None:
    assert held() == [
        "  kind        met: a person or body",
        "  names       met: bell",
        "  numbers     met: 7",
        "  narrowed by met: only",
        "  negation    met: not",
        "  who does it met: bell",
        "  words       met: demanded, lifts",
    ]


@pytest.mark.parametrize(
    ("unmet", "line"),
    [
        (Unmet(Constraint.WANTS, "person", 1.0), "  kind        not met: a person or body (no phrasing of it asks for that)"),
        (Unmet(Constraint.ENTITY, "bell", 1.0), "  names       not met: bell (no phrasing of it names them)"),
        (Unmet(Constraint.STRANGER, "smith", 1.0), "  names       met: bell; not met: smith (the pack knows nobody of that name)"),
        (Unmet(Constraint.NUMBER, "7", 1.0), "  numbers     not met: 7 (it has other numbers)"),
        (Unmet(Constraint.RESTRICTOR, "only", 1.0), "  narrowed by not met: only (no phrasing of it is narrowed so)"),
        (Unmet(Constraint.NEGATION, "not", 1.0), "  negation    not met: not (no phrasing of it denies)"),
        (Unmet(Constraint.ROLE, "bell", 1.0), "  who does it not met: bell (there it is done to them, not by them)"),
        (Unmet(Constraint.ANTONYM, "lifts", 1.0), "  words       met: demanded; not met: lifts (it has the opposite)"),
        (Unmet(Constraint.FOREIGN, "lifts", 1.0), "  words       met: demanded; not met: lifts (only other topics have it)"),
        (Unmet(Constraint.FOCUS, "lifts", 1.0), "  words       met: demanded; not met: lifts (what is asked for; no phrasing or passage of it has it)"),
        (Unmet(Constraint.WORD, "lifts", 1.0), "  words       met: demanded; not met: lifts (no phrasing or passage of it has it)"),
    ],
)  # fmt: skip
def test_what_is_unmet_is_told_with_the_reason(unmet: Unmet, line: str) -> None:
    assert line in held(unmet)


@pytest.mark.parametrize("constraint", list(Constraint))
def test_no_kind_of_constraint_is_passed_over(constraint: Constraint) -> None:
    what = {Constraint.WANTS: "person", Constraint.NUMBER: "7", Constraint.RESTRICTOR: "only", Constraint.NEGATION: "not"}
    found = held(Unmet(constraint, what.get(constraint, "bell"), 1.0))
    assert sum("not met: " in line for line in found) == 1


def test_a_number_is_no_word_besides_and_who_does_it_is_not_asked_of_an_entry_that_does_not_know_them() -> None:
    found = held(Unmet(Constraint.NUMBER, "7", 1.0), Unmet(Constraint.WORD, "7", 0.5), Unmet(Constraint.ENTITY, "bell", 1.0))
    assert found[-1] == "  words       met: demanded, lifts"
    assert not [line for line in found if line.startswith("  who does it")]


def test_constraints_that_the_question_does_not_carry_are_not_spoken_of() -> None:
    assert held(question=Question("?", (token("lifts"),))) == ["  words       met: lifts"]
    assert "  negation    met: not" not in held(question=replace(QUESTION, wants="yes_no"))


def test_the_runners_up_stand_with_how_far_they_are_behind_or_ahead() -> None:
    found = lines(
        candidate("best", 9.0),
        candidate("gap-far", 3.0, verdict=Verdict.NOT_IN_ARTICLE),
        candidate("second", 8.5),
        candidate("gap-near", 11.25, verdict=Verdict.NOT_IN_ARTICLE),
        candidate("third", 2.0),
    )
    start = found.index("Runners-up")
    assert found[start + 1 : start + 4] == [
        "  entry       second, 0.5 nats behind the best entry",
        "  gap         gap-near, 2.2 nats ahead of the best entry",
        "  sureness    0.25 that the best entry answers; it does not answer from 0.50",
    ]


def test_an_entry_that_has_more_evidence_than_the_best_one_leaves_more_unmet() -> None:
    found = lines(candidate("best", 1.0), candidate("second", 3.0, Unmet(Constraint.NUMBER, "7", 1.0)))
    assert "  entry       second, 2.0 nats ahead of the best entry, but it leaves more unmet" in found
    assert "  gap         none came near" in found


def test_what_the_best_entry_leaves_unmet_is_told_once_and_that_of_the_others_beside_them() -> None:
    unmet = Unmet(Constraint.NUMBER, "7", 1.0)
    found = lines(candidate("best", 9.0, unmet), candidate("second", 8.0, unmet))
    assert [line for line in found if line.startswith("                 not met: ")] == ["                 not met: number: 7"]
    assert found[found.index("                 not met: number: 7") - 1].endswith("entry second  (nearest: 'nearest words')")


def test_where_nothing_was_weighed_nothing_is_held_against_anything() -> None:
    found = lines(candidate("best", 9.0), candidate("second", 8.0), weighed=False)
    assert not [line for line in found if line.startswith(("Held", "Runners", "  sureness"))]
    assert found[-2:] == ["Decided", "  off_topic, because it is made for a test"]


def test_a_long_question_with_everything_in_it_is_explained_in_about_thirty_lines(engine: Engine) -> None:
    asked = (
        "hello I wonder who was the only union leader that did not condemn all 40 of Corbyn's speeches on facebok "
        "after Stern “rose in the Congress” for Lillis"
    )
    told = explain(engine.answer(asked)).split("\n")
    assert "Runners-up" in told
    assert len(told) <= 34


def test_real_answers_and_refusals_of_every_kind_can_be_explained(tiny: Engine) -> None:
    asked = ["reading room", "hello", "", "who wants one more lift", "salary of Kovacs", "is that good", "why is Bell against it"]
    answers: list[Answer] = [tiny.answer(q) for q in asked]
    for answer in answers:
        told = explain(answer)
        assert told.startswith("Understood\n")
        assert re.search(rf"\nDecided\n  {answer.verdict.value}, because .+$", told)
