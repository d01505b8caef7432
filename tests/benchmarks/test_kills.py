"""The benchmark of kills: it finds nothing lost, and would find what was."""

from __future__ import annotations

import itertools
import sys
from types import ModuleType

import pytest

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills a process that it has forked"),
    # The worker of the tests has a thread; what is forked uses none of its locks.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def test_nothing_that_returned_is_lost_where_a_process_is_killed(benchmark: ModuleType) -> None:
    with benchmark.files() as states:
        tally = benchmark.run(states, 5, seed=3)
    assert (tally.kills, tally.lost, tally.damaged) == (5, 0, 0)
    assert tally.returned > 5


def test_what_is_lost_or_damaged_is_counted(benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    found, times = benchmark.found, itertools.count()

    def forgetful(state: object) -> object:
        kept = found(state)
        if next(times) % 2:
            raise benchmark.StoreFault(state, "is damaged.", "restart.")
        return benchmark.Kept(kept.askers, kept.changes + 2)

    monkeypatch.setattr(benchmark, "found", forgetful)
    monkeypatch.setattr(benchmark, "AFRESH", 1)
    with benchmark.files() as states:
        tally = benchmark.run(states, 4, seed=5)
    assert (tally.kills, tally.lost, tally.damaged) == (4, 2, 2)
