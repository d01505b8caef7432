"""What a corrected article changes in a pack: which records stand, which move, which are to be switched off. Pure.

A quote stands where the new text has it exactly, in whole words and in one place only, or in one that is told apart without doubt; likeness counts
for nothing but what is shown to a curator.
"""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz

from bot.pack import proof
from bot.pack.proof import Flaw
from bot.pack.values import Person, PersonKind, Quote, QuoteKind, Verdict, normal_form
from bot.text.article import Article, Section, Span

_LIKE = 50  # per cent of likeness from which on two sentences are shown as one that was changed
_OPENING = ("“", "‘", '"', "«", "„")


class Change(StrEnum):
    """What has become of a sentence."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that is not where it was as it was: in the former text, in the new one, or in both."""

    change: Change
    old: Span | None
    new: Span | None


@dataclass(frozen=True, slots=True)
class Place:
    """A record: the name of its file, its line there and its id."""

    file: str
    line: int
    id: str


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person in use: named as the article does it."""

    at: Place
    name: str
    kind: PersonKind
    capacity: str


@dataclass(frozen=True, slots=True)
class QuoteRecord:
    """A quote in use, as its file has it."""

    at: Place
    text: str
    kind: QuoteKind
    speakers: tuple[str, ...]
    relayed_by: str
    paragraph: str
    open: str


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """An entry, gap or premise in use, drafted ones too. `cites` has the quotes in use alone."""

    at: Place
    verdict: Verdict
    question: str
    cites: tuple[str, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Records:
    """What of a pack leans on the text of its article. `off` holds the texts and paragraphs of quotes that are switched off already;
    `expected` the topics that the pack's own questions expect."""

    people: tuple[PersonRecord, ...]
    quotes: tuple[QuoteRecord, ...]
    topics: tuple[TopicRecord, ...]
    positions: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    furniture: tuple[str, ...] = ()
    foot: str = ""
    off: tuple[tuple[Place, str, str], ...] = ()
    expected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Off:
    """A record to be switched off, and why; `nearest` is the likest passage of the new text, for a curator who looks for what became
    of it."""

    at: Place
    what: str  # person, quote, entry, gap or premise
    why: str
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class ValueOff:
    """One value to be switched off in a record that stands: the lead of an entry, the capacity of a person."""

    at: Place
    key: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A quote that stands in another paragraph than before; `whole` where all of that paragraph did so. `key` says what becomes of its
    `paragraph`: the new number, or "" where it needs none."""

    at: Place
    before: int
    after: int
    key: str
    whole: bool


@dataclass(frozen=True, slots=True)
class Fewer:
    """A topic, or the `positions`, that stands on fewer quotes than before; or the `suggested`, with fewer entries."""

    at: Place
    what: str
    lost: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new text makes of a pack. `kept` holds the ids of all quotes that stand, moved ones too; `look` those of them beside which the
    words have changed: whether they still say the same, and by the same person, only a reader can tell.
    """

    sentences: tuple[Sentence, ...]
    kept: tuple[str, ...]
    moved: tuple[Moved, ...]
    off: tuple[Off, ...]
    values_off: tuple[ValueOff, ...]
    fewer: tuple[Fewer, ...]
    look: tuple[QuoteRecord, ...]
    stands_again: tuple[Place, ...]
    furniture_gone: tuple[str, ...]
    foot_gone: str
    unasked: tuple[str, ...]  # topics that the pack's questions expect and that are switched off
    spans: Mapping[str, Span] = field(default_factory=dict)  # of the quotes kept, in the new text

    def fresh(self, old: Article, new: Article) -> tuple[Sentence, ...]:
        """The sentences that are added, or changed in more than marks, blanks and capitals."""
        return tuple(
            s
            for s in self.sentences
            if s.new and s.change in (Change.ADDED, Change.CHANGED) and (not s.old or _words(old, s.old) != _words(new, s.new))
        )


def _words(article: Article, span: Span) -> str:
    return normal_form(article.excerpt(span).text)


