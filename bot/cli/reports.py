"""The objects that `check`, `review`, `eval`, `calibrate`, `update` and `bench-load` print with --json; their contract is docs/reports-json.md.

Shares go from 0 to 1; null stands for what there is none of. Offsets are those of `ask --json`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.curate import scoring
from bot.curate.calibration import Point
from bot.curate.self_test import Asserted, SelfTest
from bot.errors import Fault
from bot.pack import proof
from bot.pack.values import Pack
from bot.text.article import Article, Span

if TYPE_CHECKING:
    from bot.curate.review import Item
    from bot.curate.update import NowSaid, Update
    from bot.serve.load import Load, Run

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What calibration chose for one section of a policy, of which curve, on how many questions; `follow_up` is the bar of follow-ups."""

    section: str
    reader: bool
    questions: int
    chosen: Point
    follow_up: float
    points: tuple[Point, ...]


def print_object(found: Object) -> None:
    """One object on standard output."""
    print(json.dumps(found, ensure_ascii=False, indent=2))


def faulty(faults: Iterable[Fault]) -> Object:
    """Where nothing could be done: why."""
    return {
        "faults": [
            {"file": f.file or None, "line": f.line or None, "what": f.what, "fix": f.fix or None, "follows": f.follows}
            for f in faults
        ]
    }


def checked(path: Path, pack: Pack, tested: SelfTest | None, uncovered: Sequence[Span], *, passed: bool) -> Object:
    """How a pack fares in its own tests; `tested` is None where nothing is curated."""
    article = pack.article
    return {
        "faults": [],
        "passed": passed,
        "pack": _pack(path, pack),
        "article": {
            "characters": len(article.text),
            "sentences": len(article.sentences),
            "paragraphs": sum(p.number > 0 for p in article.paragraphs),
            "wrapped_at": article.layout.columns or None,
        },
        "quotes": {"located": len(pack.quotes), "unproved": [q.id for q in proof.unproved(article, pack.quotes.values())]},
        "open": [asdict(point) for point in pack.open_points],
        "switched_off": [asdict(off) for off in pack.switched_off],
        "tests": None if tested is None else _tests(pack, tested, uncovered),
    }


def _tests(pack: Pack, tested: SelfTest, uncovered: Sequence[Span]) -> Object:
    sentences, curated = len(pack.article.sentences), [t for t in pack.topics if t.cites or t.looked_for]
    return {
        "topics": {
            "entries": len(pack.entries),
            "gaps_and_premises": len(curated) - len(pack.entries),
            "phrasings": sum(len(t.asked) for t in curated),
        },
        "coverage": {
            **_share(sentences - len(uncovered), sentences),
            "uncovered": [{"text": pack.article.excerpt(s).text, "start": s.start, "end": s.end} for s in uncovered],
        },
        "phrasings": {
            **_share(tested.phrasings - len(tested.misrouted), tested.phrasings),
            "misrouted": [asdict(m) for m in tested.misrouted],
        },
        "near_misses": {
            "written": tested.near_misses,
            **_share(tested.read - len(tested.confused), tested.read),
            "confused": [asdict(m) for m in tested.confused],
        },
        "exchanges": {
            "made": tested.made,
            **_share(tested.made_read - len(tested.asserted), tested.made_read),
            "answered": [_exchange(a) for a in tested.asserted],
        },
        "regression": {
            **_share(tested.expectations - len(tested.failed), tested.expectations),
            "failed": [asdict(m) for m in tested.failed],
        },
        "confusable": [{**asdict(c), "advice": c.advice} for c in tested.confusable],
        "unguarded": list(tested.unguarded),
    }


def scored(path: Path, pack: Pack, report: scoring.Report) -> Object:
    """How a pack fares with labelled questions."""
    together = report.groups_together
    return {
        "faults": [],
        "pack": _pack(path, pack),
        "questions": len(report.results),
        "precision": report.precision,
        "calibration_error": report.calibration_error,
        "pairs_apart": None if together is None else _share(*together),
        "leads": _share(*report.leads),
        "told_absent": {kind: report.told_absent(kind) for kind in scoring.KINDS if kind in report.by_kind},
        "by_kind": {kind: _counts(report.by_kind[kind]) for kind in scoring.KINDS if kind in report.by_kind},
        "by_category": {name: _counts(counts) for name, counts in sorted(report.by_category.items())},
        "errors": [
            {
                "id": question.id,
                "kind": question.kind,
                "category": question.category,
                "question": question.question,
                "result": result,
                "verdict": answer.verdict.value,
                "rule": answer.trace.rule.value,
            }
            for question, result, answer in report.results
            if result != "right"
        ],
    }


