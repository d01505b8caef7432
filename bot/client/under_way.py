"""The answers under way: how many there are, and that they are finished before the bot closes."""

from __future__ import annotations

import asyncio
from typing import Any

# From so many answers under way on, an interaction is acknowledged before it is answered: otherwise the last ones would wait for
# more than 3 s.
BUSY = 50


class UnderWay:
    """The tasks that make and send answers."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def enter(self) -> None:
        """Count the current task among them until it ends."""
        task = asyncio.current_task()
        if task is not None and task not in self._tasks:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    @property
    def is_busy(self) -> bool:
        return len(self._tasks) > BUSY

    async def finish(self, seconds: float) -> int:
        """Wait until all but the current task have ended, for so many seconds at most; how many have not."""
        until = asyncio.get_running_loop().time() + seconds
        await asyncio.sleep(0)  # what has just arrived is taken up
        while waiting := self._tasks - {asyncio.current_task()}:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return len(waiting)
            await asyncio.wait(waiting, timeout=left)
        return 0
