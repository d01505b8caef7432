"""A draft of what a curator writes: people, quotes, entries and likely gaps of an article, each proved by it before it is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from bot.draft.clauses import Speaker, Subject
from bot.draft.entries import introductions, positions, stance_entries, stances
from bot.draft.gaps import likely_gaps
from bot.draft.letters import in_ascii
from bot.draft.names import Cast
from bot.draft.speakers import Attribution, How, Speakers
from bot.draft.statements import Statement, Statements
from bot.draft.turns import Turn, turns_of
from bot.pack import proof
from bot.pack.proof import Flaw
from bot.pack.values import Person, PersonKind, Quote, QuoteKind, Topic, Verdict, normal_form
from bot.text.article import Article, Section, Span

PAPER = "paper"  # the id of the article itself, as one who speaks
_MARKS = "“”„‟\"‘’‚‛'«»‹›"
_PARTING = ",;: \u00a0\n"
_FEWEST_WORDS = 4  # of a quotation inside a sentence that gets a record of its own though its speaker is open
# "4.2 Mrs Sandhu said": who speaks begins the line.
_NUMBER = re.compile(r"(?m)^[ \t]*(?:\d{1,3}(?:\.\d{1,3})+\.?|\d{1,3}[.)])(?=[ \t]+[^\W\d_a-zß-öø-ÿ])")
_UNPLAIN = "the article does not say plainly whose words these are"
_MAX_ID = 50  # characters of an id, which leaves room for a number


@dataclass(frozen=True, slots=True)
class Attributed:
    """A quotation with whose words it is: `speaker` is "" where nobody speaks, or where `why` says what is not sure. `aliases` are the
    other names of the speaker."""

    span: Span
    speaker: str
    aliases: tuple[str, ...]
    relayed_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a text says for a pack's records: they load, in this order, without a fault. The gaps are only likely ones; `positions` are
    ids of quotes."""

    people: tuple[Person, ...]
    quotes: tuple[Quote, ...]
    entries: tuple[Topic, ...]
    gaps: tuple[Topic, ...]
    positions: tuple[str, ...] = ()


def draft(article: Article) -> Draft:
    """The draft of an article's records."""
    flat, turns = flattened(article), turns_of(article)
    cast = Cast(flat, {t.name for t in turns})
    speakers = Speakers(article, cast, flat)
    roster = _Roster(article, cast)
    quotes = tuple(_quotes(article, speakers, Statements(flat, speakers.clauses), roster, turns))
    whole = {q.span: q for q in quotes if q.kind is not QuoteKind.DIRECT}
    taken = [
        (holder, stance.side, whole[stance.sentence])
        for stance in stances(flat, article, speakers.clauses)
        if stance.sentence in whole and (holder := roster.id_of(stance.holder))
    ]
    people = roster.people(quotes)
    topics = (
        *introductions(article, people, quotes),
        *stance_entries(article, taken, {p.id: p for p in people}),
        *likely_gaps(article, people, quotes),
    )
    kept = tuple(_each_asked_once(topics))
    entries = tuple(t for t in kept if t.verdict is Verdict.ANSWER)
    gaps = tuple(t for t in kept if t.verdict is Verdict.NOT_IN_ARTICLE)
    return Draft(people, quotes, entries, gaps, positions(taken))


def _each_asked_once(topics: Iterable[Topic]) -> Iterator[Topic]:
    """The topics without what another one is asked by; without those of which no question or no phrasing is left."""
    taken: set[str] = set()
    for topic in topics:
        question = normal_form(topic.question)
        phrasings = {normal_form(p): p for p in topic.phrasings if normal_form(p) not in taken}
        if question in taken or not phrasings.keys() - {question}:
            continue
        taken |= {question, *phrasings}
        yield replace(topic, phrasings=tuple(phrasings.values()))


