"""How the shards of a process are: connected, missing, stuck, and what was counted of each."""

from __future__ import annotations

import math

from bot.serve.shards import STUCK_AFTER, Shards


def test_a_shard_is_missing_until_its_session_stands_and_while_its_connection_is_lost() -> None:
    shards = Shards()
    assert (shards.known, shards.missing()) == ((), ())
    shards.hold([0, 1, 2])
    assert shards.missing() == (0, 1, 2)
    for number in (0, 1, 2):
        shards.begun(number, lambda: 0.05)
    assert shards.missing() == ()
    shards.lost(1)
    assert shards.missing() == (1,)
    shards.resumed(1)
    assert shards.missing() == ()


def test_sessions_resumes_and_lost_connections_are_counted_each_once() -> None:
    shards = Shards()
    shards.begun(3, lambda: 0.05)
    shards.lost(3)
    shards.lost(3)  # told twice of one
    shards.resumed(3)
    shards.lost(3)
    shards.begun(3, lambda: 0.07)
    [(number, shard)] = shards.known
    assert (number, shard.sessions, shard.resumes, shard.disconnects, shard.latency()) == (3, 2, 1, 2, 0.07)


def test_a_shard_that_another_process_took_is_not_this_one_s_and_counts_on_where_it_comes_back() -> None:
    shards = Shards()
    shards.begun(0, lambda: 0.05)
    shards.begun(1, lambda: 0.05)
    shards.leave([0, 7])
    assert [number for number, _ in shards.known] == [1]
    assert shards.missing() == ()
    shards.hold([0])
    assert shards.missing() == (0,)
    assert shards.known[0][1].sessions == 1


def test_a_connected_shard_from_which_nothing_comes_is_stuck_and_a_lost_one_is_not() -> None:
    now = [1000.0]
    shards = Shards(lambda: now[0])
    for number in (0, 1, 2):
        shards.begun(number, lambda: math.inf)
    shards.lost(2)
    now[0] += STUCK_AFTER
    assert shards.stuck() == ()
    shards.heard(1)
    shards.heard(None)  # a connection without shards: the first
    shards.heard(9)
    now[0] += 1.0
    assert shards.stuck() == ()
    now[0] += STUCK_AFTER
    shards.heard(1)
    assert shards.stuck() == ((0, STUCK_AFTER + 1.0),)
