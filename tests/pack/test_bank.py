"""The phrase bank's plain text: headings, lines, remarks; and that no line is lost without a fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Fault
from bot.pack import bank
from bot.pack.bank import Section, parse


def sections(text: str) -> list[Section]:
    faults: list[Fault] = []
    found = parse(text, "phrases.txt", faults)
    assert faults == []
    return found


def test_each_heading_has_the_lines_below_it_with_their_numbers() -> None:
    text = "# Remark\n[one]\nfirst\n\n  second  \n#\n[not one]\nthird\n"
    assert sections(text) == [
        Section("one", False, "phrases.txt", 2, ["first", "second"], [3, 5]),
        Section("one", True, "phrases.txt", 7, ["third"], [8]),
    ]


@pytest.mark.parametrize(
    "line", ["#backthecode", "yes", "1:30", "what: this", "-no blank", '"So" he said', "it's 5 o'clock [sic]", "“what”"]
)
def test_a_phrasing_needs_no_quoting(line: str) -> None:
    assert sections(f"[one]\n{line}\n")[0].texts == [line]


@pytest.mark.parametrize("heading", ["[one]", "  [one]", "[one]\r"])
def test_white_space_round_a_heading_does_no_harm(heading: str) -> None:
    assert sections(f"{heading}\nfirst\r\n")[0] == Section("one", False, "phrases.txt", 1, ["first"], [2])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "first\n[one]\nsecond\n",
            "b.txt:1: 'first' stands above every heading. Fix: write `[id]` above it: of an entry, gap or premise.",
        ),
        ("[one\nfirst\n", "b.txt:1: '[one' is not a heading. Fix: write `[id]`, or `[not id]` for near misses."),
        ("[one two]\n", "b.txt:1: '[one two]' is not a heading. Fix: write `[id]`, or `[not id]` for near misses."),
        (
            "[one]\n- first\nsecond\n",
            "b.txt:2: '- first' is written as in YAML. Fix: write the words alone, without dash and quotes.",
        ),
        (
            '[one]\n"first"\nsecond\n',
            "b.txt:2: '\"first\"' is written as in YAML. Fix: write the words alone, without dash and quotes.",
        ),
        ("[one]\n# first\n[two]\nsecond\n", "b.txt:1: nothing stands under [one]. Fix: write a line, or remove the heading."),
        ("[not one]\n", "b.txt:1: nothing stands under [not one]. Fix: write a line, or remove the heading."),
    ],
)
def test_a_line_that_cannot_be_meant_is_a_fault(text: str, message: str) -> None:
    faults: list[Fault] = []
    parse(text, "b.txt", faults)
    assert message in map(str, faults)


@given(
    st.lists(
        st.sampled_from(["[a]", "[not a]", "[", "[a b]", "# x", "#", "#x", "", " ", "- x", '"x"', "x", "x y", "\x0b", "\u2028"])
    )
)
def test_every_line_is_a_remark_a_heading_a_phrasing_or_a_fault(lines: list[str]) -> None:
    faults: list[Fault] = []
    found = parse("\n".join(lines), "b.txt", faults)
    known = {s.line for s in found} | {n for s in found for n in s.lines} | {f.line for f in faults}
    rest = {line.strip() for number, line in enumerate(lines, 1) if number not in known}
    assert rest <= {"", "#", "# x"}
    assert all(lines[n - 1].strip() == t for s in found for t, n in zip(s.texts, s.lines, strict=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[a]\nx\ny\n"),
        ("[b]\nz\n", "[b]\nz\n\n[a]\nx\ny\n"),
        ("[b]\nz", "[b]\nz\n\n[a]\nx\ny\n"),
        ("[a]\nz\n\n# Remark.\n[b]\nz2\n", "[a]\nz\nx\ny\n\n# Remark.\n[b]\nz2\n"),
        ("[a]\nz\n\n[b]\nz2\n", "[a]\nz\nx\ny\n\n[b]\nz2\n"),
        ("[b]\nz2\n[a]\nz", "[b]\nz2\n[a]\nz\nx\ny\n"),
        ("[a]\r\nz\r\n", "[a]\r\nz\r\nx\r\ny\r\n"),
    ],
)
def test_lines_are_added_under_their_heading_and_all_else_stays(before: str, after: str) -> None:
    assert bank.added(before, "[a]", ["x", "y"]) == after


@pytest.mark.parametrize(
    ("line", "can"),
    [
        ("when", True),
        ("#backthecode", True),
        ("# of them", False),
        ("#", False),
        ("[x]", False),
        ("- x", False),
        ('"x"', False),
        ("", False),
    ],
)
def test_what_a_line_can_hold(line: str, can: bool) -> None:
    assert bank.can_hold(line) is can
