"""What an answer asserts, what it only shows, and when it is sure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.answers import TRACE, answered, of_every_kind

from bot.engine.answer import Answered, Rule, citations_of, is_sure, nearest_of
from bot.pack.values import Pack, Verdict

ASSERTING = {"answer": ["lift"], "premise": ["lift"]}
SHOWING = {"unsure": ["waited"], "gap with something near": ["waited"], "opinion": ["waited", "lift"]}


def test_only_an_answer_and_a_contradicted_premise_assert_anything(tiny_pack: Pack) -> None:
    found = {name: [c.quote.id for c in citations_of(a) if c.quote] for name, a in of_every_kind(tiny_pack).items()}
    assert {name: quotes for name, quotes in found.items() if quotes} == ASSERTING


def test_what_is_shown_beside_a_refusal_is_apart_from_what_is_asserted(tiny_pack: Pack) -> None:
    found = {name: [c.quote.id for c in nearest_of(a) if c.quote] for name, a in of_every_kind(tiny_pack).items()}
    assert {name: quotes for name, quotes in found.items() if quotes} == SHOWING


def test_every_verdict_has_an_answer(tiny_pack: Pack) -> None:
    assert {a.verdict for a in of_every_kind(tiny_pack).values()} == set(Verdict)


def test_only_an_answer_is_sure(tiny_pack: Pack) -> None:
    assert [name for name, answer in of_every_kind(tiny_pack).items() if is_sure(answer)] == ["answer"]


@pytest.mark.parametrize("rule", Rule)
def test_an_answer_is_sure_unless_it_only_follows_up_what_was_said(tiny_pack: Pack, rule: Rule) -> None:
    answer = replace(answered(tiny_pack, "lift"), trace=replace(TRACE, rule=rule))
    assert isinstance(answer, Answered)
    assert is_sure(answer) is (rule not in (Rule.SPEAKER_ASKED, Rule.MORE_ASKED))
