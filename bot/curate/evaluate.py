"""Labelled questions -> a report, the pack's own regression, and calibration. Reads files of labelled JSON lines; format in docs/evaluating.md."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from bot.engine.answer import Answer, Answered, Contradicted, Rule, Trace, citations_of
from bot.engine.decision import Model, Signals, fit
from bot.engine.pipeline import Engine
from bot.engine.verify import Unmet
from bot.errors import Fault, FileFaults
from bot.pack.values import Pack, Topic, Verdict
from bot.say.attribution import utterer
from bot.say.languages import FALLBACK, wording
from bot.say.replies import compose
from bot.text.words import straighten

MAX_REPLY = 1500  # characters of a reply that still counts as an answer and not a dump
MAX_EXCERPTS = 900
KINDS = ("answerable", "unanswerable", "offtopic", "chitchat")
RESULTS = ("right", "wrong", "abstained", "false_answer", "dump")


@dataclass(frozen=True)
class Labelled:
    """A question with what a right reply to it holds: any of `gold`, all of `gold_all`; or, for a refusal, what may correct a premise."""

    id: str
    question: str
    kind: str
    category: str = ""
    gold: tuple[str, ...] = ()
    gold_all: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Report:
    """Counts of results by (kind, result) and (category, result), with each question's result in order."""

    results: tuple[tuple[Labelled, str, Answer], ...]
    by_kind: Mapping[str, Counter[str]] = field(default_factory=dict)
    by_category: Mapping[str, Counter[str]] = field(default_factory=dict)
    groups_together: tuple[int, int] | None = None

    @property
    def precision(self) -> float:
        """Right answers among all questions that got an answer."""
        right = self.by_kind.get("answerable", Counter())["right"]
        given = right + sum(c[r] for c in self.by_kind.values() for r in ("wrong", "false_answer", "dump"))
        return right / given if given else 0.0

    def share(self, kind: str, result: str = "right") -> float:
        counts = self.by_kind.get(kind, Counter())
        total = sum(counts.values())
        return counts[result] / total if total else 0.0

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins: |stated confidence - share right| weighted by size (Naeini et al., AAAI 2015)."""
        bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
        for _, result, answer in self.results:
            if isinstance(answer, Answered | Contradicted):
                bins[min(9, int(answer.confidence * 10))].append((answer.confidence, result == "right"))
        total = sum(map(len, bins.values()))
        return sum(abs(sum(c for c, _ in b) - sum(r for _, r in b)) for b in bins.values()) / total if total else 0.0


def read_labelled(path: Path) -> list[Labelled]:
    """Questions, dialogues (each turn with the earlier ones as its context) or minimal pairs. Raises FileFaults."""
    faults: list[Fault] = []
    found: list[Labelled] = []
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileFaults([Fault(str(path), 0, f"cannot be read ({error}).", "name a file of JSON lines.")]) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.extend(_rows(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            faults.append(
                Fault(
                    str(path),
                    number,
                    f"is not a labelled question ({type(error).__name__}: {error}).",
                    'write {"id", "question", "kind", "gold": [...]}; see docs/evaluating.md.',
                )
            )
    if faults:
        raise FileFaults(faults)
    return found


def _rows(row: dict[str, Any]) -> Iterable[Labelled]:
    if "turns" in row:
        asked: list[str] = []
        for i, turn in enumerate(row["turns"]):
            yield _labelled({**turn, "id": f"{row['id']}.{i}"}, context=tuple(asked))
            asked.append(turn["question"])
    elif "a" in row:
        for side in "ab":
            yield _labelled({**row[side], "id": f"{row['id']}{side}", "category": row.get("contrast", "")}, group=row["id"])
    else:
        yield _labelled(row)


def _labelled(row: dict[str, Any], *, context: tuple[str, ...] = (), group: str = "") -> Labelled:
    if row["kind"] not in KINDS:
        raise ValueError(f"kind {row['kind']!r} is none of {', '.join(KINDS)}")
    lists = {key: row.get(key) or [] for key in ("gold", "gold_all", "accept", "context")}
    for key, items in lists.items():
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError(f"{key} must be a list of texts")
    spans = {key: tuple(lists[key]) for key in ("gold", "gold_all", "accept")}
    return Labelled(
        str(row["id"]),
        str(row["question"]),
        row["kind"],
        row.get("category", ""),
        context=tuple(lists["context"]) or context,
        group=group,
        **spans,
    )


def evaluate(engine: Engine, questions: Sequence[Labelled]) -> Report:
    """Ask every question, with its context, and judge the replies as a reader sees them."""
    results = []
    groups: dict[str, bool] = {}
    for question in questions:
        answer = converse(engine, (*question.context, question.question))[-1]
        result = judge(question, answer, engine.pack)
        results.append((question, result, answer))
        if question.group:
            groups[question.group] = groups.get(question.group, True) and result == "right"
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    by_category: dict[str, Counter[str]] = defaultdict(Counter)
    for question, result, _ in results:
        by_kind[question.kind][result] += 1
        by_category[f"{question.kind}/{question.category}"][result] += 1
    return Report(tuple(results), by_kind, by_category, (sum(groups.values()), len(groups)) if groups else None)


def converse(engine: Engine, messages: Iterable[str]) -> tuple[Answer, ...]:
    """The answers to the messages of one asker, in order, each knowing the earlier ones."""
    answers: list[Answer] = []
    for message in messages:
        answers.append(engine.answer(message, answers))
    return tuple(answers)


def judge(question: Labelled, answer: Answer, pack: Pack) -> str:
    """One of RESULTS."""
    citations = citations_of(answer)
    reply = compose(answer, pack, wording(FALLBACK))
    said = _fold(" ".join([reply.plain, *(c.excerpt.text for c in citations), *(utterer(c, pack) or "" for c in citations)]))
    answered = answer.verdict in (Verdict.ANSWER, Verdict.PREMISE)
    if question.kind != "answerable":
        return "right" if not answered or any(_fold(a) in said for a in question.accept) else "false_answer"
    if not answered:
        return "abstained"
    if sum(len(c.excerpt.text) for c in citations) > MAX_EXCERPTS or len(reply.plain) > MAX_REPLY:
        return "dump"
    any_gold = not question.gold or any(_fold(g) in said for g in question.gold)
    return "right" if citations and any_gold and all(_fold(g) in said for g in question.gold_all) else "wrong"


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", straighten(text)).strip().lower()


# Calibration


@dataclass(frozen=True)
class Sample:
    """One labelled question as the model sees it: its signals, and whether the best entry would answer it rightly."""

    question: Labelled
    signals: Signals
    right: bool


def samples(engine: Engine, questions: Sequence[Labelled]) -> list[Sample]:
    """What the model learns from: questions without context, by their best entry, whatever would have been decided."""
    found = []
    for question in questions:
        if question.context:
            continue
        trace = engine.weigh(question.question)
        if trace.signals is None:
            continue
        best = trace.candidates[0]
        shown = Answered(Trace(trace.question, Rule.ANSWERS), 1.0, (), (best.topic,), best.topic.lead, engine.cite(best.topic))
        found.append(
            Sample(question, trace.signals, question.kind == "answerable" and judge(question, shown, engine.pack) == "right")
        )
    return found


@dataclass(frozen=True)
class RiskPoint:
    """Of the answerable, the share answered at a threshold (coverage), and of the answers, the share wrong (risk)."""

    threshold: float
    coverage: float
    risk: float


def out_of_fold(found: Sequence[Sample], folds: int = 10) -> list[float]:
    """Each sample's probability from a model that did not see it (nor its pair's other half). Deterministic."""
    probabilities = [0.0] * len(found)
    fold_of = [sum(ord(c) * (i + 1) for i, c in enumerate(s.question.group or s.question.id)) % folds for s in found]
    for fold in range(folds):
        training = [s for s, f in zip(found, fold_of, strict=True) if f != fold]
        if not training:
            continue
        model = fit([s.signals for s in training], [s.right for s in training])
        for i, sample in enumerate(found):
            if fold_of[i] == fold:
                probabilities[i] = model.probability(sample.signals)
    return probabilities


def risk_curve(found: Sequence[Sample], probabilities: Sequence[float]) -> list[RiskPoint]:
    answerable = sum(s.question.kind == "answerable" for s in found) or 1
    curve = []
    for step in range(5, 100):
        threshold = step / 100
        given = [s.right for s, p in zip(found, probabilities, strict=True) if p >= threshold]
        curve.append(RiskPoint(threshold, sum(given) / answerable, 1 - sum(given) / len(given) if given else 0.0))
    return curve


def calibrate(found: Sequence[Sample], max_wrong: float) -> tuple[Model, RiskPoint, list[RiskPoint]]:
    """A model fitted on all samples, its threshold the lowest whose cross-validated risk keeps the budget; with that point, and the whole curve.
    Raises ValueError where no threshold keeps it."""
    curve = risk_curve(found, out_of_fold(found))
    within = [p for p in curve if p.risk <= max_wrong and p.coverage > 0]
    if not within:
        least = min((p.risk for p in curve if p.coverage > 0), default=1.0)
        raise ValueError(f"no threshold keeps the share of wrong answers at {max_wrong:.1%} or less; the least is {least:.1%}")
    chosen = min(within, key=lambda p: p.threshold)
    return fit([s.signals for s in found], [s.right for s in found], threshold=chosen.threshold), chosen, curve


# The pack's own regression

MIN_LEFT_OUT_PHRASINGS = 5  # with fewer, hardly anything of an entry stays when one is taken away
# A share, not each one: the only phrasing with its word is the very thing that lets an entry be found by that word, and without it nothing can find it.
MIN_LEFT_OUT = 0.95
# Entries that cannot be told apart: of the phrasings of the one, left out, so many find the other, and no fewer than so many.
ALIKE_SHARE = 1 / 3
ALIKE_LEAST = 3


@dataclass(frozen=True, slots=True)
class Miss:
    """A question of the pack's own that went wrong."""

    ask: str
    wanted: str
    got: str
    advice: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A phrasing weighed as if it had never been learnt: the best entry then, by how many nats of evidence that leads the phrasing's own (or
    the last entry considered, if its own is not among those: then it is `more`), and what the own entry leaves unmet."""

    ask: str
    own: Topic
    found: Topic
    lead: float
    more: bool
    unmet: tuple[Unmet, ...]
    answered: bool

    @property
    def right(self) -> bool:
        return _same_to_a_reader(self.own, self.found)

    @property
    def miss(self) -> Miss:
        if self.lead > 0 or self.more:
            margin = f"{self.found.id} leads by {'more than ' if self.more else ''}{max(0.0, self.lead):.1f} nats"
        else:
            lacks = "; ".join(map(str, self.unmet)) or "more than the other"
            margin = f"{self.own.id} leads by {-self.lead:.1f} nats, but leaves unmet: {lacks}"
        return Miss(self.ask, self.own.id, self.found.id, f"{margin}. Add phrasings like it here, or move it.")


@dataclass(frozen=True, slots=True)
class Alike:
    """Two entries with different passages that take each other's phrasings: of those of `one`, `strays` of `phrasings` find `other`."""

    one: str
    other: str
    strays: int
    phrasings: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SelfTest:
    """A pack's own tests. `lost`: phrasings that do not find their own entry's passages; `left_out`: those weighed without themselves;
    `mixed`: near misses that get the entry; `unguarded`: entries without near misses."""

    phrasings: int
    lost: tuple[Miss, ...]
    left_out: tuple[LeftOut, ...]
    alike: tuple[Alike, ...]
    near_misses: int
    mixed: tuple[Miss, ...]
    unguarded: tuple[str, ...]
    expectations: int
    failed: tuple[Miss, ...]

    @property
    def strayed(self) -> tuple[LeftOut, ...]:
        """The phrasings that find other passages without themselves, the widest margin first."""
        return tuple(sorted((x for x in self.left_out if not x.right), key=lambda x: (-x.lead, x.own.id, x.ask)))

    @property
    def share_left_out(self) -> float:
        """The share that finds its own entry's passages without itself; 1 where none was weighed."""
        return 1 - len(self.strayed) / len(self.left_out) if self.left_out else 1.0

    @property
    def share_answered(self) -> float:
        """The share that finds them and is sure enough to answer with them."""
        return sum(x.right and x.answered for x in self.left_out) / len(self.left_out) if self.left_out else 1.0

    @property
    def passed(self) -> bool:
        return not (self.lost or self.alike or self.mixed or self.failed) and self.share_left_out >= MIN_LEFT_OUT


