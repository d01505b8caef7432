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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.engine.question import Question

CENTROID_SHARE = 0.7
# The families of features by their first letter: words (stems), concepts, names, character n-grams, the kind of thing asked for, pairs of neighbouring
# words, what the question is of ("which *committee*"), and whether it narrows, negates or numbers. Each with its share in resemblance and in likelihood.
_WEIGHTS = {"w": 1.0, "c": 0.8, "e": 1.3, "g": 0.45, "q": 0.7, "b": 0.3, "f": 0.3, "r": 0.3, "n": 0.3, "d": 0.3}
_LIKELIHOOD_WEIGHTS = {"w": 1.0, "c": 0.5, "e": 1.0, "g": 0.0, "q": 1.0, "b": 0.5, "f": 0.5, "r": 0.5, "n": 0.5, "d": 0.5}
# Facts: features without weight, kept for profiles: restrictors, numbers, agents, patients.
_LIKELIHOOD_WEIGHTS |= dict.fromkeys("RNAP", 0.0)
_ABSENCE = 0.5
_GRAMS = (3, 4, 5)
SHRINKAGE = 3.0  # phrasings' worth of background mixed into a topic's word frequencies
RESEMBLANCE_NATS = 25.0  # what a resemblance of 1 is worth beside the likelihood
# What a resemblance of 1 by sentence embeddings is worth, where there are any: from `TRUSTED_PHRASINGS` a topic on, and at most, with few.
MEANING_NATS, MOST_MEANING_NATS = 20.0, 120.0
TRUSTED_PHRASINGS = 20.0  # phrasings a topic from which the likelihood has its full weight
_SHORT = 300  # entries up to which posting lists are added up together: one numpy call for all costs less than one each
_FULL_SHARE = (
    0.1  # share of the rows from which a feature's column is kept in full, since adding it takes less time than its entries
)
_STRETCH = 200_000  # entries that are sorted at a time while learning

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


@lru_cache(maxsize=65536)
def _grams(word: str) -> tuple[str, ...]:
    padded = f"^{word}$"
    return tuple("g" + padded[i : i + n] for n in _GRAMS for i in range(len(padded) - n + 1))


