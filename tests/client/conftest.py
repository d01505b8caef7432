"""What several of the client's tests need."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import Settings
from bot.store import coordination


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wait between two identifications."""
    monkeypatch.setattr(coordination, "IDENTIFY_EVERY", 0.0)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the bot logs, at every level."""
    caplog.set_level(logging.DEBUG, "bot")
    return caplog


@pytest.fixture
def quiet_loggers() -> Iterator[None]:
    """`run` sets levels; give them back."""
    loggers = [logging.getLogger(name) for name in ("bot", "discord")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "verbatim"


@pytest.fixture
def settings(state: Path, tiny_folder: Path) -> Settings:
    """For `run`: the invented pack, and a folder of its own."""
    return Settings(pack=tiny_folder, state=state, log_level="info")
