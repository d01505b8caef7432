"""What every store must do, in memory, in a file or in a database."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import Clock
from fakes.postgres import emptied
from fakes.stores import ADA, BOB, CHANNEL, GUILD, LONG, OTHER_GUILD, REPLY, asker_of, askers, listening, no_change, run
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import memory, sql
from bot.store.address import Database
from bot.store.memory import MemoryStore
from bot.store.postgres import PostgresStore
from bot.store.sql import SqlStore
from bot.store.sqlite import SqliteStore
from bot.store.values import DAY, KEEP, MAX_COOLDOWN, GuildSettings, Kept, Overrides, Share, Store, StoreFault


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made: Store = MemoryStore(clock, time_of_day=clock)
    if request.param == "sqlite":
        made = SqliteStore(tmp_path / "verbatim.sqlite3", clock, steady=clock, patience=LONG)
    elif request.param == "postgres":
        database = request.getfixturevalue("database")
        emptied(database)
        made = PostgresStore(database, clock, steady=clock, patience=LONG)
    yield made
    run(made.close())


# Settings


def test_at_first_nothing_is_set(store: Store) -> None:
    assert run(store.settings(GUILD)) == GuildSettings()


def test_settings_are_kept_by_server_and_channel(store: Store) -> None:
    everything = Overrides(True, False, "other-article", 2.5, True, True)
    assert run(store.change(GUILD, None, lambda _: everything)) == everything
    assert run(store.change(GUILD, CHANNEL, listening)) == Overrides(listen=True)
    assert run(store.settings(GUILD)) == GuildSettings(everything, {CHANNEL: Overrides(listen=True)})
    assert run(store.settings(OTHER_GUILD)) == GuildSettings()


def test_a_change_keeps_what_it_does_not_touch(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    run(store.change(GUILD, None, listening))
    run(store.change(GUILD, CHANNEL, lambda old: replace(old, cooldown=7)))
    run(store.change(GUILD, CHANNEL, lambda old: replace(old, threads=False)))
    run(store.change(GUILD, None, lambda old: replace(old, ephemeral=False)))
    run(store.change(GUILD, None, lambda old: replace(old, threads=True)))
    assert run(store.settings(GUILD)) == GuildSettings(
        Overrides(listen=True, ephemeral=False, threads=True), {CHANNEL: Overrides(listen=True, cooldown=7, threads=False)}
    )


def test_what_is_no_longer_set_is_gone(store: Store) -> None:
    run(store.change(GUILD, None, listening))
    run(store.change(GUILD, CHANNEL, listening))
    run(store.change(GUILD, CHANNEL, lambda _: Overrides()))
    assert run(store.settings(GUILD)) == GuildSettings(Overrides(listen=True))
    run(store.change(GUILD, None, lambda _: Overrides()))
    assert run(store.settings(GUILD)) == GuildSettings()


@pytest.mark.parametrize("channel", [None, CHANNEL])
def test_a_step_that_fails_changes_nothing(store: Store, channel: int | None) -> None:
    run(store.change(GUILD, channel, listening))
    before = run(store.settings(GUILD))
    with pytest.raises(ValueError, match="cooldown"):
        run(store.change(GUILD, channel, lambda old: replace(old, listen=False, cooldown=-5)))
    assert run(store.settings(GUILD)) == before
    assert run(store.change(GUILD, channel, no_change)) == Overrides(listen=True)


def test_changes_at_the_same_time_all_count(store: Store) -> None:
    async def together() -> Overrides:
        more = lambda old: replace(old, cooldown=(old.cooldown or 0) + 1)  # noqa: E731
        await asyncio.gather(*(store.change(GUILD, CHANNEL, more) for _ in range(20)))
        return (await store.settings(GUILD)).channels[CHANNEL]

    assert run(together()) == Overrides(cooldown=20)


# Commands


def test_the_commands_of_each_application_are_remembered(store: Store) -> None:
    assert run(store.synced_commands(1)) is None
    run(store.remember_commands(1, "aa"))
    run(store.remember_commands(2, "bb"))
    run(store.remember_commands(1, "cc"))
    assert (run(store.synced_commands(1)), run(store.synced_commands(2))) == ("cc", "bb")


# Whose question an answer answers


def test_the_asker_is_known_by_the_reply_and_by_nothing_else(store: Store) -> None:
    run(store.note(REPLY, ADA, GUILD))
    run(store.note(2**63 - 1, BOB, None))
    assert askers(store, REPLY, 2**63 - 1) == [ADA, BOB]
    assert askers(store, ADA, BOB, GUILD, REPLY + 1, 0) == [None] * 5


def test_of_a_reply_that_is_noted_again_the_last_asker_counts(store: Store) -> None:
    run(store.note(REPLY, ADA, GUILD))
    run(store.note(REPLY, BOB, None))
    run(store.forget(ADA))
    run(store.forget_guild(GUILD))
    assert askers(store, REPLY) == [BOB]


def test_notes_at_the_same_time_all_count(store: Store) -> None:
    async def together() -> list[bool | None]:
        await asyncio.gather(*(store.note(REPLY + n, ADA + n, GUILD) for n in range(20)))
        return await asyncio.gather(*(store.is_asker(REPLY + n, ADA + n) for n in range(20)))

    assert run(together()) == [True] * 20


def test_what_is_too_old_is_forgotten(store: Store, clock: Clock) -> None:
    run(store.note(REPLY, ADA, GUILD))
    clock.now += KEEP - 1
    run(store.note(REPLY + 1, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1) == [ADA, BOB]
    clock.now += 1
    assert askers(store, REPLY, REPLY + 1) == [None, BOB]  # at once, before anything is deleted
    run(store.note(REPLY + 2, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1, REPLY + 2) == [None, BOB, BOB]
    run(store.note(REPLY, ADA, GUILD))
    assert askers(store, REPLY) == [ADA]


def test_the_servers_of_which_anything_is_kept_are_known(store: Store) -> None:
    assert run(store.guilds(1)) == frozenset()
    run(store.change(GUILD, CHANNEL, listening))
    run(store.note(REPLY, ADA, OTHER_GUILD))
    run(store.note(REPLY + 1, ADA, None))
    run(store.remember_commands(1, "aa"))
    assert run(store.guilds(1)) == {GUILD, OTHER_GUILD}
    for guild in (GUILD, OTHER_GUILD):
        run(store.forget_guild(guild))
    assert run(store.guilds(1)) == frozenset()


def test_the_servers_of_some_shards_are_those_that_discord_deals_to_them(store: Store) -> None:
    """By (guild_id >> 22) % num_shards, https://docs.discord.com/developers/events/gateway#sharding; of settings and notes alike."""
    dealt = {n << 22 | 2**22 - 1 for n in range(7)} | {1, 81384788765712384, 2**63 - 1}
    for number, guild in enumerate(sorted(dealt)):
        if number % 2:
            run(store.change(guild, None, listening))
        else:
            run(store.note(REPLY + number, ADA, guild))
    for shards, count in (({0}, 1), ({0}, 3), ({1}, 3), ({0, 2}, 3), ({3}, 1000), ({4, 383, 999}, 1000), ({5, 6}, 2**20)):
        expected = {guild for guild in dealt if (guild >> 22) % count in shards}
        assert run(store.guilds(1, Share(frozenset(shards), count))) == expected
    assert run(store.guilds(1)) == dealt


