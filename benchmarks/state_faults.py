"""What becomes of questions and of what was confirmed while something goes wrong with the state, as a Markdown table.

The real bot, with the tests' small pack, against the fake Discord of tests/fakes/loopback.py, its state in SQLite or in the PostgreSQL on
this machine. Before, during and after each fault questions are asked, by mention and by command, and settings changed. In the end another
process looks. Lost: the asker saw nothing. Double: the asker saw more than one answer. Confirmed: settings that the bot showed as set. Noted: whose
question each answer answers, which waits in memory where it cannot be written. Of both, lost is what the state does not know at the end.
What is lost by design has its reason in the table.

    python benchmarks/state_faults.py [--times N] [--only PART]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import discord  # noqa: E402, TID251
import yarl  # noqa: E402
from conftest import write_pack  # noqa: E402
from fakes import postgres  # noqa: E402
from fakes.faults import ASKED, TOKEN, hurried  # noqa: E402
from fakes.loopback import SLASH, Discord, Question, fake_discord  # noqa: E402
from fakes.postgres import Wire, asked  # noqa: E402
from fakes.scene import shelf  # noqa: E402

from bot.client import fleet, opening, running  # noqa: E402
from bot.client.gateway import resuming  # noqa: E402
from bot.config import ENV_TOKEN, Settings  # noqa: E402
from bot.engine.build import build  # noqa: E402
from bot.engine.pipeline import Engine  # noqa: E402
from bot.say.languages import FALLBACK, wording  # noqa: E402
from bot.serve.measures import Measures  # noqa: E402
from bot.serve.shards import Shards  # noqa: E402
from bot.store import leases  # noqa: E402
from bot.store.address import Database, State  # noqa: E402
from bot.store.opening import open_store  # noqa: E402
from bot.store.postgres import PostgresStore  # noqa: E402
from bot.store.sqlite import SqliteStore  # noqa: E402
from bot.store.values import DAY, STORE_FILE, Store, StoreFault  # noqa: E402

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
SERVERS = 64  # each has its settings changed once
LEASE, BEAT = 1.5, 0.3  # seconds
THINKING = 0.6  # seconds of an answer in the middle of which a process is killed
SETTLE = 10.0  # seconds to wait for answers
RECOVER = 20.0  # seconds for the bot to come back, or what is unwritten to be written
HEAD = (
    "| fault | state | injected | asked | lost | double | confirmed | of these lost | noted | of these lost | what holds, and what is lost |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)


@dataclass
class Outcome:
    """What became of a scenario: how often the fault came, the questions, what was confirmed, and what was noted."""

    injected: int = 0
    asked: int = 0
    lost: int = 0
    double: int = 0
    confirmed: int = 0
    forgotten: int = 0
    noted: int = 0
    unknown: int = 0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Scenario:
    """A fault of the state. `lost` is how many questions it makes lost, `forgotten` whether what was confirmed may be lost too, and `unnoted` whether
    what was noted may; `promised` says what holds, and why something is lost. `thinking` is how many seconds an answer takes."""

    name: str
    state: str
    story: Callable[[Stage], None]
    promised: str
    lost: int = 0
    forgotten: bool = False
    unnoted: bool = False
    thinking: float = 0.0


class Bot:
    """A process of the bot, as a thread with an event loop of its own."""

    def __init__(self, stage: Stage, state: State, opened: Callable[[State], Store], settings: Settings) -> None:
        self._stage, self._state, self._open, self._settings = stage, state, opened, settings
        self._began, self.failed = threading.Event(), ""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            store = self._open(self._state)
        except StoreFault as fault:  # what `verbatim run` prints before it ends with status 2
            self.failed = str(fault)
            return
        asyncio.run(self._serve(store))

    async def _serve(self, store: Store) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._began.set()
        try:
            if isinstance(self._state, Database):
                await running._serve_among_others(
                    shelf(self._stage.engine), store, self._state, TOKEN, self._settings, Measures(), self._stop
                )
            else:
                await running._serve_alone(shelf(self._stage.engine), store, TOKEN, self._settings, Measures(), self._stop)
        finally:
            with suppress(StoreFault):
                await store.close()

    def stop(self) -> None:
        """As SIGTERM does; waits for the end."""
        if self._began.wait(0 if self.failed else SETTLE):
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(RECOVER)


class Stage:
    """What a story acts on: the fake, the state, ways to ask and to have something confirmed."""

    def __init__(self, fake: Discord, engine: Engine, pack: Path, state: State, thinking: float) -> None:
        self.fake, self.engine, self.pack, self.state, self.thinking = fake, engine, pack, state, thinking
        self.wire: Wire | None = None
        self.injected = 0
        self.questions: list[Question] = []
        self.confirmed: dict[int, float] = {}  # the cooldown that a server was shown to have
        self.until_restart: set[int] = set()  # of these, the servers in which it was said that a restart ends it
        self.bots: list[Bot] = []
        self.opened: list[Store] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self._askers = 1000
        self._servers = iter(fake.guilds[2:])

    @property
    def file(self) -> Path:
        assert isinstance(self.state, Path)
        return self.state / STORE_FILE

    def start(self, state: State | None = None, opened: Callable[[State], Store] = opening.open_store, **changes: Any) -> Bot:
        """A bot, connected where its state lets it."""
        before = self.fake.identifies
        settings = Settings(pack=self.pack, state=self.state, shards=self.fake.shards, **changes)
        self.bots.append(Bot(self, state or self.state, opened, settings))
        is_there = lambda: self.bots[-1].failed or (self.fake.identifies > before and self.fake.is_ready())  # noqa: E731
        assert changes or self.fake.until(is_there, RECOVER), "the bot is not ready"
        return self.bots[-1]

    def spawn(self) -> subprocess.Popen[bytes]:
        """A bot in a process of its own, connected."""
        before = self.fake.identifies
        state = self.state.url if isinstance(self.state, Database) else str(self.state)
        arguments = ["--serve", str(self.fake.port), str(self.pack), state, str(self.thinking)]
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
        self.processes.append(subprocess.Popen([sys.executable, str(Path(__file__).resolve()), *arguments], env=environ))
        assert self.fake.until(lambda: self.fake.identifies > before and self.fake.is_ready(), 3 * RECOVER), "it is not ready"
        return self.processes[-1]

    def ask(self) -> list[Question]:
        """A question by mention and one by command, each by somebody else and in another server."""
        self._askers += 2
        one, other = (guild + 1 for guild in self.fake.guilds[:2])
        these = [self.fake.mention(ASKED, one, self._askers), self.fake.slash("ask", other, self._askers + 1, question=ASKED)]
        self.questions += these
        return these

    def change(self) -> bool:
        """Have the cooldown of a server set that has none; whether the bot says so."""
        server = next(self._servers)
        seconds = 1 + self.fake.guilds.index(server) % 60
        options = [{"name": "seconds", "type": 4, "value": seconds}, {"name": "whole_server", "type": 5, "value": True}]
        data = {"id": "9", "name": "verbatim", "type": 1, "options": [{"name": "cooldown", "type": 1, "options": options}]}
        [question] = self.fake._interact(SLASH, [(server + 1, 7, data)])
        self.fake.until(lambda: self.fake.seen(question), SETTLE)
        if (shown := self.fake.seen(question)) and wording(FALLBACK).not_stored not in shown:
            self.confirmed[server] = seconds
            if any(wording(FALLBACK).until_restart in text for text in shown):
                self.until_restart.add(server)
        return server in self.confirmed

    def use(self) -> None:
        """Ask and change, and wait for the answers."""
        these = self.ask()
        self.change()
        self.fake.until(lambda: all(map(self.fake.seen, these)), SETTLE)

    def end(self) -> None:
        for bot in self.bots:
            bot.stop()
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                process.wait(RECOVER)

    def outcome(self) -> Outcome:
        """What was seen, and what the state knows in the end."""
        seen = [len(self.fake.seen(q)) for q in self.questions]
        replies = {m: q.asker for q in self.questions for m, _ in self.fake.custom_ids(q)}
        settings, askers = asyncio.run(self._known(replies))
        lost, double = sum(n == 0 for n in seen), sum(n > 1 for n in seen)
        return Outcome(
            *(self.injected, len(seen), lost, double),
            *(len(self.confirmed), len(self.confirmed) - settings),
            *(len(replies), len(replies) - askers),
        )

    async def _known(self, replies: dict[int, int]) -> tuple[int, int]:
        """How much of what was confirmed and noted another process finds."""
        try:
            store = open_store(self.state, begin_anew=False)
        except StoreFault:
            return 0, 0
        settings = [(await store.settings(server)).own.cooldown == seconds for server, seconds in self.confirmed.items()]
        askers = [await store.is_asker(reply, asker) for reply, asker in replies.items()]
        await store.close()
        return sum(settings), sum(map(bool, askers))


def during(break_it: Callable[[Stage], None], mend_it: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Use before the fault, while it lasts, and after it; then a while for what is unwritten."""

    def story(s: Stage) -> None:
        s.use()
        break_it(s)
        s.injected += 1
        s.use()
        s.use()
        mend_it(s)
        until = time.monotonic() + RECOVER
        while not s.change():
            assert time.monotonic() < until, "nothing can be set after the fault"
            time.sleep(0.5)
        s.use()
        s.use()
        time.sleep(0.5)

    return story


