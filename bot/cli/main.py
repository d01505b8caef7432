"""`verbatim`: parses the command line and runs one command. Thin: the engine decides, bot.say words, the commands print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bot import __version__
from bot.cli import ask, bench_load, calibrate, chat, check, evaluate, new, preview, report, review, run, state, update
from bot.cli.messages import USAGE_ERROR, print_faults
from bot.cli.reports import faulty, print_object
from bot.errors import FileFaults

_HINT = "`verbatim check --all` lists every one."
_INTERRUPTED = 130  # as shells have it: 128 + SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status: 0 done, 1 a check failed, 2 a usage, settings or pack error; `run` has some of
    its own."""
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = _parser()
    options = parser.parse_args(argv)
    if not options.command:
        parser.print_help()
        return 0
    try:
        return int(options.run(options))
    except FileFaults as error:
        if getattr(options, "as_object", False):
            print_object(faulty(error.faults))
        else:
            print_faults(error, every=getattr(options, "all", False), hint=_HINT)
        return USAGE_ERROR
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # what was going on may stand on the line
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing standard output fails no more
        return 0


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
