"""How long an asker must wait between two questions, and the bot between two messages. Knows nothing of Discord."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bot.store.values import MAX_COOLDOWN, StoreFault

MAX_ASKERS = 10_000
PATIENCE = 0.5  # seconds that an answer waits for what other processes know


class _Asked(NamedTuple):
    """When somebody last asked, for how long a wait goes on from then, wherever it began, whether they were told so, and whether the
    question was not taken, so that they need not wait."""

    at: float
    seconds: float
    is_told: bool = False
    is_taken_back: bool = False


class Known(NamedTuple):
    """How long ago somebody last asked, and for how long that is still kept, in seconds."""

    ago: float
    left: float


class Cooldowns:
    """When each asker last asked: per person, so that several channels or servers do not multiply what one can ask. The asker
    longest silent makes room where there are too many, and nobody is known for longer than a cooldown can be. `elsewhere` is what all
    processes of the bot know together (`SharedCooldowns.cooldown`)."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        askers: int = MAX_ASKERS,
        elsewhere: Callable[[int, float, float], Awaitable[float]] | None = None,
    ) -> None:
        self._clock, self._askers, self._elsewhere = clock, askers, elsewhere
        self._last: OrderedDict[int, _Asked] = OrderedDict()

    def wait(self, asker: int, seconds: float) -> float:
        """Seconds that the asker must still wait where the cooldown is `seconds`; 0 where they may ask, which starts a new
        one."""
        now = self._drop_old()
        last = self._last.get(asker)
        if seconds > 0 and last is not None and not last.is_taken_back and now - last.at < seconds:
            return seconds - (now - last.at)
        self._last[asker] = _Asked(now, max(seconds, last.at + last.seconds - now) if last else seconds)
        self._last.move_to_end(asker)
        if len(self._last) > self._askers:
            self._last.popitem(last=False)
        return 0.0

    def take_back(self, asker: int) -> None:
        """Undo the cooldown that an asker's latest question started, which was not taken."""
        if last := self._last.get(asker):
            self._last[asker] = last._replace(seconds=0.0, is_taken_back=True)

    async def wait_everywhere(self, asker: int, at: float, seconds: float) -> float:
        """`wait`, with what other processes know, for a question that was asked at a time (from the epoch). Where they cannot be asked
        in time, this process's memory decides."""
        last = self._last.get(asker)
        counts = last is None or not last.is_taken_back  # that it is taken back, the others do not know
        if (wait := self.wait(asker, seconds)) or seconds <= 0 or self._elsewhere is None:
            return wait
        try:
            wait = await asyncio.wait_for(self._elsewhere(asker, at, seconds if counts else 0.0), PATIENCE)
        except (StoreFault, TimeoutError):
            return 0.0
        if wait > 0:
            self._last[asker] = _Asked(self._clock() - seconds + wait, seconds)
        return wait

    def tell(self, asker: int) -> bool:
        """Whether to explain the wait: once in each, since an explanation is a message too."""
        last = self._last.get(asker)
        if last is None or last.is_told:
            return False
        self._last[asker] = last._replace(is_told=True)
        return True

    def kept_of(self, asker: int) -> Known | None:
        """When somebody last asked; None where that is not known."""
        now, last = self._drop_old(), self._last.get(asker)
        return Known(now - last.at, last.at + MAX_COOLDOWN - now) if last else None

    def forget(self, asker: int) -> Known | None:
        """Forget when somebody last asked. A wait that goes on stays, since else this would be a way round it: returns how long."""
        now, last = self._drop_old(), self._last.get(asker)
        if last is not None and now - last.at < last.seconds:
            return Known(now - last.at, last.at + last.seconds - now)
        self._last.pop(asker, None)
        return None

    def _drop_old(self) -> float:
        """Drop whoever asked longer ago than any cooldown lasts; returns the time."""
        now = self._clock()
        while self._last and next(iter(self._last.values())).at <= now - MAX_COOLDOWN:
            self._last.popitem(last=False)
        return now


class Pace:
    """At most `most` within `seconds`: for each, how long to wait before it."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._turns: deque[float] = deque(maxlen=most)

    def wait(self) -> float:
        """Seconds to wait; with this call the turn is taken."""
        now = self._clock()
        turn = max(now, self._turns[0] + self._seconds) if len(self._turns) == self._most else now
        self._turns.append(turn)
        return turn - now
