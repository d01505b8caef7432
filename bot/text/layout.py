"""How a text stands in its file: its lines, which of them wrapping broke off, and its paragraphs. Pure and linear in the text.

Whatever ends lines (LF, CR LF, CR alone, a form feed, a line separator), a line with nothing but white space parts paragraphs. A
text without such lines has a paragraph a line. In a text whose lines were broken to fit some number of columns a line break is a
space, unless a list item, a row of a table, an indented line or another's mail (">") begins behind it, or the line is so short that
it ended by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Lines = list[tuple[int, int]]
"""The start and end of each line, in code points, without its line break."""

_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # what str.splitlines breaks at
_PARAGRAPH_SEPARATOR = "\u2029"
# Bullets, "1.", "2)", "(a)", "iv)"; not "J." or "c.", which begin many a line of prose.
_ITEM = re.compile(r"(?:[-*+•‣◦▪●·]|\d{1,3}(?:\.\d{1,3})*[.)]|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{2,5})\))\s")
_DASHED = re.compile(r"[–—]\s")  # an item, unless wrapping broke the line before a dash of its prose
# Cells are apart by tabs, by three blanks that follow no full stop, or by upright lines.
_ROW = re.compile(r"\S[^\S\t]*\t\s*\S|[^\s.!?:”\"’')] {3,}\S|\|.*\|")
# The first word of a line, behind the marks of a mail that quotes another: "> > So"; not behind a prompt of a program, ">>>".
_FIRST_WORD = re.compile(r"(?:\s|\ufeff|>>?(?!>))*+(?P<word>\S+)")
_ENDED = (".", "!", "?", ":", ";", "…", "”", "’", '"', "'", ")", "]")

NARROWEST, WIDEST = 40, 120  # columns; what is wrapped narrower reads like a list, wider like lines of their own
_FEWEST_APART = 3  # stretches of a text that blank lines part, from which on they part its paragraphs


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text was taken: wrapped at so many columns (0 where it is not), and whether each line is a paragraph of its own."""

    columns: int = 0
    by_line: bool = False


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space and byte order marks round it; nothing where nothing is left."""
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def laid_out(text: str) -> tuple[Layout, list[tuple[int, int]]]:
    """How the text was taken, and its paragraphs in order, as (start, end) in code points, without white space round them."""
    blocks = list(_blocks(text))
    columns = _columns(text, blocks)
    undivided = len(blocks) < _FEWEST_APART
    paragraphs: list[tuple[int, int]] = []
    by_line = False
    for block in blocks:
        own = list(_joined(text, block, columns))
        # Two lines under or over the only blank line are as likely one paragraph: a long headline, an address.
        if undivided and len(own) > len(blocks):
            by_line = True
            paragraphs += own
        else:
            paragraphs.append((block[0][0], block[-1][1]))
    return Layout(columns, by_line), [found for start, end in paragraphs if (found := trimmed(text, start, end))]


def joined_lines(text: str, start: int, end: int, columns: int) -> Iterator[tuple[int, int]]:
    """The lines of `text[start:end]`, each with those that wrapping at so many columns broke off it; 0 joins none."""
    return _joined(text, list(_lines(text, start, end)), columns)


def is_item(text: str, start: int, end: int) -> bool:
    """Whether the line begins with a bullet, a dash, a number or a letter as the items of a list do."""
    return bool(_ITEM.match(text, start, end) or _DASHED.match(text, start, end))


def is_row(text: str, start: int, end: int) -> bool:
    """Whether the line is a row of a table: cells apart by tabs, by three blanks or more, or by upright lines."""
    return bool(_ROW.search(text, start, end))


def indent(text: str, start: int, end: int) -> int:
    """The blanks before the first character of the line, those before `start` included."""
    first = start
    while first < end and text[first].isspace():
        first += 1
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return first - start


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for gap in _BREAK.finditer(text, start, end):
        yield start, gap.start()
        start = gap.end()
    yield start, end


def _blocks(text: str) -> Iterator[Lines]:
    """The lines between blank ones."""
    block: Lines = []
    for start, end in _lines(text, 0, len(text)):
        blank = trimmed(text, start, end) is None
        if block and (blank or text[start - 1] == _PARAGRAPH_SEPARATOR):
            yield block
            block = []
        if not blank:
            block.append((start, end))
    if block:
        yield block


def _columns(text: str, blocks: Sequence[Lines]) -> int:
    """The columns at which the text was wrapped, or 0.

    A line that stops in the middle of a sentence shows it: the next begins with a small letter. Such lines are about equally long
    in a wrapped text, and in no other: a list or a chat without capitals has them too.
    """
    broken = [
        (_length(text, *one), _room(text, one, other))
        for block in blocks
        for one, other in pairwise(block)
        if _stops_short(text, one, other)
    ]
    columns = max((length for length, _ in broken if NARROWEST <= length <= WIDEST), default=0)
    full = sum(columns - columns // 6 < room and length <= columns for length, room in broken)
    return columns if 4 * full >= 3 * len(broken) else 0


def _stops_short(text: str, line: tuple[int, int], other: tuple[int, int]) -> bool:
    if is_row(text, *line) or is_row(text, *other):
        return False
    first = _FIRST_WORD.match(text, *other)
    return first is not None and first["word"][0].islower() and not text[slice(*line)].rstrip().endswith(_ENDED)


def _joined(text: str, lines: Lines, columns: int) -> Iterator[tuple[int, int]]:
    if not lines:
        return
    start, in_item = lines[0][0], False
    for one, other in pairwise(lines):
        in_item = in_item or _begins_item(text, one)
        if not (columns and _goes_on(text, one, other, columns, in_item=in_item)):
            yield start, one[1]
            start, in_item = other[0], False
    yield start, lines[-1][1]


def _goes_on(text: str, line: tuple[int, int], other: tuple[int, int], columns: int, *, in_item: bool) -> bool:
    """Whether the break between two lines of a text wrapped at so many columns is a space."""
    if _begins_item(text, other) or is_row(text, *line) or is_row(text, *other) or _depth(text, line) != _depth(text, other):
        return False
    if indent(text, *other) > indent(text, *line) and not in_item:
        return False
    length, room = _length(text, *line), _room(text, line, other)
    if not 0 < length <= columns + columns // 8 or room == length:
        return False
    return room > columns - columns // 12 or (2 * length > columns and _stops_short(text, line, other))


def _begins_item(text: str, line: tuple[int, int]) -> bool:
    first = _FIRST_WORD.match(text, *line)
    return first is not None and bool(_ITEM.match(text, first.start("word"), line[1]))


def _depth(text: str, line: tuple[int, int]) -> int:
    """How many marks of a mail that quotes another the line begins with."""
    first = _FIRST_WORD.match(text, *line)
    return text.count(">", line[0], first.start("word") if first else line[1])


def _room(text: str, line: tuple[int, int], other: tuple[int, int]) -> int:
    """How long the line would be with the first word of the next; only that long where the next has none."""
    first = _FIRST_WORD.match(text, *other)
    return _length(text, *line) + (1 + len(first["word"]) if first else 0)


def _length(text: str, start: int, end: int) -> int:
    """The columns that a line takes, with its indent and without what white space follows it."""
    return indent(text, start, end) + len(text[start:end].strip())
