"""What a button carries: it fits, comes back as it was, and is believed in nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.client import custom_ids
from bot.client.custom_ids import Turn, decode, encode, find, referred, tag, text_of, turned
from bot.client.limits import MAX_CUSTOM_ID
from bot.engine.answer import citations_of
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.wording import Action

text = st.text(max_size=300)


@given(action=st.sampled_from([a.value for a in Action]), parts=st.lists(st.text("abc-0123456789", max_size=40), max_size=12))
def test_a_custom_id_fits_and_says_what_it_was_given(tiny: Engine, action: str, parts: list[str]) -> None:
    custom_id = encode(action, tiny.pack, parts)
    assert len(custom_id) <= MAX_CUSTOM_ID
    back = decode(custom_id)
    assert back is not None
    assert (back.action, back.article) == (action, text_of(tiny.pack))
    assert custom_id == encode(back.action, tiny.pack, back.rest.split(":") if back.rest or custom_id.count(":") > 3 else [])


@pytest.mark.parametrize(
    "custom_id", ["", "verbatim:2:", "verbatim:1:ask:01234567", "verbatim:2:ask:0123456\n", "verbatim:2:ask:0123456g"]
)
def test_what_is_of_another_form_says_nothing(custom_id: str) -> None:
    assert decode(custom_id) is None


def test_an_id_longer_than_discord_s_limit_is_not_looked_into() -> None:
    longest = "verbatim:2:ask:01234567:".ljust(MAX_CUSTOM_ID, "x")
    assert decode(longest) is not None
    assert decode(longest + "x") is None
    assert decode("verbatim:2:ask:01234567:" + ":" * 10_000_000) is None


def test_two_ids_with_one_tag_are_none() -> None:
    assert find(tag("a"), ["a", "b"]) == "a"
    assert find(tag("a"), ["a", "a"]) is None


def test_a_citation_comes_back_from_its_reference(tiny: Engine, tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo. The storm came at dawn.\n", encoding="utf-8")
    for engine, question in ((tiny, "Who called for a second lift?"), (build(path), "where were the fishing boats moved?")):
        answer = engine.answer(question)
        assert citations_of(answer)
        for citation in citations_of(answer):
            back = referred(custom_ids.reference(citation), engine.pack)
            assert back is not None
            assert back.excerpt == citation.excerpt
            assert back.quote == citation.quote


@pytest.mark.parametrize("part", ["", "5", "5-1", "0-9999999", "-1-5", "1-2-3", "3-9", "x", "12345678-12345679"])
def test_a_reference_to_no_passage_is_none(tiny: Engine, part: str) -> None:
    assert referred(part, tiny.pack) is None


@given(what=st.sampled_from(["quotes", "people"]), page=st.integers(1, 9999), of=st.sampled_from(["", tag("x")]), words=text)
def test_a_page_comes_back_from_its_button(tiny: Engine, what: str, page: int, of: str, words: str) -> None:
    custom_id = custom_ids.turn(Turn(what, page, of, words), tiny.pack)
    assert len(custom_id) <= MAX_CUSTOM_ID
    press = decode(custom_id)
    assert press is not None
    assert turned(press) == Turn(what, page, of, " ".join(words.split())[: custom_ids.MAX_CARRIED])
