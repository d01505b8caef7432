"""Which events were taken up before."""

from __future__ import annotations

from bot.client.seen_events import SeenEvents


def test_a_question_is_taken_up_once_until_its_event_can_no_longer_be_repeated() -> None:
    now = [0.0]
    seen = SeenEvents(lambda: now[0], seconds=10)
    assert [seen.is_new(1), seen.is_new(1), seen.is_new(2)] == [True, False, True]
    now[0] = 9
    assert not seen.is_new(1)
    seen.forget(2)
    assert seen.is_new(2)
    now[0] = 10
    assert seen.is_new(1), "an event is known for ever"
    assert not seen.is_new(2)
    seen.forget(3)
