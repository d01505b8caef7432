"""What an asker may refer back to: for how long, how far, and of how many."""

from __future__ import annotations

from fakes.clock import Clock

from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.serve.dialogue import Conversation, Dialogue, Turn

HERE, ELSEWHERE = Conversation(1, 7, "a"), Conversation(2, 7, "a")


def answers(engine: Engine, count: int) -> list[Answer]:
    return [engine.answer(f"who called for a second lift {i}") for i in range(count)]


def test_a_conversation_is_remembered_in_order_and_apart_from_others(tiny: Engine) -> None:
    first, second, third = answers(tiny, 3)
    dialogue = Dialogue(Clock())
    dialogue.remember(HERE, first)
    dialogue.remember(ELSEWHERE, second)
    dialogue.remember(HERE, third)
    assert dialogue.earlier(HERE) == (first, third)
    assert dialogue.earlier(ELSEWHERE) == (second,)
    assert dialogue.earlier(Conversation(1, 8, "a")) == ()


def test_of_several_articles_the_conversation_that_went_on_last_is_known(tiny: Engine) -> None:
    [said], clock = answers(tiny, 1), Clock()
    one, other = Conversation(1, 7, "a"), Conversation(1, 7, "b")
    dialogue = Dialogue(clock)
    assert dialogue.latest([one, other]) is None
    dialogue.remember(one, said)
    assert dialogue.latest([one, other]) == one
    dialogue.remember(other, said)
    dialogue.remember(ELSEWHERE, said)
    assert dialogue.latest([one, other]) == dialogue.latest([other, one]) == other
    assert dialogue.latest([one]) == one
    dialogue.remember(one, said)
    assert dialogue.latest([one, other]) == one
    clock.now += 900
    assert dialogue.latest([one, other]) is None


def test_only_the_last_turns_are_kept(tiny: Engine) -> None:
    said = answers(tiny, 11)
    dialogue = Dialogue(Clock())
    for answer in said:
        dialogue.remember(HERE, answer)
    assert dialogue.earlier(HERE) == tuple(said[-8:])


def test_an_answer_is_forgotten_after_a_quarter_of_an_hour_and_a_later_one_is_not(tiny: Engine) -> None:
    first, second = answers(tiny, 2)
    clock = Clock()
    dialogue = Dialogue(clock)
    dialogue.remember(HERE, first)
    clock.now += 899
    dialogue.remember(HERE, second)
    assert dialogue.earlier(HERE) == (first, second)
    clock.now += 1
    assert dialogue.earlier(HERE) == (second,)
    clock.now += 899
    assert dialogue.earlier(HERE) == ()


def test_what_is_forgotten_is_no_longer_held_once_anyone_speaks(tiny: Engine) -> None:
    first, second = answers(tiny, 2)
    clock = Clock()
    dialogue = Dialogue(clock)
    dialogue.remember(HERE, first)
    clock.now += 900
    dialogue.remember(ELSEWHERE, second)
    assert len(dialogue) == 1


def test_the_conversation_longest_silent_makes_room(tiny: Engine) -> None:
    first, second, third, fourth = answers(tiny, 4)
    dialogue = Dialogue(Clock(), conversations=2)
    dialogue.remember(Conversation(1, 1, "a"), first)
    dialogue.remember(Conversation(1, 2, "a"), second)
    dialogue.remember(Conversation(1, 1, "a"), third)
    dialogue.remember(Conversation(1, 3, "a"), fourth)
    assert len(dialogue) == 2
    assert dialogue.earlier(Conversation(1, 1, "a")) == (first, third)
    assert dialogue.earlier(Conversation(1, 2, "a")) == ()
    assert dialogue.earlier(Conversation(1, 3, "a")) == (fourth,)


def test_what_is_remembered_of_an_asker_is_told_with_how_long_it_is_used_and_what_is_older_is_dropped(tiny: Engine) -> None:
    first, second, third = answers(tiny, 3)
    clock = Clock()
    dialogue = Dialogue(clock, seconds=100)
    dialogue.remember(HERE, first)
    clock.now += 40
    dialogue.remember(ELSEWHERE, second)
    dialogue.remember(Conversation(1, 8, "a"), second)
    dialogue.remember(HERE, third)
    assert dialogue.kept_of(7) == (Turn(2, second, 100), Turn(1, first, 60), Turn(1, third, 100))
    clock.now += 60
    assert dialogue.kept_of(7) == (Turn(2, second, 40), Turn(1, third, 40))
    assert [len(said) for said in dialogue._said.values()] == [1, 1, 1], "dropped, not only left out"
    dialogue.forget(7)
    assert dialogue.kept_of(7) == ()
    assert len(dialogue.kept_of(8)) == 1
