"""The bot: a question arrives, the engine decides, reply.py words it, this sends it.

It answers a message that mentions it, a direct message, a command, and what is pressed; and, where an administrator switched listening on, a question that nobody
addressed, if it is sure. Only the last needs a privileged intent (https://docs.discord.com/developers/events/gateway#message-content-intent).
No question's text is logged or written anywhere: an exception is logged by its type and place, since its message may quote the question.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import logging
import re
import sys
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import aiohttp
import discord
from discord import app_commands

from bot.client import commands, pages
from bot.client.claims import Claims
from bot.client.commands import words_for
from bot.client.cooldown import Cooldowns, Pace
from bot.client.items import FOLLOW_UP, ITEMS, MAX_QUESTION, Window, rows_of, typed_in, view_of
from bot.client.outgoing import Outgoing, clamp
from bot.client.state import State, decode, text_of
from bot.engine.answer import Answer, Answered, Contradicted, NotInArticle, is_sure
from bot.engine.pipeline import Engine
from bot.pack.values import Topic
from bot.say.languages import FALLBACK, wording
from bot.say.lines import said
from bot.say.replies import follow_up
from bot.say.wording import Action, Wording
from bot.serve.dialogue import Conversation, Dialogue
from bot.serve.library import Library
from bot.store.values import ChannelSettings, GuildSettings, Overrides, Store, StoreFault

FIRST_RESPONSE = 3.0  # seconds that Discord waits for it
DEFER_AFTER = 1.5  # seconds
BUSY = 50  # questions under way at once, from which on an interaction is acknowledged before it is answered, lest the last ones wait for more than 3 s
STORE_PATIENCE = 0.5  # seconds that an answer waits for the store: a disk that hangs must not cost the first response

# Seconds before each further attempt to send. The first is immediate, since most often a connection that stood unused was closed; together below the 3 s
# in which an interaction is acknowledged.
RETRY_AFTER = (0.0, 0.5, 1.5)
FIRST_ATTEMPT = 1.2  # seconds
# Messages in one second. Discord takes 50 requests; all of a burst at once would be refused again and again until discord.py gives up, and refusals count towards a ban.
# https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
MESSAGES_A_SECOND = 45
CONNECTIONS = 100  # to the REST API at once

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#json-json-error-codes
_NOT_PERMITTED = frozenset([50001, 50013])
_CANNOT_REPLY = frozenset([10008, 50035, 160002])  # the message is gone or not a valid reference, or its history may not be read
_ACKNOWLEDGED = 40060  # the interaction has been answered already: an earlier attempt arrived after all
# Seconds that answers under way have to be finished when the client closes; with the store's closing below the 10 s that Docker waits.
FINISH_WITHIN = 5.0
_MAX_CLOSED_CHANNELS = 10_000
_MAX_GUILDS_KEPT = 10_000
_MAX_REPORTED = 20  # lines of a kind in the report at the start
_NOTHING_SET = ChannelSettings()
_NOT_LOADED = "the article {slug}, which is not loaded: name its pack under other_packs in config.yaml, or choose another with /verbatim channel"

PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, read_message_history=True)
NEEDED = ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history")
SCOPES = ("bot", "applications.commands")

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message: Discord's error code (None where it arrived, 0 for none), and what Discord returned."""

    code: int | None
    result: Any = None


class Acknowledging:
    """Those deferrals that are on their way. Answers wait for them, since each has 3 s and an answer 15 minutes."""

    def __init__(self) -> None:
        self._number = 0
        self._none = asyncio.Event()

    def __enter__(self) -> None:
        self._number += 1
        self._none.clear()

    def __exit__(self, *_: object) -> None:
        self._number -= 1
        if not self._number:
            self._none.set()

    async def over(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none.wait(), FIRST_RESPONSE)


class Tree(app_commands.CommandTree["Verbatim"]):
    """The commands, with a last resort for what goes wrong in one."""

    async def interaction_check(self, interaction: discord.Interaction[Verbatim], /) -> bool:
        self.client.finish_first()
        return True

    async def on_error(self, interaction: discord.Interaction[Verbatim], error: app_commands.AppCommandError) -> None:
        if interaction.type is not discord.InteractionType.autocomplete:
            await self.client.apologise(interaction, error)


class ArticleGone(Exception):
    """The article that an administrator chose for a channel is not among those that are loaded. To answer from another one would mislead."""


