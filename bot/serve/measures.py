"""What a running bot counts and times: numbers under names from closed sets, and nothing of what was asked, where or by whom. Knows
nothing of Discord and of who reads it."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import ParamSpec, TypeVar

from bot.engine.answer import Answer, Rule
from bot.pack.values import Verdict
from bot.serve.shards import Shards

# Seconds; among them those that matter: an answer is deferred after 1.5, and Discord waits 3 for the first response.
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Way(StrEnum):
    """How an answer was found."""

    RECORDED = "recorded"  # looked up: a recorded phrasing, word for word
    READ = "read"  # passages were judged
    RULE = "rule"  # by a rule alone: no words in it, another language, or it only asks for what follows the last answer


class Unanswered(StrEnum):
    """Why a question got no answer, and how its asker was told."""

    COOLDOWN = "cooldown"  # asked too soon: told until when
    BUSY = "busy"  # too many wait to be judged: told so
    GONE = "gone"  # its channel's article is not loaded: told so
    FAILED = "failed"  # a fault of the program: an apology
    SILENT = "silent"  # overheard, and not sure or too many wait: nothing is said


class Stage(StrEnum):
    """Parts of a question's way, each timed."""

    WAITING = "waiting"  # for a turn to be judged
    JUDGING = "judging"
    WORDING = "wording"
    RESPONSE = "response"  # of an interaction, for which Discord waits: from taking it up to the answer, or a deferral
    WHOLE = "whole"  # from taking it up to its answer, however it was asked


class Use(StrEnum):
    """What the store is used for."""

    READ = "read"
    WRITTEN = "written"


class Unsent(StrEnum):
    """How a request to Discord ended that was given up."""

    TOO_MANY = "429"
    CLIENT = "4xx"
    SERVER = "5xx"
    CONNECTION = "connection"
    CLOSING = "closing"

    @classmethod
    def by(cls, status: int) -> Unsent:
        """That of an HTTP status."""
        return cls.TOO_MANY if status == 429 else cls.SERVER if status >= 500 else cls.CLIENT


class Histogram:
    """How often something took how long: `counts` by the bounds (and, last, longer than each), `total` in seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0
        self._lock = threading.Lock()  # judging is timed in its threads

    def add(self, seconds: float) -> None:
        with self._lock:
            self.counts[bisect_left(BOUNDS, seconds)] += 1
            self.total += seconds


class Measures:
    """One for a process, whatever number of clients it has. `clock` gives seconds. `waiting` tells how many questions wait to be
    judged: whoever keeps their queue sets it."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.answers: Counter[tuple[Verdict, Way]] = Counter()
        self.unanswered: Counter[Unanswered] = Counter()
        self.stages = {stage: Histogram() for stage in Stage}
        self.waiting: Callable[[], int] = lambda: 0
        self.store_faults: Counter[Use] = Counter()
        self.store_failing: set[Use] = set()
        self.unsent: Counter[Unsent] = Counter()
        self.shards = Shards()

    def answered(self, answer: Answer) -> None:
        self.answers[answer.verdict, way_of(answer)] += 1

    def begin(self) -> float:
        """When something begins that `took` ends."""
        return self._clock()

    def took(self, stage: Stage, began: float) -> None:
        self.stages[stage].add(self._clock() - began)

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Time what is done inside, unless it raises."""
        began = self.begin()
        yield
        self.took(stage, began)

    def judging(self, judge: Callable[_P, _T]) -> Callable[_P, _T]:
        """The function, timed: how long it waits from now on to be called, and how long it takes."""
        asked = self.begin()

        def judged(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            self.took(Stage.WAITING, asked)
            with self.timed(Stage.JUDGING):
                return judge(*args, **kwargs)

        return judged

    def used_store(self, use: Use, *, works: bool) -> bool:
        """The store was used, or could not be. Returns whether that is news."""
        is_news = works == (use in self.store_failing)
        if works:
            self.store_failing.discard(use)
        else:
            self.store_faults[use] += 1
            self.store_failing.add(use)
        return is_news


def way_of(answer: Answer) -> Way:
    """How an answer was found."""
    match answer.trace.rule:
        case Rule.RECORDED:
            return Way.RECORDED
        case Rule.EMPTY | Rule.NOT_ENGLISH | Rule.SPEAKER_ASKED | Rule.MORE_ASKED:
            return Way.RULE
        case _:
            return Way.READ
