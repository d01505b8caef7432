"""The store with which the bot begins, and what is done where it cannot be used."""

from __future__ import annotations

import logging
import time

from bot.store import opening
from bot.store.address import Database, State
from bot.store.memory import MemoryStore
from bot.store.values import Store, StoreFault, Unavailable

FIRST_WAIT = 1.0  # seconds before a database is tried again; doubles with each
LONGEST_WAIT = 30.0  # seconds

_log = logging.getLogger(__name__)


def open_store(state: State, pepper: str = "") -> Store:
    """The store in the state folder, or, with a warning, one that ends with the process where that cannot be used; or the store in a
    database, which is waited for as long as it may come. Raises StoreFault for a database that cannot be used as it is named."""
    wait = FIRST_WAIT
    while True:
        try:
            return opening.open_store(state, pepper=pepper)
        except Unavailable as error:
            _log.warning("%s Trying again in %.0f s.", error, wait)
        except StoreFault as error:
            if isinstance(state, Database):
                raise
            _log.warning("%s Until then, what administrators set does not outlive a restart.", error)
            return MemoryStore(is_makeshift=True)
        time.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)
