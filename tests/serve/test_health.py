"""When a bot lives, when it is ready, and what is said where it is not."""

from __future__ import annotations

from bot.serve.health import Health, live, ready
from bot.serve.measures import Measures, Use
from bot.serve.shards import STUCK_AFTER, Shards


def test_it_lives_unless_a_shard_is_stuck() -> None:
    now = [0.0]
    shards = Shards(lambda: now[0])
    assert live(shards) == Health(())
    shards.begun(4, lambda: 0.05)
    shards.hold([5])  # not connected: a new start would not help
    assert live(shards) == Health(())
    now[0] = STUCK_AFTER + 20
    assert live(shards) == Health(("shard 4: nothing was heard from Discord for 200 s",))


def test_it_is_ready_once_all_its_shards_are_connected_and_until_it_stops() -> None:
    measures = Measures()
    assert ready(measures, stopping=False) == Health(("no shard is connected yet",))
    measures.shards.hold([0, 1])
    measures.shards.begun(0, lambda: 0.05)
    assert ready(measures, stopping=False) == Health(("shard 1 is not connected",))
    measures.shards.begun(1, lambda: 0.05)
    assert ready(measures, stopping=False) == Health(())
    assert ready(measures, stopping=True) == Health(("it is stopping",))


def test_one_without_a_shard_is_ready_where_it_stands_by() -> None:
    measures = Measures()
    measures.shards.stands_by = True
    assert ready(measures, stopping=False) == Health((), ("it stands by: other processes have all shards",))
    measures.shards.hold([3])  # which it is to take over
    measures.shards.stands_by = False
    assert ready(measures, stopping=False) == Health(("shard 3 is not connected",))
    measures.shards.leave([3])
    assert ready(measures, stopping=False) == Health(("no shard is connected yet",))


def test_a_store_that_cannot_be_used_is_said_and_stops_nothing() -> None:
    measures = Measures()
    measures.shards.begun(0, lambda: 0.05)
    assert measures.used_store(Use.WRITTEN, works=False)
    assert not measures.used_store(Use.WRITTEN, works=False)
    assert ready(measures, stopping=False) == Health((), ("the store cannot be written",))
    assert measures.used_store(Use.WRITTEN, works=True)
    assert not measures.used_store(Use.WRITTEN, works=True)
    assert ready(measures, stopping=False) == Health(())
    assert measures.store_faults == {Use.WRITTEN: 2}
