"""What is counted of a source: its lines, its numbers, its lists of words."""

from __future__ import annotations

from types import ModuleType

import pytest


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ("", (0, 0, 0)),
        ("x = 0 + 1 - 2\n\ny = -3.5  # not 7\nz = True\n", (4, 1, 0)),
        ('WORDS = frozenset("a b".split())\nPARTS = line.split()\nmost = max(12, 12)\n', (3, 2, 1)),
    ],
)
def test_lines_numbers_and_lists_of_words_are_counted(benchmark: ModuleType, source: str, counted: tuple[int, int, int]) -> None:
    assert benchmark.size([source]) == counted
    assert benchmark.size([source, source]) == tuple(2 * n for n in counted)
