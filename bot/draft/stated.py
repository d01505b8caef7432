"""What a page of text states of itself: its byline, its day, its address, and the lines that are not the article. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.pack.metadata import date_flaw, url_flaw
from bot.text.article import Article, Section

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(m if len(m) < 4 else f"{m[:3]}(?:{m[3:]}|t?\\.)?" for m in _MONTHS)
_BYLINE = re.compile(r"(?:by|written by|author:)\s+(?P<who>[^\W\d_][^\n,.;:!?|]{1,60}?)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,| and | & )\s*")
_DAY_LABEL = r"(?:(?:first\s+)?(?:published|posted|updated|date|issued)(?:\s+on)?\s*:?\s*)"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_DAY_FIRST = re.compile(
    rf"{_DAY_LABEL}?{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH}),?\s+(?P<year>\d{{4}})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"{_DAY_LABEL}?{_WEEKDAY}(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})", re.IGNORECASE
)
_FIGURES = re.compile(rf"{_DAY_LABEL}?(?P<date>\d{{4}}-\d{{2}}-\d{{2}})", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:source|url|link|address|canonical|retrieved from|from|original)\s*:?\s+(?P<url>https?://\S+)", re.IGNORECASE
)
_FIRST_LINES = 8  # paragraphs in which a byline or a day is looked for, and as many at the end for an address
_FURNITURE = re.compile(
    r"(?:skip to (?:main |the )?(?:content|navigation)|advertisements?|advertise with us|menu|search|home|news|log ?in|sign ?(?:in|up)|"
    r"subscribe(?: now| today)?|register|share(?: (?:this(?: (?:article|page|story|post))?|on \w+))?|print(?: this page)?|"
    r"(?:tweet|e?mail|copy link|save|comments?(?: \(\d+\))?|\d+ comments?)|related(?: (?:articles?|stories|topics|content))?|"
    r"most (?:read|popular|viewed)|read more|more on this(?: story)?|read next|recommended|you (?:may|might) also like|"
    r"back to (?:the )?top|(?:we use|this (?:site|website) uses) cookies[^\n]*|accept(?: all)?(?: cookies)?|cookie (?:policy|settings)|"
    r"privacy policy|terms (?:of (?:use|service)|and conditions)|all rights reserved|(?:©|copyright)[^\n]{0,80}|loading(?:\.{3}|…)?|"
    r"sign up (?:for|to) our[^\n]{0,60}|newsletter)[.!:…]?",
    re.IGNORECASE,
)  # fmt: skip


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
    lines = [" ".join(article.excerpt(p.span).text.split()) for p in article.paragraphs if p.section is not Section.HEADLINE]
    ends = (*lines[:_FIRST_LINES], *lines[-_FIRST_LINES:])
    authors = next((_names(found["who"]) for line in lines[:_FIRST_LINES] if (found := _BYLINE.fullmatch(line))), ())
    date = next((day for line in lines[:_FIRST_LINES] if (day := day_in(line))), "")
    url = next((found["url"] for line in ends if (found := _ADDRESS.fullmatch(line)) and not url_flaw(found["url"])), "")
    return Stated("", date, authors, url)


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


def furniture_of(paragraphs: Iterable[str]) -> tuple[str, ...]:
    """Those of the paragraphs that belong to a web page and not to its article, each once; none where nothing else is left."""
    every = list(paragraphs)
    found = dict.fromkeys(p for p in every if len(p) <= 120 and _FURNITURE.fullmatch(p))
    return tuple(found) if len(found) < len(set(every)) else ()
