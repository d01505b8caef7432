"""Everything that is asked of an SQL database, once for every kind of it.

No text of an answer comes here and none of a question as it was asked, only Discord's numbers, and for a person only a keyed hash of
theirs (persons.py). Who asked is kept for KEEP seconds at most, and deleted on request (`forget`).

The one exception is what an administrator asked for: of questions that got no answer, what is left when all that could tell of
somebody was taken out (bot/curate/misses.py), with the day and a hash of the server.
"""

from __future__ import annotations

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import astuple, fields
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    Table,
    cast,
    delete,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.exc import DBAPIError

from bot.store.columns import ID
from bot.store.persons import PersonKey
from bot.store.tables import answer, channel, commands, guild, miss, person_key, server_key
from bot.store.time_of_day import SLACK, TimeOfDay
from bot.store.values import (
    DAY,
    KEEP,
    MAX_MISSES,
    MAX_MISSES_OF_A_SERVER,
    PATIENCE,
    RESTART,
    SHARD_BITS,
    GuildSettings,
    Kept,
    Miss,
    Overrides,
    Share,
    StoreFault,
    last_day_gone,
    server_hash,
)
from bot.store.workers import NoAnswer, Workers

READING = "reading"  # the option of a connection on which nothing is written
_T = TypeVar("_T")

_SET = tuple(field.name for field in fields(Overrides))
_MISS = tuple(field.name for field in fields(Miss))
_KEY_BYTES = 32  # of every secret
_PORTION = 1000  # rows deleted at once: whatever their number, opening and the next call wait for no more
_PAUSE = 0.05  # seconds between two portions
_DELETE_EVERY = 600.0  # seconds
_TRIES = 3  # of a transaction that another one was in the way of
_MAKE_WAY = 0.05  # seconds before it is tried again, in which the other goes on: at once, it might be in the way again
_NOTES_BETWEEN = 60.0  # seconds in which notes delete nothing more after one that found no more to delete


class Damaged(Exception):
    """What is kept cannot be read as it was written."""


