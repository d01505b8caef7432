"""Does a topic meet the question? What the question asks for and constrains, against what the topic's phrasings, excerpts and records hold.

Resemblance cannot tell a question from its near miss (docs/decisions/002-matching.md); what tells them apart is the one word that nothing in the topic
accounts for: another person, another number, "how often" for "when", "not", "deputy". Each is an Unmet constraint with a weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from bot.engine.match import Index, LeftOut
from bot.engine.question import Lexicon, Question, Token
from bot.pack.values import Asks, PersonKind


class Constraint(StrEnum):
    """The kinds of constraint that a question can carry."""

    ENTITY = "name"
    STRANGER = "name that the pack does not know"
    NUMBER = "number"
    WANTS = "kind of answer"
    FOREIGN = "word of another matter"
    FOCUS = "what is asked for"
    WORD = "word"
    NEGATION = "negation"
    RESTRICTOR = "restriction"
    ROLE = "who does it to whom"
    ANTONYM = "opposite"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A constraint of the question that nothing in the topic meets. `weight` is 0 to 1."""

    constraint: Constraint
    what: str
    weight: float

    def __str__(self) -> str:
        return f"{self.constraint}: {self.what}"


@dataclass(frozen=True)
class Profile:
    """All that a topic can meet, from its own phrasings (how many of them have each thing) and its excerpts."""

    stems: dict[str, int]
    concepts: dict[str, int]
    entities: dict[str, int]
    wants: dict[str, int]
    restrictors: dict[str, int]
    numbers: dict[str, int]
    agents: dict[str, int]
    patients: dict[str, int]
    negations: int
    span_stems: frozenset[str]
    span_concepts: frozenset[str]
    span_entities: frozenset[str]
    span_numbers: frozenset[str]

    @classmethod
    def of(cls, holdings: Mapping[str, int], spans: Sequence[Question], asks: Asks | None) -> Profile:
        """`holdings` are counts by feature name, as the index keeps them; `spans` the excerpts, read; `asks` what the curator says."""
        families: dict[str, dict[str, int]] = {f: {} for f in "wceqRNAPn"}
        for name, count in holdings.items():
            if name[0] in families:
                families[name[0]][name[1:]] = count
        return cls(
            stems=families["w"],
            concepts=families["c"],
            entities=families["e"],
            wants=families["q"] | ({asks.value: 1} if asks else {}),
            restrictors=families["R"],
            numbers=families["N"],
            agents=families["A"],
            patients=families["P"],
            negations=sum(families["n"].values()),
            span_stems=frozenset(t.stem for s in spans for t in s.tokens),
            span_concepts=frozenset(c for s in spans for t in s.tokens for c in t.concepts),
            span_entities=frozenset(e for s in spans for e in s.entities),
            span_numbers=frozenset(n for s in spans for n in s.numbers),
        )


_STRICT_WANTS = {
    "frequency": {"frequency"},
    "duration": {"duration", "number", "time"},
    "number": {"number", "duration"},
    "time": {"time", "duration"},
    "place": {"place"},
    "reason": {"reason"},
    "person": {"person"},
}


