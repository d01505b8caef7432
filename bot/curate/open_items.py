"""What is open in a pack, found: of its files, of its own tests, and of what readers asked in vain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from bot.curate.leads import doubtful_leads
from bot.curate.misses import ALIKE, ALIKE_BY_WORDS, Group, Origin, grouped, word_vectors
from bot.curate.pack_files import PackFiles
from bot.curate.phrasings import underasked
from bot.curate.review import (
    DECIDED,
    Item,
    Missed,
    Record,
    Underasked,
    Unreached,
    WouldAnswer,
    decided_lines,
    decided_questions,
    ordered,
)
from bot.curate.self_test import SelfTest
from bot.engine.pipeline import Engine
from bot.engine.reader import Floats, as_question, encode
from bot.pack.folder import PACK
from bot.pack.values import OpenPoint, Pack, Verdict, normal_form
from bot.text.progress import Progress, silent
from bot.text.strict_yaml import Mapping, read_records

MOST_NEAR = 6  # topics, and quotes, that are offered for a group of questions
_TOLD = ("question", "presupposes", "looked_for", "text", "name", "capacity", "lead", "kind", "speaker", "relayed_by", "aliases")


def open_items(
    files: PackFiles,
    engine: Engine,
    asked: Sequence[tuple[str, Origin]],
    tested: SelfTest | None,
    *,
    reader: bool,
    progress: Progress = silent,
) -> tuple[Item, ...]:
    """All that is open, the most useful first. `asked` is what was kept of questions without an answer; `tested` what the pack's own tests
    found, None where they were not run; with the `reader` questions are compared by meaning, else by their words. `progress` is told how many were read for that."""
    pack = files.pack
    decided = decided_lines(files.texts().get(DECIDED, ""))
    items: list[Item] = [*_missed(engine, asked, decided_questions(decided), reader=reader, progress=progress)]
    items += _records(files)
    items += [_unreached(pack, i) for i in range(len(pack.uncovered_sentences()))] if pack.entries else []
    items += doubtful_leads(pack)
    items += [Underasked(e.id, e.question, e.asked[1:]) for e in underasked(pack)]
    items += _measured(pack, tested) if tested else []
    return ordered(items, decided)


def groups_asked(files: PackFiles, engine: Engine, asked: Sequence[tuple[str, Origin]], *, reader: bool) -> tuple[Missed, ...]:
    """Of what is open, the groups of questions without an answer alone."""
    decided = decided_lines(files.texts().get(DECIDED, ""))
    found = ordered(_missed(engine, asked, decided_questions(decided), reader=reader), decided)
    return tuple(item for item in found if isinstance(item, Missed))


def _missed(
    engine: Engine, asked: Sequence[tuple[str, Origin]], decided: Sequence[str], *, reader: bool, progress: Progress = silent
) -> list[Missed]:
    pack = engine.pack
    left = [(text, origin) for text, origin in asked if normal_form(text) not in pack.phrased]
    if not left:
        return []
    quotes = list(pack.quotes)
    passages = [pack.excerpt(quote).text for quote in quotes]
    texts = list(dict.fromkeys(text for text, _ in left))
    vectors = _vectors([*texts, *decided], [], reader=reader, progress=progress)
    place = {text: i for i, text in enumerate(texts)}
    rows = vectors[[place[text] for text, _ in left]]
    groups = grouped(left, rows, vectors[len(texts) :], ALIKE if reader else ALIKE_BY_WORDS)
    if not groups:
        return []
    firsts = _vectors([g.texts[0] for g in groups], passages, reader=reader)
    return [
        Missed(group, _near_topics(engine, group), _nearest(quotes, firsts[i], firsts[len(groups) :]))
        for i, group in enumerate(groups)
    ]


def _vectors(questions: Sequence[str], passages: Sequence[str], *, reader: bool, progress: Progress = silent) -> Floats:
    """A unit vector for each question and then each passage, as rows."""
    if not reader:
        return word_vectors([*questions, *passages])
    return encode(
        [*map(as_question, questions), *passages], lambda _, done, of: progress("Reading what was asked in vain", done, of)
    )


def _nearest(quotes: Sequence[str], question: Floats, passages: Floats) -> tuple[str, ...]:
    if not quotes:
        return ()
    return tuple(quotes[int(i)] for i in np.argsort(-(passages @ question), kind="stable")[:MOST_NEAR])


def _near_topics(engine: Engine, group: Group) -> tuple[str, ...]:
    """The entries, gaps and premises that the first question resembles most."""
    _, measured = engine.weigh(group.texts[0])
    curated = (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)
    near = sorted((m for m in measured if m.topic.id in engine.pack.by_id), key=lambda m: -m.resemblance)
    return tuple(m.topic.id for m in near if m.topic.verdict in curated)[:MOST_NEAR]


def _records(files: PackFiles) -> list[Record]:
    by_file: dict[str, list[OpenPoint]] = {}
    for point in files.pack.open_points:
        by_file.setdefault(point.file, []).append(point)
    found = []
    for file, points in by_file.items():
        stem = PACK if file == PACK else PurePosixPath(file).parts[0].removesuffix(".yaml")
        records = {} if stem == PACK else {r.term("id"): r for r in read_records(files.folder / file, [], file)}
        for point in points:
            record = records.get(point.id)
            drafted = record.truth("drafted") if record else True
            shown = _shown(record) if record else (f"title: {files.pack.title}", f"subject: {files.pack.subject}")
            found.append(Record(stem, file, point.id, point.why, drafted, shown))
    return found


def _shown(record: Mapping) -> tuple[str, ...]:
    """What a record says, a line a key; those of a quote begin with its kind."""
    keys = ("kind", *(k for k in _TOLD if k != "kind"))
    return tuple(f"{key}: {', '.join(t.value for t in record.texts(key))}" for key in keys if record.has(key))


def _unreached(pack: Pack, number: int) -> Unreached:
    span = pack.uncovered_sentences()[number]
    quotes = sorted((q for q in pack.quotes.values() if q.span.overlaps(span)), key=lambda q: q.span.start)
    return Unreached(pack.article.excerpt(span).text, pack.article.paragraph_at(span.start).number, tuple(q.id for q in quotes))


def _measured(pack: Pack, tested: SelfTest) -> list[Item]:
    """What the pack's own tests found; the reader overlooks a "not" in every pack, so of those only what has a lead."""
    found: list[Item] = []
    for one in tested.asserted:
        if one.lead or (one.made.old and one.made.new):
            entry = next((i for i in one.got if i in pack.by_id), one.made.entry.id)
            found.append(WouldAnswer(one.made.ask, entry, ", ".join(one.got), one.lead, is_own=False))
    for miss in tested.confused:
        entry = miss.wanted.removeprefix("not ")
        found.append(WouldAnswer(miss.ask, entry, miss.got, pack.by_id[entry].lead, is_own=True))
    return [*found, *tested.confusable]
