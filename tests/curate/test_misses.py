"""Misses: what of a question's words may be kept, and which questions ask alike."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.curate.misses import (
    ALIKE_BY_WORDS,
    MOST_WORDS,
    REMOVED,
    Group,
    Origin,
    grouped,
    is_miss,
    own_words,
    plain_words,
    scrubbed,
    word_vectors,
)
from bot.engine.pipeline import Engine

OWN = frozenset("library sunday sundays kovacs roof march".split())


def kept(text: str) -> str:
    return scrubbed(text, OWN, plain_words())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Who pays for the new roof?", "who pays for the new roof"),
        ("did my neighbour karen johnson from leeds sign it", f"did my neighbour {REMOVED} from {REMOVED} sign it"),
        ("What does Karen Johnson say about Kovacs?", f"what does {REMOVED} say about kovacs"),
        ("Karen said what about the roof?", f"{REMOVED} said what about the roof"),
        ("Rose Baker said what about the roof?", f"{REMOVED} said what about the roof"),
        ("is the roof Green or white", f"is the roof {REMOVED} or white"),
        ("I live in Leeds. Will the library be open?", "will the library be open"),
        ("does it cost 500 pounds or £1,200", f"does it cost {REMOVED} pounds or {REMOVED}"),
        ("is it on 12 March or march 3rd", f"is it on {REMOVED} march or march {REMOVED}"),
        ("write to ada@example.org about the roof", f"write to {REMOVED} about the roof"),
        ("does example.org/roof have the plans", f"does {REMOVED} have the plans"),
        ("is https://example.org/x?id=7 about the roof", "is about the roof"),
        ("<@123456789012345678> who told <#99> about the roof", "who told about the roof"),
        ("does @ada_l know the roof", f"does {REMOVED} know the roof"),
        ("was the roof's colour chosen, and why isn't it red?", "was the roof colour chosen and why is not it red"),
        ("пишу вам о roof library", f"{REMOVED} roof library"),
    ],
)
def test_words_stay_that_the_pack_has_or_that_nobody_is_called_by(text: str, left: str) -> None:
    assert kept(text) == left


@pytest.mark.parametrize(
    "text", ["", "?", "roof", "Karen Johnson", "who is it", "0161 496 0000", "Karen roof", "who " * MOST_WORDS + "pays"]
)
def test_what_says_too_little_or_too_much_is_not_kept(text: str) -> None:
    assert kept(text) == ""


@given(
    st.lists(
        st.sampled_from(["Who", "pays", "roof", "Karen", "karen", "0161", "a@b.org", "<@5>", "Zoë's", "x_1", "٣", "\n", "?"])
    ).map(" ".join)
    | st.text()
)
def test_nothing_but_known_words_in_lower_case_ever_stays(text: str) -> None:
    for word in kept(text).split():
        assert word == REMOVED or re.fullmatch("[a-z]+", word)
        assert word not in ("karen", "zoe")


def test_nobody_is_called_by_a_plain_word() -> None:
    assert len(plain_words()) > 4000
    assert not plain_words() & set(
        "john mary paul anna david maria emma london paris smith johnson singh khan trump discord".split()
    )


def test_the_words_of_a_pack_are_those_of_its_text_its_names_and_its_topics(tiny: Engine) -> None:
    own = own_words(tiny.pack)
    assert own >= set("library kovacs petition salary wages signatures".split())
    assert not own & set("paris leeds karen football".split())


def test_a_miss_is_what_nobody_foresaw(tiny: Engine) -> None:
    def missed(question: str, *before: str) -> bool:
        history = tuple(tiny.answer(b) for b in before)
        return is_miss(tiny.answer(question, history))

    assert missed("who paints the fence of the museum")
    assert not missed("who called for a second lift")  # answered
    assert not missed("what does the librarian earn")  # a gap says so
    assert not missed("hello")
    assert not missed("wer hat die Bibliothek gebaut und warum")  # of another language nothing would stay


def of(*origins: tuple[int, str], texts: Sequence[str] = ()) -> list[tuple[str, Origin]]:
    return [(texts[i] if texts else f"text {i}", Origin(*origin)) for i, origin in enumerate(origins)]


def unit(*angles: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Vectors at so many degrees."""
    return np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1).astype(np.float32)


NONE = np.zeros((0, 2), dtype=np.float32)


@pytest.mark.parametrize(
    ("origins", "shown"),
    [
        ([(1, "a"), (2, "a"), (3, "a")], True),  # days
        ([(1, "a"), (1, "b"), (1, "c")], True),  # servers
        ([(1, "a"), (2, "a"), (2, "a")], False),
        ([(1, "a"), (2, "a"), (1, "b"), (2, "b")], False),
        ([(1, "a"), (2, "b")], False),
    ],
)
def test_a_group_is_shown_from_three_days_or_servers_on(origins: list[tuple[int, str]], shown: bool) -> None:
    found = grouped(of(*origins), unit(*range(len(origins))), NONE)
    assert bool(found) == shown


def test_a_group_has_each_text_once_and_tells_how_often_it_came() -> None:
    asked = of((1, "a"), (2, "a"), (3, "b"), (3, "a"), texts=["x", "y", "x", "far"])
    assert grouped(asked, unit(0, 5, 0, 90), NONE) == (Group(("x", "y"), 3, 3, 2),)


def test_likeness_is_to_the_first_and_no_chain_joins_what_is_not_alike() -> None:
    found = grouped(of(*((day, "a") for day in range(6))), unit(0, 20, 40, 60, 80, 100), NONE, alike=0.9)
    assert [len(g.texts) for g in found] == [3, 3]


def test_the_largest_group_stands_first_and_what_was_decided_is_not_shown_again() -> None:
    asked = of(*((day, "a") for day in range(7)))
    vectors = unit(0, 1, 2, 90, 91, 92, 93)
    assert [g.times for g in grouped(asked, vectors, NONE)] == [4, 3]
    assert [g.texts[0] for g in grouped(asked, vectors, unit(95))] == ["text 0"]
    assert grouped(asked, vectors, unit(95, 3)) == ()


def test_nothing_is_grouped_of_nothing() -> None:
    assert grouped([], NONE, NONE) == ()


def test_words_alone_tell_too_which_ask_alike() -> None:
    texts = ["who pays for the new roof", "who is paying for the roof", "does anybody pay for the roof", "which colour is it"]
    vectors = word_vectors(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    (group,) = grouped(of((1, "a"), (2, "a"), (3, "a"), (4, "a"), texts=texts), vectors, vectors[:0], ALIKE_BY_WORDS)
    assert set(group.texts) == set(texts[:3])
