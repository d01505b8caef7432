"""What a page states of itself."""

from __future__ import annotations

import pytest

from bot.draft.stated import Stated, day_in, stated_in
from bot.text.article import parse


def test_byline_day_and_address_are_taken_from_lines_of_their_own() -> None:
    text = "Head\n\nBy Ann Price and Tom Hall\n\nPublished: 4 May 2026\n\nText. By Zoe Ash.\n\nSource: https://news.example/a"
    assert stated_in(parse(text.encode())) == Stated("", "2026-05-04", ("Ann Price", "Tom Hall"), "https://news.example/a")


def test_byline_and_day_may_be_lines_of_one_paragraph() -> None:
    text = (
        "Head\n\nBy Ann Price\nSenior reporter\nPublished: 4 May 2026, 06:30\nUpdated: 5 May 2026, 09:12\n\nText.\n\nMore text."
    )
    assert stated_in(parse(text.encode())) == Stated("", "2026-05-04", ("Ann Price",))


def test_what_only_stands_in_a_sentence_is_not_stated() -> None:
    text = "Head\n\nThe hall opened on 4 May 2026.\n\nIt was painted by Ann Price, and https://news.example/a says so."
    assert stated_in(parse(text.encode())) == Stated()


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("4 May 2026", "2026-05-04"),
        ("Published on Monday, 4 May 2026", "2026-05-04"),
        ("May 4th, 2026", "2026-05-04"),
        ("Updated: 2026-05-04", "2026-05-04"),
        ("Sept. 30, 2027", "2027-09-30"),
        ("06:30, 4 MAY 2026", "2026-05-04"),
        ("May 4, 2026 at 6.30pm BST", "2026-05-04"),
        ("2026-05-04 06:30", "2026-05-04"),
        ("31 February 2026", ""),
        ("2026-13-01", ""),
        ("4 May", ""),
        ("from 4 May 2026 on", ""),
    ],
)
def test_a_day_is_read_where_the_line_is_nothing_else(line: str, day: str) -> None:
    assert day_in(line) == day
