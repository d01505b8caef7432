"""/verbatim, for whoever may manage the server, or whom its administrators name in Discord's own settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot import __version__
from bot.browse.paging import Option
from bot.client import pages
from bot.client.commands import MAX_NAME, choices
from bot.client.outgoing import Outgoing
from bot.client.permissions import ADMINISTRATORS, is_operator, missing_permissions
from bot.client.responses import Responses
from bot.client.settings import SettingsCache
from bot.client.translation import localised, words_for
from bot.say.wording import Wording
from bot.serve.library import Library
from bot.store.values import MAX_COOLDOWN, Overrides

DEFAULT_ARTICLE = "-"  # chosen as an article: whatever config.yaml says; no slug begins so

Interaction: TypeAlias = "discord.Interaction[discord.AutoShardedClient]"
Choices: TypeAlias = "list[app_commands.Choice[str]]"


class Administration:
    """Makes the group of commands, and does what they say."""

    def __init__(self, library: Library, settings: SettingsCache, responses: Responses) -> None:
        self._library, self._settings, self._responses = library, settings, responses

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        group = app_commands.Group(
            name="verbatim",
            description=_described("group"),
            default_permissions=ADMINISTRATORS,
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._add_channel(group)
        self._add_cooldown(group)
        self._add_status(group)
        self._add_reload(group)
        tree.add_command(group)

    def _add_channel(self, group: app_commands.Group) -> None:
        @group.command(description=_described("channel"))
        @app_commands.describe(
            listen=_option("channel.listen"),
            answers=_option("channel.answers"),
            threads=_option("channel.threads"),
            article=_option("channel.article"),
            whole_server=_option("whole_server"),
        )
        @app_commands.choices(answers=[app_commands.Choice(name=localised("switch", s), value=s) for s in ("public", "private")])
        async def channel(
            interaction: Interaction,
            listen: bool | None = None,
            answers: str | None = None,
            threads: bool | None = None,
            article: app_commands.Range[str, 1, MAX_NAME] | None = None,
            whole_server: bool = False,
        ) -> None:
            if article not in (None, DEFAULT_ARTICLE) and self._library.find(article) is None:
                await self._tell(interaction, words_for(interaction).article_unknown)
                return

            def step(old: Overrides) -> Overrides:
                chosen = old.article if article is None else None if article == DEFAULT_ARTICLE else article
                heard = old.listen if listen is None else listen
                private = old.ephemeral if answers is None else answers == "private"
                apart = old.threads if threads is None else threads
                return replace(old, listen=heard, ephemeral=private, article=chosen, threads=apart)

            await self._set(interaction, step, whole_server=whole_server)

        @channel.autocomplete("article")
        async def articles(interaction: Interaction, typed: str) -> Choices:
            shown = words_for(interaction)
            of = [Option(e.pack.title, e.pack.slug) for e in self._library.engines]
            none = Option(shown.article_default.format(title=self._library.default.pack.title), DEFAULT_ARTICLE)
            return choices(o for o in (none, *of) if typed.strip().casefold() in f"{o.label} {o.value}".casefold())

    def _add_cooldown(self, group: app_commands.Group) -> None:
        @group.command(description=_described("cooldown"))
        @app_commands.describe(seconds=_option("cooldown.seconds"), whole_server=_option("whole_server"))
        async def cooldown(
            interaction: Interaction,
            seconds: app_commands.Range[int, 0, int(MAX_COOLDOWN)],
            whole_server: bool = False,
        ) -> None:
            await self._set(interaction, lambda old: replace(old, cooldown=float(seconds)), whole_server=whole_server)

    def _add_status(self, group: app_commands.Group) -> None:
        @group.command(description=_described("status"))
        async def status(interaction: Interaction) -> None:
            lines = [*self._status_lines(interaction), *await self._settings_lines(interaction)]
            await self._tell(interaction, "\n".join(lines))

    def _add_reload(self, group: app_commands.Group) -> None:
        @group.command(description=_described("reload"))
        async def reload(interaction: Interaction) -> None:
            words = words_for(interaction)
            if not is_operator(interaction.client.application, interaction.user.id):
                await self._tell(interaction, words.reload_operator)
            elif self._library.is_reloading:
                await self._tell(interaction, words.reload_running)
            else:
                await self._responses.show_when_ready(interaction, self._reload(words))

    async def _reload(self, words: Wording) -> Outgoing:
        lines = []
        for reading in await self._library.reload():
            if reading.engine is None:
                lines += [words.reload_refused, reading.faults]
            else:
                pack = reading.engine.pack
                lines.append(words.reloaded.format(slug=pack.slug, pack=pack.version[:12]))
        return pages.sentence("\n".join(lines))

    async def _set(self, interaction: Interaction, step: Callable[[Overrides], Overrides], *, whole_server: bool) -> None:
        """Set something for the channel or the server, and show what holds then. The store may wait for its disk longer than Discord
        does for a response."""

        async def setting() -> Outgoing:
            words = words_for(interaction)
            channel_id = None if whole_server else interaction.channel_id or 0
            if not await self._settings.change(interaction.guild_id or 0, channel_id, step):
                return pages.sentence(words.not_stored)
            return pages.sentence(
                "\n".join([*([words.whole_server] if whole_server else []), *await self._settings_lines(interaction)])
            )

        await self._responses.show_when_ready(interaction, setting())

    async def _settings_lines(self, interaction: Interaction) -> list[str]:
        """What holds in the channel of an interaction."""
        words, settings = words_for(interaction), await self._settings.at(interaction.guild_id, interaction.channel)
        engine = self._library.find(settings.article)
        lines = [
            words.channel_settings,
            words.setting_listen.format(state=words.switch["yes" if settings.listen else "no"]),
            words.setting_answers.format(state=words.switch["private" if settings.ephemeral else "public"]),
            words.setting_threads.format(state=words.switch["yes" if settings.threads else "no"]),
            words.setting_cooldown.format(seconds=round(settings.cooldown)),
            words.setting_article.format(title=engine.pack.title if engine else settings.article),
        ]
        if settings.threads and not interaction.app_permissions.create_public_threads:
            lines.append(words.threads_need.format(permission=words.permissions["create_public_threads"]))
        if engine is None:
            lines.append(words.article_gone)
        if settings.listen and not interaction.client.intents.message_content:
            lines.append(words.listening_is_off)
        return lines

    def _status_lines(self, interaction: Interaction) -> list[str]:
        """What the bot may do in the channel of an interaction, what it reads, and how it is."""
        words, client = words_for(interaction), interaction.client
        missing, latency = missing_permissions(interaction.app_permissions), client.latency
        named = ", ".join(words.permissions[m] for m in missing)
        return [
            words.status_missing.format(permissions=named) if missing else words.status_complete,
            words.status_intent.format(state=words.switch["yes" if client.intents.message_content else "no"]),
            words.status_version.format(version=__version__),
            *(words.status_article.format(slug=e.pack.slug, pack=e.pack.version[:12]) for e in self._library.engines),
            # discord.py knows none before the first heartbeat was acknowledged: then it is infinite, or no number.
            words.status_latency.format(milliseconds=round(latency * 1000) if 0 <= latency < 3600 else "?"),
        ]

    async def _tell(self, interaction: Interaction, text: str) -> None:
        """Show sentences to the asker alone."""
        await self._responses.show(interaction, pages.sentence(text))


def _described(command: str) -> app_commands.locale_str:
    return localised("admin_commands", command)


def _option(option: str) -> app_commands.locale_str:
    # `option` is a key of the wording: a command and its option, or an option that several have.
    return localised("admin_options", option)
