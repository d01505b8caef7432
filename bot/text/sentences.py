"""Where sentences end, in English prose as newspapers print it. Pure.

Rules instead of a library: measured beside nupunkt and better on each text that was tried (docs/decisions/004-pack-format.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.words import STOP_WORDS

# Marks, then what closes with them, then footnote marks such as [1] or [note 2].
_STOP = re.compile(r"[.!?…]+[”’\"')\]*]*(?:\[[^\[\]\n]{1,24}\])*(?=\s|$)")
_NEXT_WORD = re.compile(r"\s+[“‘\"'(\[]*(?P<word>\S[\w’']*)(?P<stop>\.?)")


def _ends_with(abbreviations: str, other: str = "") -> re.Pattern[str]:
    """Whether a text ends with one of the abbreviations, parted by blanks, and its full stop, or with the other pattern."""
    pattern = rf"\b(?:{'|'.join(abbreviations.split())})\.$"
    return re.compile(f"{pattern}|{other}" if other else pattern)


# A sentence never ends with these, or with the dots that stand for something left out.
_NEVER_LAST = _ends_with(
    r"""Mr Mrs Ms Mx Dr Prof Rev Hon Fr Gen Col Maj Capt Lt Sgt Cpl Adm Cmdr Supt Insp Gov Sen Rep Pres Messrs Mme Mlle
    v vs cf approx viz e\.g i\.e""",
    r"\[(?:\.{2,}|…)\]$",
)
# Nor, before a number, with these: "No. 5", "Sept. 5", "pp. 3".
_BEFORE_NUMBER = _ends_with(
    """[Nn]os? pp? [Vv]ols? [Cc]h [Pp]aras? [Ff]igs? Art c d r op
    Jan Feb Mar Apr Jun Jul Aug Sept? Oct Nov Dec"""
)
# Nor with a time of day before what belongs to it: "7 p.m. Monday", "8 a.m. GMT".
_CLOCK = _ends_with(r"[ap]\.?m")
_AFTER_CLOCK = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|[A-Z]{2,4}|"
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
# With initials and these, it ends only where a word follows that begins sentences more often than names: "the U.S. It was cold".
_SELDOM_LAST = _ends_with(r"Inc Ltd Co Corp Bros Jr Sr St Ave Blvd Rd Mt Ft al [A-Z] [a-z]\.[a-z]")


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]` in order, as (start, end) in code points, without the white space round them.

    A line break ends a sentence too, since headings and lists carry no full stops.
    """
    for line in text[start:end].splitlines(keepends=True):
        stop = start + len(line)
        for sentence_end in (*_ends(text, start, stop), stop):
            if found := trimmed(text, start, sentence_end):
                yield found
            start = sentence_end


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space and byte order marks round it; nothing where nothing is left."""
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where the sentences of a line end, except the last one."""
    for stop in _STOP.finditer(text, start, end):
        after = _NEXT_WORD.match(text, stop.end(), end)
        if after and not _goes_on(text[start : stop.end()], after["word"], initial=bool(after["stop"])):
            yield stop.end()
            start = stop.end()


def _goes_on(before: str, word: str, *, initial: bool) -> bool:
    """Whether the sentence `before` goes on with the next word, in spite of the mark between them.

    `before` ends with that mark; `initial` says that the next word has a full stop behind it.
    """
    spaced_dots = word == "." and not initial
    dash_or_small_letter = word[0] in "-–—" or (word[0].islower() and not word[1:2].isupper())  # "iPhones" may begin a sentence
    if spaced_dots or dash_or_small_letter or _NEVER_LAST.search(before):
        return True
    if _BEFORE_NUMBER.search(before):
        return word[0].isdigit()
    if _CLOCK.search(before):
        return bool(_AFTER_CLOCK.fullmatch(word))
    return bool(_SELDOM_LAST.search(before)) and (initial or word.lower() not in STOP_WORDS)