def test_of_a_store_that_several_applications_use_no_servers_are_told(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    run(store.remember_commands(1, "aa"))
    run(store.remember_commands(2, "aa"))
    assert run(store.guilds(1)) == run(store.guilds(2)) == frozenset()


def test_the_age_of_a_reply_that_is_noted_again_counts_from_then(store: Store, clock: Clock) -> None:
    for reply in (REPLY, REPLY + 1):
        run(store.note(reply, ADA, GUILD))
    clock.now += KEEP - 1
    run(store.note(REPLY, ADA, GUILD))
    clock.now += 1
    run(store.note(REPLY + 2, BOB, GUILD))
    assert askers(store, REPLY, REPLY + 1, REPLY + 2) == [ADA, None, BOB]


def test_everything_about_a_user_can_be_told(store: Store, clock: Clock) -> None:
    began = clock.now
    for reply, asker, guild in ((3, ADA, None), (1, ADA, GUILD), (2, BOB, GUILD)):
        run(store.note(reply, asker, guild))
        clock.now += 10
    assert run(store.kept_of(ADA)) == (Kept(1, GUILD, began + 10), Kept(3, None, began))
    clock.now = began + KEEP
    assert run(store.kept_of(ADA)) == (Kept(1, GUILD, began + 10),)
    run(store.forget(ADA))
    assert run(store.kept_of(ADA)) == ()
    assert len(run(store.kept_of(BOB))) == 1


# Forgetting


def test_everything_about_a_user_is_forgotten_and_nothing_else(store: Store) -> None:
    run(store.change(GUILD, CHANNEL, listening))
    run(store.remember_commands(ADA, "aa"))
    for reply, asker, guild in ((1, ADA, GUILD), (2, BOB, GUILD), (3, ADA, None), (4, BOB, ADA)):
        run(store.note(reply, asker, guild))
    run(store.forget(ADA))
    assert askers(store, 1, 2, 3, 4) == [None, BOB, None, BOB]
    assert run(store.settings(GUILD)).channels == {CHANNEL: Overrides(listen=True)}
    assert run(store.synced_commands(ADA)) == "aa"
    run(store.note(5, ADA, GUILD))  # what is forgotten is not shut out
    assert askers(store, 1, 5) == [None, ADA]


def test_everything_about_a_server_is_forgotten_and_nothing_else(store: Store) -> None:
    for guild in (GUILD, OTHER_GUILD):
        run(store.change(guild, None, listening))
        run(store.change(guild, CHANNEL + guild, listening))
        run(store.note(REPLY + guild, ADA, guild))
    run(store.note(1, ADA, None))
    run(store.note(2, GUILD, OTHER_GUILD))
    run(store.remember_commands(1, "aa"))
    run(store.forget_guild(GUILD))
    assert run(store.settings(GUILD)) == GuildSettings()
    assert run(store.settings(OTHER_GUILD)) == GuildSettings(
        Overrides(listen=True), {CHANNEL + OTHER_GUILD: Overrides(listen=True)}
    )
    assert askers(store, REPLY + GUILD, REPLY + OTHER_GUILD, 1, 2) == [None, ADA, ADA, GUILD]
    assert run(store.synced_commands(1)) == "aa"


# Misses


def kept(store: Store, pack: str = "one") -> list[tuple[str, str, int]]:
    return [(m.text, m.verdict, m.day) for m in run(store.misses(pack))]


def test_a_miss_is_kept_with_its_day_and_a_hash_of_the_server_alone(store: Store, clock: Clock) -> None:
    today = int(clock.now // DAY)
    for guild, text in ((GUILD, "who pays"), (GUILD, "who pays"), (OTHER_GUILD, "who pays"), (GUILD, "a lift")):
        run(store.keep_miss(guild, "one", text, "unsure"))
    run(store.keep_miss(GUILD, "two", "who pays", "wrong"))
    assert kept(store) == [("a lift", "unsure", today), *[("who pays", "unsure", today)] * 2]
    lift, one, other = run(store.misses("one"))
    assert one.server != other.server
    assert {str(GUILD), str(OTHER_GUILD)}.isdisjoint({one.server, other.server})
    assert len({lift.server, one.server, other.server, run(store.misses("two"))[0].server}) == 2
    assert run(store.misses("three")) == ()


def test_two_stores_hash_a_server_each_in_its_own_way(tmp_path: Path, clock: Clock) -> None:
    found = set()
    stores: list[Store] = [MemoryStore(clock, time_of_day=clock), MemoryStore(clock, time_of_day=clock)]
    stores += [SqliteStore(tmp_path / n, clock, patience=LONG) for n in "ab"]
    for made in stores:
        run(made.keep_miss(GUILD, "one", "who pays", "unsure"))
        found.add(run(made.misses("one"))[0].server)
        run(made.close())
    assert len(found) == 4


def test_a_miss_is_gone_before_it_is_too_old(store: Store, clock: Clock) -> None:
    clock.now = 40 * DAY
    run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
    clock.now += DAY - 1
    run(store.keep_miss(GUILD, "one", "a lift", "unsure"))
    clock.now = 40 * DAY + KEEP - 1
    assert len(kept(store)) == 2
    clock.now += 1
    assert kept(store) == []  # at once, before anything is deleted
    run(store.keep_miss(GUILD, "one", "who pays", "unsure"))
    assert [day for *_, day in kept(store)] == [70]


def test_misses_of_a_server_go_with_it_and_stay_when_a_user_is_forgotten(store: Store) -> None:
    for guild in (GUILD, OTHER_GUILD):
        run(store.keep_miss(guild, "one", "who pays", "unsure"))
    run(store.forget(ADA))
    assert len(kept(store)) == 2
    run(store.forget_guild(GUILD))
    (left,) = run(store.misses("one"))
    run(store.forget_guild(OTHER_GUILD))
    assert (left.text, kept(store)) == ("who pays", [])


def test_no_more_misses_are_kept_than_there_is_room_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (memory, sql):
        monkeypatch.setattr(module, "MAX_MISSES", 4)
        monkeypatch.setattr(module, "MAX_MISSES_OF_A_SERVER", 3)
    for n in range(5):
        run(store.keep_miss(GUILD, "one", f"text {n}", "unsure"))
        run(store.keep_miss(GUILD, "two", f"text {n}", "unsure"))
    assert [text for text, *_ in kept(store)] == ["text 0", "text 1", "text 2"]
    for n in range(2):
        run(store.keep_miss(OTHER_GUILD, "one", f"other {n}", "unsure"))
    assert [text for text, *_ in kept(store)] == ["other 0", "text 0", "text 1", "text 2"]


CALLS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "settings": lambda s: s.settings(GUILD),
    "change": lambda s: s.change(GUILD, None, no_change),
    "synced_commands": lambda s: s.synced_commands(1),
    "remember_commands": lambda s: s.remember_commands(1, "aa"),
    "note": lambda s: s.note(REPLY, ADA, GUILD),
    "is_asker": lambda s: s.is_asker(REPLY, ADA),
    "kept_of": lambda s: s.kept_of(ADA),
    "forget": lambda s: s.forget(ADA),
    "guilds": lambda s: s.guilds(1),
    "forget_guild": lambda s: s.forget_guild(GUILD),
    "keep_miss": lambda s: s.keep_miss(GUILD, "one", "who pays", "unsure"),
    "misses": lambda s: s.misses("one"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_store_says_so(store: Store, call: str) -> None:
    run(store.close())
    run(store.close())
    with pytest.raises(StoreFault, match="is closed"):
        run(CALLS[call](store))


def test_every_call_of_the_contract_is_tried_when_closed() -> None:
    assert {name for name in vars(Store) if not name.startswith("_")} == {*CALLS, "close"}


# All stores alike

levels = st.builds(
    Overrides,
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["one", "two"]),
    st.none() | st.floats(0, MAX_COOLDOWN),
)
few, guilds = st.sampled_from([1, 2, 3]), st.sampled_from([GUILD, OTHER_GUILD])  # so that steps meet
steps = st.one_of(
    st.tuples(st.just("note"), few, st.sampled_from([ADA, BOB]), st.none() | guilds),
    st.tuples(st.just("change"), guilds, st.none() | few, levels),
    st.tuples(st.just("remember_commands"), few, st.sampled_from(["aa", "bb"])),
    st.tuples(st.just("forget"), st.sampled_from([ADA, BOB])),
    st.tuples(st.just("forget_guild"), guilds),
    st.tuples(st.just("keep_miss"), guilds, st.just("one"), st.sampled_from(["who pays", "a lift"]), st.just("unsure")),
    st.tuples(st.just("wait"), st.sampled_from([1.0, KEEP / 2, KEEP - 1, KEEP])),
    st.tuples(st.just("restart")),
)


def reopened(folder: Path, clock: Clock, database: Database | None) -> SqlStore:
    if database is not None:
        return PostgresStore(database, clock, steady=clock, patience=LONG)
    return SqliteStore(folder / "verbatim.sqlite3", clock, steady=clock, patience=LONG)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_all_stores_say_the_same_whatever_came_before_and_a_restart_changes_nothing(
    kind: str, request: pytest.FixtureRequest
) -> None:
    database: Database | None = request.getfixturevalue("database") if kind == "postgres" else None

    async def everything(store: Store) -> list[object]:
        return [
            *[await asker_of(store, reply, ADA, BOB) for reply in (1, 2, 3)],
            *[await store.kept_of(user) for user in (ADA, BOB)],
            *[await store.settings(guild) for guild in (GUILD, OTHER_GUILD)],
            *[await store.synced_commands(application) for application in (1, 2, 3)],
            sorted((m.text, m.day) for m in await store.misses("one")),  # each has its own hash of a server
        ]

    async def scenario(folder: Path, given_steps: list[tuple[Any, ...]]) -> None:
        clock = Clock()
        in_memory, in_sql = MemoryStore(clock, time_of_day=clock), reopened(folder, clock, database)
        try:
            for name, *values in given_steps:
                if name == "wait":
                    clock.now += values[0]
                elif name == "restart":
                    await in_sql.close()
                    in_sql = reopened(folder, clock, database)
                else:
                    values = [(lambda _, level=v: level) if isinstance(v, Overrides) else v for v in values]
                    assert await getattr(in_memory, name)(*values) == await getattr(in_sql, name)(*values)
                assert await everything(in_memory) == await everything(in_sql)
        finally:
            await in_sql.close()

    @settings(max_examples=20)
    @given(st.lists(steps, max_size=12))
    def whatever_came_before(given_steps: list[tuple[Any, ...]]) -> None:
        if database is not None:
            emptied(database)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(scenario(Path(folder), given_steps))

    whatever_came_before()
