"""How many questions a second are answered in time, found by asking them at one rate after the other. Knows nothing of Discord.

The load is open: questions come when they are due, whether or not earlier ones are answered, and each one's time counts from then. Where
instead every asker waits for an answer before asking again, a bot that halts is asked less, and its halting hardly shows in the times.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.engine.pipeline import Engine
from bot.pack.values import Topic
from bot.text.words import has_words

WITHIN = 2.0  # seconds in which 99 of 100 questions are to be answered
RATES = 4  # that are tried
_SATURATING = 0.2  # the share of the time in which it is measured how many are answered a second where nobody minds waiting
_FIRST = 0.9  # of which this share is tried first
_HIGHEST = (
    0.95  # and this never: so near to it, and above it, more and more wait, but in a short run not for long enough to be late
)
_SEED = 1
_WORDS = 12  # of a sentence that is asked about

# Asks the question of a number, counted from 0; returns whether it was answered, and not refused.
Ask = Callable[[int], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Run:
    """Questions asked at a rate (a second), and the seconds that each took from when it was due, in rising order; infinite where refused."""

    rate: float
    seconds: tuple[float, ...]

    @property
    def refused(self) -> int:
        return sum(map(math.isinf, self.seconds))

    def quantile(self, share: float) -> float:
        """The seconds within which that share of the questions was answered (the nearest rank)."""
        return self.seconds[max(0, math.ceil(share * len(self.seconds)) - 1)]

    @property
    def is_carried(self) -> bool:
        return not self.refused and self.quantile(0.99) <= WITHIN


@dataclass(frozen=True, slots=True)
class Load:
    """How many questions are answered a second at the most, where nobody minds waiting; and what became of each rate that was tried."""

    most: float
    runs: tuple[Run, ...]

    @property
    def carried(self) -> Run | None:
        """The highest rate at which they are answered in time; None where there is none among those tried."""
        return max((run for run in self.runs if run.is_carried), key=lambda run: run.rate, default=None)


async def measure(ask: Ask, at_once: int, seconds: float) -> Load:
    """Find the highest rate within about so many seconds; `at_once` questions keep all threads at work."""
    most, asked = await _most(ask, at_once, _SATURATING * seconds)
    each = (1 - _SATURATING) * seconds / RATES
    low, high, share = 0.0, _HIGHEST, _FIRST
    runs: list[Run] = []
    for _ in range(RATES):
        due = schedule(most * share, each, random.Random(_SEED + len(runs)))
        run = Run(most * share, await _run(ask, asked, due))
        asked += len(due)
        runs.append(run)
        low, high = (share, high) if run.is_carried else (low, share)
        share = (low + high) / 2
    return Load(most, tuple(runs))


def schedule(rate: float, seconds: float, chance: random.Random) -> list[float]:
    """When questions come that do so by chance, at a rate a second: seconds from the start, at least one."""
    due = [chance.expovariate(rate)]
    while due[-1] < seconds:
        due.append(due[-1] + chance.expovariate(rate))
    return due[:-1] or [0.0]


async def _most(ask: Ask, at_once: int, seconds: float) -> tuple[float, int]:
    """How many are answered a second by as many askers, each of whom asks again when answered; and how many were asked."""
    begun, asked = time.perf_counter(), 0

    async def go_on() -> None:
        nonlocal asked
        while not asked or time.perf_counter() - begun < seconds:
            asked += 1
            await ask(asked - 1)
            await asyncio.sleep(0)

    await asyncio.gather(*(go_on() for _ in range(at_once)))
    return asked / (time.perf_counter() - begun), asked


async def _run(ask: Ask, first: int, due: Sequence[float]) -> tuple[float, ...]:
    """Ask the questions from the `first` on when they are due; the seconds of each, in rising order."""
    begun = time.perf_counter()

    async def one(number: int, at: float) -> float:
        answered = await ask(number)
        return time.perf_counter() - begun - at if answered else math.inf

    asking = []
    for number, at in enumerate(due, first):
        await asyncio.sleep(max(0.0, begun + at - time.perf_counter()))
        asking.append(asyncio.create_task(one(number, at)))
    return tuple(sorted(await asyncio.gather(*asking)))


# Questions


def recorded(engine: Engine) -> list[str]:
    """The phrasings of a pack, in an order of chance; without any, those of small talk."""
    topics = _curated(engine) or engine.pack.topics
    return _shuffled([text for topic in topics for text in topic.asked if engine.is_recorded(text)])


def unrecorded(engine: Engine) -> list[str]:
    """The phrasings of a pack with a "please", which makes them no recorded ones, and its test questions, in an order of chance; of a
    text without curation, its sentences as questions."""
    pack = engine.pack
    texts = [f"{text.rstrip(' ?!.…')} please" for topic in _curated(engine) for text in topic.asked]
    texts += [expected.ask for expected in pack.expectations if not expected.after]
    if not texts:
        sentences = (pack.article.excerpt(span).text.split() for span in pack.article.sentences)
        texts = [f"is it true that {' '.join(words[:_WORDS])}?" for words in sentences]
    return _shuffled([text for text in texts if has_words(text) and not engine.is_recorded(text)])


def _curated(engine: Engine) -> list[Topic]:
    return [topic for topic in engine.pack.topics if topic.cites or topic.looked_for]


def _shuffled(texts: list[str]) -> list[str]:
    random.Random(_SEED).shuffle(texts)
    return texts
