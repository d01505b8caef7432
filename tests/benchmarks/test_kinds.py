"""The table of kinds of fault: what is counted, and which cases are listed."""

from __future__ import annotations

from types import ModuleType

from complaints.kind import Case, Kind, case, each

DOUBLED = Kind(
    "doubling", "was wrong", lambda n: 2 * n, each(2, [1]), (case(2, right=4), case(3, right=7, miss="is six"), Case((4,), 9))
)


def test_each_kind_has_a_row_with_what_was_and_what_is_right_now_and_the_sums_come_last(benchmark: ModuleType) -> None:
    assert list(benchmark.table({"Numbers": (DOUBLED,)}))[2:] == [
        "| **Numbers** | | | |",
        "| doubling | was wrong | 1 of 1 | 1 of 3 |",
        "| **1 kinds** | | **1 of 1** | **1 of 3** |",
    ]


def test_what_does_not_come_out_right_is_listed_with_what_is_known_of_it(benchmark: ModuleType) -> None:
    assert list(benchmark.misses({"Numbers": (DOUBLED,)})) == ["- doubling: (3,): is six", "- doubling: (4,): new"]