class SqlStore(ABC):
    """A store in an SQL database, which several processes may share. Opening it waits: do it before the event loop runs.

    Threads of its own talk to the database, each in a transaction for each call. A disk or a network that hangs holds up those
    alone: a call that gets no answer within `patience` seconds raises StoreFault, and where all of them hang so do later calls, at
    once, until one goes on. What such a call asked for may yet happen. `pepper` is mixed into the keys under which persons are
    hashed; with another one, who asked before is not known.
    """

    is_makeshift = False

    def __init__(
        self,
        where: object,
        clock: Callable[[], float] = time.time,
        *,
        steady: Callable[[], float] = time.monotonic,
        keep: float = KEEP,
        patience: float = PATIENCE,
        pepper: str = "",
        threads: int = 1,
    ) -> None:
        self._where, self._clock, self._steady, self._keep, self._patience = where, clock, steady, keep, patience
        self._pepper = pepper
        self._engine: Engine | None = None
        self._closed = self._has_more = False
        self._looked = float("-inf")  # when a note last found nothing more to delete, by the steady clock
        self._workers = Workers(
            threads,
            patience,
            between=self._delete_more,
            pause=lambda: _PAUSE if self._has_more else _DELETE_EVERY,
            ended=self._dispose,
        )
        try:
            self._workers.start(self._open)
        except NoAnswer:
            raise self._no_answer() from None

    # What an engine adds

    @staticmethod
    @abstractmethod
    def _insert(table: Table) -> Any:
        """The engine's own INSERT, which can say what is done where the row is there."""

    @abstractmethod
    def _open(self) -> None:
        """Set `_engine` to one that holds the newest schema, and call `_begin`. Raises StoreFault."""

    @abstractmethod
    def _fault(self, error: DBAPIError) -> StoreFault:
        """The database's error in words, without what is stored."""

    @abstractmethod
    def _is_deadlock(self, error: DBAPIError) -> bool:
        """Whether a transaction was given up, undone, so that others could go on."""

    @abstractmethod
    def _damaged(self) -> StoreFault:
        """The fault where what is read was never written."""

    @abstractmethod
    def _no_answer(self) -> StoreFault:
        """The fault where patience ends."""

    @abstractmethod
    def _tell(self, connection: Connection, guild_id: int) -> None:
        """Have other processes know, when the transaction is done, that a server's settings changed."""

    @abstractmethod
    def _wipe(self) -> None:
        """Take what was deleted out of what the database keeps beside its tables, as far as it lets one."""

    @abstractmethod
    def _take_time(self, connection: Connection, *, reading: bool) -> None:
        """Let a transaction that has just begun take any time; one that only reads is to see one moment."""

    @abstractmethod
    def _unhurried(self) -> AbstractContextManager[None]:
        """Within it no transaction of this thread waits for another."""

    # The protocol

    async def settings(self, guild_id: int) -> GuildSettings:
        own = select(cast(null(), ID), *settings_of(guild)).where(guild.c.guild_id == guild_id)
        of_channels = select(channel.c.channel_id, *settings_of(channel)).where(channel.c.guild_id == guild_id)
        both = union_all(own, of_channels)  # one statement, so one moment

        def read(connection: Connection) -> GuildSettings:
            levels = {row[0]: overrides_in(row[1:]) for row in connection.execute(both)}
            return GuildSettings(levels.pop(None, Overrides()), levels)

        return await self._run(read, reading=True)

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> Overrides:
        def write(connection: Connection) -> Overrides:
            # Also where it is there: that locks the row, so that what is written rests on what was read.
            self._put(connection, guild, guild_id=guild_id)
            if channel_id is None:
                table, its = guild, {"guild_id": guild_id}
            else:
                table, its = channel, {"guild_id": guild_id, "channel_id": channel_id}
            this = [table.c[name] == value for name, value in its.items()]
            row = connection.execute(select(*settings_of(table)).where(*this)).one_or_none()
            changed = step(overrides_in(row) if row else Overrides())
            if channel_id is not None and changed == Overrides():
                connection.execute(delete(channel).where(*this))
            else:
                self._put(connection, table, **its, **dict(zip(_SET, astuple(changed), strict=True)))
            self._tell(connection, guild_id)
            return changed

        return await self._run(write)

    async def synced_commands(self, application_id: int) -> str | None:
        def read(connection: Connection) -> str | None:
            found = select(commands.c.sha256).where(commands.c.application_id == application_id)
            return connection.execute(found).scalar()

        return await self._run(read, reading=True)

    async def remember_commands(self, application_id: int, sha256: str) -> None:
        def write(connection: Connection) -> None:
            self._put(connection, commands, application_id=application_id, sha256=sha256)

        await self._run(write)

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        def write(connection: Connection) -> None:
            if self._has_more or self._steady() - self._looked >= _NOTES_BETWEEN:
                self._drop_old(connection)
            key = self._key_of_now(connection)
            row = {"key": key.number, "asker": key.hash_of(asker_id), "guild_id": guild_id, "at": self._time.now()}
            self._put(connection, answer, reply_id=reply_id, **row)

        await self._run(write)

    async def is_asker(self, reply_id: int, user_id: int) -> bool | None:
        def read(connection: Connection) -> bool | None:
            known = answer.c.reply_id == reply_id, answer.c.at > self._time.now() - self._keep
            row = connection.execute(select(answer.c.key, answer.c.asker).where(*known)).one_or_none()
            key = next((key for key in self._keys(connection) if row and key.number == row.key), None)
            return None if row is None or key is None else bool(row.asker == key.hash_of(user_id))

        return await self._run(read, reading=True)

    async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
        def read(connection: Connection) -> tuple[Kept, ...]:
            found = (
                select(answer.c.reply_id, answer.c.guild_id, answer.c.at)
                .where(self._is_theirs(connection, answer.c.asker, user_id), answer.c.at > self._time.now() - self._keep)
                .order_by(answer.c.reply_id)
            )
            return tuple(Kept(*row) for row in connection.execute(found))

        return await self._run(read, reading=True)

    async def forget(self, user_id: int) -> None:
        def write(connection: Connection) -> None:
            self._forget(connection, user_id)

        await self._run(write, wipe=True)

    async def guilds(self, application_id: int, share: Share | None = None) -> frozenset[int]:
        others = select(commands.c.application_id).where(commands.c.application_id != application_id).limit(1)
        kept = union(
            select(guild.c.guild_id).where(_is_of(share, guild.c.guild_id)),
            select(answer.c.guild_id).where(answer.c.guild_id.is_not(None), _is_of(share, answer.c.guild_id)),
        )

        def read(connection: Connection) -> frozenset[int]:
            if connection.execute(others).first():
                return frozenset()
            return frozenset(connection.execute(kept).scalars())

        return await self._run(read, reading=True)

    async def forget_guild(self, guild_id: int) -> None:
        def write(connection: Connection) -> None:
            connection.execute(delete(guild).where(guild.c.guild_id == guild_id))  # and its channels with it
            connection.execute(delete(answer).where(answer.c.guild_id == guild_id))
            connection.execute(delete(miss).where(miss.c.server == server_hash(_server_secret(connection), guild_id)))
            self._tell(connection, guild_id)

        await self._run(write, wipe=True)

    async def keep_miss(self, guild_id: int, pack: str, text: str, verdict: str) -> None:
        def write(connection: Connection) -> None:
            self._drop_old(connection)
            # Locked, so that of two that come at once the second counts the first.
            server = server_hash(_server_secret(connection, lock=True), guild_id)
            here = func.count().filter(miss.c.server == server)
            of_pack, of_server = connection.execute(select(func.count(), here).where(miss.c.pack == pack)).one()
            if of_pack < MAX_MISSES and of_server < MAX_MISSES_OF_A_SERVER:
                self._put(connection, miss, **_values(Miss(pack, text, verdict, int(self._time.now() // DAY), server)))

        await self._run(write)

    async def misses(self, pack: str) -> tuple[Miss, ...]:
        def read(connection: Connection) -> tuple[Miss, ...]:
            kept = miss.c.pack == pack, miss.c.day > last_day_gone(self._time.now(), self._keep)
            return tuple(sorted(miss_in(row) for row in connection.execute(select(*_columns(miss)).where(*kept))))

        return await self._run(read, reading=True)

    async def close(self) -> None:
        self._closed = True
        await self._workers.end()

    # Behind it

    async def as_a_whole(self, act: Callable[[Connection], _T], *, reading: bool = False) -> _T:
        """Do what takes all that is kept, in one transaction of any length, which sees one moment where it only reads. Raises
        StoreFault, and what `act` raises, which changes nothing."""

        def whole(connection: Connection) -> _T:
            self._take_time(connection, reading=reading)
            return act(connection)

        return await self._run(whole, reading=reading, unhurried=True)

    def _begin(self, connection: Connection) -> None:
        """What is done first on a database of the newest schema."""
        newest = connection.execute(select(func.max(answer.c.at)).union_all(select(func.max(miss.c.day) * DAY))).scalars()
        # Where the newest note or miss is of another time, the clock may be wrong now, or may have been then.
        last = max((at for at in newest if at is not None), default=None)
        doubted = last is not None and not last - SLACK <= self._clock() <= last + self._keep
        self._time = TimeOfDay(self._clock, self._steady, doubted=doubted)
        self._drop_old(connection)

    async def _run(
        self,
        act: Callable[[Connection], _T],
        *,
        reading: bool = False,
        wipe: bool = False,
        unhurried: bool = False,
    ) -> _T:
        if self._closed:
            raise StoreFault(self._where, "is closed.", RESTART)

        def job() -> _T:
            for again in range(_TRIES - 1, -1, -1):
                try:
                    result = self._transacted(act, reading=reading)
                    break
                except DBAPIError as error:
                    if not (again and self._is_deadlock(error)):
                        raise
                    time.sleep(_MAKE_WAY)
            if wipe:
                self._wipe()
            return result

        try:
            return await self._workers.do(job, unhurried=unhurried)
        except NoAnswer:
            raise self._no_answer() from None
        except DBAPIError as error:
            raise self._fault(error) from error
        except (Damaged, UnicodeError) as error:  # somebody else has written it, or SQLite names what is no UTF-8
            raise self._damaged() from error

    def _transacted(self, act: Callable[[Connection], _T], *, reading: bool) -> _T:
        assert self._engine is not None
        with self._engine.connect().execution_options(**{READING: reading}) as connection, connection.begin():
            return act(connection)

    def _put(self, connection: Connection, table: Table, **values: Any) -> None:
        """Write a row, over the one with the same primary key."""
        statement = self._insert(table).values(values)
        over = {name: statement.excluded[name] for name in values}
        connection.execute(statement.on_conflict_do_update(index_elements=_columns(table), set_=over))

    def _dispose(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    def _drop_old(self, connection: Connection) -> None:
        """Delete what is too old, up to a portion; what a clock that was wrong has dated too late counts from now."""
        if self._time.is_doubted():
            return
        now = self._time.now()
        today = int(now // DAY)
        late = connection.execute(
            update(answer).where(answer.c.reply_id.in_(portion_of(answer, answer.c.at > now + SLACK))).values(at=now)
        ).rowcount
        old = connection.execute(
            delete(answer).where(answer.c.reply_id.in_(portion_of(answer, answer.c.at <= now - self._keep)))
        ).rowcount
        wrong = connection.execute(portion_of(miss, miss.c.day > (now + SLACK) // DAY)).all()
        for row in wrong:
            connection.execute(delete(miss).where(tuple_(*_columns(miss)) == tuple_(*row)))
            self._put(connection, miss, **{**row._asdict(), "day": today})
        key = tuple_(*_columns(miss))
        gone = connection.execute(
            delete(miss).where(key.in_(portion_of(miss, miss.c.day <= last_day_gone(now, self._keep))))
        ).rowcount
        # The last note under a key is made `keep` seconds after it, and kept as long again.
        connection.execute(update(person_key).where(person_key.c.at > now + SLACK).values(at=now))
        connection.execute(delete(person_key).where(person_key.c.at <= now - 2 * self._keep))
        self._has_more = _PORTION in (late, old, len(wrong), gone)
        self._looked = self._steady()

    def _delete_more(self) -> None:
        """Delete what is too old between two calls; another time where that must wait."""
        self._has_more = False
        with suppress(DBAPIError, StoreFault), self._unhurried():  # who calls next is told
            self._transacted(self._drop_old, reading=False)

    # Persons

    def _keys(self, connection: Connection) -> list[PersonKey]:
        """The keys of this pepper, the newest first."""
        found = []
        for row in connection.execute(select(person_key).order_by(person_key.c.at.desc(), person_key.c.number.desc())):
            key = PersonKey.of(row.number, row.at, _secret(row.secret), self._pepper)
            if key.is_marked(row.mark):
                found.append(key)
        return found

    def _forget(self, connection: Connection, user_id: int) -> None:
        """Delete every row about a user."""
        connection.execute(delete(answer).where(self._is_theirs(connection, answer.c.asker, user_id)))

    def _is_theirs(self, connection: Connection, asker: Column[bytes], user_id: int) -> ColumnElement[bool]:
        """Whether a column holds the hash of a user, under whichever key."""
        return asker.in_([key.hash_of(user_id) for key in self._keys(connection)])

    def _key_of_now(self, connection: Connection) -> PersonKey:
        """The newest key, or a new one where that has been used for long enough."""
        for lock in (False, True):
            if lock:
                _server_secret(connection, lock=True)  # of two processes, one makes it
            keys = self._keys(connection)
            if keys and keys[0].at > self._time.now() - self._keep:
                return keys[0]
        number = (connection.execute(select(func.max(person_key.c.number))).scalar() or 0) + 1
        secret = secrets.token_bytes(_KEY_BYTES)
        key = PersonKey.of(number, self._time.now(), secret, self._pepper)
        self._put(connection, person_key, number=number, secret=secret, mark=key.mark, at=key.at)
        return key


def overrides_in(row: Sequence[Any]) -> Overrides:
    """What a row says of a level. Raises Damaged."""
    values = dict(zip(_SET, row, strict=True))
    if not isinstance(values["article"], str | None):
        raise Damaged
    for name in ("listen", "ephemeral", "threads", "misses"):
        if values[name] not in (None, 0, 1):
            raise Damaged
        values[name] = None if values[name] is None else bool(values[name])
    try:
        return Overrides(**values)
    except (TypeError, ValueError) as error:
        raise Damaged from error


def miss_in(row: Sequence[Any]) -> Miss:
    """What a row says of a miss. Raises Damaged."""
    pack, text, verdict, day, server = row
    if not (isinstance(day, int) and all(isinstance(value, str) for value in (pack, text, verdict, server))):
        raise Damaged
    return Miss(pack, text, verdict, day, server)


def check_keys(connection: Connection) -> None:
    """Raise Damaged where a key is none, or that of the servers is gone."""
    _server_secret(connection)
    for row in connection.execute(select(person_key.c.secret, person_key.c.mark)):
        _secret(row.secret)
        if not isinstance(row.mark, bytes):
            raise Damaged


def _server_secret(connection: Connection, *, lock: bool = False) -> bytes:
    """That under which servers are hashed."""
    found = select(server_key.c.secret)
    rows = connection.execute(found.with_for_update() if lock else found).all()
    if len(rows) != 1:
        raise Damaged
    return _secret(rows[0].secret)


def _secret(value: Any) -> bytes:
    if not isinstance(value, bytes) or len(value) != _KEY_BYTES:
        raise Damaged
    return value


def settings_of(table: Table) -> list[Column[Any]]:
    """The columns that say what is set."""
    return [table.c[name] for name in _SET]


def _is_of(share: Share | None, guild_id: Column[Any]) -> ColumnElement[bool]:
    """Share.has of a column."""
    if share is None:
        return true()
    bits = literal(SHARD_BITS, Integer)  # PostgreSQL shifts by no BIGINT
    return (guild_id.bitwise_rshift(bits) % share.shard_count).in_(sorted(share.shard_ids))


def _columns(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)


def _values(value: Miss) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _MISS}


def portion_of(table: Table, *which: ColumnElement[bool]) -> Select[Any]:
    """The primary keys of a portion of the rows, without those that another process is at."""
    return select(*_columns(table)).where(*which).limit(_PORTION).with_for_update(skip_locked=True)
