"""The article: frozen text, numbered paragraphs, sentences, and excerpts that cannot be anything but slices of it.

Offsets are Unicode code points from the start of the file, as in the W3C Text Position Selector
(https://www.w3.org/TR/annotation-model/#text-position-selector).
"""

from __future__ import annotations

import bisect
import functools
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.text.layout import Layout, laid_out, trimmed
from bot.text.sentences import sentence_spans

_CLAUSE_END = re.compile(r"[,;:](?=\s)")
_BLANK = re.compile(r"(?<=\S)\s+")


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
    """The whole text with its structure; `sha256` is that of the bytes of its file, `layout` says how the text was taken."""

    text: str
    sha256: str
    paragraphs: tuple[Paragraph, ...]
    layout: Layout

    def __hash__(self) -> int:
        return hash(self.sha256)

    @functools.cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Of headline, body and foot, in order. Found when first wanted: a recorded phrasing is answered without them."""
        own = (p.span for p in self.paragraphs if p.section is not Section.FURNITURE)
        columns = self.layout.columns
        return tuple(Span(*found) for span in own for found in sentence_spans(self.text, span.start, span.end, columns))

    @property
    def is_empty(self) -> bool:
        """Whether nothing but furniture stands in it."""
        return all(p.section is Section.FURNITURE for p in self.paragraphs)

    def without(self, furniture: Iterable[str]) -> Article:
        """As `parse` would have read it with that furniture and no foot."""
        return replace(self, paragraphs=tuple(_numbered(self.text, (p.span for p in self.paragraphs), furniture)))

    def excerpt(self, span: Span) -> Excerpt:
        return Excerpt(self, span)

    def pieces(self, sentence: Span, most: int) -> tuple[Span, ...]:
        """A sentence in pieces of at most `most` characters, parted between words and, where that leaves no piece less than half as long,
        after a comma or a like mark."""
        found, start = list[Span](), sentence.start
        while sentence.end - start > most:
            window = self.text[start : start + most + 1]
            ends = [m.end() for m in _CLAUSE_END.finditer(window, most // 2)] or [m.start() for m in _BLANK.finditer(window)]
            end = start + (ends[-1] if ends and ends[-1] <= most else most)
            found.append(Span(start, end))
            start, _ = trimmed(self.text, end, sentence.end) or (end, end)
        return (*found, Span(start, sentence.end))

    def paragraph_at(self, offset: int) -> Paragraph:
        """The paragraph that holds the offset, or the one before it."""
        return self.paragraphs[max(0, bisect.bisect_right(self._starts, offset) - 1)]

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [p.span.start for p in self.paragraphs]

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
    layout, spans = laid_out(text)
    return Article(text, digest(data), tuple(_numbered(text, (Span(*s) for s in spans), furniture, foot)), layout)


def _numbered(text: str, spans: Iterable[Span], furniture: Iterable[str], foot: str = "") -> Iterator[Paragraph]:
    drop = {line.strip() for line in furniture}
    section, number = Section.HEADLINE, 0
    for span in spans:
        words = text[span.start : span.end]
        if words in drop:
            yield Paragraph(-1, Section.FURNITURE, span)
            continue
        if foot and section is Section.BODY and words.startswith(foot):
            section = Section.FOOT
        yield Paragraph(number, section, span)
        number += 1
        if section is Section.HEADLINE:
            section = Section.BODY
