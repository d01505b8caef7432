"""Whose question is judged next: fair turns by server within bounds, on a few threads, and what nobody addressed to the bot last. Knows
nothing of Discord."""

from __future__ import annotations

import asyncio
import statistics
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

# In which questions are judged at once. What judges a question spreads over the cores by itself, so that more of these answer no
# more questions a second, and each of them later (decision 013).
THREADS = 2
_REMEMBERED = 25  # questions whose time tells how long the next ones will take

_T = TypeVar("_T")


class Lane(NamedTuple):
    """Those whose questions take turns with others': a server; in direct messages, an asker."""

    server: int | None
    asker: int | None


def lane_of(server: int | None, asker: int) -> Lane:
    """The lane of a question, by the ids of where and by whom it is asked; `server` is None for a direct message."""
    return Lane(None, asker) if server is None else Lane(server, None)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many questions may wait, in all and of one lane, and each for how many seconds."""

    waiting: int
    of_lane: int
    patience: float


# A minute is what a person waits; Discord gives an answer to a command 15.
ADDRESSED = Limits(500, 100, 60.0)
# What nobody addressed to the bot. An answer that comes late disturbs what is talked of by then.
OVERHEARD = Limits(50, 10, 20.0)


class Busy(Exception):
    """A question cannot be taken: too many wait before it, or it has waited too long."""


class Lanes(Generic[_T]):
    """What waits: in each lane in the order of its coming, and one of each lane by turns."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[Lane, dict[_T, None]] = OrderedDict()  # that whose turn it is stands first

    def __bool__(self) -> bool:
        return bool(self._lanes)

    def add(self, lane: Lane, one: _T) -> None:
        self._lanes.setdefault(lane, {})[one] = None

    def discard(self, lane: Lane, one: _T) -> None:
        """Take out one that waits no longer; nothing where it is not there."""
        if lane in self._lanes:
            self._lanes[lane].pop(one, None)
            if not self._lanes[lane]:
                del self._lanes[lane]

    def take(self) -> _T:
        """The next one, after which its lane is the last. Raises KeyError where nothing waits."""
        lane, ones = self._lanes.popitem(last=False)
        one = next(iter(ones))
        del ones[one]
        if ones:
            self._lanes[lane] = ones
        return one


def before(waiting: Mapping[Lane, int], lane: Lane) -> int:
    """How many of those that wait in each lane have their turn before one that now comes into `lane`."""
    own = waiting.get(lane, 0)
    return own + sum(min(number, own + 1) for other, number in waiting.items() if other != lane)


