"""A reader that says what a test tells it to, and engines over it that load no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.engine.build import build
from bot.engine.decide import CHOICE_NAMES, SIGNAL_NAMES, Bars, Logistic, Policy
from bot.engine.pipeline import Engine
from bot.engine.reader import Floats, Passage
from bot.engine.sources import sources_of
from bot.pack.values import Pack, normal_form
from bot.serve.library import Look, look

BARS = Bars(answer=0.5, follow_up=0.5, lead=0.7, absent=0.2, premise=0.5, talk=0.3, gap=0.3, equal=0.7, also=1.1)
# The reader decides; for talk, which is never read, the nearest phrasing does, where it has about all words of the question.
WEIGHTS = {"reader": 1.0, "nearness": 8.0, "opinion": -4.0, "off_topic": -4.0, "small_talk": -4.0, "none": 2.0}
NO = -9.0  # the logit of what does not answer


def policy(bars: Bars = BARS) -> Policy:
    """One by which an answer is as probable as the share of the entries says."""
    choice = tuple(WEIGHTS.get(name, 0.0) for name in CHOICE_NAMES)
    odds = Logistic(0.0, tuple(float(name == "odds") for name in SIGNAL_NAMES))
    return Policy(choice, odds, odds, bars)


@dataclass
class Reader:
    """Says of each topic (a phrasing's, or a sentence's text) what the test wrote down, and remembers what it was asked to read.

    `says` holds (words, topic, logit): to a question with those words in it, the topic gets that logit; the last that fits counts.
    """

    pack: Pack
    says: Sequence[tuple[str, str, float]]
    batches: list[list[tuple[str, str]]] = field(default_factory=list)

    def __call__(self, questions: Sequence[str], passages: Sequence[Passage]) -> Floats:
        topics = [self.pack.phrased[normal_form(p.asked)].id if p.asked else p.text for p in passages]
        self.batches.append(list(zip(questions, topics, strict=True)))
        return np.array([self._logit(q, t) for q, t in self.batches[-1]], dtype=np.float32)

    def _logit(self, question: str, topic: str) -> float:
        return next((z for words, t, z in reversed(self.says) if words in question and t == topic), NO)


@dataclass
class Made:
    """An engine with the reader in it."""

    engine: Engine
    reader: Reader


def make_engine(folder: Path, *says: tuple[str, str, float], policy: Policy) -> Made:
    """Topics are found by their words, as without the reader, and read as told."""
    built = _built(folder, look(folder))
    reader = Reader(built.pack, says)
    return Made(Engine(built.pack, built.lexicon, sources_of(built.pack), built._learnt, reader, policy), reader)


@lru_cache(maxsize=4)
def _built(folder: Path, files: Look) -> Engine:
    """What engines over the same files share: the pack, and what is learnt of it."""
    return build(folder, reader=False)
