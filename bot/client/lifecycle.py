"""The client: what it is made of, what Discord's events lead to, and how it starts and closes.

Only the text of messages that do not mention it needs a privileged intent. No question's text is logged or written anywhere: an
exception is logged by its type and place, since its message may quote the question.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.client import pages
from bot.client.admin import Administration
from bot.client.answering import Answering
from bot.client.asking import Asking
from bot.client.buttons import ITEMS
from bot.client.commands import Commands
from bot.client.curating import Curating
from bot.client.delivery import Delivery
from bot.client.gateway import Watched
from bot.client.log import place, without_asker
from bot.client.messages import Messages
from bot.client.pacing import Cooldowns
from bot.client.patient_store import PatientStore
from bot.client.permissions import greeting_channel, invitation
from bot.client.presses import PressHandler
from bot.client.responses import DEFER_AFTER, Responses
from bot.client.seen_events import SeenEvents
from bot.client.settings import SettingsCache
from bot.client.startup import mistakes, sync_commands
from bot.client.translation import Translator, words_of
from bot.client.under_way import UnderWay
from bot.serve.dialogue import Dialogue
from bot.serve.library import Library
from bot.serve.measures import Measures
from bot.store.values import ChannelSettings, Store

CONNECTIONS = 100  # to the REST API at once
# Seconds that answers under way have to be finished when the client closes; with the store's closing below the 10 s that Docker
# waits.
FINISH_WITHIN = 5.0
_NOTHING_SET = ChannelSettings()

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
    """The bot. `listen` asks for the text of messages that do not mention it; `defaults` hold in channels for which nothing
    was set; `shards` is the number of gateway connections, None for as many as Discord advises; `seen` is what an earlier
    client of this process has taken up; `measures` are the process's; `defer_after` is in seconds."""

    def __init__(
        self,
        library: Library,
        store: Store,
        dialogue: Dialogue,
        *,
        listen: bool = False,
        defaults: ChannelSettings = _NOTHING_SET,
        shards: int | None = 1,
        seen: SeenEvents | None = None,
        defer_after: float = DEFER_AFTER,
        measures: Measures | None = None,
    ) -> None:
        measures = measures or Measures()
        super().__init__(
            measures.shards,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=listen),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            shard_count=shards,
        )
        self.library, self.store = library, store
        seen, cooldowns = SeenEvents() if seen is None else seen, Cooldowns()
        self._patient_store = PatientStore(store, measures)
        self._under_way = UnderWay()
        self.settings = SettingsCache(self._patient_store, defaults)
        self._answering = Answering(dialogue, self._patient_store, measures=measures)
        self._seen = seen
        self._delivery = delivery = Delivery(self._patient_store, seen, self._under_way, measures, self.is_closed)
        responses = Responses(delivery, self._patient_store, seen, self._under_way, measures, defer_after=defer_after)
        asking = Asking(library, self.settings, self._answering, responses, cooldowns, seen, measures)
        self._messages = Messages(library, self.settings, self._answering, delivery, cooldowns, seen, measures, can_listen=listen)
        self.presses = PressHandler(library, asking, responses, delivery, self._patient_store, seen)
        self.tree = Tree(self, responses, self._under_way)
        Commands(asking, self._answering, responses).add_to(self.tree)
        Administration(library, self.settings, responses, Curating(library, self._patient_store)).add_to(self.tree)
        self._has_reported = False

    async def login(self, token: str) -> None:
        # By default discord.py opens a connection for each of any number of requests at once, and making them costs more than the
        # requests.
        self.http.connector = aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS)
        await super().login(token)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(*ITEMS)
        await self.tree.set_translator(Translator())
        await sync_commands(self.tree, self.application_id or 0, self._patient_store)

    async def on_ready(self) -> None:
        address = invitation(self.application_id or 0)
        _log.info("connected as %s, in %d servers; to invite it: %s", self.user, len(self.guilds), address)
        # One that Discord cannot reach for a while is there all the same.
        if gone := await self.settings.forget_others(self.application_id or 0, lambda g: self.get_guild(g) is not None):
            _log.info("what was kept of %d servers that the bot is no longer in is deleted", gone)
        if not self._has_reported:
            self._has_reported = True
            for line in await self.mistakes():
                _log.warning("%s", line)

    async def mistakes(self) -> list[str]:
        """What is wrong in permissions and settings, a line each."""
        can_listen = self.intents.message_content
        return await mistakes(self.guilds, self.library, self._patient_store, can_listen=can_listen)

    async def on_message(self, message: discord.Message) -> None:
        self._under_way.enter()
        if self.user is not None:
            await self._messages.receive(message, self.user)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """A submitted window: discord.py knows only those that were opened since the start. Commands, buttons and lists it
        hands on by itself."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.presses.submit(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """A greeting where it may write, once."""
        channel = greeting_channel(guild)
        if channel is not None and self._seen.is_new(guild.id):
            await self._delivery.say(channel, pages.greeting(self.library.default.pack, words_of(guild)))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """What was set in a server goes with the bot's leaving it."""
        await self.settings.forget(guild.id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        _log.error("%s failed: %s", event_method, place(sys.exception()))

    async def close(self) -> None:
        """Hear nothing more, let what is under way be answered for a while, and only then give up the connections, without
        which no answer leaves."""
        for shard in self.shards.values():
            await shard.disconnect()
        if left := await self._under_way.finish(FINISH_WITHIN):
            _log.warning("%d answers were not finished in time", left)
        self._answering.close()
        await super().close()
