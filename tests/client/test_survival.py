"""The bot goes on whatever happens between it and Discord: every fault of faults.py, with discord.py's own networking against
a fake Discord on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from fakes import faults
from fakes.contract import Broken
from fakes.faults import ASKED, SCENARIOS, Scenario, Stage, play
from fakes.loopback import Discord

from bot.client import running
from bot.engine.pipeline import Engine


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch, tiny: Engine, quiet_loggers: None) -> None:
    """Small numbers; benchmarks/faults.py has the large ones. The engine is built once: no fault touches it."""
    monkeypatch.setattr(running, "_engine", lambda path, *, reader: tiny)
    monkeypatch.setattr(faults, "BURST", 150)
    monkeypatch.setattr(faults, "CHATTER", 2000)
    monkeypatch.setattr(faults, "SLOW", 50)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_no_question_is_lost_or_answered_twice(
    scenario: Scenario, tmp_path: Path, tiny_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = play(scenario, tmp_path, tiny_folder)
    assert outcome.asked > 0
    assert outcome.injected > 0
    assert (outcome.lost, outcome.double) == (scenario.lost, 0)
    assert [r.getMessage() for r in caplog.records if r.name == "asyncio"] == [], "an exception that nobody looked at"


def test_what_is_lost_has_a_reason() -> None:
    assert [s.name for s in SCENARIOS if s.lost and not s.note] == []
    assert len({s.name for s in SCENARIOS}) == len(SCENARIOS)


def test_hide_pressed_twice_at_once_leaves_the_asker_the_copy(tmp_path: Path, tiny_folder: Path) -> None:
    def story(s: Stage) -> None:
        [first] = s.ask("mention")
        s.settle()
        answer, _ = s.find(first, ":more:")
        said = s.fake.messages[answer]["content"]
        menu, custom_id = s.find(s.more(first), ":hide:")
        s.asked = [s.fake.press(menu, custom_id, first.asker) for _ in range(2)]
        s.settle(2.5)
        assert s.fake.until(lambda: answer not in s.fake.messages, 2.5)
        assert s.fake.messages[menu]["content"] == said

    play(Scenario("", story), tmp_path, tiny_folder)


# The yardstick itself


def test_a_lost_and_a_double_answer_are_seen(tmp_path: Path, tiny_folder: Path) -> None:
    def story(s: Stage) -> None:
        s.ask("mention", "slash")
        s.settle()
        lost, twice = s.asked
        s.fake.delete(next(iter(s.fake.custom_ids(lost)))[0])
        post(s.fake, f"/webhooks/1/{twice.token}", {"content": "again", "allowed_mentions": {"parse": []}})

    outcome = play(Scenario("", story), tmp_path, tiny_folder)
    assert (outcome.asked, outcome.lost, outcome.double) == (2, 1, 1)


def test_what_breaks_discord_s_contract_fails_when_the_fake_is_left() -> None:
    with pytest.raises(Broken, match="mentions are not switched off"), Discord() as fake:
        post(fake, f"/channels/{fake.channel}/messages", {"content": "x"})


def test_a_message_of_a_nonce_that_was_there_is_not_shown_again() -> None:
    body = {"content": "x", "nonce": "5", "enforce_nonce": True, "allowed_mentions": {"parse": []}}
    with Discord() as fake:
        first, again, other = (post(fake, f"/channels/{fake.channel}/messages", b) for b in (body, body, {**body, "nonce": "6"}))
    assert first == again
    assert first["id"] != other["id"]


def test_an_interaction_is_acknowledged_once_and_in_time() -> None:
    with Discord() as fake:
        for age, codes in ((0.0, [None, 40060]), (4.0, [10062, 10062])):
            asked = fake.slash("ask", question=ASKED, age=age)
            path = f"/interactions/{asked.id}/{asked.token}/callback"
            assert [post(fake, path, {"type": 5}).get("code") for _ in codes] == codes
            assert fake.seen(asked) == []


def post(fake: Discord, path: str, body: object) -> dict[str, Any]:
    request = Request(fake.base + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urlopen(request) as answer:
            return dict(json.loads(answer.read() or "{}"))
    except HTTPError as error:
        with error:
            return dict(json.loads(error.read()))