# In SQLite


class _Hindered(sqlite3.Connection):
    """A connection that a story can hinder from another thread."""

    made: list[_Hindered] = []  # noqa: RUF012

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "check_same_thread": False})
        self.made.append(self)


def pragma(statement: str) -> Callable[[Stage], None]:
    def act(_: Stage) -> None:
        _Hindered.made[-1].execute(statement)

    return act


def fill(s: Stage) -> None:
    """The file may not grow, and what is free in it is used up."""
    pragma("PRAGMA max_page_count = 1")(s)  # which SQLite takes for as many as there are

    async def write() -> None:
        store, count = s.opened[-1], itertools.count(1)
        with suppress(StoreFault):
            while True:
                await store.note(next(count), 1, None)
        with suppress(StoreFault):
            while True:
                await store.change(next(count), None, lambda old: replace(old, listen=True))

    asyncio.run(write())


def hindered(story: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def played(s: Stage) -> None:
        def opened(state: State) -> Store:
            s.opened.append(open_store(state))
            return s.opened[-1]

        with patch.object(sqlite3, "connect", partial(sqlite3.connect, factory=_Hindered)):
            s.start(opened=opened)
        story(s)

    return played


def held(s: Stage) -> None:
    """Another program writes for a while."""
    s.start()
    with closing(sqlite3.connect(s.file, isolation_level=None)) as other:
        during(lambda _: void(other.execute("BEGIN IMMEDIATE")), lambda _: void(other.execute("ROLLBACK")))(s)


def void(_: object) -> None: ...


def not_to_be_opened(s: Stage) -> None:
    """At the start the folder cannot be made."""
    assert isinstance(s.state, Path)
    s.state.write_text("a file in its place", encoding="utf-8")
    s.injected = 1
    s.start()
    s.use()
    s.use()
    assert s.until_restart == s.confirmed.keys(), "a confirmation promises what does not hold"


def spoil(file: Path) -> None:
    """Noise over what is kept, from the second page on; nothing of it is in the log of what was written last, which would mend it."""
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = file.read_bytes()
    with file.open("r+b") as written:
        written.seek(4096)
        written.write(b"\xa5" * (len(data) - 4096))


def damaged_while_off(s: Stage) -> None:
    s.start()
    s.use()
    s.bots.pop().stop()
    spoil(s.file)
    s.injected = 1
    s.start()
    s.use()
    s.use()
    assert list(s.file.parent.glob("*.damaged-*")), "the damaged file is not kept aside"


def damaged_while_it_runs(s: Stage) -> None:
    s.start()
    s.use()
    spoil(s.file)
    s.injected = 1
    s.use()
    s.use()
    s.bots.pop().stop()
    s.start()
    s.use()


def newer(s: Stage) -> None:
    """A later version was here; then it is back."""
    s.start()
    s.use()
    s.bots.pop().stop()
    revision = _revision(s, "UPDATE alembic_version SET version_num = '9999'")
    s.injected = 1
    bot = s.start()
    before = set(s.confirmed)
    if not bot.failed:  # in a folder the bot goes on without it
        s.use()
    assert s.until_restart == s.confirmed.keys() - before, "a confirmation promises what does not hold"
    s.bots.pop().stop()
    _revision(s, f"UPDATE alembic_version SET version_num = '{revision}'")
    s.start()
    s.use()


def _revision(s: Stage, statement: str) -> str:
    """What the schema's revision is before it is set."""
    read = "SELECT version_num FROM alembic_version"
    if isinstance(s.state, Database):
        found = str(asked(s.state, read)[0][0])
        asked(s.state, statement)
        return found
    with closing(sqlite3.connect(s.file, isolation_level=None)) as file:
        found = str(file.execute(read).fetchone()[0])
        file.execute(statement)
    return found


# In both


def clock_jumps(s: Stage) -> None:
    """Sixty days forward, and back."""
    ahead = [0.0]

    def clock() -> float:
        return time.time() + ahead[0]

    def opened(state: State) -> Store:
        if isinstance(state, Database):
            return PostgresStore(state, clock)
        return SqliteStore(state / STORE_FILE, clock)

    s.start(opened=opened)
    during(lambda _: ahead.__setitem__(0, 60 * DAY), lambda _: ahead.__setitem__(0, 0.0))(s)


def killed(s: Stage) -> None:
    """SIGKILL in the middle of an answer, three times."""
    for _ in range(3):
        process = s.spawn()
        s.use()
        s.ask()
        time.sleep(s.thinking / 2)
        process.kill()
        process.wait()
        s.injected += 1
    s.spawn()
    s.use()


def twice_the_same_shards(s: Stage) -> None:
    """Two bots with the same shards, fixed by hand where there are leases."""
    by_hand = {"shard_ids": tuple(range(s.fake.shards))} if isinstance(s.state, Database) else {"log_level": "error"}
    s.start(**by_hand)
    assert s.fake.until(s.fake.is_ready, RECOVER), "the bot is not ready"
    s.use()
    s.start(**by_hand)
    s.injected = 1
    time.sleep(3 * BEAT)
    if not isinstance(s.state, Database):
        assert s.fake.until(lambda: s.fake.sessions() == 2, RECOVER), "the second is not ready"
    for _ in range(3):
        s.use()


# In PostgreSQL


def wired(story: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def played(s: Stage) -> None:
        assert isinstance(s.state, Database)
        with closing(Wire()) as s.wire:
            s.start(s.wire.to(s.state))
            try:
                story(s)
            finally:
                s.wire.is_cut = s.wire.is_silent = False
                s.end()
                s.bots.clear()

    return played


def cut(s: Stage) -> None:
    assert s.wire is not None
    s.wire.cut()


def silence(s: Stage) -> None:
    assert s.wire is not None
    s.wire.is_silent = True


def mend(s: Stage) -> None:
    assert s.wire is not None
    if s.wire.is_silent:
        s.wire.cut()  # what was swallowed does not come any more
    s.wire.is_cut = s.wire.is_silent = False


def one_cut_off(s: Stage) -> None:
    """One of two processes alone cannot reach the database; the other one takes its shards over."""
    assert isinstance(s.state, Database)
    with closing(Wire()) as wire:
        s.start(wire.to(s.state))
        s.start(log_level="error")
        assert s.fake.until(lambda: len(holders(s.state)) == 2, RECOVER), "they do not share the shards"
        s.use()
        wire.cut()
        s.injected = 1
        s.use()
        assert s.fake.until(lambda: len(holders(s.state)) == 1, RECOVER), "nobody takes over"
        s.use()
        wire.is_cut = False
        assert s.fake.until(lambda: len(holders(s.state)) == 2, RECOVER), "it does not come back"
        s.use()
        time.sleep(1.0)
        s.end()
        s.bots.clear()


def holders(state: State) -> set[str]:
    assert isinstance(state, Database)
    return {row[0] for row in asked(state, "SELECT holder FROM shard") if row[0] is not None}


def refusing(condition: str) -> tuple[Callable[[Stage], None], Callable[[Stage], None]]:
    """Every statement that writes fails as the server has it, or does not any more."""
    tables = ("guild", "channel", "answer", "process", "shard", "cooldown", "identify_turn")

    def break_it(s: Stage) -> None:
        assert isinstance(s.state, Database)
        raising = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{condition}', MESSAGE = 'as it is'; END"
        asked(s.state, f"CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $${raising}$$")
        for table in tables:
            asked(s.state, f"CREATE TRIGGER refused BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION refused()")

    def mend_it(s: Stage) -> None:
        assert isinstance(s.state, Database)
        asked(s.state, "DROP FUNCTION refused CASCADE")

    return break_it, mend_it


def started(story: Callable[[Stage], None]) -> Callable[[Stage], None]:
    def played(s: Stage) -> None:
        s.start()
        story(s)

    return played


IN_MEMORY = "answers go on; notes wait in memory, lost where the process ends first; a change is refused, and said"
MIDDLE = "what was confirmed stays; of the questions in the middle of whose answers it was killed, those not sent yet are lost"
SCENARIOS: tuple[Scenario, ...] = (
    Scenario("disk full", SQLITE, hindered(during(fill, pragma("PRAGMA max_page_count = 100000"))), IN_MEMORY),
    Scenario("disk full", POSTGRESQL, started(during(*refusing("53100"))), IN_MEMORY),
    Scenario("read-only while it runs", SQLITE, hindered(during(pragma("PRAGMA query_only = 1"), pragma("PRAGMA query_only = 0"))), IN_MEMORY),
    Scenario("read-only while it runs", POSTGRESQL, started(during(*refusing("25006"))), IN_MEMORY),
    Scenario("cannot be written at the start", SQLITE, not_to_be_opened, "answers go on; the log, each confirmation and `/verbatim status` say that nothing outlives the restart", forgotten=True, unnoted=True),
    Scenario("corrupted while off", SQLITE, damaged_while_off, "kept aside, begun anew, and said; what was in it is lost", forgotten=True, unnoted=True),
    Scenario("corrupted while it runs, restarted", SQLITE, damaged_while_it_runs, "answers go on; at the restart as above", forgotten=True, unnoted=True),
    Scenario("newer schema", SQLITE, newer, "left as it is; the bot goes on without it, so that what was set meanwhile is lost, as the log, each confirmation and `/verbatim status` say", forgotten=True, unnoted=True),
    Scenario("newer schema", POSTGRESQL, newer, "left as it is; the bot ends with status 2 and says so"),
    Scenario("held by another program and let go", SQLITE, held, IN_MEMORY),
    Scenario("database gone and back", POSTGRESQL, wired(during(cut, mend)), IN_MEMORY),
    Scenario("network swallows everything", POSTGRESQL, wired(during(silence, mend)), IN_MEMORY),
    Scenario("one of two processes cut off", POSTGRESQL, one_cut_off, "another one takes its shards over; meanwhile both hear, and one answers; notes that wait in it are lost where it ends before its next one", unnoted=True),
    *(Scenario("clock 60 days ahead, and back", state, clock_jumps, "nothing is deleted by a clock that jumps") for state in (SQLITE, POSTGRESQL)),
    *(Scenario("kill -9 in the middle of an answer", state, killed, MIDDLE, lost=6, thinking=THINKING) for state in (SQLITE, POSTGRESQL)),
    Scenario("two processes with the same shards", SQLITE, twice_the_same_shards, "both hear all; Discord's nonce, and that it takes one response, leave one answer"),
    Scenario("two processes with the same shards", POSTGRESQL, twice_the_same_shards, "the second waits, and says so"),
)  # fmt: skip


@contextmanager
def place(kind: str, folder: Path) -> Iterator[State]:
    """A state of a kind that nobody has used."""
    if kind == SQLITE:
        yield folder / "state"
        return
    with postgres.schema() as database:
        asyncio.run(PostgresStore(database).close())  # its tables are there now
        yield database


@contextmanager
def soon() -> Iterator[None]:
    """Leases that are short."""
    with (
        patch.object(leases, "PostgresLeases", partial(leases.PostgresLeases, lease=LEASE)),
        patch.object(fleet, "BEAT", BEAT),
    ):
        yield


def play(scenario: Scenario, engine: Engine, pack: Path) -> Outcome:
    """Run a scenario on the engine of the small pack, whose folder is `pack`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        state = stack.enter_context(place(scenario.state, folder))
        stack.enter_context(hurried())
        stack.enter_context(soon())
        stack.enter_context(resuming(Shards()))
        shards = 2 if scenario.story is one_cut_off else 1
        fake = stack.enter_context(fake_discord(guilds=SERVERS, shards=shards))
        fake.starts = 10**9
        stage = Stage(fake, engine, pack, state, scenario.thinking)
        try:
            scenario.story(stage)
        finally:
            stage.end()
        return stage.outcome()


def row(scenario: Scenario, outcome: Outcome) -> str:
    numbers = (getattr(outcome, name) for name in Outcome.__dataclass_fields__)
    return f"| {scenario.name} | {scenario.state} | {' | '.join(f'{n:,}' for n in numbers)} | {scenario.promised} |"


def serve(port: str, pack: str, state: str, thinking: str) -> int:
    """The bot in a process of its own."""
    discord.http.Route.BASE = f"http://127.0.0.1:{port}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws://127.0.0.1:{port}/gateway")
    place = Database(state) if state.startswith("postgresql://") else Path(state)
    settings = Settings(pack=Path(pack), state=place, reader=False, log_level="error", watch=False, shards=1)
    with hurried(float(thinking)), soon():
        return running.run(settings, settings.pack, {ENV_TOKEN: TOKEN})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=1, help="how often each scenario is run (1)")
    parser.add_argument("--only", default="", help="scenarios whose names contain this")
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve(*options.serve)
    logging.disable(logging.CRITICAL)
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        pack = write_pack(Path(folder), {})
        engine = build(pack, reader=False)
        engine.warm()
        for scenario in SCENARIOS:
            if options.only in scenario.name:
                began = time.monotonic()
                outcome = sum((play(scenario, engine, pack) for _ in range(options.times)), Outcome())
                print(row(scenario, outcome), flush=True)
                print(f"{scenario.name}, {scenario.state}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
