"""Saving, bringing back and moving all that is kept: the same in every store, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fakes.postgres import asked, schema
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, REPLY, listening, run

from bot.errors import FileFaults
from bot.store import moving
from bot.store.address import Database, State
from bot.store.moving import backup, move, restore
from bot.store.opening import open_store
from bot.store.sqlite import SqliteStore
from bot.store.tables import REVISION
from bot.store.values import STORE_FILE, GuildSettings, Overrides

Change = Callable[[list[str]], list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state folder with something of everything."""
    store = SqliteStore(tmp_path / "state" / STORE_FILE, patience=LONG)
    run(store.change(GUILD, None, lambda _: Overrides(True, False, None, 0.1)))
    run(store.change(GUILD, CHANNEL, lambda _: Overrides(article="one other", threads=True, misses=False)))
    run(store.remember_commands(1, "aa"))
    for reply in range(30):
        run(store.note(REPLY + reply, ADA if reply % 2 else BOB, GUILD if reply % 3 else None))
    for text in ("who pays", "Zoë asks", "a lift", "élan", "Ärger"):
        run(store.keep_miss(GUILD, "one", text, "unsure"))
    run(store.close())
    return tmp_path / "state"


def refused(what: str, act: Callable[[], object]) -> None:
    with pytest.raises(FileFaults) as found:
        act()
    assert what in str(found.value)


def test_what_is_moved_from_store_to_store_stays_the_same(folder: Path, tmp_path: Path) -> None:
    counts = {"guild": 1, "channel": 1, "commands": 1, "answer": 30, "person_key": 1, "server_key": 1, "miss": 5}
    with schema() as database:
        assert move(folder, database) == counts
        assert move(database, tmp_path / "back") == counts
        files = []
        places: list[State] = [folder, database, tmp_path / "back"]
        for n, place in enumerate(places):
            assert backup(place, tmp_path / f"{n}.jsonl") == counts
            files.append((tmp_path / f"{n}.jsonl").read_bytes())
        assert files[0] == files[1] == files[2]
        store = open_store(database)
        assert run(store.settings(GUILD)) == GuildSettings(
            Overrides(True, False, None, 0.1), {CHANNEL: Overrides(article="one other", threads=True, misses=False)}
        )
        assert [run(store.is_asker(REPLY + 1, user)) for user in (ADA, BOB)] == [True, False]
        run(store.forget_guild(GUILD))  # whose hash is still the same
        assert run(store.misses("one")) == ()
        run(store.close())


