"""The marks of who speaks are of the texts beside them, and none of the ten texts has a wrong speaker."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest


@pytest.mark.parametrize("name", ["texts", "second", "corpus", "corpus-second"])
def test_every_quotation_of_the_texts_is_marked(benchmark: ModuleType, name: str) -> None:
    outcomes = list(benchmark.measured(name))  # raises where a mark is not of its quotation
    assert [m for m, _, _ in outcomes] == benchmark.read_marks(benchmark.MARKS / f"{name}.tsv")


def test_none_of_the_ten_texts_has_a_wrong_speaker(benchmark: ModuleType) -> None:
    outcomes = [outcome.value for _, _, outcome in benchmark.measured("texts")]
    assert outcomes.count("wrong") == 0
    assert outcomes.count("right") >= 32


@pytest.mark.parametrize("line", ["a\tbefore\t-\t-\tx", "a\tnone\tAnn\t-\tx", "a\tloud\tAnn\t-\tx", "a\tbefore\tAnn"])
def test_a_line_that_is_no_mark_is_told(benchmark: ModuleType, line: str, tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.tsv:1: not a mark"):
        benchmark.read_marks(tmp_path / "a.tsv")


def test_right_open_and_wrong_are_told_apart(benchmark: ModuleType) -> None:
    mark = benchmark.MarkedSpeaker("a", "before", ("Ann Price", "the chair"), "", "x")
    nobody = benchmark.MarkedSpeaker("a", "none", (), "", "x")

    def outcome(of: object, speaker: str, relayed_by: str = "", why: str = "") -> str:
        return str(benchmark.outcome_of(of, benchmark.Attributed(None, speaker, (), relayed_by, why)).value)

    assert [outcome(mark, s) for s in ("Ann Price", "Ms Ann Price", "A chair", "Tom Hall", "")] == ["right"] * 3 + ["wrong"] * 2
    assert [outcome(nobody, ""), outcome(nobody, "Ann Price"), outcome(mark, "", why="unclear")] == ["right", "wrong", "open"]
    assert outcome(mark, "Ann Price", relayed_by="Tom Hall") == "wrong"


def test_the_tables_have_a_row_for_each_kind(benchmark: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert benchmark.main(["--errors", "texts"]) == 0
    out = capsys.readouterr().out
    assert "| texts | quotations | right | open | wrong when sure |" in out
    assert "| pronoun |" in out
    assert "open: court 'three weeks too late'" in out