def attributed(article: Article) -> tuple[Attributed, ...]:
    """The article's quotations with whose words they are, in order."""
    flat = flattened(article)
    cast = Cast(flat, {t.name for t in turns_of(article)})

    def named(speaker: Speaker | None) -> tuple[str, tuple[str, ...]]:
        if speaker is None:
            return "", ()
        return (cast.named[speaker.who].name, cast.named[speaker.who].aliases) if speaker.who >= 0 else (speaker.name, ())

    return tuple(
        Attributed(a.span, *named(a.speaker), named(a.relayed_by)[0], a.why) for a in Speakers(article, cast, flat).quotations()
    )


def flattened(article: Article) -> str:
    """The text with blanks for the line breaks that wrapping made and for the numbers of items; as long as the text."""
    text = _NUMBER.sub(lambda found: " " * len(found[0]), article.text)
    return re.sub(r"(?<=\S)[\r\n](?=[ \t]*\S)", " ", text) if article.layout.columns else text


# People


class _Roster:
    """Gives people ids as records name them, and drops what the article does not prove of them."""

    def __init__(self, article: Article, cast: Cast) -> None:
        self._article, self._cast = article, cast
        self._ids: dict[str, str] = {}  # by name in lower case
        self._taken = {PAPER}
        self._people: dict[str, Person] = {}
        self._kept = [n for n in cast.named if n.kind is PersonKind.ORGANISATION or n.capacity or n.gender or n.speaks]
        self._aliases: set[str] = set()

    def id_of(self, speaker: Speaker) -> str:
        """The id of somebody who speaks; "" where the article does not name them so."""
        who = (
            speaker.who if speaker.who >= 0 else self._cast.resolve(speaker.name)
        )  # "the Carers' Union", named without "the" too
        if who is not None:
            named = self._cast.named[who]
            return self._add(named.name, named.kind, named.capacity, named.aliases)
        return self._add(speaker.name, speaker.kind, "", ())

    def people(self, quotes: Sequence[Quote]) -> tuple[Person, ...]:
        """All who speak, and who else is named in a capacity: the article first, then as it names them."""
        for named in self._kept:
            self._add(named.name, named.kind, named.capacity, named.aliases)
        paper = Person(PAPER, "the article", PersonKind.SOURCE, "", ("the article", "this article"))
        taken = {"the article", "this article"}
        found = [paper]
        for person in self._people.values():
            aliases = []
            for alias in person.aliases:
                if alias.lower() not in taken:
                    taken.add(alias.lower())
                    aliases.append(alias)
            found.append(Person(person.id, person.name, person.kind, person.capacity, tuple(aliases)))
        return tuple(found)

    def _add(self, name: str, kind: PersonKind, capacity: str, aliases: tuple[str, ...]) -> str:
        key = name.lower()
        if key not in self._ids:
            if proof.name_flaw(self._article, name):
                return ""
            identifier = _identifier(name, self._taken)
            self._taken.add(identifier)
            self._ids[key] = identifier
            capacity = "" if proof.capacity_flaw(self._article, capacity) else capacity
            self._people[identifier] = Person(identifier, name, kind, capacity, aliases)
        return self._ids[key]


def _identifier(name: str, taken: set[str]) -> str:
    """An id for a name that no other has: its last word, or all of it, or with a number."""
    plain = in_ascii(name.replace("’", "'"))
    words: list[str] = re.findall(r"[a-z0-9]+", re.sub(r"^(?:the|an?|its)\s", "", plain).replace("'", ""))
    whole = "-".join(words)[:_MAX_ID].strip("-") or "somebody"
    last = words[-1] if words else ""
    if 1 < len(last) <= _MAX_ID and not last.isdigit() and last not in taken:
        return last
    return next(i for i in (whole, *(f"{whole}-{n}" for n in range(2, len(taken) + 3))) if i not in taken)


# Quotes