class Verbatim(discord.AutoShardedClient):
    """The bot. `listen` asks for the text of messages that do not mention it; `defaults` hold in channels for which nothing was set; `shards` is the number
    of gateway connections, None for as many as Discord advises; `claims` are what an earlier client of this process has taken up; `defer_after` is in seconds."""

    def __init__(
        self,
        library: Library,
        store: Store,
        dialogue: Dialogue,
        *,
        listen: bool = False,
        defaults: ChannelSettings = _NOTHING_SET,
        shards: int | None = 1,
        claims: Claims | None = None,
        defer_after: float = DEFER_AFTER,
    ) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=listen),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shards,
        )
        self.library = library
        self.store = store
        self.dialogue = dialogue
        self.tree = Tree(self)
        self._defaults = defaults
        self._defer_after = defer_after
        self._cooldowns = Cooldowns()
        self._pace = Pace(MESSAGES_A_SECOND, 1.0)
        self._claims = Claims() if claims is None else claims
        # One question of a conversation at a time, so that a follow-up sent at once finds the answer it refers to.
        self._turns: WeakValueDictionary[Conversation, asyncio.Lock] = WeakValueDictionary()
        self._closed_channels: set[int] = set()
        self._settings: OrderedDict[int, GuildSettings] = OrderedDict()
        self._readings: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._store_failed = False
        self._reported = False
        self._under_way: set[asyncio.Task[Any]] = set()
        self._acknowledging = Acknowledging()

    async def close(self) -> None:
        """Hear nothing more, let what is under way be answered for a while, and only then give up the connections, without which no answer leaves."""
        for shard in self.shards.values():
            await shard.disconnect()
        until = asyncio.get_running_loop().time() + FINISH_WITHIN
        await asyncio.sleep(0)  # what has just arrived is taken up
        while waiting := self._under_way - {asyncio.current_task()}:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                _log.warning("%d answers were not finished in time", len(waiting))
                break
            await asyncio.wait(waiting, timeout=left)
        await super().close()

    def finish_first(self) -> None:
        """Have the current task finished before the client closes."""
        task = asyncio.current_task()
        if task is not None and task not in self._under_way:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def login(self, token: str) -> None:
        # Of its own accord discord.py opens a connection for each of any number of requests at once, and making them costs more than the requests.
        self.http.connector = aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS)
        await super().login(token)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*ITEMS)
        commands.add(self.tree)
        await self.tree.set_translator(commands.Translator())
        await self._sync_if_changed()

    async def on_ready(self) -> None:
        invitation = discord.utils.oauth_url(self.application_id or 0, permissions=PERMISSIONS, scopes=SCOPES)
        _log.info("connected as %s, in %d servers; to invite it: %s", self.user, len(self.guilds), invitation)
        if not self._reported:
            self._reported = True
            for line in await self._mistakes():
                _log.warning("%s", line)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """What was set in a server goes with the bot's leaving it."""
        self._settings.pop(guild.id, None)
        await self._try_store(self.store.forget_guild(guild.id))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        _log.error("%s failed: %s", event_method, place(sys.exception()))

    # Messages

    async def on_message(self, message: discord.Message) -> None:
        """Answer a message from a human that mentions the bot, or a direct one; or, where it listens, one that it is sure about."""
        self.finish_first()
        question = self._question_in(message)
        overheard = question is None and await self._overhears(message)
        if (question is None and not overheard) or not self._may_send(message.channel):
            return
        guild_id, words = message.guild.id if message.guild else None, _words_of(message.guild)
        if question is not None and not message.content and message.type is discord.MessageType.reply and message.guild:
            # It pings the bot by replying to it, but Discord withholds the text, as it may for replies to a response to a command.
            if self._is_first(message):
                await self._reply_to(message, pages.sentence(words.unreadable))
            return
        settings = await self.settings_at(guild_id, message.channel)
        engine = self.library.find(settings.article)
        if overheard:
            if engine is not None:
                await self._speak_up(message, engine, settings, words)
            return
        if not self._is_first(message):
            return
        wait = self._cooldowns.wait(message.author.id, settings.cooldown)
        if wait:
            if self._cooldowns.tell(message.author.id):
                await self._reply_to(message, _cooling(wait, words))
            return
        if engine is None:
            await self._reply_to(message, pages.sentence(words.article_gone))
            return
        await self._reply_to(message, await self._said_to(message, question or "", engine, settings, words))

    async def _said_to(
        self, message: discord.Message, text: str, engine: Engine, settings: ChannelSettings, words: Wording
    ) -> Outgoing:
        """What to say to a message: the answer to a question, or what a typed command shows. Never raises."""
        guild_id = message.guild.id if message.guild else None
        conversation = Conversation(message.channel.id, message.author.id, engine.pack.version)
        request = pages.typed(text, engine.pack)
        if request is None:
            return await self.answer(text, engine, conversation, guild_id, words=words)
        match request.command:
            case "ask":
                return await self.answer(request.question, engine, conversation, guild_id, words=words)
            case "forget":
                return await self.forget(message.author.id, words)
            case "why" | "cite" if settings.ephemeral:
                return pages.sentence(words.why_private.format(command=request.command))  # the last answer may be private
        try:
            return await asyncio.to_thread(pages.requested, request, engine.pack, words, self.dialogue.earlier(conversation))
        except Exception as error:
            _log.error("a typed command failed: %s", place(error))
            return pages.sentence(words.failed)

    def _question_in(self, message: discord.Message) -> str | None:
        """The message's text without the mention of the bot; None where it is not for the bot to answer."""
        if not self._is_human(message) or self.user is None:
            return None
        # Not `message.guild is None`: that also holds in a server that is not yet known.
        if not isinstance(message.channel, discord.DMChannel) and self.user not in message.mentions:
            return None
        return re.sub(rf"<@!?{self.user.id}>", " ", message.content).strip()

    def _is_human(self, message: discord.Message) -> bool:
        if message.author.bot or message.webhook_id is not None:
            return False
        return message.type in (discord.MessageType.default, discord.MessageType.reply)

    async def _overhears(self, message: discord.Message) -> bool:
        """Whether it may answer a message that is not addressed to it: where listening is on, and nobody else is addressed."""
        if not self.intents.message_content or message.guild is None or not self._is_human(message) or not message.content:
            return False
        if message.mentions or message.role_mentions or message.mention_everyone or message.type is discord.MessageType.reply:
            return False
        return (await self.settings_at(message.guild.id, message.channel)).listen

    async def _speak_up(self, message: discord.Message, engine: Engine, settings: ChannelSettings, words: Wording) -> None:
        """Answer what was not addressed to the bot, if it is sure; else stay silent, and forget it."""
        assert message.guild is not None
        conversation = Conversation(message.channel.id, message.author.id, engine.pack.version)
        async with self._turn(conversation):
            try:
                answer = await asyncio.to_thread(engine.answer, message.content, self.dialogue.earlier(conversation))
                if not is_sure(answer):
                    return
                outgoing = pages.answered(answer, engine.pack, words, private=False)
            except Exception as error:
                _log.error("answering failed: %s", place(error))
                return
            if self._cooldowns.wait(message.author.id, settings.cooldown):
                return
            if not self._is_first(message):
                return
            self.dialogue.remember(conversation, answer)
        _log_answer(answer, message.guild.id)
        await self._reply_to(message, outgoing)

    # Interactions

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A submitted window. discord.py knows only those that were opened since the start."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: Any = interaction.data or {}
        window = decode(str(data.get("custom_id", "")))
        if window is not None and window.action == FOLLOW_UP:
            await self.guarded(interaction, self._respond_to_window(interaction, window, typed_in(data.get("components"))))

    async def _respond_to_window(self, interaction: discord.Interaction[Any], window: State, question: str) -> None:
        engine = await self._engine_behind(interaction, window)
        if engine is not None:
            await self.respond(interaction, question, engine=engine, about=pages.topic_in(window, engine.pack))

    async def guarded(self, interaction: discord.Interaction[Any], work: Coroutine[Any, Any, None]) -> None:
        """Do the work; tell the asker where it fails, since discord.py would only log that, with its message."""
        self.finish_first()
        try:
            await work
        except Exception as error:
            await self.apologise(interaction, error)

    async def respond(
        self,
        interaction: discord.Interaction[Any],
        question: str,
        *,
        engine: Engine | None = None,
        afresh: bool = False,
        about: Topic | None = None,
    ) -> None:
        """Answer a question put by an interaction, from the channel's article where no engine is given. `about` is what a follow-up refers to where the
        asker has no answer of their own."""
        words = words_for(interaction)
        settings = await self.settings_at(interaction.guild_id, interaction.channel)
        engine = engine or await self.engine_for(interaction)
        if not self._is_first(interaction):
            return
        wait = self._cooldowns.wait(interaction.user.id, settings.cooldown)
        if wait:
            await self._respond_with(interaction, _cooling(wait, words), ephemeral=True)
            return
        await self._respond_when_ready(
            interaction,
            self.answer(
                question[:MAX_QUESTION],
                engine,
                self.conversation(interaction, engine),
                interaction.guild_id,
                words=words,
                afresh=afresh,
                about=about,
                private=settings.ephemeral,
                understood=True,  # Discord shows the others that somebody used a command, not what they asked with it
            ),
            ephemeral=settings.ephemeral,
        )

    async def respond_to_press(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """Do what a button says; `custom_id` comes from outside."""
        words, press = words_for(interaction), decode(custom_id)
        engine = await self._engine_behind(interaction, press)
        if press is None or engine is None:
            return
        match press.action:
            case pages.ASK:
                await self._ask(interaction, engine, pages.topic_in(press, engine.pack))
            case Action.FOLLOW_UP:
                window = Window(follow_up(words), engine.pack, pages.topic_in(press, engine.pack))
                await self._deliver(lambda: interaction.response.send_modal(window), interaction.channel_id, hurry=True)
            case Action.SHARE:
                await self._share(interaction, press, engine, words)
            case Action.HIDE:
                await self._hide(interaction, engine, words)
            case _:
                if press.action == Action.NOT_ASKED:
                    _log.info("not what was asked, guild=%s", interaction.guild_id or "-")
                shown = await asyncio.to_thread(pages.pressed, press, engine.pack, words)
                in_place = press.action == "page" and shown is not None and await self._may_change(interaction)
                await self.show(interaction, shown or pages.sentence(words.unknown_choice), in_place=in_place)

    async def respond_to_pick(self, interaction: discord.Interaction[Any], custom_id: str, value: str) -> None:
        """Show or ask what was chosen from a list; both arguments come from outside."""
        pick = decode(custom_id)
        engine = await self._engine_behind(interaction, pick)
        if pick is None or engine is None:
            return
        shown, topic = await asyncio.to_thread(pages.picked, pick.rest, value, engine.pack, words_for(interaction))
        if shown is not None:
            await self.show(interaction, shown)
        else:
            await self._ask(interaction, engine, topic)

    async def _ask(self, interaction: discord.Interaction[Any], engine: Engine, topic: Topic | None) -> None:
        """Answer a topic's own question, on its own."""
        if topic is None or not topic.question:
            await self.show(interaction, pages.sentence(words_for(interaction).unknown_choice))
        else:
            await self.respond(interaction, topic.question, engine=engine, afresh=True)

    async def show(
        self, interaction: discord.Interaction[Any], shown: Outgoing, *, ephemeral: bool = True, in_place: bool = False
    ) -> None:
        """Respond with a page, in place of the message that was pressed or as one of its own."""
        if not self._is_first(interaction):
            return
        if in_place:
            message = clamp(shown)
            await self._deliver(
                lambda: interaction.response.edit_message(content=message.content, view=view_of(message), suppress_embeds=True),
                interaction.channel_id,
                hurry=True,
            )
        else:
            await self._respond_with(interaction, shown, ephemeral=ephemeral)

    async def respond_slowly(self, interaction: discord.Interaction[Any], making: Coroutine[Any, Any, Outgoing]) -> None:
        """Show the asker alone what may take longer than Discord waits."""
        if not self._is_first(interaction):
            making.close()
            return
        await self._respond_when_ready(interaction, making, ephemeral=True)

    def missing_in(self, interaction: discord.Interaction[Any]) -> list[str]:
        """The permissions that the bot lacks in the channel of an interaction."""
        return missing_permissions(interaction.app_permissions)

    async def _share(self, interaction: discord.Interaction[Any], press: State, engine: Engine, words: Wording) -> None:
        """Make public what only the asker sees: byte for byte what the bot said, or nothing."""
        message = interaction.message
        if message is None or message.author.id != self.application_user or pages.fingerprint(message.content) != press.rest:
            await self.show(interaction, pages.sentence(words.unknown_choice))
            return
        rows = pages.public_rows(rows_of(message), engine.pack, words)
        await self.show(interaction, Outgoing(message.content, rows), ephemeral=False)

    async def _hide(self, interaction: discord.Interaction[Any], engine: Engine, words: Wording) -> None:
        """Delete an answer for its asker, who keeps it where others could see it, or for a moderator."""
        message, asker = interaction.message, await self._may_change(interaction)
        if message is None or not (asker or interaction.permissions.manage_messages):
            await self.show(interaction, pages.sentence(words.not_yours))
            return
        if not self._is_first(interaction):
            return
        await self._deliver(lambda: interaction.response.defer(), interaction.channel_id, hurry=True)
        if asker and not interaction.context.dm_channel:
            rows = pages.private_rows(rows_of(message), message.content, engine.pack, words)
            kept = clamp(Outgoing(message.content, rows))
            view = view_of(kept) or discord.utils.MISSING
            copy = await self._deliver(
                lambda: interaction.followup.send(kept.content, view=view, ephemeral=True, suppress_embeds=True, wait=True),
                interaction.channel_id,
                repeatable=False,
            )
            if copy.code is not None:
                return  # else it would be lost
        # After a deferred update, the original response is the message that was pressed.
        gone = await self._deliver(lambda: interaction.delete_original_response(), interaction.channel_id)
        if gone.code is not None:
            await self._deliver(lambda: message.delete(), interaction.channel_id)

    async def _may_change(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether the message that was pressed is the presser's own to change: only they see it, or it answers them."""
        message, user = interaction.message, interaction.user
        if message is None:
            return False
        if message.flags.ephemeral or interaction.context.dm_channel:
            return True
        asked_by = message.interaction_metadata
        if asked_by is not None:
            return asked_by.user.id == user.id
        return await self._try_store(self.store.asker_of(message.id)) == user.id

    @property
    def application_user(self) -> int:
        return self.user.id if self.user else 0

    # Answering

    async def answer(
        self,
        question: str,
        engine: Engine,
        conversation: Conversation,
        guild_id: int | None,
        *,
        words: Wording | None = None,
        afresh: bool = False,
        about: Topic | None = None,
        private: bool = False,
        understood: bool = False,
    ) -> Outgoing:
        """Decide and word one question. Never raises: a fault of the engine becomes an apology. `afresh` ignores what came before; `understood`
        has the reply begin with what the question was taken for."""
        words = words or wording(FALLBACK)
        async with self._turn(conversation):
            earlier = () if afresh else self.dialogue.earlier(conversation)
            try:
                if not earlier and about is not None:
                    earlier = (await asyncio.to_thread(engine.answer, about.question, ()),)
                if not earlier and engine.is_recorded(question):
                    answer = engine.answer(question)  # quicker than the way to a thread and back
                else:
                    answer = await asyncio.to_thread(engine.answer, question, earlier)
                outgoing = pages.answered(answer, engine.pack, words, private=private, understood=understood)
            except Exception as error:
                _log.error("answering failed: %s", place(error))
                return pages.sentence(words.failed, private=True)
            self.dialogue.remember(conversation, answer)
        _log_answer(answer, guild_id)
        return outgoing

    def _turn(self, conversation: Conversation) -> asyncio.Lock:
        return self._turns.setdefault(conversation, asyncio.Lock())

    def conversation(self, interaction: discord.Interaction[Any], engine: Engine) -> Conversation:
        return Conversation(interaction.channel_id or 0, interaction.user.id, engine.pack.version)

    # Articles

    async def engine_for(self, interaction: discord.Interaction[Any]) -> Engine:
        """The article of the channel of an interaction. Raises ArticleGone."""
        engine = self.library.find((await self.settings_at(interaction.guild_id, interaction.channel)).article)
        if engine is None:
            raise ArticleGone
        return engine

    async def _engine_behind(self, interaction: discord.Interaction[Any], state: State | None) -> Engine | None:
        """The article that a button, a list or a window is about, whatever its channel's article is by now. None where it is forged, not loaded, or its
        text has changed, which the asker is told."""
        engine = next((e for e in self.library.engines if state and text_of(e.pack) == state.article), None)
        if engine is None:
            await self.show(interaction, pages.sentence(words_for(interaction).unknown_choice))
        return engine

    def is_operator(self, user_id: int) -> bool:
        """Whether somebody runs the bot: the application's owner or a member of its team."""
        application = self.application
        if application is None:
            return False
        team = {m.id for m in application.team.members} if application.team else set()
        return user_id in {application.owner.id, *team}

    # The store

    async def settings_at(self, guild_id: int | None, channel: object) -> ChannelSettings:
        """What administrators set for a channel. Where that cannot be read, the defaults, but private, as may have been set."""
        if guild_id is None:
            return self._defaults
        kept = self._settings.get(guild_id)
        if kept is None:
            async with self._readings.setdefault(guild_id, asyncio.Lock()):  # in a burst, one reads and the others wait
                kept = self._settings.get(guild_id) or await self._try_store(self.store.settings(guild_id))
            if kept is None:
                return replace(self._defaults, ephemeral=True)
            self._keep_settings(guild_id, kept)
        return kept.at(*_levels(channel), defaults=self._defaults)

    async def change_settings(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> bool:
        """Store what an administrator sets for a channel, or (None) the server; it holds at once. False where it cannot be stored, and then nothing has changed."""
        try:
            await self.store.change(guild_id, channel_id, step)
            self._keep_settings(guild_id, await self.store.settings(guild_id))
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            self._settings.pop(guild_id, None)
            return False
        return True

    def _keep_settings(self, guild_id: int, settings: GuildSettings) -> None:
        self._settings[guild_id] = settings
        if len(self._settings) > _MAX_GUILDS_KEPT:
            self._settings.popitem(last=False)

    def _is_first(self, asked: discord.Message | discord.Interaction[Any]) -> bool:
        """Whether this is the first time that a message or an interaction arrives: Discord may send an event again after a reconnection.

        Memory is enough. Where it is lost, or another process is asked too, Discord itself takes but one first response to an interaction, and of two
        messages with one nonce it shows one: https://docs.discord.com/developers/resources/message#create-message.
        """
        return self._claims.take(asked.id)

    async def _try_store(self, call: Awaitable[_T]) -> _T | None:
        """What the store says; None where it fails or takes too long, which is logged once: without it the bot goes on."""
        try:
            result = await asyncio.wait_for(call, STORE_PATIENCE)
        except (StoreFault, TimeoutError) as error:
            if not self._store_failed:
                self._store_failed = True
                _log.warning("the store cannot be used, so the bot goes on without it: %s", error or "it takes too long")
            return None
        self._store_failed = False
        return result

    async def forget(self, user_id: int, words: Wording) -> Outgoing:
        """Delete what is kept about a user, and say so, or that the store cannot be used."""
        self.dialogue.forget(user_id)
        try:
            await self.store.forget(user_id)
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            return pages.sentence(words.not_stored)
        return pages.sentence(words.forgotten)

    # Sending

    async def _reply_to(self, message: discord.Message, outgoing: Outgoing) -> None:
        reply, noted = clamp(outgoing), bool(outgoing.rows)

        def send(**reference: Any) -> Awaitable[object]:
            # With the message's id as nonce, a message sent twice is shown once (enforce_nonce), whichever attempt arrived.
            return message.channel.send(
                reply.content, nonce=message.id, suppress_embeds=True, view=view_of(reply) or discord.utils.MISSING, **reference
            )

        if wait := self._pace.wait():
            await asyncio.sleep(wait)
        sent = await self._deliver(lambda: send(reference=message, mention_author=False), message.channel.id)
        if sent.code in _CANNOT_REPLY:
            sent = await self._deliver(send, message.channel.id)
        if sent.code is None:
            if noted:
                await self._try_store(
                    self.store.note(sent.result.id, message.author.id, message.guild.id if message.guild else None)
                )
        elif sent.code:  # Discord refused it, so certainly nothing was sent
            self._claims.release(message.id)

    async def _respond_when_ready(
        self, interaction: discord.Interaction[Any], making: Coroutine[Any, Any, Outgoing], *, ephemeral: bool
    ) -> None:
        """Respond at once, or after a deferral where the answer takes long, or would because so much else is under way."""
        done: set[asyncio.Future[Outgoing]] = set()
        answering: Awaitable[Outgoing] = making
        if len(self._under_way) <= BUSY:
            answering = asyncio.ensure_future(making)
            done, _ = await asyncio.wait({answering}, timeout=self._defer_after)
        deferred = False
        if not done:
            with self._acknowledging:
                refusal = await self._deliver(
                    lambda: interaction.response.defer(thinking=True, ephemeral=ephemeral), interaction.channel_id, hurry=True
                )
            deferred = refusal.code in (None, _ACKNOWLEDGED)  # where it failed otherwise, the answer may yet be in time
            if deferred:
                await self._acknowledging.over()
        outgoing = await answering
        if deferred:
            reply = clamp(outgoing)
            sent = await self._deliver(
                lambda: interaction.edit_original_response(content=reply.content, view=view_of(reply)), interaction.channel_id
            )
            if sent.code is None:
                await self._note(interaction, reply, sent.result.id)
        else:
            await self._respond_with(interaction, outgoing, ephemeral=ephemeral or outgoing.private)

    async def _note(self, interaction: discord.Interaction[Any], reply: Outgoing, reply_id: int) -> None:
        """Keep whose answer a message is, if there is something on it that is for them alone."""
        if reply.rows:
            await self._try_store(self.store.note(reply_id, interaction.user.id, interaction.guild_id))

    async def _respond_with(self, interaction: discord.Interaction[Any], outgoing: Outgoing, *, ephemeral: bool = False) -> Sent:
        reply = clamp(outgoing)

        def send() -> Awaitable[object]:
            file = discord.File(io.BytesIO(reply.file[1].encode("utf-8")), reply.file[0]) if reply.file else discord.utils.MISSING
            view = view_of(reply) or discord.utils.MISSING
            return interaction.response.send_message(
                reply.content, view=view, file=file, ephemeral=ephemeral, suppress_embeds=True
            )

        sent = await self._deliver(send, interaction.channel_id, hurry=True)
        if sent.code is None and not ephemeral and sent.result is not None and sent.result.message_id:
            await self._note(interaction, reply, sent.result.message_id)
        return sent

    async def apologise(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Log a fault of the bot and tell the asker, privately, where that is still possible."""
        words = words_for(interaction)
        if isinstance(getattr(error, "original", error), ArticleGone):
            apology = said(words.article_gone).content
        else:
            _log.error("an interaction failed: %s", place(error))
            apology = said(words.failed).content
        if interaction.response.is_done():
            await self._deliver(
                lambda: interaction.followup.send(apology, ephemeral=True), interaction.channel_id, repeatable=False
            )
        else:
            await self._respond_with(interaction, Outgoing(apology), ephemeral=True)

    async def _deliver(
        self, send: Callable[[], Awaitable[object]], channel_id: int | None, *, repeatable: bool = True, hurry: bool = False
    ) -> Sent:
        """Send, again where the connection failed or Discord is not available. Never raises for Discord's faults.

        Where a connection failed, Discord may have taken the request: so what it would then show twice is not `repeatable`. With `hurry`, for a first
        response, the first attempt is given up after a while: discord.py's own may wait for longer than Discord does. Discord takes but one of them.
        """
        limit = FIRST_ATTEMPT if hurry and len(self._under_way) <= BUSY else None
        for wait in (*RETRY_AFTER, None):
            try:
                return Sent(None, await asyncio.wait_for(send(), limit))
            except discord.HTTPException as error:
                if error.code in _NOT_PERMITTED:
                    self._log_closed(channel_id)
                elif error.code == _ACKNOWLEDGED:
                    _log.info("an interaction had been answered before, channel %s", channel_id)
                elif wait is not None and error.status == 503:  # which discord.py does not retry
                    await asyncio.sleep(wait)
                    continue
                else:
                    # Also an interaction that expired (10062): there is no way left to tell the asker.
                    _log.warning("not sent: HTTP %d, code %d, channel %s", error.status, error.code, channel_id)
                return Sent(error.code)
            except (aiohttp.ClientError, OSError) as error:  # discord.py retries few of these
                if wait is None or not (repeatable or isinstance(error, aiohttp.ClientConnectorError)):
                    _log.warning("not sent: %s, channel %s", type(error).__name__, channel_id)
                    break
                limit = None
                await asyncio.sleep(wait)
            except RuntimeError:  # aiohttp's, for a session that is closed
                if not self.is_closed():
                    raise
                _log.warning("not sent: the bot is closing, channel %s", channel_id)
                break
        return Sent(0)

    def _may_send(self, channel: discord.abc.MessageableChannel) -> bool:
        """Whether the bot may speak there, as far as known: requests that Discord must refuse count towards a ban of the address.

        https://docs.discord.com/developers/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        if not isinstance(channel, discord.Thread | discord.abc.GuildChannel) or channel.guild.me is None:
            return True
        if isinstance(channel, discord.Thread):
            allowed = channel.parent is None or channel.permissions_for(channel.guild.me).send_messages_in_threads
        else:
            allowed = channel.permissions_for(channel.guild.me).send_messages
        if not allowed:
            self._log_closed(channel.id)
        return allowed

    def _log_closed(self, channel_id: int | None) -> None:
        if channel_id is None or channel_id in self._closed_channels:
            return
        if len(self._closed_channels) >= _MAX_CLOSED_CHANNELS:
            self._closed_channels.clear()
        self._closed_channels.add(channel_id)
        _log.warning("not permitted to send in channel %d (logged once per channel)", channel_id)

    # The report at the start

    async def _mistakes(self) -> list[str]:
        """What is amiss in permissions and settings, in words, with the fix."""
        lacking, deaf, gone, listening = [], [], [], 0
        for guild in self.guilds:
            if guild.me is not None:
                missing = missing_permissions(guild.me.guild_permissions)
                if missing:
                    names = ", ".join(wording(FALLBACK).permissions[m] for m in missing)
                    lacking.append(
                        f"in server {guild.id} it lacks {names}: give them to its role, or to the role in single channels"
                    )
            settings = await self._try_store(self.store.settings(guild.id))
            if settings and self.library.find(settings.own.article) is None:
                gone.append(f"server {guild.id} is set to {_NOT_LOADED.format(slug=settings.own.article)}")
            for channel_id, overrides in (settings.channels if settings else {}).items():
                if self.library.find(overrides.article) is None:
                    gone.append(f"channel {channel_id} is set to {_NOT_LOADED.format(slug=overrides.article)}")
                if not overrides.listen:
                    continue
                listening += 1
                channel = guild.get_channel_or_thread(channel_id)
                if channel is None:
                    deaf.append(f"it is to listen in channel {channel_id}, which it cannot see: give it View Channel there")
                elif not self.intents.message_content:
                    deaf.append(f"it is to listen in channel {channel_id}, but cannot: write listen: true in config.yaml")
        kinds = (lacking, gone, deaf)
        found = [line for kind in kinds for line in kind[:_MAX_REPORTED]]
        left_out = sum(len(kind) for kind in kinds) - len(found)
        if left_out:
            found.append(f"and {left_out} more such")
        if self.intents.message_content and not listening:
            found.append(
                "it may read every message, but no channel is set to listen: use /verbatim channel there, or remove listen from config.yaml"
            )
        if not self.guilds:
            found.append("it is in no server yet: open the invitation above")
        return found

    # Commands

    async def _sync_if_changed(self) -> None:
        """Tell Discord the commands where they are not those of the last time: it counts how often they are made (200 a day)."""
        translator, application = self.tree.translator, self.application_id or 0
        assert translator is not None
        translated = [await command.get_translated_payload(self.tree, translator) for command in self.tree.get_commands()]
        payload = sorted(translated, key=lambda c: (str(c["name"]), str(c["type"])))
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        if await self._try_store(self.store.synced_commands(application)) == digest:
            return
        try:
            await self.tree.sync()
        except (discord.HTTPException, app_commands.AppCommandError, aiohttp.ClientError, OSError) as error:
            _log.warning("the commands could not be sent to Discord, mentions work all the same: %s", place(error))
            return
        _log.info("the commands were sent to Discord")
        await self._try_store(self.store.remember_commands(application, digest))


def missing_permissions(permissions: discord.Permissions) -> list[str]:
    """The names of those that the bot needs and has not."""
    return [name for name in NEEDED if not getattr(permissions, name)]


def place(error: BaseException | None) -> str:
    """An exception without its message, which may hold what a user wrote: its type, its cause's, and where it was raised."""
    if error is None:
        return "unknown"
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    status = f" (HTTP {error.status}, code {error.code})" if isinstance(error, discord.HTTPException) else ""
    cause = f", from {place(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__}{status}{where}{cause}"


def _words_of(guild: discord.Guild | None) -> Wording:
    """The sentences in the language of a server; English in direct messages, where Discord does not say which it is."""
    return wording(str(guild.preferred_locale)) if guild else wording(FALLBACK)


def _levels(channel: object) -> tuple[int, ...]:
    """A channel's id; for a thread, its parent's and its own."""
    if isinstance(channel, discord.Thread):
        return (channel.parent_id, channel.id)
    found = getattr(channel, "id", None)
    return (found,) if isinstance(found, int) else ()


def _cooling(wait: float, words: Wording) -> Outgoing:
    return Outgoing(said(words.cooldown.format(seconds=max(1, round(wait)))).content)


def _log_answer(answer: Answer, guild_id: int | None) -> None:
    _log.info(
        "answered verdict=%s entry=%s confidence=%.2f guild=%s",
        answer.verdict.value,
        _entry(answer) or "-",
        answer.confidence,
        guild_id or "-",
    )


def _entry(answer: Answer) -> str | None:
    """The id of the topic that decided, where there is one."""
    match answer:
        case Answered(entries=entries):
            return entries[0].id if entries else None
        case Contradicted(premise=topic) | NotInArticle(gap=topic):
            return topic.id if topic else None
        case _:
            return None
