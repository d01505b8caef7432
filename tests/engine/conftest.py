"""Of the invented pack: its words, and engines whose reader says what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.reader import BARS, Made, make_engine, policy, words_of

from bot.engine.decide import Bars
from bot.engine.question import Lexicon, Question
from bot.pack.values import Pack


@pytest.fixture(scope="session")
def lexicon(tiny_pack: Pack) -> Lexicon:
    return words_of(tiny_pack)


@pytest.fixture(scope="session")
def read(lexicon: Lexicon) -> Callable[..., Question]:
    return lexicon.read


@pytest.fixture
def made(tiny_folder: Path) -> Callable[..., Made]:
    """`made(("lift", "second-lift", 5.0), ...)`: an engine over the invented pack, whose reader says so."""

    def make(*says: tuple[str, str, float], bars: Bars = BARS) -> Made:
        return make_engine(tiny_folder, *says, policy=policy(bars))

    return make
