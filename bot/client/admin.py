"""/verbatim, for whoever may manage the server, or whom its administrators name in Discord's own settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot import __version__
from bot.browse.paging import Option
from bot.client import pages
from bot.client.commands import MAX_NAME, choices, fitting, titled
from bot.client.curating import MOST_SHOWN, Curating, Wanted
from bot.client.outgoing import Outgoing
from bot.client.permissions import ADMINISTRATORS, is_operator, missing_permissions
from bot.client.responses import Responses
from bot.client.settings import SettingsCache
from bot.client.translation import localised, words_for
from bot.engine.pipeline import Engine
from bot.say.wording import Wording
from bot.serve.library import Library
from bot.store.values import MAX_ARTICLES, MAX_COOLDOWN, USUAL, Overrides, slugs
from bot.text.display import clip

MAX_GAP = 300  # characters of a gap's question, and of what was looked for

Interaction: TypeAlias = "discord.Interaction[discord.AutoShardedClient]"
Choices: TypeAlias = "list[app_commands.Choice[str]]"


class Administration:
    """Makes the group of commands, and does what they say."""

    def __init__(self, library: Library, settings: SettingsCache, responses: Responses, curating: Curating) -> None:
        self._library, self._settings, self._responses, self._curating = library, settings, responses, curating

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
        self._add_curate(group)
        tree.add_command(group)

    def _add_channel(self, group: app_commands.Group) -> None:
        @group.command(description=_described("channel"))
        @app_commands.describe(
            listen=_option("channel.listen"),
            answers=_option("channel.answers"),
            threads=_option("channel.threads"),
            misses=_option("channel.misses"),
            article=_option("channel.article"),
            also=_option("channel.also"),
            whole_server=_option("whole_server"),
        )
        @app_commands.choices(answers=[app_commands.Choice(name=localised("switch", s), value=s) for s in ("public", "private")])
        async def channel(
            interaction: Interaction,
            listen: bool | None = None,
            answers: str | None = None,
            threads: bool | None = None,
            misses: bool | None = None,
            article: app_commands.Range[str, 1, MAX_NAME] | None = None,
            also: app_commands.Range[str, 1, MAX_NAME] | None = None,
            whole_server: bool = False,
        ) -> None:
            words = words_for(interaction)
            here = await self._articles_of(interaction, whole_server=whole_server)
            unknown = {a for a in (article, also) if a} - {USUAL, *here}  # what is not loaded can still be taken away
            if any(self._library.find(slug) is None for slug in unknown):
                await self._tell(interaction, words.article_unknown)
                return

            def step(old: Overrides) -> Overrides:
                chosen = chosen_articles(old.article, here, self._library.default.pack.slug, article, also)
                heard = old.listen if listen is None else listen
                private = old.ephemeral if answers is None else answers == "private"
                apart = old.threads if threads is None else threads
                kept = old.misses if misses is None else misses
                return replace(old, listen=heard, ephemeral=private, article=chosen, threads=apart, misses=kept)

            await self._set(interaction, step, whole_server=whole_server)

        @channel.autocomplete("article")
        async def articles(interaction: Interaction, typed: str) -> Choices:
            usual = words_for(interaction).article_default.format(title=self._library.default.pack.title)
            return choices(fitting([Option(usual, USUAL), *titled(self._library.engines)], typed))

        @channel.autocomplete("also")
        async def others(interaction: Interaction, typed: str) -> Choices:
            words, whole = words_for(interaction), bool(getattr(interaction.namespace, "whole_server", None))
            main, *there = await self._articles_of(interaction, whole_server=whole)
            away = [Option(words.article_remove.format(title=self._title(slug)), slug) for slug in there]
            others = titled(e for e in self._library.engines if e.pack.slug not in (main, *there))
            none = [Option(words.article_alone, USUAL)] if there else []
            return choices(fitting([*none, *away, *others], typed))

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
            if interaction.guild_id is not None and not await self._settings.are_stored(interaction.guild_id):
                lines.append(words_for(interaction).status_store)
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

    def _add_curate(self, group: app_commands.Group) -> None:
        @group.command(description=_described("curate"))
        @app_commands.describe(
            **{o: _option(f"curate.{o}") for o in ("group", "topic", "question", "looked_for", "nothing")},
        )
        async def curate(
            interaction: Interaction,
            group: app_commands.Range[int, 1, MOST_SHOWN] | None = None,
            topic: app_commands.Range[str, 1, MAX_NAME] | None = None,
            question: app_commands.Range[str, 1, MAX_GAP] | None = None,
            looked_for: app_commands.Range[str, 1, MAX_GAP] | None = None,
            nothing: bool = False,
        ) -> None:
            words = words_for(interaction)
            if not is_operator(interaction.client.application, interaction.user.id):
                await self._tell(interaction, words.reload_operator)
                return
            engine = await self._main_here(interaction)
            if engine is None:
                await self._tell(interaction, words.article_gone)
                return
            if topic is not None and not (topic in engine.pack.by_id and engine.pack.by_id[topic].question):
                await self._tell(interaction, words.curate_how)
                return
            wanted = Wanted(group, topic, question, looked_for, nothing)
            acting = self._curating.act(engine, interaction.user.id, wanted, words)
            await self._responses.show_when_ready(interaction, acting)

        @curate.autocomplete("topic")
        async def topics(interaction: Interaction, typed: str) -> Choices:
            engine = await self._main_here(interaction)
            if engine is None or not is_operator(interaction.client.application, interaction.user.id):
                return []
            of = [Option(clip(f"{t.id}: {t.looked_for or t.question}", MAX_NAME), t.id) for t in engine.pack.topics if t.question]
            return choices([o for o in of if typed.strip().casefold() in o.label.casefold()])

    async def _main_here(self, interaction: Interaction) -> Engine | None:
        """The main article of the channel of an interaction; None where it is not loaded."""
        settings = await self._settings.at(interaction.guild_id, interaction.channel)
        articles = self._library.articles(slugs(settings.article))
        return articles.main if articles else None

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
            try:
                if not await self._settings.change(interaction.guild_id or 0, channel_id, step):
                    return pages.sentence(words.not_stored)
            except ValueError:  # the one thing that can be too much: all else has its range
                return pages.sentence(words.articles_full.format(limit=MAX_ARTICLES))
            level = [words.whole_server] if whole_server else []
            lines = [*level, *await self._settings_lines(interaction), *self._missing_lines(interaction)]
            return pages.sentence("\n".join(lines))

        await self._responses.show_when_ready(interaction, setting())

    async def _articles_of(self, interaction: Interaction, *, whole_server: bool) -> tuple[str, ...]:
        """The slugs of the articles that hold in the channel of an interaction or in its server, the main one first."""
        settings = await self._settings.at(interaction.guild_id, None if whole_server else interaction.channel)
        return slugs(settings.article) or (self._library.default.pack.slug,)

    def _title(self, slug: str) -> str:
        """What an article is called; one that is not loaded by its slug."""
        engine = self._library.find(slug)
        return engine.pack.title if engine else slug

    async def _settings_lines(self, interaction: Interaction) -> list[str]:
        """What holds in the channel of an interaction."""
        words, settings = words_for(interaction), await self._settings.at(interaction.guild_id, interaction.channel)
        main, *others = slugs(settings.article) or (self._library.default.pack.slug,)
        loaded = [words.quoted.format(text=self._title(slug)) for slug in others if self._library.find(slug)]
        gone = [slug for slug in others if self._library.find(slug) is None]
        lines = [
            words.channel_settings,
            words.setting_listen.format(state=words.switch["yes" if settings.listen else "no"]),
            words.setting_answers.format(state=words.switch["private" if settings.ephemeral else "public"]),
            words.setting_threads.format(state=words.switch["yes" if settings.threads else "no"]),
            words.setting_misses.format(state=words.switch["yes" if settings.misses else "no"]),
            words.setting_cooldown.format(seconds=round(settings.cooldown)),
            words.setting_article.format(title=self._title(main)),
            *([words.setting_also.format(titles=", ".join(loaded))] if loaded else []),
            *([words.setting_not_loaded.format(slugs=", ".join(gone))] if gone else []),
        ]
        if settings.threads and not interaction.app_permissions.create_public_threads:
            lines.append(words.threads_need.format(permission=words.permissions["create_public_threads"]))
        if self._library.find(main) is None:
            lines.append(words.article_gone)
        if settings.listen and not interaction.client.intents.message_content:
            lines.append(words.listening_is_off)
        if self._settings.end_with_process:
            lines.append(words.until_restart)
        return lines

    def _status_lines(self, interaction: Interaction) -> list[str]:
        """What the bot may do in the channel of an interaction, what it reads, and how it is."""
        words, client, latency = words_for(interaction), interaction.client, interaction.client.latency
        return [
            *(self._missing_lines(interaction) or [words.status_complete]),
            words.status_intent.format(state=words.switch["yes" if client.intents.message_content else "no"]),
            words.status_version.format(version=__version__),
            *(words.status_article.format(slug=e.pack.slug, pack=e.pack.version[:12]) for e in self._library.engines),
            # discord.py knows none before the first heartbeat was acknowledged: then it is infinite, or no number.
            words.status_latency.format(milliseconds=round(latency * 1000) if 0 <= latency < 3600 else "?"),
        ]

    def _missing_lines(self, interaction: Interaction) -> list[str]:
        """Which permissions the bot lacks in the channel of an interaction, if any."""
        words, missing = words_for(interaction), missing_permissions(interaction.app_permissions, interaction.channel)
        named = ", ".join(words.permissions[m] for m in missing)
        return [words.status_missing.format(permissions=named)] if missing else []

    async def _tell(self, interaction: Interaction, text: str) -> None:
        """Show sentences to the asker alone."""
        await self._responses.show(interaction, pages.sentence(text))


def chosen_articles(before: str | None, here: Sequence[str], usual: str, article: str | None, also: str | None) -> str | None:
    """What is set as a channel's articles, once `article` is chosen as the main one, and `also` is added to the others, or taken away where
    it is one of them. `-` is the usual article alone, or no others. `here` are the slugs that hold, also where nothing was set before."""
    if article == USUAL and also is None:
        return USUAL
    held = slugs(before) or tuple(here)
    main, others = (usual, []) if article == USUAL else (article or held[0], [s for s in held[1:] if s != article])
    if also == USUAL:
        others = []
    elif also in others:
        others.remove(also)
    elif also is not None and also != main:
        others.append(also)
    chosen = (main, *others)
    return before if article is None and chosen == held else " ".join(chosen)


def _described(command: str) -> app_commands.locale_str:
    return localised("admin_commands", command)


def _option(option: str) -> app_commands.locale_str:
    # `option` is a key of the wording: a command and its option, or an option that several have.
    return localised("admin_options", option)
