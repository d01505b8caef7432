"""The store in a file: what outlives a restart, several processes at one file, what is wiped, and files of an older schema."""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fakes.clock import Clock
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, askers, connecting_with, listening, opened, run
from sqlalchemy import create_engine, inspect

from bot.store import migrations
from bot.store import sql as module
from bot.store.persons import PersonKey
from bot.store.sqlite import SqliteStore
from bot.store.tables import REVISION, metadata
from bot.store.time_of_day import SETTLED_AFTER
from bot.store.values import KEEP, GuildSettings, Overrides, Store, StoreFault


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verbatim.sqlite3"


# Across restarts and processes


def test_everything_outlives_a_restart(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.change(GUILD, None, listening))
        run(store.change(GUILD, CHANNEL, lambda _: Overrides(False, True, "other", 1.5, True, True)))
        run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
        misses = run(store.misses("one"))
        run(store.remember_commands(1, "aa"))
        run(store.note(REPLY, ADA, GUILD))
    with opened(path, clock) as store:
        assert run(store.settings(GUILD)) == GuildSettings(
            Overrides(listen=True), {CHANNEL: Overrides(False, True, "other", 1.5, True, True)}
        )
        assert run(store.synced_commands(1)) == "aa"
        assert askers(store, REPLY) == [ADA]
        assert run(store.misses("one")) == misses
        run(store.forget_guild(GUILD))  # whose hash is still the same
        assert run(store.misses("one")) == ()


def python(script: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


KILLED = """
import asyncio, os, sys
from pathlib import Path
from bot.store.sqlite import SqliteStore
async def main():
    store = SqliteStore(Path(sys.argv[1]), patience=120)
    await store.note(200, 1, None)
    os._exit(9)
asyncio.run(main())
"""


def test_what_was_noted_is_known_where_the_process_is_killed(path: Path) -> None:
    killed = python(KILLED, path)
    killed.communicate(timeout=5 * LONG)
    assert killed.returncode == 9
    with opened(path) as store:
        assert askers(store, 200) == [1]


SHARED = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from bot.store.sqlite import SqliteStore
async def main():
    store = SqliteStore(Path(sys.argv[1]), patience=120)
    more = lambda old: replace(old, cooldown=(old.cooldown or 0) + 1)
    for reply in range(100):
        await store.note(reply * 2 + int(sys.argv[2]), 1 + int(sys.argv[2]), 10)
        await store.change(10, 20, more)
    await store.close()
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


def test_two_processes_share_a_file_that_neither_found(path: Path) -> None:
    """No note and no change of either is lost; they make the file together."""
    both = [python(SHARED, path, n) for n in range(2)]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=5 * LONG)
    assert [process.returncode for process in both] == [0, 0]  # where not, standard error says why
    with opened(path) as store:
        assert run(store.settings(10)).channels[20] == Overrides(cooldown=200)
        assert askers(store, *range(200)) == [1, 2] * 100


def opened_while_another_makes_it(path: Path, moment: int) -> tuple[str | None, bool]:
    """The statement of the opening before which another process made the file, and whether it could; None where there are
    fewer."""
    statements: list[str] = []
    noted = False

    def before(connection: sqlite3.Connection, statement: str) -> None:
        nonlocal noted
        if statement in statements:
            return
        statements.append(statement)
        if len(statements) == moment:
            # Within a transaction the other one may have to wait, and would in vain.
            patience = 0.05 if connection.in_transaction else LONG
            with connecting_with(sqlite3.Connection), suppress(StoreFault), opened(path, patience=patience) as other:
                run(other.note(REPLY, ADA, None))
                noted = True

    class Interrupting(sqlite3.Cursor):
        def execute(self, sql: str, *values: Any) -> Any:
            before(self.connection, sql)
            return super().execute(sql, *values)

    class Interrupted(sqlite3.Connection):
        def cursor(self, factory: Any = Interrupting) -> Any:
            return super().cursor(factory)

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            before(self, sql)
            return super().execute(sql, *values)

        def commit(self) -> None:
            before(self, "COMMIT" if "BEGIN IMMEDIATE" in statements else "the end of reading")
            super().commit()

    try:
        with connecting_with(Interrupted), opened(path) as store:
            stood = statements[moment - 1] if moment <= len(statements) else None
            assert askers(store, REPLY) == [ADA if noted else None]
    except StoreFault as fault:
        pytest.fail(f"before `{statements[moment - 1]}`: {fault}")
    return stood, noted


