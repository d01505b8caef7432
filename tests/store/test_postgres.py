"""The store in PostgreSQL: several processes at one database, and a server that fails, refuses or is gone for a while."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from fakes.postgres import OTHERS, SERVER, Wire, asked, emptied, in_schema, refusing, schema
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, listening, run
from sqlalchemy.exc import DBAPIError

from bot.store import migrations, sql
from bot.store.address import Database
from bot.store.postgres import CHANNEL as NOTIFIED
from bot.store.postgres import PostgresStore, connect, fault
from bot.store.tables import REVISION
from bot.store.values import GuildSettings, Overrides, StoreFault, Unavailable


@contextmanager
def opened(database: Database, patience: float = LONG, pepper: str = "") -> Iterator[PostgresStore]:
    store = PostgresStore(database, patience=patience, pepper=pepper)
    try:
        yield store
    finally:
        run(store.close())


@pytest.fixture
def empty(database: Database) -> Database:
    emptied(database)
    return database


# Several processes


def test_of_several_that_start_at_once_one_makes_the_tables() -> None:
    with schema() as database, ThreadPoolExecutor() as pool:
        stores = list(pool.map(lambda _: PostgresStore(database, patience=LONG), range(4)))
        assert asked(database, "SELECT count(*) FROM server_key") == [(1,)]
        for n, store in enumerate(stores):
            run(store.note(REPLY + n, ADA, None))
        assert asked(database, "SELECT count(DISTINCT key) FROM answer") == [(1,)]
        assert [run(stores[0].is_asker(REPLY + n, ADA)) for n in range(4)] == [True] * 4
        for store in stores:
            run(store.close())


def test_no_change_of_two_processes_is_lost(empty: Database) -> None:
    async def together(*stores: PostgresStore) -> None:
        more = lambda old: replace(old, cooldown=(old.cooldown or 0) + 1)  # noqa: E731
        await asyncio.gather(*(store.change(GUILD, CHANNEL, more) for store in stores for _ in range(15)))

    with opened(empty) as one, opened(empty) as other:
        run(together(one, other))
        assert run(one.settings(GUILD)) == GuildSettings(Overrides(), {CHANNEL: Overrides(cooldown=30)})


def test_whoever_listens_learns_which_server_has_changed_and_of_nothing_that_was_undone(empty: Database) -> None:
    undone, changed, forgotten = range(
        876_543_210, 876_543_213
    )  # no other test's: all of the database is heard, whichever schema

    def refuse(old: Overrides) -> Overrides:
        raise ValueError

    with connect(empty, autocommit=True) as listener, opened(empty) as store:
        listener.execute(f"LISTEN {NOTIFIED}".encode())
        with pytest.raises(ValueError):  # noqa: PT011
            run(store.change(undone, None, refuse))
        run(store.change(changed, CHANNEL, listening))
        run(store.forget_guild(forgotten))
        own = {str(guild) for guild in (undone, changed, forgotten)}
        heard: list[str] = []
        for notice in listener.notifies(timeout=LONG):
            heard += own & {notice.payload}
            if len(heard) == 2:
                break
    assert heard == [str(changed), str(forgotten)]


def test_two_that_are_in_each_other_s_way_are_both_done(empty: Database) -> None:
    """The server undoes one of them, which is then done again."""
    slow = Database(f"{empty.url}%20-cdeadlock_timeout%3D4s")  # looks for a deadlock once, which the other has to be in by then
    with opened(slow) as store, connect(empty, patience=LONG) as other:
        for reply, asker in ((1, ADA), (2, BOB)):
            run(store.note(reply, asker, GUILD))
        run(store.change(GUILD, None, listening))
        other.execute("SET deadlock_timeout = '1h'")  # so that it is the store that is undone
        other.execute("SELECT * FROM answer WHERE reply_id = 1 FOR UPDATE")

        async def both() -> None:
            forgetting = asyncio.create_task(store.forget_guild(GUILD))  # has the server's row, and waits for the reply's
            await asyncio.to_thread(until_blocked, empty)
            await asyncio.to_thread(other.execute, "UPDATE guild SET listen = false WHERE guild_id = 10")
            await asyncio.to_thread(other.commit)
            await forgetting

        run(both())
        assert run(store.guilds(1)) == frozenset()


def test_who_was_in_the_way_lets_the_other_go_on_before_it_tries_again(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []
    transacted = PostgresStore._transacted

    def in_the_way(self: PostgresStore, *given: Any, **options: Any) -> Any:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise DBAPIError("", None, psycopg.errors.DeadlockDetected())
        return transacted(self, *given, **options)

    with opened(empty) as store:
        monkeypatch.setattr(PostgresStore, "_transacted", in_the_way)
        run(store.note(REPLY, ADA, GUILD))
        assert [later - earlier >= sql._MAKE_WAY for earlier, later in itertools.pairwise(tries)] == [True, True]
        assert run(store.is_asker(REPLY, ADA)) is True


def until_blocked(database: Database) -> None:
    until = time.monotonic() + LONG
    while not asked(database, f"SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND {OTHERS}"):
        assert time.monotonic() < until
        time.sleep(0.01)


# Gone and back


def test_a_server_that_ended_every_connection_is_used_again(empty: Database) -> None:
    with opened(empty) as store:
        run(store.note(REPLY, ADA, GUILD))
        asked(empty, ENDING)
        assert run(store.is_asker(REPLY, ADA)) is True


ENDING = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS}"


def test_a_call_whose_connection_ends_says_so_and_the_next_is_served(empty: Database) -> None:
    with opened(empty) as store, connect(empty, patience=LONG, autocommit=True) as other:

        async def cut() -> None:
            with other.transaction():
                other.execute("LOCK TABLE answer IN ACCESS EXCLUSIVE MODE")
                noting = asyncio.create_task(store.note(REPLY, ADA, GUILD))
                await asyncio.to_thread(until_blocked, empty)
                other.execute(f"{ENDING} AND wait_event_type = 'Lock'".encode())
                with pytest.raises(Unavailable, match="cannot be reached"):
                    await noting

        run(cut())
        assert run(store.is_asker(REPLY, ADA)) is None
        run(store.note(REPLY, BOB, GUILD))
        assert run(store.is_asker(REPLY, BOB)) is True


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


def test_a_server_that_is_gone_is_a_fault_at_once_and_is_used_again_when_it_is_back(empty: Database, wire: Wire) -> None:
    with opened(wire.to(empty)) as store:
        run(store.note(REPLY, ADA, None))
        wire.cut()
        for _ in range(6):  # more often than there are connections
            with pytest.raises(Unavailable, match="cannot be reached"):
                run(store.note(REPLY + 1, ADA, None))
        wire.is_cut = False
        run(store.note(REPLY + 1, BOB, None))
        assert [run(store.is_asker(REPLY + n, who)) for n, who in enumerate((ADA, BOB))] == [True, True]


def test_a_network_that_swallows_everything_holds_nobody_up_longer_than_patience(empty: Database, wire: Wire) -> None:
    with opened(wire.to(empty), patience=1.0) as store:
        run(store.note(REPLY, ADA, None))
        wire.is_silent = True

        async def ask() -> None:
            with pytest.raises(Unavailable, match="no answer within 1 s"):
                await store.is_asker(REPLY, ADA)

        async def at_once() -> None:
            await asyncio.gather(*(ask() for _ in range(4)))

        run(at_once())
        with pytest.raises(Unavailable, match="no answer"):
            store.is_asker(REPLY, ADA).send(None)  # every thread waits, so at once
        wire.is_silent = False
        wire.cut()
        wire.is_cut = False
        until = time.monotonic() + LONG
        while True:
            with suppress(Unavailable):
                assert run(store.is_asker(REPLY, ADA)) is True
                break
            assert time.monotonic() < until


def test_a_table_that_another_holds_is_a_fault_in_time_and_usable_when_let_go(empty: Database) -> None:
    with opened(empty, patience=2.0) as store, connect(empty, patience=LONG) as other:
        other.execute("LOCK TABLE guild IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match="took too long for an answer"):
            run(store.settings(GUILD))
        other.rollback()
        run(store.change(GUILD, None, listening))
        assert run(store.settings(GUILD)).own == Overrides(listen=True)


# Refused


def test_a_server_that_is_not_there_may_come() -> None:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # so that nobody else is given it; nobody listens
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable) as found:
            PostgresStore(Database(f"postgresql://ada:secret-words@127.0.0.1:{port}/verbatim"))
    assert str(found.value) == (
        f"postgresql://127.0.0.1:{port}/verbatim: cannot be reached. "
        "Fix: see whether the server runs and the network lets one through."
    )


def test_a_server_that_does_not_answer_is_not_waited_for() -> None:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable, match=r"no answer within 0\.1 s"):
        PostgresStore(Database(f"postgresql://ada:secret-words@127.0.0.1:{silent.getsockname()[1]}/x"), patience=0.1)


REFUSALS = {
    "28P01": ('password authentication failed for user "ada"', "refuses the user, the password or the database's name", False),
    "28000": ('no pg_hba.conf entry for host "127.0.0.1"', "refuses the user, the password or the database's name", False),
    "3D000": ('database "verbatim" does not exist', "refuses the user, the password or the database's name", False),
    "57P03": ("the database system is starting up", "cannot be reached", True),
    "08006": ("SSL SYSCALL error: EOF detected", "cannot be reached", True),
    "53300": ("sorry, too many clients already", "has no connection left", True),
}


@pytest.mark.parametrize("sqlstate", REFUSALS)
def test_a_refusal_is_told_in_words_and_whether_it_may_pass(sqlstate: str) -> None:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    message, what, passes = REFUSALS[sqlstate]
    with refusing(sqlstate, message) as database, pytest.raises(StoreFault, match=what) as found:
        PostgresStore(database)
    assert isinstance(found.value, Unavailable) is passes
    assert "secret-words" not in f"{found.value}{found.value.__cause__}{database!r}{database}"


def test_an_address_that_cannot_be_read_is_a_fault_that_does_not_repeat_it() -> None:
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    with pytest.raises(StoreFault, match="cannot be read as the address of a database") as found:
        PostgresStore(Database("postgresql://ada:secret-words@host/x?shape=round"))
    assert "secret-words" not in str(found.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:secret@db:5432/state?sslmode=require", "postgresql://db:5432/state"),
        ("postgres://db/state", "postgresql://db/state"),
        ("postgresql://ada:secret@one:1,two:2/state", "postgresql://one:1,two:2/state"),
        ("postgresql://ada:secret@[::1]:5432/state", "postgresql://[::1]:5432/state"),
        ("postgresql:///state?host=/run&password=secret", "postgresql:///state"),
        # Written wrongly, so that it does not show where the password ends.
        ("postgresql://ada:sec/ret@db/state", "postgresql://..."),
        ("postgresql://ada:sec#ret@db/state", "postgresql://..."),
        ("postgresql://ada:sec?ret@db/state", "postgresql://..."),
        ("postgresql://ada:s@cret@db/state", "postgresql://..."),
        ("postgresql://ada:secret", "postgresql://..."),
    ],
)
def test_an_address_is_shown_without_user_and_password(url: str, shown: str) -> None:
    assert str(Database(url)) == shown
    assert repr(Database(url)) == f"Database('{shown}')"


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreFault, match=r"Fix: pip install 'verbatim-bot\[postgres\]'"):
        PostgresStore(Database(SERVER))


FAULTS = {
    "53100": ("cannot grow, since the server's disk is full", True),
    "25006": ("can only be read", True),
    "57014": ("took too long", True),
    "57P01": ("cannot be reached", True),
    "08006": ("cannot be reached", True),
    "": ("cannot be reached", True),
    "40P01": ("is held by another transaction", True),
    "53300": ("has no connection left", True),
    "42501": ("does not let this user do that", False),
    "42P01": ("lacks a table", False),
    "XX001": ("cannot be used (SQLSTATE XX001)", False),
}


@pytest.mark.parametrize("sqlstate", FAULTS)
def test_an_error_is_told_in_words_without_what_is_stored(sqlstate: str) -> None:
    what, passes = FAULTS[sqlstate]
    error: Any = SimpleNamespace(orig=SimpleNamespace(sqlstate=sqlstate or None))
    found = fault(Database("postgresql://ada:secret-words@db/x"), error)
    assert str(found).startswith(f"postgresql://db/x: {what}")
    assert isinstance(found, Unavailable) is passes


def test_a_read_only_server_is_a_fault(empty: Database) -> None:
    with opened(empty):
        pass
    read_only = Database(f"{empty.url}%20-cdefault_transaction_read_only%3Don")
    with opened(empty) as store:  # what is too old would have to be deleted
        run(store.note(REPLY, ADA, None))
    with pytest.raises(Unavailable, match="can only be read"), opened(read_only) as store:
        run(store.note(REPLY, ADA, None))


def test_a_user_without_rights_is_a_fault_that_does_not_pass(empty: Database) -> None:
    role = f"verbatim_role_{secrets.token_hex(6)}"
    asked(empty, f"CREATE ROLE {role} LOGIN")
    try:
        with pytest.raises(StoreFault, match="does not let this user do that") as found:
            PostgresStore(Database(in_schema(f"{role}_s").url.replace("postgres@", f"{role}@")))
        assert not isinstance(found.value, Unavailable)
    finally:
        asked(empty, f"DROP ROLE {role}")


# Migration


def test_a_newer_schema_is_refused_and_left_as_it_is() -> None:
    with schema() as database:
        with opened(database):
            pass
        asked(database, "UPDATE alembic_version SET version_num = '0099'")
        with pytest.raises(StoreFault) as found:
            PostgresStore(database)
        assert str(found.value).endswith(
            f"was written by a newer version of Verbatim (schema 0099; this one knows {REVISION}). "
            "Fix: update Verbatim, or name another database."
        )
        assert not isinstance(found.value, Unavailable)
        assert asked(database, "SELECT version_num FROM alembic_version") == [("0099",)]
        asked(database, "UPDATE alembic_version SET version_num = 'soon'")
        with pytest.raises(StoreFault, match="holds what Verbatim never writes"):
            PostgresStore(database)


def test_a_step_is_taken_by_one_process_and_one_that_fails_leaves_the_older_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with schema() as database:
        with opened(database) as store:
            run(store.change(GUILD, None, listening))
        shutil.copytree(migrations._HERE / "versions", tmp_path / "versions")
        newest = f"{int(REVISION) + 1:04}"
        monkeypatch.setattr(migrations, "_HERE", tmp_path)
        monkeypatch.setattr(migrations, "REVISION", newest)
        step = tmp_path / "versions" / f"{newest}_more.py"
        for last in ("INSERT INTO nowhere VALUES (7)", "INSERT INTO more VALUES (7)"):
            step.write_text(
                f"from alembic import op\nrevision, down_revision = '{newest}', '{REVISION}'\n"
                f"def upgrade():\n    op.execute('CREATE TABLE more (id integer)')\n    op.execute({last!r})\n"
            )
            if "nowhere" in last:
                with pytest.raises(StoreFault, match="lacks a table"):
                    PostgresStore(database)
                assert asked(database, "SELECT version_num FROM alembic_version") == [(REVISION,)]
        with ThreadPoolExecutor() as pool:
            for store in pool.map(lambda _: PostgresStore(database, patience=LONG), range(3)):
                assert run(store.settings(GUILD)).own == Overrides(listen=True)
                run(store.close())
        assert asked(database, "SELECT id FROM more") == [(7,)]
        assert asked(database, "SELECT version_num FROM alembic_version") == [(newest,)]


def test_an_error_of_the_driver_shows_no_values() -> None:
    with schema() as database, opened(database) as store:

        def wrong(connection: Any) -> None:
            connection.exec_driver_sql("SELECT %s / 0", (123456789,))

        with pytest.raises(StoreFault) as found:
            run(store.as_a_whole(wrong))
        assert isinstance(found.value.__cause__, DBAPIError)
        assert "123456789" not in str(found.value.__cause__)
