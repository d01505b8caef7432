"""Question -> the evidence for every topic.

Two views are added. Resemblance: cosine to a topic's centroid and to its best phrasing (0.7 and 0.3), over TF-IDF of word stems, concepts (the
vocabulary's synonym groups), people and character n-grams, the inverse document frequency taken over topics. Likelihood: how much likelier the question's
words, and the absence of the others, are under the topic than in general (naive Bayes, each topic's frequencies shrunk towards the pack's). The second
tells an entry from the gap beside it, the first bears unseen words. Measured in docs/decisions/002-matching.md. Both are posting lists in flat arrays: a
question costs what its own words cost, not what the pack weighs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.question import Question, Token

CENTROID_SHARE = 0.7
_WEIGHTS = {"w": 1.0, "c": 0.8, "e": 1.3, "g": 0.45, "q": 0.7}
_LIKELIHOOD_WEIGHTS = {"w": 1.0, "c": 0.5, "e": 1.0, "g": 0.0, "q": 1.0}
_ABSENCE = 0.5
_GRAMS = (3, 4, 5)
SHRINKAGE = 3.0  # phrasings' worth of background mixed into a topic's word frequencies
RESEMBLANCE_NATS = 25.0  # what a resemblance of 1 is worth beside the likelihood

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


def features(question: Question) -> Counter[str]:
    """The weighted features of a question or a phrasing, by name; the first letter tells the family."""
    counts: Counter[str] = Counter()
    for token in question.tokens:
        counts["w" + token.stem] += 1
        for concept in token.concepts:
            counts["c" + concept] += 1 / len(token.concepts)  # type: ignore[assignment]
        if token.entity:
            counts["e" + token.entity] = 1
        elif token.is_content:
            counts.update(_grams(token.text))
    if question.wants:
        counts["q" + question.wants] += 1
    return counts


@lru_cache(maxsize=65536)
def _grams(word: str) -> tuple[str, ...]:
    padded = f"^{word}$"
    return tuple("g" + padded[i : i + n] for n in _GRAMS for i in range(len(padded) - n + 1))


@dataclass(frozen=True, slots=True)
class Ranking:
    """For every topic, in the order in which they were given: the evidence for it (in nats, comparable within one question), its resemblance (0 to 1)
    and the index of its nearest phrasing (-1 where none shares a feature)."""

    evidence: Floats
    resemblance: Floats
    nearest: Ints

    def order(self) -> Ints:
        return np.argsort(-self.evidence, kind="stable").astype(np.int32)


class Index:
    """Topics as lists of read phrasings, searchable by question."""

    def __init__(self, topics: Sequence[Sequence[Question]]) -> None:
        bags = [(t, features(p)) for t, phrasings in enumerate(topics) for p in phrasings]
        self.size = len(topics)
        self.owners: Ints = np.array([t for t, _ in bags], dtype=np.int32)
        self._sizes = np.maximum(1, np.bincount(self.owners, minlength=self.size)).astype(np.float32)
        self._ids: dict[str, int] = {}
        for _, bag in bags:
            for name in bag:
                self._ids.setdefault(name, len(self._ids))
        rows = np.repeat(np.arange(len(bags), dtype=np.int32), [len(b) for _, b in bags])
        columns = np.fromiter((self._ids[n] for _, b in bags for n in b), dtype=np.int32, count=len(rows))
        counts = np.fromiter((v for _, b in bags for v in b.values()), dtype=np.float32, count=len(rows))
        # How many phrasings of a topic have a feature: the basis of document frequencies and of likelihoods.
        keys, holding = np.unique(self.owners[rows].astype(np.int64) * len(self._ids) + columns, return_counts=True)
        owners, names = (keys // len(self._ids)).astype(np.int32), (keys % len(self._ids)).astype(np.int32)
        families = [n[0] for n in self._ids]
        self._idf = (
            np.log(1 + self.size / np.maximum(1, np.bincount(names, minlength=len(self._ids))))
            * np.array([_WEIGHTS[f] for f in families])
        ).astype(np.float32)
        self._unknown = {family: math.log(1 + self.size) * weight for family, weight in _WEIGHTS.items()}
        values = _damped(counts) * self._idf[columns]
        values = (values / _norms(rows, values, len(bags))[rows]).astype(np.float32)
        self._phrasings = _Postings(rows, columns, values, len(self._ids), len(bags))
        self._centroids = self._centroid_postings(rows, columns, values)
        self._learn_likelihood(owners, names, holding.astype(np.float32), families, len(bags))

    def _centroid_postings(self, rows: Ints, columns: Ints, values: Floats) -> _Postings:
        keys = self.owners[rows].astype(np.int64) * len(self._ids) + columns
        unique, where = np.unique(keys, return_inverse=True)
        summed = np.bincount(where, weights=values).astype(np.float32)
        owners, names = (unique // len(self._ids)).astype(np.int32), (unique % len(self._ids)).astype(np.int32)
        summed /= self._sizes[owners]
        summed /= _norms(owners, summed, self.size)[owners]
        return _Postings(owners, names, summed, len(self._ids), self.size)

    def _learn_likelihood(self, owners: Ints, names: Ints, holding: Floats, families: Sequence[str], phrasings: int) -> None:
        """With n phrasings, m of them holding a feature of background share b, P(feature | topic) = (m + S b) / (n + S)."""
        weights = np.array([_LIKELIHOOD_WEIGHTS[f] for f in families], dtype=np.float32)
        used = weights[names] > 0
        owners, names, holding = owners[used], names[used], holding[used]
        background = (np.bincount(names, weights=holding, minlength=len(families)) + 0.1) / max(1, phrasings)
        prior = (SHRINKAGE * background).astype(np.float32)
        present = np.log1p(holding / prior[names]) * weights[names]
        share = np.minimum(0.95, (holding + prior[names]) / (self._sizes[owners] + SHRINKAGE))
        absent = -np.log1p(-share) * _ABSENCE
        self._present = _Postings(owners, names, (present + absent).astype(np.float32), len(families), self.size)
        self._all_absent = -np.bincount(owners, weights=absent, minlength=self.size).astype(np.float32)
        self._absent_unseen = np.log(SHRINKAGE / (self._sizes + SHRINKAGE)).astype(np.float32)
        self._weights = weights

    def rank(self, question: Question) -> Ranking:
        """The evidence for every topic. A question without a known feature has none for any."""
        bag = features(question)
        names, weights = self._query(bag)
        if not len(names):
            zeros = np.zeros(self.size, dtype=np.float32)
            return Ranking(zeros, zeros, np.full(self.size, -1, dtype=np.int32))
        best, nearest = _best_by_owner(self._phrasings.scores(names, weights), self.owners, self.size)
        resemblance = CENTROID_SHARE * self._centroids.scores(names, weights) + (1 - CENTROID_SHARE) * best
        likelihood = (
            self._present.scores(names, np.ones(len(names), dtype=np.float32))
            + self._all_absent
            + float(self._weights[names].sum()) * self._absent_unseen
        )
        return Ranking((likelihood + RESEMBLANCE_NATS * resemblance).astype(np.float32), resemblance, nearest)

    def knows(self, token: Token) -> bool:
        """Whether any phrasing has the word."""
        return "w" + token.stem in self._ids

    def _query(self, bag: Counter[str]) -> tuple[Ints, Floats]:
        """The question's known features and their weights; unknown ones count in the norm, so strange words cost."""
        names, weights, total = [], [], 0.0
        for name, count in bag.items():
            at = self._ids.get(name)
            damped = 1 + math.log(count) if count > 1 else count
            weight = damped * (float(self._idf[at]) if at is not None else self._unknown[name[0]])
            total += weight * weight
            if at is not None:
                names.append(at)
                weights.append(weight)
        norm = math.sqrt(total) or 1.0
        return np.array(names, dtype=np.int32), np.array(weights, dtype=np.float32) / np.float32(norm)


