"""The command line: the contract of `ask --json`, settings and packs by every way, conversations, and messages for what went wrong."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import ARTICLE, GAPS, ROOT, MakePack

from bot import __version__
from bot.cli.main import main
from bot.pack.loading import load
from bot.pack.values import Verdict
from bot.text.article import parse

KEYS = [
    "id",
    "question",
    "verdict",
    "entry",
    "confidence",
    "lead",
    "reply",
    "excerpts",
    "nearest",
    "suggestions",
    "pack",
    "engine",
]
EXCERPT_KEYS = ["text", "start", "end", "paragraph", "speaker", "quote"]


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.split("\n") if line]


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


Cli = Callable[..., Ran]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs one command in an empty working directory, its standard input a pipe (or the stream given)."""
    monkeypatch.chdir(tmp_path)

    def run(*argv: object, stdin: str | io.StringIO = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin) if isinstance(stdin, str) else stdin)
        capsys.readouterr()
        try:
            status = main([str(a) for a in argv])
        except SystemExit as stop:
            status = stop.code if isinstance(stop.code, int) else 1
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


def refused(ran: Ran, *messages: str) -> None:
    """Exit status 2, nothing on standard output, and these lines alone on standard error."""
    assert (ran.status, ran.out, ran.err.rstrip("\n").split("\n")) == (2, "", list(messages))


# ask --json


def test_ask_json_prints_one_object_with_the_keys_of_the_contract(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--json", "--pack", tiny_folder, "How many readers", "signed the petition?")
    article = parse((tiny_folder / "article.txt").read_bytes())
    text = "THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition."
    start = ARTICLE.index(text)
    assert (ran.status, ran.err) == (0, "")
    found = ran.json
    assert list(found) == KEYS
    assert found["confidence"] == round(found["confidence"], 4)
    assert 0 < found.pop("confidence") <= 1
    assert isinstance(found.pop("suggestions"), list)
    assert found == {
        "id": None,
        "question": "How many readers signed the petition?",
        "verdict": "answer",
        "entry": "petition-size",
        "lead": "412 readers.",
        "reply": f"412 readers.\nThe article (paragraph 1):\n“{text}”\n"
        "Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 1.",
        "excerpts": [
            {"text": text, "start": start, "end": start + len(text), "paragraph": 1, "speaker": None, "quote": "sundays"}
        ],
        "nearest": [],
        "pack": {"slug": "millbrook", "sha256": article.sha256},
        "engine": __version__,
    }


@pytest.mark.parametrize(
    ("question", "verdict", "entry", "excerpts", "nearest"),
    [
        ("reading room", "answer", "reading-room", ["room"], []),
        ("why does Bell oppose a second lift", "premise", "premise-bell-against-lift", ["lift"], []),
        ("library opening hours", "not_in_article", None, [], ["sundays"]),
        ("salary of Kovacs", "not_in_article", None, [], []),
        ("do you think the council is right", "opinion", None, [], ["waited", "lift"]),
        ("hello", "small_talk", None, [], []),
        ("", "small_talk", None, [], []),
    ],
)
def test_each_verdict_asserts_its_passages_or_offers_them_as_nearest(
    cli: Cli, tiny_folder: Path, question: str, verdict: str, entry: str | None, excerpts: list[str], nearest: list[str]
) -> None:
    ran = cli("ask", "--json", "--pack", tiny_folder, question)
    found = ran.json
    assert ran.status == 0
    assert (found["verdict"], found["entry"]) == (verdict, entry)
    assert [e["quote"] for e in found["excerpts"]] == excerpts
    assert [e["quote"] for e in found["nearest"]] == nearest
    assert (verdict == "answer") or found["lead"] is None
    for excerpt in found["excerpts"] + found["nearest"]:
        assert list(excerpt) == EXCERPT_KEYS
        assert excerpt["text"] == ARTICLE[excerpt["start"] : excerpt["end"]]
        assert f"“{excerpt['text']}”" in found["reply"]


def test_the_speaker_of_an_excerpt_is_whoever_s_words_it_is(cli: Cli, tiny_folder: Path) -> None:
    speakers = {
        q: cli("ask", "--json", "--pack", tiny_folder, q).json["excerpts"][0]["speaker"]
        for q in ("reading room", "roof repairs", "who called for a second lift", "what is the headline")
    }
    assert list(speakers.values()) == ["Anna Kovacs", "Anna Kovacs", None, None]


def test_verdicts_have_the_names_of_the_contract() -> None:
    assert [v.value for v in Verdict] == [
        "answer",
        "premise",
        "ambiguous",
        "not_in_article",
        "opinion",
        "off_topic",
        "small_talk",
    ]


def test_offsets_count_code_points_of_the_shipped_article(cli: Cli, shipped_folder: Path) -> None:
    article = (shipped_folder / "article.txt").read_bytes().decode("utf-8")
    found = cli("ask", "--json", "--pack", shipped_folder, "which trade union does Paddy Lillis head?").json
    assert found["excerpts"]
    for excerpt in found["excerpts"]:
        assert excerpt["text"] == article[excerpt["start"] : excerpt["end"]]


# ask --jsonl


def test_jsonl_takes_plain_lines_and_objects_in_order_and_keeps_ids(cli: Cli, tiny_folder: Path) -> None:
    lines = [
        "reading room",
        "",
        json.dumps({"question": "salary of Kovacs", "id": "Q7"}),
        "   ",
        json.dumps({"question": "roof repairs", "id": 8, "extra": "ignored"}),
        json.dumps({"id": ["x"], "question": "hello", "context": []}),
        "{not json at all",
    ]
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin="\n".join(lines))
    assert (ran.status, ran.err) == (0, "")
    assert [(r["id"], r["question"], r["verdict"]) for r in ran.lines][:4] == [
        (None, "reading room", "answer"),
        ("Q7", "salary of Kovacs", "not_in_article"),
        (8, "roof repairs", "answer"),
        (["x"], "hello", "small_talk"),
    ]
    assert ran.lines[4]["question"] == "{not json at all"
    assert len(ran.lines) == 5
    assert all(list(r) == KEYS for r in ran.lines)


