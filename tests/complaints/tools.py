"""What the kinds are looked at with: packs and engines made of texts, in a folder of this process's own; commands."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from conftest import Change, write_pack

from bot.cli.main import main
from bot.engine.build import build
from bot.engine.pipeline import Engine


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def new_folder() -> Path:
    """An empty folder, which goes with the process."""
    return Path(tempfile.mkdtemp(dir=_folder().name))


@functools.cache
def engine_on(text: str, *, reader: bool = True) -> Engine:
    """The engine on a text without curation."""
    path = new_folder() / "article.txt"
    path.write_bytes(text.encode())
    return build(path, new_folder(), reader=reader)


def pack_folder(changes: Mapping[str, Change] | None = None) -> Path:
    """The invented pack (tests/conftest.py) with those changes."""
    return write_pack(new_folder(), changes or {})


@functools.cache
def library(*, reader: bool = True) -> Engine:
    """The engine of the invented pack."""
    return build(pack_folder(), new_folder(), reader=reader)


def told(*argv: object, stdin: bytes = b"") -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    out, err = io.StringIO(), io.StringIO()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin)))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([str(a) for a in argv])
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdin = before
    return status, out.getvalue(), err.getvalue()
