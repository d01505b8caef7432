"""YAML read strictly: nothing is converted, and every fault has its line and its fix."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Fault, FileFaults
from bot.text import strict_yaml
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


def test_faults_are_told_in_the_order_in_which_the_files_were_read_and_of_their_lines() -> None:
    error = FileFaults([Fault("b.yaml", 1, "x."), Fault("a.yaml", 10, "y."), Fault("a.yaml", 9, "z."), Fault("b.yaml", 1, "x.")])
    assert str(error) == "b.yaml:1: x.\na.yaml:9: z.\na.yaml:10: y.\n3 faults."
    assert str(FileFaults([Fault("a.yaml", 1, "x.")])) == "a.yaml:1: x."


def following(causes: int, followers: int) -> FileFaults:
    return FileFaults(
        [
            *(Fault("a.yaml", i, "follows.", follows=True) for i in range(1, followers + 1)),
            *(Fault("b.yaml", i, "is wrong.") for i in range(1, causes + 1)),
        ]
    )


@pytest.mark.parametrize(
    ("causes", "followers", "told", "count"),
    [
        (1, 0, 1, ""),
        (1, 1, 1, "1 fault, and 1 more that follows from it."),
        (1, 23, 1, "1 fault, and 23 more that follow from it."),
        (2, 1, 2, "2 faults, and 1 more that follows from them."),
        (10, 0, 10, "10 faults."),
        (11, 0, 10, "11 faults, of which these are the first 10."),
        (185, 3, 10, "185 faults, of which these are the first 10, and 3 more that follow from them."),
        (0, 2, 2, "2 faults."),  # should a cause ever be missing, nothing is held back
    ],
)
def test_ten_faults_are_told_at_most_and_those_that_follow_are_counted(
    causes: int, followers: int, told: int, count: str
) -> None:
    error = following(causes, followers)
    assert len(error.told) == told
    assert not causes or not any(f.follows for f in error.told)
    assert str(error).split("\n") == [*map(str, error.told), *([count] if count else [])]
    assert len(error.faults) == causes + followers
    assert error.lines(every=True)[: causes + followers] == tuple(map(str, error.faults))
    assert "first" not in error.lines(every=True)[-1]


def test_text_stays_as_it_is_written(mapping: Read, faults: list[Fault]) -> None:
    read = mapping('plain: some words\nquoted: "yes"\nsingle: \'1:30\'\nlong: >\n  two\n  lines\ndate: "2013-08-20"\n')
    assert [read.text(k) for k in ("plain", "quoted", "single", "long", "date")] == [
        "some words",
        "yes",
        "1:30",
        "two lines",
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


# A hash sign in a text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("lead: Campaigners tweeted #backthecode", "Campaigners tweeted"),
        ("lead: Campaigners tweeted\t#backthecode", "Campaigners tweeted"),
        ("lead: 🎈 été\n    went on #backthecode", "🎈 été went on"),
        ("lead: a wrapped text whose next line is\n    #backthecode", "a wrapped text whose next line is"),
        ("lead: &name tweeted #backthecode", "tweeted"),
        ("lead: 5 #backthecode", "5"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_hash_sign_that_cuts_an_unquoted_text_off_is_a_fault(
    tmp_path: Path, faults: list[Fault], written: str, value: str, ending: str
) -> None:
    text = f"id: é🎈\n{written}\n# a remark\nmore: x\n".replace("\n", ending)
    (tmp_path / "a.yaml").write_bytes(text.encode())
    read = read_mapping(tmp_path / "a.yaml", faults, "a.yaml")
    assert read is not None
    assert read.text("lead") == ""
    assert list(map(str, faults)) == [
        f"a.yaml:2: a hash sign cuts this text off, behind {value!r}. Fix: put the whole text in double quotes; or the remark, if it "
        "is one, on a line of its own, no deeper than the next key."
    ]
    assert read.text("more") == "x"


def test_a_text_that_begins_with_a_hash_sign_leaves_nothing_and_is_a_fault(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("lead: #backthecode\ncites:\n  - #one\n  - two #three\n  - four\n")
    assert read.text("lead") == ""
    assert [t.value for t in read.texts("cites")] == ["four"]
    assert [(f.line, f.what) for f in faults] == [
        (1, "a hash sign cuts this text off, and leaves nothing."),
        (3, "a hash sign cuts this text off, and leaves nothing."),
        (4, "a hash sign cuts this text off, behind 'two'."),
    ]


@pytest.mark.parametrize(
    "written",
    [
        'lead: "tweeted #backthecode"',
        "lead: 'tweeted' # a remark",
        "lead: tweeted#backthecode",
        "lead: tweeted\n# a remark",
        "lead: tweeted\n\n  # a remark",
        "lead: >  # a remark\n  tweeted #backthecode",
        "lead: |\n  tweeted\n  #backthecode",
    ],
)
def test_what_is_quoted_and_remarks_of_their_own_are_no_faults(mapping: Read, faults: list[Fault], written: str) -> None:
    assert mapping(f"{written}\nmore: x\n").text("lead").startswith("tweeted")
    assert faults == []


def test_remarks_between_items_and_behind_lists_and_terms_are_no_faults(mapping: Read, faults: list[Fault]) -> None:
    read = mapping(
        "cites:  # of both\n  - one\n  # a remark\n  - two\nmore: [a, b] # c\nkind: direct  # a remark\nids:\n- a # b\n"
    )
    assert [t.value for k in ("cites", "more") for t in read.texts(k)] == ["one", "two", "a", "b"]
    assert (read.term("kind"), [t.value for t in read.terms("ids")]) == ("direct", ["a"])
    assert faults == []


@given(st.text(st.sampled_from("ab #é🎈\u00a0"), min_size=1, max_size=12))
def test_an_unquoted_text_is_read_whole_or_is_a_fault(text: str) -> None:
    """Whatever stands behind the key, no part of it goes unseen."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.yaml"
        path.write_text(f"lead: {text}\nmore: x\n", encoding="utf-8")
        faults: list[Fault] = []
        read = read_mapping(path, faults, "a.yaml")
        assert read is not None
        assert read.text("lead") == text.strip(" ") or faults


