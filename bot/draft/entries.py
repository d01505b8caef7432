"""Who and what those are whom an article introduces, and where they stand, as entries for a curator to confirm. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from bot.draft.clauses import Clauses, Speaker, is_sure
from bot.draft.names import inside, is_proper
from bot.draft.patterns import is_governed
from bot.draft.speech_words import TITLES
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Asks, Person, PersonKind, Quote, QuoteKind, Topic, Verdict
from bot.text.article import Article, Section, Span

_MOST_PEOPLE, _MOST_BODIES = 8, 4
_MOST_CITED = 3  # passages of one position
_MOST_POSITIONS = 6
# Behind a name, that the text says who or what it is.
_TELLS = re.compile(
    r"(?:\s\([A-Z][\w&]+\))?(?:,\s(?:\d{1,3}[,.]|an?\s|the\s(?!same\b)|who\s(?!said|says)|which\s|one of\s)|\s(?:is|was)\s(?:an?|the)\s)"
)


# Who somebody is


def introductions(article: Article, people: Iterable[Person], quotes: Sequence[Quote]) -> Iterator[Topic]:
    """An entry for each person and body of whom a sentence says who or what it is, the first that does."""
    sentences = [
        q for q in quotes if q.kind is not QuoteKind.DIRECT and q.span in set(article.sentences) and _is_body(article, q.span)
    ]
    left = {PersonKind.PERSON: _MOST_PEOPLE, PersonKind.ORGANISATION: _MOST_BODIES}
    for person in people:
        if not left.get(person.kind) or not is_proper(person.name):
            continue
        if introducing := next((q for q in sentences if _introduces(article.excerpt(q.span).text, person)), None):
            left[person.kind] -= 1
            yield _who(person, introducing, article)


def _is_body(article: Article, span: Span) -> bool:
    return article.paragraph_at(span.start).section is Section.BODY and span.end - span.start <= MAX_EXCERPT_CHARACTERS


def _introduces(words: str, person: Person) -> bool:
    words = " ".join(words.split())
    at = words.find(person.name)
    if at < 0:
        return False
    if person.kind is PersonKind.PERSON and person.capacity and not _is_title(person.capacity) and person.capacity in words:
        return True
    return _TELLS.match(words, at + len(person.name)) is not None


def _is_title(capacity: str) -> bool:
    return all(word.strip(".") in TITLES for word in capacity.split())


def _who(person: Person, quote: Quote, article: Article) -> Topic:
    name = person.name
    if person.kind is PersonKind.PERSON:
        last = next((a for a in person.aliases if name.endswith(a)), name)
        words = " ".join(article.excerpt(quote.span).text.split())
        capacity = "" if _is_title(person.capacity) or person.capacity not in words else person.capacity
        lead = f"{capacity[0].upper()}{capacity[1:].rstrip('.')}." if capacity else ""
        phrasings = (f"who’s {last}", f"what is the role of {name}", f"what does {last} do")
        return Topic(f"who-{person.id}", Verdict.ANSWER, f"Who is {name}?", phrasings, (quote.id,), Asks.CAPACITY, lead)
    called = inside(name, article.text)
    short = (f"what does {a} stand for" for a in person.aliases if f"({a})" in article.text)
    asked = (f"what kind of body is {called}", f"who are {called}", *short)
    return Topic(f"what-{person.id}", Verdict.ANSWER, f"What is {called}?", asked, (quote.id,), Asks.DEFINITION)


# Where somebody stands


class Side(Enum):
    """What a verb says of whoever takes a position."""

    FOR = "for"
    AGAINST = "against"
    WANTS = "wants"


class Stance(NamedTuple):
    """A sentence in which the text says by its verb that somebody takes a position."""

    holder: Speaker
    side: Side
    sentence: Span


_VERBS = {
    Side.FOR: "supports? supported backs? backed welcomes? welcomed endorses? endorsed favou?rs? favou?red praises? praised approves? approved defends? defended",
    Side.AGAINST: "opposes? opposed rejects? rejected condemns? condemned criticis(?:e|es|ed) criticiz(?:e|es|ed) denounces? denounced disputes? disputed",
    Side.WANTS: "demands? demanded urges? urged",
}
_PHRASES = {
    Side.FOR: r"(?:is|are|was|were)\s+(?:all\s+)?(?:in favour of|in favor of)|voted?s?\s+(?:for|in favou?r of)|campaigns?\s+for|campaigned\s+for",
    Side.AGAINST: r"(?:is|are|was|were)\s+(?:firmly\s+|strongly\s+)?(?:against|opposed to)|voted?s?\s+against|objects?\s+to|objected\s+to|campaigns?\s+against|campaigned\s+against",
    Side.WANTS: r"calls?\s+for|called\s+for|pushes\s+for|pushed\s+for",
}
_MARKED = {
    side: re.compile(
        rf"(?<![\w’'-])(?:{_PHRASES[side]}|{'|'.join(_VERBS[side].split())})(?![\w’'-])(?!\s+(?:by|candidate|and\s+by)\b)"
    )
    for side in Side
}
_NOT = re.compile(
    r"(?<![\w’'-])(?:not|never|nor|neither|\w+n[’']t|would|could|might|may|if|to|whether|be|been|being|is|are|was|were|who|which)\s+(?:\w+ly\s+)?$"
)


def stances(text: str, article: Article, clauses: Clauses) -> Iterator[Stance]:
    """Who takes a position in which sentence, where the text says so by its verb, outside of quotation marks, and surely of whom."""
    for sentence in article.sentences:
        if article.paragraph_at(sentence.start).section is not Section.BODY:
            continue
        words = text[sentence.start : sentence.end]
        for side, marked in _MARKED.items():
            for verb in marked.finditer(words):
                if (
                    is_governed(words, verb)
                    or _NOT.search(words[: verb.start()])
                    or clauses.is_quoted(sentence.start + verb.start())
                ):
                    continue
                holder = clauses.subject_of(words, verb, sentence.start)
                if holder and is_sure(holder) and holder.speaker:
                    yield Stance(holder.speaker, side, sentence)
                    break


def positions(found: Sequence[tuple[str, Side, Quote]]) -> tuple[str, ...]:
    """Ids of quotes that show whoever asks for an opinion what is said for a thing and against it, in turn, one of each holder; none
    where only one side is taken. `found` has each holder's id."""
    first: dict[str, tuple[Side, Quote]] = {}
    for holder, side, quote in found:
        first.setdefault(holder, (side, quote))
    sides = {side: [q for s, q in first.values() if s is side] for side in Side}
    if not sides[Side.FOR] or not sides[Side.AGAINST]:
        return ()
    rounds = max(map(len, sides.values()))
    ordered = [sides[side][i] for i in range(rounds) for side in Side if i < len(sides[side])]
    kept: dict[str, int] = {}
    for quote in ordered[:_MOST_POSITIONS]:
        size = quote.span.end - quote.span.start
        if quote.id not in kept and sum(kept.values()) + size <= MAX_EXCERPT_CHARACTERS:
            kept[quote.id] = size
    return tuple(kept) if len(kept) > 1 else ()


