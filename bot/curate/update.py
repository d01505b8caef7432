"""A pack brought to a corrected text: its records read, the plan written into a copy, the copy proved and put in its place."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.curate.changes import PersonRecord, Place, Plan, QuoteRecord, Records, Sentence, TopicRecord, plan
from bot.curate.exchange import exchange, put_bytes, put_text, state_of, text_of
from bot.engine.answer import Answered
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.engine.reader import Passage, read
from bot.engine.sources import sources_of
from bot.errors import Fault, FileFaults
from bot.pack.folder import PACK, Folder, not_utf_8, unfit
from bot.pack.loading import load
from bot.pack.proof import control_flaw
from bot.pack.values import Pack, PersonKind, QuoteKind, Verdict
from bot.text.article import Article, Section, parse
from bot.text.furniture import read_page
from bot.text.progress import Progress, silent
from bot.text.strict_yaml import Mapping, read_mapping, read_records
from bot.text.yaml_edits import Edits, Part, quoted

_TOPICS = {
    "faq": (Verdict.ANSWER, "question", "cites"),
    "gaps": (Verdict.NOT_IN_ARTICLE, "question", "nearest"),
    "premises": (Verdict.PREMISE, "presupposes", "contradicted_by"),
}


@dataclass(frozen=True, slots=True)
class Update:
    """A pack, the text that it is to be brought to, and what that makes of it. `state` is that of the pack's files when they were read."""

    folder: Path
    pack: Pack
    data: bytes
    article: Article
    file: str  # of the article, in the folder
    plan: Plan
    gaps: tuple[TopicRecord, ...]  # in use, drafted ones too
    state: str

    @property
    def perhaps_page(self) -> tuple[str, ...]:
        """Paragraphs that the former text has not, and that look like the web page's and not the article's."""
        former = {self.pack.article.excerpt(p.span).text for p in self.pack.article.paragraphs}
        own = {self.article.excerpt(p.span).text for p in self.article.paragraphs if p.section is not Section.FURNITURE}
        return tuple(p for p in read_page(self.data)[1] if p in own - former)

    @property
    def is_needed(self) -> bool:
        return self.article.sha256 != self.pack.article.sha256


@dataclass(frozen=True, slots=True)
class NowSaid:
    """A gap whose question a sentence of the new text answers, `sure`ly enough for the bot to give it; or may answer."""

    at: Place
    question: str
    sentence: str
    sure: bool


def planned(folder: Path, data: bytes, source: str) -> Update:
    """What the text in `data`, from a file named `source`, makes of the pack in a folder. Raises FileFaults, also for a bare text."""
    if not folder.is_dir():
        load(folder)  # which says what is wrong, if it is not a bare text
        raise _fault(folder, "is a text without curation.", "replace the text itself: nothing else belongs to it.")
    folder = folder.resolve()
    state = state_of(folder)
    pack = load(folder)
    top = read_mapping(folder / PACK, [], PACK)
    node = top.mapping("article") if top else None
    assert node, "the pack was loaded with it"
    furniture, foot = tuple(t.value for t in node.texts("furniture")), node.text("foot")
    if wrong := unfit(data):
        raise FileFaults([Fault(source, 0, *wrong)])
    try:
        article = parse(data, furniture=furniture, foot=foot)
    except UnicodeDecodeError as error:
        raise FileFaults([Fault(source, 0, *not_utf_8(error, "text"))]) from error
    line, flaw = control_flaw(article.text)
    if flaw:
        raise FileFaults([Fault(source, line, *flaw)])
    if article.is_empty:
        raise _fault(
            source, "holds no text.", "give the whole corrected text: the headline first, paragraphs apart by blank lines."
        )
    records = _records(folder, pack, furniture, foot)
    gaps = tuple(t for t in records.topics if t.verdict is Verdict.NOT_IN_ARTICLE)
    name = node.term("file", default="article.txt")
    return Update(folder, pack, data, article, name, plan(records, pack.article, article), gaps, state)


# Reading


