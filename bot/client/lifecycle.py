"""The client: what it is made of, what Discord's events lead to, and how it starts and closes.

Only the text of messages that do not mention it needs a privileged intent. No question's text is logged or written anywhere: an
exception is logged by its type and place, since its message may quote the question.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.client import pages
from bot.client.admin import Administration
from bot.client.asking import Asking
from bot.client.buttons import ITEMS
from bot.client.commands import Commands
from bot.client.delivery import Delivery
from bot.client.gateway import Watched
from bot.client.limits import UNKNOWN_CHANNEL
from bot.client.log import place, without_asker
from bot.client.messages import Messages
from bot.client.permissions import greeting_channel, invitation
from bot.client.presses import PressHandler
from bot.client.privacy import Privacy, PrivacyCommands
from bot.client.responses import DEFER_AFTER, Responses
from bot.client.shared import Shared
from bot.client.startup import mistakes, sync_commands
from bot.client.translation import Translator, words_of
from bot.client.under_way import UnderWay
from bot.client.withdrawn import Withdrawn
from bot.store import coordination
from bot.store.values import Share, StoreFault

CONNECTIONS = 100  # to the REST API at once
# Channels with settings that are looked for at a start, since they are not among those Discord tells of: archived threads, those it
# hides from the bot, and deleted ones.
MAX_LOOKED_FOR = 100
# Seconds that answers under way have to be finished when the client closes; with the store's closing below the 10 s that Docker
# waits.
FINISH_WITHIN = 5.0

_log = logging.getLogger(__name__)


class Tree(app_commands.CommandTree["Verbatim"]):
    """The commands, with a last resort for what goes wrong in one."""

    def __init__(self, client: Verbatim, responses: Responses, under_way: UnderWay) -> None:
        super().__init__(client)
        self._responses, self._under_way = responses, under_way
        logging.getLogger("discord.app_commands.tree").addFilter(without_asker)  # once, however many there are

    async def interaction_check(self, interaction: discord.Interaction[Verbatim], /) -> bool:
        self._under_way.enter()
        return True

    async def on_error(self, interaction: discord.Interaction[Verbatim], error: app_commands.AppCommandError) -> None:
        if interaction.type is not discord.InteractionType.autocomplete:
            await self._responses.apologise(interaction, error)


class Verbatim(Watched):
    """The bot. `listen` asks for the text of messages that do not mention it; `shards` are the connections to the gateway that are
    this client's, of `shard_count`: None for all, and for as many as Discord advises; all its requests go through a `proxy` where
    one is named; `on_hearing` is called with each shard whose servers are known, so that nothing said there is missed; `defer_after`
    is in seconds."""

    def __init__(
        self,
        shared: Shared,
        *,
        listen: bool = False,
        shards: Sequence[int] | None = None,
        shard_count: int | None = 1,
        proxy: str | None = None,
        on_hearing: Callable[[int], None] = lambda shard_id: None,
        defer_after: float = DEFER_AFTER,
    ) -> None:
        super().__init__(
            shared.measures.shards,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=listen),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shard_count,
            proxy=proxy,
            shard_connect_timeout=None,  # the turn to identify may be a long time off
        )
        if shards is not None:
            self.shard_ids = list(shards)
        self.shared, self._on_hearing = shared, on_hearing
        self._under_way = UnderWay(shared.under_way)
        library, settings, seen, cooldowns = shared.library, shared.settings, shared.seen, shared.cooldowns
        measures = shared.measures
        self._delivery = delivery = Delivery(shared.store, seen, self._under_way, shared.pace, measures, self.is_closed)
        responses = Responses(delivery, shared.store, seen, self._under_way, measures, defer_after=defer_after)
        asking = Asking(library, settings, shared.answering, responses, cooldowns, seen, measures)
        self.privacy = Privacy(shared.register, is_alone=isinstance(shared.coordinator, coordination.Solitary))
        self._withdrawn = Withdrawn()
        self._messages = Messages(
            library,
            settings,
            shared.answering,
            delivery,
            cooldowns,
            seen,
            self.privacy,
            self._withdrawn,
            measures,
            can_listen=listen,
        )
        self.presses = PressHandler(library, asking, responses, delivery, shared.store, seen)
        self.tree = Tree(self, responses, self._under_way)
        Commands(asking, responses).add_to(self.tree)
        PrivacyCommands(self.privacy, responses).add_to(self.tree)
        Administration(library, settings, responses, shared.curating).add_to(self.tree)
        self._max_concurrency = 1
        self._has_reported = False

    async def login(self, token: str) -> None:
        # By default discord.py opens a connection for each of any number of requests at once, and making them costs more than the
        # requests.
        self.http.connector = aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS)
        await super().login(token)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*ITEMS)
        await self.tree.set_translator(Translator())
        await sync_commands(self.tree, self.application_id or 0, self.shared.store, self.shared.coordinator)

    async def connect(self, *, reconnect: bool = True) -> None:
        # Before there is a connection: it would stand idle until its turn.
        await self._take_turn(self.shard_ids[0] if self.shard_ids else 0)
        await super().connect(reconnect=reconnect)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if not initial:
            await self._take_turn(shard_id or 0)

    async def on_shard_ready(self, shard_id: int) -> None:
        self._on_hearing(shard_id)

    async def on_ready(self) -> None:
        address = invitation(self.application_id or 0)
        _log.info("connected as %s, in %d servers; to invite it: %s", self.user, len(self.guilds), address)
        await self._forget_others()
        if not self._has_reported:
            self._has_reported = True
            for line in await self.mistakes():
                _log.warning("%s", line)

    async def mistakes(self) -> list[str]:
        """What is wrong in permissions and settings, a line each."""
        return await mistakes(
            self.guilds,
            self.shared.library,
            self.shared.store,
            can_listen=self.intents.message_content,
            are_all=self.shard_ids is None or len(self.shard_ids) == self.shard_count,
        )

    async def on_message(self, message: discord.Message) -> None:
        self._under_way.enter()
        if self.user is not None:
            await self._messages.receive(message, self.user)

    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        self._withdrawn.message_gone(deleted.message_id)

    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        for message_id in deleted.message_ids:
            self._withdrawn.message_gone(message_id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._channel_gone(channel.guild.id, channel.id)

    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        await self._channel_gone(deleted.guild_id, deleted.thread_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A submitted window: discord.py knows only those that were opened since the start. Commands, buttons and lists it
        hands on by itself."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.presses.submit(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A greeting where it may write, once."""
        channel = greeting_channel(guild)
        if channel is not None and self.shared.seen.is_new(guild.id):
            await self._delivery.say(channel, pages.greeting(self.shared.library.default.pack, words_of(guild)), nonce=guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """What was set in a server goes with the bot's leaving it."""
        await self.shared.settings.forget(guild.id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        _log.error("%s failed: %s", event_method, place(sys.exception()))

    async def close(self) -> None:
        """Hear nothing more, let what is under way be answered for a while, and only then give up the connections, without
        which no answer leaves."""
        await self.hang_up()
        if left := await self._under_way.finish(FINISH_WITHIN):
            _log.warning("%d answers were not finished in time", left)
        await super().close()

    async def _channel_gone(self, guild_id: int, channel_id: int) -> None:
        """What was asked in a channel or thread needs no answer any more, and what was set for it goes with it."""
        self._withdrawn.channel_gone(channel_id)
        await self.shared.settings.forget_channel(guild_id, channel_id)

    def _share(self) -> Share | None:
        """Its shards, whose servers it knows and no others; None where it has all."""
        return None if self.shard_ids is None else Share(frozenset(self.shard_ids), self.shard_count or 1)

    def _is_there(self, guild_id: int) -> bool:
        """Whether the bot is in a server of its shards. One that Discord cannot reach for a while is there all the same."""
        return self.get_guild(guild_id) is not None

    async def _forget_others(self) -> None:
        """Forget what was set where the bot is not any more, or nobody is."""
        looked_for = iter(range(MAX_LOOKED_FOR))

        async def is_deleted(guild_id: int, channel_id: int) -> bool:
            guild = self.get_guild(guild_id)
            if guild is None or guild.unavailable or guild.get_channel_or_thread(channel_id) is not None:
                return False
            if next(looked_for, None) is None:
                return False
            try:
                await guild.fetch_channel(channel_id)
            except discord.NotFound as error:
                return error.code == UNKNOWN_CHANNEL
            except (discord.DiscordException, aiohttp.ClientError, OSError):
                pass  # hidden from the bot, or not to be known now
            return False

        settings, application_id = self.shared.settings, self.application_id or 0
        servers, channels = await settings.forget_others(application_id, self._share(), self._is_there, is_deleted)
        if servers:
            _log.info("what was kept of %d servers that the bot is no longer in is deleted", servers)
        if channels:
            _log.info("what was set for %d channels that are deleted is deleted too", channels)

    async def _take_turn(self, shard_id: int) -> None:
        """Wait until this shard may identify: not with too many at once, in whichever processes, and not when none is left of the
        sessions that Discord allows in a day, after which it would reset the token."""
        while True:
            with suppress(discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError):
                limits = await self.fetch_session_start_limits()
                self._max_concurrency = limits.max_concurrency
                if limits.remaining <= 0:
                    seconds = limits.reset_after / 1000
                    _log.error("Discord allows no further session for %.0f s; shard %d waits for that", seconds, shard_id)
                    await asyncio.sleep(seconds)
                    continue
            try:
                wait = await self.shared.coordinator.turn(self.application_id or 0, shard_id % self._max_concurrency)
            except StoreFault as error:
                _log.warning("%s Shard %d identifies without a turn.", error, shard_id)
                wait = coordination.IDENTIFY_EVERY
            await asyncio.sleep(wait)
            return
