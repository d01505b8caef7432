"""The benchmark of speed: what it starts, what it asks, and what it calls met."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import ModuleType

import pytest


def test_a_process_is_timed_and_its_memory_noted_each_time_it_runs(benchmark: ModuleType, tmp_path: Path) -> None:
    command = benchmark.Command("x", [sys.executable, "-c", "x = bytearray(60_000_000)"])
    command.run(tmp_path)
    command.run(tmp_path)
    assert len(command.seconds) == len(command.worked) == len(command.megabytes) == 2
    assert min(*command.seconds, *command.worked) > 0
    assert min(command.megabytes) > 57


def test_a_process_finds_its_cache_and_its_code_where_said_and_must_succeed(benchmark: ModuleType, tmp_path: Path) -> None:
    code = f"import os; assert os.environ['XDG_CACHE_HOME'] == {str(tmp_path / 'c')!r}; assert os.getcwd() == os.environ['PYTHONPATH']"
    benchmark.Command("x", [sys.executable, "-c", code], folder=tmp_path.resolve()).run(tmp_path / "c")
    with pytest.raises(SystemExit, match="exit status 3"):
        benchmark.Command("x", [sys.executable, "-c", "raise SystemExit(3)"]).run(tmp_path)


def test_a_target_is_met_below_its_bound(benchmark: ModuleType) -> None:
    lines = [str(benchmark.Target("first start", found, 5, "s")) for found in (4.99, 5.0)]
    assert [line.split() for line in lines] == [
        ["first", "start", "4.99", "s", "under", "5.00", "s", "met"],
        ["first", "start", "5.00", "s", "under", "5.00", "s", "missed"],
    ]


def test_changed_phrasings_keep_their_letters_but_for_a_word(benchmark: ModuleType) -> None:
    text = "when does the library open on sundays"
    found = {benchmark._changed(random.Random(seed), text) for seed in range(100)}
    assert text not in found
    assert {len(changed.split()) for changed in found} == {6, 7, 8}
    assert {"".join(sorted(c)) for c in found if len(c.split()) == 7} == {"".join(sorted(text))}


def test_the_rivals_find_the_phrasing_that_is_asked(benchmark: ModuleType) -> None:
    phrasings = ["when does the library open", "who called for a second lift", "what did the roof repairs cost"]
    assert benchmark.rapidfuzz_scan(phrasings)("roof repairs")[0] == phrasings[2]
    pytest.importorskip("bm25s", reason="of the extra `bench`")
    assert benchmark.bm25(phrasings)("a second lift").documents.tolist() == [[1]]


def test_the_encoder_alone_finds_the_phrasing_that_means_the_same(benchmark: ModuleType, tmp_path: Path) -> None:
    phrasings = ["when does the library open", "who called for a second lift", "what did the roof repairs cost"]
    nearest = benchmark.nearest_by_encoder(phrasings, tmp_path / "vectors", tmp_path)
    assert nearest("which person demanded one more elevator") == phrasings[1]