def test_another_process_may_make_the_file_at_any_moment_while_it_is_opened(tmp_path: Path) -> None:
    """Whoever comes second takes what is there. Each moment is tried, since chance would meet the short ones hardly ever."""
    tried = {}
    for moment in itertools.count(1):
        before, noted = opened_while_another_makes_it(tmp_path / str(moment) / "verbatim.sqlite3", moment)
        if before is None:
            break
        tried[before] = noted
    assert tried["PRAGMA journal_mode = WAL"]
    assert tried["BEGIN IMMEDIATE"]
    assert not tried["COMMIT"]  # while the one makes it, the other cannot


def test_a_new_file_that_another_process_is_just_writing_to_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")  # refuses a change to WAL at once, whatever the timeout
        release = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
        release.start()
        with opened(path) as store:
            run(store.note(REPLY, ADA, None))
            assert askers(store, REPLY) == [ADA]
        release.join()


def noted(path: Path) -> list[int]:
    """The replies of which anything is in the file."""
    with closing(sqlite3.connect(path)) as file:
        return [row[0] for row in file.execute("SELECT reply_id FROM answer ORDER BY reply_id")]


def test_what_is_too_old_is_deleted_at_the_next_start(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.note(REPLY, ADA, GUILD))
        clock.now += 1
        run(store.note(REPLY + 1, BOB, GUILD))
    clock.now += KEEP - 1
    with opened(path, clock):
        assert noted(path) == [REPLY + 1]


def test_misses_that_are_too_old_are_deleted_at_the_next_note_and_start(path: Path, clock: Clock) -> None:
    def count() -> int:
        with closing(sqlite3.connect(path)) as file:
            return int(file.execute("SELECT count(*) FROM miss").fetchone()[0])

    for act in (lambda store: run(store.note(REPLY, ADA, None)), lambda store: None):
        with opened(path, clock) as store:
            run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
            clock.now += KEEP
            assert count() == 1
            act(store)
        with opened(path, clock):
            assert count() == 0


def test_the_file_does_not_say_in_which_order_misses_came(tmp_path: Path, clock: Clock) -> None:
    found = []
    for n, texts in enumerate((["who pays", "a lift"], ["a lift", "who pays"])):
        path = tmp_path / str(n) / "verbatim.sqlite3"
        with opened(path, clock) as store:
            for text in texts:
                run(store.keep_miss(GUILD, "one", text, "unsure"))
        with closing(sqlite3.connect(path)) as file:
            found.append(file.execute("SELECT text FROM miss").fetchall())
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                file.execute("SELECT rowid FROM miss")
    assert found == [[("a lift",), ("who pays",)]] * 2