def test_jsonl_reads_the_context_as_earlier_questions_of_the_same_asker(cli: Cli, tiny_folder: Path) -> None:
    rows = [
        {"question": "who said that?", "context": ["hello", "reading room"]},
        {"question": "who said that?", "context": ["who wants another lift"]},
    ]
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin="\n".join(map(json.dumps, rows)))
    assert [r["lead"] for r in ran.lines] == ["Anna Kovacs.", "Ruth Bell."]


def test_lines_of_jsonl_do_not_know_of_each_other(cli: Cli, tiny_folder: Path) -> None:
    alone = cli("ask", "--jsonl", "--pack", tiny_folder, stdin="who said that?\n")
    after = cli("ask", "--jsonl", "--pack", tiny_folder, stdin="reading room\nwho said that?\n")
    assert after.lines[1] == alone.lines[0]


def test_jsonl_gives_the_same_object_as_json(cli: Cli, tiny_folder: Path) -> None:
    one = cli("ask", "--json", "--pack", tiny_folder, "roof repairs").json
    assert cli("ask", "--jsonl", "--pack", tiny_folder, stdin="roof repairs").lines == [one]


@pytest.mark.parametrize(
    "bad",
    [
        '{"id": 1}',
        '{"question": 5}',
        '{"question": null}',
        '{"question": "x", "context": "reading room"}',
        '{"question": "x", "context": [1]}',
        '{"question": "x", "context": null}',
        "{}",
    ],
)
def test_an_object_without_a_question_ends_the_run_with_its_line_number(cli: Cli, tiny_folder: Path, bad: str) -> None:
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin=f"reading room\n\n{bad}\nroof repairs\n")
    assert ran.status == 2
    assert [r["question"] for r in ran.lines] == ["reading room"]
    assert ran.err == 'verbatim: line 3: an object needs a text "question", and "context" may be a list of texts.\n'


