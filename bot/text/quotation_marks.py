"""Which words of an article stand in quotation marks, and where its marks do not say. Pure and linear in the text.

Double, single and angled marks, curly or straight, English, French or German, one kind inside another. A quotation that runs on
opens anew in each paragraph, or not until it closes in a later one. A mark is told from an apostrophe (`readers’`, `’78`) and
from the sign for inches or feet (`6" deep`) by what stands beside it and by which marks follow in its paragraph. Where marks do
not balance nothing is guessed: the words that it concerns are unsure.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import NamedTuple

from bot.text.article import Article, Section, Span
from bot.text.layout import joined_lines

_MARKS = "“”„‟\"‘’‚‛'«»‹›"
_MARK = re.compile(f"[{_MARKS}]")
_FAMILY = {mark: family for family, marks in (("double", "“”„‟\""), ("single", "‘’‚‛'"), ("angle", "«»"), ("point", "‹›")) for mark in marks}  # fmt: skip
_BEFORE_OPENING = "([{<-–—/=:"
_AFTER_CLOSING = ".,;:!?…)]}>[-–—/*"
# Words that begin with an apostrophe.
_CLIPPED = re.compile(r"(?:\d\ds?|[Tt]is|[Tt]was|[Tt]il|[Ee]m|[Cc]ause|[Bb]out|[Nn]|[Rr]ound)\b")
# What ends with an apostrophe as often as with a closing mark: possessives, and words with a letter left off.
_CLIPPED_OR_POSSESSIVE = re.compile(r"(?:[sSzx]|in|\b(?:o|an|th|wi|ol)|\d)$")
# What stands before a curly mark that is one of inches as often as one that closes, and from it on: 5’ 11”, 6” by 4”, 6” deep.
_FEET_OR_SIDE = re.compile(r"\d(?:[’'] ?|” (?:by|[x×]) )\d{1,2}$")
_MEASURED = re.compile(r"”(?:-| ?)(?:deep|wide|long|high|tall|thick|across|by|[x×])\b")
_AND = re.compile(r"(?<!\w)[’']n$")  # rock ’n’ roll
# A line that somebody says without marks: "MS. DELGADO: ...", "Émile van der Berg: ...", "Q. ...".
_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w.’'-]*"
_TURN = re.compile(
    rf"[ \t]*(?:(?P<letter>[QA])[.:]|(?P<name>{_CAPITALISED}(?: (?:(?:van|von|de[rnl]?|d[aiou]|la|le|bin|al) ){{0,2}}{_CAPITALISED}){{0,4}}):)\s"
)
# Who speaks, where a quotation that its paragraph does not close should still run on: so its closing mark may be missing.
_ATTRIBUTION = re.compile(r"[,?!]\s+(?:\w+\s+){0,3}?(?:sa(?:id|ys)|add(?:ed|s)|ask(?:ed|s)|told|wrote|replied|explained)\b")
_MOST_PARAGRAPHS = 20  # that one quotation runs through without being opened anew


class Standing(StrEnum):
    """How a passage stands to the quotation marks of its article, by where it begins."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    ITSELF = "itself"  # begins with its own opening mark, and closes with its own or not at all
    MIXED = "mixed"  # begins with its own opening mark, and goes on behind the closing one
    TURN = "turn"  # outside or mixed, in a line that begins with the name of whoever says it
    UNSURE = "unsure"  # the marks round it do not balance


@dataclass(frozen=True, slots=True)
class Quotations:
    """Of an article: `spans` are the words in quotation marks, without the marks and by paragraph, of quotations that stand inside no
    other; `unsure` is where marks do not balance. Both in order."""

    spans: tuple[Span, ...]
    unsure: tuple[Span, ...]


class _Role(Enum):
    OPEN = "open"
    CLOSE = "close"
    EITHER = "either"  # opens or closes, whichever is due
    MAYBE = "maybe"  # closes, or is an apostrophe or a sign for inches or feet


class _Mark(NamedTuple):
    at: int
    family: str
    role: _Role
    glyph: str


@dataclass(slots=True)
class _Read:
    """What one paragraph's marks come to; `orphan` closes what nothing there opened, `unclosed` is opened and never closed."""

    start: int
    end: int
    opens: str  # the family of the mark that it begins with
    spans: list[tuple[int, int]]
    unsure: list[tuple[int, int]]
    orphan: _Mark | None = None
    unclosed: _Mark | None = None


