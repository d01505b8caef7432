"""A question with its own complete sense gets the same verdict and entry fresh and after any other question."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from bot.curate.scoring import converse
from bot.engine.answer import Ambiguous, Answer, Answered, Contradicted, NotInArticle, SmallTalk
from bot.engine.pipeline import Engine

# Without a pronoun or an ellipsis; some are recorded phrasings, most are not; some have a single word of matter.
COMPLETE = [
    "When was the Twitterstorm?",
    "What is the Twitterstorm meant to support?",
    "Which hashtag goes with the campaign?",
    "From which hour are people on Facebook meant to post?",
    "As what is Kenneth Stern named?",
    "Which concern did Stern share with Congress?",
    "Why was the document given up by the European Monitoring Agency?",
    "Who says that the definition is being misused?",
    "Which trade unions want every IHRA example adopted?",
    "What did the spokesman say?",
    "Who is at the head of Usdaw?",
    "Who is the article's author?",
    "What is the article about?",
    "What is anti-semitism?",
    "How much money does the Fighting fund still need?",
    "With whom will the NEC develop the code further?",
    "How many tweets were sent with the hashtag?",
    "How old is Paddy Lillis?",
    "What does Keir Starmer think of the code?",
    "Why did Unison turn down the IHRA examples?",
    "Do you agree with David Rosenberg?",
    "What is the capital of Australia?",
    "Which oil is best for frying eggs?",
    "Who are you?",
    "What can you do?",
    "Tell me who you are exactly",
    "By whom were you programmed?",
    "Thank you very much!",
]
BEFORE = {
    "an answer": ["Which concern did Stern share with Congress?"],
    "a refusal": ["How old is Paddy Lillis?"],
    "a contradiction": ["Why did Unison turn down the IHRA examples?"],
    "a call for a judgement": ["Do you agree with David Rosenberg?"],
    "something else": ["What is the capital of Australia?"],
    "small talk": ["Hello there"],
    "a follow-up": ["What did the spokesman say?", "and who said that?"],
}


def gist(answer: Answer) -> tuple[str, ...]:
    """The verdict with the entries, or what else the answer hangs on."""
    match answer:
        case Answered():
            found = [e.id for e in (*answer.entries, *answer.silent)]
        case Contradicted():
            found = [answer.premise.id]
        case Ambiguous():
            found = [t.id for t in answer.choices]
        case NotInArticle():
            found = [answer.gap.id if answer.gap else ""]
        case SmallTalk():
            found = [answer.kind]
        case _:
            found = []
    return (answer.verdict.value, *found)


@pytest.fixture(scope="module")
def fresh(engine: Engine) -> Callable[[str], tuple[str, ...]]:
    return functools.cache(lambda question: gist(engine.answer(question)))


@pytest.fixture(scope="module")
def history(engine: Engine) -> Callable[[str], tuple[Answer, ...]]:
    return functools.cache(lambda before: converse(engine, BEFORE[before]))


@pytest.mark.parametrize("question", COMPLETE)
@pytest.mark.parametrize("before", BEFORE)
def test_a_question_with_its_own_complete_sense_gets_the_same_verdict_after_any_other(
    engine: Engine,
    fresh: Callable[[str], tuple[str, ...]],
    history: Callable[[str], tuple[Answer, ...]],
    before: str,
    question: str,
) -> None:
    assert gist(engine.answer(question, history(before))) == fresh(question)


@pytest.mark.parametrize("question", COMPLETE)
def test_a_question_asked_again_gets_the_same_verdict(
    engine: Engine, fresh: Callable[[str], tuple[str, ...]], question: str
) -> None:
    assert gist(converse(engine, [question, question])[-1]) == fresh(question)


def test_there_are_enough_pairs() -> None:
    assert len(COMPLETE) * (len(BEFORE) + 1) > 200
    assert len(set(COMPLETE)) == len(COMPLETE)