def test_an_object_nested_beyond_reason_is_a_line_like_any_other(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin='{"a":' * 100_000 + "\nroof repairs\n")
    assert ran.status in (0, 2)
    assert "Traceback" not in ran.err


def test_unicode_goes_through_unharmed_and_lone_surrogates_do_not_stop_the_stream(cli: Cli, tiny_folder: Path) -> None:
    stdin = (
        json.dumps({"question": "Ünï 🎈 ‘x’"}, ensure_ascii=False) + "\n" + r'{"question": "\ud800 roof repairs"}' + "\nhello\n"
    )
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin=stdin)
    assert ran.status == 0
    assert [r["verdict"] for r in ran.lines][1:] == ["answer", "small_talk"]
    assert ran.lines[0]["question"] == "Ünï 🎈 ‘x’"
    assert "‘x’" in ran.out


# ask


def test_ask_prints_the_reply_as_a_reader_sees_it(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--pack", tiny_folder, "who", "called", "for", "a", "second", "lift")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "Ruth Bell.\nThe article, reporting Ruth Bell (paragraph 4):\n"
        "“Councillor Ruth Bell also called for a second lift in the building.”\n"
        "Source: “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4.\n"
    )


def test_a_refusal_is_no_error(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--pack", tiny_folder, "salary of Kovacs")
    assert (ran.status, ran.out, ran.err) == (0, "The article does not say: the librarian's salary.\n", "")


def test_ask_takes_the_question_from_a_pipe(cli: Cli, tiny_folder: Path) -> None:
    assert cli("ask", "--pack", tiny_folder, stdin="reading\nroom\n").out == cli("ask", "--pack", tiny_folder, "reading room").out


def test_ask_without_a_question_on_a_terminal_says_how_to_use_it(cli: Cli) -> None:
    refused(
        cli("ask", stdin=Terminal()),
        'verbatim: ask what? Put the question behind the command: verbatim ask "When is the event?" Or try: verbatim chat',
    )


def test_jsonl_takes_no_question_from_the_command_line(cli: Cli) -> None:
    refused(
        cli("ask", "--jsonl", "hello"),
        "verbatim: with --jsonl the questions come from standard input, not from the command line.",
    )


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("who wants one more elevator", ["Understood", "  asks for    a person or body", "Decided"]),
        ("what did Kovaks say of 9 lifts", ["  names       kovacs", "  numbers     9", "  spelling    kovaks -> kovacs"]),
        ("salary of Kovacs", ["Understood", "Decided"]),
        ("hello", ["Understood", "Decided"]),
        ("😀", ["  read as     (nothing)", "Decided"]),
    ],
)
def test_explain_tells_what_was_understood_and_decided_for_answers_and_refusals(
    cli: Cli, tiny_folder: Path, question: str, lines: list[str]
) -> None:
    plain = cli("ask", "--pack", tiny_folder, question).out
    ran = cli("ask", "--explain", "--pack", tiny_folder, question)
    assert ran.out.startswith(plain + "\n")
    explained = ran.out[len(plain) :].split("\n")
    for line in lines:
        assert line in explained
    assert re.fullmatch(r"  (answer|not_in_article|small_talk), because .+", explained[-2])


@pytest.mark.parametrize("options", [("--json", "--jsonl"), ("--json", "--explain"), ("--jsonl", "--explain")])
def test_the_forms_of_output_exclude_each_other(cli: Cli, options: tuple[str, str]) -> None:
    ran = cli("ask", *options, "hello")
    assert (ran.status, ran.out) == (2, "")
    assert "not allowed with argument" in ran.err


# Packs and settings


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
        refused(cli(*command, "--pack", binary), f"{binary}: is not UTF-8: byte 0 cannot be read. Fix: save the file as UTF-8.")


