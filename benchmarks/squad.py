"""Finding the sentence that answers, and telling near misses apart, on SQuAD 2.0, beside named rivals in the same run.

PATH is a folder that holds two files of JSON lines made from SQuAD 2.0 (Rajpurkar, Jia and Liang, ACL 2018; CC BY-SA 4.0; https://rajpurkar.github.io/SQuAD-explorer/):
`*.paragraphs.jsonl` with {"title", "par", "context"} and `*.questions.jsonl` with {"title", "question", "answers": [[text, ...], ...], "impossible"}. Nothing of
it is committed but the coefficients learnt from it.

A question is asked of its whole article, sentence by sentence. A hit is a sentence that holds an answer's text. AUROC: the answerable questions against the
unanswerable of the same article (near misses), and against questions about other articles (off topic). The project's own figures are out of article: an
article's questions are scored by weights learnt from the other articles. --learn writes bot/data/sentences.yaml, from all of them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.engine.build import frequency_ranks
from bot.engine.question import Lexicon, Question, clean
from bot.engine.sentences import EXAMINED, FIT_NAMES, Sentences, Weights
from bot.pack.loading import english, load
from bot.text.words import STOP_WORDS, split, stem

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEIGHTS = Path(__file__).parent.parent / "bot" / "data" / "sentences.yaml"
SEED = 1
OFF_TOPIC = 100  # questions about other articles, asked of each
ANSWERED_NEAR_MISSES = 0.12  # the share of near misses that may be answered: what the threshold is chosen for
RIDGE_ORDER, RIDGE_MEETS = 30.0, 10.0
WEIGHT_MISSED, WEIGHT_OFF_TOPIC = 0.3, 0.25  # of a question whose sentence was not found, and of one about another article

ORDER = """
    covered_rarity second_unmet unmet_rarity unmet_elsewhere two_in_a_row kind_missing kind_held number_missing covered_by_paragraph covered_by_neighbours
    character_score lead best_around
""".split()
MEETS = """
    words covered mostly_unmet covered_rarity rarest_unmet unmet_rarity unmet_count unmet_known unmet_elsewhere unmet_unknown unmet_name_unknown unmet_number
    unmet_number_known negation_asked opposite restriction_unmet restriction_known pairs pairs_apart two_in_a_row three_in_a_row kind_missing focus_words
    focus_met focus_unmet other_rarest_unmet other_unmet_rarity other_unmet_count other_covered covered_by_paragraph covered_by_neighbours character_lead length
