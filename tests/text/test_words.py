"""Words folded alike in an article and in a question: what is one word, and which words share a stem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.words import MAX_WORD_CHARACTERS, bases, folded, inside_word, plain, split, stem, straighten


@given(st.text(st.characters(), max_size=60))
def test_straight_quotation_marks_keep_every_offset(raw: str) -> None:
    assert len(straighten(raw)) == len(raw)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Millbrook's library’s", ["millbrook", "library"]),
        ("the readers' petition", ["the", "readers", "petition"]),
        ("anti-noise antinoise", ["antinoise", "antinoise"]),
        ("co-operative re-open e-mail", ["cooperative", "reopen", "email"]),
        ("witch-hunters", ["witch", "hunters"]),
        ("#BackTheLift!", ["backthelift"]),
        ("£2,777 or £ 15,223", ["£2,777", "or", "£15,223"]),
        ("7pm, 7:30pm, 3rd.", ["7pm", "7:30pm", "3rd"]),
        ("a & b + c", ["a", "and", "b", "and", "c"]),
        ("they can't; who'd know; let's", ["they", "can", "not", "who", "did", "know", "let", "us"]),
        ("?! … ,", []),
        ("", []),
    ],
)
def test_words_are_lower_case_without_possessives_and_hyphens(text: str, wanted: list[str]) -> None:
    assert split(text) == wanted


@pytest.mark.parametrize("text", ["who's there", "they don't", "it's the readers' room"])
def test_curly_apostrophes_are_read_like_straight_ones(text: str) -> None:
    assert split(text.replace("'", "’")) == split(text)
    assert "s" not in split(text)


@pytest.mark.parametrize(
    ("text", "as_typed"),
    [
        ("ﬁnal oﬀer", "final offer"),
        ("co\u00adoperate\u200b", "cooperate"),
        ("CO₂ and m²", "CO2 and m2"),
        ("café", "cafe"),
        ("cafe\u0301", "cafe"),
        ("Łódź, Ærø, Straße, Œuvre", "Lodz, AEro, Strasse, OEuvre"),
        ("nine–ten — 2017‑18", "nine-ten - 2017-18"),
        ("5\u00a0km\u2009of\u202fit", "5 km of it"),
        ("“It’s”… «so»", '"It\'s"... "so"'),
        ("ＡＢＣ ½", "ABC 1⁄2"),
        ("Acme™", "Acme™"),
        ("plain", "plain"),
    ],
)
def test_what_a_reader_does_not_type_is_read_as_what_they_type(text: str, as_typed: str) -> None:
    assert plain(text) == as_typed
    assert split(text) == split(as_typed)


@given(st.text(max_size=60))
def test_a_folded_text_knows_where_each_character_comes_from(text: str) -> None:
    found = folded(text)
    assert len(found.text) == len(found.offsets)
    assert list(found.offsets) == sorted(found.offsets)
    assert "  " not in found.text
    for at, character in enumerate(found.text):
        start, end = found.origin(at, at + 1)
        assert end == start + 1
        assert character in folded(text[start:end]).text


@pytest.mark.parametrize(
    ("halves", "inside"),
    [
        ("can|not", True),
        ("can|’t", True),
        ("can’|t", True),
        ("non|-issue", True),
        ("non-|issue", True),
        ("2|,777", True),
        ("2,|777", True),
        ("co|\u00adop", True),
        ("cafe|\u0301", True),
        ("readers|’ room", False),
        ("“|We", False),
        ("won|.”", False),
        ("end.|Next", False),
        ("1999|. 20", False),
        ("one|, two", False),
        ("a |b", False),
        ("£|5", False),
        ("#|tag", False),
        ("a|—b", False),
        ("word|\u200b next", False),
        ("|word", False),
        ("word|", False),
        ("|", False),
    ],
)
def test_a_place_inside_a_word_is_known(halves: str, inside: bool) -> None:
    assert inside_word(halves.replace("|", ""), halves.index("|")) is inside


def test_a_word_without_end_is_cut() -> None:
    assert split("x" * 500) == ["x" * MAX_WORD_CHARACTERS]


@pytest.mark.parametrize(
    "family",
    [
        ("repair", "repairs", "repaired", "repairing"),
        ("sign", "signs", "signed", "signing"),
        ("expand", "expands", "expanded"),
        ("organisation", "organised", "organising"),
        ("library", "libraries"),
        ("play", "plays", "played", "player"),
        ("sunday", "sundays"),
    ],
)
def test_forms_of_a_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(w) for w in family}) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("bought", "buys", True),
        ("children", "child", True),
        ("cancelled", "cancel", True),
        ("classes", "class", True),
        ("colours", "color", True),
        ("died", "dies", True),
        ("fell", "fall", True),
        ("fell", "feel", False),
        ("found", "finding", True),
        ("bought", "brought", False),
        ("wound", "wind", True),
        ("wound", "wounded", True),
    ],
)
def test_words_that_may_be_forms_of_the_same_have_a_base_in_common(one: str, other: str, same: bool) -> None:
    assert (not bases(one).isdisjoint(bases(other))) is same


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzé1'", max_size=14))
def test_a_stem_is_never_empty_nor_longer_than_its_word(word: str) -> None:
    assert bool(stem(word)) == bool(word)
    assert len(stem(word)) <= len(word)


def test_words_that_nobody_asks_twice_fill_no_memory() -> None:
    for number in range(10_000):
        stem("x" + "".join(chr(97 + int(figure)) for figure in str(number)))
    assert stem.cache_info().currsize <= 4096
