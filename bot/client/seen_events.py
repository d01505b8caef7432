"""Which events this process has taken up: Discord may send one again after a reconnection. In memory only; knows nothing of
Discord and of who asked."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REPEATED_WITHIN = 3600.0  # seconds in which an event that arrives again is known


class SeenEvents:
    """The ids of messages and interactions, for `seconds`. It outlives a client, so that one that replaces another knows what
    that has answered.

    Memory is enough. Where it is lost, or another process is asked too, Discord itself takes only one first response to an
    interaction, and of two messages with one nonce it shows one:
    https://docs.discord.com/developers/resources/message#create-message.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, seconds: float = REPEATED_WITHIN) -> None:
        self._clock, self._seconds = clock, seconds
        self._seen: OrderedDict[int, float] = OrderedDict()

    def is_new(self, event_id: int) -> bool:
        """Whether an event arrives for the first time; from this call on it has been seen."""
        now = self._clock()
        while self._seen and next(iter(self._seen.values())) <= now - self._seconds:
            self._seen.popitem(last=False)
        if event_id in self._seen:
            return False
        self._seen[event_id] = now
        return True

    def forget(self, event_id: int) -> None:
        """Let an event count as new again, where certainly nothing was sent in answer to it."""
        self._seen.pop(event_id, None)
