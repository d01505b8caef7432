"""A stand-in for Discord, for what the bot says: simcord. For how it starts, restarts and stops, see loopback.py."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from fakes.contract import contract
from simcord.backend import serializers

from bot.browse import passages, suggestions
from bot.client.lifecycle import Verbatim
from bot.client.settings import SettingsCache
from bot.client.shared import Shared
from bot.engine.answer import Ambiguous, Answer, Rule
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from bot.say.replies import compose, shown_in
from bot.say.wording import Action, Wording
from bot.serve.library import Library
from bot.serve.measures import Measures
from bot.store.memory import MemoryStore
from bot.store.values import ChannelSettings, Store

LIFT = "Who called for a second lift?"
ROOF = "What did Tom Reed say about the roof repairs?"
EN, FR = wording("en"), wording("fr")
NOTHING_SET = ChannelSettings()
ASKED = re.compile(r"\A-# Asked: .*\n")


@dataclass
class Scene:
    """A server with one channel and one asker, and the bot in it."""

    env: simcord.Env
    bot: Verbatim
    store: Store
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    asker: simcord.MemberActor

    @property
    def library(self) -> Library:
        return self.bot.shared.library

    @property
    def settings(self) -> SettingsCache:
        return self.bot.shared.settings

    def bodies(self, method: str, path: str) -> list[Any]:
        """The JSON bodies of the bot's requests whose path begins so, oldest first."""
        return [r.json for r in self.env.http_requests if r.method == method and r.path.startswith(path)]

    @property
    def last(self) -> str:
        """What stands last in the channel."""
        message = self.channel.last_message
        return message.content if message else ""

    @property
    def sent(self) -> list[Any]:
        """The bodies of the messages that the bot tried to send in channels."""
        return self.bodies("POST", "/channels/")

    @property
    def responses(self) -> list[Any]:
        """The bodies of the bot's first responses to interactions."""
        return self.bodies("POST", "/interactions/")

    def last_message(self, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        """The message that stands last in a channel, the first one if none is named."""
        message = (channel or self.channel).last_message
        assert message is not None
        return message

    @property
    def owner(self) -> simcord.MemberActor:
        """The server's owner, who may do everything in it."""
        return simcord.MemberActor(self.env, self.guild, self.guild.owner)

    def operator(self) -> simcord.MemberActor:
        """The server's owner, from now on also the application's."""
        assert self.bot.application is not None
        self.bot.application.owner.id = self.guild.owner.id
        return self.owner

    def friend(self, name: str = "friend") -> simcord.MemberActor:
        """Another member."""
        return self.guild.add_member(self.env.create_user(name))

    async def mention(self, text: str, channel: simcord.ChannelHandle | None = None) -> discord.Message:
        assert self.bot.user
        return await self.asker.send(channel or self.channel, f"<@{self.bot.user.id}> {text}")

    async def receive_dm(self, text: str, **fields: Any) -> None:
        """A direct message as Discord might send it though simcord's askers could not: of more than 2,000 characters, or with
        other `fields`."""
        backend, channel = self.env.backend, self.asker.user.dm_channel
        message = backend.create_message(channel.id, self.asker.id, "short", broadcast=False)
        backend.emit("MESSAGE_CREATE", {**serializers.message_payload(backend, message), "content": text, **fields})
        await self.env.settle()

    async def join(self, guild: simcord.GuildHandle) -> None:
        """The bot is added to a server that is there already, with its channels."""
        backend = self.env.backend
        backend.emit("GUILD_DELETE", {"id": str(guild.id)})
        joined = {**serializers.guild_create_payload(backend, backend.guilds[guild.id])}
        joined.pop("unavailable")  # with which Discord tells of servers at the start
        backend.emit("GUILD_CREATE", joined)
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
    defaults: ChannelSettings = NOTHING_SET,
    measures: Measures | None = None,
    **options: Any,
) -> None:
    """Run a story in a fresh simulated Discord. Fails where the bot let an exception through that the story did not look at,
    or sent a request that breaks Discord's contract."""

    async def run() -> None:
        library = engine if isinstance(engine, Library) else shelf(engine)
        kept = store or MemoryStore()
        shared = Shared.of(library, kept, defaults=defaults, measures=measures)
        bot = Verbatim(shared, **options)
        async with simcord.run(bot, settle_timeout=settle_timeout) as env:
            guild = env.create_guild()
            channel = guild.create_text_channel("article")
            await story(Scene(env, bot, kept, guild, channel, guild.add_member(env.create_user("asker"))))
            for request in env.http_requests:
                contract().check(request.method, request.path, request.params, request.json)
        shared.close()

    asyncio.run(run())


def shelf(*engines: Any, read_anew: Callable[[], Engine] = lambda: pytest.fail("it was read anew")) -> Library:
    """A library of engines that stand already; `read_anew` makes one when it is read a second time."""
    standing = {Path(f"pack-{number}"): engine for number, engine in enumerate(engines)}
    return Library(list(standing), lambda path: standing.pop(path) if path in standing else read_anew())


def said(result: simcord.InteractionResult) -> str:
    """What an interaction was answered with, or nothing; without the question over it."""
    content = result.response.content if result.response else ""
    return ASKED.sub("", content)


def worded(engine: Engine | Stub, question: str, history: Sequence[Answer] = (), *, echoed: bool = False) -> str:
    """What the bot should send for a question; over an answer to a command the question is `echoed`."""
    return compose(engine.answer(question, history), engine.pack, EN, asked=question if echoed else "").content


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

    def is_recorded(self, question: str) -> bool:
        return False

    def warm(self) -> None:
        self.real.warm()


def undecided(engine: Engine, *topics: str) -> Stub:
    """The engine, but torn between `topics` where it is asked "which?"."""

    def decide(question: str, history: Sequence[Answer], real: Engine) -> Answer:
        answer = real.answer(question, history)
        if question != "which?":
            return answer
        return Ambiguous(replace(answer.trace, rule=Rule.EQUAL), 0.5, (), tuple(real.pack.by_id[topic] for topic in topics))

    return Stub(engine, decide)


def labels(body: dict[str, Any]) -> list[str]:
    """The labels of a message's buttons."""
    return [c["label"] for row in body.get("components", ()) for c in row["components"] if c["type"] == 2]


def label(action: Action, words: Wording = EN) -> str:
    return words.buttons[action]


def styles(body: dict[str, Any]) -> list[int]:
    """The styles of a message's buttons: 1 is primary, 2 secondary."""
    return [c["style"] for row in body.get("components", ()) for c in row["components"] if c["type"] == 2]


def with_everything(engine: Engine) -> str:
    """A question whose answer has other passages and other matches beside it."""

    def has_all(answer: Answer) -> bool:
        quotes = [c.quote.id for c in shown_in(answer) if c.quote]
        return bool(suggestions.matches(answer) and quotes and passages.others(engine.pack, quotes[0]))

    asked = (f"please: {t.question}" for t in engine.pack.entries)
    return next(q for q in asked if has_all(engine.answer(q)))
