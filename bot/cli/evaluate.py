"""`verbatim eval`: how a pack fares with labelled questions."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from bot.cli.labelled import labelled_questions
from bot.cli.reports import print_object, scored
from bot.cli.settings import Commands, build_engine, json_option, pack_option, pack_path
from bot.curate import scoring
from bot.serve.progress import make_ready, terminal_progress


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "eval",
        parents=[pack_option(), json_option()],
        help="score labelled questions",
        description="Ask every question of a file of labelled JSON lines (questions, dialogues or minimal pairs; "
        "see docs/evaluating.md) and count what was right.",
    )
    parser.add_argument("file", type=Path, help="the labelled questions")
    parser.add_argument("--errors", action="store_true", help="list what went wrong")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, and print what came of it. Returns the exit status. Raises FileFaults."""
    questions = labelled_questions([options.file], as_object=options.as_object)
    path, tell = pack_path(options), terminal_progress(sys.stderr)
    engine = build_engine(path, options)
    make_ready(engine, tell)
    start = time.perf_counter()
    report = scoring.score(engine, questions, tell)
    seconds = time.perf_counter() - start
    if options.as_object:
        print_object(scored(path, engine.pack, report))
        return 0
    if options.errors:
        _print_errors(report)
    _print_table(report)
    together = report.groups_together
    print(
        f"precision {report.precision:.1%}, expected calibration error {report.calibration_error:.3f}"
        + (f", pairs apart {together[0]} of {together[1]}" if together else "")
        + f", {len(questions)} questions in {seconds:.1f} s"
    )
    told = ", ".join(f"of the {kind} {report.told_absent(kind):.1%}" for kind in scoring.KINDS[:2] if kind in report.by_kind)
    apt, said = report.leads
    if said:
        print(f"leads that say what was asked: {apt} of {said}")
    if told:
        print(f"told that the article does not say it: {told}")
    return 0


def _print_errors(report: scoring.Report) -> None:
    for question, result, answer in report.results:
        if result != "right":
            print(f"{result:12} {question.id:6} [{question.kind}/{question.category}] {question.question!r}")
            print(f"             {answer.verdict.value}: {answer.trace.rule}")


def _print_table(report: scoring.Report) -> None:
    print(f"{'':34}" + "".join(f"{r:>13}" for r in scoring.RESULTS) + f"{'share right':>13}")
    for kind in scoring.KINDS:
        if kind in report.by_kind:
            _print_row(kind, report.by_kind[kind])
            for category, counts in sorted(report.by_category.items()):
                if category.startswith(kind + "/"):
                    _print_row("  " + category.partition("/")[2], counts)


def _print_row(name: str, counts: Counter[str]) -> None:
    share = counts["right"] / counts.total()
    print(f"{name:34}" + "".join(f"{counts[r] or '':>13}" for r in scoring.RESULTS) + f"{share:13.1%}")
