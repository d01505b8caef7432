"""`verbatim calibrate`: when a pack answers, fitted on labelled questions and written into the pack."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli.labelled import labelled_questions
from bot.cli.messages import refuse
from bot.cli.reports import Fitted, calibrated, print_object
from bot.cli.settings import Commands, json_option, share
from bot.curate.calibration import Point, calibrate, samples
from bot.curate.chart import risk_coverage
from bot.engine.build import POLICY_FILE, build, policy_text, section_of
from bot.serve.progress import make_ready, terminal_progress
from bot.text.whole_file import write_whole

_PICTURE_FILE = "policy.svg"
_FEWEST = 50  # labelled questions


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "calibrate",
        parents=[json_option()],
        help="set when a pack answers, from labelled questions",
        description="Fit when a passage answers, with the reader and without it, by cross-validation on labelled questions; "
        "write that into the pack as policy.yaml, with the risk-coverage curve of the reader as a picture (policy.svg).",
    )
    parser.add_argument("pack", help="the pack's folder")
    parser.add_argument("questions", type=Path, nargs="+", help="files of labelled questions")
    parser.add_argument(
        "--max-wrong",
        type=share,
        default=0.05,
        metavar="SHARE",
        help="the share of answers that may be wrong, such as 5%% (default) or 0.05",
    )
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fit, print the curve and write the policy. Returns the exit status. Raises FileFaults."""
    path, as_object = Path(options.pack), options.as_object
    if path.is_file():
        why = f"{path} is a text without curation: the policy is kept in a pack's folder. See docs/curating.md."
        return refuse(why, as_object=as_object)
    questions = labelled_questions(options.questions, as_object=as_object)
    tell = terminal_progress(sys.stderr)
    policies, picture = {}, ""
    fits: list[Fitted] = []
    for reader in (True, False):
        engine = build(path, reader=reader, own_policy=False, progress=tell)
        make_ready(engine, tell)
        found = samples(engine, questions, tell)
        if len(found) < _FEWEST:
            why = f"{len(found)} usable questions are too few to fit on; give {_FEWEST} or more."
            return refuse(why, as_object=as_object)
        try:
            policy, chosen, points = calibrate(found, options.max_wrong, progress=tell)
        except ValueError as error:
            return refuse(f"{error}.", as_object=as_object)
        section = section_of(engine.pack, reader=reader)
        policies[section] = policy
        fits.append(Fitted(section, reader, len(found), chosen, policy.bars.follow_up, tuple(points)))
        if not as_object:
            _print_curve(fits[-1], options.max_wrong)
        picture = picture or _picture(points, chosen, options.max_wrong, engine.pack.slug, len(found))
    written: list[Path] = []
    for file, text in () if options.dry_run else ((POLICY_FILE, policy_text(policies)), (_PICTURE_FILE, picture)):
        try:
            write_whole(path / file, text.encode())
        except OSError as error:
            return refuse(f"{path / file} cannot be written ({error.strerror}).", as_object=as_object)
        written.append(path / file)
        if not as_object:
            print(f"written: {path / file}")
    if as_object:
        print_object(calibrated(path, engine.pack, fits, options.max_wrong, written))
    return 0


def _print_curve(fit: Fitted, max_wrong: float) -> None:
    print(f"{'with' if fit.reader else 'without'} the reader: {fit.questions} questions, cross-validated")
    print("  bar   answered rightly   of answers wrong   unanswerable refused")
    for p in fit.points[3::5]:
        print(f"{p.bar:5.2f}{p.coverage:19.1%}{p.risk:19.1%}{p.refused:23.1%}")
    follow_ups = f"; of follow-ups {fit.follow_up:.2f}" if fit.follow_up > fit.chosen.bar else ""
    print(f"chosen: {fit.chosen.bar:.2f} for at most {max_wrong:.1%} wrong{follow_ups}")


def _picture(points: Sequence[Point], chosen: Point, max_wrong: float, slug: str, questions: int) -> str:
    """The risk-coverage curve, without bars that nothing reaches."""
    return risk_coverage(
        [(p.coverage, p.risk) for p in points if p.coverage or p.risk],
        (chosen.coverage, chosen.risk),
        max_wrong,
        slug,
        f"Cross-validated on {questions} questions; the chosen bar is {chosen.bar:.2f}.",
    )
