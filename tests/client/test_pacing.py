"""How long an asker waits, and the bot."""

from __future__ import annotations

from bot.client.pacing import Cooldowns, Pace


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
