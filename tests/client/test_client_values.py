"""The parts of the Discord side that know nothing of Discord's library: what a button carries, what leaves, how long an asker waits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import MakePack
from fakes.contract import openapi
from hypothesis import given
from hypothesis import strategies as st

from bot.browse.paging import Option
from bot.client import pages, state
from bot.client.claims import Claims
from bot.client.cooldown import Cooldowns, Pace
from bot.client.items import typed_in, view_of
from bot.client.outgoing import Key, Menu, Outgoing, clamp, options
from bot.client.pages import Request
from bot.client.state import MAX_CUSTOM_ID, State, Turn, decode, encode, find, referred, tag, text_of, turned
from bot.engine.answer import Answered, citations_of
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.say.languages import languages, wording
from bot.say.wording import COMMANDS, Action

EN = wording("en")
text = st.text(max_size=300)


@pytest.fixture
def pack(make_pack: MakePack) -> Pack:
    return load(make_pack())


# What a button carries


@given(action=st.sampled_from([a.value for a in Action]), parts=st.lists(st.text("abc-0123456789", max_size=40), max_size=12))
def test_a_custom_id_fits_and_says_what_it_was_given(tiny: Engine, action: str, parts: list[str]) -> None:
    custom_id = encode(action, tiny.pack, parts)
    assert len(custom_id) <= MAX_CUSTOM_ID
    back = decode(custom_id)
    assert back is not None
    assert (back.action, back.article) == (action, text_of(tiny.pack))
    assert custom_id == encode(back.action, tiny.pack, back.rest.split(":") if back.rest or custom_id.count(":") > 3 else [])


@given(custom_id=text | st.builds("verbatim:2:{}:{}:{}".format, text, text, text))
def test_a_forged_custom_id_never_raises_and_shows_nothing_or_a_page(tiny: Engine, custom_id: str) -> None:
    press = decode(custom_id)
    if press is not None:
        shown = pages.pressed(press, tiny.pack, EN)
        assert shown is None or shown.content


@given(
    action=st.sampled_from([*(a.value for a in Action), "cite-as", "page", "pick", "asked", "x"]),
    rest=st.lists(st.sampled_from(["", "-", "9", "0", "quotes", "faq", "people", "article", "bibtex", "1-5", "5-1", "٣"]) | text, max_size=6),
)  # fmt: skip
def test_a_forged_state_of_the_right_article_never_raises(tiny: Engine, action: str, rest: list[str]) -> None:
    press = State(action, text_of(tiny.pack), ":".join(rest))
    shown = pages.pressed(press, tiny.pack, EN)
    assert shown is None or clamp(shown).content
    pages.topic_in(press, tiny.pack)
    for kind in rest[:1]:
        pages.picked(kind, ":".join(rest), tiny.pack, EN)


def test_a_button_of_another_text_shows_nothing(pack: Pack, make_pack: MakePack) -> None:
    press = decode(encode(Action.CONTEXT, pack, (tag("lift"),)))
    assert press is not None
    assert pages.pressed(press, pack, EN) is not None
    assert pages.pressed(State(press.action, "0" * 8, press.rest), pack, EN) is None


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
            back = referred(state.reference(citation), engine.pack)
            assert back is not None
            assert back.excerpt == citation.excerpt
            assert back.quote == citation.quote


@pytest.mark.parametrize("part", ["", "5", "5-1", "0-9999999", "-1-5", "1-2-3", "3-9", "x", "12345678-12345679"])
def test_a_reference_to_no_passage_is_none(tiny: Engine, part: str) -> None:
    assert referred(part, tiny.pack) is None


@given(what=st.sampled_from(["quotes", "people"]), page=st.integers(1, 9999), of=st.sampled_from(["", tag("x")]), words=text)
def test_a_page_comes_back_from_its_button(tiny: Engine, what: str, page: int, of: str, words: str) -> None:
    custom_id = state.turn(Turn(what, page, of, words), tiny.pack)
    assert len(custom_id) <= MAX_CUSTOM_ID
    press = decode(custom_id)
    assert press is not None
    assert turned(press) == Turn(what, page, of, " ".join(words.split())[: state.MAX_TYPED])


def test_every_answer_s_buttons_lead_somewhere_in_every_language(engine: Engine) -> None:
    """Of the shipped pack, whose ids are long."""
    for topic in engine.pack.entries[::40]:
        answer = engine.answer(topic.question)
        for language in languages():
            words = wording(language)
            for private in (True, False):
                shown = pages.answered(answer, engine.pack, words, private=private)
                assert clamp(shown) == shown
                for key in (k for row in shown.rows for k in row):
                    press = decode(key.custom_id)
                    assert press is not None
                    if press.action in (Action.CONTEXT, Action.ELSE, Action.MATCHES, Action.CITE, Action.NOT_ASKED):
                        led = pages.pressed(press, engine.pack, words)
                        assert led is not None
                        assert led.content not in (words.unknown_choice, words.unknown["quote"])
                    if press.action == Action.FOLLOW_UP and isinstance(answer, Answered):
                        assert pages.topic_in(press, engine.pack) == answer.entries[0]


# What leaves


keys = st.builds(Key, st.text(max_size=200), st.text(max_size=150))
menus = st.builds(
    Menu, st.text(max_size=150), st.text(max_size=300), st.lists(st.builds(Option, st.text(max_size=200), st.text(max_size=150)), max_size=40).map(tuple)
)  # fmt: skip
messages = st.builds(
    Outgoing,
    st.text(max_size=4000),
    st.lists(st.lists(keys, max_size=8).map(tuple), max_size=8).map(tuple),
    st.none() | menus,
    st.none() | st.tuples(st.text(min_size=1, max_size=200), st.text(max_size=20)),
)


@given(message=messages)
def test_whatever_is_to_be_sent_leaves_within_discord_s_limits(message: Outgoing) -> None:
    sent = clamp(message)
    assert len(sent.content) <= 2000
    assert sent.content.strip() or sent.file
    assert len(sent.rows) + (sent.menu is not None) <= 5
    ids = [k.custom_id for row in sent.rows for k in row] + ([sent.menu.custom_id] if sent.menu else [])
    assert len(ids) == len(set(ids))
    assert all(1 <= len(i) <= 100 for i in ids)
    for row in sent.rows:
        assert 1 <= len(row) <= 5
        assert all(1 <= len(k.label) <= 80 and k.label.strip() for k in row)
    if sent.menu:
        values = [o.value for o in sent.menu.options]
        assert 1 <= len(values) <= 25
        assert len(values) == len(set(values))
        assert all(1 <= len(o.label) <= 100 and 1 <= len(o.value) <= 100 for o in sent.menu.options)
        assert len(sent.menu.placeholder) <= 150
    assert clamp(sent) == sent


@given(rows=st.lists(st.integers(1, 5), min_size=0, max_size=5), menu=st.booleans())
def test_a_clamped_message_s_view_is_one_that_discord_s_openapi_file_allows(rows: list[int], menu: bool) -> None:
    contract = _component_schema()
    made = tuple(tuple(Key("x" * 90, f"verbatim:2:hide:{i}{j}") for j in range(n)) for i, n in enumerate(rows))
    listed = Menu("verbatim:2:pick:0", "p" * 200, tuple(Option("l" * 120, f"{i}") for i in range(30))) if menu else None
    view = view_of(clamp(Outgoing("x", made, listed)))
    for component in view.to_components() if view else ():
        contract.validate(component)
    assert len(view.to_components() if view else ()) == min(5, len(rows) + menu)


def _component_schema() -> Any:
    document = json.loads(openapi().read_text(encoding="utf-8"))
    schema = document["components"]["schemas"]["ActionRowComponentForMessageRequest"]
    return jsonschema.Draft202012Validator({**schema, "components": document["components"]})


@given(found=st.lists(st.builds(Option, st.text(max_size=200), st.text(max_size=200)), max_size=60))
def test_what_is_offered_while_somebody_types_is_within_the_limits_and_never_cuts_a_value(found: list[Option]) -> None:
    kept = options(found)
    assert len(kept) <= 25
    assert {o.value for o in kept} <= {o.value for o in found}
    assert all(1 <= len(o.label) <= 100 and 1 <= len(o.value) <= 100 for o in kept)


json_values = st.recursive(st.none() | st.integers() | text, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["components", "component", "value", "x"]), x), max_leaves=12)  # fmt: skip


@given(components=json_values)
def test_whatever_a_submitted_window_holds_is_read_without_raising(components: object) -> None:
    assert len(typed_in(components)) <= 1500


@pytest.mark.parametrize(
    "components",
    [
        [{"type": 18, "component": {"type": 4, "value": "why?"}}],
        [{"type": 1, "components": [{"type": 4, "value": "why?"}]}],
    ],
)
def test_a_window_s_text_is_found_in_a_label_and_in_a_row(components: Sequence[object]) -> None:
    assert typed_in(components) == "why?"


# What was taken up


def test_a_question_is_taken_up_once_until_its_event_can_no_longer_be_repeated() -> None:
    now = [0.0]
    claims = Claims(lambda: now[0], seconds=10)
    assert [claims.take(1), claims.take(1), claims.take(2)] == [True, False, True]
    now[0] = 9
    assert not claims.take(1)
    claims.release(2)
    assert claims.take(2)
    now[0] = 10
    assert claims.take(1), "a claim is kept for ever"
    assert not claims.take(2)
    claims.release(3)


# How long an asker waits


def test_an_asker_waits_from_one_question_to_the_next_and_is_told_once() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0])
    assert cooldowns.wait(1, 10) == 0
    now[0] += 4
    assert cooldowns.wait(1, 10) == 6
    assert [cooldowns.tell(1), cooldowns.tell(1)] == [True, False]
    assert cooldowns.wait(2, 10) == 0, "another asker waits too"
    now[0] += 6
    assert cooldowns.wait(1, 10) == 0
    now[0] += 1
    assert cooldowns.wait(1, 10) == 9
    assert cooldowns.tell(1), "the second wait is not explained"
    assert cooldowns.wait(1, 0) == 0


def test_askers_make_room_for_others() -> None:
    cooldowns = Cooldowns(lambda: 0.0, askers=2)
    for asker in (1, 2, 3):
        assert cooldowns.wait(asker, 10) == 0
    assert cooldowns.wait(3, 10) == 10
    assert cooldowns.wait(1, 10) == 0


# Commands typed out


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("/who", Request("who")),
        ("  /WHO  ", Request("who")),
        ("/quote", Request("quote")),
        ("/quote Ruth Bell second lift", Request("quote", speaker="Ruth Bell", topic="second lift")),
        ("/quote bel", Request("quote", speaker="bel")),
        ("/quote roof repairs", Request("quote", topic="roof repairs")),
        ("/quote speaker: Bell topic: the lift", Request("quote", speaker="Bell", topic="the lift")),
        ("/article 2", Request("article", page="2")),
        ("/article page:2", Request("article", page="2")),
        ("/faq library", Request("faq", group="library")),
        ("/cite BibTeX", Request("cite", format="BibTeX")),
        ("/ask why is that: a topic: x?", Request("ask", question="why is that: a topic: x?")),
        ("/ask question: who called?", Request("ask", question="who called?")),
        ("/help me", Request("help")),
        ("who", None),
        ("/whom", None),
        ("/verbatim reload", None),
        ("what is /who?", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_typed_command_is_read_as_discord_would_read_it(tiny: Engine, text: str, request_: Request | None) -> None:
    assert pages.typed(text, tiny.pack) == request_


@given(text=st.builds("/{} {}".format, st.sampled_from(COMMANDS), text))
def test_whatever_follows_a_typed_command_shows_a_page(tiny: Engine, text: str) -> None:
    request = pages.typed(text, tiny.pack)
    if request is not None and request.command not in ("ask", "forget"):
        assert clamp(pages.requested(request, tiny.pack, EN, ())).content


def test_no_more_leave_within_a_second_than_may_and_none_waits_for_nothing() -> None:
    now = [0.0]
    pace = Pace(2, 1.0, lambda: now[0])
    assert [pace.wait() for _ in range(5)] == [0, 0, 1, 1, 2]
    now[0] = 10
    assert [pace.wait() for _ in range(3)] == [0, 0, 1]
