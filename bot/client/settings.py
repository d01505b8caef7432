"""What administrators set for servers and channels: kept in memory over the store, which is asked once for each server."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import discord

from bot.client.patient_store import PatientStore
from bot.store.values import ChannelSettings, GuildSettings, Overrides, Share, StoreFault

MAX_GUILDS = 10_000  # whose settings are kept in memory
POLL = 5.0  # seconds for which they hold where this process is not told of changes

_log = logging.getLogger(__name__)


class ArticleGone(Exception):
    """The article that an administrator chose for a channel is not among those that are loaded. To answer from another one
    would mislead."""


class ArticleUnknown(Exception):
    """Somebody named an article that is not among those of their channel, whose titles these are."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.titles = tuple(titles)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was set in a server, when that was read, and until when it holds."""

    settings: GuildSettings
    at: float
    until: float = math.inf


class SettingsCache:
    """What was set in each server. `defaults` hold where nothing was. Where other processes change settings too, this one is told
    (`changed`), and says whether it can be (`hears`)."""

    def __init__(self, store: PatientStore, defaults: ChannelSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._defaults, self._clock = store, defaults, clock
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._readings: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._hears, self._told = True, 0

    async def at(self, guild_id: int | None, channel: object) -> ChannelSettings:
        """What holds in a channel; where that cannot be read, what held when it last could be. Where it never could, the defaults, but
        private, as may have been set."""
        if guild_id is None:
            return self._defaults
        settings = await self._all_of(guild_id)
        if settings is None:
            return replace(self._defaults, ephemeral=True)
        return settings.at(*_levels(channel), defaults=self._defaults)

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> bool:
        """Store what an administrator sets for a channel, or (None) for the server; it holds at once. False where it cannot be
        stored: then nothing has changed."""
        told = self._told
        try:
            settings = await self._store.change(guild_id, channel_id, step)
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            self.changed(guild_id)
            return False
        if settings is None:
            self.changed(guild_id)
        else:
            self._take(guild_id, settings, told)
        return True

    @property
    def end_with_process(self) -> bool:
        """Whether a restart ends them, since the state could not be opened at the start; then what was set before is not known."""
        return self._store.is_makeshift

    async def are_stored(self, guild_id: int) -> bool:
        """Whether the store can be used, tried now."""
        return await self._store.settings(guild_id) is not None and not self._store.is_failing

    async def forget(self, guild_id: int) -> None:
        """Delete what was set in a server, and what was asked in it."""
        self._kept.pop(guild_id, None)
        await self._store.forget_guild(guild_id)

    async def forget_channel(self, guild_id: int, channel_id: int) -> bool:
        """Delete what was set for a channel or thread that is deleted. Returns whether anything was."""
        settings = await self._all_of(guild_id)
        if settings is None or channel_id not in settings.channels:
            return False
        return await self.change(guild_id, channel_id, lambda _: Overrides())

    async def forget_others(
        self,
        application_id: int,
        share: Share | None,
        is_there: Callable[[int], bool],
        is_deleted: Callable[[int, int], Awaitable[bool]],
    ) -> tuple[int, int]:
        """Delete all about the servers of a share of the shards, or (None) of all, that are no longer there, and what was set for channels
        that are deleted in the others: those that were left or deleted while the bot was off, or while the store could not be used. Returns
        how many servers and channels they were."""
        servers = channels = 0
        for guild_id in await self._store.guilds(application_id, share):
            if not is_there(guild_id):
                await self.forget(guild_id)
                servers += 1
                continue
            settings = await self._all_of(guild_id)
            for channel_id in settings.channels if settings else ():
                channels += await is_deleted(guild_id, channel_id) and await self.forget_channel(guild_id, channel_id)
        return servers, channels

    def changed(self, guild_id: int) -> None:
        """Read anew what is set in a server, when it is next needed."""
        self._told += 1
        if kept := self._kept.get(guild_id):
            self._kept[guild_id] = replace(kept, until=-math.inf)

    def hears(self, does: bool) -> None:
        """Whether it is told of changes from now on. As long as it is not, what is known is read anew after POLL seconds; when it is
        again, at once, since it was not told of what changed meanwhile."""
        self._hears = does
        for guild_id in list(self._kept) if does else ():
            self.changed(guild_id)

    async def _all_of(self, guild_id: int) -> GuildSettings | None:
        """What was set in a server, as it could last be read; None where it never could."""
        if not self._is_known(guild_id):
            reading = self._readings.setdefault(guild_id, asyncio.Lock())
            has_waited = reading.locked()
            async with reading:  # in a burst, one reads and the others wait, and ask no more where it could read nothing
                if not (self._is_known(guild_id) or (has_waited and guild_id not in self._kept)):
                    await self._read(guild_id)
        kept = self._kept.get(guild_id)
        return kept.settings if kept else None

    def _is_known(self, guild_id: int) -> bool:
        kept, now = self._kept.get(guild_id), self._clock()
        return kept is not None and now < kept.until and (self._hears or now < kept.at + POLL)

    async def _read(self, guild_id: int) -> None:
        """Know what is set in a server. Where that cannot be read, what was known is not asked for again at once."""
        told = self._told
        settings = await self._store.settings(guild_id)
        now = self._clock()
        if settings is not None:
            self._take(guild_id, settings, told)
        elif kept := self._kept.get(guild_id):
            self._kept[guild_id] = replace(kept, at=now, until=now + POLL)

    def _take(self, guild_id: int, settings: GuildSettings, told: int) -> None:
        """Know what was read since `told` changes; for now alone where one was told meanwhile, which may be later than what was read."""
        now = self._clock()
        self._kept[guild_id] = _Kept(settings, now, math.inf if told == self._told else now)
        if len(self._kept) > MAX_GUILDS:
            self._kept.popitem(last=False)


def _levels(channel: object) -> tuple[int, ...]:
    """A channel's id; for a thread, its parent's and its own."""
    if isinstance(channel, discord.Thread):
        return (channel.parent_id, channel.id)
    found = getattr(channel, "id", None)
    return (found,) if isinstance(found, int) else ()
