"""Entries, gaps and premises: their records, and what the phrase bank holds for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.pack import bank, proof
from bot.pack.folder import Folder
from bot.pack.proof import Flaw
from bot.pack.values import MAX_LISTED, Asks, Person, Quote, Topic, Verdict
from bot.text.article import Article
from bot.text.strict_yaml import Mapping, Text
from bot.text.words import has_words


class _Place(NamedTuple):
    """Where a question or a phrasing of the `topic`-th topic stands."""

    topic: int
    is_question: bool
    text: str
    file: str
    line: int


class Topics:
    """Reads the topics of a pack's folder; faults go to the folder."""

    def __init__(self, folder: Folder, article: Article, people: dict[str, Person], quotes: dict[str, Quote]) -> None:
        self._folder, self._article, self._people, self._quotes = folder, article, people, quotes
        self._bank: dict[tuple[str, bool], bank.Section] = {}  # by topic, and whether it holds near misses; taken out when used
        self._drafted: set[str] = set()
        self._places: list[list[tuple[str, int]]] = []  # of each topic's question, phrasings and bank: file and line

    def read(self, talk: Sequence[Topic]) -> tuple[tuple[Topic, ...], tuple[Topic, ...]]:
        """Entries, gaps and premises in the order of their files, without those that are only drafted; and `talk`, which holds for every
        article, with what the bank has of it. No question and no phrasing may stand twice, in records or bank, but a question may be one of its own phrasings."""
        self._open_bank()
        topics = (*self._entries(), *self._gaps(), *self._premises())
        banked = [self._banked_alone(topic) for topic in talk]
        self._close_bank({t.id for t in (*topics, *talk)})
        self._check_phrasings((*topics, *banked))
        used = tuple(t for t in topics if t.id not in self._drafted)
        return used, tuple(replace(general, bank=own.bank) for general, own in zip(talk, banked, strict=True))

    def cites(self, ids: tuple[Text, ...], file: str) -> tuple[str, ...]:
        """Those of the ids that are quotes, which have to fit into one reply together."""
        cites = self._folder.references(ids, self._quotes, file, "quote")
        if ids:
            self._folder.fault(file, ids[0].line, proof.length_flaw(self._quotes[c] for c in cites))
        return cites

    def _records(self, stem: str) -> Iterator[tuple[str, Mapping]]:
        """The records that are in use; what the bank has for the others is left there."""
        for file, record in self._folder.records(stem):
            if self._folder.off(record, file, "topic"):
                for near_misses in (False, True):
                    self._banked(record.term("id"), near_misses=near_misses)
            else:
                yield file, record

    def _entries(self) -> Iterator[Topic]:
        for file, record in self._records("faq"):
            named = self._folder.in_use(record.terms("cites", required=True), file, "quote", required=True)
            cites = self.cites(named, file)
            lead = record.wording("lead")
            self._folder.value_off(record, "lead", record.term("id"), file)
            near_misses = self._listed(record, "near_misses", file)
            further = self._banked(record.term("id"), near_misses=True)
            if cites and len(cites) == len(named):  # else what proves the lead is not known, or not all of it
                for flaw in proof.lead_flaws(lead, self._article, [self._quotes[c] for c in cites], self._people):
                    self._folder.fault(file, record.line_of("lead"), flaw)
            yield self._topic(
                file,
                record,
                Verdict.ANSWER,
                cites=cites,
                asks=self._folder.choice(Asks, record, "asks", file),
                lead=lead,
                near_misses=(*(n.value for n in near_misses), *further.texts),
                group=file.rpartition("/")[2].removesuffix(".yaml"),
            )

    def _gaps(self) -> Iterator[Topic]:
        for file, record in self._records("gaps"):
            yield self._topic(
                file,
                record,
                Verdict.NOT_IN_ARTICLE,
                cites=self.cites(self._folder.in_use(record.terms("nearest"), file, "quote"), file),
                looked_for=record.wording("looked_for", required=True),
            )

    def _premises(self) -> Iterator[Topic]:
        for file, record in self._records("premises"):
            yield self._topic(
                file,
                record,
                Verdict.PREMISE,
                question="presupposes",
                cites=self.cites(
                    self._folder.in_use(record.terms("contradicted_by", required=True), file, "quote", required=True), file
                ),
            )

    def _topic(
        self,
        file: str,
        record: Mapping,
        verdict: Verdict,
        *,
        question: str = "question",
        cites: tuple[str, ...],
        asks: Asks | None = None,
        lead: str = "",
        looked_for: str = "",
        near_misses: tuple[str, ...] = (),
        group: str = "",
    ) -> Topic:
        """What the record says, with what all kinds of topic have: an id, a question under the key `question`, and phrasings in the
        record and in the bank."""
        identifier = self._folder.new_id(record, file, "topic")
        if self._folder.is_drafted(record, identifier, file):
            self._drafted.add(identifier)
        own = self._listed(record, "phrasings", file, required=True)
        section = self._banked(identifier, near_misses=False)
        lines = [record.line_of(question), *(t.line for t in own)]
        self._places.append([*((file, line) for line in lines), *((section.file, line) for line in section.lines)])
        return Topic(
            identifier,
            verdict,
            record.wording(question, required=True),
            phrasings=tuple(t.value for t in own),
            cites=cites,
            asks=asks,
            lead=lead,
            looked_for=looked_for,
            near_misses=near_misses,
            group=group,
            bank=tuple(section.texts),
        )

    def _banked_alone(self, talk: Topic) -> Topic:
        """A kind of talk with nothing but what the bank has of it."""
        section = self._banked(talk.id, near_misses=False)
        self._places.append([("", 0), *((section.file, line) for line in section.lines)])
        return Topic(talk.id, talk.verdict, "", (), bank=tuple(section.texts))

    def _listed(self, record: Mapping, key: str, file: str, *, required: bool = False) -> tuple[Text, ...]:
        """The phrasings or near misses of a record, which is to stay short."""
        texts = record.texts(key, required=required)
        if len(texts) > MAX_LISTED:
            heading = f"[{record.term('id')}]" if key == "phrasings" else f"[not {record.term('id')}]"
            place = f"phrases/{file.removesuffix('.yaml')}.txt"
            flaw = Flaw(f"{len(texts)} {key} stand here, more than {MAX_LISTED}.", f"move the rest to {place}, under {heading}.")
            self._folder.fault(file, texts[MAX_LISTED].line, flaw)
        return texts

    def _check_phrasings(self, topics: Sequence[Topic]) -> None:
        """Every question and phrasing has words, and stands in one place of the pack."""
        by_form: defaultdict[str, list[_Place]] = defaultdict(list)
        for i, (topic, places) in enumerate(zip(topics, self._places, strict=True)):
            texts = (topic.question, *topic.phrasings, *topic.bank)
            for n, (form, text, (file, line)) in enumerate(zip(topic.forms, texts, places, strict=True)):
                place = _Place(i, n == 0, text, file, line)
                if text and not has_words(text):  # the message that it would match is told so
                    flaw = Flaw(f"the {_kind(place)} {text!r} has no words.", "write some, or remove it.")
                    self._folder.fault(file, line, flaw)
                elif text:
                    by_form[form].append(place)
        ids = Counter(t.id for t in topics)
        for places_of_form in by_form.values():
            first: dict[tuple[int, bool], _Place] = {}
            for place in places_of_form if len(places_of_form) > 1 else ():
                before = first.setdefault((place.topic, place.is_question), place)
                if before is place and place.topic == places_of_form[0].topic:
                    continue  # it stands here first, or is its own topic's question
                before = places_of_form[0] if before is place else before
                again = "again" if before.topic == place.topic else f"under {topics[before.topic].id!r} too"
                flaw = Flaw(
                    f"the {_kind(place)} {place.text!r} stands {again}, at {before.file}:{before.line}.", "keep it in one place."
                )
                self._folder.fault(place.file, place.line, flaw, follows=ids[topics[place.topic].id] > 1)  # a record copied

    # The phrase bank

    def _open_bank(self) -> None:
        for name in self._folder.names("phrases"):
            for section in bank.parse(self._folder.text(name), name, self._folder.faults):
                self._put(section)

    def _put(self, section: bank.Section) -> None:
        first = self._bank.setdefault((section.id, section.near_misses), section)
        if first is not section:
            flaw = Flaw(f"{section.heading} stands at {first.file}:{first.line} too.", "keep its lines under one heading.")
            self._folder.fault(section.file, section.line, flaw)

    def _banked(self, topic: str, *, near_misses: bool) -> bank.Section:
        """What the bank has of a topic; an empty section where it has nothing."""
        return self._bank.pop((topic, near_misses), bank.Section(topic, near_misses, "", 0))

    def _close_bank(self, topics: Container[str]) -> None:
        """What nobody has taken out belongs to no topic."""
        for section in self._bank.values():
            if section.id in topics:
                flaw = Flaw(f"{section.id!r} is no entry, and only entries have near misses.", "remove them, or correct the id.")
                self._folder.fault(section.file, section.line, flaw)
            else:
                fix = f"use the id of one{self._folder.likely('topic', section.id)}."
                flaw = Flaw(f"there is no entry, gap, premise or kind of talk {section.id!r}.", fix)
                self._folder.fault(section.file, section.line, flaw, follows=self._folder.is_told("topic", section.id))


def _kind(place: _Place) -> str:
    return "question" if place.is_question else "phrasing"