@functools.lru_cache(maxsize=16)
def quotations_of(article: Article) -> Quotations:
    """The article's quotations. What does not belong to the article is passed over."""
    text = article.text
    own = [p.span for p in article.paragraphs if p.section is not Section.FURNITURE]
    angles = _opening_angle(text)
    read = [_read(text, p.start, p.end, angles) for p in own]
    spans: list[tuple[int, int]] = []
    unsure: list[tuple[int, int]] = []
    last = -1  # the paragraph in which a quotation of an earlier one closes
    for i, here in enumerate(read):
        spans += here.spans
        unsure += here.unsure
        if here.orphan and i != last:
            since = max((end + 1 for _, end in here.spans if end < here.orphan.at), default=here.start)
            unsure.append((since, here.orphan.at))
        if here.unclosed is None:
            continue
        begin, family = here.unclosed.at + 1, here.unclosed.family
        if _attributed(text, begin, here.end):
            unsure.append((begin, here.end))
        elif i + 1 < len(read) and read[i + 1].opens == family:
            spans.append((begin, here.end))
        elif (closing := _closed_in(read, i + 1, family)) is not None:
            orphan = read[closing].orphan
            assert orphan is not None
            spans += [(begin, here.end), *((p.start, p.end) for p in read[i + 1 : closing]), (read[closing].start, orphan.at)]
            last = closing
        else:
            unsure.append((begin, here.end))
    return Quotations(_spans(text, spans), _spans(text, unsure))


def standing(article: Article, span: Span) -> Standing:
    """How a passage of the article stands to its quotation marks."""
    text, found = article.text, quotations_of(article)
    begin, end = span.start, span.end
    while begin < end - 1 and (text[begin] in _MARKS or text[begin].isspace()):
        begin += 1
    while end > begin + 1 and (text[end - 1] in _MARKS or text[end - 1].isspace()):
        end -= 1
    if _holding(found.unsure, begin):
        return Standing.UNSURE
    around = _holding(found.spans, begin)
    if around and around.start > span.start and end <= around.end:
        return Standing.ITSELF
    if around and around.start <= span.start:
        return Standing.INSIDE
    paragraph = article.paragraph_at(begin).span
    lines = joined_lines(text, paragraph.start, paragraph.end, article.layout.columns)
    if any(a <= begin < b and turn_label(text, a, b) for a, b in lines):
        return Standing.TURN
    return Standing.MIXED if around else Standing.OUTSIDE


def turn_label(text: str, start: int, end: int) -> str:
    """What stands before the colon of a line that begins with who says it; "" where none does."""
    found = _TURN.match(text, start, end)
    return found["letter"] or found["name"] if found else ""


def _holding(spans: Sequence[Span], offset: int) -> Span | None:
    at = bisect.bisect_right(spans, offset, key=lambda s: s.start) - 1
    return spans[at] if at >= 0 and offset < spans[at].end else None


def _spans(text: str, found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """As spans in order, without white space round them; empty ones left out, and those that overlap made one."""
    spans: list[Span] = []
    for start, end in sorted(found):
        part = text[start:end]
        start, end = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
        if spans and start < spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(end, spans[-1].end))
        elif start < end:
            spans.append(Span(start, end))
    return tuple(spans)


def _attributed(text: str, start: int, end: int) -> bool:
    return bool(_ATTRIBUTION.search(text, start, end))


def _closed_in(read: Sequence[_Read], first: int, family: str) -> int | None:
    """The paragraph that closes what an earlier one opened: before any mark of that family opens another quotation."""
    for i in range(first, min(len(read), first + _MOST_PARAGRAPHS)):
        orphan = read[i].orphan
        if orphan and orphan.family == family and not any(start < orphan.at for start, _ in read[i].spans):
            return i
        if orphan or read[i].spans or read[i].unclosed:
            return None
    return None


# One paragraph


def _read(text: str, start: int, end: int, angles: str) -> _Read:
    marks = _settled(text, list(_marks(text, start, end, angles)))
    opens = marks[0].family if marks and marks[0].at == start and marks[0].role is _Role.OPEN else ""
    read = _Read(start, end, opens, [], [])
    stack: list[_Mark] = []
    open_marks: Counter[str] = Counter()  # on the stack, by family
    for i, mark in enumerate(marks):
        is_open = open_marks[mark.family] > 0
        if mark.role is _Role.OPEN or (mark.role is _Role.EITHER and not is_open):
            stack.append(mark)
            open_marks[mark.family] += 1
        elif is_open:
            crossed = False  # ‘... “...’
            while (opened := stack.pop()).family != mark.family:
                open_marks[opened.family] -= 1
                crossed = crossed or opened.family != "single"
            open_marks[mark.family] -= 1
            if crossed:
                read.unsure.append((opened.at + 1, mark.at))
            elif not stack:
                read.spans.append((opened.at + 1, mark.at))
                read.unsure += _perhaps_longer(marks, i)
        elif mark.role is _Role.CLOSE and read.orphan is None and _closes_surely(text, mark, inside=bool(stack)):
            read.orphan = mark
    # A single mark that nothing closes is an apostrophe inside another quotation, and where it is straight.
    left = [m for m in stack if m.family != "single"] or [m for m in stack if m.glyph != "'"]
    read.unclosed = left[0] if left else None
    return read


