"""What is open in a pack, in order, and what a curator's decision about it changes in the pack's files. Pure.

A decision is a change of texts, so that it can be shown, proved, taken back and sent as a patch before anything of it holds.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.curate.leads import DoubtfulLead
from bot.curate.misses import REMOVED, Group
from bot.curate.self_test import Confusable
from bot.pack import bank
from bot.pack.folder import PACK
from bot.pack.values import MAX_LISTED, Asks, Pack, PersonKind, Quote, QuoteKind, normal_form
from bot.text.words import STOP_WORDS, has_words, split
from bot.text.yaml_edits import Edits, Part, quoted, term

DECIDED = "decided.txt"  # in the pack: what has been decided about what is no record
_HEAD = "# What a curator has decided in `verbatim review`, so that it is not asked again: one a line."
_QUESTION, _SENTENCE, _ENTRIES, _LEAD, _PHRASINGS = "question", "sentence", "entries", "lead", "phrasings"
_MOST_IN_ID = 40  # characters
_ASKS = {
    "who": Asks.PERSON, "whom": Asks.PERSON, "whose": Asks.PERSON, "when": Asks.TIME, "where": Asks.PLACE, "why": Asks.REASON,
    "how": Asks.MANNER, **dict.fromkeys("is are was were do does did has have had can could will would should".split(), Asks.YES_NO),
}  # fmt: skip

Texts = Mapping[str, str]  # of the pack's files, by their names


# What is open


@dataclass(frozen=True, slots=True)
class Missed:
    """Questions that ask alike and got no answer, with the topics and the quotes (ids) that come nearest."""

    group: Group
    topics: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is drafted, or in which something is open (`why`). `stem` is that of its files ("quotes"); `shown` says what it
    holds, a line each."""

    stem: str
    file: str
    id: str
    why: str
    drafted: bool
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unreached:
    """A sentence that no entry reaches, its paragraph, and the quotes that it lies in, if it does."""

    text: str
    paragraph: int
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WouldAnswer:
    """A question that looks like one of the `entry`, and that gets the answer of `got` after the `lead`. `is_own` where it is one of the
    entry's near misses already."""

    ask: str
    entry: str
    got: str
    lead: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Underasked:
    """An entry with fewer phrasings than it wants: its id, its question, and those that it has."""

    entry: str
    question: str
    phrasings: tuple[str, ...]


Item = Missed | Record | Unreached | WouldAnswer | DoubtfulLead | Underasked | Confusable


class Kind(StrEnum):
    """Of what is open, with how long one takes to decide about it. The seconds are a rule of thumb."""

    ASKED_IN_VAIN = "asked_in_vain", 40
    SPEAKER = "speaker", 20
    WOULD_ANSWER = "would_answer", 30
    DOUBTFUL_LEAD = "doubtful_lead", 20
    UNREACHED = "unreached", 60
    DRAFT = "draft", 5
    UNDERASKED = "underasked", 60
    CONFUSABLE = "confusable", 180

    seconds: int

    def __new__(cls, value: str, seconds: int) -> Kind:
        kind = str.__new__(cls, value)
        kind._value_, kind.seconds = value, seconds
        return kind


def kind_of(item: Item) -> Kind:
    """What kind of open point it is."""
    match item:
        case Record(why=why):
            return Kind.SPEAKER if why else Kind.DRAFT
        case Missed():
            return Kind.ASKED_IN_VAIN
        case Unreached():
            return Kind.UNREACHED
        case WouldAnswer():
            return Kind.WOULD_ANSWER
        case DoubtfulLead():
            return Kind.DOUBTFUL_LEAD
        case Underasked():
            return Kind.UNDERASKED
        case Confusable():
            return Kind.CONFUSABLE


def minutes(items: Iterable[Item]) -> int:
    """About how long a curator takes to decide about them, rounded up."""
    return math.ceil(sum(kind_of(item).seconds for item in items) / 60)


def ordered(items: Iterable[Item], decided: frozenset[str]) -> tuple[Item, ...]:
    """The most useful first: what readers asked in vain, by how often; speakers that are open, and drafted ones; what would be answered
    wrongly, and leads that look false; sentences that nothing reaches; the rest of the drafts; entries that are asked in few ways, or
    alike. What was decided is left out."""
    left = [item for item in items if not (lines := remembered(item)) or not decided.issuperset(lines)]
    return tuple(sorted(left, key=_rank))


