"""A store in a PostgreSQL database: how it is reached, and its errors in words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bot.store.address import Database
from bot.store.agreement import cooldown
from bot.store.migrations import Newer, is_newest, revision_of, upgrade
from bot.store.sql import SqlStore, portion_of
from bot.store.time_of_day import SLACK
from bot.store.values import KEEP, PATIENCE, RESTART, StoreFault, Unavailable

if TYPE_CHECKING:
    import psycopg

SCHEMA = "verbatim"  # unless the URL's options set another search_path
CHANNEL = "verbatim"  # of NOTIFY, with the id of a server whose settings changed
_THREADS = 4  # and as many connections
_MIGRATING = 0x56455242  # the advisory lock of whoever makes or changes the tables
_DEADLOCKS = ("40001", "40P01")

# What libpq says where it is refused, in words alone: of a refused connection it keeps no SQLSTATE.
_NEVER = re.compile(
    r"authentication failed|no password supplied|does not exist|no pg_hba\.conf entry|permission denied|invalid|does not support SSL|certificate"
)


def check_driver(database: Database) -> None:
    """Raise StoreFault where the extra is not installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise StoreFault(database, "needs a package that is not installed.", "pip install 'verbatim-bot[postgres]'") from None


def connect(database: Database, *, patience: float = PATIENCE, **options: Any) -> psycopg.Connection[Any]:
    """A connection of its own, whose tables are in SCHEMA, and that ends where the server does not answer for `patience` seconds.
    Raises StoreFault, and ImportError where there is no driver (see `check_driver`)."""
    import psycopg  # of an extra

    session = {
        "search_path": SCHEMA,
        # Before the callers' patience ends, since the server's fault says more.
        "statement_timeout": round(patience * 800),
        # Of a process that hangs in the middle, the locks are let go.
        "idle_in_transaction_session_timeout": round(patience * 4000),
    }
    try:
        given = psycopg.conninfo.conninfo_to_dict(database.url)
        ours = " ".join(f"-c {name}={value}" for name, value in session.items())
        told: dict[str, Any] = {
            "connect_timeout": max(2, round(patience)),
            "tcp_user_timeout": round(patience * 1000),
            "application_name": "verbatim",
            **given,
            "options": f"{ours} {given.get('options') or ''}".strip(),  # of an option that is given twice, the last counts
        }
        return psycopg.connect("", **told, **options)
    except psycopg.ProgrammingError:
        raise StoreFault(
            database, "cannot be read as the address of a database.", "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
    except psycopg.OperationalError as error:
        raise _refused(database, error) from None  # whose own text may repeat the address


class PostgresStore(SqlStore):
    """A store in a schema of its own of a PostgreSQL database, which any number of processes may share.

    Raises StoreFault for a database that cannot be used, Unavailable where that may pass. A connection that was lost is replaced by
    the next call that needs one. After `change` and `forget_guild`, whoever listens on CHANNEL is sent the server's id.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float] = time.time,
        *,
        steady: Callable[[], float] = time.monotonic,
        keep: float = KEEP,
        patience: float = PATIENCE,
        pepper: str = "",
    ) -> None:
        self._database = database
        super().__init__(database, clock, steady=steady, keep=keep, patience=patience, pepper=pepper, threads=_THREADS)

    async def cooldown(self, user_id: int, at: float, seconds: float) -> float:
        """See `SharedCooldowns.cooldown`. One statement asks and answers, so that no two processes let the same person in at once."""

        def write(connection: Connection) -> float:
            asker = self._key_of_now(connection).hash_of(user_id)
            # Without those that another process is at: a burst would wait for each other's, round in a circle even.
            connection.execute(delete(cooldown).where(cooldown.c.asker.in_(portion_of(cooldown, cooldown.c.ends_at <= at))))
            row = insert(cooldown).values(asker=asker, at=at, ends_at=at + seconds)
            may = or_(cooldown.c.at == at, cooldown.c.at <= at - seconds)  # where another cooldown was set, there may be a row
            begun = row.on_conflict_do_update(
                index_elements=[cooldown.c.asker], set_={"at": at, "ends_at": at + seconds}, where=may
            ).returning(cooldown.c.asker)
            if connection.execute(begun).first():
                return 0.0
            last = connection.execute(select(cooldown.c.at).where(cooldown.c.asker == asker)).scalar()
            return min(seconds, seconds - (at - last)) if last is not None else 0.0

        return await self._run(write)

    async def last_asked(self, user_id: int) -> tuple[float, float] | None:
        """See `SharedCooldowns.last_asked`."""

        def read(connection: Connection) -> tuple[float, float] | None:
            goes_on = self._is_theirs(connection, cooldown.c.asker, user_id), cooldown.c.ends_at > self._time.now()
            last = select(cooldown.c.at, cooldown.c.ends_at).where(*goes_on).order_by(cooldown.c.ends_at.desc()).limit(1)
            row = connection.execute(last).one_or_none()
            return None if row is None else (row.at, row.ends_at)

        return await self._run(read, reading=True)

    def _forget(self, connection: Connection, user_id: int) -> None:
        super()._forget(connection, user_id)
        is_over = self._is_theirs(connection, cooldown.c.asker, user_id), cooldown.c.ends_at <= self._time.now()
        connection.execute(delete(cooldown).where(*is_over))

    def _drop_old(self, connection: Connection) -> None:
        super()._drop_old(connection)
        if not self._time.is_doubted():
            over = cooldown.c.ends_at <= self._time.now() - SLACK
            connection.execute(delete(cooldown).where(cooldown.c.asker.in_(portion_of(cooldown, over))))

    def _open(self) -> None:
        self._engine = engine_of(self._database, threads=_THREADS, patience=self._patience)
        try:
            with self._engine.begin() as connection:
                migrate(connection)
                self._begin(connection)
        except Newer as newer:
            raise StoreFault(self._database, str(newer), "update Verbatim, or name another database.") from None
        except ValueError:
            raise self._damaged() from None
        except DBAPIError as error:
            raise self._fault(error) from error

    @staticmethod
    def _insert(table: Table) -> Any:
        return insert(table)

    def _tell(self, connection: Connection, guild_id: int) -> None:
        connection.execute(text("SELECT pg_notify(:channel, :guild)"), {"channel": CHANNEL, "guild": str(guild_id)})

    def _wipe(self) -> None:
        """Nothing: what was deleted is overwritten when the server sees fit (VACUUM)."""

    def _take_time(self, connection: Connection, *, reading: bool) -> None:
        if reading:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))

    def _unhurried(self) -> AbstractContextManager[None]:
        return nullcontext()  # rows that another is at are left out

    def _no_answer(self) -> StoreFault:
        return Unavailable(
            self._database, f"gives no answer within {self._patience:g} s.", "see whether the server and the network are well."
        )

    def _damaged(self) -> StoreFault:
        return StoreFault(self._database, "holds what Verbatim never writes.", "restore a backup with `verbatim state restore`.")

    def _is_deadlock(self, error: DBAPIError) -> bool:
        return _code(error) in _DEADLOCKS

    def _fault(self, error: DBAPIError) -> StoreFault:
        return fault(self._database, error)


def engine_of(database: Database, *, threads: int = 1, patience: float = PATIENCE) -> Engine:
    """An engine with so many connections at most, each tried before it is used again. Raises StoreFault."""
    check_driver(database)
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: connect(database, patience=patience),
        pool_size=threads,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest schema, within the connection's transaction. Raises Newer, ValueError and DBAPIError."""
    if is_newest(connection):
        return
    connection.execute(text("SET LOCAL statement_timeout = 0"))  # of two that start together one waits for the other's steps
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
    schema = str(connection.execute(text("SHOW search_path")).scalar_one()).split(",")[0].strip().strip('"')
    # Asked first, since IF NOT EXISTS needs the right to make one all the same.
    if not connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": schema}).first():
        connection.execute(text(f"CREATE SCHEMA {connection.dialect.identifier_preparer.quote(schema)}"))
    upgrade(connection, revision_of(connection))


def fault(database: Database, error: DBAPIError | psycopg.Error) -> StoreFault:
    """PostgreSQL's error in words, by way of SQLAlchemy or not; the codes are at https://www.postgresql.org/docs/15/errcodes-appendix.html."""
    code = _code(error)
    match code[:2], code:
        case _, "57014":
            return Unavailable(
                database, "took too long for an answer.", "see what holds its tables (pg_stat_activity) or slows it down."
            )
        case _, "55P03" | "40001" | "40P01":
            return Unavailable(database, "is held by another transaction.", "try again.")
        case _, "25006":
            return Unavailable(
                database,
                "can only be read: it is a standby, or read-only.",
                "name the primary, or add target_session_attrs=read-write.",
            )
        case _, "53100":
            return Unavailable(database, "cannot grow, since the server's disk is full.", "make room on the server's disk.")
        case _, "53300":
            return Unavailable(database, "has no connection left.", "raise max_connections, or end what holds them.")
        case _, "42501":
            return StoreFault(
                database,
                "does not let this user do that.",
                "let the user own the schema `verbatim`, or GRANT CREATE on the database.",
            )
        case _, "42P01" | "42703" | "3F000":
            return StoreFault(
                database, "lacks a table of Verbatim's.", f"{RESTART[:-1]}, or restore a backup with `verbatim state restore`."
            )
        case "28" | "3D", _:
            return StoreFault(database, "refuses the user, the password or the database's name.", "correct the address.")
        case (("" | "08" | "57"), _):
            return Unavailable(database, "cannot be reached.", "see whether the server runs and the network lets one through.")
    return StoreFault(database, f"cannot be used (SQLSTATE {code}).", "see the server's log.")


def _code(error: DBAPIError | psycopg.Error) -> str:
    """The SQLSTATE; empty where the connection is lost."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def _refused(database: Database, error: psycopg.OperationalError) -> StoreFault:
    if _NEVER.search(str(error)):
        return StoreFault(
            database,
            "refuses the user, the password or the database's name.",
            "correct the address, or let the user in (pg_hba.conf).",
        )
    if "too many" in str(error) or "remaining connection slots" in str(error):
        return Unavailable(database, "has no connection left.", "raise max_connections, or end what holds them.")
    return Unavailable(database, "cannot be reached.", "see whether the server runs and the network lets one through.")
