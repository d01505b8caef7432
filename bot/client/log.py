"""What the log says of answers and errors, and in which form: no text of a question, and not who asked."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import discord

from bot.client.pages import topic_of
from bot.engine.answer import Answer

_log = logging.getLogger(__name__)


class TextLines(logging.Formatter):
    """A record as text: local time, level, logger and message, and after that the error, without its message."""

    def format(self, record: logging.LogRecord) -> str:
        message, error = _told(record)
        said = f"{message}: {error}" if error else message
        return f"{self.formatTime(record)} {record.levelname:7} {record.name}: {said}"


class JsonLines(logging.Formatter):
    """A record as one JSON object on one line, in ASCII: time (RFC 3339, UTC), level, logger and message; what else its caller gives as
    `fields`; and the `error`, without its message."""

    def format(self, record: logging.LogRecord) -> str:
        message, error = _told(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        line = {"time": f"{at}Z", "level": record.levelname.lower(), "logger": record.name, "message": message}
        if error:
            line["error"] = error
        return json.dumps(line | getattr(record, "fields", {}), default=str)


def configure(level: str, form: str) -> None:
    """Log to standard error, as text or as "json" lines, the bot's own lines from a level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("bot").setLevel(level.upper())
    # Never below: at debug, discord.py logs whole messages.
    logging.getLogger("discord").setLevel(logging.WARNING)
    # Its pool names the user and the server of a connection that was lost, which the store tells in words.
    logging.getLogger("sqlalchemy").setLevel(logging.CRITICAL)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is not used


def _told(record: logging.LogRecord) -> tuple[str, str]:
    """What a record says, and its exception by type and place; empty where it has none."""
    message, error = record.getMessage(), record.exc_info and record.exc_info[1]
    return (message.partition("\n")[0], place(error)) if error else (message, "")  # asyncio's further lines quote the exception


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


def log_answer(answer: Answer, guild_id: int | None, seconds: float) -> None:
    """One line an answer: its verdict, the topic that decided, its confidence (0 to 1) and the server's id; as JSON also the
    milliseconds from the question's being taken up to its being worded."""
    topic = topic_of(answer)
    verdict, entry, confidence = answer.verdict.value, topic.id if topic else None, round(answer.confidence, 2)
    server = None if guild_id is None else str(guild_id)  # a text, since JSON's numbers are often read as floating point
    fields = {"verdict": verdict, "entry": entry, "confidence": confidence, "server": server, "ms": round(seconds * 1000, 1)}
    _log.info(
        "answered verdict=%s entry=%s confidence=%.2f guild=%s",
        verdict,
        entry or "-",
        confidence,
        server or "-",
        extra={"fields": fields},
    )