def _records(folder: Path, pack: Pack, furniture: tuple[str, ...], foot: str) -> Records:
    """What leans on the text, from files that have been proved."""
    people, quotes, off, topics = list[PersonRecord](), list[QuoteRecord](), list[tuple[Place, str, str]](), list[TopicRecord]()
    for at, record in _each(folder, "people"):
        if not record.has("switched_off"):
            name = record.text("cited_as", default=record.text("name"))
            people.append(PersonRecord(at, name, PersonKind(record.term("kind")), record.text("capacity")))
    for at, record in _each(folder, "quotes"):
        text, paragraph = record.text("text"), record.text("paragraph")
        if record.has("switched_off"):
            off.append((at, text, paragraph))
            continue
        speakers = tuple(t.value for t in record.terms("speaker"))
        kind, relayed = QuoteKind(record.term("kind")), record.term("relayed_by")
        quotes.append(QuoteRecord(at, text, kind, speakers, relayed, paragraph, record.text("open")))
    for stem, (verdict, question, cites) in _TOPICS.items():
        for at, record in _each(folder, stem):
            if not record.has("switched_off"):
                used = tuple(t.value for t in record.terms(cites) if t.value in pack.quotes)
                topics.append(TopicRecord(at, verdict, record.text(question), used, record.text("lead")))
    return Records(
        tuple(people),
        tuple(quotes),
        tuple(topics),
        pack.positions,
        pack.suggested,
        furniture,
        foot,
        tuple(off),
        tuple(dict.fromkeys(e.expect for e in pack.expectations)),
    )


def _each(folder: Path, stem: str) -> Iterator[tuple[Place, Mapping]]:
    for name in Folder(folder).names(stem):
        for record in read_records(folder / name, [], name):
            yield Place(name, record.line_of("id"), record.term("id")), record


# Gaps


def answers_now(update: Update, progress: Progress = silent) -> tuple[NowSaid, ...]:
    """The gaps that a sentence answers, or may answer, which says something new. Loads the networks.

    The reader reads each gap's question beside these sentences, and beside what they were before: what it took for an answer then, the
    curator has seen and made the gap all the same. Of those that are left the bot is asked as if it had the new text alone.
    """
    fresh = update.plan.fresh(update.pack.article, update.article)
    if not fresh or not update.gaps:
        return ()
    former = (update.folder / update.file).read_bytes()
    with tempfile.TemporaryDirectory() as place:
        engine, before = _bare(Path(place), "new.txt", update.data, progress), _bare(Path(place), "old.txt", former, silent)
    now, then = _passages(engine), _passages(before)
    pairs = [(s, p) for s in fresh if s.new and (p := now.get(s.new.start))]
    found = list[NowSaid]()
    for done, gap in enumerate(update.gaps, 1):
        for sentence, passage in pairs:
            if not _answers(gap, passage) or (sentence.old and _answers(gap, then.get(sentence.old.start))):
                continue
            found.append(_now_said(engine, gap, sentence, update.article))
            break
        progress("Asking the gaps' questions of the new text", done, len(update.gaps))
    return tuple(found)


def _bare(place: Path, name: str, data: bytes, progress: Progress) -> Engine:
    """The engine of a text alone."""
    (place / name).write_bytes(data)
    return build(place / name, place, progress=progress)


def _passages(engine: Engine) -> dict[int, Passage]:
    """What is read of each sentence, by where that begins."""
    article = engine.pack.article
    begins = {article.excerpt(s).text: s.start for s in article.sentences}
    passages = (s.passage for s in sources_of(engine.pack) if s.is_sentence and s.passage)
    return {begins[p.text]: p for p in passages if p.text in begins}


def _answers(gap: TopicRecord, passage: Passage | None) -> bool:
    return passage is not None and float(read([gap.question], [passage])[0]) > 0


