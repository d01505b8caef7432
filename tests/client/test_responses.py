"""Responses to interactions: in time, deferred where the answer takes long, and apologies."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import discord
import pytest
from fakes.contract import contract, openapi
from fakes.loopback import Drive, fake_discord
from fakes.scene import EN, LIFT, ROOF, Scene, Stub, labels, play, said, styles, undecided, worded

from bot.client import running
from bot.client.asking import Asking
from bot.client.limits import FIRST_RESPONSE
from bot.config import Settings
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.serve.turns import THREADS, Turn, Turns


@pytest.fixture
def slow_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes 2.9 seconds of simcord's time, of which no timer passes while a thread is at work: so it works on the
    loop here."""

    async def later(self: Turns, turn: Turn, function: Callable[[], Any]) -> Any:
        await asyncio.sleep(2.9)
        return function()

    monkeypatch.setattr(Turns, "run", later)
    monkeypatch.setattr(Engine, "is_recorded", lambda *_: False)


DEFERRED = discord.InteractionResponseType.deferred_channel_message.value
# For a slow engine: deferral is soon, and simcord gives an action back before the engine is done.
SLOW: dict[str, Any] = {"defer_after": 0.01, "settle_timeout": 2.0}


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
        assert (labels(edit), styles(edit)) == ([LIFT, ROOF], [1, 2])

    play(story, torn, **SLOW)


@pytest.mark.usefixtures("slow_engine")
def test_a_deferral_that_discord_has_already_is_still_a_deferral(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=400, code=40060)
        s.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=404, code=10015)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.env.advance_time(2.9)
        assert len(s.responses) == 1
        assert [body["content"] for body in s.bodies("PATCH", "/webhooks/")] == [worded(tiny, LIFT, echoed=True)]

    play(story, tiny, **SLOW)


@pytest.mark.usefixtures("slow_engine")
def test_where_the_deferral_failed_the_answer_is_the_first_response(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=500)
        result = await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.env.advance_time(2.9)
        assert said(result) == worded(tiny, LIFT)

    play(story, tiny, **SLOW)


@pytest.mark.usefixtures("slow_engine")
@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015), (404, 10008)])
def test_a_deferred_answer_whose_token_or_place_is_gone_is_tried_once(
    tiny: Engine, log: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("PATCH", "/webhooks/*", status=status, code=code, times=None)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        await s.env.advance_time(2.9)
        assert len(s.bodies("PATCH", "/webhooks/")) == 1
        assert await s.store.guilds(0) == set(), "whose answer it is is not kept"

    play(story, tiny, **SLOW)
    assert "failed" not in log.text


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
def test_an_interaction_that_expired_or_was_answered_before_is_left_alone(tiny: Engine, status: int, code: int) -> None:
    async def story(s: Scene) -> None:
        s.env.inject_error("POST", "/interactions/*/callback", status=status, code=code)
        await s.asker.slash(s.channel, "ask", question=LIFT)
        assert len(s.responses) == 1
        assert s.bodies("POST", "/webhooks/") == []

    play(story, tiny)


def test_after_an_answer_an_apology_is_a_message_of_its_own(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        ask = Asking.ask

        async def failing(self: Asking, interaction: Any, question: str, **options: Any) -> None:
            await ask(self, interaction, question, **options)
            raise ValueError(question)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Asking, "ask", failing)
            result = await s.asker.slash(s.channel, "ask", question=LIFT)
        assert [(f.content, f.ephemeral) for f in result.followups] == [(EN.failed, True)]
        assert len(s.env.errors) == 1

    play(story, tiny)


def test_what_an_answer_needs_is_documented_by_discord(tiny: Engine, request: pytest.FixtureRequest) -> None:
    openapi()

    async def story(s: Scene) -> None:
        await s.mention("which?")
        await s.asker.click(s.last_message(), label=ROOF)
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


@pytest.mark.usefixtures("quiet_loggers")
def test_many_slow_questions_at_once_are_all_acknowledged_in_time_and_the_event_loop_goes_on(
    settings: Settings, tiny: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice as many as there are threads: the last ones are answered after Discord has stopped waiting for a first response."""
    thinking = 0.6 * FIRST_RESPONSE
    heartbeats: list[float] = []

    def decide(question: str, history: Sequence[Answer], engine: Engine) -> Answer:
        time.sleep(thinking)
        return engine.answer(question, history)

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        began = time.monotonic()
        asked = fake.slash_all("ask", [(fake.channel, 100 + n, {"question": LIFT}) for n in range(2 * THREADS)])
        assert fake.until(lambda: all(map(fake.seen, asked)))
        ended = time.monotonic()
        assert ended - began > FIRST_RESPONSE
        assert all((fake.response_time(question) or 0.0) < FIRST_RESPONSE for question in asked)
        assert {fake.response_type(question) for question in asked} == {DEFERRED}
        assert {content for question in asked for content in fake.seen(question)} == {worded(tiny, LIFT, echoed=True)}
        turning = [began, *(at for at in heartbeats if began <= at <= ended), ended]
        assert max(later - earlier for earlier, later in itertools.pairwise(turning)) < thinking

    monkeypatch.setattr(running, "build", lambda *_, **__: Stub(tiny, decide))
    with fake_discord(on_heartbeat=lambda: heartbeats.append(time.monotonic())) as fake:
        assert (
            Drive(story).run(lambda: running.run(settings, settings.pack, {"DISCORD_TOKEN": "MTIzNDU2Nzg5.abc-DE.fgh_IJ"})) == 0
        )
