"""The log says what happened, and never what was asked or who asked."""

from __future__ import annotations

import re

import pytest
from fakes.scene import Scene, play

from bot.client.log import place
from bot.engine.pipeline import Engine


def test_an_error_is_described_without_its_message() -> None:
    def fail() -> None:
        try:
            raise KeyError("xylophone")
        except KeyError as cause:
            raise RuntimeError("xylophone") from cause

    with pytest.raises(RuntimeError) as raised:
        fail()
    where = r"at test_log\.py:\d+"
    assert re.fullmatch(rf"RuntimeError {where}, from KeyError {where}", place(raised.value))


def test_an_answer_is_one_line_with_verdict_entry_confidence_and_server_and_nothing_of_the_asker(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    async def story(s: Scene) -> None:
        log.clear()
        await s.mention("who called for a second lift please, hoist")
        await s.asker.send_dm("best pizza in town?")
        seen.extend([s.guild.id, s.asker.id])

    play(story, tiny)
    lines = [record.getMessage() for record in log.records if record.name.startswith("bot")]
    assert len(lines) == 2
    assert re.fullmatch(rf"answered verdict=answer entry=second-lift confidence=[01]\.\d\d guild={seen[0]}", lines[0])
    assert lines[1].endswith("guild=-")
    assert not any(secret in log.text for secret in (str(seen[1]), "asker", "hoist", "pizza"))
