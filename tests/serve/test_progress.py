"""The progress line of a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fakes.command_line import Terminal
from fakes.reader import make_engine, policy

from bot.serve.progress import make_ready, terminal_progress
from bot.text.progress import silent


def screen(written: str) -> str:
    """What stands on the line after all was written, as a terminal has it: \\r goes back to the start of the line."""
    line: list[str] = []
    for part in written.split("\r"):
        line[: len(part)] = part
    return "".join(line).rstrip()


def test_a_terminal_shows_the_last_state_on_one_line() -> None:
    stream = Terminal()
    tell = terminal_progress(stream)
    seen = []
    for what, done in (("Reading phrasings", 0), ("Reading phrasings", 500), ("Asking", 1)):
        tell(what, done, 2000)
        seen.append(screen(stream.getvalue()))
    assert seen == ["Reading phrasings: 0% of 2,000", "Reading phrasings: 25% of 2,000", "Asking: 0% of 2,000"]
    assert "\n" not in stream.getvalue()


def test_nothing_stays_on_the_line_when_all_is_done() -> None:
    stream = Terminal()
    tell = terminal_progress(stream)
    tell("Reading phrasings", 1999, 2000)
    assert screen(stream.getvalue()) != ""
    tell("Reading phrasings", 2000, 2000)
    assert screen(stream.getvalue()) == ""
    assert stream.getvalue().endswith("\r")


def test_a_line_is_written_only_where_it_changes() -> None:
    stream = Terminal()
    tell = terminal_progress(stream)
    for done in range(1000):
        tell("Reading", done, 100_000)
    assert stream.getvalue().count("\r") == 2  # 0% and 1%


@pytest.mark.parametrize("of", [0, 1])
def test_what_is_done_at_once_is_never_shown(of: int) -> None:
    stream = Terminal()
    terminal_progress(stream)("Reading", of, of)
    assert stream.getvalue() == ""


def test_a_pipe_shows_nothing() -> None:
    stream = io.StringIO()
    tell = terminal_progress(stream)
    tell("Reading", 1, 2)
    assert (tell, stream.getvalue()) == (silent, "")


class Clock:
    """A clock that a test sets, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("taken", "done", "left"),
    [
        (2.9, 100, ""),
        (3.0, 100, ", about 30 s left"),
        (3.0, 500, ", about 5 s left"),
        (3.0, 999, ", about 5 s left"),
        (10.0, 100, ", about 2 min left"),
        (60.0, 10, ", about 99 min left"),
    ],
)
def test_the_rest_is_estimated_once_enough_is_done(taken: float, done: int, left: str) -> None:
    stream, clock = Terminal(), Clock()
    tell = terminal_progress(stream, clock)
    tell("Reading", 0, 1000)
    clock.now = taken
    tell("Reading", done, 1000)
    assert screen(stream.getvalue()) == f"Reading: {done / 1000:.0%} of 1,000{left}"


def test_each_task_is_estimated_by_itself_and_from_where_it_began() -> None:
    stream, clock = Terminal(), Clock()
    tell = terminal_progress(stream, clock)
    tell("Reading", 0, 10)
    clock.now = 100.0
    tell("Asking", 5, 10)
    clock.now = 104.0
    tell("Asking", 6, 10)
    assert screen(stream.getvalue()) == "Asking: 60% of 10, about 20 s left"


def test_one_thing_is_named_without_a_share() -> None:
    stream = Terminal()
    terminal_progress(stream)("Getting ready", 0, 1)
    assert screen(stream.getvalue()) == "Getting ready…"


def test_a_line_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    terminal_progress(stream)("Reading the pack's phrasings", 1, 1000)
    assert screen(stream.getvalue()) == "Reading the pack's "[:19].rstrip()


def test_the_terminal_that_counts_is_the_one_that_is_told_wherever_standard_output_goes() -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    control, terminal = pty.openpty()
    with open(terminal, "w", encoding="utf-8") as stream, open(control, "rb", buffering=0) as shown:
        termios.tcsetwinsize(terminal, (24, 20))
        terminal_progress(stream)("Reading the pack's phrasings", 1, 1000)
        assert screen(shown.read(1000).decode()) == "Reading the pack's "[:19].rstrip()


def test_an_engine_is_made_ready_where_somebody_is_told_and_else_left_alone(tiny_folder: Path) -> None:
    stream = Terminal()
    engine = make_engine(tiny_folder, policy=policy()).engine
    make_ready(engine, silent)
    assert engine._kept is None
    make_ready(engine, terminal_progress(stream))
    assert engine._kept is not None
    assert "\rGetting ready…" in stream.getvalue()
    assert screen(stream.getvalue()) == ""


def test_what_is_told_is_taken_back_where_it_fails(tiny_folder: Path) -> None:
    def fail() -> None:
        raise RuntimeError("no weights")

    stream = Terminal()
    engine = make_engine(tiny_folder, policy=policy()).engine
    engine.warm = fail  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        make_ready(engine, terminal_progress(stream))
    assert screen(stream.getvalue()) == ""
