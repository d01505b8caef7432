"""The faults of the state: every one that needs no second process keeps what is promised, and what is lost would be seen."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from bot.engine.pipeline import Engine

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
QUICK = [
    ("disk full", SQLITE),
    ("disk full", POSTGRESQL),
    ("read-only while it runs", SQLITE),
    ("cannot be written at the start", SQLITE),
    ("corrupted while off", SQLITE),
    ("corrupted while it runs, restarted", SQLITE),
    ("newer schema", SQLITE),
    ("newer schema", POSTGRESQL),
    ("database gone and back", POSTGRESQL),
    ("two processes with the same shards", SQLITE),
    ("two processes with the same shards", POSTGRESQL),
]


@pytest.mark.parametrize(("name", "state"), QUICK)
def test_no_answer_is_lost_or_doubled_and_of_what_was_confirmed_no_more_than_is_said(
    benchmark: ModuleType, tiny: Engine, tiny_folder: Path, name: str, state: str
) -> None:
    [scenario] = [s for s in benchmark.SCENARIOS if (s.name, s.state) == (name, state)]
    outcome = benchmark.play(scenario, tiny, tiny_folder)
    assert outcome.injected >= 1
    assert outcome.asked >= 4
    assert outcome.confirmed >= 2
    assert outcome.noted == outcome.asked
    assert outcome.double == 0
    assert outcome.lost <= scenario.lost
    assert scenario.forgotten or outcome.forgotten == 0
    assert scenario.unnoted or outcome.unknown == 0


def test_every_fault_of_the_issue_is_there_for_each_state_that_it_can_meet(benchmark: ModuleType) -> None:
    cases = [(s.name, s.state) for s in benchmark.SCENARIOS]
    assert len(set(cases)) == len(cases)
    assert all(s.promised for s in benchmark.SCENARIOS)
    for name in ("disk full", "newer schema", "kill -9 in the middle of an answer", "clock 60 days ahead, and back"):
        assert {(name, SQLITE), (name, POSTGRESQL)} <= set(cases)


def test_what_is_lost_is_counted(benchmark: ModuleType, tiny: Engine, tiny_folder: Path) -> None:
    """Somebody empties the state behind the bot's back, and one question is never asked of it."""

    def story(s: object) -> None:
        s.start()  # type: ignore[attr-defined]
        s.use()  # type: ignore[attr-defined]
        s.bots.pop().stop()  # type: ignore[attr-defined]
        s.file.unlink()  # type: ignore[attr-defined]
        s.ask()  # type: ignore[attr-defined]

    outcome = benchmark.play(benchmark.Scenario("emptied", benchmark.SQLITE, story, ""), tiny, tiny_folder)
    assert outcome == benchmark.Outcome(0, asked=4, lost=2, double=0, confirmed=1, forgotten=1, noted=2, unknown=2)
