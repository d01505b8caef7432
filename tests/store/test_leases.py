"""Shards by lease, turns, cooldowns and notifications, in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, closing, suppress

import psycopg
import pytest
from fakes import postgres
from fakes.postgres import Wire
from fakes.stores import run

from bot.store import coordination
from bot.store.address import Database
from bot.store.coordination import Beat
from bot.store.leases import PostgresCoordination, PostgresLeases
from bot.store.listening import Listener
from bot.store.postgres import CHANNEL, PostgresStore
from bot.store.values import Overrides, StoreFault

APPLICATION, NOTHING = 7, frozenset[int]()
LEASE = 1.5  # seconds, of those that are to end
ENDLESS, LONG = 3600.0, 60.0  # seconds


@pytest.fixture(scope="module")
def made() -> Iterator[Database]:
    """A database with its tables."""
    with postgres.schema() as database:
        run(PostgresStore(database).close())
        yield database


@pytest.fixture
def database(made: Database) -> Database:
    """The same, empty."""
    with psycopg.connect(made.url) as connection:
        connection.execute("TRUNCATE process, shard, identify_turn, cooldown CASCADE")
    return made


class Processes:
    """Processes of one application, by name. Where leases are not to end, nothing depends on how quickly signs of life follow each other."""

    def __init__(self, database: Database, stack: AsyncExitStack, lease: float) -> None:
        self._database, self._stack, self._lease = database, stack, lease
        self._leases: dict[str, PostgresLeases] = {}

    async def join(
        self,
        name: str,
        shards: int = 4,
        *,
        only: frozenset[int] | None = None,
        database: Database | None = None,
        is_set: bool = False,
    ) -> Beat:
        agreed = PostgresCoordination(database or self._database, patience=2.0 if database else LONG)
        self._stack.push_async_callback(agreed.close)
        self._leases[name] = PostgresLeases(agreed, APPLICATION, shards, only=only, is_set=is_set, lease=self._lease)
        return await self.beat(name)

    async def beat(self, name: str, *ready: int, is_leaving: bool = False) -> Beat:
        return await self._leases[name].beat(frozenset(ready), is_leaving=is_leaving)

    async def leave(self, name: str) -> None:
        await self._leases[name].leave()


def silence(wire: Wire) -> None:
    wire.is_silent = True


def mend(wire: Wire) -> None:
    """What stood is gone, and new connections are carried."""
    wire.cut()
    wire.is_cut = wire.is_silent = False


def play(database: Database, story: Callable[[Processes], Awaitable[None]], lease: float = ENDLESS) -> None:
    async def told() -> None:
        async with AsyncExitStack() as stack:
            await story(Processes(database, stack, lease))

    asyncio.run(told())


def test_a_process_alone_has_every_shard_and_one_that_joins_gets_its_share_once_it_is_connected(database: Database) -> None:
    async def story(p: Processes) -> None:
        assert await p.join("a") == Beat(4, frozenset(range(4)))
        assert await p.join("b") == Beat(4, has_heirs=True), "nothing is offered yet"
        assert (await p.beat("a")).held == frozenset(range(4))
        assert await p.beat("b") == Beat(4, NOTHING, frozenset({2, 3}), has_heirs=True)
        assert (await p.beat("a")).held == frozenset(range(4)), "it is connected until the other one is"
        assert (await p.beat("b", 3)).held == {3}
        assert (await p.beat("a")).held == {0, 1, 2}
        assert (await p.beat("b", 2, 3)).held == {2, 3}
        assert (await p.beat("a")).held == {0, 1}

    play(database, story)


def test_the_shards_of_a_dead_process_are_free_after_its_lease_and_not_before(database: Database) -> None:
    async def story(p: Processes) -> None:
        until = time.monotonic() + LEASE
        await p.join("a")
        await p.join("b")
        held = NOTHING
        while not held and time.monotonic() < until + LONG:
            await asyncio.sleep(0.05)
            held = (await p.beat("b")).held
            assert not held or time.monotonic() >= until
        assert held == frozenset(range(4))
        back = await p.beat("a")
        assert back.held | back.claimed == NOTHING, "it was paused, and its shards are another's now"

    play(database, story, LEASE)


def test_a_process_whose_sign_of_life_takes_longer_than_its_lease_does_not_take_itself_for_dead(database: Database) -> None:
    """As where many begin at once, and each waits for the others."""

    async def story(p: Processes) -> None:
        assert (await p.join("a")).held == frozenset(range(4))
        assert (await p.beat("a")).held == frozenset(range(4))

    play(database, story, lease=0.0)


def test_a_process_that_could_not_renew_its_lease_keeps_its_shards_as_long_as_nobody_took_them(database: Database) -> None:
    async def story(p: Processes) -> None:
        await p.join("a")
        await asyncio.sleep(LEASE + 0.1)
        assert (await p.beat("a")).held == frozenset(range(4))

    play(database, story, LEASE)


def test_one_that_leaves_holds_its_shards_until_others_are_connected(database: Database) -> None:
    async def story(p: Processes) -> None:
        await p.join("a")
        assert not (await p.beat("a", is_leaving=True)).has_heirs
        await p.join("b")
        assert (await p.beat("a", is_leaving=True)).has_heirs
        assert (await p.beat("b")).claimed == frozenset(range(4))
        assert (await p.beat("a", is_leaving=True)).held == frozenset(range(4))
        assert (await p.beat("b", 0, 1, 2)).claimed == {3}
        assert (await p.beat("a", is_leaving=True)).held == {3}
        await p.leave("a")
        assert (await p.beat("b")).claimed == {3}, "nobody holds it, and it is being connected for all the same"
        assert (await p.beat("b", 3)).held == frozenset(range(4))

    play(database, story)


def test_where_the_heir_dies_another_one_takes_over(database: Database) -> None:
    async def story(p: Processes) -> None:
        await p.join("a", 1)
        await p.join("b", 1)
        await p.beat("a", is_leaving=True)
        until = time.monotonic() + LEASE
        assert (await p.beat("b")).claimed == {0}
        claimed = (await p.join("c", 1)).claimed
        assert not claimed or time.monotonic() >= until
        while not claimed and time.monotonic() < until + LONG:
            await p.beat("a", is_leaving=True)
            claimed = (await p.beat("c")).claimed
            await asyncio.sleep(0.05)
        assert claimed == {0}

    play(database, story, LEASE)


def test_many_that_come_at_once_soon_have_equal_shares(database: Database) -> None:
    async def story(p: Processes) -> None:
        names = [str(n) for n in range(6)]
        beats = dict(zip(names, await asyncio.gather(*(p.join(name, 30) for name in names)), strict=True))
        for _ in range(8):
            ready = {name: beats[name].held | beats[name].claimed for name in names}
            beats = dict(zip(names, await asyncio.gather(*(p.beat(name, *ready[name]) for name in names)), strict=True))
        assert sorted(shard for beat in beats.values() for shard in beat.held) == list(range(30))
        assert sorted(len(beat.held) for beat in beats.values()) == [5] * 6

    play(database, story)


def test_shards_that_were_fixed_for_two_processes_by_mistake_are_the_first_one_s_and_the_second_waits(database: Database) -> None:
    async def story(p: Processes) -> None:
        both = frozenset({0, 1})
        assert (await p.join("a", only=both)).held == both
        second = await p.join("b", only=both)
        assert (second.held, second.claimed, second.awaited) == (NOTHING, NOTHING, both)
        await p.leave("a")
        assert (await p.beat("b")).held == both

    play(database, story)


def test_all_have_as_many_shards_as_the_first_until_it_is_gone(database: Database) -> None:
    async def story(p: Processes) -> None:
        await p.join("a", 2)
        assert (await p.join("b", 3)).shard_count == 2, "what Discord advises by now must wait"
        with pytest.raises(StoreFault, match=r"there are to be 3, but other processes have 2 of 2\. Fix: stop those first"):
            await p.join("c", 3, is_set=True)
        await p.leave("a")
        await p.leave("b")
        assert (await p.beat("c")).held == {0, 1, 2}

    play(database, story)


async def reached(p: Processes, name: str) -> Beat:
    """The first sign of life that the database answers: a call that began in the silence may still wait for it."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with suppress(StoreFault):
            return await p.beat(name)
        await asyncio.sleep(0.01)
    raise AssertionError("the database is not reached again")