def calibrated(path: Path, pack: Pack, fits: Iterable[Fitted], max_wrong: float, written: Iterable[Path]) -> Object:
    """What calibration chose, and the files that it wrote."""
    return {
        "faults": [],
        "pack": _pack(path, pack),
        "max_wrong": max_wrong,
        "policies": [asdict(fit) for fit in fits],
        "written": [str(file) for file in written],
    }


def reviewed(path: Path, pack: Pack, items: Sequence[Item]) -> Object:
    """What is open in a pack, each point with its kind, and about how long it takes."""
    from bot.curate.review import Record, kind_of, minutes  # only here, as no other command wants it

    points = [{"kind": "record" if isinstance(item, Record) else kind_of(item).value, **asdict(item)} for item in items]
    return {"faults": [], "pack": _pack(path, pack), "open": points, "minutes": minutes(items)}


def updated(path: Path, update: Update, said: Iterable[NowSaid], backup: Path | None, *, reader: bool) -> Object:
    """What a corrected text makes of a pack, and where the former one is kept if the new one was written."""
    plan, old, new = update.plan, update.pack.article, update.article

    def text(article: Article, span: Span | None) -> str | None:
        return article.excerpt(span).text if span else None

    return {
        "faults": [],
        "pack": _pack(path, update.pack),
        "needed": update.is_needed,
        "sha256": new.sha256,
        "sentences": [{"change": s.change.value, "old": text(old, s.old), "new": text(new, s.new)} for s in plan.sentences],
        "kept": list(plan.kept),
        "moved": [asdict(m.at) | {"before": m.before, "after": m.after} for m in plan.moved],
        "switched_off": [asdict(o.at) | {"what": o.what, "why": o.why} for o in plan.off],
        "values_switched_off": [asdict(v.at) | {"key": v.key, "value": v.value, "why": v.why} for v in plan.values_off],
        "fewer": [asdict(f.at) | {"what": f.what, "lost": list(f.lost), "kept": list(f.kept)} for f in plan.fewer],
        "unasked": list(plan.unasked),
        "furniture_gone": list(plan.furniture_gone),
        "foot_gone": plan.foot_gone,
        "perhaps_page": list(update.perhaps_page),
        "reader": reader,
        "answered": [asdict(s.at) | {"question": s.question, "sentence": s.sentence, "sure": s.sure} for s in said],
        "look": [asdict(q.at) | {"speakers": list(q.speakers), "text": q.text} for q in plan.look],
        "written": str(backup) if backup else None,
        "stands_again": [asdict(at) for at in plan.stands_again],
    }


@dataclass(frozen=True, slots=True)
class Machine:
    """What was measured on, and how: cores, questions judged at once, whether the networks read, for how many seconds, and the most memory
    that the process had (MB; None where the system does not tell)."""

    cores: int
    threads: int
    reader: bool
    seconds: float
    peak_memory: float | None


def loaded(path: Path, pack: Pack, machine: Machine, loads: Mapping[str, Load], questions: Mapping[str, int]) -> Object:
    """What a machine carries, by kind of questions, of each of which there were so many."""
    return {
        "faults": [],
        "pack": _pack(path, pack),
        "machine": asdict(machine),
        **{name: _load(load, questions[name]) for name, load in loads.items()},
    }


def _load(load: Load, questions: int) -> Object:
    return {
        "questions": questions,
        "most": load.most,
        "carried": load.carried.rate if load.carried else None,
        "runs": [_run(run) for run in load.runs],
    }


def _run(run: Run) -> Object:
    """A quantile that lies among the refused is null."""
    median, p99 = (None if math.isinf(q) else q for q in (run.quantile(0.5), run.quantile(0.99)))
    return {
        "rate": run.rate,
        "asked": len(run.seconds),
        "refused": run.refused,
        "median": median,
        "p99": p99,
        "carried": run.is_carried,
    }


def _pack(path: Path, pack: Pack) -> Object:
    return {"path": str(path), "slug": pack.slug, "title": pack.title, "sha256": pack.article.sha256}


def _share(right: int, of: int) -> Object:
    return {"right": right, "of": of, "share": right / of if of else None}


def _counts(counts: Counter[str]) -> Object:
    return {**{result: counts[result] for result in scoring.RESULTS}, "share": counts["right"] / counts.total()}


def _exchange(asserted: Asserted) -> Object:
    made = asserted.made
    return {
        "ask": made.ask,
        "entry": made.entry.id,
        "phrasing": made.phrasing,
        "old": made.old or None,
        "new": made.new or None,
        "got": list(asserted.got),
        "lead": asserted.lead or None,
    }
