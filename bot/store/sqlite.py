"""A store in an SQLite file: whose the file is, whether it is whole, and what is done where it is not."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, Table, create_engine, event, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from bot.store.migrations import Newer, revision_of, upgrade
from bot.store.sql import READING, Damaged, SqlStore, check_keys, miss_in, overrides_in, settings_of
from bot.store.tables import REVISION, channel, commands, guild, metadata, miss
from bot.store.values import KEEP, PATIENCE, StoreFault

_APPLICATION_ID = 0x56455242  # marks the file as this program's, https://www.sqlite.org/pragma.html#pragma_application_id
_UNRELEASED = (1, 2, 3)  # what `user_version` was before there was a table for it
_ELSEWHERE = "name another folder as `state` in config.yaml"
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


class SqliteStore(SqlStore):
    """A store in one file, which several processes of one machine may share. One thread talks to it.

    Raises StoreFault for a file that cannot be used; it is then left as it is. One that is damaged is set aside under another name,
    and a new one begun, unless `begin_anew` is false.

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
        pepper: str = "",
        begin_anew: bool = True,
    ) -> None:
        self._path, self._begin_anew = path, begin_anew
        super().__init__(path, clock, steady=steady, keep=keep, patience=patience, pepper=pepper)

    # Opening

    def _open(self) -> None:
        try:
            try:
                self._connect()
            except Damaged:
                if not self._begin_anew:
                    raise
                self._set_aside()
                self._connect()
        except Damaged as error:  # another process is at it, or the disk damages what is written
            raise self._damaged() from error
        except (DBAPIError, sqlite3.Error) as error:
            raise self._words(error) from error

    def _connect(self) -> None:
        """Connect to the file, which is made where there is none. Raises Damaged, StoreFault, DBAPIError and sqlite3.Error."""
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
            raise Damaged
        # SQLite's own wait for a lock ends first, since its fault says more.
        file_ = sqlite3.connect(self._path, timeout=self._patience * 0.8, isolation_level=None)
        try:
            self._prepare(file_)
        except (DBAPIError, sqlite3.Error, UnicodeError, OverflowError) as error:
            file_.close()
            if _code(error) in _OUTSIDE:
                raise
            raise Damaged from error
        except BaseException:
            file_.close()
            raise
        self._file = file_

    def _prepare(self, file: sqlite3.Connection) -> None:
        """Make sure that the file is this program's, whole, and of a schema that it knows, before anything is written to it."""
        engine = _engine(file)
        with engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
            self._check(connection)  # of one moment, since another process may be making the file
        _use_wal(file, self._patience * 0.8)
        file.execute("PRAGMA synchronous = NORMAL")
        file.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
        with engine.begin() as connection:
            try:
                upgrade(connection, revision_of(connection))  # read again: another process may have come first
                connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
            except DBAPIError as error:
                raise self._fault(error) from error  # the file was whole: it is the step that fails, and the file stays
            _read_all(connection)
            self._begin(connection)
        # Not before, since a step may have to rebuild a table that others refer to.
        file.execute("PRAGMA foreign_keys = ON")
        self._engine = engine

    def _check(self, connection: Connection) -> None:
        owner, old = _number(connection, "PRAGMA application_id"), _number(connection, "PRAGMA user_version")
        holds, columns = _number(connection, "SELECT count(*) FROM sqlite_master"), _columns_in(connection)
        revision: str | Newer | None = None
        with suppress(ValueError):
            try:
                revision = revision_of(connection)
            except Newer as newer:
                revision = newer
        whole = columns == ([] if isinstance(revision, Newer) else _columns_of(revision))
        if owner != _APPLICATION_ID and (owner or old or holds):
            if columns and whole:
                raise Damaged  # it is ours, but for the mark
            raise StoreFault(self._path, "is another program's database.", f"{_ELSEWHERE}, or move the file away.")
        if isinstance(revision, Newer):
            raise StoreFault(self._path, str(revision), f"update Verbatim, or {_ELSEWHERE}.")
        if holds and revision is None and old in _UNRELEASED:
            raise StoreFault(
                self._path, f"is of a version before the first release (schema {old}).", f"delete it, or {_ELSEWHERE}."
            )
        if not whole or connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise Damaged

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

    # What the file adds to the queries

    @staticmethod
    def _insert(table: Table) -> Any:
        return insert(table)

    def _tell(self, connection: Connection, guild_id: int) -> None:
        """Nothing: a file has one bot, which knows what it changes."""

    def _wipe(self) -> None:
        """Take what was deleted out of the log too, as far as no other process is reading it."""
        try:
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise self._words(error) from error

    def _take_time(self, connection: Connection, *, reading: bool) -> None:
        """Nothing: every transaction may take any time, and sees one moment."""

    @contextmanager
    def _unhurried(self) -> Iterator[None]:
        self._file.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self._file.execute(f"PRAGMA busy_timeout = {round(self._patience * 800)}")

    # Faults

    def _no_answer(self) -> StoreFault:
        return StoreFault(self._path, f"gives no answer within {self._patience:g} s.", "see whether its disk is still there.")

    def _damaged(self) -> StoreFault:
        return StoreFault(self._path, "is damaged.", "restart the bot, which sets it aside and begins a new one.")

    def _is_deadlock(self, error: DBAPIError) -> bool:
        return False  # the lock is taken first

    def _fault(self, error: DBAPIError) -> StoreFault:
        return self._words(error)

    def _words(self, error: BaseException) -> StoreFault:
        """SQLite's error in words; the codes are at https://www.sqlite.org/rescode.html."""
        match _code(error):
            case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
                return self._damaged()
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                fix = f"let the user that runs the bot write the file and its folder, or {_ELSEWHERE}."
                return StoreFault(self._path, "cannot be written.", fix)
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return StoreFault(self._path, "is held by another program.", "end that program, or let it finish.")
            case sqlite3.SQLITE_FULL:
                return StoreFault(self._path, "cannot grow, since the disk is full.", "make room on the disk.")
        name = getattr(_raised(error), "sqlite_errorname", type(_raised(error)).__name__)
        return StoreFault(self._path, f"cannot be used ({name}).", "see whether its disk is sound and the file in its place.")