class Verifier:
    """Examines questions against profiles, with the opposites of English."""

    def __init__(self, lexicon: Lexicon, antonyms: Iterable[tuple[str, str]], index: Index, answering: NDArray[np.bool_]) -> None:
        """`answering` says, topic by topic of the index, whether it is an answerable entry."""
        self._lexicon, self._answering = lexicon, answering
        # A name that most topics have (the party that the article is about) says little; one that few have says much.
        _, spread = index.occurrences("e", np.ones(len(answering), dtype=bool))
        rarest = math.log(1 + len(answering))
        self._entity_weight = {e: math.log(1 + len(answering) / n) / rarest for e, n in spread.items()}
        self._asked_inside, _ = index.occurrences("w", answering)
        self._asked_outside, _ = index.occurrences("w", ~answering)
        self._all_inside, self._all_outside = (max(1, sum(c.values())) for c in (self._asked_inside, self._asked_outside))
        self._opposites: dict[str, set[str]] = {}
        for one, other in antonyms:
            a, b = lexicon.read(one, repair=False).tokens, lexicon.read(other, repair=False).tokens
            if len(a) == 1 and len(b) == 1 and a[0].is_content and b[0].is_content:
                self._opposites.setdefault(a[0].stem, set()).add(b[0].stem)
                self._opposites.setdefault(b[0].stem, set()).add(a[0].stem)

    def examine(self, question: Question, profile: Profile, without: LeftOut | None = None) -> tuple[Unmet, ...]:
        """Every constraint of the question that the profile does not meet."""
        return tuple(self._unmet(question, profile, without))

    def _unmet(self, question: Question, profile: Profile, without: LeftOut | None) -> Iterable[Unmet]:
        for entity in question.entities:
            if entity not in profile.entities and self._lexicon.kind(entity) in (PersonKind.PERSON, PersonKind.ORGANISATION):
                weight = self._entity_weight.get(entity, 1.0)
                yield Unmet(Constraint.ENTITY, entity, weight * (0.5 if entity in profile.span_entities else 1.0))
        for stranger in question.strangers:
            yield Unmet(Constraint.STRANGER, stranger, 1.0)
        if profile.numbers or profile.span_numbers:
            for number in question.numbers:
                if number not in profile.numbers and number not in profile.span_numbers:
                    yield Unmet(Constraint.NUMBER, number, 1.0)
        accepted = _STRICT_WANTS.get(question.wants)
        if accepted and accepted.isdisjoint(profile.wants):
            yield Unmet(Constraint.WANTS, question.wants, 1.0)
        if question.negated and profile.negations == 0 and question.wants != "yes_no":
            yield Unmet(Constraint.NEGATION, "not", 1.0)
        for restrictor in question.restrictors:
            if restrictor not in profile.restrictors:
                yield Unmet(Constraint.RESTRICTOR, restrictor, 1.0)
        if question.agent and question.agent not in profile.agents and question.agent in profile.patients:
            yield Unmet(Constraint.ROLE, question.agent, 1.0)
        focus = set(question.focus)
        restrictive = {w for r in question.restrictors for w in r.split()}
        for token in dict.fromkeys(question.content):
            if token.entity or token.text in restrictive or self._meets(token, profile):
                continue
            foreign = self._foreign(token.stem, without)
            if self._opposes(token, profile):
                yield Unmet(Constraint.ANTONYM, token.text, 1.0)
            elif foreign is not None:
                yield Unmet(Constraint.FOREIGN, token.text, foreign)
            else:
                yield Unmet(Constraint.FOCUS if token in focus else Constraint.WORD, token.text, importance(token))

    def _foreign(self, word: str, without: LeftOut | None) -> float | None:
        """For a word that the pack's phrasings know, 0 to 1: how much more it is asked about where the article has no answer."""
        inside, outside = self._asked_inside.get(word, 0), self._asked_outside.get(word, 0)
        if without:
            gone = "w" + word in without.held
            inside, outside = (inside - gone, outside) if self._answering[without.topic] else (inside, outside - gone)
        seen = inside + outside
        if seen <= 0:
            return None
        within, beyond = inside / self._all_inside, outside / self._all_outside
        return beyond / (within + beyond) * seen / (seen + 1)

    def _meets(self, token: Token, profile: Profile) -> bool:
        if token.stem in profile.stems or token.stem in profile.span_stems:
            return True
        if any(c in profile.concepts or c in profile.span_concepts for c in token.concepts):
            return True
        return len(token.stem) > 5 and any(
            s != token.stem
            and abs(len(s) - len(token.stem)) <= 1
            and s[:4] == token.stem[:4]
            and OSA.distance(s, token.stem, score_cutoff=1) <= 1
            for s in profile.stems
        )

    def _opposes(self, token: Token, profile: Profile) -> bool:
        return any(o in profile.stems or o in profile.span_stems for o in self._opposites.get(token.stem, ()))


def importance(token: Token) -> float:
    """How much an unaccounted word counts: rare words nearly 1, very frequent ones half of it."""
    return 0.4 + 0.6 * min(1.0, token.rank / 8000)
