"""`verbatim bench-load`: what a machine carries, on a tiny pack and in a second."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from fakes.command_line import Cli, Terminal, refused

from bot.cli import bench_load
from bot.serve.load import RATES
from bot.serve.turns import THREADS


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_load, "_FEWEST", 1.0)


def test_it_prints_both_kinds_of_questions_and_the_machine(cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    ran = cli("bench-load", "--pack", tiny_folder, "--seconds", 1)
    assert ran.status == 0
    number = r" +[\d.]+"
    time = rf"{number} m?s"
    assert re.search(rf"^unrecorded(?:{number}{time}{time}| +none +){number}$", ran.out, re.M)
    assert re.search(rf"^recorded(?:{number}{time}{time}| +none +){number}$", ran.out, re.M)
    assert f"{THREADS} questions judged at once; at most " in ran.out
    assert "Seconds of measuring" in terminal.getvalue()
    assert terminal.getvalue().rpartition("\r")[2] == "", "the line of progress stays"


def test_it_prints_every_rate_that_was_tried_as_json(cli: Cli, tiny_folder: Path) -> None:
    found = cli("bench-load", "--pack", tiny_folder, "--seconds", 1, "--json").json
    assert list(found) == ["faults", "pack", "machine", "unrecorded", "recorded"]
    machine = found["machine"]
    assert (machine["threads"], machine["reader"], machine["seconds"]) == (THREADS, True, 1.0)
    assert machine["cores"] >= 1
    for kind in ("unrecorded", "recorded"):
        own = found[kind]
        assert list(own) == ["questions", "most", "carried", "runs"]
        assert own["questions"] > 10
        assert len(own["runs"]) == RATES
        carried = [run["rate"] for run in own["runs"] if run["carried"]]
        assert own["carried"] == (max(carried) if carried else None)
        for run in own["runs"]:
            assert list(run) == ["rate", "asked", "refused", "median", "p99", "carried"]
            assert run["asked"] >= 1


def test_bad_input_is_told(cli: Cli, tmp_path: Path) -> None:
    for bad in ("0", "ten", "1e9", "99999"):
        ran = cli("bench-load", "--seconds", bad)
        assert (ran.status, ran.out) == (2, "")
        assert f"argument --seconds: '{bad}' is not a whole number of seconds from 1 to 3600" in ran.err
    refused(cli("bench-load", "--pack", "nowhere"), "nowhere: there is no such pack. Fix: name a pack's folder or a text file.")
    assert cli("bench-load", "--pack", "nowhere", "--json").json["faults"][0]["file"] == "nowhere"
