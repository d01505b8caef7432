"""What phrasings are worth: a pack cut to the first few of each topic, scored on labelled questions, as a Markdown table.

The question of a topic counts as its first phrasing; then come those of its record, then those of the phrase bank. Cut packs
decide by the policy that ships for packs; the whole one by that and by its own. Right: of the questions that the article answers;
refused: of those about its matter that it does not; precision: right among all that is answered. docs/evaluating.md says what
counts as right.

    python benchmarks/curve.py [FILE...] [--pack FOLDER] [--phrasings 2 4 10 all]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from bot.config import shipped
from bot.curate.scoring import Labelled, read_labelled, score
from bot.engine.build import POLICY_FILE, build
from bot.errors import FileFaults
from bot.pack.loading import load
from bot.pack.values import MAX_LISTED, Pack
from bot.serve.progress import terminal_progress
from bot.text.progress import Progress

FILES = [
    Path(__file__).resolve().parent.parent / "tests" / "questions" / name
    for name in ("held-out-questions.jsonl", "held-out-2-questions.jsonl")
]
WHOLE = "all"
RECORDS = ("faq", "gaps", "premises")  # files or folders of a pack whose records have phrasings
BANK = "phrases"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="labelled questions (default: the held-out ones of the project)"
    )
    parser.add_argument(
        "--pack", type=Path, default=shipped("knowledge/backthecode"), help="a pack's folder (default: the shipped one)"
    )
    parser.add_argument(
        "--phrasings",
        nargs="+",
        type=_amount,
        default=["2", "4", "10", WHOLE],
        metavar="N",
        help="of a topic (default: 2 4 10 all)",
    )
    options = parser.parse_args()
    files = options.files or FILES
    try:
        questions = {file.stem.removesuffix("-questions"): read_labelled(file) for file in files}
        print(head(questions))
        with tempfile.TemporaryDirectory() as folder:
            print(*rows(options.pack, sorted(options.phrasings, key=_order), questions, Path(folder)), sep="\n")
    except FileFaults as error:
        print(*error.faults, sep="\n", file=sys.stderr)
        return 2
    return 0


def _amount(text: str) -> str:
    if text != WHOLE and not (text.isdecimal() and int(text) > 1):
        raise argparse.ArgumentTypeError(f"{text!r} is neither {WHOLE} nor a whole number from 2")
    return text


def _order(amount: str) -> float:
    return float("inf") if amount == WHOLE else int(amount)


def head(questions: dict[str, list[Labelled]]) -> str:
    """The first lines of the table."""
    sets = "".join(f" {name}: right | refused | precision |" for name in questions)
    return f"| phrasings a topic | together | reader | policy |{sets}\n|--:|--:|---|---|{'--:|' * 3 * len(questions)}"


def rows(pack: Path, amounts: Sequence[str], questions: dict[str, list[Labelled]], folder: Path) -> list[str]:
    """A row for each amount of phrasings, with the reader and without it, and for each policy. Raises FileFaults."""
    whole, tell = load(pack), terminal_progress(sys.stderr)
    found = []
    for amount in reversed(amounts):  # those with the most phrasings first: the others find their vectors kept
        copy = folder / amount
        cut(pack, whole, copy, None if amount == WHOLE else int(amount))
        for own in (True, False) if amount == WHOLE and (pack / POLICY_FILE).is_file() else (False,):
            if own:
                shutil.copy(pack / POLICY_FILE, copy)
            else:
                (copy / POLICY_FILE).unlink(missing_ok=True)
            for reader in (False, True):
                cells = figures(copy, folder / "cache", questions, reader, tell)
                together = sum(len(t.asked) for t in load(copy).topics)
                policy = "the pack's own" if own else "that ships"
                found.append(f"| {amount} | {together:,} | {'on' if reader else 'off'} | {policy} | {' | '.join(cells)} |")
    return found[::-1]


def cut(pack: Path, whole: Pack, copy: Path, most: int | None) -> None:
    """A copy of a pack's folder with the first `most` phrasings of each topic, or with all."""
    shutil.copytree(pack, copy)
    if most is None:
        return
    further = {topic.id: topic.asked[1:most] for topic in whole.topics}
    bank = ""
    for file in (f for stem in RECORDS for f in (copy / f"{stem}.yaml", *(copy / stem).rglob("*.yaml")) if f.is_file()):
        records = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        for record in records:
            texts = further[record["id"]]
            record["phrasings"] = list(texts[:MAX_LISTED])
            if banked := texts[MAX_LISTED:]:
                bank += "\n".join((f"[{record['id']}]", *banked)) + "\n"
        file.write_text(yaml.safe_dump(records, allow_unicode=True, sort_keys=False), encoding="utf-8")
    shutil.rmtree(copy / BANK, ignore_errors=True)
    (copy / f"{BANK}.txt").write_text(bank, encoding="utf-8")


def figures(pack: Path, cache: Path, questions: dict[str, list[Labelled]], reader: bool, tell: Progress) -> list[str]:
    """Right, refused and precision for each set of questions."""
    engine = build(pack, cache, reader=reader, progress=tell)
    reports = [score(engine, rows, tell) for rows in questions.values()]
    return [f"{share:.1%}" for r in reports for share in (r.share("answerable"), r.share("unanswerable"), r.precision)]


if __name__ == "__main__":
    sys.exit(main())
