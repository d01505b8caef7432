"""Whose question is judged next: order, bounds and cancellation, with work that ends when the test says so."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.client.limits import TOKEN_LIFE
from bot.serve.turns import ADDRESSED, Busy, Lane, Lanes, Limits, Turns, before, lane_of, wait_for

A, B, C = (lane_of(server, 1) for server in (1, 2, 3))
SOON = 10.0  # seconds


def test_a_server_is_one_lane_and_in_direct_messages_each_asker_is_one() -> None:
    assert lane_of(1, 5) == lane_of(1, 6) != lane_of(2, 5)
    assert lane_of(None, 5) != lane_of(None, 6)
    assert lane_of(None, 5) != lane_of(5, 5)


def order(*arrivals: tuple[Lane, str]) -> str:
    lanes: Lanes[str] = Lanes()
    for lane, one in arrivals:
        lanes.add(lane, one)
    found = ""
    while lanes:
        found += lanes.take()
    return found


@pytest.mark.parametrize(
    ("arrivals", "taken"),
    [
        ("", ""),
        ("Aa Ab Ac", "abc"),
        ("Aa Ab Ac Bx", "axbc"),
        ("Aa Ab Bx By Cm", "axmby"),
        ("Bx Aa By Cm Cn Ab", "xamybn"),
    ],
)
def test_lanes_take_turns_and_each_keeps_its_order(arrivals: str, taken: str) -> None:
    lanes = {"A": A, "B": B, "C": C}
    assert order(*((lanes[arrival[0]], arrival[1]) for arrival in arrivals.split())) == taken


def test_whoever_comes_while_a_server_floods_waits_for_one_turn_at_most() -> None:
    lanes: Lanes[str] = Lanes()
    for _ in range(100):
        lanes.add(A, f"flood {_}")
    taken = [lanes.take() for _ in range(7)]
    lanes.add(B, "other")
    taken = [lanes.take(), lanes.take()]
    assert "other" in taken
    lanes.add(B, "another")  # who has just had a turn gets none before who waits
    assert lanes.take() == "flood 8"
    assert lanes.take() == "another"


def test_what_no_longer_waits_is_not_taken() -> None:
    lanes: Lanes[str] = Lanes()
    for one in "abc":
        lanes.add(A, one)
    lanes.discard(A, "b")
    lanes.discard(A, "b")
    lanes.discard(B, "a")
    assert lanes.take() + lanes.take() == "ac"
    assert not lanes
    with pytest.raises(KeyError):
        lanes.take()


@pytest.mark.parametrize(
    ("waiting", "ahead"),
    [({}, 0), ({A: 100}, 100), ({B: 100}, 1), ({B: 100, C: 1}, 2), ({A: 2, B: 100, C: 1}, 2 + 3 + 1)],
)
def test_how_many_have_their_turn_before_one_that_comes(waiting: dict[Lane, int], ahead: int) -> None:
    assert before(waiting, A) == ahead
    arrivals = [(lane, lane.server) for lane, number in waiting.items() for _ in range(number)]
    lanes: Lanes[int | None] = Lanes()
    for lane, one in arrivals:
        lanes.add(lane, one)
    lanes.add(A, 0)
    taken = 0
    while lanes.take() != 0:
        taken += 1
    assert taken <= ahead, "it is promised more than it gets"


@pytest.mark.parametrize(("ahead", "threads", "seconds"), [(0, 1, 2.0), (0, 2, 2.0), (1, 2, 2.0), (2, 2, 4.0), (9, 2, 10.0)])
def test_how_long_one_waits_that_comes(ahead: int, threads: int, seconds: float) -> None:
    assert wait_for(ahead, threads, 2.0) == seconds


class Work:
    """What threads do until they are let go; the names of what was begun, in order."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._gate = threading.Semaphore(0)

    def __call__(self, name: str) -> str:
        self.begun.append(name)
        assert self._gate.acquire(timeout=SOON), "it is never let go"
        return name

    def let_go(self, number: int = 1) -> None:
        for _ in range(number):
            self._gate.release()

    async def until(self, begun: int) -> None:
        async with asyncio.timeout(SOON):
            while len(self.begun) < begun:
                await asyncio.sleep(0.002)


