"""Which messages are answered, and how: through the real library in a simulated Discord."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
import simcord
from fakes.scene import EN, FR, LIFT, ROOF, Scene, Stub, label, labels, play, said, shelf, worded
from simcord.backend import serializers

from bot.browse import pages as browse
from bot.client import asking, messages, pages, shared
from bot.client.lifecycle import Verbatim
from bot.client.limits import THREAD_EXISTS
from bot.client.pacing import Cooldowns
from bot.client.shared import Shared
from bot.engine.answer import Answer, Answered, Rule, Unsure, citations_of
from bot.engine.pipeline import Engine
from bot.pack.values import Verdict
from bot.say import pages as say
from bot.say import replies as reply
from bot.say.wording import COMMANDS, PRIVACY_COMMANDS, Action, Format, typed_out
from bot.serve.turns import Turns
from bot.store.memory import MemoryStore
from bot.store.values import Overrides

BEFORE = "How long have they waited?"  # the article goes on after its answer


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


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.AMBIGUOUS, Verdict.UNSURE)])
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
        assert [body["content"] for body in s.sent] == [EN.unreadable]

    play(story, tiny)


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_reply_with_nothing_but_a_picture_is_not_said_to_be_withheld(tiny: Engine, is_shown: bool) -> None:
    picture = {"id": "5", "filename": "lift.png", "size": 1, "url": "https://cdn.example/5", "proxy_url": "https://cdn.example/5"}

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        backend = s.env.backend
        message = await s.asker.send(s.channel, "look", reply_to=s.last_message())
        sent = serializers.message_payload(backend, backend.get_message(s.channel.id, message.id))
        fields = {"id": str(message.id + 1), "content": "", "attachments": [picture] if is_shown else []}
        backend.emit("MESSAGE_CREATE", {**sent, **fields})
        await s.env.settle()
        assert s.sent[-1]["content"] == (worded(tiny, "") if is_shown else EN.unreadable)

    play(story, tiny)


def test_what_is_under_a_spoiler_is_not_shown_to_others(tiny: Engine) -> None:
    asked = f"||the butler did it|| {LIFT}"

    async def story(s: Scene) -> None:
        answered = await s.asker.slash(s.channel, "ask", question=asked)
        assert answered.response
        assert answered.response.content.startswith(f"-# Asked: “... {LIFT}”\n")
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(threads=True))
        s.settings.changed(s.guild.id)
        await s.mention(asked)
        [thread] = s.bodies("POST", f"/channels/{s.channel.id}/messages/")
        assert thread["name"] == f"... {LIFT}"
        await s.mention("||the butler did it||")
        [_, hidden] = s.bodies("POST", f"/channels/{s.channel.id}/messages/")
        assert hidden["name"] == "..."

    play(story, tiny)


@pytest.mark.parametrize("text", ["/verbatim", "/verbatim status", "/Verbatim channel article: boats"])
def test_a_command_for_administrators_that_is_typed_out_is_told_how_it_is_used(tiny: Engine, text: str) -> None:
    async def story(s: Scene) -> None:
        await s.mention(text)
        await s.asker.send_dm(text)
        assert [body["content"] for body in s.sent] == [EN.slash_only] * 2
        guild = s.env.create_guild(preferred_locale="fr")
        channel = guild.create_text_channel("article")
        assert s.bot.user
        await guild.add_member(s.env.create_user("autre")).send(channel, f"{s.bot.user.mention} {text}")
        assert s.last_message(channel).content == FR.slash_only

    play(story, tiny)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_where_the_bot_may_attach_no_file_it_says_how_to_get_what_is_too_long_for_a_message(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, is_allowed: bool
) -> None:
    monkeypatch.setattr(pages, "MAX_SHOWN", 10)

    async def story(s: Scene) -> None:
        rights = discord.PermissionOverwrite(attach_files=is_allowed)
        narrow = s.guild.create_text_channel("narrow", overwrites={s.guild.default_role: rights})
        await s.mention(LIFT, narrow)
        await s.mention("/cite ris", narrow)
        message = s.last_message(narrow)
        assert [a.filename.endswith(".ris") for a in message.attachments] == [True] * is_allowed
        assert message.content == (
            f"{EN.formats[Format.RIS]}:" if is_allowed else EN.file_refused.format(command=typed_out("cite"))
        )

    play(story, tiny)


def test_a_reply_to_the_bot_s_answer_needs_no_mention_of_its_own(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        await s.asker.send(s.channel, "who said that?", reply_to=s.channel.last_message)
        assert s.sent[1]["content"] == worded(tiny, "who said that?", (tiny.answer(ROOF),))

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


@pytest.mark.parametrize("asks_before", [True, False])
def test_a_reply_to_an_answer_refers_to_that_one_also_where_another_came_since_or_it_was_somebody_else_s(
    tiny: Engine, asks_before: bool
) -> None:
    who = worded(tiny, "who said that?", (tiny.answer(ROOF),))
    assert who not in (worded(tiny, "who said that?"), worded(tiny, "who said that?", (tiny.answer(LIFT),)))

    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        roof = s.last_message()
        assert s.bot.user
        asker = s.asker if asks_before else s.friend()
        await asker.send(s.channel, f"{s.bot.user.mention} {LIFT}")
        await asker.send(s.channel, "who said that?", reply_to=roof)
        assert s.last == who
        await asker.send(s.channel, "who said that?", reply_to=s.channel.last_message)
        assert s.last == who

    play(story, tiny)


def test_a_command_typed_in_reply_to_an_answer_is_about_that_one(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.mention(ROOF)
        roof = s.last_message()
        await s.mention(LIFT)
        await s.asker.send(s.channel, "/cite plain", reply_to=roof)
        assert "roof repairs" in s.last
        assert "second lift" not in s.last
        await s.asker.send(s.channel, "/why", reply_to=roof)
        assert ROOF in s.last
        await s.friend().send(s.channel, "/cite plain", reply_to=roof)
        assert s.last == EN.cite_none

    play(story, tiny)


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


def test_a_mention_is_answered_in_the_server_s_language(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        guild = s.env.create_guild(preferred_locale="fr")
        channel = guild.create_text_channel("article")
        asker = guild.add_member(s.env.create_user("lectrice"))
        await asker.send(channel, f"<@{s.bot.user.id if s.bot.user else 0}> {LIFT}")
        assert s.sent[-1]["content"] == reply.compose(tiny.answer(LIFT), tiny.pack, FR).content

    play(story, tiny)


def test_where_answers_are_private_what_may_tell_of_one_is_not_said_in_public(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim channel", answers="private")
        await s.asker.slash(s.channel, "ask", question=LIFT)
        for command in ("why", "cite"):
            await s.mention(f"/{command}")
            assert s.sent[-1]["content"] == EN.why_private.format(command=f"article {command}")
            await s.mention(f"/article {command}")
            assert s.sent[-1]["content"] == EN.why_private.format(command=f"article {command}")
        assert "second lift" in said(await s.asker.slash(s.channel, "article why"))

    play(story, tiny)


def test_every_command_works_typed_after_a_mention_or_in_a_direct_message(tiny: Engine) -> None:
    """For those to whom Discord does not show its list of commands, such as some users of screen readers."""

    async def story(s: Scene) -> None:
        slash = {c: await s.friend(c).slash(s.channel, typed_out(c)) for c in COMMANDS if c not in ("ask", *PRIVACY_COMMANDS)}
        for command, result in slash.items():
            for typed in dict.fromkeys((f"/{typed_out(command)}", f"/{command}")):
                await s.mention(typed)
                body = s.sent[-1]
                assert body["content"] == said(result), typed
                assert labels(body) == labels(s.responses[list(slash).index(command)]["data"]), typed
        await s.mention(f"/ask {LIFT}")
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        await s.asker.send_dm("/quote Ruth Bell")
        assert s.sent[-1]["content"] == say.quotes(browse.quotes(tiny.pack, "bell"), tiny.pack, EN).content
        await s.mention("/quote Nobody Atall speaker: Nobody")
        assert s.sent[-1]["content"] == EN.unknown["speaker"]
        await s.mention("/article 99")
        assert s.sent[-1]["content"] == EN.unknown["page"]

    play(story, tiny)


def test_a_message_that_arrives_twice_is_answered_once_also_by_a_client_that_replaces_another(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        asked = await s.mention(LIFT)
        await s.repeat(asked)
        assert len(s.sent) == 1
        assert await s.store.is_asker(s.last_message().id, s.asker.id)
        await s.env.restart_bot(Verbatim(s.bot.shared))
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny)


def test_a_process_that_knows_nothing_of_another_answers_under_the_same_nonce_so_that_discord_shows_one(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        asked = await s.mention(LIFT)
        await s.env.restart_bot(Verbatim(Shared.of(shelf(tiny), MemoryStore())))
        await s.repeat(asked)
        assert [(int(body["nonce"]), body["enforce_nonce"]) for body in s.sent] == [(asked.id, True)] * 2

    play(story, tiny)


def test_a_question_that_discord_refused_to_have_answered_may_be_answered_when_it_arrives_again(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        asked = await s.mention(LIFT)
        await s.repeat(asked)
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


def listening(store: MemoryStore, s: Scene) -> Any:
    return store.change(s.guild.id, s.channel.id, lambda _: Overrides(listen=True))


def unsure(engine: Engine) -> Stub:
    """The engine, but never sure of an answer."""

    def decide(question: str, history: Sequence[Answer], real: Engine) -> Answer:
        answer = real.answer(question, history)
        return Unsure(replace(answer.trace, rule=Rule.UNSURE), 0.4, (), citations_of(answer))

    return Stub(engine, decide)


def test_an_answer_that_it_is_not_sure_of_is_labelled_and_has_the_buttons_of_a_refusal(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        [body] = s.sent
        assert body["content"].startswith(EN.unsure)
        assert "Councillor Ruth Bell also called for a second lift" in body["content"]
        assert labels(body) == [label(a) for a in (Action.CONTEXT, Action.WRONG, Action.MORE)]
        assert said(await s.asker.slash(s.channel, "ask", question=LIFT)).startswith(EN.unsure)

    play(story, unsure(tiny))
    assert log.text.count("answered verdict=unsure entry=- confidence=0.40 ") == 2


def test_where_it_listens_it_answers_when_sure_and_is_else_silent(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        other = s.guild.create_text_channel("elsewhere")
        for chatter in (
            "hello",
            "lol",
            "best pizza in town?",
            "what do you think of the lift?",
            "what does the lift cost?",
            "",
            "!!!",
        ):
            if chatter:
                await s.asker.send(s.channel, chatter)
        assert s.sent == []
        await s.asker.send(other, LIFT)
        assert s.sent == []
        asked = await s.asker.send(s.channel, LIFT)
        [body] = s.sent
        assert body["content"] == worded(tiny, LIFT)
        await s.repeat(asked)
        assert len(s.sent) == 1

    play(story, tiny, store, listen=True)


def test_where_it_listens_it_does_not_break_in_on_others(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        other = s.friend()
        first = await other.send(s.channel, "nice weather")
        await s.asker.send(s.channel, f"{other.mention} {LIFT}")
        await s.asker.send(s.channel, LIFT, reply_to=first)
        machine = s.guild.add_member(s.env.create_user("machine", bot=True))
        await machine.send(s.channel, LIFT)
        assert s.sent == []

    play(story, tiny, store, listen=True)


def test_without_the_setting_no_privileged_intent_is_asked_for_and_nothing_is_overheard(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        assert not s.bot.intents.message_content
        await s.asker.send(s.channel, LIFT)
        assert s.sent == []

    play(story, tiny, store)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds by which cooldowns go, and the epoch of the times that are told."""
    now = [1000.0]
    monkeypatch.setattr(shared, "Cooldowns", lambda **_: Cooldowns(lambda: now[0]))
    for module in (messages, asking):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: now[0] + 0.5))
    return now


