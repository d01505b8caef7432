"""`verbatim run`: the Discord bot."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from bot.cli.settings import Commands, pack_option, settings_of
from bot.config import ENV_TOKEN, FILE_SUFFIX, shard_range, with_secrets
from bot.errors import Fault, FileFaults


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "run",
        parents=[pack_option()],
        help="run the Discord bot",
        description=f"Connect to Discord with the token in {ENV_TOKEN}, or in the file that {ENV_TOKEN}{FILE_SUFFIX} names, "
        "and answer mentions, direct messages and /ask.",
    )
    parser.add_argument(
        "--shards",
        metavar="IDS",
        help="take these connections to Discord's gateway and no others, such as 0-15 (default: shard_ids in the settings, else all, "
        "or a fair share of them where several processes share a PostgreSQL database)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the bot until it is told to stop. Returns the exit status. Raises FileFaults."""
    from bot.client import running  # only here: it imports discord, for which no other command should wait

    settings = settings_of(options)
    if options.shards is not None:
        try:
            settings = replace(settings, shard_ids=shard_range(options.shards, settings.shards))
        except ValueError as error:
            raise FileFaults([Fault("verbatim run", 0, f"--shards cannot be {options.shards!r}.", str(error))]) from None
    return running.run(settings, Path(options.pack) if options.pack else settings.pack, with_secrets(os.environ))
