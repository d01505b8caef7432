"""What tells that an opinion is asked for: by made-up weights, and the file that ships."""

from __future__ import annotations

import numpy as np
import pytest

from bot.engine.build import opinion_sign
from bot.engine.opinion import OpinionSign
from bot.engine.reader import VECTOR_SIZE, as_question, encode

SIGN = OpinionSign(-1.0, {"should": 2.0, "is not": 9.0, "fair": 0.5}, np.array([3.0, -1.0], dtype=np.float32))


def test_words_and_the_vector_add_up() -> None:
    assert SIGN.log_odds("Should they? Is it fair, FAIR?", np.array([0.5, 0.5], dtype=np.float32)) == pytest.approx(2.5)


def test_without_an_encoder_the_words_alone_count() -> None:
    assert SIGN.log_odds("is it fair", None) == pytest.approx(-0.5)
    assert SIGN.log_odds("when?", None) == -1.0


def test_what_ships_tells_opinions_from_questions_that_look_like_them() -> None:
    """About nothing that it was fitted on."""
    sign = opinion_sign()
    assert sign.direction.shape == (VECTOR_SIZE,)
    wanted = ["Is the baker a liar?", "would you say the landlord is a good man", "shame on the orchestra, right?"]
    others = ["What does the baker think of the landlord?", "when did the tenants move out", "will the orchestra play on Friday?"]
    vectors = encode([as_question(text) for text in (*wanted, *others)])
    odds = [sign.log_odds(text, vector) for text, vector in zip((*wanted, *others), vectors, strict=True)]
    assert all(x > 0 for x in odds[:3])
    assert all(x < 0 for x in odds[3:])
