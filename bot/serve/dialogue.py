"""The last answers that each asker got, for "who said that?" to refer to. In memory only; knows nothing of Discord."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bot.engine.answer import MAX_HISTORY, Answer

MAX_CONVERSATIONS = 10_000
FORGET_AFTER = 15 * 60.0  # seconds


class Conversation(NamedTuple):
    """Who talks where about what: ids of the channel and the asker, and the pack's version, so that nothing refers back to an
    article, or a state of its files, that is no longer there."""

    channel: int
    asker: int
    version: str


class Turn(NamedTuple):
    """An answer that may be referred to, in which channel, and for how many seconds more."""

    channel: int
    answer: Answer
    left: float


class Dialogue:
    """The last `turns` answers of each conversation, oldest first, for `seconds`; of at most `conversations`.

    An Answer holds the words of its question. What is too old is dropped at the next call, whoever makes it. Nothing is written.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        turns: int = MAX_HISTORY,
        seconds: float = FORGET_AFTER,
        conversations: int = MAX_CONVERSATIONS,
    ) -> None:
        self._clock, self._turns, self._seconds, self._conversations = clock, turns, seconds, conversations
        # In the order of their last turn, so that the oldest conversation stands first.
        self._said: OrderedDict[Conversation, deque[tuple[float, Answer]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._said)

    def earlier(self, conversation: Conversation) -> tuple[Answer, ...]:
        """What this asker was answered in this channel and may still refer to, oldest first."""
        oldest = self._forget()
        return tuple(answer for when, answer in self._said.get(conversation, ()) if when > oldest)

    def kept_of(self, asker: int) -> tuple[Turn, ...]:
        """All that is remembered of an asker, the conversation that went on last at the end."""
        oldest = self._forget()
        theirs = [(c, said) for c, said in self._said.items() if c.asker == asker]
        for _, said in theirs:
            _drop_turns(said, oldest)
        return tuple(Turn(c.channel, answer, when - oldest) for c, said in theirs for when, answer in said)

    def latest(self, conversations: Iterable[Conversation]) -> Conversation | None:
        """Of these the one that was the last to go on; None where nothing of them is remembered."""
        self._forget()
        among = [c for c in conversations if c in self._said]
        return among[0] if len(among) == 1 else next((c for c in reversed(self._said) if c in among), None)

    def remember(self, conversation: Conversation, answer: Answer) -> None:
        """Add an answer; the conversation longest silent makes room where there are too many."""
        oldest = self._forget()
        said = self._said.setdefault(conversation, deque(maxlen=self._turns))
        _drop_turns(said, oldest)
        said.append((self._clock(), answer))
        self._said.move_to_end(conversation)
        if len(self._said) > self._conversations:
            self._said.popitem(last=False)

    def forget(self, asker: int) -> None:
        """Drop everything of an asker, in every channel."""
        for conversation in [c for c in self._said if c.asker == asker]:
            del self._said[conversation]

    def _forget(self) -> float:
        """Drop the conversations whose last turn is too old; returns the time up to which turns are."""
        oldest = self._clock() - self._seconds
        while self._said and next(iter(self._said.values()))[-1][0] <= oldest:
            self._said.popitem(last=False)
        return oldest


def _drop_turns(said: deque[tuple[float, Answer]], oldest: float) -> None:
    """Of a conversation that goes on, drop the turns that are too old."""
    while said and said[0][0] <= oldest:
        said.popleft()
