"""`verbatim state`: what it says and does, and its exit status."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.store.sqlite import SqliteStore
from bot.store.values import STORE_FILE, Overrides


@pytest.fixture
def state(tmp_path: Path) -> Path:
    async def fill() -> None:
        store = SqliteStore(tmp_path / "state" / STORE_FILE)
        await store.change(10, None, lambda _: Overrides(listen=True))
        for reply in range(2):
            await store.note(reply, 7, 10)
        await store.keep_miss(10, "one", "who pays", "unsure")
        await store.close()

    asyncio.run(fill())
    return tmp_path / "state"


ALL = "1 server, 0 channels, 2 answers, 1 question without an answer"


def test_the_state_is_saved_brought_back_and_moved(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "config.yaml"
    settings.write_text(f"pack: none\nstate: {state}\n", encoding="utf-8")
    file, new, other = tmp_path / "state.jsonl", tmp_path / "new", tmp_path / "other"
    for argv, said in (
        (["backup", str(file), "--config", str(settings)], f"{file}: all of {state}, {ALL}. It holds the keys too"),
        (["restore", str(file), "--state", str(new)], f"{new}: all of {file}, {ALL}, verified by count and hash."),
        (["move", str(other), "--state", str(new)], f"{other}: all of {new}, {ALL}, verified by count and hash.\n{new} stays"),
        (["move", str(other), "--state", str(new), "--replace"], f"{other}: all of {new}, {ALL}"),
    ):
        assert main(["state", *argv]) == 0
        assert capsys.readouterr().out.startswith(said)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["backup", "x", "--state", "nowhere"], "is not there. Fix: name the folder"),
        (["restore", "nothing", "--state", "new"], "nothing: cannot be read (No such file or directory). Fix: name a file"),
        (
            ["move", "mysql://ada:secret-words@db/x", "--state", "state"],
            "the state: is an address of another kind. Fix: write a folder",
        ),
        (["backup", "x", "--state", "mysql://ada:secret-words@db/x"], "the state: is an address of another kind."),
        (["move", "state", "--state", "state"], "state: is not empty. Fix: name an empty one"),
    ],
)
def test_what_cannot_be_done_is_told_with_status_2(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    monkeypatch.chdir(state.parent)
    assert main(["state", *argv]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert "secret-words" not in printed.err + printed.out
    assert sorted(p.name for p in state.parent.iterdir()) == ["state"]


def test_without_an_action_it_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["state"])
    assert stop.value.code == 2
    assert "ACTION" in capsys.readouterr().err
