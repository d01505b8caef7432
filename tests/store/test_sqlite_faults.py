"""The store in a file that cannot be used, or not for a while: what is said, and that nothing is lost or held up."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, askers, connecting_with, listening, opened, run

from bot.store.sqlite import SqliteStore
from bot.store.tables import REVISION
from bot.store.values import GuildSettings, Overrides, Store, StoreFault


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
    made_by("UPDATE alembic_version SET version_num = '0099'")(path)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "another program's": (made_by("CREATE TABLE bookmark (url TEXT)"), "is another program's database. Fix: name another folder"),
    "another program's mark": (made_by("PRAGMA application_id = 7"), "is another program's database."),
    "of before the first release": (
        lambda path: (
            made_by("PRAGMA application_id = 0x56455242")(path)
            or made_by("PRAGMA user_version = 3")(path)
            or made_by("CREATE TABLE secret (key BLOB)")(path)
        ),
        "is of a version before the first release (schema 3). Fix: delete it, or name another folder",
    ),
    "newer": (
        newer,
        f"was written by a newer version of Verbatim (schema 0099; this one knows {REVISION}). Fix: update Verbatim, or",
    ),
}


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


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda p: p.write_text("hello"),
    "noise": lambda p: p.write_bytes(bytes(range(256)) * 64),
    "pages of noise": damaged,
    "cut short": lambda p: p.write_bytes(p.read_bytes()[:5000]),
    "no UTF-8 in the schema": lambda p: p.write_bytes(p.read_bytes().replace(b"CREATE TABLE answer", b"CREATE TABLE ans\xffer")),
    "no UTF-8 in a row": made_by("UPDATE guild SET article = CAST(x'ff41' AS TEXT)"),
    "bytes for a text": made_by("UPDATE guild SET article = x'4141'"),
    "a text for a number": made_by("UPDATE guild SET cooldown = 'soon'"),
    "a number that cannot be meant": made_by("UPDATE guild SET cooldown = -5"),
    "a text for a time": made_by("UPDATE answer SET at = 'soon'"),
    "a text for an asker": made_by("UPDATE answer SET asker = 'ada'"),
    "a text for a server": made_by("UPDATE answer SET guild_id = 'home'"),
    "bytes for a hash": made_by("UPDATE commands SET sha256 = x'00'"),
    "bytes for a miss": made_by("UPDATE miss SET text = x'4141'"),
    "no UTF-8 in a miss": made_by("UPDATE miss SET text = CAST(x'ff41' AS TEXT)"),
    "a text for a day": made_by("UPDATE miss SET day = 'monday'"),
    "a fraction of a day": made_by("UPDATE miss SET day = 20000.5"),
    "a text for the secret": made_by("UPDATE server_key SET secret = hex(secret)"),
    "a secret cut short": made_by("UPDATE server_key SET secret = x'00'"),
    "no secret": made_by("DELETE FROM server_key"),
    "a table too few": made_by("DROP TABLE commands"),
    "a column too few": made_by("ALTER TABLE guild DROP COLUMN threads"),
    "a text for a person's key": made_by("UPDATE person_key SET secret = 'ada'"),
    "a number for a person's mark": made_by("UPDATE person_key SET mark = 7"),
    "a schema that there never was": made_by("UPDATE alembic_version SET version_num = 'soon'"),
    "two schemas": made_by("INSERT INTO alembic_version VALUES ('0000')"),
    "no schema": made_by("DELETE FROM alembic_version"),
    "without its mark": made_by("PRAGMA application_id = 7"),
    "a format that SQLite only reads": lambda p: p.write_bytes(p.read_bytes()[:18] + b"\x03" + p.read_bytes()[19:]),
}


def filled(path: Path) -> None:
    with opened(path) as store:
        run(store.change(GUILD, None, lambda _: Overrides(True, True, "other", 5.0)))
        run(store.change(GUILD, CHANNEL, listening))
        run(store.remember_commands(1, "aa"))
        run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
        for reply in range(60):
            run(store.note(reply, ADA, GUILD))


@pytest.mark.parametrize("case", DAMAGES)
def test_a_damaged_file_is_set_aside_said_and_begun_anew(path: Path, caplog: pytest.LogCaptureFixture, case: str) -> None:
    filled(path)
    DAMAGES[case](path)
    before = path.read_bytes()
    with opened(path) as store:
        assert run(store.settings(GUILD)) == GuildSettings()
        assert run(store.misses("one")) == ()
        run(store.keep_miss(GUILD, "one", "a lift", "unsure"))
        run(store.change(GUILD, None, listening))
        run(store.note(REPLY, BOB, GUILD))
        assert askers(store, REPLY, 1) == [BOB, None]
    [aside] = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == before
    [said] = [r.getMessage() for r in caplog.records]
    assert said.startswith(f"{path} was damaged; it is now {aside.name}, and a new one is begun. Lost with it is")
    caplog.clear()
    with opened(path) as store:
        assert run(store.settings(GUILD)).own == Overrides(listen=True)
    assert caplog.records == []


def test_a_second_damaged_file_does_not_replace_the_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.strftime", lambda *_: "now")
    for text in ("hello", "again"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        with opened(path):
            pass
    assert sorted(p.read_text() for p in path.parent.glob("*.damaged-*")) == ["again", "hello"]


def test_a_file_that_another_process_has_set_aside_meanwhile_is_left_to_it(path: Path) -> None:
    filled(path)
    DAMAGES["bytes for a hash"](path)

    class Overtaken(sqlite3.Connection):
        """Another process is through before this one has seen the damage."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            if not list(path.parent.glob("*.damaged-*")):
                path.rename(path.with_name("verbatim.sqlite3.damaged-first"))
                with connecting_with(sqlite3.Connection), opened(path) as other:
                    run(other.note(REPLY, ADA, GUILD))
                args = (path.with_name("verbatim.sqlite3.damaged-first"), *args[1:])
            super().__init__(*args, **kwargs)

    with connecting_with(Overtaken), opened(path) as store:
        assert askers(store, REPLY) == [ADA]
    assert [p.name for p in path.parent.glob("*.damaged-*")] == ["verbatim.sqlite3.damaged-first"]


