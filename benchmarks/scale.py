"""How building, memory and a question's time grow with the number of phrasings, beside two rivals in the same run.

The texts are made by a seeded generator: templates of questions with shared function words, filled with words of general English by their frequency, twelve
phrasings a topic. For each number of phrasings, a fresh process reads and learns them and keeps the index; another takes the kept index up and times, question
by question, reading and ranking with `bot.match.Index`, rapidfuzz's scan (`process.extractOne` with token_set_ratio) and bm25s (stemmed by the same stemmer,
searching only; its words are split and stemmed on the clock). Questions are phrasings with a word left out or another put in. Memory is the peak of the
process with the texts and libraries, for our two processes before any rival is set up. Times are of this machine as it is at the moment: compare the ratios,
each taken over the same questions in turn.

Needs bm25s (in the `bench` extra); without it that column stays out, with `--without-bm25s`.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import itertools
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES = (100, 1_000, 10_000, 100_000)
PER_TOPIC = 12
QUESTIONS = 150
SEED = 1
TEMPLATES = (
    "what did the {} say about the {} of the {} last {}",
    "who said that the {} was {} and why did they {} it",
    "when did the {} {} begin and where was it held",
    "how many {} are there in the {} for each {}",
    "can i {} the {} with my {} if it is not {}",
    "is there a {} for people who {} the {} every {}",
    "why does the {} want a {} {} instead of the {}",
    "how do i {} a {} that i have already {}",
    "did {} {} the {} before the {} or after it",
    "what happens to my {} if the {} is {}",
    "please tell me where the {} {} can be found",
    "i would like to know which {} has the {} {}",
    "{} {} {}",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of phrasings (default: 100 to 100,000)"
    )
    parser.add_argument("--without-bm25s", action="store_true", help="leave that rival out")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options.sizes[0], options.folder, not options.without_bm25s)))
        return 0
    if not options.without_bm25s and importlib.util.find_spec("bm25s") is None:
        print(
            "bm25s is missing: install it with  pip install -e '.[bench]'  or leave it out with --without-bm25s.", file=sys.stderr
        )
        return 2
    if min(options.sizes) < PER_TOPIC:
        print(f"the sizes must be {PER_TOPIC} or more.", file=sys.stderr)
        return 2
    rows = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            rows.append({"size": size} | _fresh("build", size, folder, options) | _fresh("ask", size, folder, options))
    _print(rows, not options.without_bm25s)
    return 0


def _fresh(part: str, size: int, folder: str, options: argparse.Namespace) -> dict[str, float]:
    """What a part measures, run in a process of its own; it must succeed."""
    command = [sys.executable, __file__, "--part", part, "--folder", folder, "--sizes", str(size)]
    done = subprocess.run(command + ["--without-bm25s"] * options.without_bm25s, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} with {size} phrasings: exit status {done.returncode}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def texts(size: int) -> tuple[list[list[str]], list[str]]:
    """The phrasings by topic, and questions."""
    from bot.engine.build import frequency_ranks

    rng = random.Random(SEED)
    # The rarest words of the list stand beyond 20,000; shorter ones are the templates' matter.
    words = [word for word in frequency_ranks() if len(word) > 3][:20_000]
    weights = list(itertools.accumulate(1 / (rank + 50) for rank in range(len(words))))

    def phrasing(own: list[str]) -> str:
        template = rng.choice(TEMPLATES)
        picked = (rng.choice(own if rng.random() < 0.8 else anybodys) for _ in range(template.count("{}")))
        return template.format(*picked)

    topics = []
    for start in range(0, size, PER_TOPIC):
        own = rng.choices(words, cum_weights=weights, k=8)
        anybodys = rng.choices(words, cum_weights=weights, k=20)
        topics.append([phrasing(own) for _ in range(min(PER_TOPIC, size - start))])
    questions = []
    for _ in range(QUESTIONS):
        asked = rng.choice(rng.choice(topics)).split()
        asked[rng.randrange(len(asked))] = rng.choice(["", *rng.choices(words, cum_weights=weights)])
        questions.append(" ".join(word for word in asked if word))
    return topics, questions


def build(size: int, folder: Path, _bm25s: bool) -> dict[str, float]:
    """Read and learn the phrasings, and keep the index."""
    from bot.engine import build as engine
    from bot.engine.match import Index
    from bot.engine.pipeline import Learnt
    from bot.engine.question import Question

    topics, _ = texts(size)
    lexicon = _lexicon()
    words: set[str] = set()
    start = time.perf_counter()

    def read(phrasing: str) -> Question:
        question: Question = lexicon.read(phrasing, repair=False)
        words.update(token.text for token in question.tokens)
        return question

    index = Index.learn(map(read, phrasings) for phrasings in topics)
    seconds = time.perf_counter() - start
    peak = _peak()
    engine._keep(folder / "kept", "key", Learnt(index, tuple(sorted(words))))
    return {"build": seconds, "build_peak": peak, "kept": (folder / "kept").stat().st_size / 1e6}


def ask(size: int, folder: Path, bm25s: bool) -> dict[str, float]:
    """Take the kept index up and ask; then the rivals the same questions."""
    from bot.engine import build as engine

    topics, questions = texts(size)
    lexicon = _lexicon()
    start = time.perf_counter()
    learnt = engine._take_up(folder / "kept", "key")
    if learnt is None:
        raise SystemExit("the kept index cannot be taken up")
    lexicon.learn(learnt.words)
    found = {"take_up": time.perf_counter() - start}

    def own(question: str) -> object:
        return learnt.index.rank(lexicon.read(question))

    own(questions[0])
    found["peak"] = _peak()
    phrasings = [phrasing for topic in topics for phrasing in topic]
    systems = {"own": own, "scan": _scan(phrasings)} | ({"bm25s": _bm25s(phrasings)} if bm25s else {})
    times: dict[str, list[float]] = {name: [] for name in systems}
    for question in questions:
        for name, system in systems.items():
            start = time.perf_counter()
            system(question)
            times[name].append(1000 * (time.perf_counter() - start))
    return found | {name: statistics.median(taken) for name, taken in times.items()}


PARTS = {"build": build, "ask": ask}


def _lexicon() -> Any:
    """A reader of questions for a pack without an article's words, people or vocabulary of its own: general English alone."""
    from bot.engine.build import frequency_ranks
    from bot.engine.question import Lexicon
    from bot.pack.loading import english
    from bot.pack.values import Pack
    from bot.text import article

    return Lexicon(Pack("scale", "", "", "", article.parse(b""), {}, {}, ()), english(), frequency_ranks())


