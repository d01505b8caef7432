"""`verbatim new`: what it prints, and what it leaves."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.command_line import Cli, Terminal

RELEASE = ROOT / "tests" / "texts" / "release.txt"


def test_new_writes_a_pack_that_can_be_checked_and_asked_at_once(cli: Cli, tmp_path: Path) -> None:
    ran = cli("new", RELEASE, tmp_path / "water")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"{tmp_path / 'water'}: Harrow Valley Water to replace 41 miles of main by Sept. 30, 2027\n")
    pack = f"--pack {tmp_path / 'water'}"
    assert f"Next: `verbatim chat {pack}` asks it, and `verbatim review {pack}` goes" in ran.out
    checked = cli("check", "--pack", tmp_path / "water")
    assert (checked.status, checked.err) == (0, "")
    assert "  drafted     1 in pack.yaml, " in checked.out


def test_new_and_check_say_what_of_a_page_is_left_out(cli: Cli, tmp_path: Path) -> None:
    text = tmp_path / "page.txt"
    text.write_text(
        "Home | News | Sport\nAdvertisement\n\nWall delayed\n\nIt begins in May.\n\nRead more: A bakery closes\n",
        encoding="utf-8",
    )
    ran = cli("new", text, tmp_path / "wall")
    assert ran.out.startswith(f"{tmp_path / 'wall'}: Wall delayed\n")
    assert "\n  page     2 paragraphs of it left out, under `furniture` in pack.yaml\n" in ran.out
    taken = "\n  taken as    a headline and 1 paragraph apart by blank lines; 2 paragraphs of the page left out\n"
    assert [taken in cli("check", "--pack", path).out for path in (text, tmp_path / "wall")] == [True, True]


def test_a_terminal_is_told_how_far_it_has_come(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli("new", RELEASE, tmp_path / "water").status == 0
    assert re.search(r"\rAsking the text what it may leave open: \d+% of \d+", terminal.getvalue())
    assert re.search(r"\r +\r\Z", terminal.getvalue())


def test_check_lists_what_is_open_as_notes(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text('pack: talk\nreader: "off"\n', encoding="utf-8")
    cli("new", "--config", config, ROOT / "tests" / "texts" / "interview.txt", tmp_path / "talk")
    checked = cli("check", "--pack", tmp_path / "talk")
    assert checked.status == 0
    assert "records: settle what each says, as `verbatim review` asks it, and take `open` out\n    quotes.yaml:" in checked.out
    assert "more (--all lists them)" in checked.out
    assert "more (--all lists them)" not in cli("check", "--all", "--pack", tmp_path / "talk").out


@pytest.mark.skipif(os.name == "nt", reason="another shell")
def test_the_commands_that_come_next_can_be_copied_also_where_the_folder_has_blanks(cli: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text('pack: x\nreader: "off"\n', encoding="utf-8")
    said = [cli("new", "--config", config, RELEASE, "water 水").out]
    corrected = tmp_path / "corrected.txt"
    corrected.write_bytes(RELEASE.read_bytes().replace(b"41 miles", b"42 miles"))
    said.append(cli("update", "--config", config, "water 水", corrected, "--yes").out)
    for out in said:
        commands = [shlex.split(command) for command in re.findall(r"`(verbatim .+?)`", out.rpartition("\nNext: ")[2])]
        assert len(commands) == 2
        assert all(command[2:] == ["--pack", "water 水"] for command in commands)


def test_a_headline_without_end_is_cut_where_it_is_told(cli: Cli, tmp_path: Path) -> None:
    config, text = tmp_path / "config.yaml", tmp_path / "long.txt"
    config.write_text('pack: x\nreader: "off"\n', encoding="utf-8")
    text.write_text("So it goes " * 60 + "\n\nIt ends here.\n", encoding="utf-8")
    first = cli("new", "--config", config, text, "long").out.split("\n")[0]
    assert first.endswith("…")
    assert len(first) < 200


@pytest.mark.parametrize("command", ["check", "review", "update"])
def test_what_would_reorder_what_a_curator_reads_is_named(cli: Cli, tmp_path: Path, command: str) -> None:
    config, text = tmp_path / "config.yaml", tmp_path / "turned.txt"
    config.write_text('pack: turned\nreader: "off"\n', encoding="utf-8")
    text.write_text("Lift \u202eopens\n\nIt is \u2067new.\n", encoding="utf-8")
    made = cli("new", "--config", config, text, "turned")
    (tmp_path / "other.txt").write_text("Lift \u202eopens\n\nIt is \u2067old.\n", encoding="utf-8")
    given = {"review": ("--quick",), "update": ("turned", tmp_path / "other.txt", "--dry-run")}
    ran = cli(command, "--config", config, *given.get(command, ()))
    assert (made.status, ran.status) == (0, 0)
    for out in (made.out, ran.out):
        assert "Lift ⟨U+202E⟩opens" in out
        assert not re.search("[\u202e\u2067]", out)


def test_a_fault_is_told_and_nothing_is_written(cli: Cli, tmp_path: Path) -> None:
    ran = cli("new", tmp_path / "none.txt", tmp_path / "pack")
    assert (ran.status, ran.out) == (2, "")
    assert "there is no such file. Fix: name a text file" in ran.err
    assert not (tmp_path / "pack").exists()
