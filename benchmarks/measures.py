"""What counting and timing costs a question, what the log costs it in either form, and what reading it all costs, as a Markdown table.

Questions of the shipped pack go through the part of the bot that decides and words answers, without Discord: with the measures as
`verbatim run` has them, and with measures that do nothing. Blocks alternate between the two, so that a busy machine hits both; the
times are medians of a block's mean, the log's is written to nowhere.

    python benchmarks/measures.py [--blocks N]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bot.client.answering import Answering, Asked
from bot.client.log import JsonLines, log_answer
from bot.client.metrics import exposition
from bot.client.patient_store import PatientStore
from bot.config import shipped
from bot.engine.answer import Answer
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Articles, Library
from bot.serve.measures import Measures, Stage
from bot.store.memory import MemoryStore

BLOCK = 50  # questions
SHARDS = 16
READINGS = 1000
PACK = shipped("knowledge") / "backthecode"


class Nothing(Measures):
    """Measures that measure nothing."""

    def answered(self, answer: Answer) -> None: ...

    def took(self, stage: Stage, began: float) -> None: ...

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        yield

    def judging(self, judge: Callable[..., Any]) -> Callable[..., Any]:
        return judge


async def asked(engine: Engine, questions: Sequence[str], measures: Measures) -> float:
    """Seconds a question, one after the other, each of an asker of their own."""
    answering = Answering(Dialogue(), PatientStore(MemoryStore(), measures), measures=measures)
    articles, words = Articles((engine,), (engine,)), wording("en")
    began = time.perf_counter()
    for asker, question in enumerate(questions):
        with measures.timed(Stage.WHOLE):
            await answering.answer(Asked(question, articles, Conversation(1, asker, engine.pack.version), 1, words))
    seconds = (time.perf_counter() - began) / len(questions)
    answering.close()
    return seconds


def compared(engine: Engine, questions: Sequence[str], blocks: int) -> tuple[float, float, float]:
    """Seconds a question with the measures, without them, and the difference: medians of the blocks."""
    found: list[tuple[float, float]] = []
    for number in range(blocks + 1):
        pair = tuple(asyncio.run(asked(engine, questions, kind())) for kind in (Measures, Nothing))
        found += [(pair[0], pair[1])] if number else []  # the first warms up
    return median(w for w, _ in found), median(n for _, n in found), median(w - n for w, n in found)


def counted(answer: Answer) -> float:
    """Seconds that all is counted and timed for a question that is judged, without the question."""
    measures = Measures()

    def question() -> None:
        with measures.timed(Stage.WHOLE):
            measures.judging(lambda: None)()
            with measures.timed(Stage.WORDING):
                pass
            measures.answered(answer)

    return timed(question)


def logged(answer: Answer, formatter: logging.Formatter) -> float:
    """Seconds that the line of an answer takes."""
    log = logging.getLogger("bot.client.log")
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        handler = logging.StreamHandler(nowhere)
        handler.setFormatter(formatter)
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        try:
            return timed(lambda: log_answer(answer, 1, 0.01))
        finally:
            log.removeHandler(handler)
            log.setLevel(logging.WARNING)


def timed(act: Callable[[], object]) -> float:
    """The median of its seconds."""
    times = []
    for _ in range(READINGS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--blocks", type=int, default=60, help=f"blocks of {BLOCK} questions each way (default: %(default)s)")
    blocks = parser.parse_args().blocks
    engine = build(PACK)
    engine.warm()
    phrasings = [p for topic in engine.pack.entries for p in topic.phrasings][: BLOCK * 7 : 7]
    answer, measures = engine.answer(phrasings[0]), Measures()
    measured, bare, more = compared(engine, phrasings, blocks)
    lines, text = logged(answer, JsonLines()), logged(answer, logging.Formatter("%(asctime)s %(message)s"))
    print("| | |\n|---|--:|")
    print(f"| a recorded question, answered and worded, without the measures | {bare * 1e6:,.0f} µs |")
    print(f"| the same with them | {measured * 1e6:,.0f} µs |")
    print(f"| the difference within a block, the median | {more * 1e6:,.1f} µs |")
    print(f"| all that is counted and timed for a question that is judged, alone | {counted(answer) * 1e6:,.1f} µs |")
    print(f"| its line in the log, as text | {text * 1e6:,.0f} µs |")
    print(f"| the same as JSON | {lines * 1e6:,.0f} µs |")
    for shard in range(SHARDS):
        measures.shards.begun(shard, lambda: 0.05)
    write = exposition(measures, Library([Path(PACK)], lambda _: engine))
    if write is not None:
        print(f"| `/metrics` with {SHARDS} shards, {len(write()):,} bytes | {timed(write) * 1e6:,.0f} µs |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
