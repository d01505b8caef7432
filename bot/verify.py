"""Does a topic meet the question? What the question asks for and constrains, against what the topic's phrasings, excerpts and records hold.

Resemblance cannot tell a question from its near miss (docs/decisions/002-matching.md); what tells them apart is the one word that nothing in the topic
accounts for: another person, another number, "how often" for "when", "not", "deputy". Each is an Unmet constraint with a weight.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA

from bot.pack import PersonKind
from bot.question import Lexicon, Question, Token


class Constraint(StrEnum):
    """The kinds of constraint that a question can carry."""

    ENTITY = "name"
    NUMBER = "number"
    WANTS = "kind of answer"
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
    """All that a topic can meet, learnt from its own phrasings, excerpts and records when the pack is loaded: how many phrasings have each thing."""

    stems: Counter[str]
    concepts: Counter[str]
    entities: Counter[str]
    wants: Counter[str]
    restrictors: Counter[str]
    negations: int
    agents: Counter[str]
    patients: Counter[str]
    numbers: Counter[str]
    span_stems: frozenset[str]
    span_concepts: frozenset[str]
    span_entities: frozenset[str]
    span_numbers: frozenset[str]

    @classmethod
    def learn(cls, phrasings: Sequence[Question], spans: Sequence[Question]) -> Profile:
        return cls(
            stems=Counter(s for p in phrasings for s in {t.stem for t in p.tokens}),
            concepts=Counter(c for p in phrasings for c in {c for t in p.tokens for c in t.concepts}),
            entities=Counter(e for p in phrasings for e in p.entities),
            wants=Counter(p.wants for p in phrasings),
            restrictors=Counter(r for p in phrasings for r in p.restrictors),
            negations=sum(p.negated for p in phrasings),
            agents=Counter(p.agent for p in phrasings if p.agent),
            patients=Counter(p.patient for p in phrasings if p.patient),
            numbers=Counter(n for p in phrasings for n in p.numbers),
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

    def __init__(self, lexicon: Lexicon, antonyms: Iterable[tuple[str, str]], profiles: Sequence[Profile]) -> None:
        self._lexicon = lexicon
        # A name that most topics have (the party that the article is about) says little; one that few have says much.
        spread = Counter(e for p in profiles for e in p.entities)
        rarest = math.log(1 + len(profiles))
        self._entity_weight = {e: math.log(1 + len(profiles) / n) / rarest for e, n in spread.items()}
        self._opposites: dict[str, set[str]] = {}
        for one, other in antonyms:
            a, b = lexicon.read(one, repair=False).tokens, lexicon.read(other, repair=False).tokens
            if len(a) == 1 and len(b) == 1 and a[0].is_content and b[0].is_content:
                self._opposites.setdefault(a[0].stem, set()).add(b[0].stem)
                self._opposites.setdefault(b[0].stem, set()).add(a[0].stem)

    def examine(self, question: Question, profile: Profile, *, own: int = 0) -> tuple[Unmet, ...]:
        """Every constraint of the question that the profile does not meet. `own` is 1 where the question is itself one of the
        profile's phrasings and is to be judged as if it were not (leave-one-out)."""
        return tuple(self._unmet(question, profile, own))

    def _unmet(self, question: Question, profile: Profile, own: int) -> Iterable[Unmet]:
        for entity in question.entities:
            if profile.entities[entity] <= own and self._lexicon.kind(entity) in (PersonKind.PERSON, PersonKind.ORGANISATION):
                weight = self._entity_weight.get(entity, 1.0)
                yield Unmet(Constraint.ENTITY, entity, weight * (0.5 if entity in profile.span_entities else 1.0))
        for number in question.numbers:
            if profile.numbers[number] <= own and number not in profile.span_numbers:
                yield Unmet(Constraint.NUMBER, number, 1.0)
        accepted = _STRICT_WANTS.get(question.wants)
        if accepted and sum(profile.wants[w] for w in accepted) <= own:
            yield Unmet(Constraint.WANTS, question.wants, 1.0)
        if question.negated and profile.negations <= own and question.wants != "yes_no":
            yield Unmet(Constraint.NEGATION, "not", 1.0)
        for restrictor in question.restrictors:
            if profile.restrictors[restrictor] <= own:
                yield Unmet(Constraint.RESTRICTOR, restrictor, 1.0)
        if question.agent and profile.agents[question.agent] <= own and profile.patients[question.agent]:
            yield Unmet(Constraint.ROLE, question.agent, 1.0)
        focus = set(question.focus)
        restrictive = {w for r in question.restrictors for w in r.split()}
        for token in dict.fromkeys(question.content):
            if token.entity or token.text in restrictive or self._meets(token, profile, own):
                continue
            if self._opposes(token, profile):
                yield Unmet(Constraint.ANTONYM, token.text, 1.0)
            else:
                yield Unmet(Constraint.FOCUS if token in focus else Constraint.WORD, token.text, importance(token))

    def _meets(self, token: Token, profile: Profile, own: int) -> bool:
        if profile.stems[token.stem] > own or token.stem in profile.span_stems:
            return True
        if any(profile.concepts[c] > own or c in profile.span_concepts for c in token.concepts):
            return True
        return len(token.stem) > 5 and any(
            n > own
            and s != token.stem
            and abs(len(s) - len(token.stem)) <= 1
            and s[:4] == token.stem[:4]
            and OSA.distance(s, token.stem, score_cutoff=1) <= 1
            for s, n in profile.stems.items()
        )

    def _opposes(self, token: Token, profile: Profile) -> bool:
        return any(profile.stems[o] or o in profile.span_stems for o in self._opposites.get(token.stem, ()))


def importance(token: Token) -> float:
    """How much an unaccounted word counts: rare words nearly 1, very frequent ones half of it."""
    return 0.4 + 0.6 * min(1.0, token.rank / 8000)
