"""What a command says on standard error where it cannot be run."""

from __future__ import annotations

import sys
from typing import NoReturn

from bot.errors import FileFaults

USAGE_ERROR = 2  # exit status


def usage(message: str) -> int:
    """Say what is wrong with how the command was called; returns the exit status."""
    print(f"verbatim: {message}", file=sys.stderr)
    return USAGE_ERROR


def fail(message: str) -> NoReturn:
    """Say what is wrong with the input, and end the program."""
    raise SystemExit(usage(message))


def print_faults(error: FileFaults, most: int | None = None) -> None:
    """Print every fault, or the first `most` of them, and how many there are if there are several."""
    shown = error.faults[:most]
    for fault in shown:
        print(fault, file=sys.stderr)
    if len(error.faults) > 1:
        first = f", of which these are the first {len(shown)}" if len(shown) < len(error.faults) else ""
        print(f"{len(error.faults)} faults{first}.", file=sys.stderr)
