"""The threads of a store: what is done between jobs, and that nobody waits longer than patience."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.store.workers import NoAnswer, Workers

LONG = 60.0


class Record:
    """What was done by the threads."""

    def __init__(self) -> None:
        self.between = self.ended = 0

    def once_more(self) -> None:
        self.between += 1

    def end(self) -> None:
        self.ended += 1


@contextmanager
def working(record: Record, count: int = 1, patience: float = LONG, pause: float = LONG) -> Iterator[Workers]:
    made = Workers(count, patience, between=record.once_more, pause=lambda: pause, ended=record.end)
    made.start(lambda: None)
    try:
        yield made
    finally:
        asyncio.run(made.end())


def test_what_is_done_between_jobs_is_done_also_where_they_never_cease() -> None:
    record = Record()

    async def go_on(workers: Workers) -> None:
        until = time.monotonic() + LONG
        while record.between < 3:
            assert time.monotonic() < until
            await workers.do(lambda: None)

    with working(record, pause=0.005) as workers:
        asyncio.run(go_on(workers))


@pytest.mark.parametrize("count", [1, 3])
def test_the_end_comes_once_after_the_jobs_before_it(count: int) -> None:
    record, done = Record(), list[int]()

    async def several(workers: Workers) -> None:
        await asyncio.gather(*(workers.do(lambda n=n: done.append(n)) for n in range(20)))  # type: ignore[misc]

    with working(record, count) as workers:
        asyncio.run(several(workers))
    assert (sorted(done), record.ended) == (list(range(20)), 1)


def test_where_every_thread_hangs_a_job_is_refused_at_once_and_never_begun() -> None:
    record, goes_on, done = Record(), threading.Event(), list[int]()

    async def scenario(workers: Workers) -> None:
        hanging = [asyncio.create_task(workers.do(lambda: goes_on.wait(LONG))) for _ in range(2)]
        for fault in await asyncio.gather(*hanging, return_exceptions=True):
            assert isinstance(fault, NoAnswer)
        with pytest.raises(NoAnswer):
            workers.do(lambda: done.append(1)).send(None)
        goes_on.set()
        async with asyncio.timeout(LONG):
            while not done:
                try:
                    await workers.do(lambda: done.append(2))
                except NoAnswer:
                    await asyncio.sleep(0.001)
        assert done == [2]

    with working(record, 2, patience=0.2) as workers:
        asyncio.run(scenario(workers))


def test_a_thread_that_hangs_counts_also_where_its_caller_gave_up_before_patience_ended_and_not_sooner() -> None:
    record, goes_on, patience = Record(), threading.Event(), 0.3

    async def scenario(workers: Workers) -> None:
        for _ in range(2):  # the second waits as well, since the thread may yet go on
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(workers.do(lambda: goes_on.wait(LONG)), 0.01)
        await asyncio.sleep(patience)
        with pytest.raises(NoAnswer):
            workers.do(lambda: None).send(None)
        goes_on.set()

    with working(record, patience=patience) as workers:
        asyncio.run(scenario(workers))


def test_a_job_s_own_timeout_is_passed_on() -> None:
    def late() -> None:
        raise TimeoutError("its own")

    with working(Record()) as workers, pytest.raises(TimeoutError, match="its own"):
        asyncio.run(workers.do(late))


def test_an_opening_that_fails_or_hangs_ends_what_was_begun() -> None:
    record, goes_on = Record(), threading.Event()

    def fail() -> None:
        raise ValueError("no")

    def hang() -> None:
        goes_on.wait(LONG)

    for opening, fault, patience in ((fail, ValueError, LONG), (hang, NoAnswer, 0.05)):
        made = Workers(3, patience, between=record.once_more, pause=lambda: LONG, ended=record.end)
        with pytest.raises(fault):
            made.start(opening)
    goes_on.set()
    until = time.monotonic() + LONG
    while record.ended < 2:
        assert time.monotonic() < until
        time.sleep(0.001)
