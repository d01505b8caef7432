"""In which language the bot speaks to whom: sentences, and the descriptions of commands."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.say.languages import FALLBACK, wording
from bot.say.wording import Wording


def words_for(interaction: discord.Interaction[Any]) -> Wording:
    """The sentences in the language that the asker set in Discord."""
    return wording(str(interaction.locale))


def words_of(guild: discord.Guild | None) -> Wording:
    """The sentences in the language of a server; English in direct messages, where Discord does not say which it is."""
    return wording(str(guild.preferred_locale)) if guild else wording(FALLBACK)


def localised(section: str, key: str = "") -> locale_str:
    """A text of the wording, or one of a section's texts, with what the translator needs to find it in other languages."""
    text = getattr(wording(FALLBACK), section)
    return locale_str(text[key], section=section, key=key) if key else locale_str(text, section=section)


class Translator(app_commands.Translator):
    """Texts made by `localised`, from the wording files of languages other than English. discord.py asks for each text in each of its
    locales, thousands of times at a start."""

    def __init__(self) -> None:
        spoken = {locale: wording(str(locale)) for locale in discord.Locale}
        self._words = {locale: words for locale, words in spoken.items() if words.language != FALLBACK}

    async def translate(
        self, string: locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        words = self._words.get(locale)
        if words is None or "section" not in string.extras:
            return None
        section = getattr(words, string.extras["section"])
        return str(section[string.extras["key"]] if "key" in string.extras else section)
