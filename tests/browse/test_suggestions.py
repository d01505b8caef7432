"""What is offered to choose from: while somebody types, and beside an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.answers import cite, near

from bot.browse import pages as browse
from bot.browse import suggestions
from bot.browse.pages import QuotePage
from bot.browse.paging import MAX_OPTION, Option
from bot.engine.answer import Answer, Answered, NotInArticle, Unsure
from bot.engine.pipeline import Engine
from bot.pack.values import Pack, Topic, Verdict


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


# Beside an answer


def test_other_matches_are_the_runners_up_that_can_be_asked(pack: Pack) -> None:
    by = pack.by_id
    trace = near(by["second-lift"], by["premise-bell-against-lift"], by["gap-salary"], by["wait"])
    answer = Answered(trace, 1.0, (), (by["second-lift"],), "", ())
    assert [t.id for t in suggestions.matches(answer)] == ["gap-salary", "wait"]
    assert suggestions.matches(replace(answer, trace=near())) == ()


@pytest.mark.parametrize(("probability", "found"), [(0.02, True), (0.019, False)])
def test_a_question_came_near_from_a_probability_of_one_in_fifty(pack: Pack, probability: float, found: bool) -> None:
    answer = Answered(near(pack.by_id["wait"], probability=probability), 1.0, (), (), "", ())
    assert bool(suggestions.came_near(answer)) == bool(suggestions.matches(answer)) == found


def test_under_an_answer_that_is_not_sure_the_nearest_question_is_offered_first(pack: Pack) -> None:
    answer = Unsure(near(pack.by_id["wait"], pack.by_id["roof-cost"]), 0.5, (), cite(pack, "waited"))
    assert [t.id for t in suggestions.matches(answer)] == ["wait", "roof-cost"]


def test_other_matches_are_none_of_what_was_just_answered_or_refused(pack: Pack) -> None:
    by = pack.by_id
    trace = near(by["gap-salary"], by["wait"], by["second-lift"], by["gap-opening-hour"])

    def offered(answer: Answer) -> list[str]:
        return [t.id for t in suggestions.matches(answer)]

    assert offered(NotInArticle(trace, 1.0, (), by["gap-salary"], (), ())) == ["wait", "second-lift", "gap-opening-hour"]
    assert offered(NotInArticle(trace, 1.0, (), None, (), ())) == ["gap-salary", "wait", "second-lift", "gap-opening-hour"]
    half = Answered(trace, 1.0, (), (by["wait"],), "", (), (by["gap-salary"],))
    assert offered(half) == ["second-lift", "gap-opening-hour"]
    assert offered(replace(half, silent=(by["gap-salary"], by["gap-opening-hour"]))) == ["second-lift"]


# While somebody types


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", ["paper", "kovacs", "reed", "bell"]),
        ("r", ["bell", "reed"]),
        ("RUTH", ["bell"]),
        ("kovaks", ["kovacs"]),
        ("zzzz", []),
    ],
)
def test_speakers_are_offered_by_any_of_their_names(pack: Pack, typed: str, values: list[str]) -> None:
    assert [o.value for o in suggestions.suggest_speakers(pack, typed)] == values


@pytest.mark.parametrize(
    ("typed", "speaker", "values"),
    [
        ("", "", ["lift", "petition", "Anna Kovacs", "Tom Reed", "Ruth Bell", "town council"]),
        ("", "bell", ["lift", "Ruth Bell"]),
        ("elev", "", ["lift"]),
        ("peti", "bell", []),
        ("zzzz", "", []),
    ],
)
def test_topics_are_offered_only_where_a_passage_is_found(pack: Pack, typed: str, speaker: str, values: list[str]) -> None:
    found = [o.value for o in suggestions.suggest_topics(pack, typed, speaker)]
    assert found == values
    assert all(isinstance(page := browse.quotes(pack, speaker, v), QuotePage) and page.citations for v in found)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("who called", "Who called for a second lift?"),
        ("lift", "Who called for a second lift?"),
        ("how many signatures", "How many readers signed the petition?"),
        ("when does the libary open", "When does the library begin to open on Sundays?"),
    ],
)
def test_questions_are_offered_by_their_beginning_by_a_word_or_by_resemblance(pack: Pack, typed: str, first: str) -> None:
    assert suggestions.suggest_questions(pack, typed)[0] == Option(first, first)


def test_a_question_too_long_for_a_choice_stands_for_a_phrasing_that_is_not(pack: Pack) -> None:
    long = Topic("long", Verdict.ANSWER, "Who " + "really " * 20 + "called?", ("who really called", "x" * 101))
    wordy = Topic("wordy", Verdict.ANSWER, "y" * 101, ("z" * 101,))
    (option,) = suggestions.suggest_questions(replace(pack, topics=(long, wordy)), "")
    assert option.value == "who really called"
    assert option.label.endswith("…")
    assert len(option.label) <= MAX_OPTION
