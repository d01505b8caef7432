"""The simulation of a bot's size: what it computes, by value, and that what it simulates is what the bounds let through."""

from __future__ import annotations

from types import ModuleType

import pytest
from conftest import ROOT


def test_a_small_bot_is_one_process_and_one_shard_and_one_too_many_servers_are_more(benchmark: ModuleType) -> None:
    assumed = benchmark.Assumed()
    assert [benchmark.size(n, assumed).shards for n in (100, 2_499, 2_500, 150_000)] == [1, 1, 3, 150]
    assert [benchmark.size(n, assumed).processes for n in (100, 2_500)] == [1, 1]


def test_the_sizes_follow_from_the_figures(benchmark: ModuleType) -> None:
    assumed = benchmark.Assumed(questions=8.64, messages=864.0, peak=2.0, judged=0.5, mentions=0.25)
    found = benchmark.size(100_000, assumed)  # 20 questions and 2,000 messages a second in the busiest hour
    loop = 20 * benchmark.ANSWERING.value + 2_000 * benchmark.HEARING.value
    assert found.cores == pytest.approx(loop + 20 * 0.5 * benchmark.JUDGING.value)
    assert found.events == pytest.approx(2_020)
    assert found.requests == pytest.approx(5)
    assert found.rows == pytest.approx(100_000 * 8.64 * 30)
    assert found.gigabytes == pytest.approx(found.rows * benchmark.ROW.value / 1e9)
    assert found.identify == {1: 100 * benchmark.IDENTIFY_EVERY, 16: 7 * benchmark.IDENTIFY_EVERY}
    assert found.restarts == pytest.approx(10)
    assert found.memory == pytest.approx((found.processes * benchmark.PROCESS.value + 100 * benchmark.SERVERS.value) / 1_000)


@pytest.mark.parametrize(("servers", "starts"), [(149_999, 1_000), (150_000, 2_000), (1_000_000, 5_000)])
def test_large_bots_may_begin_more_sessions(benchmark: ModuleType, servers: int, starts: int) -> None:
    assert benchmark.starts_a_day(servers) == starts


def test_the_same_seed_gives_the_same_hour_with_about_as_many_questions_as_there_should_be(benchmark: ModuleType) -> None:
    assumed = benchmark.Assumed()
    one, again, other = (benchmark.simulate(20_000, 1, assumed, seed, 600.0) for seed in (1, 1, 2))
    assert one == again != other
    expected = 600 * assumed.a_second(20_000, assumed.questions)
    assert one.asked == pytest.approx(expected, rel=0.15)
    assert len(one.judged) == pytest.approx(expected * assumed.judged, rel=0.25)
    assert (one.refused, one.late) == (0, 0)
    assert benchmark.quantile(one.judged, 0.5) == pytest.approx(benchmark.JUDGING.value, rel=0.2)


def test_where_more_is_asked_than_can_be_judged_the_rest_is_refused_and_nobody_waits_longer_than_is_allowed(
    benchmark: ModuleType,
) -> None:
    assumed = benchmark.Assumed(questions=1_000.0, judged=1.0, mentions=0.0)
    found = benchmark.simulate(2_500, 1, assumed, 1, 120.0)
    can = 120 * benchmark.THREADS / benchmark.JUDGING.value
    assert found.refused > 0
    # Those that wait when no more come are judged too.
    assert can * 0.9 < len(found.judged) < can * 1.1 + benchmark.ADDRESSED.waiting
    assert max(found.judged) < benchmark.ADDRESSED.patience + 1


def test_messages_leave_no_faster_than_one_token_allows(benchmark: ModuleType) -> None:
    assumed = benchmark.Assumed(questions=5.0, judged=0.0, mentions=1.0)
    found = benchmark.simulate(1_000_000, 9, assumed, 1, 60.0)
    asked = 60 * assumed.a_second(1_000_000, assumed.questions)
    assert found.asked == pytest.approx(asked, rel=0.05)
    assert max(found.leaving) == pytest.approx(asked / benchmark.REQUESTS_A_SECOND - 60, rel=0.1)
    slow = benchmark.Pace(2.0)
    assert [slow.wait(at) for at in (0.0, 0.0, 0.1, 5.0)] == [0.0, 0.5, 0.9, 0.0]


@pytest.mark.parametrize(("seconds", "text"), [(0.0312, "31 ms"), (5.0, "5.0 s"), (119.0, "119.0 s"), (750.0, "12 min")])
def test_times_are_told_in_the_unit_that_fits(benchmark: ModuleType, seconds: float, text: str) -> None:
    assert benchmark.spoken(seconds) == text


def test_what_no_bot_can_have_is_refused(benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (["--servers", "0"], ["--questions", "0"], ["--judged", "-1"], ["--mentions", "1.5"]):
        monkeypatch.setattr("sys.argv", ["scaling.py", *wrong])
        with pytest.raises(SystemExit) as stop:
            benchmark.main()
        assert stop.value.code == 2


def test_the_document_shows_what_is_computed(benchmark: ModuleType) -> None:
    shown = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in benchmark.computed(benchmark.SIZES, benchmark.Assumed()) if line not in shown] == []
    assert next(benchmark.simulated((100,), benchmark.Assumed(), 1)) in shown