async def ask(turns: Turns, work: Callable[[str], str], name: str, lane: Lane = A, *, overheard: bool = False) -> str:
    with turns.turn(lane, overheard=overheard) as turn:
        return await turn.run(work, name)


def played(story: Callable[[Work], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(Work()), SOON))


def tasks(turns: Turns, work: Work, names: str, lane: Lane = A, **options: Any) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(ask(turns, work, name, lane, **options)) for name in names]


def test_a_flooding_server_delays_another_by_one_turn() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=1)
        asked = tasks(turns, work, "abcdef", A)
        await work.until(1)
        asked += tasks(turns, work, "xy", B)
        await asyncio.sleep(0)
        work.let_go(8)
        assert await asyncio.gather(*asked) == list("abcdefxy")
        assert "".join(work.begun) == "abxcydef"

    played(story)


def test_what_was_overheard_comes_after_all_that_was_addressed_and_leaves_it_a_thread() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=2)
        asked = tasks(turns, work, "12345", B, overheard=True)
        await work.until(1)
        await asyncio.sleep(0.02)
        assert work.begun == ["1"], "chatter has one thread"
        asked += tasks(turns, work, "abcd", A)
        await work.until(2)
        assert work.begun == ["1", "a"]
        work.let_go(9)
        await asyncio.gather(*asked)
        assert set(work.begun[:5]) == set("1abcd")

    played(story)


def test_a_question_keeps_its_thread_until_it_is_done() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=1)

        async def two() -> None:
            with turns.turn(A) as turn:
                await turn.run(work, "a")
                await turn.run(work, "b")

        asked = [asyncio.create_task(two()), *tasks(turns, work, "x", B)]
        work.let_go(3)
        await asyncio.gather(*asked)
        assert work.begun == ["a", "b", "x"]

    played(story)


async def refused(asking: Awaitable[str]) -> bool:
    try:
        await asking
    except Busy:
        return True
    return False


@pytest.mark.parametrize(
    ("limits", "taken"),
    [
        (Limits(3, 100, 60.0), {A: 2, B: 1, C: 0}),
        (Limits(100, 2, 60.0), {A: 2, B: 2, C: 2}),
        (Limits(0, 0, 60.0), {A: 0, B: 0, C: 0}),
    ],
)
def test_no_more_wait_than_may_in_all_and_of_one_server(limits: Limits, taken: dict[Lane, int]) -> None:
    async def story(work: Work) -> None:
        turns = Turns(1, limits)
        first = tasks(turns, work, "1", lane_of(None, 9))
        await work.until(1)
        asked = {
            lane: [asyncio.ensure_future(refused(ask(turns, work, "x", lane))) for _ in range(2 + (lane == C))]
            for lane in (A, B, C)
        }
        await asyncio.sleep(0)
        full = {lane: turns.is_full(lane) for lane in taken}
        work.let_go(10)
        await first[0]
        assert {lane: [await one for one in own].count(False) for lane, own in asked.items()} == taken
        assert all(full.values())
        assert not any(map(turns.is_full, taken)), "what has ended no longer counts"

    played(story)


def test_who_would_wait_too_long_is_refused_at_once() -> None:
    async def story(work: Work) -> None:
        turns = Turns(1, Limits(100, 100, 100.0))
        turns._took.extend([40.0, 900.0, 40.0])  # seconds, for one of which the machine slept
        asked = tasks(turns, work, "a")
        await work.until(1)
        for name, full in (("b", {A: False, B: False}), ("c", {A: True, B: False})):
            asked += tasks(turns, work, name)
            await asyncio.sleep(0)
            assert {lane: turns.is_full(lane) for lane in (A, B)} == full
        assert await refused(ask(turns, work, "d")) is True
        work.let_go(3)
        await asyncio.gather(*asked)

    played(story)


def test_who_has_waited_too_long_after_all_is_told_so() -> None:
    async def story(work: Work) -> None:
        turns = Turns(1, Limits(100, 100, 0.05))
        held = tasks(turns, work, "a")
        await work.until(1)
        assert await refused(ask(turns, work, "b")) is True
        work.let_go(2)
        assert await asyncio.gather(*held) == ["a"]
        assert await ask(turns, work, "c") == "c"
        assert work.begun == ["a", "c"]

    played(story)


