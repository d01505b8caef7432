"""`verbatim report`: the file that it writes, the files that it leaves alone, and its exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import ARTICLE, FAQ, MakePack
from fakes.command_line import Cli, Terminal, refused
from fakes.reader import make_engine, policy

YES = 5.0  # the logit of what answers
SIGNED, ROOM = ("signed the petition", "petition-size", YES), ("Kovacs say about the reading room", "reading-room", YES)
ROW = '{"id": "1", "question": "is a lift to come", "kind": "answerable", "gold": ["Ruth Bell"]}\n'


@pytest.fixture(autouse=True)
def _reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader knows what the pack's test questions ask, and no more."""
    monkeypatch.setattr("bot.cli.report.build_engine", lambda path, _: make_engine(path, SIGNED, ROOM, policy=policy()).engine)


def test_report_writes_one_page_and_says_the_grade_and_what_is_next(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    ran = cli("report", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    out = ran.out.splitlines()
    assert out[:2] == ["written: millbrook-report.html", "  grade   D"]  # one entry of eight has near misses
    assert out[2].startswith("  next    1. ")
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["millbrook-report.html"]
    data = (tmp_path / "millbrook-report.html").read_bytes()
    assert data.startswith(b"<!doctype html>")
    assert data.endswith(b"</html>\n")


def test_the_exit_status_is_that_of_check(cli: Cli, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.check.build_engine", lambda path, _: make_engine(path, SIGNED, ROOM, policy=policy()).engine)
    folder = make_pack({"faq/library.yaml": FAQ[: FAQ.index("- id: friends-fee")]})  # a sentence that no entry shows
    ran = cli("report", "--pack", folder)
    assert ran.status == cli("check", "--pack", folder).status == 1
    assert "1. Write entries for 1 sentence that no entry shows." in ran.out
    assert Path("millbrook-report.html").is_file()


def test_a_bare_text_gets_a_page_too(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "library.txt").write_text(ARTICLE, encoding="utf-8")
    ran = cli("report", "--pack", tmp_path / "library.txt", "--out", tmp_path / "page.html")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[1:] == ["  grade   E", "  next    1. Draft a pack from this text."]


def test_a_pack_with_faults_is_told_and_no_page_is_written(
    cli: Cli, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran = cli("report", "--pack", make_pack({"quotes.yaml": None}))
    assert (ran.status, ran.out) == (2, "")
    assert "quotes.yaml: is missing" in ran.err
    assert not list(tmp_path.glob("*.html"))


def test_labelled_questions_are_measured(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(ROW, encoding="utf-8")
    assert cli("report", "--pack", tiny_folder, "--questions", "asked.jsonl").status == 0
    assert "Measured on 1 labelled question." in Path("millbrook-report.html").read_text(encoding="utf-8")


def test_questions_that_cannot_be_read_are_told(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text("{}\n", encoding="utf-8")
    ran = cli("report", "--pack", tiny_folder, "--questions", "asked.jsonl")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("asked.jsonl:1: is not a labelled question")
    assert not Path("millbrook-report.html").exists()


# The file


def test_an_earlier_report_is_replaced_and_the_same_pack_gives_the_same_bytes(cli: Cli, tiny_folder: Path) -> None:
    cli("report", "--pack", tiny_folder)
    first = Path("millbrook-report.html").read_bytes()
    assert cli("report", "--pack", tiny_folder).status == 0
    assert Path("millbrook-report.html").read_bytes() == first


@pytest.mark.parametrize("content", [b"", b"<!doctype html><title>Mine</title>", b"\xff\xfe"])
def test_a_file_that_is_no_report_is_left_alone_unless_told(cli: Cli, tiny_folder: Path, content: bytes) -> None:
    Path("mine.html").write_bytes(content)
    ran = cli("report", "--pack", tiny_folder, "--out", "mine.html")
    refused(ran, "mine.html: is there already, and is no report. Fix: name another file with --out, or add --force.")
    assert Path("mine.html").read_bytes() == content
    assert cli("report", "--pack", tiny_folder, "--out", "mine.html", "--force").status == 0
    assert Path("mine.html").read_bytes().startswith(b"<!doctype html>")


def test_where_no_file_can_be_written_is_told_before_anything_is_measured(
    cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.curate.self_test.self_test", lambda *_, **__: pytest.fail("measured"))
    Path("folder").mkdir()
    refused(cli("report", "--pack", tiny_folder, "--out", "folder"), "folder: is no regular file. Fix: name another with --out.")
    refused(
        cli("report", "--pack", tiny_folder, "--out", "none/page.html", "--force"),
        "none/page.html: there is no folder none. Fix: make it, or name another file with --out.",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in the file system")
def test_a_pipe_is_not_replaced(cli: Cli, tiny_folder: Path) -> None:
    os.mkfifo("pipe")
    assert cli("report", "--pack", tiny_folder, "--out", "pipe", "--force").status == 2
    assert Path("pipe").is_fifo()


def test_a_link_stays_one(cli: Cli, tiny_folder: Path) -> None:
    Path("below").mkdir()
    Path("link.html").symlink_to("below/page.html")
    assert cli("report", "--pack", tiny_folder, "--out", "link.html", "--force").status == 0
    assert Path("link.html").is_symlink()
    assert Path("below/page.html").is_file()
    assert [p.name for p in Path("below").iterdir()] == ["page.html"]


def test_what_fails_while_it_is_written_is_told_and_leaves_nothing(
    cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.text.whole_file.os.replace", full)
    refused(
        cli("report", "--pack", tiny_folder),
        "millbrook-report.html: cannot be written (No space left on device). "
        "Fix: check its permissions, or name another with --out.",
    )
    assert [p for p in tmp_path.iterdir() if p.is_file()] == []


def test_it_tells_a_person_at_a_terminal_how_far_it_is(cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    cli("report", "--pack", tiny_folder)
    for task in ("Getting ready", "Comparing the entries' phrasings", "Asking the pack's own questions"):
        assert task in terminal.getvalue()


def test_the_help_says_what_is_on_the_page(cli: Cli) -> None:
    ran = cli("report", "--help")
    for word in ("--pack", "--out", "--questions", "--force", "grade"):
        assert word in ran.out
