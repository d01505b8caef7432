"""Two stand-ins for Discord: simcord, for what the bot says, and a small server on loopback, for how it starts, restarts and stops."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import discord
import jsonschema
import pytest
import simcord
import yarl
from aiohttp import WSMsgType, web
from simcord.backend import serializers

from bot.answer import Ambiguous, Answer, Engine
from bot.client.app import Verbatim
from bot.dialogue import Dialogue
from bot.library import Library
from bot.reply import compose
from bot.store import MemoryStore, Store
from bot.wording import wording

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Scene:
    """A server with one channel and one asker, and the bot in it."""

    env: simcord.Env
    bot: Verbatim
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    asker: simcord.MemberActor

    def bodies(self, method: str, path: str) -> list[dict[str, Any]]:
        """The JSON bodies of the bot's requests whose path begins so, oldest first."""
        return [r.json for r in self.env.http_requests if r.method == method and r.path.startswith(path)]

    @property
    def last(self) -> str:
        """What stands last in the channel."""
        message = self.channel.last_message
        return message.content if message else ""

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The bodies of the messages that the bot tried to send in channels."""
        return self.bodies("POST", "/channels/")

    @property
    def responses(self) -> list[dict[str, Any]]:
        """The bodies of the bot's first responses to interactions."""
        return self.bodies("POST", "/interactions/")

    async def mention(self, text: str, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        assert self.bot.user
        return await self.asker.send(channel or self.channel, f"<@{self.bot.user.id}> {text}")

    async def receive_dm(self, text: str, **fields: Any) -> None:
        """A direct message as Discord might send it though simcord's askers could not: of more than 2,000 characters, or with other `fields`."""
        backend, channel = self.env.backend, self.asker.user.dm_channel
        message = backend.create_message(channel.id, self.asker.id, "short", broadcast=False)
        backend.emit("MESSAGE_CREATE", {**serializers.message_payload(backend, message), "content": text, **fields})
        await self.env.settle()

    async def repeat(self, message: discord.Message) -> None:
        """The same event once more, as after a reconnection."""
        backend = self.env.backend
        backend.emit("MESSAGE_CREATE", serializers.message_payload(backend, backend.get_message(message.channel.id, message.id)))
        await self.env.settle()


def play(
    story: Callable[[Scene], Awaitable[None]],
    engine: Any,
    store: Store | None = None,
    *,
    settle_timeout: float = 5.0,
    **options: Any,
) -> None:
    """Run a story in a fresh simulated Discord. Fails where the bot let an exception through that the story did not look at, or, where Discord's
    OpenAPI file is at hand, sent a body that it does not allow."""

    async def run() -> None:
        library = engine if isinstance(engine, Library) else shelf(engine)
        bot = Verbatim(library, store or MemoryStore(), Dialogue(), **options)
        async with simcord.run(bot, settle_timeout=settle_timeout) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("article")
            await story(Scene(env, bot, guild, channel, guild.add_member(env.create_user("asker"))))
            if (contract := _contract()) is not None:
                for request in env.http_requests:
                    if request.json is not None:
                        contract.check(request)

    asyncio.run(run())


def shelf(*engines: Any, read_anew: Callable[[], Engine] = lambda: pytest.fail("it was read anew")) -> Library:
    """A library of engines that stand already; `read_anew` makes one when it is read a second time."""
    standing = {Path(f"pack-{number}"): engine for number, engine in enumerate(engines)}
    return Library(list(standing), lambda path: standing.pop(path) if path in standing else read_anew())


def said(result: simcord.InteractionResult) -> str:
    """What an interaction was answered with, or nothing."""
    return result.response.content if result.response else ""


def worded(engine: Engine, question: str, history: Sequence[Answer] = ()) -> str:
    """What the bot should send for a question."""
    return compose(engine.answer(question, history), engine.pack, wording("en")).content


@dataclass(frozen=True)
class Stub:
    """An engine in front of a real one; `decide` is called with the question, the history and the real engine."""

    real: Engine
    decide: Callable[[str, Sequence[Answer], Engine], Answer]

    @property
    def pack(self) -> Any:
        return self.real.pack

    def answer(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        return self.decide(question, history, self.real)


def undecided(engine: Engine, *topics: str) -> Stub:
    """The engine, but torn between `topics` where it is asked "which?"."""

    def decide(question: str, history: Sequence[Answer], real: Engine) -> Answer:
        answer = real.answer(question, history)
        if question != "which?":
            return answer
        return Ambiguous(
            replace(answer.trace, rule="the test says so"), 0.5, (), tuple(real.pack.by_id[topic] for topic in topics)
        )

    return Stub(engine, decide)


# Discord's own description of its API


def openapi() -> Path:
    """Discord's OpenAPI file; skips the test where there is none. It is https://github.com/discord/discord-api-spec, not part of this project."""
    path = _openapi()
    if not path.is_file():
        pytest.skip(f"Discord's OpenAPI file is not at {path}; set VERBATIM_DISCORD_OPENAPI")
    return path


def _openapi() -> Path:
    return Path(os.environ.get("VERBATIM_DISCORD_OPENAPI") or ROOT.parent / "shared" / "discord" / "openapi.json")


@lru_cache(maxsize=1)
def _contract() -> Contract | None:
    return Contract(_openapi()) if _openapi().is_file() else None


class Contract:
    """Checks request bodies against Discord's OpenAPI file."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text(encoding="utf-8"))

    def check(self, request: simcord.HttpLogEntry) -> str:
        """Returns the documented path of a request with a body; raises jsonschema.ValidationError where the body breaks the contract."""
        template = next(t for t in self._document["paths"] if _matches(t, request.path))
        schema = self._document["paths"][template][request.method.lower()]["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": self._document["components"]}).validate(
            _as_text_ids(request.json)
        )
        return f"{request.method} {template}"


def _matches(template: str, path: str) -> bool:
    ours, theirs = path.split("/"), template.split("/")
    return len(ours) == len(theirs) and all(t == o or t.startswith("{") for t, o in zip(theirs, ours, strict=True))


def _as_text_ids(body: Any) -> Any:
    """discord.py writes the ids of a reference and of attachments as numbers, which Discord takes though it documents texts."""
    if not isinstance(body, dict):
        return body
    changed = {key: _as_text_ids(value) for key, value in body.items()}
    if reference := body.get("message_reference"):
        changed["message_reference"] = {k: str(v) if k.endswith("_id") else v for k, v in reference.items()}
    if attachments := body.get("attachments"):
        changed["attachments"] = [{**a, "id": str(a["id"])} for a in attachments]
    return changed


# Starting and stopping


def direct_message(text: str, number: int) -> dict[str, Any]:
    """A direct message as the gateway sends it; `number` is its id."""
    author = {"id": "7", "username": "asker", "discriminator": "0", "avatar": None}
    return {
        **{"id": str(number), "channel_id": "5", "author": author, "content": text, "timestamp": "2026-01-01T00:00:00+00:00"},
        **{"edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": []},
        **{"attachments": [], "embeds": [], "pinned": False, "type": 0},
    }


class FakeDiscord:
    """As much of Discord on loopback as a bot needs to log in, to be ready, and to answer direct messages.

    `connections` says what each gateway connection does in turn once the bot has identified itself: "ready", "garbage" (a frame that is no JSON), or a close
    code. The last one counts for all further ones. `flags` are the application's; `intents` what each connection asked for. `when_ready` is called from the server's thread at each heartbeat of a ready bot.
    `events` are sent to a ready bot; a connection "cut" does so too, and is then cut, so that the bot resumes it and gets them once more.
    `lost` answers to messages never arrive, though Discord has taken the messages: `messages` holds the bodies of all.
    """

    def __init__(
        self,
        *connections: str | int,
        login_status: int = 200,
        flags: int = 0,
        when_ready: Callable[[], None] = lambda: None,
        events: Sequence[dict[str, Any]] = (),
        lost: int = 0,
    ) -> None:
        self._connections, self._login_status, self._when_ready = connections, login_status, when_ready
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.flags, self._events, self._lost = flags, events, lost
        self.messages: list[dict[str, Any]] = []
        self.resumed = 0
        self.intents: list[int] = []
        self.identified = 0
        self.clean_closes = 0
        self.port = 0

    def __enter__(self) -> FakeDiscord:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_route("*", "/api/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _rest(self, request: web.Request) -> web.Response:
        if self._login_status != 200:
            return web.json_response({"message": "no", "code": 0}, status=self._login_status)
        user = {"id": "1", "username": "verbatim", "discriminator": "0", "avatar": None, "bot": True}
        path = request.match_info["path"]
        if request.method == "POST" and path.endswith("/messages"):
            body = await request.json()
            self.messages.append(body)
            if self._lost >= len(self.messages):
                assert request.transport
                request.transport.close()
            sent = {**direct_message(body["content"], number=1000 + len(self.messages)), "author": user}
            return web.Response(body=json.dumps(sent), headers={"Content-Type": "application/json"})
        answers: dict[str, Any] = {
            "users/@me": user,
            "oauth2/applications/@me": {
                **{
                    "id": "1",
                    "name": "verbatim",
                    "description": "",
                    "icon": None,
                    "flags": self.flags,
                    "owner": user,
                    "team": None,
                },
                **{"bot_public": True, "bot_require_code_grant": False, "verify_key": "", "summary": ""},
            },
            "applications/1/commands": [],
            "gateway/bot": {
                **{"url": f"ws://127.0.0.1:{self.port}/gateway", "shards": 1},
                "session_start_limit": {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1},
            },
        }
        # discord.py takes a body for JSON only without a charset.
        return web.Response(body=json.dumps(answers[path]), headers={"Content-Type": "application/json"})

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 100}, "s": None, "t": None})
        ready = False
        async for message in socket:
            op = json.loads(message.data)["op"] if message.type is WSMsgType.TEXT else None
            if op == 1:
                await socket.send_json({"op": 11})
                if ready:
                    self._when_ready()
            if op == 6:
                self.resumed += 1
                await self._send_events(socket)
                await socket.send_json({"op": 0, "t": "RESUMED", "s": len(self._events) + 2, "d": {}})
                ready = True
            if op != 2:
                continue
            self.intents.append(json.loads(message.data)["d"]["intents"])
            act = self._connections[min(self.identified, len(self._connections) - 1)]
            self.identified += 1
            if act in ("ready", "cut"):
                await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": self._ready()})
                await self._send_events(socket)
                ready = act == "ready"
                if act == "cut":
                    await socket.close(code=4000)
            elif act == "garbage":
                await socket.send_str("this is no JSON")
            else:
                await socket.close(code=int(act))
        self.clean_closes += socket.close_code == 1000
        return socket

    async def _send_events(self, socket: web.WebSocketResponse) -> None:
        for number, event in enumerate(self._events, 2):
            await socket.send_json({"op": 0, "t": "MESSAGE_CREATE", "s": number, "d": event})

    def _ready(self) -> dict[str, Any]:
        user = {"id": "1", "username": "verbatim", "discriminator": "0", "avatar": None, "bot": True, "mfa_enabled": False}
        address = f"ws://127.0.0.1:{self.port}/gateway"
        return {
            **{"v": 10, "user": user, "guilds": [], "session_id": "s", "resume_gateway_url": address},
            "application": {"id": "1", "flags": 0},
            "shard": [0, 1],
        }


@contextmanager
def fake_discord(monkeypatch: pytest.MonkeyPatch, *connections: str | int, **options: Any) -> Iterator[FakeDiscord]:
    """A FakeDiscord, with discord.py redirected to it."""
    with FakeDiscord(*connections, **options) as fake:
        monkeypatch.setattr(discord.http.Route, "BASE", f"http://127.0.0.1:{fake.port}/api")
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(f"ws://127.0.0.1:{fake.port}/gateway"))
        yield fake
