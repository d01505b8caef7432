"""All that is kept about a person, in one place: what is neither told nor deleted here must not be kept. Knows nothing of Discord's
library."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.client.pacing import Cooldowns
from bot.client.patient_store import PatientStore
from bot.engine.answer import Answer, citations_of, nearest_of
from bot.serve.dialogue import Dialogue
from bot.store.coordination import SharedCooldowns
from bot.store.values import KEEP

FORM = 1  # of the file; docs/privacy.md tells what stands in it


@dataclass(frozen=True, slots=True)
class Note:
    """That a message of the bot answers somebody's question, in which server (None: direct messages). All times here are in seconds
    since 1970; at `until` it is no longer kept."""

    message_id: int
    guild_id: int | None
    at: float
    until: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer that a follow-up may refer to, in which channel."""

    channel_id: int
    answer: Answer
    until: float


@dataclass(frozen=True, slots=True)
class LastAsked:
    """When somebody last asked."""

    at: float
    until: float


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Everything about one user."""

    notes: tuple[Note, ...]
    turns: tuple[Turn, ...]
    last_asked: LastAsked | None


class Register:
    """Tells all that is kept about somebody, wherever in this process, the store or what the processes share (`elsewhere`) it is, and
    deletes it."""

    def __init__(
        self,
        store: PatientStore,
        dialogue: Dialogue,
        cooldowns: Cooldowns,
        elsewhere: SharedCooldowns | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store, self._dialogue, self._cooldowns = store, dialogue, cooldowns
        self._elsewhere, self._clock = elsewhere, clock

    @property
    def is_makeshift(self) -> bool:
        """Whether what was stored could not be opened at the start, so that none of it is told or deleted."""
        return self._store.is_makeshift

    async def of(self, user_id: int) -> PersonalData:
        """All that is kept about a user. Raises StoreFault."""
        kept, shared = await self._store.kept_of(user_id), await self._shared_wait(user_id)
        now, asked = self._clock(), self._cooldowns.kept_of(user_id)
        return PersonalData(
            notes=tuple(Note(k.reply_id, k.guild_id, k.at, k.at + KEEP) for k in kept),
            turns=tuple(Turn(t.channel, t.answer, now + t.left) for t in self._dialogue.kept_of(user_id)),
            last_asked=_later(LastAsked(now - asked.ago, now + asked.left) if asked else None, shared),
        )

    async def forget(self, user_id: int) -> tuple[PersonalData, LastAsked | None]:
        """Delete it; returns what there was, and when they last asked where that stays until a wait is over. Raises StoreFault, and then
        nothing is deleted."""
        before, shared = await self.of(user_id), await self._shared_wait(user_id)
        await self._store.forget(user_id)  # first, since it may fail
        self._dialogue.forget(user_id)
        now, own = self._clock(), self._cooldowns.forget(user_id)
        return before, _later(LastAsked(now - own.ago, now + own.left) if own else None, shared)

    async def _shared_wait(self, user_id: int) -> LastAsked | None:
        found = await self._elsewhere.last_asked(user_id) if self._elsewhere else None
        return LastAsked(*found) if found else None


def exported(data: PersonalData, user_id: int, now: float, *, is_whole: bool) -> str:
    """The data of a user as JSON, in the form that docs/privacy.md tells; not `is_whole` where more may be kept, out of its reach."""
    asked = data.last_asked
    form = {
        "form": FORM,
        "user": str(user_id),
        "made_at": _time(now),
        "whole": is_whole,
        "answers": [
            {
                "message": str(note.message_id),
                "server": None if note.guild_id is None else str(note.guild_id),
                "noted_at": _time(note.at),
                "kept_until": _time(note.until),
            }
            for note in data.notes
        ],
        "conversation": [
            {
                "channel": str(turn.channel_id),
                "question": turn.answer.trace.question.text,
                "after": turn.answer.trace.after or None,
                "verdict": turn.answer.verdict.value,
                "passages": [c.excerpt.text for c in (*citations_of(turn.answer), *nearest_of(turn.answer))],
                "used_until": _time(turn.until),
            }
            for turn in data.turns
        ],
        "last_asked": {"at": _time(asked.at), "kept_until": _time(asked.until)} if asked else None,
    }
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


def _later(*known: LastAsked | None) -> LastAsked | None:
    """What is kept longest of what is known."""
    return max((one for one in known if one), key=lambda one: one.until, default=None)


def _time(seconds: float) -> str:
    """A time in UTC, such as 2026-02-17T12:00:00Z (RFC 3339)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
