"""The object of `ask --json` for answers that questions about the invented pack do not bring about."""

from __future__ import annotations

from dataclasses import replace

from bot.cli.record import record
from bot.engine.answer import Ambiguous, Answered, Unsure
from bot.engine.pipeline import Engine


def answered(engine: Engine, question: str) -> Answered:
    answer = engine.answer(question)
    assert isinstance(answer, Answered)
    return answer


def test_an_unsure_answer_asserts_nothing_and_offers_what_is_nearest(tiny: Engine) -> None:
    sure = answered(tiny, "reading room")
    unsure = Unsure(sure.trace, 0.41236, ("Who called for a second lift?",), nearest=sure.citations)
    found = record(unsure, tiny.pack, "so what of the room", "Q1")
    assert (found["id"], found["question"], found["verdict"]) == ("Q1", "so what of the room", "unsure")
    assert (found["entry"], found["lead"], found["excerpts"], found["confidence"]) == (None, None, [], 0.4124)
    assert [e["quote"] for e in found["nearest"]] == ["room"]
    assert found["suggestions"] == ["Who called for a second lift?"]
    assert "“The reading room will finally be full again.”" in found["reply"]


def test_a_choice_between_entries_asserts_none_of_them(tiny: Engine) -> None:
    one, other = answered(tiny, "reading room"), answered(tiny, "roof repairs")
    choice = Ambiguous(one.trace, 0.5, (), choices=(one.entries[0], other.entries[0]))
    found = record(choice, tiny.pack, "room or roof", None)
    assert (found["verdict"], found["entry"], found["excerpts"], found["nearest"]) == ("ambiguous", None, [], [])


def test_an_answer_without_entries_and_lead_has_null_for_both(tiny: Engine) -> None:
    more = replace(answered(tiny, "reading room"), entries=(), lead="")
    found = record(more, tiny.pack, "and what comes next", None)
    assert (found["verdict"], found["entry"], found["lead"]) == ("answer", None, None)
    assert [e["quote"] for e in found["excerpts"]] == ["room"]


def test_the_questions_that_a_reply_leaves_open_are_told_by_number(tiny: Engine) -> None:
    several = replace(answered(tiny, "reading room"), left=(2, 3))
    found = record(several, tiny.pack, "what of the room? what of Mars? what of Venus?", None)
    assert found["left"] == [2, 3]
    assert found["reply"].endswith("\nOf your questions, in their order, this leaves open: 2, 3. For those, ask one at a time.")
