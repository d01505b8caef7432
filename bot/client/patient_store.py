"""The store as the client uses it: a disk that fails or hangs costs no answer."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.serve.measures import Measures, Use
from bot.store.values import GuildSettings, Kept, Miss, Overrides, Share, Store, StoreFault

PATIENCE = 0.5  # seconds that an answer waits for the store: a disk that hangs must not cost the first response
MAX_UNWRITTEN = 10_000  # notes
KEEP_UNWRITTEN = 86_400.0  # seconds for which a note that could not be written is known, and written when the store works again

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class PatientStore:
    """A store whose failures are logged once, and else are None; what it could not note is known meanwhile. Only what somebody
    asked for and is told about raises StoreFault: `change`, `forget` and `kept_of`."""

    def __init__(self, store: Store, measures: Measures | None = None) -> None:
        self._store, self._measures = store, measures or Measures()
        self._unwritten: OrderedDict[int, tuple[float, int, int | None]] = OrderedDict()  # by reply: when, who, in which server

    @property
    def is_failing(self) -> bool:
        """Whether the last that was read, or the last that was written, could not be."""
        return bool(self._measures.store_failing)

    @property
    def is_makeshift(self) -> bool:
        """Whether all that is kept ends with the process, since the state could not be opened at the start."""
        return self._store.is_makeshift

    async def settings(self, guild_id: int) -> GuildSettings | None:
        return await self._try(Use.READ, self._store.settings(guild_id))

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> GuildSettings | None:
        """Change what is set for a channel, or (None) for the whole server; returns all that is set in the server then, None where that
        cannot be read. Raises StoreFault where it is not changed."""
        await self._told(Use.WRITTEN, self._store.change(guild_id, channel_id, step))
        return await self._try(Use.READ, self._store.settings(guild_id), unhurried=True)

    async def synced_commands(self, application_id: int) -> str | None:
        return await self._try(Use.READ, self._store.synced_commands(application_id))

    async def remember_commands(self, application_id: int, sha256: str) -> None:
        await self._try(Use.WRITTEN, self._store.remember_commands(application_id, sha256))

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        """Keep whose question a message answers; where that cannot be written, until it can."""
        self._unwritten[reply_id] = (time.monotonic(), asker_id, guild_id)
        while len(self._unwritten) > MAX_UNWRITTEN or self._is_over(next(iter(self._unwritten))):
            self._unwritten.popitem(last=False)
        written = True
        while written and reply_id in self._unwritten:
            written = await self._write(reply_id)
        if written:
            await self.write_waiting()

    async def write_waiting(self) -> None:
        """Write the notes that wait, the oldest first, until one cannot be written."""
        written = True
        while written and self._unwritten:
            written = await self._write(next(iter(self._unwritten)))

    async def is_asker(self, reply_id: int, user_id: int) -> bool | None:
        if reply_id in self._unwritten and not self._is_over(reply_id):
            return self._unwritten[reply_id][1] == user_id
        return await self._try(Use.READ, self._store.is_asker(reply_id, user_id))

    async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
        """Everything about a user, what is not written yet included, in the order of the messages. Raises StoreFault."""
        passed = time.time() - time.monotonic()
        unwritten = {
            reply_id: Kept(reply_id, guild_id, when + passed)
            for reply_id, (when, asker_id, guild_id) in self._unwritten.items()
            if asker_id == user_id and not self._is_over(reply_id)
        }
        written = {kept.reply_id: kept for kept in await self._told(Use.READ, self._store.kept_of(user_id))}
        return tuple(kept for _, kept in sorted({**written, **unwritten}.items()))

    async def forget(self, user_id: int) -> None:
        """Delete everything about a user, or, where it raises StoreFault, nothing."""
        dropped = self._drop(lambda asker_id, _: asker_id == user_id)  # first, so that none of it is written meanwhile
        try:
            await self._told(Use.WRITTEN, self._store.forget(user_id))
        except StoreFault:
            self._unwritten = OrderedDict(sorted({**dropped, **self._unwritten}.items(), key=lambda note: note[1][0]))
            raise

    async def guilds(self, application_id: int, share: Share | None = None) -> frozenset[int]:
        """The servers of a share of the shards, or (None) of all, of which anything is kept, as far as is known."""
        return await self._try(Use.READ, self._store.guilds(application_id, share), unhurried=True) or frozenset()

    async def forget_guild(self, guild_id: int) -> None:
        self._drop(lambda _, asked_in: asked_in == guild_id)
        await self._try(Use.WRITTEN, self._store.forget_guild(guild_id), unhurried=True)

    async def keep_miss(self, guild_id: int, pack: str, text: str, verdict: str) -> None:
        await self._try(Use.WRITTEN, self._store.keep_miss(guild_id, pack, text, verdict))

    async def misses(self, pack: str) -> tuple[Miss, ...] | None:
        return await self._try(Use.READ, self._store.misses(pack))

    async def _write(self, reply_id: int) -> bool:
        """Write a note that is not written yet; whether it is now."""
        note = self._unwritten[reply_id]

        async def written() -> bool:
            await self._store.note(reply_id, *note[1:])
            return True

        if not await self._try(Use.WRITTEN, written()):
            return False
        if self._unwritten.get(reply_id) is note:
            del self._unwritten[reply_id]
        return True

    def _is_over(self, reply_id: int) -> bool:
        return self._unwritten[reply_id][0] <= time.monotonic() - KEEP_UNWRITTEN

    def _drop(self, forgotten: Callable[[int, int | None], bool]) -> dict[int, tuple[float, int, int | None]]:
        """Let go of notes that are not written yet; returns them."""
        dropped = {reply_id: note for reply_id, note in self._unwritten.items() if forgotten(*note[1:])}
        for reply_id in dropped:
            del self._unwritten[reply_id]
        return dropped

    async def _told(self, use: Use, call: Awaitable[_T]) -> _T:
        """What the store says to somebody who is told where it fails. Raises StoreFault."""
        try:
            result = await call
        except StoreFault:
            self._measures.used_store(use, works=False)
            raise
        self._measures.used_store(use, works=True)
        return result

    async def _try(self, use: Use, call: Awaitable[_T], *, unhurried: bool = False) -> _T | None:
        """What the store says; None where it fails or takes too long for an answer; what is `unhurried` has the store's own
        patience. That is logged once until it can be "read" or "written" again: on a full disk it can be read all the time."""
        try:
            result = await asyncio.wait_for(call, None if unhurried else PATIENCE)
        except (StoreFault, TimeoutError) as error:
            if self._measures.used_store(use, works=False):
                reason = str(error) or f"it takes longer than {PATIENCE:g} s"
                _log.warning("the store cannot be %s, so the bot goes on without it: %s", use, reason)
            return None
        self._measures.used_store(use, works=True)
        return result
