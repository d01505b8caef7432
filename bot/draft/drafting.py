"""A draft of what a curator writes: people, quotes and likely gaps of an article, each proved before it is written. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.draft.names import Cast
from bot.draft.speakers import How, Speakers
from bot.text.article import Article, Span


@dataclass(frozen=True, slots=True)
class Attributed:
    """A quotation with whose words it is: `speaker` is "" where nobody speaks, or where `why` says what is not sure."""

    span: Span
    speaker: str
    aliases: tuple[str, ...]
    relayed_by: str
    why: str


def attributed(article: Article) -> tuple[Attributed, ...]:
    flat = flattened(article)
    cast = Cast(flat)
    found = []
    for a in Speakers(article, cast, flat).quotations():
        names = [("", ()), ("", ())]
        for i, s in enumerate((a.speaker, a.relayed_by)):
            if a.how is How.SPEECH and s:
                names[i] = (cast.named[s.who].name, cast.named[s.who].aliases) if s.who >= 0 else (s.name, ())
        found.append(Attributed(a.span, names[0][0], names[0][1], names[1][0], a.why))
    return tuple(found)


def flattened(article: Article) -> str:
    """The text with a blank for each line break that wrapping made."""
    return re.sub(r"(?<=\S)[\r\n](?=[ \t]*\S)", " ", article.text) if article.layout.columns else article.text