def _scan(phrasings: list[str]) -> Callable[[str], object]:
    from rapidfuzz import fuzz, process

    return lambda question: process.extractOne(question, phrasings, scorer=fuzz.token_set_ratio)


def _bm25s(phrasings: list[str]) -> Callable[[str], object]:
    from bot.text.words import split, stem

    bm25s: Any = importlib.import_module("bm25s")

    def tokens(text: str) -> list[str]:
        return [stem(word) for word in split(text)]

    index = bm25s.BM25()
    index.index([tokens(phrasing) for phrasing in phrasings], show_progress=False)
    return lambda question: index.retrieve([tokens(question)], k=1, show_progress=False)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux


def _print(rows: list[dict[str, float]], bm25s: bool) -> None:
    head = [
        "phrasings",
        "build, s",
        "its peak, MB",
        "kept, MB",
        "take up, s",
        "peak, MB",
        "ms a question",
        "scan, ms",
        "scan / ours",
    ]
    keys = [("build", "{:.2f}"), ("build_peak", "{:.0f}"), ("kept", "{:.1f}"), ("take_up", "{:.2f}"), ("peak", "{:.0f}"), ("own", "{:.2f}"), ("scan", "{:.2f}")]  # fmt: skip
    head += ["bm25s, ms", "bm25s / ours"] if bm25s else []
    print("| " + " | ".join(head) + " |\n" + "|---:" * len(head) + "|")
    for row in rows:
        cells = [f"{row['size']:,.0f}", *(form.format(row[key]) for key, form in keys), f"{row['scan'] / row['own']:.1f}x"]
        cells += [f"{row['bm25s']:.2f}", f"{row['bm25s'] / row['own']:.1f}x"] if bm25s else []
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
