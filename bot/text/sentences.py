"""Where sentences end, in English prose as newspapers print it. Pure.

Rules instead of a library: measured beside pysbd and nupunkt, and better on the texts that were tried
(docs/decisions/004-pack-format.md). Linear in the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from itertools import pairwise

from bot.text.layout import is_row, joined_lines, trimmed
from bot.text.words import STOP_WORDS

# Marks, then what closes with them, then footnote marks such as ¹, † or [note 2]. Nothing of it is tried twice.
_STOP = re.compile(r"(?<![.!?…])[.!?…]++[”’\"')\]»*†‡¹²³⁰⁴-⁹]*+(?:\[[^\[\]\n]{1,24}\])*+(?=\s|$)")
# Behind the letter or number that an item inside a line begins with: "(b) the door sticks".
_NEXT_WORD = re.compile(r"\s+(?P<label>\((?:[a-z]|[ivx]{2,5})\)\s)?[“‘«\"'(\[]*+(?P<word>\S[\w’']*)(?P<stop>\.?)")
# A name with an exclamation mark, where the sentence surely goes on: "Yahoo! said", "Yum!’s", "Jeopardy!, the game". Such a mark ends no
# sentence before another name either: "Yahoo! Japan".
_MARKED_NAME = re.compile(r"(?<![\w’'-])(?P<name>[A-Z][\w’'-]*!)(?:,|[’']s\b|[^\S\n]+[a-z])")
_LAST_WORD = re.compile(r"[\w’'-]*+!$")
_LOOK_BACK = 64  # characters before a mark that are looked at, longer than every abbreviation


def _ends_with(abbreviations: str, other: str = "") -> re.Pattern[str]:
    """Whether a text ends with one of the abbreviations, parted by blanks, and its full stop, or with the other pattern."""
    pattern = rf"\b(?:{'|'.join(abbreviations.split())})\.$"
    return re.compile(f"{pattern}|{other}" if other else pattern)


# A sentence never ends with these; nor with the dots that stand for something left out or to be filled in, nor with a single
# short word that a bracket opened before: "(ref. AL/337)".
_NEVER_LAST = _ends_with(
    r"""Mr Mrs Ms Mx Dr Asst Prof Rev Hon Rt Fr Ven Msgr Gen Col Maj Capt Lt Lieut Brig Sgt Cpl Pte Pvt Adm Cmdr Supt Insp Det Gov
    Sen Sec Rep Pres Amb Atty Ald Cllrs? Messrs Mme Mlle MR MRS MS DR PROF REV HON GEN COL CAPT LT SGT GOV SEN REP
    v vs cf approx incl viz e\.g i\.e""",
    r"\[(?:\.{2,}|…)\]$|\.{5,}$|\([a-z]{1,6}\.$",
)
# Nor, before a number, with these: "No. 5", "Sept. 5", "Fri. 19 June", "pp. 3", "tel. 555", "6 ft. 4 in.".
_BEFORE_NUMBER = _ends_with(
    """[Nn]os? NOS? pp? PP [Vv]ols? VOLS? [Cc]h [Pp]aras? [Ff]igs? [Ss]ecs? Art [Cc]l [Rr]eg [Pp]ts? b c d r op
    [Tt]el [Ee]xt [Rr]ef att pop [Ee]st [Mm]ax ft lb st
    Jan Feb Mar Apr Jun Jul Aug Sept? Oct Nov Dec Mon Tues? Wed Thur?s? Fri Sat Sun"""
)
# Nor with a time of day before what belongs to it: "7 p.m. Monday", "8 a.m. GMT".
_CLOCK = _ends_with(r"[ap]\.?m")
_AFTER_CLOCK = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|[A-Z]{2,4}|"
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
# With initials and these, it ends only where a word follows that begins sentences more often than names: "the U.S. It was cold".
_SELDOM_LAST = _ends_with(
    r"""Inc Ltd Co Corp Bros Jr Sr St Ave Blvd Rd Sq Hwy Mt Ft Dept Univ Assn Dist al [A-Z] [a-z]\.[a-z]
    Ala Ariz Ark Calif Colo Conn Fla Ga Kan Ky La Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo"""
)
# What stands before an item, a turn or an afterthought: "1.", "3.2.", "(a).", "Q.", "P.S."
_LABEL = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5}|P\.P?\.?S)\)?\.")
_LONGEST_LABEL = 16
# The small letters and numerals of the items of a line, each with the next: "iv. Apologies. v. Date of next meeting."
_NEXT_LABELS = {*pairwise("abcdefghijklmnopqrstuvwxyz"), *pairwise("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split())}


def sentence_spans(text: str, start: int, end: int, columns: int = 0) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]` in order, as (start, end) in code points, without the white space round them.

    A line break ends a sentence too, since headings and lists carry no full stops, unless the text is wrapped at so many
    `columns` and the line was broken to fit. A row of a table is one.
    """
    for line_start, line_end in joined_lines(text, start, end, columns):
        at = line_start
        for sentence_end in (*_ends(text, line_start, line_end), line_end):
            if found := trimmed(text, at, sentence_end):
                yield found
            at = sentence_end


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where the sentences of a line end, except the last one."""
    if is_row(text, start, end):
        return
    begin, label = start, ""
    for stop in _STOP.finditer(text, start, end):
        after = _NEXT_WORD.match(text, stop.end(), end)
        if not after:
            continue
        if _is_label(text, begin, stop.end()):
            label = text[begin : stop.start()].strip()
            continue
        before = text[max(begin, stop.end() - _LOOK_BACK) : stop.end()]
        is_next = bool(after["stop"]) and (label, after["word"]) in _NEXT_LABELS
        labelled = bool(after["label"]) or (is_next and not _SELDOM_LAST.search(before))  # "Brill Inc. v. Hale"
        if _is_name(text, before, after["word"]):
            continue
        if not _goes_on(before, after["word"], labelled=labelled, initial=bool(after["stop"])):
            yield stop.end()
            begin = stop.end()


def _is_name(text: str, before: str, word: str) -> bool:
    """Whether the mark that ends `before` belongs to a name of the text, and a word that rather goes on with it comes next."""
    if not before.endswith("!") or word.lower() in STOP_WORDS:
        return False
    last = _LAST_WORD.search(before)
    return last is not None and last[0] in _marked_names(text)


@functools.lru_cache(maxsize=1)  # the paragraphs of one text are asked about one after the other
def _marked_names(text: str) -> frozenset[str]:
    return frozenset(m["name"] for m in _MARKED_NAME.finditer(text))


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether nothing stands there but the number or letter before an item, or the like."""
    found = trimmed(text, max(start, end - _LOOK_BACK), end)
    return found is not None and found[1] - found[0] <= _LONGEST_LABEL and bool(_LABEL.fullmatch(text, *found))


def _goes_on(before: str, word: str, *, labelled: bool, initial: bool) -> bool:
    """Whether a sentence goes on with the next word, in spite of the mark between them.

    `before` is the end of the sentence, with that mark; `labelled` says that the next word has "(b)" or the like before it, or is
    the letter of the next item, `initial` that it has a full stop behind it.
    """
    if labelled:
        return bool(_NEVER_LAST.search(before) or _BEFORE_NUMBER.search(before))
    spaced_dots = word == "." and not initial
    dash_or_small_letter = word[0] in "-–—" or (word[0].islower() and not word[1:2].isupper())  # "iPhones" may begin a sentence
    if spaced_dots or dash_or_small_letter or _NEVER_LAST.search(before):
        return True
    if _BEFORE_NUMBER.search(before):
        return word[0].isdigit()
    if _CLOCK.search(before):
        return bool(_AFTER_CLOCK.fullmatch(word))
    return bool(_SELDOM_LAST.search(before)) and (initial or word.lower() not in STOP_WORDS)
