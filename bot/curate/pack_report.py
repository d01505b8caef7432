"""What `verbatim report` shows of a pack, as one frozen value: the article with what reaches each sentence and who speaks it, the entries,
what is confused with what, when it answers, what it refuses, what is open, a grade and what to do next. Pure.
"""

from __future__ import annotations

import bisect
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.curate.calibration import Point, Sample, curve
from bot.curate.chart import Plot
from bot.curate.grade import SENTENCES_A_REFUSAL, Graded, Measure, graded
from bot.curate.leads import DoubtfulLead, doubtful_leads
from bot.curate.next_steps import Found, Step, steps
from bot.curate.phrasings import underasked
from bot.curate.scoring import KINDS, Report
from bot.curate.self_test import Miss, SelfTest
from bot.engine.answer import Citation
from bot.engine.decide import Bars, Judged, Policy
from bot.engine.sources import sources_of
from bot.pack.values import OpenPoint, Pack, Quote, QuoteKind, Topic, Verdict
from bot.say.attribution import paragraphs_of, speaker, where
from bot.say.languages import FALLBACK, wording
from bot.text.article import Article, Paragraph, Section, Span

_EDGES = (44.0, 348.0, 12.0, 220.0)  # of the curve, in a picture of 360 by 264
_ROWS = range(10, 100, 10)  # hundredths: the bars in the table of the curve
_NO_ARTICLE = "It belongs to the page and not to the article, so it is never searched."
_REPEATED = "No entry cites it, and it is not searched: a headline only repeats what a sentence below it says in full."
_CURATED = (Verdict.ANSWER, Verdict.NOT_IN_ARTICLE, Verdict.PREMISE)


class Reach(StrEnum):
    """How a question can get a sentence."""

    CURATED = "curated"  # an entry cites it
    CORRECTING = "correcting"  # no entry does, but a premise is corrected with it
    READ = "read"  # nothing cites it; it is searched, and shown where it surely answers
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Voice:
    """A quote record that touches a sentence: whose words, as a reply says it (`said`). `part` holds its words where they are not the
    whole sentence; `open` what is not settled; `drafted` where nobody has looked at it."""

    quote: str
    kind: QuoteKind
    said: str
    relayed_by: str
    part: str
    open: str
    drafted: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, numbered from 1 through the article; 0 for what does not belong to it. `by` holds the topics that show it."""

    number: int
    text: str
    reach: Reach
    by: tuple[Topic, ...] = ()
    voices: tuple[Voice, ...] = ()
    why: str = ""  # nothing reaches it


@dataclass(frozen=True, slots=True)
class Shown:
    """A paragraph, or something of the page that is not the article: where it stands, and its sentences."""

    where: str
    section: Section
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage that a topic shows: its quote's id, who says it, where, its words, and the numbers of the sentences that it touches."""

    quote: str
    said: str
    where: str
    text: str
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curated:
    """A topic with its passages, and how many of its own questions go wrong: phrasings that lie nearer to another topic, near misses
    that get it, made questions that are answered with it."""

    topic: Topic
    cited: tuple[Cited, ...]
    misrouted: int = 0
    confused: int = 0
    asserted: int = 0


@dataclass(frozen=True, slots=True)
class Strayed:
    """Phrasings of the entry `own` that lie nearest to a phrasing of `found`."""

    own: str
    found: str
    phrasings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar of the policy on the curve."""

    name: str
    x: str
    y: str
    point: Point


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk and coverage of the pack's own policy on labelled questions: `questions` that were weighed, `recorded` that are phrasings of
    the pack and so were not; the rows of the table by rising bar; and the picture, of `line`, in `plot`."""

    questions: int
    recorded: int
    rows: tuple[Point, ...]
    plot: Plot
    line: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Replies:
    """How often each kind of reply came: `asked` are groups of questions with their size, `rows` the counts of a verdict in each."""

    asked: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Verdict, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """What labelled questions gave: how the replies were judged, and how each question that is not recorded was weighed."""

    report: Report
    judged: tuple[tuple[Sample, Judged], ...]