def _engine(file: sqlite3.Connection) -> Engine:
    """An engine with one connection, in whose transactions what is written rests on what was read: the lock is taken first."""
    engine = create_engine("sqlite://", creator=lambda: file, poolclass=StaticPool, hide_parameters=True)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(READING) else "BEGIN IMMEDIATE")

    event.listen(engine, "begin", begin)
    return engine


def _raised(error: BaseException) -> BaseException:
    """The driver's error."""
    return error.orig or error if isinstance(error, DBAPIError) else error


def _code(error: BaseException) -> int:
    """SQLite's primary result code; 0 where it is another error."""
    return int(getattr(_raised(error), "sqlite_errorcode", 0)) & 0xFF


def _columns_in(connection: Connection) -> list[tuple[str, str, str]]:
    """The tables of a file with the names and types of their columns."""
    query = "SELECT t.name, c.name, c.type FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1, 2"
    return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query)]


def _columns_of(revision: str | None) -> list[tuple[str, str, str]]:
    """Those that a file of a revision must have."""
    if revision is None:
        return []
    engine = create_engine("sqlite://")
    with engine.begin() as made:
        if revision == REVISION:
            metadata.create_all(made)
        else:
            upgrade(made, None, revision)
        columns = _columns_in(made)
    engine.dispose()
    return columns


def _read_all(connection: Connection) -> None:
    """Raise Damaged where a row holds what is never written, or a key is gone: SQLite keeps a value of another type than its
    column's, and text that is no UTF-8."""
    for table, name, kind in _columns_in(connection):
        # Numbers come before all texts, and those before all bytes, so where there is an index no row is read.
        wrong = {"INTEGER": ">= ''", "DOUBLE": ">= ''", "BLOB": "< x''"}.get(kind)
        if wrong and connection.exec_driver_sql(f'SELECT 1 FROM "{table}" WHERE "{name}" {wrong} LIMIT 1').first():
            raise Damaged
    for table_ in (guild, channel):
        for row in connection.execute(select(*settings_of(table_)).distinct()):
            overrides_in(row)
    for sha256 in connection.execute(select(commands.c.sha256)).scalars():
        if not isinstance(sha256, str):
            raise Damaged
    for row in connection.execute(select(*miss.primary_key.columns)):
        miss_in(row)
    check_keys(connection)


def _number(connection: Connection, query: str) -> int:
    return int(connection.exec_driver_sql(query).scalar_one())


def _use_wal(file: sqlite3.Connection, patience: float) -> None:
    """Readers and a writer at once. Of two processes that switch a new file together, SQLite refuses one without waiting."""
    until = time.monotonic() + patience
    while True:
        try:
            file.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.02)
