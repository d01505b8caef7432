"""The progress line of a terminal."""

from __future__ import annotations

import io

import pytest
from fakes.command_line import Terminal

from bot.cli.progress import terminal_progress
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