def test_all_faults_of_a_pack_are_told_and_counted(cli: Cli, make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": GAPS.replace("nearest: [sundays]", "nearest: [monday]").replace("looked_for:", "looked:")})
    ran = cli("ask", "x", "--pack", folder)
    assert (ran.status, ran.out) == (2, "")
    lines = ran.err.rstrip("\n").split("\n")
    assert lines[-1] == f"{len(lines) - 1} faults."
    assert len(lines) == 6
    assert all(re.match(r"gaps\.yaml:\d+: ", line) for line in lines[:-1])


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


# chat


def test_chat_reads_a_pipe_with_history_and_prints_no_prompt_and_no_colours(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("chat", "--pack", tiny_folder, stdin="reading room\n\nwho said that?\nsalary of Kovacs")
    assert (ran.status, ran.err) == (0, "")
    replies = ran.out.split("\n\n")
    assert replies[0].startswith("Anna Kovacs, Head librarian (paragraph 2):\n“The reading room")
    assert replies[1].startswith("Anna Kovacs.\nAnna Kovacs, Head librarian (paragraph 2):\n“The reading room")
    assert replies[2:] == ["The article does not say: the librarian's salary.", ""]
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


# check


def test_check_sums_up_a_sound_pack_and_exits_with_0(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("check", "--pack", tiny_folder)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.rstrip("\n").split("\n")
    assert lines[0] == f"{tiny_folder}: Millbrook library"
    assert re.fullmatch(r"  article     \d+ characters, 7 sentences, SHA-256 [0-9a-f]{12}… as the pack names it", lines[1])
    assert lines[2:] == [
        "  quotes      7 of 7 located exactly once",
        "  coverage    7 of 7 sentences reached (100%)",
        "  topics      8 entries, 3 gaps and premises, 44 phrasings",
        "  phrasings   32 of 32 find their own entry's passages",
        "  leave-one-out  not done: no entry has 5 phrasings",
        "  near misses 1 of 1 minimal pairs apart",
        "  regression  2 of 2 questions as expected",
        "  warning: 7 of 8 entries have no near misses, so nothing tests what must not get them: petition-outcome, petition-size, "
        "wait, reading-room, roof-cost, second-lift, friends-fee",
    ]


def test_check_exits_with_1_and_says_what_to_do_where_a_test_of_the_pack_fails(cli: Cli, make_pack: MakePack) -> None:
    folder = make_pack(
        {
            "questions.yaml": '- ask: "roof repairs"\n  expect: petition-size\n',
            "faq/library.yaml": ('  lead: "five pounds a year."\n', ""),
        }
    )
    text = (folder / "faq/library.yaml").read_text(encoding="utf-8")
    (folder / "faq/library.yaml").write_text(text.replace("cites: [friends]", "cites: [headline]"), encoding="utf-8")
    ran = cli("check", "--pack", folder)
    assert (ran.status, ran.err) == (1, "")
    assert "  coverage    6 of 7 sentences reached (86%)\n" in ran.out
    assert "  regression  0 of 1 questions as expected\n" in ran.out
    assert (
        "\nNot reached by any entry: “Join the friends of the library for five pounds a year.”\n  Write an entry that cites it.\n"
        in ran.out
    )
    assert (
        "\nregression question: 'roof repairs'\n  wanted petition-size, got roof-cost, answer\n  see questions.yaml:1.\n"
        in ran.out
    )


ALIKE = "".join(
    f'- id: {identifier}\n  question: "Who would {article} lift serve?"\n  asks: person\n  cites: [{cites}]\n  near_misses: [why not]\n'
    f"  phrasings: [who wants {article} lift, who demands {article} lift, who needs {article} lift, who uses {article} lift, who likes {article} lift]\n"
    for identifier, article, cites in (("one", "a", "lift"), ("two", "the", "roof"))
)


def test_check_fails_on_entries_that_nobody_can_tell_apart_and_on_phrasings_that_stray_without_themselves(
    cli: Cli, make_pack: MakePack
) -> None:
    ran = cli("check", "--pack", make_pack({"faq/library.yaml": ALIKE, "questions.yaml": None}))
    assert (ran.status, ran.err) == (1, "")
    figures = re.search(
        r"^  leave-one-out  (\d+) of 12 phrasings find their own entry's passages without themselves \((\d+\.\d)%\), \d+\.\d% are also answered$",
        ran.out,
        re.M,
    )
    assert figures
    strays = 12 - int(figures[1])
    assert strays >= 6
    assert ran.out.count("phrasing that misses its entry without itself: ") == strays
    assert re.search(
        r"^  wanted one, got two\n  two leads by \d+\.\d nats\. Add phrasings like it here, or move it\.$", ran.out, re.M
    )
    assert re.search(
        r"^entries that nobody can tell apart: (one and two|two and one)\n  \d of 6 phrasings of (one|two) find (one|two) without themselves, such as 'who .*'\n"
        r"  Merge them, let one cite both passages, or give each the words that tell it from the other\.$",
        ran.out,
        re.M | re.I,
    )
    assert ran.out.endswith("\nleave-one-out: 95% are needed.\n")
    assert "warning" not in ran.out


def test_check_lists_the_twenty_worst_that_stray_or_all_if_asked_to(
    cli: Cli, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve entries in six alike pairs: more strays than are listed."""
    names = ("lift", "roof", "room", "fee", "wait", "date")
    quotes = ("lift", "roof", "room", "friends", "waited", "sundays")
    faq = "".join(
        ALIKE.replace("lift", name)
        .replace("- id: ", f"- id: {name}-")
        .replace(f"cites: [{name}]", f"cites: [{quotes[i]}]")
        .replace("cites: [roof]", f"cites: [{quotes[i - 1]}]")
        for i, name in enumerate(names)
    )
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None})
    some, everything = cli("check", "--pack", folder), cli("check", "--all", "--pack", folder)
    listed = [len(re.findall("^phrasing that misses its entry without itself: ", ran.out, re.M)) for ran in (some, everything)]
    assert listed[0] == 20 < listed[1]
    assert f"\nleave-one-out: 95% are needed. The 20 worst of {listed[1]} are listed; --all lists the others too.\n" in some.out
    assert everything.out.endswith("\nleave-one-out: 95% are needed.\n")
    assert some.status == everything.status == 1


def test_check_lists_what_strays_in_a_sound_pack_only_if_asked_to(cli: Cli, make_pack: MakePack) -> None:
    """Twenty-five phrasings, one of which nothing but itself leads to its entry: 96%."""
    of = [
        f"who {verb} a {adjective} lift"
        for verb in ("wants", "demands", "needs", "uses")
        for adjective in ("second", "new", "big")
    ]
    roof = [
        f"what {verb} the {adjective} roof"
        for verb in ("mends", "breaks", "covers", "holds")
        for adjective in ("old", "flat", "wet")
    ]
    rows = (("lift-entry", "lift", [*of, "what paints the roof"], "Who?"), ("roof-entry", "roof", roof, "The roof?"))
    faq = "".join(
        f'- id: {i}\n  question: "{q}"\n  asks: thing\n  cites: [{c}]\n  near_misses: [why not]\n  phrasings: [{", ".join(p)}]\n'
        for i, c, p, q in rows
    )
    folder = make_pack({"faq/library.yaml": faq, "questions.yaml": None})
    for options, listed in (((), 0), (("--all",), 1)):
        out = cli("check", "--pack", folder, *options).out
        assert "without themselves (96." in out
        assert (
            out.count(
                "\nphrasing that misses its entry without itself: 'what paints the roof'\n  wanted lift-entry, got roof-entry\n"
            )
            == listed
        )
        assert "95% are needed" not in out


def test_check_of_a_bare_text_file_says_that_there_is_nothing_curated(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    ran = cli("check", "--pack", path)
    assert ran.status == 0
    assert ran.out == (
        f"{path}: Head\n  article     3 sentences, no curation\n"
        "  There is nothing curated to check: its sentences are searched, and only a sure one is shown.\n"
    )


# eval


LABELLED = [
    {"id": "Q1", "question": "reading room", "kind": "answerable", "category": "keyword", "gold": ["full again"]},
    {"id": "Q2", "question": "roof repairs", "kind": "answerable", "category": "keyword", "gold": ["cheaper"]},
    {"id": "Q3", "question": "salary of Kovacs", "kind": "unanswerable", "category": "near_miss"},
    {"id": "P1", "contrast": "role", "a": {"question": "who called for a second lift", "kind": "answerable", "gold": ["Bell"]}, "b": {"question": "why does Bell oppose a second lift", "kind": "unanswerable", "accept": ["second lift"]}},
    {"id": "T1", "turns": [{"question": "reading room", "kind": "answerable", "gold": ["full"]}, {"question": "who said that?", "kind": "answerable", "gold": ["Kovacs"]}]},
]  # fmt: skip


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


def test_eval_lists_what_went_wrong_if_asked_to(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    out = cli("eval", labelled, "--errors", "--pack", tiny_folder).out
    assert re.search(r"^wrong +Q2 +\[answerable/keyword\] 'roof repairs'\n +answer: ", out, re.M)
    assert "Q1" not in out


def test_eval_prints_the_counts_as_json(cli: Cli, tiny_folder: Path, labelled: Path) -> None:
    found = cli("eval", labelled, "--json", "--pack", tiny_folder).json
    assert 0 <= found.pop("calibration_error") <= 1
    assert found == {
        "questions": 7,
        "precision": 0.8,
        "pairs_apart": [1, 1],
        "by_kind": {"answerable": {"right": 4, "wrong": 1}, "unanswerable": {"right": 2}},
        "by_category": {
            "answerable/": {"right": 2},
            "answerable/keyword": {"right": 1, "wrong": 1},
            "answerable/role": {"right": 1},
            "unanswerable/near_miss": {"right": 1},
            "unanswerable/role": {"right": 1},
        },
    }


def test_eval_refuses_a_bad_file_with_its_line_and_runs_an_empty_one(cli: Cli, tiny_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('\n{"id": 1}\n', encoding="utf-8")
    ran = cli("eval", path, "--pack", tiny_folder)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{path}:2: is not a labelled question (KeyError: ")
    ran = cli("eval", tmp_path / "none.jsonl", "--pack", tiny_folder)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"{tmp_path}/none.jsonl: cannot be read (")
    path.write_text("", encoding="utf-8")
    assert cli("eval", path, "--pack", tiny_folder).status == 0


# calibrate


def many(folder: Path, n: int) -> Path:
    """Questions of which half are labelled as answered, whatever they ask, so that no threshold parts them."""
    asked = [
        "who wants one more lift",
        "how many readers put their name to it",
        "what about the roof",
        "and what of the reading room",
    ]
    gold = ["Ruth Bell", "412", "roof repairs", "reading room"]
    path = folder / "many.jsonl"
    rows = [
        {
            "id": f"M{i}",
            "question": asked[i % 4] + " please" * (i % 3),
            "kind": "answerable" if i // 12 % 2 else "unanswerable",
            "gold": [gold[i % 4]],
        }
        for i in range(n)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_calibrate_refuses_too_few_questions_and_writes_nothing(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    for options in (("--dry-run",), ()):
        refused(
            cli("calibrate", folder, many(tmp_path, 49), *options),
            "verbatim: 49 usable questions are too few to fit on; give 50 or more.",
        )
    assert not (folder / "decision.yaml").exists()


def test_calibrate_writes_a_decision_that_the_pack_then_uses_unless_it_is_a_dry_run(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder = make_pack()
    questions = many(tmp_path, 80)
    ran = cli("calibrate", folder, questions, "--dry-run", "--max-wrong", "95%")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("threshold   answered rightly   of answers wrong   (cross-validated)\n     0.05")
    chosen = re.search(r"^chosen: (0\.\d\d) for at most 95\.0% wrong, from 80 questions$", ran.out, re.M)
    assert chosen
    assert not (folder / "decision.yaml").exists()
    assert not (folder / "decision.svg").exists()
    ran = cli("calibrate", folder, questions, "--max-wrong", "0.95")
    assert ran.out.endswith(f"written: {folder / 'decision.yaml'}\nwritten: {folder / 'decision.svg'}\n")
    assert f'threshold: "{chosen[1]}"\n' in (folder / "decision.yaml").read_text(encoding="utf-8")
    assert cli("ask", "--pack", folder, "reading room").status == 0


def test_calibrate_draws_the_curve_of_what_it_printed_the_same_twice_and_the_pack_loads_with_it(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    folder = make_pack()
    before = load(folder).version
    drawn = []
    for _ in range(2):
        ran = cli("calibrate", folder, many(tmp_path, 80), "--max-wrong", "95%")
        drawn.append((folder / "decision.svg").read_bytes())
    assert drawn[0] == drawn[1]
    assert b"\r" not in drawn[0]
    root = ElementTree.fromstring(drawn[0])
    title, desc = (root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
    assert title == "Risk and coverage: millbrook"
    chosen = re.search(r"^chosen: (0\.\d\d)", ran.out, re.M)
    assert chosen
    assert desc is not None
    assert desc.endswith(f"At most 95.0% may be wrong. Cross-validated on 80 questions; the chosen threshold is {chosen[1]}.")
    assert load(folder).version == before
    assert cli("ask", "--pack", folder, "reading room").status == 0


def test_calibrate_refuses_a_bare_text_file_and_a_folder_that_it_may_not_write_into(
    cli: Cli, make_pack: MakePack, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Head\n\nOne. Two.\n", encoding="utf-8")
    questions = many(tmp_path, 80)
    refused(
        cli("calibrate", path, questions),
        f"verbatim: {path} is a text without curation: the decision is kept in a pack's folder. See docs/curating.md.",
    )
    folder = make_pack()
    (folder / "decision.svg").mkdir()
    ran = cli("calibrate", folder, questions, "--max-wrong", "95%")
    assert (ran.status, ran.err) == (2, f"verbatim: {folder / 'decision.svg'} cannot be written (Is a directory).\n")


def test_calibrate_refuses_a_budget_that_cannot_be_kept(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    ran = cli("calibrate", make_pack(), many(tmp_path, 60), "--max-wrong", "0.001")
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(
        r"verbatim: no threshold keeps the share of wrong answers at 0\.1% or less; the least is \d+\.\d%\.\n", ran.err
    )


@pytest.mark.parametrize("share", ["0", "1", "100%", "-5%", "five", "nan", "1.5", ""])
def test_calibrate_takes_only_a_share_between_0_and_1(cli: Cli, tiny_folder: Path, tmp_path: Path, share: str) -> None:
    ran = cli("calibrate", tiny_folder, many(tmp_path, 1), f"--max-wrong={share}")
    assert (ran.status, ran.out) == (2, "")
    assert f"{share!r} is not a share between 0 and 1 (write 5% or 0.05)" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "decision.yaml: this file is empty. Fix: write its records, or remove it."),
        ("nonsense\n", "decision.yaml:1: this file must hold keys and values. Fix: write `key: value` lines."),
    ],
)
def test_a_damaged_decision_is_a_fault_of_the_pack(cli: Cli, make_pack: MakePack, text: str, message: str) -> None:
    refused(cli("ask", "x", "--pack", make_pack({"decision.yaml": text})), message)


@pytest.mark.parametrize("number", ["0.5x", "nan", "inf", "-inf"])
def test_a_coefficient_must_be_a_finite_number(cli: Cli, make_pack: MakePack, number: str) -> None:
    text = (ROOT / "bot" / "data" / "decision.yaml").read_text(encoding="utf-8")
    changed = re.sub(r"^bias: .*$", f'bias: "{number}"', text, flags=re.M)
    ran = cli("ask", "x", "--pack", make_pack({"decision.yaml": changed}))
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch(r"decision\.yaml:\d+: 'bias' cannot be .+\n", ran.err)


# Help and the process


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
