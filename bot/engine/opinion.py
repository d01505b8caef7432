"""How probable it is that a message asks for a judgement, advice or the bot's own view, whatever the article: a logistic regression over its words and,
where there is an encoder, over its vector. Fitted by training/opinion.py; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.engine.reader import Floats
from bot.text.words import split


@dataclass(frozen=True)
class OpinionSign:
    """`words`: what each word adds to the log-odds; `direction`: what the encoder's unit vector does, of its size."""

    bias: float
    words: Mapping[str, float]
    direction: Floats

    def log_odds(self, text: str, vector: Floats | None) -> float:
        """Of a message with its vector; without one (the encoder is off), what its words say."""
        said = sum(self.words.get(word, 0.0) for word in set(split(text)))
        meant = 0.0 if vector is None else float(np.einsum("i,i->", self.direction, vector))
        return self.bias + said + meant
