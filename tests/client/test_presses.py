"""Buttons, lists and windows, from what a reader does to the JSON that leaves."""

from __future__ import annotations

from collections.abc import Sequence

import discord
import pytest
from fakes.scene import EN, LIFT, ROOF, Scene, Stub, label, labels, play, said, shelf, undecided, with_every_button, worded

from bot.browse import pages as browse
from bot.browse import passages, suggestions
from bot.client import pages
from bot.client.buttons import view_of
from bot.client.custom_ids import encode, tag, text_of
from bot.client.lifecycle import Verbatim
from bot.client.outgoing import Key, Outgoing
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.say import pages as say
from bot.say import replies as reply
from bot.say.wording import Action
from bot.serve.dialogue import Dialogue
from bot.store.memory import MemoryStore
from bot.store.values import Overrides
from bot.text.display import clip

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
]


def test_choices_are_buttons_that_answer_their_topic_s_question_also_after_a_restart(tiny: Engine) -> None:
    torn = undecided(tiny, "second-lift", "roof-cost")

    async def story(s: Scene) -> None:
        await s.mention("which?")
        question = s.channel.last_message
        assert question
        row, own = s.sent[0]["components"]
        assert [b["label"] for b in row["components"]] == [LIFT, ROOF]
        assert [b["label"] for b in own["components"]] == [EN.buttons["hide"]]
        chosen = await s.asker.click(question, label=ROOF)
        assert said(chosen) == worded(tiny, ROOF)
        await s.env.restart_bot(Verbatim(shelf(torn), s.bot.store, Dialogue()))
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


def test_the_buttons_of_an_answer_are_worded_and_few(engine: Engine) -> None:
    topic = engine.pack.entries[0]

    async def story(s: Scene) -> None:
        await s.mention(topic.question)
        [body] = s.sent
        assert len(body["components"]) <= 2
        assert set(labels(body)) <= {EN.buttons[a] for a in Action}
        assert {label(Action.CONTEXT), label(Action.CITE), label(Action.HIDE)} <= set(labels(body))
        assert max(map(len, labels(body))) <= 16, "on a phone, a row of buttons is some 40 characters wide"
        assert label(Action.SHARE) not in labels(body)

    play(story, engine)


def test_every_page_behind_a_button_is_for_whoever_presses_also_after_a_restart(engine: Engine) -> None:
    asked = with_every_button(engine)
    answer, pack = engine.answer(asked), engine.pack
    quote = next(b.quote for b in reply.buttons(answer, pack, EN) if b.quote)
    expected = {
        Action.CONTEXT: say.context(passages.context(pack, quote), pack, EN).content,
        Action.ELSE: say.others(passages.others(pack, quote), pack, EN).content,
        Action.MATCHES: EN.matches,
        Action.NOT_ASKED: EN.not_asked,
    }

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = s.last_message()
        await s.env.restart_bot(Verbatim(shelf(engine), MemoryStore(), Dialogue()))
        for action, content in expected.items():
            result = await s.friend(action).click(message, label=label(action))
            assert said(result) == content
            assert result.ephemeral
        near = [t.question for t in suggestions.matches(answer)]
        assert near
        matches = await s.asker.click(message, label=label(Action.MATCHES))
        assert labels(s.responses[-1]["data"]) == [clip(q, 80) for q in near]
        asked_again = await s.asker.click(matches.response, label=clip(near[0], 80))  # type: ignore[arg-type]
        assert said(asked_again) == worded(engine, near[0])

    play(story, engine)


def test_a_follow_up_is_asked_in_a_window_also_after_a_restart_and_by_somebody_else(tiny: Engine) -> None:
    after = worded(tiny, "who said that?", (tiny.answer(ROOF),))
    assert after != worded(tiny, "who said that?")

    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        message = s.last_message()
        window = await s.asker.click(message, label=label(Action.FOLLOW_UP))
        assert window.modal is not None
        assert window.modal["title"] == EN.follow_up_title
        assert said(await s.asker.submit_modal(window, {"question": "who said that?"})) == after
        other = s.friend()
        theirs = await other.click(message, label=label(Action.FOLLOW_UP))
        await s.env.restart_bot(Verbatim(shelf(tiny), MemoryStore(), Dialogue()))
        assert said(await other.submit_modal(theirs, {"question": "who said that?"})) == after

    play(story, tiny)


