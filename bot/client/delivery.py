"""Sends, and sends again where the connection fails. A fault of Discord's ends in the log: nothing here raises for one."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord

from bot.client.buttons import view_of
from bot.client.limits import ALREADY_ACKNOWLEDGED, CANNOT_REPLY, GONE, INVALID, NOT_PERMITTED, THREAD_EXISTS
from bot.client.outgoing import Outgoing, clamp
from bot.client.pacing import Pace
from bot.client.patient_store import PatientStore
from bot.client.permissions import may_open_thread, may_send
from bot.client.seen_events import SeenEvents
from bot.client.under_way import UnderWay
from bot.serve.measures import Measures, Unsent

# Seconds before each further attempt to send. The first is immediate, since most often a connection that stood unused was closed;
# together below the 3 s in which an interaction is acknowledged.
RETRY_AFTER = (0.0, 0.5, 1.5)
FIRST_ATTEMPT = 1.2  # seconds
# Fewer than Discord takes requests: all of a burst at once would be refused again and again until discord.py gives up, and
# refusals count towards a ban.
MESSAGES_A_SECOND = 45
# How often what discord.py gave up as one too many takes another turn of the pace. Each has five attempts of discord.py's, which go
# round the pace: all of a burst that waited for the same limit are let go at once, and refused together.
MORE_TURNS = 8
MAX_CLOSED_CHANNELS = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message: Discord's error code (None where it arrived, 0 for none), and what Discord returned."""

    code: int | None
    result: Any = None