def plan(records: Records, old: Article, new: Article) -> Plan:
    """What becomes of the records, which the old article bears, with the new one. The new one is parsed with the old furniture and foot."""
    people, people_off, capacities = _people(records.people, new)
    quotes = _quotes(records.quotes, {o.at.id for o in people_off}, old, new)
    sizes = {q.at.id: len(q.text) for q in records.quotes}
    topics = [found for topic in records.topics for found in _topic(topic, quotes.stand, sizes, new, people)]
    topics_off = [o for o in topics if isinstance(o, Off)]
    gone = {o.at.id for o in topics_off}
    own = {new.excerpt(p.span).text for p in new.paragraphs if p.section is Section.FURNITURE}
    has_foot = any(p.section is Section.FOOT for p in new.paragraphs)
    return Plan(
        sentences(old, new),
        tuple(quotes.stand),
        tuple(quotes.moved),
        (*people_off, *quotes.off, *topics_off),
        (*capacities, *(v for v in topics if isinstance(v, ValueOff))),
        (
            *(f for f in topics if isinstance(f, Fewer)),
            *_shortened("positions", records.positions, [c for c in records.positions if c not in quotes.stand]),
            *_shortened("suggested", records.suggested, [s for s in records.suggested if s in gone]),
        ),
        tuple(quotes.look),
        tuple(at for at, text, number in records.off if isinstance(proof.located(new, at.id, text, number), Span)),
        tuple(line for line in records.furniture if line.strip() not in own),
        "" if has_foot else records.foot,
        tuple(e for e in records.expected if e in gone),
        {identifier: quote.span for identifier, quote in quotes.stand.items()},
    )


def _people(records: Iterable[PersonRecord], new: Article) -> tuple[dict[str, Person], list[Off], list[ValueOff]]:
    """The people whom the new text still names, in a capacity that it still gives; and what is to be switched off."""
    people: dict[str, Person] = {}
    off, values_off = list[Off](), list[ValueOff]()
    for person in records:
        if person.kind is not PersonKind.SOURCE and (flaw := proof.name_flaw(new, person.name)):
            off.append(Off(person.at, "person", flaw.what))
            continue
        capacity = person.capacity
        if flaw := proof.capacity_flaw(new, capacity):
            values_off.append(ValueOff(person.at, "capacity", capacity, flaw.what))
            capacity = ""
        people[person.at.id] = Person(person.at.id, person.name, person.kind, capacity, ())
    return people, off, values_off


def _topic(
    topic: TopicRecord, stand: Mapping[str, Quote], sizes: Mapping[str, int], new: Article, people: dict[str, Person]
) -> Iterator[Off | Fewer | ValueOff]:
    """An entry or premise that has lost quotes stays where the others carry it: where they prove its lead, which is the answer in short; or, where
    it has none, where they are the one that it cites first and most of its text. A gap only loses what was nearest."""
    what = {Verdict.ANSWER: "entry", Verdict.PREMISE: "premise"}.get(topic.verdict, "gap")
    kept = tuple(c for c in topic.cites if c in stand)
    lost = tuple(c for c in topic.cites if c not in stand)
    flaws = proof.lead_flaws(topic.lead, new, [stand[c] for c in kept], people)
    if lost and what != "gap" and not (not flaws if topic.lead else _most(topic.cites, kept, sizes)):
        rest = f", and {', '.join(kept)} alone would not answer it" if kept else ""
        yield Off(topic.at, what, f"what it cites is switched off: {', '.join(lost)}{rest}.")
        return
    if lost:
        yield Fewer(topic.at, what, lost, kept)
    if flaws:
        yield ValueOff(topic.at, "lead", topic.lead, flaws[0].what)


def _most(cites: Sequence[str], kept: Sequence[str], sizes: Mapping[str, int]) -> bool:
    return cites[0] in kept and 2 * sum(sizes[c] for c in kept) > sum(sizes[c] for c in cites)