@pytest.mark.parametrize(("break_it", "gives_up"), [(silence, False), (Wire.cut, False), (silence, True)])
def test_who_was_cut_off_from_the_database_loses_no_shard_where_all_were_and_declares_nobody_dead(
    made: Database, database: Database, break_it: Callable[[Wire], None], gives_up: bool
) -> None:
    fault, patience = (TimeoutError, 0.1) if gives_up else (StoreFault, None)  # before the store's own patience ends
    with closing(Wire()) as wire:
        away = wire.to(made)

        async def story(p: Processes) -> None:
            await p.join("a", database=away)
            await p.join("b", database=away)
            break_it(wire)
            for process in ("a", "b"):
                with pytest.raises(fault):
                    await asyncio.wait_for(p.beat(process), patience)
            wire.cut()  # of what waits for the database, nothing is done later
            await asyncio.sleep(LEASE)
            mend(wire)
            await asyncio.sleep(0.1)
            beat = await reached(p, "b")
            assert beat.held == NOTHING, "the lease of the other one is over, but nobody could renew any"
            assert len((await reached(p, "a")).held) == 4

        play(made, story, LEASE)


def test_who_alone_was_cut_off_finds_its_shards_taken_over(made: Database, database: Database) -> None:
    with closing(Wire()) as wire:

        async def story(p: Processes) -> None:
            await p.join("a", database=wire.to(made))
            await p.join("b")
            wire.cut()
            with pytest.raises(StoreFault):
                await p.beat("a")
            await asyncio.sleep(LEASE + 0.1)
            assert (await p.beat("b")).held == frozenset(range(4))
            mend(wire)
            assert (await p.beat("a")).held == NOTHING

        play(made, story, LEASE)


