"""A process of the bot among several, of its own, talking to a fake Discord in another: `python -m fakes.processes`."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import discord
import yarl

from bot.client import fleet, running
from bot.config import ENV_TOKEN, Settings
from bot.store import coordination, leases
from bot.store.address import Database

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"


def serve(port: str, pack: str, url: str, faster: str) -> int:
    """`verbatim run` with the fake at a port, a pack's folder and a database; its times are divided by `faster`."""
    discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")
    prepare, by = discord.state.ConnectionState.__init__, float(faster)

    def prepared(self: Any, **options: Any) -> None:
        prepare(self, **{**options, "guild_ready_timeout": 2.0 / by})

    with ExitStack() as stack:
        for owner, name, value in (
            (leases, "PostgresLeases", partial(leases.PostgresLeases, lease=coordination.LEASE / by)),
            (fleet, "BEAT", coordination.BEAT / by),
            (coordination, "IDENTIFY_EVERY", coordination.IDENTIFY_EVERY / by),
            (discord.state.ConnectionState, "__init__", prepared),
        ):
            stack.enter_context(patch.object(owner, name, value))
        settings = Settings(pack=Path(pack), state=Database(url), reader=False, log_level="error", watch=False)
        return running.run(settings, settings.pack, {ENV_TOKEN: TOKEN})


if __name__ == "__main__":
    sys.exit(serve(*sys.argv[1:]))
