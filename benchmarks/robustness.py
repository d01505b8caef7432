"""How much Verbatim's replies change when questions are typed badly, as a Markdown table.

Every question of labelled files (format in docs/evaluating.md) is asked as it is and again with one and with two random typing
errors, in lower case, and without punctuation. A reply has changed if its verdict or its set of excerpts has. A typing error
inserts, deletes or replaces a letter, or swaps two, in a word of four letters or more that is no hashtag; the earlier questions
of a dialogue stay as they are. Questions without such a word cannot be misspelt and count in no row of typing errors. The errors
are seeded: the same files and pack give the same table.

    python benchmarks/robustness.py [FILE...]
"""

from __future__ import annotations

import argparse
import random
import re
import string
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.config import shipped
from bot.curate.scoring import Labelled, judge, last_answers, read_labelled
from bot.engine.answer import Answer, citations_of
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.serve.progress import terminal_progress

SEEDS = (1, 2, 3)
LEAST_LETTERS = 4
FILES = Path(__file__).resolve().parent.parent / "tests" / "questions"
_WORD = re.compile(rf"(?<![\w#/])[^\W\d_]{{{LEAST_LETTERS},}}(?![\w/])")
_PUNCTUATION = re.compile(r"[^\w\s]|_")

Change = Callable[[Labelled], str | None]


@dataclass(frozen=True)
class Row:
    """What a change did: how many questions it could be made to, how many replies changed, and how many were right before and
    after, of those that the article answers and of the others."""

    name: str
    asked: int
    changed: int
    answerable: int
    right_before: int
    right_after: int
    refused_before: int
    refused_after: int

    def __str__(self) -> str:
        others = self.asked - self.answerable
        return (
            f"| {self.name} | {self.asked:,} | {_share(self.changed, self.asked)} "
            f"| {_share(self.right_before, self.answerable)} | {_share(self.right_after, self.answerable)} "
            f"| {_share(self.refused_before, others)} | {_share(self.refused_after, others)} |"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="labelled questions (default: the held-out ones of the project)"
    )
    parser.add_argument(
        "--pack", type=Path, default=shipped("knowledge/backthecode"), help="a pack's folder (default: the shipped one)"
    )
    parser.add_argument("--without-reader", action="store_true", help='as with `reader: "off"` in config.yaml')
    options = parser.parse_args()
    try:
        questions = [q for f in options.files or sorted(FILES.glob("held-out-*.jsonl")) for q in read_labelled(f)]
        engine = build(options.pack, reader=not options.without_reader, progress=terminal_progress(sys.stderr))
    except FileFaults as error:
        print(*error.faults, sep="\n", file=sys.stderr)
        return 2
    if not questions:
        print("there are no questions in the files.", file=sys.stderr)
        return 2
    reader = "without" if options.without_reader else "with"
    print(f"{len(questions):,} questions, {len(SEEDS)} seeds for the typing errors, {reader} the reader\n")
    print("| questions with | asked | replies changed | answerable right as typed | so | others refused as typed | so |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    plain = list(last_answers(engine, [(*q.context, q.question) for q in questions]))
    for name, changes in (
        ("one typing error", [_errors(1, seed) for seed in SEEDS]),
        ("two typing errors", [_errors(2, seed) for seed in SEEDS]),
        ("lower case", [_lower]),
        ("punctuation dropped", [_without_punctuation]),
    ):
        print(measure(engine, name, questions, plain, changes), flush=True)
    return 0


def measure(engine: Engine, name: str, questions: Sequence[Labelled], plain: Sequence[Answer], changes: Sequence[Change]) -> Row:
    """Ask all questions again, changed each way."""
    counts = Row(name, 0, 0, 0, 0, 0, 0, 0)
    for change in changes:
        texts = [change(question) for question in questions]
        differing = [(*q.context, text) for q, text in zip(questions, texts, strict=True) if text not in (None, q.question)]
        answers = last_answers(engine, differing)
        for question, before, text in zip(questions, plain, texts, strict=True):
            if text is None:
                continue
            after = before if text == question.question else next(answers)
            right = [judge(question, answer, engine.pack) == "right" for answer in (before, after)]
            answerable = question.kind == "answerable"
            counts = replace(
                counts,
                asked=counts.asked + 1,
                changed=counts.changed + (_shown(before) != _shown(after)),
                answerable=counts.answerable + answerable,
                right_before=counts.right_before + (answerable and right[0]),
                right_after=counts.right_after + (answerable and right[1]),
                refused_before=counts.refused_before + (not answerable and right[0]),
                refused_after=counts.refused_after + (not answerable and right[1]),
            )
    return counts


def _shown(answer: Answer) -> tuple[str, frozenset[tuple[int, int]]]:
    return answer.verdict.value, frozenset((c.excerpt.span.start, c.excerpt.span.end) for c in citations_of(answer))


def _lower(question: Labelled) -> str:
    return question.question.lower()


def _without_punctuation(question: Labelled) -> str:
    """Marks between letters leave a gap where they part words and nothing where they are in one: an apostrophe is nobody's word
    boundary."""
    bare = re.sub(r"(?<=\w)['’](?=\w)", "", question.question)
    return " ".join(_PUNCTUATION.sub(" ", bare).split())


def _errors(number: int, seed: int) -> Change:
    def change(question: Labelled) -> str | None:
        # Of its own for each question, so that one more question leaves the errors in the others as they were.
        return misspelt(question.question, number, random.Random(f"{seed} {question.id} {question.question}"))

    return change


def misspelt(text: str, number: int, rng: random.Random) -> str | None:
    """The text with so many typing errors; None where it has no word to make one in."""
    if not _WORD.search(text):
        return None
    changed = text
    while changed == text:  # also where the second error undoes the first, or finds no word long enough any more
        changed = text
        for _ in range(number):
            words = list(_WORD.finditer(changed))
            if not words:
                changed = text
                break
            word = rng.choice(words)
            changed = changed[: word.start()] + _slip(word[0], rng) + changed[word.end() :]
    return changed


def _slip(word: str, rng: random.Random) -> str:
    """The word with one letter inserted, deleted or replaced, or two swapped; never the same word."""
    slipped = word
    while slipped == word:
        at, letter = rng.randrange(len(word)), rng.choice(string.ascii_lowercase)
        kind = rng.choice(("insert", "delete", "substitute", "transpose"))
        if kind == "insert":
            slipped = word[:at] + letter + word[at:]
        elif kind == "delete":
            slipped = word[:at] + word[at + 1 :]
        elif kind == "substitute":
            slipped = word[:at] + letter + word[at + 1 :]
        else:
            slipped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return slipped


if __name__ == "__main__":
    sys.exit(main())
