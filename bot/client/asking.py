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
from bot.client.settings import ArticleGone, ArticleUnknown, SettingsCache
from bot.client.translation import words_for
from bot.engine.answer import Answer
from bot.engine.pipeline import Engine
from bot.say.attribution import short_title
from bot.serve.dialogue import Conversation
from bot.serve.library import Articles, Library
from bot.serve.measures import Measures, Stage, Unanswered
from bot.store.values import slugs


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
        measures: Measures,
    ) -> None:
        self._library, self._settings, self._answering, self._responses = library, settings, answering, responses
        self._cooldowns, self._seen, self._measures = cooldowns, seen, measures

    async def ask(
        self,
        interaction: discord.Interaction[Any],
        question: str,
        *,
        engine: Engine | None = None,
        afresh: bool = False,
        about: CustomId | None = None,
    ) -> None:
        """Answer a question, from the channel's articles where no engine is given. See `Asked` for `afresh` and `about`. Raises
        ArticleGone."""
        began, words = self._measures.begin(), words_for(interaction)
        settings = await self._settings.at(interaction.guild_id, interaction.channel)
        channel = self._library.articles(slugs(settings.article))
        articles = channel if engine is None else Articles((engine,), (engine,))
        if articles is None:
            self._measures.unanswered[Unanswered.GONE] += 1
            raise ArticleGone
        if not self._seen.is_new(interaction.id):
            return
        if wait := await self._cooldowns.wait_everywhere(
            interaction.user.id, interaction.created_at.timestamp(), settings.cooldown
        ):
            await self._responses.respond(interaction, pages.cooling(wait, time.time(), words), ephemeral=True)
            self._measures.unanswered[Unanswered.COOLDOWN] += 1
            return
        asked = Asked(
            question[:MAX_QUESTION],
            articles,
            _conversation(interaction, articles.main),
            interaction.guild_id,
            words,
            afresh=afresh,
            about=about,
            echoed=True,
            keeps_misses=settings.misses,
            named=channel is None or len(channel.asked) > 1 or articles.asked != channel.asked,
        )
        answering = self._answering.answer(asked, lambda: self._cooldowns.take_back(interaction.user.id))
        # Also where it is deferred first: an answer is for all who may see it, that there is none for the asker alone.
        private = settings.ephemeral or self._answering.is_full(asked)
        await self._responses.respond_when_ready(interaction, answering, ephemeral=private)
        self._measures.took(Stage.WHOLE, began)

    async def keep_wrong(self, interaction: discord.Interaction[Any], pressed: CustomId, engine: Engine) -> None:
        """Keep for the curator that an answer was wrong, as whoever asked says, where an administrator has that kept."""
        if (await self._settings.at(interaction.guild_id, interaction.channel)).misses:
            await self._answering.keep_wrong(pressed, engine, _conversation(interaction, engine), interaction.guild_id)

    async def articles_for(self, interaction: discord.Interaction[Any]) -> Articles:
        """The articles of the channel of an interaction. Raises ArticleGone."""
        settings = await self._settings.at(interaction.guild_id, interaction.channel)
        articles = self._library.articles(slugs(settings.article))
        if articles is None:
            raise ArticleGone
        return articles

    async def engine_for(self, interaction: discord.Interaction[Any], article: str = "") -> Engine:
        """The article of the channel of an interaction that is named, the main one if none is. Raises ArticleGone and ArticleUnknown."""
        return named(article, await self.articles_for(interaction))

    async def latest_for(self, interaction: discord.Interaction[Any]) -> Engine:
        """The article of the channel of an interaction that answered its user last, the main one if none did. Raises ArticleGone."""
        articles = await self.articles_for(interaction)
        return self._answering.latest(articles, _conversation(interaction, articles.main))

    def earlier(self, interaction: discord.Interaction[Any], engine: Engine) -> tuple[Answer, ...]:
        """What the asker was answered from an article in the channel of an interaction, oldest first."""
        return self._answering.earlier(_conversation(interaction, engine))


def named(article: str, articles: Articles) -> Engine:
    """The article that is named, the main one if none is. Raises ArticleUnknown."""
    engine = articles.find(article) if article.strip() else articles.main
    if engine is None:
        raise ArticleUnknown([short_title(e.pack) for e in articles.known])
    return engine


def _conversation(interaction: discord.Interaction[Any], engine: Engine) -> Conversation:
    return Conversation(interaction.channel_id or 0, interaction.user.id, engine.pack.version)
