"""Several processes of one bot: their clients in one process of the tests, on one fake Discord and one PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import postgres
from fakes.loopback import Discord, Fault, Question, fake_discord
from fakes.network import Network
from fakes.scene import LIFT, shelf

from bot.client import fleet, running
from bot.client.gateway import resuming
from bot.config import Settings
from bot.engine.pipeline import Engine
from bot.store import leases
from bot.store.address import Database
from bot.store.postgres import PostgresStore
from bot.store.values import Overrides

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"
LEASE = 1.5  # seconds


@pytest.fixture
def database() -> Iterator[Database]:
    with postgres.database() as made:
        yield made


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases that are short, and no wait for servers that do not come."""
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    monkeypatch.setattr(fleet, "HURRY", 0.1)
    monkeypatch.setattr(fleet, "PATIENCE", 1.0)
    monkeypatch.setattr(leases, "LEASE", LEASE)
    prepare = running.discord.state.ConnectionState.__init__

    def prepared(self: Any, **options: Any) -> None:
        prepare(self, **{**options, "guild_ready_timeout": 0.02})

    monkeypatch.setattr(running.discord.state.ConnectionState, "__init__", prepared)


class Bot:
    """A process of the bot, as a thread with an event loop of its own."""

    def __init__(self, engine: Engine, settings: Settings, database: Database) -> None:
        self._began = threading.Event()
        self.status: int | None = None
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(engine, settings, database),), daemon=True)
        self._thread.start()
        self._began.wait(10)

    async def _serve(self, engine: Engine, settings: Settings, database: Database) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._task = asyncio.current_task()
        self._began.set()
        store = PostgresStore(database, patience=2.0)
        try:
            self.status = await running._serve_among_others(shelf(engine), store, database, TOKEN, settings, self._stop)
        finally:
            await store.close()

    def stop(self) -> None:
        """As SIGTERM does."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        self.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


class Bots:
    def __init__(self, engine: Engine, settings: Settings, database: Database) -> None:
        self._engine, self._settings, self._database = engine, settings, database
        self.every: list[Bot] = []

    def start(self, database: Database | None = None, **changes: Any) -> Bot:
        self.every.append(Bot(self._engine, replace(self._settings, **changes), database or self._database))
        return self.every[-1]


@contextmanager
def bots(engine: Engine, settings: Settings, database: Database) -> Iterator[Bots]:
    made = Bots(engine, settings, database)
    with resuming():
        try:
            yield made
        finally:
            for bot in made.every:
                bot.stop()
            for bot in made.every:
                bot.join()


def answered(fake: Discord, *asked: Question) -> None:
    """Each was answered, and only once."""
    assert fake.until(lambda: all(map(fake.seen, asked)), 10)
    time.sleep(0.1)
    assert [len(fake.seen(q)) for q in asked] == [1] * len(asked)


def everywhere(fake: Discord) -> list[Question]:
    """A question in each server, in each of two ways."""
    channels = [guild + 1 for guild in fake.guilds]
    return [
        *fake.mention_all((LIFT, c, n) for n, c in enumerate(channels, 10)),
        *(fake.slash("ask", c, 30, question=LIFT) for c in channels),
    ]


def holders(database: Database) -> list[str | None]:
    import psycopg

    with psycopg.connect(database.url) as connection:
        return [row[0] for row in connection.execute("SELECT holder FROM shard ORDER BY shard_id")]


def each_holds(database: Database, number: int) -> Callable[[], bool]:
    def check() -> bool:
        held = holders(database)
        return None not in held and {held.count(holder) for holder in held} == {number}

    return check


def test_processes_share_the_shards_and_hand_them_over_and_every_question_is_answered_once(
    tiny: Engine, settings: Settings, database: Database
) -> None:
    with fake_discord(guilds=4, shards=4) as fake, bots(tiny, settings, database) as b:
        first = b.start()
        assert fake.until(fake.is_ready, 20)
        answered(fake, *everywhere(fake))
        b.start()
        asked: list[Question] = []
        while not each_holds(database, 2)():
            asked += everywhere(fake)
            time.sleep(0.05)
        answered(fake, *asked)
        assert fake.until(lambda: [fake.sessions(n) for n in range(4)] == [1] * 4)
        first.stop()
        asked = []
        while first.status is None:
            asked += everywhere(fake)
            time.sleep(0.05)
        assert first.status == 0
        answered(fake, *asked, *everywhere(fake))
        assert each_holds(database, 4)()
    assert len(fake.bodies("PUT", "/applications/*/commands")) == 1, "one of them sent the commands"
    assert fake.unheard == 0
