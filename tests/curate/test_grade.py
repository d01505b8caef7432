"""The grade: each measure against its thresholds, and the lowest mark of all."""

from __future__ import annotations

import pytest

from bot.curate.grade import STANDARDS, Grade, Measure, graded

BEST = dict.fromkeys(Measure, (100, 100))


def test_all_of_everything_is_an_a_with_nothing_left_to_better() -> None:
    found = graded(BEST)
    assert found.grade is Grade.A
    assert [r.measure for r in found.reasons] == list(Measure)
    assert {(r.mark, r.better, r.needs) for r in found.reasons} == {(Grade.A, None, None)}
    assert found.worst_first == ()


@pytest.mark.parametrize(
    ("right", "mark", "better", "needs"),
    [
        (98, Grade.A, None, None),
        (97, Grade.B, Grade.A, 0.98),
        (95, Grade.B, Grade.A, 0.98),
        (80, Grade.C, Grade.B, 0.95),
        (50, Grade.D, Grade.C, 0.8),
        (49, Grade.E, Grade.D, 0.5),
        (0, Grade.E, Grade.D, 0.5),
    ],
)
def test_a_mark_is_the_best_whose_threshold_is_reached_and_says_what_the_next_one_needs(
    right: int, mark: Grade, better: Grade | None, needs: float | None
) -> None:
    found = graded({**BEST, Measure.SPEAKERS: (right, 100)})
    (reason,) = [r for r in found.reasons if r.measure is Measure.SPEAKERS]
    assert (reason.mark, reason.better, reason.needs, found.grade) == (mark, better, needs, mark)


def test_where_d_asks_nothing_nothing_is_a_d() -> None:
    assert graded({**BEST, Measure.REACHED: (0, 7)}).grade is Grade.D


@pytest.mark.parametrize("measure", Measure)
def test_what_cannot_be_counted_is_never_an_a(measure: Measure) -> None:
    found = graded({**BEST, measure: (0, 0)})
    assert found.grade is STANDARDS[measure].unmeasured is not Grade.A
    (reason,) = found.worst_first
    assert reason.better is not None


@pytest.mark.parametrize("measure", Measure)
def test_thresholds_fall_from_mark_to_mark(measure: Measure) -> None:
    least = [x for x in STANDARDS[measure].least if x is not None]
    assert least == sorted(least, reverse=True)
    assert len(set(least)) == len(least) >= 3
    assert all(0 < x <= 1 for x in least)


def test_the_lowest_marks_come_first_and_among_equals_the_most_useful() -> None:
    found = graded({**BEST, Measure.APART: (86, 100), Measure.REACHED: (0, 100), Measure.EXPECTED: (86, 100)})
    assert [r.measure for r in found.worst_first] == [Measure.REACHED, Measure.EXPECTED, Measure.APART]
    assert found.grade is Grade.D


@pytest.mark.parametrize("wrong", [{Measure.APART: (3, 2)}, {Measure.APART: (-1, 2)}])
def test_what_is_no_share_is_refused(wrong: dict[Measure, tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=r"^no share: apart$"):
        graded({**BEST, **wrong})
    with pytest.raises(ValueError, match="expected, near misses"):
        graded({})
