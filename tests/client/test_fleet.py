"""Several processes of one bot: their clients in one process of the tests, on one fake Discord and one PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import discord
import pytest
from fakes import postgres
from fakes.loopback import Discord, Question, fake_discord
from fakes.postgres import Wire, asked
from fakes.scene import LIFT, shelf

from bot.client import fleet, keeping, running
from bot.client.gateway import resuming
from bot.config import Settings
from bot.engine.pipeline import Engine
from bot.serve.health import ready
from bot.serve.measures import Measures
from bot.serve.shards import Shards
from bot.store import coordination, leases
from bot.store.address import Database
from bot.store.postgres import PostgresStore

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"
LEASE = 1.5  # seconds


@pytest.fixture
def database() -> Iterator[Database]:
    with postgres.schema() as made:
        yield made


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases that are short, and no wait for servers that do not come."""
    monkeypatch.setattr(fleet, "BEAT", 0.3)
    monkeypatch.setattr(fleet, "HURRY", 0.1)
    monkeypatch.setattr(fleet, "PATIENCE", 1.0)
    monkeypatch.setattr(leases, "PostgresLeases", partial(leases.PostgresLeases, lease=LEASE))
    prepare = discord.state.ConnectionState.__init__

    def prepared(self: Any, **options: Any) -> None:
        prepare(self, **{**options, "guild_ready_timeout": 0.02})

    monkeypatch.setattr(discord.state.ConnectionState, "__init__", prepared)


