"""Answers and pages with what can be pressed on them."""

from __future__ import annotations

import pytest
from conftest import MakePack
from hypothesis import given
from hypothesis import strategies as st

from bot.client import pages
from bot.client.custom_ids import CustomId, decode, encode, tag, text_of
from bot.client.outgoing import clamp
from bot.client.typed_commands import typed
from bot.engine.answer import Answered
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


@given(custom_id=text | st.builds("verbatim:2:{}:{}:{}".format, text, text, text))
def test_a_forged_custom_id_never_raises_and_shows_nothing_or_a_page(tiny: Engine, custom_id: str) -> None:
    press = decode(custom_id)
    if press is not None:
        shown = pages.pressed(press, tiny.pack, EN)
        assert shown is None or shown.content


@given(
    action=st.sampled_from([*(a.value for a in Action), "cite-as", "page", "pick", "asked", "x"]),
    rest=st.lists(
        st.sampled_from(["", "-", "9", "0", "quotes", "faq", "people", "article", "bibtex", "1-5", "5-1", "٣"]) | text, max_size=6
    ),
)
def test_a_forged_state_of_the_right_article_never_raises(tiny: Engine, action: str, rest: list[str]) -> None:
    press = CustomId(action, text_of(tiny.pack), ":".join(rest))
    shown = pages.pressed(press, tiny.pack, EN)
    assert shown is None or clamp(shown).content
    pages.topic_in(press, tiny.pack)
    for kind in rest[:1]:
        pages.picked(kind, ":".join(rest), tiny.pack, EN)


def test_a_button_of_another_text_shows_nothing(pack: Pack, make_pack: MakePack) -> None:
    press = decode(encode(Action.CONTEXT, pack, (tag("lift"),)))
    assert press is not None
    assert pages.pressed(press, pack, EN) is not None
    assert pages.pressed(CustomId(press.action, "0" * 8, press.rest), pack, EN) is None


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


@given(text=st.builds("/{} {}".format, st.sampled_from(COMMANDS), text))
def test_whatever_follows_a_typed_command_shows_a_page(tiny: Engine, text: str) -> None:
    request = typed(text, tiny.pack)
    if request is not None and request.command not in ("ask", "forget"):
        assert clamp(pages.requested(request, tiny.pack, EN, ())).content
