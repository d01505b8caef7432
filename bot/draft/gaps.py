"""What people ask of an article of its kind, and its text has no trace of: likely gaps, for a curator to keep or throw out. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from bot.pack.values import Topic, Verdict
from bot.text.article import Article


class ArticleKind(StrEnum):
    """What kind of text an article is, as far as its form shows it."""

    MINUTES = "minutes"
    NOTICE = "notice"
    LETTER = "letter"
    RELEASE = "release"
    REPORT = "report"  # any other


class _Likely(NamedTuple):
    """A gap that may be one in articles of these kinds; `trace` is what its answer could not do without."""

    id: str
    kinds: frozenset[ArticleKind]
    question: str
    looked_for: str
    phrasings: tuple[str, ...]
    trace: re.Pattern[str]


_ANY = frozenset(ArticleKind)
_MONEY = r"[£$€¥]|\b(?:pounds?|dollars?|euros?|pence|cents?|crowns?|florins?|marks|francs?|dinars?|kroner|thalers?|money|costs?|fees?|price|paid|pays?|free)\b"
_DAY = r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)(?:day)?\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Apr|Aug|Sept|Oct|Nov|Dec)\b|\b(?:19|20)\d\d\b"
_GAPS = (
    _Likely(
        "gap-author", _ANY, "Who wrote this?", "the name of whoever wrote this",
        ("who is the author of the article", "which journalist wrote it", "name of the writer"),
        re.compile(r"^\s*(?:By|From:?|Written by|Author:?|Reported by)\s+[^\W\d_]|^\s*(?:Yours|Signed|Kind regards|Best wishes)", re.MULTILINE),
    ),
    _Likely(
        "gap-published", _ANY, "When was this published?", "the day on which this was published",
        ("what is the date of the article", "publication date", "how old is this article"),
        re.compile(_DAY),
    ),
    _Likely(
        "gap-cost", frozenset({ArticleKind.REPORT, ArticleKind.RELEASE, ArticleKind.NOTICE, ArticleKind.MINUTES}), "What does it cost?", "any cost",
        ("how much does it cost", "what is the price", "who pays for it"),
        re.compile(_MONEY, re.IGNORECASE),
    ),
    _Likely(
        "gap-contact", frozenset({ArticleKind.NOTICE, ArticleKind.RELEASE, ArticleKind.LETTER}), "Whom can I contact?", "whom to contact",
        ("is there a phone number", "what is the email address", "how do I get in touch"),
        re.compile(r"@|https?:|www\.|\b(?:tel|telephone|phone|ring|call|email|e-mail|write to|contact|P\.O\.)\b", re.IGNORECASE),
    ),
    _Likely(
        "gap-vote", frozenset({ArticleKind.MINUTES}), "How did each member vote?", "how each member voted",
        ("who voted for it and who against", "was there a vote", "what was the result of the vote"),
        re.compile(r"\b(?:vot\w+|unanim\w+|nem\. con|carried|in favour|against|abstain\w*)\b", re.IGNORECASE),
    ),
)  # fmt: skip


def kind_of(article: Article) -> ArticleKind:
    """By its first words and by what it is made of."""
    text = article.text
    if re.search(r"^\W*(?:draft\s+)?minutes\b|extract from the minutes", text, re.IGNORECASE | re.MULTILINE):
        return ArticleKind.MINUTES
    if re.search(r"^\s*Dear\s", text, re.MULTILINE):
        return ArticleKind.LETTER
    if re.search(r"for immediate release|notes? to editors|^\s*press release", text, re.IGNORECASE | re.MULTILINE):
        return ArticleKind.RELEASE
    words = max(1, len(text.split()))
    if 60 * len(re.findall(r"\b(?:you|your)\b", text, re.IGNORECASE)) > words and "“" not in text and '"' not in text:
        return ArticleKind.NOTICE
    return ArticleKind.REPORT


def likely_gaps(article: Article) -> tuple[Topic, ...]:
    """Those of the gaps of its kind of which the text has no trace."""
    kind = kind_of(article)
    return tuple(
        Topic(gap.id, Verdict.NOT_IN_ARTICLE, gap.question, gap.phrasings, looked_for=gap.looked_for)
        for gap in _GAPS
        if kind in gap.kinds and not gap.trace.search(article.text)
    )
