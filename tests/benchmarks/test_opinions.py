"""The table of what was declined."""

from __future__ import annotations

from collections import Counter
from types import ModuleType

from bot.pack.values import Verdict


def test_a_row_counts_what_was_declined_and_what_was_answered(benchmark: ModuleType) -> None:
    counts = Counter({Verdict.OPINION: 5, Verdict.ANSWER: 2, Verdict.OFF_TOPIC: 1})
    assert benchmark.row("bare texts", "opinions", counts) == "| bare texts | opinions | 8 | 62.5% | 25.0% |"
    assert benchmark.row("bare texts", "opinions", Counter()) == "| bare texts | opinions | 0 | 0.0% | 0.0% |"
