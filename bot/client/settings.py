"""What administrators set for servers and channels: kept in memory over the store, which is asked once for each server."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from weakref import WeakValueDictionary

import discord

from bot.client.patient_store import PatientStore
from bot.store.values import ChannelSettings, GuildSettings, Overrides, StoreFault

MAX_GUILDS = 10_000  # whose settings are kept in memory

_log = logging.getLogger(__name__)


class ArticleGone(Exception):
    """The article that an administrator chose for a channel is not among those that are loaded. To answer from another one
    would mislead."""


class ArticleUnknown(Exception):
    """Somebody named an article that is not among those of their channel, whose titles these are."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.titles = tuple(titles)


class SettingsCache:
    """What was set in each server. `defaults` hold where nothing was."""

    def __init__(self, store: PatientStore, defaults: ChannelSettings) -> None:
        self._store, self._defaults = store, defaults
        self._kept: OrderedDict[int, GuildSettings] = OrderedDict()
        self._readings: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def at(self, guild_id: int | None, channel: object) -> ChannelSettings:
        """What holds in a channel. Where that cannot be read, the defaults, but private, as may have been set."""
        if guild_id is None:
            return self._defaults
        settings = self._kept.get(guild_id)
        if settings is None:
            async with self._readings.setdefault(guild_id, asyncio.Lock()):  # in a burst, one reads and the others wait
                settings = self._kept.get(guild_id) or await self._store.settings(guild_id)
            if settings is None:
                return replace(self._defaults, ephemeral=True)
            self._keep(guild_id, settings)
        return settings.at(*_levels(channel), defaults=self._defaults)

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> bool:
        """Store what an administrator sets for a channel, or (None) for the server; it holds at once. False where it cannot be
        stored: then nothing has changed."""
        try:
            self._keep(guild_id, await self._store.change(guild_id, channel_id, step))
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            self._kept.pop(guild_id, None)
            return False
        return True

    async def forget(self, guild_id: int) -> None:
        """Delete what was set in a server, and what was asked in it."""
        self._kept.pop(guild_id, None)
        await self._store.forget_guild(guild_id)

    async def forget_others(self, application_id: int, is_there: Callable[[int], bool]) -> int:
        """Delete all about the servers that are no longer there: those that were left while the bot was off, or while the store
        could not be used. Returns how many they were."""
        gone = [guild_id for guild_id in await self._store.guilds(application_id) if not is_there(guild_id)]
        for guild_id in gone:
            if not is_there(guild_id):  # it may have been joined again meanwhile
                await self.forget(guild_id)
        return len(gone)

    def _keep(self, guild_id: int, settings: GuildSettings) -> None:
        self._kept[guild_id] = settings
        if len(self._kept) > MAX_GUILDS:
            self._kept.popitem(last=False)


def _levels(channel: object) -> tuple[int, ...]:
    """A channel's id; for a thread, its parent's and its own."""
    if isinstance(channel, discord.Thread):
        return (channel.parent_id, channel.id)
    found = getattr(channel, "id", None)
    return (found,) if isinstance(found, int) else ()
