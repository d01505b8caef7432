"""The commands, as Discord lists them: their words come from the wording files, their pages from pages.py. Names stay English: translated ones break mentions of commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot import __version__
from bot.browse import pages as browse
from bot.browse import suggestions
from bot.browse.paging import Option
from bot.client import pages
from bot.client.items import MAX_QUESTION
from bot.client.outgoing import Outgoing, options
from bot.client.pages import Request
from bot.client.state import MAX_PAGE, MAX_TYPED
from bot.pack.values import Pack
from bot.say import pages as worded
from bot.say.languages import FALLBACK, wording
from bot.say.lines import Reply, said
from bot.say.wording import Format, Wording
from bot.store.values import MAX_COOLDOWN, Overrides

if TYPE_CHECKING:
    from bot.client.app import Verbatim

_MAX_NAME = 100  # characters of a name that somebody types
_DEFAULT_ARTICLE = "-"  # chosen as an article: whatever config.yaml says; no slug begins so


class Translator(app_commands.Translator):
    """Texts with the extras `section` and `key` from the wording files of languages other than English."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        words = wording(str(locale))
        if words.language == FALLBACK or "section" not in string.extras:
            return None
        section = getattr(words, string.extras["section"])
        return str(section[string.extras["key"]] if "key" in string.extras else section)


def add(tree: app_commands.CommandTree[Verbatim]) -> None:
    """Put every command into the tree."""
    words = wording(FALLBACK)
    for command in (*_asking(words), *_browsing(words), *_telling(words)):
        command.allowed_contexts, command.allowed_installs = _contexts(), _installs()
        tree.add_command(command)
    menu = app_commands.ContextMenu(
        name=locale_str(words.menu_ask, section="menu_ask"),
        callback=_ask_about,
        allowed_contexts=_contexts(),
        allowed_installs=_installs(),
    )
    tree.add_command(menu)
    tree.add_command(_administration(words))


def _contexts() -> app_commands.AppCommandContext:
    return app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)


def _installs() -> app_commands.AppInstallationType:
    return app_commands.AppInstallationType(guild=True, user=True)


