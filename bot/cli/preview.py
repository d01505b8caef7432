"""`verbatim preview`: the bot in a simulated Discord on this machine."""

from __future__ import annotations

import argparse

from bot.cli.messages import usage
from bot.cli.settings import Commands, build_engine, pack_option, pack_path, settings_of

_HIGHEST_PORT = 65_535


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "preview",
        parents=[pack_option()],
        help="try the bot in a simulated Discord on this machine; needs no token",
        description="Serve a page like Discord on this machine alone, where the bot can be asked and its buttons pressed. "
        "Needs the extra preview.",
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="serve the page at this port (default: a free one)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the page until it is ended. Returns the exit status. Raises FileFaults."""
    # Only here: they import discord and asyncio, for which no other command should wait.
    from bot.client.preview import missing_extra, preview
    from bot.serve.library import Library

    if missing := missing_extra():
        return usage(missing)
    others = () if options.pack else settings_of(options).other_packs
    return preview(Library((pack_path(options), *others), lambda path: build_engine(path, options)), options.port)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to {_HIGHEST_PORT}")
    return int(text)
