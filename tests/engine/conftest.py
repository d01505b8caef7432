"""Of the invented pack: its words, and engines whose reader says what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.reader import BARS, Made, make_engine, policy

from bot.engine.build import build
from bot.engine.decide import Bars
from bot.engine.question import Lexicon, Question


@pytest.fixture(scope="session")
def lexicon(tiny_folder: Path) -> Lexicon:
    """With the words of the phrasings."""
    engine = build(tiny_folder, reader=False)
    engine.warm()
    return engine.lexicon


@pytest.fixture(scope="session")
def read(lexicon: Lexicon) -> Callable[..., Question]:
    return lexicon.read


@pytest.fixture
def made(tiny_folder: Path) -> Callable[..., Made]:
    """`made(("lift", "second-lift", 5.0), ...)`: an engine over the invented pack, whose reader says so."""

    def make(*says: tuple[str, str, float], bars: Bars = BARS) -> Made:
        return make_engine(tiny_folder, *says, policy=policy(bars))

    return make
