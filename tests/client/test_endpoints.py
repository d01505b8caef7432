"""/live, /ready and /metrics: of a whole bot with a fake Discord, and against requests that are none."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.faults import hurried
from fakes.loopback import Drive, fake_discord
from fakes.scene import LIFT, shelf
from fakes.visitor import fetch, free_port

from bot.client import metrics
from bot.client.endpoints import served
from bot.client.lifecycle import Verbatim
from bot.client.running import run
from bot.config import Address, Settings
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.serve.measures import Measures

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"


def told(port: int, path: str) -> tuple[int, Any]:
    response, body = fetch(port, path)
    assert response.headers["Content-Type"] == "application/json"
    return response.status, json.loads(body)


def sent_raw(port: int, data: bytes) -> bytes:
    """All that comes back for bytes that need be no request."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while more := connection.recv(65536):
            found += more
        return found


def while_served(story: Callable[[int], None], measures: Measures, engine: Engine) -> None:
    """Play a story in a thread, with the port, while a process without Discord answers."""

    async def serve() -> None:
        port = free_port()
        async with served(Address("127.0.0.1", port), measures, shelf(engine), lambda: False):
            await asyncio.to_thread(story, port)

    asyncio.run(serve())


@pytest.mark.usefixtures("quiet_loggers")
def test_it_is_ready_once_all_shards_are_connected_and_not_once_it_is_to_stop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    seen: dict[str, tuple[int, Any]] = {}
    close = Verbatim.close

    async def closing(self: Any) -> None:
        seen["stopping"] = await asyncio.to_thread(told, port, "/ready")
        await close(self)

    monkeypatch.setattr(Verbatim, "close", closing)

    def story(_: Drive) -> None:
        assert fake.until(lambda: fake.is_ready() and told(port, "/ready")[0] == 200, 20)
        seen["ready"] = told(port, "/ready")
        seen["live"] = told(port, "/live")
        asked = fake.dm(LIFT)
        assert fake.until(lambda: fake.seen(asked))
        fake.close(4000, shard=1)
        assert fake.until(lambda: fake.resumes)
        assert fake.until(lambda: b'verbatim_shard_resumes_total{shard="1"} 1.0' in fetch(port, "/metrics")[1])
        assert told(port, "/ready")[0] == 200

    with hurried(), fake_discord(shards=2, guilds=2) as fake:
        served_at = replace(settings, http=Address("127.0.0.1", port), shards=2)
        assert Drive(story).run(lambda: run(served_at, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert seen["ready"] == (200, {"ready": True, "reasons": [], "remarks": []})
    assert seen["live"] == (200, {"live": True, "reasons": [], "remarks": []})
    assert seen["stopping"][0] == 503
    assert "it is stopping" in seen["stopping"][1]["reasons"]
    with pytest.raises(ConnectionRefusedError):
        fetch(port, "/live")


@pytest.mark.usefixtures("quiet_loggers")
def test_an_address_that_is_taken_is_a_fault_before_discord_is_asked(settings: Settings) -> None:
    with socket.socket() as taken, fake_discord() as fake:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FileFaults) as raised:
            run(replace(settings, http=Address("127.0.0.1", port)), settings.pack, {"DISCORD_TOKEN": TOKEN})
    assert str(raised.value) == (
        f"http in config.yaml: 127.0.0.1:{port} cannot be listened on: Address already in use. "
        "Fix: stop what uses it, or give another address or port."
    )
    assert fake.requests == []


def test_an_address_of_another_machine_is_a_fault(tiny: Engine) -> None:
    async def serve() -> None:
        async with served(Address("192.0.2.1", 8080), Measures(), shelf(tiny), lambda: False):
            pytest.fail("it listens")

    with pytest.raises(FileFaults, match=r"192\.0\.2\.1:8080 cannot be listened on: "):
        asyncio.run(serve())


def test_without_an_address_nothing_listens(tiny: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.client.endpoints.web.Server", lambda *_, **__: pytest.fail("a server is made"))

    async def serve() -> None:
        async with served(None, Measures(), shelf(tiny), lambda: False):
            pass

    asyncio.run(serve())


def test_a_stuck_shard_and_a_failing_store_are_told(tiny: Engine) -> None:
    measures = Measures()
    now = [0.0]
    measures.shards = type(measures.shards)(lambda: now[0])
    measures.shards.begun(2, lambda: 0.05)
    now[0] = 400.0

    def story(port: int) -> None:
        reasons = ["shard 2: nothing was heard from Discord for 400 s"]
        assert told(port, "/live") == (503, {"live": False, "reasons": reasons, "remarks": []})

    while_served(story, measures, tiny)


def test_only_three_paths_and_two_methods_are_answered_and_no_banner_is_shown(tiny: Engine) -> None:
    def story(port: int) -> None:
        for path in ("/", "/metrics/", "/live/../metrics", "/ready2", "/%2e%2e/etc/passwd", "//live", "/LIVE"):
            assert told(port, path) == (404, {"error": "there are /live, /ready, /metrics."})
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            response, body = fetch(port, "/metrics", method, b"x=1" if method == "POST" else None)
            assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
            assert json.loads(body) == {"error": "only GET and HEAD are answered."}
        assert told(port, "/live?verbose=1")[0] == 200
        head, nothing = fetch(port, "/ready", "HEAD")
        assert (head.status, nothing) == (503, b"")
        for path in ("/live", "/ready", "/metrics", "/"):
            headers = fetch(port, path)[0].headers
            assert "Server" not in headers
            assert headers["Cache-Control"] == "no-store"

    while_served(story, Measures(), tiny)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"nonsense xylophone\r\n\r\n",
        b"BREW /live HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /live HTTP/9.9\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: a\r\nno colon xylophone\r\n\r\n",
        b"GET /live HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_a_400_or_nothing_and_the_next_one_is_answered(
    tiny: Engine, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    def story(port: int) -> None:
        answer = sent_raw(port, data)
        assert answer == b"" or answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
        assert b"\r\nServer:" not in answer
        assert told(port, "/live")[0] == 200

    while_served(story, Measures(), tiny)
    assert caplog.text == "", "what strangers send is logged"


def test_a_page_that_fails_is_a_500_and_is_logged_by_its_place(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError("xylophone")

    monkeypatch.setattr("bot.client.endpoints.ready", fail)

    def story(port: int) -> None:
        assert told(port, "/ready") == (500, {"error": "it failed; the log says where."})
        assert told(port, "/live")[0] == 200

    while_served(story, Measures(), tiny)
    assert "/ready failed: KeyError at test_endpoints.py:" in log.text
    assert "xylophone" not in log.text


def test_without_the_extra_metrics_say_how_to_get_it_and_the_rest_is_answered(
    tiny: Engine, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    def story(port: int) -> None:
        assert told(port, "/metrics") == (501, {"error": metrics.MISSING})
        assert told(port, "/live")[0] == 200

    while_served(story, Measures(), tiny)
    assert log.text.count("pip install 'verbatim-bot[metrics]'") == 1
