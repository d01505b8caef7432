"""Quotations in a reply: over each who speaks, and where they are of several places also where; under them the article, with the place of
all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.engine.answer import Citation
from bot.pack.values import Pack
from bot.say.attribution import paragraphs_of, short_title, speaker, where
from bot.say.deep_links import deep_link
from bot.say.lines import Frame, Line, Link, fill, quote, small
from bot.say.wording import Wording
from bot.text.article import Excerpt, Span

_LEFT_OUT = "[…]"


def cited(citations: Sequence[Citation], pack: Pack, wording: Wording) -> list[Line]:
    """The quotations, and under them where they are from. No place is said twice: that of all of them stands under them."""
    places = {where(paragraphs_of(c.excerpt), wording) for c in citations}
    place = places.pop() if len(places) == 1 else ""
    return [*quoted(citations, pack, wording, placed=not place), source(citations, pack, wording, place)]


def quoted(citations: Iterable[Citation], pack: Pack, wording: Wording, *, placed: bool = True) -> list[Line]:
    """The quotations, those of one speaker in one paragraph under one line that says who speaks and, if `placed`, where; […] between two of
    one sentence that do not stand beside each other."""
    lines: list[Line] = []
    before: Frame = ()
    last: Excerpt | None = None
    for citation in citations:
        who = speaker(citation, pack, wording)
        place = where(paragraphs_of(citation.excerpt), wording)
        over = fill(wording.speaker_line, speaker=who, where=place) if placed else fill(wording.colon, text=who)
        lines += [Line(over)] if over != before else []
        continued = over == before and last and _leave_words_out(last, citation.excerpt)
        lines += [quote(_LEFT_OUT)] if continued or not _begins_with_sentence(citation) else []
        lines.append(quote(_in_marks(citation.excerpt.text)))
        lines += [] if _ends_with_sentence(citation) else [small(wording.cut)]
        before, last = over, citation.excerpt
    return lines


def source(citations: Sequence[Citation], pack: Pack, wording: Wording, place: str = "") -> Line:
    """The article, and where in it they stand if `place` says it. The title leads to their words on its page, where the pack has the address."""
    title, url = short_title(pack), pack.metadata.url
    linked: Frame = (Link(title, deep_link(url, [c.excerpt for c in citations])) if url else title,)
    return small(fill(wording.source, title=linked, where=place) if place else linked)


def slice_of(pack: Pack, span: Span) -> Line:
    """A part of the article in quotation marks."""
    return quote(_in_marks(pack.article.excerpt(span).text))


def _in_marks(text: str) -> str:
    """The text in quotation marks; where it opens with marks of its own, those are enough, also where they close in a later paragraph."""
    return text if text.startswith(("“", "‘", '"')) else f"“{text}”"


def _leave_words_out(one: Excerpt, other: Excerpt) -> bool:
    """Whether both are of one sentence, in its order, with words between them."""
    if one.span.end >= other.span.start:
        return False
    between = one.article.text[one.span.end : other.span.start]
    whole = Span(one.span.start, other.span.end)
    return any(c.isalnum() for c in between) and any(s.covers(whole) for s in one.article.sentences)


def _begins_with_sentence(citation: Citation) -> bool:
    """False only where it begins neither with a record nor with a sentence: it is a piece of one too long to show whole."""
    start = citation.excerpt.span.start
    return citation.quote is not None or any(s.start == start for s in citation.excerpt.article.sentences)


def _ends_with_sentence(citation: Citation) -> bool:
    """False only where it ends neither with its record nor with a sentence: it was too long to show whole."""
    span = citation.excerpt.span
    if citation.quote is not None and citation.quote.span.end <= span.end:
        return True
    return any(s.end == span.end for s in citation.excerpt.article.sentences)
