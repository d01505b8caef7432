"""Whether the bot declines to judge articles that it has never seen, and answers what only looks like a call for its judgement, as a Markdown table.

What is asked about each folder of training/corpus stands in training/opinions.tsv. Nothing was fitted on those kept for measuring. Each is asked of the bare text
and of its small pack. Declined: with the verdict "opinion"; answered: with a passage as the answer, as if it were no matter of opinion.

    python benchmarks/opinions.py [--folders '*-8'] [--errors]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.engine.build import build
from bot.pack.values import Verdict
from training.articles import MEASURING, folders, read, write_bare, write_small
from training.opinion import Message, messages

OPINIONS, ALIKE = "opinions", "what looks like one"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folders", default=MEASURING, metavar="GLOB", help=f"of training/corpus (default: {MEASURING})")
    parser.add_argument("--errors", action="store_true", help="list what was taken for the other")
    options = parser.parse_args()
    found = folders(options.folders)
    if not found:
        print(f"no folder of training/corpus is called {options.folders}", file=sys.stderr)
        return 2
    print("| asked of | what | number | declined | answered |\n|---|---|--:|--:|--:|")
    for kind in ("bare texts", "small packs"):
        verdicts: dict[bool, Counter[Verdict]] = {True: Counter(), False: Counter()}
        for folder in found:
            for message, verdict in asked(folder, small=kind == "small packs"):
                verdicts[message.wanted][verdict] += 1
                if options.errors and message.wanted != (verdict is Verdict.OPINION):
                    print(f"{folder.name}\t{kind}\t{verdict.value}\t{message.text}", file=sys.stderr)
        for wanted, counts in verdicts.items():
            print(row(kind, OPINIONS if wanted else ALIKE, counts))
    return 0


def asked(folder: Path, *, small: bool) -> Iterator[tuple[Message, Verdict]]:
    """Everything that is asked about an article, with the verdict."""
    article = read(folder)
    with tempfile.TemporaryDirectory() as name:
        path = write_small(article, Path(name), 0) if small else write_bare(article, Path(name))
        engine = build(path, Path(name) / "cache")
        for message in messages([folder.name], questions=0):
            yield message, engine.answer(message.text).verdict


def row(kind: str, what: str, counts: Counter[Verdict]) -> str:
    number = counts.total()
    shares = (counts[verdict] / number if number else 0.0 for verdict in (Verdict.OPINION, Verdict.ANSWER))
    return f"| {kind} | {what} | {number} | {' | '.join(f'{share:.1%}' for share in shares)} |"


if __name__ == "__main__":
    sys.exit(main())
