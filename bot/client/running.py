"""`verbatim run`: from the settings to a bot that stays connected until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from bot.client.endpoints import served
from bot.client.fleet import Fleet
from bot.client.gateway import resuming
from bot.client.keeping import keep_connected
from bot.client.lifecycle import Verbatim
from bot.client.log import configure
from bot.client.opening import open_store
from bot.client.permissions import invitation
from bot.client.shared import Shared
from bot.config import ENV_TOKEN, FILE_SUFFIX, Settings, state_in
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.serve.library import Library, settle
from bot.serve.measures import Measures
from bot.serve.progress import terminal_progress
from bot.store.address import Database, State
from bot.store.coordination import Leases
from bot.store.persons import ENV_PEPPER
from bot.store.values import ChannelSettings, Store, StoreFault

EXIT_USAGE = 2
WATCH_EVERY = 2.0  # seconds between two looks at the files of the packs

_log = logging.getLogger(__name__)


def run(settings: Settings, pack_path: Path, environ: Mapping[str, str]) -> int:
    """Run the bot until it is told to stop. Returns the exit status: 0 stopped by a signal, 2 no usable token, 3 token refused, 4
    intents refused.

    Raises FileFaults where the pack or the database is at fault, or an address of the settings cannot be listened on.
    """
    token = environ.get(ENV_TOKEN, "")
    fault = HOW_TO_GET_A_TOKEN if not token.strip() else token_fault(token)
    if fault:
        print(fault, file=sys.stderr)
        return EXIT_USAGE
    library = Library((pack_path, *settings.other_packs), lambda path: _engine(path, reader=settings.reader))
    settle()
    configure(settings.log_level, settings.log_format)
    state = state_in(settings, environ)
    store = open_store(state, environ.get(ENV_PEPPER, ""))
    return asyncio.run(_serve(library, store, state, token, settings))


def _engine(path: Path, *, reader: bool) -> Engine:
    """The engine of a pack, which has learnt its phrasings, so that nobody's question waits for that. Raises FileFaults."""
    engine = build(path, reader=reader, progress=terminal_progress(sys.stderr))
    engine.warm()
    return engine


HOW_TO_GET_A_TOKEN = f"""\
verbatim: {ENV_TOKEN} is not set, and without a token there is no bot on Discord. `verbatim chat` needs none. To get one:
  1. Open https://discord.com/developers/applications, press New Application and name it.
  2. On its page Bot, press Reset Token and copy the token. Keep it secret: whoever has it is the bot.
     No privileged intent is needed.
  3. Invite the bot to a server, with the Application ID from the page General Information in this address:
     {invitation("APPLICATION_ID")}
     (scopes bot and applications.commands; permissions View Channels, Send Messages, Send Messages in Threads,
     Read Message History)
  4. Set {ENV_TOKEN} to the token in the environment, or {ENV_TOKEN}{FILE_SUFFIX} to a file that nobody else can read, and start
     `verbatim run` again."""


def token_fault(token: str) -> str | None:
    """What is wrong with the form of a token, without repeating it; None where it looks like one."""
    fix = (
        f"Copy it again from the page Bot in the Developer Portal, and set {ENV_TOKEN} to it alone, "
        f"or put it alone into the file that {ENV_TOKEN}{FILE_SUFFIX} names."
    )
    if token.lstrip().lower().startswith("bot "):
        what = 'begins with "Bot ", which is added by itself'
    elif re.search(r"\s", token):
        what = "contains white space or a line break"
    elif re.search(r"[\"'`“”‘’]", token):
        what = "contains quotation marks"
    elif not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}", token):
        what = (
            "is not three parts of letters, digits, - and _ joined by dots, as a bot's token is "
            "(it is neither the Public Key nor the Client Secret)"
        )
    else:
        return None
    return f"verbatim: the token {what}. {fix}"


