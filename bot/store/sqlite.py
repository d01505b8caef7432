"""A store in an SQLite file, for what must outlive a restart: what a server's administrators set, which commands Discord has, and
whose question each answer answers.

No text of an answer comes here and none of a question as it was asked, only Discord's numbers. Who asked is kept for KEEP seconds
at most, and deleted on request (`forget`).

The one exception is what an administrator asked for: of questions that got no answer, what is left when all that could tell of
somebody was taken out (bot/curate/misses.py), with the day and a hash of the server. Their table keeps no order in which they
came, so that none can be laid beside the answer that was noted with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import astuple
from itertools import chain, count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bot.store.time_of_day import SLACK, TimeOfDay
from bot.store.values import (
    DAY,
    KEEP,
    MAX_MISSES,
    MAX_MISSES_OF_A_SERVER,
    PATIENCE,
    RESTART,
    GuildSettings,
    Miss,
    Overrides,
    StoreFault,
    last_day_gone,
    server_hash,
)

_T = TypeVar("_T")

_APPLICATION_ID = 0x56455242  # marks the file as this program's, https://www.sqlite.org/pragma.html#pragma_application_id
_ELSEWHERE = "name another folder as `state` in config.yaml"

# Step n brings schema n to n + 1. A step that was released is never changed: what follows becomes a step of its own.
_STEPS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE guild (
            guild_id INTEGER PRIMARY KEY,
            listen INTEGER CHECK (listen IN (0, 1)),
            ephemeral INTEGER CHECK (ephemeral IN (0, 1)),
            article TEXT,
            cooldown REAL
        )
        """,
        """
        CREATE TABLE channel (
            guild_id INTEGER NOT NULL REFERENCES guild ON DELETE CASCADE,
            channel_id INTEGER NOT NULL,
            listen INTEGER CHECK (listen IN (0, 1)),
            ephemeral INTEGER CHECK (ephemeral IN (0, 1)),
            article TEXT,
            cooldown REAL,
            PRIMARY KEY (guild_id, channel_id)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE commands (application_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL)",
        """
        CREATE TABLE answer (
            reply_id INTEGER PRIMARY KEY,
            asker_id INTEGER NOT NULL,
            guild_id INTEGER,
            at REAL NOT NULL
        )
        """,
        "CREATE INDEX answer_at ON answer (at)",
        "CREATE INDEX answer_asker ON answer (asker_id)",
        "CREATE INDEX answer_guild ON answer (guild_id)",
    ),
    (
        "ALTER TABLE guild ADD COLUMN threads INTEGER CHECK (threads IN (0, 1))",
        "ALTER TABLE channel ADD COLUMN threads INTEGER CHECK (threads IN (0, 1))",
    ),
    (
        "ALTER TABLE guild ADD COLUMN misses INTEGER CHECK (misses IN (0, 1))",
        "ALTER TABLE channel ADD COLUMN misses INTEGER CHECK (misses IN (0, 1))",
        # Of random bytes, from the operating system's by way of SQLite's generator.
        "CREATE TABLE secret (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL)",
        "INSERT INTO secret VALUES (1, randomblob(32))",
        # Ordered by what it holds, not by when that came.
        """
        CREATE TABLE miss (
            pack TEXT NOT NULL,
            text TEXT NOT NULL,
            verdict TEXT NOT NULL,
            day INTEGER NOT NULL,
            server TEXT NOT NULL,
            PRIMARY KEY (pack, text, verdict, day, server)
        ) WITHOUT ROWID
        """,
    ),
)
_SET = "listen, ephemeral, article, cooldown, threads, misses"
_KEY_BYTES = 32  # as the step makes it
_MISS = "pack, text, verdict, day, server"
_PORTION = 1000  # rows deleted at once: whatever their number, opening and the next call wait for no more
_PAUSE = 0.05  # seconds between two portions
_DELETE_EVERY = 600.0  # seconds
_FILE_FORMATS = (1, 2)  # https://www.sqlite.org/fileformat.html#file_format_version_numbers

# What is no damage of the file: it passes, or only who keeps the machine can mend it. https://www.sqlite.org/rescode.html
_OUTSIDE = frozenset(
    {
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY),
        *(sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH),
    }
)

_log = logging.getLogger(__name__)


class _Damaged(Exception):
    """The file is this program's, and cannot be read as it was written."""


