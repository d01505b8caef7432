"""The article: frozen text, numbered paragraphs, sentences, and excerpts that cannot be anything but slices of it.

Offsets are Unicode code points from the start of the file, as in the W3C Text Position Selector
(https://www.w3.org/TR/annotation-model/#text-position-selector).
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

_BLANK_LINES = re.compile(r"\r?\n[ \t]*(?:\r?\n[ \t]*)+")
_INITIALS = re.compile(r"(?:\b(?:Mrs?|Ms|Dr|Prof|Sir|St|Rev|Gen|Col|Lt|Sgt|No|vs|etc|approx|Inc|Ltd|Co|Jr|Sr)|\b[A-Z])\.$")
_SENTENCE_END = re.compile(r"[.!?…]+[”’\"')\]]*(?=\s|$)")


class Section(StrEnum):
    """Which part of the page a paragraph belongs to."""

    HEADLINE = "headline"
    BODY = "body"
    FOOT = "foot"
    FURNITURE = "furniture"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`text[start:end]`, in code points; never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: `number` is 0 for the headline, then counts on through body and foot; furniture has -1."""

    number: int
    section: Section
    span: Span


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of the article. Its text is always the slice, so a misquotation cannot be represented."""

    article: Article
    span: Span

    def __post_init__(self) -> None:
        if self.span.end > len(self.article.text):
            raise ValueError(f"span {self.span.start}..{self.span.end} is outside the article")

    @property
    def text(self) -> str:
        return self.article.text[self.span.start : self.span.end]

    @property
    def paragraph(self) -> Paragraph:
        return self.article.paragraph_at(self.span.start)


@dataclass(frozen=True)
class Article:
    """The whole text with its structure. Equality and hash go by identity of the text's SHA-256."""

    text: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Span, ...]

    def __hash__(self) -> int:
        return hash(self.sha256)

    def excerpt(self, span: Span) -> Excerpt:
        return Excerpt(self, span)

    def paragraph_at(self, offset: int) -> Paragraph:
        """The paragraph that holds the offset, or the one before it."""
        starts = [p.span.start for p in self.paragraphs]
        return self.paragraphs[max(0, bisect.bisect_right(starts, offset) - 1)]

    def locate(self, text: str) -> tuple[int, ...]:
        """Every offset at which `text` stands in the article, overlapping ones included."""
        found = []
        at = self.text.find(text) if text else -1
        while at >= 0:
            found.append(at)
            at = self.text.find(text, at + 1)
        return tuple(found)

    @property
    def headline(self) -> str:
        return next((self.excerpt(p.span).text for p in self.paragraphs if p.section is Section.HEADLINE), "")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parse(data: bytes, *, furniture: Iterable[str] = (), foot: str = "") -> Article:
    """Read an article from the bytes of its file.

    The first paragraph that is not furniture is the headline; the foot begins at the first paragraph that starts with `foot`.
    Raises UnicodeDecodeError where the bytes are not UTF-8.
    """
    text = data.decode("utf-8")
    drop = {line.strip() for line in furniture}
    paragraphs: list[Paragraph] = []
    section, number = Section.HEADLINE, 0
    for span in _paragraph_spans(text):
        words = text[span.start : span.end]
        if words in drop:
            paragraphs.append(Paragraph(-1, Section.FURNITURE, span))
            continue
        if foot and section is Section.BODY and words.startswith(foot):
            section = Section.FOOT
        paragraphs.append(Paragraph(number, section, span))
        number += 1
        if section is Section.HEADLINE:
            section = Section.BODY
    sentences = tuple(s for p in paragraphs if p.section is not Section.FURNITURE for s in _sentence_spans(text, p.span))
    return Article(text, digest(data), tuple(paragraphs), sentences)


def _paragraph_spans(text: str) -> Iterator[Span]:
    start = 0
    for gap in [*_BLANK_LINES.finditer(text), None]:
        end = gap.start() if gap else len(text)
        span = _trim(text, start, end)
        if span:
            yield span
        start = gap.end() if gap else end


def _sentence_spans(text: str, paragraph: Span) -> Iterator[Span]:
    """Sentences of a paragraph; a line break ends one too, since headings and lists carry no full stops."""
    start = paragraph.start
    for line in text[paragraph.start : paragraph.end].splitlines(keepends=True):
        end, begin = start + len(line), start
        for stop in _SENTENCE_END.finditer(text, start, end):
            if _INITIALS.search(text, begin, stop.end()):
                continue
            if span := _trim(text, begin, stop.end()):
                yield span
            begin = stop.end()
        if span := _trim(text, begin, end):
            yield span
        start = end


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if end > start else None
