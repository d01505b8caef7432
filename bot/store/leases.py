"""The shards of one process among several, by lease in PostgreSQL, and the turns that all processes of a bot take.

A process has a row, which it renews; a shard's row names the process that has it. Only the database's clock counts. A process whose row
was not renewed for LEASE seconds is deleted by another, and with that its shards are free: so one whose row is gone has lost them, and
one whose row is there has them, however long it could not be renewed. Nobody is deleted by a process, or through a database, that was
itself away within that time, since then all would seem to be dead.
"""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, and_, delete, extract, func, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.exc import DBAPIError

from bot.store import coordination
from bot.store.address import Database
from bot.store.agreement import identify_turn, process, shard
from bot.store.coordination import LEASE, Beat, Lease, Process, heirs, plan
from bot.store.postgres import connect, engine_of, fault
from bot.store.values import PATIENCE, StoreFault, Unavailable
from bot.store.workers import NoAnswer, Workers

CHANNEL = "verbatim_shards"  # of NOTIFY, with the application's id: a lease may have changed
ALONE_WITHIN = 30.0  # seconds to wait for another process that is at the same
LET_GO_WITHIN = 0.5  # seconds
_TRY_EVERY = 0.25  # seconds
_T = TypeVar("_T")

_now = func.clock_timestamp()  # and not the time at which the transaction began: it may have waited for a lock


class PostgresCoordination:
    """What the processes of a bot agree upon, in a database whose tables are there. One thread of its own talks to the database; where
    that gives no answer within `patience` seconds, calls raise StoreFault."""

    def __init__(self, database: Database, *, patience: float = PATIENCE) -> None:
        self._database, self._patience = database, patience
        self._engine = engine_of(database, patience=patience)
        self._workers = Workers(1, patience, between=lambda: None, pause=lambda: 3600.0, ended=self._engine.dispose)
        self._workers.start(lambda: None)

    async def turn(self, application_id: int, bucket: int) -> float:
        every = func.make_interval(0, 0, 0, 0, 0, 0, coordination.IDENTIFY_EVERY)
        row = insert_or(identify_turn).values(application_id=application_id, bucket=bucket, next_at=_now + every)
        taken = row.on_conflict_do_update(
            index_elements=identify_turn.primary_key,
            set_={"next_at": func.greatest(identify_turn.c.next_at, _now) + every},
        ).returning(extract("epoch", identify_turn.c.next_at - every - _now))
        return max(0.0, float(await self.run(lambda connection: connection.execute(taken).scalar_one())))

    @asynccontextmanager
    async def alone(self, application_id: int, what: str) -> AsyncIterator[None]:
        """By an advisory lock, which the server lets go where the process ends. Waits for ALONE_WITHIN seconds at most."""
        until = time.monotonic() + ALONE_WITHIN
        connection = await asyncio.to_thread(connect, self._database, patience=self._patience, autocommit=True)
        try:
            while not await asyncio.to_thread(_locks, self._database, connection, f"{application_id} {what}"):
                if time.monotonic() > until:
                    raise Unavailable(
                        self._database, f"has had another process at the {what} for too long.", "see what that process does."
                    )
                await asyncio.sleep(_TRY_EVERY)
            yield
        finally:
            await asyncio.to_thread(connection.close)

    async def run(self, act: Callable[[Connection], _T]) -> _T:
        """What something returns that is done in a transaction. Raises StoreFault."""

        def job() -> _T:
            with self._engine.begin() as connection:
                return act(connection)

        try:
            return await self._workers.do(job)
        except NoAnswer:
            raise Unavailable(
                self._database,
                f"gives no answer within {self._patience:g} s.",
                "see whether the server and the network are well.",
            ) from None
        except DBAPIError as error:
            raise fault(self._database, error) from error

    async def close(self) -> None:
        """Let go of the database. Where it does not answer, it is not waited for: leases run out by themselves."""
        await self._workers.end(LET_GO_WITHIN)


