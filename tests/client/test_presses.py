"""Buttons, lists and windows, from what a reader does to the JSON that leaves."""

from __future__ import annotations

from collections.abc import Sequence

import discord
import pytest
import simcord
from conftest import MakePack
from fakes.markdown import unescaped
from fakes.scene import EN, LIFT, ROOF, Scene, Stub, label, labels, play, said, shelf, styles, undecided, with_everything, worded

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.client import pages
from bot.client.buttons import view_of
from bot.client.custom_ids import encode, tag, text_of
from bot.client.lifecycle import Verbatim
from bot.client.outgoing import Key, Outgoing
from bot.client.shared import Shared
from bot.engine.answer import Answer, OpinionAsked
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say import pages as say
from bot.say.replies import shown_in
from bot.say.wording import Action
from bot.store.memory import MemoryStore
from bot.store.values import Overrides, StoreFault
from bot.text.display import clip

PRIMARY, SECONDARY = discord.ButtonStyle.primary.value, discord.ButtonStyle.secondary.value
FURTHER = (Action.ELSE, Action.CITE, Action.FOLLOW_UP, Action.HIDE)
OPINION = "Who is right?"
FORGED = [
    "verbatim:2:",
    "verbatim:2:context",
    "verbatim:2:context:{article}",
    "verbatim:2:context:{article}:00000000",
    "verbatim:2:context:00000000:00000000",
    "verbatim:2:page:{article}:article:0:-",
    "verbatim:2:page:{article}:article:99999:-",
    "verbatim:2:page:{article}:nothing:1:-",
    "verbatim:2:cite:{article}",
    "verbatim:2:cite-as:{article}:docx:0-5",
    "verbatim:2:share:{article}:",
    "verbatim:2:no-such:{article}:x",
    "verbatim:2:page:{article}:faq:1:00000000",
    "verbatim:2:positions:{article}",
    "verbatim:2:positions:{article}:x:y:z",
]
FORGED_HIDES = ["", "0", "5", "-5", "1.5", "٣", "x", "../../etc/passwd", "9" * 70, "{own}:5", "{theirs}"]


def test_choices_are_buttons_that_answer_their_topic_s_question_also_after_a_restart(tiny: Engine) -> None:
    torn = undecided(tiny, "second-lift", "roof-cost")

    async def story(s: Scene) -> None:
        await s.mention("which?")
        question = s.channel.last_message
        assert question
        assert (labels(s.sent[0]), styles(s.sent[0])) == ([LIFT, ROOF], [PRIMARY, SECONDARY])
        chosen = await s.asker.click(question, label=ROOF)
        assert said(chosen) == worded(tiny, ROOF)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(torn), s.store)))
        again = await s.asker.click(question, label=LIFT)
        assert said(again) == worded(tiny, LIFT)
        follow_up = await s.asker.slash(s.channel, "ask", question="who said that?")
        assert said(follow_up) == worded(tiny, "who said that?", (tiny.answer(LIFT),))

    play(story, torn)


def test_a_button_s_question_is_asked_afresh_whatever_came_before(tiny: Engine) -> None:
    heard: list[tuple[str, int]] = []
    torn = undecided(tiny, "second-lift", "roof-cost")

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        heard.append((question, len(history)))
        return torn.answer(question, history)

    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        await s.mention("which?")
        await s.asker.click(s.last_message(), label=LIFT)
        assert heard == [(ROOF, 0), ("which?", 1), (LIFT, 0)]

    play(story, Stub(tiny, decide))


def test_ask_offers_the_same_choices(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question="which?")
        assert result.response
        clicked = await s.asker.click(result.response, label=LIFT)
        assert said(clicked) == worded(tiny, LIFT)

    play(story, undecided(tiny, "second-lift", "roof-cost"))


@pytest.mark.parametrize("topic", [tag("no-such-topic"), tag("greeting"), "", "../../etc/passwd", "a:b:c", "x" * 70])
def test_a_button_of_an_unknown_topic_is_explained_in_private(tiny: Engine, topic: str) -> None:
    async def story(s: Scene) -> None:
        view = view_of(Outgoing("which?", ((Key("stale", encode("ask", tiny.pack, (topic,))),),)))
        assert view is not None
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=view)
        result = await s.asker.click(sent, label="stale")
        assert said(result) == EN.unknown_choice
        assert result.ephemeral

    play(story, tiny)


