"""What is wrong with a file, for the person who can fix it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_TOLD = 10  # faults at once: whoever has mended these sees the next


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a file: where, what, and how to fix it. One that `follows` will go, or can only be judged, when another
    fault is mended."""

    file: str
    line: int
    what: str
    fix: str = ""
    follows: bool = False

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.what}" + (f" Fix: {self.fix}" if self.fix else "")


class FileFaults(Exception):
    """One or more faults in the files of a pack or a configuration, in the order in which the files are first named, and of their
    lines; those that follow from others come last. As a text it tells the first ten that do not follow, and how many there are."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        different = tuple(dict.fromkeys(faults))
        place = {file: i for i, file in enumerate(dict.fromkeys(f.file for f in different))}
        self.faults = tuple(sorted(different, key=lambda f: (f.follows, place[f.file], f.line, f.what)))
        super().__init__("\n".join(self.lines()))

    @property
    def told(self) -> tuple[Fault, ...]:
        """Those to be mended first, ten at most."""
        return self._causes[:MOST_TOLD]

    def lines(self, *, every: bool = False) -> tuple[str, ...]:
        """Those to be mended first, or every one; and, where there are several, how many."""
        shown = self.faults if every else self.told
        causes, following = len(self._causes), len(self.faults) - len(self._causes)
        count = f"{causes} fault{'s' if causes > 1 else ''}"
        if len(shown) < causes:
            count += f", of which these are the first {len(shown)}"
        if following:
            count += f", and {following} more that follow{'s' if following == 1 else ''} from {'them' if causes > 1 else 'it'}"
        return (*map(str, shown), *([f"{count}."] if len(self.faults) > 1 else []))

    @property
    def _causes(self) -> tuple[Fault, ...]:
        return tuple(f for f in self.faults if not f.follows) or self.faults