def self_test(engine: Engine) -> SelfTest:
    """Run a pack's own tests.

    A phrasing is weighed like any question, without the rule that a curated phrasing is answered word for word: that could not fail.
    """
    lost, mixed, failed = [], [], []
    entries = engine.pack.entries
    for topic in entries:
        for phrasing in topic.phrasings:
            found = engine.weigh(phrasing).candidates[0].topic
            if not _same_to_a_reader(topic, found):
                advice = "move the phrasing to the entry it finds, or add a few like it here."
                lost.append(Miss(phrasing, topic.id, found.id, advice))
        for near in topic.near_misses:
            answer = engine.answer(near)
            if isinstance(answer, Answered) and topic.id in (e.id for e in answer.entries):
                partner = process.extractOne(near, topic.phrasings, scorer=fuzz.ratio)
                mixed.append(
                    Miss(
                        near,
                        f"not {topic.id}",
                        _got(answer),
                        f"it is too close to {partner[0]!r}: write a gap for it, with phrasings that say what the article leaves out.",
                    )
                )
    for item in engine.pack.expectations:
        answer = converse(engine, (*item.after, item.ask))[-1]
        if item.expect not in _names(answer):
            failed.append(Miss(item.ask, item.expect, _got(answer), f"see {item.file}:{item.line}."))
    left_out = tuple(_left_out(engine))
    return SelfTest(
        phrasings=sum(len(t.phrasings) for t in entries),
        lost=tuple(lost),
        left_out=left_out,
        alike=alike(left_out),
        near_misses=sum(len(t.near_misses) for t in entries),
        mixed=tuple(mixed),
        unguarded=tuple(t.id for t in entries if not t.near_misses),
        expectations=len(engine.pack.expectations),
        failed=tuple(failed),
    )


