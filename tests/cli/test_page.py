"""The lines of a reply in a terminal."""

from __future__ import annotations

import pytest

from bot.cli.colours import Paint
from bot.cli.page import columns, hanging, page, paragraph, side_by_side
from bot.say.lines import Bold, Line, choice, item, line, quote, small


def plain(text: str, code: str) -> str:
    return text


def marked(text: str, code: str) -> str:
    return f"<{code}>{text}</>"


@pytest.mark.parametrize(
    ("shown", "rows"),
    [
        (line("one two three four"), ["one two", "three four"]),
        (small("one two three four"), ["one two", "three four"]),
        (item("one two three"), ["- one two", "  three"]),
        (choice("one two three"), ["- one two", "  three"]),
        (quote("“one two three”"), ["  “one two", "   three”"]),
        (quote("“one\ntwo three four”"), ["  “one", "   two", "   three", "   four”"]),
        (quote("[…]"), ["  […]"]),
        (line("anti-semitism-and-more x"), ["anti-semitism-and-more", "x"]),
        (line("a\u00a0b c d e f"), ["a\u00a0b c d e", "f"]),
        (line("a  b\tc"), ["a  b    c"]),
        (line("北京 北京 ab"), ["北京 北京", "ab"]),
        (line("🎉🎉 🎉🎉 ab"), ["🎉🎉 🎉🎉", "ab"]),
        (line("ne\u0301e\u0301e\u0301 e\u0301te\u0301s x"), ["ne\u0301e\u0301e\u0301 e\u0301te\u0301s", "x"]),
        (quote("“北京 图书馆 x”"), ["  “北京", "   图书馆", "   x”"]),
        (item("北京北京北京 x"), ["- 北京北京北京", "  x"]),
    ],
)
def test_lines_are_wrapped_between_words_and_hang(shown: Line, rows: list[str]) -> None:
    assert page([shown], 10, plain).split("\n") == rows


def test_the_first_items_are_numbered_as_far_as_they_can_be_picked() -> None:
    lines = [line("Which?"), *(item(f"question {n}") for n in range(1, 12)), item("no choice")]
    assert page(lines, 40, plain, 11).split("\n") == ["Which?", *(f"{n}. question {n}" for n in range(1, 12)), "- no choice"]


@pytest.mark.parametrize(
    ("shown", "painted"),
    [
        (small("so it is"), "<2>so it is</>"),
        (quote("“one two three”"), "<36>  “one two</>\n<36>   three”</>"),
        (Line((Bold("Ann"), " says: ", Bold("no"))), "<1>Ann</> says:\n<1>no</>"),
        (Line((Bold("Ann Bell Lee"), ", reader")), "<1>Ann Bell</>\n<1>Lee</>, reader"),
        (Line(("one ", Bold("two"))), "one <1>two</>"),
        (line("one two three"), "one two\nthree"),
        (line("one \u202etwo three"), "one \u202etwo\nthree\u202c"),
        (Line((Bold("Ann \u2067Bell"), " says: ", Bold("no"))), "<1>Ann \u2067Bell\u2069</>\nsays: <1>no</>"),
    ],
)
def test_names_quotations_and_sources_are_told_apart(shown: Line, painted: str) -> None:
    paint: Paint = marked
    assert page([shown], 11, paint) == painted


@pytest.mark.parametrize(("terminal", "width"), [("80", 79), ("300", 100), ("5", 20)])
def test_a_reply_is_as_wide_as_the_terminal_but_not_too_wide_to_read(
    monkeypatch: pytest.MonkeyPatch, terminal: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", terminal)
    assert columns() == width


def test_a_paragraph_is_wrapped() -> None:
    assert paragraph("one two three four", 10) == "one two\nthree four"


def test_rows_of_the_program_hang_under_how_they_begin() -> None:
    shown = "one two three\n  text: four five\n\nsix"
    assert hanging(shown, 10).split("\n") == ["one two", "  three", "  text:", "    four", "    five", "", "six"]


def test_short_texts_stand_side_by_side_and_are_not_broken() -> None:
    assert side_by_side(["c it is right", "q leave", "l later"], 24).split("\n") == ["c it is right  q leave", "l later"]
