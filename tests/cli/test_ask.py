"""`verbatim ask`: the contract of --json and --jsonl, the reply as a reader sees it, and why it was given."""

from __future__ import annotations

import codecs
import json
import re
from pathlib import Path

import pytest
from conftest import ARTICLE, PACK, MakePack
from fakes.command_line import Cli, Terminal, piped, refused

from bot import __version__
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
    "left",
    "pack",
    "engine",
]
EXCERPT_KEYS = ["text", "start", "end", "paragraph", "speaker", "quote"]


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
        "reply": f"412 readers.\nThe article:\n“{text}”\nMillbrook library, paragraph 1",
        "excerpts": [
            {"text": text, "start": start, "end": start + len(text), "paragraph": 1, "speaker": None, "quote": "sundays"}
        ],
        "nearest": [],
        "left": [],
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
        ("what's your take", "opinion", None, [], ["waited", "lift"]),
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


def test_an_excerpt_of_an_article_with_an_address_has_the_link_to_its_words(cli: Cli, make_pack: MakePack) -> None:
    folder = make_pack({"pack.yaml": PACK.replace("  publisher", "  url: https://gazette.example/a\n  publisher")})
    found = cli("ask", "--json", "--pack", folder, "reading room").json
    (excerpt,) = found["excerpts"]
    assert list(excerpt) == [*EXCERPT_KEYS, "url"]
    assert excerpt["url"] == "https://gazette.example/a#:~:text=The%20reading%20room%20will,finally%20be%20full%20again."
    assert found["reply"].endswith("\nMillbrook library, paragraph 2")


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
        "unsure",
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


def test_what_is_printed_is_json_whatever_the_id_is(cli: Cli, tiny_folder: Path) -> None:
    lines = [r'{"question": "hello", "id": ["\ud800", 1.5, 12345678901234567890]}', '{"question": "hello", "id": NaN}']
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin="\n".join([*lines, '{"question": "hello", "id": -1e999}']))
    assert ran.status == 2
    assert ran.err == "verbatim: line 3: a number in it is too large. Fix: write it as a text.\n"
    assert [(r["id"], r["question"]) for r in ran.lines] == [(["\ud800", 1.5, 12345678901234567890], "hello"), (None, lines[1])]


def test_an_object_nested_beyond_reason_is_a_line_like_any_other(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin='{"a":' * 100_000 + "\nroof repairs\n")
    assert ran.status in (0, 2)
    assert "Traceback" not in ran.err


QUESTIONS = "reading room\nWhat of the café?\n"


@pytest.mark.parametrize(
    "data",
    [
        QUESTIONS.encode(),
        QUESTIONS.encode("utf-8-sig"),
        QUESTIONS.replace("\n", "\r\n").encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + QUESTIONS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + QUESTIONS.replace("\n", "\r\n").encode("utf-16-be"),
        QUESTIONS.rstrip().encode(),
    ],
)
def test_standard_input_is_read_in_whatever_unicode_it_says_it_is(cli: Cli, tiny_folder: Path, data: bytes) -> None:
    ran = cli("ask", "--jsonl", "--pack", tiny_folder, stdin=piped(data))
    assert (ran.status, ran.err) == (0, "")
    assert [(r["question"], r["verdict"]) for r in ran.lines][:1] == [("reading room", "answer")]
    assert ran.lines[1]["question"] == "What of the café?"
    one = cli("ask", "--json", "--pack", tiny_folder, stdin=piped(data)).json
    assert one["question"].split() == "reading room What of the café?".split()
    talk = cli("chat", "--pack", tiny_folder, stdin=piped(data)).out
    assert talk.startswith("Anna Kovacs, Head librarian:\n“The reading room will finally be full again.”")


NO_TEXT = "is neither UTF-8 nor UTF-16 with a byte order mark. Fix: send it as UTF-8."


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (QUESTIONS.encode("latin-1"), 2),
        (QUESTIONS.encode("utf-16-le"), 1),
        (QUESTIONS.encode("utf-16-be"), 1),
        (codecs.BOM_UTF16_LE + QUESTIONS.encode("utf-16-le")[:-1], 2),
        (codecs.BOM_UTF32_LE + QUESTIONS.encode("utf-32-le"), 1),
        (b"reading room\n\x93roof\x94 repairs\n", 2),
        (b"reading room\n\xef\xbb\n", 2),
    ],
)
@pytest.mark.parametrize("command", [("ask", "--jsonl"), ("ask",), ("ask", "--json"), ("chat",)])
def test_standard_input_that_is_no_text_is_refused_and_never_answered_as_garbage(
    cli: Cli, tiny_folder: Path, data: bytes, line: int, command: tuple[str, ...]
) -> None:
    ran = cli(*command, "--pack", tiny_folder, stdin=piped(data))
    assert (ran.status, ran.err) == (2, f"verbatim: standard input, line {line}: {NO_TEXT}\n")
    if command == ("ask", "--jsonl"):
        assert [r["question"] for r in ran.lines] == ["reading room", "What of the café?"][: line - 1]


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
        "Ruth Bell.\nThe article, reporting Ruth Bell:\n"
        "“Councillor Ruth Bell also called for a second lift in the building.”\n"
        "Millbrook library, paragraph 4\n"
    )


def test_a_refusal_is_no_error(cli: Cli, tiny_folder: Path) -> None:
    ran = cli("ask", "--pack", tiny_folder, "salary of Kovacs")
    first, *offered = ran.out.splitlines()
    assert (ran.status, first, ran.err) == (0, "The article does not say: the librarian's salary.", "")
    assert offered == [
        "You can ask, for example:",
        "- When does the library begin to open on Sundays?",
        "- How many readers signed the petition?",
        "- How long have they waited?",
    ]


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
        ("who wants one more elevator", ["Understood", "Came near (probability, 0 to 1)", "Decided"]),
        ("what did Kovaks say of 9 lifts", ["  names       kovacs", "  spelling    kovaks -> kovacs"]),
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
    assert re.fullmatch(r"  [a-z_]+, by the rule [a-z_]+: .+", explained[-2])


@pytest.mark.parametrize("options", [("--json", "--jsonl"), ("--json", "--explain"), ("--jsonl", "--explain")])
def test_the_forms_of_output_exclude_each_other(cli: Cli, options: tuple[str, str]) -> None:
    ran = cli("ask", *options, "hello")
    assert (ran.status, ran.out) == (2, "")
    assert "not allowed with argument" in ran.err