def harmed(data: bytes, chance: random.Random) -> bytes:
    """A file with one damage, as a disk, a copy or an editor makes it."""
    at, size = chance.randrange(len(data)), chance.choice((1, 2, 8, 64, 512, 4096))
    noise = chance.choice((chance.randbytes(size), b"\0" * size, b"\xff" * size))
    match chance.randrange(6):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + noise + data[at:]
        case 2:
            return data[:at] + data[at + size :]
        case 3:
            at = chance.randrange(100)  # the header
        case 4:
            at = chance.randrange(4096)  # the schema
    return (data[:at] + noise + data[at + size :])[: max(len(data), at + size)]


def test_no_damage_stops_the_bot_and_no_call_fails_but_with_a_store_fault(tmp_path: Path) -> None:
    filled(tmp_path / "whole" / "verbatim.sqlite3")
    data = (tmp_path / "whole" / "verbatim.sqlite3").read_bytes()
    aside, refused = 0, list[str]()
    for seed in range(100):
        path = tmp_path / str(seed) / "verbatim.sqlite3"
        path.parent.mkdir()
        path.write_bytes(harmed(data, random.Random(seed)))
        try:
            store = SqliteStore(path, patience=LONG)
        except StoreFault as fault:  # the bot then goes on without one
            refused.append(str(fault))
            continue
        if list(path.parent.glob("*.damaged-*")):
            aside += 1
            run(store.close())
            continue
        calls: list[Callable[[], Awaitable[object]]] = [
            partial(store.settings, GUILD),
            partial(store.change, GUILD, CHANNEL, listening),
            partial(store.synced_commands, 1),
            partial(store.note, REPLY, BOB, GUILD),
            partial(store.is_asker, REPLY, BOB),
            partial(store.kept_of, BOB),
            partial(store.keep_miss, GUILD, "one", "a lift", "unsure"),
            partial(store.misses, "one"),
            partial(store.guilds, 1),
            partial(store.forget, ADA),
            partial(store.forget_guild, GUILD),
        ]
        for call in calls:
            with suppress(StoreFault):
                run(call())
        run(store.close())
    assert aside > 30
    assert [fault for fault in refused if "another program's" not in fault and "a newer version" not in fault] == []
    assert len(refused) < 8


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
        run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
        made_by("UPDATE miss SET verdict = x'00'")(path)
        with pytest.raises(StoreFault, match="is damaged"):
            run(store.misses("one"))
        made_by("UPDATE server_key SET secret = 'known'")(path)
        for call in (store.keep_miss(GUILD, "one", "a lift", "unsure"), store.forget_guild(GUILD)):
            with pytest.raises(StoreFault, match="is damaged"):
                run(call)


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
        assert [await store.is_asker(reply, ADA) for reply in (1, 2)] == [None, None]
        await store.note(2, BOB, None)
        assert await store.is_asker(2, BOB)

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
