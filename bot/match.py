"""Question -> the evidence for every topic.

Two views are added. Resemblance: cosine to a topic's centroid and to its best phrasing (0.7 and 0.3), over TF-IDF of word stems, concepts (the
vocabulary's synonym groups), people and character n-grams, the inverse document frequency taken over topics. Likelihood: how much likelier the question's
words, and the absence of the others, are under the topic than in general (naive Bayes, each topic's frequencies shrunk towards the pack's). The second
tells an entry from the gap beside it, the first bears unseen words. Measured in docs/decisions/002-matching.md. Both are posting lists in flat arrays: a
question costs what its own words cost, not what the pack weighs.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.question import Question

CENTROID_SHARE = 0.7
# The families of features by their first letter: words (stems), concepts, names, character n-grams, the kind of thing asked for, pairs of neighbouring
# words, what the question is of ("which *committee*"), and whether it narrows, negates or numbers. Each with its share in resemblance and in likelihood.
_WEIGHTS = {"w": 1.0, "c": 0.8, "e": 1.3, "g": 0.45, "q": 0.7, "b": 0.3, "f": 0.3, "r": 0.3, "n": 0.3, "d": 0.3}
_LIKELIHOOD_WEIGHTS = {"w": 1.0, "c": 0.5, "e": 1.0, "g": 0.0, "q": 1.0, "b": 0.5, "f": 0.5, "r": 0.5, "n": 0.5, "d": 0.5}
# Facts: features without weight, kept for profiles: restrictors, numbers, agents, patients.
_LIKELIHOOD_WEIGHTS |= dict.fromkeys("RNAP", 0.0)
_PROFILED = frozenset("wceqnRNAP")
_ABSENCE = 0.5
_GRAMS = (3, 4, 5)
SHRINKAGE = 3.0  # phrasings' worth of background mixed into a topic's word frequencies
RESEMBLANCE_NATS = 25.0  # what a resemblance of 1 is worth beside the likelihood

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


def features(question: Question, *, facts: bool = False) -> Counter[str]:
    """The weighted features of a question or a phrasing, by name; the first letter tells the family. `facts` adds those without weight."""
    counts: Counter[str] = Counter()
    before = "<"
    for token in question.tokens:
        counts["w" + token.stem] += 1
        for concept in token.concepts:
            counts["c" + concept] += 1 / len(token.concepts)  # type: ignore[assignment]
        if token.entity:
            counts["e" + token.entity] = 1
        elif token.is_content:
            counts.update(_grams(token.text))
        word = token.entity or token.stem
        counts[f"b{before} {word}"] += 1
        before = word
    counts[f"b{before} >"] += 1
    for token in question.focus:
        counts["f" + token.stem] += 1
        counts.update("f~" + concept for concept in token.concepts)
    if question.wants:
        counts["q" + question.wants] += 1
    for family, present in (("r", question.restrictors), ("n", question.negated), ("d", question.numbers)):
        if present:
            counts[family] = 1
    if facts:
        counts.update("R" + r for r in question.restrictors)
        counts.update("N" + n for n in question.numbers)
        counts.update("A" + a for a in (question.agent,) if a)
        counts.update("P" + a for a in (question.patient,) if a)
    return counts


@lru_cache(maxsize=16384)
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


class Index:
    """Topics as lists of read phrasings, searchable by question. Learnt once; its arrays can be kept and taken up again."""

    def __init__(self, names: Sequence[str], arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._names, self._arrays = names, arrays
        self._ids = {name: i for i, name in enumerate(names)}
        self.owners = arrays["owners"].astype(np.int32, copy=False)
        self.size = int(arrays["size"][0])
        self._sizes = np.maximum(1, np.bincount(self.owners, minlength=self.size)).astype(np.float32)
        self._idf = arrays["idf"].astype(np.float32, copy=False)
        self._unknown = {family: math.log(1 + self.size) * weight for family, weight in _WEIGHTS.items()}
        self._likelihood_weights = np.array([_LIKELIHOOD_WEIGHTS[n[0]] for n in names], dtype=np.float32)
        self._absent_unseen = np.log(SHRINKAGE / (self._sizes + SHRINKAGE)).astype(np.float32)
        self._all_absent = arrays["all_absent"].astype(np.float32, copy=False)
        self._phrasings = _Postings.taken_up(arrays, "phrasing", len(self.owners))
        self._centroids = _Postings.taken_up(arrays, "centroid", self.size)
        self._present = _Postings.taken_up(arrays, "present", self.size)

    @classmethod
    def learn(cls, topics: Sequence[Sequence[Question]]) -> Index:
        """Learn from each topic's phrasings, read without spelling repair."""
        ids: dict[str, int] = {}
        found, weights, lengths = array("i"), array("f"), array("i")
        for phrasing in (p for phrasings in topics for p in phrasings):
            bag = features(phrasing, facts=True)
            found.extend([ids.setdefault(name, len(ids)) for name in bag])
            weights.extend(bag.values())
            lengths.append(len(bag))
        names, size, n = list(ids), len(topics), len(lengths)
        families = [name[0] for name in names]
        owners = np.repeat(np.arange(size, dtype=np.int32), [len(phrasings) for phrasings in topics])
        rows = np.repeat(np.arange(n, dtype=np.int32), np.frombuffer(lengths, dtype=np.int32))
        columns = np.frombuffer(found, dtype=np.int32)
        counts = np.frombuffer(weights, dtype=np.float32)
        # How many phrasings of a topic have a feature: the basis of document frequencies, of likelihoods and of profiles.
        keys, holding = np.unique(owners[rows].astype(np.int64) * len(ids) + columns, return_counts=True)
        holders, held = (keys // len(ids)).astype(np.int32), (keys % len(ids)).astype(np.int32)
        family_weights = np.array([_WEIGHTS.get(f, 0.0) for f in families])
        idf = (np.log(1 + size / np.maximum(1, np.bincount(held, minlength=len(ids)))) * family_weights).astype(np.float32)
        values = _damped(counts) * idf[columns]
        values = (values / _norms(rows, values, n)[rows]).astype(np.float32)
        weighted = values > 0
        rows, columns, values = rows[weighted], columns[weighted], values[weighted]
        sizes = np.maximum(1, np.bincount(owners, minlength=size)).astype(np.float32)
        arrays: dict[str, NDArray[np.generic]] = {"owners": owners, "size": np.array([size], dtype=np.int32), "idf": idf}
        arrays |= _Postings.by_column("phrasing", rows, columns, values, len(ids))
        arrays |= _centroids(owners[rows], columns, values, sizes, len(ids))
        arrays |= _likelihood(holders, held, holding.astype(np.float32), families, sizes, n)
        kept = np.isin(held, np.flatnonzero([f in _PROFILED for f in families]))
        arrays |= {
            "profile_starts": np.searchsorted(holders[kept], np.arange(size + 1)).astype(np.int64),
            "profile_names": held[kept],
            "profile_counts": holding[kept].astype(np.int32),
        }
        return cls(names, arrays)

    def state(self) -> tuple[Sequence[str], Mapping[str, NDArray[np.generic]]]:
        """What `Index(names, arrays)` takes up again."""
        return self._names, self._arrays

    def holdings(self, topic: int) -> dict[str, int]:
        """How many phrasings of a topic have each feature that profiles are made of, by the feature's name."""
        start, end = self._arrays["profile_starts"][topic : topic + 2]
        names, counts = self._arrays["profile_names"][start:end], self._arrays["profile_counts"][start:end]
        return {self._names[i]: int(c) for i, c in zip(names.tolist(), counts.tolist(), strict=True)}

    def occurrences(self, family: str, topics: NDArray[np.bool_]) -> tuple[dict[str, int], dict[str, int]]:
        """For the features of a family: in how many phrasings, and in how many topics, of those chosen each occurs."""
        spread = np.diff(self._arrays["profile_starts"])
        chosen = np.repeat(topics, spread)
        names, counts = self._arrays["profile_names"][chosen], self._arrays["profile_counts"][chosen]
        n = len(self._names)
        phrasings, holders = np.bincount(names, weights=counts, minlength=n), np.bincount(names, minlength=n)
        of_family = [i for i in np.flatnonzero(holders).tolist() if self._names[i][0] == family]
        return {self._names[i][1:]: int(phrasings[i]) for i in of_family}, {
            self._names[i][1:]: int(holders[i]) for i in of_family
        }

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
            + float(self._likelihood_weights[names].sum()) * self._absent_unseen
        )
        return Ranking((likelihood + RESEMBLANCE_NATS * resemblance).astype(np.float32), resemblance, nearest)

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

    def __init__(self, starts: NDArray[np.int64], rows: Ints, values: Floats, n_rows: int) -> None:
        self._starts, self._rows, self._values, self._n_rows = starts, rows, values, n_rows

    @classmethod
    def taken_up(cls, arrays: Mapping[str, NDArray[np.generic]], name: str, n_rows: int) -> _Postings:
        starts, rows, values = (arrays[f"{name}_{part}"] for part in ("starts", "rows", "values"))
        return cls(
            starts.astype(np.int64, copy=False), rows.astype(np.int32, copy=False), values.astype(np.float32, copy=False), n_rows
        )

    @staticmethod
    def by_column(name: str, rows: Ints, columns: Ints, values: Floats, n_columns: int) -> dict[str, NDArray[np.generic]]:
        order = np.argsort(columns, kind="stable")
        starts = np.zeros(n_columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(columns, minlength=n_columns), out=starts[1:])
        return {f"{name}_starts": starts, f"{name}_rows": rows[order], f"{name}_values": values[order]}

    def scores(self, names: Ints, weights: Floats) -> Floats:
        starts, ends = self._starts[names], self._starts[names + 1]
        rows = np.concatenate([self._rows[a:b] for a, b in zip(starts, ends, strict=True)])
        values = np.concatenate([self._values[a:b] * w for a, b, w in zip(starts, ends, weights, strict=True)])
        return np.bincount(rows, weights=values, minlength=self._n_rows).astype(np.float32)