async def _serve(library: Library, store: Store, state: State, token: str, settings: Settings) -> int:
    """Keep clients running until SIGINT or SIGTERM. SIGHUP has every pack read again."""
    loop, stop, again, measures = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event(), Measures()
    stop_on_signals(stop)
    with suppress(NotImplementedError, AttributeError):  # Windows
        loop.add_signal_handler(signal.SIGHUP, again.set)
    reading = asyncio.create_task(_keep_current(library, again, watch=settings.watch))
    try:
        async with served(settings.http, measures, library, stop.is_set):
            with resuming(measures.shards):
                if isinstance(state, Database):
                    return await _serve_among_others(library, store, state, token, settings, measures, stop)
                return await _serve_alone(library, store, token, settings, measures, stop)
    finally:
        reading.cancel()
        with suppress(StoreFault):
            await store.close()


async def _serve_alone(
    library: Library, store: Store, token: str, settings: Settings, measures: Measures, stop: asyncio.Event
) -> int:
    """One client for all shards."""
    shared = Shared.of(library, store, defaults=ChannelSettings(cooldown=settings.cooldown), measures=measures)

    def make(listen: bool) -> Verbatim:
        return Verbatim(shared, listen=listen, shards=settings.shard_ids, shard_count=settings.shards, proxy=settings.proxy)

    with closing(shared):
        try:
            return await keep_connected(make, token, stop, listen=settings.listen)
        finally:
            await shared.store.write_waiting()


async def _serve_among_others(
    library: Library,
    store: Store,
    database: Database,
    token: str,
    settings: Settings,
    measures: Measures,
    stop: asyncio.Event,
) -> int:
    """A client for each shard that this process has by lease, and settings that other processes change too."""
    # Only here: they need an extra.
    from bot.store import leases, postgres
    from bot.store.listening import Listener

    loop, wake = asyncio.get_running_loop(), asyncio.Event()
    coordination = leases.PostgresCoordination(database)
    cooldowns = store if isinstance(store, postgres.PostgresStore) else None
    defaults = ChannelSettings(cooldown=settings.cooldown)
    shared = Shared.of(library, store, defaults=defaults, coordinator=coordination, cooldowns=cooldowns, measures=measures)

    def make(*, listen: bool, shard_id: int, shard_count: int, on_hearing: Callable[[int], None]) -> Verbatim:
        return Verbatim(
            shared, listen=listen, shards=(shard_id,), shard_count=shard_count, proxy=settings.proxy, on_hearing=on_hearing
        )

    async def opening(application_id: int, advised: int) -> Leases:
        only = frozenset(settings.shard_ids) if settings.shard_ids is not None else None
        count, is_set = settings.shards or advised, settings.shards is not None
        return leases.PostgresLeases(coordination, application_id, count, is_set=is_set, only=only)

    def soon(act: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(act, *arguments)

    def heard(channel: str, payload: str) -> None:
        if channel == leases.CHANNEL:
            soon(wake.set)
        elif payload.isdecimal():
            soon(shared.settings.changed, int(payload))

    fleet = Fleet(
        make,
        opening,
        token,
        shared.under_way,
        measures.shards,
        wake,
        listen=settings.listen,
        leave_within=settings.leave_within,
        proxy=settings.proxy,
    )
    with (
        closing(shared),
        closing(Listener(database, (postgres.CHANNEL, leases.CHANNEL), heard, partial(soon, shared.settings.hears))),
    ):
        try:
            return await fleet.run(stop)
        finally:
            await shared.store.write_waiting()
            await coordination.close()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set the event at SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


async def _keep_current(library: Library, again: asyncio.Event, *, watch: bool) -> None:
    """Have packs read again: all of them when told to; where it is to watch, also those whose files have changed."""
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(again.wait(), WATCH_EVERY if watch else None)
        if again.is_set():
            again.clear()
            await library.reload()
        elif changed := await asyncio.to_thread(library.changed):
            await library.reload(changed)
