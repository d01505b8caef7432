"""Where, when and by whom an article was published, as its pack says, and which of that the text itself states. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable

from bot.pack.proof import Flaw
from bot.pack.values import Metadata
from bot.text.article import Article

_URL = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]+")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")  # year, month, day
_LINE = re.compile(r"[\r\n\u2028]+")
# What a byline begins with; not "Photo by", which names no author of the text.
_BYLINE = re.compile(r"(?:(?:words|text|story|report(?:ing|ed)?|written) )?by\b|(?:words|text|story|authors?):", re.IGNORECASE)
_LABEL = 100  # characters of a byline or a dateline at most
_SENTENCE_ENDS = (".", "!", "?", "”", "’", '"')
_MONTHS = "january february march april may june july august september october november december".split()


def metadata(article: Article, url: str, published: str, authors: Iterable[str]) -> Metadata:
    """What a pack says of its article; `supplied` is what the text does not.

    That a name or a date stands somewhere in the text does not make it the author's or the day of publication: only a short line that
    is no sentence states these, such as "By Ann Price" or "Published: 4 May 2026".
    """
    names = tuple(" ".join(name.split()) for name in authors)
    lines = (" ".join(line.split()) for line in _LINE.split(article.text))
    labels = [line for line in lines if len(line) <= _LABEL and not line.endswith(_SENTENCE_ENDS)]
    stated = {
        "author": all(any(_names(label, name) for label in labels) for name in names),
        "date": not published or any(_dates(label, published) for label in labels),
        "url": url in article.text,
    }
    return Metadata(url, published, names, tuple(field for field, known in stated.items() if not known))


def url_flaw(url: str) -> Flaw | None:
    """An address is one of the web."""
    if not url or _URL.fullmatch(url):
        return None
    return Flaw(f"{url!r} is no web address.", "write it as a browser shows it, from https:// on.")


def authors_flaw(authors: Iterable[str]) -> Flaw | None:
    """An author has a name."""
    return None if all(map(str.strip, authors)) else Flaw("'author' names nobody.", "write a name, or a list of names.")


def date_flaw(published: str) -> Flaw | None:
    """A date is a day, a month or a year of the calendar, its parts from large to small."""
    if not published or _is_date(published):
        return None
    return Flaw(f"{published!r} is no date.", 'write year, month and day, or fewer: "2026-05-04", "2026-05" or "2026".')


def _is_date(published: str) -> bool:
    parts = _DATE.fullmatch(published)
    if parts is None:
        return False
    year, month, day = (int(part or 1) for part in parts.groups())
    return year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _names(label: str, author: str) -> bool:
    """Whether it is a byline of the author's."""
    return label == author or bool(_BYLINE.match(label) and author in label)


def _dates(label: str, published: str) -> bool:
    """Whether it has the date, in figures or in English words: 4 May 2026, May 4, 2026, 13/05/2026. Figures that may be another day,
    by the custom of another country (04/05/2026), do not state it."""
    year, *rest = published.split("-")
    forms = [re.escape(published)]
    if rest:
        name = _MONTHS[int(rest[0]) - 1]
        month = rf"{name[:3]}(?:{name[3:]}|t?\.)?"
        day = rf"0?{int(rest[1])}(?:st|nd|rd|th)?" if len(rest) > 1 else ""
        forms += [rf"{day} (?:of )?{month},? {year}", rf"{month} {day},? {year}"] if day else [rf"{month},? {year}"]
    if len(rest) > 1 and (int(rest[1]) > len(_MONTHS) or rest[0] == rest[1]):
        first, second = (f"0?{int(part)}" for part in rest)
        forms += [rf"(?<!/){first}/{second}/{year}(?!/)", rf"(?<!/){second}/{first}/{year}(?!/)"]
    return re.search(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])", label, re.IGNORECASE) is not None
