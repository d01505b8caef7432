"""How long Verbatim takes and how much memory, beside named rivals in the same run.

Cold: a fresh process that answers one question, beside the bare interpreter, one that only imports discord.py, and, with
--beside, a checkout of another state of the project, by turns. Warm: one question after another, beside rapidfuzz's scan of all
phrasings, BM25, and the encoder alone (the nearest phrasing by its vectors, which nothing reads). Needs the `bench` extra.

Times are of this machine as it is at the moment: compare the ratios, and the processor's time, which other processes lengthen
little.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.config import shipped

RUNS = 5
FIRST_RUNS = 2  # with nothing kept yet, which takes long
QUESTIONS = 200  # of each kind
BLOCK = 20  # questions that one contender is asked before the next has its turn: so all get the same share of a busy machine
SEED = 1
FILES = Path(__file__).resolve().parent.parent / "tests" / "questions"
RECORDED, OTHER, OFF, FIRST = (
    "ask, recorded",
    "ask, not recorded",
    "ask, not recorded, reader off",
    "ask, not recorded, nothing kept",
)
BESIDE, DISCORD, BARE = "ask, recorded, the other checkout", "python -c 'import discord'", "python -c pass"


@dataclass(frozen=True)
class Command:
    """A process to start. With `keeps` it finds the vectors that an earlier one kept."""

    name: str
    argv: list[str]
    keeps: bool = True
    folder: Path | None = None
    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)  # seconds of the processor, over all cores
    megabytes: list[float] = field(default_factory=list)

    def run(self, cache: Path) -> None:
        """Starts it, waits, and notes what it took; it must succeed."""
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache)} | ({"PYTHONPATH": str(self.folder)} if self.folder else {})
        start = time.perf_counter()
        process = subprocess.Popen(self.argv, stdout=subprocess.DEVNULL, env=environment, cwd=self.folder)
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        self.worked.append(usage.ru_utime + usage.ru_stime)
        self.megabytes.append(usage.ru_maxrss / 1024)  # KiB on Linux
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(self.argv)}: exit status {process.returncode}")


@dataclass(frozen=True)
class Target:
    """What is wanted of a figure: to be under a bound."""

    what: str
    found: float
    bound: float
    unit: str

    def __str__(self) -> str:
        met = "met" if self.found < self.bound else "missed"
        return f"  {self.what:44}{self.found:9.2f} {self.unit:3} under {self.bound:7.2f} {self.unit:3} {met}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--pack", type=Path, default=shipped("knowledge/backthecode"), help="a pack's folder (default: the shipped one)"
    )
    parser.add_argument("--beside", type=Path, metavar="FOLDER", help="a checkout of another state of the project")
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    print(f"{cores} cores, on which {os.getloadavg()[0]:.1f} processes ran in the last minute\n")
    with tempfile.TemporaryDirectory() as folder:
        # Cold first: what this process has imported counts in the peak memory that Linux reports for the processes it starts.
        targets = cold(options.pack, options.beside, Path(folder))
        targets += warm(options.pack, Path(folder) / "kept" / "verbatim")
    print("\ntargets", *targets, sep="\n")
    return 0


# Cold


def cold(pack: Path, beside: Path | None, folder: Path) -> list[Target]:
    """Starts every process several times by turns, and prints what they took."""
    recorded = _recorded_question(pack)
    off = folder / "config.yaml"
    off.write_text(f'pack: {pack.resolve()}\nreader: "off"\n', encoding="utf-8")

    def ask(question: str, *options: str) -> list[str]:
        return [sys.executable, "-m", "bot", "ask", "--json", *options, question]

    other = f"{recorded} I wonder"
    chosen = ("--pack", str(pack))
    commands = [
        Command(RECORDED, ask(recorded, *chosen)),
        *([Command(BESIDE, ask(recorded), folder=beside.resolve())] if beside else []),
        Command(DISCORD, [sys.executable, "-c", "import discord"]),
        Command(BARE, [sys.executable, "-c", "pass"]),
        Command(OTHER, ask(other, *chosen)),
        Command(OFF, ask(other, "--config", str(off))),
        Command(FIRST, ask(other, *chosen), keeps=False),
    ]
    for command in commands:
        if command.keeps:  # once for the file cache, and to keep the vectors
            replace(command, seconds=[], worked=[], megabytes=[]).run(folder / "kept")
    for run in range(RUNS):
        for command in commands:
            if command.keeps or run < FIRST_RUNS:
                command.run(folder / ("kept" if command.keeps else f"first-{run}"))
    seconds = {c.name: statistics.median(c.seconds) for c in commands}
    megabytes = {c.name: statistics.median(c.megabytes) for c in commands}
    print(f"{f'cold, {RUNS} runs':38}seconds: median  worst  recorded is  processor   peak MB: median  worst")
    for c in commands:
        print(
            f"  {c.name:44}{seconds[c.name]:7.2f}{max(c.seconds):7.2f}{seconds[RECORDED] / seconds[c.name]:12.2f}x"
            f"{statistics.median(c.worked):11.2f}{megabytes[c.name]:18.0f}{max(c.megabytes):7.0f}"
        )
    print(f"  With nothing kept it takes {seconds[FIRST] - seconds[OTHER]:.1f} s longer than later.")
    return [
        *([Target("ask, recorded, beside the other checkout", seconds[RECORDED], seconds[BESIDE], "s")] if beside else []),
        Target("first start", seconds[FIRST], 5, "s"),
    ]


def _recorded_question(pack: Path) -> str:
    # In a process of its own, so that this one stays small.
    code = "import sys, pathlib, bot.pack.loading as l; print(l.load(pathlib.Path(sys.argv[1])).entries[0].question)"
    return subprocess.run([sys.executable, "-c", code, str(pack)], capture_output=True, text=True, check=True).stdout.strip()


# Warm


def warm(pack: Path, cache: Path) -> list[Target]:
    """Asks the engine and its rivals by turns, and prints what they took."""
    from bot.curate.scoring import read_labelled
    from bot.engine.build import build
    from bot.say.languages import FALLBACK, wording
    from bot.say.replies import compose

    engine = build(pack, cache)
    phrasings = [text for topic in engine.pack.topics for text in topic.asked]
    rng = random.Random(SEED)
    recorded = rng.choices(phrasings, k=QUESTIONS)
    changed = [q for q in (_changed(rng, rng.choice(phrasings)) for _ in range(QUESTIONS)) if not engine.is_recorded(q)]
    labelled = [row.question for f in sorted(FILES.glob("calibration-*-questions.jsonl")) for row in read_labelled(f)]
    people = rng.sample([q for q in labelled if not engine.is_recorded(q)], QUESTIONS)

    def answer(question: str) -> object:
        return compose(engine.answer(question), engine.pack, wording(FALLBACK))

    for question in (*recorded, *changed, *people):
        answer(question)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    contenders: dict[str, tuple[Sequence[str], Callable[[str], object]]] = {
        "a recorded phrasing": (recorded, answer),
        "one with a word or letters changed": (changed, answer),
        "a question of tests/questions": (people, answer),
        "rapidfuzz extractOne(token_set_ratio)": (people, rapidfuzz_scan(phrasings)),
        "bm25s": (people, bm25(phrasings)),
        "MiniLM alone": (people, nearest_by_encoder(phrasings, cache / f"{engine.pack.slug}.vectors", pack)),
    }
    found: dict[str, list[float]] = {name: [] for name in contenders}
    worked: dict[str, list[float]] = {name: [] for name in contenders}
    for start in range(0, QUESTIONS, BLOCK):
        for name, (questions, asked) in contenders.items():
            for question in questions[start : start + BLOCK]:
                before, began = time.process_time(), time.perf_counter()
                asked(question)
                found[name].append(1000 * (time.perf_counter() - began))
                worked[name].append(1000 * (time.process_time() - before))
    medians = {name: statistics.median(times) for name, times in found.items()}
    hundredths = {name: statistics.quantiles(times, n=100)[98] for name, times in found.items()}
    known, _, own, *rivals = contenders
    print(f"\n{f'warm, {QUESTIONS} of each, {len(phrasings):,} phrasings':42}ms: median    p99  worst  processor")
    for name, times in found.items():
        print(f"  {name:44}{medians[name]:8.2f}{hundredths[name]:7.1f}{max(times):7.1f}{statistics.median(worked[name]):11.2f}")
    for name in rivals:
        print(f"  to {name}: {medians[own] / medians[name]:.2f}x, a recorded phrasing {medians[known] / medians[name]:.3f}x")
    print(f"  peak memory of the process, both networks in use: {peak:.0f} MB")
    return [
        Target("a recorded phrasing", medians[known], 3, "ms"),
        Target("a question of tests/questions, median", medians[own], 150, "ms"),
        Target("the same, p99", hundredths[own], 400, "ms"),
        Target("memory with both networks", peak, 400, "MB"),
    ]


def rapidfuzz_scan(phrasings: Sequence[str]) -> Callable[[str], object]:
    """The phrasing with the most words in common, by a scan of all."""
    from rapidfuzz import fuzz, process

    return lambda question: process.extractOne(question, phrasings, scorer=fuzz.token_set_ratio)


def bm25(phrasings: Sequence[str]) -> Callable[[str], object]:
    """The best phrasing by BM25, from an index."""
    import bm25s

    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(phrasings), stopwords="en", show_progress=False), show_progress=False)

    def best(question: str) -> object:
        words: Any = bm25s.tokenize(question, stopwords="en", show_progress=False)
        return index.retrieve(words, k=1, show_progress=False)

    return best


def nearest_by_encoder(phrasings: Sequence[str], kept: Path, pack: Path) -> Callable[[str], object]:
    """The nearest phrasing by the encoder's vectors, as a bi-encoder finds it."""
    from bot.engine.build import TALK_VECTORS, VECTORS_FILE, kept_vectors
    from bot.engine.reader import as_question, encode

    vectors = kept_vectors([as_question(p) for p in phrasings], kept, shipped=(TALK_VECTORS, pack / VECTORS_FILE))
    return lambda question: phrasings[int((vectors @ encode([as_question(question)])[0]).argmax())]


def _changed(rng: random.Random, text: str) -> str:
    """A phrasing as somebody else would type it: a word less, or one more, or two letters swapped."""
    words = text.split()
    match rng.randrange(3):
        case 0 if len(words) > 3:
            del words[rng.randrange(len(words))]
        case 1:
            words.append(rng.choice(("please", "then", "exactly", "again")))
        case _:
            at = rng.randrange(len(words))
            words[at] = words[at][1:2] + words[at][:1] + words[at][2:]
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
