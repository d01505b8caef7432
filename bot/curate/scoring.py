"""Labelled questions -> a report. Reads files of labelled JSON lines; the format is in docs/evaluating.md."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.engine.answer import Answer, Answered, Contradicted, citations_of
from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.pack.values import Pack, Verdict
from bot.say.attribution import utterer
from bot.say.languages import FALLBACK, wording
from bot.say.replies import compose
from bot.text.progress import Progress, silent
from bot.text.words import STOP_WORDS, split, straighten

MAX_REPLY = 1500  # characters of a reply that still counts as an answer and not a dump
MAX_EXCERPTS = 900
KINDS = ("answerable", "unanswerable", "offtopic", "chitchat")
RESULTS = ("right", "wrong", "abstained", "false_answer", "dump")
_PARTS = re.compile(r"[.,;]| and ")  # of a lead
_AT_ONCE = 2  # conversations; the networks keep two cores busier with two questions than with one (a quarter less time)


@dataclass(frozen=True)
class Labelled:
    """A question with what a right reply to it holds: any of `gold` and all of `gold_all`. `accept` is what an answer to a
    question that the article does not answer may hold, since it corrects what the question takes for granted."""

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
        """The share of the questions of a kind that have this result; 0 where there are none."""
        counts = self.by_kind.get(kind, Counter())
        total = sum(counts.values())
        return counts[result] / total if total else 0.0

    def told_absent(self, kind: str) -> float:
        """The share of the questions of a kind that are told that the article does not say it; 0 where there are none."""
        verdicts = [answer.verdict for question, _, answer in self.results if question.kind == kind]
        return verdicts.count(Verdict.NOT_IN_ARTICLE) / len(verdicts) if verdicts else 0.0

    @property
    def leads(self) -> tuple[int, int]:
        """Of the leads that were said, how many say what was asked, and how many there are."""
        given = [(q, result, a.lead) for q, result, a in self.results if isinstance(a, Answered) and a.lead]
        apt = [q for q, result, lead in given if q.kind == "answerable" and result == "right" and lead_answers(q, lead)]
        return len(apt), len(given)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins: |stated confidence - share right|, weighted by size (Naeini et al., AAAI
        2015)."""
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
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"it is not UTF-8: byte {error.start}"
        raise FileFaults([Fault(str(path), 0, f"cannot be read ({why}).", "name a file of JSON lines.")]) from error
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.extend(_rows(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            faults.append(
                Fault(
                    str(path),
                    number,
                    f"is not a labelled question: {_why(error)}.",
                    'write {"id", "question", "kind", "gold": [...]}; see docs/evaluating.md.',
                )
            )
    if faults:
        raise FileFaults(faults)
    return found


def _why(error: Exception) -> str:
    """What is wrong with a line, for whoever wrote it."""
    match error:
        case json.JSONDecodeError():
            return f"it is no JSON, from column {error.colno} on"
        case KeyError():
            return f"it has no {error.args[0]!r}"
        case ValueError():
            return str(error)
        case RecursionError():
            return "it is nested too deep"
        case _:
            return "it, or a part of it, is no object or list where one is wanted"


def _rows(row: dict[str, Any]) -> Iterable[Labelled]:
    if "turns" in row:
        asked: list[str] = []
        for i, turn in enumerate(row["turns"]):
            yield _labelled({**turn, "id": f"{row['id']}.{i}"}, context=tuple(asked))
            asked.append(turn["question"])
    elif "a" in row:
        for side in "ab":
            yield _labelled({**row[side], "id": f"{row['id']}{side}", "category": row.get("contrast", "")}, group=str(row["id"]))
    else:
        yield _labelled(row)


def _labelled(row: dict[str, Any], *, context: tuple[str, ...] = (), group: str = "") -> Labelled:
    if row["kind"] not in KINDS:
        raise ValueError(f"kind {row['kind']!r} is none of {', '.join(KINDS)}")
    if not isinstance(row["question"], str):
        raise ValueError("question must be a text")
    lists = {key: row.get(key) or [] for key in ("gold", "gold_all", "accept", "context")}
    for key, items in lists.items():
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError(f"{key} must be a list of texts")
    spans = {key: tuple(lists[key]) for key in ("gold", "gold_all", "accept")}
    return Labelled(
        str(row["id"]),
        row["question"],
        row["kind"],
        row.get("category", ""),
        context=tuple(lists["context"]) or context,
        group=group,
        **spans,
    )


def score(engine: Engine, questions: Sequence[Labelled], progress: Progress = silent) -> Report:
    """Ask every question, with its context, and judge the replies as a reader sees them."""
    results = []
    groups: dict[str, bool] = {}
    answers = last_answers(engine, [(*q.context, q.question) for q in questions])
    for done, (question, answer) in enumerate(zip(questions, answers, strict=True), 1):
        result = judge(question, answer, engine.pack)
        results.append((question, result, answer))
        if question.group:
            groups[question.group] = groups.get(question.group, True) and result == "right"
        progress("Asking", done, len(questions))
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


def last_answers(engine: Engine, conversations: Iterable[Sequence[str]]) -> Iterator[Answer]:
    """What the last message of each conversation gets, in order, each as soon as it is known."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from threads.map(lambda messages: converse(engine, messages)[-1], conversations)


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


def lead_answers(question: Labelled, lead: str) -> bool:
    """Whether a lead by itself says what is asked: any of `gold` and all of `gold_all` stand in it, or have one of its parts in them. Function
    words do not count; a bare yes or no cannot be told so, and passes."""
    parts = [matter for part in (lead, *_PARTS.split(lead)) if (matter := _matter(part))]

    def says(gold: str) -> bool:
        matter = _matter(gold)
        return any(matter in part or part in matter for part in parts)

    any_gold = not question.gold or any(map(says, question.gold))
    return not parts or (any_gold and all(map(says, question.gold_all)))


def _matter(text: str) -> str:
    """Its words that carry matter, each with a space before and behind, so that only whole words are found in it; "" where there are none."""
    words = " ".join(w for w in split(text) if w not in STOP_WORDS)
    return f" {words} " if words else ""


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", straighten(text)).strip().lower()
