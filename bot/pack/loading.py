"""From a pack's files to its values, strictly: `load` returns a frozen Pack or raises FileFaults with every fault at once.

A pack is a folder (docs/pack-files.md describes its files) or a bare text file. Here is a function for each kind of file; topics are
read in topics.py, and what the article proves of it all is in proof.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bot.errors import Fault, FileFaults
from bot.pack import proof
from bot.pack.folder import MAX_ARTICLE_BYTES, PACK, PROVED, Folder, not_utf_8, read, unfinished, unfit
from bot.pack.metadata import authors_flaw, date_flaw, metadata, url_flaw
from bot.pack.proof import Flaw
from bot.pack.topics import Topics
from bot.pack.values import (
    MAX_SUGGESTED,
    NO_PUBLISHER,
    Expectation,
    Pack,
    Person,
    PersonKind,
    Quote,
    QuoteKind,
    Topic,
    Verdict,
)
from bot.text import article as articles
from bot.text.article import Article
from bot.text.furniture import read_page
from bot.text.strict_yaml import Mapping, read_records

_DATA = Path(__file__).parent.parent / "data"


def load(path: Path) -> Pack:
    """The pack in a folder, or a bare text file as a pack with only an article in it. Raises FileFaults."""
    if path.is_file():
        if path.name == PACK:
            fix = f"name the folder that it lies in: {path.parent}."
            raise FileFaults([Fault(str(path), 0, "is one file of a pack, and no article.", fix)])
        return _bare(path)
    if not path.is_dir():
        if (unfinished(path) / PROVED).is_dir():
            cut_off = Fault(
                str(path),
                0,
                "a change of this pack was cut off.",
                "run the same `verbatim update` or `verbatim review` again: it ends what was begun.",
            )
            raise FileFaults([cut_off])
        raise FileFaults([Fault(str(path), 0, "there is no such pack.", "name a pack's folder or a text file.")])
    return _curated(Folder(path))


def _bare(path: Path) -> Pack:
    try:
        data = read(path)
        if flaw := unfit(data):
            raise FileFaults([Fault(str(path), 0, *flaw)])
        article, _ = read_page(data)
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, f"cannot be read ({error.strerror}).", "check its permissions.")]) from error
    except UnicodeDecodeError as error:
        raise FileFaults([Fault(str(path), 0, *not_utf_8(error, "file"))]) from error
    line, flaw = proof.control_flaw(article.text)
    if flaw:
        raise FileFaults([Fault(str(path), line, *flaw)])
    if article.is_empty:
        raise FileFaults(
            [Fault(str(path), 0, "holds no text.", "put the headline on the first line, and paragraphs apart by blank lines.")]
        )
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "article"
    return Pack(slug, article.headline, article.headline, NO_PUBLISHER, article, {}, {}, general_talk(), version=article.sha256)


def _curated(folder: Folder) -> Pack:
    top = folder.mapping(PACK)
    text = top.mapping("article", required=True) if top else None
    if top is None or text is None:
        raise folder.refused()
    publisher = text.wording("publisher", default=NO_PUBLISHER)
    url, published, authors = text.term("url"), text.term("date"), text.texts("author")
    former = _former(folder, text.mapping("former"))
    article = _article(folder, text)
    folder.fault(PACK, text.line_of("url"), url_flaw(url))
    folder.fault(PACK, text.line_of("date"), date_flaw(published))
    folder.fault(PACK, text.line_of("author"), authors_flaw(a.value for a in authors))
    slug = folder.identifier(top, "slug", PACK)
    drafted = folder.is_drafted(top, slug, PACK)
    folder.check_names()
    people = _people(folder, article)
    quotes = _quotes(folder, article, people)
    reader = Topics(folder, article, people, quotes)
    topics, talk = reader.read(general_talk())
    positions = reader.cites(folder.in_use(top.terms("positions"), PACK, "quote"), PACK)
    pack = Pack(
        slug=slug,
        title=top.wording("title", required=True),
        subject=top.wording("subject", required=True),
        publisher=publisher,
        article=article,
        people=people,
        quotes=quotes,
        topics=(*topics, *talk),
        positions=() if drafted else positions,  # nobody has seen yet that they are fair to all sides
        suggested=_suggested(folder, top, topics),
        synonyms=_vocabulary(folder),
        expectations=tuple(_expectations(folder, topics)),
        open_points=tuple(folder.open_points),
        switched_off=tuple(folder.switched_off),
        former=former,
        version=folder.version,
    )
    top.close()
    if folder.faults:
        raise folder.refused()
    return replace(pack, metadata=metadata(article, url, published, (a.value for a in authors)))


def _suggested(folder: Folder, top: Mapping, topics: Sequence[Topic]) -> tuple[str, ...]:
    """The entries whose questions are offered first, as many as there are buttons in a row."""
    terms = top.terms("suggested")
    if len(terms) > MAX_SUGGESTED:
        flaw = Flaw(
            f"{len(terms)} entries are suggested, more than {MAX_SUGGESTED}.", "keep those that show best what can be asked."
        )
        folder.fault(PACK, terms[MAX_SUGGESTED].line, flaw)
    verdicts = {t.id: t.verdict for t in topics}
    for term in terms:
        if verdicts.get(term.value, Verdict.ANSWER) is not Verdict.ANSWER:
            flaw = Flaw(f"{term.value!r} is suggested, which the article does not answer.", "name an entry of faq.yaml or faq/.")
            folder.fault(PACK, term.line, flaw)
    return folder.references(folder.in_use(terms, PACK, "topic"), verdicts, PACK, "topic")


def _article(folder: Folder, node: Mapping) -> Article:
    """The text that `article` in pack.yaml names. Raises FileFaults where it cannot be read, since all else is proved by it."""
    name = node.term("file", default="article.txt")
    sha256 = node.term("sha256", required=True)
    furniture = [t.value for t in node.texts("furniture")]
    foot = node.text("foot")
    node.close()
    data = folder.data(name, fix="put the text beside pack.yaml, or correct `file`.", most=MAX_ARTICLE_BYTES + 1)
    if data is None:
        raise folder.refused()
    if flaw := unfit(data):
        folder.fault(name, 0, flaw)
        raise folder.refused()
    try:
        article = articles.parse(data, furniture=furniture, foot=foot)
    except UnicodeDecodeError as error:
        folder.fault(name, 0, not_utf_8(error, "article"))
        raise folder.refused() from error
    folder.fault(name, *proof.control_flaw(article.text))
    if article.is_empty:
        folder.fault(name, 0, Flaw("the article holds no text.", "paste it, paragraphs apart by blank lines."))
        raise folder.refused()
    if sha256:
        folder.fault(PACK, node.line_of("sha256"), proof.hash_flaw(article, sha256))
    for flaw in proof.furniture_flaws(article, furniture):
        folder.fault(PACK, node.line_of("furniture"), flaw)
    folder.fault(PACK, node.line_of("foot"), proof.foot_flaw(article, foot))
    return article


def _former(folder: Folder, node: Mapping | None) -> tuple[tuple[str, str], ...]:
    """The SHA-256 of the texts before this one, each with the day until which it was the article's."""
    found = tuple((sha256, node.term(sha256, required=True)) for sha256 in node.all_keys()) if node else ()
    for sha256, until in found:
        if node and until:
            folder.fault(PACK, node.line_of(sha256), date_flaw(until))
    return found


