"""How long Verbatim takes and how much memory, beside named rivals in the same run.

Cold: a fresh process that answers one question, beside fresh processes that only import the libraries. Building: where the time of building the engine goes.
Warm: one question after another, beside rapidfuzz over the same phrasings. Times are of this machine as it is at the moment: compare the ratios.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bot.config import shipped

if TYPE_CHECKING:
    from bot.engine.pipeline import Engine

RUNS = 5
QUESTIONS = 400
SEED = 1
ASK, ASK_FIRST = "verbatim ask --json", "verbatim ask --json, with no index kept yet"
QUESTION = "When is the Twitterstorm?"
RIVALS = {
    "import discord": "import discord",
    "import numpy, rapidfuzz, yaml": "import numpy, rapidfuzz.fuzz, rapidfuzz.process, yaml",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--pack",
        type=Path,
        default=shipped("knowledge/backthecode"),
        help="a pack's folder or a text file (default: the shipped one)",
    )
    pack = parser.parse_args().pack
    with tempfile.TemporaryDirectory() as folder:
        # Cold first: what this process has imported counts in the peak memory that Linux reports for the processes it starts.
        cold(pack, Path(folder))
        # From the kept index before anew: learning would leave word stems and the like behind for the other.
        building("from the kept index", pack, cache_of(Path(folder) / "kept"))
        warm(building("anew", pack, cache_of(Path(folder) / "none")))
    return 0


def cache_of(folder: Path) -> Path:
    """Where a process with this XDG_CACHE_HOME keeps its index."""
    return folder / "verbatim"


def cold(pack: Path, folder: Path) -> None:
    ask = [sys.executable, "-m", "bot", "ask", "--json", "--pack", str(pack), QUESTION]
    commands = {ASK: ask, ASK_FIRST: ask} | {name: [sys.executable, "-c", code] for name, code in RIVALS.items()}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for command in commands.values():
        _run(command, folder / "kept")  # once for the file cache, and to keep the index
    for run in range(RUNS):
        for name, command in commands.items():
            found[name].append(_run(command, folder / (f"first-{run}" if name == ASK_FIRST else "kept")))
    print(f"{f'cold, {RUNS} runs':42}  seconds: median  worst   ratio    peak MB: median  worst   ratio")
    own = [statistics.median(column) for column in zip(*found[ASK], strict=True)]
    for name, runs in found.items():
        seconds, megabytes = zip(*runs, strict=True)
        print(
            f"  {name:48}{statistics.median(seconds):8.2f}{max(seconds):7.2f}{own[0] / statistics.median(seconds):7.2f}x"
            f"{statistics.median(megabytes):19.0f}{max(megabytes):7.0f}{own[1] / statistics.median(megabytes):7.2f}x"
        )
    print("  The ratios are those of the first line to each.")


def _run(command: list[str], cache: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of a process; it must succeed."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    return seconds, usage.ru_maxrss / 1024  # KiB on Linux


class Stopwatch:
    """Exclusive seconds by name: what a part calls that has a name of its own does not count in it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._switch()
            self._running.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self._switch()
                self._running.pop()

        return call

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def building(how: str, pack: Path, cache: Path) -> Engine:
    start = time.perf_counter()
    from bot.engine import build as engine
    from bot.engine import match, question, verify
    from bot.pack import loading as packs

    imported = time.perf_counter() - start
    for function in (packs.english, packs.general_talk, engine.frequency_ranks):
        function.cache_clear()
    watch = Stopwatch()
    parts: list[tuple[str, Any, str]] = [
        ("pack", engine, "load"),
        ("general talk", packs, "general_talk"),
        ("english", engine, "english"),
        ("frequency ranks", engine, "frequency_ranks"),
        ("lexicon", question.Lexicon, "__init__"),
        ("lexicon: spelling", question.Lexicon, "learn"),
        ("reading the phrasings", question.Lexicon, "read"),
        ("index", match.Index, "learn"),
        ("verifier", verify.Verifier, "__init__"),
        ("taking up the kept index", engine, "_take_up"),
        ("keeping the index", engine, "_keep"),
    ]
    with ExitStack() as stack:
        for name, owner, attribute in parts:
            stack.enter_context(patch.object(owner, attribute, watch.timed(name, getattr(owner, attribute))))
        built: Engine = watch.timed("the rest", engine.build)(pack, cache)
    total = sum(watch.seconds.values())
    print(f"\n{f'building the engine {how}':42}seconds   share   (importing the modules: {imported:.2f})")
    for name, seconds in sorted(watch.seconds.items(), key=lambda item: -item[1]):
        print(f"  {name:38}{seconds:9.3f}{seconds / total:8.0%}")
    print(f"  {'together':38}{total:9.3f}")
    return built


def warm(engine: Engine) -> None:
    from rapidfuzz import fuzz, process

    from bot.say.languages import FALLBACK, wording
    from bot.say.replies import compose

    rng = random.Random(SEED)
    phrasings = [p for t in engine.pack.topics for p in t.phrasings]
    questions = [_perturbed(rng, rng.choice(phrasings)) for _ in range(QUESTIONS)]
    # One after the other: a scan over all phrasings between two questions would empty the processor's cache for both.
    own = _milliseconds(questions, lambda question: compose(engine.answer(question), engine.pack, wording(FALLBACK)))
    rival = _milliseconds(questions, lambda question: process.extractOne(question, phrasings, scorer=fuzz.token_set_ratio))
    print(f"\nwarm, {QUESTIONS} questions            milliseconds: median    p99    worst   ({len(phrasings):,} phrasings)")
    for name, found in (("Verbatim, question to reply", own), ("rapidfuzz extractOne(token_set_ratio)", rival)):
        print(f"  {name:42}{statistics.median(found):9.2f}{statistics.quantiles(found, n=100)[98]:7.2f}{max(found):9.2f}")
    print(f"  {'ratio':42}{statistics.median(own) / statistics.median(rival):8.2f}x")


def _milliseconds(questions: Sequence[str], answer: Callable[[str], object]) -> list[float]:
    found = []
    for question in questions:
        start = time.perf_counter()
        answer(question)
        found.append(1000 * (time.perf_counter() - start))
    return found


def _perturbed(rng: random.Random, text: str) -> str:
    """A phrasing as somebody else would type it: a slip or two, and now and then a word less."""
    words = text.split()
    if len(words) > 3 and rng.random() < 0.5:
        del words[rng.randrange(len(words))]
    text = " ".join(words)
    for _ in range(rng.randint(0, 2)):
        at = rng.randrange(len(text))
        text = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return text


if __name__ == "__main__":
    sys.exit(main())
