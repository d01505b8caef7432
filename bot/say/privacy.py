"""What is kept about a person -> words: how much of it there is and until when, and what became of it. In Discord's Markdown, since
times are shown as each reader's clock has them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bot.say.pages import privacy
from bot.say.wording import Wording, typed_out


@dataclass(frozen=True, slots=True)
class Held:
    """How many of a kind are kept, and when the last of them goes, in seconds since 1970."""

    count: int
    until: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What is kept about somebody, by kind, None where there is none: notes of which answers were to them, what they asked that is
    remembered, and until when it is known when they last asked. Not `is_whole` where other processes may remember more."""

    notes: Held | None
    turns: Held | None
    asked_until: float | None
    is_whole: bool = True


def shown(kept: Tally, wording: Wording) -> str:
    """/privacy show, for the asker alone: what is kept about them now, and what is in general."""
    held = []
    if kept.notes:
        held.append(wording.privacy_notes.format(count=kept.notes.count, when=_when(kept.notes.until)))
    if kept.turns:
        held.append(wording.privacy_turns.format(count=kept.turns.count, when=_when(kept.turns.until)))
    if kept.asked_until is not None:
        held.append(wording.privacy_asked.format(when=_when(kept.asked_until)))
    own = [wording.privacy_now, *(f"- {text}" for text in held or [wording.privacy_nothing])]
    rest = [wording.privacy_elsewhere] if not kept.is_whole else []
    how = wording.privacy_how.format(export=typed_out("export"), delete=typed_out("delete"))
    return "\n".join([*own, *rest, "", how, "", in_general(wording)])


def in_general(wording: Wording) -> str:
    """What is kept of anybody."""
    return "\n".join([wording.privacy_general, privacy(wording).content])


def exported(*, is_whole: bool, wording: Wording) -> str:
    """What stands over the file of /privacy export."""
    return "\n".join([wording.privacy_exported, *([] if is_whole else [wording.privacy_elsewhere])])


def deleted(kept: Tally, wait_until: float | None, wording: Wording, *, is_private: bool) -> str:
    """What became of what was kept. Where others read it too, not how much that was. A wait that goes on stays until then."""
    if is_private:
        counts = {"notes": kept.notes.count if kept.notes else 0, "turns": kept.turns.count if kept.turns else 0}
        said = [wording.privacy_deleted.format(**counts)]
    else:
        said = [wording.privacy_deleted_all]
    said.append(wording.privacy_stays)
    said += [wording.privacy_wait.format(when=_when(wait_until))] if wait_until is not None else []
    said += [] if kept.is_whole else [wording.privacy_elsewhere]
    return "\n".join(said)


def _when(seconds: float) -> str:
    """A time that Discord counts down to: https://docs.discord.com/developers/reference#message-formatting-timestamp-styles."""
    return f"<t:{math.ceil(seconds)}:R>"