def _centroids(owners: Ints, columns: Ints, values: Floats, sizes: Floats, n_names: int) -> dict[str, NDArray[np.generic]]:
    """Each topic's centroid: the mean of its phrasings' vectors, brought to length 1."""
    unique, where = np.unique(owners.astype(np.int64) * n_names + columns, return_inverse=True)
    topics, names = (unique // n_names).astype(np.int32), (unique % n_names).astype(np.int32)
    summed = (np.bincount(where, weights=values) / sizes[topics]).astype(np.float32)
    summed /= _norms(topics, summed, len(sizes))[topics]
    return _Postings.by_column("centroid", topics, names, summed, n_names)


def _likelihood(
    topics: Ints, names: Ints, holding: Floats, families: Sequence[str], sizes: Floats, phrasings: int
) -> dict[str, NDArray[np.generic]]:
    """With n phrasings, m of them holding a feature of background share b, P(feature | topic) = (m + S b) / (n + S)."""
    weights = np.array([_LIKELIHOOD_WEIGHTS[f] for f in families], dtype=np.float32)
    used = weights[names] > 0
    topics, names, holding = topics[used], names[used], holding[used]
    background = (np.bincount(names, weights=holding, minlength=len(families)) + 0.1) / max(1, phrasings)
    prior = (SHRINKAGE * background).astype(np.float32)
    present = np.log1p(holding / prior[names]) * weights[names]
    share = np.minimum(0.95, (holding + prior[names]) / (sizes[topics] + SHRINKAGE))
    absent = -np.log1p(-share) * _ABSENCE
    all_absent = -np.bincount(topics, weights=absent, minlength=len(sizes)).astype(np.float32)
    both = (present + absent).astype(np.float32)
    return _Postings.by_column("present", topics, names, both, len(families)) | {"all_absent": all_absent}


def _damped(counts: Floats) -> Floats:
    return np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)


def _norms(rows: Ints, values: Floats, n: int) -> Floats:
    norms = np.sqrt(np.bincount(rows, weights=values.astype(np.float64) ** 2, minlength=n)).astype(np.float32)
    norms[norms == 0] = 1
    return norms


def _best_by_owner(scores: Floats, owners: Ints, n: int) -> tuple[Floats, Ints]:
    best = np.zeros(n, dtype=np.float32)
    if len(owners):
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
        best[owners[starts]] = np.maximum.reduceat(scores, starts)
    which = np.full(n, -1, dtype=np.int32)
    hits = np.flatnonzero(scores == best[owners])[::-1]
    which[owners[hits]] = hits
    return best, which