async def _ask_about(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.client.respond(interaction, message.content, afresh=True)


Made = app_commands.Command[Any, Any, Any]


def _described(words: Wording, command: str) -> locale_str:
    return locale_str(words.commands[command], section="commands", key=command)


def _option(words: Wording, option: str) -> locale_str:
    return locale_str(words.options[option], section="options", key=option)


def _asking(words: Wording) -> tuple[Made, ...]:
    @app_commands.command(description=_described(words, "ask"))
    @app_commands.describe(question=_option(words, "ask.question"))
    async def ask(interaction: discord.Interaction[Verbatim], question: app_commands.Range[str, 1, MAX_QUESTION]) -> None:
        await interaction.client.respond(interaction, question)

    @ask.autocomplete("question")
    async def questions(interaction: discord.Interaction[Verbatim], typed: str) -> list[app_commands.Choice[str]]:
        return await _offered(interaction, lambda pack: suggestions.suggest_questions(pack, typed))

    return (ask,)


def _browsing(words: Wording) -> tuple[Made, ...]:
    @app_commands.command(description=_described(words, "quote"))
    @app_commands.describe(speaker=_option(words, "quote.speaker"), topic=_option(words, "quote.topic"))
    async def quote(
        interaction: discord.Interaction[Verbatim],
        speaker: app_commands.Range[str, 0, _MAX_NAME] = "",
        topic: app_commands.Range[str, 0, MAX_TYPED] = "",
    ) -> None:
        settings = await interaction.client.settings_at(interaction.guild_id, interaction.channel)
        await _show(interaction, Request("quote", speaker=speaker, topic=topic), ephemeral=settings.ephemeral)

    @quote.autocomplete("speaker")
    async def speakers(interaction: discord.Interaction[Verbatim], typed: str) -> list[app_commands.Choice[str]]:
        return await _offered(interaction, lambda pack: suggestions.suggest_speakers(pack, typed))

    @quote.autocomplete("topic")
    async def topics(interaction: discord.Interaction[Verbatim], typed: str) -> list[app_commands.Choice[str]]:
        speaker = str(getattr(interaction.namespace, "speaker", None) or "")

        def make(pack: Pack) -> tuple[Option, ...]:
            return tuple(o for o in suggestions.suggest_topics(pack, typed, speaker) if len(o.value) <= MAX_TYPED)

        return await _offered(interaction, make)

    @app_commands.command(description=_described(words, "who"))
    async def who(interaction: discord.Interaction[Verbatim]) -> None:
        await _show(interaction, Request("who"))

    @app_commands.command(description=_described(words, "article"))
    @app_commands.describe(page=_option(words, "article.page"))
    async def article(interaction: discord.Interaction[Verbatim], page: app_commands.Range[int, 1, MAX_PAGE] = 1) -> None:
        await _show(interaction, Request("article", page=str(page)))

    @app_commands.command(description=_described(words, "faq"))
    @app_commands.describe(group=_option(words, "faq.group"))
    async def faq(interaction: discord.Interaction[Verbatim], group: app_commands.Range[str, 0, _MAX_NAME] = "") -> None:
        await _show(interaction, Request("faq", group=group))

    @faq.autocomplete("group")
    async def groups(interaction: discord.Interaction[Verbatim], typed: str) -> list[app_commands.Choice[str]]:
        def make(pack: Pack) -> tuple[Option, ...]:
            known = dict.fromkeys(t.group for t in pack.entries)
            return tuple(
                Option(browse.group_name(g), g) for g in known if typed.strip().casefold() in browse.group_name(g).casefold()
            )

        return await _offered(interaction, make)

    return quote, who, article, faq


def _telling(words: Wording) -> tuple[Made, ...]:
    @app_commands.command(description=_described(words, "why"))
    async def why(interaction: discord.Interaction[Verbatim]) -> None:
        await _show(interaction, Request("why"))

    @app_commands.command(description=_described(words, "cite"))
    @app_commands.describe(format=_option(words, "cite.format"))
    @app_commands.choices(
        format=[
            app_commands.Choice(name=locale_str(words.formats[f], section="formats", key=f.value), value=f.value) for f in Format
        ]
    )
    async def cite(interaction: discord.Interaction[Verbatim], format: str = "") -> None:
        await _show(interaction, Request("cite", format=format))

    @app_commands.command(description=_described(words, "about"))
    async def about(interaction: discord.Interaction[Verbatim]) -> None:
        await _show(interaction, Request("about"))

    @app_commands.command(name="help", description=_described(words, "help"))
    async def help_(interaction: discord.Interaction[Verbatim]) -> None:
        await _show(interaction, Request("help"))

    @app_commands.command(description=_described(words, "privacy"))
    async def privacy(interaction: discord.Interaction[Verbatim]) -> None:
        await _tell(interaction, worded.privacy)

    @app_commands.command(description=_described(words, "forget"))
    async def forget(interaction: discord.Interaction[Verbatim]) -> None:
        client = interaction.client
        # Not made before it is claimed, or what is forgotten would be known again.
        await client.respond_slowly(interaction, client.forget(interaction.user.id, words_for(interaction)))

    return why, cite, about, help_, privacy, forget


def _administration(words: Wording) -> app_commands.Group:
    """/verbatim, for whoever may manage the server, or whom its administrators name in Discord's own settings."""

    def described(command: str) -> locale_str:
        return locale_str(words.admin_commands[command], section="admin_commands", key=command)

    def option(name: str) -> locale_str:
        return locale_str(words.admin_options[name], section="admin_options", key=name)

    group = app_commands.Group(
        name="verbatim",
        description=described("group"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @group.command(description=described("channel"))
    @app_commands.describe(
        listen=option("channel.listen"),
        answers=option("channel.answers"),
        article=option("channel.article"),
        whole_server=option("whole_server"),
    )
    @app_commands.choices(
        answers=[
            app_commands.Choice(name=locale_str(words.switch[s], section="switch", key=s), value=s) for s in ("public", "private")
        ]
    )
    async def channel(
        interaction: discord.Interaction[Verbatim],
        listen: bool | None = None,
        answers: str | None = None,
        article: app_commands.Range[str, 1, _MAX_NAME] | None = None,
        whole_server: bool = False,
    ) -> None:
        if article not in (None, _DEFAULT_ARTICLE) and interaction.client.library.find(article) is None:
            await _tell(interaction, lambda w: said(w.article_unknown))
            return

        def step(old: Overrides) -> Overrides:
            chosen = old.article if article is None else None if article == _DEFAULT_ARTICLE else article
            heard = old.listen if listen is None else listen
            private = old.ephemeral if answers is None else answers == "private"
            return replace(old, listen=heard, ephemeral=private, article=chosen)

        await _set(interaction, step, whole_server=whole_server)

    @channel.autocomplete("article")
    async def articles(interaction: discord.Interaction[Verbatim], typed: str) -> list[app_commands.Choice[str]]:
        library, shown = interaction.client.library, words_for(interaction)
        of = [Option(e.pack.title, e.pack.slug) for e in library.engines]
        none = Option(shown.article_default.format(title=library.default.pack.title), _DEFAULT_ARTICLE)
        return _choices(o for o in (none, *of) if typed.strip().casefold() in f"{o.label} {o.value}".casefold())

    @group.command(description=described("cooldown"))
    @app_commands.describe(seconds=option("cooldown.seconds"), whole_server=option("whole_server"))
    async def cooldown(
        interaction: discord.Interaction[Verbatim],
        seconds: app_commands.Range[int, 0, int(MAX_COOLDOWN)],
        whole_server: bool = False,
    ) -> None:
        await _set(interaction, lambda old: replace(old, cooldown=float(seconds)), whole_server=whole_server)

    @group.command(description=described("status"))
    async def status(interaction: discord.Interaction[Verbatim]) -> None:
        settings = await _settings_lines(interaction)
        await _tell(interaction, lambda w: said("\n".join([*_status(interaction, w), *settings])))

    @group.command(description=described("reload"))
    async def reload(interaction: discord.Interaction[Verbatim]) -> None:
        client, shown = interaction.client, words_for(interaction)
        if not client.is_operator(interaction.user.id):
            await _tell(interaction, lambda w: said(w.reload_operator))
            return
        if client.library.is_reloading:
            await _tell(interaction, lambda w: said(w.reload_running))
            return
        await client.respond_slowly(interaction, _reloaded(client, shown))

    return group


async def _reloaded(client: Verbatim, words: Wording) -> Outgoing:
    lines = []
    for reading in await client.library.reload():
        if reading.engine is None:
            lines += [words.reload_refused, reading.faults]
        else:
            pack = reading.engine.pack
            lines.append(words.reloaded.format(slug=pack.slug, pack=pack.version[:12]))
    return pages.sentence("\n".join(lines))


async def _set(interaction: discord.Interaction[Verbatim], step: Callable[[Overrides], Overrides], *, whole_server: bool) -> None:
    client, words = interaction.client, words_for(interaction)
    channel_id = None if whole_server else interaction.channel_id or 0
    if not await client.change_settings(interaction.guild_id or 0, channel_id, step):
        await _tell(interaction, lambda w: said(w.not_stored))
        return
    lines = [*([words.whole_server] if whole_server else []), *await _settings_lines(interaction)]
    await _tell(interaction, lambda w: said("\n".join(lines)))


async def _settings_lines(interaction: discord.Interaction[Verbatim]) -> list[str]:
    client, words = interaction.client, words_for(interaction)
    settings = await client.settings_at(interaction.guild_id, interaction.channel)
    engine = client.library.find(settings.article)
    lines = [
        words.channel_settings,
        words.setting_listen.format(state=words.switch["yes" if settings.listen else "no"]),
        words.setting_answers.format(state=words.switch["private" if settings.ephemeral else "public"]),
        words.setting_cooldown.format(seconds=round(settings.cooldown)),
        words.setting_article.format(title=engine.pack.title if engine else settings.article),
    ]
    if engine is None:
        lines.append(words.article_gone)
    if settings.listen and not client.intents.message_content:
        lines.append(words.listening_is_off)
    return lines


def _status(interaction: discord.Interaction[Verbatim], words: Wording) -> list[str]:
    """What it may do in this channel, what it reads, and how it is."""
    client = interaction.client
    missing = client.missing_in(interaction)
    latency = client.latency
    named = ", ".join(words.permissions[m] for m in missing)
    return [
        words.status_missing.format(permissions=named) if missing else words.status_complete,
        words.status_intent.format(state=words.switch["yes" if client.intents.message_content else "no"]),
        words.status_version.format(version=__version__),
        *(words.status_article.format(slug=e.pack.slug, pack=e.pack.version[:12]) for e in client.library.engines),
        # discord.py knows none before the first heartbeat was acknowledged: then it is infinite, or no number.
        words.status_latency.format(milliseconds=round(latency * 1000) if 0 <= latency < 3600 else "?"),
    ]


async def _tell(interaction: discord.Interaction[Verbatim], make: Callable[[Wording], Reply]) -> None:
    """Show a page to the asker alone."""
    shown = await asyncio.to_thread(make, words_for(interaction))
    await interaction.client.show(interaction, Outgoing(shown.content))


async def _show(interaction: discord.Interaction[Verbatim], request: Request, *, ephemeral: bool = True) -> None:
    client = interaction.client
    engine = await client.engine_for(interaction)
    earlier = client.dialogue.earlier(client.conversation(interaction, engine))
    page = await asyncio.to_thread(pages.requested, request, engine.pack, words_for(interaction), earlier)
    await client.show(interaction, page, ephemeral=ephemeral or page.private)


async def _offered(
    interaction: discord.Interaction[Verbatim], make: Callable[[Pack], tuple[Option, ...]]
) -> list[app_commands.Choice[str]]:
    """What autocompletion shows: nothing where that fails, since what is typed can be sent all the same."""
    try:
        engine = await interaction.client.engine_for(interaction)
        return _choices(await asyncio.to_thread(make, engine.pack))
    except Exception:  # discord.py would log its message, which may quote what is typed
        return []


def _choices(found: Iterable[Option]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=o.label, value=o.value) for o in options(found)]


def words_for(interaction: discord.Interaction[Any]) -> Wording:
    """The sentences in the language that the asker set in Discord."""
    return wording(str(interaction.locale))
