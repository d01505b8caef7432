"""`verbatim run`: from the settings to a bot that stays connected until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import discord

from bot.client.endpoints import served
from bot.client.gateway import resuming
from bot.client.lifecycle import Verbatim
from bot.client.limits import AUTHENTICATION_FAILED
from bot.client.log import configure, place
from bot.client.permissions import invitation
from bot.client.seen_events import SeenEvents
from bot.config import ENV_TOKEN, Settings
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.serve.dialogue import Dialogue
from bot.serve.library import Library, settle
from bot.serve.measures import Measures
from bot.serve.progress import terminal_progress
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore
from bot.store.values import STORE_FILE, ChannelSettings, Store, StoreFault

EXIT_USAGE, EXIT_LOGIN, EXIT_INTENTS = 2, 3, 4
FIRST_WAIT = 1.0  # seconds before the first restart; doubles with each
LONGEST_WAIT = (
    120.0  # seconds; each restart may spend one of the IDENTIFYs that Discord allows in a day, so this must stay above 86.4
)
STEADY_AFTER = 600.0  # seconds of running after which the next wait is the first again
WATCH_EVERY = 2.0  # seconds between two looks at the files of the packs

_log = logging.getLogger(__name__)


def run(settings: Settings, pack_path: Path, environ: Mapping[str, str]) -> int:
    """Run the bot until it is told to stop. Returns the exit status: 0 stopped by a signal, 2 no usable token, 3 token refused, 4
    intents refused.

    Raises FileFaults where the pack is at fault, or an address of the settings cannot be listened on.
    """
    token = environ.get(ENV_TOKEN, "")
    fault = HOW_TO_GET_A_TOKEN if not token.strip() else token_fault(token)
    if fault:
        print(fault, file=sys.stderr)
        return EXIT_USAGE
    library = Library((pack_path, *settings.other_packs), lambda path: _engine(path, reader=settings.reader))
    settle()
    configure(settings.log_level, settings.log_format)
    store = open_store(settings.state)
    return asyncio.run(_serve(library, store, token, settings))


def _engine(path: Path, *, reader: bool) -> Engine:
    """The engine of a pack, which has learnt its phrasings, so that nobody's question waits for that. Raises FileFaults."""
    engine = build(path, reader=reader, progress=terminal_progress(sys.stderr))
    engine.warm()
    return engine


def open_store(state: Path) -> Store:
    """The store in the state folder; where that cannot be used, one that ends with the process, with a warning."""
    try:
        return SqliteStore(state / STORE_FILE)
    except StoreFault as error:
        _log.warning("%s Until then, what administrators set does not outlive a restart.", error)
        return MemoryStore()


HOW_TO_GET_A_TOKEN = f"""\
verbatim: {ENV_TOKEN} is not set, and without a token there is no bot on Discord. `verbatim chat` needs none. To get one:
  1. Open https://discord.com/developers/applications, press New Application and name it.
  2. On its page Bot, press Reset Token and copy the token. Keep it secret: whoever has it is the bot.
     No privileged intent is needed.
  3. Invite the bot to a server, with the Application ID from the page General Information in this address:
     {invitation("APPLICATION_ID")}
     (scopes bot and applications.commands; permissions View Channels, Send Messages, Send Messages in Threads,
     Read Message History)
  4. Set {ENV_TOKEN} to the token in the environment, not in a file that is shared, and start `verbatim run` again."""


def token_fault(token: str) -> str | None:
    """What is wrong with the form of a token, without repeating it; None where it looks like one."""
    fix = f"Copy it again from the page Bot in the Developer Portal and set {ENV_TOKEN} to it alone."
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
    return f"verbatim: the token in {ENV_TOKEN} {what}. {fix}"


async def _serve(library: Library, store: Store, token: str, settings: Settings) -> int:
    """Keep a client running until SIGINT or SIGTERM; what ends one, short of a refusal, starts another after a growing wait.
    SIGHUP has every pack read again."""
    loop, stop, again, measures = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event(), Measures()
    stop_on_signals(stop)
    with suppress(NotImplementedError, AttributeError):  # Windows
        loop.add_signal_handler(signal.SIGHUP, again.set)
    reading = asyncio.create_task(_keep_current(library, again, watch=settings.watch))
    try:
        async with served(settings.http, measures, library, stop.is_set):
            with resuming(measures.shards):
                return await _keep_running(library, store, token, stop, settings, measures)
    finally:
        reading.cancel()
        with suppress(StoreFault):
            await store.close()


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


async def _keep_running(
    library: Library, store: Store, token: str, stop: asyncio.Event, settings: Settings, measures: Measures
) -> int:
    loop, dialogue, seen = asyncio.get_running_loop(), Dialogue(), SeenEvents()
    wait, listen = FIRST_WAIT, settings.listen
    defaults = ChannelSettings(cooldown=settings.cooldown)
    while True:
        began = loop.time()
        client = Verbatim(
            library, store, dialogue, listen=listen, defaults=defaults, shards=settings.shards, seen=seen, measures=measures
        )
        error = await _run_once(client, token, stop)
        if stop.is_set():
            return 0
        if isinstance(error, IntentNotGranted):
            _log.warning("%s", error)
            listen = False
            continue
        if isinstance(error, discord.LoginFailure) or (
            isinstance(error, discord.ConnectionClosed) and error.code == AUTHENTICATION_FAILED
        ):
            _log.error(
                "Discord refuses the token. Reset it on the page Bot in the Developer Portal and set %s to the new one.",
                ENV_TOKEN,
            )
            return EXIT_LOGIN
        if isinstance(error, discord.PrivilegedIntentsRequired):
            _log.error(
                "Discord refuses the intents. Turn them on under Privileged Gateway Intents on the page Bot "
                "in the Developer Portal."
            )
            return EXIT_INTENTS
        if loop.time() - began >= STEADY_AFTER:
            wait = FIRST_WAIT
        if isinstance(error, discord.HTTPException) and error.status == 429:
            wait = LONGEST_WAIT  # the address is banned for a while, and each further request prolongs that
        _log.error("the connection ended: %s; starting again in %.0f s", place(error), wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
            return 0
        wait = min(wait * 2, LONGEST_WAIT)


class IntentNotGranted(Exception):
    """The settings ask to listen, but the application may not read messages that do not mention it. Raised before connecting,
    which Discord would refuse."""

    def __init__(self) -> None:
        super().__init__(
            "listen is set in config.yaml, but Message Content Intent is off: turn it on under Privileged Gateway Intents "
            "on the page Bot in the Developer Portal and restart. "
            "Until then the bot answers mentions, direct messages and commands only."
        )


async def _start(client: Verbatim, token: str) -> None:
    await client.login(token)
    application = client.application
    if client.intents.message_content and application is not None:
        flags = application.flags
        if not (flags.gateway_message_content or flags.gateway_message_content_limited):
            raise IntentNotGranted
    await client.connect()


async def _run_once(client: Verbatim, token: str, stop: asyncio.Event) -> BaseException | None:
    """Run a client until it ends or is to stop, and close it. Returns the exception that ended it."""
    running = asyncio.ensure_future(_start(client, token))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    # The reading task first: discord.py's would otherwise close the connection with 4000, and the bot would seem to be online for
    # a while.
    running.cancel()
    stopping.cancel()
    ended, _ = await asyncio.gather(running, stopping, return_exceptions=True)
    await client.close()
    return ended
