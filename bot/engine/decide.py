"""What is measured -> what is answered. Pure: every number of the decision is in one value, the Policy, which `verbatim calibrate` writes.

Two steps. A softmax over the candidates, and over "none of them", says what the question wants (a conditional logit; McFadden, "Conditional logit analysis
of qualitative choice behavior", 1974). Two logistic regressions then say, from how the entries stand against the refusals, how sure it is that the best of
them answers, below a bar of which no answer is given; and that any does, below a bar of which it is denied that the article says it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from bot.engine.retrieve import NOTHING_UNMET, Unmet
from bot.pack.values import Topic, Verdict

REFUSING = (Verdict.PREMISE, Verdict.NOT_IN_ARTICLE)
TALK = (Verdict.OPINION, Verdict.OFF_TOPIC, Verdict.SMALL_TALK)
KINDS = (Verdict.ANSWER, *REFUSING, *TALK)
_MEASURES = ("reader", "resemblance", "nearness", "passage", "likelihood", "asks_opinion", "sentence")
CHOICE_NAMES = (*_MEASURES, *(k.value for k in KINDS), "none")
RESEMBLANCE = 25.0  # nats of likelihood that a resemblance of 1 is worth
DECIMALS = 4  # of what is measured, and of a probability; processors differ beyond
_MOST = 12.0  # nats; beyond it a margin, or the logarithm of a share, says nothing more
_FEW_WORDS = 3  # a shorter question is taken for one of this many words


@dataclass(frozen=True, slots=True)
class Measured:
    """A topic that may be what the question wants. `reader` is a logit; `resemblance` (of all phrasings), `nearness` (of the nearest, which
    is `phrasing`) and `passage` (of what it shows) are cosines; `likelihood` is in nats. `asks_opinion`, of opinion alone, is the log-odds
    that one is asked for. A `sentence` stands in the article alone,
    uncurated, and has no phrasing. `lacks_claim`: the question has a figure, a name or a "not" that the topic has nowhere; this is not
    weighed, but keeps its lead back."""

    topic: Topic
    phrasing: str
    reader: float
    resemblance: float
    nearness: float
    passage: float
    likelihood: float
    asks_opinion: float = 0.0
    unmet: Unmet = NOTHING_UNMET
    sentence: bool = False
    lacks_claim: bool = False

    @property
    def promise(self) -> float:
        """Likelihood and resemblance together, in nats."""
        return self.likelihood + RESEMBLANCE * self.resemblance

    def vector(self) -> list[float]:
        """In the order of CHOICE_NAMES."""
        kind = (self.topic.verdict is k for k in KINDS)
        return [*(float(getattr(self, name)) for name in _MEASURES), *map(float, kind), 0.0]


NONE_OF_THEM = (0.0,) * (len(CHOICE_NAMES) - 1) + (1.0,)


@dataclass(frozen=True, slots=True)
class Signals:
    """How the entries stand against all else. Margins are differences of logits or nats."""

    odds: float  # log-odds that an entry is wanted, by the softmax
    share: float  # logarithm of the best entry's share
    none: float  # and of that of none of the candidates
    over_refusals: float  # logits of the reader, over those of gaps, premises and none
    likelier_than_talk: float  # likelihood and resemblance together
    passage: float
    promise_per_word: float
    unmet: Unmet  # by the best entry

    def vector(self) -> list[float]:
        """In the order of SIGNAL_NAMES."""
        return [*(getattr(self, f.name) for f in fields(self)[:-1]), *self.unmet.vector()]


SIGNAL_NAMES = (*(f.name for f in fields(Signals)[:-1]), *(f"unmet_{f.name}" for f in fields(Unmet)))


@dataclass(frozen=True, slots=True)
class Bars:
    """Probabilities from which something is said."""

    answer: float  # that an entry answers
    follow_up: float  # the same, of a message that is read with the question before it
    lead: float  # that it answers and that it is this entry's lead that does, for that to be asserted too
    absent: float  # that anything answers; below it, it is said that nothing does
    premise: float  # that a premise is what the question takes for granted, by the softmax
    talk: float  # that it is small talk, asks for an opinion or is off topic, by the softmax, for it to be answered so
    gap: float  # that a gap is what it asks for, for the gap to be named
    equal: float  # of the best entry's share, that another entry fits about equally
    also: float  # of that share, that another is shown beside it where neither is sure enough

    def least(self, *, follow_up: bool) -> float:
        """How sure an answer must be."""
        return self.follow_up if follow_up else self.answer


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over the signals."""

    bias: float
    weights: tuple[float, ...]  # in the order of SIGNAL_NAMES

    def of(self, found: Signals | None) -> float:
        """The probability, rounded; 0 where no entry is among the candidates."""
        if found is None:
            return 0.0
        z = self.bias + sum(w * x for w, x in zip(self.weights, found.vector(), strict=True))
        return round((1 + math.tanh(z / 2)) / 2, DECIMALS)


