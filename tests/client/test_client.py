"""Discord's side: from what arrives to the JSON that leaves, through the real library; and how the bot starts, restarts and stops.

simcord plays Discord for the conversations, loopback.py for `run`. Neither is Discord: its true limits and looks stay unproven here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import simcord
from conftest import MakePack
from fakes.contract import contract, openapi
from fakes.loopback import Drive, Fault, fake_discord
from fakes.scene import Scene, Stub, play, said, shelf, undecided, worded

from bot.client import app, gateway, running
from bot.client.app import Verbatim, place
from bot.client.items import view_of
from bot.client.outgoing import Key, Outgoing
from bot.client.running import run, token_fault
from bot.client.state import encode, tag
from bot.config import Settings
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.pack.values import Verdict
from bot.say import replies as reply
from bot.say.languages import wording
from bot.say.lines import Reply
from bot.serve.dialogue import Conversation, Dialogue
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from bot.store.values import STORE_FILE

LIFT = "Who called for a second lift?"
ROOF = "What did Tom Reed say about the roof repairs?"
TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verbatim"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "bot")
    return caplog


# What is answered


def test_a_mention_is_answered_by_a_reply_that_pings_nobody_and_shows_no_previews(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        asked = await s.mention(LIFT)
        [body] = s.sent
        assert body["content"] == worded(tiny, LIFT)
        assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
        assert body["flags"] == discord.MessageFlags(suppress_embeds=True).value
        assert body["message_reference"]["message_id"] == asked.id
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


@pytest.mark.parametrize("text", ["{me} {question}", "{question} {me}", "<@!{id}>   {question}", "{me}{question}{me}"])
def test_wherever_the_mention_stands_it_is_no_part_of_the_question(tiny: Engine, text: str) -> None:
    heard: list[str] = []

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        heard.append(question)
        return engine.answer(question, history)

    async def story(s: Scene) -> None:
        me = s.bot.user
        assert me
        await s.asker.send(s.channel, text.format(me=me.mention, id=me.id, question=LIFT))
        assert heard == [LIFT]

    play(story, Stub(tiny, decide))


def test_a_direct_message_is_answered_without_a_mention(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.asker.send_dm(LIFT)
        assert [body["content"] for body in s.sent] == [worded(tiny, LIFT)]

    play(story, tiny)


def test_ask_is_answered_at_once_in_servers_and_in_direct_messages(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        for result in (await s.asker.slash(s.channel, "ask", question=LIFT), await s.asker.user.slash("ask", question=LIFT)):
            assert not result.deferred
            assert said(result) == worded(tiny, LIFT)
            assert not result.ephemeral
        for body in s.responses:
            assert body["data"]["allowed_mentions"] == {"parse": []}
            assert body["data"]["flags"] == discord.MessageFlags(suppress_embeds=True).value

    play(story, tiny)


def test_ask_may_be_used_everywhere_and_takes_one_question_of_at_most_1500_characters(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        [synced] = s.bodies("PUT", "/applications/")
        command = next(c for c in synced if c["name"] == "ask")
        assert (command["name"], command["integration_types"], command["contexts"]) == ("ask", [0, 1], [0, 1, 2])
        [option] = command["options"]
        assert (option["name"], option["type"], option["required"], option["max_length"]) == ("question", 3, True, 1500)

    play(story, tiny)


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.AMBIGUOUS])
def test_every_kind_of_verdict_reaches_the_asker_as_it_is_worded(engine: Engine, verdict: Verdict) -> None:
    asked = next(
        p for t in engine.pack.topics if t.verdict is verdict for p in t.phrasings if engine.answer(p).verdict is verdict
    )

    async def story(s: Scene) -> None:
        await s.mention(asked)
        [body] = s.sent
        assert body["content"] == worded(engine, asked)

    play(story, engine)


def test_a_mention_without_words_gets_the_engine_s_reply_to_nothing(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention("")
        assert [body["content"] for body in s.sent] == [worded(tiny, "")]

    play(story, tiny)


def test_what_is_not_for_the_bot_is_ignored(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        me = s.bot.user
        assert me
        machine = s.guild.add_member(s.env.create_user("machine", bot=True))
        friend = s.guild.add_member(s.env.create_user("friend"))
        await machine.send(s.channel, f"{me.mention} {LIFT}")
        await machine.send_dm(LIFT)
        await s.guild.create_webhook(s.channel, "hook").send(f"{me.mention} {LIFT}")
        await s.receive_dm(LIFT, webhook_id="5")
        await s.asker.send(s.channel, LIFT)
        await s.asker.send(s.channel, f"{friend.mention} {LIFT}")
        await s.asker.send(s.channel, f"@everyone {LIFT}")
        await s.asker.send_dm(LIFT, message_type=discord.MessageType.pins_add.value)
        await s.env.settle()
        assert s.sent == []
        await s.mention(LIFT)
        assert len(s.sent) == 1, "the bot answers its own answers"

    play(story, tiny)


def test_a_message_in_a_server_that_is_not_yet_known_is_no_direct_message(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.bot._connection._guilds.clear()
        await s.asker.send(s.channel, LIFT)
        assert s.sent == []

    play(story, tiny)


def test_a_ping_whose_text_discord_withholds_is_told_how_to_ask(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.asker.send(s.channel, "who said that?", reply_to=result.response)
        assert [body["content"] for body in s.sent] == [wording("en").unreadable]

    play(story, tiny)


def test_a_reply_to_the_bot_s_answer_needs_no_mention_of_its_own(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        await s.asker.send(s.channel, "who said that?", reply_to=s.channel.last_message)
        assert s.sent[1]["content"] == worded(tiny, "who said that?", (tiny.answer(ROOF),))

    play(story, tiny)


def test_no_privileged_intent_is_asked_for(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        intents = dict(s.bot.intents)
        assert {name for name, on in intents.items() if on} == {"guilds", "guild_messages", "dm_messages"}

    play(story, tiny)


@pytest.mark.parametrize(
    "text",
    [
        "@everyone @here <@&1> <@{asker}> who called for a second lift?",
        "# big **bold** ||hidden|| `code` ```block``` > quote [link](https://example.com) <t:0:R> <:e:1> who called for a lift",
        "\u202e\u200b\x00 lift \ud83d\ude00 ́́́́",
        "who called for a second lift? " * 134,
        "x" * 4000,
        "</ask:1> <id:customize> <#1>",
    ],
)
def test_hostile_text_is_answered_without_a_ping_and_within_the_limits(tiny: Engine, text: str) -> None:
    async def story(s: Scene) -> None:
        question = text.format(asker=s.asker.id)[:4000]
        await s.receive_dm(question)
        [body] = s.sent
        assert 0 < len(body["content"]) <= 2000
        assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
        assert body["content"] == worded(tiny, question.strip())
        assert s.asker.mention not in body["content"]

    play(story, tiny)


def test_a_reply_longer_than_discord_takes_is_never_sent(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    long = Reply("x" * 2500, "")
    monkeypatch.setattr(reply, "compose", lambda *_, **__: long)

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.sent[0]["content"]) == 2000
        assert len(said(result)) == 2000

    play(story, tiny)


# Following up


def test_a_follow_up_refers_to_the_same_asker_s_last_answer_in_the_same_channel(tiny: Engine) -> None:
    after, alone = worded(tiny, "who said that?", (tiny.answer(ROOF),)), worded(tiny, "who said that?")
    assert after != alone

    async def story(s: Scene) -> None:
        other = s.guild.create_text_channel("other")
        friend = s.guild.add_member(s.env.create_user("friend"))
        await s.mention(ROOF)
        await s.mention("who said that?", other)
        await friend.send(s.channel, f"<@{s.bot.user.id if s.bot.user else 0}> who said that?")
        result = await s.asker.slash(s.channel, "ask", question="who said that?")
        assert [body["content"] for body in s.sent[1:]] == [alone, alone]
        assert said(result) == after

    play(story, tiny)


# Choices


def test_choices_are_buttons_that_answer_their_topic_s_question_also_after_a_restart(tiny: Engine) -> None:
    torn = undecided(tiny, "second-lift", "roof-cost")

    async def story(s: Scene) -> None:
        await s.mention("which?")
        question = s.channel.last_message
        assert question
        row, own = s.sent[0]["components"]
        assert [b["label"] for b in row["components"]] == [LIFT, ROOF]
        assert [b["label"] for b in own["components"]] == [wording("en").buttons["hide"]]
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
        await s.asker.click(s.channel.last_message, label=LIFT)  # type: ignore[arg-type]
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
        sent = await s.bot.get_partial_messageable(s.channel.id).send("which?", view=view)
        result = await s.asker.click(sent, label="stale")
        assert said(result) == wording("en").unknown_choice
        assert result.ephemeral

    play(story, tiny)


# What goes wrong


def test_an_error_of_discord_s_ends_one_reply_and_not_the_bot(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=500)
        await s.mention(LIFT)
        assert s.last == f"<@{s.bot.user.id if s.bot.user else 0}> {LIFT}"
        await s.mention(LIFT)
        assert s.last == worded(tiny, LIFT)
        s.env.inject_error("POST", "/interactions/*/callback", status=500)
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).response is None
        assert (await s.asker.slash(s.channel, "ask", question=LIFT)).response is not None

    play(story, tiny)
    assert log.text.count("not sent: HTTP 500") == 2


@pytest.mark.parametrize("error", [aiohttp.ServerDisconnectedError(), ConnectionResetError(), TimeoutError()])
def test_a_lost_connection_is_tried_again_and_cannot_show_the_answer_twice(tiny: Engine, error: Exception) -> None:
    nonces: list[str] = []

    async def story(s: Scene) -> None:
        request = s.bot.http.request

        async def losing(route: Any, **options: Any) -> Any:
            """Lose the first answer after Discord has taken the message, then the connection works."""
            result = await request(route, **options)
            if route.path.endswith("/messages"):
                nonces.append(options["json"]["nonce"])
                if len(nonces) == 1:
                    raise error
            return result

        s.bot.http.request = losing  # type: ignore[method-assign]
        asked = await s.mention(LIFT)
        assert nonces == [str(asked.id)] * 2
        assert all(body["enforce_nonce"] for body in s.sent)

    play(story, tiny)


def test_a_service_that_is_unavailable_for_a_moment_is_tried_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=503)
        await s.mention(LIFT)
        assert s.last == worded(tiny, LIFT)
        s.env.inject_error("POST", "/channels/*/messages", status=503, times=None)
        await s.mention(LIFT)
        await s.env.advance_time(sum(app.RETRY_AFTER))
        assert len(s.sent) == 2 + 1 + len(app.RETRY_AFTER)

    play(story, tiny)


def test_a_connection_that_stays_lost_is_given_up(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    attempts: list[str] = []

    async def story(s: Scene) -> None:
        async def lost(route: Any, **_: Any) -> Any:
            attempts.append(route.path)
            raise aiohttp.ServerDisconnectedError

        s.bot.http.request = lost  # type: ignore[method-assign]
        await s.mention(LIFT)
        await s.env.advance_time(sum(app.RETRY_AFTER))

    play(story, tiny)
    assert len(attempts) == 1 + len(app.RETRY_AFTER)
    assert log.text.count("not sent: ServerDisconnectedError") == 1


def test_a_copy_whose_acknowledgement_is_lost_is_not_sent_twice(tiny: Engine) -> None:
    """Discord has no nonce for follow-ups."""
    sent: list[str] = []

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        adapter = discord.webhook.async_.async_context.get()
        request = type(adapter).request

        async def losing(self: Any, route: Any, *args: Any, **options: Any) -> Any:
            result = await request(self, route, *args, **options)
            if route.path == "/webhooks/{webhook_id}/{webhook_token}":
                sent.append(route.path)
                raise aiohttp.ServerDisconnectedError
            return result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(adapter), "request", losing)
            await s.asker.click(s.channel.last_message, label=wording("en").buttons[reply.Action.HIDE])  # type: ignore[arg-type]
        assert len(sent) == 1
        assert s.last == worded(tiny, LIFT), "what may have no copy was deleted"

    play(story, tiny)


@pytest.mark.parametrize(("status", "code"), [(404, 10008), (400, 50035), (403, 160002)])
def test_a_message_that_cannot_be_replied_to_is_answered_in_its_channel(tiny: Engine, status: int, code: int) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
        await s.mention(LIFT)
        refused, plain = s.sent
        assert "message_reference" in refused
        assert "message_reference" not in plain
        assert plain["allowed_mentions"] == {"parse": []}
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


@pytest.mark.parametrize("code", [50001, 50013])
def test_a_refused_permission_is_logged_once_a_channel_and_not_tried_again(
    tiny: Engine, log: pytest.LogCaptureFixture, code: int
) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=403, code=code, times=None)
        await s.mention(LIFT)
        await s.mention(LIFT)
        assert len(s.sent) == 2

    play(story, tiny)
    assert log.text.count("not permitted to send") == 1


def test_where_the_bot_may_not_speak_it_does_not_try(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        nobody = discord.PermissionOverwrite(send_messages=False, send_messages_in_threads=False)
        silent = s.guild.create_text_channel("silent", overwrites={s.guild.default_role: nobody})
        owner = simcord.MemberActor(s.env, s.guild, s.guild.owner)
        assert s.bot.user
        for _ in range(2):
            await owner.send(silent, f"{s.bot.user.mention} {LIFT}")
        assert s.sent == []

    play(story, tiny)
    assert log.text.count("not permitted to send") == 1
    assert "answered" not in log.text


@pytest.fixture
def slow_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes 2.9 seconds of simcord's time, of which no timer passes while a thread is at work: so it works on the loop here."""

    async def later(function: Callable[..., Any], *arguments: Any) -> Any:
        await asyncio.sleep(2.9)
        return function(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", later)
    monkeypatch.setattr(Engine, "is_recorded", lambda *_: False)


# For a slow engine: deferral is soon, and simcord gives an action back before the engine is done.
SLOW = {"defer_after": 0.01, "settle_timeout": 2.0}


@pytest.mark.usefixtures("slow_engine")
def test_a_slow_answer_is_deferred_and_then_written_into_the_original_response(tiny: Engine) -> None:
    torn = undecided(tiny, "second-lift", "roof-cost")

    async def story(s: Scene) -> None:
        result = await s.asker.slash(s.channel, "ask", question="which?")
        assert result.deferred
        assert [body["type"] for body in s.responses] == [discord.InteractionResponseType.deferred_channel_message.value]
        await s.env.advance_time(2.9)
        assert said(result) == worded(torn, "which?")
        [edit] = s.bodies("PATCH", "/webhooks/")
        assert edit["allowed_mentions"] == {"parse": []}
        assert [button["label"] for button in edit["components"][0]["components"]] == [LIFT, ROOF]

    play(story, torn, **SLOW)


@pytest.mark.usefixtures("slow_engine")
def test_a_deferral_that_discord_has_already_is_still_a_deferral(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=400, code=40060)
        s.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10015)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.env.advance_time(2.9)
        assert len(s.responses) == 1
        assert [body["content"] for body in s.bodies("PATCH", "/webhooks/")] == [worded(tiny, LIFT, understood=True)]

    play(story, tiny, **SLOW)