def _rank(item: Item) -> tuple[int, int]:
    match item:
        case Missed(group):
            return 0, -group.times
        case Record(stem="quotes", why=why) if why:
            return 1, 0
        case Record(stem="quotes", shown=shown) if QuoteKind.NARRATION not in shown[0]:
            return 2, 0
        case DoubtfulLead():
            return 3, 0
        case WouldAnswer():
            return 3, 1 + (not item.lead)
        case Unreached():
            return 4, 0
        case Record(stem=stem):
            return 5, ("people", "gaps", "faq", "premises", "quotes").index(stem) if stem in _STEMS else 9
        case Underasked(phrasings=phrasings):
            return 6, len(phrasings)
        case _:
            return 7, 0


_STEMS = ("people", "gaps", "faq", "premises", "quotes")


def remembered(item: Item) -> tuple[str, ...]:
    """The lines of DECIDED by which it is known that this has been decided about; none for a record, which itself says so."""
    match item:
        case Missed(group):
            return tuple(f"{_QUESTION}: {text}" for text in group.texts)
        case WouldAnswer(ask):
            return (f"{_QUESTION}: {_one_line(ask)}",)
        case Unreached(text):
            return (f"{_SENTENCE}: {_one_line(text)}",)
        case DoubtfulLead(entry, lead=lead):
            return (f"{_LEAD}: {entry}, {_one_line(lead)}",)
        case Underasked(entry):
            return (f"{_PHRASINGS}: {entry}",)
        case Confusable(one, other):
            return (f"{_ENTRIES}: {one}, {other}",)
        case _:
            return ()


def decided_lines(text: str) -> frozenset[str]:
    """What a file of the name DECIDED says."""
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def decided_questions(lines: Iterable[str]) -> tuple[str, ...]:
    """The questions among such lines, in order."""
    return tuple(sorted(line.removeprefix(f"{_QUESTION}: ") for line in lines if line.startswith(f"{_QUESTION}: ")))


# What is decided


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """It is asked for a topic that is there: the questions go to its bank."""

    topic: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """The article answers it, with these quotes."""

    question: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewGap:
    """The article does not say it; `looked_for` ends "The article does not say: ..."."""

    question: str
    looked_for: str


@dataclass(frozen=True, slots=True)
class AskedAs:
    """The entry is asked in these words too."""

    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewLead:
    """The entry has this short answer; none where it is empty."""

    lead: str


@dataclass(frozen=True, slots=True)
class AddNearMiss:
    """It is not to get the entry."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The draft is right, and so is whoever speaks in it, if somebody is named."""


@dataclass(frozen=True, slots=True)
class SpeakerIs:
    person: str


@dataclass(frozen=True, slots=True)
class IsNarration:
    """Nobody but the article speaks."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing is to be done about it, now or later."""


Decision = AddPhrasings | NewEntry | NewGap | AskedAs | NewLead | AddNearMiss | Confirm | SpeakerIs | IsNarration | Leave


class Undecidable(ValueError):
    """The decision does not fit what it is about: what is wrong, in words."""