def _quotes(
    article: Article, speakers: Speakers, statements: Statements, roster: _Roster, turns: Sequence[Turn]
) -> Iterator[Quote]:
    """Each sentence, and each quotation and each of several statements inside one, in the order of the text; what stands there twice in
    one paragraph is left out."""
    found = speakers.quotations()
    counts: dict[int, int] = {}
    ahead = iter(turns)
    turn = next(ahead, None)
    at = 0
    for sentence in article.sentences:
        while at < len(found) and found[at].span.end <= sentence.start:
            at += 1
        inside = []
        for attribution in found[at:]:
            if attribution.span.start >= sentence.end:
                break
            inside.append(attribution)
        paragraph = article.paragraph_at(sentence.start)
        counts[paragraph.number] = number = counts.get(paragraph.number, 0) + 1
        name = f"p{paragraph.number}-s{number}"
        if paragraph.section is Section.HEADLINE and number == 1:
            name = "headline"
        told = () if paragraph.section is Section.HEADLINE else statements.of(sentence)
        whole, pieces = _sentence(article, sentence, name, inside, told, roster)
        while turn and turn.span.end <= sentence.start:
            turn = next(ahead, None)
        if turn and whole and turn.span.start <= sentence.start:
            whole, pieces = _in_turn(whole, pieces, turn, roster)
        if whole and whole.kind is QuoteKind.NARRATION and proof.kind_flaw(article, whole):
            # It begins inside quotation marks and ends outside: whoever speaks is open, or it would be reported.
            why = whole.open or next((p.open for p in pieces if p.open), _UNPLAIN)
            whole, pieces = Quote(name, sentence, QuoteKind.DIRECT, (), None, why), [p for p in pieces if not p.open]
        yield from (q for q in (whole, *pieces) if q and _is_proved(article, q))


def _sentence(
    article: Article, sentence: Span, name: str, inside: Sequence[Attribution], told: Sequence[Statement], roster: _Roster
) -> tuple[Quote | None, list[Quote]]:
    """The record of a sentence, and those of the quotations and statements in it that are not all of it."""
    if len(inside) == 1 and inside[0].how is not How.NONE and inside[0].span.covers(_within_marks(article, sentence)):
        return _direct(sentence, name, inside[0], roster), []
    pieces, open_reasons, settled = list[Quote](), list[str](), list[tuple[int, Subject]]()
    for i, attribution in enumerate(inside, 1):
        if attribution.how is How.NONE:
            continue
        piece = _trimmed(article, Span(max(sentence.start, attribution.span.start), min(sentence.end, attribution.span.end)))
        words = len(article.excerpt(piece).text.split()) if piece else 0
        if attribution.how is How.OPEN:
            if piece and words >= _FEWEST_WORDS:
                pieces.append(_direct(piece, f"{name}-q{i}", attribution, roster))
            open_reasons.append(attribution.why)
            continue
        settled.append((attribution.span.start, Subject(attribution.speaker, attribution.relayed_by)))
        if piece and attribution.relayed_by is None:
            pieces.append(_direct(piece, f"{name}-q{i}", attribution, roster))
    # A statement that goes on in quotation marks has been settled with these.
    own = [t for t in told if not any(a.how is not How.NONE and t.span.overlaps(a.span) for a in inside)]
    open_reasons += [t.subject.why for t in own if t.subject.why]
    subjects = [
        s for _, s in sorted([*settled, *((t.span.start, t.subject) for t in own if t.subject.speaker)], key=itemgetter(0))
    ]
    who = tuple(dict.fromkeys(one for s in subjects if s.speaker and (one := roster.id_of(s.speaker))))
    # Where it begins or ends in the article's voice, only the statement in it is somebody's.
    is_whole = bool(inside) or (bool(own) and own[0].span.start == sentence.start and own[-1].span.end >= sentence.end - 1)
    if len(who) > 1 or open_reasons or not is_whole:
        pieces += [q for i, t in enumerate(own, 1) if t.span != sentence and (q := _reported(t, f"{name}-r{i}", roster))]
    relays = {one for s in subjects if s.relayed_by and (one := roster.id_of(s.relayed_by))}
    if who and is_whole and not open_reasons and len(relays) <= 1 and (not relays or len(subjects) == 1):
        return Quote(name, sentence, QuoteKind.REPORTED, who, next(iter(relays), PAPER)), pieces
    why = "" if any(p.open for p in pieces) or not open_reasons else open_reasons[0]
    return Quote(name, sentence, QuoteKind.NARRATION, (PAPER,), None, why), pieces