class Delivery:
    """`pace` is that of all clients of the process, and `is_closed` says whether this one gives up its connections."""

    def __init__(
        self,
        store: PatientStore,
        seen: SeenEvents,
        under_way: UnderWay,
        pace: Pace,
        measures: Measures,
        is_closed: Callable[[], bool],
    ) -> None:
        self._store, self._seen, self._under_way, self._pace = store, seen, under_way, pace
        self._measures, self._is_closed = measures, is_closed
        self._closed_channels: set[int] = set()
        self._passing: set[asyncio.Task[None]] = set()  # what takes messages back that are to go after a while

    def may_send(self, channel: discord.abc.MessageableChannel) -> bool:
        """Whether the bot may speak there, as far as is known: requests that Discord must refuse count towards a ban of the
        address.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        allowed = may_send(channel)
        if not allowed:
            self._log_closed(channel.id)
        return allowed

    async def reply(self, message: discord.Message, outgoing: Outgoing, thread: discord.Thread | None = None) -> None:
        """Reply to a message without a ping, or in its thread; where it may not be replied to, say it in its channel. One that is gone
        gets no reply."""
        reply, noted = clamp(outgoing), bool(outgoing.rows)

        def send(**reference: Any) -> Awaitable[object]:
            # With the message's id as nonce, a message sent twice is shown once (enforce_nonce), whichever attempt arrived.
            view, file = view_of(reply) or discord.utils.MISSING, file_of(reply) or discord.utils.MISSING
            place = thread or message.channel
            return place.send(reply.content, nonce=message.id, suppress_embeds=True, view=view, file=file, **reference)

        await self._turn()
        reference: dict[str, Any] = {} if thread else {"reference": message, "mention_author": False}
        sent = await self.send(lambda: send(**reference), message.channel.id)
        if sent.code == CANNOT_REPLY:
            sent = await self.send(send, message.channel.id)
        if sent.code is None:
            if reply.lasts:
                passing = asyncio.create_task(self._take_back(sent.result, reply.lasts))
                self._passing.add(passing)
                passing.add_done_callback(self._passing.discard)
            if noted:
                await self._store.note(sent.result.id, message.author.id, message.guild.id if message.guild else None)
        elif sent.code:  # Discord refused it, so certainly nothing was sent
            self._seen.forget(message.id)

    async def say(self, channel: discord.TextChannel, outgoing: Outgoing, *, nonce: int) -> None:
        """Say something in a channel that answers nobody; what has the same nonce is said once."""
        message = clamp(outgoing)
        view = view_of(message) or discord.utils.MISSING
        await self.send(
            lambda: channel.send(message.content, nonce=nonce, view=view, suppress_embeds=True), channel.id, repeatable=False
        )

    async def open_thread(self, message: discord.Message, name: str) -> discord.Thread | None:
        """A thread of a message's own; None where there can be none. The one that it has where it was made by an earlier attempt, or where
        another process was quicker, while both hear its channel: in there, the nonce has only one of the answers shown."""
        guild = message.guild
        if guild is None or not may_open_thread(message.channel):
            return None
        sent = await self.send(lambda: message.create_thread(name=name), message.channel.id)
        if sent.code == THREAD_EXISTS:
            # A thread has its message's id: https://docs.discord.com/developers/resources/channel#start-thread-from-message
            sent = await self.send(lambda: guild.fetch_channel(message.id), message.channel.id)
        return sent.result if isinstance(sent.result, discord.Thread) else None

    async def send(
        self, request: Callable[[], Awaitable[object]], channel_id: int | None, *, repeatable: bool = True, hurry: bool = False
    ) -> Sent:
        """Make a request, again where the connection failed or Discord is not available.

        Where a connection failed, Discord may have taken the request: so what it would then show twice is not `repeatable`. What
        was one too many (429) was certainly not taken, and is sent again in its turn. With `hurry`, for a first response, the first attempt is given up after a while: discord.py's own may wait for longer than
        Discord does. Discord takes only one of them.
        """
        limit = FIRST_ATTEMPT if hurry and not self._under_way.is_busy else None
        for wait in (*RETRY_AFTER, None):
            try:
                return Sent(None, await asyncio.wait_for(request() if hurry else self._in_turn(request), limit))
            except discord.HTTPException as error:
                if error.code in NOT_PERMITTED:
                    self._log_closed(channel_id)
                elif error.code == ALREADY_ACKNOWLEDGED:
                    _log.info("an interaction had been answered before, channel %s", channel_id)
                elif _is_gone(error):
                    _log.info("not sent, since it is gone: code %d, channel %s", error.code, channel_id)
                elif wait is not None and (error.status == 503 or (hurry and _is_one_too_many(error))):
                    # discord.py does not retry the one, and gives up the other.
                    await asyncio.sleep(wait)
                    continue
                else:
                    # Also an interaction that expired (10062): there is no way left to tell the asker.
                    _log.warning("not sent: HTTP %d, code %d, channel %s", error.status, error.code, channel_id)
                if error.code != ALREADY_ACKNOWLEDGED and not _is_gone(error):
                    self._measures.unsent[Unsent.by(error.status)] += 1
                return Sent(error.code)
            except (aiohttp.ClientError, OSError) as error:  # discord.py retries few of these
                if wait is None or not (repeatable or isinstance(error, aiohttp.ClientConnectorError)):
                    _log.warning("not sent: %s, channel %s", type(error).__name__, channel_id)
                    self._measures.unsent[Unsent.CONNECTION] += 1
                    break
                limit = None
                await asyncio.sleep(wait)
            except RuntimeError:  # aiohttp's, for a session that is closed
                if not self._is_closed():
                    raise
                _log.warning("not sent: the bot is closing, channel %s", channel_id)
                self._measures.unsent[Unsent.CLOSING] += 1
                break
        return Sent(0)

    async def _take_back(self, message: discord.Message, seconds: float) -> None:
        """Delete a message after so many seconds; it stays where this client has ended by then."""
        await asyncio.sleep(seconds)
        if not self._is_closed():
            with suppress(discord.HTTPException, aiohttp.ClientError, OSError):
                await message.delete()

    async def _turn(self) -> None:
        """Wait for the next turn of the pace."""
        if wait := self._pace.wait():
            await asyncio.sleep(wait)

    async def _in_turn(self, request: Callable[[], Awaitable[object]]) -> object:
        """Make a request, again in another turn where it was one too many."""
        for _ in range(MORE_TURNS):
            try:
                return await request()
            except discord.HTTPException as error:
                if not _is_one_too_many(error):
                    raise
            await self._turn()
        return await request()

    def _log_closed(self, channel_id: int | None) -> None:
        if channel_id is None or channel_id in self._closed_channels:
            return
        if len(self._closed_channels) >= MAX_CLOSED_CHANNELS:
            self._closed_channels.clear()
        self._closed_channels.add(channel_id)
        _log.warning("not permitted to send in channel %d (logged once per channel)", channel_id)


def file_of(message: Outgoing) -> discord.File | None:
    """The file of a message; each attempt to send it needs another one."""
    return discord.File(io.BytesIO(message.file[1].encode("utf-8")), message.file[0]) if message.file else None


def _is_gone(error: discord.HTTPException) -> bool:
    """Whether the channel or the message is not there any more, or the message that is replied to."""
    return error.code in GONE or (error.code == INVALID and "In message_reference:" in error.text)


def _is_one_too_many(error: discord.HTTPException) -> bool:
    """Whether Discord refuses a request because there were too many; not where Cloudflare does, which has banned the address, and
    bans it for longer with each further request."""
    return error.status == 429 and "Via" in error.response.headers
