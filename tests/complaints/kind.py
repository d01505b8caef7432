"""A kind of fault, with the case that was complained of and others like it; each a test (tests/test_kinds.py) and a count in a table
(benchmarks/kinds.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """What is looked at, and what has to come of it. `miss`: what comes of it instead, where that is known and not mended yet."""

    given: tuple[object, ...]
    right: object
    miss: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`look` makes of what a case has `given` the value that has to be the `right` one. `before` is what the complaint says of its own
    cases, `complaint`; `variants` were written for this."""

    name: str
    before: str
    look: Callable[..., object]
    complaint: tuple[Case, ...]
    variants: tuple[Case, ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        return (*self.complaint, *self.variants)


def case(*given: object, right: object, miss: str = "") -> Case:
    return Case(given, right, miss)


def each(right: object, given: Iterable[object]) -> tuple[Case, ...]:
    """Cases of which the same has to come."""
    return tuple(Case(one if isinstance(one, tuple) else (one,), right) for one in given)
