"""Discord on loopback: a gateway and a REST API over real TCP, in a thread of its own, for what simcord cannot show: networking,
faults, restarts.

It knows what it was sent: which messages exist, which interactions were acknowledged and how, and so what an asker sees
(`Discord.seen`). Everything that the bot requests is recorded, and checked against Discord's contract when the fake is left. It
is a model: true limits and looks stay unproven. Rules: https://docs.discord.com/developers/events/gateway,
.../topics/rate-limits, .../interactions/receiving-and-responding, .../topics/opcodes-and-status-codes.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import re
import signal
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Self, TypeVar

import discord
import yarl
from aiohttp import WSMsgType, web
from fakes.contract import contract

BOT = 1  # the application's id and its user's
GUILDS = 10 << 22  # the first server's id; the next ones are 1 << 22 apart, so that they fall on the shards in turn
OWNER = 2
EPOCH = 1_420_070_400_000  # milliseconds; ids count from there
TEXT, DM = 0, 1  # types of channels
VIEW, SEND, HISTORY, THREADS = 1 << 10, 1 << 11, 1 << 16, 1 << 38
EVERYTHING = VIEW | SEND | HISTORY | THREADS | 1 << 14 | 1 << 15 | 1 << 31
FIRST_RESPONSE = 3.0  # seconds
TOKEN_LIFE = 900.0  # seconds
SLASH, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5  # types of interactions

_T = TypeVar("_T")
_JSON = {"Content-Type": "application/json"}  # discord.py takes a body for JSON only without a charset


@dataclass(frozen=True)
class Fault:
    """What becomes of requests of a method to a path (a pattern with *; without the API's base). The first fault that fits
    counts.

    `times`: how often (None: always), after `skip` requests were spared. `delay`: seconds before Discord takes the request.
    `taken`: Discord does what was asked, and only then the fault happens. `lag`: seconds between that and the answer. `cut`:
    instead of an answer the connection is reset ("reset") or closed ("close"). `status` and `code` are the answer's; without one
    there is no other fault than the wait. `retry_after` makes it a 429; `via`: by Discord, not by Cloudflare.
    """

    method: str
    path: str
    times: int | None = 1
    skip: int = 0
    status: int | None = None
    code: int = 0
    taken: bool = False
    cut: str | None = None
    delay: float = 0.0
    lag: float = 0.0
    retry_after: float | None = None
    via: bool = True
    is_global: bool = False


@dataclass(frozen=True)
class Request:
    """What the bot sent, and when (time.monotonic): the body also where it came as payload_json. `answered` is the status,
    None where the connection was cut."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    at: float
    answered: int | None = None


@dataclass(frozen=True)
class Question:
    """A message or an interaction that was sent to the bot, and when (time.monotonic). `kind` is that of the interaction, None
    for a message."""

    id: int
    channel: int
    asker: int
    at: float
    kind: int | None = None
    token: str = ""


@dataclass
class Channel:
    """`denied`: permissions that the bot lacks there and knows it. `refuses`: an HTTP status and a code with which every
    message is refused, unforeseen."""

    id: int
    guild: int | None
    recipient: int | None = None
    denied: int = 0
    refuses: tuple[int, int] | None = None
    exists: bool = True


@dataclass
class _Session:
    """A gateway session: it outlives its connection, so that it can be resumed."""

    id: str
    shard: int
    shards: int
    intents: int
    socket: web.WebSocketResponse | None = None
    transport: asyncio.Transport | None = None
    sent: list[str] = field(default_factory=list)  # every event, the first with sequence number 1
    is_zombie: bool = False
    is_closed: bool = False  # by the fake


@dataclass
class _Bucket:
    left: int
    until: float


@dataclass
class _Given:
    """How an interaction was answered: the type of the first response, and the messages that were written for it."""

    question: Question
    pressed: int | None = None
    response: int | None = None
    at: float = 0.0  # of the first response
    original: int | None = None
    followups: list[int] = field(default_factory=list)
    choices: list[Any] | None = None


class Discord:
    """The fake. Leave it to have every request checked against Discord's contract. Its methods may be called from any thread.

    `identified` says what each IDENTIFY gets in turn, the last one for all further ones: "ready", a close code, or a frame as it
    is (text or bytes). `denied` are permissions that the bot lacks in all channels but the first. `limit` is a bucket of requests
    per channel, (number, seconds), and `global_limit` one for the whole bot; both may be None. `first_response` and `token_life`
    are in seconds; `heartbeat` is the interval. `on_heartbeat` is called from the fake's thread for each of a ready bot.
    Of shards whose numbers leave the same remainder by `max_concurrency`, one may identify in `identify_every` seconds; Discord has 5.
    `repeats`: a resumed session brings every event once more, also what was received.
    """

    def __init__(
        self,
        *identified: str | bytes | int,
        guilds: int = 1,
        channels: int = 1,
        denied: int = 0,
        shards: int = 1,
        login_status: int = 200,
        flags: int = 0,
        heartbeat: float = 0.1,
        limit: tuple[int, float] | None = None,
        global_limit: tuple[int, float] | None = None,
        first_response: float = FIRST_RESPONSE,
        token_life: float = TOKEN_LIFE,
        repeats: bool = False,
        max_concurrency: int = 1,
        identify_every: float = 0.0,
        on_heartbeat: Callable[[], None] = lambda: None,
    ) -> None:
        self._identified = identified or ("ready",)
        self._login_status, self.flags, self._heartbeat = login_status, flags, heartbeat
        self._limit, self._global_limit = limit, global_limit
        self._first_response, self._token_life, self.repeats = first_response, token_life, repeats
        self._max_concurrency, self._identify_every = max_concurrency, identify_every
        self._identified_at: dict[int, float] = {}  # by bucket
        self.on_heartbeat = on_heartbeat
        self.starts, self.too_soon = 1000, 0  # sessions that Discord lets begin, and IDENTIFYs that it refused
        self.shards = shards
        self.guilds = [GUILDS + (n << 22) for n in range(guilds)]
        self.channels: dict[int, Channel] = {}
        for guild in self.guilds:
            for n in range(channels):
                self.channels[guild + 1 + n] = Channel(guild + 1 + n, guild, denied=denied if n else 0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake Discord", daemon=True)
        self._sessions: dict[int, list[_Session]] = {}  # by shard, which several may have; the newest last
        self._buckets: dict[Any, _Bucket] = {}
        self._faults: list[tuple[Fault, list[int]]] = []
        self._interactions: dict[int, _Given] = {}
        self._tokens: dict[str, _Given] = {}
        self._written: dict[int, int] = {}  # a message of the bot -> the question that it answers
        self._nonces: dict[tuple[int, str], int] = {}
        self._ids = 0
        self._by_path: list[tuple[str, re.Pattern[str], Callable[..., Awaitable[web.Response]]]] = []
        self.messages: dict[int, dict[str, Any]] = {}
        self.questions: dict[int, Question] = {}
        self.requests: list[Request] = []
        self.commands: list[dict[str, Any]] = []
        self.intents: list[int] = []
        self.identifies = self.resumes = self.clean_closes = 0
        self.failed = 0  # requests that met a fault
        self.unheard = 0  # events for which there was no session, so that they are lost
        self.port = 0
        self._routes()

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._run(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
            self._loop.close()
        if kind is None:
            for request in self.requests:
                contract().check(request.method, request.path, request.query, request.body)

    @contextmanager
    def redirected(self) -> Iterator[None]:
        """discord.py talks to this fake as long as that is entered."""
        base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
        discord.http.Route.BASE = self.base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.gateway)
        try:
            yield
        finally:
            discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    @property
    def channel(self) -> int:
        """The first channel."""
        return next(iter(self.channels))

    def shard_of(self, guild: int | None) -> int:
        return (guild >> 22) % self.shards if guild is not None else 0

    # What people do

    def mention(self, text: str, channel: int | None = None, asker: int = 7, **fields: Any) -> Question:
        """A message that mentions the bot."""
        return self.say(f"<@{BOT}> {text}", channel, asker, mentions=[user(BOT, "verbatim")], **fields)

    def dm(self, text: str, asker: int = 7, **fields: Any) -> Question:
        return self.say(text, self.dm_channel(asker), asker, **fields)

    def say(self, text: str, channel: int | None = None, asker: int = 7, **fields: Any) -> Question:
        """A message; `fields` are put over those of its event."""
        return self.say_all([(text, channel or self.channel, asker)], **fields)[0]

    def say_all(self, said: Iterable[tuple[str, int, int]], **fields: Any) -> list[Question]:
        """Many messages (text, channel, asker) at once."""

        async def send() -> list[Question]:
            asked = []
            for text, channel, asker in said:
                message = self._message(channel, asker, text, **fields)
                asked.append(self._ask(Question(int(message["id"]), channel, asker, time.monotonic())))
                await self._emit(self.channels[channel].guild, "MESSAGE_CREATE", message)
            return asked

        return self._run(send(), 60)

    def mention_all(self, asked: Iterable[tuple[str, int, int]]) -> list[Question]:
        """Many mentions of the bot (text, channel, asker) at once."""
        return self.say_all(((f"<@{BOT}> {t}", c, a) for t, c, a in asked), mentions=[user(BOT, "verbatim")])

    def slash(self, name: str, channel: int | None = None, asker: int = 7, *, age: float = 0.0, **options: Any) -> Question:
        """A slash command; `age` is how many seconds ago it was sent."""
        return self.slash_all(name, [(channel or self.channel, asker, options)], age=age)[0]

    def slash_all(self, name: str, asked: Iterable[tuple[int, int, Mapping[str, Any]]], *, age: float = 0.0) -> list[Question]:
        """Many slash commands (channel, asker, options) at once."""
        every = list(asked)
        data = [{"id": "9", "name": name, "type": 1, "options": _options_of(options)} for _, _, options in every]
        return self._interact(SLASH, [(c, a, d) for (c, a, _), d in zip(every, data, strict=True)], age=age)

    def complete(self, name: str, option: str, typed: str, channel: int | None = None, asker: int = 7) -> Question:
        """What is typed into an option of a slash command."""
        options = [{"name": option, "type": 3, "value": typed, "focused": True}]
        data = {"id": "9", "name": name, "type": 1, "options": options}
        return self._interact(AUTOCOMPLETE, [(channel or self.channel, asker, data)])[0]

    def press(self, message: int, custom_id: str, asker: int = 7, *, age: float = 0.0) -> Question:
        """A button on a message of the bot."""
        data = {"custom_id": custom_id, "component_type": 2}
        channel = int(self.messages[message]["channel_id"])
        return self._interact(COMPONENT, [(channel, asker, data)], message, age=age)[0]

    def submit(self, custom_id: str, typed: str, channel: int | None = None, asker: int = 7, *, age: float = 0.0) -> Question:
        """A window with one text input."""
        field = {"type": 4, "id": 2, "custom_id": "question", "value": typed}
        data = {"custom_id": custom_id, "components": [{"type": 18, "id": 1, "component": field}]}
        return self._interact(SUBMIT, [(channel or self.channel, asker, data)], age=age)[0]

    def repeat(self, question: Question) -> None:
        """The event of a message once more, as a new event."""
        message = self.messages[question.id]
        self._run(self._emit(self.channels[question.channel].guild, "MESSAGE_CREATE", message))

    def delete(self, message: int, *, told: bool = True) -> None:
        """The message is gone; `told`: the bot hears of it."""
        self._run(self._delete(message, told=told))

    def delete_channel(self, channel: int, *, told: bool = True) -> None:
        """The channel is gone; `told`: the bot hears of it."""

        async def remove() -> None:
            found = self.channels[channel]
            found.exists = False
            if told:
                await self._emit(found.guild, "CHANNEL_DELETE", self._channel(found))

        self._run(remove())

    # What people see

    def seen(self, question: Question) -> list[str]:
        """What the asker sees as an answer, oldest first: contents of messages; for an interaction also "(change)",
        "(choices)" and "(window)"."""
        shown = [
            str(self.messages[m]["content"]) for m, q in self._written.copy().items() if q == question.id and m in self.messages
        ]
        given = self._interactions.get(question.id)
        if given is not None and given.response in _SHOWN:
            shown.append(_SHOWN[given.response])
        return [content for content in shown if content]

    def response_time(self, question: Question) -> float | None:
        """Seconds from an interaction to its first response; None where there is none."""
        given = self._interactions[question.id]
        return given.at - question.at if given.response is not None else None

    def response_type(self, question: Question) -> int | None:
        return self._interactions[question.id].response

    def choices(self, question: Question) -> list[Any]:
        return self._interactions[question.id].choices or []

    def custom_ids(self, question: Question) -> Iterator[tuple[int, str]]:
        """What can be pressed on the answers to a question: message and custom_id."""
        for message in [m for m, q in self._written.copy().items() if q == question.id and m in self.messages]:
            for row in self.messages[message]["components"]:
                for item in row["components"]:
                    yield message, item["custom_id"]

    def bodies(self, method: str, path: str) -> list[Any]:
        """The bodies of the requests of a method to a path (a pattern with *), oldest first."""
        return [r.body for r in self.requests if r.method == method and fnmatchcase(r.path, path)]

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The bodies of the messages that the bot tried to send in channels, oldest first."""
        return self.bodies("POST", "/channels/*/messages")

    def until(self, happened: Callable[[], Any], timeout: float = 30.0) -> bool:
        """Wait until something has happened. Returns whether it has."""
        end = time.monotonic() + timeout
        while not happened():
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def is_ready(self, shards: int | None = None) -> bool:
        """Whether so many shards (all) are connected."""
        return sum(self.sessions(shard) > 0 for shard in self._sessions.copy()) >= (shards or self.shards)

    def sessions(self, shard: int = 0) -> int:
        """How many are connected for a shard."""
        return sum(s.socket is not None and not s.socket.closed for s in list(self._sessions.get(shard, ())))

    # What goes wrong

    def fail(self, *faults: Fault) -> None:
        """Faults for the requests from now on."""
        self._faults.extend((fault, [0]) for fault in faults)

    def heal(self) -> None:
        self._faults.clear()

    def cut(self, shard: int = 0) -> None:
        """The TCP connection of a shard is gone, without a word."""

        async def abort() -> None:
            session = self._newest(shard)
            if session.transport is not None:
                _reset(session.transport)
            session.socket = None

        self._run(abort())

    def close(self, code: int, shard: int = 0) -> None:
        self._newest(shard).is_closed = True
        self._to_socket(shard, lambda s: s.close(code=code))

    def reconnect(self, shard: int = 0) -> None:
        """Op 7: connect anew and resume."""
        self.frame({"op": 7, "d": None, "s": None, "t": None}, shard)

    def invalidate(self, shard: int = 0, *, resumable: bool = False) -> None:
        """Op 9: the session is not valid; where it can be resumed, it goes on."""
        session = self._newest(shard)
        self.frame({"op": 9, "d": resumable, "s": None, "t": None}, shard)
        if not resumable:
            self._forget(session)

    def zombify(self, shard: int = 0) -> None:
        """The connection stands, but nothing comes through it any more, no event and no acknowledgement of a heartbeat."""
        self._newest(shard).is_zombie = True

    def frame(self, what: Any, shard: int = 0) -> None:
        """A frame outside the sequence: a text or bytes as they are, anything else as JSON."""

        def send(socket: web.WebSocketResponse) -> Awaitable[Any]:
            if isinstance(what, bytes):
                return socket.send_bytes(what)
            return socket.send_str(what if isinstance(what, str) else json.dumps(what))

        self._to_socket(shard, send)

    def event(self, name: str, data: Any, guild: int | None = None) -> None:
        """An event of any name and content, in sequence."""
        self._run(self._emit(guild, name, data, as_is=True))

    # Within: threads

    def _run(self, work: Awaitable[_T], timeout: float = 20.0) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout)  # type: ignore[arg-type]

    def _to_socket(self, shard: int, act: Callable[[web.WebSocketResponse], Awaitable[Any]]) -> None:
        async def do() -> None:
            session = self._newest(shard)
            if session.socket is not None:
                await act(session.socket)

        self._run(do())

    async def _start(self) -> None:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=2048)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        await self._runner.cleanup()
        late = asyncio.all_tasks() - {asyncio.current_task()}  # requests that are still delayed
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    # Within: people

    def _next_id(self, age: float = 0.0) -> int:
        self._ids += 1
        return (int((time.time() - age) * 1000) - EPOCH) << 22 | (self._ids & 0x3FFFFF)

    def _ask(self, question: Question) -> Question:
        self.questions[question.id] = question
        return question

    def dm_channel(self, asker: int) -> int:
        known = [c.id for c in self.channels.values() if c.recipient == asker]
        if not known:
            known = [500_000 + asker]
            self.channels[known[0]] = Channel(known[0], None, asker)
        return known[0]

    def _interact(
        self, kind: int, asked: Sequence[tuple[int, int, dict[str, Any]]], message: int | None = None, *, age: float = 0.0
    ) -> list[Question]:
        async def send() -> list[Question]:
            questions = []
            for channel, asker, data in asked:
                number = self._next_id(age)
                question = Question(number, channel, asker, time.monotonic() - age, kind, f"token{number}")
                given = _Given(self._ask(question), message)
                self._interactions[number] = self._tokens[question.token] = given
                event = self._interaction(question, data)
                if message is not None:
                    event["message"] = self.messages[message]
                questions.append(question)
                await self._emit(self.channels[channel].guild, "INTERACTION_CREATE", event)
            return questions

        return self._run(send(), 60)

    def _interaction(self, question: Question, data: dict[str, Any]) -> dict[str, Any]:
        channel = self.channels[question.channel]
        person = user(question.asker)
        where: dict[str, Any] = {"user": person, "context": 1}
        if channel.guild is not None:
            where = {
                **{"guild_id": str(channel.guild), "guild": {"id": str(channel.guild), "locale": "en-US", "features": []}},
                **{"member": {**member(person), "permissions": str(EVERYTHING)}, "context": 0, "guild_locale": "en-US"},
            }
        return {
            **{"id": str(question.id), "application_id": str(BOT), "type": question.kind, "token": question.token, "version": 1},
            **{"data": data, "channel_id": str(channel.id), "channel": self._channel(channel), "locale": "en-US"},
            **{"app_permissions": str(EVERYTHING & ~channel.denied), "entitlements": [], "attachment_size_limit": 10_485_760},
            **{"authorizing_integration_owners": {"0": str(channel.guild or 0)}},
            **where,
        }

    def _message(self, channel: int, author: int, content: str, **fields: Any) -> dict[str, Any]:
        """A message that exists from now on, as its event has it."""
        number = self._next_id()
        guild = self.channels[channel].guild
        person = user(author, "verbatim" if author == BOT else None)
        message = {
            **{"id": str(number), "channel_id": str(channel), "author": person, "content": content, "type": 0, "flags": 0},
            **{"timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False, "mention_everyone": False},
            **{"mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "components": [], "pinned": False},
            **({"guild_id": str(guild), "member": member(None)} if guild is not None else {}),
            **fields,
        }
        self.messages[number] = message
        return message

    async def _delete(self, message: int, *, told: bool = True) -> None:
        gone = self.messages.pop(message)
        if not told:
            return
        channel = self.channels[int(gone["channel_id"])]
        where = {"guild_id": str(channel.guild)} if channel.guild is not None else {}
        await self._emit(channel.guild, "MESSAGE_DELETE", {"id": gone["id"], "channel_id": gone["channel_id"], **where})

    def _channel(self, channel: Channel) -> dict[str, Any]:
        if channel.guild is None:
            return {"id": str(channel.id), "type": DM, "recipients": [user(channel.recipient or 0)], "last_message_id": None}
        overwrites = [{"id": str(channel.guild), "type": 0, "allow": "0", "deny": str(channel.denied)}] if channel.denied else []
        return {
            **{
                "id": str(channel.id),
                "type": TEXT,
                "guild_id": str(channel.guild),
                "name": f"channel-{channel.id}",
                "position": 0,
            },
            **{"permission_overwrites": overwrites, "nsfw": False, "parent_id": None, "topic": None, "rate_limit_per_user": 0},
            **{"last_message_id": None, "permissions": str(EVERYTHING), "flags": 0},
        }

    def _channels_in(self, guild: int) -> list[Channel]:
        return [c for c in self.channels.values() if c.guild == guild and c.exists]

    def _guild(self, guild: int) -> dict[str, Any]:
        everyone = {
            **{"id": str(guild), "name": "@everyone", "color": 0, "hoist": False, "position": 0, "permissions": str(EVERYTHING)},
            **{"managed": False, "mentionable": False, "flags": 0, "colors": {"primary_color": 0}},
        }
        inside = [self._channel(c) for c in self._channels_in(guild)]
        return {
            **{"id": str(guild), "name": "the server", "owner_id": str(OWNER), "preferred_locale": "en-US", "features": []},
            **{"roles": [everyone], "channels": inside, "threads": [], "members": [member(user(BOT, "verbatim"))], "emojis": []},
            **{"stickers": [], "member_count": 2, "large": False, "unavailable": False, "voice_states": [], "presences": []},
            **{"afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0},
            **{"mfa_level": 0, "system_channel_flags": 0, "premium_tier": 0, "nsfw_level": 0, "icon": None, "banner": None},
            **{"splash": None, "description": None, "afk_channel_id": None, "system_channel_id": None, "joined_at": _NOW},
            **{
                "stage_instances": [],
                "guild_scheduled_events": [],
                "soundboard_sounds": [],
                "premium_progress_bar_enabled": False,
            },
        }

    # Within: the gateway

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        session: _Session | None = None
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": self._heartbeat * 1000}, "s": None, "t": None})
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            frame = json.loads(message.data)
            match frame["op"]:
                case 1:
                    if session is None or not session.is_zombie:
                        await socket.send_json({"op": 11})
                        if session is not None:
                            self.on_heartbeat()
                case 2:
                    session = await self._identify(socket, request, frame["d"]) or session
                case 6:
                    session = await self._resume(socket, request, frame["d"]) or session
        clean = socket.close_code in (1000, 1001) and not (session is not None and session.is_closed)
        self.clean_closes += clean
        if session is not None and session.socket is socket:
            session.socket = None
            if clean:
                self._forget(session)  # Discord ends a session that is closed so
        return socket

    def _newest(self, shard: int) -> _Session:
        return self._sessions[shard][-1]

    def _forget(self, session: _Session) -> None:
        left = [s for s in self._sessions.pop(session.shard, ()) if s is not session]
        if left:
            self._sessions[session.shard] = left

    def _is_in_turn(self, shard: int) -> bool:
        """https://docs.discord.com/developers/events/gateway#sharding-max-concurrency"""
        bucket, now = shard % self._max_concurrency, time.monotonic()
        last, self._identified_at[bucket] = self._identified_at.get(bucket, -math.inf), now
        return now - last >= self._identify_every

    async def _identify(self, socket: web.WebSocketResponse, request: web.Request, data: Mapping[str, Any]) -> _Session | None:
        self.intents.append(data["intents"])
        act = self._identified[min(self.identifies, len(self._identified) - 1)]
        self.identifies += 1
        if isinstance(act, int):
            await socket.close(code=act)
            return None
        shard, shards = data.get("shard") or (0, 1)
        if not self._is_in_turn(shard):
            self.too_soon += 1
            await socket.send_json({"op": 9, "d": False, "s": None, "t": None})
            return None
        session = _Session(f"session{self.identifies}", shard, shards, data["intents"], socket, _transport(request))
        connected = [s for s in self._sessions.get(shard, ()) if s.socket is not None and not s.socket.closed]
        self._sessions[shard] = [*connected, session]
        guilds = [g for g in self.guilds if (g >> 22) % shards == shard]
        ready = {
            **{"v": 10, "user": {**user(BOT, "verbatim"), "bot": True}, "session_id": session.id, "shard": [shard, shards]},
            **{"guilds": [{"id": str(g), "unavailable": True} for g in guilds], "resume_gateway_url": self.gateway},
            "application": {"id": str(BOT), "flags": self.flags},
        }
        await self._send(session, "READY", ready)
        for guild in guilds:
            await self._send(session, "GUILD_CREATE", self._guild(guild))
        if act != "ready":
            await (socket.send_bytes(act) if isinstance(act, bytes) else socket.send_str(act))
        return session

    async def _resume(self, socket: web.WebSocketResponse, request: web.Request, data: Mapping[str, Any]) -> _Session | None:
        session = next((s for every in self._sessions.values() for s in every if s.id == data["session_id"]), None)
        if session is None:
            await socket.send_json({"op": 9, "d": False, "s": None, "t": None})
            return None
        self.resumes += 1
        session.is_zombie, session.is_closed, session.transport = False, False, _transport(request)
        received = data["seq"] or 0
        first = (
            next((n for n, f in enumerate(session.sent) if n > 0 and '"t": "GUILD_CREATE"' not in f), 0)
            if self.repeats
            else received
        )
        for frame in session.sent[first:]:
            await socket.send_str(frame)
        session.socket = socket
        await self._send(session, "RESUMED", {})
        return session

    async def _emit(self, guild: int | None, name: str, data: Any, *, as_is: bool = False) -> None:
        """An event for each that has its shard; it is kept for a resumption, or lost where there is no session."""
        sessions = self._sessions.get(self.shard_of(guild), ())
        self.unheard += not sessions
        for session in sessions:
            hidden = name == "MESSAGE_CREATE" and guild is not None and not as_is and not session.intents & 1 << 15
            await self._send(session, name, _withheld(data) if hidden else data)

    async def _send(self, session: _Session, name: str, data: Any) -> None:
        frame = json.dumps({"op": 0, "t": name, "s": len(session.sent) + 1, "d": data})
        session.sent.append(frame)
        if session.socket is not None and not session.is_zombie and not session.socket.closed:
            try:
                await session.socket.send_str(frame)
            except ConnectionError:
                session.socket = None

    # Within: REST

    async def _rest(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body = await _body_of(request)
        arrived = Request(request.method, path, dict(request.query), body, time.monotonic())
        position = len(self.requests)
        self.requests.append(arrived)
        fault = self._fault(request.method, path)
        if fault is not None and fault.delay:
            await asyncio.sleep(fault.delay)
        answer = None
        if fault is None or fault.taken or (fault.status is None and fault.retry_after is None and fault.cut is None):
            answer = self._limited(request.method, path) or await self._do(arrived)
        if fault is not None:
            if fault.lag:
                await asyncio.sleep(fault.lag)
            answer = self._answer_of(fault) or answer
            if fault.cut:
                transport = request.transport
                if transport is not None:
                    _reset(transport) if fault.cut == "reset" else transport.close()
                return web.Response()
        assert answer is not None
        self.requests[position] = replace(arrived, answered=answer.status)
        self._add_limits(answer, request.method, path)
        return answer

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault, used in self._faults:
            if fault.method != method or not fnmatchcase(path, fault.path):
                continue
            used[0] += 1
            if used[0] > fault.skip and (fault.times is None or used[0] <= fault.skip + fault.times):
                self.failed += 1
                return fault
        return None

    def _answer_of(self, fault: Fault) -> web.Response | None:
        if fault.retry_after is not None:
            if not fault.via:
                return web.Response(text="error code: 1015", status=429)
            return _too_many(fault.retry_after, is_global=fault.is_global)
        return _refuse(fault.status, fault.code) if fault.status is not None else None

    async def _do(self, request: Request) -> web.Response:
        if self._login_status != 200:
            return _refuse(self._login_status, 0)
        for method, pattern, act in self._by_path:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                return await act(request, *found.groups())
        return _refuse(404, 0)

    # Rate limits

    def _bucket(self, method: str, path: str) -> tuple[Any, tuple[int, float]] | None:
        found = re.fullmatch(r"/channels/(\d+)/messages", path)
        return (("messages", found[1]), self._limit) if self._limit and method == "POST" and found else None

    def _limited(self, method: str, path: str) -> web.Response | None:
        """A 429 where a bucket is empty. Interactions' endpoints are not bound to the global one."""
        now = time.monotonic()
        buckets = [(self._bucket(method, path), False)]
        if self._global_limit and not path.startswith(("/interactions/", "/webhooks/")):
            buckets.append((("global", self._global_limit), True))
        for known, is_global in reversed(buckets):
            if known is None:
                continue
            key, (number, seconds) = known
            bucket = self._buckets.get(key)
            if bucket is None or now >= bucket.until:
                bucket = self._buckets[key] = _Bucket(number, now + seconds)
            if bucket.left <= 0:
                return _too_many(bucket.until - now, is_global=is_global)
            bucket.left -= 1
        return None

    def _add_limits(self, answer: web.StreamResponse, method: str, path: str) -> None:
        known = self._bucket(method, path)
        if known is None or known[0] not in self._buckets:
            return
        (key, (number, _)), bucket = known, self._buckets[known[0]]
        left = max(0.0, bucket.until - time.monotonic())
        answer.headers.update(
            {
                **{"X-RateLimit-Limit": str(number), "X-RateLimit-Remaining": str(bucket.left), "X-RateLimit-Bucket": key[0]},
                **{"X-RateLimit-Reset-After": f"{left:.3f}", "X-RateLimit-Reset": f"{time.time() + left:.3f}"},
            }
        )

    # The API

    def _routes(self) -> None:
        def add(method: str, path: str, act: Callable[..., Awaitable[web.Response]]) -> None:
            self._by_path.append((method, re.compile(re.sub(r"\{\w+\}", r"([^/]+)", path)), act))

        add("GET", "/users/@me", self._me)
        add("GET", "/oauth2/applications/@me", self._application)
        add("GET", "/applications/@me", self._application)
        add("GET", "/gateway", self._gateway_address)
        add("GET", "/gateway/bot", self._gateway_address)
        add("GET", "/applications/{application}/commands", self._commands)
        add("PUT", "/applications/{application}/commands", self._put_commands)
        add("POST", "/users/@me/channels", self._open_dm)
        add("GET", "/channels/{channel}", self._get_channel)
        add("POST", "/channels/{channel}/messages", self._post_message)
        add("GET", "/channels/{channel}/messages/{message}", self._get_message)
        add("PATCH", "/channels/{channel}/messages/{message}", self._patch_message)
        add("DELETE", "/channels/{channel}/messages/{message}", self._delete_message)
        add("POST", "/interactions/{interaction}/{token}/callback", self._callback)
        add("POST", "/webhooks/{application}/{token}", self._follow_up)
        for method, act in (("GET", self._get_message), ("PATCH", self._patch_message), ("DELETE", self._delete_message)):
            add(method, "/webhooks/{application}/{token}/messages/{message}", self._of_webhook(act))

    async def _me(self, _: Request) -> web.Response:
        return _json({**user(BOT, "verbatim"), "bot": True})

    async def _application(self, _: Request) -> web.Response:
        return _json(
            {
                **{"id": str(BOT), "name": "verbatim", "description": "", "icon": None, "flags": self.flags, "team": None},
                **{"owner": user(OWNER), "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "summary": ""},
            }
        )

    async def _gateway_address(self, _: Request) -> web.Response:
        limits = {"total": 1000, "remaining": self.starts - self.identifies, "reset_after": 86_400_000}
        limits["max_concurrency"] = self._max_concurrency
        return _json({"url": self.gateway, "shards": self.shards, "session_start_limit": limits})

    async def _commands(self, *_: Any) -> web.Response:
        return _json(self.commands)

    async def _put_commands(self, request: Request, _: str) -> web.Response:
        made = [{"id": str(self._next_id()), "application_id": str(BOT), "version": "1", **c} for c in request.body]
        self.commands = [{"description": "", "default_member_permissions": None, **c} for c in made]
        return _json(self.commands)

    async def _open_dm(self, request: Request) -> web.Response:
        return _json(self._channel(self.channels[self.dm_channel(int(request.body["recipient_id"]))]))

    async def _get_channel(self, _: Request, channel: str) -> web.Response:
        found = self.channels.get(int(channel))
        return _json(self._channel(found)) if found and found.exists else _refuse(404, 10003)

    async def _post_message(self, request: Request, number: str) -> web.Response:
        channel = self.channels.get(int(number))
        if channel is None or not channel.exists:
            return _refuse(404, 10003)
        if channel.refuses:
            return _refuse(*channel.refuses)
        if channel.denied & (VIEW | SEND):
            return _refuse(403, 50001 if channel.denied & VIEW else 50013)
        body = request.body
        reference = body.get("message_reference")
        if reference and reference.get("fail_if_not_exists", True) and int(reference["message_id"]) not in self.messages:
            return _refuse(400, 50035, {"message_reference": {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE"}]}})
        nonce = str(body.get("nonce") or "")
        if body.get("enforce_nonce") and nonce and (channel.id, nonce) in self._nonces:
            return _json(self.messages[self._nonces[channel.id, nonce]])
        where = {"guild_id": str(channel.guild)} if channel.guild is not None else {}
        fields = {"message_reference": {**reference, **where}} if reference else {}
        message = self._write(channel.id, body, type=19 if reference else 0, nonce=nonce, **fields)
        if nonce:
            self._nonces[channel.id, nonce] = int(message["id"])
        about = next((int(n) for n in (reference and reference["message_id"], nonce) if n and int(n) in self.questions), None)
        if about is not None:
            self._written[int(message["id"])] = about
        await self._emit(channel.guild, "MESSAGE_CREATE", message)
        return _json(message)

    def _write(self, channel: int, body: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        files = [
            {"id": str(n), "filename": "file", "size": 1, "url": "", "proxy_url": ""}
            for n, _ in enumerate(body.get("attachments") or [])
        ]
        said = {"flags": body.get("flags") or 0, "components": body.get("components") or [], "attachments": files}
        return self._message(channel, BOT, body.get("content") or "", **{**said, **fields})

    async def _get_message(self, _: Request, channel: str, message: str) -> web.Response:
        found = self.messages.get(int(message))
        return _json(found) if found else _refuse(404, 10008)

    async def _patch_message(self, request: Request, channel: str, message: str) -> web.Response:
        found = self.messages.get(int(message))
        if found is None:
            return _refuse(404, 10008)
        changes = {k: request.body[k] for k in ("content", "components", "embeds") if request.body.get(k) is not None}
        found.update(changes, flags=found["flags"] & ~(1 << 7))
        return _json(found)

    async def _delete_message(self, _: Request, channel: str, message: str) -> web.Response:
        if int(message) not in self.messages:
            return _refuse(404, 10008)
        await self._delete(int(message))
        return web.Response(status=204)

    async def _callback(self, request: Request, number: str, token: str) -> web.Response:
        """https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response"""
        given = self._interactions.get(int(number))
        if given is None or given.question.token != token:
            return _refuse(404, 10062)
        if given.response is not None:
            return _refuse(400, 40060)
        if time.monotonic() - given.question.at > self._first_response:
            return _refuse(404, 10062)
        kind, data = request.body["type"], request.body.get("data") or {}
        given.response, given.at = kind, time.monotonic()
        message = None
        if kind in (4, 5):
            flags = (data.get("flags") or 0) | (1 << 7 if kind == 5 else 0)
            message = await self._respond(given, {**data, "flags": flags})
            given.original = int(message["id"])
        elif kind in (6, 7):
            given.original = given.pressed
            if kind == 7 and given.pressed is not None:
                self.messages[given.pressed].update({k: v for k, v in data.items() if k in ("content", "components")})
        elif kind == 8:
            given.choices = data["choices"]
        if request.query.get("with_response") not in ("1", "true"):
            return web.Response(status=204)
        about = {"id": number, "type": given.question.kind, "response_message_loading": kind == 5}
        if message is None:
            return _json({"interaction": about})
        about["response_message_id"] = message["id"]
        about["response_message_ephemeral"] = bool(message["flags"] & 64)
        return _json({"interaction": about, "resource": {"type": kind, "message": message}})

    async def _respond(self, given: _Given, body: Mapping[str, Any]) -> dict[str, Any]:
        asked = {"id": str(given.question.id), "type": given.question.kind, "user": user(given.question.asker)}
        asked["authorizing_integration_owners"] = {}
        message = self._write(given.question.channel, body, webhook_id=str(BOT), interaction_metadata=asked)
        self._written[int(message["id"])] = given.question.id
        if not message["flags"] & 64:
            await self._emit(self.channels[given.question.channel].guild, "MESSAGE_CREATE", message)
        return message

    def _of_token(self, token: str) -> _Given | web.Response:
        given = self._tokens.get(token)
        if given is None or given.response is None:
            return _refuse(404, 10015)
        if time.monotonic() - given.question.at > self._token_life:
            return _refuse(401, 50027)
        return given

    async def _follow_up(self, request: Request, _: str, token: str) -> web.Response:
        given = self._of_token(token)
        if isinstance(given, web.Response):
            return given
        message = await self._respond(given, request.body)
        given.followups.append(int(message["id"]))
        return _json(message)

    def _of_webhook(self, act: Callable[..., Awaitable[web.Response]]) -> Callable[..., Awaitable[web.Response]]:
        async def found(request: Request, _: str, token: str, message: str) -> web.Response:
            given = self._of_token(token)
            if isinstance(given, web.Response):
                return given
            number = message
            if message == "@original":
                number = str(given.original or 0)
            return await act(request, "", number)

        return found


@contextmanager
def fake_discord(*identified: str | bytes | int, **options: Any) -> Iterator[Discord]:
    """A fake with discord.py redirected to it."""
    with Discord(*identified, **options) as fake, fake.redirected():
        yield fake


class Drive:
    """A story in a thread of its own while `serve` runs in the main one, as it must to hear signals. In the end `serve` is
    told to stop by SIGTERM."""

    def __init__(self, story: Callable[[Drive], None]) -> None:
        self._story, self._told = story, False
        self._failed: BaseException | None = None
        self.ended = threading.Event()
        self.status: int | None = None

    def run(self, serve: Callable[[], int]) -> int:
        """What `serve` returns. Raises what the story raised."""
        thread = threading.Thread(target=self._play, name="story", daemon=True)
        thread.start()
        try:
            self.status = serve()
        finally:
            self.ended.set()
            thread.join(60)
        if self._failed is not None:
            raise self._failed
        return self.status

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Send the signal; once, and not to a process that no longer listens."""
        if not self._told and not self.ended.is_set():
            self._told = True
            os.kill(os.getpid(), number)

    def _play(self) -> None:
        try:
            self._story(self)
        except BaseException as error:
            self._failed = error
        finally:
            self.stop()


_SHOWN = {7: "(change)", 8: "(choices)", 9: "(window)"}
_NOW = "2026-01-01T00:00:00+00:00"


def user(number: int, name: str | None = None) -> dict[str, Any]:
    return {
        **{"id": str(number), "username": name or f"asker{number}", "discriminator": "0", "avatar": None, "global_name": None},
        "bot": number == BOT,
    }


def member(person: Mapping[str, Any] | None) -> dict[str, Any]:
    """A member of a server; without a person as it stands beside a message's author."""
    inside: dict[str, Any] = {"roles": [], "joined_at": _NOW, "premium_since": None, "deaf": False, "mute": False, "flags": 0}
    return {**inside, "nick": None, "avatar": None, **({"user": person} if person else {})}


def _options_of(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    kinds = {str: 3, int: 4, bool: 5}
    return [{"name": name, "type": kinds[type(value)], "value": value} for name, value in options.items()]


def _withheld(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message as it arrives without the Message Content intent: its text only where the bot is mentioned or has written it."""
    if message["author"]["id"] == str(BOT) or any(m["id"] == str(BOT) for m in message["mentions"]):
        return message
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}


async def _body_of(request: web.Request) -> Any:
    if not request.can_read_body:
        return None
    if request.content_type == "application/json":
        return await request.json()
    if request.content_type == "multipart/form-data":
        form = await request.post()
        return json.loads(str(form["payload_json"]))
    return await request.text() or None


def _json(value: Any) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), headers=_JSON)


def _refuse(status: int | None, code: int, errors: Mapping[str, Any] | None = None) -> web.Response:
    """https://docs.discord.com/developers/reference#error-messages"""
    body = {"message": "refused", "code": code, **({"errors": errors} if errors else {})}
    return web.Response(body=json.dumps(body).encode(), status=status or 500, headers=_JSON)


def _too_many(seconds: float, *, is_global: bool) -> web.Response:
    """A 429 of Discord's own, which is told from Cloudflare's by the header Via."""
    body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": is_global}
    scope = "global" if is_global else "user"
    headers = {**_JSON, "Via": "1.1 google", "Retry-After": str(max(1, round(seconds))), "X-RateLimit-Scope": scope}
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return web.Response(body=json.dumps(body).encode(), status=429, headers=headers)


def _transport(request: web.Request) -> asyncio.Transport:
    assert request.transport is not None
    return request.transport


def _reset(transport: asyncio.BaseTransport) -> None:
    """Close a connection with a TCP reset: what is under way is lost."""
    handle = transport.get_extra_info("socket")
    if handle is not None:
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()  # type: ignore[attr-defined]
