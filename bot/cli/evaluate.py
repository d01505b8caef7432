"""`verbatim eval`: how a pack fares with labelled questions."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from bot.cli.settings import Commands, engine_of, pack_option
from bot.curate import evaluate


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "eval",
        parents=[pack_option()],
        help="score labelled questions",
        description="Ask every question of a file of labelled JSON lines (questions, dialogues or minimal pairs; see docs/evaluating.md) and count what was right.",
    )
    parser.add_argument("file", type=Path, help="the labelled questions")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.add_argument("--errors", action="store_true", help="list what went wrong")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, and print what came of it. Returns the exit status. Raises FileFaults."""
    questions = evaluate.read_labelled(options.file)
    engine = engine_of(options)
    start = time.perf_counter()
    report = evaluate.evaluate(engine, questions)
    seconds = time.perf_counter() - start
    together = report.groups_together
    if options.json:
        counts = {
            "by_kind": {k: dict(v) for k, v in report.by_kind.items()},
            "by_category": {k: dict(v) for k, v in sorted(report.by_category.items())},
        }
        print(
            json.dumps(
                {
                    "questions": len(questions),
                    "precision": report.precision,
                    "calibration_error": report.calibration_error,
                    "pairs_apart": together,
                    **counts,
                },
                indent=2,
            )
        )
        return 0
    if options.errors:
        for question, result, answer in report.results:
            if result != "right":
                print(
                    f"{result:12} {question.id:6} [{question.kind}/{question.category}] {question.question!r}\n             {answer.verdict.value}: {answer.trace.rule}"
                )
    print(f"{'':34}" + "".join(f"{r:>13}" for r in evaluate.RESULTS) + f"{'share right':>13}")
    for kind in evaluate.KINDS:
        if kind in report.by_kind:
            print(_row(kind, report.by_kind[kind]))
            for category, counts_ in sorted(report.by_category.items()):
                if category.startswith(kind + "/"):
                    print(_row("  " + category.partition("/")[2], counts_))
    print(
        f"precision {report.precision:.1%}, expected calibration error {report.calibration_error:.3f}"
        + (f", pairs apart {together[0]} of {together[1]}" if together else "")
        + f", {len(questions)} questions in {seconds:.1f} s"
    )
    return 0


def _row(name: str, counts: Counter[str]) -> str:
    total = sum(counts.values())
    return f"{name:34}" + "".join(f"{counts[r] or '':>13}" for r in evaluate.RESULTS) + f"{counts['right'] / total:13.1%}"
