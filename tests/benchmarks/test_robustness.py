"""The benchmark of typing errors: errors of the kinds and number that it claims, a table that counts right, and files that cannot be read."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT
from rapidfuzz.distance import DamerauLevenshtein

from bot.curate.scoring import Labelled
from bot.engine.pipeline import Engine

PROGRAM = ROOT / "benchmarks" / "robustness.py"


@pytest.mark.parametrize("number", [1, 2])
def test_there_are_as_many_errors_as_said_all_in_words_of_four_letters_or_more(benchmark: ModuleType, number: int) -> None:
    text = "Who is the Head, at #library on 1234 of Millbrook's new lift?"
    for seed in range(300):
        changed = benchmark.misspelt(text, number, random.Random(seed))
        assert 0 < DamerauLevenshtein.distance(text, changed) <= number
        for kept in ("Who is the ", ", at #library on 1234 of ", "'s new "):
            assert kept in changed


def test_all_four_kinds_of_error_happen(benchmark: ModuleType) -> None:
    found = {benchmark.misspelt("abcdefgh", 1, random.Random(seed)) for seed in range(200)}
    assert {len(f) for f in found} == {7, 8, 9}
    assert any(sorted(f) == list("abcdefgh") for f in found)
    assert any(len(f) == 8 and sorted(f) != list("abcdefgh") for f in found)


def test_a_question_without_a_long_word_cannot_be_misspelt_and_one_of_four_letters_can_twice(benchmark: ModuleType) -> None:
    assert benchmark.misspelt("who is it? #library 12345", 2, random.Random(1)) is None
    for seed in range(200):
        assert benchmark.misspelt("lift", 2, random.Random(seed)) not in ("lift", None)
        assert benchmark.misspelt("aaaa", 1, random.Random(seed)) != "aaaa"


def test_a_row_counts_changed_replies_and_right_ones_before_and_after(benchmark: ModuleType, tiny: Engine) -> None:
    questions = [
        Labelled("1", "reading room", "answerable", gold=("full again",)),
        Labelled("2", "roof repairs", "answerable", gold=("nothing like it",)),
        Labelled("3", "salary of Kovacs", "unanswerable"),
        Labelled("4", "hello", "chitchat"),
    ]
    plain = [tiny.answer(q.question) for q in questions]
    swapped = {"1": "roof repairs", "2": "ROOF repairs", "3": "reading room", "4": None}
    row = benchmark.measure(tiny, "x", questions, plain, [lambda q: swapped[q.id], lambda q: q.question])
    assert (row.asked, row.changed, row.answerable) == (7, 2, 4)
    assert (row.right_before, row.right_after, row.refused_before, row.refused_after) == (2, 1, 3, 2)
    assert str(row) == "| x | 7 | 28.6% | 50.0% | 25.0% | 100.0% | 66.7% |"


def run(*argv: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, PROGRAM, *map(str, argv)], capture_output=True, text=True, timeout=120, check=False)


def test_it_prints_a_markdown_table_the_same_twice(tiny_folder: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "question": "What about the Reading Room?", "kind": "answerable", "gold": ["full again"]},
        {"id": "b", "turns": [{"question": "roof repairs", "kind": "answerable", "gold": ["roof"]}, {"question": "who said it", "kind": "unanswerable"}]},
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    first, second = (run(path, "--pack", tiny_folder) for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == second.stdout
    lines = first.stdout.rstrip("\n").split("\n")
    assert lines[0] == "3 questions, 3 seeds for the typing errors, with the reader"
    assert [line.count("|") for line in lines[2:]] == [8] * 6
    assert [line.split(" | ")[:2] for line in lines[4:]] == [
        ["| one typing error", "9"],
        ["| two typing errors", "9"],
        ["| lower case", "3"],
        ["| punctuation dropped", "3"],
    ]


def test_files_that_cannot_be_read_or_hold_nothing_end_it_with_a_message(tmp_path: Path, tiny_folder: Path) -> None:
    none, bad, empty = (tmp_path / name for name in ("none.jsonl", "bad.jsonl", "empty.jsonl"))
    bad.write_text('{"id": 1}\n', encoding="utf-8")
    empty.write_text("\n", encoding="utf-8")
    for argv, message in (
        ((none,), f"{none}: cannot be read ("),
        ((bad,), f"{bad}:1: is not a labelled question: "),
        ((empty, "--pack", tiny_folder), "there are no questions in the files."),
        ((empty, "--pack", none), f"{none}: there is no such pack."),
    ):
        ran = run(*argv)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr.startswith(message)
