"""Lists in words, as the reader's language makes them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.say.lines import Frame, fill
from bot.say.wording import Wording


def joined(items: Sequence[str], wording: Wording) -> str:
    """A list in words: "one, two and three"."""
    return "".join(_joined([(item,) for item in items], wording))


def enumerated(items: Sequence[str], wording: Wording) -> str:
    """A list without "and": "one, two, three"."""
    return "".join(_chained([(item,) for item in items], wording.join_more))


def strung(statements: Sequence[str], wording: Wording) -> str:
    """Statements, each of several words: "this; that"."""
    return "".join(_chained([(statement,) for statement in statements], wording.join_parts))


def listed(names: Sequence[Frame], wording: Wording) -> Frame:
    """People, some of them perhaps with a capacity, which must not run into the next name."""
    return _chained(names, wording.join_parts) if any(len(name) > 1 for name in names) else _joined(names, wording)


def _joined(items: Sequence[Frame], wording: Wording) -> Frame:
    if len(items) < 2:
        return _chained(items, wording.join_more)
    return fill(wording.join_last, before=_chained(items[:-1], wording.join_more), last=items[-1])


def _chained(items: Sequence[Frame], joint: str) -> Frame:
    done = items[0] if items else ()
    for item in items[1:]:
        done = fill(joint, before=done, next=item)
    return done
