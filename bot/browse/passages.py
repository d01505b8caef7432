"""Round one passage: the paragraph that it stands in, and who else says something near it. Pure and deterministic.

Every id comes from outside: what does not exist is an Unknown, never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.browse.index import Other, index_of
from bot.browse.pages import speaking
from bot.browse.paging import Unknown, beginning, budget, shown_paragraphs
from bot.engine.answer import Citation
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack, Person
from bot.text.article import Article, Paragraph, Span

_PARTING = ":;,"


@dataclass(frozen=True, slots=True)
class Context:
    """An excerpt with what stands before and after it in its paragraph; `cut_before` and `cut_after` where that is not all of
    it."""

    citation: Citation
    before: Span | None
    after: Span | None
    cut_before: bool
    cut_after: bool
    neighbours: tuple[tuple[Paragraph, tuple[Person, ...]], ...]


def context(pack: Pack, citation: Citation) -> Context:
    """A passage in its paragraph, whole where the budget allows, else the sentences next to it; a passage that is a whole
    paragraph, between its neighbours."""
    article, shown = pack.article, shown_paragraphs(pack.article)
    span = beginning(article, citation.excerpt.span, MAX_EXCERPT_CHARACTERS)
    around = [p for p in shown if p.span.overlaps(span)]
    room = _room(article, span, shown, around)
    start, end = _widened(article, span, room, budget(article))
    numbers = [shown.index(around[0]) - 1, shown.index(around[-1]) + 1]
    return Context(
        Citation(article.excerpt(span), citation.quote),
        _beside(article, start, span.start),
        _beside(article, span.end, end),
        start > room.start,
        end < room.end,
        tuple((shown[n], speaking(pack, shown[n].span)) for n in numbers if 0 <= n < len(shown)),
    )


def others(pack: Pack, quote_id: str) -> tuple[Other, ...] | Unknown:
    """Passages of other speakers that answer the same questions, or that have words in common with this one."""
    return index_of(pack).others.get(quote_id) or (() if quote_id in pack.quotes else Unknown("quote"))


def _room(article: Article, span: Span, shown: list[Paragraph], around: list[Paragraph]) -> Span:
    """What may be shown round a passage: its paragraphs, and where it is all of them, those next to them, if they belong to the
    article."""
    first, last = around[0].span.start, around[-1].span.end
    if _beside(article, first, span.start) is None and _beside(article, span.end, last) is None:
        whole, here = article.paragraphs, (article.paragraphs.index(around[0]), article.paragraphs.index(around[-1]))
        if here[0] > 0 and whole[here[0] - 1] in shown:
            first = whole[here[0] - 1].span.start
        if here[1] + 1 < len(whole) and whole[here[1] + 1] in shown:
            last = whole[here[1] + 1].span.end
    return Span(first, last)


def _widened(article: Article, span: Span, room: Span, limit: int) -> tuple[int, int]:
    """Where the text shown round a passage starts and ends: the nearest sentences first, turn about, as long as each still
    fits."""
    left = max(0, limit - (span.end - span.start))
    start, end = span.start, span.end
    before = sorted({room.start, *(s.start for s in article.sentences if room.start < s.start < start)} - {start}, reverse=True)
    after = sorted({room.end, *(s.end for s in article.sentences if end < s.end < room.end)} - {end})
    for i in range(max(len(before), len(after))):
        if i < len(before) and span.start - before[i] + end - span.end <= left:
            start = before[i]
        if i < len(after) and span.start - start + after[i] - span.end <= left:
            end = after[i]
    return start, end


def _beside(article: Article, start: int, end: int) -> Span | None:
    """What stands between two offsets, without what parts it from the excerpt: white space, a colon, a quotation mark whose
    fellow is not in it. None where that is no word."""
    text = article.text
    while start < end and (text[start].isspace() or text[start] in _PARTING or _is_alone(text[start:end], text[start])):
        start += 1
    while end > start and (text[end - 1].isspace() or _is_alone(text[start:end], text[end - 1])):
        end -= 1
    return Span(start, end) if any(c.isalnum() for c in text[start:end]) else None


def _is_alone(text: str, mark: str) -> bool:
    """Whether it is a double quotation mark that has no fellow in the text."""
    opening, closing = text.count("“"), text.count("”")
    return (
        (mark == "“" and opening > closing) or (mark == "”" and closing > opening) or (mark == '"' and text.count('"') % 2 == 1)
    )
