"""A network that can be split: a proxy on loopback, in a thread of its own, between the bot and a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self


class Network:
    """Carries connections from `port` to a server. `split`: what comes is swallowed, as where a cable is pulled; `cut`: connections are
    closed and refused, as where the server is down; `mend`: all is well again, for new connections."""

    def __init__(self, host: str, port: int) -> None:
        self._to, self.port = (host, port), 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_split = self._is_cut = False

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._serve())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def split(self) -> None:
        self._is_split = True

    def cut(self) -> None:
        self._is_cut = True
        self._run(self._reset())

    def mend(self) -> None:
        """What was under way while it was split is lost."""
        self._is_split = self._is_cut = False
        self._run(self._reset())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.close()
            return
        there, back = await asyncio.open_connection(*self._to)
        self._writers |= {writer, back}
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not self._is_split:
                    writer.write(data)
                    await writer.drain()
        writer.close()
        self._writers.discard(writer)

    async def _reset(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _close(self) -> None:
        self._server.close()
        await self._reset()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait(others, timeout=2) if others else None
