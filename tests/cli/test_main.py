"""Help, usage errors, and the program as a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fakes.command_line import Cli, Ran, Terminal

from bot import __version__

COMMANDS = tuple("new review update ask chat check report eval calibrate bench-load preview run state".split())


def test_the_help_lists_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.status == 0
    assert tuple(re.findall(r"^    (\S+)\s+\w", ran.out, re.M)) == COMMANDS
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


def as_a_process(cwd: Path, *argv: object, unbuffered: bool = False, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own, whose standard error is kept."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    variables |= {"PYTHONPATH": str(ROOT)} | ({"PYTHONUNBUFFERED": "1"} if unbuffered else {})
    command = [sys.executable, "-m", "bot", *map(str, argv)]
    return subprocess.run(command, cwd=cwd, env=variables, stderr=subprocess.PIPE, timeout=120, check=False, **streams)


@pytest.mark.parametrize("argv", [("--help",), ("--version",), ("ask", "reading room"), ("check", "--json")])
def test_a_reader_that_goes_away_before_a_short_output_is_no_error(
    tiny_folder: Path, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    pack = ("--pack", tiny_folder) if not argv[0].startswith("-") else ()
    try:
        ran = as_a_process(tmp_path, *argv, *pack, stdout=writing)
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a file that is always full")
@pytest.mark.parametrize("unbuffered", [False, True])
def test_output_that_there_is_no_room_for_is_told(tiny_folder: Path, tmp_path: Path, unbuffered: bool) -> None:
    with open("/dev/full", "wb") as full:
        ran = as_a_process(tmp_path, "ask", "reading room", "--pack", tiny_folder, stdout=full, unbuffered=unbuffered)
    told = "verbatim: not all could be written (No space left on device). Fix: make room, or send the output elsewhere.\n"
    assert (ran.returncode, ran.stderr.decode()) == (2, told)


@pytest.mark.skipif(os.name != "posix", reason="a child closes its own streams there alone")
@pytest.mark.parametrize("stream", [0, 1, 2])
def test_a_stream_that_is_closed_from_the_start_is_an_empty_one(tiny_folder: Path, tmp_path: Path, stream: int) -> None:
    ran = as_a_process(
        tmp_path,
        "chat",
        "--pack",
        tiny_folder,
        input=b"reading room\n",
        stdout=subprocess.PIPE,
        preexec_fn=lambda: os.close(stream),
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout[:11] == (b"Anna Kovacs" if stream == 2 else b"")


@pytest.mark.parametrize(
    "argv",
    [("ask", "hi", "--pack"), ("check", "--pack"), ("report", "--out"), ("calibrate",), ("review", "--quick", "--state")],
)
def test_a_path_that_cannot_be_one_is_told_and_how_to_mend_it(cli: Cli, tiny_folder: Path, argv: tuple[str, ...]) -> None:
    long = "a" * 5000
    rest = ("x",) if argv == ("calibrate",) else () if "--pack" in argv else ("--pack", tiny_folder)
    ran = cli(*argv, long, *rest)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.replace(long, "LONG").startswith(("LONG: cannot be used (", "LONG/verbatim.sqlite3: cannot be used ("))
    assert ran.err.endswith("). Fix: check the path and its permissions.\n")


def test_such_a_path_is_a_fault_in_json(cli: Cli) -> None:
    (fault,) = cli("check", "--json", "--pack", "a" * 5000).json["faults"]
    assert (fault["file"], fault["line"], fault["fix"]) == ("a" * 5000, None, "check the path and its permissions.")


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
