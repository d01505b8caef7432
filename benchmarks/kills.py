"""What is lost where the process that writes to the store is killed (SIGKILL) at any moment, as a Markdown table.

A process opens the store and writes, one call after the other, and tells each that returned. It is killed after a while of chance,
also while it still makes the tables; then another one opens the store and looks. It must find what the calls that returned have made
of it, or that and the one call more that was under way: less is lost, anything else is damage.

    python benchmarks/kills.py [--kills N] [--seed N] [--database URL]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import secrets
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.store.address import Database, State
from bot.store.opening import open_store
from bot.store.values import STORE_FILE, Overrides, Store, StoreFault

SERVER = "postgresql://postgres@127.0.0.1:5432/test"
GUILD, USERS, REPLIES = 10, range(8), range(400)
AFRESH = 20  # kills after which the store is begun anew
EARLY = 0.2  # of the kills, the share that does not wait for a call to return
LONGEST = 0.2  # seconds until a kill, from the beginning or from the first call on
HEAD = "| store | kills | of these before the first call returned | calls that returned | lost | damaged |\n|---|--:|--:|--:|--:|--:|"

Call = tuple[str, int, int]  # what, and of which reply and user


@dataclass
class Kept:
    """What a store should hold."""

    askers: dict[int, int] = field(default_factory=dict)
    changes: int = 0

    def after(self, call: Call) -> Kept:
        what, reply, user = call
        if what == "change":
            return replace(self, changes=self.changes + 1)
        others = {r: u for r, u in self.askers.items() if (r != reply if what == "note" else u != user)}
        return replace(self, askers=others | ({reply: user} if what == "note" else {}))


@dataclass
class Tally:
    kills: int = 0
    early: int = 0
    returned: int = 0
    lost: int = 0
    damaged: int = 0


def calls(seed: int) -> Iterator[Call]:
    chance = random.Random(seed)
    while True:
        what = chance.choices(("note", "change", "forget"), (8, 3, 1))[0]
        yield what, chance.choice(REPLIES), chance.choice(USERS)


async def do(store: Store, call: Call) -> None:
    what, reply, user = call
    if what == "note":
        await store.note(reply, user, GUILD)
    elif what == "change":
        await store.change(GUILD, None, lambda old: Overrides(cooldown=(old.cooldown or 0) + 1))
    else:
        await store.forget(user)


async def write(state: State, seed: int, told: int) -> None:
    """Call until killed."""
    store = open_store(state)
    for call in calls(seed):
        await do(store, call)
        os.write(told, b".")


def killed(state: State, seed: int) -> int:
    """How many calls of a process returned before it was killed."""
    reading, writing = os.pipe()
    process = os.fork()  # quicker than a new interpreter; no thread runs here
    if not process:
        try:
            asyncio.run(write(state, seed, writing))
        finally:
            os._exit(1)
    os.close(writing)
    chance = random.Random(seed)
    with open(reading, "rb", buffering=0) as told:
        returned = 0 if chance.random() < EARLY else len(told.read(1))
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return returned + len(told.read())


def found(state: State) -> Kept:
    """What another process finds."""

    async def look(store: Store) -> Kept:
        kept = {k.reply_id: user for user in USERS for k in await store.kept_of(user)}
        changes = int((await store.settings(GUILD)).own.cooldown or 0)
        await store.close()
        return Kept(kept, changes)

    return asyncio.run(look(open_store(state, begin_anew=False)))


def settled(state: State) -> None:
    """Wait until the server has seen that the process is gone."""
    if isinstance(state, Path):
        return
    from bot.store.postgres import connect

    others = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = current_setting('application_name') AND pid != pg_backend_pid()"
    )
    with connect(state, autocommit=True) as connection:
        while connection.execute(others.encode()).fetchone():
            time.sleep(0.01)


def judged(tally: Tally, kept: Kept, state: State, seed: int) -> Kept:
    """Kill once, and count what came of it. Returns what is kept now."""
    returned = killed(state, seed)
    settled(state)
    tally.kills += 1
    tally.early += not returned
    tally.returned += returned
    coming = calls(seed)
    for _ in range(returned):
        kept = kept.after(next(coming))
    try:
        now = found(state)
    except StoreFault:
        tally.damaged += 1
        return kept
    if now not in (kept, kept.after(next(coming))):
        tally.lost += 1
    return now


@contextmanager
def files() -> Iterator[Iterator[State]]:
    with tempfile.TemporaryDirectory() as folder:
        yield (Path(folder, str(n)) for n in iter(lambda: secrets.randbits(60), None))


@contextmanager
def schemas(server: str) -> Iterator[Iterator[State]]:
    from bot.store.postgres import connect

    made: list[str] = []

    def fresh() -> Iterator[State]:
        while True:
            made.append(f"kills_{secrets.token_hex(6)}")
            yield Database(f"{server}?application_name={made[-1]}&options=-csearch_path%3D{made[-1]}")

    try:
        yield fresh()
    finally:
        with connect(Database(server), patience=60, autocommit=True) as connection:
            connection.execute("SET client_min_messages = warning")
            for name in made:
                connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE".encode())


def run(states: Iterator[State], kills: int, seed: int) -> Tally:
    tally, kept, state = Tally(), Kept(), next(states)
    for n in range(kills):
        if n % AFRESH == 0:
            kept, state = Kept(), next(states)
        kept = judged(tally, kept, state, seed + n)
        if isinstance(state, Path) and sorted(
            {p.name for p in state.iterdir()} - {STORE_FILE + end for end in ("", "-wal", "-shm")}
        ):
            tally.damaged += 1  # set aside
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=100, help="how often each store is killed (100)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and the calls (1)")
    parser.add_argument("--database", default=SERVER, help=f"a PostgreSQL server's URL without options ({SERVER})")
    options = parser.parse_args()
    print(HEAD)
    for name, place in (("SQLite", files()), ("PostgreSQL", schemas(options.database))):
        with place as states:
            t = run(states, options.kills, options.seed)
        print(f"| {name} | {t.kills:,} | {t.early:,} | {t.returned:,} | {t.lost:,} | {t.damaged:,} |", flush=True)


if __name__ == "__main__":
    main()
