"""What the log says of answers and errors: no text of a question, and not who asked."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import discord

from bot.client.pages import topic_of
from bot.engine.answer import Answer

_log = logging.getLogger(__name__)


def place(error: BaseException | None) -> str:
    """An exception without its message, which may hold what a user wrote: its type, its cause's, and where it was raised."""
    if error is None:
        return "unknown"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    status = f" (HTTP {error.status}, code {error.code})" if isinstance(error, discord.HTTPException) else ""
    cause = f", from {place(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__}{status}{where}{cause}"


def without_asker(record: logging.LogRecord) -> bool:
    """A filter for discord.py's log of commands, which names the user where autocompletion fails: the same, without who typed and
    without the message of the exception."""
    if record.exc_info and record.exc_info[1] and "autocomplete" in str(record.msg):
        record.msg, record.args = "autocompletion failed: %s", (place(record.exc_info[1]),)
        record.exc_info = record.exc_text = None
    return True


def log_answer(answer: Answer, guild_id: int | None) -> None:
    """One line an answer: its verdict, the topic that decided, its confidence (0 to 1) and the server's id."""
    topic = topic_of(answer)
    _log.info(
        "answered verdict=%s entry=%s confidence=%.2f guild=%s",
        answer.verdict.value,
        topic.id if topic else "-",
        answer.confidence,
        guild_id or "-",
    )