def test_what_is_too_old_is_deleted_at_the_next_note(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        for n in range(3):
            run(store.note(REPLY + n, ADA, GUILD))
        clock.now += KEEP
        run(store.note(REPLY + 3, BOB, None))
        assert noted(path) == [REPLY + 3]


DAY = 86_400.0


class World:
    """A clock that can be set wrong, `by` so many seconds, beside the time that passes."""

    def __init__(self) -> None:
        self.passed, self.by = Clock(0.0), 0.0

    def __call__(self) -> float:
        return 1_800_000_000.0 + self.passed.now + self.by


@pytest.mark.parametrize(("jump", "restarted"), [(60 * DAY, False), (-60 * DAY, False), (60 * DAY, True)])
def test_a_clock_that_jumps_and_comes_back_deletes_nothing_and_keeps_nothing_longer(
    path: Path, monkeypatch: pytest.MonkeyPatch, jump: float, restarted: bool
) -> None:
    monkeypatch.setattr(module, "_DELETE_EVERY", 0.01)
    world = World()
    with opened(path, world, steady=world.passed) as store:
        run(store.note(REPLY, ADA, GUILD))
        world.by = jump
        if not restarted:
            run(store.note(REPLY + 1, BOB, GUILD))
            world.by = 0.0
            run(store.note(REPLY + 2, BOB, GUILD))
            assert len(noted(path)) == 3
    if restarted:
        with opened(path, world, steady=world.passed) as store:
            run(store.note(REPLY + 1, BOB, GUILD))
            assert len(noted(path)) == 2
    world.by = 0.0
    with opened(path, world, steady=world.passed) as store:
        assert askers(store, REPLY) == [ADA]
        world.passed.now += SETTLED_AFTER
        run(store.note(REPLY + 3, BOB, GUILD))
        world.passed.now += KEEP
        eventually(lambda: noted(path) == [])


def test_a_clock_that_goes_on_after_a_jump_is_believed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a machine was suspended, or where the bot was off for long."""
    monkeypatch.setattr(module, "_DELETE_EVERY", 0.01)
    world = World()
    with opened(path, world, steady=world.passed) as store:
        run(store.note(REPLY, ADA, GUILD))
        world.by = 60 * DAY
        assert askers(store, REPLY) == [None]
        assert noted(path) == [REPLY]
        world.passed.now += SETTLED_AFTER
        eventually(lambda: noted(path) == [])


def miss_days(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as file:
        return [row[0] for row in file.execute("SELECT day FROM miss ORDER BY day")]


@pytest.mark.parametrize("restarted", [False, True])
def test_misses_too_outlive_a_clock_that_jumps_and_comes_back(
    path: Path, monkeypatch: pytest.MonkeyPatch, restarted: bool
) -> None:
    monkeypatch.setattr(module, "_DELETE_EVERY", 0.01)
    world = World()
    today = int(world() // DAY)
    with opened(path, world, steady=world.passed) as store:
        run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
        world.by = 60 * DAY
        if not restarted:
            run(store.keep_miss(GUILD, "one", "a lift", "unsure"))
            assert [m.text for m in run(store.misses("one"))] == ["a lift"]
    if restarted:
        with opened(path, world, steady=world.passed) as store:
            run(store.keep_miss(GUILD, "one", "a lift", "unsure"))
    assert miss_days(path) == [today, today + 60]
    world.by = 0.0
    with opened(path, world, steady=world.passed) as store:
        run(store.note(REPLY, ADA, GUILD))
        assert miss_days(path) == [today, today + 60]
        world.passed.now += SETTLED_AFTER
        run(store.note(REPLY + 1, ADA, GUILD))
        assert miss_days(path) == [today, int(world() // DAY)]  # what was dated too late counts from now
        world.passed.now += KEEP
        eventually(lambda: miss_days(path) == [])


def test_any_number_of_old_misses_is_deleted_in_portions(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PORTION", 100)
    clock.now = 100 * DAY
    with opened(path, clock) as store:
        run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany("INSERT INTO miss VALUES ('one', ?, 'unsure', 60, 'x')", [(f"text {n}",) for n in range(1000)])
    monkeypatch.setattr(module, "_PAUSE", LONG)
    with opened(path, clock) as store:
        assert len(miss_days(path)) == 901
    monkeypatch.setattr(module, "_PAUSE", 0.01)
    with opened(path, clock) as store:
        assert [m.text for m in run(store.misses("one"))] == ["who pays"]
        eventually(lambda: miss_days(path) == [100])


def test_any_number_of_old_notes_is_deleted_without_being_waited_for(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PORTION", 100)
    with opened(path, clock) as store:
        run(store.note(REPLY, ADA, GUILD))
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany("INSERT INTO answer VALUES (?, 1, x'00', 2, ?)", [(1000 + n, clock.now - 40 * DAY) for n in range(1000)])
    with opened(path, clock) as store:
        assert askers(store, REPLY) == [ADA]
        eventually(lambda: noted(path) == [REPLY])


def test_what_is_too_old_is_deleted_at_the_start_up_to_a_portion(
    path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PORTION", 100)
    monkeypatch.setattr(module, "_PAUSE", LONG)
    with opened(path, clock) as store:
        run(store.note(REPLY, ADA, GUILD))
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany("INSERT INTO answer VALUES (?, 1, x'00', 2, ?)", [(1000 + n, clock.now - 40 * DAY) for n in range(1000)])
    with opened(path, clock) as store:
        assert len(noted(path)) == 901
        run(store.note(REPLY + 1, ADA, GUILD))
        assert len(noted(path)) == 802


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def bytes_of(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(path.parent.iterdir()) if not p.name.endswith("-shm"))


@pytest.mark.parametrize("replies", [1, 400])  # 400 take more than a page, and free it
@pytest.mark.parametrize("restarted", [False, True])  # then they are no longer in the log, but in the file itself
def test_what_is_forgotten_is_not_in_the_files_any_more(path: Path, replies: int, restarted: bool) -> None:
    def written(*what: int | bytes) -> list[bool]:
        files = bytes_of(path)
        return [(w if isinstance(w, bytes) else w.to_bytes(8, "big")) in files for w in what]

    def hash_of_ada() -> bytes:
        with closing(sqlite3.connect(path)) as file:
            number, secret, _, at = file.execute("SELECT * FROM person_key").fetchone()
        return PersonKey.of(number, at, secret, "").hash_of(ADA)

    def before(store: Store) -> None:
        for reply in range(replies):
            run(store.note(reply, ADA, ADA + 1))
            run(store.note(1000 + reply, BOB, ADA + 1))
        run(store.change(ADA + 1, ADA + 2, listening))

    def after(store: Store) -> None:
        ada = hash_of_ada()
        assert written(ADA, ada, ADA + 1, ADA + 2) == [False, True, True, True]
        run(store.forget(ADA))
        assert written(ADA, ada, ADA + 1, ADA + 2) == [False, False, True, True]
        run(store.forget_guild(ADA + 1))
        assert written(ADA, ada, ADA + 1, ADA + 2) == [False, False, False, False]

    with opened(path) as store:
        before(store)
        if not restarted:
            after(store)
    if restarted:
        with opened(path) as store:
            after(store)


def test_the_file_has_no_column_for_text_but_hashes_slugs_and_what_is_kept_of_misses(path: Path) -> None:
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as file:
        tables = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        texts = {
            (table, name)
            for table in tables
            for _, name, kind, *_ in file.execute(f"PRAGMA table_info({table})")
            if kind not in ("INTEGER", "DOUBLE")
        }
        assert texts == {
            ("guild", "article"), ("channel", "article"), ("commands", "sha256"), ("alembic_version", "version_num"),
            ("answer", "asker"), ("server_key", "secret"), ("person_key", "secret"), ("person_key", "mark"),
            *(("miss", name) for name in ("pack", "text", "verdict", "server")),
        }  # fmt: skip
        answer = {name for _, name, *_ in file.execute("PRAGMA table_info(answer)")}
        assert answer == {"reply_id", "key", "asker", "guild_id", "at"}  # as docs/privacy.md has it
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_only_the_user_who_runs_the_bot_can_read_the_file(path: Path) -> None:
    with opened(path) as store:
        run(store.note(REPLY, ADA, GUILD))
        assert {p.name: oct(p.stat().st_mode & 0o777) for p in path.parent.iterdir()} == {
            name: oct(0o600) for name in (path.name, f"{path.name}-wal", f"{path.name}-shm")
        }
    assert path.parent.stat().st_mode & 0o777 == 0o700


# Migration


def steps_and(folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """Add steps, each by a statement of its own."""
    shutil.copytree(migrations._HERE / "versions", folder / "versions")
    for number, statement in enumerate(more, start=int(REVISION) + 1):
        (folder / "versions" / f"{number:04}_more.py").write_text(
            f"from alembic import op\nrevision, down_revision = '{number:04}', '{number - 1:04}'\n"
            f"def upgrade():\n    op.execute({statement!r})\n"
        )
    monkeypatch.setattr(migrations, "_HERE", folder)
    monkeypatch.setattr(migrations, "REVISION", f"{int(REVISION) + len(more):04}")


def test_the_steps_make_the_tables_that_the_queries_name() -> None:
    assert sorted(p.name[:4] for p in (migrations._HERE / "versions").glob("[0-9]*.py"))[-1] == REVISION
    found, indexes = [], []
    for make in (metadata.create_all, lambda connection: migrations.upgrade(connection, None)):
        engine = create_engine("sqlite://")
        with engine.begin() as made:
            make(made)
            tables = inspect(made).get_table_names()
            found.append({name: made.exec_driver_sql(f"PRAGMA table_xinfo({name})").all() for name in tables})
            indexes.append({name: inspect(made).get_indexes(name) for name in tables})
        engine.dispose()
    assert (found[0], indexes[0]) == (found[1], indexes[1])


def test_a_file_of_an_older_schema_is_brought_forward_with_what_it_holds(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(path) as store:
        run(store.change(GUILD, CHANNEL, listening))
    more = ("ALTER TABLE channel ADD COLUMN colour TEXT", "CREATE TABLE more (id INTEGER)", "INSERT INTO more VALUES (7)")
    steps_and(tmp_path / "steps", monkeypatch, *more)
    for _ in range(2):  # the second time there is nothing left to do
        with opened(path) as store:
            assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{int(REVISION) + 3:04}",)]
        assert file.execute("SELECT id FROM more").fetchall() == [(7,)]


def test_a_migration_that_fails_leaves_the_older_schema(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as store:
        run(store.change(GUILD, CHANNEL, listening))
    with monkeypatch.context() as patch:
        steps_and(tmp_path / "steps", patch, "CREATE TABLE more (id INTEGER)", "INSERT INTO nowhere VALUES (7)")
        with pytest.raises(StoreFault, match="cannot be used"):
            SqliteStore(path)
    with opened(path) as store:
        assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
