"""What a message leans on: which ask for the speaker or for more, which have no matter of their own, and what they are read with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import MakePack
from fakes.answers import TRACE, answered, of_entry

from bot.engine.answer import Answer, NotInArticle, OffTopic, Rule, SmallTalk, Trace, citations_of
from bot.engine.follow_up import (
    asks,
    asks_for_more,
    asks_who_spoke,
    earlier_question,
    is_bare,
    leans,
    told,
    what_follows,
    who_spoke,
    without_opening,
)
from bot.engine.question import Question
from bot.pack.loading import load
from bot.pack.values import Pack, Topic, Verdict

Read = Callable[..., Question]


def quotes(answer: Answer) -> list[str | None]:
    return [c.quote.id if c.quote else None for c in citations_of(answer)]


# Who speaks, and more


@pytest.mark.parametrize(
    "asked", ["who said that?", "who said this", "whose words are those", "Who says so?", "according to whom?", "who is quoted here"]
)  # fmt: skip
def test_who_said_that_asks_who_spoke(read: Read, asked: str) -> None:
    assert asks_who_spoke(read(asked))


@pytest.mark.parametrize(
    "asked", ["who said that about Bell", "who said that in the lift", "what did they say", "who is it", "who", "said", "who signed"]
)  # fmt: skip
def test_a_question_with_a_name_or_matter_of_its_own_does_not(read: Read, asked: str) -> None:
    assert not asks_who_spoke(read(asked))


@pytest.mark.parametrize(
    "asked", ["more", "tell me more", "go on", "and then?", "continue please", "what else", "next", "another one", "more about that"]
)  # fmt: skip
def test_more_asks_for_more(read: Read, asked: str) -> None:
    assert asks_for_more(read(asked))


@pytest.mark.parametrize(
    "asked", ["more lifts", "what more did Kovacs say", "and when?", "why", "?", "is there more to be told of"]
)
def test_more_of_something_does_not(read: Read, asked: str) -> None:
    assert not asks_for_more(read(asked))


# Leaning


@pytest.mark.parametrize(
    "asked",
    [
        "why did he?",  # a pronoun
        "what does she say about the roof repairs",
        "and how long was the wait for the reading room",  # goes on from what was said
        "what about the second lift in the building",
        "how about Bell and the council",
        "roof repairs",  # no question
        "when?",  # hardly any matter
        "who signed",
        "how many names?",
        "which councillor?",
        "why did Bell?",
        "what was the reason?",
        "what did the other one say about the roof repairs",
        "",
    ],
)
def test_what_goes_on_from_something_leans_on_it(read: Read, asked: str) -> None:
    assert leans(read(asked))


@pytest.mark.parametrize(
    "asked",
    [
        "how many readers signed the petition",
        "What did Tom Reed say about the roof repairs?",
        "who called for a second lift",
        "did the council agree to Sunday openings",
        "the price of joining the friends",
        "who is Kovacs?",  # a single word of matter, and yet a sentence
        "when was the petition?",
        "what did the librarian say?",
        "what's the headline",
        "who says that the reading room will be full",
    ],
)
def test_a_question_with_its_own_complete_sense_leans_on_nothing(read: Read, asked: str) -> None:
    assert not leans(read(asked))


@pytest.mark.parametrize("asked", ["when was that", "and Bell", "so the lift", "the petition?", "who", "name them"])
def test_what_goes_on_requests_names_or_has_a_question_word_or_mark_asks_something(read: Read, asked: str) -> None:
    assert asks(read(asked))


@pytest.mark.parametrize("said", ["thanks for the lift", "good to know", "the petition", ""])
def test_what_is_merely_said_asks_nothing(read: Read, said: str) -> None:
    assert not asks(read(said))


@pytest.mark.parametrize("asked", ["when?", "in which year?", "why is that?", "what was the reason?", "of which party is she?", "who are they?", "name them"])  # fmt: skip
def test_what_names_no_matter_but_the_kind_that_is_asked_for_says_nothing_alone(read: Read, asked: str) -> None:
    assert is_bare(read(asked))


@pytest.mark.parametrize(
    "asked", ["when was the petition?", "why did Bell?", "what does she say about the lift and the roof?", "the lift?", "more"]
)
def test_what_names_something_says_something(read: Read, asked: str) -> None:
    assert not is_bare(read(asked))


# The question before


def turn(text: str, after: str = "") -> Answer:
    return NotInArticle(Trace(Question(text, ()), Rule.ABSENT, after=after), 1.0, (), None, (), ())


def test_the_question_before_is_that_of_the_last_answer_about_the_article() -> None:
    thanks = SmallTalk(TRACE, 1.0, (), "thanks")
    elsewhere = OffTopic(Trace(Question("how tall is the Eiffel tower", ()), Rule.OFF_TOPIC), 1.0, ())
    assert earlier_question([turn("who signed it?"), turn("when was the wait?"), thanks, elsewhere]) == "when was the wait?"
    assert earlier_question([thanks, elsewhere]) == ""
    assert earlier_question([]) == ""


def test_a_question_that_leaned_on_another_brings_that_one_along_and_none_further_back() -> None:
    history = [turn("who signed it?"), turn("and when?", after="who signed it?")]
    assert earlier_question(history) == "who signed it? >> and when?"
    history.append(turn("and why?", after=earlier_question(history)))
    assert earlier_question(history) == "and when? >> and why?"


def test_what_was_told_last_are_the_entries_of_the_last_answer(tiny_pack: Pack) -> None:
    entry, sentence = of_entry(tiny_pack, "reading-room"), answered(tiny_pack, "lift")
    assert told([sentence, entry]) == {"reading-room"}
    assert told([entry, turn("who signed it?")]) == frozenset()
    assert told([replace(entry, entries=(Topic("sentence-3", Verdict.ANSWER, "", ()),))]) == frozenset()


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("sorry I meant how many readers signed", "how many readers signed"),
        ("No, I meant: the lift", "the lift"),
        ("no, not Bell: Reed", "Bell: Reed"),
        ("not the lift", "the lift"),
        ("ok thanks. friends of the library fee?", "friends of the library fee?"),
        ("nvm, who is Reed", "who is Reed"),
        ("Actually who is Reed?", "who is Reed?"),
        ("thanks mate", "thanks mate"),  # that is all it says
        ("sorry, I meant", "sorry, I meant"),
        ("okapi and right angles", "okapi and right angles"),
        ("nobody signed", "nobody signed"),
        ("", ""),
    ],
)
def test_an_opening_that_refers_to_what_was_said_is_left_out(message: str, asked: str) -> None:
    assert without_opening(message) == asked


# Who spoke


@pytest.mark.parametrize(
    ("shown", "lead"),
    [
        (["room"], "Anna Kovacs."),
        (["waited", "room"], "Anna Kovacs."),  # once
        (["lift"], "Ruth Bell."),  # reported by the paper, which is no person
        (["roof"], ""),  # Reed's words, as Kovacs relays them, are neither's alone
        (["waited", "roof"], "Anna Kovacs."),
        (["waited", "lift"], "Anna Kovacs. Ruth Bell."),
        (["sundays"], ""),
    ],
)
def test_who_spoke_is_named_for_whoever_speaks_for_themselves(tiny_pack: Pack, shown: list[str], lead: str) -> None:
    answer = who_spoke(answered(tiny_pack, *shown, lead="nine years."), tiny_pack)
    assert (answer.lead, quotes(answer)) == (lead, shown)


def test_where_somebody_speaks_what_the_paper_tells_is_left_out(tiny_pack: Pack) -> None:
    answer = who_spoke(answered(tiny_pack, "sundays", "room"), tiny_pack)
    assert (answer.lead, quotes(answer)) == ("Anna Kovacs.", ["room"])


def test_who_spoke_stays_with_the_entries_of_the_answer(tiny_pack: Pack) -> None:
    last = of_entry(tiny_pack, "reading-room")
    answer = who_spoke(last, tiny_pack)
    assert answer.entries == last.entries


# What follows


def following(pack: Pack, *shown: str) -> list[str]:
    history = [answered(pack, quote) for quote in shown]
    return [c.quote.id for c in what_follows(history[-1], history, pack) if c.quote]


def test_what_follows_is_what_the_same_speakers_say_next(tiny_pack: Pack) -> None:
    assert following(tiny_pack, "waited") == ["room"]


def test_where_they_say_no_more_it_is_what_comes_next(tiny_pack: Pack) -> None:
    assert following(tiny_pack, "room") == ["roof"]
    assert following(tiny_pack, "roof") == ["lift"]


def test_what_others_say_in_between_is_passed_over(make_pack: MakePack) -> None:
    by_kovacs = ("- id: lift\n  speaker: bell\n", "- id: lift\n  speaker: kovacs\n")
    pack = load(make_pack({"quotes.yaml": by_kovacs}))
    assert following(pack, "room") == ["lift"]


def test_what_follows_was_never_shown_before(tiny_pack: Pack) -> None:
    assert following(tiny_pack, "room", "waited") == ["roof"]
    assert following(tiny_pack, "roof", "room", "waited") == ["lift"]


def test_what_follows_stays_in_its_part_of_the_page(tiny_pack: Pack) -> None:
    """The article's last sentence is not followed by the note at the foot, nor its headline by the article."""
    assert following(tiny_pack, "lift") == []
    assert following(tiny_pack, "friends") == []
    assert following(tiny_pack, "headline") == []
