"""Browsing an article: pack -> pages of values. Pure and deterministic; reply.py puts them into words.

Every id, page number and word comes from outside: what does not exist is an Unknown, never an exception. No page shows more of the article than `budget`
allows, and what is shown are slices of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from rapidfuzz import fuzz

from bot.engine.answer import Answer, Answered, Citation, NotInArticle
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Asks, Pack, Person, PersonKind, Quote, QuoteKind, Topic, Verdict
from bot.text.article import Article, Paragraph, Section, Span
from bot.text.words import STOP_WORDS, split, stem

QUOTES_A_PAGE = 5
PEOPLE_A_PAGE = 15
MAX_OPTIONS = 25  # of a select, and of autocompletion
MAX_OPTION = 100  # characters of an option's label or value
MAX_OTHERS = 3
MAX_MATCHES = 5
_LIST_CHARACTERS = 1500  # of the questions listed on a page, those counted twice that Markdown may need escaped
_TYPED_CHARACTERS = 200  # of what is typed, as far as it is looked at
_TYPED_WORDS = 12
_WORD_SCORE = 84.0  # rapidfuzz ratio (0-100) from which a word counts as another one misspelt
_NAME_SCORE = 80.0
_LABEL_SCORE = 72.0
_PARTING = ":;,"
_FUZZY_FROM = 4  # characters typed: fewer resemble almost anything
_TOGETHER = 2  # passages that an entry may cite and be on one matter for certain
_TOGETHER_IN_WORDS = 3  # the same, where the two passages also have a word in common
_COMMON_WORDS = 3  # that two passages must share to be near each other where nothing cites both
_NEAR = 0.02  # probability of a question from which it came near
_SHOWN_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Unknown:
    """What was asked for does not exist: an old button, a forged id, a page too far."""

    what: Literal["speaker", "quote", "page", "group"]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose from a list: both at most 100 characters."""

    label: str
    value: str


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


@dataclass(frozen=True, slots=True)
class Context:
    """An excerpt with what stands before and after it in its paragraph; `cut_before` and `cut_after` where that is not all of it."""

    citation: Citation
    before: Span | None
    after: Span | None
    cut_before: bool
    cut_after: bool
    neighbours: tuple[tuple[Paragraph, tuple[Person, ...]], ...]


@dataclass(frozen=True, slots=True)
class Other:
    """A passage of another speaker near a given one: cited by the same entries, or with words in common (as they stand in it)."""

    citation: Citation
    shared: tuple[Topic, ...]
    words: tuple[str, ...]


