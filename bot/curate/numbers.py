"""The numbers, days and months of a text, and the one beside each. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.text.words import straighten

_WORDS = "two three four five six seven eight nine ten eleven twelve".split()  # "one" is seldom a number
_ORDINAL_WORDS = "second third fourth fifth sixth seventh eighth ninth tenth".split()  # "first" is seldom one
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "january february march april may june july august september october november december".split()


class Shape(StrEnum):
    """How a number is written. Only one of the same shape can stand in its place."""

    CLOCK = "clock"
    ORDINAL = "ordinal"
    YEAR = "year"
    MONEY = "money"
    FIGURE = "figure"
    WORD = "word"
    ORDINAL_WORD = "ordinal_word"
    DAY = "day"
    MONTH = "month"


_SERIES = {Shape.WORD: _WORDS, Shape.ORDINAL_WORD: _ORDINAL_WORDS, Shape.DAY: _DAYS, Shape.MONTH: _MONTHS}
_NUMBER = re.compile(
    rf"""
      (?P<clock>        \b\d{{1,2}}(?:[:.]\d\d)?\s?[ap]m\b )
    | (?P<ordinal>      \b\d{{1,2}}(?:st|nd|rd|th)\b )
    | (?P<year>         (?<![\w£$€.,])(?:1[5-9]|20)\d\d(?!\w|[.,]\d|%) )
    | (?P<money>        [£$€]\s?\d+(?:[.,]\d+)*\b )
    | (?P<figure>       (?<![\w.,])\d+(?:[.,]\d+)*\b )
    | (?P<word>         \b(?:{"|".join(_WORDS)})\b )
    | (?P<ordinal_word> \b(?:{"|".join(_ORDINAL_WORDS)})\b )
    | (?P<day>          \b(?:{"|".join(_DAYS)})(?=s?\b) )
    # "May" and "march" are verbs too, but not beside a number.
    | (?P<month>        \b(?:{"|".join(m for m in _MONTHS if m not in ("march", "may"))})\b
                        | \b(?:march|may)(?=\s\d) | (?<=\d\s)(?:march|may)\b )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DIGITS = re.compile(r"\d+(?:,\d{3})*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `start` to `end` of its text. Two with the same `value` mean the same, however they are written: "7pm", "seven"."""

    start: int
    end: int
    text: str
    shape: Shape
    value: str


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text, in order."""
    return tuple(
        Number(there.start(), there.end(), there[0], shape, _value(there[0].lower(), shape))
        for there in _NUMBER.finditer(straighten(text))
        for shape in [Shape(there.lastgroup or "")]
    )


def neighbour(number: Number) -> str:
    """The next number of the same shape, written alike: "8pm" for "7pm", "£13,000" for "£12,000", "Monday" for "Sunday"."""
    if series := _SERIES.get(number.shape):
        after = series[(series.index(number.text.lower()) + 1) % len(series)]
        return after.capitalize() if number.text[0].isupper() else after
    there = _DIGITS.search(number.text)
    assert there, "all other shapes have digits"
    value = int(there[0].replace(",", ""))
    match number.shape:
        case Shape.CLOCK:
            return _with_digits(number, there, str(value % 12 + 1))
        case Shape.ORDINAL:
            day = value + 1 if value < 31 else value - 1
            return f"{day}{_ending(day)}"
        case _:
            step = 1 if number.shape is Shape.YEAR else _step(value)
            return _with_digits(number, there, f"{value + step:,}" if "," in there[0] else str(value + step))


def _value(text: str, shape: Shape) -> str:
    match shape:
        case Shape.WORD | Shape.ORDINAL_WORD:
            return str(_SERIES[shape].index(text) + 2)
        case Shape.DAY | Shape.MONTH:
            return text
        case Shape.CLOCK:
            return str(int(re.split(r"\D", text)[0]))
        case _:
            return re.sub(r"[^\d.]", "", text)


def _step(value: int) -> int:
    """The unit of the last digit that is not 0: 12,000 is followed by 13,000, and 412 by 413."""
    step = 1
    while value and value % (step * 10) == 0:
        step *= 10
    return step


def _with_digits(number: Number, there: re.Match[str], digits: str) -> str:
    return number.text[: there.start()] + digits + number.text[there.end() :]


def _ending(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
