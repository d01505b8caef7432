"""How far something slow has come: told on one line of a terminal, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much


def silent(what: str, done: int, of: int) -> None:
    """Tells nobody."""


def terminal_progress(stream: TextIO) -> Progress:
    """Tells a person at a terminal how far it has come, on a line that goes away when all is done; silent on any other stream."""
    shown = ""

    def tell(what: str, done: int, of: int) -> None:
        nonlocal shown
        line = f"{what}: {done / of:.0%} of {of:,}" if done < of else ""
        if line != shown:
            stream.write(f"\r{line.ljust(len(shown))}" + ("" if line else "\r"))
            stream.flush()
            shown = line

    return tell if stream.isatty() else silent
