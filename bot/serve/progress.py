"""How far something slow has come: told on one line of a terminal, and nowhere else."""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from bot.engine.pipeline import Engine
from bot.text.progress import Progress, silent

_SURE_AFTER = 3.0  # seconds of a task after which it is told how long the rest may take


def terminal_progress(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Progress:
    """Tells a person at a terminal how far it has come and about how long the rest will take, on a line that goes away when all is
    done; silent on any other stream. What is one thing has no share: it is named while it lasts. `clock` gives seconds."""
    shown, task, begun, first = "", "", 0.0, 0

    def tell(what: str, done: int, of: int) -> None:
        nonlocal shown, task, begun, first
        if what != task:
            task, begun, first = what, clock(), done
        line = "" if done >= of else f"{what}…" if of == 1 else f"{what}: {done / of:.0%} of {of:,}"
        if line and (taken := clock() - begun) >= _SURE_AFTER and done > first:
            line += f", {_about(taken * (of - done) / (done - first))} left"
        line = line[: _columns(stream) - 1]  # a line that the terminal breaks could not be taken back
        if line != shown:
            stream.write(f"\r{line.ljust(len(shown))}" + ("" if line else "\r"))
            stream.flush()
            shown = line
        if done >= of:
            task = ""

    return tell if stream.isatty() else silent


def make_ready(engine: Engine, tell: Progress) -> None:
    """Have the engine learn and load the networks now, where a person waits for it and is told so; else the first question does."""
    if tell is not silent:
        tell("Getting ready", 0, 1)
        try:
            engine.warm()
        finally:
            tell("Getting ready", 1, 1)


def _columns(stream: TextIO) -> int:
    """How wide the terminal is, also where standard output goes elsewhere."""
    with suppress(OSError):
        return os.get_terminal_size(stream.fileno()).columns or shutil.get_terminal_size().columns
    return shutil.get_terminal_size().columns


def _about(seconds: float) -> str:
    return f"about {5 * math.ceil(seconds / 5)} s" if seconds < 60 else f"about {seconds / 60:.0f} min"
