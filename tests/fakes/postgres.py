"""A schema of its own in the real PostgreSQL on this machine, and a server that only refuses."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from bot.store.address import Database
from bot.store.postgres import connect
from bot.store.tables import kept, server_key
from bot.store.values import StoreFault

SERVER = "postgresql://postgres@127.0.0.1:5432/test"


# Of the connections to the database that the asking one goes to, since others may use the server meanwhile.
OTHERS = "application_name = current_setting('application_name') AND pid != pg_backend_pid()"


def in_schema(name: str) -> Database:
    return Database(f"{SERVER}?application_name={name}&options=-csearch_path%3D{name}")


def asked(database: Database, *statements: str) -> list[tuple[Any, ...]]:
    """What the last of some statements gives."""
    with connect(database, patience=60, autocommit=True) as connection:
        for statement in statements:
            answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []


def emptied(database: Database) -> None:
    """A database without rows, if it has the tables."""
    if asked(database, "SELECT 1 FROM pg_tables WHERE schemaname = current_schema()"):
        asked(database, f"TRUNCATE {', '.join(table.name for table in kept if table is not server_key)}")


@contextmanager
def schema() -> Iterator[Database]:
    """A schema that nobody has made yet, and that is gone afterwards; skips the test where there is no server."""
    pytest.importorskip("psycopg", reason="needs the extra `postgres`")
    name = f"verbatim_test_{secrets.token_hex(6)}"
    database = in_schema(name)
    try:
        asked(database, "SELECT 1")
    except StoreFault as fault:
        pytest.skip(f"needs PostgreSQL: {fault}")
    try:
        yield database
    finally:
        asked(database, "SET client_min_messages = warning", f"DROP SCHEMA IF EXISTS {name} CASCADE")


@contextmanager
def refusing(sqlstate: str, message: str) -> Iterator[Database]:
    """A server that refuses every connection with an error, as the protocol has it
    (https://www.postgresql.org/docs/15/protocol-message-formats.html)."""
    fields = {b"S": "FATAL", b"V": "FATAL", b"C": sqlstate, b"M": message}
    body = b"".join(kind + text.encode() + b"\0" for kind, text in fields.items()) + b"\0"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    client, _ = server.accept()
                    with client:
                        client.recv(4096)
                        client.sendall(b"E" + (len(body) + 4).to_bytes(4, "big") + body)

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        yield Database(f"postgresql://ada:secret-words@127.0.0.1:{port}/verbatim?sslmode=disable&gssencmode=disable")
        server.shutdown(socket.SHUT_RDWR)


class Wire:
    """A way to the server that can be cut, and mended; or that swallows what goes over it."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.is_cut = self.is_silent = False
        threading.Thread(target=self._accept, daemon=True).start()

    def to(self, database: Database) -> Database:
        """The database, over the wire."""
        return Database(database.url.replace(":5432", f":{self._server.getsockname()[1]}"))

    def cut(self) -> None:
        self.is_cut = True
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                if self.is_cut:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", 5432))
                self._open += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError), one, other:
            while data := one.recv(65536):
                if not self.is_silent:
                    other.sendall(data)
