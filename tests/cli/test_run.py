"""`verbatim run`: what it is told about shards. How the bot runs is tested in tests/client."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.command_line import Cli, refused

from bot.client import running
from bot.config import Settings


def test_shards_are_fixed_by_an_option_over_the_settings(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Settings] = []

    def run(settings: Settings, *_: object) -> int:
        ran.append(settings)
        return 0

    monkeypatch.setattr(running, "run", run)
    (tmp_path / "config.yaml").write_text('pack: p\nshards: "32"\nshard_ids: "16-31"\n', encoding="utf-8")
    assert cli("run", "--shards", "0-3").status == 0
    assert cli("run").status == 0
    assert [settings.shard_ids for settings in ran] == [(0, 1, 2, 3), tuple(range(16, 32))]


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ("pack: p\n", 'set shards to how many there are in all, such as "16": which are fixed depends on that.'),
        ('pack: p\nshards: "4"\n', 'write numbers from 0 to 3, such as "0-3" or "0,3".'),
    ],
)
def test_shards_that_cannot_be_are_refused(cli: Cli, tmp_path: Path, settings: str, fix: str) -> None:
    (tmp_path / "config.yaml").write_text(settings, encoding="utf-8")
    refused(cli("run", "--shards", "0-4"), f"verbatim run: --shards cannot be '0-4'. Fix: {fix}")