def _same_to_a_reader(own: Topic, found: Topic) -> bool:
    """Another entry that shows the same passages is the same answer to a reader."""
    return set(own.cites) <= set(found.cites)


def _left_out(engine: Engine) -> Iterable[LeftOut]:
    """Every phrasing of the entries that have enough of them, its question among them, weighed without itself."""
    for phrasing, owner in enumerate(engine.index.owners.tolist()):
        topic = engine.pack.topics[owner]
        if topic.verdict is Verdict.ANSWER and len(topic.phrasings) >= MIN_LEFT_OUT_PHRASINGS:
            yield _weighed(engine.weigh_left_out(phrasing), engine.phrasings[phrasing], topic)


def _weighed(trace: Trace, phrasing: str, own: Topic) -> LeftOut:
    entries = [c for c in trace.candidates if c.topic.verdict is Verdict.ANSWER]
    best = entries[0]
    same = [c for c in entries if _same_to_a_reader(own, c.topic)]
    rival = max(same, key=lambda c: c.evidence) if same else min(entries, key=lambda c: c.evidence)
    return LeftOut(
        phrasing,
        own,
        best.topic,
        best.evidence - rival.evidence,
        not same,
        rival.unmet if same else (),
        trace.probability >= trace.threshold,
    )


def alike(left_out: Iterable[LeftOut]) -> tuple[Alike, ...]:
    """The pairs of entries that nobody can tell apart; of two that take each other's phrasings, the one that loses the larger share first."""
    asked: Counter[str] = Counter()
    strays: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in left_out:
        asked[item.own.id] += 1
        if not item.right:
            strays[item.own.id, item.found.id].append(item.ask)
    pairs = [
        Alike(one, other, len(found), asked[one], tuple(found[:ALIKE_LEAST]))
        for (one, other), found in strays.items()
        if len(found) >= ALIKE_LEAST and len(found) >= asked[one] * ALIKE_SHARE
    ]
    worst: dict[frozenset[str], Alike] = {}
    for pair in sorted(pairs, key=lambda p: (-p.strays / p.phrasings, p.one, p.other)):
        worst.setdefault(frozenset((pair.one, pair.other)), pair)
    return tuple(worst.values())


def _names(answer: Answer) -> set[str]:
    names = {answer.verdict.value}
    if isinstance(answer, Answered):
        names |= {e.id for e in answer.entries}
    gap = getattr(answer, "gap", None) or getattr(answer, "premise", None)
    return names | ({gap.id} if gap else set())


def _got(answer: Answer) -> str:
    return ", ".join(sorted(_names(answer), key=lambda n: n in set(Verdict)))
