"""Changes in YAML files: what is asked for is done, and every other character stays."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.yaml_edits import Edits, quoted, term

RECORDS = """\
# The quotes.
- id: one   # the first
  text: "a\\u00a0b"
  # Between.
  paragraph: '3'
- {id: two, text: "c"}
-   id: three
    text: >
      d
      e

# The end.
"""


@given(text=st.text())
@example(text='yes: no # \\ " \u2028 \x85 \x00 \ufeff \ufffe \U0010ffff \t\r\n')
def test_any_text_can_be_quoted(text: str) -> None:
    assert yaml.safe_load(quoted(text)) == text


def test_what_is_not_changed_stays_as_it_is() -> None:
    assert Edits(RECORDS).done() == RECORDS


def test_a_key_is_put_behind_the_line_of_another_with_the_indent_of_its_record() -> None:
    edits = Edits(RECORDS)
    for name in ("one", "two", "three"):
        edits.record(name).add("switched_off", '"why"', after="id")
    edits.record("three").add("open", '"who"', after="text")
    assert edits.done() == RECORDS.replace("# the first\n", '# the first\n  switched_off: "why"\n').replace(
        "{id: two,", '{id: two, switched_off: "why",'
    ).replace("id: three\n", 'id: three\n    switched_off: "why"\n').replace("# The end.\n", '    open: "who"\n# The end.\n')
    assert [r.get("switched_off") for r in yaml.safe_load(edits.done())] == ["why"] * 3


def test_keys_at_one_place_stand_in_the_order_in_which_they_came() -> None:
    edits = Edits("- id: a")
    edits.record("a").add("b", "1", after="id")
    edits.record("a").add("c", "2", after="id")
    assert edits.done() == "- id: a\n  b: 1\n  c: 2"


def test_a_value_is_replaced_and_a_key_renamed_where_they_stand() -> None:
    edits = Edits(RECORDS)
    edits.record("one").put("paragraph", '"4"')
    edits.record("two").rename("text", "former_text")
    edits.record("three").put("text", '"f"')
    assert edits.done() == RECORDS.replace("'3'", '"4"').replace('text: "c"', 'former_text: "c"').replace(
        ">\n      d\n      e\n\n", '"f"\n'
    )


def test_line_ends_are_those_of_the_file() -> None:
    edits = Edits("- id: a\r\n  b: 1\r\n")
    edits.record("a").add("switched_off", "x", after="id")
    assert edits.done() == "- id: a\r\n  switched_off: x\r\n  b: 1\r\n"


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ("k:\n  - a\n  - b # why\nz: 1\n", ["a"], "k:\n  # - a\n  - b # why\nz: 1\n"),
        ("k:\n  - a\n  - 'b'\nz: 1\n", ["a", "b"], "k: []\n  # - a\n  # - 'b'\nz: 1\n"),
        ("k:\n- a\n- b\n", ["b"], "k:\n- a\n# - b\n"),
        ("k: [a, 'b', \"c\"] # these\n", ["a"], "# gone\nk: ['b', \"c\"] # these\n"),
        ("k: [a]\n", ["a"], "# gone\nk: []\n"),
        ("k: a\n", ["a"], "# gone\nk: []\n"),
        ("{k: [a, b]}\n", ["a"], "{k: [b]}\n"),
    ],
)
def test_texts_are_taken_out_of_a_list_and_stay_as_remarks(before: str, gone: list[str], after: str) -> None:
    edits = Edits(before)
    edits.top.drop("k", gone, "gone")
    assert edits.done() == after
    assert yaml.safe_load(after)["k"] == [t for t in yaml.safe_load(before)["k"] if t not in gone]


def test_a_mapping_inside_is_put_in_and_goes_on() -> None:
    edits = Edits("a:\n  b: 1\n  c: 2\n")
    edits.top.inside("a").add_mapping("f", "x", '"y"', after="b")
    once = edits.done()
    assert once == 'a:\n  b: 1\n  f:\n    x: "y"\n  c: 2\n'
    edits = Edits(once)
    edits.top.inside("a").inside("f").add_last("z", "1")
    assert edits.done() == 'a:\n  b: 1\n  f:\n    x: "y"\n    z: 1\n  c: 2\n'
    edits = Edits("a: {b: 1}\n")
    edits.top.inside("a").add_mapping("f", "x", '"y"', after="b")
    assert edits.done() == 'a: {b: 1, f: {x: "y"}}\n'


def test_what_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Edits(RECORDS).record("four")
    with pytest.raises(KeyError):
        Edits("a: 1").top.inside("a")
    with pytest.raises(KeyError):
        _ = Edits("- id: a").top


@pytest.mark.parametrize(
    ("key", "after"),
    [
        ("drafted", "- id: a\n  # Why.\n  text: >\n    b\n    c\n  z: 1\n"),
        ("text", "- id: a\n  drafted: true\n  # Why.\n  z: 1\n"),
        ("z", "- id: a\n  drafted: true\n  # Why.\n  text: >\n    b\n    c\n"),
    ],
)
def test_a_key_goes_with_its_value_and_its_line(key: str, after: str) -> None:
    edits = Edits("- id: a\n  drafted: true\n  # Why.\n  text: >\n    b\n    c\n  z: 1\n")
    edits.record("a").remove(key)
    assert edits.done() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- k: 1\n  id: a\n", "- id: a\n"),
        ("- id: a\n  k: 1", "- id: a\n"),
        ("- id: a\n  k: 1  # why\n  b: 2\n", "- id: a\n  # why\n  b: 2\n"),
        ("- id: a\r\n  k: 1\r\n  b: 2\r\n", "- id: a\r\n  b: 2\r\n"),
        ("- {id: a, k: 1, b: 2}\n", "- {id: a, b: 2}\n"),
        ("- {id: a, k: 1}\n", "- {id: a}\n"),
        ("- {k: 1, id: a}\n", "- {id: a}\n"),
    ],
)
def test_a_key_goes_wherever_it_stands_and_a_remark_behind_it_stays(before: str, after: str) -> None:
    edits = Edits(before)
    edits.record("a").remove("k")
    assert edits.done() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- id: a\n# End.\n", "- id: a\n# End.\n- id: b\n  c: 1\n"),
        ("- id: a", "- id: a\n- id: b\n  c: 1\n"),
        ("  - id: a\r\n", "  - id: a\r\n  - id: b\r\n    c: 1\r\n"),
    ],
)
def test_a_record_is_put_at_the_end_with_the_indent_of_the_list(before: str, after: str) -> None:
    edits = Edits(before)
    edits.add_record(["- id: b", "  c: 1"])
    assert edits.done() == after


@pytest.mark.parametrize("text", ["a: 1\n", "[]\n", ""])
def test_a_record_is_not_put_where_there_is_no_list_of_lines(text: str) -> None:
    with pytest.raises(KeyError):
        Edits(text).add_record(["- id: b"])


@given(text=st.from_regex(r"[a-z0-9][a-z0-9-]{0,59}", fullmatch=True))
@example(text="null")
@example(text="2026-05-04")
@example(text="0x1f")
def test_a_term_is_read_as_the_text_that_it_is(text: str) -> None:
    assert yaml.safe_load(f"[{term(text)}]") == [text]
    assert term("p1-s1") == "p1-s1"


def test_a_list_on_lines_of_its_own_gives_way_to_a_value() -> None:
    edits = Edits("- id: a\n  b:\n    - x\n    - y\n# Remark.\n- id: c\n")
    edits.record("a").put("b", "z")
    assert edits.done() == "- id: a\n  b: z\n# Remark.\n- id: c\n"


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("a: 1\n# Remark.\nb: 2\n", "# Remark.\nb: 2\n"),
        ("# Head.\na: 1  # why\nb: 2\n", "# Head.\n# why\nb: 2\n"),
        ("a: 1\nb: 2\n", "b: 2\n"),
        ("{a: 1, b: 2}\n", "{b: 2}\n"),
    ],
)
def test_the_first_key_goes_and_the_remarks_behind_it_stay(text: str, without: str) -> None:
    edits = Edits(text)
    edits.top.remove("a")
    assert edits.done() == without


def test_of_a_record_whose_first_key_goes_the_remarks_stay() -> None:
    edits = Edits("- a: 1  # why\n  id: x\n- a: 2\n  id: y\n")
    edits.record("x").remove("a")
    edits.record("y").remove("a")
    assert edits.done() == "-   # why\n  id: x\n- id: y\n"
    assert yaml.safe_load(edits.done()) == [{"id": "x"}, {"id": "y"}]


def test_the_ids_of_a_file_are_found_in_any_form() -> None:
    assert Edits(RECORDS).ids == ("one", "two", "three")
    assert Edits("a: 1\n").ids == ()
