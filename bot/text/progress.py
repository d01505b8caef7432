"""How far something slow has come, for whoever wants to be told."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much


def silent(what: str, done: int, of: int) -> None:
    """Tells nobody."""
