"""Whether a bot lives and is ready, with the reasons where it is not. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.serve.measures import Measures
from bot.serve.shards import Shards


@dataclass(frozen=True, slots=True)
class Health:
    """Well where nothing speaks against it. `remarks` are what goes on without."""

    reasons: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def live(shards: Shards) -> Health:
    """Whether a new start would not help: that this is asked at all shows that the event loop turns."""
    return Health(tuple(f"shard {n}: nothing was heard from Discord for {seconds:.0f} s" for n, seconds in shards.stuck()))


def ready(measures: Measures, *, stopping: bool) -> Health:
    """Whether all its shards are connected, or it has none and stands by. A store that cannot be used is only remarked on: answers go
    on without it."""
    reasons = ["it is stopping"] if stopping else []
    shards = measures.shards
    if not shards.known and not shards.stands_by:
        reasons.append("no shard is connected yet")
    reasons += [f"shard {number} is not connected" for number in shards.missing()]
    remarks = ["it stands by: other processes have all shards"] if shards.stands_by else []
    remarks += [f"the store cannot be {use.value}" for use in sorted(measures.store_failing)]
    return Health(tuple(reasons), tuple(remarks))
