"""Leads that look false though each of their words is proved: a lead is short, so the same words can say something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.curate.near_misses import denies
from bot.curate.numbers import numbers
from bot.pack.values import Pack, Quote, Topic
from bot.text.words import STOP_WORDS, split, stem, straighten

_BEHIND = re.compile(r"[\s-]*([^\W\d_]{3,})")  # the word behind a number
_TELLING = re.compile(r"(?<!^)\b[A-Z][\w'-]+|\S*\d\S*")  # a name behind the first word, or a number
_NAME_PAIR = re.compile(r"(?<![\w’'])(?=([A-Z][\w’'-]+ [A-Z][\w’'-]+))")


@dataclass(frozen=True, slots=True)
class DoubtfulLead:
    """The lead of an entry that may say something else than its excerpts, and why that may be."""

    entry: str
    question: str
    lead: str
    why: str


def doubtful_leads(pack: Pack) -> tuple[DoubtfulLead, ...]:
    """Those of a pack's entries, each with the first reason, in their order."""
    doubts = ((entry, next(_doubts(pack, entry), "")) for entry in pack.entries if entry.lead)
    return tuple(DoubtfulLead(entry.id, entry.question, entry.lead, why) for entry, why in doubts if why)


def _doubts(pack: Pack, entry: Topic) -> Iterator[str]:
    excerpts = straighten(" ".join(pack.excerpt(c).text for c in entry.cites))
    lead = straighten(entry.lead)
    yield from _answered_otherwise(entry, lead, excerpts)
    yield from _other_number(lead, excerpts)
    yield from _name_put_together(pack, entry, lead, excerpts)
    yield from _other_sentence(pack, entry, lead)


def _answered_otherwise(entry: Topic, lead: str, excerpts: str) -> Iterator[str]:
    """A yes or no against what the excerpt says: a denial in it, or a number of the question that it does not have."""
    said = split(lead)[:1]
    if said not in (["yes"], ["no"]) or denies(entry.question):
        return
    here = {n.value for n in numbers(excerpts)}
    lacking = next((n.text for n in numbers(straighten(entry.question)) if n.value not in here), "")
    if said == ["yes"] and lacking:
        yield f"it says yes, and the excerpt does not have “{lacking}” of the question"
    elif said == ["yes"] and (denial := denies(excerpts)) and not denies(lead):
        yield f"it says yes, and the excerpt has “{denial}”"
    elif said == ["no"] and not lacking and not denies(excerpts):
        yield "it says no, and nothing in the excerpt denies"


def _other_number(lead: str, excerpts: str) -> Iterator[str]:
    """A number before a word before which the excerpt has another."""
    counted = {(stem(there[1].lower()), n.value): n.text for n in numbers(excerpts) if (there := _BEHIND.match(excerpts, n.end))}
    for n in numbers(lead):
        there = _BEHIND.match(lead, n.end)
        word = stem(there[1].lower()) if there else ""
        others = [text for (behind, value), text in counted.items() if behind == word and value != n.value]
        if there and others and (word, n.value) not in counted:
            yield f"it says “{n.text}” before “{there[1]}”, and the excerpt “{others[0]}”"


def _name_put_together(pack: Pack, entry: Topic, lead: str, excerpts: str) -> Iterator[str]:
    """Two words of a name that nowhere stand together, in the excerpts or among the names of their speakers."""
    proof = f"{excerpts} {' '.join(_speakers(pack, pack.quotes[c]) for c in entry.cites)}".lower()
    for pair in _NAME_PAIR.findall(lead):
        if not STOP_WORDS.issuperset(split(pair)[:1]) and pair.lower() not in proof:
            yield f"“{pair}” stands nowhere in the excerpt"


def _other_sentence(pack: Pack, entry: Topic, lead: str) -> Iterator[str]:
    """A name or number that stands only in another sentence than the one that has the most words of the question."""
    telling = {w for text in _TELLING.findall(lead) for w in split(text) if w not in STOP_WORDS}
    asked = _stems(entry.question)
    sentences = [
        (straighten(pack.article.excerpt(s).text), _speakers(pack, quote))
        for quote in map(pack.quotes.__getitem__, entry.cites)
        for s in pack.article.sentences
        if s.overlaps(quote.span)
    ]
    shared = [len(asked & _stems(f"{text} {speakers}")) for text, speakers in sentences]
    text, speakers = sentences[shared.index(max(shared))]
    if telling and shared.count(max(shared)) == 1 and telling.isdisjoint(split(f"{text} {speakers}")):
        yield f"what it names does not stand in the sentence with most words of the question: “{text}”"


def _speakers(pack: Pack, quote: Quote) -> str:
    people = (pack.people[s] for s in (*quote.speakers, quote.relayed_by) if s)
    return straighten(" ".join(f"{p.capacity} {p.name}" for p in people))


def _stems(text: str) -> set[str]:
    return {stem(w) for w in split(text) if w not in STOP_WORDS}