def test_a_private_answer_is_shared_word_for_word_and_hidden_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
        private = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert private.ephemeral
        assert label(Action.HIDE) not in labels(s.responses[-1]["data"])
        shared = await s.asker.click(private.response, label=label(Action.SHARE))  # type: ignore[arg-type]
        assert not shared.ephemeral
        assert said(shared) == worded(tiny, LIFT)
        assert {label(Action.HIDE), label(Action.CONTEXT)} <= set(labels(s.responses[-1]["data"]))
        public = s.last_message()
        assert public.content == worded(tiny, LIFT, understood=True)
        refused = await s.friend().click(public, label=label(Action.HIDE))
        assert said(refused) == EN.not_yours
        hidden = await s.asker.click(public, label=label(Action.HIDE))
        assert [(f.content, f.ephemeral) for f in hidden.followups] == [(worded(tiny, LIFT, understood=True), True)]
        assert s.channel.last_message is None or s.channel.last_message.id != public.id

    play(story, tiny)


def test_what_is_not_as_the_bot_said_it_is_not_shared(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.change(s.guild.id, s.channel.id, lambda _: Overrides(ephemeral=True))
        private = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert private.response is not None
        stored = s.env.backend.get_message(s.channel.id, private.response.id)
        stored.content = "“We close the library.”"
        result = await s.asker.click(private.response, label=label(Action.SHARE))
        assert (said(result), result.ephemeral) == (EN.unknown_choice, True)

    play(story, tiny)


@pytest.mark.parametrize("way", ["mention", "slash", "dm"])
def test_the_asker_can_remove_an_answer(tiny: Engine, way: str) -> None:
    async def story(s: Scene) -> None:
        if way == "dm":
            await s.asker.send_dm(LIFT)
            message = s.asker.user.dm_channel.last_message
            assert message is not None
            await s.asker.user.click(message, label=label(Action.HIDE))
            left = s.asker.user.dm_channel.last_message
        else:
            if way == "mention":
                await s.mention(LIFT)
            else:
                await s.asker.slash(s.channel, "ask", question=LIFT)
            message = s.last_message()
            assert said(await s.friend().click(message, label=label(Action.HIDE))) == EN.not_yours
            assert s.last_message().id == message.id
            await s.asker.click(message, label=label(Action.HIDE))
            left = s.channel.last_message
        assert left is None or left.id != message.id

    play(story, tiny)


def test_a_moderator_can_take_an_answer_away_and_keeps_no_copy(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        message = s.last_message()
        await s.owner.click(message, label=label(Action.HIDE))
        assert s.channel.last_message is None or s.last_message().id != message.id
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_pages_are_turned_in_place_and_people_and_questions_picked_from_a_list(engine: Engine) -> None:
    pack = engine.pack

    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "article")
        assert result.response is not None
        await s.asker.click(result.response, label=label(Action.NEXT))
        assert s.responses[-1]["type"] == discord.InteractionResponseType.message_update.value
        assert s.responses[-1]["data"]["content"] == say.article(browse.paragraphs(pack, 2), pack, EN).content
        people = await s.asker.slash(s.channel, "who")
        option = say.people(browse.people(pack), pack, EN).options[0]
        assert people.response is not None
        passages = await s.asker.select(people.response, [option.value])
        assert said(passages) == say.quotes(browse.quotes(pack, option.value), pack, EN).content
        groups = await s.asker.slash(s.channel, "faq")
        assert groups.response is not None
        group = say.faq(browse.faq(pack), EN).options[0].value
        questions = await s.asker.select(groups.response, [group])
        assert said(questions) == say.faq(browse.faq(pack, group), EN).content
        topic = browse.faq(pack, group).topics[0]  # type: ignore[union-attr]
        assert questions.response is not None
        assert said(await s.asker.select(questions.response, [topic.id])) == worded(engine, topic.question)

    play(story, engine)


def test_a_public_page_is_turned_in_place_by_its_asker_only(engine: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.slash(s.channel, "quote")
        public = s.last_message()
        theirs = await s.friend().click(public, label=label(Action.NEXT))
        assert theirs.ephemeral
        assert s.last_message().content == public.content
        await s.asker.click(public, label=label(Action.NEXT))
        assert s.last_message().id == public.id
        assert s.last_message().content == said(theirs)

    play(story, engine)


@pytest.mark.parametrize("forged", FORGED)
def test_a_stale_or_forged_button_is_explained_in_private(tiny: Engine, forged: str, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="old", custom_id=forged.format(article=text_of(tiny.pack))))
        assert view is not None
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=view)
        view.stop()
        result = await s.asker.click(sent, label="old")
        if forged != "verbatim:2:":
            assert said(result) in (EN.unknown_choice, EN.unknown["quote"], EN.unknown["page"])
            assert result.ephemeral

    play(story, tiny)
    assert "failed" not in log.text
