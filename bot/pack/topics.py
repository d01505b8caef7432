"""Entries, gaps and premises: their records, and what the phrase bank holds for them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import chain

from bot.pack import bank, proof
from bot.pack.folder import Folder
from bot.pack.proof import Flaw
from bot.pack.values import MAX_LISTED, Asks, Person, Quote, Topic, Verdict
from bot.text.article import Article
from bot.text.strict_yaml import Mapping, Text


class Topics:
    """Reads the topics of a pack's folder; faults go to the folder."""

    def __init__(self, folder: Folder, article: Article, people: dict[str, Person], quotes: dict[str, Quote]) -> None:
        self._folder, self._article, self._people, self._quotes = folder, article, people, quotes
        self._bank: dict[tuple[str, bool], bank.Section] = {}  # by topic, and whether it holds near misses; taken out when used
        self._places: list[list[tuple[str, int]]] = []  # of each topic's phrasings and bank: file and line

    def read(self) -> tuple[Topic, ...]:
        """Entries, gaps and premises in the order of their files. No phrasing may stand twice, in records or bank."""
        self._open_bank()
        topics = (*self._entries(), *self._gaps(), *self._premises())
        self._close_bank({t.id for t in topics})
        self._check_phrasings(topics)
        return topics

    def cites(self, ids: tuple[Text, ...], file: str) -> tuple[str, ...]:
        """Those of the ids that are quotes, which have to fit into one reply together."""
        cites = self._folder.references(ids, self._quotes, file, "quote")
        if ids:
            self._folder.fault(file, ids[0].line, proof.length_flaw(self._quotes[c] for c in cites))
        return cites

    def _entries(self) -> Iterator[Topic]:
        for file, record in self._folder.records("faq"):
            cites = self.cites(record.texts("cites", required=True), file)
            lead = record.text("lead")
            near_misses = self._listed(record, "near_misses", file)
            further = self._banked(record.text("id"), near_misses=True)
            if cites:
                for flaw in proof.lead_flaws(lead, self._article, [self._quotes[c] for c in cites], self._people):
                    self._folder.fault(file, record.line_of("lead"), flaw)
            yield self._topic(
                file,
                record,
                Verdict.ANSWER,
                question=record.text("question", required=True),
                cites=cites,
                asks=self._folder.choice(Asks, record, "asks", file),
                lead=lead,
                near_misses=(*(n.value for n in near_misses), *further.texts),
                group=file.rpartition("/")[2].removesuffix(".yaml"),
            )

    def _gaps(self) -> Iterator[Topic]:
        for file, record in self._folder.records("gaps"):
            yield self._topic(
                file,
                record,
                Verdict.NOT_IN_ARTICLE,
                question=record.text("question", required=True),
                cites=self.cites(record.texts("nearest"), file),
                looked_for=record.text("looked_for", required=True),
            )

    def _premises(self) -> Iterator[Topic]:
        for file, record in self._folder.records("premises"):
            yield self._topic(
                file,
                record,
                Verdict.PREMISE,
                question=record.text("presupposes", required=True),
                cites=self.cites(record.texts("contradicted_by", required=True), file),
            )

    def _topic(
        self,
        file: str,
        record: Mapping,
        verdict: Verdict,
        *,
        question: str,
        cites: tuple[str, ...],
        asks: Asks | None = None,
        lead: str = "",
        looked_for: str = "",
        near_misses: tuple[str, ...] = (),
        group: str = "",
    ) -> Topic:
        """What the record says, with what all kinds of topic have: an id, and phrasings in the record and in the bank."""
        identifier = self._folder.new_id(record, file, "topic")
        own = self._listed(record, "phrasings", file, required=True)
        section = self._banked(identifier, near_misses=False)
        self._places.append([*((file, t.line) for t in own), *((section.file, line) for line in section.lines)])
        return Topic(
            identifier,
            verdict,
            question,
            phrasings=tuple(t.value for t in own),
            cites=cites,
            asks=asks,
            lead=lead,
            looked_for=looked_for,
            near_misses=near_misses,
            group=group,
            bank=tuple(section.texts),
        )

    def _listed(self, record: Mapping, key: str, file: str, *, required: bool = False) -> tuple[Text, ...]:
        """The phrasings or near misses of a record, which is to stay short."""
        texts = record.texts(key, required=required)
        if len(texts) > MAX_LISTED:
            heading = f"[{record.text('id')}]" if key == "phrasings" else f"[not {record.text('id')}]"
            place = f"phrases/{file.removesuffix('.yaml')}.txt"
            flaw = Flaw(f"{len(texts)} {key} stand here, more than {MAX_LISTED}.", f"move the rest to {place}, under {heading}.")
            self._folder.fault(file, texts[MAX_LISTED].line, flaw)
        return texts

    def _check_phrasings(self, topics: Sequence[Topic]) -> None:
        """Every phrasing has words, and stands in one place of the pack."""
        forms = [topic.forms[1:] for topic in topics]  # without those of the questions
        different = {form for form in chain.from_iterable(forms) if form}
        if len(different) == sum(map(len, forms)):  # so of nearly all packs, and quickly seen
            return
        first: dict[str, tuple[str, str, int]] = {}
        for topic, places in zip(topics, self._places, strict=True):
            for form, text, (file, line) in zip(topic.forms[1:], (*topic.phrasings, *topic.bank), places, strict=True):
                owner, *place = first.setdefault(form, (topic.id, file, line))
                if not form:
                    self._folder.fault(file, line, Flaw(f"the phrasing {text!r} has no words.", "write some, or remove it."))
                elif place != [file, line]:
                    again = "again" if owner == topic.id else f"under {owner!r} too"
                    flaw = Flaw(f"the phrasing {text!r} stands {again}, at {place[0]}:{place[1]}.", "keep it in one place.")
                    self._folder.fault(file, line, flaw)

    # The phrase bank

    def _open_bank(self) -> None:
        for name in self._folder.names("phrases", ".yaml"):
            flaw = Flaw(
                "the phrase bank is plain text.", "write `[id]` and a phrasing a line, in a file whose name ends in .txt."
            )
            self._folder.fault(name, 0, flaw)
        for name in self._folder.names("phrases", ".txt"):
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
            else:
                flaw = Flaw(f"there is no entry, gap or premise {section.id!r}.", "use the id of one.")
            self._folder.fault(section.file, section.line, flaw)
