"""How long an asker must wait between two questions, and the bot between two messages. Knows nothing of Discord."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

from bot.store.values import StoreFault

MAX_ASKERS = 10_000
PATIENCE = 0.5  # seconds that an answer waits for what other processes know


class Cooldowns:
    """When each asker last asked: per person, so that several channels or servers do not multiply what one can ask. The asker
    longest silent makes room where there are too many. `elsewhere` is what all processes of the bot know together
    (`SharedCooldowns.cooldown`)."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        askers: int = MAX_ASKERS,
        elsewhere: Callable[[int, float, float], Awaitable[float]] | None = None,
    ) -> None:
        self._clock, self._askers, self._elsewhere = clock, askers, elsewhere
        self._last: OrderedDict[int, tuple[float, bool]] = OrderedDict()

    def wait(self, asker: int, seconds: float) -> float:
        """Seconds that the asker must still wait where the cooldown is `seconds`; 0 where they may ask, which starts a new
        one."""
        now = self._clock()
        last = self._last.get(asker)
        if seconds > 0 and last is not None and now - last[0] < seconds:
            return seconds - (now - last[0])
        self._last[asker] = (now, False)
        self._last.move_to_end(asker)
        if len(self._last) > self._askers:
            self._last.popitem(last=False)
        return 0.0

    async def wait_everywhere(self, asker: int, at: float, seconds: float) -> float:
        """`wait`, with what other processes know, for a question that was asked at a time (from the epoch). Where they cannot be asked
        in time, this process's memory decides."""
        if (wait := self.wait(asker, seconds)) or seconds <= 0 or self._elsewhere is None:
            return wait
        try:
            wait = await asyncio.wait_for(self._elsewhere(asker, at, seconds), PATIENCE)
        except (StoreFault, TimeoutError):
            return 0.0
        if wait > 0:
            self._last[asker] = (self._clock() - seconds + wait, False)
        return wait

    def tell(self, asker: int) -> bool:
        """Whether to explain the wait: once in each, since an explanation is a message too."""
        when, told = self._last.get(asker, (0.0, True))
        if not told:
            self._last[asker] = (when, True)
        return not told


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
