"""Which article's answer is given, by value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.answers import TRACE, answered, of_every_kind

from bot.engine.answer import Answer, NotInArticle, Rule, SmallTalk
from bot.engine.pipeline import Engine
from bot.engine.question import Question
from bot.pack.values import Verdict
from bot.serve.articles import answering, answers, goes_on, settles

SETTLING = {Verdict.ANSWER, Verdict.PREMISE, Verdict.AMBIGUOUS, Verdict.OPINION, Verdict.SMALL_TALK}
WHOLE = "How many readers signed the petition of the library?"  # leans on nothing


def asked(engine: Engine, answer: Answer, question: str, *, after: str = "", rule: Rule = Rule.ANSWERS) -> Answer:
    read: Question = engine.lexicon.read(question)
    return replace(answer, trace=replace(TRACE, question=read, after=after, rule=rule))


def absent() -> NotInArticle:
    return NotInArticle(TRACE, 1.0, (), None, (), ())


def test_the_main_article_settles_what_it_answers_and_what_is_talk_and_refers_all_else(tiny: Engine) -> None:
    kinds = of_every_kind(tiny.pack)
    assert {a.verdict for a in kinds.values()} == set(Verdict)
    for name, answer in kinds.items():
        assert settles(asked(tiny, answer, WHOLE)) is (answer.verdict in SETTLING), name
        assert answers(answer) is (answer.verdict in (Verdict.ANSWER, Verdict.PREMISE)), name


def test_a_question_that_says_nothing_alone_is_referred_to_no_other_article(tiny: Engine) -> None:
    assert settles(asked(tiny, absent(), "and when?", after="Who called for a lift?"))
    assert not settles(asked(tiny, absent(), "and when?")), "nothing came before"
    assert not settles(asked(tiny, absent(), "and what about the boats of Porto Novo?", after="Who called for a lift?"))


@pytest.mark.parametrize("rule", [Rule.SPEAKER_ASKED, Rule.MORE_ASKED])
def test_the_article_that_answered_last_goes_on_with_what_refers_to_it(tiny: Engine, rule: Rule) -> None:
    answer = answered(tiny.pack, "lift")
    assert goes_on(asked(tiny, answer, "who said that?", rule=rule))
    assert goes_on(asked(tiny, answer, "why did he say so?"))
    assert goes_on(asked(tiny, absent(), "and when?", after="Who called for a lift?"))
    assert goes_on(asked(tiny, SmallTalk(TRACE, 1.0, (), "thanks"), "thanks", rule=Rule.RECORDED))
    assert not goes_on(asked(tiny, SmallTalk(TRACE, 1.0, (), "test"), "lift?", rule=Rule.SMALL_TALK)), "it only seems to be"


def test_the_article_that_answered_last_has_no_claim_to_a_question_of_its_own(tiny: Engine) -> None:
    assert not goes_on(asked(tiny, answered(tiny.pack, "lift"), WHOLE)), "though it answers: the main one is asked first"
    assert not goes_on(asked(tiny, absent(), "why did he say so?")), "it may be about another article's"


def test_of_the_others_those_that_answer_are_told_by_their_places(tiny: Engine) -> None:
    sure, silent = answered(tiny.pack, "lift"), absent()
    assert answering([]) == answering([silent, silent]) == ()
    assert answering([silent, sure, silent]) == (1,)
    assert answering([sure, silent, sure]) == (0, 2)
