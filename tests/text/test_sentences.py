"""Sentence ends: where a reader sees them, and no word of a paragraph lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.sentences import sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text))]


@pytest.mark.parametrize(
    "text",
    [
        # plain ends
        "One.|Two!|Three?|Four…|Five",
        "She said: “We won.”|They had.",
        '"We won."|(Twice.)|Then',
        "The NEC.|The BBC.|Both.",
        "A no-break\u00a0space.|Next\u00a0one.",
        "It cost $3.5 million.|In 1999.|20 people came.",
        "iPhones sold.|eBay did not.",
        # a small letter or a dash goes on
        "Yahoo! said that it would.|It did.",
        "Yahoo! Japan grew.|It is run by Yahoo! itself.",
        "Shares of Yum! Brands rose.|Yum!’s chief left Yum! Brands.|He sold Yum!|They fell.",
        "We love London!|Come soon.|London, they say, is big.",
        "Stop!|Thief! he cried.",
        "“Is it safe?” asked Ms Hall.|“It is!” he said.",
        "“Will you go?”|Asked again, she left.",
        "Wait... what?!|Yes.",
        "He waited… and then left.",
        "The pump was mine. – Dmitri Fairweather, Gannet Bay",
        "We call it “a non-issue . . . a diversion.”|So it is.",
        "They burnt it [...] We ran.|Nobody [...] came.",
        # titles
        "Mr. Hall met Dr. Oduya and Mrs. Lee.|They spoke.",
        "Gov. Smith met Sen. Jones and Lt. Col. May.|It rained.",
        "Lewis v. Superior Court, e.g. Monday, i.e. Tuesday.|Then.",
        # numbers
        "It cost 3.50 at no.10 on the 4.2 line.|Fine.",
        "No. 5 won.|See pp. 3 and Vol. 2 for it.|He said no.|Nobody came.",
        "It opens on Sept. 5 in Rome.|It closed in Sept.|The rest stays.",
        # times of day
        "It opens at 7 a.m. on weekdays, at 9 a.m. Sundays and at 8 p.m. GMT.|Bring a coat.",
        "The ride is at 6 p.m.|Its spokesman said so.",
        # initials and what seldom ends a sentence
        "J. K. Moss wrote to F. Bauer.|No reply came.",
        "J. A. Low came.|In came N. A. Poe.",
        "She moved to the U.S.|It was cold.|The U.S. Army stayed in the U.K. for years.",
        "Vote for plan B.|It is good.",
        "Acme Inc. said so.|Acme Inc. Chairman Poe agrees with Acme Inc.|The court does not.",
        "He has a Ph.D. in law from St. Mary St. in Rome.|Really.",
        # labels of items and turns, afterthoughts
        "1. Go to the hall.|2. Wait.|3.1 Then leave.|B. Never run.",
        "iv. Any other business.|None came.|v. Date of next meeting.|vi. Close.",
        "a. Fares rise.|b. See Roe v. Wade and vol. c. of it, b. 1940.|c. Dogs go free.",
        "i. Brill Inc. v. Hale Co. is heard.|ii. Roe v. Wade is not, i.e. ii. is.",
        "We met. ii. is a numeral, and v. stands for versus.",
        "Q. Who was there?|A. Two men.|A. No.|It rained.",
        "P.S. The key is with Mr. Dell.|He lives in Rome.",
        "Signed ......................... Chair",
        "So....|Then came 20 people.",
        # what goes before a number, a name or a code
        "Call tel. 555-0142, ext. 9, or see ref. 12.|He is 6 ft. 4 in. tall.|Max. 20 people.",
        "On Fri. 19 June and Wed. 3 July it is shut.|It opens on Sat.|Nobody sat.|5 people came.",
        "Write to us (ref. AL/337).|It costs £5 (incl. VAT).|He left (or not).|Nobody knows.",
        "MS. DELGADO: Yes.|DR. HALL: See VOL. 3, PP. 2 and NO. 5.",
        "Cllr. Lund and Rt. Rev. Poe met Det. Insp. May.|They left.",
        "He lives in Bell County, Pa. Gov. Sorkin does not.|He moved to Calif.|He likes it.",
        # rows of a table
        "North Pier\t6.10 a.m.\tEvery 20 min. Dogs free",
        "| Adult. | £3.20. | Return. |",
        # footnote marks belong to what they stand behind
        "The bridge fell.[1]|It was old.[2][note 3]|They built it anew.[citation needed]",
    ],
)
def test_sentences_are_found_where_a_reader_sees_them(text: str) -> None:
    wanted = [text] if text.startswith("| ") else text.split("|")
    assert sentences(" ".join(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("First line\nSecond line\nThird. Fourth", ["First line", "Second line", "Third.", "Fourth"]),
        ("First line\r\nSecond line", ["First line", "Second line"]),
        ("A line\n   \nAnother", ["A line", "Another"]),
        ("The flood of Sept.\n5 people", ["The flood of Sept.", "5 people"]),
        ("  padded.   Twice.  ", ["padded.", "Twice."]),
        ("", []),
        (" \n\ufeff ", []),
    ],
)
def test_a_line_break_ends_a_sentence_and_white_space_belongs_to_none(text: str, wanted: list[str]) -> None:
    assert sentences(text) == wanted


def test_a_line_break_of_a_wrapped_text_is_a_space() -> None:
    text = "He met Mr.\nHall at the corner. It\n\trained. So"
    assert [text[a:b] for a, b in sentence_spans(text, 0, len(text), 40)] == [
        "He met Mr.",
        "Hall at the corner.",
        "It",
        "rained.",
        "So",
    ]
    assert [text[a:b] for a, b in sentence_spans(text, 0, len(text), 10)] == [
        "He met Mr.\nHall at the corner.",
        "It",
        "rained.",
        "So",
    ]


def test_only_the_part_that_is_asked_for_is_looked_at() -> None:
    text = "Mr. One. Two. Three."
    assert list(sentence_spans(text, 4, 13)) == [(4, 8), (9, 13)]
    assert list(sentence_spans(text, 9, 9)) == []


PIECES = st.sampled_from(
    ["a.", "b.", "iv.", "v.", "word", "Word", "Mr.", "J.", "No.", "3.5", "5", "a.m.", "U.S.", "It", "“So", "end.”", "end.", "no!", "why?", "wait…", ".", "[...]", ".[1]", "–", " ", "  ", "\n", "\r\n", "\n\n", "\u00a0", "\ufeff", "🎈", "é", ")", "\u2028", "\x0b"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
@example("\ufeff\n\nHead\r\n\r\n“One.” Two", 0, 80)
def test_sentences_cover_a_passage_in_order_without_overlap_and_lose_no_word(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = list(sentence_spans(text, start, end))
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    assert all(start <= a < b <= end and text[a:b] == text[a:b].strip() for a, b in found)
    covered = {i for a, b in found for i in range(a, b)}
    assert not [i for i in range(start, end) if i not in covered and not text[i].isspace() and text[i] != "\ufeff"]