def _shortened(key: str, listed: Sequence[str], lost: Sequence[str]) -> Iterator[Fewer]:
    """A list of the pack that has lost some of its ids."""
    if lost:
        yield Fewer(Place("pack.yaml", 0, key), key, tuple(lost), tuple(i for i in listed if i not in lost))


# Quotes


@dataclass(frozen=True, slots=True)
class _Quotes:
    """What becomes of the quotes: those that `stand`, by id, and of these those that have `moved` and those to `look` at; and the others."""

    stand: dict[str, Quote] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    look: list[QuoteRecord] = field(default_factory=list)
    off: list[Off] = field(default_factory=list)


def _quotes(records: Iterable[QuoteRecord], unnamed: Collection[str], old: Article, new: Article) -> _Quotes:
    """`unnamed` are the people whom the new text does not name."""
    quotes = _Quotes()
    for record in records:
        found = _stands(record, old, new)
        missing = [i for i in dict.fromkeys((*record.speakers, record.relayed_by)) if i in unnamed]
        if missing and not isinstance(found, Flaw):
            found = Flaw(f"the article no longer names {', '.join(missing)}.", "")
        if isinstance(found, Flaw):
            near = proof.nearest_passage(new, record.text)
            quotes.off.append(Off(record.at, "quote", found.what, new.excerpt(near).text if near else ""))
            continue
        before, (quote, key) = _before(record, old), found
        quotes.stand[record.at.id] = quote
        numbers = _number(old, before), _number(new, quote.span)
        if numbers[0] != numbers[1] or key != record.paragraph:
            whole = _paragraphs(old)[numbers[0]] == _paragraphs(new)[numbers[1]]
            quotes.moved.append(Moved(record.at, *numbers, key, whole))
        beside = _in_sentence if record.kind is QuoteKind.NARRATION else _beside
        if beside(old, before) != beside(new, quote.span):
            quotes.look.append(record)
    return quotes


def _before(record: QuoteRecord, old: Article) -> Span:
    """Where the quote stood."""
    span = proof.located(old, record.at.id, record.text, record.paragraph)
    assert isinstance(span, Span), "the pack was loaded with this text"
    return span


def _stands(record: QuoteRecord, old: Article, new: Article) -> tuple[Quote, str] | Flaw:
    """The quote in the new text, with the `paragraph` that its record then needs; or why it stands there no more.

    Where the words stand once in both texts, they are the same words. Where they stand more often in one of them, the paragraph must tell
    which are meant, and that only one does that stands in both texts character for character: by its number alone a quote could
    go over to what somebody else said in the same words.
    """
    anywhere = proof.located(new, record.at.id, record.text)
    if isinstance(anywhere, Span) and isinstance(proof.located(old, record.at.id, record.text), Span):
        number = str(_number(new, anywhere)) if record.paragraph else ""
        return _of_its_kind(record, anywhere, new, number)
    numbers = range(len(_paragraphs(new)))
    if isinstance(anywhere, Flaw) and not any(isinstance(_at(record, new, n), Span) for n in numbers):
        return anywhere  # nowhere, in part of a word, or several times in one paragraph
    counterpart = _counterpart(old, new, _number(old, _before(record, old)))
    if counterpart is None:
        return Flaw("the same words stand or stood in several places, and the paragraph round these has changed.", "")
    found = _at(record, new, counterpart)
    return found if isinstance(found, Flaw) else _of_its_kind(record, found, new, str(counterpart))


def _at(record: QuoteRecord, article: Article, number: int) -> Span | Flaw:
    return proof.located(article, record.at.id, record.text, str(number))


def _of_its_kind(record: QuoteRecord, span: Span, new: Article, number: str) -> tuple[Quote, str] | Flaw:
    quote = Quote(record.at.id, span, record.kind, record.speakers, record.relayed_by or None, record.open)
    return proof.kind_flaw(new, quote) or (quote, number)


