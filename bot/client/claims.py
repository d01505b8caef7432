"""Which questions this process has taken up: Discord may send an event again after a reconnection. In memory only; knows nothing of Discord and of who asked."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REPEATED_WITHIN = 3600.0  # seconds in which an event that arrives again is known


class Claims:
    """The ids of questions, for `seconds`. Outlives a client, so that one that replaces another knows what that has answered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, seconds: float = REPEATED_WITHIN) -> None:
        self._clock, self._seconds = clock, seconds
        self._taken: OrderedDict[int, float] = OrderedDict()

    def take(self, question_id: int) -> bool:
        """Whether this is the first time."""
        now = self._clock()
        while self._taken and next(iter(self._taken.values())) <= now - self._seconds:
            self._taken.popitem(last=False)
        if question_id in self._taken:
            return False
        self._taken[question_id] = now
        return True

    def release(self, question_id: int) -> None:
        """Take back a claim where certainly nothing was sent."""
        self._taken.pop(question_id, None)