@dataclass(frozen=True)
class Policy:
    """Everything that decides, for packs or for bare articles."""

    choice: tuple[float, ...]  # in the order of CHOICE_NAMES
    sureness: Logistic
    presence: Logistic
    bars: Bars


@dataclass(frozen=True, slots=True)
class Judged:
    """What a question wants: candidates with their shares, the most probable first (the rest, up to 1, is that of none), how probable it
    is that the best entry answers it, and how probable that any does."""

    measured: tuple[Measured, ...]
    shares: tuple[float, ...]
    probability: float
    presence: float

    def of(self, kind: Verdict) -> list[tuple[Measured, float]]:
        """The candidates of this kind, each with its share."""
        return [(m, s) for m, s in zip(self.measured, self.shares, strict=True) if m.topic.verdict is kind]

    def best(self, kind: Verdict) -> tuple[Measured | None, float]:
        """The most probable of them."""
        return next(iter(self.of(kind)), (None, 0.0))

    @property
    def aptness(self) -> float:
        """How probable it is that the best entry's lead answers: that its passages do, and that no entry with another lead is wanted. The
        passages of several entries may be the same, and each says another thing of them. 0 where there is no lead, or where the question
        has what the entry has nowhere."""
        entries = self.of(Verdict.ANSWER)
        if not entries or not entries[0][0].topic.lead or entries[0][0].lacks_claim:
            return 0.0
        best, share = entries[0]
        others = sum(s for m, s in entries if m.topic.lead != best.topic.lead)
        return round(self.probability * share / (share + others), DECIMALS)

    def leading(self, talk: float) -> Verdict | None:
        """The kind of refusal with the largest share. None where that none of the candidates is wanted has a larger one, and for talk with a
        smaller share than that bar."""
        shares = {kind: self.share(kind) for kind in (*REFUSING, *TALK)}
        kind = max(shares, key=lambda k: shares[k])
        least = max(1 - sum(self.shares), talk if kind in TALK else 0.0)
        return kind if shares[kind] > least else None

    def share(self, kind: Verdict) -> float:
        return sum(s for _, s in self.of(kind))


def judge(measured: Sequence[Measured], words: int, policy: Policy) -> Judged:
    """What a question of so many words wants."""
    shares = choice(measured, policy.choice)
    order = sorted(range(len(measured)), key=lambda i: (-shares[i], measured[i].topic.id))
    found = signals(measured, shares, words)
    return Judged(
        tuple(measured[i] for i in order), tuple(shares[i] for i in order), policy.sureness.of(found), policy.presence.of(found)
    )


def choice(measured: Sequence[Measured], weights: Sequence[float]) -> list[float]:
    """The share of each candidate in the softmax."""
    scores = [sum(w * x for w, x in zip(weights, m.vector(), strict=True)) for m in measured]
    scores.append(weights[-1])
    top = max(scores)
    powers = [math.exp(s - top) for s in scores]
    together = sum(powers)
    return [p / together for p in powers[:-1]]


def signals(measured: Sequence[Measured], shares: Sequence[float], words: int) -> Signals | None:
    """None where no entry is among the candidates."""
    answering = [(s, m) for m, s in zip(measured, shares, strict=True) if m.topic.verdict is Verdict.ANSWER]
    if not answering:
        return None
    share, best = max(answering, key=lambda pair: pair[0])
    answered = sum(s for s, _ in answering)
    entries = [m for _, m in answering]
    refusing = [m for m in measured if m.topic.verdict in REFUSING]
    talk = [m for m in measured if m.topic.verdict in TALK]
    return Signals(
        odds=_clamped(_log(answered) - _log(1 - answered)),
        share=_log(share),
        none=_log(1 - sum(shares)),
        over_refusals=_clamped(
            _together((m.reader for m in entries), 1.0) - _together([0.0, *(m.reader for m in refusing)], 1.0)
        ),
        likelier_than_talk=_clamped(_together((m.promise for m in entries), 2.0) - _together((m.promise for m in talk), 2.0)),
        passage=max(m.passage for m in entries),
        promise_per_word=max(m.promise for m in entries) / max(_FEW_WORDS, words),
        unmet=best.unmet,
    )


def _together(values: Iterable[float], temperature: float) -> float:
    """A soft maximum, so that near twins do not split what speaks for them; far down where there is nothing."""
    scaled = [v / temperature for v in values]
    if not scaled:
        return -_MOST
    top = max(scaled)
    return temperature * (top + math.log(sum(math.exp(s - top) for s in scaled)))


def _log(share: float) -> float:
    return max(-_MOST, math.log(share)) if share > 0 else -_MOST


def _clamped(margin: float) -> float:
    return max(-_MOST, min(_MOST, margin))