@pytest.mark.usefixtures("slow_engine")
def test_where_the_deferral_failed_the_answer_is_the_first_response(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=500)
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.env.advance_time(2.9)
        assert said(result) == worded(tiny, LIFT)

    play(story, tiny, **SLOW)


def test_an_engine_that_takes_long_does_not_hold_up_the_bot(tiny: Engine) -> None:
    gate = threading.Event()

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        assert gate.wait(10), "the event loop stands still while the engine thinks"
        return engine.answer(question, history)

    async def ask() -> str:
        bot = Verbatim(shelf(Stub(tiny, decide)), MemoryStore(), Dialogue())
        answering = asyncio.create_task(bot.answer(LIFT, bot.library.default, Conversation(1, 1, ""), None))
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(gate.set)
        return (await answering).content

    assert asyncio.run(ask()) == worded(tiny, LIFT)


def test_questions_of_one_asker_are_answered_in_their_order(tiny: Engine) -> None:
    """A burst, as after a reconnection: the second refers to the first, which takes longer."""

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        if question == ROOF:
            time.sleep(0.2)
        return engine.answer(question, history)

    async def ask() -> str:
        bot = Verbatim(shelf(Stub(tiny, decide)), MemoryStore(), Dialogue())
        here = (bot.library.default, Conversation(1, 1, ""), None)
        _, second = await asyncio.gather(bot.answer(ROOF, *here), bot.answer("who said that?", *here))
        return second.content

    assert asyncio.run(ask()) == worded(tiny, "who said that?", (tiny.answer(ROOF),))


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
def test_an_interaction_that_expired_or_was_answered_before_is_left_alone(tiny: Engine, status: int, code: int) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.responses) == 1
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_a_fault_of_the_engine_is_an_apology_and_no_line_of_the_log_quotes_the_question(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        raise ValueError(question)

    async def story(s: Scene) -> None:
        await s.mention("xylophone?")
        result = await s.asker.slash(s.channel, "ask", question="xylophone?")
        assert s.sent[0]["content"] == wording("en").failed
        assert said(result) == wording("en").failed
        assert result.ephemeral

    play(story, Stub(tiny, decide))
    assert log.text.count("answering failed: ValueError at test_client.py:") == 2
    assert "xylophone" not in log.text


def test_a_command_that_fails_tells_the_asker(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        s.bot.tree.remove_command("ask")
        result = await s.asker.slash(s.channel, "ask", question="xylophone?")
        assert said(result) == wording("en").failed
        assert result.ephemeral
        assert [type(e).__name__ for e in s.env.errors] == ["CommandNotFound"]

    play(story, tiny)
    assert "xylophone" not in log.text


def test_a_button_that_fails_tells_the_asker(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.mention("which?")
        del s.bot.library
        result = await s.asker.click(s.channel.last_message, label=LIFT)  # type: ignore[arg-type]
        assert said(result) == wording("en").failed
        assert result.ephemeral

    play(story, undecided(tiny, "second-lift", "roof-cost"))
    assert "an interaction failed: AttributeError at app.py:" in log.text


def test_after_an_answer_an_apology_is_a_message_of_its_own(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        respond = s.bot.respond

        async def failing(interaction: Any, question: str, **options: Any) -> None:
            await respond(interaction, question, **options)
            raise ValueError(question)

        s.bot.respond = failing  # type: ignore[method-assign]
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert [(f.content, f.ephemeral) for f in result.followups] == [(wording("en").failed, True)]
        assert len(s.env.errors) == 1

    play(story, tiny)


def test_a_fault_in_an_event_is_logged_without_what_was_said(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        async def failing(*_: object, **__: object) -> None:
            raise ValueError("xylophone")

        s.bot.answer = failing  # type: ignore[assignment]
        await s.mention("xylophone?")
        assert len(s.env.errors) == 1

    play(story, tiny)
    assert "on_message failed: ValueError at test_client.py:" in log.text
    assert "xylophone" not in log.text


def test_an_error_is_described_without_its_message() -> None:
    def fail() -> None:
        try:
            raise KeyError("xylophone")
        except KeyError as cause:
            raise RuntimeError("xylophone") from cause

    with pytest.raises(RuntimeError) as raised:
        fail()
    where = r"at test_client\.py:\d+"
    assert re.fullmatch(rf"RuntimeError {where}, from KeyError {where}", place(raised.value))


# What is logged


def test_an_answer_is_one_line_with_verdict_entry_confidence_and_server_and_nothing_of_the_asker(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    async def story(s: Scene) -> None:
        log.clear()
        await s.mention("who called for a second lift, the hoist?")
        await s.asker.send_dm("best pizza in town?")
        seen.extend([s.guild.id, s.asker.id])

    play(story, tiny)
    lines = [record.getMessage() for record in log.records if record.name.startswith("bot")]
    assert len(lines) == 2
    assert re.fullmatch(rf"answered verdict=answer entry=second-lift confidence=[01]\.\d\d guild={seen[0]}", lines[0])
    assert lines[1].endswith("guild=-")
    assert not any(secret in log.text for secret in (str(seen[1]), "asker", "hoist", "pizza"))


# Commands


def puts(scene: Scene) -> int:
    return len(scene.bodies("PUT", "/applications/"))


def test_the_commands_are_sent_only_when_they_or_the_application_changed(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert puts(s) == 1
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert puts(s) == 1
        application = s.bot.application_id or 0
        saved = await s.bot.store.synced_commands(application)
        assert saved
        await s.bot.store.remember_commands(application, "0" * 64)
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert puts(s) == 2
        assert await s.bot.store.synced_commands(application) == saved
        elsewhere = MemoryStore()
        await elsewhere.remember_commands(application + 1, saved)
        await s.env.restart_bot(Verbatim(shelf(tiny), elsewhere, Dialogue()))
        assert puts(s) == 3

    play(story, tiny)


def test_without_a_store_the_bot_warns_once_answers_once_and_works(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.close()
        asked = await s.mention(LIFT)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.sent) == len(s.responses) == 1
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny)
    assert log.text.count("the store cannot be used") == 1


def test_where_discord_refuses_the_commands_the_bot_still_answers_and_tries_at_the_next_start(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        await s.bot.store.remember_commands(s.bot.application_id or 0, "other")
        s.env.inject_error("PUT", "/applications/*/commands", status=500)
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert "could not be sent to Discord" in log.text
        await s.mention(LIFT)
        assert len(s.sent) == 1
        before = puts(s)
        await s.env.restart_bot(Verbatim(shelf(tiny), s.bot.store, Dialogue()))
        assert puts(s) == before + 1

    play(story, tiny)


def test_what_is_stored_lies_in_one_file_and_where_that_cannot_be_the_bot_warns(
    state: Path, log: pytest.LogCaptureFixture
) -> None:
    store = running.open_store(state)
    assert isinstance(store, SqliteStore)
    asyncio.run(store.close())
    assert STORE_FILE in [p.name for p in state.iterdir()]
    (state.parent / "file").write_text("a file where the folder should be", encoding="utf-8")
    assert isinstance(running.open_store(state.parent / "file" / "deeper"), MemoryStore)
    assert "does not outlive a restart" in log.text


# Discord's own description of its API


def test_what_an_answer_needs_is_documented_by_discord(tiny: Engine, request: pytest.FixtureRequest) -> None:
    openapi()

    async def story(s: Scene) -> None:
        await s.mention("which?")
        await s.asker.click(s.channel.last_message, label=ROOF)  # type: ignore[arg-type]
        await s.asker.send_dm(ROOF)
        await s.asker.slash(s.channel, "ask", question="which?")
        request.getfixturevalue("slow_engine")
        await s.asker.slash(s.channel, "ask", question="which?")
        await s.env.advance_time(2.9)
        checked = {contract().check(r.method, r.path, r.params, r.json) for r in s.env.http_requests}
        assert checked == {
            "GET /oauth2/applications/@me",
            "PUT /applications/{application_id}/commands",
            "POST /channels/{channel_id}/messages",
            "POST /interactions/{interaction_id}/{interaction_token}/callback",
            "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
        }

    play(story, undecided(tiny, "second-lift", "roof-cost"), settle_timeout=2.0)


# Starting and stopping


@pytest.fixture
def settings(state: Path, tiny_folder: Path) -> Settings:
    return Settings(pack=tiny_folder, state=state, log_level="info")


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " \n"}])
def test_without_a_token_it_says_how_to_get_one(
    settings: Settings, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    assert run(settings, settings.pack, environ) == 2
    said = capsys.readouterr().err
    for step in ("New Application", "Reset Token", "DISCORD_TOKEN", "verbatim chat", "scope=bot+applications.commands"):
        assert step in said
    allowed = discord.Permissions(int(re.search(r"permissions=(\d+)", said)[1]))  # type: ignore[index]
    assert {name for name, on in allowed if on} == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "read_message_history",
    }


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        (f"{TOKEN}\n", "white space"),
        (f"  {TOKEN}", "white space"),
        (TOKEN.replace(".", " ."), "white space"),
        (f'"{TOKEN}"', "quotation marks"),
        (f"'{TOKEN}'", "quotation marks"),
        (f"Bot {TOKEN}", '"Bot "'),
        (f"bot {TOKEN}", '"Bot "'),
        ("MTIzNDU2Nzg5.abc", "three parts"),
        (f"{TOKEN}.x", "three parts"),
        ("..", "three parts"),
        ("MTIzNDU2.äöü.abc", "three parts"),
    ],
)
def test_a_malformed_token_is_explained_and_never_shown(
    settings: Settings, capsys: pytest.CaptureFixture[str], token: str, fault: str
) -> None:
    assert run(settings, settings.pack, {"DISCORD_TOKEN": token}) == 2
    out, err = capsys.readouterr()
    assert fault in err
    assert err.count("\n") == 1
    assert not any(part in out + err for part in ("MTIz", "fgh_IJ"))


def test_a_well_formed_token_has_no_fault() -> None:
    assert token_fault(TOKEN) is None


def test_a_fault_of_the_pack_is_raised_for_the_command_line_to_print(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FileFaults):
        run(settings, tmp_path / "no such pack", {"DISCORD_TOKEN": TOKEN})


@pytest.fixture
def quiet_loggers() -> Any:
    """`run` sets levels; give them back."""
    loggers = [logging.getLogger(name) for name in ("bot", "discord")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def terminate(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_connection_and_ends_with_status_0(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with fake_discord("ready", on_heartbeat=terminate(number)) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert (fake.identifies, fake.clean_closes) == (1, 1)


@pytest.mark.usefixtures("quiet_loggers")
def test_a_refused_token_ends_with_status_3(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    with fake_discord("ready", login_status=401) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 3
    assert fake.identifies == 0
    assert "refuses the token" in log.text
    assert TOKEN not in log.text


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize(("close_code", "status"), [(4004, 3), (4014, 4)])
def test_a_refusal_by_the_gateway_is_not_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, close_code: int, status: int
) -> None:
    with fake_discord(close_code) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == status
    assert fake.identifies == 1


MESSAGE_CONTENT = discord.Intents(message_content=True).value


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("granted", ["gateway_message_content", "gateway_message_content_limited"])
def test_a_bot_that_is_to_listen_asks_for_the_text_of_messages(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, granted: str
) -> None:
    flags = getattr(discord.ApplicationFlags, granted).flag
    with fake_discord("ready", flags=flags, on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(replace(settings, listen=True), settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    [intents] = fake.intents
    assert intents & MESSAGE_CONTENT


@pytest.mark.usefixtures("quiet_loggers")
def test_where_the_portal_does_not_grant_that_it_says_so_and_starts_without(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    with fake_discord("ready", on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(replace(settings, listen=True), settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    [intents] = fake.intents
    assert not intents & MESSAGE_CONTENT
    assert log.text.count("turn it on under Privileged Gateway Intents") == 1


@pytest.mark.usefixtures("quiet_loggers")
def test_an_unknown_close_code_starts_a_new_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "FIRST_WAIT", 0.01)
    with fake_discord(4012, 4012, "ready", on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert fake.identifies == 3
    assert log.text.count("starting again in") == 2


@pytest.mark.usefixtures("quiet_loggers")
def test_a_changed_pack_takes_over_between_two_questions_and_a_faulty_one_never_does(
    settings: Settings, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "WATCH_EVERY", 0.05)
    folder = make_pack()
    entries = folder / "faq" / "library.yaml"
    whole = entries.read_text(encoding="utf-8")

    def answered() -> str:
        asked = fake.dm(LIFT)
        assert fake.until(lambda: fake.seen(asked))
        return fake.seen(asked)[0]

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        assert answered().startswith("Ruth Bell.\n")
        entries.write_text(whole.replace("cites: [lift]", "cites: [stairs]"), encoding="utf-8")
        assert fake.until(lambda: "goes on as it was" in log.text)
        assert "stairs" in log.text
        assert answered().startswith("Ruth Bell.\n")
        entries.write_text(whole.replace('  lead: "Ruth Bell."\n', ""), encoding="utf-8")
        assert fake.until(lambda: log.text.count("read anew: millbrook") == 1)
        assert answered().startswith("**The article**, reporting Ruth Bell")
        os.kill(os.getpid(), signal.SIGHUP)
        assert fake.until(lambda: log.text.count("read anew: millbrook") == 2)

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(replace(settings, pack=folder), folder, {"DISCORD_TOKEN": TOKEN})) == 0
    assert fake.identifies == 1
    assert log.text.count("goes on as it was") == 1


@pytest.mark.usefixtures("quiet_loggers")
def test_after_a_frame_that_is_no_json_the_session_is_resumed_until_there_are_too_many(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "FIRST_WAIT", 0.01)

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        for number in range(1, gateway.TRIES + 1):
            fake.frame("this is no JSON")
            assert fake.until(lambda number=number: fake.resumes == number)
        assert fake.identifies == 1
        fake.frame("this is no JSON")
        assert fake.until(lambda: fake.identifies == 2)

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert log.text.count("resuming") == gateway.TRIES
    assert log.text.count("starting again in") == 1
    assert discord.shard.DiscordWebSocket is discord.gateway.DiscordWebSocket


@pytest.mark.usefixtures("quiet_loggers")
def test_questions_that_a_resumed_connection_brings_again_are_answered_once(settings: Settings, tiny: Engine) -> None:
    """discord.py's own networking and SQLite: the connection is cut after the events, and Discord sends them again."""

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        asked = fake.say_all([(LIFT if n % 2 else ROOF, fake.dm_channel(7), 7) for n in range(200)])
        fake.close(4000)
        assert fake.until(lambda: fake.resumes)
        last = fake.dm(LIFT)
        assert fake.until(lambda: all(map(fake.seen, [*asked, last])))
        assert sorted(int(m["nonce"]) for m in fake.sent) == [q.id for q in (*asked, last)]
        assert {m["content"] for m in fake.sent} == {worded(tiny, LIFT), worded(tiny, ROOF)}

    with fake_discord(repeats=True) as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert fake.resumes == 1
    assert len(fake.sent) == 201


@pytest.mark.usefixtures("quiet_loggers")
def test_a_message_whose_acknowledgement_is_lost_is_sent_again_under_the_same_nonce(settings: Settings, tiny: Engine) -> None:
    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        fake.fail(Fault("POST", "/channels/*/messages", taken=True, cut="close"))
        asked = fake.dm(LIFT)
        assert fake.until(lambda: len(fake.sent) >= 2)
        assert [(m["nonce"], m["enforce_nonce"]) for m in fake.sent] == [(str(asked.id), True)] * 2
        assert fake.seen(asked) == [worded(tiny, LIFT)]

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0


@pytest.mark.usefixtures("quiet_loggers")
def test_an_address_that_discord_has_banned_waits_the_longest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "place", lambda error: os.kill(os.getpid(), signal.SIGTERM) or "")
    with fake_discord("ready", login_status=429):
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert f"starting again in {running.LONGEST_WAIT:.0f} s" in log.text


@pytest.mark.usefixtures("quiet_loggers")
def test_a_signal_between_two_connections_ends_with_status_0(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(running, "place", lambda error: os.kill(os.getpid(), signal.SIGTERM) or "")
    with fake_discord(4012) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert fake.identifies == 1
    assert signal.getsignal(signal.SIGTERM) == handler


def test_even_without_end_restarts_cannot_spend_a_day_s_identifies() -> None:
    assert 24 * 60 * 60 / running.LONGEST_WAIT < 1000
