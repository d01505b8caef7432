"""What people ask of an article of its kind, of its subject and of those in it, and its text has no trace of. Pure.

Likely gaps, for a curator to keep or throw out: that there is no trace of an answer does not prove that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bot.draft.likely import GAPS, OF_ACTORS, SAYS, SUBJECTS, ArticleKind, LikelyOf, words_like
from bot.draft.names import inside, is_proper
from bot.draft.speech_words import STATING
from bot.pack.values import Person, PersonKind, Quote, QuoteKind, Topic, Verdict
from bot.text.article import Article, Section

_LEAST = 2  # times that what shows a subject stands in a text, unless it stands in the headline
MOST_GAPS = 14
_MOST_OF_SUBJECT = 7  # that stand before those of people and bodies
_MOST_SILENT = 2
_SAYS = words_like(
    "|".join(sorted(STATING, key=len, reverse=True)) + r"|call(?:s|ed) (?:it|for|the)|comment\w*|statement|declined|according"
)


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


def likely_gaps(article: Article, people: Sequence[Person], quotes: Sequence[Quote]) -> tuple[Topic, ...]:
    """Those of the gaps of its subject, of the people and bodies in it and of its kind of which the text has no trace, in turn."""
    kind, text = kind_of(article), article.text
    told = [g for g in SUBJECTS if isinstance(g.about, re.Pattern) and _is_about(article, g.about)]
    own = [g for g in GAPS if isinstance(g.about, frozenset) and kind in g.about]
    by_subject, by_kind = (
        [
            Topic(g.id, Verdict.NOT_IN_ARTICLE, g.question, g.phrasings, looked_for=g.looked_for)
            for g in some
            if not g.trace.search(text)
        ]
        for some in (told, own)
    )
    of_actors = list(_of_actors(article, people, quotes))
    taken = (*by_subject[:_MOST_OF_SUBJECT], *of_actors, *by_kind, *by_subject[_MOST_OF_SUBJECT:])
    return taken[:MOST_GAPS]


def _is_about(article: Article, shown: re.Pattern[str]) -> bool:
    return bool(shown.search(article.headline)) or len(shown.findall(article.text)) >= _LEAST


# Of people and bodies


class _Actor(NamedTuple):
    """Somebody in the article, with what it says of them."""

    person: Person
    called: str  # inside a sentence
    times: int
    words: str  # of the sentences that name them, and of those behind
    speaks: bool
    nearest: tuple[str, ...]  # the first quote that names them


def _actors(article: Article, people: Sequence[Person], quotes: Sequence[Quote]) -> list[_Actor]:
    """Who is named most, first."""
    found = []
    sentences = [
        (s, article.excerpt(s).text) for s in article.sentences if article.paragraph_at(s.start).section is not Section.FOOT
    ]
    for person in people:
        if person.kind is PersonKind.SOURCE or not is_proper(person.name) or " " not in person.name:
            continue
        called = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(c) for c in dict.fromkeys((person.name, *person.aliases)))})(?!\w)")
        own = [i for i, (_, words) in enumerate(sentences) if called.search(words)]
        near = (q.id for i in own for q in quotes if q.span == sentences[i][0] and q.kind is not QuoteKind.DIRECT)
        speaks = any(person.id in (*q.speakers, q.relayed_by) for q in quotes)
        times = sum(len(called.findall(words)) for _, words in sentences)
        around = sorted({j for i in own for j in (i, i + 1) if j < len(sentences)})  # what goes on about them has a pronoun
        if own:
            found.append(
                _Actor(
                    person,
                    inside(person.name, article.text),
                    times,
                    " ".join(sentences[i][1] for i in around),
                    speaks,
                    tuple(near)[:1],
                )
            )
    return sorted(found, key=lambda a: -a.times)


def _of_actors(article: Article, people: Sequence[Person], quotes: Sequence[Quote]) -> Iterator[Topic]:
    every = _actors(article, people, quotes)
    is_open = any(q.open for q in quotes)  # somebody may speak there of whom it is not known
    silent = [a for a in every if a.times > 1 and not (a.speaks or is_open or _SAYS.search(a.words))]
    yield from (_gap(SAYS, a) for a in silent[:_MOST_SILENT])
    for likely in OF_ACTORS:
        fitting = (
            a
            for a in every
            if a.person.kind is likely.kind
            and a.times >= likely.times
            and likely.shown.search(a.person.name if likely.kind is PersonKind.ORGANISATION else a.person.capacity)
            and not likely.trace.search(a.words)
        )
        yield from (_gap(likely, a) for a in islice(fitting, likely.most))


def _gap(likely: LikelyOf, actor: _Actor) -> Topic:
    capacity = actor.person.capacity
    said = {"who": actor.called, "capacity": capacity[:1].lower() + capacity[1:]}
    question, looked_for, *phrasings = (text.format(**said) for text in (likely.question, likely.looked_for, *likely.phrasings))
    name = f"gap-{actor.person.id}-{likely.id}"
    return Topic(name, Verdict.NOT_IN_ARTICLE, question, tuple(phrasings), actor.nearest, looked_for=looked_for)
