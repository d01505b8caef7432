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


def print_faults(error: FileFaults) -> None:
    """Print every fault, and how many there are if there are several."""
    for fault in error.faults:
        print(fault, file=sys.stderr)
    if len(error.faults) > 1:
        print(f"{len(error.faults)} faults.", file=sys.stderr)
