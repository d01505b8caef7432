"""A store in memory alone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from bot.store.values import (
    DAY,
    KEEP,
    MAX_MISSES,
    MAX_MISSES_OF_A_SERVER,
    RESTART,
    GuildSettings,
    Kept,
    Miss,
    Overrides,
    Share,
    StoreFault,
    last_day_gone,
    server_hash,
)


class MemoryStore:
    """A store that ends with the process, for tests and for a bot that is only tried out. Its clock cannot be set, so it never
    jumps; `time_of_day` is asked once, to tell when something was noted. `is_makeshift` where it is in place of one that could not be
    opened."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        keep: float = KEEP,
        time_of_day: Callable[[], float] = time.time,
        is_makeshift: bool = False,
    ) -> None:
        self.is_makeshift = is_makeshift
        self._clock, self._keep, self._closed = clock, keep, False
        self._began = time_of_day() - clock()  # in seconds since 1970, when the clock was at 0
        self._settings: dict[int, GuildSettings] = {}
        self._commands: dict[int, str] = {}
        self._askers: dict[int, tuple[float, int, int | None]] = {}  # by reply: when, who, in which server
        self._misses: set[Miss] = set()
        self._key = secrets.token_bytes(32)

    async def settings(self, guild_id: int) -> GuildSettings:
        self._check()
        return self._settings.get(guild_id, GuildSettings())

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> Overrides:
        self._check()
        old = self._settings.get(guild_id, GuildSettings())
        if channel_id is None:
            changed = step(old.own)
            self._settings[guild_id] = replace(old, own=changed)
        else:
            changed = step(old.channels.get(channel_id, Overrides()))
            others = {c: o for c, o in old.channels.items() if c != channel_id}
            kept = {channel_id: changed} if changed != Overrides() else {}
            self._settings[guild_id] = replace(old, channels={**others, **kept})
        return changed

    async def synced_commands(self, application_id: int) -> str | None:
        self._check()
        return self._commands.get(application_id)

    async def remember_commands(self, application_id: int, sha256: str) -> None:
        self._check()
        self._commands[application_id] = sha256

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        self._check()
        while self._askers and next(iter(self._askers.values()))[0] <= self._clock() - self._keep:  # the oldest stands first
            del self._askers[next(iter(self._askers))]
        self._askers.pop(reply_id, None)
        self._askers[reply_id] = (self._clock(), asker_id, guild_id)

    async def is_asker(self, reply_id: int, user_id: int) -> bool | None:
        self._check()
        when, asker_id, _ = self._askers.get(reply_id, (0.0, 0, None))
        return asker_id == user_id if reply_id in self._askers and when > self._clock() - self._keep else None

    async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
        self._check()
        since = self._clock() - self._keep
        kept = (
            Kept(reply, row[2], self._began + row[0])
            for reply, row in self._askers.items()
            if row[1] == user_id and row[0] > since
        )
        return tuple(sorted(kept, key=lambda k: k.reply_id))

    async def forget(self, user_id: int) -> None:
        self._check()
        self._askers = {reply: row for reply, row in self._askers.items() if row[1] != user_id}

    async def guilds(self, application_id: int, share: Share | None = None) -> frozenset[int]:
        self._check()
        if self._commands.keys() - {application_id}:
            return frozenset()
        kept = {*self._settings, *(row[2] for row in self._askers.values() if row[2] is not None)}
        return frozenset(guild_id for guild_id in kept if share is None or share.has(guild_id))

    async def forget_guild(self, guild_id: int) -> None:
        self._check()
        self._settings.pop(guild_id, None)
        self._askers = {reply: row for reply, row in self._askers.items() if row[2] != guild_id}
        self._misses = {m for m in self._misses if m.server != server_hash(self._key, guild_id)}

    async def keep_miss(self, guild_id: int, pack: str, text: str, verdict: str) -> None:
        self._check()
        self._drop_old_misses()
        miss = Miss(pack, text, verdict, int(self._clock() // DAY), server_hash(self._key, guild_id))
        kept = [m for m in self._misses if m.pack == pack]
        if len(kept) < MAX_MISSES and sum(m.server == miss.server for m in kept) < MAX_MISSES_OF_A_SERVER:
            self._misses.add(miss)

    async def misses(self, pack: str) -> tuple[Miss, ...]:
        self._check()
        self._drop_old_misses()
        return tuple(sorted(m for m in self._misses if m.pack == pack))

    async def close(self) -> None:
        self._closed = True

    def _drop_old_misses(self) -> None:
        self._misses = {m for m in self._misses if m.day > last_day_gone(self._clock(), self._keep)}

    def _check(self) -> None:
        if self._closed:
            raise StoreFault("the store", "is closed.", RESTART)