# Turns


def test_all_processes_together_identify_in_turn_by_bucket(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordination, "IDENTIFY_EVERY", 10.0)

    async def story() -> None:
        async with AsyncExitStack() as stack:
            agreed = [PostgresCoordination(database) for _ in range(3)]
            for one in agreed:
                stack.push_async_callback(one.close)
            waits = sorted(await asyncio.gather(*(one.turn(APPLICATION, 0) for one in agreed for _ in range(2))))
            assert [round(wait / 10) for wait in waits] == [0, 1, 2, 3, 4, 5]
            assert await agreed[0].turn(APPLICATION, 1) == 0
            assert await agreed[0].turn(APPLICATION + 1, 0) == 0
            with psycopg.connect(database.url) as connection:
                connection.execute("UPDATE identify_turn SET next_at = now() - interval '1 hour'")
            assert await agreed[0].turn(APPLICATION, 0) == 0, "turns that nobody took are over"

    asyncio.run(story())


def test_one_process_at_a_time_is_alone_at_something(database: Database) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            one, other = PostgresCoordination(database), PostgresCoordination(database)
            for agreed in (one, other):
                stack.push_async_callback(agreed.close)
            seen: list[str] = []

            async def enter(agreed: PostgresCoordination, name: str) -> None:
                async with agreed.alone(APPLICATION, "commands"):
                    seen.append(f"{name} in")
                    await asyncio.sleep(0.1)
                    seen.append(f"{name} out")

            async with one.alone(APPLICATION, "something else"):
                await asyncio.gather(enter(one, "one"), enter(other, "other"))
            assert sorted(seen[:2]) in (["one in", "one out"], ["other in", "other out"])
            assert len(seen) == 4

    asyncio.run(story())


def test_who_waits_too_long_to_be_alone_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.leases.ALONE_WITHIN", 0.1)

    async def story() -> None:
        agreed = PostgresCoordination(database)
        async with agreed.alone(APPLICATION, "commands"):
            with pytest.raises(StoreFault, match="has had another process at the commands for too long"):
                async with agreed.alone(APPLICATION, "commands"):
                    pass
        await agreed.close()

    asyncio.run(story())


