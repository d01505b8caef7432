"""Which process of the bot has which shards, as values and decisions; a process alone has all of them.

Discord sends the events of a shard to whoever connects for it, to each of several too
(https://docs.discord.com/developers/events/gateway#sharding): who does is agreed upon here.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

LEASE = 20.0  # seconds without a sign of life after which the shards of a process are free
BEAT = 4.0  # seconds between two signs of life
# Seconds between two turns of a bucket to identify; Discord has 5 (https://docs.discord.com/developers/events/gateway#sharding-max-concurrency),
# and connections take more or less long to be made.
IDENTIFY_EVERY = 5.5


@dataclass(frozen=True, slots=True)
class Process:
    """A process that gave a sign of life within LEASE. One that `is_leaving` hands its shards over; one that `is_fixed` was told by
    hand which are its own, and takes no others."""

    id: str
    is_leaving: bool = False
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a shard, and who is about to take it over. The holder stays connected until the successor is; an `is_offered` one may be
    taken over though its holder goes on."""

    shard_id: int
    holder: str | None = None
    successor: str | None = None
    is_offered: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process should do: take `need` of the `free` shards, the first ones first, and offer those of its own that are too many."""

    free: tuple[int, ...] = ()
    need: int = 0
    offers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Beat:
    """What a process learns with a sign of life: how many shards there are; those that it holds; those that it is to connect for, whose holder waits for
    that; those that it was told to have and another process has; and whether anybody is there to whom it could leave its own."""

    shard_count: int = 0
    held: frozenset[int] = frozenset()
    claimed: frozenset[int] = frozenset()
    awaited: frozenset[int] = frozenset()
    has_heirs: bool = False


def plan(me: Process, others: Iterable[Process], leases: Iterable[Lease], only: frozenset[int] | None = None) -> Plan:
    """What `me` should do. `only` are the shards that were fixed for it by hand, None where it takes its share: the shards that are
    not fixed, divided by the processes that take them and stay, rounded up. Processes and leases are read one after the other: of one
    that came or went meanwhile, which is not among `others`, nothing is taken, and the next sign of life tells more."""
    every = sorted(leases, key=lambda lease: (lease.holder is not None, lease.shard_id))  # those that nobody hears first
    peers = {process.id: process for process in others}
    peers[me.id] = me
    if me.is_leaving:
        return Plan()
    free = tuple(lease.shard_id for lease in every if _is_free(lease, me, peers))
    if only is not None:
        wanted = tuple(shard_id for shard_id in free if shard_id in only)
        return Plan(wanted, len(wanted))
    takers = sum(not process.is_leaving and not process.is_fixed for process in peers.values())
    owners = [lease.successor or lease.holder for lease in every]
    shared = sum(owner not in peers or not peers[owner].is_fixed for owner in owners)
    share = -(-shared // takers)
    mine = owners.count(me.id)
    keep = [lease.shard_id for lease in every if lease.holder == me.id and lease.successor is None]
    return Plan(free, max(0, share - mine), frozenset(keep[max(0, len(keep) - max(0, mine - share)) :]))


def heirs(me: Process, others: Iterable[Process]) -> bool:
    """Whether there is a process to which `me` could leave its shards."""
    return any(p.id != me.id and not p.is_leaving and not p.is_fixed for p in others)


def _is_free(lease: Lease, me: Process, peers: dict[str, Process]) -> bool:
    if lease.successor is not None or lease.holder == me.id:
        return False
    return lease.holder is None or lease.is_offered or (lease.holder in peers and peers[lease.holder].is_leaving)


class Coordinator(Protocol):
    """What the processes of a bot agree upon. Raises StoreFault where they cannot."""

    async def turn(self, application_id: int, bucket: int) -> float:
        """Seconds to wait before identifying with Discord; with this call the turn is taken. Shards whose numbers leave the same
        remainder by Discord's max_concurrency share a bucket."""
        ...

    def alone(self, application_id: int, what: str) -> AbstractAsyncContextManager[None]:
        """As long as it is entered, no other process is in the same."""
        ...


class SharedCooldowns(Protocol):
    """When somebody last asked, in whichever process. Raises StoreFault."""

    async def cooldown(self, user_id: int, at: float, seconds: float) -> float:
        """Seconds that somebody must still wait who asked at a time (of the question's id, since 1970) where the cooldown is
        `seconds`; 0 where they may ask, which starts a new one. A question that several processes hear never waits for itself."""
        ...

    async def last_asked(self, user_id: int) -> tuple[float, float] | None:
        """When somebody asked whose wait goes on, and until when that is, both since 1970; None where none does. Forgetting them (see
        `Store.forget`) leaves it, since else that would be a way round the wait."""
        ...


class Leases(Protocol):
    """The shards of one process among several. Raises StoreFault where the database cannot be used: what is held is held on then."""

    async def beat(self, ready: frozenset[int], *, is_leaving: bool = False) -> Beat:
        """Give a sign of life, and take and hand over shards. `ready` are those for which this process is connected."""
        ...

    async def leave(self) -> None:
        """Let go of every shard."""
        ...


class Solitary:
    """The coordinator of a process that has no other beside it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[tuple[int, int], float] = {}

    async def turn(self, application_id: int, bucket: int) -> float:
        now = self._clock()
        turn = max(now, self._next.get((application_id, bucket), now))
        self._next[application_id, bucket] = turn + IDENTIFY_EVERY
        return turn - now

    @asynccontextmanager
    async def alone(self, application_id: int, what: str) -> AsyncIterator[None]:
        yield