@dataclass(frozen=True, slots=True)
class Ranking:
    """For every topic, in the order in which they were given: the evidence for it (in nats, comparable within one question), its resemblance (0 to 1)
    and the index of its nearest phrasing (-1 where none shares a feature). For every phrasing: how close it is (cosine, 0 to 1)."""

    evidence: Floats
    resemblance: Floats
    nearest: Ints
    closeness: Floats


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A phrasing taken as if it had never been learnt: its topic, its place among all phrasings, and the features that go with it."""

    topic: int
    phrasing: int
    held: frozenset[str]


class Index:
    """Topics as lists of read phrasings, searchable by question. Learnt once; its arrays can be kept and taken up again."""

    def __init__(self, names: Sequence[str], arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._names, self._arrays = names, arrays
        self._ids = {name: i for i, name in enumerate(names)}
        self.owners = arrays["owners"].astype(np.int32, copy=False)
        self.size = int(arrays["size"][0])
        self._counts = np.bincount(self.owners, minlength=self.size)
        self._sizes = np.maximum(1, self._counts).astype(np.float32)
        self._asked = np.flatnonzero(self._counts)  # the topics that have phrasings, and where those of each begin
        self._firsts = (np.cumsum(self._counts) - self._counts)[self._asked]
        # The standard error of a frequency falls with the square root of the number of phrasings behind it: with few, resemblance weighs more.
        # Both are changed, so that evidence keeps its scale. The harmonic mean: a few large topics do not make up for many small ones.
        typical = self.size / float((1 / self._sizes).sum()) if self.size else TRUSTED_PHRASINGS
        share = min(1.0, typical / TRUSTED_PHRASINGS)
        self._trust = math.sqrt(math.sqrt(share))
        self._meaning_nats = min(MOST_MEANING_NATS, MEANING_NATS / share**2)
        self._idf = arrays["idf"].astype(np.float32, copy=False)
        self._unknown = {family: math.log(1 + self.size) * weight for family, weight in _WEIGHTS.items()}
        self._likelihood_weights = np.array([_LIKELIHOOD_WEIGHTS[n[0]] for n in names], dtype=np.float32)
        self._absent_unseen = np.log(SHRINKAGE / (self._sizes + SHRINKAGE)).astype(np.float32)
        self._phrasings = _Postings.taken_up(arrays, "phrasing", len(self.owners))
        self._centroids = _Postings.taken_up(arrays, "centroid", self.size)
        self._norms = arrays["centroid_norms"].astype(np.float32, copy=False)
        # In how many of its phrasings a topic has a feature: three arrays in step, ordered by feature.
        self._holders = arrays["held_rows"].astype(np.int32, copy=False)
        self._holdings = arrays["held_values"].astype(np.float32, copy=False)
        self._columns = np.repeat(np.arange(len(names), dtype=np.int32), np.diff(arrays["held_starts"]))
        self._totals = np.bincount(self._columns, weights=self._holdings, minlength=len(names))
        self._prior = (SHRINKAGE * (self._totals + 0.1) / max(1, len(self.owners))).astype(np.float32)
        present, absent = self._informs(self._columns, self._holdings, self._sizes[self._holders])
        self._all_absent = -np.bincount(self._holders, weights=absent, minlength=self.size).astype(np.float32)
        self._present = _Postings(arrays["held_starts"].astype(np.int64, copy=False), self._holders, present + absent, self.size)

    @classmethod
    def learn(cls, topics: Iterable[Iterable[Question]]) -> Index:
        """Learn from each topic's phrasings, read without spelling repair. Each is looked at once and not kept, so they may be read on the way."""
        ids: dict[str, int] = {}
        found, weights, lengths, numbers = array("i"), array("f"), array("i"), array("i")
        for phrasings in topics:
            before = len(lengths)
            for phrasing in phrasings:
                bag = features(phrasing, facts=True)
                found.extend([ids.setdefault(name, len(ids)) for name in bag])
                weights.extend(bag.values())
                lengths.append(len(bag))
            numbers.append(len(lengths) - before)
        names, size, n = list(ids), len(numbers), len(lengths)
        families = [name[0] for name in names]
        owners = np.repeat(np.arange(size, dtype=np.int32), np.frombuffer(numbers, dtype=np.int32))
        rows = np.repeat(np.arange(n, dtype=np.int32), np.frombuffer(lengths, dtype=np.int32))
        columns = np.frombuffer(found, dtype=np.int32)
        counts = np.frombuffer(weights, dtype=np.float32)
        # How many phrasings of a topic have a feature: the basis of document frequencies, of likelihoods and of profiles.
        holders, held, holding = _summed_by_topic(owners[rows], columns, np.ones(len(rows), dtype=np.float32))
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
        told = np.isin(held, np.flatnonzero([f != "g" for f in families]))
        arrays |= _Postings.by_column("held", holders[told], held[told], holding[told].astype(np.float32), len(ids))
        return cls(names, arrays)

    def state(self) -> tuple[Sequence[str], Mapping[str, NDArray[np.generic]]]:
        """What `Index(names, arrays)` takes up again."""
        return self._names, self._arrays

    def holdings(self, topic: int) -> dict[str, int]:
        """How many phrasings of a topic have each feature (character n-grams apart), by the feature's name."""
        names, counts = self._held_by(topic)
        return {self._names[i]: int(c) for i, c in zip(names.tolist(), counts.tolist(), strict=True)}

    def occurrences(self, family: str, topics: NDArray[np.bool_]) -> tuple[dict[str, int], dict[str, int]]:
        """For the features of a family: in how many phrasings, and in how many topics, of those chosen each occurs."""
        of_family = np.flatnonzero(np.array([name[0] == family for name in self._names])[self._columns] & topics[self._holders])
        columns, n = self._columns[of_family], len(self._names)
        phrasings = np.bincount(columns, weights=self._holdings[of_family], minlength=n)
        holders = np.bincount(columns, minlength=n)
        return {self._names[i][1:]: int(phrasings[i]) for i in np.flatnonzero(holders).tolist()}, {
            self._names[i][1:]: int(holders[i]) for i in np.flatnonzero(holders).tolist()
        }

    def rank(self, question: Question, without: LeftOut | None = None, meaning: Floats | None = None) -> Ranking:
        """The evidence for every topic, `without` a phrasing as if it had never been learnt. A question without a known feature has none for any.
        `meaning` is each topic's resemblance by sentence embeddings, of which what lies above the mean of all topics counts."""
        names, weights = self._query(features(question), without)
        if not len(names):
            zeros = np.zeros(self.size, dtype=np.float32)
            return Ranking(zeros, zeros, np.full(self.size, -1, dtype=np.int32), np.zeros(len(self.owners), dtype=np.float32))
        by_phrasing, by_centroid = self._phrasings.scores(names, weights), self._centroids.scores(names, weights)
        likelihood = (
            self._present.scores(names, np.ones(len(names), dtype=np.float32))
            + self._all_absent
            + float(self._likelihood_weights[names].sum()) * self._absent_unseen
        )
        if without is not None:
            by_phrasing[without.phrasing] = 0
            by_centroid[without.topic] = self._centroid_without(without, float(by_centroid[without.topic]), weights)
            likelihood[without.topic] = self._likelihood_without(without, names)
        best, nearest = self._best(by_phrasing)
        resemblance = CENTROID_SHARE * by_centroid + (1 - CENTROID_SHARE) * best
        evidence = self._trust * likelihood + RESEMBLANCE_NATS / self._trust * resemblance
        if meaning is not None:
            evidence += self._meaning_nats * (meaning - meaning.mean())
        return Ranking(evidence.astype(np.float32), resemblance, nearest, by_phrasing)

    def _best(self, scores: Floats) -> tuple[Floats, Ints]:
        """Each topic's best score among its phrasings, and the first phrasing that has it."""
        best, which = np.zeros(self.size, dtype=np.float32), np.full(self.size, -1, dtype=np.int32)
        if len(self._firsts):
            best[self._asked] = np.maximum.reduceat(scores, self._firsts)
        hits = np.flatnonzero(scores == np.repeat(best, self._counts))[::-1]
        which[self.owners[hits]] = hits
        return best, which

    def leave_out(self, phrasing: int, question: Question) -> LeftOut:
        """The phrasing at a place among all, which `question` is, read without spelling repair."""
        return LeftOut(int(self.owners[phrasing]), phrasing, frozenset(features(question, facts=True)))

    def _centroid_without(self, without: LeftOut, cosine: float, weights: Floats) -> float:
        """The cosine to the mean of the phrasings that stay. The question is the phrasing that goes, so its product with itself is known."""
        size = float(self._sizes[without.topic])
        if size <= 1:
            return 0.0
        length = size * float(self._norms[without.topic])
        itself = float((weights**2).sum())
        product = cosine * length - itself
        rest = length**2 - 2 * (product + 1) + 1
        return product / math.sqrt(rest) if rest > 0 else 0.0

    def _likelihood_without(self, without: LeftOut, names: Ints) -> float:
        size = float(self._sizes[without.topic]) - 1
        if size < 1:
            return -1e6  # nothing is left to speak for it
        held, counts = self._held_by(without.topic)
        gone = np.array([self._names[i] in without.held for i in held], dtype=np.float32)
        present, absent = self._informs(held, counts - gone, np.float32(size))
        asked = np.isin(held, names)
        unseen = math.log(SHRINKAGE / (size + SHRINKAGE)) * float(self._likelihood_weights[names].sum())
        return float(present[asked].sum() - absent[~asked].sum()) + unseen

    def _held_by(self, topic: int) -> tuple[Ints, Floats]:
        """A topic's features, and how many of its phrasings have each."""
        order, starts = self._by_topic
        chosen = order[starts[topic] : starts[topic + 1]]
        return self._columns[chosen], self._holdings[chosen]

    @cached_property
    def _by_topic(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        rows = self._holders
        order = np.argsort(rows.astype(np.uint16) if self.size < 1 << 16 else rows, kind="stable")
        return order, np.searchsorted(rows[order], np.arange(self.size + 1))

    def _query(self, bag: Counter[str], without: LeftOut | None) -> tuple[Ints, Floats]:
        """The question's known features and their weights; unknown ones count in the norm, so strange words cost."""
        names, weights, total = [], [], 0.0
        for name, count in bag.items():
            at = self._ids.get(name)
            if at is not None and without is not None and self._totals[at] == 1 and name in without.held:
                at = None
            damped = 1 + math.log(count) if count > 1 else count
            weight = damped * (float(self._idf[at]) if at is not None else self._unknown[name[0]])
            total += weight * weight
            if at is not None:
                names.append(at)
                weights.append(weight)
        norm = math.sqrt(total) or 1.0
        return np.array(names, dtype=np.int32), np.array(weights, dtype=np.float32) / np.float32(norm)

    def _informs(self, names: Ints, holding: Floats, sizes: Floats | np.float32) -> tuple[Floats, Floats]:
        """What the presence of features says for a topic and what their absence says against it, in nats: with n phrasings, m of which
        hold a feature of background share b, P(feature | topic) = (m + S b) / (n + S)."""
        weights, prior = self._likelihood_weights[names], self._prior[names]
        present = np.log1p(holding / prior) * weights
        absent = -np.log1p(-np.minimum(0.95, (holding + prior) / (sizes + SHRINKAGE))) * _ABSENCE * (weights > 0)
        return present.astype(np.float32), absent.astype(np.float32)


class _Postings:
    """A sparse matrix by column: for each feature, the rows that have it and their weights."""

    def __init__(self, starts: NDArray[np.int64], rows: Ints, values: Floats, n_rows: int) -> None:
        self._starts, self._rows, self._values, self._n_rows = starts, rows, values, n_rows
        self._full: dict[int, Floats] = {}
        for name in np.flatnonzero(np.diff(starts) > max(_SHORT, n_rows * _FULL_SHARE)).tolist():
            self._full[name] = np.zeros(n_rows, dtype=np.float32)
            self._full[name][rows[starts[name] : starts[name + 1]]] = values[starts[name] : starts[name + 1]]

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
        starts = self._starts[names]
        lengths = self._starts[names + 1] - starts
        short = lengths <= _SHORT
        counts = lengths[short]
        at = np.arange(counts.sum()) + np.repeat(starts[short] - np.cumsum(counts) + counts, counts)
        values = self._values[at] * np.repeat(weights[short], counts)
        scores = np.bincount(self._rows[at], weights=values, minlength=self._n_rows).astype(np.float32)
        # One by one where the entries are many: no row stands twice in a list.
        added = np.empty_like(scores)
        for name, start, length, weight in zip(
            names[~short].tolist(), starts[~short], lengths[~short], weights[~short], strict=True
        ):
            if name in self._full:
                scores += np.multiply(self._full[name], weight, out=added)
            else:
                scores[self._rows[start : start + length]] += self._values[start : start + length] * weight
        return scores


def _centroids(owners: Ints, columns: Ints, values: Floats, sizes: Floats, n_names: int) -> dict[str, NDArray[np.generic]]:
    """Each topic's centroid: the mean of its phrasings' vectors, brought to length 1."""
    topics, names, summed = _summed_by_topic(owners, columns, values)
    summed /= sizes[topics]
    norms = _norms(topics, summed, len(sizes))
    return _Postings.by_column("centroid", topics, names, summed / norms[topics], n_names) | {"centroid_norms": norms}


def _summed_by_topic(topics: Ints, names: Ints, values: Floats) -> tuple[Ints, Ints, Floats]:
    """The entries of a matrix, ordered by topic, with those of the same topic and name added up: topics, names and sums, ordered by both.

    A stretch of topics at a time, since sorting all at once takes several times the memory of the result.
    """
    parts = [
        (t[first], n[first], np.add.reduceat(v, first))
        for t, n, v in _ordered(topics, names, values)
        if len(first := np.flatnonzero(np.r_[True, (t[1:] != t[:-1]) | (n[1:] != n[:-1])]))
    ]
    if not parts:
        return topics, names, values
    found_topics, found_names, sums = (np.concatenate(part) for part in zip(*parts, strict=True))
    return found_topics, found_names, sums


def _ordered(topics: Ints, names: Ints, values: Floats) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Stretches of whole topics, each ordered by topic and name."""
    start = 0
    while start < len(topics):
        end = int(np.searchsorted(topics, topics[min(start + _STRETCH, len(topics)) - 1], side="right"))
        order = np.lexsort((names[start:end], topics[start:end])) + start
        yield topics[order], names[order], values[order]
        start = end


def _damped(counts: Floats) -> Floats:
    return np.where(counts > 1, 1 + np.log(np.maximum(counts, 1)), counts).astype(np.float32)


def _norms(rows: Ints, values: Floats, n: int) -> Floats:
    norms = np.sqrt(np.bincount(rows, weights=values.astype(np.float64) ** 2, minlength=n)).astype(np.float32)
    norms[norms == 0] = 1
    return norms