def test_a_button_that_fails_tells_the_asker(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        await s.mention("which?")
        monkeypatch.delattr(pages, "topic_in")
        result = await s.asker.click(s.last_message(), label=LIFT)
        assert said(result) == EN.failed
        assert result.ephemeral

    play(story, undecided(tiny, "second-lift", "roof-cost"))
    assert "an interaction failed: AttributeError at presses.py:" in log.text


def test_the_buttons_of_an_answer_are_three_in_one_row(engine: Engine) -> None:
    topic = engine.pack.entries[0]

    async def story(s: Scene) -> None:
        await s.mention(topic.question)
        [body] = s.sent
        assert len(body["components"]) == 1
        assert labels(body) == [label(Action.CONTEXT), label(Action.WRONG), label(Action.MORE)]
        assert styles(body) == [SECONDARY] * 3
        assert sum(map(len, labels(body))) <= 40, "on a phone, a row of buttons is some 40 characters wide"

    play(story, engine)


def test_every_page_behind_a_button_is_for_whoever_presses_also_after_a_restart(engine: Engine) -> None:
    asked = with_everything(engine)
    answer, pack = engine.answer(asked), engine.pack
    citation = shown_in(answer)[0]
    assert citation.quote is not None
    expected = {
        Action.CONTEXT: say.context(passages.context(pack, citation), pack, EN).content,
        Action.WRONG: EN.wrong,
        Action.MORE: EN.more,
    }
    behind = {Action.ELSE: say.others(passages.others(pack, citation.quote.id), pack, EN).content}

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = s.last_message()
        await s.env.restart_bot(Verbatim(Shared.of(shelf(engine), MemoryStore())))
        for action, content in expected.items():
            result = await s.friend(action).click(message, label=label(action))
            assert (said(result), result.ephemeral) == (content, True)
        near = [t.question for t in suggestions.matches(answer)]
        assert near
        wrong = await s.asker.click(message, label=label(Action.WRONG))
        assert labels(s.responses[-1]["data"]) == [clip(q, 80) for q in near]
        assert styles(s.responses[-1]["data"]) == [PRIMARY, *[SECONDARY] * (len(near) - 1)]
        asked_again = await s.asker.click(wrong.response, label=clip(near[0], 80))  # type: ignore[arg-type]
        assert said(asked_again) == worded(engine, near[0])
        curious = s.friend()
        for action, content in behind.items():
            menu = await curious.click(message, label=label(Action.MORE))
            assert labels(s.responses[-1]["data"]) == [label(a) for a in FURTHER]
            await s.env.restart_bot(Verbatim(Shared.of(shelf(engine), MemoryStore())))
            result = await curious.click(menu.response, label=label(action))  # type: ignore[arg-type]
            assert (said(result), result.ephemeral) == (content, True)

    play(story, engine)


def test_an_opinion_leads_to_the_positions_that_it_does_not_show(engine: Engine) -> None:
    pack = engine.pack

    async def story(s: Scene) -> None:
        await s.mention(OPINION)
        [body] = s.sent
        assert body["content"].startswith(f"{EN.opinion}\n")
        assert labels(body) == [label(Action.POSITIONS), label(Action.WRONG), label(Action.MORE)]
        result = await s.friend().click(s.last_message(), label=label(Action.POSITIONS))
        assert (said(result), result.ephemeral) == (say.further_positions(pack, EN).content, True)
        for position in pack.positions:
            where = said(result) if position in pack.positions[2:] else body["content"]
            assert unescaped(where).count(f"“{pack.excerpt(position).text}”") == 1

    assert isinstance(engine.answer(OPINION), OpinionAsked)
    play(story, engine)


def test_a_follow_up_is_asked_in_a_window_also_after_a_restart_and_by_somebody_else(tiny: Engine) -> None:
    after = worded(tiny, "who said that?", (tiny.answer(ROOF),))
    assert after != worded(tiny, "who said that?")

    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        message = s.last_message()
        window = await s.asker.click(await more(s.asker, message), label=label(Action.FOLLOW_UP))
        assert window.modal is not None
        assert window.modal["title"] == EN.follow_up_title
        answered = await s.asker.submit_modal(window, {"question": "who said that?"})
        assert said(answered) == after
        assert answered.response is not None
        assert answered.response.content.startswith("-# Asked: “who said that?”\n"), "nobody sees what was typed in a window"
        other = s.friend()
        theirs = await other.click(await more(other, message), label=label(Action.FOLLOW_UP))
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), MemoryStore())))
        assert said(await other.submit_modal(theirs, {"question": "who said that?"})) == after

    play(story, tiny)


