"""How well `verbatim new` says who speaks, on quotations that a person marked (tests/attributions/README.md).

Right: the marked speaker, or nobody where nobody speaks. Open: it names no one and says so. Wrong: it is sure, and of something else;
that a quotation is nobody's counts as such too. No public set of quotations with their speakers is used: none can be had offline.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.draft.drafting import Attributed, attributed
from bot.draft.names import untitled
from bot.text.article import parse

ROOT = Path(__file__).resolve().parent.parent
MARKS = ROOT / "tests" / "attributions"
_CORPUS = ROOT / "training" / "corpus"
# By the file of their marks. The rules were written with a look at the first alone.
TEXTS = {
    "texts": ROOT / "tests" / "texts",
    "second": ROOT / "tests" / "texts" / "second",
    "corpus": _CORPUS,
    "corpus-second": _CORPUS,
    "corpus-third": _CORPUS,
    "corpus-fourth": _CORPUS,
}
KINDS = ("before", "after", "pronoun", "role", "relayed", "continued", "turn", "none")
_NOBODY = "-"


class Outcome(Enum):
    RIGHT = "right"
    OPEN = "open"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class MarkedSpeaker:
    """A quotation with who speaks, by any of several names; none where nobody does."""

    text: str
    kind: str
    speakers: tuple[str, ...]
    relayed_by: str
    begins: str


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", choices=TEXTS, help="of one set, list what is wrong, and what is open with the reason")
    options = parser.parse_args(argv)
    for name in TEXTS:
        outcomes = list(measured(name))
        print("\n".join([*table(name, outcomes), ""]))
        if options.errors == name:
            for marked, found, outcome in outcomes:
                if outcome is not Outcome.RIGHT:
                    said = found.why or ", ".join(filter(None, (found.speaker, found.relayed_by))) or "nobody"
                    print(
                        f"{outcome.value}: {marked.text} {marked.begins!r} ({marked.kind}, {'|'.join(marked.speakers)}): {said}"
                    )
            print()
    return 0


def read_marks(path: Path) -> list[MarkedSpeaker]:
    """The marks of a file, in the order of the quotations. Raises ValueError where a line is not as it must be."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != 5 or row[1] not in KINDS or (row[2] == _NOBODY) != (row[1] == "none"):
                raise ValueError(f"{path.name}:{number}: not a mark: {row}")
            text, kind, speakers, relayed, begins = row
            names = () if speakers == _NOBODY else tuple(speakers.split("|"))
            found.append(MarkedSpeaker(text, kind, names, "" if relayed == _NOBODY else relayed, begins))
    return found


def measured(name: str) -> Iterator[tuple[MarkedSpeaker, Attributed, Outcome]]:
    """Each marked quotation of a file of marks with what the program makes of it. Raises ValueError where the marks are not the
    quotations."""
    marks = read_marks(MARKS / f"{name}.tsv")
    for text in dict.fromkeys(m.text for m in marks):
        folder = TEXTS[name]
        path = folder / text / "article.txt" if folder == _CORPUS else folder / f"{text}.txt"
        article = parse(path.read_bytes())
        found, own = attributed(article), [m for m in marks if m.text == text]
        if len(found) != len(own):
            raise ValueError(f"{text} has {len(found)} quotations, and {len(own)} are marked")
        for mark, one in zip(own, found, strict=True):
            words = " ".join(article.excerpt(one.span).text.split())
            if not words.startswith(mark.begins):
                raise ValueError(f"{text}: {words!r} does not begin with {mark.begins!r}")
            yield mark, one, outcome_of(mark, one)


def outcome_of(mark: MarkedSpeaker, found: Attributed) -> Outcome:
    if found.why:
        return Outcome.OPEN
    if not mark.speakers or not found.speaker:
        return Outcome.RIGHT if not mark.speakers and not found.speaker else Outcome.WRONG
    same = any(_form(one) == _form(other) for one in mark.speakers for other in (found.speaker, *found.aliases))
    relayed = not found.relayed_by or _form(found.relayed_by) == _form(mark.relayed_by)
    return Outcome.RIGHT if same and relayed else Outcome.WRONG


def _form(name: str) -> str:
    words = untitled(name).lower().split()
    return " ".join(words[1:] if words[:1] in (["the"], ["a"], ["an"], ["its"]) else words)


def table(name: str, outcomes: Sequence[tuple[MarkedSpeaker, Attributed, Outcome]]) -> Iterator[str]:
    yield f"| {name} | quotations | right | open | wrong when sure |"
    yield "|---|--:|--:|--:|--:|"
    for kind in KINDS:
        if own := [o for m, _, o in outcomes if m.kind == kind]:
            yield _row(kind, own)
    yield _row("all", [o for _, _, o in outcomes])


def _row(label: str, outcomes: Iterable[Outcome]) -> str:
    own = list(outcomes)
    right, left, wrong = (own.count(o) for o in (Outcome.RIGHT, Outcome.OPEN, Outcome.WRONG))
    sure = right + wrong
    return (
        f"| {label} | {len(own)} | {right} ({right / len(own):.0%}) | {left} ({left / len(own):.0%}) | {f'{wrong} of {sure}'} |"
    )


if __name__ == "__main__":
    sys.exit(main())