def test_outer_white_space_of_block_scalars_goes_and_that_in_quotation_marks_stays(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("a: |\n\n    two\n    lines\n\n\nb: >+\n  folded\n\nc: |2\n   deeper  \nd: ' kept '\n")
    assert [read.text(k) for k in "abcd"] == ["two\nlines", "folded", "deeper", " kept "]
    assert faults == []


def test_a_key_that_stands_twice_is_a_fault_at_the_second(mapping: Read, faults: list[Fault]) -> None:
    mapping("id: one\nlead: a\nid: two\n")
    assert list(map(str, faults)) == ["a.yaml:3: the key 'id' stands here twice. Fix: keep one of the two."]


def test_unknown_keys_are_faults_that_name_the_known_ones(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("id: one\nleed: a\n")
    read.text("id")
    read.text("lead")
    read.close()
    assert list(map(str, faults)) == ["a.yaml:2: unknown key 'leed'. Fix: the keys known here are id, lead."]


def test_a_missing_key_follows_from_an_unknown_one_that_looks_like_it(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("phrasing: [a]\nkind: direct\n")
    read.texts("phrasings", required=True)
    read.text("title", required=True)
    read.term("kind")
    read.close()
    assert [(f.what, f.follows) for f in FileFaults(faults).faults] == [
        ("the key 'title' is missing.", False),
        ("unknown key 'phrasing'.", False),
        ("the key 'phrasings' is missing.", True),
    ]


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
        ('id: "one\nlead: two\n', 1),
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


# What a stranger may send


def refused(tmp_path: Path, text: str) -> str:
    """The one fault for which a file is not read at all."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    assert read_mapping(tmp_path / "a.yaml", faults, "a.yaml") is None
    (fault,) = faults
    return str(fault)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("cites: &a\n  - one\n  - *a\n", 1),
        ("one: 1\ntwo: &a words\nthree: *a\n", 2),
        ("one: &a {two: words}\nthree:\n  <<: *a\n", 1),
        ("? &a [*a]\n: words\n", 1),
        ("one: &a |\n" + "  words\n" * 1000 + "two: [" + "*a, " * 100_000 + "*a]\n", 1),
    ],
)
def test_an_alias_is_refused_since_it_may_hold_itself_or_make_a_short_file_a_long_one(
    tmp_path: Path, text: str, line: int
) -> None:
    assert refused(tmp_path, text) == (
        f"a.yaml:{line}: an alias (`*name`) uses what stands here again. Fix: write it out in each place."
    )


def test_aliases_of_aliases_as_a_key_are_not_written_out(tmp_path: Path) -> None:
    lists = [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    said = refused(tmp_path, "\n".join(["a0: &a0 [x]", *lists, "? *a29", ": words", ""]))
    assert "an alias" in said
    assert len(said) < 200


def test_an_anchor_that_nothing_refers_to_and_an_ampersand_in_a_text_do_no_harm(mapping: Read, faults: list[Fault]) -> None:
    read = mapping("one: &a words\ntwo: R&D * 2\n")
    assert (read.text("one"), read.text("two"), faults) == ("words", "R&D * 2", [])


@pytest.mark.parametrize("key", ["[one, two]", "{one: two}"])
def test_a_key_that_is_no_text_is_a_fault(mapping: Read, faults: list[Fault], key: str) -> None:
    read = mapping(f"? {key}\n: words\nthree: words\n")
    assert read.text("three") == "words"
    read.close()
    assert [str(f) for f in faults] == [
        "a.yaml:1: a key is a text, not a list or keys and values. Fix: write one text before the colon."
    ]


@pytest.mark.parametrize("nested", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, "{a: " * 100_000])
@pytest.mark.parametrize("loader", [strict_yaml._LOADER, yaml.SafeLoader])
def test_what_is_nested_deeply_is_a_fault_with_either_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loader: object, nested: str
) -> None:
    monkeypatch.setattr(strict_yaml, "_LOADER", loader)
    assert "nest" in refused(tmp_path, f"a: {nested}\n")


def test_a_file_beyond_the_size_is_not_read(tmp_path: Path) -> None:
    words = "x" * (strict_yaml.MAX_BYTES - len("a: \n"))
    (tmp_path / "b.yaml").write_text(f"a: {words}\n", encoding="utf-8")
    whole = read_mapping(tmp_path / "b.yaml", [], "b.yaml")
    assert whole is not None
    assert whole.text("a") == words
    assert refused(tmp_path, f"a: x{words}\n") == (
        "a.yaml: is larger than 5,000,000 bytes. Fix: split its records over several files."
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('- id: a\n\task: "b"\n', "2: is not valid YAML: a tab stands where spaces are wanted. Fix: indent with spaces."),
        (
            "- id: a\n\u00a0 ask: b\n",
            "2: is not valid YAML: a no-break space, or another odd one, stands here. Fix: indent with plain spaces.",
        ),
        (
            "- id: a\n  ask: Costs: what now\n",
            "2: is not valid YAML: a text without quotation marks holds `: `. Fix: put it in double quotes.",
        ),
        ("- id: a\n  ask:b\n  cites: [c]\n", "2: is not valid YAML: no space stands behind the colon. Fix: write `key: value`."),
        ("- id: a\n  ask: @b\n", "2: is not valid YAML: a text begins with a special character. Fix: put it in double quotes."),
        (
            '- id: a\n  ask: "Who\n  phrasings:\n    - "who is it"\n',
            "2: is not valid YAML: a quotation mark opens a text here, and none closes it. Fix: close it.",
        ),
        (
            '- id: a\n  asks:\n    - "who said "no" then"\n',
            "3: is not valid YAML: a text goes on behind the quotation mark that closes it. "
            'Fix: write \\" for each straight quotation mark inside a text in double quotes.',
        ),
        (
            "- id: a\n  names: ['readers' union']\n",
            "2: is not valid YAML: a text goes on behind the quotation mark that closes it. "
            "Fix: put a text with an apostrophe in double quotes.",
        ),
        (
            "- id: a\nid: b\n",
            "2: is not valid YAML: did not find expected '-' indicator. Fix: begin each record with `- ` and indent its keys by two "
            "spaces, and put texts that hold `: ` or begin with a special character in double quotes.",
        ),
    ],
)
def test_a_slip_is_called_by_its_name_where_it_was_made(tmp_path: Path, text: str, fault: str) -> None:
    faults: list[Fault] = []
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    read_records(path, faults, "a.yaml")
    assert [str(f) for f in faults] == [f"a.yaml:{fault}"]


@pytest.mark.parametrize(
    ("written", "flawed"),
    [
        ("“Who is it?”", True),
        ('“Who is it?"', True),
        ("“Who” is “it”", False),
        ("“Who is it?” they ask", False),
        ('"“Who is it?”"', False),
        ("'“Who is it?”'", False),
    ],
)
def test_curly_quotation_marks_do_not_take_the_place_of_straight_ones(
    mapping: Read, faults: list[Fault], written: str, flawed: bool
) -> None:
    read = mapping(f"ask: {written}\n")
    assert read.text("ask") == written.strip("'\"") or flawed
    assert faults == []
    read.wording("ask")
    assert [str(f) for f in faults] == flawed * [
        "a.yaml:1: the curly quotation marks round 'ask' would be shown. Fix: put straight ones in their place; or, if they belong to "
        "the text, round it."
    ]


def test_several_names_or_ids_in_one_text_are_a_fault_and_a_comma_in_a_list_or_a_sentence_is_none(
    mapping: Read, faults: list[Fault]
) -> None:
    read = mapping('ids: a, b\nnames: Ann, Tom\nlisted: ["Hall, Tom"]\none: Ann\nasked: When, please?\n')
    assert [t.value for t in (*read.names("listed"), *read.names("one"), *read.texts("asked"))] == [
        "Hall, Tom",
        "Ann",
        "When, please?",
    ]
    assert faults == []
    assert (read.terms("ids"), read.names("names")) == ((), ())
    assert [str(f) for f in faults] == [
        "a.yaml:1: 'ids' has several in one text. Fix: write a list: `ids: [a, b]`.",
        "a.yaml:2: 'names' has several in one text. Fix: write a list: `names: [Ann, Tom]`.",
    ]


def test_a_key_without_a_value_is_told_so(mapping: Read, faults: list[Fault]) -> None:
    assert mapping("lead:\n").text("lead") == ""
    assert [str(f) for f in faults] == ["a.yaml:1: nothing stands here. Fix: write a text, or take the key or the dash out."]
