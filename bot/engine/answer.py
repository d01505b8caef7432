"""What the engine answers: one of nine typed answers, each with what was understood and which rule decided. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from bot.engine.question import Question
from bot.pack.values import Quote, Topic, Verdict
from bot.text.article import Excerpt

MAX_HISTORY = 8  # earlier answers of an asker that are looked at


class Rule(StrEnum):
    """Which rule decided. The names are keys of the wording."""

    EMPTY = "empty"  # there are no words in the message
    RECORDED = "recorded"  # it is a recorded phrasing, word for word
    SPEAKER_ASKED = "speaker_asked"  # it asks who speaks in the last answer
    MORE_ASKED = "more_asked"  # it asks for what follows the last answer
    ANSWERS = "answers"  # the best passage is sure enough to answer it
    ALL_PARTS = "all_parts"  # each part of the question has its answer
    SOME_PARTS = "some_parts"  # some of its parts have one
    EQUAL = "equal"  # two entries fit about equally
    PREMISE = "premise"  # it takes for granted what the article contradicts
    OPINION = "opinion"  # it asks for a judgement
    SMALL_TALK = "small_talk"
    OFF_TOPIC = "off_topic"  # it is about something else
    UNRELATED = "unrelated"  # hardly a word of it is the article's
    GAP = "gap"  # it is a question that the article is known not to answer
    UNSURE = "unsure"  # a passage may answer it, and none does so surely enough
    ABSENT = "absent"  # no passage comes near answering it
    NOT_ENGLISH = "not_english"  # most of its words are neither English nor the pack's


@dataclass(frozen=True, slots=True)
class Citation:
    """An excerpt with its quote record, where the pack has one."""

    excerpt: Excerpt
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that was considered: how probable it is that it, and none of the others, is what the question wants (0 to 1), and its
    recorded phrasing that comes nearest ("" for a sentence of the article)."""

    topic: Topic
    probability: float
    phrasing: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What was understood and what decided: for /why, --explain, evaluation and calibration.

    `after` is the earlier question that this one was read with, or "". `candidates` stand in the order of their probability.
    `probability` is that of an answer, and `bar` the least at which one is given; both 0 where nothing was weighed.
    """

    question: Question
    rule: Rule
    candidates: tuple[Candidate, ...] = ()
    probability: float = 0.0
    bar: float = 0.0
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Base:
    """`left` holds the numbers, from 1, of those of a message's questions that this does not answer."""

    trace: Trace
    confidence: float
    suggestions: tuple[str, ...]
    left: tuple[int, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True, slots=True)
class Answered(_Base):
    """The article answers it. `entries` is empty for what merely follows an earlier answer; `silent` holds the gaps of a question of
    several parts that the article answers only in part."""

    verdict: ClassVar[Verdict] = Verdict.ANSWER
    entries: tuple[Topic, ...]
    lead: str
    citations: tuple[Citation, ...]
    silent: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradicted(_Base):
    """The question takes for granted what the citations contradict."""

    verdict: ClassVar[Verdict] = Verdict.PREMISE
    premise: Topic
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Unsure(_Base):
    """A passage may answer it, and the program is not sure enough to say so. `nearest` is that passage."""

    verdict: ClassVar[Verdict] = Verdict.UNSURE
    nearest: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Ambiguous(_Base):
    verdict: ClassVar[Verdict] = Verdict.AMBIGUOUS
    choices: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class NotInArticle(_Base):
    """About the article's subject, but not in it: a curated gap says so, or nothing comes near. `words` are those of the question that
    stand nowhere in the article in any form."""

    verdict: ClassVar[Verdict] = Verdict.NOT_IN_ARTICLE
    gap: Topic | None
    words: tuple[str, ...]
    nearest: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class OpinionAsked(_Base):
    verdict: ClassVar[Verdict] = Verdict.OPINION
    positions: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class OffTopic(_Base):
    verdict: ClassVar[Verdict] = Verdict.OFF_TOPIC


@dataclass(frozen=True, slots=True)
class SmallTalk(_Base):
    """`kind` is the id of the small-talk topic, "empty" for a message without words, or "no-more"."""

    verdict: ClassVar[Verdict] = Verdict.SMALL_TALK
    kind: str


Answer = Answered | Contradicted | Unsure | Ambiguous | NotInArticle | OpinionAsked | OffTopic | SmallTalk


def citations_of(answer: Answer) -> tuple[Citation, ...]:
    """What the answer asserts as excerpts, or nothing."""
    return answer.citations if isinstance(answer, Answered | Contradicted) else ()


def nearest_of(answer: Answer) -> tuple[Citation, ...]:
    """What is shown beside a refusal and not asserted as the answer, or nothing."""
    match answer:
        case Unsure() | NotInArticle():
            return answer.nearest
        case OpinionAsked():
            return answer.positions
        case _:
            return ()


def is_sure(answer: Answer) -> bool:
    """Whether it answers a question surely enough to say so unasked: a follow-up of what was said before never does."""
    return isinstance(answer, Answered) and answer.trace.rule not in (Rule.SPEAKER_ASKED, Rule.MORE_ASKED)
