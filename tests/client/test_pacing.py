"""How long an asker waits, and the bot."""

from __future__ import annotations

import asyncio

import pytest

from bot.client.pacing import Cooldowns, Pace
from bot.store.values import MAX_COOLDOWN, StoreFault


def test_an_asker_waits_from_one_question_to_the_next_and_is_told_once() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0])
    assert cooldowns.wait(1, 10) == 0
    now[0] += 4
    assert cooldowns.wait(1, 10) == 6
    assert [cooldowns.tell(1), cooldowns.tell(1)] == [True, False]
    assert cooldowns.wait(2, 10) == 0, "another asker waits too"
    now[0] += 6
    assert cooldowns.wait(1, 10) == 0
    now[0] += 1
    assert cooldowns.wait(1, 10) == 9
    assert cooldowns.tell(1), "the second wait is not explained"
    assert cooldowns.wait(1, 0) == 0


def test_a_question_that_is_not_taken_starts_no_cooldown() -> None:
    cooldowns = Cooldowns(lambda: 0.0)
    assert cooldowns.wait(1, 10) == 0
    cooldowns.take_back(1)
    cooldowns.take_back(2)
    assert cooldowns.wait(1, 10) == 0
    assert cooldowns.wait(1, 10) == 10


def test_nor_does_it_in_this_process_where_others_know_of_it() -> None:
    known: dict[int, float] = {}

    async def elsewhere(asker: int, at: float, seconds: float) -> float:
        last = known.setdefault(asker, at)
        return max(0.0, last + seconds - at) if last != at else 0.0

    async def ask(at: float) -> float:
        return await cooldowns.wait_everywhere(1, at, 10)

    cooldowns = Cooldowns(lambda: 0.0, elsewhere=elsewhere)
    assert asyncio.run(ask(100)) == 0
    cooldowns.take_back(1)
    assert asyncio.run(ask(101)) == 0
    assert asyncio.run(ask(102)) == 10


def test_when_somebody_last_asked_is_told_and_kept_for_as_long_as_a_wait_can_be() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0])
    assert cooldowns.kept_of(1) is None
    cooldowns.wait(1, 10)
    now[0] += 4
    assert cooldowns.kept_of(1) == (4, MAX_COOLDOWN - 4)
    now[0] = 100.0 + MAX_COOLDOWN
    assert cooldowns.kept_of(1) is None
    assert cooldowns._last == {}


def test_forgetting_is_no_way_round_a_wait() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0])
    assert cooldowns.forget(1) is None
    cooldowns.wait(1, 10)
    now[0] += 4
    assert cooldowns.wait(1, 0) == 0, "asked where nobody waits"
    assert cooldowns.forget(1) == (0, 6)
    assert cooldowns.wait(1, 10) == 10
    now[0] += 6
    assert cooldowns.forget(1) is None
    assert cooldowns.kept_of(1) is None
    assert cooldowns.wait(1, 10) == 0


def test_askers_make_room_for_others() -> None:
    cooldowns = Cooldowns(lambda: 0.0, askers=2)
    for asker in (1, 2, 3):
        assert cooldowns.wait(asker, 10) == 0
    assert cooldowns.wait(3, 10) == 10
    assert cooldowns.wait(1, 10) == 0


def test_no_more_leave_within_a_second_than_may_and_none_waits_for_nothing() -> None:
    now = [0.0]
    pace = Pace(2, 1.0, lambda: now[0])
    assert [pace.wait() for _ in range(5)] == [0, 0, 1, 1, 2]
    now[0] = 10
    assert [pace.wait() for _ in range(3)] == [0, 0, 1]


@pytest.mark.parametrize("fault", [StoreFault("the store", "is away.", "wait."), TimeoutError()])
def test_what_other_processes_know_holds_too_and_where_they_cannot_be_asked_the_memory(fault: Exception) -> None:
    asked: list[tuple[int, float, float]] = []
    answers: list[float | Exception] = [0.0, 6.0, fault]

    async def elsewhere(asker: int, at: float, seconds: float) -> float:
        asked.append((asker, at, seconds))
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def story() -> None:
        now = [100.0]
        cooldowns = Cooldowns(lambda: now[0], elsewhere=elsewhere)
        assert await cooldowns.wait_everywhere(9, 1000.0, 0) == 0
        assert asked == [], "there is no cooldown"
        assert await cooldowns.wait_everywhere(1, 1000.0, 10) == 0
        assert await cooldowns.wait_everywhere(1, 1001.0, 10) == 10, "this process knows"
        assert await cooldowns.wait_everywhere(2, 1002.0, 10) == 6
        assert cooldowns.tell(2)
        now[0] += 4
        assert await cooldowns.wait_everywhere(2, 1006.0, 10) == 2, "this process knows by now"
        assert await cooldowns.wait_everywhere(3, 1007.0, 10) == 0
        assert asked == [(1, 1000.0, 10), (2, 1002.0, 10), (3, 1007.0, 10)]

    asyncio.run(story())