def test_a_backup_brings_back_what_was_there_and_says_what_it_holds(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    backup(folder, file)
    header, *lines = file.read_text("utf-8").splitlines(keepends=True)
    for name, said in json.loads(header)["tables"].items():
        its = [line for line in lines if line.startswith(f'["{name}",')]
        assert (said["rows"], said["sha256"]) == (len(its), hashlib.sha256("".join(its).encode()).hexdigest())
    assert len(lines) == 40
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600
    store = SqliteStore(folder / STORE_FILE, patience=LONG)
    run(store.forget(ADA))
    run(store.change(GUILD, None, lambda _: Overrides()))
    run(store.close())
    refused("is not empty. Fix: name an empty one, or add --replace", lambda: restore(file, folder))
    restore(file, folder, replace=True)
    backup(folder, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_bytes() == file.read_bytes()


def test_a_backup_is_whole_or_not_there_and_replaces_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("mine")
    refused("is there already", lambda: backup(folder, tmp_path / "taken"))
    refused("cannot be written", lambda: backup(folder, tmp_path / "nowhere" / "x"))
    refused("is not there. Fix: name the folder", lambda: backup(tmp_path / "nowhere", tmp_path / "x"))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    refused("cannot be written (No space left on device)", lambda: backup(folder, tmp_path / "x"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["state", "taken"]
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_damaged_source_is_told_and_left_as_it_is(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / STORE_FILE)) as file, file:
        file.execute("UPDATE guild SET cooldown = 'soon'")
    refused("is damaged", lambda: backup(folder, tmp_path / "x"))
    assert [p.name for p in folder.iterdir()] == [STORE_FILE]
    assert not (tmp_path / "x").exists()


def renamed(old: str, new: str) -> Change:
    return lambda lines: [line.replace(old, new) for line in lines]


BAD: dict[str, tuple[Change, str]] = {
    "nothing": (lambda lines: [], ":1: is no backup"),
    "another text": (lambda lines: ["hello\n"], ":1: is no backup"),
    "another object": (lambda lines: ["{}\n"], ":1: is no backup"),
    "another kind": (renamed("verbatim state", "verbatim pack"), ":1: is no backup"),
    "a newer format": (renamed('"format":1', '"format":2'), ":1: is of another version of Verbatim"),
    "another schema": (renamed(f'"schema":"{REVISION}"', '"schema":"0000"'), ":1: is of another version of Verbatim"),
    "a table too few": (renamed('"commands":{', '"others":{'), ":1: is of another version of Verbatim"),
    "no numbers": (renamed('"rows":30', '"rows":"many"'), ":1: is no backup"),
    "endless rows": (renamed('"rows":30', '"rows":Infinity'), ":1: is no backup"),
    "cut short": (lambda lines: lines[:-1], "the rows of channel are not those"),
    "cut in a line": (lambda lines: [*lines[:-1], lines[-1][:9]], ":41: is no row"),
    "a row twice": (lambda lines: [*lines, lines[-1]], "the rows of channel are not those"),
    "another value": (renamed('"who pays"', '"who pays?"'), "the rows of miss are not those"),
    "another table": (renamed('["commands",', '["others",'), "is no row"),
    "a value too many": (renamed('["commands",', '["commands",1,'), "is no row"),
    "a text for a number": (renamed('["commands",1,', '["commands","1",'), "is no row"),
    "a number beyond all": (renamed('["commands",1,', f'["commands",{2**63},'), "is no row"),
    "a number of many digits": (renamed("0.1,", f"{10**400},"), "is no row"),
    "no number": (renamed("0.1,", "NaN,"), "is no row"),
    "a number for a switch": (renamed('["guild",10,true', '["guild",10,1'), "is no row"),
    "a null where there is none": (renamed('"aa"', "null"), "is no row"),
    "a text with NUL": (renamed('"aa"', '"a\\u0000"'), "is no row"),
    "a text with half a character": (renamed('"aa"', '"a\\ud800"'), "is no row"),
    "no digits": (renamed('["server_key",1,"', '["server_key",1,"xy'), "is no row"),
    "a list of lists": (lambda lines: [*lines[:1], "[" * 100_000 + "\n"], ":2: is no row"),
    "a long line": (lambda lines: [*lines[:1], "x" * (1 << 21)], ":2: is no row"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_backup_is_refused_in_words_before_anything_is_touched(folder: Path, tmp_path: Path, case: str) -> None:
    change, message = BAD[case]
    file = tmp_path / "state.jsonl"
    backup(folder, file)
    before = file.read_text("utf-8")
    file.write_text("".join(change(before.splitlines(keepends=True))), "utf-8")
    assert file.read_text("utf-8") != before
    with pytest.raises(FileFaults) as found:
        restore(file, tmp_path / "new")
    assert str(found.value).startswith(f"{file}:")
    assert message in str(found.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("make", [lambda p: p.mkdir(), lambda p: p.write_bytes(b"\xff\xfe"), lambda p: None])
def test_what_is_no_file_of_text_is_refused(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "x")
    with pytest.raises(FileFaults, match=r"cannot be read|is no text in UTF-8"):
        restore(tmp_path / "x", tmp_path / "new")


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_store_that_cannot_take_all_of_it_keeps_what_it_had(folder: Path, tmp_path: Path, kind: str) -> None:
    """Two rows with one key, which no store has written, with the right hash all the same."""
    file = tmp_path / "state.jsonl"
    backup(folder, file)
    header, *lines = file.read_text("utf-8").splitlines(keepends=True)
    twice = [line for line in lines if line.startswith('["commands"')] * 2
    told = json.loads(header)
    told["tables"]["commands"] |= {"rows": 2, "sha256": hashlib.sha256("".join(twice).encode()).hexdigest()}
    others = [line for line in lines if line not in twice]
    file.write_text(json.dumps(told) + "\n" + "".join([*others, *twice]), "utf-8")

    def keeps(target: State) -> None:
        store = open_store(target)
        run(store.change(GUILD, None, listening))
        run(store.close())
        refused("cannot be used", lambda: restore(file, target, replace=True))
        store = open_store(target)
        assert run(store.settings(GUILD)).own == Overrides(listen=True)
        run(store.close())

    if kind == "sqlite":
        keeps(tmp_path / "new")
    else:
        with schema() as database:
            keeps(database)


def test_a_target_that_somebody_writes_to_meanwhile_is_not_called_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with schema() as database:
        open_and_close(database)
        digest = moving._digest

        def meddled(connection: object, table: object) -> object:
            asked(database, "INSERT INTO commands VALUES (77, 'bb') ON CONFLICT DO NOTHING")
            return digest(connection, table)  # type: ignore[arg-type]

        file = folder.parent / "state.jsonl"
        backup(folder, file)
        monkeypatch.setattr(moving, "_digest", meddled)
        refused("has other rows in commands than were written", lambda: restore(file, database))
        assert asked(database, "SELECT count(*) FROM answer") == [(0,)]


def open_and_close(database: Database) -> None:
    run(open_store(database).close())
