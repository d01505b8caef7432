"""`verbatim calibrate`: how sure an answer must be, fitted on labelled questions and written into the pack."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.messages import usage
from bot.cli.settings import Commands, build_engine, config_option
from bot.curate import evaluate
from bot.curate.chart import risk_coverage
from bot.engine.build import save_model

_PICTURE_FILE = "decision.svg"


def add(commands: Commands) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "calibrate",
        parents=[config_option()],
        help="set when a pack answers, from labelled questions",
        description="Fit how sure an answer must be, by cross-validation on labelled questions, and write it into the pack as "
        "decision.yaml, with the risk-coverage curve as a picture (decision.svg).",
    )
    parser.add_argument("pack", help="the pack's folder")
    parser.add_argument("questions", type=Path, nargs="+", help="files of labelled questions")
    parser.add_argument(
        "--max-wrong",
        type=_share,
        default=0.05,
        metavar="SHARE",
        help="the share of answers that may be wrong, such as 5%% (default) or 0.05",
    )
    parser.add_argument("--dry-run", action="store_true", help="print, but write nothing")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fit, print the curve and write the decision. Returns the exit status. Raises FileFaults."""
    path = Path(options.pack)
    if path.is_file():
        return usage(f"{path} is a text without curation: the decision is kept in a pack's folder. See docs/curating.md.")
    engine = build_engine(path, options)
    found = evaluate.samples(engine, [q for f in options.questions for q in evaluate.read_labelled(f)])
    if len(found) < 50:
        return usage(f"{len(found)} usable questions are too few to fit on; give 50 or more.")
    try:
        model, chosen, curve = evaluate.calibrate(found, options.max_wrong)
    except ValueError as error:
        return usage(f"{error}.")
    print("threshold   answered rightly   of answers wrong   (cross-validated)")
    for point in curve[::5]:
        print(f"{point.threshold:9.2f}{point.coverage:19.1%}{point.risk:19.1%}")
    print(f"chosen: {model.threshold:.2f} for at most {options.max_wrong:.1%} wrong, from {len(found)} questions")
    if options.dry_run:
        return 0
    drawn = risk_coverage(
        [(p.coverage, p.risk) for p in curve if p.coverage or p.risk],  # without thresholds that nothing reaches
        (chosen.coverage, chosen.risk),
        options.max_wrong,
        engine.pack.slug,
        f"Cross-validated on {len(found)} questions; the chosen threshold is {model.threshold:.2f}.",
    )
    try:
        print(f"written: {save_model(model, path)}")
        picture = path / _PICTURE_FILE
        picture.write_bytes(drawn.encode())
        print(f"written: {picture}")
    except OSError as error:
        return usage(f"{error.filename} cannot be written ({error.strerror}).")
    return 0


def _share(text: str) -> float:
    try:
        value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1 (write 5% or 0.05)")
    return value