class PostgresLeases:
    """The shards of this process. `shard_count` is how many there should be: where processes of the application hold shards of another
    number, that number goes on, unless it `is_set` by hand (then StoreFault, until none does). `only` are shards that were fixed by
    hand. `steady` is a clock that never jumps."""

    def __init__(
        self,
        coordination: PostgresCoordination,
        application_id: int,
        shard_count: int,
        *,
        is_set: bool = False,
        only: frozenset[int] | None = None,
        lease: float = LEASE,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._coordination, self._application_id, self._steady = coordination, application_id, steady
        self._shard_count, self._is_set, self._only, self._lease = shard_count, is_set, only, lease
        self._id = secrets.token_hex(8)
        self._reached: float | None = -math.inf  # since when the database answers; None where it does not
        self._was_leaving = False

    async def beat(self, ready: frozenset[int], *, is_leaving: bool = False) -> Beat:
        try:
            beat = await self._coordination.run(lambda connection: self._beat(connection, ready, is_leaving))
        except BaseException:  # whoever waits may give up before the database does
            self._reached = None
            raise
        self._reached = self._steady() if self._reached is None else self._reached
        return beat

    async def leave(self) -> None:
        def gone(connection: Connection) -> None:
            connection.execute(delete(process).where(process.c.process_id == self._id))
            self._tell(connection)

        await self._coordination.run(gone)

    def _beat(self, connection: Connection, ready: frozenset[int], is_leaving: bool) -> Beat:
        is_new = self._renew(connection, is_leaving)
        if is_new:
            self._begin(connection)
        buried = self._bury(connection)
        me = Process(self._id, is_leaving, self._only is not None)
        confirmed = self._confirm(connection, ready)
        others, leases = self._processes(connection), self._leases(connection)
        planned = plan(me, others, leases, self._only)
        taken = self._take(connection, planned.free, planned.need) if planned.need else 0
        offered = self._offer(connection, planned.offers, leases)
        if is_new or buried or confirmed or taken or offered or is_leaving != self._was_leaving:
            self._tell(connection)
        self._was_leaving = is_leaving
        after = self._leases(connection) if taken else leases
        mine = frozenset(lease.shard_id for lease in after if lease.holder == self._id)
        claimed = frozenset(lease.shard_id for lease in after if lease.successor == self._id)
        awaited = (self._only or frozenset()) - mine - claimed
        return Beat(len(after), mine, claimed, awaited, heirs(me, others))

    def _renew(self, connection: Connection, is_leaving: bool) -> bool:
        """Give a sign of life. Returns whether this process was not known, or not any more."""
        alive = {"expires_at": _now + func.make_interval(0, 0, 0, 0, 0, 0, self._lease), "is_leaving": is_leaving}
        if connection.execute(update(process).where(process.c.process_id == self._id).values(alive)).rowcount:
            return False
        row = {"process_id": self._id, "application_id": self._application_id, "is_fixed": self._only is not None}
        connection.execute(insert(process).values(**row, **alive))
        return True

    def _begin(self, connection: Connection) -> None:
        """See that there is a row for each shard. Of several that begin at once, one does it. Raises StoreFault."""
        key = {"key": f"{self._application_id} shards"}
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)
        mine = shard.c.application_id == self._application_id
        counts = select(shard.c.shard_count, func.count(shard.c.holder)).where(mine).group_by(shard.c.shard_count)
        for count, held in connection.execute(counts).all():
            if count == self._shard_count:
                continue
            if held and self._is_set:
                raise StoreFault(
                    "shards",
                    f"there are to be {self._shard_count}, but other processes have {held} of {count}.",
                    "stop those first, or set the same number.",
                )
            if held:
                self._shard_count = count
            else:
                connection.execute(delete(shard).where(mine, shard.c.shard_count == count))
        rows = select(
            literal(self._application_id),
            func.generate_series(0, self._shard_count - 1),
            literal(self._shard_count),
            literal(False),
        )
        names = ["application_id", "shard_id", "shard_count", "is_offered"]
        connection.execute(insert_or(shard).from_select(names, rows).on_conflict_do_nothing())

    def _bury(self, connection: Connection) -> int:
        """Delete the others that seem to be dead; their shards are free with that. Returns how many they were."""
        if self._reached is None or self._steady() - self._reached < self._lease:
            return 0
        dead = (
            select(process.c.process_id)
            .where(
                process.c.application_id == self._application_id, process.c.process_id != self._id, process.c.expires_at < _now
            )
            .where(func.pg_postmaster_start_time() < _now - func.make_interval(0, 0, 0, 0, 0, 0, self._lease))
            .with_for_update(skip_locked=True)
        )
        return connection.execute(delete(process).where(process.c.process_id.in_(dead.scalar_subquery()))).rowcount

    def _confirm(self, connection: Connection, ready: frozenset[int]) -> int:
        """Have the shards for which this process is connected; who held them leaves them then."""
        if not ready:
            return 0
        mine = shard.c.application_id == self._application_id, shard.c.successor == self._id, shard.c.shard_id.in_(ready)
        return connection.execute(update(shard).where(*mine).values(holder=self._id, successor=None, is_offered=False)).rowcount

    def _processes(self, connection: Connection) -> list[Process]:
        every = select(process.c.process_id, process.c.is_leaving, process.c.is_fixed)
        return [Process(*row) for row in connection.execute(every.where(process.c.application_id == self._application_id))]

    def _leases(self, connection: Connection) -> list[Lease]:
        every = select(shard.c.shard_id, shard.c.holder, shard.c.successor, shard.c.is_offered)
        return [Lease(*row) for row in connection.execute(every.where(shard.c.application_id == self._application_id))]

    def _take(self, connection: Connection, free: tuple[int, ...], need: int) -> int:
        """Take so many of the shards, the first ones first, but none that another process is at, or has taken by now. Those that
        nobody has are this process's at once, of others it becomes the successor."""
        leaving = select(process.c.process_id).where(process.c.is_leaving).scalar_subquery()
        still = and_(
            shard.c.application_id == self._application_id,
            shard.c.shard_id.in_(free),
            shard.c.successor.is_(None),
            or_(shard.c.holder.is_(None), shard.c.is_offered, shard.c.holder.in_(leaving)),
        )
        locked = select(shard.c.shard_id, shard.c.holder).where(still).with_for_update(of=shard, skip_locked=True)
        ordered = sorted(connection.execute(locked).all(), key=lambda row: free.index(row.shard_id))[:need]
        for column, chosen in (
            ("holder", [row.shard_id for row in ordered if row.holder is None]),
            ("successor", [row.shard_id for row in ordered if row.holder is not None]),
        ):
            if chosen:
                where = shard.c.application_id == self._application_id, shard.c.shard_id.in_(chosen)
                connection.execute(update(shard).where(*where).values({column: self._id}))
        return len(ordered)

    def _offer(self, connection: Connection, offers: frozenset[int], leases: list[Lease]) -> int:
        """Offer these of this process's shards, and no others, as far as nobody took them up. Returns how many that changes."""
        changed = [
            lease.shard_id
            for lease in leases
            if lease.holder == self._id and lease.successor is None and lease.is_offered != (lease.shard_id in offers)
        ]
        if not changed:
            return 0
        mine = shard.c.application_id == self._application_id, shard.c.holder == self._id, shard.c.successor.is_(None)
        rows = update(shard).where(*mine, shard.c.shard_id.in_(changed)).values(is_offered=shard.c.shard_id.in_(offers))
        return connection.execute(rows).rowcount

    def _tell(self, connection: Connection) -> None:
        connection.execute(select(func.pg_notify(CHANNEL, str(self._application_id))))


def _locks(database: Database, connection: psycopg.Connection[Any], key: str) -> bool:
    """Whether the connection has a lock now, which it keeps to its end. Raises StoreFault."""
    try:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (key,)).fetchone()
    except psycopg.Error as error:
        raise fault(database, error) from error
    return row is not None and bool(row[0])
