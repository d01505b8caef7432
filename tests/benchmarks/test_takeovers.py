"""What the benchmark of takeovers counts."""

from __future__ import annotations

from types import ModuleType

import pytest


def test_questions_are_counted_by_how_often_they_were_answered_and_what_became_of_the_others(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    killed, leaves = benchmark.Outcome(), benchmark.Outcome()
    benchmark.add(killed, 24.0, [(1, True, True), (0, False, False), (0, True, False), (0, True, True), (2, True, True)])
    benchmark.add(killed, 26.0, [(1, True, False)])
    benchmark.report({benchmark.KILL: killed, benchmark.LEAVE: leaves}, [0.01, 0.03], too_soon=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:4] == [
        "| killed | 2 | 25.0 s | 26.0 s | 6 | 3 | 1 | 1 | 1 |",
        "| leaves | 0 | - | - | 0 | 0 | 0 | 0 | 0 |",
    ]
    assert lines[-2:] == ["Settings take effect after 20 ms (median), 30 ms (p99).", "IDENTIFYs that came too soon: 2."]
