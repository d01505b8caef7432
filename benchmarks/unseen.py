"""What the bot makes of articles and questions that it has never seen, as Markdown tables.

The articles are folders of training/corpus (its README says what stands in them), each asked in one of three forms: bare, its text alone, with every
question of the corpus; or drafted, as `verbatim new` makes a pack of that text, with the same questions; and small, a pack with a question and one more phrasing for each need and gap, asked with the phrasings that it lacks.

A reply is judged by the spans of the article that it shows. An answer is right where an excerpt covers at least half of a sentence that answers (the column
"complete": of each sentence that is needed). A near miss, whether a question alike, a gap, a falsehood or a follow-up that the article does not answer, is
refused with any verdict but an answer; a falsehood also with an excerpt that contradicts it. "Right passage seen" counts what is offered as nearest beside a
refusal too. Precision: right among all that is answered, to whatever question; contradictions shown count neither way. AUROC: the sureness of an answer,
answerable against near misses.

The folders, the rotations and the program give the same tables, whatever the number of processes.

    python benchmarks/unseen.py [--folders '*-8'] [--kind bare|drafted|small|both] [--rotations 1] [--every 1] [--jobs 2] [--errors] [--leads N] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.curate.scoring import converse
from bot.draft.folder import new_pack
from bot.engine.answer import Answer, citations_of
from bot.engine.build import build
from training.articles import (
    MEASURING,
    Asked,
    asked_of_bare,
    asked_of_small,
    covered,
    folders,
    read,
    write_bare,
    write_small,
)

ANSWERS = ("answer", "premise")  # the verdicts that assert an excerpt
SURE = ("answer", "ambiguous")  # those whose confidence is that of an answer; a refusal's is the opposite
SETS = {"w": "w", "v": "v", "u": "u", "all": "wvu"}


@dataclass(frozen=True, slots=True)
class Task:
    """An article to be asked in one form: bare, or small with one rotation of the phrasings left out, and one in `every` of its entries."""

    folder: Path
    kind: str
    rotation: int = 0
    every: int = 1

    def __str__(self) -> str:
        return f"{self.folder.name} {self.kind}" + (f" {self.rotation}" if self.kind == "small" else "")


@dataclass(frozen=True, slots=True)
class Result:
    """A question and what came of it. `outcome`: right, wrong or abstained where it is answerable; else refused or false answer.
    `complete`: all needed sentences are shown; `seen`: one that answers is, be it as the nearest; `sure`: of an answer, 0 to 1."""

    task: Task
    asked: Asked
    verdict: str
    outcome: str
    complete: bool
    seen: bool
    sure: float
    shown: str
    rule: str
    lead: str  # what is asserted above the excerpt; small packs have a lead for every entry, the first sentence that it cites

    @property
    def near_miss(self) -> bool:
        return not self.asked.answerable and self.asked.kind != "O"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--folders", default=MEASURING, metavar="GLOB", help=f"of training/corpus (default: {MEASURING})")
    parser.add_argument(
        "--kind",
        choices=("bare", "drafted", "small", "both"),
        default="both",
        help="the form of the articles; both: bare and small (default)",
    )
    parser.add_argument(
        "--rotations", type=int, choices=range(1, 5), default=1, help="small packs of an article, each lacking other phrasings"
    )
    parser.add_argument(
        "--every",
        type=int,
        choices=range(1, 51),
        default=1,
        metavar="N",
        help="small packs have one in N of their entries, as while a curator is at work",
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--errors", action="store_true", help="list the questions that went wrong or were not answered")
    parser.add_argument(
        "--leads",
        type=int,
        default=0,
        metavar="N",
        help="list N of the leads that are asserted, evenly chosen, to be judged by hand",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, shares from 0 to 1")
    options = parser.parse_args()
    found = folders(options.folders)
    if not found:
        print(f"no folder of training/corpus is called {options.folders}", file=sys.stderr)
        return 2
    kinds = ("bare", "small") if options.kind == "both" else (options.kind,)
    times = {kind: range(options.rotations if kind == "small" else 1) for kind in kinds}
    tasks = [Task(f, kind, k, options.every) for kind in kinds for f in found for k in times[kind]]
    results = [result for part in run(tasks, options.jobs) for result in part]
    if options.errors:
        print(*filter(None, map(error, results)), sep="\n", end="\n\n", file=sys.stderr if options.json else sys.stdout)
    asserted = [r for r in results if r.lead]
    for i in range(min(options.leads, len(asserted))):
        print(lead(asserted[i * len(asserted) // min(options.leads, len(asserted))]))
    tables = {kind: by_set([r for r in results if r.task.kind == kind]) for kind in kinds}
    if options.json:
        print(json.dumps(tables, indent=1))
        return 0
    for kind, rows in tables.items():
        form = f", {options.rotations} rotation(s), one in {options.every} of the entries" if kind == "small" else ""
        print(f"{kind}: {len(found)} article(s){form}\n\n{table(rows)}\n")
    return 0


def run(tasks: Sequence[Task], jobs: int) -> Iterable[list[Result]]:
    if jobs < 2:
        return map(ask, tasks)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(ask, tasks, chunksize=1)


def ask(task: Task) -> list[Result]:
    """Builds the engine for the article in a temporary folder, and asks it everything."""
    article = read(task.folder)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if task.kind != "small":
            path, asked = write_bare(article, folder), asked_of_bare(article)
            if task.kind == "drafted":
                path = new_pack(path, folder / "drafted").folder
        else:
            k, every = task.rotation, task.every
            path, asked = write_small(article, folder, k, every), asked_of_small(article, k, every)
        engine = build(path, folder / "cache")
        return [judged(task, a, converse(engine, (*a.context, a.question))[-1]) for a in asked]


def judged(task: Task, asked: Asked, answer: Answer) -> Result:
    verdict = str(answer.verdict.value)
    answered = verdict in ANSWERS
    excerpts = [c.excerpt for c in citations_of(answer)]
    nearest = [c.excerpt for c in getattr(answer, "nearest", ())]
    spans, near = ([(e.span.start, e.span.end) for e in part] for part in (excerpts, nearest))
    right = answered and any(covered(gold, spans) for gold in asked.spans)
    if asked.answerable:
        outcome = "right" if right else "wrong" if answered else "abstained"
    else:
        outcome = "refused" if right or not answered else "false answer"
    complete = right and (all if asked.every else any)(covered(gold, spans) for gold in asked.spans)
    seen = right or any(covered(gold, near) for gold in asked.spans)
    sure = answer.confidence if verdict in SURE else 1 - answer.confidence
    shown = " / ".join(e.text for e in (excerpts if answered else nearest))
    return Result(task, asked, verdict, outcome, complete, seen, sure, shown, answer.trace.rule, getattr(answer, "lead", ""))


# The figures


def by_set(results: Sequence[Result]) -> dict[str, dict[str, float | None]]:
    """The figures of every set that is among the results, and of all; then the same without follow-ups."""
    parts = {name: [r for r in results if r.task.folder.name[0] in letters] for name, letters in SETS.items()}
    parts |= {f"{name} but follow-ups": [r for r in part if r.asked.kind != "C"] for name, part in parts.items()}
    return {name: figures(part) for name, part in parts.items() if part}


def figures(results: Sequence[Result]) -> dict[str, float | None]:
    """Shares of the results of one form and set; None where there is nothing to count."""
    answerable = [r for r in results if r.asked.answerable]
    near = [r for r in results if r.near_miss]
    answered = [r for r in results if r.outcome in ("right", "wrong", "false answer")]
    leads = [r for r in results if r.lead]

    def share(outcome: str, of: Sequence[Result], kind: str = "AUGPOC") -> float | None:
        return mean([r.outcome == outcome for r in of if r.asked.kind in kind])

    return {
        "n": len(results),
        "near misses refused": share("refused", near),
        **{f"{kind} refused": share("refused", near, kind) for kind in "UGPC"},
        "answered and right": share("right", answerable),
        **{f"{kind} right": share("right", answerable, kind) for kind in "AC"},
        "complete": mean([r.complete for r in answerable]),
        "precision": share("right", answered),
        "off topic refused": share("refused", results, "O"),
        "right passage seen": mean([r.seen for r in answerable]),
        "told not in the article": mean([r.verdict == "not_in_article" for r in answerable]),
        "near misses told so": mean([r.verdict == "not_in_article" for r in near]),
        "leads": len(leads),
        "leads wrong": mean([r.outcome != "right" for r in leads]),
        "AUROC": auroc([r.sure for r in answerable], [r.sure for r in near]),
    }


def mean(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def auroc(above: Sequence[float], below: Sequence[float]) -> float | None:
    """The chance that one of `above` is higher than one of `below`; equal ones count half."""
    if not above or not below:
        return None
    wins, lower = 0.0, 0
    for _, group in groupby(sorted([(x, True) for x in above] + [(x, False) for x in below]), itemgetter(0)):
        tied = [high for _, high in group]
        ties = tied.count(False)
        wins += tied.count(True) * (lower + ties / 2)
        lower += ties
    return wins / (len(above) * len(below))


def table(rows: dict[str, dict[str, float | None]]) -> str:
    columns = list(next(iter(rows.values())))
    lines = [f"| set | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    return "\n".join([*lines, *(f"| {name} | {' | '.join(cell(c, x) for c, x in row.items())} |" for name, row in rows.items())])


def cell(column: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if column in ("n", "leads") else f"{value:.3f}" if column == "AUROC" else f"{value:.1%}"


def error(result: Result) -> str:
    if result.outcome in ("right", "refused"):
        return ""
    asked = " >> ".join((*result.asked.context, result.asked.question))
    return f"{result.task}\t{result.asked.kind}\t{result.outcome}\t{result.verdict}, {result.sure:.2f}: {result.rule}\t{asked}\t{result.shown}"


def lead(result: Result) -> str:
    """A lead that was asserted, beside what was asked."""
    return f"{result.task}\t{result.asked.kind}\t{result.outcome}\t{result.sure:.2f}\t{' >> '.join((*result.asked.context, result.asked.question))}\t{result.lead}"


if __name__ == "__main__":
    sys.exit(main())
