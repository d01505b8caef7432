"""Answers and pages with what can be pressed on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import MakePack
from fakes.answers import TRACE, of_entry
from fakes.scene import ROOF
from hypothesis import given
from hypothesis import strategies as st

from bot.browse import pages as browse
from bot.client import pages
from bot.client.custom_ids import CustomId, decode, encode, tag, text_of
from bot.client.outgoing import Key, Outgoing, clamp
from bot.client.typed_commands import Request, typed
from bot.engine.answer import Ambiguous, Answered, Citation, OffTopic
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.say import pages as worded
from bot.say.languages import languages, wording
from bot.say.wording import COMMANDS, Action, Wording

EN = wording("en")
text = st.text(max_size=300)


@pytest.fixture
def pack(make_pack: MakePack) -> Pack:
    return load(make_pack())


@pytest.fixture
def boats(tmp_path: Path) -> Pack:
    """An article alone."""
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nThe harbour is old. Boats were moved to Porto Novo.\n", encoding="utf-8")
    return load(path)


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


def decoded(key: Key) -> CustomId:
    press = decode(key.custom_id)
    assert press is not None
    return press


def named(message: Outgoing | tuple[tuple[Key, ...], ...]) -> list[list[str]]:
    """The actions of the buttons, row by row."""
    rows = message if isinstance(message, tuple) else message.rows
    return [[decoded(key).action for key in row] for row in rows]


def test_every_answer_s_buttons_lead_somewhere_in_every_language(engine: Engine) -> None:
    """Of the shipped pack, whose ids are long."""
    for topic in engine.pack.entries[::40]:
        answer = engine.answer(topic.question)
        for language in languages():
            words = wording(language)
            shown = pages.answered(answer, engine.pack, words, asked=topic.question)
            assert clamp(shown) == shown
            assert named(shown) == [[Action.CONTEXT, Action.WRONG, Action.MORE]]
            context, wrong, more = map(decoded, shown.rows[0])
            for press in (context, wrong):
                assert_leads_on(press, engine.pack, words)
            own = pages.hide_key(1 << 62, text_of(engine.pack), words)
            menu = pages.further(more, own, engine.pack, words)
            assert clamp(menu) == menu
            assert menu.rows[0][-1] == own
            assert {Action.CITE, Action.FOLLOW_UP} <= set(named(menu)[0])
            for press in map(decoded, menu.rows[0]):
                if press.action in (Action.ELSE, Action.CITE):
                    assert_leads_on(press, engine.pack, words)
                if press.action == Action.FOLLOW_UP:
                    assert isinstance(answer, Answered)
                    assert pages.topic_of_more(press, engine.pack) == answer.entries[0]
                    assert pages.has_more_button(answer, press, engine.pack)


def assert_leads_on(press: CustomId, pack: Pack, words: Wording) -> None:
    led = pages.pressed(press, pack, words)
    assert led is not None
    assert led.content not in (words.unknown_choice, words.unknown["quote"], words.others_none)


def test_more_opens_a_row_of_its_own_and_less_takes_it_away_again(tiny: Engine) -> None:
    shown = pages.answered(tiny.answer(ROOF), tiny.pack, EN)
    more = decoded(shown.rows[0][-1])
    own = pages.share_key(shown.content, tiny.pack, EN)
    opened = pages.expanded(shown.rows, more, own, tiny.pack, EN)
    assert named(opened) == [["context", "wrong", "less"], ["cite", "follow-up", "share"]]
    assert opened[0][:2] == shown.rows[0][:2]
    assert [key.label for key in opened[0]] == ["In context", "Wrong answer?", "Less"]
    less = decoded(opened[0][-1])
    assert less.parts == more.parts, "it knows all that the other one knew"
    assert pages.collapsed(opened, tiny.pack, EN) == shown.rows
    assert pages.collapsed(shown.rows, tiny.pack, EN) == shown.rows, "what is not open stays as it is"
    assert pages.expanded(pages.collapsed(opened, tiny.pack, EN), less, own, tiny.pack, EN) == opened


def test_the_choices_over_an_answer_s_buttons_stay_where_more_is_pressed(tiny: Engine) -> None:
    shown = pages.answered(tiny.answer("what does the librarian earn"), tiny.pack, EN)
    assert named(shown) == [["ask", "ask", "ask"], ["wrong", "more"]]
    own = pages.share_key(shown.content, tiny.pack, EN)
    opened = pages.expanded(shown.rows, decoded(shown.rows[1][-1]), own, tiny.pack, EN)
    assert named(opened) == [["ask", "ask", "ask"], ["wrong", "less"], ["share"]]
    assert opened[0] == shown.rows[0], "and the recommended one is still that"
    assert pages.collapsed(opened, tiny.pack, EN) == shown.rows


@given(rest=st.lists(st.sampled_from(["", "-", "5", "0-5", "cite"]) | text, max_size=8))
def test_whatever_a_forged_more_holds_its_menu_is_one_that_may_be_sent(tiny: Engine, rest: list[str]) -> None:
    own = pages.hide_key(5, text_of(tiny.pack), EN)
    for action in (Action.MORE, Action.LESS):
        press = CustomId(action, text_of(tiny.pack), ":".join(rest))
        menu = pages.further(press, own, tiny.pack, EN)
        assert clamp(menu).rows[0][-1] == own
        rows = ((Key("x", "y"),),)
        assert pages.collapsed(pages.expanded(rows, press, own, tiny.pack, EN), tiny.pack, EN)[0] == rows[0]


def test_who_else_is_in_the_menu_only_where_there_is_somebody(tiny: Engine, make_pack: MakePack) -> None:
    together = load(make_pack({"faq/library.yaml": ("cites: [lift]", "cites: [lift, waited]")}))
    for pack, found in ((tiny.pack, False), (together, True)):
        more = decoded(pages.answered(of_entry(pack, "second-lift"), pack, EN).rows[0][-1])
        own = pages.hide_key(5, text_of(pack), EN)
        assert (Action.ELSE in named(pages.further(more, own, pack, EN))[0]) == found


# Questions to press


def primaries(message: Outgoing) -> list[bool]:
    return [key.primary for row in message.rows for key in row]


def test_what_can_be_asked_is_in_buttons_the_first_of_which_is_recommended(tiny: Engine) -> None:
    pack = tiny.pack
    choosing = {
        "ambiguous": pages.answered(Ambiguous(TRACE, 0.5, (), pack.entries[:3]), pack, EN),
        "off topic": pages.answered(OffTopic(TRACE, 1.0, tuple(t.question for t in pack.entries[:3])), pack, EN),
        "help": pages.requested(Request("help"), pack, EN, ()),
        "greeting": pages.greeting(pack, EN),
    }
    for name, shown in choosing.items():
        assert primaries(shown) == [True, False, False], name
        asked = [pages.topic_in(decoded(key), pack) for key in shown.rows[0]]
        assert asked == list(pack.entries[:3] if name in ("ambiguous", "off topic") else pack.starters), name
        assert len(shown.rows) == 1, name
    assert primaries(pages.answered(tiny.answer(ROOF), pack, EN)) == [False] * 3


def test_wrong_answer_shows_what_came_near_or_else_the_starters_or_else_asks_for_other_words(tiny: Engine, boats: Pack) -> None:
    pack = tiny.pack
    near_by = CustomId(Action.WRONG, text_of(pack), ":".join(tag(t) for t in ("wait", "greeting", "no-such", "roof-cost")))
    shown = pages.pressed(near_by, pack, EN)
    assert shown is not None
    assert shown.content == EN.wrong
    assert [key.label for key in shown.rows[0]] == ["How long have they waited?", ROOF]
    assert primaries(shown) == [True, False]
    nothing = pages.pressed(CustomId(Action.WRONG, text_of(pack)), pack, EN)
    assert nothing is not None
    assert nothing.content == EN.wrong_none
    assert [key.label for key in nothing.rows[0]] == [t.question for t in pack.starters]
    bare = pages.pressed(CustomId(Action.WRONG, text_of(boats)), boats, EN)
    assert bare == Outgoing(EN.wrong_alone)


def test_a_sentence_of_an_article_alone_has_its_context_and_can_be_cited(boats: Pack) -> None:
    found = Citation(boats.article.excerpt(boats.article.sentences[-1]))
    shown = pages.answered(Answered(TRACE, 1.0, (), (), "", (found,)), boats, EN)
    context, wrong, more = map(decoded, shown.rows[0])
    for press in (context, wrong):
        assert pages.pressed(press, boats, EN) is not None
    menu = pages.further(more, pages.hide_key(5, text_of(boats), EN), boats, EN)
    assert named(menu) == [["cite", "follow-up", "hide"]]
    cited = pages.pressed(decoded(menu.rows[0][0]), boats, EN)
    assert cited is not None
    assert "Boats were moved to Porto Novo." in cited.content


@pytest.mark.parametrize("forged", ["", "3-5", "1-2", "9999999-9999999", "00000000", "x", "0-9999999", "-"])
def test_a_forged_context_of_a_passage_that_there_is_not_shows_nothing(boats: Pack, forged: str) -> None:
    assert pages.pressed(CustomId(Action.CONTEXT, text_of(boats), forged), boats, EN) is None


# Waiting


@pytest.mark.parametrize(("wait", "now", "until"), [(20.0, 100.0, 120), (0.2, 100.0, 101), (59.5, 1000.7, 1061)])
def test_how_long_to_wait_is_a_time_that_is_never_too_early_and_the_notice_lasts_as_long(
    wait: float, now: float, until: int
) -> None:
    for language in languages():
        told = pages.cooling(wait, now, wording(language))
        assert f" <t:{until}:R>." in told.content
        assert (told.lasts, told.rows) == (wait, ())


@given(text=st.builds("/{} {}".format, st.sampled_from(COMMANDS), text))
def test_whatever_follows_a_typed_command_shows_a_page(tiny: Engine, text: str) -> None:
    request = typed(text, tiny.pack)
    if request is not None and request.command != "ask":
        assert clamp(pages.requested(request, tiny.pack, EN, ())).content


def test_a_group_that_is_called_as_an_entry_is_can_be_picked_and_so_can_the_entry(make_pack: MakePack) -> None:
    more = "- {id: more, question: Which room is it?, asks: thing, cites: [room], phrasings: [which room it is]}\n"
    pack = load(make_pack({"faq/more.yaml": more}))
    groups = worded.faq(browse.faq(pack), EN).options
    assert [o.label for o in groups] == ["Library", "More"]
    shown, asked = pages.picked("faq", groups[1].value, pack, EN)
    assert shown is not None
    assert (shown.content, asked) == (worded.faq(browse.faq(pack, "more"), EN).content, None)
    (entry,) = worded.faq(browse.faq(pack, "more"), EN).options
    assert pages.picked("faq", entry.value, pack, EN) == (None, pack.by_id["more"])
    assert pages.picked("faq", "group:none", pack, EN) == (None, None)
