"""The store in a file that cannot be used, or not for a while: what is said, and that nothing is lost or held up."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, askers, connecting_with, listening, opened, run

from bot.store.sqlite import SqliteStore
from bot.store.values import Overrides, Store, StoreFault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verbatim.sqlite3"


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
    "text": (
        lambda p: p.write_text("hello"),
        "is not a database. Fix: move it away, or name another folder as `state` in config.yaml.",
    ),
    "noise": (lambda p: p.write_bytes(bytes(range(256)) * 64), "is not a database."),
    "damaged": (damaged, "is damaged. Fix: put back a copy of it, or move it away"),
    "another program's": (made_by("CREATE TABLE bookmark (url TEXT)"), "is another program's database. Fix: name another folder"),
    "another program's mark": (made_by("PRAGMA application_id = 7"), "is another program's database."),
    "newer": (newer, "was written by a newer version of Verbatim (schema 99; this one knows 3). Fix: update Verbatim, or"),
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
            super().__init__(*args, **{**kwargs, "check_same_thread": False})
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
