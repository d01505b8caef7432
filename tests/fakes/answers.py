"""Answers made for a test, of the invented pack's passages and topics."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.engine.answer import (
    Ambiguous,
    Answer,
    Answered,
    Candidate,
    Citation,
    Contradicted,
    NotInArticle,
    OffTopic,
    OpinionAsked,
    Rule,
    SmallTalk,
    Trace,
    Unsure,
)
from bot.engine.question import Question
from bot.pack.values import Pack, Topic, Verdict

TRACE = Trace(Question("", ()), Rule.ANSWERS)


def cite(pack: Pack, *ids: str) -> tuple[Citation, ...]:
    return tuple(Citation(pack.excerpt(i), pack.quotes[i]) for i in ids)


def answered(pack: Pack, *ids: str, lead: str = "") -> Answered:
    return Answered(TRACE, 1.0, (), (), lead, cite(pack, *ids))


def of_entry(pack: Pack, entry: str, **changes: str | tuple[str, ...]) -> Answered:
    """The answer of an entry, as it is or changed."""
    changed = replace(pack.by_id[entry], **changes)  # type: ignore[arg-type]
    return Answered(TRACE, 1.0, (), (changed,), changed.lead, cite(pack, *changed.cites))


def gap(looked_for: str = "the librarian's salary") -> Topic:
    return Topic("gap", Verdict.NOT_IN_ARTICLE, "", (), looked_for=looked_for)


def topic(question: str) -> Topic:
    return Topic(re.sub(r"\W+", "-", question.lower()), Verdict.ANSWER, question, ())


def near(*topics: Topic, probability: float = 0.3) -> Trace:
    """A trace of a question that these came near."""
    return replace(TRACE, candidates=tuple(Candidate(t, probability, "") for t in topics))


def of_every_kind(pack: Pack) -> dict[str, Answer]:
    """By name, an answer of each kind, and of each that reads otherwise."""
    return {
        "answer": answered(pack, "lift", lead="Ruth Bell."),
        "premise": Contradicted(TRACE, 1.0, (), pack.by_id["premise-bell-against-lift"], cite(pack, "lift")),
        "unsure": Unsure(TRACE, 0.5, (), cite(pack, "waited")),
        "ambiguous": Ambiguous(TRACE, 1.0, (), (topic("What of the roof?"), topic("What of the lift?"))),
        "gap with something near": NotInArticle(TRACE, 1.0, (), gap(), (), cite(pack, "waited")),
        "gap with nothing near": NotInArticle(TRACE, 1.0, (), gap(), (), ()),
        "words not found": NotInArticle(TRACE, 1.0, (), None, ("deputy", "mayor", "wore", "hat", "red"), ()),
        "opinion": OpinionAsked(TRACE, 1.0, (), cite(pack, "waited", "lift")),
        "off topic": OffTopic(TRACE, 1.0, ("How many readers signed the petition?",)),
        "thanks": SmallTalk(TRACE, 1.0, ("Who called?",), "thanks"),
    }
