"""The answers under way: how many there are, and that they are finished before the bot closes."""

from __future__ import annotations

import asyncio
import math
from typing import Any

# From so many answers under way on, an interaction is acknowledged before it is answered: otherwise the last ones would wait for
# more than 3 s.
BUSY = 50


class UnderWay:
    """The tasks that make and send answers: those of one client where they are also `within` those of its process."""

    def __init__(self, within: UnderWay | None = None) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._within = within
        self._end = math.inf

    def enter(self) -> None:
        """Count the current task among them until it ends."""
        task = asyncio.current_task()
        if task is not None and task not in self._tasks:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            if self._within is not None:
                self._within.enter()

    @property
    def is_busy(self) -> bool:
        """Whether the whole process is."""
        return self._within.is_busy if self._within is not None else len(self._tasks) > BUSY

    def end_by(self, when: float) -> None:
        """Let no finishing take longer than until a time of the event loop's clock."""
        self._end = when

    async def finish(self, seconds: float) -> int:
        """Wait until all but the current task have ended, for so many seconds at most; how many have not."""
        until = min(asyncio.get_running_loop().time() + seconds, self._within._end if self._within else self._end)
        await asyncio.sleep(0)  # what has just arrived is taken up
        while waiting := self._tasks - {asyncio.current_task()}:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return len(waiting)
            await asyncio.wait(waiting, timeout=left)
        return 0
