"""The lines of a reply as a terminal shows them: wrapped to its width, quotations and lists hanging, choices with numbers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable

from bot.cli.colours import BOLD, CYAN, FAINT, Paint
from bot.say.lines import Bold, Frame, Line
from bot.text.display import closed, columns_of

_WIDEST, _NARROWEST = 100, 20  # columns: longer lines are hard to read, and shorter ones are no use
_QUOTED = "  "  # before a quotation
_NO_BREAK = "\u00a0"
_WORD = re.compile(r"([ \t\n\v\f\r]*)([^ \t\n\v\f\r]+)")  # with the blanks before it; a no-break space is none


def columns() -> int:
    """How wide a reply is set on this terminal."""
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size().columns - 1))


def page(lines: Iterable[Line], width: int, paint: Paint, choices: int = 0) -> str:
    """The lines, wrapped to `width` columns; the first so many `choices` among the items are numbered, from 1 on."""
    shown: list[str] = []
    number = 0
    for line in lines:
        match line.kind:
            case "quote":
                below = _QUOTED + (" " if line.text.startswith("“") else "")
                for place, part in enumerate(closed(line.text).splitlines()):
                    shown += [paint(row, CYAN) for row in _wrapped(part, width, below if place else _QUOTED, below)]
            case "small":
                shown += [paint(row, FAINT) for row in _wrapped(closed(line.text), width)]
            case "item" | "choice":
                number += 1
                begin = f"{number}. " if number <= choices else "- "
                shown += _wrapped(closed(line.text), width, begin, " " * len(begin))
            case "frame":
                shown += _bold(line.frame, width, paint)
    return "\n".join(shown)


def paragraph(text: str, width: int) -> str:
    """A text of the program's own, wrapped."""
    return "\n".join(_wrapped(text, width))


def hanging(text: str, width: int) -> str:
    """Rows of the program's own, wrapped: what is left of a row stands further in than its beginning."""
    rows = list[str]()
    for row in text.split("\n"):
        begin = row[: len(row) - len(row.lstrip(" "))]
        rows += _wrapped(row[len(begin) :], width, begin, begin + _QUOTED) or [""]
    return "\n".join(rows)


def side_by_side(texts: Iterable[str], width: int) -> str:
    """Short texts in rows, none of them broken."""
    return paragraph("  ".join(text.replace(" ", _NO_BREAK) for text in texts), width).replace(_NO_BREAK, " ")


def _wrapped(text: str, width: int, begin: str = "", below: str = "") -> list[str]:
    """Rows of whole words, so that what is copied stays what it was: `begin` stands before the first, `below` before the others. Not
    by textwrap, which takes every character for a column."""
    rows, row, taken = list[str](), begin, columns_of(begin)
    for blanks, word in _WORD.findall(text.expandtabs()):
        wide = columns_of(word)
        if row != begin and taken + len(blanks) + wide > width:
            rows.append(row)
            row, taken, blanks = below, columns_of(below), ""
        row += " " * len(blanks) + word
        taken += len(blanks) + wide
    return [*rows, row] if row != begin else []


def _bold(frame: Frame, width: int, paint: Paint) -> list[str]:
    """The rows of a frame with what is bold in it. Wrapping leaves blanks out, so only what is seen is counted."""
    parts = [closed(part) for part in frame]
    bold = iter([isinstance(part, Bold) for part, text in zip(frame, parts, strict=True) for c in text if not c.isspace()])
    painted = []
    for row in _wrapped("".join(parts), width):
        marks = [None if c.isspace() else next(bold) for c in row]
        text, start = "", 0
        while start < len(row):
            end = start + 1
            while end < len(row) and marks[end] in (marks[start], None):
                end += 1
            piece = row[start:end].rstrip() if marks[start] else row[start:end]
            text += (paint(piece, BOLD) if marks[start] else piece) + row[start + len(piece) : end]
            start = end
        painted.append(text)
    return painted
