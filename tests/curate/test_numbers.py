"""Numbers as they stand in texts, and the one beside each."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curate.numbers import Shape, neighbour, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 7pm on the 20th", [("7pm", Shape.CLOCK, "7"), ("20th", Shape.ORDINAL, "20")]),
        ("at 10.30 am", [("10.30 am", Shape.CLOCK, "10")]),
        ("in 2013, or 1899.", [("2013", Shape.YEAR, "2013"), ("1899", Shape.YEAR, "1899")]),
        ("£12,000 a year", [("£12,000", Shape.MONEY, "12000")]),
        ("412 readers, 38.5 degrees", [("412", Shape.FIGURE, "412"), ("38.5", Shape.FIGURE, "38.5")]),
        ("2,013 readers", [("2,013", Shape.FIGURE, "2013")]),
        ("Nine years, a second lift", [("Nine", Shape.WORD, "9"), ("second", Shape.ORDINAL_WORD, "2")]),
        ("on Sundays from March 3", [("Sunday", Shape.DAY, "sunday"), ("March", Shape.MONTH, "march"), ("3", Shape.FIGURE, "3")]),
        ("4 May", [("4", Shape.FIGURE, "4"), ("May", Shape.MONTH, "may")]),
        ("who may march in june", [("june", Shape.MONTH, "june")]),
        ("the first one is often weight B12, tens", []),
        ("", []),
    ],
)
def test_numbers_are_found_with_their_shape_and_value(text: str, found: list[tuple[str, Shape, str]]) -> None:
    assert [(n.text, n.shape, n.value) for n in numbers(text)] == found
    assert all(text[n.start : n.end] == n.text for n in numbers(text))


@pytest.mark.parametrize(
    ("number", "beside"),
    [
        ("7pm", "8pm"), ("12 am", "1 am"), ("20th", "21st"), ("10th", "11th"), ("31st", "30th"), ("2013", "2014"), ("2000", "2001"),
        ("£12,000", "£13,000"), ("£999", "£1000"), ("1,999", "2,000"), ("412", "413"), ("60", "70"), ("0", "1"), ("38.5", "39.5"),
        ("nine", "ten"), ("twelve", "two"), ("Second", "Third"), ("Sunday", "Monday"), ("december", "january"),
    ],
)  # fmt: skip
def test_the_neighbour_is_written_alike(number: str, beside: str) -> None:
    (found,) = numbers(number)
    assert neighbour(found) == beside


@given(st.text(alphabet=string.digits + " £,.:apmsthndr%", max_size=20))
def test_a_neighbour_is_another_number_of_the_same_text(text: str) -> None:
    for number in numbers(text):
        (beside,) = numbers(neighbour(number))
        assert beside.value != number.value
