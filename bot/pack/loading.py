"""Curated knowledge about one article: strict loading, and proof that every passage stands in the text.

A pack is a folder (see docs/curating.md) or a bare text file. `load` returns a frozen Pack or raises FileFaults with every fault at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from bot.errors import Fault, FileFaults
from bot.pack.values import (
    MAX_EXCERPT_CHARACTERS,
    NO_PUBLISHER,
    Asks,
    English,
    Expectation,
    Pack,
    Person,
    PersonKind,
    Quote,
    QuoteKind,
    Topic,
    Verdict,
    form_of_phrasing,
)
from bot.text import article as articles
from bot.text.article import Article, Section, Span
from bot.text.strict_yaml import Mapping, Text, read_mapping, read_records

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_WORD = re.compile(r"[\w#£$€]+(?:[.,:]\d+)*")
# What a lead may say beside words of its excerpts and speakers: the frame, never the matter.
_FRAME_WORDS = frozenset(
    """
    a an the of in on by at to from for and or with as is are was were be it its that this yes no not only by
    """.split()
)
_E = TypeVar("_E", bound=StrEnum)
_DATA = Path(__file__).parent.parent / "data"


def load(path: Path) -> Pack:
    """The pack in a folder, or a bare text file as a pack with only an article in it. Raises FileFaults."""
    if path.is_file():
        return _bare(path)
    if not path.is_dir():
        raise FileFaults([Fault(str(path), 0, "there is no such pack.", "name a pack's folder or a text file.")])
    try:
        return _Loader(path).load()
    finally:
        form_of_phrasing.cache_clear()


@lru_cache(maxsize=1)
def english() -> English:
    """The general word lists that ship with the engine. Raises FileFaults if the installation is damaged."""
    faults: list[Fault] = []
    top = read_mapping(_DATA / "english.yaml", faults, "english.yaml")
    if top is None or faults:
        raise FileFaults(faults)
    synonyms = _synonyms(top.mapping("synonyms", required=True))
    chat = top.mapping("chat", required=True)
    antonyms = top.rows("antonyms", required=True)
    loaded = English(
        synonyms,
        {k: " ".join(t.value for t in chat.texts(k)) for k in chat.all_keys()} if chat else {},
        tuple((row[0].value, row[1].value) for row in antonyms if len(row) == 2),
        tuple(t.value for t in top.texts("restrictors", required=True)),
    )
    top.close()
    if faults:
        raise FileFaults(faults)
    return loaded


@lru_cache(maxsize=1)
def general_talk() -> tuple[Topic, ...]:
    """Small talk, calls for an opinion and off-topic examples that hold for every article (bot/data/talk.yaml)."""
    faults: list[Fault] = []
    topics = tuple(_talk(record) for record in read_records(_DATA / "talk.yaml", faults, "talk.yaml"))
    if faults:
        raise FileFaults(faults)
    return topics


def _talk(record: Mapping) -> Topic:
    topic = Topic(
        record.text("id", required=True),
        Verdict(record.text("verdict", required=True)),
        "",
        tuple(t.value for t in record.texts("phrasings", required=True)),
    )
    record.close()
    return topic


def _synonyms(mapping: Mapping | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, tuple(t.value for t in mapping.texts(key))) for key in mapping.all_keys()) if mapping else ()


def _bare(path: Path) -> Pack:
    try:
        data = path.read_bytes()
        text = articles.parse(data)
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, f"cannot be read ({error.strerror}).")]) from error
    except UnicodeDecodeError as error:
        raise FileFaults(
            [Fault(str(path), 0, f"is not UTF-8: byte {error.start} cannot be read.", "save the file as UTF-8.")]
        ) from error
    if not text.sentences:
        raise FileFaults(
            [Fault(str(path), 0, "holds no text.", "put the headline on the first line, and paragraphs apart by blank lines.")]
        )
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "article"
    return Pack(slug, text.headline, text.headline, NO_PUBLISHER, text, {}, {}, general_talk(), version=text.sha256)


class _Loader:
    """Reads one folder; collects faults, and raises them together at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.ids: dict[str, str] = {}
        self.asked: dict[str, tuple[str, str, int]] = {}
        self.digest = hashlib.sha256()

    def load(self) -> Pack:
        top = read_mapping(self._path("pack.yaml"), self.faults, "pack.yaml")
        article_node = top.mapping("article", required=True) if top else None
        if top is None or article_node is None:
            raise FileFaults(self.faults)
        publisher = article_node.text("publisher", default=NO_PUBLISHER)
        text = self._article(article_node)
        people = self._people(text)
        quotes = self._quotes(text, people)
        topics = [*self._entries(text, people, quotes), *self._gaps(quotes), *self._premises(quotes)]
        positions = self._cites(top.texts("positions"), quotes, "pack.yaml")
        pack = Pack(
            slug=self._identifier(top.text("slug", required=True), "pack.yaml", top.line_of("slug")),
            title=top.text("title", required=True),
            subject=top.text("subject", required=True),
            publisher=publisher,
            article=text,
            people=people,
            quotes=quotes,
            topics=(*topics, *general_talk()),
            positions=positions,
            synonyms=self._vocabulary(),
            expectations=tuple(self._expectations(topics)),
            version=self.digest.hexdigest(),
        )
        top.close()
        if self.faults:
            raise FileFaults(self.faults)
        return pack

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if path.is_file():
            self.digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
        return path

    def _fault(self, file: str, line: int, what: str, fix: str = "") -> None:
        self.faults.append(Fault(file, line, what, fix))

    def _identifier(self, value: str, file: str, line: int) -> str:
        if value and not _ID.fullmatch(value):
            self._fault(file, line, f"{value!r} cannot be an id.", "use lower-case letters, digits and hyphens, 60 at most.")
        return value

    def _id(self, record: Mapping, file: str, family: str) -> str:
        value = self._identifier(record.text("id", required=True), file, record.line_of("id"))
        key = f"{family}/{value}"
        here = f"{file}:{record.line_of('id')}"
        if value and key in self.ids:
            self._fault(
                file, record.line_of("id"), f"the id {value!r} is taken, at {self.ids[key]}.", "give one of the two another id."
            )
        self.ids[key] = here
        return value

    def _files(self, stem: str) -> list[str]:
        """`stem.yaml` and every file of the folder `stem/`, as names inside the pack."""
        names = [f"{stem}.yaml"] if (self.folder / f"{stem}.yaml").is_file() else []
        return names + [f"{stem}/{p.name}" for p in sorted((self.folder / stem).glob("*.yaml"))]

    def _records(self, stem: str) -> Iterator[tuple[str, Mapping]]:
        for name in self._files(stem):
            for record in read_records(self._path(name), self.faults, name):
                yield name, record
                record.close()

    def _article(self, node: Mapping) -> Article:
        name = node.text("file", default="article.txt")
        wanted = node.text("sha256", required=True)
        furniture = tuple(t.value for t in node.texts("furniture"))
        foot = node.text("foot")
        node.close()
        try:
            data = self._path(name).read_bytes()
            text = articles.parse(data, furniture=furniture, foot=foot)
        except OSError as error:
            self._fault(
                name, 0, f"the article cannot be read ({error.strerror}).", "put the text beside pack.yaml, or correct `file`."
            )
            raise FileFaults(self.faults) from error
        except UnicodeDecodeError as error:
            self._fault(name, 0, f"is not UTF-8: byte {error.start} cannot be read.", "save the article as UTF-8.")
            raise FileFaults(self.faults) from error
        if wanted and text.sha256 != wanted:
            self._fault(
                "pack.yaml",
                node.line_of("sha256"),
                f"the article has changed: its SHA-256 is {text.sha256}.",
                "restore the text; or, if the change is meant, write this SHA-256 here and correct the quotes it broke.",
            )
        standing = {text.excerpt(p.span).text for p in text.paragraphs if p.section is Section.FURNITURE}
        for line in furniture:
            if line.strip() not in standing:
                self._fault(
                    "pack.yaml",
                    node.line_of("furniture"),
                    f"no paragraph of the article is {line!r}.",
                    "correct it, or remove it.",
                )
        if foot and not any(p.section is Section.FOOT for p in text.paragraphs):
            self._fault(
                "pack.yaml",
                node.line_of("foot"),
                f"no paragraph of the article begins with {foot!r}.",
                "correct it, or remove it.",
            )
        if not text.sentences:
            self._fault(name, 0, "the article holds no text.", "paste it, paragraphs apart by blank lines.")
        return text

    def _people(self, text: Article) -> dict[str, Person]:
        people: dict[str, Person] = {}
        taken: dict[str, str] = {}
        for file, record in self._records("people"):
            identifier = self._id(record, file, "person")
            name = record.text("name", required=True)
            kind = self._choice(PersonKind, record, "kind", file)
            capacity = record.text("capacity")
            cited_as = record.text("cited_as", default=name)
            if kind is not PersonKind.SOURCE and text.text.find(cited_as) < 0:
                self._fault(
                    file,
                    record.line_of("name"),
                    f"the article nowhere says {cited_as!r}.",
                    "name them as the article does (in `cited_as`, if people know them by another name).",
                )
            if capacity and text.text.find(capacity) < 0 and capacity not in text.text.replace("\u00a0", " "):
                self._fault(
                    file,
                    record.line_of("capacity"),
                    f"the article nowhere says {capacity!r}.",
                    "give the capacity in the article's words, or leave it out.",
                )
            aliases = [t.value for t in record.texts("aliases")]
            for alias in aliases:
                if taken.setdefault(alias.lower(), identifier) != identifier:
                    self._fault(
                        file,
                        record.line_of("aliases"),
                        f"{alias!r} is already an alias of {taken[alias.lower()]!r}.",
                        "let a name mean one person.",
                    )
            people[identifier] = Person(identifier, cited_as, kind or PersonKind.PERSON, capacity, (name, *aliases))
        return people

    def _quotes(self, text: Article, people: dict[str, Person]) -> dict[str, Quote]:
        quotes: dict[str, Quote] = {}
        for file, record in self._records("quotes"):
            identifier = self._id(record, file, "quote")
            words = record.text("text", required=True)
            kind = self._choice(QuoteKind, record, "kind", file)
            speakers = self._references(record.texts("speaker", required=True), people, file, "person")
            relayed = self._references(record.texts("relayed_by"), people, file, "person")
            line = record.line_of("text")
            if (kind is QuoteKind.REPORTED) != bool(relayed):
                self._fault(
                    file,
                    record.line_of("kind"),
                    "`relayed_by` goes with kind `reported`, and only with it.",
                    "say who words the reported statement, or change the kind.",
                )
            places = text.locate(words) if words.strip() else ()
            if words.strip() and len(places) != 1:
                what = "is not in the article" if not places else f"stands in the article {len(places)} times"
                fix = (
                    "copy the passage exactly, curly quotes and no-break spaces included."
                    if not places
                    else "quote more of it, so that it can only mean one place."
                )
                self._fault(file, line, f"the text of {identifier!r} {what}.", fix)
            if len(places) != 1 or kind is None:
                continue
            span = Span(places[0], places[0] + len(words))
            inside = _in_quotation(text, span)
            if kind is QuoteKind.DIRECT and not inside:
                self._fault(
                    file,
                    line,
                    f"the article does not have {identifier!r} in quotation marks, so it is not a direct quotation.",
                    "change its kind to `reported` or `narration`.",
                )
            if kind is QuoteKind.NARRATION and inside:
                self._fault(
                    file,
                    line,
                    f"{identifier!r} stands in quotation marks, so it is not narration.",
                    "change its kind to `direct` and name the speaker.",
                )
            quotes[identifier] = Quote(identifier, span, kind, speakers, relayed[0] if relayed else None)
        return quotes

    def _entries(self, text: Article, people: dict[str, Person], quotes: dict[str, Quote]) -> Iterator[Topic]:
        for file, record in self._records("faq"):
            cites = self._cites(record.texts("cites", required=True), quotes, file)
            lead = record.text("lead")
            topic = Topic(
                id=self._id(record, file, "topic"),
                verdict=Verdict.ANSWER,
                question=record.text("question", required=True),
                phrasings=self._phrasings(record, file),
                cites=cites,
                asks=self._choice(Asks, record, "asks", file),
                lead=lead,
                near_misses=tuple(t.value for t in record.texts("near_misses")),
                group=Path(file).stem,
            )
            if lead and cites:
                for word in _unproved(lead, text, [quotes[c] for c in cites], people):
                    self._fault(
                        file,
                        record.line_of("lead"),
                        f"the lead says {word!r}, which neither its excerpts nor its speakers say.",
                        "use the excerpt's words, or leave the lead out.",
                    )
            yield topic

    def _gaps(self, quotes: dict[str, Quote]) -> Iterator[Topic]:
        for file, record in self._records("gaps"):
            yield Topic(
                id=self._id(record, file, "topic"),
                verdict=Verdict.NOT_IN_ARTICLE,
                question=record.text("question", required=True),
                phrasings=self._phrasings(record, file),
                cites=self._cites(record.texts("nearest"), quotes, file),
                looked_for=record.text("looked_for", required=True),
            )

    def _premises(self, quotes: dict[str, Quote]) -> Iterator[Topic]:
        for file, record in self._records("premises"):
            yield Topic(
                id=self._id(record, file, "topic"),
                verdict=Verdict.PREMISE,
                question=record.text("presupposes", required=True),
                phrasings=self._phrasings(record, file),
                cites=self._cites(record.texts("contradicted_by", required=True), quotes, file),
            )

    def _cites(self, texts: tuple[Text, ...], quotes: dict[str, Quote], file: str) -> tuple[str, ...]:
        """Known quotes that fit into one reply together: it shows its excerpts whole or not at all."""
        cites = self._references(texts, quotes, file, "quote")
        if sum(quotes[c].span.end - quotes[c].span.start for c in cites) > MAX_EXCERPT_CHARACTERS:
            self._fault(file, texts[0].line, f"the excerpts are over {MAX_EXCERPT_CHARACTERS} characters together.", "cite less.")
        return cites

    def _vocabulary(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if not (self.folder / "vocabulary.yaml").is_file():
            return ()
        top = read_mapping(self._path("vocabulary.yaml"), self.faults, "vocabulary.yaml")
        if top is None:
            return ()
        found = _synonyms(top.mapping("synonyms", required=True))
        top.close()
        return found

    def _expectations(self, topics: Iterable[Topic]) -> Iterator[Expectation]:
        known = {t.id for t in topics} | {v.value for v in Verdict}
        for file, record in self._records("questions"):
            expect = record.text("expect", required=True)
            if expect and expect not in known:
                self._fault(file, record.line_of("expect"), f"{expect!r} is neither a topic's id nor a verdict.", "correct it.")
            after = tuple(t.value for t in record.texts("after"))
            yield Expectation(record.text("ask", required=True), after, expect, file, record.line)

    def _phrasings(self, record: Mapping, file: str) -> tuple[str, ...]:
        texts = record.texts("phrasings", required=True)
        owner = record.text("id")
        for item in texts:
            key = form_of_phrasing(item.value)
            other, *where = self.asked.setdefault(key, (owner, file, item.line))
            if where != [file, item.line]:
                again = "again" if other == owner else f"under {other!r} too"
                at = ":".join(map(str, where))
                self._fault(file, item.line, f"the phrasing {item.value!r} stands {again}, at {at}.", "keep it in one place.")
        return tuple(t.value for t in texts)

    def _references(
        self, texts: tuple[Text, ...], known: dict[str, Quote] | dict[str, Person], file: str, what: str
    ) -> tuple[str, ...]:
        for item in texts:
            if item.value not in known:
                self._fault(
                    file,
                    item.line,
                    f"there is no {what} {item.value!r} (or it has a fault of its own).",
                    f"use the id of a {what}.",
                )
        return tuple(t.value for t in texts if t.value in known)

    def _choice(self, kind: type[_E], record: Mapping, key: str, file: str) -> _E | None:
        value = record.text(key, required=True)
        try:
            return kind(value)
        except ValueError:
            if value:
                self._fault(file, record.line_of(key), f"{key!r} cannot be {value!r}.", f"use one of {', '.join(kind)}.")
            return None


def _in_quotation(text: Article, span: Span) -> bool:
    """Whether double quotation marks are open where the span begins; a quotation that runs on opens anew in each paragraph."""
    before = text.text[text.paragraph_at(span.start).span.start : span.start]
    if "“" in before or "”" in before:
        return before.rfind("“") > before.rfind("”")
    return before.count('"') % 2 == 1


def _unproved(lead: str, text: Article, quotes: Iterable[Quote], people: dict[str, Person]) -> Iterator[str]:
    """The words of a lead that its excerpts, its speakers' records and the frame words do not hold."""
    proof = set(_FRAME_WORDS)
    for quote in quotes:
        proof.update(_words(text.excerpt(quote.span).text))
        for speaker in (*quote.speakers, *([quote.relayed_by] if quote.relayed_by else [])):
            person = people.get(speaker)
            if person:
                proof.update(_words(person.name), _words(person.capacity))
    yield from (word for word in _words(lead) if word not in proof)


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text.replace("’", "'").replace("'s", "").replace("'", ""))]