class SqliteStore:
    """A store in one file, which several processes of one machine may share. Opening it waits: do it before the event loop runs.

    One thread of its own talks to SQLite, a call at a time. A disk that hangs holds up that thread alone: a call that gets no
    answer within `patience` seconds raises StoreFault, and so do later ones, at once, until the disk answers again. What such a
    call asked for may yet happen. Raises StoreFault for a file that cannot be used; it is then left as it is. One that is damaged
    is set aside under another name, and a new one begun.

    Durability is SQLite's WAL with synchronous=NORMAL (https://www.sqlite.org/pragma.html#pragma_synchronous): nothing is lost
    where the process is killed; a loss of power may take the last moments with it, but damages nothing.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        *,
        steady: Callable[[], float] = time.monotonic,
        keep: float = KEEP,
        patience: float = PATIENCE,
    ) -> None:
        self._path, self._clock, self._steady, self._keep, self._patience = path, clock, steady, keep, patience
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[sqlite3.Connection], Any]] | None] = SimpleQueue()
        self._stuck: Future[Any] | None = None
        self._closed = self._has_more = False
        opened: Future[None] = Future()
        # A daemon, so that a hanging disk does not keep the process from ending.
        self._thread = threading.Thread(target=self._work, args=(opened,), name="store", daemon=True)
        self._thread.start()
        try:
            opened.result(2 * patience)
        except TimeoutError:
            self._jobs.put(None)
            raise self._no_answer() from None

    async def settings(self, guild_id: int) -> GuildSettings:
        def read(connection: sqlite3.Connection) -> GuildSettings:
            with _transaction(connection, "DEFERRED"):
                own = self._overrides(connection, guild_id, None)
                rows = connection.execute(f"SELECT channel_id, {_SET} FROM channel WHERE guild_id = ?", (guild_id,))
                return GuildSettings(own, {row[0]: self._read(row[1:]) for row in rows})

        return await self._run(read)

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> Overrides:
        def write(connection: sqlite3.Connection) -> Overrides:
            with _transaction(connection):
                changed = step(self._overrides(connection, guild_id, channel_id))
                values = astuple(changed)
                connection.execute("INSERT OR IGNORE INTO guild (guild_id) VALUES (?)", (guild_id,))
                if channel_id is None:
                    connection.execute(
                        f"UPDATE guild SET ({_SET}) = (?, ?, ?, ?, ?, ?) WHERE guild_id = ?",
                        (*values, guild_id),
                    )
                elif changed == Overrides():
                    connection.execute("DELETE FROM channel WHERE guild_id = ? AND channel_id = ?", (guild_id, channel_id))
                else:
                    connection.execute(
                        f"INSERT OR REPLACE INTO channel (guild_id, channel_id, {_SET}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (guild_id, channel_id, *values),
                    )
            return changed

        return await self._run(write)

    async def synced_commands(self, application_id: int) -> str | None:
        def read(connection: sqlite3.Connection) -> str | None:
            row = connection.execute("SELECT sha256 FROM commands WHERE application_id = ?", (application_id,)).fetchone()
            return row[0] if row else None

        return await self._run(read)

    async def remember_commands(self, application_id: int, sha256: str) -> None:
        await self._write("INSERT OR REPLACE INTO commands VALUES (?, ?)", application_id, sha256)

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                self._drop_old(connection)
                values = (reply_id, asker_id, guild_id, self._time.now())
                connection.execute("INSERT OR REPLACE INTO answer (reply_id, asker_id, guild_id, at) VALUES (?, ?, ?, ?)", values)

        await self._run(write)

    async def asker_of(self, reply_id: int) -> int | None:
        def read(connection: sqlite3.Connection) -> int | None:
            kept = (reply_id, self._time.now() - self._keep)
            row = connection.execute("SELECT asker_id FROM answer WHERE reply_id = ? AND at > ?", kept).fetchone()
            return row[0] if row else None

        return await self._run(read)

    async def forget(self, user_id: int) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.execute("DELETE FROM answer WHERE asker_id = ?", (user_id,))
            _wipe(connection)

        await self._run(write)

    async def guilds(self, application_id: int) -> frozenset[int]:
        def read(connection: sqlite3.Connection) -> frozenset[int]:
            if connection.execute("SELECT 1 FROM commands WHERE application_id != ?", (application_id,)).fetchone():
                return frozenset()
            kept = "SELECT guild_id FROM guild UNION SELECT guild_id FROM answer WHERE guild_id IS NOT NULL"
            return frozenset(row[0] for row in connection.execute(kept))

        return await self._run(read)

    async def forget_guild(self, guild_id: int) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.execute("DELETE FROM guild WHERE guild_id = ?", (guild_id,))  # and its channels with it
                connection.execute("DELETE FROM answer WHERE guild_id = ?", (guild_id,))
                connection.execute("DELETE FROM miss WHERE server = ?", (self._server(connection, guild_id),))
            _wipe(connection)

        await self._run(write)

    async def keep_miss(self, guild_id: int, pack: str, text: str, verdict: str) -> None:
        def write(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                self._drop_old(connection)
                server = self._server(connection, guild_id)
                of_pack, of_server = connection.execute(
                    "SELECT count(*), count(*) FILTER (WHERE server = ?) FROM miss WHERE pack = ?", (server, pack)
                ).fetchone()
                if of_pack < MAX_MISSES and of_server < MAX_MISSES_OF_A_SERVER:
                    values = (pack, text, verdict, int(self._time.now() // DAY), server)
                    connection.execute("INSERT OR IGNORE INTO miss VALUES (?, ?, ?, ?, ?)", values)

        await self._run(write)

    async def misses(self, pack: str) -> tuple[Miss, ...]:
        def read(connection: sqlite3.Connection) -> tuple[Miss, ...]:
            kept = (pack, last_day_gone(self._time.now(), self._keep))
            try:
                found = connection.execute(f"SELECT {_MISS} FROM miss WHERE pack = ? AND day > ?", kept)
                return tuple(sorted(_miss_in(row) for row in found))
            except _Damaged as error:  # somebody else has written it
                raise self._damaged() from error

        return await self._run(read)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join, self._patience)

    # Opening

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except _Damaged:
            self._set_aside()
        try:
            return self._connected()
        except _Damaged as error:  # another process is at it, or the disk damages what is written
            raise self._damaged() from error

    def _connected(self) -> sqlite3.Connection:
        """A connection to the file, which is made where there is none. Raises _Damaged, StoreFault and sqlite3.Error."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite would create it too, but for everybody to read.
            with open(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600), "rb") as file:
                self._opened, header = os.fstat(file.fileno()), file.read(100)
        except OSError as error:
            raise StoreFault(
                self._path,
                f"cannot be written ({error.strerror}).",
                f"let the user that runs the bot write there, or {_ELSEWHERE}.",
            ) from error
        if header and not (len(header) == 100 and header[18] in _FILE_FORMATS):  # of which SQLite would say "read-only"
            raise _Damaged
        # SQLite's own wait for a lock ends first, since its fault says more.
        connection = sqlite3.connect(self._path, timeout=self._patience * 0.8, isolation_level=None)
        try:
            self._prepare(connection)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            connection.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUTSIDE:
                raise
            raise _Damaged from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make sure that the file is this program's, whole, and of a schema that it knows, before anything is written to it."""
        with _transaction(connection, "DEFERRED"):  # of one moment, since another process may be making the file
            owner, version = _number(connection, "PRAGMA application_id"), _number(connection, "PRAGMA user_version")
            tables = _number(connection, "SELECT count(*) FROM sqlite_master")
            columns = _columns(connection)
        if owner != _APPLICATION_ID and (owner or version or tables):
            if columns and columns == _columns_of(version):
                raise _Damaged  # it is ours, but for the mark
            raise StoreFault(self._path, "is another program's database.", f"{_ELSEWHERE}, or move the file away.")
        if version > len(_STEPS):
            raise StoreFault(
                self._path,
                f"was written by a newer version of Verbatim (schema {version}; this one knows {len(_STEPS)}).",
                f"update Verbatim, or {_ELSEWHERE}.",
            )
        if columns != _columns_of(version) or connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _Damaged
        _use_wal(connection, self._patience * 0.8)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        with _transaction(connection):
            try:
                # Read again: another process may have come first.
                for number in range(_number(connection, "PRAGMA user_version"), len(_STEPS)):
                    for statement in _STEPS[number]:
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {number + 1}")
                    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            except sqlite3.Error as error:
                raise self._fault(error) from error  # the file was whole: it is the step that fails, and the file stays
            _read_all(connection)
            [newest] = connection.execute(
                "SELECT max(at) FROM (SELECT max(at) AS at FROM answer UNION ALL SELECT max(day) * ? FROM miss)", (DAY,)
            ).fetchone()
            # Where the newest note or miss is of another time, the clock may be wrong now, or may have been then.
            doubted = newest is not None and not newest - SLACK <= self._clock() <= newest + self._keep
            self._time = TimeOfDay(self._clock, self._steady, doubted=doubted)
            self._drop_old(connection)
        # Not before, since a step may have to rebuild a table that others refer to.
        connection.execute("PRAGMA foreign_keys = ON")

    def _set_aside(self) -> None:
        """Move the damaged file away, with what SQLite keeps beside it, unless another process has done so."""
        name = f"{self._path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        name = next(n for n in chain([name], (f"{name}-{i}" for i in count(2))) if not self._path.with_name(n).exists())
        try:
            if not os.path.samestat(self._opened, self._path.stat()):
                return
            for suffix in ("", "-wal", "-shm"):
                with suppress(FileNotFoundError):
                    self._path.with_name(self._path.name + suffix).rename(self._path.with_name(name + suffix))
        except OSError as error:
            raise self._damaged() from error
        _log.error(
            "%s was damaged; it is now %s, and a new one is begun. Lost with it is what administrators have set with /verbatim, "
            "which holds again when they set it again, who asked for the answers so far, which only moderators can take away "
            "now, and the questions that were kept for the curator. The file may still hold all that: delete it when you have "
            "seen what damaged it.",
            self._path,
            name,
        )

    # The thread

    def _work(self, opened: Future[None]) -> None:
        try:
            connection = self._open()
        except sqlite3.Error as error:
            opened.set_exception(self._fault(error))
            return
        except BaseException as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        with closing(connection):
            while True:
                try:
                    job = self._jobs.get(timeout=_PAUSE if self._has_more else _DELETE_EVERY)
                except Empty:
                    self._delete_more(connection)
                    continue
                if job is None:
                    return
                future, act = job
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    future.set_result(act(connection))
                except BaseException as error:
                    future.set_exception(error)

    async def _run(self, act: Callable[[sqlite3.Connection], _T]) -> _T:
        if self._closed:
            raise StoreFault(self._path, "is closed.", RESTART)
        if self._stuck is not None and not self._stuck.done():
            raise self._no_answer()
        future: Future[_T] = Future()
        self._jobs.put((future, act))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._patience)
        except TimeoutError:
            if not future.cancel():
                self._stuck = future
            raise self._no_answer() from None
        except sqlite3.Error as error:
            raise self._fault(error) from error
        except UnicodeError as error:  # sqlite3's, for an error of SQLite that names what is no UTF-8
            raise self._damaged() from error

    async def _write(self, statement: str, *values: object) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        await self._run(write)

    def _drop_old(self, connection: sqlite3.Connection) -> None:
        """Delete what is too old, up to a portion; what a clock that was wrong has dated too late counts from now."""
        if self._time.is_doubted():
            return
        now = self._time.now()
        notes = "reply_id IN (SELECT reply_id FROM answer WHERE at {} ? LIMIT ?)"
        misses = f"({_MISS}) IN (SELECT {_MISS} FROM miss WHERE day {{}} ? LIMIT ?)"
        steps: tuple[tuple[str, tuple[float, ...]], ...] = (
            (f"UPDATE answer SET at = ? WHERE {notes.format('>')}", (now, now + SLACK)),
            (f"DELETE FROM answer WHERE {notes.format('<=')}", (now - self._keep,)),
            (f"UPDATE OR REPLACE miss SET day = ? WHERE {misses.format('>')}", (int(now // DAY), int((now + SLACK) // DAY))),
            (f"DELETE FROM miss WHERE {misses.format('<=')}", (last_day_gone(now, self._keep),)),
        )
        self._has_more = _PORTION in [connection.execute(step, (*values, _PORTION)).rowcount for step, values in steps]

    def _delete_more(self, connection: sqlite3.Connection) -> None:
        """Delete what is too old while nothing else is to be done; another time where the file is held."""
        self._has_more = False
        try:
            connection.execute("PRAGMA busy_timeout = 0")
            with _transaction(connection):
                self._drop_old(connection)
        except sqlite3.Error:
            pass  # who calls next is told
        finally:
            connection.execute(f"PRAGMA busy_timeout = {round(self._patience * 800)}")

    def _server(self, connection: sqlite3.Connection, guild_id: int) -> str:
        try:
            return server_hash(_key(connection), guild_id)
        except _Damaged as error:  # somebody else has changed it
            raise self._damaged() from error

    def _overrides(self, connection: sqlite3.Connection, guild_id: int, channel_id: int | None) -> Overrides:
        if channel_id is None:
            found = connection.execute(f"SELECT {_SET} FROM guild WHERE guild_id = ?", (guild_id,))
        else:
            found = connection.execute(
                f"SELECT {_SET} FROM channel WHERE guild_id = ? AND channel_id = ?", (guild_id, channel_id)
            )
        row = found.fetchone()
        return self._read(row) if row else Overrides()

    def _read(self, row: tuple[Any, ...]) -> Overrides:
        try:
            return _overrides_in(row)
        except _Damaged as error:  # somebody else has written it
            raise self._damaged() from error

    # Faults

    def _no_answer(self) -> StoreFault:
        return StoreFault(self._path, f"gives no answer within {self._patience:g} s.", "see whether its disk is still there.")

    def _damaged(self) -> StoreFault:
        return StoreFault(self._path, "is damaged.", "restart the bot, which sets it aside and begins a new one.")

    def _fault(self, error: sqlite3.Error) -> StoreFault:
        """SQLite's error in words; the codes are at https://www.sqlite.org/rescode.html."""
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return self._damaged()
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                fix = f"let the user that runs the bot write the file and its folder, or {_ELSEWHERE}."
                return StoreFault(self._path, "cannot be written.", fix)
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return StoreFault(self._path, "is held by another program.", "end that program, or let it finish.")
            case sqlite3.SQLITE_FULL:
                return StoreFault(self._path, "cannot grow, since the disk is full.", "make room on the disk.")
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return StoreFault(self._path, f"cannot be used ({name}).", "see whether its disk is sound and the file in its place.")


@contextmanager
def _transaction(connection: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """All or nothing. IMMEDIATE takes the lock before anything is read, so that what is written rests on what was read."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """The tables of a file with the names and types of their columns."""
    return connection.execute(
        "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, 2"
    ).fetchall()


def _columns_of(version: int) -> list[tuple[str, str, str]]:
    """Those that a file of a schema must have."""
    with closing(sqlite3.connect(":memory:")) as made:
        for step in _STEPS[: max(version, 0)]:
            for statement in step:
                made.execute(statement)
        return _columns(made)


def _read_all(connection: sqlite3.Connection) -> None:
    """Raise _Damaged where a row holds what is never written, or the secret is gone: SQLite keeps a value of another type than its
    column's, and text that is no UTF-8."""
    for table, name, kind in _columns(connection):
        if kind in ("INTEGER", "REAL") and connection.execute(f"SELECT 1 FROM {table} WHERE {name} >= '' LIMIT 1").fetchone():
            raise _Damaged  # texts and bytes come after all numbers, so where there is an index no row is read
    for table in ("guild", "channel"):
        for row in connection.execute(f"SELECT DISTINCT {_SET} FROM {table}"):
            _overrides_in(row)
    for (sha256,) in connection.execute("SELECT sha256 FROM commands"):
        if not isinstance(sha256, str):
            raise _Damaged
    for row in connection.execute(f"SELECT {_MISS} FROM miss"):
        _miss_in(row)
    _key(connection)


def _overrides_in(row: tuple[Any, ...]) -> Overrides:
    listen, ephemeral, article, cooldown, threads, misses = row
    if not isinstance(article, str | None):
        raise _Damaged
    try:
        return Overrides(_switch(listen), _switch(ephemeral), article, cooldown, _switch(threads), _switch(misses))
    except (TypeError, ValueError) as error:
        raise _Damaged from error


def _miss_in(row: tuple[Any, ...]) -> Miss:
    pack, text, verdict, day, server = row
    if not (isinstance(day, int) and all(isinstance(value, str) for value in (pack, text, verdict, server))):
        raise _Damaged
    return Miss(pack, text, verdict, day, server)


def _key(connection: sqlite3.Connection) -> bytes:
    """That under which servers are hashed."""
    match connection.execute("SELECT key FROM secret").fetchall():
        case [(bytes(key),)] if len(key) == _KEY_BYTES:
            return key
    raise _Damaged


def _switch(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Readers and a writer at once. Of two processes that switch a new file together, SQLite refuses one without waiting."""
    until = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _wipe(connection: sqlite3.Connection) -> None:
    """Take what was deleted out of the log too, as far as no other process is reading it."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
