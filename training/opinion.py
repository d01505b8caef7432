"""Fits what tells that an opinion is asked for, bot/data/opinion.json, and says how well it tells that about other articles.

Opinions are asked for in training/opinions.tsv, about each article of the corpus: a folder, "opinion" or "fact", and a message. The facts look like opinions but
ask for what an article may report. Other messages that ask for none are the corpus's questions. Fitted on the articles that the reader is trained on;
those kept for fitting the policy choose the ridge, and those for measuring are only measured.

    python -m training.opinion [--dry-run]
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.curate.calibration import fit_logistic
from bot.engine.build import OPINION_FILE
from bot.engine.opinion import OpinionSign
from bot.engine.question import clean
from bot.engine.reader import VECTOR_SIZE, as_question, encode
from bot.text.words import split
from training.articles import FITTING, MEASURING, folders, read, training_folders

SHIPPED = Path(__file__).resolve().parent.parent / "bot" / "data" / OPINION_FILE
MESSAGES = Path(__file__).resolve().parent / "opinions.tsv"
QUESTIONS = 30  # of the corpus, of each article
SEED = 7
_COMMON = 6  # articles about which a word was said, for it to count: names are of one
_WORD = 0.2  # size of a word beside the unit vector, which sets how freely it may weigh
_FEWER = 0.5  # weight of a question of the corpus: few of what people ask seem to want an opinion
_RIDGES = (0.03, 0.1, 0.3, 1.0)

Floats = NDArray[np.float64]


class Message(NamedTuple):
    """What was said about the article in a folder, whether it asks for an opinion, and whether it only looks so."""

    folder: str
    text: str
    wanted: bool
    alike: bool = False


def messages(names: Sequence[str], questions: int | None = QUESTIONS) -> list[Message]:
    """About the articles of these names; of the corpus's questions of each so many, or all."""
    found = []
    for line in MESSAGES.read_text(encoding="utf-8").splitlines():
        folder, kind, text = line.split("\t")
        if folder in names:
            found.append(Message(folder, text, kind == "opinion", kind == "fact"))
    rng = random.Random(SEED)
    for path in folders():
        if path.name in names:
            asked = [row.question for row in read(path).rows]
            rng.shuffle(asked)
            found += [Message(path.name, text, False) for text in asked[:questions]]
    return found


def vectors_of(found: Sequence[Message]) -> Floats:
    """The encoder's, a row a message."""
    return encode([as_question(clean(m.text)) for m in found]).astype(np.float64)


def fit(found: Sequence[Message], vectors: Floats, ridge: float) -> OpinionSign:
    said_about = {(word, m.folder) for m in found if m.wanted or m.alike for word in split(m.text)}
    words = sorted(word for word, n in Counter(word for word, _ in said_about).items() if n >= _COMMON)
    place = {word: i for i, word in enumerate(words)}
    said = np.zeros((len(found), len(words)))
    for row, m in zip(said, found, strict=True):
        row[[place[word] for word in set(split(m.text)) if word in place]] = _WORD
    wanted = np.array([float(m.wanted) for m in found])
    bias, *beta = fit_logistic(np.hstack([said, vectors]), wanted, ridge, _counted(found))
    weights = {word: round(float(_WORD * b), 3) for word, b in zip(words, beta, strict=False)}
    return OpinionSign(round(float(bias), 3), weights, np.round(beta[len(words) :], 3).astype(np.float32))


def _counted(found: Sequence[Message]) -> Floats:
    """How much each counts."""
    return np.array([1.0 if m.wanted or m.alike else _FEWER for m in found])


def told(sign: OpinionSign, found: Sequence[Message], vectors: Floats) -> Floats:
    """The log-odds of each."""
    return np.array([sign.log_odds(m.text, v) for m, v in zip(found, vectors.astype(np.float32), strict=True)])


def report(odds: Floats, found: Sequence[Message]) -> str:
    """How many of each kind are taken for opinions, at log-odds of 0; and of the opinions at the one that takes 1% of the questions."""
    kinds = {
        "opinions": [m.wanted for m in found],
        "alike": [m.alike for m in found],
        "questions": [not (m.wanted or m.alike) for m in found],
    }
    parts = [f"{name} {np.mean(odds[which] > 0):.1%} of {sum(which)}" for name, which in kinds.items()]
    bar = np.quantile(odds[kinds["questions"]], 0.99)
    return f"{', '.join(parts)}; opinions where 1% of the questions are: {np.mean(odds[kinds['opinions']] > bar):.1%}"


def text_of(sign: OpinionSign) -> str:
    """As the file that ships: a word a line."""
    words = ",\n".join(f"  {json.dumps(word)}: {weight}" for word, weight in sign.words.items())
    direction = ", ".join(f"{x:.3f}" for x in sign.direction.tolist())
    return f'{{"bias": {sign.bias},\n"words": {{\n{words}}},\n"direction": [{direction}]}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    options = parser.parse_args()
    learnt, kept, measured = (
        messages([f.name for f in which], questions)
        for which, questions in ((training_folders(), QUESTIONS), (folders(FITTING), None), (folders(MEASURING), None))
    )
    vectors, of_kept, of_measured = map(vectors_of, (learnt, kept, measured))
    assert vectors.shape[1] == VECTOR_SIZE
    signs = [fit(learnt, vectors, ridge) for ridge in _RIDGES]
    best = max(signs, key=lambda sign: _likelihood(told(sign, kept, of_kept), kept))
    for ridge, sign in zip(_RIDGES, signs, strict=True):
        mark = "*" if sign is best else " "
        print(f"{mark} ridge {ridge}: {FITTING} {report(told(sign, kept, of_kept), kept)}")
    print(f"{MEASURING} {report(told(best, measured, of_measured), measured)}")
    without = np.array([best.log_odds(m.text, None) for m in measured])
    print(f"{MEASURING}, by words alone: {report(without, measured)}")
    if not options.dry_run:
        SHIPPED.write_text(text_of(best), encoding="utf-8")


def _likelihood(odds: Floats, found: Sequence[Message]) -> float:
    signs = np.array([1.0 if m.wanted else -1.0 for m in found])
    return float(-(_counted(found) * np.logaddexp(0, -signs * odds)).sum())


if __name__ == "__main__":
    main()
