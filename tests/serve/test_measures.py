"""What is counted and timed, and under which names."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bot.engine.answer import Rule
from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.serve.measures import BOUNDS, Histogram, Measures, Stage, Unsent, Way, way_of


def clock(*times: float) -> Iterator[float]:
    yield from times


@pytest.mark.parametrize(
    ("question", "verdict", "way"),
    [
        ("Who called for a second lift?", Verdict.ANSWER, Way.RECORDED),
        ("who called for a second lift please, hoist", Verdict.ANSWER, Way.READ),
        ("best pizza in town?", Verdict.NOT_IN_ARTICLE, Way.READ),
        ("?!", Verdict.SMALL_TALK, Way.RULE),
    ],
)
def test_an_answer_is_counted_by_its_verdict_and_how_it_was_found(
    tiny: Engine, question: str, verdict: Verdict, way: Way
) -> None:
    measures = Measures()
    measures.answered(tiny.answer(question))
    assert measures.answers == {(verdict, way): 1}


def test_a_follow_up_is_answered_by_a_rule(tiny: Engine) -> None:
    first = tiny.answer("Who called for a second lift?")
    spoke = tiny.answer("who said that?", [first])
    assert (spoke.trace.rule, way_of(spoke)) == (Rule.SPEAKER_ASKED, Way.RULE)


def test_what_takes_exactly_a_bound_is_within_it_and_what_takes_longer_than_each_is_last() -> None:
    histogram = Histogram()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] + 1e-9, BOUNDS[-1] + 1):
        histogram.add(seconds)
    assert (histogram.counts[0], histogram.counts[1], histogram.counts[-1], sum(histogram.counts)) == (2, 1, 1, 4)
    assert histogram.total == pytest.approx(2 * BOUNDS[0] + BOUNDS[-1] + 1)


def test_waiting_ends_where_judging_begins() -> None:
    measures = Measures(clock(10.0, 12.0, 12.5, 13.25).__next__)
    judged = measures.judging(lambda question: question.upper())
    assert judged("a") == "A"
    assert measures.stages[Stage.WAITING].total == 2.0
    assert measures.stages[Stage.JUDGING].total == 0.75


def test_what_fails_is_not_timed() -> None:
    measures = Measures()
    with pytest.raises(KeyError), measures.timed(Stage.WORDING):
        raise KeyError
    assert [sum(histogram.counts) for histogram in measures.stages.values()] == [0] * len(Stage)


def test_threads_lose_no_count() -> None:
    histogram = Histogram()

    def add() -> None:
        for _ in range(5000):
            histogram.add(0.01)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(histogram.counts) == 20_000


@pytest.mark.parametrize(
    ("status", "unsent"), [(429, "429"), (400, "4xx"), (403, "4xx"), (404, "4xx"), (500, "5xx"), (503, "5xx")]
)
def test_a_status_has_a_class(status: int, unsent: str) -> None:
    assert Unsent.by(status) == unsent
