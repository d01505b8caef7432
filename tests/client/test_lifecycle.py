"""The client as a whole: what it asks Discord for, and that everything it sends is documented."""

from __future__ import annotations

import pytest
from fakes.contract import contract, openapi
from fakes.scene import Scene, label, play, with_every_button

from bot.client.answering import Answering
from bot.engine.pipeline import Engine
from bot.say.wording import COMMANDS, Action


def test_no_privileged_intent_is_asked_for(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        intents = dict(s.bot.intents)
        assert {name for name, on in intents.items() if on} == {"guilds", "guild_messages", "dm_messages"}

    play(story, tiny)


def test_a_fault_in_an_event_is_logged_without_what_was_said(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    async def story(s: Scene) -> None:
        async def failing(*_: object, **__: object) -> None:
            raise ValueError("xylophone")

        monkeypatch.setattr(Answering, "answer", failing)
        await s.mention("xylophone?")
        assert len(s.env.errors) == 1

    play(story, tiny)
    assert "on_message failed: ValueError at test_lifecycle.py:" in log.text
    assert "xylophone" not in log.text


def test_every_body_of_every_feature_is_one_that_discord_s_openapi_file_allows(engine: Engine) -> None:
    openapi()
    asked = with_every_button(engine)

    async def story(s: Scene) -> None:
        await s.mention(asked)
        message = s.last_message()
        for action in (Action.CONTEXT, Action.ELSE, Action.MATCHES, Action.NOT_ASKED, Action.CITE, Action.FOLLOW_UP, Action.HIDE):
            await s.asker.click(message, label=label(action))
        for name in COMMANDS:
            await s.asker.slash(s.channel, name, **({"question": asked} if name == "ask" else {}))
        await s.asker.autocomplete(s.channel, "quote", "topic", "")
        await s.asker.autocomplete(s.channel, "ask", "question", "")
        for name, options in (("channel", {"listen": False}), ("cooldown", {"seconds": 1}), ("status", {}), ("reload", {})):
            await s.owner.slash(s.channel, f"verbatim {name}", **options)
        checked = [contract().check(r.method, r.path, r.params, r.json) for r in s.env.http_requests]
        assert len(checked) > 20

    play(story, engine)
