"""What a list item or a table's row needs beside it to be understood: the sentence that introduces the list, the header. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.article import Article, Section, Span
from bot.text.layout import indent, is_item, is_row, joined_lines, trimmed

_ENDED = (".", "!", "?", "…", ";", ",")
_APART = re.compile(r"[\t|]| {3,}")  # what parts the cells of a row
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
# What columns of words are called.
_COLUMNS = frozenset(
    """
    name names person people member members role roles position post title office function job department team player club party
    day date time hour month place venue location town city country address street ward area region event class subject topic item
    type kind category status result winner author book film language contact phone email notes remarks
    """.split()
)


def introductions_of(article: Article) -> dict[Span, Span]:
    """By sentence of the article: of each sentence of a list item, the sentence that introduces the list; of each row of a table, the
    header row. Sentences that need neither are left out. Linear in the text.

    A list is introduced by the line before it, where that ends with a colon or, in the same paragraph, without a full stop; a list
    inside an item by that item. The first row is the header where a ruled line follows; where it has no figures and another row has;
    where it alone has a year a column; or where each of its cells says what columns of words are called.
    """
    text, found = article.text, dict[Span, Span]()
    leads: list[tuple[int, Span]] = []  # what introduces items, with the indent from which on it does
    rows: list[Span] = []
    for line, sentences, begins_paragraph in _lines(article):
        row = is_row(text, *line)
        if begins_paragraph or not row:
            found |= _headed(text, rows)
            rows = []
        if row:
            rows += sentences
            continue
        words, depth = text[slice(*line)], indent(text, *line)
        if is_item(text, *line):
            if begins_paragraph and leads and not text[leads[0][1].start : leads[0][1].end].endswith(":"):
                leads = []
            while leads and leads[-1][0] > depth:
                leads.pop()
            if leads:
                found |= dict.fromkeys(sentences, leads[-1][1])
            if words.endswith(":"):
                leads.append((depth + 1, sentences[-1]))
        else:
            leads = [] if words.endswith(_ENDED) else [(0, sentences[-1])]
    return found | _headed(text, rows)


def _lines(article: Article) -> Iterator[tuple[tuple[int, int], list[Span], bool]]:
    """The lines of what belongs to the article, without white space round them, with their sentences, and whether a paragraph begins
    with them."""
    ahead = iter(article.sentences)
    sentence = next(ahead, None)
    for paragraph in article.paragraphs:
        if paragraph.section is Section.FURNITURE:
            continue
        lines = joined_lines(article.text, paragraph.span.start, paragraph.span.end, article.layout.columns)
        for line in (found for start, end in lines if (found := trimmed(article.text, start, end))):
            own: list[Span] = []
            while sentence is not None and sentence.start < line[1]:
                own.append(sentence)
                sentence = next(ahead, None)
            yield line, own, line[0] == paragraph.span.start


def _headed(text: str, rows: list[Span]) -> dict[Span, Span]:
    if not rows:
        return {}
    header, *others = rows
    ruled = bool(others) and not _has_words(text, others[0])  # |---|---|
    if not ruled and not (others and _is_header(text, header, others)):
        return {}
    return {row: header for row in others if _has_words(text, row)}


def _is_header(text: str, first: Span, others: list[Span]) -> bool:
    if _has_figure(text, first):
        return _has_years(text, first) and not any(_has_years(text, row) for row in others)
    return any(_has_figure(text, row) for row in others) or _COLUMNS.issuperset(map(str.lower, _cells(text, first)))


def _has_years(text: str, row: Span) -> bool:
    """Whether each cell, but perhaps the first, is a year, and they rise or fall."""
    head, *years = _cells(text, row)
    years = [head, *years] if _YEAR.fullmatch(head) else years
    rising = sorted(set(years))
    return len(years) > 1 and all(map(_YEAR.fullmatch, years)) and years in (rising, rising[::-1])


def _cells(text: str, row: Span) -> list[str]:
    return [cell.strip() for cell in _APART.split(text[row.start : row.end].strip("| \t"))]


def _has_words(text: str, span: Span) -> bool:
    return any(c.isalnum() for c in text[span.start : span.end])


def _has_figure(text: str, span: Span) -> bool:
    return any(c.isdecimal() for c in text[span.start : span.end])