""".split()
# What may never speak for an answer, or never against one, whatever chance teaches.
AGAINST = frozenset(
    "mostly_unmet rarest_unmet unmet_rarity unmet_name_unknown unmet_number negation_asked opposite restriction_unmet kind_missing".split()
)
FOR = frozenset("covered covered_rarity focus_met".split())


@dataclass(frozen=True)
class Asked:
    """A question put to an article. `kind`: answerable, near miss or off topic."""

    article: int
    kind: str
    text: str
    read: Question
    hits: frozenset[int]


@dataclass(frozen=True)
class Text:
    title: str
    sentences: tuple[str, ...]
    index: Sentences


@dataclass(frozen=True)
class Scored:
    """What a system makes of each question: its three best sentences, and how sure it is of the first."""

    best: list[tuple[int, ...]]
    sure: Floats


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "path", type=Path, metavar="PATH", help="a folder with *.paragraphs.jsonl and *.questions.jsonl, made from SQuAD 2.0"
    )
    parser.add_argument(
        "--learn", action="store_true", help=f"learn from all articles and write {WEIGHTS.name}, instead of comparing"
    )
    parser.add_argument("--embeddings", action="store_true", help="add a row for all-MiniLM-L6-v2 (slow)")
    arguments = parser.parse_args()
    files = [sorted(arguments.path.glob(f"*.{kind}.jsonl")) for kind in ("paragraphs", "questions")]
    if not all(len(found) == 1 for found in files):
        print(f"{arguments.path} does not hold one *.paragraphs.jsonl and one *.questions.jsonl", file=sys.stderr)
        return 2
    texts, asked = read(files[0][0], files[1][0])
    measured = Measures.of(texts, asked)
    held_out = measured.out_of_article(asked)
    if arguments.learn:
        learn(measured, asked, held_out)
        return 0
    counts = {kind: sum(a.kind == kind for a in asked) for kind in ("answerable", "near miss", "off topic")}
    print(f"{len(texts)} articles, " + ", ".join(f"{n:,} {kind}" for kind, n in counts.items()))
    print(
        f"\n| system | accuracy@1 | @3 | AUROC, near misses | AUROC, off topic | answered rightly while {ANSWERED_NEAR_MISSES:.0%} of near misses are |"
    )
    print("|---|---|---|---|---|---|")
    for name, scorer in RIVALS.items():
        row(name, ranked(texts, asked, scorer), asked)
    if arguments.embeddings:
        similar = embedded(texts, asked)
        row("all-MiniLM-L6-v2", ranked(texts, asked, lambda t, _: similar[t.title]), asked)
    row("Verbatim, retrieval alone", measured.plain(), asked)
    row("Verbatim, with the verifier (out of article)", held_out, asked)
    return 0


def row(name: str, scored: Scored, asked: Sequence[Asked]) -> None:
    kinds = np.array([a.kind for a in asked])
    hits = [[s in a.hits for s in best] for a, best in zip(asked, scored.best, strict=True)]
    answerable = kinds == "answerable"
    first = np.array([any(h[:1]) for h in hits])
    third = np.array([any(h) for h in hits])
    near, off = scored.sure[kinds == "near miss"], scored.sure[kinds == "off topic"]
    threshold = np.quantile(near, 1 - ANSWERED_NEAR_MISSES)
    right = (first & (scored.sure > threshold))[answerable].mean()
    figures = (
        first[answerable].mean(),
        third[answerable].mean(),
        auroc(scored.sure[answerable], near),
        auroc(scored.sure[answerable], off),
        right,
    )
    print(f"| {name} | " + " | ".join(f"{100 * f:.1f}" for f in figures) + " |", flush=True)


def auroc(above: Floats, below: Floats) -> float:
    """The chance that one of `above` scores higher than one of `below`; equal scores count half."""
    values, where, counts = np.unique(np.concatenate([above, below]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    n, m = len(above), len(below)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m)) if n and m and len(values) else 0.5


# The data


def read(paragraphs: Path, questions: Path) -> tuple[list[Text], list[Asked]]:
    contexts: dict[str, list[tuple[int, str]]] = {}
    for line in paragraphs.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        contexts.setdefault(item["title"], []).append((item["par"], item["context"]))
    items = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines()]
    chance = random.Random(SEED)
    texts: list[Text] = []
    asked: list[Asked] = []
    unweighted = Weights({}, {}, 0.0, 0.5)
    for number, title in enumerate(sorted(contexts)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "article.txt"
            body = "\n\n".join(context for _, context in sorted(contexts[title]))
            path.write_text(f"{title.replace('_', ' ')}\n\n{body}\n", encoding="utf-8")
            pack = load(path)
        lexicon = Lexicon(pack, english(), frequency_ranks())
        sentences = tuple(pack.article.excerpt(s).text for s in pack.article.sentences)
        texts.append(Text(title, sentences, Sentences(pack.article, lexicon, english().antonyms, unweighted)))
        folded = [s.lower() for s in sentences]
        foreign = chance.sample([q for q in items if q["title"] != title], OFF_TOPIC)
        for item in [*(q for q in items if q["title"] == title), *foreign]:
            kind = "off topic" if item["title"] != title else "near miss" if item["impossible"] else "answerable"
            answers = [a[0].lower() for a in item["answers"]] if kind == "answerable" else []
            hits = frozenset(i for i, s in enumerate(folded) if any(a in s for a in answers))
            asked.append(Asked(number, kind, item["question"], lexicon.read(clean(item["question"])), hits))
    return texts, asked


# Rivals: each scores all sentences of an article for all questions put to it


def ranked(texts: Sequence[Text], asked: Sequence[Asked], scorer: Callable[[Text, list[str]], Floats]) -> Scored:
    best: list[tuple[int, ...]] = []
    sure: list[float] = []
    for number, text in enumerate(texts):
        scores = scorer(text, [a.text for a in asked if a.article == number])
        scores[:, 0] = -1.0  # the title, which no system may choose
        best += [tuple(int(i) for i in np.argsort(-line, kind="stable")[:3]) for line in scores]
        sure += [float(line.max()) for line in scores]
    return Scored(best, np.array(sure))


def token_set(text: Text, questions: list[str]) -> Floats:
    plain = [" ".join(w for w in split(s) if w not in STOP_WORDS) for s in text.sentences]
    return np.asarray(
        process.cdist(
            [" ".join(w for w in split(q) if w not in STOP_WORDS) for q in questions], plain, scorer=fuzz.token_set_ratio
        ),
        dtype=np.float64,
    )


def bm25(text: Text, questions: list[str]) -> Floats:
    import bm25s

    def stems(line: str) -> list[str]:
        return [stem(w) for w in split(line) if w not in STOP_WORDS]

    found = bm25s.BM25()
    found.index([stems(s) for s in text.sentences], show_progress=False)
    known = found.vocab_dict
    lines = [[w for w in stems(q) if w in known] for q in questions]
    return np.array([found.get_scores(line) if line else np.zeros(len(text.sentences)) for line in lines], dtype=np.float64)


def character_grams(text: Text, questions: list[str]) -> Floats:
    def counts(line: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for word in split(line):
            padded = f" {word} "
            for n in (3, 4, 5):
                for k in range(len(padded) - n + 1):
                    found[padded[k : k + n]] = found.get(padded[k : k + n], 0) + 1
        return found

    held = [counts(s) for s in text.sentences]
    names = {g: i for i, g in enumerate(sorted({g for c in held for g in c}))}

    def matrix(rows: list[dict[str, int]]) -> Floats:
        out = np.zeros((len(rows), len(names)))
        for i, found in enumerate(rows):
            for gram, n in found.items():
                if gram in names:
                    out[i, names[gram]] = 1 + np.log(n)
        return out

    rows = matrix(held)
    idf = np.log((1 + len(rows)) / (1 + (rows > 0).sum(axis=0))) + 1

    def unit(values: Floats) -> Floats:
        return np.asarray(values / np.maximum(1e-9, np.linalg.norm(values, axis=1, keepdims=True)))

    return unit(matrix([counts(q) for q in questions]) * idf) @ unit(rows * idf).T


RIVALS: dict[str, Callable[[Text, list[str]], Floats]] = {
    "rapidfuzz token_set_ratio": token_set,
    "bm25s, stemmed": bm25,
    "TF-IDF of character 3-5-grams": character_grams,
}


def embedded(texts: Sequence[Text], asked: Sequence[Asked]) -> dict[str, Floats]:
    from bot.engine.embedding import Embedder

    embedder = Embedder.load(required=True)
    assert embedder is not None  # or load has said what is missing
    return {
        text.title: embedder.embed([a.text for a in asked if a.article == number]).astype(np.float64)
        @ embedder.embed(list(text.sentences)).astype(np.float64).T
        for number, text in enumerate(texts)
    }


# Our own


@dataclass(frozen=True)
class Measures:
    """For each question, what is measured about its few sentences: (question, sentence, FIT_NAMES), padded; `held` says which rows are."""

    sentences: NDArray[np.int64]
    values: Floats
    held: Bools
    hit: Bools
    article: NDArray[np.int64]
    kind: NDArray[np.str_]

    @classmethod
    def of(cls, texts: Sequence[Text], asked: Sequence[Asked]) -> Measures:
        sentences = np.full((len(asked), EXAMINED), -1)
        values = np.zeros((len(asked), EXAMINED, len(FIT_NAMES)))
        for n, question in enumerate(asked):
            for k, found in enumerate(texts[question.article].index.measure(question.read)):
                sentences[n, k] = found.sentence
                values[n, k] = [found.fit.value(name) for name in FIT_NAMES]
        hit = np.array([[int(s) in a.hits for s in line] for a, line in zip(asked, sentences, strict=True)])
        return cls(
            sentences, values, sentences >= 0, hit, np.array([a.article for a in asked]), np.array([a.kind for a in asked])
        )

    def columns(self, names: Sequence[str]) -> Floats:
        return self.values[:, :, [FIT_NAMES.index(n) for n in names]]

    def plain(self) -> Scored:
        """By the first stage alone, and how much of the question the best sentence covers."""
        best = [tuple(int(s) for s in line[:3]) for line in self.sentences]
        return Scored(best, self.columns(["covered_rarity"])[:, 0, 0] + self.columns(["character_score"])[:, 0, 0])

    def fit(self, seen: Bools) -> Weights:
        """The weights learnt from the questions that are `seen`."""
        order = dict(zip(ORDER, self._fit_order(seen), strict=True))
        scores = self.scores(order)
        first = scores.argmax(axis=1)
        rows = self.columns(MEETS)[np.arange(len(first)), first]
        found = self.hit[np.arange(len(first)), first]
        answerable = self.kind == "answerable"
        weight = np.where(self.kind == "off topic", WEIGHT_OFF_TOPIC, np.where(answerable & ~found, WEIGHT_MISSED, 1.0))
        usable = seen & self.held[:, 0]
        bias, meets = logistic(rows[usable], answerable[usable].astype(np.float64), weight[usable])
        return Weights(order, dict(zip(MEETS, meets, strict=True)), bias, 0.5)

    def scores(self, order: dict[str, float]) -> Floats:
        return np.where(self.held, self.columns(list(order)) @ np.array(list(order.values())), -1e9)

    def _fit_order(self, seen: Bools) -> list[float]:
        """Multinomial logistic regression over the few sentences of each question, any of the hits being right; Newton's method."""
        usable = seen & (self.kind == "answerable") & self.hit.any(axis=1)
        values, held, hit = self.columns(ORDER)[usable], self.held[usable], self.hit[usable]
        scale = values[held].std(axis=0) + 1e-6
        values = values / scale
        flat = values.reshape(-1, len(ORDER))
        weights = np.zeros(len(ORDER))
        for _ in range(15):
            scores = np.where(held, values @ weights, -1e9)
            scores -= scores.max(axis=1, keepdims=True)
            share = np.exp(scores)
            right = share * hit
            share /= share.sum(axis=1, keepdims=True)
            right /= np.maximum(1e-300, right.sum(axis=1, keepdims=True))
            mean = np.einsum("nk,nkd->nd", share, values)
            hessian = (flat * share.reshape(-1, 1)).T @ flat - mean.T @ mean + RIDGE_ORDER * np.eye(len(ORDER))
            weights -= np.linalg.solve(hessian, flat.T @ (share - right).ravel() + RIDGE_ORDER * weights)
        return [float(w) for w in weights / scale]

    def apply(self, weights: Weights) -> Scored:
        scores = self.scores(dict(weights.order))
        order = np.argsort(-scores, axis=1, kind="stable")
        first = np.arange(len(order)), order[:, 0]
        z = weights.bias + self.columns(list(weights.meets))[first] @ np.array(list(weights.meets.values()))
        best = [tuple(int(line[k]) for k in o[:3]) for line, o in zip(self.sentences, order, strict=True)]
        return Scored(best, np.where(self.held[:, 0], 1 / (1 + np.exp(-z)), 0.0))

    def out_of_article(self, asked: Sequence[Asked]) -> Scored:
        """Each question scored by the weights that the other articles' questions teach."""
        best: list[tuple[int, ...]] = [()] * len(asked)
        sure = np.zeros(len(asked))
        for article in range(int(self.article.max()) + 1):
            own = self.article == article
            scored = self.apply(self.fit(~own))
            sure[own] = scored.sure[own]
            for n in np.flatnonzero(own):
                best[n] = scored.best[n]
        return Scored(best, sure)