def _people(folder: Folder, article: Article) -> dict[str, Person]:
    people: dict[str, Person] = {}
    owners: dict[str, str] = {}  # of aliases, in lower case
    for file, record in folder.records("people"):
        if folder.off(record, file, "person"):
            continue
        identifier = folder.new_id(record, file, "person")
        name = record.text("name", required=True)
        kind = folder.choice(PersonKind, record, "kind", file)
        capacity = record.text("capacity")
        cited_as = record.text("cited_as", default=name)
        aliases = [t.value for t in record.names("aliases")]
        if kind is not PersonKind.SOURCE:
            folder.fault(file, record.line_of("name"), proof.name_flaw(article, cited_as))
        folder.fault(file, record.line_of("capacity"), proof.capacity_flaw(article, capacity))
        for alias in aliases:
            if (owner := owners.setdefault(alias.lower(), identifier)) != identifier:
                flaw = Flaw(f"{alias!r} is already an alias of {owner!r}.", "let a name mean one person.")
                folder.fault(file, record.line_of("aliases"), flaw)
        folder.is_drafted(record, identifier, file)
        folder.value_off(record, "capacity", identifier, file)
        people[identifier] = Person(identifier, cited_as, kind or PersonKind.PERSON, capacity, (name, *aliases))
    return people


