"""Who reads what a bot answers over HTTP: a supervisor, Prometheus, a stranger."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse


def free_port() -> int:
    """A port of this machine that nothing listens on, below those of which systems give one to whoever asks for any (Linux: from 32768 on),
    so that nobody gets it meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_768)
        with suppress(OSError), socket.socket() as found:
            found.bind(("127.0.0.1", port))
            return port


def fetch(port: int, path: str, method: str = "GET", body: bytes | None = None) -> tuple[HTTPResponse, bytes]:
    """The response to a request, and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
