"""`verbatim chat`: a conversation through a pipe and in a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.command_line import Cli, Terminal


def test_chat_reads_a_pipe_with_history_and_prints_no_prompt_and_no_colours(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("chat", "--pack", tiny_folder, stdin="reading room\n\nwho said that?\nsalary of Kovacs")
    assert (ran.status, ran.err) == (0, "")
    replies = ran.out.split("\n\n")
    assert replies[0].startswith("Anna Kovacs, Head librarian:\n“The reading room")
    assert replies[1].startswith("Anna Kovacs.\nAnna Kovacs, Head librarian:\n“The reading room")
    assert replies[2].startswith("The article does not say: the librarian's salary.\nYou can ask, for example:\n- ")
    assert replies[3:] == [""]
    assert "\x1b" not in ran.out
    assert "you>" not in ran.out


def test_chat_explains_every_reply_if_asked_to(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("chat", "--explain", "--pack", tiny_folder, stdin="reading room\nhello\n")
    assert ran.out.count("\nDecided\n") == 2


@pytest.mark.parametrize(("no_color", "term"), [("", "xterm"), ("1", "xterm"), ("", "dumb")])
def test_chat_on_a_terminal_greets_prompts_and_colours_unless_told_not_to(
    cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch, no_color: str, term: str
) -> None:
    out = Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setattr("builtins.input", lambda prompt: (out.write(prompt), lines.pop(0))[1])
    lines = ["reading room", ""]
    assert cli("chat", "--pack", tiny_folder, stdin=Terminal()).status == 0
    shown = out.getvalue()
    assert shown.startswith("Verbatim answers from one article: “Library to open on Sundays after readers’ petition”.\n")
    assert shown.count("you> ") == 2
    assert ("\x1b[" in shown) == (not no_color and term != "dumb")
    assert "“The reading room will finally be full again.”" in shown


def test_chat_in_a_real_terminal_ends_at_an_empty_line(tiny_folder: Path, tmp_path: Path) -> None:
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--pack", str(tiny_folder)],
        stdin=terminal, stdout=terminal, stderr=terminal, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    os.close(terminal)
    os.write(control, b"reading room\n\n")
    shown = b""
    while True:
        try:
            chunk = os.read(control, 4096)
        except OSError:  # Linux tells the end of a terminal so
            break
        if not chunk:
            break
        shown += chunk
    os.close(control)
    assert process.wait(timeout=60) == 0
    assert shown.count(b"you> ") == 2
    assert "\x1b[36m“The reading room will finally be full again.”\x1b[0m" in shown.decode()
