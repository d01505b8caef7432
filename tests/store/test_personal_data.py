"""Every table in which something of a person stands is told and deleted: a new one fails here until it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import Clock
from fakes.postgres import emptied
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, listening, run
from sqlalchemy import Connection, inspect, text

from bot.store.persons import PersonKey
from bot.store.postgres import PostgresStore
from bot.store.sql import SqlStore
from bot.store.sqlite import SqliteStore
from bot.store.values import KEEP

ABOUT = {"answer", "cooldown"}  # in which somebody stands: told by `kept_of` and `last_asked`
# What holds nobody, and is filled by what the story below does not do.
OF_PROCESSES = {"process", "shard", "identify_turn"}


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[SqlStore]:
    if request.param == "sqlite":
        made: SqlStore = SqliteStore(tmp_path / "verbatim.sqlite3", clock, steady=clock, patience=LONG)
    else:
        database = request.getfixturevalue("database")
        emptied(database)
        made = PostgresStore(database, clock, steady=clock, patience=LONG)
    yield made
    run(made.close())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tables(store: SqlStore) -> dict[str, list[Any]]:
    """All rows of all tables, by their names."""

    def read(connection: Connection) -> dict[str, list[Any]]:
        names = inspect(connection).get_table_names()
        return {name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))] for name in names}

    return run(store.as_a_whole(read, reading=True))


def about(store: SqlStore, user: int) -> set[str]:
    """The tables in which somebody stands, by number or by hash."""
    found = tables(store)
    hashes = {PersonKey.of(number, at, bytes(secret), "").hash_of(user) for number, secret, _, at in found["person_key"]}
    wanted = {user, str(user), *hashes}
    return {
        name
        for name, rows in found.items()
        for row in rows
        if wanted & {bytes(v) if isinstance(v, memoryview) else v for v in row}
    }


def fill(store: SqlStore, now: float) -> None:
    """Everything that a store is asked to keep."""
    run(store.remember_commands(1, "hash"))
    run(store.change(GUILD, CHANNEL, listening))
    run(store.keep_miss(GUILD, "one", "where does the lift go", "unsure"))
    for number, user in enumerate((ADA, BOB)):
        run(store.note(REPLY + number, user, GUILD))
        run(store.note(REPLY + 10 + number, user, None))
        if isinstance(store, PostgresStore):
            assert run(store.cooldown(user, now, 60.0)) == 0.0


def test_every_table_is_told_of_and_deleted_from_in_which_a_person_stands(store: SqlStore, clock: Clock) -> None:
    fill(store, clock.now)
    filled = tables(store)
    assert [name for name, rows in filled.items() if not rows and name not in OF_PROCESSES] == [], "fill it, to see who is in it"
    assert about(store, ADA) == ABOUT & filled.keys()
    assert [kept.reply_id for kept in run(store.kept_of(ADA))] == [REPLY, REPLY + 10]
    if isinstance(store, PostgresStore):
        assert run(store.last_asked(ADA)) == (clock.now, clock.now + 60)
    clock.now += 61
    run(store.forget(ADA))
    assert about(store, ADA) == set()
    assert about(store, BOB) == ABOUT & filled.keys(), "of nobody else"


def test_a_wait_that_goes_on_is_not_forgotten_and_told_of_until_it_is_over(store: SqlStore, clock: Clock) -> None:
    if not isinstance(store, PostgresStore):
        pytest.skip("a process that has the file for itself keeps waits in memory")
    fill(store, clock.now)
    run(store.forget(ADA))
    assert about(store, ADA) == {"cooldown"}
    assert run(store.cooldown(ADA, clock.now + 20, 60.0)) == 40.0, "forgetting is no way round it"
    assert run(store.last_asked(ADA)) == (clock.now, clock.now + 60)
    clock.now += 60
    assert run(store.last_asked(ADA)) is None


def test_what_is_kept_is_gone_after_the_time_that_is_told(store: SqlStore, clock: Clock) -> None:
    fill(store, clock.now)
    [first, _] = run(store.kept_of(ADA))
    clock.now = first.at + KEEP
    assert run(store.kept_of(ADA)) == ()
    run(store.note(REPLY + 100, BOB, None))  # with which what is old goes
    assert "answer" not in about(store, ADA)