@dataclass(frozen=True)
class PackReport:
    """All that the page shows; `tested` is None where nothing is curated, `labels` where no labelled questions were given."""

    pack: Pack
    version: str
    reader: bool
    graded: Graded
    steps: tuple[Step, ...]
    article: tuple[Shown, ...]
    entries: tuple[Curated, ...]
    gaps: tuple[Curated, ...]
    premises: tuple[Curated, ...]
    tested: SelfTest | None
    strayed: tuple[Strayed, ...]
    bars: Bars
    labels: Labels | None
    curve: Curve | None
    replies: tuple[Replies, ...]
    open: tuple[OpenPoint, ...]
    drafted: tuple[OpenPoint, ...]
    uncovered: tuple[int, ...]
    underasked: tuple[str, ...]
    doubtful: tuple[DoubtfulLead, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Those of the article, in order."""
        return tuple(s for p in self.article for s in p.sentences if s.number)

    @property
    def reached(self) -> Mapping[Reach, int]:
        """How many sentences are reached how."""
        return Counter(s.reach for s in self.sentences)

    @property
    def passed(self) -> bool:
        """As `verbatim check` has it."""
        return self.tested is None or (self.tested.passed and not self.uncovered)

    @property
    def is_untested(self) -> bool:
        """Whether nobody has written a test for what is curated."""
        return self.tested is not None and not (self.tested.expectations or self.tested.near_misses)


def pack_report(
    pack: Pack, policy: Policy, tested: SelfTest | None, labels: Labels | None, *, reader: bool, version: str
) -> PackReport:
    """What the page shows of a pack, from what was measured. `reader` says whether the reader judged, `version` is the program's."""
    touched = _Touched(pack.article)
    article = _article(pack, touched)
    of_kind = {
        v: tuple(_curated(pack, t, touched, tested) for t in pack.topics if t.verdict is v and (t.cites or t.looked_for))
        for v in _CURATED
    }
    sentences = [s for p in article for s in p.sentences if s.number]
    uncovered = tuple(s.number for s in sentences if s.reach is not Reach.CURATED)
    few = tuple(t.id for t in underasked(pack))
    doubtful = doubtful_leads(pack)
    found = graded(_counts(pack, sentences, few, tested) | _labelled(labels))
    return PackReport(
        pack=pack,
        version=version,
        reader=reader,
        graded=found,
        steps=steps(pack, found, tested, Found(len(uncovered), len(few), len(doubtful), labels is not None)),
        article=article,
        entries=of_kind[Verdict.ANSWER],
        gaps=of_kind[Verdict.NOT_IN_ARTICLE],
        premises=of_kind[Verdict.PREMISE],
        tested=tested,
        strayed=_strayed(tested.misrouted if tested else ()),
        bars=policy.bars,
        labels=labels,
        curve=_curve(labels, policy.bars) if labels and labels.judged else None,
        replies=_replies(tested, labels),
        open=tuple(p for p in pack.open_points if p.why),
        drafted=tuple(p for p in pack.open_points if not p.why),
        uncovered=uncovered,
        underasked=few,
        doubtful=doubtful,
    )


# The article


def _article(pack: Pack, touched: _Touched) -> tuple[Shown, ...]:
    """The paragraphs in order. Linear in the text, since a bare text may be a book."""
    searched = {n for source in sources_of(pack) if source.is_sentence for span in source.spans for n in touched.by(span)}
    drafted = {p.id for p in pack.open_points if stem_of(p) == "quotes" and not p.why}
    quotes: defaultdict[int, list[Quote]] = defaultdict(list)
    for quote in sorted(pack.quotes.values(), key=lambda q: (q.span.start, -q.span.end, q.id)):
        for n in touched.by(quote.span):
            quotes[n].append(quote)
    topics: defaultdict[int, list[Topic]] = defaultdict(list)
    for verdict in (Verdict.ANSWER, Verdict.PREMISE):
        for topic in (t for t in pack.topics if t.verdict is verdict):
            for n in sorted({n for c in topic.cites for n in touched.by(pack.quotes[c].span)}):
                topics[n].append(topic)
    of_paragraph: defaultdict[Paragraph, list[Sentence]] = defaultdict(list)
    for n, span in enumerate(pack.article.sentences, 1):
        by, excerpt = tuple(topics[n]), pack.article.excerpt(span)
        reach = _reach(by, n in searched)
        voices = tuple(_voice(pack, q, span, q.id in drafted) for q in quotes[n])
        why = _REPEATED if reach is Reach.NONE else ""
        of_paragraph[excerpt.paragraph].append(Sentence(n, excerpt.text, reach, by, voices, why))
    return tuple(_paragraph(pack, p, of_paragraph[p]) for p in pack.article.paragraphs)


class _Touched:
    """Finds the sentences of an article that a span touches."""

    def __init__(self, article: Article) -> None:
        self._ends = [s.end for s in article.sentences]
        self._starts = [s.start for s in article.sentences]

    def by(self, span: Span) -> range:
        """Their numbers, from 1."""
        return range(bisect.bisect_right(self._ends, span.start) + 1, bisect.bisect_left(self._starts, span.end) + 1)


def _reach(by: Sequence[Topic], searched: bool) -> Reach:
    if any(t.verdict is Verdict.ANSWER for t in by):
        return Reach.CURATED
    if by:
        return Reach.CORRECTING
    return Reach.READ if searched else Reach.NONE


def _paragraph(pack: Pack, paragraph: Paragraph, sentences: Sequence[Sentence]) -> Shown:
    if paragraph.section is Section.FURNITURE:
        words = Sentence(0, pack.article.excerpt(paragraph.span).text, Reach.NONE, why=_NO_ARTICLE)
        return Shown("Not part of the article", paragraph.section, (words,))
    said = where([paragraph], wording(FALLBACK))
    return Shown(said[:1].upper() + said[1:], paragraph.section, tuple(sentences))


def _voice(pack: Pack, quote: Quote, sentence: Span, drafted: bool) -> Voice:
    relayer = pack.people[quote.relayed_by].name if quote.relayed_by else ""
    within = Span(max(quote.span.start, sentence.start), min(quote.span.end, sentence.end))
    part = "" if within == sentence else pack.article.excerpt(within).text
    return Voice(quote.id, quote.kind, _said(pack, quote), relayer, part, quote.open, drafted)


def _said(pack: Pack, quote: Quote) -> str:
    """Who speaks, as a reply says it."""
    return "".join(speaker(Citation(pack.article.excerpt(quote.span), quote), pack, wording(FALLBACK)))


# The topics


def _curated(pack: Pack, topic: Topic, touched: _Touched, tested: SelfTest | None) -> Curated:
    cited = tuple(_cited(pack, pack.quotes[c], touched) for c in topic.cites)
    if tested is None:
        return Curated(topic, cited)
    return Curated(
        topic,
        cited,
        sum(m.wanted == topic.id for m in tested.misrouted),
        sum(m.wanted == f"not {topic.id}" for m in tested.confused),
        sum(topic.id in a.got for a in tested.asserted),
    )


def _cited(pack: Pack, quote: Quote, touched: _Touched) -> Cited:
    excerpt = pack.article.excerpt(quote.span)
    return Cited(
        quote.id,
        _said(pack, quote),
        where(paragraphs_of(excerpt), wording(FALLBACK)),
        excerpt.text,
        tuple(touched.by(quote.span)),
    )


def _strayed(misrouted: Iterable[Miss]) -> tuple[Strayed, ...]:
    """The pairs of topics that share the most phrasings first."""
    pairs: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for miss in misrouted:
        pairs[miss.wanted, miss.got].append(miss.ask)
    ordered = sorted(pairs.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Strayed(own, found, tuple(asked)) for (own, found), asked in ordered)


# When it answers, and what it refuses


def _curve(labels: Labels, bars: Bars) -> Curve:
    points = curve(labels.judged)
    drawn = [p for p in points if p.coverage or p.risk]
    plot = Plot.of(max((p.risk for p in drawn), default=0.0), _EDGES)
    marks = []
    for name, bar in (("answer", bars.answer), ("lead", bars.lead)):
        point = _at(points, bar)
        marks.append(Mark(name, plot.x(point.coverage), plot.y(point.risk), point))
    rows = {p.bar: p for p in (*(_at(points, i / 100) for i in _ROWS), *(m.point for m in marks))}
    line = plot.line((p.coverage, p.risk) for p in drawn)
    recorded = len(labels.report.results) - len(labels.judged)
    return Curve(len(labels.judged), recorded, tuple(rows[bar] for bar in sorted(rows)), plot, line, tuple(marks))


def _at(points: Iterable[Point], bar: float) -> Point:
    return min(points, key=lambda p: abs(p.bar - bar))


def _replies(tested: SelfTest | None, labels: Labels | None) -> tuple[Replies, ...]:
    tables: list[dict[str, Mapping[Verdict, int]]] = []
    if tested:
        near, made, expected = tested.replied
        tables.append({"Near misses": near, "One thing exchanged": made, "Test questions": expected})
    if labels:
        names = ("Answerable", "Unanswerable", "Off topic", "Small talk")
        of_kind = {name: Counter[Verdict]() for name in names}
        for question, _, answer in labels.report.results:
            of_kind[names[KINDS.index(question.kind)]][answer.verdict] += 1
        tables.append({**of_kind})
    return tuple(table for counts in tables if (table := _table(counts)).asked)


def _table(counts: Mapping[str, Mapping[Verdict, int]]) -> Replies:
    asked = {name: sum(found.values()) for name, found in counts.items() if found}
    rows = [(v, tuple(counts[name].get(v, 0) for name in asked)) for v in Verdict]
    return Replies(tuple(asked.items()), tuple((v, found) for v, found in rows if any(found)))


# The grade


def stem_of(point: OpenPoint) -> str:
    """What kind of record it is: "quotes" for one of quotes.yaml or of a file in quotes/."""
    return point.file.partition("/")[0].removesuffix(".yaml")


def _counts(
    pack: Pack, sentences: Sequence[Sentence], few: Collection[str], tested: SelfTest | None
) -> dict[Measure, tuple[int, int]]:
    """What is counted of a pack for its grade; what is missing, against the sentences of its article."""
    by_verdict = Counter(t.verdict for t in pack.topics if t.cites or t.looked_for)
    refusals = by_verdict[Verdict.NOT_IN_ARTICLE] + by_verdict[Verdict.PREMISE]
    # A drafted entry, gap or premise is an open point and nothing else.
    drafted_topics = sum(stem_of(p) in ("faq", "gaps", "premises") for p in pack.open_points)
    records = len(pack.people) + len(pack.quotes) + len(pack.entries) + refusals + drafted_topics
    unread = sum(stem_of(p) != "pack" for p in pack.open_points)
    wanted = math.ceil(len(sentences) / SENTENCES_A_REFUSAL)
    shown = [[t for t in s.by if t.verdict is Verdict.ANSWER] for s in sentences]
    counts = {
        **dict.fromkeys(Measure, (0, 0)),
        Measure.SPEAKERS: (sum(bool(s.voices) and not any(v.open for v in s.voices) for s in sentences), len(sentences)),
        Measure.REVIEWED: (records - unread, records),
        Measure.REACHED: (sum(map(bool, shown)), len(sentences)),
        Measure.ASKED: (sum(any(t.id not in few for t in by) for by in shown), len(sentences)),
        Measure.GUARDED: (sum(any(t.near_misses for t in by) for by in shown), len(sentences)),
        Measure.REFUSALS: (min(refusals, wanted), wanted),
    }
    if tested:
        counts |= {
            Measure.EXPECTED: _share(tested.failed, tested.expectations),
            Measure.NEAR_MISSES: _share(tested.confused, tested.read),
            Measure.EXCHANGES: _share([a for a in tested.asserted if a.lead], tested.made_read),
            Measure.APART: _share({e for pair in tested.confusable for e in (pair.one, pair.other)}, len(pack.entries)),
        }
    return counts


def _labelled(labels: Labels | None) -> dict[Measure, tuple[int, int]]:
    if labels is None:
        return {}
    by_kind = labels.report.by_kind
    answerable = by_kind.get("answerable", Counter[str]())
    given = answerable["right"] + sum(c[r] for c in by_kind.values() for r in ("wrong", "false_answer", "dump"))
    return {Measure.RIGHT: (answerable["right"], given), Measure.ANSWERED: (answerable["right"], answerable.total())}


def _share(wrong: Collection[object], of: int) -> tuple[int, int]:
    return of - len(wrong), of
