"""YAML read strictly: nothing is converted, and every fault has its line and its fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import Fault, FileFaults
from bot.text.strict_yaml import Mapping, read_mapping, read_records

Read = Callable[[str], Mapping]


@pytest.fixture
def faults() -> list[Fault]:
    return []


@pytest.fixture
def mapping(tmp_path: Path, faults: list[Fault]) -> Read:
    def read(text: str) -> Mapping:
        (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
        found = read_mapping(tmp_path / "a.yaml", faults, "a.yaml")
        assert found is not None
        return found

    return read


def test_a_fault_says_where_what_and_how_to_fix_it() -> None:
    assert str(Fault("faq.yaml", 3, "is wrong.", "fix it.")) == "faq.yaml:3: is wrong. Fix: fix it."
    assert str(Fault("faq.yaml", 0, "is missing.")) == "faq.yaml: is missing."


def test_faults_are_told_in_the_order_of_files_and_lines() -> None:
    error = FileFaults([Fault("b.yaml", 1, "x"), Fault("a.yaml", 10, "y"), Fault("a.yaml", 9, "z")])
    assert str(error) == "a.yaml:9: z\na.yaml:10: y\nb.yaml:1: x"


def test_text_stays_as_it_is_written(mapping: Read, faults: list[Fault]) -> None:
    read = mapping('plain: some words\nquoted: "yes"\nsingle: \'1:30\'\nlong: >\n  two\n  lines\ndate: "2013-08-20"\n')
    assert [read.text(k) for k in ("plain", "quoted", "single", "long", "date")] == [
        "some words",
        "yes",
        "1:30",
        "two lines\n",
        "2013-08-20",
    ]
    read.close()
    assert faults == []


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("yes", "bool"),
        ("No", "bool"),
        ("on", "bool"),
        ("true", "bool"),
        ("1:30", "int"),
        ("0o7", None),
        ("007", "int"),
        ("7", "int"),
        ("2.5", "float"),
        (".inf", "float"),
        ("2013-08-20", "timestamp"),
        ("2013-08-20T19:00:00Z", "timestamp"),
        ("~", "null"),
        ("null", "null"),
        ("", "null"),
        ("7pm", None),
        ("August 20", None),
        ("'yes'", None),
    ],
)
def test_what_yaml_would_convert_must_be_quoted(mapping: Read, faults: list[Fault], written: str, kind: str | None) -> None:
    read = mapping(f"first: x\nlead: {written}\n")
    value = read.text("lead")
    if kind is None:
        assert faults == []
        assert value == written.strip("'")
    else:
        (fault,) = faults
        assert (
            str(fault) == f'a.yaml:2: YAML reads {written!r} as {kind}, not as text. Fix: put it in double quotes: "{written}".'
        )


def test_a_key_that_stands_twice_is_a_fault_at_the_second(mapping: Read, faults: list[Fault]) -> None:
    mapping("id: one\nlead: a\nid: two\n")
    assert list(map(str, faults)) == ["a.yaml:3: the key 'id' stands here twice. Fix: keep one of the two."]


def test_unknown_keys_are_faults_that_name_the_known_ones(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("id: one\nleed: a\n")
    read.text("id")
    read.text("lead")
    read.close()
    assert list(map(str, faults)) == ["a.yaml:2: unknown key 'leed'. Fix: the keys known here are id, lead."]


def test_a_fault_of_a_key_stands_at_the_key_also_where_its_value_begins_below(mapping: Read, faults: list[Fault]) -> None:
    mapping("id: one\n\nleed:\n\n  - a\n").close()
    assert [f.line for f in faults if "leed" in f.what] == [3]


def test_a_required_key_that_is_missing_or_empty_is_a_fault(mapping: Read, faults: list[Fault]) -> None:
    read = mapping('id: "  "\n')
    read.text("id", required=True)
    read.text("name", required=True)
    assert list(map(str, faults)) == [
        "a.yaml:1: 'id' is empty. Fix: write its text, or remove the key.",
        "a.yaml:1: the key 'name' is missing. Fix: add `name: ...`.",
    ]


def test_an_absent_optional_key_gives_the_default(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("id: one\n")
    assert (read.text("lead"), read.text("lead", default="x"), read.texts("cites"), read.mapping("more")) == ("", "x", (), None)
    assert faults == []


def test_a_list_keeps_the_line_of_each_item_and_one_text_is_a_list_of_one(mapping: Read, faults: list[Fault]) -> None:
    read = mapping('cites:\n  - one\n  - "two"\nsingle: three\n')
    assert [(t.value, t.line) for t in read.texts("cites")] == [("one", 2), ("two", 3)]
    assert [t.value for t in read.texts("single")] == ["three"]
    assert faults == []


def test_every_bad_item_of_a_list_is_reported_and_the_good_ones_are_kept(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("cites:\n  - good\n  - yes\n  - [a]\n  - {b: c}\n")
    assert [t.value for t in read.texts("cites")] == ["good"]
    assert [f.line for f in faults] == [3, 4, 5]
    assert faults[1].what == "a text is wanted here, not a list or keys and values."


def test_rows_must_be_lists_of_lists(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("good:\n  - [a, b]\n  - [c, d]\nbad: [a, b]\n")
    assert [[t.value for t in row] for row in read.rows("good")] == [["a", "b"], ["c", "d"]]
    assert read.rows("bad") == ()
    assert list(map(str, faults)) == ["a.yaml:4: 'bad' must hold a list of lists. Fix: write each as `- [one, other]`."]


def test_a_mapping_must_hold_keys_and_values(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("synonyms: [a]\n")
    assert read.mapping("synonyms") is None
    assert list(map(str, faults)) == ["a.yaml:1: 'synonyms' must hold keys and values. Fix: indent `key: value` lines below it."]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.yaml: this file is empty. Fix: write its records, or remove it."),
        (b"# only a comment\n", "a.yaml: this file is empty. Fix: write its records, or remove it."),
        (b"id: caf\xe9\n", "a.yaml: is not UTF-8: byte 7 cannot be read. Fix: save the file as UTF-8."),
        (b"- id: one\n", "a.yaml:1: this file must hold keys and values. Fix: write `key: value` lines."),
        (b"just words\n", "a.yaml:1: this file must hold keys and values. Fix: write `key: value` lines."),
    ],
)
def test_a_file_that_cannot_be_read_as_a_mapping_is_one_clear_fault(
    tmp_path: Path, faults: list[Fault], data: bytes, message: str
) -> None:
    (tmp_path / "a.yaml").write_bytes(data)
    assert read_mapping(tmp_path / "a.yaml", faults, "a.yaml") is None
    assert list(map(str, faults)) == [message]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('id: "one\nlead: two\n', 3),
        ("id: one\n\tlead: two\n", 2),
        ("id: a: b\n", 1),
        ("id: x\n---\nid: y\n", 2),
        ("id: *nothing\n", 1),
        ('id: "a\x00b"\n', 0),
    ],
)
def test_broken_yaml_is_one_fault_with_its_line(tmp_path: Path, faults: list[Fault], text: str, line: int) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    assert read_mapping(tmp_path / "a.yaml", faults, "a.yaml") is None
    (fault,) = faults
    assert fault.what.startswith("is not valid YAML: ")
    assert fault.line == line
    assert "\n" not in str(fault)


def test_a_missing_file_and_a_folder_in_its_place_are_faults(tmp_path: Path, faults: list[Fault]) -> None:
    assert read_mapping(tmp_path / "none.yaml", faults, "none.yaml") is None
    (tmp_path / "folder.yaml").mkdir()
    assert read_records(tmp_path / "folder.yaml", faults, "folder.yaml") == []
    assert list(map(str, faults)) == [
        "none.yaml: this file is missing. Fix: create it, or restore it from version control.",
        "folder.yaml: cannot be read (Is a directory). Fix: check the path and its permissions.",
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path, faults: list[Fault]) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfid: one\r\nlead: two\r\n")
    read = read_mapping(tmp_path / "a.yaml", faults, "a.yaml")
    assert read is not None
    assert (read.text("id"), read.text("lead"), read.line_of("lead"), faults) == ("one", "two", 2, [])


def test_records_are_a_list_of_mappings_and_what_is_not_one_is_a_fault(tmp_path: Path, faults: list[Fault]) -> None:
    (tmp_path / "a.yaml").write_text("- id: one\n- just words\n- id: two\n- [x]\n", encoding="utf-8")
    records = read_records(tmp_path / "a.yaml", faults, "a.yaml")
    assert [(r.text("id"), r.line) for r in records] == [("one", 1), ("two", 3)]
    assert list(map(str, faults)) == [
        "a.yaml:2: a list item here must hold keys and values. Fix: begin it with `- id: ...`.",
        "a.yaml:4: a list item here must hold keys and values. Fix: begin it with `- id: ...`.",
    ]


def test_a_file_of_records_that_holds_a_mapping_is_a_fault(tmp_path: Path, faults: list[Fault]) -> None:
    (tmp_path / "a.yaml").write_text("id: one\n", encoding="utf-8")
    assert read_records(tmp_path / "a.yaml", faults, "a.yaml") == []
    assert list(map(str, faults)) == ["a.yaml:1: this file must hold a list. Fix: begin each record with `- id: ...`."]


def test_an_anchor_that_holds_itself_ends_in_a_fault_and_not_in_a_loop(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("cites: &a\n  - one\n  - *a\n")
    assert [t.value for t in read.texts("cites")] == ["one"]
    assert len(faults) == 1