def test_a_follow_up_window_refers_to_the_answer_that_it_was_opened_under(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        roof = s.last_message()
        assert s.bot.user
        for asker in (s.asker, s.friend()):
            await asker.send(s.channel, f"{s.bot.user.mention} {LIFT}")
            window = await asker.click(await more(asker, roof), label=label(Action.FOLLOW_UP))
            answered = await asker.submit_modal(window, {"question": "who said that?"})
            assert said(answered) == worded(tiny, "who said that?", (tiny.answer(ROOF),))

    play(story, tiny)


# More, Less and Share, where only the asker sees the answer


def test_more_and_less_change_a_private_answer_in_place(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
        private = (await s.asker.slash(s.channel, "ask", question=LIFT)).response
        assert private is not None
        assert private.ephemeral
        before = s.responses[-1]["data"]
        for _ in range(2):  # Less leads back to where More does the same again
            await s.asker.click(private, label=label(Action.MORE))
            opened = s.responses[-1]
            assert opened["type"] == discord.InteractionResponseType.message_update.value
            assert opened["data"]["content"] == before["content"]
            assert labels(opened["data"]) == [
                *(label(a) for a in (Action.CONTEXT, Action.WRONG, Action.LESS)),
                *(label(a) for a in (Action.CITE, Action.FOLLOW_UP, Action.SHARE)),
            ]
            await s.asker.click(private, label=label(Action.LESS))
            assert s.responses[-1]["type"] == discord.InteractionResponseType.message_update.value
            assert (s.responses[-1]["data"]["content"], labels(s.responses[-1]["data"])) == (before["content"], labels(before))
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_a_private_answer_is_shared_word_for_word_and_hidden_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        private = await opened(s)
        shared = await s.asker.click(private, label=label(Action.SHARE))
        assert not shared.ephemeral
        assert labels(s.responses[-1]["data"]) == [label(a) for a in (Action.CONTEXT, Action.WRONG, Action.MORE)]
        public = s.last_message()
        assert public.content == worded(tiny, LIFT, echoed=True), "with the question, which nobody else has seen"
        hidden = await s.asker.click(await more(s.asker, public), label=label(Action.HIDE))
        assert hidden.followups == []
        assert s.channel.last_message is None or s.channel.last_message.id != public.id

    play(story, tiny)


def test_an_answer_is_shared_once_however_often_that_is_pressed(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        private = await opened(s)
        shared, again = [await s.asker.click(private, label=label(Action.SHARE)) for _ in range(2)]
        assert (shared.ephemeral, said(again), again.ephemeral) == (False, EN.shared_already, True)

    play(story, tiny)


def test_what_is_not_as_the_bot_said_it_is_not_shared(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        private = await opened(s)
        stored = s.env.backend.get_message(s.channel.id, private.id)
        stored.content = "“We close the library.”"
        result = await s.asker.click(private, label=label(Action.SHARE))
        assert (said(result), result.ephemeral) == (EN.unknown_choice, True)

    play(story, tiny)


def test_more_in_a_direct_message_opens_in_place_with_hide(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.send_dm(LIFT)
        answer = s.asker.user.dm_channel.last_message
        assert answer is not None
        await s.asker.user.click(answer, label=label(Action.MORE))
        opened = s.responses[-1]
        assert opened["type"] == discord.InteractionResponseType.message_update.value
        assert labels(opened["data"])[3:] == [label(a) for a in (Action.CITE, Action.FOLLOW_UP, Action.HIDE)]
        await s.asker.user.click(answer, label=label(Action.LESS))
        assert labels(s.responses[-1]["data"]) == [label(a) for a in (Action.CONTEXT, Action.WRONG, Action.MORE)]
        await s.asker.user.click(answer, label=label(Action.MORE))
        await s.asker.user.click(answer, label=label(Action.HIDE))
        left = s.asker.user.dm_channel.last_message
        assert left is None or left.id != answer.id

    play(story, tiny)


@pytest.mark.parametrize("action", [Action.MORE, Action.LESS])
@pytest.mark.parametrize("rest", ["", "-:-", "00000000:00000000:0-5", "a:b:c:d", "x" * 70, ":::::"])
def test_a_forged_more_or_less_shows_a_menu_and_nothing_of_what_it_names(tiny: Engine, action: Action, rest: str) -> None:
    async def story(s: Scene) -> None:
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=old(encode(action, tiny.pack, [rest])))
        result = await s.asker.click(sent, label="old")
        assert (said(result), result.ephemeral) == (EN.more, True)
        assert label(Action.HIDE) in labels(s.responses[-1]["data"])
        assert label(Action.ELSE) not in labels(s.responses[-1]["data"])

    play(story, tiny)


# Hide


@pytest.mark.parametrize("way", ["mention", "slash"])
def test_the_asker_takes_an_answer_away_and_keeps_a_copy_in_place_of_the_menu(tiny: Engine, way: str) -> None:
    async def story(s: Scene) -> None:
        await (s.mention(LIFT) if way == "mention" else s.asker.slash(s.channel, "ask", question=LIFT))
        message = s.last_message()
        friend = s.friend()
        theirs = await friend.click(await more(friend, message), label=label(Action.HIDE))
        assert (said(theirs), theirs.ephemeral) == (EN.not_yours, True)
        assert s.channel.history(viewer=friend)[-1].content == EN.not_yours
        assert message.id in {m.id for m in s.channel.history()}
        await s.asker.click(await more(s.asker, message), label=label(Action.HIDE))
        kept = s.responses[-1]
        assert kept["type"] == discord.InteractionResponseType.message_update.value, "in place of the menu, which is private"
        assert kept["data"]["content"] == worded(tiny, LIFT, echoed=way == "slash")
        assert labels(kept["data"]) == [label(a) for a in (Action.CONTEXT, Action.WRONG, Action.MORE)]
        assert message.id not in {m.id for m in s.channel.history()}
        assert message.content not in [m.content for m in s.channel.history(viewer=friend)]

    play(story, tiny)


def test_the_copy_is_shared_again_from_its_own_more(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        menu = await more(s.asker, s.last_message())
        await s.asker.click(menu, label=label(Action.HIDE))
        await s.asker.click(menu, label=label(Action.MORE))
        assert labels(s.responses[-1]["data"])[-1] == label(Action.SHARE)
        shared = await s.asker.click(menu, label=label(Action.SHARE))
        assert (said(shared), shared.ephemeral) == (worded(tiny, LIFT), False)

    play(story, tiny)


def test_a_moderator_takes_an_answer_away_and_keeps_no_copy(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = s.last_message()
        await s.owner.click(await more(s.owner, message), label=label(Action.HIDE))
        assert (s.responses[-1]["data"]["content"], labels(s.responses[-1]["data"])) == (EN.taken_away, [])
        assert message.id not in {m.id for m in s.channel.history()}
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (403, 50001), (500, 0)])
def test_where_discord_refuses_to_delete_the_asker_keeps_the_copy_and_is_told(tiny: Engine, status: int, code: int) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = s.last_message()
        menu = await more(s.asker, message)
        s.env.inject_error("DELETE", "/channels/*/messages/*", status=status, code=code, times=None)
        result = await s.asker.click(menu, label=label(Action.HIDE))
        assert s.responses[-1]["data"]["content"] == worded(tiny, LIFT)
        assert [(f.content, f.ephemeral) for f in result.followups] == [(EN.not_taken_away, True)]
        assert message.id in {m.id for m in s.channel.history()}

    play(story, tiny)


def test_an_answer_that_somebody_else_has_deleted_meanwhile_is_gone_as_was_asked(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        menu = await more(s.asker, s.last_message())
        s.env.inject_error("DELETE", "/channels/*/messages/*", status=404, code=10008)
        result = await s.asker.click(menu, label=label(Action.HIDE))
        assert result.followups == []
        assert s.responses[-1]["data"]["content"] == worded(tiny, LIFT)

    play(story, tiny)


def test_hide_says_that_an_answer_is_not_there_any_more(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        answer = s.last_message()
        menu = await more(s.asker, answer)
        await s.owner.delete(answer)
        result = await s.asker.click(menu, label=label(Action.HIDE))
        assert (said(result), result.ephemeral) == (EN.gone_already, True)
        assert not s.bot.shared.measures.unsent

    play(story, tiny)
    assert "not sent: HTTP" not in log.text


def test_where_discord_does_not_give_the_message_nothing_is_taken_away(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = s.last_message()
        menu = await more(s.asker, message)
        s.env.inject_error("GET", "/channels/*/messages/*", status=403, code=50001)
        result = await s.asker.click(menu, label=label(Action.HIDE))
        assert (said(result), result.ephemeral) == (EN.not_taken_away, True)
        assert message.id in {m.id for m in s.channel.history()}

    play(story, tiny)


def test_where_the_copy_does_not_arrive_nothing_is_taken_away(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = s.last_message()
        menu = await more(s.asker, message)
        s.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
        await s.asker.click(menu, label=label(Action.HIDE))
        assert message.id in {m.id for m in s.channel.history()}

    play(story, tiny)


def test_an_answer_from_a_text_that_is_no_longer_loaded_can_still_be_taken_away(tiny: Engine, make_pack: MakePack) -> None:
    five, six = "for five pounds a year", "for six pounds a year"
    corrected = build(make_pack({"article.txt": (five, six), "quotes.yaml": (five, six), "faq/library.yaml": ("five", "six")}))

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        answer = s.last_message()
        private = Overrides(ephemeral=True)
        await s.store.change(s.guild.id, s.channel.id, lambda _: private)
        s.settings.changed(s.guild.id)
        alone = (await s.asker.slash(s.channel, "ask", question=LIFT)).response
        early = await more(s.asker, answer)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(corrected), s.store)))
        for presser, is_allowed in ((s.friend(), False), (s.asker, True)):
            menu = await presser.click(answer, label=label(Action.MORE))
            assert (said(menu), menu.ephemeral) == (EN.unknown_choice, True)
            assert labels(s.responses[-1]["data"]) == [label(Action.HIDE)]
            hidden = await presser.click(menu.response or answer, label=label(Action.HIDE))
            assert (said(hidden) == EN.not_yours) is not is_allowed
            assert (answer.id in {m.id for m in s.channel.history()}) is not is_allowed
        assert said(await s.asker.click(early, label=label(Action.HIDE))) == EN.gone_already
        assert alone
        assert said(await s.asker.click(alone, label=label(Action.MORE))) == EN.unknown_choice
        assert labels(s.responses[-1]["data"]) == [], "nobody else sees that one"

    play(story, tiny)


@pytest.mark.parametrize("forged", FORGED_HIDES)
def test_a_forged_hide_takes_nothing_away(tiny: Engine, forged: str, log: pytest.LogCaptureFixture) -> None:
    """Of what is no message, of a message that is not the bot's, or of several."""

    async def story(s: Scene) -> None:
        theirs = await s.asker.send(s.channel, "a message of the asker's own")
        await s.mention(LIFT)
        rest = forged.format(own=s.last_message().id, theirs=theirs.id)
        there = {m.id for m in s.channel.history()}
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=old(encode(Action.HIDE, tiny.pack, [rest])))
        result = await s.asker.click(sent, label="old")
        assert said(result) in (EN.not_taken_away, EN.gone_already)
        assert result.ephemeral
        assert there < {m.id for m in s.channel.history()}

    play(story, tiny)
    assert "failed" not in log.text


def test_a_hide_that_names_the_answer_to_somebody_else_takes_nothing_away(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        answer = s.last_message()
        other = s.friend()
        forged = old(encode(Action.HIDE, tiny.pack, [str(answer.id)]))
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=forged)
        result = await other.click(sent, label="old")
        assert (said(result), result.ephemeral) == (EN.not_yours, True)
        assert answer.id in {m.id for m in s.channel.history()}

    play(story, tiny)


def test_a_hide_that_names_an_answer_in_another_channel_takes_nothing_away_even_for_its_asker(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        elsewhere = s.guild.create_text_channel("elsewhere")
        await s.mention(LIFT, elsewhere)
        answer = s.last_message(elsewhere)
        forged = old(encode(Action.HIDE, tiny.pack, [str(answer.id)]))
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=forged)
        for presser in (s.asker, s.owner):
            result = await presser.click(sent, label="old")
            assert (said(result), result.ephemeral) == (EN.gone_already, True)
        assert answer.id in {m.id for m in elsewhere.history()}

    play(story, tiny)


def test_an_answer_whose_note_was_forgotten_is_its_asker_s_no_more(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        answer = s.last_message()
        await s.store.forget(s.asker.id)
        result = await s.asker.click(await more(s.asker, answer), label=label(Action.HIDE))
        assert said(result) == EN.asker_unknown
        assert answer.id in {m.id for m in s.channel.history()}

    play(story, tiny)


def test_an_answer_that_could_not_be_noted_is_its_asker_s_all_the_same(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(s: Scene) -> None:
        async def full(*_: object) -> None:
            raise StoreFault("the store", "cannot grow, since the disk is full.", "make room on the disk.")

        monkeypatch.setattr(s.store, "note", full)
        await s.mention(LIFT)
        answer, friend = s.last_message(), s.friend()
        theirs = await friend.click(await more(friend, answer), label=label(Action.HIDE))
        assert said(theirs) == EN.not_yours
        await s.asker.click(await more(s.asker, answer), label=label(Action.HIDE))
        assert answer.id not in {m.id for m in s.channel.history()}

    play(story, tiny)


async def opened(s: Scene) -> simcord.ResponseMessage:
    """A private answer under which "More" was pressed."""
    await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
    private = (await s.asker.slash(s.channel, "ask", question=LIFT)).response
    assert private is not None
    await s.asker.click(private, label=label(Action.MORE))
    return private


async def more(presser: simcord.MemberActor, answer: discord.Message) -> simcord.ResponseMessage:
    """The menu that "More" opens for whoever presses it under a public answer."""
    result = await presser.click(answer, label=label(Action.MORE))
    assert result.response is not None
    assert (result.response.content, result.ephemeral) == (EN.more, True)
    return result.response


def old(custom_id: str) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="old", custom_id=custom_id))
    view.stop()
    return view


# Pages


def test_pages_are_turned_in_place_and_people_and_questions_picked_from_a_list(engine: Engine) -> None:
    pack = engine.pack

    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "article read")
        assert result.response is not None
        await s.asker.click(result.response, label=label(Action.NEXT))
        assert s.responses[-1]["type"] == discord.InteractionResponseType.message_update.value
        assert s.responses[-1]["data"]["content"] == say.article(browse.paragraphs(pack, 2), pack, EN).content
        people = await s.asker.slash(s.channel, "article who")
        option = say.people(browse.people(pack), pack, EN).options[0]
        assert people.response is not None
        passages = await s.asker.select(people.response, [option.value])
        assert said(passages) == say.quotes(browse.quotes(pack, option.value), pack, EN).content
        groups = await s.asker.slash(s.channel, "faq")
        assert groups.response is not None
        group = next(t.group for t in pack.entries)
        questions = await s.asker.select(groups.response, [say.faq(browse.faq(pack), EN).options[0].value])
        assert said(questions) == say.faq(browse.faq(pack, group), EN).content
        topic = browse.faq(pack, group).topics[0]  # type: ignore[union-attr]
        assert questions.response is not None
        assert said(await s.asker.select(questions.response, [topic.id])) == worded(engine, topic.question)

    play(story, engine)


def test_a_public_page_is_turned_in_place_by_its_asker_only(engine: Engine) -> None:
    """A command shows its pages to its reader alone; typed out, everybody sees them."""

    async def story(s: Scene) -> None:
        await s.mention("/quote")
        public = s.last_message()
        theirs = await s.friend().click(public, label=label(Action.NEXT))
        assert theirs.ephemeral
        assert public.content in [m.content for m in s.channel.history()]
        await s.asker.click(public, label=label(Action.NEXT))
        changed = next(m for m in s.channel.history() if m.id == public.id)
        assert changed.content == said(theirs) != public.content

    play(story, engine)


@pytest.mark.parametrize("forged", FORGED)
def test_a_stale_or_forged_button_is_explained_in_private(tiny: Engine, forged: str, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        custom_id = forged.format(article=text_of(tiny.pack))
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=old(custom_id))
        result = await s.asker.click(sent, label="old")
        if forged != "verbatim:2:":
            assert said(result) in (EN.unknown_choice, EN.unknown["quote"], EN.unknown["page"])
            assert result.ephemeral

    play(story, tiny)
    assert "failed" not in log.text
