"""Near misses made of a pack's own questions: one thing exchanged, so that a question looks like an entry's and asks something else. Pure.

Few and sure rather than many: a name or number is exchanged only where the entry's passages have it and do not have the new one, and of
yes/no questions, which a passage answers either way, only those are taken to which the entry's lead says "Yes" or "No".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, zip_longest

from rapidfuzz import fuzz

from bot.curate.numbers import neighbour, numbers
from bot.engine.answer import Answered, Citation
from bot.engine.question import QUESTION_WORDS, asked_in
from bot.pack.values import Pack, Person, PersonKind, Topic, normal_form
from bot.text.words import STOP_WORDS, split, stem, straighten

_AUXILIARIES = frozenset("is are was were do does did has have had can could will would should must".split())
_PER_PLACE = 2  # exchanges of one name or number in one phrasing, those most like it
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'.*'(?!\w)")  # the article's own words, in which nothing is exchanged
_LISTED = re.compile(r"\s*(?:,|,?\s(?:and|or)\s|&)\s*", re.IGNORECASE)
_CONFIRMED = re.compile(r"\b(?:right|correct|true|yes|no)\W*$", re.IGNORECASE)
_VERBS = "|".join(sorted(_AUXILIARIES))
# Of what nobody did the article may be silent: "who is not backing it?", "which groups have not been asked?", "why was it not done?". The
# verb has to follow, since "what did he not say?" and "who is not the chair?" ask nothing that anybody wants to know, nor does "which
# body is not mentioned?".
_PARTICIPLE = r"(?=\s(?:been\s|being\s)?(?!mentioned|named|quoted|listed)\w+(?:ed|en|ing)\b)"
_NEGATABLE = re.compile(
    rf"""
      why\s(?P<why>{_VERBS})\b
    | (?:who|(?:which|how\smany)(?:\s\w+){{1,2}}?)\s(?P<done>is|are|was|were|has|have|had){_PARTICIPLE}
    | who\s(?P<may>can|could|will|would|should|must)(?=\s\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NEGATED = re.compile(rf"\b({_VERBS}|ca|wo)(?:n't|\snot)\b", re.IGNORECASE)
_CONTRACTED = {"can": "can't", "will": "won't"}
_WRITTEN_OUT = {"ca": "can", "wo": "will"}
_DENIALS = "no not never without nobody none neither nor nothing only but except against rather refuse reject oppose decline"
_DENIES = frozenset(map(stem, _DENIALS.split()))  # what has one of these may tell of those who did not
# Of the question words only these fit into another's place in nearly every sentence; "who" and "what" need another verb.
_ADVERBIAL = re.compile(r"(when|where|why|how)(?=\s(?:did|was|were|will)\b)", re.IGNORECASE)
_TIME = re.compile(
    r"\d|day\b|\b(?:weeks?|months?|years?|hours?|morning|evening|night|noon|tomorrow|ago|after|before|when|while|until|since)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|on|from|to|near|outside|inside|where|there)\b", re.IGNORECASE)


class Exchange(StrEnum):
    """What is exchanged."""

    NAME = "name"
    NUMBER = "number"
    NEGATION = "negation"
    QUESTION_WORD = "question word"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question that is a `phrasing` of the entry with `new` in the place of `old`, one of which is "" where a "not" comes or goes.

    `likeness` is how like the phrasing it is by its letters, 0 to 100.
    """

    ask: str
    entry: Topic
    phrasing: str
    exchange: Exchange
    old: str
    new: str

    @property
    def likeness(self) -> float:
        return fuzz.ratio(self.ask, self.phrasing)


class Maker:
    """Makes the near misses of a pack, and says which answers to them may be right all the same."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._names = _Names(pack.people.values())
        speaking = {s for q in pack.quotes.values() for s in (*q.speakers, q.relayed_by) if s}
        for_whom = {name for p in pack.people.values() for name in self._names.in_text(p.capacity)}
        # Bodies that say something, or for which somebody does: "posted on Unison" is no question that looks like "posted on Facebook".
        self._bodies = speaking | for_whom

    def near_misses(self) -> tuple[NearMiss, ...]:
        """All of them, each once and none that is a phrasing or a near miss of the pack. The kinds take turns, and within a kind the
        entries, each with those first that are most like its phrasing."""
        kept = self._pack.phrased.keys() | {normal_form(ask) for entry in self._pack.entries for ask in entry.near_misses}
        found: dict[str, NearMiss] = {}
        for entry in self._pack.entries:
            for made in sorted(self._of(entry), key=lambda m: (-m.likeness, m.ask)):
                form = normal_form(made.ask)
                if form not in kept:
                    found.setdefault(form, made)
        kinds = ([m for m in found.values() if m.exchange is kind] for kind in Exchange)
        turns = zip_longest(*map(_by_turns, kinds))
        return tuple(made for turn in turns for made in turn if made)

    def may_answer(self, made: NearMiss, answer: Answered) -> bool:
        """Whether an answer may be right: it shows or is asked for what was put in, or is not the answer to the phrasing."""
        if not _is_open(made.phrasing) and not _says_yes_or_no(answer.lead):
            return True  # the passage stands there by itself
        if made.exchange is Exchange.NAME:
            return self._names_too(answer.citations, answer.entries, made.new)
        if made.exchange is Exchange.NUMBER:
            return _has_number(made.new, _text(answer.citations), *(text for e in answer.entries for text in _asked_with(e)))
        return not any(set(made.entry.cites) <= set(e.cites) and e.asks is made.entry.asks for e in answer.entries)

    def _of(self, entry: Topic) -> Iterator[NearMiss]:
        cited = tuple(Citation(self._pack.excerpt(c), self._pack.quotes[c]) for c in entry.cites)
        for phrasing in map(straighten, dict.fromkeys((entry.question, *entry.phrasings))):
            words = split(phrasing)
            if "or" in words or "vs" in words:
                continue  # the passage says which of the two
            if _is_open(phrasing) or _says_yes_or_no(entry.lead):
                yield from self._other_names(entry, phrasing, cited)
                yield from self._other_numbers(entry, phrasing, cited)
            if _is_open(phrasing):
                yield from _negations(entry, phrasing, cited)
                yield from _question_words(entry, phrasing, cited)

    def _other_names(self, entry: Topic, phrasing: str, cited: Sequence[Citation]) -> Iterator[NearMiss]:
        here = self._named(cited)
        for start, end, old in _unlisted(self._names.places(phrasing), phrasing):
            if old not in here or _is_quoted(phrasing, start):
                continue
            made = [
                NearMiss(phrasing[:start] + said + phrasing[end:], entry, phrasing, Exchange.NAME, phrasing[start:end], said)
                for other in self._pack.people.values()
                if self._are_alike(self._pack.people[old], other)
                for said in [self._names.put(phrasing[start:end], self._pack.people[old], other)]
                if not self._names_too(cited, [entry], said)
            ]
            yield from _most_alike(made)

    def _other_numbers(self, entry: Topic, phrasing: str, cited: Sequence[Citation]) -> Iterator[NearMiss]:
        here = {n.value for n in numbers(_text(cited))}
        for old in numbers(phrasing):
            if old.value not in here or _is_quoted(phrasing, old.start):
                continue
            others = {n.value: n.text for n in numbers(self._pack.article.text) if n.shape is old.shape}
            beside = neighbour(old)
            made = [
                NearMiss(phrasing[: old.start] + new + phrasing[old.end :], entry, phrasing, Exchange.NUMBER, old.text, new)
                for new in dict.fromkeys([*others.values(), beside])
                if not _has_number(new, _text(cited), *_asked_with(entry))
            ]
            yield from _most_alike(made)

    def _are_alike(self, old: Person, other: Person) -> bool:
        """Whether the one may stand where the other stands: a person for a person, a body that speaks for another that does."""
        if old.id == other.id:
            return False
        if old.kind is other.kind is PersonKind.PERSON:
            return _is_proper(other.name)
        bodies = (PersonKind.ORGANISATION, PersonKind.GROUP)
        return old.kind is other.kind and old.kind in bodies and {old.id, other.id} <= self._bodies

    def _named(self, cited: Iterable[Citation]) -> set[str]:
        """Who is named in passages, or speaks in them."""
        speakers = {s for c in cited if c.quote for s in (*c.quote.speakers, c.quote.relayed_by) if s}
        return speakers | self._names.in_text(_text(cited))

    def _names_too(self, cited: Sequence[Citation], entries: Iterable[Topic], name: str) -> bool:
        """Whether passages, or what their entries are asked with, name whoever this name means, perhaps by a title alone."""
        wanted = self._names.owner(name)
        return (
            wanted in self._named(cited)
            or self._names.is_hinted(self._pack.people[wanted], _text(cited))
            or any(wanted in self._names.in_text(text) for e in entries for text in _asked_with(e))
        )


def denies(text: str) -> str:
    """The first word of a text that denies something; "" where none does."""
    return next((w for w in split(text) if stem(w) in _DENIES or w.endswith("n't")), "")


def _negations(entry: Topic, phrasing: str, cited: Sequence[Citation]) -> Iterator[NearMiss]:
    if len(cited) > 1:
        return  # of several passages one may well tell of the others
    if there := _NEGATED.search(phrasing):
        before = split(phrasing[: there.start()])  # a verb there has the main clause
        if QUESTION_WORDS.intersection(before) and _AUXILIARIES.isdisjoint(before) and not _is_quoted(phrasing, there.start()):
            ask = phrasing[: there.start()] + _WRITTEN_OUT.get(there[1].lower(), there[1]) + phrasing[there.end() :]
            yield NearMiss(ask, entry, phrasing, Exchange.NEGATION, "not", "")
    elif (verb := _NEGATABLE.match(phrasing)) and not denies(f"{phrasing} {_text(cited)}"):
        start, end = verb.span(verb.lastgroup or 0)
        ask = phrasing[:start] + _CONTRACTED.get(phrasing[start:end].lower(), f"{phrasing[start:end]}n't") + phrasing[end:]
        yield NearMiss(ask, entry, phrasing, Exchange.NEGATION, "", "not")


def _question_words(entry: Topic, phrasing: str, cited: Sequence[Citation]) -> Iterator[NearMiss]:
    """Only "when" and "where" are put in: whether a passage gives a reason or a manner, no rule can tell."""
    if there := _ADVERBIAL.match(phrasing):
        new, has_it = ("where", _PLACE) if there[1].lower() == "when" else ("when", _TIME)
        if not has_it.search(_text(cited)):
            ask = (new if there[1].islower() else new.capitalize()) + phrasing[there.end() :]
            yield NearMiss(ask, entry, phrasing, Exchange.QUESTION_WORD, there[1].lower(), new)


class _Names:
    """Finds the people and bodies of a pack in texts, by whatever readers call them."""

    def __init__(self, people: Collection[Person]) -> None:
        self._owners = {straighten(a).lower(): p.id for p in people for a in (p.name, _spoken(p.name), *p.aliases)}
        longest_first = "|".join(map(re.escape, sorted(self._owners, key=lambda a: (-len(a), a)))) or "(?!)"
        self._alias = re.compile(rf"(?<!\w)(?:(?:the|an?)\s)?({longest_first})(?!\w)", re.IGNORECASE)
        self._words = {
            p.id: frozenset(stem(w) for text in (p.name, p.capacity, *p.aliases) for w in split(text) if w not in STOP_WORDS)
            for p in people
            if p.kind is PersonKind.PERSON
        }
        self._in_text: dict[str, frozenset[str]] = {}

    def owner(self, name: str) -> str:
        """The id of whoever this name means."""
        return self._owners[name.lower()]

    def places(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and id of each that is named in a text; an article before the name belongs to it."""
        return [(at.start(), at.end(), self._owners[at[1].lower()]) for at in self._alias.finditer(straighten(text))]

    def in_text(self, text: str) -> frozenset[str]:
        """The ids of those who are named in a text."""
        if text not in self._in_text:
            self._in_text[text] = frozenset(owner for _, _, owner in self.places(text))
        return self._in_text[text]

    def is_hinted(self, person: Person, text: str) -> bool:
        """Whether a text has any word of a person's names or capacity: "the minister said"."""
        return not self._words.get(person.id, frozenset()).isdisjoint(map(stem, split(text)))

    def put(self, mention: str, old: Person, new: Person) -> str:
        """The name of `new` as it is put where `old` is mentioned: a surname for a surname."""
        surname = straighten(new.name).split()[-1]
        by_surname = mention.lower() == straighten(old.name).split()[-1].lower()
        if by_surname and self._owners.get(surname.lower()) == new.id:
            return surname
        name = _spoken(new.name)
        return name[0].lower() + name[1:] if _ARTICLE.match(name) else name


def _spoken(name: str) -> str:
    """A name without the letters that it goes by behind it in brackets."""
    return re.sub(r"\s*\([^)]*\)", "", straighten(name)).strip() or straighten(name)


def _is_proper(name: str) -> bool:
    """Whether it is a name and no description ("a spokesman")."""
    return not _ARTICLE.match(name) and all(word[0].isupper() for word in name.split() if len(word) > 3)


def _unlisted(places: Sequence[tuple[int, int, str]], text: str) -> list[tuple[int, int, str]]:
    """Those that do not stand in a row of names, of which one alone cannot be exchanged for any other."""
    rows = [pair for pair in pairwise(places) if _LISTED.fullmatch(text[pair[0][1] : pair[1][0]])]
    return [place for place in places if not any(place in pair for pair in rows)]


def _is_open(phrasing: str) -> bool:
    """Whether it asks for more than a yes or a no. Keywords do, and so does "can you tell me who"."""
    words = split(phrasing)
    if words[:1] and words[0] in _AUXILIARIES and words[1:2] != ["you"]:
        return False
    asked = split(asked_in(phrasing))
    if not asked or asked[0] in _AUXILIARIES or _CONFIRMED.search(phrasing):
        return False
    return not QUESTION_WORDS.isdisjoint(asked) or _AUXILIARIES.isdisjoint(asked)


def _says_yes_or_no(lead: str) -> bool:
    return split(lead)[:1] in (["yes"], ["no"])


def _is_quoted(phrasing: str, at: int) -> bool:
    return any(q.start() < at < q.end() for q in _QUOTED.finditer(phrasing))


def _text(cited: Iterable[Citation]) -> str:
    return " ".join(c.excerpt.text for c in cited)


def _asked_with(entry: Topic) -> tuple[str, ...]:
    return (*entry.asked, entry.lead)


def _has_number(number: str, *texts: str) -> bool:
    values = {n.value for n in numbers(number)}
    return any(n.value in values for text in texts for n in numbers(text))


def _most_alike(made: Iterable[NearMiss]) -> list[NearMiss]:
    return sorted(made, key=lambda m: (-m.likeness, m.ask))[:_PER_PLACE]


def _by_turns(made: Iterable[NearMiss]) -> Iterator[NearMiss]:
    """The first of every entry, those most like their phrasings first, then the second of every entry, and so on."""
    by_entry: defaultdict[str, list[NearMiss]] = defaultdict(list)
    for one in made:
        by_entry[one.entry.id].append(one)
    for turn in zip_longest(*by_entry.values()):
        yield from sorted((m for m in turn if m), key=lambda m: (-m.likeness, m.ask))
