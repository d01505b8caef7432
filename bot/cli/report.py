"""`verbatim report`: one page about a pack."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot import __version__
from bot.cli.labelled import labelled_questions
from bot.cli.settings import Commands, build_engine, pack_option, pack_path
from bot.errors import Fault, FileFaults
from bot.serve.progress import make_ready, terminal_progress
from bot.text.whole_file import write_whole

_HEAD = 2048  # bytes of a file in which a report names itself


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "report",
        parents=[pack_option()],
        help="write one page about a pack: what is answered, who speaks, what is open, a grade",
        description="Measure a pack as `check` does, and write one HTML page about it: the article with what reaches each sentence and who "
        "speaks it, every entry, what is confused with what, when it answers, what is open, a grade with its reasons, and what to do next. "
        "The page has no scripts and needs nothing from outside. The exit status is that of `check`.",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the page's file (default: the pack's slug with -report.html, in this folder)"
    )
    parser.add_argument(
        "--questions", type=Path, action="append", default=[], metavar="FILE",
        help="labelled questions to measure on (docs/evaluating.md); may be given several times",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="overwrite a file that is no report")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and write the page. Returns the exit status: 1 where one of the pack's tests fails. Raises FileFaults."""
    # Only here: the template engine and what measures take time that no other command should wait for.
    from bot.curate.calibration import samples
    from bot.curate.pack_report import Labels, pack_report
    from bot.curate.report_page import page
    from bot.curate.scoring import score
    from bot.curate.self_test import self_test
    from bot.engine.decide import judge

    questions = labelled_questions(options.questions, as_object=False)
    path = pack_path(options)
    engine = build_engine(path, options)
    out = options.out or Path(f"{engine.pack.slug}-report.html")
    _refuse_others(out, force=options.force)  # before anybody waits
    labels, tested = None, None
    tell = terminal_progress(sys.stderr)
    if engine.pack.entries or questions:
        make_ready(engine, tell)
    if engine.pack.entries:
        tested = self_test(engine, progress=tell)
    if questions:
        scored = score(engine, questions, tell)
        judged = [(s, judge(s.measured, s.words, engine.policy)) for s in samples(engine, questions, tell)]
        labels = Labels(scored, tuple(judged))
    report = pack_report(engine.pack, engine.policy, tested, labels, reader=engine.has_reader, version=__version__)
    try:
        write_whole(out, page(report))
    except OSError as error:
        raise _unwritten(out, error) from error
    print(f"written: {out}")
    print(f"  grade   {report.graded.grade}")
    for place, step in enumerate(report.steps, 1):
        print(f"  {'next' if place == 1 else '':7} {place}. {step.what}")
    return 0 if report.passed else 1


def _refuse_others(out: Path, *, force: bool) -> None:
    """Raises FileFaults where the page cannot be written there, or would replace something else."""
    from bot.curate.report_page import GENERATOR

    if out.exists() and not out.is_file():
        raise FileFaults([Fault(str(out), 0, "is no regular file.", "name another with --out.")])
    if not out.parent.is_dir():
        raise FileFaults([Fault(str(out), 0, f"there is no folder {out.parent}.", "make it, or name another file with --out.")])
    if force or not os.path.lexists(out):
        return
    try:
        with out.open("rb") as file:
            own = GENERATOR in file.read(_HEAD)
    except OSError as error:
        raise _unwritten(out, error) from error
    if not own:
        raise FileFaults(
            [Fault(str(out), 0, "is there already, and is no report.", "name another file with --out, or add --force.")]
        )


def _unwritten(out: Path, error: OSError) -> FileFaults:
    return FileFaults(
        [Fault(str(out), 0, f"cannot be written ({error.strerror}).", "check its permissions, or name another with --out.")]
    )
