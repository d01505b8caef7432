"""One client, kept connected: what ends it, short of a refusal, starts another after a growing wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import discord

from bot.client.lifecycle import Verbatim
from bot.client.limits import AUTHENTICATION_FAILED
from bot.client.log import place
from bot.config import ENV_TOKEN

EXIT_LOGIN, EXIT_INTENTS = 3, 4
FIRST_WAIT = 1.0  # seconds before the first restart; doubles with each
LONGEST_WAIT = (
    120.0  # seconds; each restart may spend one of the IDENTIFYs that Discord allows in a day, so this must stay above 86.4
)
STEADY_AFTER = 600.0  # seconds of running after which the next wait is the first again

_log = logging.getLogger(__name__)


class IntentNotGranted(Exception):
    """The settings ask to listen, but the application may not read messages that do not mention it. Raised before connecting,
    which Discord would refuse."""

    def __init__(self) -> None:
        super().__init__(
            "listen is set in config.yaml, but Message Content Intent is off: turn it on under Privileged Gateway Intents "
            "on the page Bot in the Developer Portal and restart. "
            "Until then the bot answers mentions, direct messages and commands only."
        )


class Waits:
    """How long to wait before each attempt: longer after each that fails soon."""

    def __init__(self) -> None:
        self._next = FIRST_WAIT

    def after(self, error: BaseException | None, lasted: float) -> float:
        """Seconds to wait after what an error ended that lasted so many."""
        if lasted >= STEADY_AFTER:
            self._next = FIRST_WAIT
        wait = self._next
        if isinstance(error, discord.HTTPException) and error.status == 429:
            wait = LONGEST_WAIT  # the address is banned for a while, and each further request prolongs that
        self._next = min(wait * 2, LONGEST_WAIT)
        return wait


def refusal(error: BaseException | None) -> int | None:
    """The exit status for what only the operator can mend, with a line in the log; None for what may pass."""
    if isinstance(error, discord.LoginFailure) or (
        isinstance(error, discord.ConnectionClosed) and error.code == AUTHENTICATION_FAILED
    ):
        _log.error(
            "Discord refuses the token. Reset it on the page Bot in the Developer Portal and set %s to the new one.", ENV_TOKEN
        )
        return EXIT_LOGIN
    if isinstance(error, discord.PrivilegedIntentsRequired):
        _log.error(
            "Discord refuses the intents. Turn them on under Privileged Gateway Intents on the page Bot in the Developer Portal."
        )
        return EXIT_INTENTS
    return None


async def keep_connected(make: Callable[[bool], Verbatim], token: str, stop: asyncio.Event, *, listen: bool = False) -> int:
    """Keep a client connected until told to stop. `make` makes one that listens or does not. Returns the exit status: 0, or that of a
    refusal."""
    loop, waits = asyncio.get_running_loop(), Waits()
    while not stop.is_set():
        began = loop.time()
        error = await _run_once(make(listen), token, stop)
        if stop.is_set():
            break
        if isinstance(error, IntentNotGranted):
            _log.warning("%s", error)
            listen = False
            continue
        if status := refusal(error):
            return status
        wait = waits.after(error, loop.time() - began)
        _log.error("the connection ended: %s; starting again in %.0f s", place(error), wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
    return 0


async def log_in(client: discord.Client, token: str, *, listen: bool) -> None:
    """Log in, without connecting. Raises IntentNotGranted where the client is to listen and may not."""
    await client.login(token)
    if listen and client.application is not None:
        flags = client.application.flags
        if not (flags.gateway_message_content or flags.gateway_message_content_limited):
            raise IntentNotGranted


async def _start(client: Verbatim, token: str) -> None:
    await log_in(client, token, listen=client.intents.message_content)
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
