"""Opening the store that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.address import Database, State
from bot.store.values import STORE_FILE

if TYPE_CHECKING:
    from bot.store.sql import SqlStore


def open_store(state: State, *, pepper: str = "", begin_anew: bool = True) -> SqlStore:
    """The store in a folder or a database, which waits: do it before the event loop runs. A damaged file is set aside and a new one
    begun, unless `begin_anew` is false. Raises StoreFault, and Unavailable where that may pass."""
    # Only here: a database's driver for a file, or the other way round, is not waited for.
    if isinstance(state, Database):
        from bot.store.postgres import PostgresStore

        return PostgresStore(state, pepper=pepper)
    from bot.store.sqlite import SqliteStore

    return SqliteStore(state / STORE_FILE, pepper=pepper, begin_anew=begin_anew)
