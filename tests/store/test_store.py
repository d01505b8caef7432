"""The store: one contract for every store, what outlives a restart, and what becomes of files that cannot be used."""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bot.store import sqlite as module
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from bot.store.values import KEEP, MAX_COOLDOWN, ChannelSettings, GuildSettings, Overrides, Store, StoreFault, merge

T = TypeVar("T")
GUILD, OTHER_GUILD, CHANNEL, THREAD = 10, 11, 20, 21
REPLY, ADA, BOB = 200, 2**62 + 1, 31
NOW = 1_800_000_000.0
LONG = 120.0  # seconds; for a store that is to answer, however busy the machine


class Clock:
    """A clock that the test sets, in seconds."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def run(call: Awaitable[T]) -> T:
    async def wait() -> T:
        return await call

    return asyncio.run(wait())


def askers(store: Store, *replies: int) -> list[int | None]:
    return [run(store.asker_of(reply)) for reply in replies]


def listening(old: Overrides) -> Overrides:
    return replace(old, listen=True)


def no_change(old: Overrides) -> Overrides:
    return old


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verbatim.sqlite3"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, path: Path, clock: Clock) -> Iterator[Store]:
    made: Store = MemoryStore(clock) if request.param == "memory" else SqliteStore(path, clock, patience=LONG)
    yield made
    run(made.close())


@contextmanager
def opened(path: Path, clock: Callable[[], float] = time.time, *, patience: float = LONG) -> Iterator[SqliteStore]:
    made = SqliteStore(path, clock, patience=patience)
    try:
        yield made
    finally:
        run(made.close())


# Merging

levels = st.builds(
    Overrides,
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["one", "two"]),
    st.none() | st.floats(0, MAX_COOLDOWN),
)
SETTINGS = ("listen", "ephemeral", "article", "cooldown")


def test_what_is_set_for_a_channel_goes_over_what_is_set_for_the_server_and_that_over_the_defaults() -> None:
    server = Overrides(listen=True, ephemeral=True, cooldown=5)
    channel = Overrides(listen=False, article="other")
    assert merge(ChannelSettings(cooldown=1), server, channel) == ChannelSettings(False, True, "other", 5)


@given(st.lists(levels, max_size=3))
def test_of_each_setting_the_narrowest_that_is_set_counts(given_levels: list[Overrides]) -> None:
    merged = merge(ChannelSettings(), *given_levels)
    for name in SETTINGS:
        values = [getattr(level, name) for level in given_levels if getattr(level, name) is not None]
        assert getattr(merged, name) == (values[-1] if values else getattr(ChannelSettings(), name))


def test_a_thread_has_its_parents_settings_and_its_own_over_them() -> None:
    settings = GuildSettings(Overrides(cooldown=9), {CHANNEL: Overrides(listen=True), THREAD: Overrides(listen=False)})
    assert settings.at(CHANNEL) == ChannelSettings(listen=True, cooldown=9)
    assert settings.at(CHANNEL, THREAD) == ChannelSettings(listen=False, cooldown=9)
    assert settings.at(99) == settings.at() == ChannelSettings(cooldown=9)
    assert settings.at(99, defaults=ChannelSettings(ephemeral=True)) == ChannelSettings(ephemeral=True, cooldown=9)


@pytest.mark.parametrize("wrong", [{"cooldown": -1}, {"cooldown": MAX_COOLDOWN + 1}, {"cooldown": float("nan")}, {"article": ""}])
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cooldown|slug"):
        Overrides(**wrong)


# The contract: settings


def test_at_first_nothing_is_set(store: Store) -> None:
    assert run(store.settings(GUILD)) == GuildSettings()


def test_settings_are_kept_by_server_and_channel(store: Store) -> None:
    everything = Overrides(True, False, "other-article", 2.5)
    assert run(store.change(GUILD, None, lambda _: everything)) == everything
    assert run(store.change(GUILD, CHANNEL, listening)) == Overrides(listen=True)
    assert run(store.settings(GUILD)) == GuildSettings(everything, {CHANNEL: Overrides(listen=True)})
    assert run(store.settings(OTHER_GUILD)) == GuildSettings()


def test_a_change_keeps_what_it_does_not_touch(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    run(store.change(GUILD, None, listening))
    run(store.change(GUILD, CHANNEL, lambda old: replace(old, cooldown=7)))
    run(store.change(GUILD, None, lambda old: replace(old, ephemeral=False)))
    assert run(store.settings(GUILD)) == GuildSettings(
        Overrides(listen=True, ephemeral=False), {CHANNEL: Overrides(listen=True, cooldown=7)}
    )


def test_what_is_no_longer_set_is_gone(store: Store) -> None:
    run(store.change(GUILD, None, listening))
    run(store.change(GUILD, CHANNEL, listening))
    run(store.change(GUILD, CHANNEL, lambda _: Overrides()))
    assert run(store.settings(GUILD)) == GuildSettings(Overrides(listen=True))
    run(store.change(GUILD, None, lambda _: Overrides()))
    assert run(store.settings(GUILD)) == GuildSettings()


@pytest.mark.parametrize("channel", [None, CHANNEL])
def test_a_step_that_fails_changes_nothing(store: Store, channel: int | None) -> None:
    run(store.change(GUILD, channel, listening))
    before = run(store.settings(GUILD))
    with pytest.raises(ValueError, match="cooldown"):
        run(store.change(GUILD, channel, lambda old: replace(old, listen=False, cooldown=-5)))
    assert run(store.settings(GUILD)) == before
    assert run(store.change(GUILD, channel, no_change)) == Overrides(listen=True)


def test_changes_at_the_same_time_all_count(store: Store) -> None:
    async def together() -> Overrides:
        more = lambda old: replace(old, cooldown=(old.cooldown or 0) + 1)  # noqa: E731
        await asyncio.gather(*(store.change(GUILD, CHANNEL, more) for _ in range(20)))
        return (await store.settings(GUILD)).channels[CHANNEL]

    assert run(together()) == Overrides(cooldown=20)


# The contract: commands


def test_the_commands_of_each_application_are_remembered(store: Store) -> None:
    assert run(store.synced_commands(1)) is None
    run(store.remember_commands(1, "aa"))
    run(store.remember_commands(2, "bb"))
    run(store.remember_commands(1, "cc"))
    assert (run(store.synced_commands(1)), run(store.synced_commands(2))) == ("cc", "bb")


# The contract: whose question an answer answers


def test_the_asker_is_known_by_the_reply_and_by_nothing_else(store: Store) -> None:
    run(store.note(REPLY, ADA, GUILD))
    run(store.note(2**63 - 1, BOB, None))
    assert askers(store, REPLY, 2**63 - 1) == [ADA, BOB]
    assert askers(store, ADA, BOB, GUILD, REPLY + 1, 0) == [None] * 5


def test_of_a_reply_that_is_noted_again_the_last_asker_counts(store: Store) -> None:
    run(store.note(REPLY, ADA, GUILD))
    run(store.note(REPLY, BOB, None))
    run(store.forget(ADA))
    run(store.forget_guild(GUILD))
    assert askers(store, REPLY) == [BOB]


def test_notes_at_the_same_time_all_count(store: Store) -> None:
    async def together() -> list[int | None]:
        await asyncio.gather(*(store.note(REPLY + n, ADA + n, GUILD) for n in range(20)))
        return await asyncio.gather(*(store.asker_of(REPLY + n) for n in range(20)))

    assert run(together()) == [ADA + n for n in range(20)]


def test_what_is_too_old_is_forgotten(store: Store, clock: Clock) -> None:
    run(store.note(REPLY, ADA, GUILD))
    clock.now += KEEP - 1
    run(store.note(REPLY + 1, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1) == [ADA, BOB]
    clock.now += 1
    assert askers(store, REPLY, REPLY + 1) == [None, BOB]  # at once, before anything is deleted
    run(store.note(REPLY + 2, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1, REPLY + 2) == [None, BOB, BOB]
    run(store.note(REPLY, ADA, GUILD))
    assert askers(store, REPLY) == [ADA]


def test_the_age_of_a_reply_that_is_noted_again_counts_from_then(store: Store, clock: Clock) -> None:
    for reply in (REPLY, REPLY + 1):
        run(store.note(reply, ADA, GUILD))
    clock.now += KEEP - 1
    run(store.note(REPLY, ADA, GUILD))
    clock.now += 1
    run(store.note(REPLY + 2, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1, REPLY + 2) == [ADA, None, BOB]


# The contract: forgetting


def test_everything_about_a_user_is_forgotten_and_nothing_else(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    run(store.remember_commands(ADA, "aa"))
    for reply, asker, guild in ((1, ADA, GUILD), (2, BOB, GUILD), (3, ADA, None), (4, BOB, ADA)):
        run(store.note(reply, asker, guild))
    run(store.forget(ADA))
    assert askers(store, 1, 2, 3, 4) == [None, BOB, None, BOB]
    assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    assert run(store.synced_commands(ADA)) == "aa"
    run(store.note(5, ADA, GUILD))  # what is forgotten is not shut out
    assert askers(store, 1, 5) == [None, ADA]


def test_everything_about_a_server_is_forgotten_and_nothing_else(store: Store) -> None:
    for guild in (GUILD, OTHER_GUILD):
        run(store.change(guild, None, listening))
        run(store.change(guild, CHANNEL + guild, listening))
        run(store.note(REPLY + guild, ADA, guild))
    run(store.note(1, ADA, None))
    run(store.note(2, GUILD, OTHER_GUILD))
    run(store.remember_commands(1, "aa"))
    run(store.forget_guild(GUILD))
    assert run(store.settings(GUILD)) == GuildSettings()
    assert run(store.settings(OTHER_GUILD)) == GuildSettings(
        Overrides(listen=True), {CHANNEL + OTHER_GUILD: Overrides(listen=True)}
    )
    assert askers(store, REPLY + GUILD, REPLY + OTHER_GUILD, 1, 2) == [None, ADA, ADA, GUILD]
    assert run(store.synced_commands(1)) == "aa"


CALLS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "settings": lambda s: s.settings(GUILD),
    "change": lambda s: s.change(GUILD, None, no_change),
    "synced_commands": lambda s: s.synced_commands(1),
    "remember_commands": lambda s: s.remember_commands(1, "aa"),
    "note": lambda s: s.note(REPLY, ADA, GUILD),
    "asker_of": lambda s: s.asker_of(REPLY),
    "forget": lambda s: s.forget(ADA),
    "forget_guild": lambda s: s.forget_guild(GUILD),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_store_says_so(store: Store, call: str) -> None:
    run(store.close())
    run(store.close())
    with pytest.raises(StoreFault, match="is closed"):
        run(CALLS[call](store))


def test_every_call_of_the_contract_is_tried_when_closed() -> None:
    assert {name for name in vars(Store) if not name.startswith("_")} == {*CALLS, "close"}


# The contract: both stores alike

few, guilds = st.sampled_from([1, 2, 3]), st.sampled_from([GUILD, OTHER_GUILD])  # so that steps meet
steps = st.one_of(
    st.tuples(st.just("note"), few, st.sampled_from([ADA, BOB]), st.none() | guilds),
    st.tuples(st.just("change"), guilds, st.none() | few, levels),
    st.tuples(st.just("remember_commands"), few, st.sampled_from(["aa", "bb"])),
    st.tuples(st.just("forget"), st.sampled_from([ADA, BOB])),
    st.tuples(st.just("forget_guild"), guilds),
    st.tuples(st.just("wait"), st.sampled_from([1.0, KEEP / 2, KEEP - 1, KEEP])),
    st.tuples(st.just("restart")),
)


@given(st.lists(steps, max_size=12))
def test_both_stores_say_the_same_whatever_came_before_and_a_restart_changes_nothing(given_steps: list[tuple[Any, ...]]) -> None:
    async def everything(store: Store) -> list[object]:
        return [
            *[await store.asker_of(reply) for reply in (1, 2, 3)],
            *[await store.settings(guild) for guild in (GUILD, OTHER_GUILD)],
            *[await store.synced_commands(application) for application in (1, 2, 3)],
        ]

    async def scenario(path: Path) -> None:
        clock = Clock()
        memory, sqlite = MemoryStore(clock), SqliteStore(path, clock, patience=LONG)
        try:
            for name, *values in given_steps:
                if name == "wait":
                    clock.now += values[0]
                elif name == "restart":
                    await sqlite.close()
                    sqlite = SqliteStore(path, clock, patience=LONG)
                else:
                    values = [(lambda _, level=v: level) if isinstance(v, Overrides) else v for v in values]
                    assert await getattr(memory, name)(*values) == await getattr(sqlite, name)(*values)
                assert await everything(memory) == await everything(sqlite)
        finally:
            await sqlite.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(scenario(Path(folder, "verbatim.sqlite3")))


# SQLite: across restarts and processes


def test_everything_outlives_a_restart(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.change(GUILD, None, listening))
        run(store.change(GUILD, CHANNEL, lambda _: Overrides(False, True, "other", 1.5)))
        run(store.remember_commands(1, "aa"))
        run(store.note(REPLY, ADA, GUILD))
    with opened(path, clock) as store:
        assert run(store.settings(GUILD)) == GuildSettings(
            Overrides(listen=True), {CHANNEL: Overrides(False, True, "other", 1.5)}
        )
        assert run(store.synced_commands(1)) == "aa"
        assert askers(store, REPLY) == [ADA]


def python(script: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, args)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


KILLED = """
import asyncio, os, sys
from pathlib import Path
from bot.store import SqliteStore
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
from bot.store import SqliteStore
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


