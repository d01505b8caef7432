"""What the article proves of a pack's records, and what it does not. Pure: text and records in, flaws out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from bot.pack.values import MAX_EXCERPT_CHARACTERS, Person, Quote, QuoteKind
from bot.text.article import Article, Section, Span

_WORD = re.compile(r"[\w#£$€]+(?:[.,:]\d+)*")
# What a lead may say beside words of its excerpts and speakers: the frame, never the matter.
_FRAME_WORDS = frozenset(
    """
    a an the of in on by at to from for and or with as is are was were be it its that this yes no not only
    """.split()
)


class Flaw(NamedTuple):
    """What is wrong with a record, and how to fix it; where it stands is for the reader of the file to add."""

    what: str
    fix: str


def located(article: Article, name: str, text: str) -> Span | Flaw:
    """The one place in the article where the quote called `name` stands, exactly; a flaw where there is none or more than one."""
    places = article.locate(text)
    if len(places) == 1:
        return Span(places[0], places[0] + len(text))
    if not places:
        return Flaw(
            f"the text of {name!r} is not in the article.",
            "copy the passage exactly, curly quotes and no-break spaces included.",
        )
    return Flaw(
        f"the text of {name!r} stands in the article {len(places)} times.",
        "quote more of it, so that it can only mean one place.",
    )


def kind_flaw(article: Article, quote: Quote) -> Flaw | None:
    """A direct quotation begins inside quotation marks, narration outside; a reported statement may do either."""
    inside = in_quotation(article, quote.span)
    if quote.kind is QuoteKind.DIRECT and not inside:
        return Flaw(
            f"the article does not have {quote.id!r} in quotation marks, so it is not a direct quotation.",
            "change its kind to `reported` or `narration`.",
        )
    if quote.kind is QuoteKind.NARRATION and inside:
        return Flaw(
            f"{quote.id!r} stands in quotation marks, so it is not narration.",
            "change its kind to `direct` and name the speaker.",
        )
    return None


def relay_flaw(kind: QuoteKind | None, relayed: bool) -> Flaw | None:
    """A reported statement says who words it, and no other quote does."""
    if (kind is QuoteKind.REPORTED) == relayed:
        return None
    return Flaw(
        "`relayed_by` goes with kind `reported`, and only with it.",
        "say who words the reported statement, or change the kind.",
    )


def in_quotation(article: Article, span: Span) -> bool:
    """Whether double quotation marks are open where the span begins; a quotation that runs on opens anew in each paragraph."""
    before = article.text[article.paragraph_at(span.start).span.start : span.start]
    if "“" in before or "”" in before:
        return before.rfind("“") > before.rfind("”")
    return before.count('"') % 2 == 1


def name_flaw(article: Article, name: str) -> Flaw | None:
    """A person is named as the article does it."""
    if name in article.text:
        return None
    return Flaw(
        f"the article nowhere says {name!r}.",
        "name them as the article does (in `cited_as`, if people know them by another name).",
    )


def capacity_flaw(article: Article, capacity: str) -> Flaw | None:
    """A capacity is given in the article's words; a plain space may stand for a no-break one."""
    if capacity in article.text or capacity in article.text.replace("\u00a0", " "):
        return None
    return Flaw(f"the article nowhere says {capacity!r}.", "give the capacity in the article's words, or leave it out.")


def lead_flaws(lead: str, article: Article, quotes: Iterable[Quote], people: dict[str, Person]) -> list[Flaw]:
    """One for each word of a lead that its excerpts, its speakers' names and capacities, and the frame words do not hold."""
    proof = set(_FRAME_WORDS)
    for quote in quotes:
        proof.update(_words(article.excerpt(quote.span).text))
        for identifier in (*quote.speakers, quote.relayed_by or ""):
            if person := people.get(identifier):
                proof.update(_words(person.name), _words(person.capacity))
    return [
        Flaw(
            f"the lead says {word!r}, which neither its excerpts nor its speakers say.",
            "use the excerpt's words, or leave the lead out.",
        )
        for word in _words(lead)
        if word not in proof
    ]


def length_flaw(quotes: Iterable[Quote]) -> Flaw | None:
    """What one reply cites fits into it: a reply shows its excerpts whole or not at all."""
    if sum(q.span.end - q.span.start for q in quotes) <= MAX_EXCERPT_CHARACTERS:
        return None
    return Flaw(f"the excerpts are over {MAX_EXCERPT_CHARACTERS} characters together.", "cite less.")


def hash_flaw(article: Article, named: str) -> Flaw | None:
    """The article is the text that the pack names by its SHA-256."""
    if article.sha256 == named:
        return None
    return Flaw(
        f"the article has changed: its SHA-256 is {article.sha256}.",
        "restore the text; or, if the change is meant, write this SHA-256 here and correct the quotes it broke.",
    )


def furniture_flaws(article: Article, furniture: Iterable[str]) -> list[Flaw]:
    """One for each line of furniture that is no paragraph of the article."""
    standing = {article.excerpt(p.span).text for p in article.paragraphs if p.section is Section.FURNITURE}
    return [
        Flaw(f"no paragraph of the article is {line!r}.", "correct it, or remove it.")
        for line in furniture
        if line.strip() not in standing
    ]


def foot_flaw(article: Article, foot: str) -> Flaw | None:
    """Where a foot is named, some paragraph begins with it."""
    if not foot or any(p.section is Section.FOOT for p in article.paragraphs):
        return None
    return Flaw(f"no paragraph of the article begins with {foot!r}.", "correct it, or remove it.")


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text.replace("’", "'").replace("'s", "").replace("'", ""))]
