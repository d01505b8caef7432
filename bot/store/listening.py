"""Hears at once what other processes tell by way of PostgreSQL: https://www.postgresql.org/docs/15/sql-notify.html."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg
from psycopg import sql

from bot.store.address import Database
from bot.store.postgres import connect
from bot.store.values import StoreFault

LOOK_EVERY = 4.0  # seconds after which a connection that says nothing is tried
RETRY = 1.0  # seconds before a lost connection is replaced


class Listener:
    """Calls `heard` with the channel and the payload of each notification, and `hears` with whether any can arrive: at the start, and
    whenever that changes. What was sent while none could is lost. Both are called on a thread of its own."""

    def __init__(
        self,
        database: Database,
        channels: tuple[str, ...],
        heard: Callable[[str, str], None],
        hears: Callable[[bool], None],
        *,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._database, self._channels, self._heard, self._hears = database, channels, heard, hears
        self._look_every = look_every
        self._ended = threading.Event()
        self._connection: psycopg.Connection[object] | None = None
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear nothing more."""
        self._ended.set()
        if (connection := self._connection) is not None:
            _break(connection)

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with connect(self._database, patience=self._look_every, autocommit=True) as connection:
                    self._connection = connection
                    self._attend(connection)
            except (StoreFault, psycopg.Error, OSError):
                self._hears(False)
                self._ended.wait(RETRY)

    def _attend(self, connection: psycopg.Connection[object]) -> None:
        """Hear what comes through a connection, until it breaks."""
        for channel in self._channels:
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        self._hears(True)
        while not self._ended.is_set():
            for told in connection.notifies(timeout=self._look_every):
                self._heard(told.channel, told.payload)
            # Which notices a connection that is gone without a word. The server's own limits do not hold where it hangs.
            late = threading.Timer(self._look_every, _break, (connection,))
            late.start()
            try:
                connection.execute("SELECT 1")
            finally:
                late.cancel()


def _break(connection: psycopg.Connection[object]) -> None:
    """End a connection for whoever waits on it."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as its:
        its.shutdown(socket.SHUT_RDWR)
