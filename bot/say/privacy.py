"""What is kept about a person -> words: how much of it there is and until when, and what became of it. In Discord's Markdown, since
times are shown as each reader's clock has them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.say.pages import privacy
from bot.say.wording import Wording, typed_out
from bot.text.display import escape


@dataclass(frozen=True, slots=True)
class Held:
    """How many of a kind are kept, and when the last of them goes, in seconds since 1970."""

    count: int
    until: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept about somebody, by kind, None where there is none: notes of which answers were to them, what they asked that is
    remembered, and until when it is known when they last asked. `rest` is the sentence about what may be kept besides, or empty."""

    notes: Held | None
    turns: Held | None
    asked_until: float | None
    rest: str = ""


def shown(kept: Tally, wording: Wording) -> str:
    """/privacy show, for the asker alone: what is kept about them now, and what of anybody."""
    held = []
    if kept.notes:
        held.append(_filled(wording.privacy_notes, count=kept.notes.count, when=_when(kept.notes.until)))
    if kept.turns:
        held.append(_filled(wording.privacy_turns, count=kept.turns.count, when=_when(kept.turns.until)))
    if kept.asked_until is not None:
        held.append(_filled(wording.privacy_asked, when=_when(kept.asked_until)))
    own = [_filled(wording.privacy_now), *(f"- {text}" for text in held or [_filled(wording.privacy_nothing)])]
    how = _filled(wording.privacy_how, export=typed_out("export"), delete=typed_out("delete"))
    return "\n".join([*own, "", *_rest(kept.rest), how, "", _in_general(wording)])


def shown_to_others(wording: Wording) -> str:
    """/privacy show where others read it: what is kept of anybody, and where to ask for the rest."""
    return "\n".join([_in_general(wording), "", _filled(wording.why_private, command=typed_out("show"))])


def exported(wording: Wording, rest: str) -> str:
    """What stands over the file of /privacy export."""
    return "\n".join([_filled(wording.privacy_exported), *_rest(rest)])


def deleted(kept: Tally, wait_until: float | None, wording: Wording) -> str:
    """What became of what was kept; when they last asked stays until a wait is over."""
    counts = {"notes": kept.notes.count if kept.notes else 0, "turns": kept.turns.count if kept.turns else 0}
    return "\n".join([_filled(wording.privacy_deleted, **counts), *_staying(wait_until, wording, kept.rest)])


def deleted_before_others(wait_until: float | None, wording: Wording, rest: str) -> str:
    """The same where others read it, without how much it was."""
    return "\n".join([_filled(wording.privacy_deleted_all), *_staying(wait_until, wording, rest)])


def _in_general(wording: Wording) -> str:
    return "\n".join([_filled(wording.privacy_general), privacy(wording).content])


def _staying(wait_until: float | None, wording: Wording, rest: str) -> list[str]:
    """What is not deleted."""
    waits = [_filled(wording.privacy_wait, when=_when(wait_until))] if wait_until is not None else []
    return [*waits, _filled(wording.privacy_stays), *_rest(rest)]


def _rest(sentence: str) -> list[str]:
    return [_filled(sentence)] if sentence else []


def _filled(template: str, **parts: object) -> str:
    return escape(template).format(**parts)


def _when(seconds: float) -> str:
    """A time that Discord counts down to: https://docs.discord.com/developers/reference#message-formatting-timestamp-styles."""
    return f"<t:{math.ceil(seconds)}:R>"
