"""Persons by a keyed hash: what is kept of them, how keys change, and what a pepper does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fakes.clock import Clock
from fakes.postgres import asked, emptied
from fakes.stores import ADA, BOB, GUILD, LONG, REPLY, run

from bot.store.persons import PersonKey
from bot.store.postgres import PostgresStore
from bot.store.sql import SqlStore
from bot.store.sqlite import SqliteStore
from bot.store.values import DAY, KEEP

Open = Callable[..., SqlStore]
Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[tuple[Open, Ask]]:
    """How to open a store, and to ask its database."""
    made: list[SqlStore] = []
    path = tmp_path / "verbatim.sqlite3"
    database = request.getfixturevalue("database") if request.param == "postgres" else None

    def opened(pepper: str = "") -> SqlStore:
        if database is not None:
            made.append(PostgresStore(database, clock, steady=clock, patience=LONG, pepper=pepper))
        else:
            made.append(SqliteStore(path, clock, steady=clock, patience=LONG, pepper=pepper))
        return made[-1]

    def ask(query: str) -> list[tuple[object, ...]]:
        if database is not None:
            return asked(database, query)
        with closing(sqlite3.connect(path)) as file, file:
            return file.execute(query).fetchall()

    if database is not None:
        emptied(database)
    yield opened, ask
    for store in made:
        run(store.close())


def test_a_hash_is_of_the_key_the_pepper_and_the_user() -> None:
    keys = [PersonKey.of(1, 0.0, secret * 32, pepper) for secret in (b"a", b"b") for pepper in ("", "salt")]
    hashes = {key.hash_of(user) for key in keys for user in (ADA, BOB)}
    assert {len(h) for h in hashes} == {16}
    assert len(hashes | {key.mark for key in keys}) == 8 + 4
    assert keys[0].hash_of(ADA) == PersonKey.of(7, 9.0, b"a" * 32, "").hash_of(ADA)
    assert [key.is_marked(keys[1].mark) for key in keys] == [False, True, False, False]
    assert "61616161" not in repr(keys[0])


def test_no_row_holds_a_user_s_id(where: tuple[Open, Ask]) -> None:
    opened, ask = where
    run(opened().note(REPLY, ADA, GUILD))
    ((reply, _, asker, guild, _),) = ask("SELECT * FROM answer")
    assert (reply, guild) == (REPLY, GUILD)
    assert isinstance(asker, bytes)
    assert ADA.to_bytes(8, "big") not in asker


def test_a_key_is_used_for_as_long_as_a_row_is_kept_and_goes_with_its_last_one(where: tuple[Open, Ask], clock: Clock) -> None:
    opened, ask = where
    store, live = opened(), []
    for day in range(0, 150, 10):
        run(store.note(day, ADA, GUILD))
        run(store.note(1000 + day, BOB, GUILD))
        live.append([number for (number,) in ask("SELECT number FROM person_key ORDER BY number")])
        assert [kept.reply_id for kept in run(store.kept_of(ADA))] == [d for d in (day - 20, day - 10, day) if d >= 0]
        clock.now += 10 * DAY
    assert live == [[1]] * 3 + [[1, 2]] * 3 + [[2, 3]] * 3 + [[3, 4]] * 3 + [[4, 5]] * 3
    run(store.forget(ADA))  # under both keys
    assert [run(store.is_asker(reply, ADA)) for reply in (130, 140)] == [None, None]
    assert run(store.is_asker(1140, BOB)) is True


def test_another_pepper_makes_who_asked_unknown_and_breaks_nothing(where: tuple[Open, Ask], clock: Clock) -> None:
    opened, ask = where
    run(opened("salt").note(1, ADA, GUILD))
    other = opened("pepper")
    assert run(other.is_asker(1, ADA)) is None
    assert run(other.kept_of(ADA)) == ()
    run(other.note(2, ADA, GUILD))
    assert [run(other.is_asker(2, user)) for user in (ADA, BOB)] == [True, False]
    run(other.forget(ADA))
    assert ask("SELECT reply_id FROM answer") == [(1,)]  # nobody can tell any more whose that is
    assert run(opened("salt").is_asker(1, ADA)) is True
    clock.now += 2 * KEEP
    run(other.note(3, ADA, GUILD))
    assert ask("SELECT reply_id FROM answer") == [(3,)]
    assert ask("SELECT count(*) FROM person_key") == [(1,)]


def test_a_key_that_a_wrong_clock_has_dated_too_late_counts_from_now(where: tuple[Open, Ask], clock: Clock) -> None:
    opened, ask = where
    store = opened()
    run(store.note(1, ADA, GUILD))
    now = clock.now
    ask(f"UPDATE person_key SET at = {now + 90 * DAY}")
    clock.now += 2 * DAY
    run(store.note(2, ADA, GUILD))
    assert ask("SELECT at FROM person_key") == [(now + 2 * DAY,)]
    assert run(store.is_asker(1, ADA)) is True
