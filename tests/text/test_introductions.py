"""Items of lists have the sentence that introduces them, rows of tables their header; nothing else has either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.article import parse
from bot.text.introductions import introductions_of


def introduced(text: str) -> dict[str, str]:
    article = parse(text.encode())
    return {article.excerpt(a).text: article.excerpt(b).text for a, b in introductions_of(article).items()}


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_each_sentence_of_an_item_has_the_sentence_that_introduces_the_list(gap: str) -> None:
    text = f"Head\n\nIt closes. You must bring:{gap}- a coat;\n- a map. Ask for one.\n\nIt rained.\n\nThe end."
    lead = "You must bring:"
    assert introduced(text) == {"- a coat;": lead, "- a map.": lead, "Ask for one.": lead}


def test_items_with_blank_lines_between_them_have_one_too() -> None:
    assert introduced("Head\n\nBring:\n\n1. a coat\n\n2. a map\n\nEnd.") == {"1. a coat": "Bring:", "2. a map": "Bring:"}


def test_a_heading_introduces_in_its_own_paragraph_alone() -> None:
    assert introduced("Head\n\nBadge holders\n- may park\n\nIt rained.") == {"- may park": "Badge holders"}
    assert introduced("Head\n\nBadge holders\n\n- may park\n\nIt rained.") == {}
    assert introduced("Head\n\nIt rained.\n- may park\n\nIt rained.") == {}


def test_a_list_inside_an_item_is_introduced_by_that_item() -> None:
    text = "Head\n\nBring:\n- clothes:\n  - a coat\n  - a hat\n- a map\n\nEnd."
    assert introduced(text) == {
        "- clothes:": "Bring:",
        "- a coat": "- clothes:",
        "- a hat": "- clothes:",
        "- a map": "Bring:",
    }


def test_numbered_headings_of_paragraphs_are_introduced_by_nothing() -> None:
    assert introduced("Minutes\n\nPresent: A. Lund.\n\n1. Apologies\nNone came.\n\n2. Moorings\nNone.") == {}


def test_a_wrapped_item_is_whole() -> None:
    text = (
        "HEAD\n\nThe bridge, which took nine years, is now open and\nhas these parts, among others:\n\n"
        "  - a cycle path on the upstream side that is wide\n    enough for two\n  - a toll\n\nEnd.\n"
    )
    lead = "The bridge, which took nine years, is now open and\nhas these parts, among others:"
    item = "- a cycle path on the upstream side that is wide\n    enough for two"
    assert introduced(text) == {item: lead, "- a toll": lead}


@pytest.mark.parametrize(
    "rows",
    [
        ["Pier\tFirst boat", "North\t6.10 a.m.", "South\t7 a.m."],
        ["Month        On time", "April            97.1%", "May              95.4%"],
        ["| Ticket | Single |", "| Adult | £3 |", "| Dog | free |"],
        ["Day\tPlace", "Monday\tthe hall", "Friday\tthe yard"],
        ["| NAME | Role |", "| A. Moe | Chair |"],
        ["Budget      2025      2024", "Roads       1.2m      1.4m", "Parks       none      none"],
        ["Season\t2024\t2025", "Winner\tA. Moe\tB. Lund"],
        ["2019\t2021\t2023", "41\t38\t40"],
    ],
)
def test_each_row_of_a_table_has_its_header(rows: list[str]) -> None:
    text = "Head\n\nThe fares:\n\n" + "\n".join(rows)
    assert introduced(text) == dict.fromkeys(rows[1:], rows[0])
    assert introduced(f"{text}\n\nA\tB\n1\t2") == {**dict.fromkeys(rows[1:], rows[0]), "1\t2": "A\tB"}


def test_a_line_under_a_header_is_no_row_and_a_table_of_figures_alone_has_no_header() -> None:
    assert introduced("Head\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnd.") == {"| 1 | 2 |": "| a | b |"}
    assert introduced("Head\n\nNorth\t6\nSouth\t7\n\nEnd.") == {}
    assert introduced("Head\n\nNorth\tyes\nSouth\tno\n\nEnd.") == {}


@pytest.mark.parametrize(
    "rows",
    [
        ["Name\tAda Quill", "Role\tClerk"],  # of what each row names
        ["Founded\t1921", "Members\t340"],
        ["Opened\t1998\t2003", "Closed\t2001\t2010"],
        ["Seats\t2000\t1900\t2000", "Rows\t40\t38\t40"],
        ["Seats\t2000\t12,000", "Rows\t40\t38"],
        ["Founded\t1921\tVelden", "Moved\t1925\tBrill"],
    ],
)
def test_rows_of_facts_have_no_header(rows: list[str]) -> None:
    assert introduced("Head\n\n" + "\n".join(rows) + "\n\nEnd.") == {}


PIECES = st.sampled_from(
    ["a", "Bring:", "Name", "2024", "2025", "- ", "1. ", "  ", "\t", "|", "5", ". ", "\n", "\n\n", "\r", "\n  - a:"]
)


@given(st.lists(PIECES, max_size=50).map("".join))
def test_what_introduces_is_a_sentence_that_stands_before(text: str) -> None:
    article = parse(text.encode())
    sentences = set(article.sentences)
    for sentence, lead in introductions_of(article).items():
        assert {sentence, lead} <= sentences
        assert lead.end <= sentence.start
