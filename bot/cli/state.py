"""`verbatim state`: all that the bot keeps, saved, brought back, and moved between a folder and a database."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from bot import config
from bot.cli.settings import Commands, config_option, named, named_state, settings_of
from bot.store.address import State
from bot.text.display import counted

_WORDS = {
    "guild": ("server",),
    "channel": ("channel",),
    "answer": ("answer",),
    "miss": ("question without an answer", "questions without an answer"),
}


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "state",
        help="save, bring back or move what the bot keeps",
        description="What the bot keeps over a restart: what administrators set, whose question each answer answers, the keys under "
        "which that is hashed, and the questions kept for the curator.",
    )
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", help="what to do; each has a --help of its own", required=True
    )
    where = argparse.ArgumentParser(add_help=False, parents=[config_option()])
    where.add_argument(
        "--state", type=named, metavar="PATH", help="the state folder or the database's URL (default: that of the settings)"
    )
    replace = argparse.ArgumentParser(add_help=False)
    replace.add_argument("--replace", action="store_true", help="delete what is there, where it is not empty")

    saving = actions.add_parser(
        "backup",
        parents=[where],
        help="write all of it to a file",
        description="Write all of it to a new file, as it is at one moment; the bot may go on running. The file holds the keys too, "
        "so only its owner may read it: keep it so.",
    )
    saving.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    saving.set_defaults(run=_backup)
    bringing = actions.add_parser(
        "restore",
        parents=[where, replace],
        help="bring it back from such a file",
        description="Fill the state folder or the database from a backup, all of it or nothing, verified by count and hash. Stop the "
        "bot before.",
    )
    bringing.add_argument("file", type=Path, metavar="FILE", help="the backup")
    bringing.set_defaults(run=_restore)
    moving = actions.add_parser(
        "move",
        parents=[where, replace],
        help="copy it to another folder or database",
        description="Copy all of it from the state folder or the database to another one, all of it or nothing, verified by count "
        "and hash. What is copied stays where it is. Stop the bot before.",
    )
    moving.add_argument(
        "to", type=named, metavar="TO", help="a state folder, or a database's URL, postgresql://USER@HOST:PORT/DATABASE"
    )
    moving.set_defaults(run=_move)


def _backup(options: argparse.Namespace) -> int:
    from bot.store.moving import backup  # only here, as no other command waits for the database's library

    source = _state(options)
    counts = backup(source, options.file)
    print(f"{options.file}: all of {source}, {_told(counts)}. It holds the keys too: keep it to yourself.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from bot.store.moving import restore

    target = _state(options)
    counts = restore(options.file, target, replace=options.replace)
    print(f"{target}: all of {options.file}, {_told(counts)}, verified by count and hash.")
    return 0


def _move(options: argparse.Namespace) -> int:
    from bot.store.moving import move

    source, target = _state(options), named_state(options.to)
    counts = move(source, target, replace=options.replace)
    print(f"{target}: all of {source}, {_told(counts)}, verified by count and hash.")
    print(
        f"{source} stays as it is. Name the other as `state` in config.yaml, start the bot, and delete the old when all is well."
    )
    return 0


def _state(options: argparse.Namespace) -> State:
    return named_state(options.state) if options.state else config.state_in(settings_of(options), config.with_secrets(os.environ))


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(counted(counts[name], *words) for name, words in _WORDS.items())
