"""What is measured -> what is wanted and how sure that is: shares, signals and probabilities, each by value on measurements made by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from fakes.reader import BARS
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.decide import (
    CHOICE_NAMES,
    SIGNAL_NAMES,
    Judged,
    Logistic,
    Measured,
    Policy,
    Signals,
    choice,
    judge,
    signals,
)
from bot.engine.retrieve import NOTHING_UNMET, Unmet
from bot.pack.values import Topic, Verdict


def weights(**numbers: float) -> tuple[float, ...]:
    """Of a choice, 0 where none is given."""
    assert numbers.keys() <= set(CHOICE_NAMES)
    return tuple(numbers.get(name, 0.0) for name in CHOICE_NAMES)


def policy(bias: float = 0.0, **numbers: float) -> Policy:
    """One whose choice goes by the reader alone, and whose presence is the sureness with log-odds that are larger by 1."""
    assert numbers.keys() <= set(SIGNAL_NAMES)
    sureness = Logistic(bias, tuple(numbers.get(name, 0.0) for name in SIGNAL_NAMES))
    return Policy(weights(reader=1.0), sureness, replace(sureness, bias=bias + 1.0), BARS)


def measured(
    verdict: Verdict = Verdict.ANSWER, reader: float = 0.0, likelihood: float = 0.0, nearness: float = 0.0, passage: float = 0.0
) -> Measured:
    return Measured(Topic(verdict.value, verdict, "", ()), "", reader, 0.0, nearness, passage, likelihood)


ENTRY = measured(Verdict.ANSWER, reader=2.0, likelihood=3.0, nearness=0.8, passage=0.5)
GAP = measured(Verdict.NOT_IN_ARTICLE, reader=1.0, likelihood=1.0, nearness=0.6)
PREMISE = measured(Verdict.PREMISE, reader=-1.0, likelihood=-1.0, nearness=0.3)
TALK = measured(Verdict.SMALL_TALK, likelihood=-2.0)


# The choice


def test_the_shares_are_a_softmax_over_the_candidates_and_none_of_them() -> None:
    three, one = measured(reader=math.log(3)), measured(reader=0.0)
    assert choice([three, one], weights(reader=1.0)) == pytest.approx([0.6, 0.2])
    # "None of them" with a weight of its own: 3 : 1 : 4.
    assert choice([three, one], weights(reader=1.0, none=math.log(4))) == pytest.approx([3 / 8, 1 / 8])


@pytest.mark.parametrize("name", ["reader", "resemblance", "nearness", "passage", "likelihood"])
def test_each_measure_counts_by_its_weight(name: str) -> None:
    high, low = (replace(measured(), **dict[str, Any]({name: value})) for value in (1.5, 0.5))
    first, second = choice([high, low], weights(**{name: 2.0}))
    assert first / second == pytest.approx(math.exp(2.0))


@pytest.mark.parametrize("verdict", [v for v in Verdict if v in CHOICE_NAMES])
def test_each_kind_of_topic_has_a_weight_of_its_own(verdict: Verdict) -> None:
    of_the_kind, other = measured(verdict), measured(Verdict.ANSWER if verdict is not Verdict.ANSWER else Verdict.PREMISE)
    first, second = choice([of_the_kind, other], weights(**{verdict.value: 1.0}))
    assert first / second == pytest.approx(math.e)


def test_a_bare_sentence_has_one_too() -> None:
    first, second = choice([replace(measured(), sentence=True), measured()], weights(sentence=-1.0))
    assert first / second == pytest.approx(1 / math.e)


def test_every_weight_has_its_measure() -> None:
    """With "none of them" last: it is what the choice adds itself."""
    assert len(measured().vector()) == len(CHOICE_NAMES)
    assert CHOICE_NAMES[-1] == "none"


@given(st.lists(st.floats(-200, 200), max_size=8))
def test_shares_are_shares_whatever_is_read(logits: list[float]) -> None:
    shares = choice([measured(reader=z) for z in logits], weights(reader=1.0))
    assert all(0 <= s <= 1 for s in shares)
    assert sum(shares) <= 1 + 1e-9


# The signals


def test_the_signals_of_an_entry_against_gap_premise_and_talk() -> None:
    found = signals([ENTRY, GAP, PREMISE, TALK], [0.6, 0.2, 0.05, 0.05], words=6)
    assert found is not None
    expected = Signals(
        odds=math.log(0.6 / 0.4),
        share=math.log(0.6),
        none=math.log(0.1),
        over_refusals=2.0 - math.log(math.exp(0.0) + math.exp(1.0) + math.exp(-1.0)),
        likelier_than_talk=3.0 - -2.0,
        passage=0.5,
        promise_per_word=3.0 / 6,
        unmet=NOTHING_UNMET,
    )
    assert found.vector() == pytest.approx(expected.vector(), abs=1e-6)


def test_where_nothing_speaks_against_an_entry_its_margins_are_the_largest_that_count() -> None:
    found = signals([ENTRY], [0.9], words=6)
    assert found is not None
    assert found.likelier_than_talk == 12.0
    assert found.over_refusals == pytest.approx(2.0)  # over "none of them", whose logit is 0


def test_two_entries_that_say_the_same_do_not_split_what_speaks_for_them() -> None:
    one, two = signals([ENTRY, GAP], [0.6, 0.2], words=6), signals([ENTRY, ENTRY, GAP], [0.4, 0.3, 0.2], words=6)
    assert one is not None
    assert two is not None
    assert two.over_refusals == pytest.approx(one.over_refusals + math.log(2))
    assert two.odds == pytest.approx(math.log(0.7 / 0.3))
    assert (two.share, two.none) == pytest.approx((math.log(0.4), math.log(0.1)))
    assert two.passage == one.passage


def test_odds_end_where_a_share_is_all_or_nothing() -> None:
    for share, odds in ((1.0, 12.0), (0.0, -12.0)):
        found = signals([ENTRY], [share], words=6)
        assert found is not None
        assert found.odds == odds
        assert (found.share, found.none) == pytest.approx(sorted((0.0, -12.0), reverse=share == 1.0))


@pytest.mark.parametrize(("words", "per_word"), [(1, 1.0), (3, 1.0), (6, 0.5), (12, 0.25)])
def test_promise_counts_by_the_word_from_three_words_on(words: int, per_word: float) -> None:
    found = signals([ENTRY], [0.5], words)
    assert found is not None
    assert found.promise_per_word == per_word


def test_likelihood_and_resemblance_promise_together() -> None:
    alike = replace(GAP, resemblance=0.1)
    assert alike.promise == pytest.approx(1.0 + 25.0 * 0.1)
    talk = replace(TALK, likelihood=1.0, resemblance=0.1)
    found = signals([ENTRY, talk], [0.5, 0.2], words=6)
    assert found is not None
    assert found.likelier_than_talk == pytest.approx(3.0 - 3.5)


def test_what_of_the_question_is_not_met_is_that_of_the_best_entry() -> None:
    best, other = Unmet(0.5, 2, 1, 0.75, 3, 0.25), Unmet(0.9, 9, 9, 9.0, 9, 9.0)
    candidates = [replace(GAP, unmet=other), replace(ENTRY, unmet=other), replace(ENTRY, unmet=best)]
    found = signals(candidates, [0.6, 0.1, 0.2], words=6)
    assert found is not None
    assert found.unmet == best
    names = ("unmet_share", "unmet_words", "unmet_unknown", "unmet_foreign", "unmet_small", "unmet_small_foreign")
    assert SIGNAL_NAMES[-6:] == names
    assert found.vector()[-6:] == [0.5, 2.0, 1.0, 0.75, 3.0, 0.25]


def test_without_an_entry_there_is_nothing_to_signal() -> None:
    assert signals([GAP, PREMISE, TALK], [0.5, 0.2, 0.1], words=6) is None
    assert signals([], [], words=6) is None


# The judgement


def test_how_sure_an_answer_is_follows_the_signals_by_their_weights() -> None:
    judged = judge([ENTRY, GAP], 6, policy(bias=-1.0, promise_per_word=2.0, passage=1.0))
    z = -1.0 + 2.0 * 3.0 / 6 + 0.5
    assert judged.probability == round(1 / (1 + math.exp(-z)), 4)


def test_with_a_weight_of_one_on_the_odds_alone_it_is_the_share_of_the_entries() -> None:
    judged = judge([ENTRY, measured(reader=0.0), GAP], 6, policy(odds=1.0))
    assert judged.probability == pytest.approx(judged.share(Verdict.ANSWER), abs=1e-4)


def test_how_probable_it_is_that_anything_answers_has_weights_of_its_own() -> None:
    judged = judge([ENTRY, GAP], 6, policy(bias=-1.0, passage=1.0))
    assert judged.presence == round(1 / (1 + math.exp(-(-1.0 + 1.0 + 0.5))), 4)


def test_where_no_entry_is_a_candidate_no_answer_is_probable() -> None:
    judged = judge([GAP, TALK], 6, policy(bias=20.0))
    assert (judged.probability, judged.presence) == (0.0, 0.0)
    assert judge([], 6, policy(bias=20.0)) == Judged((), (), 0.0, 0.0)


@pytest.mark.parametrize(("bias", "probability"), [(1e6, 1.0), (-1e6, 0.0)])
def test_no_weight_is_too_large(bias: float, probability: float) -> None:
    assert judge([ENTRY], 6, policy(bias=bias)).probability == probability


def test_candidates_come_out_in_the_order_of_their_shares_and_equal_ones_in_that_of_their_ids() -> None:
    twin = replace(GAP, topic=replace(GAP.topic, id="a-twin"))
    judged = judge([PREMISE, GAP, twin, ENTRY], 6, policy())
    assert [m.topic.id for m in judged.measured] == ["answer", "a-twin", "not_in_article", "premise"]
    assert list(judged.shares) == sorted(judged.shares, reverse=True)


def test_the_best_of_a_kind_and_its_share_are_looked_up() -> None:
    judged = Judged((ENTRY, GAP, PREMISE, replace(ENTRY, reader=0.0)), (0.4, 0.3, 0.1, 0.05), 0.5, 0.5)
    assert judged.best(Verdict.NOT_IN_ARTICLE) == (GAP, 0.3)
    assert judged.best(Verdict.ANSWER) == (ENTRY, 0.4)
    assert judged.best(Verdict.SMALL_TALK) == (None, 0.0)
    assert judged.share(Verdict.ANSWER) == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("shares", "bar", "leading"),
    [
        ((0.3, 0.2, 0.1, 0.1), 0.0, None),  # that none is wanted has 0.3
        ((0.1, 0.4, 0.1, 0.1), 0.0, Verdict.NOT_IN_ARTICLE),
        ((0.1, 0.1, 0.4, 0.1), 0.0, Verdict.PREMISE),
        ((0.1, 0.1, 0.4, 0.1), 0.9, Verdict.PREMISE),  # the bar is that of talk
        ((0.1, 0.1, 0.1, 0.5), 0.4, Verdict.SMALL_TALK),
        ((0.1, 0.1, 0.1, 0.5), 0.6, None),
        ((0.1, 0.2, 0.1, 0.5), 0.6, None),  # not the next kind instead
        ((0.9, 0.02, 0.0, 0.0), 0.0, None),  # an answer is no refusal
    ],
)
def test_the_refusal_that_leads_has_more_than_none_of_them_and_talk_its_bar(
    shares: tuple[float, ...], bar: float, leading: Verdict | None
) -> None:
    judged = Judged((ENTRY, GAP, PREMISE, TALK), shares, 0.1, 0.1)
    assert judged.leading(bar) is leading


def test_the_shares_of_a_kind_count_together_for_which_refusal_leads() -> None:
    judged = Judged((PREMISE, GAP, GAP, GAP), (0.3, 0.15, 0.15, 0.15), 0.0, 0.0)
    assert judged.leading(0.0) is Verdict.NOT_IN_ARTICLE


def test_a_lead_is_as_apt_as_its_entry_is_sure_and_wanted_rather_than_those_with_another_lead() -> None:
    topics = [replace(ENTRY.topic, id=id, lead=lead) for id, lead in (("a", "Nine."), ("b", "Nine."), ("c", "Ten."), ("d", ""))]
    judged = Judged((*(replace(ENTRY, topic=t) for t in topics), GAP), (0.4, 0.2, 0.06, 0.04, 0.2), 0.9, 0.9)
    assert judged.aptness == pytest.approx(0.9 * 0.4 / 0.5)
    assert replace(judged, measured=judged.measured[:2], shares=judged.shares[:2]).aptness == 0.9
    assert replace(judged, measured=(GAP,), shares=(0.5,)).aptness == 0.0