def _quotes(folder: Folder, article: Article, people: dict[str, Person]) -> dict[str, Quote]:
    """The quotes that stand in the article once and name people; of the others, the faults."""
    quotes: dict[str, Quote] = {}
    for file, record in folder.records("quotes"):
        if folder.off(record, file, "quote"):
            continue
        identifier = folder.new_id(record, file, "quote")
        text = record.text("text", required=True)
        kind = folder.choice(QuoteKind, record, "kind", file)
        why = record.text("open")
        # Of a direct quotation it may be open who speaks.
        named = record.terms("speaker", required=not (why and kind is QuoteKind.DIRECT)), record.terms("relayed_by")
        speakers, relayed = (folder.references(terms, people, file, "person") for terms in named)
        folder.is_drafted(record, identifier, file, why)
        if kind is not None:
            folder.fault(file, record.line_of("kind"), proof.relay_flaw(kind, record.has("relayed_by")))
        if not text.strip():
            continue
        span = proof.located(article, identifier, text, record.text("paragraph"))
        if isinstance(span, Flaw):
            folder.fault(file, record.line_of("text"), span)
        elif kind is not None:
            quote = Quote(identifier, span, kind, speakers, relayed[0] if relayed else None, why)
            folder.fault(file, record.line_of("text"), proof.kind_flaw(article, quote))
            if (len(speakers), len(relayed)) == tuple(map(len, named)):
                quotes[identifier] = quote
    return quotes


def _vocabulary(folder: Folder) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: list[tuple[str, tuple[str, ...]]] = []
    for file in folder.names("vocabulary"):
        if top := folder.mapping(file):
            found += _synonyms(top.mapping("synonyms", required=True))
            top.close()
    return tuple(found)


def _expectations(folder: Folder, topics: Iterable[Topic]) -> Iterator[Expectation]:
    known = {t.id for t in topics} | {v.value for v in Verdict}
    for file, record in folder.records("questions"):
        expect = record.term("expect", required=True)
        after = tuple(t.value for t in record.texts("after"))
        ask = record.text("ask", required=True)
        if folder.is_off("topic", expect):
            continue  # it is asked again when the topic is in use
        if expect and expect not in known:
            flaw = Flaw(f"{expect!r} is neither a topic's id nor a verdict.", f"correct it{folder.likely('topic', expect)}.")
            folder.fault(file, record.line_of("expect"), flaw, follows=folder.is_told("topic", expect))
        yield Expectation(ask, after, expect, file, record.line)


def _synonyms(mapping: Mapping | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, tuple(t.value for t in mapping.names(key))) for key in mapping.all_keys()) if mapping else ()


# What ships with the engine and holds for every article


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
        record.term("id", required=True),
        Verdict(record.term("verdict", required=True)),
        "",
        tuple(t.value for t in record.texts("phrasings", required=True)),
    )
    record.close()
    return topic
