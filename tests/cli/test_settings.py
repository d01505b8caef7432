"""Packs and settings by every way in which a command gets them, and messages for what is wrong with them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import GAPS, MakePack
from fakes.command_line import Cli, Terminal, refused

from bot.engine.build import build
from bot.engine.pipeline import Engine


def test_a_bare_text_file_is_a_pack(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "harbour.txt"
    text = "Harbour wall falls\n\nThe harbour wall collapsed on Tuesday night. Nobody was hurt.\n"
    path.write_text(text, encoding="utf-8")
    found = cli("ask", "--json", "--pack", path, "when did the harbour wall collapse?").json
    (excerpt,) = found["excerpts"]
    assert excerpt["text"] == "The harbour wall collapsed on Tuesday night." == text[excerpt["start"] : excerpt["end"]]
    assert (excerpt["paragraph"], excerpt["speaker"], excerpt["quote"]) == (1, None, None)
    assert found["pack"]["slug"] == "harbour"
    assert not [s for s in found["suggestions"] if not s]


@pytest.mark.skipif(os.name != "posix", reason="a folder that is somebody's working directory is kept there")
def test_a_working_directory_that_was_deleted_holds_no_settings(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    ran = cli("ask", "reading room", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Anna Kovacs")


@pytest.mark.parametrize(
    "argv",
    [
        ("ask", "hello", "--pack", ""),
        ("ask", "hello", "--config", " "),
        ("review", "--state", ""),
        ("state", "restore", "backup", "--replace", "--state", ""),
        ("state", "move", ""),
    ],
)
def test_a_name_that_is_empty_as_of_a_variable_that_is_not_set_is_taken_for_no_other(
    cli: Cli, tmp_path: Path, argv: tuple[str, ...]
) -> None:
    ran = cli(*argv)
    assert (ran.status, ran.out, list(tmp_path.iterdir())) == (2, "", [])
    assert ran.err.endswith(": it is empty; write a path, or leave the option out\n")


def test_a_pack_that_is_none_is_one_readable_message(cli: Cli, tmp_path: Path) -> None:
    nowhere, folder, empty, binary = tmp_path / "nowhere", tmp_path / "folder", tmp_path / "empty.txt", tmp_path / "binary.txt"
    folder.mkdir()
    empty.write_bytes(b"")
    binary.write_bytes(b"\xff\xfe\x00")
    for command in (("ask", "x"), ("ask", "--json", "x"), ("chat",), ("check",)):
        refused(cli(*command, "--pack", nowhere), f"{nowhere}: there is no such pack. Fix: name a pack's folder or a text file.")
        refused(
            cli(*command, "--pack", folder),
            "pack.yaml: this file is missing. Fix: create it, or restore it from version control.",
        )
        refused(
            cli(*command, "--pack", empty),
            f"{empty}: holds no text. Fix: put the headline on the first line, and paragraphs apart by blank lines.",
        )
        refused(cli(*command, "--pack", binary), f"{binary}: is UTF-16, not UTF-8. Fix: save the file as UTF-8.")


def test_the_faults_of_a_pack_are_told_and_what_follows_from_them_is_counted(cli: Cli, make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": GAPS.replace("nearest: [sundays]", "nearest: [monday]").replace("looked_for:", "looked:")})
    told = [
        "gaps.yaml:3: unknown key 'looked'. Fix: the keys known here are drafted, id, looked_for, nearest, phrasings, question, switched_off.",
        "gaps.yaml:4: there is no quote 'monday'. Fix: use the id of a quote, such as 'sundays'.",
        "gaps.yaml:12: unknown key 'looked'. Fix: the keys known here are drafted, id, looked_for, nearest, phrasings, question, switched_off.",
    ]
    count = "3 faults, and 2 more that follow from them."
    refused(cli("ask", "x", "--pack", folder), *told, count, "`verbatim check --all` lists every one.")
    refused(cli("check", "--pack", folder), *told, count, "`verbatim check --all` lists every one.")
    refused(
        cli("check", "--all", "--pack", folder),
        *told,
        "gaps.yaml:1: the key 'looked_for' is missing. Fix: add `looked_for: ...`.",
        "gaps.yaml:10: the key 'looked_for' is missing. Fix: add `looked_for: ...`.",
        count,
    )


def test_one_fault_alone_is_one_line_and_of_many_the_first_ten_are_told(cli: Cli, make_pack: MakePack) -> None:
    one = make_pack({"gaps.yaml": ("nearest: [sundays]", "nearest: [monday]")}, "one")
    message = "gaps.yaml:4: there is no quote 'monday'. Fix: use the id of a quote, such as 'sundays'."
    refused(cli("ask", "x", "--pack", one), message)
    many = make_pack({"vocabulary.yaml": "synonyms:\n" + "".join(f"  word-{i}: [yes]\n" for i in range(25))}, "many")
    *lines, count, hint = cli("ask", "x", "--pack", many).err.rstrip("\n").split("\n")
    assert [line.split(":")[1] for line in lines] == [str(n) for n in range(2, 12)]
    assert (count, hint) == ("25 faults, of which these are the first 10.", "`verbatim check --all` lists every one.")
    assert cli("check", "--all", "--pack", many).err.count("\n") == 26


def settings(folder: Path, pack: Path, name: str = "config.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f'pack: "{pack}"\n', encoding="utf-8")
    return folder / name


def test_settings_come_from_the_option_then_the_environment_then_the_folder_then_what_ships(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {}
    for name in ("option", "environment", "folder"):
        (tmp_path / f"{name}.txt").write_text(f"About the {name}\n", encoding="utf-8")
        files[name] = settings(tmp_path / name, tmp_path / f"{name}.txt")

    def slug(*options: object) -> str:
        ran = cli("ask", "--json", "hello", *options)
        assert ran.status == 0, ran.err
        return str(ran.json["pack"]["slug"])

    assert slug() == "backthecode"
    monkeypatch.chdir(tmp_path / "folder")
    assert slug() == "folder"
    monkeypatch.setenv("VERBATIM_CONFIG", str(files["environment"]))
    assert slug() == "environment"
    assert slug("--config", files["option"]) == "option"
    assert slug("--config", files["option"], "--pack", tmp_path / "folder.txt") == "folder"


def test_the_config_yaml_of_the_working_directory_counts(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "here.txt").write_text("About here\n", encoding="utf-8")
    settings(tmp_path, Path("here.txt"))
    assert cli("ask", "--json", "hello").json["pack"]["slug"] == "here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "{path}: this file is missing. Fix: create it, or restore it from version control."),
        ("packs: a\n", None),
        ("pack: nowhere\n", "{folder}/nowhere: there is no such pack. Fix: name a pack's folder or a text file."),
        ("pack: [\n", None),
    ],
)
def test_bad_settings_are_refused_by_either_way(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, message: str | None
) -> None:
    path = tmp_path / "other.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    by_option = cli("ask", "x", "--config", path)
    monkeypatch.setenv("VERBATIM_CONFIG", str(path))
    for ran in (by_option, cli("ask", "x")):
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(str(path) if message is None or text is None else str(tmp_path))
        if message:
            refused(ran, message.format(path=path, folder=tmp_path))


def test_the_pack_option_needs_no_settings_at_all(cli: Cli, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_CONFIG", "nowhere.yaml")
    assert cli("ask", "--pack", tiny_folder, "hello").status == 0


# The reader


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each engine was to be built with the reader; all are built without."""
    found: list[bool] = []

    def spy(path: Path, *, reader: bool, progress: object) -> Engine:
        found.append(reader)
        return build(path, reader=False)

    monkeypatch.setattr("bot.cli.settings.build", spy)
    return found


