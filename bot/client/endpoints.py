"""The paths that a process answers over HTTP, for supervisors and Prometheus: /live, /ready and /metrics. Nothing on them is secret,
and nothing can be changed by them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.client.log import place
from bot.client.metrics import CONTENT_TYPE, MISSING, exposition
from bot.config import Address
from bot.errors import Fault, FileFaults
from bot.serve.health import Health, live, ready
from bot.serve.library import Library
from bot.serve.measures import Measures

METHODS = ("GET", "HEAD")
FINISH_WITHIN = 1.0  # seconds that a reader has to fetch its last answer when the bot closes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Page:
    """What a path answers."""

    status: int
    body: bytes
    content_type: str = "application/json"


@asynccontextmanager
async def served(
    address: Address | None, measures: Measures, library: Library, is_stopping: Callable[[], bool]
) -> AsyncIterator[None]:
    """Answer on the address as long as that is entered; nothing where there is none. Raises FileFaults where it cannot be listened
    on."""
    if address is None:
        yield
        return
    write = exposition(measures, library)
    if write is None:
        _log.warning("%s", MISSING)
    pages: Mapping[str, Callable[[], Page]] = {
        "/live": lambda: _told("live", live(measures.shards)),
        "/ready": lambda: _told("ready", ready(measures, stopping=is_stopping())),
        "/metrics": lambda: _refused(501, MISSING) if write is None else Page(200, write(), CONTENT_TYPE),
    }

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        page = _page(request, pages)
        headers = {"Content-Type": page.content_type, "Cache-Control": "no-store"}
        return web.Response(status=page.status, body=page.body, headers=headers | _allowed(page))

    # Its own log would quote what strangers send.
    silent = logging.Logger("aiohttp.server", logging.CRITICAL + 1)
    server = web.Server(answer, request_factory=_request, access_log=None, logger=silent)
    runner = web.ServerRunner(server, shutdown_timeout=FINISH_WITHIN)
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        await runner.cleanup()
        what = f"{address} cannot be listened on: {os.strerror(error.errno or 0)}."
        raise FileFaults(
            [Fault("http in config.yaml", 0, what, "stop what uses it, or give another address or port.")]
        ) from error
    try:
        yield
    finally:
        await runner.cleanup()


def _page(request: web.BaseRequest, pages: Mapping[str, Callable[[], Page]]) -> Page:
    """What a request gets. Never raises."""
    make = pages.get(request.path)
    if make is None:
        return _refused(404, f"there are {', '.join(pages)}.")
    if request.method not in METHODS:
        return _refused(405, f"only {' and '.join(METHODS)} are answered.")
    try:
        return make()
    except Exception as error:
        _log.error("%s failed: %s", request.path, place(error))
        return _refused(500, "it failed; the log says where.")


def _allowed(page: Page) -> dict[str, str]:
    """https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed"""
    return {"Allow": ", ".join(METHODS)} if page.status == 405 else {}


def _told(what: str, health: Health) -> Page:
    body = {what: not health.reasons, "reasons": health.reasons, "remarks": health.remarks}
    return Page(503 if health.reasons else 200, json.dumps(body).encode())


def _refused(status: int, why: str) -> Page:
    return Page(status, json.dumps({"error": why}).encode())


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]) -> web.BaseRequest:
    return _Request(message, payload, protocol, writer, task, asyncio.get_running_loop())


class _Request(web.BaseRequest):
    """aiohttp asks a request last what is to become of its response's headers, also of one that cannot be read."""

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        response.headers.popall("Server", None)