def budget(article: Article) -> int:
    """How many characters of the article one page may show: never more than half of it, so that no message holds a whole article."""
    whole = sum(p.span.end - p.span.start for p in _shown(article))
    return max(1, min(MAX_EXCERPT_CHARACTERS, whole // 2))


# Pages


def quotes(pack: Pack, speaker: str = "", words: str = "", page: int = 1, per_page: int = QUOTES_A_PAGE) -> QuotePage | Unknown:
    """The passages in which a speaker (an id, or a name as a reader may type it) speaks or relays, about some words, the best first; without
    words in the article's order."""
    person = None
    if speaker.strip():
        person = find_person(pack, speaker)
        if person is None:
            return Unknown("speaker")
    found = [q for q in _in_order(pack) if person is None or person.id in (*q.speakers, q.relayed_by)]
    typed = words.strip()[:_TYPED_CHARACTERS]
    if typed:
        wanted, haystacks = _words(typed), _haystacks(pack)
        scores = {q.id: _fit(wanted, haystacks[q.id]) for q in found}
        found = sorted((q for q in found if scores[q.id] >= 0.5), key=lambda q: (-scores[q.id], q.span))
    citations = [Citation(pack.article.excerpt(_within(pack.article, q.span, budget(pack.article))), q) for q in found]
    sheets = _sheets(citations, max(1, per_page), budget(pack.article), lambda c: len(c.excerpt.text))
    if not 1 <= page <= len(sheets):
        return Unknown("page")
    return QuotePage(person, typed, sheets[page - 1], len(found), page, len(sheets))


def people(pack: Pack, page: int = 1) -> PeoplePage | Unknown:
    """The people, organisations and groups of the pack, with what each says."""
    ordered = _in_order(pack)
    sayings = [
        Saying(
            person,
            tuple(q for q in ordered if q.kind is QuoteKind.DIRECT and person.id in q.speakers),
            tuple(q for q in ordered if q.kind is QuoteKind.REPORTED and person.id in q.speakers),
            tuple(q for q in ordered if q.relayed_by == person.id),
        )
        for person in pack.people.values()
        if person.kind is not PersonKind.SOURCE
    ]
    end = len(pack.article.text)
    sayings.sort(
        key=lambda s: (not s.quotes, s.quotes[0].span.start if s.quotes else (pack.article.locate(s.person.name) or (end,))[0])
    )
    sheets = _sheets(sayings, PEOPLE_A_PAGE, _LIST_CHARACTERS, lambda s: _room_of(pack, s))
    return PeoplePage(sheets[page - 1], page, len(sheets)) if 1 <= page <= len(sheets) else Unknown("page")


def paragraphs(pack: Pack, page: int = 1) -> ArticlePage | Unknown:
    """The article's paragraphs, page by page within the budget; a paragraph that is too long is cut between sentences."""
    limit = budget(pack.article)
    pieces = [Piece(p, span, _speaking(pack, span)) for p in _shown(pack.article) for span in _cut(pack.article, p.span, limit)]
    sheets = _sheets(pieces, len(pieces), limit, lambda piece: piece.span.end - piece.span.start)
    return ArticlePage(sheets[page - 1], page, len(sheets)) if 1 <= page <= len(sheets) else Unknown("page")


def faq(pack: Pack, group: str = "", page: int = 1) -> FaqPage | Unknown:
    """The questions that have an answer, as the pack's files group them. Without a group: the groups, or the questions where there is only one."""
    counts: dict[str, int] = {}
    for topic in pack.entries:
        counts[topic.group] = counts.get(topic.group, 0) + 1
    groups = tuple(counts.items())
    if group and group not in counts:
        return Unknown("group")
    if not group and len(groups) > 1:
        listed = _sheets(groups, MAX_OPTIONS, _LIST_CHARACTERS, lambda g: _room(g[0]))
        return FaqPage(listed[page - 1], "", (), page, len(listed)) if 1 <= page <= len(listed) else Unknown("page")
    topics = [t for t in pack.entries if not group or t.group == group]
    sheets = _sheets(topics, MAX_OPTIONS, _LIST_CHARACTERS, lambda t: _room(t.question))
    return FaqPage(groups, group, sheets[page - 1], page, len(sheets)) if 1 <= page <= len(sheets) else Unknown("page")


# Round one passage


def context(pack: Pack, quote_id: str) -> Context | Unknown:
    """A passage in its paragraph, whole where the budget allows, else the sentences next to it; a passage that is a whole paragraph, between its neighbours."""
    quote = pack.quotes.get(quote_id)
    if quote is None:
        return Unknown("quote")
    article, shown = pack.article, _shown(pack.article)
    span = _within(article, quote.span, MAX_EXCERPT_CHARACTERS)
    around = [p for p in shown if p.span.overlaps(span)]
    first, last = around[0].span.start, around[-1].span.end
    if _beside(article, first, span.start) is None and _beside(article, span.end, last) is None:
        whole, here = article.paragraphs, (article.paragraphs.index(around[0]), article.paragraphs.index(around[-1]))
        if here[0] > 0 and whole[here[0] - 1] in shown:
            first = whole[here[0] - 1].span.start
        if here[1] + 1 < len(whole) and whole[here[1] + 1] in shown:
            last = whole[here[1] + 1].span.end
    left = max(0, budget(article) - (span.end - span.start))
    start, end = span.start, span.end
    # The nearest sentences first, turn about, as long as each still fits.
    before = sorted({first, *(s.start for s in article.sentences if first < s.start < start)} - {start}, reverse=True)
    after = sorted({last, *(s.end for s in article.sentences if end < s.end < last)} - {end})
    for i in range(max(len(before), len(after))):
        if i < len(before) and span.start - before[i] + end - span.end <= left:
            start = before[i]
        if i < len(after) and span.start - start + after[i] - span.end <= left:
            end = after[i]
    numbers = [shown.index(around[0]) - 1, shown.index(around[-1]) + 1]
    return Context(
        Citation(article.excerpt(span), quote),
        _beside(article, start, span.start),
        _beside(article, span.end, end),
        start > first,
        end < last,
        tuple((shown[n], _speaking(pack, shown[n].span)) for n in numbers if 0 <= n < len(shown)),
    )


def others(pack: Pack, quote_id: str) -> tuple[Other, ...] | Unknown:
    """Passages of other speakers that answer the same questions (those that cite least first), or that have words in common with this one; the
    nearest first, within the budget."""
    quote = pack.quotes.get(quote_id)
    if quote is None:
        return Unknown("quote")
    key = ("others", quote_id)
    if key not in pack.derived:  # every answer asks for it, to know whether it has that button
        pack.derived[key] = _others(pack, quote)
    found: tuple[Other, ...] = pack.derived[key]
    return found


def _others(pack: Pack, quote: Quote) -> tuple[Other, ...]:
    rarity = _rarity(pack)
    own = _passage_stems(pack, quote)
    found: list[tuple[float, float, Span, Other]] = []
    for other in _in_order(pack):
        if other.span.overlaps(quote.span) or set(other.speakers) <= set(quote.speakers):
            continue
        # A word of the headline or of half the passages says nothing about nearness.
        common = {s: w for s, w in _passage_stems(pack, other).items() if s in own and rarity[s] * 3 <= len(pack.quotes)}
        together = (t for t in pack.entries if quote.id in t.cites and other.id in t.cites and _brings_together(t, bool(common)))
        shared = tuple(sorted(together, key=lambda t: len(t.cites)))
        if shared or len(common) >= _COMMON_WORDS:
            citation = Citation(pack.article.excerpt(_within(pack.article, other.span, budget(pack.article))), other)
            closeness = sum(1 / rarity[s] for s in common)
            found.append(
                (
                    -sum(1 / len(t.cites) for t in shared),
                    -closeness,
                    other.span,
                    Other(citation, shared, tuple(common.values())[:4]),
                )
            )
    found.sort(key=lambda f: f[:3])
    kept: list[Other] = []
    for *_, other_one in found:
        held = sum(len(o.citation.excerpt.text) for o in kept)
        if len(kept) < MAX_OTHERS and held + len(other_one.citation.excerpt.text) <= budget(pack.article):
            kept.append(other_one)
    return tuple(kept)


def matches(answer: Answer) -> tuple[Topic, ...]:
    """The other questions that an answer was chosen from, the most probable first."""
    given: set[str] = set()
    if isinstance(answer, Answered):
        given = {t.id for t in (*answer.entries, *answer.silent)}
    elif isinstance(answer, NotInArticle) and answer.gap:
        given = {answer.gap.id}
    near = [c.topic for c in answer.trace.candidates if c.probability >= _NEAR]
    topics = [t for t in near if t.verdict in (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE) and t.question]
    return tuple(dict.fromkeys(t for t in topics if t.id not in given))[:MAX_MATCHES]


# What is offered while somebody types


def suggest_speakers(pack: Pack, typed: str) -> tuple[Option, ...]:
    """The people who speak, by any of their names; the value is the person's id."""
    speaking = {s for q in pack.quotes.values() for s in (*q.speakers, q.relayed_by)}
    known = [p for p in pack.people.values() if p.id in speaking]
    ranked = _ranked(typed, known, lambda p: (p.name, *p.aliases))
    return tuple(Option(clip(p.name, MAX_OPTION), p.id) for p in ranked[:MAX_OPTIONS])


def suggest_topics(pack: Pack, typed: str, speaker: str = "") -> tuple[Option, ...]:
    """Words of the pack's vocabulary and people, those only that `quotes` finds a passage for (with that speaker)."""
    names = [(p.name, *p.aliases) for p in pack.people.values() if p.kind is not PersonKind.SOURCE]
    families = {f[0]: f for f in ((*((head, *same) for head, same in pack.synonyms), *names)) if len(f[0]) <= MAX_OPTION}
    person = find_person(pack, speaker) if speaker.strip() else None
    spoken = [q for q in _in_order(pack) if person is None or person.id in (*q.speakers, q.relayed_by)]
    haystacks = _haystacks(pack)
    held = [{_stem(w) for part in haystacks[q.id] for w in part} for q in spoken]
    found: list[Option] = []
    for word in _ranked(typed, list(families), lambda w: families[w]):
        stems = {_stem(w) for w in _words_of(word)}
        if stems and any(stems <= h for h in held):
            found.append(Option(word, word))
        if len(found) == MAX_OPTIONS:
            break
    return tuple(found)


def suggest_questions(pack: Pack, typed: str) -> tuple[Option, ...]:
    """Real questions. The value is the question, or a phrasing of it that is short enough, so that it is answered like one typed in full."""
    options: list[Option] = []
    for topic in _ranked(typed, pack.entries, lambda t: (t.question, *t.phrasings)):
        value = next((p for p in (topic.question, *topic.phrasings) if len(p) <= MAX_OPTION), "")
        if value:
            options.append(Option(clip(topic.question, MAX_OPTION), value))
        if len(options) == MAX_OPTIONS:
            break
    return tuple(options)


def find_person(pack: Pack, typed: str) -> Person | None:
    """Whom an id or a name means, misspelt names included; None where nobody, or more than one, comes near enough."""
    wanted = typed.strip()[:_TYPED_CHARACTERS]
    if wanted in pack.people:
        return pack.people[wanted]
    scores: list[tuple[float, str]] = []
    for person in pack.people.values():
        names = [n.casefold() for n in (person.name, *person.aliases)]
        if wanted.casefold() in names:
            return person
        scores.append((max(fuzz.ratio(wanted.casefold(), n) for n in names), person.id))
    scores.sort(key=lambda s: -s[0])
    if not scores or scores[0][0] < _NAME_SCORE or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return pack.people[scores[0][1]]


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


# Within


def _in_order(pack: Pack) -> list[Quote]:
    return sorted(pack.quotes.values(), key=lambda q: q.span)


def _shown(article: Article) -> list[Paragraph]:
    return [p for p in article.paragraphs if p.section is not Section.FURNITURE]


def _speaking(pack: Pack, span: Span) -> tuple[Person, ...]:
    """Who speaks directly within the span, in order."""
    direct = [q for q in _in_order(pack) if q.kind is not QuoteKind.NARRATION and q.span.overlaps(span)]
    ids = [s for q in direct for s in (q.speakers if q.kind is QuoteKind.DIRECT else (q.relayed_by,)) if s]
    return tuple(p for p in (pack.people[i] for i in dict.fromkeys(ids)) if p.kind is not PersonKind.SOURCE)


def _sheets(items: Sequence[_T], most: int, characters: int, size: Callable[[_T], int]) -> list[tuple[_T, ...]]:
    """The items in pages of at most `most` items and `characters` together (0: any number); one empty page where there are none."""
    sheets: list[list[_T]] = [[]]
    held = 0
    for item in items:
        if sheets[-1] and (len(sheets[-1]) >= most or (characters and held + size(item) > characters)):
            sheets.append([])
            held = 0
        sheets[-1].append(item)
        held += size(item)
    return [tuple(sheet) for sheet in sheets]


def _room_of(pack: Pack, saying: Saying) -> int:
    named = {saying.person.id, *(q.relayed_by for q in saying.reported), *(s for q in saying.relays for s in q.speakers)}
    names = sum(_room(pack.people[n].name) for n in named if n)
    return names + _room(saying.person.capacity) + 6 * len(saying.quotes) + 60


def _room(text: str) -> int:
    return 8 + sum(1 if c.isalnum() or c == " " else 2 for c in text)


def _within(article: Article, span: Span, limit: int) -> Span:
    """The span, or its first part of at most `limit` characters."""
    return next(_cut(article, span, limit))


def _cut(article: Article, span: Span, limit: int) -> Iterator[Span]:
    """The span in parts of at most `limit` characters, cut after a sentence, or else after a word, or else anywhere."""
    start = span.start
    while span.end - start > limit:
        sentences = [s.end for s in article.sentences if start < s.end <= start + limit]
        words = [
            i for i in range(start + 1, start + limit + 1) if article.text[i].isspace() and not article.text[i - 1].isspace()
        ]
        end = (sentences or words or [start + limit])[-1]
        yield Span(start, end)
        start = end
        while start < span.end and article.text[start].isspace():
            start += 1
    if start < span.end:
        yield Span(start, span.end)


def _beside(article: Article, start: int, end: int) -> Span | None:
    """What stands between two offsets, without what parts it from the excerpt: white space, a colon, a quotation mark whose fellow is not in it.
    None where that is no word."""
    text = article.text
    while start < end and (text[start].isspace() or text[start] in _PARTING or _is_alone(text[start:end], text[start])):
        start += 1
    while end > start and (text[end - 1].isspace() or _is_alone(text[start:end], text[end - 1])):
        end -= 1
    return Span(start, end) if any(c.isalnum() for c in text[start:end]) else None


def _is_alone(text: str, mark: str) -> bool:
    """Whether it is a double quotation mark that has no fellow in the text."""
    opening, closing = text.count("“"), text.count("”")
    return (
        (mark == "“" and opening > closing) or (mark == "”" and closing > opening) or (mark == '"' and text.count('"') % 2 == 1)
    )


def _words(text: str) -> tuple[str, ...]:
    """The content words, each once; all words where there is no content word."""
    words = dict.fromkeys(split(text))
    return tuple([w for w in words if w not in STOP_WORDS] or words)[:_TYPED_WORDS]


@lru_cache(maxsize=1 << 14)  # of passages, names, questions and vocabulary: the same again with every keystroke
def _split(text: str) -> tuple[str, ...]:
    return tuple(split(text))


@lru_cache(maxsize=1 << 14)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(w for w in _split(text) if w not in STOP_WORDS))


@lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    return stem(word)


Haystack = tuple[frozenset[str], frozenset[str]]  # a passage's own words, and words about it


def _haystacks(pack: Pack) -> dict[str, Haystack]:
    """By quote: the words of the passage and of its speakers' names; and those of the questions that cite it, and what the vocabulary holds to be
    the same as a word of it."""
    passages = tuple((q.id, pack.excerpt(q.id).text, _names(pack, q)) for q in pack.quotes.values())
    return _gathered(passages, tuple((t.question, t.cites) for t in pack.entries), pack.synonyms)


def _names(pack: Pack, quote: Quote) -> tuple[str, ...]:
    return tuple(pack.people[s].name for s in (*quote.speakers, quote.relayed_by) if s)


@lru_cache(maxsize=8)  # one pack for each article of the bot: it takes some 50 ms, and is wanted at every keystroke
def _gathered(
    passages: tuple[tuple[str, str, tuple[str, ...]], ...],
    asked: tuple[tuple[str, tuple[str, ...]], ...],
    synonyms: tuple[tuple[str, tuple[str, ...]], ...],
) -> dict[str, Haystack]:
    families = [[" ".join(split(w)) for w in (head, *same)] for head, same in synonyms]
    found: dict[str, Haystack] = {}
    for quote, text, names in passages:
        own = {w for part in (text, *names) for w in _words_of(part)}
        about = {w for question, cites in asked if quote in cites for w in _words_of(question)}
        spoken = f" {' '.join(split(text))} "
        for family in families:
            if any(f and f" {f} " in spoken for f in family):
                about.update(w for f in family for w in _words_of(f))
        found[quote] = (frozenset(own), frozenset(about - own))
    return found


def _fit(wanted: Sequence[str], haystack: Haystack) -> float:
    """How well a passage fits the words, 0 to 1: the mean over them, its own words counting full and words about it three quarters."""
    own, about = haystack
    return sum(max(_best(w, own), 0.75 * _best(w, about)) for w in wanted) / len(wanted) if wanted else 0.0


def _best(word: str, words: Iterable[str]) -> float:
    """1 for the word itself, less for an inflected or misspelt one, 0 for none."""
    best = 0.0
    for other in words:
        if other == word:
            return 1.0
        if _stem(other) == _stem(word):
            best = max(best, 0.95)
        elif len(word) >= 4 and len(other) >= 4 and (score := fuzz.ratio(word, other)) >= _WORD_SCORE:
            best = max(best, score / 110)
    return best


def _passage_stems(pack: Pack, quote: Quote) -> dict[str, str]:
    """The content words of a passage by their stems, as they stand in it; names of people only count where they are not the speaker's."""
    speakers = {_stem(w) for s in quote.speakers for w in _words_of(pack.people[s].name)}
    found: dict[str, str] = {}
    for shown in _SHOWN_WORD.findall(pack.excerpt(quote.id).text):
        parts = _split(shown)
        for word in parts:
            if word not in STOP_WORDS and len(word) >= 4 and _stem(word) not in speakers:
                found.setdefault(_stem(word), shown if len(parts) == 1 else word)
    return found


def _brings_together(topic: Topic, in_words: bool) -> bool:
    """Whether what an entry cites is on one matter; a list of all names, dates or positions in the article is not."""
    return topic.asks is not Asks.LIST and len(topic.cites) <= (_TOGETHER_IN_WORDS if in_words else _TOGETHER)


def _rarity(pack: Pack) -> dict[str, int]:
    """In how many passages each stem stands."""
    counts: dict[str, int] = {}
    for quote in pack.quotes.values():
        for s in _passage_stems(pack, quote):
            counts[s] = counts.get(s, 0) + 1
    return counts


def _ranked(typed: str, items: Sequence[_T], names: Callable[[_T], Sequence[str]]) -> list[_T]:
    """The items whose names fit what is typed: those that begin with it, those with a word that does, then those that resemble it."""
    wanted = " ".join(typed[:MAX_OPTION].casefold().split())
    if not wanted:
        return list(items)
    scored: list[tuple[float, int, _T]] = []
    for place, item in enumerate(items):
        score = 0.0
        for i, name in enumerate(names(item)):
            known = name.casefold()
            near = fuzz.WRatio(wanted, known, score_cutoff=_LABEL_SCORE) if len(wanted) >= _FUZZY_FROM else 0.0
            here = 300.0 if known.startswith(wanted) else 200.0 if f" {wanted}" in f" {known}" else near
            score = max(score, here - 0.5 * min(i, 10) / 10)
        if score >= _LABEL_SCORE:
            scored.append((-score, place, item))
    return [item for *_, item in sorted(scored, key=lambda s: s[:2])]
