"""The store with which the bot begins: a folder that cannot be used costs no answer, and a database is waited for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.client.opening import LONGEST_WAIT, open_store
from bot.store.address import Database, State
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from bot.store.values import STORE_FILE, Store, StoreFault, Unavailable

DATABASE = Database("postgresql://ada:secret@127.0.0.1:5432/verbatim")


def test_what_is_stored_lies_in_one_file_and_where_that_cannot_be_the_bot_warns(
    tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    store = open_store(tmp_path / "state")
    assert isinstance(store, SqliteStore)
    asyncio.run(store.close())
    assert STORE_FILE in [p.name for p in (tmp_path / "state").iterdir()]
    (tmp_path / "file").write_text("a file where the folder should be", encoding="utf-8")
    makeshift = open_store(tmp_path / "file" / "deeper")
    assert isinstance(makeshift, MemoryStore)
    assert [store.is_makeshift, makeshift.is_makeshift] == [False, True]
    assert "does not outlive a restart" in log.text


def test_a_database_that_is_down_is_tried_again_ever_less_often(
    monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    comes, waits = MemoryStore(), list[float]()

    def tried(state: State, *, pepper: str) -> Store:
        if len(waits) < 7:
            raise Unavailable(state, "cannot be reached.", "see whether the server runs.")
        assert pepper == "salt"
        return comes

    monkeypatch.setattr("bot.store.opening.open_store", tried)
    monkeypatch.setattr("time.sleep", waits.append)
    assert open_store(DATABASE, "salt") is comes
    assert waits == [1, 2, 4, 8, 16, LONGEST_WAIT, LONGEST_WAIT]
    said = "postgresql://127.0.0.1:5432/verbatim: cannot be reached. Fix: see whether the server runs. Trying again in 1 s."
    assert said in log.text
    assert "secret" not in log.text


def test_a_database_that_cannot_be_used_as_it_is_named_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(state: State, *, pepper: str) -> Store:
        raise StoreFault(state, "refuses the user.", "correct the address.")

    monkeypatch.setattr("bot.store.opening.open_store", refused)
    with pytest.raises(StoreFault, match="refuses the user"):
        open_store(DATABASE)