def _in_turn(whole: Quote, pieces: Sequence[Quote], turn: Turn, roster: _Roster) -> tuple[Quote, list[Quote]]:
    """The records of a sentence that somebody says, who thereby passes on whatever another one says in it: no record of less than the
    sentence names that other one."""
    who = roster.id_of(Speaker(-1, turn.name)) if turn.name else ""
    left = [p for p in pieces if p.open]
    if whole.kind is QuoteKind.DIRECT and whole.open:  # he quotes it, and of whom is open
        return whole, left
    if not who:
        return replace(whole, kind=QuoteKind.NARRATION, speakers=(PAPER,), relayed_by=None, open=turn.why or _UNPLAIN), left
    others = () if whole.kind is QuoteKind.NARRATION else tuple(s for s in whole.speakers if s != who)
    if others and whole.relayed_by in (None, PAPER):
        return replace(whole, kind=QuoteKind.REPORTED, speakers=others, relayed_by=who), left
    return replace(whole, kind=QuoteKind.DIRECT, speakers=(who,), relayed_by=None, open=""), left


def _reported(statement: Statement, name: str, roster: _Roster) -> Quote | None:
    subject = statement.subject
    who = roster.id_of(subject.speaker) if subject.speaker else ""
    relay = roster.id_of(subject.relayed_by) if subject.relayed_by else PAPER
    return Quote(name, statement.span, QuoteKind.REPORTED, (who,), relay) if who and relay else None


def _direct(span: Span, name: str, attribution: Attribution, roster: _Roster) -> Quote:
    who = roster.id_of(attribution.speaker) if attribution.speaker and attribution.relayed_by is None else ""
    why = "" if who else attribution.why or _UNPLAIN
    return Quote(name, span, QuoteKind.DIRECT, (who,) if who else (), None, why)


def _within_marks(article: Article, span: Span) -> Span:
    """The span without quotation marks and blanks at its edges."""
    text, start, end = article.text, span.start, span.end
    while start < end - 1 and (text[start] in _MARKS or text[start].isspace()):
        start += 1
    while end > start + 1 and (text[end - 1] in _MARKS or text[end - 1].isspace()):
        end -= 1
    return Span(start, end)


def _trimmed(article: Article, span: Span) -> Span | None:
    """A piece without what parts it from the rest of its sentence."""
    text, start, end = article.text, span.start, span.end
    while end > start and text[end - 1] in _PARTING:
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return Span(start, end) if start < end else None


def _is_proved(article: Article, quote: Quote) -> bool:
    text = article.excerpt(quote.span).text
    if text != text.strip() or proof.kind_flaw(article, quote):
        return False
    return not isinstance(_located(article, quote, text), Flaw)


def _located(article: Article, quote: Quote, text: str) -> Span | Flaw:
    found = proof.located(article, quote.id, text, place_of(article, quote))
    return found if isinstance(found, Flaw) or found == quote.span else Flaw("it stands elsewhere too.", "leave it out.")


def place_of(article: Article, quote: Quote) -> str:
    """The number of its paragraph, where the words stand in the article more than once; else nothing."""
    text = article.excerpt(quote.span).text
    once = not isinstance(proof.located(article, quote.id, text), Flaw)
    return "" if once else str(article.paragraph_at(quote.span.start).number)
