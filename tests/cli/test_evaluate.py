"""`verbatim eval`: labelled questions, as a table, as a list of errors and as JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from fakes.command_line import Cli

LABELLED = [
    {"id": "Q1", "question": "reading room", "kind": "answerable", "category": "keyword", "gold": ["full again"]},
    {"id": "Q2", "question": "roof repairs", "kind": "answerable", "category": "keyword", "gold": ["cheaper"]},
    {"id": "Q3", "question": "salary of Kovacs", "kind": "unanswerable", "category": "near_miss"},
    {
        "id": "P1",
        "contrast": "role",
        "a": {"question": "who called for a second lift", "kind": "answerable", "gold": ["Bell"]},
        "b": {"question": "why does Bell oppose a second lift", "kind": "unanswerable", "accept": ["second lift"]},
    },
    {
        "id": "T1",
        "turns": [
            {"question": "reading room", "kind": "answerable", "gold": ["full"]},
            {"question": "who said that?", "kind": "answerable", "gold": ["Kovacs"]},
        ],
    },
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in LABELLED), encoding="utf-8")
    return path


def test_eval_prints_a_table_of_results_by_kind_and_category(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    ran = cli("eval", labelled, "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    rows = {line[:34].strip(): line[34:].split() for line in ran.out.split("\n")[1:]}
    assert ran.out.split("\n")[0].split() == ["right", "wrong", "abstained", "false_answer", "dump", "share", "right"]
    assert rows["answerable"] == ["4", "1", "80.0%"]
    assert rows["keyword"] == ["1", "1", "50.0%"]
    assert rows["unanswerable"] == ["2", "100.0%"]
    assert "offtopic" not in rows
    # 4 right of 4 right and 1 wrong; the accepted premise correction counts as neither.
    assert re.search(
        r"^precision 80\.0%, expected calibration error \d\.\d{3}, pairs apart 1 of 1, 7 questions in ", ran.out, re.M
    )
    assert "\nleads that say what was asked: 2 of 2\n" in ran.out
    assert "\ntold that the article does not say it: of the answerable 0.0%, of the unanswerable 50.0%\n" in ran.out


def test_eval_lists_what_went_wrong_if_asked_to(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    out = cli("eval", labelled, "--errors", "--pack", tiny_folder).out
    assert re.search(r"^wrong +Q2 +\[answerable/keyword\] 'roof repairs'\n +answer: recorded$", out, re.M)
    assert "Q1" not in out


def test_eval_prints_the_counts_as_json(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    found = cli("eval", labelled, "--json", "--pack", tiny_folder).json
    assert 0 <= found.pop("calibration_error") <= 1
    pack = found.pop("pack")
    assert (pack["path"], pack["slug"], pack["title"], len(pack["sha256"])) == (
        str(tiny_folder), "millbrook", "Millbrook library", 64,
    )  # fmt: skip
    assert found == {
        "faults": [],
        "questions": 7,
        "precision": 0.8,
        "pairs_apart": {"right": 1, "of": 1, "share": 1.0},
        "leads": {"right": 2, "of": 2, "share": 1.0},
        "told_absent": {"answerable": 0.0, "unanswerable": 0.5},
        "by_kind": {"answerable": counts(4, 1), "unanswerable": counts(2)},
        "by_category": {
            "answerable/": counts(2),
            "answerable/keyword": counts(1, 1),
            "answerable/role": counts(1),
            "unanswerable/near_miss": counts(1),
            "unanswerable/role": counts(1),
        },
        "errors": [
            {
                "id": "Q2",
                "kind": "answerable",
                "category": "keyword",
                "question": "roof repairs",
                "result": "wrong",
                "verdict": "answer",
                "rule": "recorded",
            }
        ],
    }


def counts(right: int, wrong: int = 0) -> dict[str, float]:
    return {
        "right": right, "wrong": wrong, "abstained": 0, "false_answer": 0, "dump": 0, "share": right / (right + wrong),
    }  # fmt: skip


def test_eval_prints_no_pairs_and_no_kinds_as_json_where_there_are_none(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("", encoding="utf-8")
    ran = cli("eval", path, "--json", "--pack", tiny_folder)
    assert ran.status == 0
    assert [ran.json[key] for key in ("questions", "precision", "pairs_apart", "by_kind", "errors")] == [0, 0.0, None, {}, []]


def test_faults_of_labelled_questions_are_objects_with_json_all_of_them(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "questions.csv"
    path.write_text("id;question;kind\n" * 12, encoding="utf-8")
    ran = cli("eval", path, "--json", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (2, "")
    assert list(ran.json) == ["faults"]
    assert [fault["line"] for fault in ran.json["faults"]] == list(range(1, 13))
    fault = ran.json["faults"][0]
    assert fault["file"] == str(path)
    assert fault["what"] == "is not a labelled question: it is no JSON, from column 1 on."
    assert fault["fix"] == 'write {"id", "question", "kind", "gold": [...]}; see docs/evaluating.md.'


def test_eval_refuses_a_bad_file_with_its_line_and_runs_an_empty_one(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('\n{"id": 1}\n', encoding="utf-8")
    ran = cli("eval", path, "--pack", tiny_folder)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{path}:2: is not a labelled question: it has no 'kind'. Fix: write ")
    ran = cli("eval", tmp_path / "none.jsonl", "--pack", tiny_folder)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"{tmp_path}/none.jsonl: cannot be read (No such file or directory). Fix: name a file of JSON lines.\n"
    path.write_text("", encoding="utf-8")
    assert cli("eval", path, "--pack", tiny_folder).status == 0


def test_a_byte_order_mark_before_labelled_questions_does_no_harm(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    marked = labelled.with_name("marked.jsonl")
    marked.write_bytes(b"\xef\xbb\xbf" + labelled.read_bytes())
    assert cli("eval", marked, "--json", "--pack", tiny_folder) == cli("eval", labelled, "--json", "--pack", tiny_folder)


def test_a_file_of_something_else_is_refused_by_its_first_ten_lines_and_their_number(
    cli: Cli, tiny_folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "questions.csv"
    path.write_text("id;question;kind\n" * 185, encoding="utf-8")
    ran = cli("eval", path, "--pack", tiny_folder)
    assert (ran.status, ran.out) == (2, "")
    *faults, count = ran.err.rstrip("\n").split("\n")
    assert [fault.split(":")[1] for fault in faults] == [str(n) for n in range(1, 11)]
    assert count == "185 faults, of which these are the first 10."
    path.write_text("id;question;kind\n" * 10, encoding="utf-8")
    assert cli("eval", path, "--pack", tiny_folder).err.endswith("\n10 faults.\n")
