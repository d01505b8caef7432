"""Opening and asking stores in tests that are not asynchronous themselves."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest

from bot.store.sqlite import SqliteStore
from bot.store.values import Overrides, Store

T = TypeVar("T")
GUILD, OTHER_GUILD, CHANNEL, THREAD = 10, 11, 20, 21
REPLY, ADA, BOB = 200, 2**62 + 1, 31
LONG = 120.0  # seconds; for a store that is to answer, however busy the machine


def run(call: Awaitable[T]) -> T:
    async def wait() -> T:
        return await call

    return asyncio.run(wait())


def askers(store: Store, *replies: int) -> list[int | None]:
    """Of each reply, who of those whom the tests know has asked; None where it is not known, and 0 for somebody else."""
    return [run(asker_of(store, reply)) for reply in replies]


async def asker_of(store: Store, reply: int, *users: int) -> int | None:
    known = {user: await store.is_asker(reply, user) for user in users or (ADA, BOB, GUILD, 1, 2)}
    if None in known.values():
        assert set(known.values()) == {None}
        return None
    return next((user for user, asked in known.items() if asked), 0)


def listening(old: Overrides) -> Overrides:
    return replace(old, listen=True)


def no_change(old: Overrides) -> Overrides:
    return old


@contextmanager
def opened(
    path: Path,
    clock: Callable[[], float] = time.time,
    *,
    steady: Callable[[], float] | None = None,
    patience: float = LONG,
) -> Iterator[SqliteStore]:
    """A store; unless a `steady` clock says otherwise, the time of `clock` passes, and does not jump."""
    made = SqliteStore(path, clock, steady=steady or clock, patience=patience)
    try:
        yield made
    finally:
        run(made.close())


@contextmanager
def connecting_with(kind: type[sqlite3.Connection]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=kind))
        yield
