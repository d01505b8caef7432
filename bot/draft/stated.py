"""What a page of text states of itself: its byline, its day, its address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.pack.metadata import date_flaw, url_flaw
from bot.text.article import Article, Section, Span
from bot.text.layout import joined_lines

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(m if len(m) < 4 else f"{m[:3]}(?:{m[3:]}|t?\\.)?" for m in _MONTHS)
_BYLINE = re.compile(r"(?:by|written by|author:)\s+(?P<who>[^\W\d_][^\n,.;:!?|]{1,60}?)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,| and | & )\s*")
_DAY_LABEL = r"(?:(?:first\s+)?(?:published|posted|updated|date|issued)(?:\s+on)?\s*:?\s*)"
_TIME = r"(?:(?:at\s+)?\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\.?)?(?:\s+[A-Z]{2,4})?)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_DAY_FIRST = re.compile(
    rf"{_DAY_LABEL}?(?:{_TIME},?\s+)?{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH}),?\s+(?P<year>\d{{4}})"
    rf"(?:,?\s+{_TIME})?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_DAY_LABEL}?{_WEEKDAY}(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:,?\s+{_TIME})?",
    re.IGNORECASE,
)
_FIGURES = re.compile(rf"{_DAY_LABEL}?(?P<date>\d{{4}}-\d{{2}}-\d{{2}})(?:,?\s+{_TIME})?", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:source|url|link|address|canonical|retrieved from|from|original)\s*:?\s+(?P<url>https?://\S+)", re.IGNORECASE
)
_FIRST = 8  # paragraphs in which a byline or a day is looked for, and as many at the end for an address


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated of an article: each empty where it is not."""

    title: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()
    url: str = ""
    publisher: str = ""


def stated_in(article: Article) -> Stated:
    """What short lines of the text itself state, such as "By Ann Price" and "4 May 2026"."""
    own = [p for p in article.paragraphs if p.section is not Section.HEADLINE]
    first, last = ([line for p in some for line in _lines(article, p.span)] for some in (own[:_FIRST], own[-_FIRST:]))
    authors = next((_names(found["who"]) for line in first if (found := _BYLINE.fullmatch(line))), ())
    date = next((day for line in first if (day := day_in(line))), "")
    addresses = (found["url"] for line in (*first, *last) if (found := _ADDRESS.fullmatch(line)))
    url = next((address for address in addresses if not url_flaw(address)), "")
    return Stated("", date, authors, url)


def _lines(article: Article, span: Span) -> Iterator[str]:
    """The lines of a paragraph, those that wrapping broke as one, with single blanks."""
    for start, end in joined_lines(article.text, span.start, span.end, article.layout.columns):
        yield " ".join(article.text[start:end].split())


def _names(who: str) -> tuple[str, ...]:
    return tuple(name for name in _AND.split(who) if name)


def day_in(line: str) -> str:
    """The day that a line states and nothing else, as "2026-05-04"; or ""."""
    if found := _FIGURES.fullmatch(line):
        return "" if date_flaw(found["date"]) else found["date"]
    if found := _DAY_FIRST.fullmatch(line) or _MONTH_FIRST.fullmatch(line):
        month = next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(found["month"].lower()[:3]))
        day = f"{found['year']}-{month:02}-{int(found['day']):02}"
        return "" if date_flaw(day) else day
    return ""