class Bot:
    """A process of the bot, as a thread with an event loop of its own."""

    def __init__(self, engine: Engine, settings: Settings, database: Database) -> None:
        self._began = threading.Event()
        self.status: int | None = None
        self.measures = Measures()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(engine, settings, database),), daemon=True)
        self._thread.start()
        assert self._began.wait(60)

    async def _serve(self, engine: Engine, settings: Settings, database: Database) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._task = asyncio.current_task()
        self._began.set()
        store, library = PostgresStore(database, patience=2.0), shelf(engine)
        try:
            self.status = await running._serve_among_others(library, store, database, TOKEN, settings, self.measures, self._stop)
        finally:
            await store.close()

    def stop(self) -> None:
        """As SIGTERM does."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)

    def join(self) -> None:
        self.stop()
        self._thread.join(60)
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
    with resuming(Shards()):
        try:
            yield made
        finally:
            for bot in made.every:
                bot.stop()
            for bot in made.every:
                bot.join()


def answered(fake: Discord, *questions: Question) -> None:
    """Each was answered, and only once."""
    assert fake.until(lambda: all(map(fake.seen, questions)), 60)
    time.sleep(0.1)
    assert [len(fake.seen(q)) for q in questions] == [1] * len(questions)


def everywhere(fake: Discord) -> list[Question]:
    """A question in each server, in each of two ways."""
    channels = [guild + 1 for guild in fake.guilds]
    return [
        *fake.mention_all((LIFT, c, n) for n, c in enumerate(channels, 10)),
        *(fake.slash("ask", c, 30, question=LIFT) for c in channels),
    ]


def holders(database: Database) -> list[str | None]:
    return [row[0] for row in asked(database, "SELECT holder FROM shard ORDER BY shard_id")]


def set_for(database: Database) -> list[int]:
    """The servers for which anything is set."""
    return [row[0] for row in asked(database, "SELECT guild_id FROM guild ORDER BY guild_id")]


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
        assert fake.until(fake.is_ready, 60)
        answered(fake, *everywhere(fake))
        b.start()
        heard: list[Question] = []
        while not each_holds(database, 2)():
            heard += everywhere(fake)
            time.sleep(0.05)
        answered(fake, *heard)
        assert fake.until(lambda: [fake.sessions(n) for n in range(4)] == [1] * 4)
        assert fake.until(lambda: not any(ready(bot.measures, stopping=False).reasons for bot in b.every))
        first.stop()
        heard = []
        while first.status is None:
            heard += everywhere(fake)
            time.sleep(0.05)
        assert first.status == 0
        answered(fake, *heard, *everywhere(fake))
        assert fake.until(each_holds(database, 4), 60)
    assert len(fake.bodies("PUT", "/applications/*/commands")) == 1, "one of them sent the commands"
    assert fake.unheard == 0


def test_where_the_database_is_down_for_all_nobody_leaves_and_every_question_is_answered(
    tiny: Engine, settings: Settings, database: Database, log: pytest.LogCaptureFixture
) -> None:
    with closing(Wire()) as wire, fake_discord(guilds=2, shards=2) as fake, bots(tiny, settings, wire.to(database)) as b:
        b.start()
        b.start()
        assert fake.until(lambda: fake.is_ready() and each_holds(database, 1)(), 60)
        answered(fake, *everywhere(fake))
        before = fake.identifies
        wire.cut()
        assert fake.until(lambda: log.text.count("no lease can be renewed, so 1 shards are held on") == 2)
        time.sleep(LEASE)
        answered(fake, *everywhere(fake))
        wire.is_cut = False
        assert fake.until(lambda: log.text.count("leases are renewed again") == 2)
        answered(fake, *everywhere(fake))
        assert each_holds(database, 1)()
        assert fake.identifies == before


def test_where_one_alone_is_cut_off_from_the_database_another_takes_over_and_no_answer_is_doubled(
    tiny: Engine, settings: Settings, database: Database, log: pytest.LogCaptureFixture
) -> None:
    with closing(Wire()) as wire, fake_discord(guilds=2, shards=2) as fake, bots(tiny, settings, database) as b:
        b.start(wire.to(database))
        b.start()
        assert fake.until(lambda: fake.is_ready() and each_holds(database, 1)(), 60)
        wire.cut()
        assert fake.until(each_holds(database, 2), 60)
        assert fake.until(lambda: fake.sessions(0) + fake.sessions(1) == 3), "the one that is cut off hears what it heard"
        answered(fake, *everywhere(fake))
        wire.is_cut = False
        assert fake.until(lambda: "is another process's now" in log.text)
        assert fake.until(lambda: each_holds(database, 1)() and fake.sessions(0) + fake.sessions(1) == 2, 60)
        answered(fake, *everywhere(fake))


def test_what_is_set_in_one_process_holds_in_all_and_where_nothing_can_be_heard_soon(
    tiny: Engine, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.client.settings.POLL", 0.2)

    def is_private() -> bool:
        question = fake.slash("ask", question=LIFT)
        assert fake.until(lambda: fake.seen(question))
        return bool(fake.bodies("POST", "/interactions/*/callback")[-1]["data"].get("flags", 0) & 64)

    def set_private(private: bool) -> None:
        async def change() -> None:
            store = PostgresStore(database)
            await store.change(fake.guilds[0], None, lambda old: replace(old, ephemeral=private))
            await store.close()

        asyncio.run(change())

    with closing(Wire()) as wire, fake_discord() as fake, bots(tiny, settings, wire.to(database)) as b:
        b.start()
        assert fake.until(fake.is_ready, 60)
        assert not is_private()
        set_private(True)
        assert fake.until(is_private)
        wire.cut()
        time.sleep(0.3)
        assert is_private(), "what was last known holds"
        set_private(False)
        assert is_private(), "it cannot know better"
        wire.is_cut = False
        assert fake.until(lambda: not is_private())


def test_servers_that_were_left_are_forgotten_by_whichever_process_has_their_shard_and_no_others_are(
    tiny: Engine, settings: Settings, database: Database
) -> None:
    with fake_discord(guilds=4, shards=4) as fake, bots(tiny, settings, database) as b:
        gone = [fake.guilds[-1] + (n << 22) for n in range(1, 5)]
        assert {fake.shard_of(guild) for guild in gone} == {0, 1, 2, 3}

        async def set_all() -> None:
            store = PostgresStore(database)
            for guild in (*fake.guilds, *gone):
                await store.change(guild, None, lambda old: replace(old, threads=True))
            await store.close()

        asyncio.run(set_all())
        for _ in range(2):
            b.start()
        assert fake.until(lambda: set_for(database) == fake.guilds, 60)
        time.sleep(0.5)
        assert set_for(database) == fake.guilds
        answered(fake, *everywhere(fake))


def test_two_with_the_same_shards_by_mistake_are_told_and_the_second_waits(
    tiny: Engine, settings: Settings, database: Database, log: pytest.LogCaptureFixture
) -> None:
    with fake_discord(guilds=2, shards=2) as fake, bots(tiny, replace(settings, shards=2, shard_ids=(0, 1)), database) as b:
        first = b.start()
        assert fake.until(fake.is_ready, 60)
        second = b.start()
        assert fake.until(lambda: "fixed for this process are another's, and it waits for them: 0, 1" in log.text)
        assert [fake.sessions(n) for n in (0, 1)] == [1, 1]
        standing_by = "it stands by: other processes have all shards"
        assert fake.until(lambda: ready(second.measures, stopping=False).remarks[:1] == (standing_by,))
        assert ready(second.measures, stopping=False).reasons == ()
        first.join()
        assert fake.until(lambda: fake.is_ready() and second.measures.shards.missing() == (), 60)
        assert not second.measures.shards.stands_by
        answered(fake, *everywhere(fake))


def test_all_together_identify_no_faster_than_discord_allows(
    tiny: Engine, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordination, "IDENTIFY_EVERY", 3.0)  # so much longer that no process is too late for its turn
    with fake_discord(guilds=4, shards=4, identify_every=0.4, max_concurrency=2) as fake, bots(tiny, settings, database) as b:
        for _ in range(3):
            b.start()
        assert fake.until(lambda: fake.is_ready() and None not in holders(database), 60)
        assert fake.too_soon == 0


@pytest.mark.parametrize(("status", "expected"), [(401, 3), (503, 0)])
def test_where_discord_refuses_the_token_every_process_ends_and_else_it_is_tried_again(
    tiny: Engine, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, status: int, expected: int
) -> None:
    monkeypatch.setattr(keeping, "FIRST_WAIT", 0.05)
    with fake_discord(login_status=status) as fake, bots(tiny, settings, database) as b:
        bot = b.start()
        if status == 503:
            assert fake.until(lambda: len(fake.requests) > 6, 60)
            bot.stop()
        assert fake.until(lambda: bot.status == expected, 60)


def test_whoever_has_only_a_proxy_to_the_outside_asks_discord_for_its_shards_through_it(
    tiny: Engine, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked_for.append(self.path)
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    monkeypatch.setattr(discord.http.Route, "BASE", "http://discord.invalid/api/v10")
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as proxy, bots(tiny, settings, database) as b:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        bot = b.start(proxy=f"http://127.0.0.1:{proxy.server_port}")
        until = time.monotonic() + 60
        while bot.status is None and time.monotonic() < until:
            time.sleep(0.05)
        proxy.shutdown()
        assert bot.status == 3
    assert asked_for == ["http://discord.invalid/api/v10/users/@me"]


def test_who_is_told_to_stop_ends_in_time_though_the_database_swallows_what_it_is_told(
    tiny: Engine, settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "PATIENCE", 2.0)
    brief = replace(settings, leave_within=4.0)
    with closing(Wire()) as wire, fake_discord() as fake, bots(tiny, brief, wire.to(database)) as b:
        bot = b.start()
        assert fake.until(fake.is_ready, 60)
        wire.is_silent = True
        time.sleep(0.5)
        bot.stop()
        assert fake.until(lambda: bot.status == 0, 6)
        wire.cut()
