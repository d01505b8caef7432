"""What several commands need of their options: the settings, the pack's path and its engine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TypeAlias

from bot import config
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.serve.progress import terminal_progress
from bot.store.address import State, database_in

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # to which each command adds its parser


def share(text: str) -> float:
    """An option's value as a share: 5% or 0.05."""
    try:
        value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1 (write 5% or 0.05)")
    return value


def named(text: str) -> str:
    """An option's value that names a file, a folder or a database. An empty one, as of a shell's variable that is not set, would mean the
    one that is there without the option, or the working directory."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; write a path, or leave the option out")
    return text


def config_option() -> argparse.ArgumentParser:
    """The parent of every parser whose command reads settings."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument(
        "--config",
        type=named,
        metavar="FILE",
        help=f"settings file (default: ${config.ENV_CONFIG}, then ./config.yaml, then the one that ships)",
    )
    return parent


def pack_option() -> argparse.ArgumentParser:
    """The parent of every parser whose command answers from a pack."""
    parent = argparse.ArgumentParser(add_help=False, parents=[config_option()])
    parent.add_argument(
        "--pack",
        type=named,
        metavar="PATH",
        help="answer from this pack instead: its folder, or a bare text file "
        "(headline on the first line, paragraphs apart by blank lines)",
    )
    return parent


def json_option() -> argparse.ArgumentParser:
    """The parent of every parser whose command prints a report; docs/reports-json.md says which objects."""
    parent = argparse.ArgumentParser(add_help=False)
    parent.add_argument(
        "--json", action="store_true", dest="as_object", help="print one JSON object, also for faults; see docs/reports-json.md"
    )
    return parent


def settings_of(options: argparse.Namespace) -> config.Settings:
    """The settings. Raises FileFaults."""
    return config.load(config.find(options.config, os.environ, Path()))


def named_state(text: str) -> State:
    """The state that an argument names: a folder, or a database by its URL. Raises FileFaults."""
    try:
        return database_in(text) or Path(text)
    except ValueError:
        # Without the text, in which a password may stand.
        raise FileFaults([Fault("the state", 0, "is an address of another kind.", config.HOW_TO_NAME_A_STATE)]) from None


def wants_reader(options: argparse.Namespace) -> bool:
    """Whether the networks are to be used by a command that names its pack: settings that are wrong matter only where they are named too.
    Raises FileFaults."""
    try:
        return settings_of(options).reader
    except FileFaults:
        if options.config:
            raise
        return True


def pack_path(options: argparse.Namespace) -> Path:
    """The pack that --pack names, which needs no settings file; without it, the one that the settings name. Raises FileFaults."""
    return Path(options.pack) if options.pack else settings_of(options).pack


def engine_of(options: argparse.Namespace) -> Engine:
    """The engine of that pack. Raises FileFaults."""
    return build_engine(pack_path(options), options)


def build_engine(path: Path, options: argparse.Namespace) -> Engine:
    """The engine of a pack, with the reader where the settings say so. Raises FileFaults.

    A pack that was named needs no settings, so what is wrong with them does not matter there.
    """
    try:
        reader = settings_of(options).reader
    except FileFaults:
        if not options.pack:
            raise
        reader = True
    return build(path, reader=reader, progress=terminal_progress(sys.stderr))
