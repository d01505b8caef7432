"""Runs commands inside the process of the tests. A plugin of pytest, for its fixture `cli`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


def piped(data: bytes) -> io.TextIOWrapper:
    """Bytes as a pipe gives them."""
    return io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)))


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


Cli = Callable[..., Ran]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs one command in an empty working directory, its standard input a pipe (or the stream given)."""
    from bot.cli.main import main  # only here, since tests of single rooms load this plugin too

    monkeypatch.chdir(tmp_path)

    def run(*argv: object, stdin: str | io.TextIOBase = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin) if isinstance(stdin, str) else stdin)
        capsys.readouterr()
        try:
            status = main([str(a) for a in argv])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


def refused(ran: Ran, *messages: str) -> None:
    """Exit status 2, nothing on standard output, and these lines alone on standard error."""
    assert (ran.status, ran.out, ran.err.rstrip("\n").split("\n")) == (2, "", list(messages))
