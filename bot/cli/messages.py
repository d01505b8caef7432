"""What a command says on standard error where it cannot be run, how a path is named in a command, and what comes from elsewhere."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import NoReturn

from bot.cli.reports import faulty, print_object
from bot.errors import Fault, FileFaults
from bot.text.display import visible

USAGE_ERROR = 2  # exit status


def usage(message: str) -> int:
    """Say what is wrong with how the command was called; returns the exit status."""
    print(f"verbatim: {message}", file=sys.stderr)
    return USAGE_ERROR


def fail(message: str) -> NoReturn:
    """Say what is wrong with the input, and end the program."""
    raise SystemExit(usage(message))


def refuse(message: str, *, as_object: bool) -> int:
    """Say why a command that prints reports cannot do it; returns the exit status."""
    if not as_object:
        return usage(message)
    print_object(faulty([Fault("", 0, message)]))
    return USAGE_ERROR


def show(text: str) -> None:
    """Print what comes from a pack or a text, perhaps of a stranger: what would reorder the words round it is named."""
    print(visible(text))


def in_shell(path: Path | str) -> str:
    """A path as it is typed behind a command: in quotation marks where a blank or the like stands in it."""
    if os.name == "nt":  # no name there has a quotation mark in it
        return f'"{path}"' if " " in str(path) else str(path)
    return shlex.quote(str(path))


def print_faults(error: FileFaults, *, every: bool = False, hint: str = "") -> None:
    """Print the faults to be mended first, and the `hint` where others are held back; or `every` one."""
    print(*error.lines(every=every), sep="\n", file=sys.stderr)
    if hint and not every and len(error.told) < len(error.faults):
        print(hint, file=sys.stderr)
