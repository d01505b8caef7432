"""Threads that do what waits for a disk or a server, so that the event loop never does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class NoAnswer(Exception):
    """A job was not done in time. It may yet be done."""


class Workers:
    """So many threads, which take jobs in turn, each for `patience` seconds at most as far as its caller waits. Where every thread
    hangs, further jobs are refused at once until one goes on. `between` is called on the first thread, between two jobs, `pause`
    seconds after the last time, and `ended` on the last thread to end; neither may raise."""

    def __init__(
        self,
        count: int,
        patience: float,
        *,
        between: Callable[[], None],
        pause: Callable[[], float],
        ended: Callable[[], None],
    ) -> None:
        self._patience, self._between, self._pause, self._ended = patience, between, pause, ended
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        # What a thread is at though nobody waits for it any more, and from when it counts as hanging: a caller may give up sooner.
        self._left: dict[Future[Any], float] = {}
        self._running, self._lock = count, threading.Lock()
        # Daemons, so that a hanging disk does not keep the process from ending.
        self._threads = [threading.Thread(target=self._work, args=(n,), name=f"store-{n}", daemon=True) for n in range(count)]

    def start(self, opening: Callable[[], None]) -> None:
        """Begin with a job on the first thread, and wait for it. Raises what it raises, and NoAnswer after twice the patience."""
        opened: Future[None] = Future()
        self._jobs.put((opened, opening))
        self._threads[0].start()
        try:
            opened.result(2 * self._patience)
        except BaseException as error:
            self._running = 1
            self._jobs.put(None)
            if isinstance(error, TimeoutError) and not opened.done():
                raise NoAnswer from None
            raise
        for thread in self._threads[1:]:
            thread.start()

    async def do(self, job: Callable[[], _T], *, unhurried: bool = False) -> _T:
        """What a job returns, waited for as long as it takes where it is `unhurried`. Raises what it raises, and NoAnswer."""
        now = time.monotonic()
        self._left = {left: at for left, at in self._left.items() if not left.done()}
        if sum(at <= now for at in self._left.values()) >= len(self._threads):
            raise NoAnswer
        future: Future[_T] = Future()
        self._jobs.put((future, job))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), None if unhurried else self._patience)
        except TimeoutError:
            if future.done() and not future.cancelled():
                return future.result()  # the job's own
            if not future.cancel():
                self._left[future] = now
            raise NoAnswer from None
        except asyncio.CancelledError:
            if not future.cancel():
                self._left[future] = now + self._patience
            raise

    async def end(self, seconds: float | None = None) -> None:
        """Let the jobs before this be done, for so many seconds at most; None: as far as patience goes."""
        patience = self._patience if seconds is None else seconds
        for _ in self._threads:
            self._jobs.put(None)

        def joined() -> None:
            for thread in self._threads:
                thread.join(patience / len(self._threads))

        await asyncio.to_thread(joined)

    def _work(self, number: int) -> None:
        last = time.monotonic()
        while True:
            if not number and time.monotonic() >= last + self._pause():
                self._between()
                last = time.monotonic()
            try:
                job = self._jobs.get(timeout=None if number else max(0.0, last + self._pause() - time.monotonic()))
            except Empty:
                continue
            if job is None:
                break
            future, act = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(act())
            except BaseException as error:
                future.set_exception(error)
        with self._lock:
            self._running -= 1
            if not self._running:
                self._ended()
