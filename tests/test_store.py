"""The store: one contract for every store, what outlives a restart, and what becomes of files that cannot be used."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bot import store as module
from bot.store import (
    KEEP,
    MAX_COOLDOWN,
    ChannelSettings,
    GuildSettings,
    Handled,
    MemoryStore,
    Overrides,
    SqliteStore,
    Store,
    StoreFault,
    merge,
)

T = TypeVar("T")
GUILD, OTHER_GUILD, CHANNEL, THREAD = 10, 11, 20, 21
QUESTION, REPLY, ADA, BOB = 100, 200, 2**62 + 1, 31
NOW = 1_800_000_000.0


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
    made: Store = MemoryStore(clock) if request.param == "memory" else SqliteStore(path, clock)
    yield made
    run(made.close())


@contextmanager
def opened(path: Path, *args: Any, **kwargs: Any) -> Iterator[SqliteStore]:
    made = SqliteStore(path, *args, **kwargs)
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


# The contract: questions


def test_a_question_can_be_claimed_once(store: Store) -> None:
    assert run(store.claim(QUESTION, ADA, GUILD)) is True
    assert run(store.claim(QUESTION, ADA, GUILD)) is False
    assert run(store.claim(QUESTION + 1, ADA, None)) is True


def test_of_many_claims_at_the_same_time_one_is_first(store: Store) -> None:
    async def together() -> list[bool]:
        return await asyncio.gather(*(store.claim(QUESTION, ADA, GUILD) for _ in range(20)))

    assert sum(run(together())) == 1


def test_the_asker_is_found_by_the_reply_and_by_the_question(store: Store) -> None:
    run(store.claim(QUESTION, ADA, GUILD))
    assert run(store.by_question(QUESTION)) == Handled(QUESTION, ADA, GUILD, None)
    run(store.answered(QUESTION, REPLY))
    handled = Handled(QUESTION, ADA, GUILD, REPLY)
    assert (run(store.by_question(QUESTION)), run(store.by_reply(REPLY))) == (handled, handled)
    assert (run(store.by_question(REPLY)), run(store.by_reply(QUESTION))) == (None, None)


def test_a_claim_is_given_back_only_while_nothing_was_sent(store: Store) -> None:
    run(store.claim(QUESTION, ADA, None))
    run(store.release(QUESTION))
    assert run(store.by_question(QUESTION)) is None
    assert run(store.claim(QUESTION, BOB, None)) is True
    run(store.answered(QUESTION, REPLY))
    run(store.release(QUESTION))
    assert run(store.claim(QUESTION, ADA, None)) is False
    assert run(store.by_reply(REPLY)) == Handled(QUESTION, BOB, None, REPLY)
    run(store.release(QUESTION + 1))  # never claimed


def test_what_is_too_old_is_forgotten(store: Store, clock: Clock) -> None:
    run(store.claim(QUESTION, ADA, GUILD))
    run(store.answered(QUESTION, REPLY))
    clock.now += KEEP - 1
    run(store.claim(QUESTION + 1, BOB, GUILD))
    assert run(store.claim(QUESTION, ADA, GUILD)) is False
    assert run(store.by_reply(REPLY)) is not None
    clock.now += 1
    assert run(store.by_reply(REPLY)) is None
    assert run(store.by_question(QUESTION)) is None
    assert run(store.claim(QUESTION, ADA, GUILD)) is True
    assert run(store.by_question(QUESTION)) == Handled(QUESTION, ADA, GUILD)
    assert run(store.by_question(QUESTION + 1)) == Handled(QUESTION + 1, BOB, GUILD)


# The contract: forgetting


def test_everything_about_a_user_is_forgotten_and_nothing_else(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    for question, asker in ((1, ADA), (2, BOB), (3, ADA)):
        run(store.claim(question, asker, GUILD))
        run(store.answered(question, 1000 + question))
    run(store.forget(ADA))
    assert [run(store.by_question(q)) for q in (1, 2, 3)] == [None, Handled(2, BOB, GUILD, 1002), None]
    assert [run(store.by_reply(1000 + q)) for q in (1, 3)] == [None, None]
    assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    run(store.answered(1, 1001))  # the reply to a question that was forgotten while it was being answered
    assert run(store.by_reply(1001)) is None


def test_everything_about_a_server_is_forgotten_and_nothing_else(store: Store) -> None:
    for guild in (GUILD, OTHER_GUILD):
        run(store.change(guild, None, listening))
        run(store.change(guild, CHANNEL + guild, listening))
        run(store.claim(guild, ADA, guild))
    run(store.claim(1, ADA, None))
    run(store.remember_commands(1, "aa"))
    run(store.forget_guild(GUILD))
    assert run(store.settings(GUILD)) == GuildSettings()
    assert run(store.settings(OTHER_GUILD)) == GuildSettings(
        Overrides(listen=True), {CHANNEL + OTHER_GUILD: Overrides(listen=True)}
    )
    assert [run(store.by_question(q)) is None for q in (GUILD, OTHER_GUILD, 1)] == [True, False, False]
    assert run(store.synced_commands(1)) == "aa"


CALLS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "settings": lambda s: s.settings(GUILD),
    "change": lambda s: s.change(GUILD, None, no_change),
    "synced_commands": lambda s: s.synced_commands(1),
    "remember_commands": lambda s: s.remember_commands(1, "aa"),
    "claim": lambda s: s.claim(QUESTION, ADA, GUILD),
    "release": lambda s: s.release(QUESTION),
    "answered": lambda s: s.answered(QUESTION, REPLY),
    "by_question": lambda s: s.by_question(QUESTION),
    "by_reply": lambda s: s.by_reply(REPLY),
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


# SQLite: across restarts and processes


def test_everything_outlives_a_restart(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.change(GUILD, None, listening))
        run(store.change(GUILD, CHANNEL, lambda _: Overrides(False, True, "other", 1.5)))
        run(store.remember_commands(1, "aa"))
        run(store.claim(QUESTION, ADA, GUILD))
        run(store.answered(QUESTION, REPLY))
    with opened(path, clock) as store:
        assert run(store.settings(GUILD)) == GuildSettings(
            Overrides(listen=True), {CHANNEL: Overrides(False, True, "other", 1.5)}
        )
        assert run(store.synced_commands(1)) == "aa"
        assert run(store.claim(QUESTION, ADA, GUILD)) is False
        assert run(store.by_reply(REPLY)) == Handled(QUESTION, ADA, GUILD, REPLY)


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
    store = SqliteStore(Path(sys.argv[1]))
    assert await store.claim(100, 1, None)
    await store.answered(100, 200)
    os._exit(9)
asyncio.run(main())
"""


