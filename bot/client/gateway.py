"""The connection to the gateway: a frame that discord.py cannot read costs a reconnection and no question, since the session
is resumed after it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

TRIES, WITHIN = 3, 60.0  # so many unreadable frames of a shard in so many seconds; one more, and the session is given up

_log = logging.getLogger(__name__)
_HANDLED = (ReconnectWebSocket, WebSocketClosure, OSError, discord.DiscordException, aiohttp.ClientError, TimeoutError)


@contextmanager
def resuming() -> Iterator[None]:
    """Connections of clients made meanwhile resume where discord.py would end the client, and with it the session and what is
    said until the next one.

    discord.py has no setting for that: its own class of connections is replaced.
    """
    misread: dict[int | None, list[float]] = {}

    class Connection(DiscordWebSocket):
        async def received_message(self, msg: Any, /) -> None:
            try:
                await super().received_message(msg)
            except _HANDLED:
                raise
            except Exception as error:
                now = time.monotonic()
                lately = [t for t in misread.get(self.shard_id, ()) if now - t < WITHIN]
                misread[self.shard_id] = [*lately, now]
                if self.session_id is None or len(lately) >= TRIES:
                    raise
                _log.error("a frame of the gateway cannot be read (%s); resuming", type(error).__name__)
                await self.close()
                raise ReconnectWebSocket(self.shard_id) from None

    before, discord.shard.DiscordWebSocket = discord.shard.DiscordWebSocket, Connection  # type: ignore[misc]
    try:
        yield
    finally:
        discord.shard.DiscordWebSocket = before  # type: ignore[misc]
