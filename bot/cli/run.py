"""`verbatim run`: the Discord bot."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot.cli.settings import Commands, pack_option, settings_of
from bot.config import ENV_TOKEN, FILE_SUFFIX, with_secrets


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "run",
        parents=[pack_option()],
        help="run the Discord bot",
        description=f"Connect to Discord with the token in {ENV_TOKEN}, or in the file that {ENV_TOKEN}{FILE_SUFFIX} names, "
        "and answer mentions, direct messages and /ask.",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the bot until it is told to stop. Returns the exit status. Raises FileFaults."""
    from bot.client import running  # only here: it imports discord, for which no other command should wait

    settings = settings_of(options)
    return running.run(settings, Path(options.pack) if options.pack else settings.pack, with_secrets(os.environ))