def test_what_was_claimed_stays_claimed_where_the_process_is_killed(path: Path) -> None:
    killed = python(KILLED, path)
    killed.communicate(timeout=60)
    assert killed.returncode == 9
    with opened(path) as store:
        assert run(store.claim(100, 1, None)) is False
        assert run(store.by_reply(200)) == Handled(100, 1, None, 200)


SHARED = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from bot.store import SqliteStore
async def main():
    store = SqliteStore(Path(sys.argv[1]), patience=30)
    more = lambda old: replace(old, cooldown=(old.cooldown or 0) + 1)
    first = 0
    for question in range(150):
        first += await store.claim(question, 1, 10)
        await store.change(10, 20, more)
    await store.close()
    print(first)
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


def test_two_processes_share_a_file_that_neither_found(path: Path) -> None:
    """Each question is claimed by one of them, and no change of either is lost; they make the file together."""
    both = [python(SHARED, path) for _ in range(2)]
    for process in both:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    claimed = [int(process.communicate(timeout=120)[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(claimed) == 150
    with opened(path) as store:
        assert run(store.settings(10)).channels[20] == Overrides(cooldown=300)


def test_a_new_file_that_another_process_is_just_writing_to_is_waited_for(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")  # refuses a change to WAL at once, whatever the timeout
        release = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
        release.start()
        with opened(path) as store:
            assert run(store.claim(QUESTION, ADA, None)) is True
        release.join()


def test_what_is_too_old_is_deleted_at_the_next_start(path: Path, clock: Clock) -> None:
    with opened(path, clock) as store:
        run(store.claim(QUESTION, ADA, GUILD))
    clock.now += KEEP
    with opened(path, clock):
        pass
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM handled").fetchone() == (0,)


def bytes_of(path: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(path.parent.iterdir()) if p.suffix != ".sqlite3-shm" and "-shm" not in p.name)


def test_what_is_forgotten_is_not_in_the_files_any_more(path: Path) -> None:
    written = ADA.to_bytes(8, "big")
    with opened(path) as store:
        run(store.claim(QUESTION, ADA, ADA + 1))
        run(store.change(ADA + 1, ADA + 2, listening))
        assert written in bytes_of(path)
        run(store.forget(ADA))
        assert written not in bytes_of(path)
        assert (ADA + 2).to_bytes(8, "big") in bytes_of(path)
        run(store.forget_guild(ADA + 1))
        assert not [n for n in (1, 2) if (ADA + n).to_bytes(8, "big") in bytes_of(path)]


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
        assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_only_the_user_who_runs_the_bot_can_read_the_file(path: Path) -> None:
    with opened(path) as store:
        run(store.claim(QUESTION, ADA, GUILD))
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
        for question in range(200):
            run(store.claim(question, ADA, GUILD))
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 3] = b"\xa5" * 8192
    path.write_bytes(data)


def newer(path: Path) -> None:
    with opened(path):
        pass
    made_by("PRAGMA user_version = 99")(path)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda p: p.write_text("hello"), "is not a database. Mend: move it away, or name another folder as `state` in config.yaml."),
    "noise": (lambda p: p.write_bytes(bytes(range(256)) * 64), "is not a database."),
    "damaged": (damaged, "is damaged. Mend: put back a copy of it, or move it away"),
    "another program's": (made_by("CREATE TABLE bookmark (url TEXT)"), "is another program's database. Mend: name another folder"),
    "another program's mark": (made_by("PRAGMA application_id = 7"), "is another program's database."),
    "newer": (newer, "was written by a newer version of Verbatim (schema 99; this one knows 1). Mend: update Verbatim, or"),
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
        assert run(store.claim(QUESTION, ADA, GUILD)) is True


def test_a_value_that_cannot_be_meant_is_damage(path: Path) -> None:
    with opened(path) as store:
        run(store.change(GUILD, None, listening))
        for value in (-5, "'soon'"):
            made_by(f"UPDATE guild SET cooldown = {value}")(path)
            with pytest.raises(StoreFault, match="is damaged"):
                run(store.settings(GUILD))


def test_a_folder_in_place_of_the_file_is_a_fault(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreFault, match=r"cannot be written .*Mend: let the user that runs the bot write there"):
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
    with unprivileged(), pytest.raises(StoreFault, match=r"cannot be written.* Mend: let the user that runs the bot write"):
        SqliteStore(path)
    folder.chmod(0o755)


def test_a_file_that_another_program_holds_is_a_fault_and_usable_when_let_go(path: Path) -> None:
    with opened(path, patience=0.5) as store:
        run(store.claim(1, ADA, None))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreFault, match="is held by another program"):
                run(store.claim(2, ADA, None))
            assert run(store.by_question(1)) == Handled(1, ADA, None)  # who only reads does not wait
            other.execute("ROLLBACK")
        assert run(store.claim(2, ADA, None)) is True


def test_a_disk_that_hangs_holds_up_neither_the_loop_nor_later_calls(path: Path) -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    def slow(old: Overrides) -> Overrides:
        hangs.set()
        assert goes_on.wait(60)
        return listening(old)

    async def scenario(store: SqliteStore) -> None:
        hanging = [asyncio.create_task(store.change(GUILD, None, slow)), asyncio.create_task(store.claim(1, ADA, None))]
        while not hangs.is_set():
            await asyncio.sleep(0.001)  # the loop turns
        for fault in await asyncio.gather(*hanging, return_exceptions=True):
            assert isinstance(fault, StoreFault)
            assert "gives no answer within 0.2 s" in str(fault)
        with pytest.raises(StoreFault, match="gives no answer"):
            store.claim(2, ADA, None).send(None)  # refused without waiting once more
        goes_on.set()
        while True:
            try:
                settings = await store.settings(GUILD)
                break
            except StoreFault:
                await asyncio.sleep(0.001)
        assert settings.own == Overrides(listen=True)
        # Neither of the claims that were refused has been made behind the caller's back.
        assert [await store.claim(q, ADA, None) for q in (1, 2)] == [True, True]

    with opened(path, patience=0.2) as store:
        asyncio.run(scenario(store))


def test_a_store_that_cannot_be_closed_in_time_does_not_keep_the_bot_from_ending(path: Path) -> None:
    goes_on = threading.Event()

    def slow(old: Overrides) -> Overrides:
        assert goes_on.wait(60)
        return old

    async def scenario() -> None:
        store = SqliteStore(path, patience=0.1)
        with pytest.raises(StoreFault, match="gives no answer"):
            await store.change(GUILD, None, slow)
        await store.close()
        with pytest.raises(StoreFault, match="is closed"):
            await store.settings(GUILD)

    asyncio.run(scenario())
    goes_on.set()