def _closes_surely(text: str, mark: _Mark, *, inside: bool) -> bool:
    """Whether a closing mark for which none is open misses one; a single mark inside a quotation or behind a letter is an apostrophe."""
    return mark.family != "single" or not (inside or text[mark.at - 1].isalnum())


def _perhaps_longer(marks: Sequence[_Mark], closing: int) -> Iterator[tuple[int, int]]:
    """What lies behind a single mark that may be an apostrophe, up to the last such mark before another quotation opens: any of them
    may be the one that closes."""
    if marks[closing].role is not _Role.MAYBE or marks[closing].family != "single":
        return
    last = closing
    for i in range(closing + 1, len(marks)):
        if marks[i].family == "single":
            if marks[i].role is not _Role.MAYBE:
                break
            last = i
    if last > closing:
        yield marks[closing].at + 1, marks[last].at


def _settled(text: str, marks: Sequence[_Mark]) -> list[_Mark]:
    """The marks with those that may be apostrophes or signs settled by what follows them in the paragraph: where a sure closing mark
    follows, they are none. Of several without one, the first single mark closes and the last double one."""
    kept: list[_Mark] = []
    following: dict[str, _Role] = {}  # by family, of the next mark that is kept
    closes: set[str] = set()  # families of which a closing mark follows
    for mark in reversed(marks):
        after = following.get(mark.family)
        if mark.role is _Role.MAYBE:
            if after is _Role.CLOSE or (mark.family == "double" and after is not None and after is not _Role.OPEN):
                continue
        elif mark.glyph == "'" and mark.role is _Role.OPEN and "single" not in closes:
            continue
        kept.append(mark)
        following[mark.family] = mark.role
        if mark.role is not _Role.OPEN:
            closes.add(mark.family)
    return kept[::-1]


def _marks(text: str, start: int, end: int, angles: str) -> Iterator[_Mark]:
    """The quotation marks of a paragraph with what each does there; apostrophes between letters are none."""
    for found in _MARK.finditer(text, start, end):
        at, glyph = found.start(), found[0]
        family = _FAMILY[glyph]
        opens, closes = _shape(text, at, start, end)
        before, after = text[at - 1 : at] if at > start else "", text[at + 1 : at + 2] if at + 1 < end else ""
        role: _Role | None
        if family in ("angle", "point"):
            role = _angled(glyph, angles)
        elif family == "single":
            role = _single(text, at, start, end, opens=opens, closes=closes, between=before.isalnum() and after.isalnum())
        elif glyph == '"':
            role = _straight(opens=opens, closes=closes, after_digit=before.isdigit())
        elif before.isdigit() and (_FEET_OR_SIDE.search(text[max(start, at - 9) : at]) or _MEASURED.match(text, at, end)):
            role = _Role.MAYBE
        elif opens != closes:
            role = _Role.OPEN if opens else _Role.CLOSE
        else:
            role = _Role.CLOSE if glyph == "”" else _Role.OPEN
        if role is not None:
            yield _Mark(at, family, role, glyph)


def _shape(text: str, at: int, start: int, end: int) -> tuple[bool, bool]:
    """Whether a mark, with those right beside it, stands as one that opens, and as one that closes."""
    first, last = at, at + 1
    while first > start and at - first < 3 and text[first - 1] in _MARKS:
        first -= 1
    while last < end and last - at < 4 and text[last] in _MARKS:
        last += 1
    before, after = text[first - 1] if first > start else " ", text[last] if last < end else " "
    opens = (before.isspace() or before in _BEFORE_OPENING) and not after.isspace()
    closes = not before.isspace() and before not in "([{" and (after.isspace() or after in _AFTER_CLOSING)
    return opens, closes


def _straight(*, opens: bool, closes: bool, after_digit: bool) -> _Role:
    if after_digit:
        return _Role.MAYBE
    if opens == closes:
        return _Role.EITHER
    return _Role.OPEN if opens else _Role.CLOSE


def _single(text: str, at: int, start: int, end: int, *, opens: bool, closes: bool, between: bool) -> _Role | None:
    if between:
        return None
    if opens and not closes:
        return None if text[at] == "’" or _CLIPPED.match(text, at + 1, end) else _Role.OPEN
    if not closes:
        return None
    before = text[max(start, at - 4) : at]
    if _AND.search(before):
        return None
    return _Role.MAYBE if _CLIPPED_OR_POSSESSIVE.search(before) else _Role.CLOSE


def _angled(glyph: str, opening: str) -> _Role | None:
    if not opening:
        return None
    return _Role.OPEN if (glyph in "«‹") == (opening == "«") else _Role.CLOSE


def _opening_angle(text: str) -> str:
    """Which of « and » opens in this text: the one that stands first. Neither where only one is used, as in « Home » News »."""
    first, other = text.find("«"), text.find("»")
    if first < 0 or other < 0:
        return ""
    return "«" if first < other else "»"