def edited(texts: Texts, pack: Pack, item: Item, decision: Decision) -> dict[str, str]:
    """The files that the decision changes or makes, with their new texts. Raises Undecidable."""
    changed = _Changed(texts)
    match item, decision:
        case Record(), Confirm() if is_confirmable(item, pack):
            part = changed.record(item.file, item.id, item.stem == PACK)
            if _names_speaker(item, pack):
                _settle(part)
            else:  # whose words they are stays open
                part.remove("drafted")
        case Record(stem="quotes"), SpeakerIs(person) if item.id in pack.quotes:
            _spoken(changed.record(item.file, item.id), pack, pack.quotes[item.id], person)
        case Record(stem="quotes"), IsNarration():
            _narrated(changed.record(item.file, item.id), pack)
        case Missed(), AddPhrasings(topic):
            if not (whole := phrasings(item, pack)):
                raise Undecidable("nothing whole is left of these questions: write an entry or a gap in your own words.")
            changed.to_bank(changed.file_with(topic), f"[{topic}]", whole)
        case Underasked(entry), AskedAs(added) if lines := [_one_line(text) for text in added if has_words(text)]:
            changed.to_bank(changed.file_with(entry), f"[{entry}]", lines)
        case DoubtfulLead(entry), NewLead(lead):
            part = changed.record(changed.file_with(entry), entry)
            if lead:
                part.put("lead", quoted(lead))
            else:
                part.remove("lead")
        case WouldAnswer(ask, entry, is_own=False), AddNearMiss():
            changed.to_bank(changed.file_with(entry), f"[not {entry}]", [_one_line(ask)])
        case Missed() | WouldAnswer() | Unreached(), NewEntry(question, cites):
            head = [f"asks: {asks_of(question)}", f"cites: [{', '.join(map(term, cites))}]"]
            changed.new_topic("faq", "", question, head, _asked(item, pack, question), _near(item))
        case Missed() | WouldAnswer(), NewGap(question, looked_for):
            head = [f"looked_for: {quoted(looked_for)}"]
            changed.new_topic("gaps", "gap-", question, head, _asked(item, pack, question), _near(item))
        case _, Leave() if not isinstance(item, Record):
            pass
        case _:
            raise Undecidable("that cannot be decided about this.")
    if not isinstance(decision, AskedAs | NewLead):  # these show in the record
        changed.remember(remembered(item))
    return changed.done()


def is_confirmable(item: Record, pack: Pack) -> bool:
    """Whether it can be right as it stands: a draft, or a quote that is open and names its speaker."""
    return item.drafted or _names_speaker(item, pack)


def _names_speaker(item: Record, pack: Pack) -> bool:
    return item.stem == "quotes" and item.id in pack.quotes and bool(pack.quotes[item.id].speakers)


def phrasings(item: Item, pack: Pack) -> list[str]:
    """The questions of an item that can be phrasings: whole, each once, and none that the pack has."""
    texts: Sequence[str] = [item.ask] if isinstance(item, WouldAnswer) else []
    if isinstance(item, Missed):
        texts = item.group.texts
    found: dict[str, str] = {}
    for text in texts:
        if REMOVED not in text and has_words(text) and normal_form(text) not in pack.phrased:
            found.setdefault(normal_form(text), _one_line(text))
    return list(found.values())


def asks_of(question: str) -> Asks:
    """What kind of thing a question asks for, by its first words."""
    words = split(question)
    if words[:1] == ["how"] and words[1:2] in (["many"], ["much"]):
        return Asks.NUMBER
    return _ASKS.get(words[0], Asks.THING) if words else Asks.THING


def _asked(item: Item, pack: Pack, question: str) -> list[str]:
    if normal_form(question) in pack.phrased:
        raise Undecidable(f"{question!r} is asked by {pack.phrased[normal_form(question)].id!r} already: word it otherwise.")
    return phrasings(item, pack) or [question]


def _near(item: Item) -> Sequence[str]:
    """The topics near which a new one is put."""
    return item.topics if isinstance(item, Missed) else [item.entry] if isinstance(item, WouldAnswer) else []


def _spoken(part: Part, pack: Pack, quote: Quote, person: str) -> None:
    _put(part, "speaker", term(person))
    source = next((p.id for p in pack.people.values() if p.kind is PersonKind.SOURCE), None)
    if quote.kind is QuoteKind.NARRATION:
        if source is None:
            raise Undecidable("people.yaml has no `source`, which would pass the statement on.")
        part.put("kind", QuoteKind.REPORTED)
        part.add("relayed_by", term(source), after="kind")
    _settle(part)


def _narrated(part: Part, pack: Pack) -> None:
    source = next((p.id for p in pack.people.values() if p.kind is PersonKind.SOURCE), None)
    if source is None:
        raise Undecidable("people.yaml has no `source`, in whose voice narration is.")
    _put(part, "speaker", term(source))
    part.put("kind", QuoteKind.NARRATION)
    if part.has("relayed_by"):
        part.remove("relayed_by")
    _settle(part)


def _put(part: Part, key: str, value: str) -> None:
    if part.has(key):
        part.put(key, value)
    else:
        part.add(key, value, after="id")


