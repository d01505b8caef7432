"""Who should have which shards, as decisions."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.store.coordination import IDENTIFY_EVERY, Lease, Plan, Process, Solitary, heirs, plan

A, B, C = Process("a"), Process("b"), Process("c")


def leases(count: int, *held: str | None) -> list[Lease]:
    """So many leases, the first ones held by these."""
    return [Lease(n, held[n] if n < len(held) else None) for n in range(count)]


@pytest.mark.parametrize(("shards", "processes", "share"), [(1, 1, 1), (16, 1, 16), (16, 4, 4), (10, 4, 3), (2, 4, 1), (0, 1, 0)])
def test_a_process_takes_its_share_of_the_shards_rounded_up(shards: int, processes: int, share: int) -> None:
    others = [Process(str(n)) for n in range(processes - 1)]
    planned = plan(A, others, leases(shards))
    assert planned == Plan(tuple(range(shards)), share)


def test_shards_that_nobody_hears_come_before_those_that_somebody_gives_away() -> None:
    every = [Lease(0, "b", is_offered=True), Lease(1, "b"), Lease(2)]
    assert plan(A, [B], every).free == (2, 0)


def test_a_process_that_joins_is_offered_what_is_over_the_share_and_no_more() -> None:
    every = leases(10, *"aaaaabbbbb")
    assert plan(A, [B, C], every).offers == {4}
    assert plan(B, [A, C], every).offers == {9}
    assert plan(C, [A, B], every).need == 4
    assert plan(A, [B], every).offers == frozenset(), "nobody has less than the share"


def test_what_another_is_taking_over_counts_as_that_one_s() -> None:
    every = [Lease(0, "a"), Lease(1, "a", "b", is_offered=True)]
    assert plan(A, [B], every) == Plan()
    assert plan(B, [A], every) == Plan()


def test_of_one_that_leaves_every_shard_is_free_and_it_takes_and_offers_none() -> None:
    leaving = Process("a", is_leaving=True)
    every = leases(4, "a", "a", "b")
    assert plan(B, [leaving], every) == Plan((3, 0, 1), 3)
    assert plan(leaving, [B], every) == Plan()


def test_of_a_process_that_came_or_went_while_the_rest_was_read_nothing_is_taken() -> None:
    assert plan(A, [], [Lease(0, "a"), Lease(1, "stranger"), Lease(2), Lease(3, "a", "stranger")]) == Plan((2,), 3)


def test_shards_that_are_fixed_by_hand_are_taken_and_no_others_and_nobody_shares_them() -> None:
    fixed = Process("a", is_fixed=True)
    assert plan(fixed, [B], leases(4), frozenset({1, 3})) == Plan((1, 3), 2)
    assert plan(fixed, [B], leases(4, None, "b"), frozenset({1, 3})) == Plan((3,), 1), "one is another's, and is waited for"
    assert plan(B, [fixed, C], leases(6, "a", "a")) == Plan((2, 3, 4, 5), 2)


def test_who_leaves_has_heirs_only_in_those_that_stay_and_take_any_shard() -> None:
    assert heirs(A, [A, B])
    assert not heirs(A, [A])
    assert not heirs(A, [A, Process("b", is_leaving=True), Process("c", is_fixed=True)])


@pytest.mark.parametrize("seed", range(20))
def test_whoever_comes_and_goes_soon_every_shard_is_held_once_and_none_holds_more_than_its_share(seed: int) -> None:
    """Processes decide one after the other on what stands, as in the database; those that die leave their shards."""
    chance = random.Random(seed)
    table = {n: Lease(n) for n in range(chance.randint(1, 40))}
    alive: list[Process] = []
    for number in range(30):
        if not alive or chance.random() < 0.5:
            alive.append(Process(str(number)))
        else:
            gone = alive.pop(chance.randrange(len(alive))).id
            for n, lease in table.items():
                left = [None if process == gone else process for process in (lease.holder, lease.successor)]
                table[n] = Lease(n, left[0], left[1], lease.is_offered)
        for _ in range(4 if alive else 0):
            for me in chance.sample(alive, len(alive)):
                _act(me, alive, table)
        if alive:
            held = [lease.holder for lease in table.values()]
            assert None not in held
            assert all(lease.successor is None for lease in table.values())
            assert max(held.count(p.id) for p in alive) <= -(-len(table) // len(alive))


def _act(me: Process, alive: list[Process], table: dict[int, Lease]) -> None:
    for n, lease in table.items():
        if lease.successor == me.id:
            table[n] = Lease(n, me.id)
    planned = plan(me, alive, table.values())
    for n in planned.free[: planned.need]:
        holder = table[n].holder
        table[n] = Lease(n, me.id) if holder is None else Lease(n, holder, me.id, is_offered=True)
    for n, lease in table.items():
        if lease.holder == me.id and lease.successor is None:
            table[n] = Lease(n, me.id, is_offered=n in planned.offers)


def test_alone_a_bucket_has_a_turn_every_five_seconds_and_nobody_else_is_waited_for() -> None:
    async def story() -> None:
        now = [100.0]
        alone = Solitary(lambda: now[0])
        assert [await alone.turn(1, 0) for _ in range(3)] == [0, IDENTIFY_EVERY, 2 * IDENTIFY_EVERY]
        assert await alone.turn(1, 1) == 0
        now[0] += 100
        assert await alone.turn(1, 0) == 0
        async with alone.alone(1, "commands"), alone.alone(1, "commands"):
            pass

    asyncio.run(story())
