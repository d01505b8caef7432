"""`verbatim`: parses the command line and runs one command. Thin: the engine decides, bot.say words, the commands print."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Sequence

from bot import __version__
from bot.cli import ask, bench_load, calibrate, chat, check, evaluate, new, preview, report, review, run, state, update
from bot.cli.messages import USAGE_ERROR, print_faults, usage
from bot.cli.reports import faulty, print_object
from bot.errors import Fault, FileFaults

_HINT = "`verbatim check --all` lists every one."
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_INTERRUPTED = 130  # as shells have it: 128 + SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done, 1 a check failed, 2 a usage, settings or pack error; `run` has some of
    its own."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # as where a shell or a supervisor closed it
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115 - to the end of the program
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            # What is no text, such as half of a surrogate pair, is named; within a string of JSON it is what it was.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()  # here, since a failure at the end of the program could not be told
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # what was going on may stand on the line
        return _INTERRUPTED
    except BrokenPipeError:
        _give_up_output()
        return 0
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _give_up_output()
        return usage(f"not all could be written ({error.strerror}). Fix: make room, or send the output elsewhere.")


def _run(argv: Sequence[str] | None) -> int:
    """Run one command. Returns the exit status."""
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.command:
        parser.print_help()
        return 0
    try:
        return int(options.run(options))
    except FileFaults as error:
        faulty_files = error
    except OSError as error:
        if error.filename is None:
            raise
        # Of a path that each command looks at in its own way, such as one too long for the system.
        flaw = Fault(str(error.filename), 0, f"cannot be used ({error.strerror}).", "check the path and its permissions.")
        faulty_files = FileFaults([flaw])
    if getattr(options, "as_object", False):
        print_object(faulty(faulty_files.faults))
    else:
        print_faults(faulty_files, every=getattr(options, "all", False), hint=_HINT)
    return USAGE_ERROR


def _give_up_output() -> None:
    """Let what is still to be printed go nowhere, so that closing standard output fails no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verbatim",
        description="Answers questions about an article with cited, verbatim excerpts from it, "
        "or says that the article does not say.",
    )
    parser.add_argument("--version", action="version", version=f"verbatim {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in (new, review, update, ask, chat, check, report, evaluate, calibrate, bench_load, preview, run, state):
        command.add(commands)
    return parser
