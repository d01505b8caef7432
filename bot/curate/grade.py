"""A pack's grade, A to E: what was measured, against the thresholds that stand here. Pure.

Each measure is a share, and gets the best mark whose threshold it reaches. The grade is the lowest of the marks, so that nothing good
hides what is missing. What is still to be written is counted against the article and not against what is written already, so that no mark falls
because a curator adds to it. The thresholds are set, not fitted: docs/decisions/010-report.md says what each is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.curate.phrasings import ENOUGH

SENTENCES_A_REFUSAL = 4  # a gap or premise is wanted for so many sentences


class Grade(StrEnum):
    """From best to worst."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Measure(StrEnum):
    """What is measured, in the order in which mending it is useful: first what is answered wrongly now, then what nobody has settled,
    then what is missing."""

    EXPECTED = "expected"
    NEAR_MISSES = "near misses"
    EXCHANGES = "exchanges"
    SPEAKERS = "speakers"
    REVIEWED = "reviewed"
    REACHED = "reached"
    RIGHT = "right"
    ANSWERED = "answered"
    APART = "apart"
    ASKED = "asked"
    GUARDED = "guarded"
    REFUSALS = "refusals"


@dataclass(frozen=True, slots=True)
class Standard:
    """What a measure needs for a mark. `counted` says in plain words what is counted; `least` holds the shares from which on it is worth
    A, B, C and D, None where D asks nothing of it; `unmeasured` is the mark where there is nothing to count."""

    counted: str
    least: tuple[float, float, float, float | None]
    unmeasured: Grade

    def mark(self, right: int, of: int) -> Grade:
        """The mark for `right` of `of`."""
        if not of:
            return self.unmeasured
        return next((g for g, least in zip(Grade, self.least, strict=False) if least is None or right >= least * of), Grade.E)


STANDARDS: Mapping[Measure, Standard] = {
    Measure.EXPECTED: Standard("The pack’s own test questions that get the reply they should", (1.0, 0.95, 0.85, None), Grade.D),
    Measure.NEAR_MISSES: Standard(
        "Near misses asked that do not get the entry they only look like", (0.98, 0.95, 0.85, None), Grade.D
    ),
    # A passage without a short answer asserts nothing, and nobody has said that the article does not answer the question.
    Measure.EXCHANGES: Standard(
        "Questions made by exchanging one name, number or word that get no short answer", (0.98, 0.9, 0.75, None), Grade.B
    ),
    Measure.SPEAKERS: Standard(
        "Sentences with a record of whose words they are, and nothing open in it", (0.98, 0.95, 0.8, 0.5), Grade.E
    ),
    Measure.REVIEWED: Standard("Records that are neither open nor only drafted", (1.0, 0.9, 0.5, None), Grade.E),
    Measure.REACHED: Standard("Sentences that an entry shows as its answer", (0.98, 0.9, 0.5, None), Grade.E),
    Measure.RIGHT: Standard("Answers to labelled questions that are right", (0.95, 0.9, 0.8, 0.6), Grade.B),
    Measure.ANSWERED: Standard(
        "Labelled questions that the article answers and that are answered rightly", (0.85, 0.7, 0.5, None), Grade.B
    ),
    Measure.APART: Standard("Entries that are not asked like another one", (1.0, 0.95, 0.85, None), Grade.D),
    Measure.ASKED: Standard(f"Sentences that an entry with {ENOUGH} phrasings or more shows", (0.9, 0.7, 0.4, None), Grade.D),
    Measure.GUARDED: Standard("Sentences that an entry with near misses shows", (0.9, 0.5, 0.2, None), Grade.D),
    Measure.REFUSALS: Standard(
        f"Of the gaps and premises that are wanted, one for {SENTENCES_A_REFUSAL} sentences, those that are written",
        (1.0, 0.6, 0.2, None),
        Grade.D,
    ),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One measure with its mark: `right` of `of`. `better` is the next better mark and `needs` the share that it asks for; None where the
    mark is A."""

    measure: Measure
    right: int
    of: int
    mark: Grade
    better: Grade | None
    needs: float | None

    @property
    def standard(self) -> Standard:
        return STANDARDS[self.measure]


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade with its reasons, in the order of Measure."""

    grade: Grade
    reasons: tuple[Reason, ...]

    @property
    def worst_first(self) -> tuple[Reason, ...]:
        """The reasons for a grade below A, the lowest marks first."""
        return tuple(sorted((r for r in self.reasons if r.mark is not Grade.A), key=lambda r: r.mark, reverse=True))


def graded(counts: Mapping[Measure, tuple[int, int]]) -> Graded:
    """The grade of a pack whose measures are (right, of); every one has to be there, with an `of` of 0 where there is nothing to measure.
    Raises ValueError where one is missing or cannot be a share."""
    if wrong := [m.value for m in Measure if not _is_share(counts.get(m))]:
        raise ValueError(f"no share: {', '.join(wrong)}")
    reasons = tuple(_reason(m, *counts[m]) for m in Measure)
    return Graded(max(_marks(reasons)), reasons)


def _is_share(count: tuple[int, int] | None) -> bool:
    return count is not None and 0 <= count[0] <= count[1]


def _marks(reasons: Iterable[Reason]) -> list[Grade]:
    return [r.mark for r in reasons]  # as texts, "A" is the least


def _reason(measure: Measure, right: int, of: int) -> Reason:
    standard = STANDARDS[measure]
    mark = standard.mark(right, of)
    if mark is Grade.A:
        return Reason(measure, right, of, mark, None, None)
    place = [*Grade].index(mark) - 1
    asked = [(g, least) for g, least in [*zip(Grade, standard.least, strict=False)][: place + 1] if least is not None]
    better, needs = asked[-1]  # the next mark that asks anything at all
    return Reason(measure, right, of, mark, better, needs)
