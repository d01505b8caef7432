"""Who says an excerpt and where it stands, in the reader's language: for replies, pages and citations alike."""

from __future__ import annotations

from collections.abc import Iterable

from bot.engine.answer import Citation
from bot.pack.values import NO_PUBLISHER, Metadata, Pack, Person, PersonKind, QuoteKind
from bot.say.lines import Bold, Frame, fill
from bot.say.lists import enumerated, joined, listed
from bot.say.wording import Wording
from bot.text.article import Excerpt, Paragraph, Section
from bot.text.display import clip

_MAX_HEADLINE = 120  # characters
_DETERMINERS = ("The ", "A ", "An ", "Its ", "Their ", "His ", "Her ", "Our ")
_MAX_SHORT = 48  # of a title that shares a phone's line with a place


def utterer(citation: Citation, pack: Pack) -> str | None:
    """Whose very words the excerpt is: a direct quotation's speaker, whoever relays a reported one, None for the article
    itself."""
    quote = citation.quote
    if quote is None or quote.kind is QuoteKind.NARRATION or not quote.speakers:
        return None
    who = quote.relayed_by if quote.kind is QuoteKind.REPORTED else quote.speakers[0]
    return pack.people[who].name if who and not _is_article(who, pack) else None


def speaker(citation: Citation, pack: Pack, wording: Wording) -> Frame:
    """Who says it, in what capacity, and who passes it on, with the names in bold."""
    quote, article = citation.quote, Bold(wording.the_article)
    if quote is None or quote.kind is QuoteKind.NARRATION:
        return (article,)
    if not quote.speakers:
        return fill(wording.unattributed, article=(article,))
    speakers = [pack.people[s] for s in quote.speakers]
    if quote.kind is QuoteKind.DIRECT:
        return listed([introduced(p, wording) for p in speakers], wording)
    if quote.relayed_by and not _is_article(quote.relayed_by, pack):
        relayer = introduced(pack.people[quote.relayed_by], wording)
        return fill(wording.relaying, speaker=relayer, names=listed([(Bold(_within(p.name)),) for p in speakers], wording))
    return fill(wording.reporting, article=(article,), names=joined([_within(p.name) for p in speakers], wording))


def _within(name: str) -> str:
    """A name as it stands within a sentence: "a spokesman", where the pack has "A spokesman"."""
    return name[0].lower() + name[1:] if name.startswith(_DETERMINERS) else name


def introduced(person: Person, wording: Wording) -> Frame:
    """A name in bold with the capacity that the article gives."""
    name = (Bold(person.name),)
    return fill(wording.capacity, name=name, capacity=person.capacity) if person.capacity else name


def name_of(person: str, pack: Pack, wording: Wording) -> str:
    """A person's name by id; the publication's in the reader's language."""
    if person not in pack.people:
        return person
    return wording.no_publisher if _is_article(person, pack) else pack.people[person].name


def paragraphs_of(excerpt: Excerpt) -> tuple[Paragraph, ...]:
    """Every paragraph that an excerpt touches; what does not belong to the article is none."""
    touched = (p for p in excerpt.article.paragraphs if p.span.overlaps(excerpt.span))
    return tuple(p for p in touched if p.section is not Section.FURNITURE)


def where(paragraphs: Iterable[Paragraph], wording: Wording) -> str:
    """Where something stands: "headline, paragraphs 1 and 2"."""
    sections = {p.number: p.section for p in paragraphs}
    numbers = sorted(n for n, section in sections.items() if section is not Section.HEADLINE)
    places = [wording.headline] if Section.HEADLINE in sections.values() else []
    if len(numbers) == 1:
        places.append(wording.paragraph.format(number=numbers[0]))
    elif numbers:
        places.append(wording.paragraphs.format(numbers=joined([str(n) for n in numbers], wording)))
    if set(sections.values()) == {Section.FOOT}:
        places.append(wording.foot)
    return enumerated(places, wording)


def headline(pack: Pack) -> str:
    """On one line, at most 120 characters."""
    return clip(" ".join(pack.article.headline.split()), _MAX_HEADLINE)


def short_title(pack: Pack) -> str:
    """The pack's title on one line, at most 48 characters."""
    return clip(" ".join(pack.title.split()), _MAX_SHORT)


def publisher(pack: Pack, wording: Wording) -> str:
    return wording.no_publisher if pack.publisher == NO_PUBLISHER else pack.publisher


def supplied(metadata: Metadata, wording: Wording) -> str:
    """That some of the metadata is the curator's, since the text does not state it."""
    return wording.supplied.format(fields=joined([wording.fields[field] for field in metadata.supplied], wording))


def _is_article(person: str, pack: Pack) -> bool:
    return pack.people[person].kind is PersonKind.SOURCE
