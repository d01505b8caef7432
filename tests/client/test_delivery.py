"""Sending where Discord, its permissions or the connection fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
import simcord
from fakes.scene import EN, LIFT, Scene, play, said, worded

from bot.client.delivery import MESSAGES_A_SECOND, MORE_TURNS, RETRY_AFTER
from bot.client.limits import FIRST_RESPONSE, REQUESTS_A_SECOND
from bot.client.pacing import Pace
from bot.engine.pipeline import Engine
from bot.say import replies as reply
from bot.say.lines import Reply
from bot.say.wording import Action
from bot.store.values import Overrides


def test_a_reply_longer_than_discord_takes_is_never_sent(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    long = Reply("x" * 2500, "")
    monkeypatch.setattr(reply, "compose", lambda *_, **__: long)

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.sent[0]["content"]) == 2000
        assert len(said(result)) == 2000

    play(story, tiny)


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
        await s.env.advance_time(sum(RETRY_AFTER))
        assert len(s.sent) == 2 + 1 + len(RETRY_AFTER)

    play(story, tiny)


def too_many(via: str | None) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=429, reason="", headers={"Via": via} if via else {})
    return discord.HTTPException(response, {"message": "You are being rate limited.", "code": 0})


@pytest.mark.parametrize(("refusals", "via", "sent"), [(MORE_TURNS, "1.1 google", 1), (99, "1.1 google", 0), (1, None, 0)])
def test_a_message_that_was_one_too_many_takes_another_turn_but_not_for_ever_and_not_where_the_address_is_banned(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture, refusals: int, via: str | None, sent: int
) -> None:
    attempts: list[str] = []
    turns: list[float] = []

    def turn(self: Pace) -> float:
        turns.append(0.0)
        return 0.0

    async def story(s: Scene) -> None:
        request = s.bot.http.request

        async def refused(route: Any, **options: Any) -> Any:
            attempts.append(options["json"]["nonce"])
            if len(attempts) <= refusals:
                raise too_many(via)
            return await request(route, **options)

        monkeypatch.setattr(Pace, "wait", turn)
        monkeypatch.setattr(s.bot.http, "request", refused)
        await s.mention(LIFT)
        assert len(s.sent) == sent

    play(story, tiny)
    assert len(turns) == len(attempts) == (1 if via is None else 1 + MORE_TURNS)
    assert len(set(attempts)) == 1, "another nonce"
    assert log.text.count("not sent: HTTP 429") == 1 - sent


def test_a_connection_that_stays_lost_is_given_up(tiny: Engine, log: pytest.LogCaptureFixture) -> None:
    attempts: list[str] = []

    async def story(s: Scene) -> None:
        async def lost(route: Any, **_: Any) -> Any:
            attempts.append(route.path)
            raise aiohttp.ServerDisconnectedError

        s.bot.http.request = lost  # type: ignore[method-assign]
        await s.mention(LIFT)
        await s.env.advance_time(sum(RETRY_AFTER))

    play(story, tiny)
    assert len(attempts) == 1 + len(RETRY_AFTER)
    assert log.text.count("not sent: ServerDisconnectedError") == 1


def test_a_copy_whose_acknowledgement_is_lost_is_sent_again_and_nothing_is_shown_twice(tiny: Engine) -> None:
    """It stands in place of the menu, which Discord changes once. What it cannot be sure to have shown is not deleted."""
    sent: list[str] = []

    async def story(s: Scene) -> None:
        await s.mention(LIFT)
        answer = s.last_message()
        menu = await s.asker.click(answer, label=EN.buttons[Action.MORE])
        adapter = discord.webhook.async_.async_context.get()
        request = type(adapter).request

        async def losing(self: Any, route: Any, *args: Any, **options: Any) -> Any:
            result = await request(self, route, *args, **options)
            if route.path.endswith("/callback"):
                sent.append(route.path)
                raise aiohttp.ServerDisconnectedError
            return result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(adapter), "request", losing)
            await s.asker.click(menu.response, label=EN.buttons[Action.HIDE])  # type: ignore[arg-type]
            await s.env.advance_time(sum(RETRY_AFTER))
        assert len(sent) >= 1
        assert answer.id in {m.id for m in s.channel.history()}, "what may have no copy was deleted"
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_a_greeting_whose_acknowledgement_is_lost_is_not_sent_twice(tiny: Engine) -> None:
    made: list[str] = []

    async def story(s: Scene) -> None:
        guild = s.env.create_guild()
        guild.create_text_channel("lobby")
        request = s.bot.http.request

        async def losing(route: Any, **options: Any) -> Any:
            result = await request(route, **options)
            if route.path.endswith("/messages"):
                made.append(route.path)
                raise aiohttp.ServerDisconnectedError
            return result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(s.bot.http, "request", losing)
            await s.join(guild)
            await s.env.advance_time(sum(RETRY_AFTER))
        assert len(made) == 1

    play(story, tiny)


def test_a_message_that_may_not_be_replied_to_is_answered_in_its_channel(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=403, code=160002)
        await s.mention(LIFT)
        refused, plain = s.sent
        assert "message_reference" in refused
        assert "message_reference" not in plain
        assert plain["allowed_mentions"] == {"parse": []}
        assert s.last == worded(tiny, LIFT)

    play(story, tiny)


@pytest.mark.parametrize("code", [10003, 10008])
def test_where_the_message_or_its_channel_is_gone_nothing_more_is_tried_and_nothing_is_wrong(
    tiny: Engine, log: pytest.LogCaptureFixture, code: int
) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=404, code=code, times=None)
        await s.mention(LIFT)
        assert len(s.sent) == 1
        assert not s.bot.shared.measures.unsent

    play(story, tiny)
    assert [r.levelname for r in log.records if "not sent" in r.getMessage()] == ["INFO"]


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (403, 50013), (400, 50083), (400, 160005)])
def test_a_refused_permission_and_an_archived_or_locked_thread_are_logged_once_a_channel_and_not_tried_again(
    tiny: Engine, log: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=None)
        await s.mention(LIFT)
        await s.mention(LIFT)
        assert len(s.sent) == 2

    play(story, tiny)
    assert log.text.count("not permitted to send") == 1
    assert "not sent" not in log.text


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


def test_all_attempts_fall_within_the_time_of_a_first_response_and_messages_below_discord_s_rate() -> None:
    assert sum(RETRY_AFTER) < FIRST_RESPONSE
    assert MESSAGES_A_SECOND < REQUESTS_A_SECOND


def test_a_message_whose_thread_another_process_has_opened_is_answered_in_that(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        await s.store.change(s.guild.id, s.channel.id, lambda _: Overrides(threads=True))
        await s.mention(LIFT)
        [thread] = s.channel.threads
        asked = next(m for m in s.channel.history() if m.id == thread.id)
        s.env.inject_error("POST", "/channels/*/messages/*/threads", status=400, code=160004)
        s.bot.shared.seen.forget(asked.id)
        await s.repeat(asked)
        assert len(s.channel.threads) == 1
        assert [body["nonce"] for body in s.sent if "nonce" in body] == [str(asked.id)] * 2
        assert [r.path for r in s.env.http_requests if r.path.endswith("/messages")][-1] == f"/channels/{thread.id}/messages"

    play(story, tiny)