WAIT = EN.cooldown.format(when="<t:1061:R>")


def test_who_asks_too_soon_is_told_once_until_when_and_the_next_question_after_it_is_answered(
    tiny: Engine, clock: list[float]
) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(LIFT)
        for _ in range(3):
            await s.mention(ROOF)
        assert [b["content"] for b in s.sent] == [worded(tiny, LIFT), WAIT]
        slash = await s.asker.slash(s.channel, "ask", question=ROOF)
        assert (said(slash), slash.ephemeral) == (WAIT, True)
        await s.friend().slash(s.channel, "ask", question=ROOF)
        assert s.last == worded(tiny, ROOF, echoed=True)
        clock[0] += 60.0
        await s.mention(ROOF)
        assert s.sent[-1]["content"] == worded(tiny, ROOF)

    play(story, tiny)


@pytest.mark.usefixtures("clock")
def test_the_notice_to_wait_that_others_see_goes_when_the_wait_is_over(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(LIFT)
        await s.mention(ROOF)
        notice = s.last_message()
        assert notice.content == WAIT
        await s.env.advance_time(59.0)
        assert s.last_message().id == notice.id
        await s.env.advance_time(2.0)
        assert notice.id not in {m.id for m in s.channel.history()}
        assert [r.method for r in s.env.http_requests if r.path.endswith(f"/messages/{notice.id}")] == ["DELETE"]
        assert worded(tiny, LIFT) in [m.content for m in s.channel.history()], "and nothing else does"

    play(story, tiny)


@pytest.mark.usefixtures("clock")
def test_a_notice_that_discord_does_not_let_it_take_away_does_no_harm(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        await s.mention(LIFT)
        s.env.inject_error("DELETE", "/channels/*/messages/*", status=403, code=50013)
        await s.mention(ROOF)
        await s.env.advance_time(61.0)
        assert s.last == WAIT

    play(story, tiny)
    assert "failed" not in log.text


# When too many wait


def be_busy(monkeypatch: pytest.MonkeyPatch, *, busy: bool = True) -> None:
    monkeypatch.setattr(Turns, "_refuses", lambda *_: busy)


@pytest.mark.usefixtures("clock")
def test_who_is_told_that_the_bot_is_busy_may_ask_again_at_once_and_the_notice_goes(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Stub(tiny, lambda question, history, real: real.answer(question, history))

    async def story(s: Scene) -> None:
        await s.owner.slash(s.channel, "verbatim cooldown", seconds=60)
        be_busy(monkeypatch)
        await s.mention(LIFT)
        notice = s.last_message()
        slash = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert (notice.content, said(slash), slash.ephemeral) == (EN.busy, EN.busy, True)
        be_busy(monkeypatch, busy=False)
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        await s.mention(ROOF)
        assert s.sent[-1]["content"] == WAIT, "the question that was taken counts"
        await s.env.advance_time(61.0)
        assert [m.content for m in s.channel.history() if m.author.bot] == [worded(tiny, LIFT)]

    play(story, engine)


def test_pages_typed_commands_and_recorded_phrasings_are_answered_when_the_bot_is_busy(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_busy(monkeypatch)

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        await s.mention("/article about")
        assert s.sent[-1]["content"] not in (EN.busy, EN.failed)
        assert await s.asker.autocomplete(s.channel, "ask", "question", "lift")
        await s.mention("/ask question: please, who called for a lift")
        assert s.sent[-1]["content"] == EN.busy

    play(story, tiny)


def test_no_thread_is_opened_for_what_is_not_answered(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    be_busy(monkeypatch)

    async def story(s: Scene) -> None:
        await in_threads(s)
        asked = await s.mention("please, who called for a lift")
        assert [(b["content"], b["message_reference"]["message_id"]) for b in s.sent] == [(EN.busy, asked.id)]

    play(story, tiny)


# In threads


def in_threads(s: Scene) -> Any:
    return s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(threads=True))


def test_where_it_is_set_a_mention_is_answered_in_a_thread_of_its_own_that_is_called_after_the_question(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await in_threads(s)
        asked = await s.mention(f"**{LIFT}** https://example.com")
        [thread] = s.channel.threads
        [made] = s.bodies("POST", f"/channels/{s.channel.id}/messages/{asked.id}/threads")
        assert made["name"] == LIFT
        [body] = s.bodies("POST", f"/channels/{thread.id}/messages")
        assert body["content"] == worded(tiny, f"**{LIFT}** https://example.com")
        assert "message_reference" not in body
        assert (int(body["nonce"]), body["enforce_nonce"]) == (asked.id, True)
        assert body["allowed_mentions"] == {"parse": []}
        answer = s.last_message(thread)
        assert await s.store.is_asker(answer.id, s.asker.id)
        assert answer.content not in [m.content for m in s.channel.history()]
        menu = await s.asker.click(answer, label=label(Action.MORE))
        await s.asker.click(menu.response, label=label(Action.HIDE))  # type: ignore[arg-type]
        assert answer.id not in {m.id for m in thread.history()}

    play(story, tiny)


def test_a_follow_up_in_the_thread_is_answered_there_and_one_in_the_channel_begins_anew(tiny: Engine) -> None:
    after = worded(tiny, "who said that?", (tiny.answer(ROOF),))

    async def story(s: Scene) -> None:
        await in_threads(s)
        await s.mention(ROOF)
        [thread] = s.channel.threads
        await s.mention("who said that?", thread)
        assert [t.id for t in s.channel.threads] == [thread.id], "a thread in a thread cannot be"
        assert s.last_message(thread).content == after
        await s.asker.send(thread, "more", reply_to=s.last_message(thread))
        assert s.last_message(thread).content == worded(tiny, "more", (tiny.answer(ROOF),))
        await s.mention("who said that?")
        other = next(t for t in s.channel.threads if t.id != thread.id)
        assert s.last_message(other).content == worded(tiny, "who said that?")

    play(story, tiny)


@pytest.mark.parametrize("lacking", ["create_public_threads", "send_messages_in_threads"])
def test_where_it_may_open_no_thread_it_answers_in_the_channel(tiny: Engine, lacking: str) -> None:
    async def story(s: Scene) -> None:
        denied = discord.PermissionOverwrite(**{lacking: False})
        narrow = s.guild.create_text_channel("narrow", overwrites={s.guild.default_role: denied})
        await s.store.change(s.guild.id, narrow.id, lambda _: Overrides(threads=True))
        await s.mention(LIFT, narrow)
        assert narrow.threads == []
        assert s.bodies("POST", f"/channels/{narrow.id}/messages/") == []
        assert s.last_message(narrow).content == worded(tiny, LIFT)
        assert "message_reference" in s.sent[-1]

    play(story, tiny)


@pytest.mark.parametrize(("status", "code"), [(403, 50013), (400, 160004), (404, 10008), (500, 0)])
def test_where_discord_refuses_the_thread_it_answers_in_the_channel(tiny: Engine, status: int, code: int) -> None:
    async def story(s: Scene) -> None:
        await in_threads(s)
        s.env.inject_error("POST", "/channels/*/messages/*/threads", status=status, code=code, times=None)
        asked = await s.mention(LIFT)
        assert s.channel.threads == []
        assert s.last == worded(tiny, LIFT)
        assert s.sent[-1]["message_reference"]["message_id"] == asked.id

    play(story, tiny)


def test_a_thread_whose_making_is_not_acknowledged_has_the_answer_all_the_same(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await in_threads(s)
        request, attempts = s.bot.http.request, 0

        async def losing(route: Any, **options: Any) -> Any:
            nonlocal attempts
            if not route.path.endswith("/threads"):
                return await request(route, **options)
            attempts += 1
            if attempts == 1:
                await request(route, **options)
                raise aiohttp.ServerDisconnectedError
            there: Any = SimpleNamespace(status=400, reason="Bad Request", headers={})
            raise discord.HTTPException(there, {"code": THREAD_EXISTS, "message": "there is one"})

        s.bot.http.request = losing  # type: ignore[method-assign]
        await s.mention(LIFT)
        [thread] = s.channel.threads
        assert s.last_message(thread).content == worded(tiny, LIFT)

    play(story, tiny)


def test_a_thread_of_a_mention_without_words_is_called_after_the_article_and_a_long_question_is_cut(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await in_threads(s)
        await s.mention("")
        await s.mention("who called " * 40)
        names = [thread.name for thread in s.channel.threads]
        assert names[0] == "Millbrook library"
        assert names[1] is not None
        assert names[1].startswith("who called who called")
        assert names[1].endswith("…")
        assert len(names[1]) <= 100

    play(story, tiny)


def test_direct_messages_commands_what_it_overhears_and_whoever_asks_too_soon_get_no_thread(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await store.change(s.guild.id, s.channel.id, lambda _: Overrides(threads=True, listen=True, cooldown=60.0))
        await s.friend("nobody").send_dm(LIFT)
        await s.friend("one").slash(s.channel, "ask", question=LIFT)
        await s.friend("two").send(s.channel, LIFT)
        assert s.channel.threads == []
        await s.mention(LIFT)
        assert len(s.channel.threads) == 1
        await s.mention(LIFT)
        assert len(s.channel.threads) == 1

    play(story, tiny, store, listen=True)


def test_where_it_listens_it_is_silent_when_it_is_not_sure(tiny: Engine) -> None:
    store = MemoryStore()

    async def story(s: Scene) -> None:
        await listening(store, s)
        await s.asker.send(s.channel, LIFT)
        assert s.sent == []

    play(story, unsure(tiny), store, listen=True)


@pytest.mark.parametrize("follow_up", ["go on", "more", "who said that?"])
def test_where_it_listens_a_mere_follow_up_of_its_answer_is_not_for_it(tiny: Engine, follow_up: str) -> None:
    store = MemoryStore()
    assert isinstance(tiny.answer(follow_up, (tiny.answer(BEFORE),)), Answered), "asked for, it would be answered"

    async def story(s: Scene) -> None:
        await listening(store, s)
        await s.asker.send(s.channel, BEFORE)
        assert [body["content"] for body in s.sent] == [worded(tiny, BEFORE)]
        await s.asker.send(s.channel, follow_up)
        assert len(s.sent) == 1

    play(story, tiny, store, listen=True)


def forum_post(s: Scene, name: str = "a post") -> tuple[simcord.ChannelHandle, simcord.ChannelHandle]:
    """A forum, and somebody's post in it."""
    forum = s.guild.create_forum_channel("forum")
    post = s.env.backend.create_thread(forum.id, name, s.asker.id)
    return forum, simcord.ChannelHandle(s.env, s.guild, post)


async def begin_post(s: Scene, post: simcord.ChannelHandle, text: str) -> None:
    """The first message of a post, which has the post's own id."""
    backend = s.env.backend
    sent = serializers.message_payload(backend, backend.create_message(post.id, s.asker.id, text, broadcast=False))
    backend.emit("MESSAGE_CREATE", {**sent, "id": str(post.id)})
    await s.env.settle()


def test_in_a_post_of_a_forum_it_answers_in_the_post_as_is_set_for_the_forum(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        forum, post = forum_post(s)
        everything = Overrides(threads=True, listen=True, ephemeral=True)
        await s.store.change(s.guild.id, forum.id, lambda _: everything)
        await s.mention(LIFT, post)
        await s.asker.send(post, ROOF)
        assert [body["content"] for body in s.sent] == [worded(tiny, LIFT), worded(tiny, ROOF)]
        assert {r.path for r in s.env.http_requests if r.method == "POST"} == {f"/channels/{post.id}/messages"}
        assert (await s.asker.slash(post, "ask", question=LIFT)).ephemeral

    play(story, tiny, listen=True)


def test_a_post_that_only_mentions_it_asks_what_its_title_asks(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert s.bot.user
        _, post = forum_post(s, LIFT)
        await begin_post(s, post, s.bot.user.mention)
        assert s.sent[-1]["content"] == worded(tiny, LIFT)
        _, other = forum_post(s, LIFT)
        await begin_post(s, other, f"{s.bot.user.mention} {ROOF}")
        assert s.sent[-1]["content"] == worded(tiny, ROOF), "what is asked goes over the title"
        await s.mention("", other)
        assert s.sent[-1]["content"] == worded(tiny, ""), "the first message alone"

    play(story, tiny)


@pytest.mark.parametrize("kind", ["voice", "stage", "news"])
def test_in_the_chat_of_other_kinds_of_channel_it_answers_too(tiny: Engine, kind: str) -> None:
    async def story(s: Scene) -> None:
        channel = getattr(s.guild, f"create_{kind}_channel")("place")
        await s.mention(LIFT, channel)
        assert s.last_message(channel).content == worded(tiny, LIFT)
        await s.store.change(s.guild.id, channel.id, lambda _: Overrides(threads=True))
        s.settings.changed(s.guild.id)
        await s.mention(ROOF, channel)
        place = channel.threads[0] if kind == "news" else channel
        assert s.last_message(place).content == worded(tiny, ROOF)

    play(story, tiny)


def test_in_a_thread_that_is_not_known_yet_holds_what_is_set_for_its_channel(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        thread = s.env.backend.create_thread(s.channel.id, "thread", s.asker.id)
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(article="boats"))
        guild = s.bot.guilds[0]
        known = guild.get_thread(thread.id)
        assert known
        guild._remove_thread(known)
        await s.mention(LIFT, simcord.ChannelHandle(s.env, s.guild, thread))
        assert [body["content"] for body in s.sent] == [EN.article_gone]

    play(story, tiny)