def _now_said(engine: Engine, gap: TopicRecord, sentence: Sentence, article: Article) -> NowSaid:
    answer = engine.answer(gap.question)
    assert sentence.new, "it stands in the new text"
    shown = [c.excerpt.span for c in answer.citations] if isinstance(answer, Answered) else []
    sure = any(sentence.new.overlaps(span) for span in shown)
    return NowSaid(gap.at, gap.question, article.excerpt(sentence.new).text, sure)


# Writing


def apply(update: Update, said: Iterable[NowSaid], today: str) -> Path:
    """Bring the pack to the new text, and switch off what the plan says and the gaps that are surely answered. Returns where the former
    pack is kept, beside it. `today` is written as "2026-05-04". Raises FileFaults, with the pack left as it was."""

    def change(copy: Path) -> None:
        _write(update, tuple(said), today, copy)
        _prove(update, copy)

    backup = exchange(update.folder, update.state, change, keep=f"before-{today}")
    assert backup, "it was to be kept"
    return backup


def _prove(update: Update, copy: Path) -> None:
    """The new pack loads, and has exactly the quotes that the plan keeps, where the plan has them."""
    try:
        pack = load(copy)
    except FileFaults as error:
        whole = Fault(
            str(update.folder),
            0,
            "cannot be brought to this text, and is left as it is.",
            "mend what follows, and run the command again.",
        )
        raise FileFaults([whole, *error.faults]) from error
    assert {i: q.span for i, q in pack.quotes.items()} == dict(update.plan.spans), "the files say what the plan says"


def _write(update: Update, said: Sequence[NowSaid], today: str, folder: Path) -> None:
    """Put the text, and all that the plan says, into the files of a folder."""
    plan, files = update.plan, _Files(folder)
    put_bytes(folder, update.file, update.data)
    for off in plan.off:
        files.record(off.at).add("switched_off", quoted(f"{today}: {off.why}"), after="id")
    for gap in (s for s in said if s.sure):
        files.record(gap.at).add("switched_off", quoted(f"{today}: the new text may answer it: “{gap.sentence}”"), after="id")
    for value in plan.values_off:
        part, former = files.record(value.at), f"former_{value.key}"
        if part.has(former):
            part.put(former, f"[{', '.join(map(quoted, (*part.texts(former), value.value)))}]")
            part.put(value.key, '""')
        else:
            part.rename(value.key, former)
    for moved in plan.moved:
        part = files.record(moved.at)
        if part.has("paragraph"):
            part.put("paragraph", quoted(moved.key))
        elif moved.key:
            part.add("paragraph", quoted(moved.key), after="text")
    for look in plan.look:
        if not look.open:
            files.record(look.at).add("open", quoted(LOOK.format(today=today)), after="text")
    article = files.edits(PACK).top.inside("article")
    article.put("sha256", quoted(update.article.sha256))
    if plan.furniture_gone:
        gone = ", ".join(map(quoted, plan.furniture_gone))
        article.drop("furniture", plan.furniture_gone, f"No longer in the text ({today}): {gone}")
    if plan.foot_gone:
        article.put("foot", '""', f"No longer in the text ({today}): {quoted(plan.foot_gone)}")
    former = update.pack.article.sha256
    if not article.has("former"):
        article.add_mapping("former", former, quoted(today), after="sha256")
    elif article.inside("former").has(former):
        article.inside("former").put(former, quoted(today))
    else:
        article.inside("former").add_last(former, quoted(today))
    files.write()


LOOK = "{today}: the words beside it have changed; see whether it still says the same, and by the same person"


class _Files:
    """The YAML files of a folder that are changed, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._edits: dict[str, Edits] = {}

    def edits(self, name: str) -> Edits:
        if name not in self._edits:
            self._edits[name] = Edits(text_of(self._folder / name) or "")
        return self._edits[name]

    def record(self, at: Place) -> Part:
        return self.edits(at.file).record(at.id)

    def write(self) -> None:
        for name, edits in self._edits.items():
            put_text(self._folder, name, edits.done())


def _fault(path: Path | str, what: str, fix: str) -> FileFaults:
    return FileFaults([Fault(str(path), 0, what, fix)])