def _settle(part: Part) -> None:
    for key in ("open", "drafted"):
        if part.has(key):
            part.remove(key)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class _Changed:
    """The texts of a pack's files with the changes so far."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._new: dict[str, str] = {}
        self._edits: dict[str, Edits] = {}

    def record(self, file: str, identifier: str, whole: bool = False) -> Part:
        """A record of a file, or the `whole` file where it holds one. Raises Undecidable where it is gone."""
        try:
            edits = self._edits.setdefault(file, Edits(self._texts[file]))
            return edits.top if whole else edits.record(identifier)
        except KeyError:  # somebody has changed the file
            raise Undecidable(f"{identifier} is not in {file} any more.") from None

    def to_bank(self, file: str, heading: str, lines: Sequence[str]) -> None:
        """Put lines under a heading of the bank: where it stands, or where the bank of the topic's file is. Raises Undecidable where one of
        them would be read as something else."""
        if wrong := next((line for line in lines if not bank.can_hold(line)), ""):
            raise Undecidable(f"{wrong!r} cannot stand in the phrase bank as it is: begin it with a word.")
        files = [name for name in self._texts if re.fullmatch(r"phrases(\.txt|/.+\.txt)", name)]
        beside = f"phrases/{file.removesuffix('.yaml')}.txt"
        holding = next((n for n in files if any(row.strip() == heading for row in self._texts[n].splitlines())), "")
        name = holding or (beside if beside in files or (files and "phrases.txt" not in files) else "phrases.txt")
        self._new[name] = bank.added(self._text(name), heading, lines)

    def new_topic(
        self, stem: str, prefix: str, question: str, head: Sequence[str], asked: Sequence[str], near: Sequence[str]
    ) -> None:
        """Put a record at the end of the file that the first of the topics `near` it stands in, or of the first file of its kind."""
        identifier, files = self._free_id(prefix, question), [n for n in self._texts if _is_of(n, stem)]
        holding = (self.file_with(topic) for topic in near)
        name = next((n for n in holding if n in files), next(iter(files), f"{stem}.yaml"))
        lines = [f"- id: {term(identifier)}", f"  question: {quoted(question)}", *(f"  {line}" for line in head), "  phrasings:"]
        lines += [f"    - {quoted(text)}" for text in asked[:MAX_LISTED]]
        if name in self._texts:
            try:
                self._edits.setdefault(name, Edits(self._texts[name])).add_record(lines)
            except KeyError:
                raise Undecidable(f"{name} holds no list to which a record could be added.") from None
        else:
            self._new[name] = "".join(f"{line}\n" for line in lines)
        if further := asked[MAX_LISTED:]:
            self.to_bank(name, f"[{identifier}]", further)

    def remember(self, lines: Collection[str]) -> None:
        if not lines:
            return
        text = self._text(DECIDED) or f"{_HEAD}\n"
        known = decided_lines(text)
        end = "" if text.endswith("\n") else "\n"
        self._new[DECIDED] = text + end + "".join(f"{line}\n" for line in lines if line not in known)

    def done(self) -> dict[str, str]:
        new = {**self._new, **{name: edits.done() for name, edits in self._edits.items()}}
        return {name: text for name, text in new.items() if text != self._texts.get(name)}

    def _text(self, name: str) -> str:
        return self._new.get(name, self._texts.get(name, ""))

    def file_with(self, topic: str) -> str:
        """The file that holds a topic's record; "" where none does."""
        return self._files_by_id.get(topic, "")

    @functools.cached_property
    def _files_by_id(self) -> dict[str, str]:
        names = [name for name in self._texts if any(_is_of(name, stem) for stem in _STEMS[1:4])]
        return {identifier: name for name in reversed(names) for identifier in Edits(self._texts[name]).ids}

    def _free_id(self, prefix: str, question: str) -> str:
        words = [w for w in split(question) if w not in STOP_WORDS and w.isascii() and w.isalnum()] or ["question"]
        base = (prefix + "-".join(words))[:_MOST_IN_ID].strip("-")
        candidates = (base, *(f"{base}-{n}" for n in range(2, 1000)))
        return next(c for c in candidates if not self.file_with(c))


def _is_of(name: str, stem: str) -> bool:
    return name == f"{stem}.yaml" or (name.startswith(f"{stem}/") and name.endswith(".yaml"))
