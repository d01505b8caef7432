"""Fits the policy that ships, bot/data/policy.yaml, on the corpus's articles that the reader was not trained on.

Each article `*-7` is asked as a bare text and as small packs, with the reader and without it. What is measured of a question is what the engine measures; which
topics would be right is judged by the sentences that they show. The bars are the lowest at which, cross-validated by article, no more of the answers are wrong
than may be, and enough of the near misses are refused; those of follow-ups likewise. About half an hour on two cores, nearly all of it reading.

    python -m training.policy [--folders '*-7'] [--rotations 2] [--dry-run]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.curate.calibration import Sample, calibrate
from bot.engine.build import POLICY_FILE, build, policy_text
from bot.engine.pipeline import Engine
from bot.engine.reader import EARLIER
from bot.pack.values import Verdict
from bot.serve.progress import terminal_progress
from training.articles import (
    FITTING,
    Article,
    Asked,
    asked_of_bare,
    asked_of_small,
    covered,
    folders,
    read,
    write_bare,
    write_small,
)
from training.opinion import messages

SHIPPED = Path(__file__).resolve().parent.parent / "bot" / "data" / POLICY_FILE
TALK = Path(__file__).resolve().parent / "talk.yaml"
MAX_WRONG = 0.20  # of the answers, by questions that stand alone and by follow-ups
MAX_DENIED = 0.03  # of the answerable
SECTIONS = {  # with the reader or without it, and the share of the near misses that must be refused
    "packs": (True, 0.95),
    "articles": (True, 0.955),
    "packs_without_reader": (False, 0.95),
    "articles_without_reader": (False, 0.955),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folders", default=FITTING, metavar="GLOB", help=f"of training/corpus (default: {FITTING})")
    parser.add_argument("--rotations", type=int, default=2, help="small packs of an article, each lacking other phrasings")
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    options = parser.parse_args()
    articles = [read(folder) for folder in folders(options.folders)]
    tell = terminal_progress(sys.stderr)
    policies = {}
    for section, (reader, refused) in SECTIONS.items():
        tasks = [(a, k) for a in articles for k in (range(options.rotations) if section.startswith("packs") else [None])]
        samples = []
        for done, (article, k) in enumerate(tasks):
            tell(f"Reading for {section}", done, len(tasks))
            samples += samples_of(article, k, reader=reader)
        tell(f"Reading for {section}", 1, 1)
        policies[section], chosen, _ = calibrate(samples, MAX_WRONG, refused, MAX_DENIED)
        print(
            f"{section}: {len(samples):,} questions; bar {chosen.bar:.2f}, answered rightly {chosen.coverage:.1%}, "
            f"of answers wrong {chosen.risk:.1%}, near misses refused {chosen.refused:.1%}; "
            f"bar of follow-ups {policies[section].bars.follow_up:.2f}"
        )
    if not options.dry_run:
        SHIPPED.write_text(policy_text(policies), encoding="utf-8")
    return 0


def samples_of(article: Article, k: int | None, *, reader: bool) -> list[Sample]:
    """The questions about an article as the policy sees them: bare where `k` is None, or else its small pack of that rotation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if k is None:
            path, asked = write_bare(article, folder), asked_of_bare(article)
        else:
            path, asked = write_small(article, folder, k), asked_of_small(article, k)
        engine = build(path, folder / "cache", reader=reader)
        return [*(_sample(engine, question, article.name) for question in asked), *_talk(engine, article)]


def _sample(engine: Engine, asked: Asked, group: str) -> Sample:
    question, measured = engine.weigh(asked.question, EARLIER.join(asked.context))
    right = frozenset(
        m.topic.id
        for m in measured
        if m.topic.verdict in (Verdict.ANSWER, Verdict.PREMISE)
        and any(covered(gold, [(c.excerpt.span.start, c.excerpt.span.end) for c in engine.cite(m.topic)]) for gold in asked.spans)
    )
    # the lead of a small pack's entry is the sentence that it cites
    return Sample(
        measured,
        len(question.tokens),
        asked.answerable,
        right,
        asked.kind == "O",
        group,
        apt=right,
        follow_up=bool(asked.context),
    )


def _talk(engine: Engine, article: Article) -> Iterator[Sample]:
    """What people say that no article answers: opinions that they ask for about this one, and of every other kind every fourth line."""
    opinions = [message.text for message in messages([article.name], questions=0) if message.wanted]
    names = list(dict.fromkeys(re.findall(r"(?<=[a-z,] )[A-Z][a-z]+ [A-Z][a-z]+", article.text)))
    first, second = (names * 2)[:2] if names else ("she", "he")
    talk = yaml.safe_load(TALK.read_text(encoding="utf-8"))
    for kind, lines in {"opinion": opinions, **{k: v[sum(map(ord, article.name)) % 4 :: 4] for k, v in talk.items()}}.items():
        for line in lines:
            question, measured = engine.weigh(line.replace("{a}", first).replace("{b}", second))
            yield Sample(measured, len(question.tokens), False, frozenset(), True, article.name, Verdict(kind))


if __name__ == "__main__":
    sys.exit(main())
