"""Help, usage errors, and the program as a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from fakes.command_line import Cli, Ran, Terminal

from bot import __version__

COMMANDS = ("ask", "chat", "check", "eval", "calibrate", "run")


def test_the_help_lists_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.status == 0
    for command in COMMANDS:
        assert re.search(rf"^    {command}\s+\w", ran.out, re.M)
    assert cli() == ran


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(cli: Cli, command: str) -> None:
    ran = cli(command, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: verbatim {command} ")


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version") == Ran(0, f"verbatim {__version__}\n", "")


@pytest.mark.parametrize("argv", [("answer",), ("ask", "--pak", "x"), ("eval",), ("calibrate",), ("calibrate", "x")])
def test_a_command_that_is_none_is_a_usage_error(cli: Cli, argv: tuple[str, ...]) -> None:
    ran = cli(*argv)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("usage: verbatim")


def test_the_module_runs_from_another_directory_and_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    """One question in each of two processes whose sets are ordered otherwise: the same bytes."""
    stdin = b"which trade union does Paddy Lillis head?\nwho rang the bell\nfacebok time?\n"
    found = []
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-m", "bot", "ask", "--jsonl"],
            input=stdin, capture_output=True, cwd=tmp_path, timeout=120, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        found.append(ran.stdout)
    assert found[0] == found[1]
    first = json.loads(found[0].split(b"\n")[0])
    assert (first["pack"]["slug"], first["verdict"]) == ("backthecode", "answer")


def test_a_reader_that_goes_away_ends_the_stream_quietly(tiny_folder: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--jsonl", "--pack", str(tiny_folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(b"hello\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    try:
        process.stdin.write(b"hello\n" * 2000)
        process.stdin.close()
    except BrokenPipeError:
        process.stdin = None
    error = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), error) == (0, b"")


def test_a_command_that_is_interrupted_leaves_the_line_of_its_progress(
    cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("bot.cli.check.build_engine", interrupted)
    assert cli("check", "--pack", tiny_folder).status == 130
    assert terminal.getvalue() == "\n"