def _counterpart(old: Article, new: Article, number: int) -> int | None:
    """The number in the new text of a paragraph of the former one: where both have it once, or all paragraphs before it, or all behind
    it, are the same."""
    before, after = _paragraphs(old), _paragraphs(new)
    text, behind = before[number], len(before) - number
    if before[: number + 1] == after[: number + 1]:
        return number
    if len(after) >= behind and before[number:] == after[len(after) - behind :]:
        return len(after) - behind
    return after.index(text) if before.count(text) == after.count(text) == 1 else None


def _paragraphs(article: Article) -> list[str]:
    """The texts of the paragraphs, by number."""
    return [article.excerpt(p.span).text for p in article.paragraphs if p.section is not Section.FURNITURE]


def _number(article: Article, span: Span) -> int:
    return article.paragraph_at(span.start).number


def _in_sentence(article: Article, span: Span) -> tuple[str, ...]:
    """The words beside a quote in its sentences, which may turn what it says into its contrary."""
    own = [s for s in article.sentences if s.overlaps(span)]
    words = (article.text[own[0].start : span.start], article.text[span.end : own[-1].end]) if own else ("", "")
    return tuple(" ".join(text.split()) for text in words)


def _beside(article: Article, span: Span) -> tuple[str, ...]:
    """The words beside a quote in its paragraph; and where that begins with a quotation, which goes on from before, the paragraph before."""
    paragraph = article.paragraph_at(span.start)
    words = article.text[paragraph.span.start : span.start], article.text[span.end : max(span.end, paragraph.span.end)]
    before = ""
    if article.text.startswith(_OPENING, paragraph.span.start) and paragraph.number > 0:
        before = _paragraphs(article)[paragraph.number - 1]
    return tuple(" ".join(text.split()) for text in (*words, before))


# Sentences


def sentences(old: Article, new: Article) -> tuple[Sentence, ...]:
    """The sentences that differ, in the order of the text that has them. One that is gone in one place and stands in another has moved;
    likeness decides only which of the others are shown as changed."""
    olds, news = [old.excerpt(s).text for s in old.sentences], [new.excerpt(s).text for s in new.sentences]
    blocks = [
        (range(i, j), range(k, m))
        for what, i, j, k, m in difflib.SequenceMatcher(None, olds, news, autojunk=False).get_opcodes()
        if what != "equal"
    ]
    both = Counter(olds[i] for gone, _ in blocks for i in gone) & Counter(news[k] for _, come in blocks for k in come)
    moved: defaultdict[str, list[int]] = defaultdict(list)
    for gone, _ in blocks:
        for i in gone:
            if len(moved[olds[i]]) < both[olds[i]]:
                moved[olds[i]].append(i)
    left = {i for places in moved.values() for i in places}
    found = list[Sentence]()
    for gone, come in blocks:
        others = list[int]()
        for k in come:
            if moved[news[k]]:
                found.append(Sentence(Change.MOVED, old.sentences[moved[news[k]].pop(0)], new.sentences[k]))
            else:
                others.append(k)
        for before, after in _paired([i for i in gone if i not in left], others, olds, news):
            change = Change.REMOVED if after is None else Change.ADDED if before is None else Change.CHANGED
            spans = None if before is None else old.sentences[before], None if after is None else new.sentences[after]
            found.append(Sentence(change, *spans))
    return tuple(sorted(found, key=lambda s: (s.new or s.old or Span(0, 1)).start))


def _paired(
    gone: Sequence[int], come: Sequence[int], olds: Sequence[str], news: Sequence[str]
) -> Iterator[tuple[int | None, int | None]]:
    """Each sentence of the former text with the likest of the new one behind those that are paired already; the rest alone."""
    at = 0
    for i in gone:
        likeness = [fuzz.ratio(olds[i], news[k]) for k in come[at:]]
        if not likeness or max(likeness) < _LIKE:
            yield i, None
            continue
        likest = at + likeness.index(max(likeness))
        yield from ((None, k) for k in come[at:likest])
        yield i, come[likest]
        at = likest + 1
    yield from ((None, k) for k in come[at:])