def test_who_loses_the_database_while_it_waits_to_be_alone_is_told(database: Database) -> None:
    async def story() -> None:
        agreed = PostgresCoordination(database)

        async def wait() -> None:
            async with agreed.alone(APPLICATION, "commands"):
                pass

        async with agreed.alone(APPLICATION, "commands"):
            waiting = asyncio.create_task(wait())
            both = f"FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND {postgres.OTHERS}"
            while (await asyncio.to_thread(postgres.asked, database, f"SELECT count(*) {both}")) != [(2,)]:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(postgres.asked, database, f"SELECT pg_terminate_backend(pid) {both}")
            with pytest.raises(StoreFault, match="cannot be reached"):
                await waiting
        await agreed.close()

    asyncio.run(story())


# Cooldowns


def test_a_cooldown_holds_in_whichever_process_somebody_asks_and_a_question_never_waits_for_itself(database: Database) -> None:
    async def story() -> None:
        one, other = PostgresStore(database), PostgresStore(database)
        now = time.time()
        assert await one.cooldown(5, now, 10) == 0
        assert await other.cooldown(5, now, 10) == 0, "both hear it while a shard is handed over"
        assert await other.cooldown(5, now + 4, 10) == pytest.approx(6, abs=0.01)
        assert await other.cooldown(6, now + 4, 10) == 0
        assert await other.cooldown(5, now - 1, 10) == 10, "an older one arrives later"
        assert await other.cooldown(5, now + 10, 10) == 0
        assert await one.cooldown(5, now + 11, 10) == pytest.approx(9, abs=0.01)
        await one.forget(5)
        assert await one.cooldown(5, now + 12, 10) == pytest.approx(8, abs=0.01), "no way round the wait"
        for store in (one, other):
            await store.close()

    asyncio.run(story())


def test_who_asked_when_is_kept_no_longer_than_the_cooldown_and_names_nobody(database: Database) -> None:
    def rows() -> list[tuple[bytes, float]]:
        with psycopg.connect(database.url) as connection:
            return connection.execute("SELECT asker, at FROM cooldown").fetchall()

    async def story() -> None:
        store = PostgresStore(database)
        await store.cooldown(5, time.time() - 10_000, 10)
        [(asker, _)] = rows()
        assert len(asker) == 16
        assert (5).to_bytes(8, "big") not in asker
        await store.cooldown(6, time.time(), 10)
        [(other, _)] = rows()
        assert other != asker
        await store.close()

    asyncio.run(story())


def test_nobody_s_cooldown_waits_for_what_another_process_does_about_somebody_else_s(database: Database) -> None:
    async def story() -> None:
        store = PostgresStore(database, patience=LONG)
        await store.cooldown(5, 1000.0, 10)
        with psycopg.connect(database.url) as other:
            other.execute("DELETE FROM cooldown")  # which is not yet done
            assert await store.cooldown(6, 2000.0, 10) == 0
        await store.close()

    asyncio.run(story())


# Notifications


def test_a_change_is_heard_at_once_and_so_is_that_nothing_can_be_heard(made: Database) -> None:
    guild = 987_654_321  # no other test's: who listens hears all of the database, whichever its schema
    heard: list[str] = []
    hears: list[bool] = []

    def until(happened: Callable[[], bool]) -> bool:
        end = time.monotonic() + 10
        while not happened() and time.monotonic() < end:
            time.sleep(0.01)
        return happened()

    def hear(_channel: str, told: str) -> None:
        if told == str(guild):
            heard.append(told)

    with closing(Wire()) as wire:
        listener = Listener(wire.to(made), (CHANNEL,), hear, hears.append, look_every=0.3)
        store = PostgresStore(made)
        assert until(lambda: hears == [True])
        run(store.change(guild, None, lambda _: Overrides(listen=True)))
        assert until(lambda: len(heard) == 1)
        wire.is_silent = True
        assert until(lambda: hears[:2] == [True, False])
        mend(wire)
        assert until(lambda: hears[-1])
        run(store.forget_guild(guild))
        assert until(lambda: len(heard) == 2)
        run(store.close())
        listener.close()
