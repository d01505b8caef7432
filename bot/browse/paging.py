"""What pages and lists are made of: how much of the article they hold and where it is cut, and what can be chosen from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from bot.pack.values import MAX_EXCERPT_CHARACTERS
from bot.text.article import Article, Paragraph, Section, Span

MAX_OPTIONS = 25  # of a select, and of autocompletion
MAX_OPTION = 100  # characters of an option's label or value
Missing = Literal["speaker", "quote", "page", "group"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose from a list: both at most 100 characters."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """What was asked for does not exist: an old button, a forged id, a page too far."""

    what: Missing


def budget(article: Article) -> int:
    """How many characters of the article one page may show: never more than half of it, so that no message holds a whole
    article."""
    whole = sum(p.span.end - p.span.start for p in shown_paragraphs(article))
    return max(1, min(MAX_EXCERPT_CHARACTERS, whole // 2))


def shown_paragraphs(article: Article) -> list[Paragraph]:
    """All that belongs to the article itself."""
    return [p for p in article.paragraphs if p.section is not Section.FURNITURE]


def sheets(items: Sequence[_T], most: int, characters: int, size: Callable[[_T], int]) -> list[tuple[_T, ...]]:
    """The items in pages of at most `most` items, whose sizes are at most `characters` together; one empty page where there are
    none."""
    found: list[list[_T]] = [[]]
    held = 0
    for item in items:
        if found[-1] and (len(found[-1]) >= most or held + size(item) > characters):
            found.append([])
            held = 0
        found[-1].append(item)
        held += size(item)
    return [tuple(sheet) for sheet in found]


def beginning(article: Article, span: Span, limit: int) -> Span:
    """The span, or its first part of at most `limit` characters."""
    return next(parts(article, span, limit))


def parts(article: Article, span: Span, limit: int) -> Iterator[Span]:
    """The span in parts of at most `limit` characters, cut after a sentence, or else after a word, or else anywhere."""
    text, start = article.text, span.start
    while span.end - start > limit:
        sentences = [s.end for s in article.sentences if start < s.end <= start + limit]
        words = [i for i in range(start + 1, start + limit + 1) if text[i].isspace() and not text[i - 1].isspace()]
        end = (sentences or words or [start + limit])[-1]
        yield Span(start, end)
        start = end
        while start < span.end and text[start].isspace():
            start += 1
    if start < span.end:
        yield Span(start, span.end)
