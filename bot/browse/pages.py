"""Lists of what a pack holds, page by page: passages, people, the article's paragraphs, questions. Pure and deterministic;
say/pages.py puts them into words.

Every id, page number and word comes from outside: what does not exist is an Unknown, never an exception. No page shows more of
the article than `budget` allows, and what is shown are slices of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.browse.index import index_of
from bot.browse.paging import MAX_OPTIONS, Unknown, beginning, budget, parts, sheets, shown_paragraphs
from bot.engine.answer import Citation
from bot.pack.values import Pack, Person, PersonKind, Quote, QuoteKind, Topic
from bot.text.article import Paragraph, Span

MAX_TYPED = 200  # characters of what is typed, as far as it is looked at
_QUOTES_A_PAGE = 5
_PEOPLE_A_PAGE = 15
_LIST_CHARACTERS = 1500  # of the questions listed on a page, those counted twice that Markdown may need escaped
_FITS = 0.5  # the fit from which a passage is about the words that were typed
_NAME_WORDS = 8  # of a typed speaker
_GROUP = "group:"  # no id of a topic has a colon
_SAME_NAME = 80.0  # rapidfuzz ratio (0-100) from which a name counts as another one misspelt


@dataclass(frozen=True, slots=True)
class QuotePage:
    """Passages that fit; `total` counts all pages. `pages` is 1 where nothing fits."""

    speaker: Person | None
    words: str
    citations: tuple[Citation, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Saying:
    """What one person says: in their own words, as relayed by others (`reported`), and what they relay of others."""

    person: Person
    own: tuple[Quote, ...]
    reported: tuple[Quote, ...]
    relays: tuple[Quote, ...]

    @property
    def quotes(self) -> tuple[Quote, ...]:
        return tuple(sorted({*self.own, *self.reported, *self.relays}, key=lambda q: q.span))


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People in the order in which they speak, then those who are only named."""

    sayings: tuple[Saying, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, or as much of it as fits a page."""

    paragraph: Paragraph
    span: Span
    speakers: tuple[Person, ...]

    @property
    def begins(self) -> bool:
        return self.span.start == self.paragraph.span.start

    @property
    def ends(self) -> bool:
        return self.span.end == self.paragraph.span.end


@dataclass(frozen=True, slots=True)
class ArticlePage:
    pieces: tuple[Piece, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class FaqPage:
    """The questions of one group, or the groups with how many questions each has where none was chosen."""

    groups: tuple[tuple[str, int], ...]
    group: str
    topics: tuple[Topic, ...]
    page: int
    pages: int


def quotes(pack: Pack, speaker: str = "", words: str = "", page: int = 1, per_page: int = _QUOTES_A_PAGE) -> QuotePage | Unknown:
    """The passages in which a speaker (an id, or a name as a reader may type it) speaks or relays, about some words, the best
    first; without words in the article's order."""
    person = find_person(pack, speaker) if speaker.strip() else None
    if speaker.strip() and person is None:
        return Unknown("speaker")
    found = spoken(pack, person)
    typed = words.strip()[:MAX_TYPED]
    if typed:
        fit = index_of(pack).fit(typed)
        found = sorted((q for q in found if fit[q.id] >= _FITS), key=lambda q: (-fit[q.id], q.span))
    limit = budget(pack.article)
    citations = [Citation(pack.article.excerpt(beginning(pack.article, q.span, limit)), q) for q in found]
    shown = sheets(citations, max(1, per_page), limit, lambda c: len(c.excerpt.text))
    if not 1 <= page <= len(shown):
        return Unknown("page")
    return QuotePage(person, typed, shown[page - 1], len(found), page, len(shown))


def people(pack: Pack, page: int = 1) -> PeoplePage | Unknown:
    """The people, organisations and groups of the pack, with what each says."""
    in_order = index_of(pack).quotes
    sayings = [
        Saying(
            person,
            tuple(q for q in in_order if q.kind is QuoteKind.DIRECT and person.id in q.speakers),
            tuple(q for q in in_order if q.kind is QuoteKind.REPORTED and person.id in q.speakers),
            tuple(q for q in in_order if q.relayed_by == person.id),
        )
        for person in pack.people.values()
        if person.kind is not PersonKind.SOURCE
    ]
    end = len(pack.article.text)
    sayings.sort(
        key=lambda s: (not s.quotes, s.quotes[0].span.start if s.quotes else (pack.article.locate(s.person.name) or (end,))[0])
    )
    shown = sheets(sayings, _PEOPLE_A_PAGE, _LIST_CHARACTERS, lambda s: _room_of(pack, s))
    return PeoplePage(shown[page - 1], page, len(shown)) if 1 <= page <= len(shown) else Unknown("page")


def paragraphs(pack: Pack, page: int = 1) -> ArticlePage | Unknown:
    """The article's paragraphs, page by page within the budget; a paragraph that is too long is cut between sentences."""
    limit = budget(pack.article)
    whole = shown_paragraphs(pack.article)
    pieces = [Piece(p, span, speaking(pack, span)) for p in whole for span in parts(pack.article, p.span, limit)]
    shown = sheets(pieces, len(pieces), limit, lambda piece: piece.span.end - piece.span.start)
    return ArticlePage(shown[page - 1], page, len(shown)) if 1 <= page <= len(shown) else Unknown("page")


def faq(pack: Pack, group: str = "", page: int = 1) -> FaqPage | Unknown:
    """The questions that have an answer, as the pack's files group them. Without a group: the groups, or the questions where
    there is only one."""
    counts: dict[str, int] = {}
    for topic in pack.entries:
        counts[topic.group] = counts.get(topic.group, 0) + 1
    groups = tuple(counts.items())
    if group and group not in counts:
        return Unknown("group")
    if not group and len(groups) > 1:
        listed = sheets(groups, MAX_OPTIONS, _LIST_CHARACTERS, lambda g: _room(g[0]))
        return FaqPage(listed[page - 1], "", (), page, len(listed)) if 1 <= page <= len(listed) else Unknown("page")
    topics = [t for t in pack.entries if not group or t.group == group]
    shown = sheets(topics, MAX_OPTIONS, _LIST_CHARACTERS, lambda t: _room(t.question))
    return FaqPage(groups, group, shown[page - 1], page, len(shown)) if 1 <= page <= len(shown) else Unknown("page")


def find_person(pack: Pack, typed: str) -> Person | None:
    """Whom an id or a name means, misspelt names included; None where nobody, or more than one, comes near enough."""
    wanted = typed.strip()[:MAX_TYPED]
    if wanted in pack.people:
        return pack.people[wanted]
    scores: list[tuple[float, str]] = []
    for person in pack.people.values():
        names = [n.casefold() for n in (person.name, *person.aliases)]
        if wanted.casefold() in names:
            return person
        scores.append((max(fuzz.ratio(wanted.casefold(), n) for n in names), person.id))
    scores.sort(key=lambda s: -s[0])
    if not scores or scores[0][0] < _SAME_NAME or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return pack.people[scores[0][1]]


def speaker_first(pack: Pack, typed: str) -> tuple[str, str]:
    """What is typed as a speaker and a topic: the longest beginning that names somebody, and what follows it; else all of it is
    the topic."""
    words = typed.split()
    for end in range(min(len(words), _NAME_WORDS), 0, -1):
        if find_person(pack, " ".join(words[:end])):
            return " ".join(words[:end]), " ".join(words[end:])
    return "", " ".join(words)


def spoken(pack: Pack, person: Person | None) -> list[Quote]:
    """The passages in which a person speaks or relays, in the article's order; all of them where it is nobody in particular."""
    return [q for q in index_of(pack).quotes if person is None or person.id in (*q.speakers, q.relayed_by)]


def speaking(pack: Pack, span: Span) -> tuple[Person, ...]:
    """Who speaks directly within the span, in order."""
    direct = [q for q in index_of(pack).quotes if q.kind is not QuoteKind.NARRATION and q.span.overlaps(span)]
    ids = [s for q in direct for s in (q.speakers if q.kind is QuoteKind.DIRECT else (q.relayed_by,)) if s]
    return tuple(p for p in (pack.people[i] for i in dict.fromkeys(ids)) if p.kind is not PersonKind.SOURCE)


def find_group(pack: Pack, typed: str) -> str | None:
    """Which group is meant, by its file's name or as it is shown; None where none is."""
    wanted = typed.strip().casefold()
    return next((t.group for t in pack.entries if wanted in (t.group.casefold(), group_name(t.group).casefold())), None)


def group_name(stem: str) -> str:
    """A group as the pack's file is called, without hyphens."""
    name = stem.replace("-", " ").replace("_", " ")
    return name[:1].upper() + name[1:]


def group_value(group: str) -> str:
    """A group among values to choose from of which others are ids of topics: a file may be called as an entry is."""
    return f"{_GROUP}{group}"


def group_of(value: str) -> str | None:
    """The group that such a value stands for; None where it is another one."""
    return value.removeprefix(_GROUP) if value.startswith(_GROUP) else None


def _room_of(pack: Pack, saying: Saying) -> int:
    named = {saying.person.id, *(q.relayed_by for q in saying.reported), *(s for q in saying.relays for s in q.speakers)}
    names = sum(_room(pack.people[n].name) for n in named if n)
    return names + _room(saying.person.capacity) + 6 * len(saying.quotes) + 60


def _room(text: str) -> int:
    """How many characters an item of a list may take on Discord."""
    return 8 + sum(1 if c.isalnum() or c == " " else 2 for c in text)
