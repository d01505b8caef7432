"""Question -> what is measured of every topic before anything is read: how near its phrasings are, and how likely its words. Pure.

Resemblance is the cosine to a topic's centroid and to its nearest phrasing (0.7 and 0.3), by the encoder's vectors, or by the words alone where the encoder
is off. Likelihood is naive Bayes over stems and pairs of neighbouring words: it tells an entry from the gap beside it where a pack has many phrasings, and
says little where it has few. What each is worth: docs/decisions/008-reading.md.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.engine.question import Question
from bot.engine.reader import Floats

_CENTROID = 0.7  # share of the centroid in the resemblance; the rest is the nearest phrasing's
_SHRINKAGE = 3.0  # phrasings' worth of background mixed into a topic's word frequencies
_NEGATIONS = frozenset(["not", "never"])
_PAIR = 0.5  # weight of a pair of words beside a word

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Found:
    """For every topic: how near its phrasings are together (resemblance), its nearest phrasing and its nearest passage, as cosines; 0 where it
    has none. `nearest` is the place of that phrasing among all, -1 for none. `vector` is the question's own, None where there is no encoder."""

    resemblance: Floats
    nearness: Floats
    passage: Floats
    nearest: Ints
    vector: Floats | None


class Texts:
    """What topics are asked as and what they show, found by resemblance."""

    def __init__(
        self,
        similar: Callable[[Question], tuple[Floats, Floats | None]],
        alike: Callable[[Ints], Floats],
        norms: NDArray[np.floating],
        asked: Sequence[int],
        shown: Sequence[int],
        size: int,
    ) -> None:
        """`similar` gives the cosine to each text: first the phrasings, whose topics are `asked`, then the passages, whose topics are
        `shown`, both in ascending order; and the question's vector, if it has one. `alike` gives that of the texts at some places to each
        text, a row a place. `norms` is the length of the mean of each topic's phrasings; `size` how many topics there are."""
        self._similar, self._alike, self._size = similar, alike, size
        self._norms = np.where(norms > 0, norms, 1).astype(np.float32)
        self._asked, self._shown = _Runs(asked), _Runs(shown)

    def find(self, question: Question) -> Found:
        similar, vector = self._similar(question)
        asked, shown = similar[: self._asked.size], similar[self._asked.size :]
        resemblance, nearness, passage = (np.zeros(self._size, np.float32) for _ in range(3))
        nearest = np.full(self._size, -1, dtype=np.intp)
        if len(asked):
            topics = self._asked.topics
            best = np.maximum.reduceat(asked, self._asked.starts)
            nearness[topics] = best
            means = np.add.reduceat(asked, self._asked.starts) / self._asked.counts
            resemblance[topics] = _CENTROID * means / self._norms[topics] + (1 - _CENTROID) * best
            for topic, start, count in zip(topics, self._asked.starts, self._asked.counts, strict=True):
                nearest[topic] = start + int(asked[start : start + count].argmax())
        if len(shown):
            passage[self._shown.topics] = np.maximum.reduceat(shown, self._shown.starts)
        return Found(resemblance, nearness, passage, nearest, vector)

    def nearest_others(self, topic: int) -> list[tuple[int, int]]:
        """Each of a topic's phrasings, by its place, with the topic of the phrasing that lies nearest to it, itself aside."""
        places = np.flatnonzero(self._asked.owners == topic)
        if not len(places):
            return []
        asked = self._alike(places)[:, : self._asked.size].copy()
        asked[np.arange(len(places)), places] = -np.inf
        return [(int(place), int(owner)) for place, owner in zip(places, self._asked.owners[asked.argmax(axis=1)], strict=True)]


class _Runs:
    """Owners in ascending order as runs: each topic that has any, where its run begins and how long it is."""

    def __init__(self, owners: Sequence[int]) -> None:
        self.owners = np.asarray(owners, dtype=np.intp)
        self.size = len(self.owners)
        self.topics, self.starts, self.counts = np.unique(self.owners, return_index=True, return_counts=True)


def by_meaning(vectors: Floats, encode: Callable[[str], Floats], asked: Sequence[int], shown: Sequence[int], size: int) -> Texts:
    """Texts found by the encoder's unit vectors, a row a text; `encode` gives that of a question."""

    def similar(question: Question) -> tuple[Floats, Floats]:
        vector = encode(question.text)
        # Not by BLAS, whose threads wait for each other on a busy machine.
        return np.asarray(np.einsum("ij,j->i", vectors, vector), dtype=np.float32), vector

    sums = np.zeros((size, vectors.shape[1]), dtype=np.float32)
    owners = np.asarray(asked, dtype=np.intp)
    np.add.at(sums, owners, vectors[: len(owners)])
    counts = np.maximum(1, np.bincount(owners, minlength=size))
    norms = np.linalg.norm(sums, axis=1) / counts
    return Texts(similar, lambda places: vectors[places] @ vectors.T, norms, asked, shown, size)


def by_words(read: Sequence[Question], asked: Sequence[int], shown: Sequence[int], size: int) -> Texts:
    """Texts found by their stems alone (TF-IDF), where there is no encoder."""
    spread = Counter(s for q in read for s in _stems(q))

    def unit(question: Question) -> dict[str, float]:
        """Its stems by rarity, as a vector of length 1."""
        rarity = {s: math.log((len(read) + 1) / (spread[s] + 1)) + 1 for s in sorted(_stems(question))}
        length = math.hypot(*rarity.values())
        return {s: r / length for s, r in rarity.items()}

    postings: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
    sums: list[dict[str, float]] = [defaultdict(float) for _ in range(size)]
    counts = Counter(asked)
    for i, q in enumerate(read):
        for s, weight in unit(q).items():
            postings[s][0].append(i)
            postings[s][1].append(weight)
            if i < len(asked):
                sums[asked[i]][s] += weight / counts[asked[i]]
    arrays = {s: (np.array(rows), np.array(weights, dtype=np.float32)) for s, (rows, weights) in postings.items()}

    def similar(question: Question) -> Floats:
        found = np.zeros(len(read), dtype=np.float32)
        for s, weight in unit(question).items():
            if s in arrays:
                rows, weights = arrays[s]
                found[rows] += weights * weight
        return found

    def alike(places: Ints) -> Floats:
        return np.stack([similar(read[place]) for place in places])

    norms = np.array([math.hypot(*s.values()) for s in sums])
    return Texts(lambda question: (similar(question), None), alike, norms, asked, shown, size)


