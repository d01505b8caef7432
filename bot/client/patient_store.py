"""The store as the client uses it: a disk that fails or hangs costs no answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.store.values import GuildSettings, Overrides, Store, StoreFault

PATIENCE = 0.5  # seconds that an answer waits for the store: a disk that hangs must not cost the first response

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class PatientStore:
    """A store whose failures are logged once, and else are None. Only what somebody asked for and is told about raises
    StoreFault: `change` and `forget`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._has_failed = False

    async def settings(self, guild_id: int) -> GuildSettings | None:
        return await self._try(self._store.settings(guild_id))

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> GuildSettings:
        """Change what is set for a channel, or (None) for the whole server; returns all that is set in the server then. Raises
        StoreFault."""
        await self._store.change(guild_id, channel_id, step)
        return await self._store.settings(guild_id)

    async def synced_commands(self, application_id: int) -> str | None:
        return await self._try(self._store.synced_commands(application_id))

    async def remember_commands(self, application_id: int, sha256: str) -> None:
        await self._try(self._store.remember_commands(application_id, sha256))

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        await self._try(self._store.note(reply_id, asker_id, guild_id))

    async def asker_of(self, reply_id: int) -> int | None:
        return await self._try(self._store.asker_of(reply_id))

    async def forget(self, user_id: int) -> None:
        """Raises StoreFault."""
        await self._store.forget(user_id)

    async def guilds(self, application_id: int) -> frozenset[int]:
        """The servers of which anything is kept, as far as is known."""
        return await self._try(self._store.guilds(application_id), patience=None) or frozenset()

    async def forget_guild(self, guild_id: int) -> None:
        await self._try(self._store.forget_guild(guild_id), patience=None)

    async def _try(self, call: Awaitable[_T], *, patience: float | None = PATIENCE) -> _T | None:
        """What the store says; None where it fails or takes longer than `patience` seconds (None: than the store's own), which is
        logged once until it works again."""
        try:
            result = await asyncio.wait_for(call, patience)
        except (StoreFault, TimeoutError) as error:
            if not self._has_failed:
                self._has_failed = True
                _log.warning("the store cannot be used, so the bot goes on without it: %s", error or "it takes too long")
            return None
        self._has_failed = False
        return result
