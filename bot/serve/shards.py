"""How the gateway connections of a process are, by the number of their shard. Knows nothing of Discord's library."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Seconds without a frame after which a connection that counts as open is stuck. Discord acknowledges a heartbeat each 41 s or so, and
# discord.py gives up a connection after 60 s without: it is that which no longer works then.
STUCK_AFTER = 180.0


@dataclass(slots=True)
class Shard:
    """`heard` is when its last frame came, in seconds of the clock; `latency` gives the seconds between the last heartbeat and its
    acknowledgement, not finite where there is none. `sessions` are those begun by IDENTIFY, of which Discord allows some in a day."""

    connected: bool = False
    heard: float = 0.0
    latency: Callable[[], float] = lambda: math.nan
    sessions: int = 0
    resumes: int = 0
    disconnects: int = 0


class Shards:
    """Those that any client of this process has had. `clock` gives seconds. `stands_by` says that other processes have all shards, and
    this one would take one over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.stands_by = False
        self._shards: dict[int, Shard] = {}
        self._own: set[int] = set()

    @property
    def known(self) -> tuple[tuple[int, Shard], ...]:
        """The shards that this process holds now, by number."""
        return tuple((number, self._shards[number]) for number in sorted(self._own))

    def hold(self, numbers: Iterable[int]) -> None:
        """These are to be connected by this process from now on."""
        for number in numbers:
            self._own.add(number)
            self._shards.setdefault(number, Shard())

    def leave(self, numbers: Iterable[int]) -> None:
        """These are no longer this process's. What was counted of them goes on where they come back."""
        for number in numbers:
            if number in self._own:
                self._own.remove(number)
                self._shards[number].connected = False

    def begun(self, number: int, latency: Callable[[], float]) -> None:
        """A new session of a shard stands."""
        self.hold([number])
        shard = self._shards[number]
        shard.connected, shard.heard, shard.latency = True, self._clock(), latency
        shard.sessions += 1

    def resumed(self, number: int) -> None:
        self.hold([number])
        shard = self._shards[number]
        shard.connected, shard.heard = True, self._clock()
        shard.resumes += 1

    def lost(self, number: int) -> None:
        """The connection of a shard has ended; discord.py may tell that twice of one."""
        shard = self._shards.get(number)
        if shard is not None and shard.connected:
            shard.connected = False
            shard.disconnects += 1

    def heard(self, number: int | None) -> None:
        """A frame came."""
        shard = self._shards.get(number or 0)
        if shard is not None:
            shard.heard = self._clock()

    def missing(self) -> tuple[int, ...]:
        """The shards of this process that are not connected."""
        return tuple(number for number, shard in self.known if not shard.connected)

    def stuck(self) -> tuple[tuple[int, float], ...]:
        """The shards that count as connected, and for how many seconds nothing has come, where that is too long."""
        now = self._clock()
        silent = ((number, now - shard.heard) for number, shard in self.known if shard.connected)
        return tuple((number, seconds) for number, seconds in silent if seconds > STUCK_AFTER)
