"""The soak: what is asked of whom, what counts as lost and double, and what is told of memory and logs; not the hour itself."""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fakes.loopback import Request
from fakes.postgres import in_schema

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_what_is_done_follows_from_the_seed_and_comes_as_often_as_it_should(benchmark: ModuleType) -> None:
    one, again, other = (list(benchmark.acts(seed, 1_000, 20.0, 200.0)) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) == pytest.approx(4_000, rel=0.05)
    kinds, whole = Counter(act.kind for act in one), sum(benchmark.MIX.values())
    for kind, weight in benchmark.MIX.items():
        assert kinds[kind] == pytest.approx(len(one) * weight / whole, rel=0.4)
    assert [act.at for act in one] == sorted(act.at for act in one)


@pytest.mark.parametrize("servers", [100, 137, 10_000])
def test_where_settings_change_or_somebody_listens_nothing_else_is_asked(benchmark: ModuleType, servers: int) -> None:
    for act in itertools.islice(benchmark.acts(1, servers, 20.0, 1e9), 3_000):
        assert 0 <= act.server < servers
        apart = {benchmark.OVERHEARD: 1, benchmark.SETTING: 2, benchmark.TOO_SOON: 2}.get(act.kind)
        assert act.server % benchmark.APART == apart if apart else act.server % benchmark.APART not in (1, 2)


def test_growth_is_the_slope_of_the_last_half(benchmark: ModuleType) -> None:
    filling = [benchmark.Sample(at, min(at, 50.0), 0.0, 0.0) for at in range(101)]
    growing = [s._replace(own=s.own + 0.01 * s.at) for s in filling]
    assert benchmark.growth(filling) == pytest.approx(0.0, abs=1e-9)
    assert benchmark.growth(growing) == pytest.approx(36.0)
    assert benchmark.growth(filling[:2]) is None
    assert benchmark.quarters(filling) == [0.0, 25.0, 50.0, 50.0, 50.0]


def test_a_process_is_looked_at_and_one_that_is_gone_is_not(benchmark: ModuleType) -> None:
    import os

    found = benchmark.sample(os.getpid(), 7.0)
    assert found.at == 7.0
    assert 10 < found.own <= found.resident
    assert 0 < found.cpu <= time.process_time() + 1
    assert benchmark.sample(2**22 + 1, 7.0) is None


@pytest.mark.parametrize(
    ("method", "path", "body", "question"),
    [
        ("POST", "/interactions/77/token77/callback", {"type": 4}, 77),
        ("PATCH", "/webhooks/1/token77/messages/@original", {"content": "so"}, 77),
        ("POST", "/channels/5/messages", {"message_reference": {"message_id": "77"}}, 77),
        ("POST", "/channels/5/messages", {"nonce": "77"}, 77),
        ("GET", "/gateway/bot", None, None),
    ],
)
def test_a_request_is_known_by_the_question_that_it_answers(
    benchmark: ModuleType, method: str, path: str, body: Any, question: int | None
) -> None:
    assert benchmark.about(Request(method, path, {}, body, 0.0)) == question


def test_a_deferral_shows_nothing(benchmark: ModuleType) -> None:
    assert [benchmark.shows(body) for body in ({"type": 5}, {"type": 6}, {"type": 4}, {"content": "so"}, None)] == [
        *(False, False, True, True, False)
    ]


def test_what_was_with_a_killed_process_is_cut_off_and_nothing_else(benchmark: ModuleType) -> None:
    upsets = [benchmark.Upset(100.0, "killed", frozenset({1, 5})), benchmark.Upset(200.0, "left", frozenset())]
    cases = {(99.0, 1): True, (99.0, 2): False, (85.0, 1): False, (100.5, 5): True, (102.0, 1): False, (199.9, 1): False}
    assert {case: benchmark.cut_off(*case, upsets) for case in cases} == cases


def test_warnings_and_errors_are_counted_without_their_numbers(benchmark: ModuleType) -> None:
    log = (
        "2026-01-01 00:00:01,123 WARNING bot.client: shard 5 is away\n"
        "2026-01-01 00:00:02,123 WARNING bot.client: shard 6 is away\n"
        "2026-01-01 00:00:03,123 INFO    bot.client: well\n"
        "2026-01-01 00:00:04,123 ERROR   bot.client: no\n"
        "Traceback (most recent call last)\n"
    )
    assert benchmark.complaints([log]) == {"warning: bot.client: shard N is away": 2, "error: bot.client: no": 1, "traceback": 1}


def test_an_answer_two_answers_and_none_are_told_apart_and_forgotten(benchmark: ModuleType, tmp_path: Path) -> None:
    with benchmark.Forgetful(100, 2, 3) as fake:
        soak = benchmark.Soak(fake, in_schema("unused"), tmp_path, tmp_path, random.Random(1), {})
        asked = [fake.mention("Why?", asker=n) for n in range(3)]
        for question in asked:
            soak._put(benchmark.MENTION, question)
        for question in (asked[1], asked[2], asked[2]):
            body = {"content": "So.", "message_reference": {"message_id": str(question.id)}}
            fake._run(fake._do(Request("POST", f"/channels/{question.channel}/messages", {}, body, 0.0)))
        soak.judge(time.monotonic())
        assert (fake.questions, fake.messages, fake._written) == ({}, {}, {})
    count = soak.counts[benchmark.MENTION]
    assert (count.asked, count.lost, count.deaf, count.cut_off, count.double) == (3, 1, 1, 0, 1)
    assert len(count.seconds) == 2
    assert count.row("mention").endswith("| 3 | 1 | 1 | 0 | 0 | 1 |")