@pytest.mark.parametrize("command", [("ask", "x"), ("ask", "--jsonl"), ("chat",), ("check",), ("eval", "none.jsonl")])
@pytest.mark.parametrize(("line", "reader"), [("", True), ('reader: "on"\n', True), ('reader: "off"\n', False)])
def test_the_settings_say_to_every_command_whether_the_reader_judges(
    cli: Cli, tiny_folder: Path, tmp_path: Path, built: list[bool], command: tuple[str, ...], line: str, reader: bool
) -> None:
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "config.yaml").write_text(f'pack: "{tiny_folder}"\n{line}', encoding="utf-8")
    cli(*command)
    cli(*command, "--pack", tiny_folder)
    assert built == [reader, reader]


def test_a_pack_that_is_named_is_read_by_the_reader_where_the_settings_are_faulty(
    cli: Cli, tiny_folder: Path, tmp_path: Path, built: list[bool]
) -> None:
    (tmp_path / "config.yaml").write_text("nonsense\n", encoding="utf-8")
    assert cli("ask", "reading room", "--pack", tiny_folder).status == 0
    assert built == [True]


@pytest.mark.parametrize(("question", "told"), [("so what is it about", True), ("reading room", False)])
def test_a_terminal_shows_how_far_a_pack_is_read_before_its_first_question_that_is_not_recorded(
    cli: Cli, tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, question: str, told: bool
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    shown = []
    for _ in range(2):  # the second time, what was read is kept
        assert cli("ask", question, "--pack", tiny_folder).status == 0
        shown.append("Reading the pack's phrasings, once: " in terminal.getvalue())
        terminal.truncate(0)
    assert shown == [told, False]
