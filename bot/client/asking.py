"""What is asked by an interaction, be it a command, a button, a list or a window: from the channel's article to the response."""

from __future__ import annotations

import time
from typing import Any

import discord

from bot.client import pages
from bot.client.answering import Answering, Asked
from bot.client.buttons import MAX_QUESTION
from bot.client.custom_ids import CustomId
from bot.client.pacing import Cooldowns
from bot.client.responses import Responses
from bot.client.seen_events import SeenEvents
from bot.client.settings import ArticleGone, SettingsCache
from bot.client.translation import words_for
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.pack.values import Topic
from bot.serve.dialogue import Conversation
from bot.serve.library import Library


class Asking:
    """Questions that interactions put, and the articles that they put them to."""

    def __init__(
        self,
        library: Library,
        settings: SettingsCache,
        answering: Answering,
        responses: Responses,
        cooldowns: Cooldowns,
        seen: SeenEvents,
    ) -> None:
        self._library, self._settings, self._answering, self._responses = library, settings, answering, responses
        self._cooldowns, self._seen = cooldowns, seen

    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: str,
        *,
        engine: Engine | None = None,
        afresh: bool = False,
        about: Topic | None = None,
    ) -> None:
        """Answer a question, from the channel's article where no engine is given. See `Asked` for `afresh` and `about`. Raises
        ArticleGone."""
        words = words_for(interaction)
        settings = await self._settings.at(interaction.guild_id, interaction.channel)
        engine = engine or await self.engine_for(interaction)
        if not self._seen.is_new(interaction.id):
            return
        if wait := self._cooldowns.wait(interaction.user.id, settings.cooldown):
            await self._responses.respond(interaction, pages.cooling(wait, time.time(), words), ephemeral=True)
            return
        asked = Asked(
            question[:MAX_QUESTION],
            engine,
            _conversation(interaction, engine),
            interaction.guild_id,
            words,
            afresh=afresh,
            about=about,
            echoed=True,
            keeps_misses=settings.misses,
        )
        await self._responses.respond_when_ready(interaction, self._answering.answer(asked), ephemeral=settings.ephemeral)

    async def keep_wrong(self, interaction: discord.Interaction[Any], pressed: CustomId, engine: Engine) -> None:
        """Keep for the curator that an answer was wrong, as whoever asked says, where an administrator has that kept."""
        if (await self._settings.at(interaction.guild_id, interaction.channel)).misses:
            await self._answering.keep_wrong(pressed, engine, _conversation(interaction, engine), interaction.guild_id)

    async def engine_for(self, interaction: discord.Interaction[Any]) -> Engine:
        """The article of the channel of an interaction. Raises ArticleGone."""
        engine = self._library.find((await self._settings.at(interaction.guild_id, interaction.channel)).article)
        if engine is None:
            raise ArticleGone
        return engine

    def earlier(self, interaction: discord.Interaction[Any], engine: Engine) -> tuple[Answer, ...]:
        """What the asker was answered from an article in the channel of an interaction, oldest first."""
        return self._answering.earlier(_conversation(interaction, engine))


def _conversation(interaction: discord.Interaction[Any], engine: Engine) -> Conversation:
    return Conversation(interaction.channel_id or 0, interaction.user.id, engine.pack.version)
