"""The load that says what a machine carries: when questions come, what counts as carried, and which rates are tried."""

from __future__ import annotations

import asyncio
import math
import random
from pathlib import Path

import pytest

from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.serve import load
from bot.serve.load import RATES, Load, Run, measure, recorded, schedule, unrecorded


@pytest.mark.parametrize(
    ("seconds", "median", "p99"),
    [
        ([3.0], 3.0, 3.0),
        ([1.0, 2.0], 1.0, 2.0),
        ([float(n) for n in range(1, 201)], 100.0, 198.0),
        ([1.0, math.inf], 1.0, math.inf),
    ],
)
def test_quantiles_are_times_that_questions_took(seconds: list[float], median: float, p99: float) -> None:
    run = Run(1.0, tuple(seconds))
    assert (run.quantile(0.5), run.quantile(0.99)) == (median, p99)


@pytest.mark.parametrize(
    ("seconds", "carried"),
    [([0.1] * 99 + [9.0], True), ([0.1] * 98 + [2.1, 9.0], False), ([0.1] * 999 + [math.inf], False), ([2.0], True)],
)
def test_a_rate_is_carried_where_99_of_100_are_in_time_and_none_is_refused(seconds: list[float], carried: bool) -> None:
    assert Run(1.0, tuple(seconds)).is_carried is carried


def test_the_highest_rate_that_is_carried_counts() -> None:
    good, better, bad = Run(1.0, (0.1,)), Run(2.0, (0.1,)), Run(3.0, (9.0,))
    assert Load(4.0, (good, bad, better)).carried == better
    assert Load(4.0, (bad,)).carried is None


def test_questions_come_by_chance_at_their_rate_and_the_same_ones_each_time() -> None:
    due = schedule(50.0, 40.0, random.Random(1))
    assert due == schedule(50.0, 40.0, random.Random(1))
    assert due == sorted(due)
    assert 0 < due[0] < due[-1] < 40.0
    assert len(due) == pytest.approx(2000, rel=0.05)
    assert schedule(0.01, 1.0, random.Random(1)) == [0.0]


def test_a_halt_is_in_the_times_of_all_that_come_meanwhile() -> None:
    """Where askers waited for each other, it would be in one alone."""

    async def story() -> tuple[float, ...]:
        halted = asyncio.Lock()

        async def ask(number: int) -> bool:
            async with halted:
                await asyncio.sleep(0.2 if number == 0 else 0)
                return True

        return await load._run(ask, 0, [n / 100 for n in range(15)])

    assert asyncio.run(story())[1] > 0.03


def tried(*, refusing: bool = False) -> tuple[Load, list[int]]:
    asked = []

    async def ask(number: int) -> bool:
        asked.append(number)
        await asyncio.sleep(0.002)
        return not refusing

    return asyncio.run(measure(ask, 2, 0.6)), asked


def test_rates_come_nearer_to_what_is_answered_at_most() -> None:
    found, asked = tried()
    assert [run.rate / found.most for run in found.runs] == pytest.approx([0.9, 0.925, 0.9375, 0.94375])
    assert found.carried == found.runs[-1]
    assert 5 < found.most < 1000  # by how busy the machine is
    assert asked == list(range(len(asked))), "each question once"


def test_rates_fall_where_none_is_carried() -> None:
    found, _ = tried(refusing=True)
    assert [run.rate / found.most for run in found.runs] == pytest.approx([0.9 / 2**n for n in range(RATES)])
    assert found.carried is None
    assert all(run.refused == len(run.seconds) for run in found.runs)


def test_what_is_asked_is_of_the_pack_and_recorded_or_not(tiny: Engine) -> None:
    known, others = recorded(tiny), unrecorded(tiny)
    assert all(map(tiny.is_recorded, known))
    assert not any(map(tiny.is_recorded, others))
    assert "Who called for a second lift?" in known
    assert "Who called for a second lift please" in others
    alone = {expected.ask for expected in tiny.pack.expectations if not expected.after}
    assert alone <= {*known, *others}


def test_a_text_without_curation_is_asked_of_its_sentences(tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    engine = build(path)
    assert "is it true that Fishing boats were moved to Porto Novo.?" in unrecorded(engine)
    assert all(map(engine.is_recorded, recorded(engine)))
    assert recorded(engine)