def _stems(question: Question) -> set[str]:
    return {t.stem for t in question.tokens}


class Likelihood:
    """How much likelier a question's words are under a topic's phrasings than in general. With n phrasings, m of which hold a feature whose
    mean share over topics is b, P = (m + 3 b) / (n + 3)."""

    def __init__(self, read: Iterable[Question], owners: Sequence[int], size: int) -> None:
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for question, owner in zip(read, owners, strict=True):
            for feature in _features(question):
                counts[feature][owner] += 1
        self._sizes = np.bincount(np.asarray(owners, dtype=np.intp), minlength=size).astype(np.float32)
        # A topic without phrasings is taken for one with a single phrasing that lacks the question's words: taken for one with many, it would
        # never be among the candidates.
        self._unseen = np.log(_SHRINKAGE / (np.maximum(self._sizes, 1) + _SHRINKAGE))
        self._seen: dict[str, tuple[Ints, Floats]] = {}
        asked = max(1, int((self._sizes > 0).sum()))
        for feature, held in counts.items():
            topics = np.fromiter(held, dtype=np.intp, count=len(held))
            shares = np.fromiter(held.values(), dtype=np.float32, count=len(held))
            background = float((shares / self._sizes[topics]).sum()) / asked
            self._seen[feature] = topics, np.log1p(shares / (_SHRINKAGE * background)).astype(np.float32) * _weight(feature)

    def of(self, question: Question) -> Floats:
        """Nats for every topic."""
        found, known = np.zeros(len(self._sizes), dtype=np.float32), 0.0
        for feature in sorted(_features(question)):
            if feature in self._seen:
                topics, gains = self._seen[feature]
                found[topics] += gains
                known += _weight(feature)
        return np.asarray(found + known * self._unseen, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Unmet:
    """What of a question neither a topic's phrasings nor its passages have. A word is foreign, 0 to 1, by how much more it is asked about
    where the article has no answer; small words are those without matter ("when", "not", "other")."""

    share: float = 0.0  # of the words of matter, by rarity
    words: int = 0
    unknown: int = 0  # words of matter that no topic has
    foreign: float = 0.0  # of the words of matter together
    small: int = 0
    small_foreign: float = 0.0

    def vector(self) -> list[float]:
        return [self.share, float(self.words), float(self.unknown), self.foreign, float(self.small), self.small_foreign]


NOTHING_UNMET = Unmet()


class Vocabulary:
    """Which topic has which words. Built of phrasings and passages."""

    def __init__(self, read: Sequence[Question], owners: Sequence[int], answering: Collection[int], size: int) -> None:
        """`owners` is the topic of each text; `answering` the topics that are answered."""
        self._stems: list[set[str]] = [set() for _ in range(size)]
        self._inside: Counter[str] = Counter()
        self._outside: Counter[str] = Counter()
        for question, owner in zip(read, owners, strict=True):
            stems = _stems(question)
            self._stems[owner] |= stems
            (self._inside if owner in answering else self._outside).update(stems)
        self._all_inside, self._all_outside = max(1, self._inside.total()), max(1, self._outside.total())
        self._spread = Counter(s for stems in self._stems for s in stems)

    def unmet(self, question: Question, topic: int) -> Unmet:
        """What of the question the topic has not."""
        asked = {t.stem: t.is_content for t in question.tokens}
        missing = [s for s in asked if s not in self._stems[topic]]
        matter, small = [s for s in missing if asked[s]], [s for s in missing if not asked[s]]
        rarity = sum(self._rarity(s) for s, is_content in asked.items() if is_content)
        return Unmet(
            share=sum(map(self._rarity, matter)) / rarity if rarity else 0.0,
            words=len(matter),
            unknown=sum(not self._spread[s] for s in matter),
            foreign=sum(map(self._foreign, matter)),
            small=len(small),
            small_foreign=sum(map(self._foreign, small)),
        )

    def lacks_claim(self, question: Question, topic: int) -> bool:
        """Whether the question has a figure, a name or a "not" that the topic has nowhere: it may claim what the topic does not say."""
        return any(
            (t.entity or t.text in _NEGATIONS or not t.text.isalpha()) and t.stem not in self._stems[topic]
            for t in question.tokens
        )

    def _rarity(self, stem: str) -> float:
        return math.log((len(self._stems) + 1) / (self._spread[stem] + 1))

    def _foreign(self, stem: str) -> float:
        seen = self._inside[stem] + self._outside[stem]
        if not seen:
            return 0.0
        inside, outside = self._inside[stem] / self._all_inside, self._outside[stem] / self._all_outside
        return outside / (inside + outside) * seen / (seen + 1)


def _features(question: Question) -> set[str]:
    """Stems, and pairs of neighbouring words, in which a person or body counts as one, by whatever name."""
    words = ["<", *(t.entity or t.stem for t in question.tokens), ">"]
    return _stems(question) | {f"{a} {b}" for a, b in itertools.pairwise(words)}


def _weight(feature: str) -> float:
    return _PAIR if " " in feature else 1.0