def wait_for(ahead: int, threads: int, service: float) -> float:
    """Seconds until one begins that has `ahead` others before it, all threads being taken, where each takes `service` seconds."""
    return (ahead // threads + 1) * service


class _Kind:
    """The questions of one kind, of which `most` are judged at once: those that are ready to be, how many of each lane have joined and have
    no thread yet, and how many have one. Who waits for an earlier answer of their own has joined and is not ready."""

    def __init__(self, limits: Limits, most: int) -> None:
        self.limits, self.most = limits, most
        self.ready: Lanes[Turn] = Lanes()
        self.waiting: dict[Lane, int] = {}
        self.judged = 0

    def count(self, lane: Lane, more: int) -> None:
        """One `more` of a lane waits, or one fewer (-1)."""
        self.waiting[lane] = self.waiting.get(lane, 0) + more
        if not self.waiting[lane]:
            del self.waiting[lane]


class Turn:
    """One question's place among those that wait and are judged. Made by Turns.turn."""

    def __init__(self, turns: Turns, kind: _Kind, lane: Lane) -> None:
        self.kind, self.lane = kind, lane
        self.joined: float | None = None  # when, in seconds of the event loop's clock
        self.begun: float | None = None  # when it got a thread
        self.called: asyncio.Future[None] | None = None  # while it waits for a thread, and has one
        self.job: asyncio.Future[Any] | None = None  # the latest
        self._turns = turns

    def join(self) -> None:
        """Count among those that wait. Raises Busy."""
        self._turns.join(self)

    async def run(self, function: Callable[..., _T], *arguments: object) -> _T:
        """Call a function in a thread, once it is this question's turn, which has that thread until it is over. Raises Busy, and what the
        function raises."""
        return await self._turns.run(self, partial(function, *arguments))


class Turns:
    """Questions that are judged in `threads` threads, and those that wait for one. For one event loop."""

    def __init__(self, threads: int = THREADS, addressed: Limits = ADDRESSED, overheard: Limits = OVERHEARD) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answering")
        self._addressed = _Kind(addressed, threads)
        self._overheard = _Kind(overheard, max(1, threads - 1))  # so that whoever asks the bot need not wait for these to end
        self._took: deque[float] = deque(maxlen=_REMEMBERED)  # seconds

    @contextmanager
    def turn(self, lane: Lane, *, overheard: bool = False) -> Iterator[Turn]:
        """The turn of a question, which is over with the block; `overheard` where nobody addressed it to the bot. It counts for nothing until
        it joins or runs something."""
        turn = Turn(self, self._overheard if overheard else self._addressed, lane)
        try:
            yield turn
        finally:
            self._leave(turn)

    def is_full(self, lane: Lane) -> bool:
        """Whether a question that is addressed to the bot would be refused now."""
        return self._refuses(self._addressed, lane)

    def waiting(self) -> int:
        """How many wait, of all lanes and kinds."""
        return sum(sum(kind.waiting.values()) for kind in (self._addressed, self._overheard))

    def join(self, turn: Turn) -> None:
        """Count a turn among those that wait, once. Raises Busy."""
        if turn.joined is not None:
            return
        if self._refuses(turn.kind, turn.lane):
            raise Busy
        turn.joined = _now()
        turn.kind.count(turn.lane, 1)

    async def run(self, turn: Turn, function: Callable[[], _T]) -> _T:
        """Call a function in the turn's thread. Raises Busy, and what the function raises."""
        self.join(turn)
        if turn.called is None:
            await self._wait(turn)
        job: asyncio.Future[_T] = asyncio.get_running_loop().run_in_executor(self._pool, function)
        turn.job = job
        await asyncio.wait({job})  # `await job` would not know of the thread any more once it is cancelled
        return job.result()

    def close(self) -> None:
        """Begin nothing more: those that wait are cancelled."""
        for kind in (self._addressed, self._overheard):
            while kind.ready:
                if called := kind.ready.take().called:
                    called.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _refuses(self, kind: _Kind, lane: Lane) -> bool:
        """Whether a question that comes now is one too many, or would have its turn too late."""
        ahead = before(kind.waiting, lane) + (sum(self._addressed.waiting.values()) if kind is self._overheard else 0)
        if not ahead and self._may_begin(kind):
            return False
        if sum(kind.waiting.values()) >= kind.limits.waiting or kind.waiting.get(lane, 0) >= kind.limits.of_lane:
            return True
        # The median, since the first question waits until the networks are loaded. Before one is answered nothing is known.
        service = statistics.median(self._took) if self._took else 0.0
        return wait_for(ahead, kind.most, service) > kind.limits.patience

    async def _wait(self, turn: Turn) -> None:
        """Until the turn has a thread. Raises Busy where that takes too long after all."""
        assert turn.joined is not None
        turn.called = asyncio.get_running_loop().create_future()
        turn.kind.ready.add(turn.lane, turn)
        self._call()
        try:
            async with asyncio.timeout_at(turn.joined + turn.kind.limits.patience):
                await turn.called
        except TimeoutError:
            raise Busy from None
        finally:
            turn.kind.ready.discard(turn.lane, turn)

    def _call(self) -> None:
        """Give the threads that are free to those whose turn it is, and what was overheard those that nobody else waits for."""
        for kind in (self._addressed, self._overheard):
            while kind.ready and self._may_begin(kind):
                turn = kind.ready.take()
                if turn.called is None or turn.called.done():  # cancelled, and yet to leave
                    continue
                kind.count(turn.lane, -1)
                kind.judged += 1
                turn.begun = _now()
                turn.called.set_result(None)

    def _may_begin(self, kind: _Kind) -> bool:
        """Whether there is a thread for one more of a kind."""
        return self._addressed.judged + self._overheard.judged < self._threads and kind.judged < kind.most

    def _leave(self, turn: Turn) -> None:
        if turn.begun is None:
            if turn.joined is not None:
                turn.kind.count(turn.lane, -1)
        elif turn.job is None or turn.job.done():
            self._free(turn, turn.begun)
        else:  # whoever waited for it was cancelled, which a thread cannot be
            turn.job.add_done_callback(partial(self._finished, turn, turn.begun))

    def _finished(self, turn: Turn, begun: float, job: asyncio.Future[Any]) -> None:
        if not job.cancelled():
            job.exception()  # so that asyncio does not log it as never looked at: its message may hold the question
        self._free(turn, begun)

    def _free(self, turn: Turn, begun: float) -> None:
        self._took.append(_now() - begun)
        turn.kind.judged -= 1
        self._call()


def _now() -> float:
    return asyncio.get_running_loop().time()
