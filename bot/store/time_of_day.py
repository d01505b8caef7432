"""The time of day, and whether to act on it: the clock of a machine may jump, and what is deleted by a wrong one is lost."""

from __future__ import annotations

from collections.abc import Callable

SLACK = 3600.0  # seconds by which a clock may be set right without being doubted
SETTLED_AFTER = 3600.0  # seconds for which one that jumped must go on before it is believed


class TimeOfDay:
    """A clock, beside `steady`, which cannot be set; both in seconds. A clock that jumps is doubted until it has gone on for a while,
    as one is that was `doubted` from the beginning."""

    def __init__(self, clock: Callable[[], float], steady: Callable[[], float], *, doubted: bool = False) -> None:
        self._clock, self._steady, self._doubted = clock, steady, doubted
        self._began = clock(), steady()  # when it began, or jumped last, by both

    def now(self) -> float:
        """Seconds since 1970."""
        now, (began, then) = self._clock(), self._began
        if abs(now - began - (self._steady() - then)) > SLACK:
            self._began, self._doubted = (now, self._steady()), True
        return now

    def is_doubted(self) -> bool:
        """Whether what cannot be undone should wait."""
        self.now()
        self._doubted = self._doubted and self._steady() - self._began[1] < SETTLED_AFTER
        return self._doubted
