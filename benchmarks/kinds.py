"""The kinds of fault that were complained of, and how many of their cases come out right: the complaint's own and five others each.

The cases are those of tests/complaints/, which `pytest tests/test_kinds.py` holds; this prints them as a table. What the program did
before is what the complaint says of its own cases: the others were written later, and the program of then has other modules.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from complaints.kind import Case, Kind
from complaints.table import SECTIONS


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="list the cases that do not come out right")
    options = parser.parse_args(argv)
    print("\n".join(table(SECTIONS)))
    if options.misses:
        print("\n".join(["", *misses(SECTIONS)]))
    return 0


def table(sections: Mapping[str, Sequence[Kind]]) -> Iterator[str]:
    """In Markdown, a row a kind, and the sums."""
    yield "| kind | before, as the complaint has it | the complaint’s cases right now | other cases right now |"
    yield "|---|---|--:|--:|"
    sums = [0, 0, 0, 0]
    for section, kinds in sections.items():
        yield f"| **{section}** | | | |"
        for kind in kinds:
            counts = [n for cases in (kind.complaint, kind.variants) for n in (sum(is_right(kind, c) for c in cases), len(cases))]
            sums = [a + b for a, b in zip(sums, counts, strict=True)]
            yield "| {} | {} | {} of {} | {} of {} |".format(kind.name, kind.before, *counts)
    yield "| **{} kinds** | | **{} of {}** | **{} of {}** |".format(sum(map(len, sections.values())), *sums)


def misses(sections: Mapping[str, Sequence[Kind]]) -> Iterator[str]:
    for kinds in sections.values():
        for kind in kinds:
            for one in kind.cases:
                if not is_right(kind, one):
                    yield f"- {kind.name}: {one.given!r}: {one.miss or 'new'}"


def is_right(kind: Kind, one: Case) -> bool:
    return kind.look(*one.given) == one.right


if __name__ == "__main__":
    sys.exit(main())