@contextmanager
def connecting_with(kind: type[sqlite3.Connection]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=kind))
        yield


def opened_while_another_makes_it(path: Path, moment: int) -> tuple[str | None, bool]:
    """The statement of the opening before which another process made the file, and whether it could; None where there are fewer."""
    statements: list[str] = []
    noted = False

    class Interrupted(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            nonlocal noted
            statements.append(sql)
            if len(statements) == moment:
                # Within a transaction the other one may have to wait, and would in vain.
                patience = 0.05 if self.in_transaction else LONG
                with connecting_with(sqlite3.Connection), suppress(StoreFault), opened(path, patience=patience) as other:
                    run(other.note(REPLY, ADA, None))
                    noted = True
            return super().execute(sql, *values)

    try:
        with connecting_with(Interrupted), opened(path) as store:
            before = statements[moment - 1] if moment <= len(statements) else None
            assert askers(store, REPLY) == [ADA if noted else None]
    except StoreFault as fault:
        pytest.fail(f"before `{statements[moment - 1]}`: {fault}")
    return before, noted


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


def rows(path: Path) -> list[tuple[int, int]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute("SELECT reply_id, asker_id FROM answer ORDER BY reply_id").fetchall()


def test_what_is_too_old_is_deleted_at_the_next_start(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.note(REPLY, ADA, GUILD))
        clock.now += 1
        run(store.note(REPLY + 1, BOB, GUILD))
    clock.now += KEEP - 1
    with opened(path, clock):
        assert rows(path) == [(REPLY + 1, BOB)]


def test_what_is_too_old_is_deleted_at_the_next_note(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        for n in range(3):
            run(store.note(REPLY + n, ADA, GUILD))
        clock.now += KEEP
        run(store.note(REPLY + 3, BOB, None))
        assert rows(path) == [(REPLY + 3, BOB)]


def bytes_of(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(path.parent.iterdir()) if not p.name.endswith("-shm"))


@pytest.mark.parametrize("replies", [1, 400])  # 400 take more than a page, and free it
@pytest.mark.parametrize("restarted", [False, True])  # then they are no longer in the log, but in the file itself
def test_what_is_forgotten_is_not_in_the_files_any_more(path: Path, replies: int, restarted: bool) -> None:
    def written(number: int) -> bool:
        return number.to_bytes(8, "big") in bytes_of(path)

    def before(store: Store) -> None:
        for reply in range(replies):
            run(store.note(reply, ADA, ADA + 1))
            run(store.note(1000 + reply, BOB, ADA + 1))
        run(store.change(ADA + 1, ADA + 2, listening))

    def after(store: Store) -> None:
        assert [written(ADA + n) for n in range(3)] == [True, True, True]
        run(store.forget(ADA))
        assert [written(ADA + n) for n in range(3)] == [False, True, True]
        run(store.forget_guild(ADA + 1))
        assert [written(ADA + n) for n in range(3)] == [False, False, False]

    with opened(path) as store:
        before(store)
        if not restarted:
            after(store)
    if restarted:
        with opened(path) as store:
            after(store)


def test_the_file_has_no_column_for_text_but_hashes_and_slugs(path: Path) -> None:
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as file:
        tables = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        texts = {
            (table, name)
            for table in tables
            for _, name, kind, *_ in file.execute(f"PRAGMA table_info({table})")
            if kind not in ("INTEGER", "REAL")
        }
        assert texts == {("guild", "article"), ("channel", "article"), ("commands", "sha256")}
        answer = {name for _, name, *_ in file.execute("PRAGMA table_info(answer)")}
        assert answer == {"reply_id", "asker_id", "guild_id", "at"}  # as docs/privacy.md has it
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_only_the_user_who_runs_the_bot_can_read_the_file(path: Path) -> None:
    with opened(path) as store:
        run(store.note(REPLY, ADA, GUILD))
        assert {p.name: oct(p.stat().st_mode & 0o777) for p in path.parent.iterdir()} == {
            name: oct(0o600) for name in (path.name, f"{path.name}-wal", f"{path.name}-shm")
        }
    assert path.parent.stat().st_mode & 0o777 == 0o700


# SQLite: migration


def test_a_file_of_an_older_schema_is_brought_forward_with_what_it_holds(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as store:
        run(store.change(GUILD, CHANNEL, listening))
    steps = (("ALTER TABLE channel ADD COLUMN colour TEXT",), ("CREATE TABLE more (id INTEGER)", "INSERT INTO more VALUES (7)"))
    monkeypatch.setattr(module, "_STEPS", (*module._STEPS, *steps))
    for _ in range(2):  # the second time there is nothing left to do
        with opened(path) as store:
            assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(module._STEPS),)
        assert file.execute("SELECT id FROM more").fetchall() == [(7,)]


def test_a_migration_that_fails_leaves_the_older_schema(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as store:
        run(store.change(GUILD, CHANNEL, listening))
    good = module._STEPS
    monkeypatch.setattr(module, "_STEPS", (*good, ("CREATE TABLE more (id INTEGER)", "INSERT INTO nowhere VALUES (7)")))
    with pytest.raises(StoreFault, match="cannot be used"):
        SqliteStore(path)
    monkeypatch.setattr(module, "_STEPS", good)
    with opened(path) as store:
        assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)


# SQLite: files that cannot be used


def made_by(statement: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with closing(sqlite3.connect(path)) as file:
            file.execute(statement)
            file.commit()

    return make


def damaged(path: Path) -> None:
    with opened(path) as store:
        for reply in range(200):
            run(store.note(reply, ADA, GUILD))
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 3] = b"\xa5" * 8192
    path.write_bytes(data)


def newer(path: Path) -> None:
    with opened(path):
        pass
    made_by("PRAGMA user_version = 99")(path)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda p: p.write_text("hello"), "is not a database. Fix: move it away, or name another folder as `state` in config.yaml."),
    "noise": (lambda p: p.write_bytes(bytes(range(256)) * 64), "is not a database."),
    "damaged": (damaged, "is damaged. Fix: put back a copy of it, or move it away"),
    "another program's": (made_by("CREATE TABLE bookmark (url TEXT)"), "is another program's database. Fix: name another folder"),
    "another program's mark": (made_by("PRAGMA application_id = 7"), "is another program's database."),
    "newer": (newer, "was written by a newer version of Verbatim (schema 99; this one knows 1). Fix: update Verbatim, or"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused_in_words_and_left_as_it_is(path: Path, case: str) -> None:
    make, message = UNUSABLE[case]
    path.parent.mkdir()
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreFault) as fault:
        SqliteStore(path)
    assert str(fault.value).startswith(f"{path}: {message}")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_empty_file_is_a_new_store(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with opened(path) as store:
        run(store.note(REPLY, ADA, GUILD))
        assert askers(store, REPLY) == [ADA]


def test_a_value_that_cannot_be_meant_is_damage(path: Path) -> None:
    with opened(path) as store:
        run(store.change(GUILD, None, listening))
        for value in (-5, "'soon'"):
            made_by(f"UPDATE guild SET cooldown = {value}")(path)
            with pytest.raises(StoreFault, match="is damaged"):
                run(store.settings(GUILD))


def test_a_folder_in_place_of_the_file_is_a_fault(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreFault, match=r"cannot be written .*Fix: let the user that runs the bot write there"):
        SqliteStore(path)


def test_a_file_in_place_of_the_folder_is_a_fault(path: Path) -> None:
    path.parent.write_text("")
    with pytest.raises(StoreFault, match="cannot be written"):
        SqliteStore(path)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Nothing may be written that permissions forbid, also where the tests are run by root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """Where any user may look: pytest's own folders are for the one who runs it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
@pytest.mark.parametrize("what", ["folder", "file", "folder of the file"])
def test_what_is_read_only_is_a_fault_at_the_start(readable_folder: Path, what: str) -> None:
    folder = readable_folder / "state"
    path = folder / "verbatim.sqlite3"
    folder.mkdir()
    if what != "folder":
        with opened(path):
            pass
        path.chmod(0o444 if what == "file" else 0o666)
    folder.chmod(0o777 if what == "file" else 0o555)
    with unprivileged(), pytest.raises(StoreFault, match=r"cannot be written.* Fix: let the user that runs the bot write"):
        SqliteStore(path)
    folder.chmod(0o755)


def test_a_full_disk_is_a_fault_that_changes_nothing_and_passes_when_there_is_room(path: Path) -> None:
    made: list[sqlite3.Connection] = []

    class Small(sqlite3.Connection):
        """Refuses to grow beyond so many pages, as SQLite does on a full disk."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, check_same_thread=False, **kwargs)
            self.execute("PRAGMA max_page_count = 16")
            made.append(self)

    async def fill(store: Store) -> None:
        for reply in replies:
            await store.note(reply, ADA, GUILD)

    with connecting_with(Small), opened(path) as store:
        run(store.change(GUILD, CHANNEL, listening))
        replies = iter(range(1, 10_000))
        with pytest.raises(StoreFault) as fault:
            run(fill(store))
        assert str(fault.value) == f"{path}: cannot grow, since the disk is full. Fix: make room on the disk."
        refused = next(replies) - 1
        assert askers(store, 1, refused - 1, refused) == [ADA, ADA, None]
        assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
        made[0].execute("PRAGMA max_page_count = 1000")
        run(store.note(refused, BOB, GUILD))
        assert askers(store, 1, refused - 1, refused) == [ADA, ADA, BOB]


def in_time(scenario: Callable[[Path, float], None], folder: Path) -> None:
    """Run a scenario in which somebody waits in vain for `patience` seconds. Where a busy machine lets what should come in time
    come too late, the scenario is run again with more; what fails however long it may take is a defect."""
    for patience in (0.2, 2.0):
        with suppress(AssertionError, StoreFault, pytest.fail.Exception):
            scenario(folder / f"{patience:g}" / "verbatim.sqlite3", patience)
            return
    scenario(folder / "last" / "verbatim.sqlite3", 20.0)


def test_a_file_that_another_program_holds_is_a_fault_and_usable_when_let_go(tmp_path: Path) -> None:
    def scenario(path: Path, patience: float) -> None:
        with opened(path, patience=patience) as store:
            run(store.note(1, ADA, None))
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(StoreFault, match="is held by another program"):
                    run(store.note(2, ADA, None))
                assert askers(store, 1, 2) == [ADA, None]  # who only reads does not wait
                other.execute("ROLLBACK")
            run(store.note(2, BOB, None))
            assert askers(store, 1, 2) == [ADA, BOB]

    in_time(scenario, tmp_path)


class Hanging:
    """A step that a disk holds up, until the test lets it go on."""

    def __init__(self) -> None:
        self.begun, self.goes_on, self.done = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, old: Overrides) -> Overrides:
        self.begun.set()
        self.goes_on.wait(60)
        self.done.set()
        return listening(old)


def test_a_disk_that_hangs_holds_up_neither_the_loop_nor_later_calls(tmp_path: Path) -> None:
    async def scenario(store: SqliteStore, patience: float, slow: Hanging) -> None:
        waiting = [asyncio.create_task(store.change(GUILD, None, slow)), asyncio.create_task(store.note(1, ADA, None))]
        while not (slow.begun.is_set() or waiting[0].done()):
            await asyncio.sleep(0.001)  # the loop turns
        for fault in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(fault, StoreFault)
            assert f"gives no answer within {patience:g} s" in str(fault)
        assert slow.begun.is_set()
        with pytest.raises(StoreFault, match="gives no answer"):
            store.note(2, ADA, None).send(None)  # refused without waiting once more
        assert not slow.done.is_set()
        slow.goes_on.set()
        async with asyncio.timeout(LONG):
            while True:
                try:
                    settings = await store.settings(GUILD)
                    break
                except StoreFault:
                    await asyncio.sleep(0.001)
        assert settings.own == Overrides(listen=True)
        # Neither of the notes that were refused has been made behind the caller's back.
        assert [await store.asker_of(reply) for reply in (1, 2)] == [None, None]
        await store.note(2, BOB, None)
        assert await store.asker_of(2) == BOB

    def attempt(path: Path, patience: float) -> None:
        slow = Hanging()
        with opened(path, patience=patience) as store:
            try:
                asyncio.run(scenario(store, patience, slow))
            finally:
                slow.goes_on.set()

    in_time(attempt, tmp_path)


def test_a_store_that_cannot_be_closed_in_time_does_not_keep_the_bot_from_ending(tmp_path: Path) -> None:
    async def scenario(path: Path, patience: float, slow: Hanging) -> None:
        store = SqliteStore(path, patience=patience)
        with pytest.raises(StoreFault, match="gives no answer"):
            await store.change(GUILD, None, slow)
        assert slow.begun.is_set()
        await store.close()
        assert not slow.done.is_set()  # it was not waited for
        with pytest.raises(StoreFault, match="is closed"):
            await store.settings(GUILD)

    def attempt(path: Path, patience: float) -> None:
        slow = Hanging()
        try:
            asyncio.run(scenario(path, patience, slow))
        finally:
            slow.goes_on.set()

    in_time(attempt, tmp_path)