def stance_entries(article: Article, found: Sequence[tuple[str, Side, Quote]], people: Mapping[str, Person]) -> Iterator[Topic]:
    """An entry for each of those who take a position, and one for all of them where some are for it and some against it."""
    by_holder: defaultdict[str, dict[str, Quote]] = defaultdict(dict)
    for holder, _, quote in found:
        by_holder[holder][quote.id] = quote
    for holder, quotes in by_holder.items():
        name = inside(people[holder].name, article.text)
        yield Topic(
            f"stance-{holder}", Verdict.ANSWER, f"Where does {name} stand?",
            (f"what is the position of {name}", f"is {name} for it or against it", f"what does {name} want"),
            _fitting(quotes.values()), Asks.STANCE,
        )  # fmt: skip
    sides = {side: {q.id: q for _, s, q in found if s is side} for side in Side}
    if sides[Side.FOR] and sides[Side.AGAINST]:
        cited = _fitting([next(iter(sides[Side.FOR].values())), *sides[Side.AGAINST].values(), *sides[Side.FOR].values()])
        yield Topic(
            "stances", Verdict.ANSWER, "Who is for it, and who is against it?",
            ("who supports it and who opposes it", "who stands where", "which sides are there"),
            cited, Asks.STANCE,
        )  # fmt: skip


def _fitting(quotes: Iterable[Quote]) -> tuple[str, ...]:
    """The ids of the first few that fit into one reply together."""
    kept: dict[str, int] = {}
    for quote in quotes:
        size = quote.span.end - quote.span.start
        if len(kept) < _MOST_CITED and sum(kept.values()) + size <= MAX_EXCERPT_CHARACTERS:
            kept.setdefault(quote.id, size)
    return tuple(kept)