def test_who_waits_for_an_earlier_answer_of_their_own_counts_and_lets_others_go_first() -> None:
    async def story(work: Work) -> None:
        turns = Turns(1, Limits(2, 1, 60.0))
        with turns.turn(A) as turn:
            turn.join()
            turn.join()
            assert turns.is_full(A)
            assert await ask(turns, str, "b", B) == "b"
            held = tasks(turns, work, "cd", C)
            await work.until(1)
            assert turns.is_full(B)
        assert not turns.is_full(B)
        work.let_go(2)
        await asyncio.gather(*held)

    played(story)


def test_a_question_that_is_given_up_while_it_waits_makes_room() -> None:
    async def story(work: Work) -> None:
        turns = Turns(1, Limits(1, 1, 60.0))
        held = tasks(turns, work, "a")
        await work.until(1)
        waiting = tasks(turns, work, "b")
        await asyncio.sleep(0)
        assert turns.is_full(B)
        waiting[0].cancel()
        await asyncio.wait(waiting)
        assert not turns.is_full(B)
        work.let_go()
        await held[0]
        assert work.begun == ["a"]

    played(story)


def test_one_that_is_given_up_as_its_turn_comes_passes_it_on() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=1)
        held, waiting = tasks(turns, work, "a"), tasks(turns, work, "bc")
        await work.until(1)
        work.let_go()
        await held[0]  # "b" has been called, and has not heard of it
        waiting[0].cancel()
        work.let_go(2)
        assert await waiting[1] == "c"
        assert waiting[0].cancelled()

    played(story)


def test_the_thread_of_a_question_that_is_given_up_is_free_when_it_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def story(work: Work) -> None:
        turns = Turns(threads=1)

        def fail(name: str) -> str:
            work(name)
            raise ValueError("what was asked")

        given_up = asyncio.create_task(ask(turns, fail, "a"))
        await work.until(1)
        given_up.cancel()
        await asyncio.wait({given_up})
        waiting = tasks(turns, work, "b")
        await asyncio.sleep(0.02)
        assert work.begun == ["a"]
        work.let_go(2)
        assert await waiting[0] == "b"
        gc.collect()

    played(story)
    assert "what was asked" not in caplog.text


def test_a_fault_reaches_whoever_asked_and_frees_the_thread() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=1)
        with pytest.raises(ZeroDivisionError):
            await ask(turns, lambda _: str(1 / 0), "a")
        assert await ask(turns, str, "b") == "b"

    played(story)


def test_what_waits_when_it_is_closed_is_cancelled_and_what_is_judged_is_not() -> None:
    async def story(work: Work) -> None:
        turns = Turns(threads=1)
        held, waiting = tasks(turns, work, "a"), [*tasks(turns, work, "b"), *tasks(turns, work, "x", overheard=True)]
        await work.until(1)
        turns.close()
        work.let_go()
        assert await held[0] == "a"
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(end) for end in ended] == [asyncio.CancelledError] * 2
        assert work.begun == ["a"]

    played(story)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_asked_given_up_and_fails_leaves_no_trace_in_what_is_counted(seed: int) -> None:
    chance = random.Random(seed)

    def judge(name: str) -> str:
        time.sleep(chance.uniform(0, 0.002))
        if name == "fails":
            raise ValueError
        return name

    async def story(_: Work) -> None:
        turns = Turns(2, Limits(30, 8, 0.05), Limits(5, 3, 0.02))
        asked = []
        for number in range(150):
            name, lane = chance.choice(["fails", "does not"]), chance.choice([A, B, C])
            asked.append(asyncio.create_task(ask(turns, judge, name, lane, overheard=chance.random() < 0.3)))
            if chance.random() < 0.3:
                chance.choice(asked).cancel()
            if number > 60 and chance.random() < 0.3:  # so many come at once that some are refused
                await asyncio.sleep(chance.uniform(0, 0.004))
        ended = await asyncio.gather(*asked, return_exceptions=True)
        assert {type(end) for end in ended} == {str, Busy, ValueError, asyncio.CancelledError}
        while turns._addressed.judged or turns._overheard.judged:  # threads whose askers gave up
            await asyncio.sleep(0.001)
        for kind in (turns._addressed, turns._overheard):
            assert (kind.waiting, bool(kind.ready)) == ({}, False)

    played(story)


def test_a_minute_is_less_than_discord_gives() -> None:
    assert ADDRESSED.patience < TOKEN_LIFE
