"""The connections to the gateway: how they are is told, and a frame that discord.py cannot read costs a reconnection and no question,
since the session is resumed after it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket, WebSocketClosure

from bot.serve.shards import Shards

TRIES, WITHIN = 3, 60.0  # so many unreadable frames of a shard in so many seconds; one more, and the session is given up

_log = logging.getLogger(__name__)
_HANDLED = (ReconnectWebSocket, WebSocketClosure, OSError, discord.DiscordException, aiohttp.ClientError, TimeoutError)


class Watched(discord.AutoShardedClient):
    """A client that tells how its shards are."""

    def __init__(self, told: Shards, **options: Any) -> None:
        super().__init__(**options)
        self._told = told

    @property
    def own_shards(self) -> Sequence[int]:
        """The numbers of its shards; empty before Discord has said how many there are."""
        return self.shard_ids or range(self.shard_count or 0)

    async def on_shard_connect(self, number: int) -> None:
        self._told.hold(self.own_shards)

        def latency() -> float:
            shard = self.get_shard(number)
            return shard.latency if shard else math.nan

        self._told.begun(number, latency)

    async def on_shard_resumed(self, number: int) -> None:
        self._told.resumed(number)

    async def on_shard_disconnect(self, number: int) -> None:
        self._told.lost(number)

    async def hang_up(self) -> None:
        """Hear nothing more. From then on the shards are not this client's: it may end long after another has begun for them."""
        for number, shard in self.shards.items():
            await shard.disconnect()
            self._told.lost(number)
        self._told.leave(self.own_shards)


@contextmanager
def resuming(shards: Shards) -> Iterator[None]:
    """Connections of clients made meanwhile resume where discord.py would end the client, and with it the session and what is
    said until the next one; and each frame is told to `shards`.

    discord.py has no setting for that: its own class of connections is replaced.
    """
    misread: dict[int | None, list[float]] = {}

    class Connection(DiscordWebSocket):
        async def received_message(self, msg: Any, /) -> None:
            shards.heard(self.shard_id)
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
