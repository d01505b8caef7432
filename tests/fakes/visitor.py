"""Who reads what a bot answers over HTTP: a supervisor, Prometheus, a stranger."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPResponse


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def fetch(port: int, path: str, method: str = "GET", body: bytes | None = None) -> tuple[HTTPResponse, bytes]:
    """The response to a request, and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
