"""The commands for everybody, as Discord lists them: their words come from the wording files, their pages from `pages`. Names
stay English: translated ones break mentions of commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.browse import pages as browse
from bot.browse import suggestions
from bot.browse.paging import Option
from bot.client import pages
from bot.client.asking import Asking
from bot.client.buttons import MAX_QUESTION
from bot.client.custom_ids import MAX_CARRIED, MAX_PAGE
from bot.client.outgoing import options
from bot.client.responses import Responses
from bot.client.settings import ArticleGone
from bot.client.translation import localised, words_for
from bot.client.typed_commands import ABOUT_THE_LAST, Request
from bot.engine.pipeline import Engine
from bot.pack.values import Pack
from bot.say.wording import Format

MAX_NAME = 100  # characters of a name that somebody types

Interaction: TypeAlias = "discord.Interaction[Any]"
Made: TypeAlias = "app_commands.Command[Any, Any, Any]"


class Commands:
    """Makes the commands, and does what they say."""

    def __init__(self, asking: Asking, responses: Responses) -> None:
        self._asking, self._responses = asking, responses

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
        installs = app_commands.AppInstallationType(guild=True, user=True)
        article = app_commands.Group(name="article", description=_described("article"))
        for under in (*self._read_commands(), *self._tell_commands()):
            article.add_command(under)
        commands: list[Made | app_commands.Group] = [*self._ask_commands(), *self._find_commands(), article]
        for command in commands:
            command.allowed_contexts, command.allowed_installs = contexts, installs
            tree.add_command(command)

        async def ask_about(interaction: Interaction, message: discord.Message) -> None:
            await self._asking.ask(interaction, message.content, afresh=True)

        name = localised("menu_ask")
        tree.add_command(
            app_commands.ContextMenu(name=name, callback=ask_about, allowed_contexts=contexts, allowed_installs=installs)
        )

    def _ask_commands(self) -> tuple[Made, ...]:
        @app_commands.command(description=_described("ask"))
        @app_commands.describe(question=_option("ask.question"), article=_option("ask.article"))
        async def ask(
            interaction: Interaction,
            question: app_commands.Range[str, 1, MAX_QUESTION],
            article: app_commands.Range[str, 0, MAX_NAME] = "",
        ) -> None:
            engine = await self._asking.engine_for(interaction, article) if article else None
            await self._asking.ask(interaction, question, engine=engine)

        @ask.autocomplete("question")
        async def questions(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return await self._offered(interaction, lambda pack: suggestions.suggest_questions(pack, typed), of_all=True)

        ask.autocomplete("article")(self._articles)
        return (ask,)

    def _find_commands(self) -> tuple[Made, ...]:
        @app_commands.command(description=_described("quote"))
        @app_commands.describe(speaker=_option("quote.speaker"), topic=_option("quote.topic"), article=_option("quote.article"))
        async def quote(
            interaction: Interaction,
            speaker: app_commands.Range[str, 0, MAX_NAME] = "",
            topic: app_commands.Range[str, 0, MAX_CARRIED] = "",
            article: app_commands.Range[str, 0, MAX_NAME] = "",
        ) -> None:
            await self._show(interaction, Request("quote", speaker=speaker, topic=topic, article=article))

        @quote.autocomplete("speaker")
        async def speakers(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            return await self._offered(interaction, lambda pack: suggestions.suggest_speakers(pack, typed))

        @quote.autocomplete("topic")
        async def topics(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            speaker = str(getattr(interaction.namespace, "speaker", None) or "")

            def make(pack: Pack) -> tuple[Option, ...]:
                return tuple(o for o in suggestions.suggest_topics(pack, typed, speaker) if len(o.value) <= MAX_CARRIED)

            return await self._offered(interaction, make)

        @app_commands.command(description=_described("faq"))
        @app_commands.describe(group=_option("faq.group"), article=_option("faq.article"))
        async def faq(
            interaction: Interaction,
            group: app_commands.Range[str, 0, MAX_NAME] = "",
            article: app_commands.Range[str, 0, MAX_NAME] = "",
        ) -> None:
            await self._show(interaction, Request("faq", group=group, article=article))

        @faq.autocomplete("group")
        async def groups(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
            def make(pack: Pack) -> tuple[Option, ...]:
                known = dict.fromkeys(t.group for t in pack.entries)
                return tuple(
                    Option(browse.group_name(g), g) for g in known if typed.strip().casefold() in browse.group_name(g).casefold()
                )

            return await self._offered(interaction, make)

        quote.autocomplete("article")(self._articles)
        faq.autocomplete("article")(self._articles)
        return quote, faq

    def _read_commands(self) -> tuple[Made, ...]:
        @app_commands.command(description=_described("read"))
        @app_commands.describe(page=_option("read.page"), article=_option("read.article"))
        async def read(
            interaction: Interaction,
            page: app_commands.Range[int, 1, MAX_PAGE] = 1,
            article: app_commands.Range[str, 0, MAX_NAME] = "",
        ) -> None:
            await self._show(interaction, Request("read", page=str(page), article=article))

        @app_commands.command(description=_described("who"))
        @app_commands.describe(article=_option("who.article"))
        async def who(interaction: Interaction, article: app_commands.Range[str, 0, MAX_NAME] = "") -> None:
            await self._show(interaction, Request("who", article=article))

        read.autocomplete("article")(self._articles)
        who.autocomplete("article")(self._articles)
        return read, who

    def _tell_commands(self) -> tuple[Made, ...]:
        @app_commands.command(description=_described("why"))
        async def why(interaction: Interaction) -> None:
            await self._show(interaction, Request("why"))

        @app_commands.command(description=_described("cite"))
        @app_commands.describe(format=_option("cite.format"))
        @app_commands.choices(format=[app_commands.Choice(name=localised("formats", f), value=f.value) for f in Format])
        async def cite(interaction: Interaction, format: str = "") -> None:
            await self._show(interaction, Request("cite", format=format))

        @app_commands.command(description=_described("about"))
        async def about(interaction: Interaction) -> None:
            await self._show(interaction, Request("about"))

        @app_commands.command(name="help", description=_described("help"))
        async def help_(interaction: Interaction) -> None:
            await self._show(interaction, Request("help"))

        return why, cite, about, help_

    async def _show(self, interaction: Interaction, request: Request) -> None:
        if request.command in ABOUT_THE_LAST:
            engine = await self._asking.latest_for(interaction)
        else:
            engine = await self._asking.engine_for(interaction, request.article)
        earlier = self._asking.earlier(interaction, engine)
        page = await asyncio.to_thread(pages.requested, request, engine.pack, words_for(interaction), earlier)
        await self._responses.show(interaction, page)

    async def _offered(
        self, interaction: Interaction, make: Callable[[Pack], tuple[Option, ...]], *, of_all: bool = False
    ) -> list[app_commands.Choice[str]]:
        """What autocompletion shows, of the article that the command names; where it names none, of the channel's main one, or `of_all`,
        the main one first. Nothing where that fails, since what is typed can be sent all the same."""
        try:
            name = str(getattr(interaction.namespace, "article", None) or "")
            engine, articles = await self._asking.engine_for(interaction, name), await self._asking.articles_for(interaction)
            packs = [e.pack for e in (articles.asked if of_all and not name else (engine,))]
            return choices(await asyncio.to_thread(lambda: [o for pack in packs for o in make(pack)]))
        except Exception:  # discord.py would log its message, which may quote what is typed
            return []

    async def _articles(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The articles that can be named in a channel, as autocompletion shows them."""
        try:
            articles = await self._asking.articles_for(interaction)
        except ArticleGone:
            return []
        return choices(fitting(titled(articles.known), typed))


def titled(engines: Iterable[Engine]) -> list[Option]:
    """Articles to choose from, by title."""
    return [Option(e.pack.title, e.pack.slug) for e in engines]


def fitting(found: Iterable[Option], typed: str) -> list[Option]:
    """The options in whose label or value is what somebody types."""
    return [o for o in found if typed.strip().casefold() in f"{o.label} {o.value}".casefold()]


def choices(found: Iterable[Option]) -> list[app_commands.Choice[str]]:
    """Options as discord.py's, within Discord's limits."""
    return [app_commands.Choice(name=o.label, value=o.value) for o in options(found)]


def _described(command: str) -> app_commands.locale_str:
    return localised("commands", command)


def _option(option: str) -> app_commands.locale_str:
    return localised("options", option)