def logistic(rows: Floats, answers: Floats, weight: Floats) -> tuple[float, list[float]]:
    """Ridge-penalised logistic regression; a coefficient that would come out with a sign that its meaning forbids is left out (0)."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    standard = (rows - mean) / scale
    against, speaks = (np.array([m in group for m in MEETS]) for group in (AGAINST, FOR))
    free = np.ones(len(MEETS), dtype=bool)
    while True:
        z = np.hstack([np.ones((len(rows), 1)), standard[:, free]])
        penalty = RIDGE_MEETS * np.eye(z.shape[1])
        penalty[0, 0] = 1e-6
        beta = np.zeros(z.shape[1])
        for _ in range(10):
            p = 1 / (1 + np.exp(-z @ beta))
            beta -= np.linalg.solve(
                (z * (weight * p * (1 - p))[:, None]).T @ z + penalty, z.T @ (weight * (p - answers)) + penalty @ beta
            )
        full = np.zeros(len(MEETS))
        full[free] = beta[1:]
        wrong = np.where((against & (full > 0)) | (speaks & (full < 0)), abs(full), 0.0)
        if not wrong.any():
            raw = full / scale
            return float(beta[0] - raw @ mean), [float(w) for w in raw]
        free[wrong.argmax()] = False


def learn(measured: Measures, asked: Sequence[Asked], held_out: Scored) -> None:
    """Write the weights, with the threshold that the out-of-article probabilities of near misses ask for; print the risk curve."""
    kinds = np.array([a.kind for a in asked])
    right = np.array([bool(best) and best[0] in a.hits for a, best in zip(asked, held_out.best, strict=True)])
    answerable, near, off = (kinds == kind for kind in ("answerable", "near miss", "off topic"))
    threshold = np.ceil(1000 * np.quantile(held_out.sure[near], 1 - ANSWERED_NEAR_MISSES)) / 1000
    print("| threshold | answerable answered rightly | wrongly | near misses answered | off topic answered |")
    print("|---|---|---|---|---|")
    for step in sorted({*np.arange(0.2, 0.95, 0.05).round(2), threshold}):
        given = held_out.sure >= step
        shares = ((given & right)[answerable], (given & ~right)[answerable], given[near], given[off])
        print(f"| {step:.3f} | " + " | ".join(f"{100 * s.mean():.1f}" for s in shares) + " |")
    weights = measured.fit(np.ones(len(asked), dtype=bool))
    given = held_out.sure >= threshold
    lines = [
        "# Which sentence of an uncurated article answers a question, and whether it does. Learnt by `python benchmarks/squad.py PATH --learn`",
        "# from SQuAD 2.0 (CC BY-SA 4.0, https://rajpurkar.github.io/SQuAD-explorer/); only coefficients are kept. What the names mean: Fit in bot/sentences.py.",
        "",
        f"# Chosen so that {ANSWERED_NEAR_MISSES:.0%} of near misses at most are answered: with the article left out of the learning, {given[near].mean():.1%} of them,",
        f"# {given[off].mean():.1%} of questions about other articles, and {(given & right)[answerable].mean():.1%} of the answerable ones rightly, {(given & ~right)[answerable].mean():.1%} with another sentence.",
        f'threshold: "{threshold:.3f}"',
        "",
        "# A sentence's score against the article's other ones, in nats.",
        "order:",
        *(f'  {name}: "{weight:.4f}"' for name, weight in weights.order.items()),
        "",
        "# The best sentence answers with the probability logistic(bias + meets . fit).",
        f'bias: "{weights.bias:.4f}"',
        "meets:",
        *(f'  {name}: "{weight:.4f}"' for name, weight in weights.meets.items()),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\n{WEIGHTS} written")


if __name__ == "__main__":
    raise SystemExit(main())
