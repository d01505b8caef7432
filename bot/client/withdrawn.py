"""Which messages were deleted, or lost their channel, while they are answered: what somebody takes back needs no answer any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Watched:
    """A message that is being answered."""

    message_id: int
    channel_id: int
    is_withdrawn: bool = False


class Withdrawn:
    """Knows the messages that are being answered, and nothing of any other."""

    def __init__(self) -> None:
        self._watched: set[Watched] = set()

    @contextmanager
    def watching(self, message_id: int, channel_id: int) -> Iterator[Watched]:
        """A message, for as long as it is being answered."""
        watched = Watched(message_id, channel_id)
        self._watched.add(watched)
        try:
            yield watched
        finally:
            self._watched.discard(watched)

    def message_gone(self, message_id: int) -> None:
        """A message was deleted."""
        for watched in self._watched:
            watched.is_withdrawn |= watched.message_id == message_id

    def channel_gone(self, channel_id: int) -> None:
        """A channel or thread was deleted. The thread that a message is answered in has that message's id."""
        for watched in self._watched:
            watched.is_withdrawn |= channel_id in (watched.channel_id, watched.message_id)
