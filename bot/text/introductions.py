"""What a list item or a table's row needs beside it to be understood: the sentence that introduces the list, the header. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.text.article import Article, Section, Span
from bot.text.layout import indent, is_item, is_row, joined_lines, trimmed

_ENDED = (".", "!", "?", "…", ";", ",")


def introductions_of(article: Article) -> dict[Span, Span]:
    """By sentence of the article: of each sentence of a list item, the sentence that introduces the list; of each row of a table, the
    header row. Sentences that need neither are left out. Linear in the text.

    A list is introduced by the line before it, where that ends with a colon or, in the same paragraph, without a full stop; a list
    inside an item by that item. The first row is the header where a ruled line follows, or where it has no figures and another row has.
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
    if not ruled and (_has_figure(text, header) or not any(_has_figure(text, row) for row in others)):
        return {}
    return {row: header for row in others if _has_words(text, row)}


def _has_words(text: str, span: Span) -> bool:
    return any(c.isalnum() for c in text[span.start : span.end])


def _has_figure(text: str, span: Span) -> bool:
    return any(c.isdecimal() for c in text[span.start : span.end])
