"""How many phrasings an entry wants: the one number that the guide, the report and the review go by. Pure."""

from __future__ import annotations

from bot.pack.values import Pack, Topic

ENOUGH = 3  # beside the question, in the record or in the bank: the least of "three to five" (docs/curating.md)


def underasked(pack: Pack) -> tuple[Topic, ...]:
    """The entries with fewer phrasings, in their order."""
    return tuple(entry for entry in pack.entries if len(entry.asked) - 1 < ENOUGH)