class _Postings:
    """A sparse matrix by column: for each feature, the rows that have it and their weights."""

    def __init__(self, rows: Ints, columns: Ints, values: Floats, n_columns: int, n_rows: int) -> None:
        order = np.argsort(columns, kind="stable")
        self._rows, self._values = rows[order], values[order]
        self._starts = np.zeros(n_columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(columns, minlength=n_columns), out=self._starts[1:])
        self._n_rows = n_rows

    def scores(self, names: Ints, weights: Floats) -> Floats:
        starts, ends = self._starts[names], self._starts[names + 1]
        rows = np.concatenate([self._rows[a:b] for a, b in zip(starts, ends, strict=True)])
        values = np.concatenate([self._values[a:b] * w for a, b, w in zip(starts, ends, weights, strict=True)])
        return np.bincount(rows, weights=values, minlength=self._n_rows).astype(np.float32)


def _damped(counts: Floats) -> Floats:
    return np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)


def _norms(rows: Ints, values: Floats, n: int) -> Floats:
    norms = np.sqrt(np.bincount(rows, weights=values.astype(np.float64) ** 2, minlength=n)).astype(np.float32)
    norms[norms == 0] = 1
    return norms


def _best_by_owner(scores: Floats, owners: Ints, n: int) -> tuple[Floats, Ints]:
    best = np.zeros(n, dtype=np.float32)
    np.maximum.at(best, owners, scores)
    which = np.full(n, -1, dtype=np.int32)
    hits = np.flatnonzero(scores == best[owners])[::-1]
    which[owners[hits]] = hits
    return best, which
