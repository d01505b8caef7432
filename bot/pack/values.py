"""The values of a pack: what a curator wrote down about one article."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from weakref import WeakKeyDictionary

from bot.text.article import Article, Excerpt, Span

_WORD = re.compile(r"[\w#£$€]+(?:[.,:]\d+)*")

MAX_EXCERPT_CHARACTERS = 900  # of all excerpts of one answer together
MAX_LISTED = 12  # phrasings, and near misses, that stand in a topic's record; further ones go to the phrase bank
MAX_SUGGESTED = 5  # entries that a pack suggests
_STARTERS = 3  # of a pack that suggests none
NO_PUBLISHER = "the article"  # where a pack names none; a reply says it in the reader's language


class Verdict(StrEnum):
    """What kind of reply a question gets."""

    ANSWER = "answer"
    PREMISE = "premise"
    UNSURE = "unsure"
    AMBIGUOUS = "ambiguous"
    NOT_IN_ARTICLE = "not_in_article"
    OPINION = "opinion"
    OFF_TOPIC = "off_topic"
    SMALL_TALK = "small_talk"


class Asks(StrEnum):
    """What kind of thing a question asks for."""

    PERSON = "person"
    CAPACITY = "capacity"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    REASON = "reason"
    MANNER = "manner"
    QUOTATION = "quotation"
    YES_NO = "yes_no"
    LIST = "list"
    DEFINITION = "definition"
    STANCE = "stance"
    THING = "thing"


class PersonKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"
    GROUP = "group"
    SOURCE = "source"


class QuoteKind(StrEnum):
    DIRECT = "direct"
    REPORTED = "reported"
    NARRATION = "narration"


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks or is spoken of, and in what capacity the article names them."""

    id: str
    name: str
    kind: PersonKind
    capacity: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage with who says it: `speakers` are Person ids; `relayed_by` is who words a reported statement.

    `open` says what nobody has settled yet. Only a direct quotation with an open point may have no speaker: then the article has the
    words in quotation marks, and they are put in nobody's mouth.
    """

    id: str
    span: Span
    kind: QuoteKind
    speakers: tuple[str, ...]
    relayed_by: str | None
    open: str = ""


@dataclass(frozen=True)
class Topic:
    """Something that people ask, with the verdict it leads to and the quotes (by id) that the reply shows.

    An answerable entry (ANSWER), a gap (NOT_IN_ARTICLE, cites the nearest), a false premise (PREMISE, cites what contradicts it), or
    talk (the rest). `phrasings` stand in its record, `bank` in the phrase bank; `near_misses` in either. `group` is the name of the
    pack's file that it stands in, without folder and ending.
    """

    id: str
    verdict: Verdict
    question: str
    phrasings: tuple[str, ...]
    cites: tuple[str, ...] = ()
    asks: Asks | None = None
    lead: str = ""
    looked_for: str = ""
    near_misses: tuple[str, ...] = ()
    group: str = ""
    bank: tuple[str, ...] = ()

    @functools.cached_property
    def forms(self) -> tuple[str, ...]:
        """The normal forms of the question, the phrasings and the bank, in that order."""
        return tuple(map(normal_form, (self.question, *self.phrasings, *self.bank)))

    @functools.cached_property
    def asked(self) -> tuple[str, ...]:
        """How it is asked: question, phrasings and bank, each once by normal form."""
        first: dict[str, str] = {}
        for form, text in zip(self.forms, (self.question, *self.phrasings, *self.bank), strict=True):
            if form:
                first.setdefault(form, text)
        return tuple(first.values())


@dataclass(frozen=True, slots=True)
class Expectation:
    """A regression question of the pack: `expect` is a topic's id or a verdict."""

    ask: str
    after: tuple[str, ...]
    expect: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A record that a curator has yet to look at, and where it stands. `why` is what is not settled; "" for one that is only drafted."""

    file: str
    line: int
    id: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """A record that is kept and not used, since the article no longer bears it, and where it stands. `why` is in the curator's words or
    those of `verbatim update`; "" where `key` names the one value of a record in use that is switched off."""

    file: str
    line: int
    id: str
    why: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where, when and by whom the article was published; empty where the pack does not say.

    `date` is "2026-05-04", "2026-05" or "2026". `supplied` names what the text itself does not state, so that it stands on the
    curator's word alone: of "author", "date" and "url", in that order.
    """

    url: str = ""
    date: str = ""
    authors: tuple[str, ...] = ()
    supplied: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Pack:
    """Everything that the engine knows about one article. `version` is the SHA-256 over all its files; `open_points` are in their order.
    Drafted topics are not among `topics`: what no curator has looked at is neither asserted nor denied. Nothing that is switched off is
    among the others; `former` holds the SHA-256 of texts that the pack stood on before, each with the day until which.

    Compared by identity, so that what is worked out of a pack can be kept under it.
    """

    slug: str
    title: str
    subject: str
    publisher: str
    article: Article
    people: dict[str, Person]
    quotes: dict[str, Quote]
    topics: tuple[Topic, ...]
    positions: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    expectations: tuple[Expectation, ...] = ()
    metadata: Metadata = Metadata()
    open_points: tuple[OpenPoint, ...] = ()
    switched_off: tuple[SwitchedOff, ...] = ()
    former: tuple[tuple[str, str], ...] = ()
    version: str = ""
    by_id: dict[str, Topic] = field(init=False, repr=False, compare=False)
    # By normal form, for messages that are a phrasing word for word.
    phrased: dict[str, Topic] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        phrased = {form: topic for topic in reversed(self.topics) for form in topic.forms if form}
        object.__setattr__(self, "phrased", phrased)
        object.__setattr__(self, "by_id", {t.id: t for t in self.topics})

    @functools.cached_property
    def entries(self) -> tuple[Topic, ...]:
        return tuple(t for t in self.topics if t.verdict is Verdict.ANSWER)

    @functools.cached_property
    def starters(self) -> tuple[Topic, ...]:
        """Entries whose questions are offered to whoever does not know what to ask: those that the pack suggests, the recommended one
        first; else some that have a lead, or any, from all over the pack."""
        if self.suggested:
            return tuple(self.by_id[s] for s in self.suggested)
        some = [t for t in self.entries if t.lead] or self.entries
        return tuple(some[:: max(1, len(some) // _STARTERS)][:_STARTERS])

    def excerpt(self, quote_id: str) -> Excerpt:
        return self.article.excerpt(self.quotes[quote_id].span)

    def quote_of(self, span: Span) -> Quote | None:
        """The shortest quote record that covers the span."""
        covering = [q for q in self.quotes.values() if q.span.covers(span)]
        return min(covering, key=lambda q: q.span.end - q.span.start, default=None)

    def uncovered_sentences(self) -> tuple[Span, ...]:
        """The sentences of the article that no answerable entry's excerpts touch."""
        spans = [self.quotes[c].span for t in self.entries for c in t.cites]
        return tuple(s for s in self.article.sentences if not any(s.overlaps(c) for c in spans))


Made = TypeVar("Made")


def once_a_pack(make: Callable[[Pack], Made]) -> Callable[[Pack], Made]:
    """Makes it when it is first wanted, and keeps it as long as the pack is; what is made must not refer to the pack."""
    kept: WeakKeyDictionary[Pack, Made] = WeakKeyDictionary()

    @functools.wraps(make)
    def found(pack: Pack) -> Made:
        if pack not in kept:
            kept[pack] = make(pack)
        return kept[pack]

    return found


def normal_form(text: str) -> str:
    """A phrasing without case and punctuation: two with the same one are the same phrasing."""
    return " ".join(_WORD.findall(text.lower()))
