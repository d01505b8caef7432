"""How a text stands in its file: lines, what wrapping broke, paragraphs; every character in exactly one of them, in linear time."""

from __future__ import annotations

import textwrap
import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.article import parse
from bot.text.layout import Layout, is_item, is_row, joined_lines, laid_out, trimmed


def paragraphs(text: str) -> list[str]:
    return [text[a:b] for a, b in laid_out(text)[1]]


PROSE = (
    "The new bridge over the River Tarn, nine years in the making, opens to traffic in the second week of May, the Department of "
    "Roads said on Tuesday. The old bridge, a single lane of iron built by Col. J. W. Rudge in 1874, will be kept for walkers."
)


# Lines and paragraphs


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0c"])
def test_whatever_ends_lines_a_blank_one_parts_paragraphs_and_in_a_text_without_each_line_is_one(end: str) -> None:
    assert laid_out(end.join(["Head", "", "One.", "", "Two.", ""]))[0] == Layout(0, by_line=False)
    assert paragraphs(end.join(["Head", "", "One. More.", "more", "", "Two.", ""])) == ["Head", f"One. More.{end}more", "Two."]
    assert laid_out(end.join(["Head", "One.", "Two."]))[0] == Layout(0, by_line=True)
    assert paragraphs(end.join(["Head", "One. More.", "Two."])) == ["Head", "One. More.", "Two."]


def test_a_paragraph_separator_parts_paragraphs_by_itself() -> None:
    assert paragraphs("Head\u2029One.\nMore.\u2029Two.\u2029Three.") == ["Head", "One.\nMore.", "Two.", "Three."]


@pytest.mark.parametrize("blank", ["", " ", "\t", "\u00a0", "\u3000 ", "\ufeff"])
def test_a_line_of_white_space_alone_is_blank(blank: str) -> None:
    assert paragraphs(f"Head\n{blank}\nOne.\n{blank}\nTwo.") == ["Head", "One.", "Two."]


def test_the_lines_under_the_only_blank_one_are_paragraphs_where_there_are_more_than_two() -> None:
    assert paragraphs("Head\n\nOne.\nTwo.\nThree.") == ["Head", "One.", "Two.", "Three."]
    assert paragraphs("Head\nstill head\n\nOne.\nTwo.") == ["Head\nstill head", "One.\nTwo."]


# Wrapped text


@pytest.mark.parametrize("columns", [60, 70, 72, 80, 96])
def test_a_wrapped_paragraph_is_one_line(columns: int) -> None:
    text = f"HEAD\n\n{textwrap.fill(PROSE, columns)}\n\nIt rained.\n"
    layout, spans = laid_out(text)
    assert columns - 12 <= layout.columns <= columns
    assert len(spans) == 3
    assert list(joined_lines(text, *spans[1], layout.columns)) == [spans[1]]
    article = parse(text.encode())
    assert [" ".join(article.excerpt(s).text.split()) for s in article.sentences][1:] == [*PROSE.replace(". The", ".|The").split("|"), "It rained."]  # fmt: skip


@pytest.mark.parametrize("marks", ["> ", ">", ">> ", "> > "])
def test_lines_of_a_mail_that_is_quoted_are_joined_with_those_of_the_same_mail_alone(marks: str) -> None:
    own = [
        textwrap.fill(PROSE, 64, initial_indent=marks, subsequent_indent=marks),
        *(marks + i for i in ("- milk", "- bread, butter")),
    ]
    lines = [
        "She wrote, and I copy what she said in full, since it is short:",
        *own,
        marks.rstrip(),
        *own,
        f"> {marks}Or so.",
        "Yes.",
    ]
    text = "\n\n".join(["HEAD", "\n".join(lines), "It rained.", ""])
    layout, spans = laid_out(text)
    assert [text[a:b] for a, b in joined_lines(text, *spans[1], layout.columns)] == lines


@pytest.mark.parametrize(("marks", "wrapped"), [(">> ", True), (">>> ", False)])
def test_prompts_of_a_program_are_no_marks_of_a_mail(marks: str, wrapped: bool) -> None:
    text = f"Head\n\n{marks}copy the very long name of this file here into a folder\n{marks}and then have it printed\n\nEnd.\n"
    assert bool(laid_out(text)[0].columns) is wrapped


def test_a_wrapped_text_without_blank_lines_has_its_paragraphs_by_indents_and_short_lines() -> None:
    text = "\n".join(
        ["Head", *(textwrap.fill(PROSE, 64, initial_indent="    ") for _ in range(2)), "It rained.", textwrap.fill(PROSE, 64)]
    )
    assert laid_out(text)[0].by_line
    assert [" ".join(p.split()) for p in paragraphs(text)] == ["Head", PROSE, PROSE, "It rained.", PROSE]


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "1. ", "12) ", "(a) ", "3.2. "])
def test_an_item_of_a_wrapped_list_has_the_lines_that_were_broken_off_it_and_no_more(bullet: str) -> None:
    one, other = "length 212 m, width 11.5 m, two lanes and a cycle path on the upstream side", "toll: none for cars"
    items = "\n".join(textwrap.fill(i, 64, initial_indent=bullet, subsequent_indent=" " * len(bullet)) for i in (one, other, one))
    text = f"HEAD\n\n{textwrap.fill(PROSE, 64)}\n\n{items}\n\nIt rained."
    layout, spans = laid_out(text)
    found = [" ".join(text[a:b].split()) for a, b in joined_lines(text, *spans[2], layout.columns)]
    assert found == [bullet + one, bullet + other, bullet + one]


@pytest.mark.parametrize(
    "lines",
    [
        # a poem
        ["Shall I compare thee to a summer's day?", "Thou art more lovely and more temperate:", "Rough winds do shake the darling buds of May"],
        # a list without bullets
        ["apples from the orchard", "pears", "plums, which are sweeter than those of last year"],
        # a chat without capitals
        ["i think that the bridge should have been opened years ago", "same", "you all said that it would never be built at all", "lol no i did not say that"],
        # an address, and short lines
        ["14 Quarry Lane", "Ashby St. Peter", "Wed., 3 June"],
        # a sentence a line
        ["The vote, which had been put off twice, was held on a Tuesday in the old hall", "It was lost"],
        # a table
        ["Pier with a name that is long enough for it\t6.10 a.m.", "north pier\t7 a.m.", "south pier\t8 a.m."],
        # a paragraph a line
        [PROSE, PROSE.lower(), PROSE],
    ],
)  # fmt: skip
def test_lines_that_ended_by_themselves_stay_lines(lines: list[str]) -> None:
    text = "\n\n".join(["Head", "\n".join(lines), "End", ""])
    layout, spans = laid_out(text)
    assert [text[a:b] for a, b in joined_lines(text, *spans[1], layout.columns)] == lines


def test_a_short_line_a_heading_and_a_row_stay_lines_in_a_wrapped_text_too() -> None:
    own = ["RELEASE", "April            41,300     97.1% of all the boats were on time", "May              52,870     95.4%"]
    text = "\n\n".join(["Head", textwrap.fill(PROSE, 64), "\n".join(own), "End"])
    layout, spans = laid_out(text)
    assert layout.columns
    assert [text[a:b] for a, b in joined_lines(text, *spans[2], layout.columns)] == own


@pytest.mark.parametrize(
    ("line", "item", "row"),
    [
        ("- milk", True, False),
        ("1. Go", True, False),
        ("3.2. Go", True, False),
        ("iv) Go", True, False),
        ("J. Smith came", False, False),
        ("1874. He left", False, False),
        ("-5 degrees", False, False),
        ("a\tb", False, True),
        ("April   41", False, True),
        ("| a | b |", False, True),
        ("An end.   Another", False, False),
        ("\tindented", False, False),
        ("either | or", False, False),
    ],
)
def test_items_and_rows_are_told_by_their_form(line: str, item: bool, row: bool) -> None:
    assert (is_item(line, 0, len(line)), is_row(line, 0, len(line))) == (item, row)


def test_trimming_drops_white_space_and_byte_order_marks_alone() -> None:
    assert trimmed(" \ufeff a b\u00a0\n", 0, 8) == (3, 6)
    assert trimmed("a  b", 1, 3) is None


# Properties

PIECES = st.sampled_from(
    ["word", "Word,", "a rather long piece of prose that fills its line to", "end.", "- ", "1. ", "> ", ">", "“So", "\t", " ", "    ", "\n", "\n", "\r", "\r\n", "\n\n", "\u2028", "\u2029", "\x0c", "\u00a0", "\ufeff", "é", "|"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))


@given(TEXTS)
@example("Head\u2029\n\nOne\r\rTwo")
def test_every_character_but_white_space_belongs_to_exactly_one_paragraph(text: str) -> None:
    _, spans = laid_out(text)
    assert all(a < b for a, b in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert not [i for i, c in enumerate(text) if i not in covered and not c.isspace() and c != "\ufeff"]


@given(TEXTS)
def test_sentences_cover_their_paragraph_without_overlap(text: str) -> None:
    article = parse(text.encode())
    for paragraph in article.paragraphs:
        inside = [s for s in article.sentences if paragraph.span.overlaps(s)]
        assert all(paragraph.span.covers(s) for s in inside)
        assert all(one.end <= other.start for one, other in pairwise(inside))
        covered = {i for s in inside for i in range(s.start, s.end)}
        own = range(paragraph.span.start, paragraph.span.end)
        assert not [i for i in own if i not in covered and not text[i].isspace() and text[i] != "\ufeff"]


@given(TEXTS, st.integers(0, 100))
def test_joined_lines_are_in_order_and_lose_nothing(text: str, columns: int) -> None:
    found = list(joined_lines(text, 0, len(text), columns))
    assert (found[0][0], found[-1][1]) == (0, len(text))
    assert all(text[one[1] : other[0]].isspace() for one, other in pairwise(found))


# Time


@pytest.mark.parametrize(
    "piece",
    [".", ".x", ". a", "a. ", "?!", ".) ", ".”", "[1].", ".[1]", "( ", " ", "\n", "\n\nA. B.", "\r", "\u2029a", "- a\n", "1. ", "Mr. ", "a\tb ", "|", "   x", "“", "’ ", "A line that is about as long as those of wrapped text are, and\nmore "],
)  # fmt: skip
def test_a_text_twice_as_long_takes_about_twice_as_long(piece: str) -> None:
    def seconds(times: int) -> float:
        data = (piece * times + "x").encode()
        spent = []
        for _ in range(3):
            start = time.process_time()
            article = parse(data)
            for sentence in article.sentences:
                article.paragraph_at(sentence.start)
            spent.append(time.process_time() - start)
        return min(spent)

    # Eight times the text: 64 times as long if it were quadratic. What is too quick to measure is quick enough.
    small = seconds(1_000)
    assert seconds(8_000) < max(0.1, small) * 24
