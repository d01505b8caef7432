"""The commands by which somebody sees, takes along and deletes what is kept about them: by slash for them alone; typed out, nothing of
theirs is shown where others read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.client.outgoing import Outgoing
from bot.client.pages import sentence
from bot.client.personal_data import Note, PersonalData, Register, Turn, exported
from bot.client.responses import Responses
from bot.client.translation import localised, words_for
from bot.say import privacy as worded
from bot.say.wording import Wording, typed_out
from bot.store.values import StoreFault

FILE = "verbatim-privacy.json"

_log = logging.getLogger(__name__)


class Privacy:
    """Makes the replies. `is_alone`: no other process of the bot remembers anything."""

    def __init__(self, register: Register, *, is_alone: bool, clock: Callable[[], float] = time.time) -> None:
        self._register, self._is_alone, self._clock = register, is_alone, clock

    async def reply(self, command: str, user_id: int, words: Wording, *, is_private: bool = True) -> Outgoing:
        """What `show`, `export` or `delete` replies to a user; not `is_private` where others read it. Never raises StoreFault."""
        if not is_private and command != "delete":
            if command == "show":
                return Outgoing(worded.shown_to_others(words))
            return sentence(words.why_private.format(command=typed_out(command)))
        try:
            if command == "delete":
                return await self._delete(user_id, words, is_private=is_private)
            data = await self._register.of(user_id)
        except StoreFault as error:
            _log.error("the store cannot be used: %s", error)
            return sentence(words.privacy_not_deleted if command == "delete" else words.privacy_not_read)
        if command == "show":
            return Outgoing(worded.shown(self._tally(data, words), words))
        rest = self._rest(words)
        file = exported(data, user_id, self._clock(), is_whole=not rest)
        return Outgoing(worded.exported(words, rest), file=(FILE, file))

    async def _delete(self, user_id: int, words: Wording, *, is_private: bool) -> Outgoing:
        before, waits = await self._register.forget(user_id)
        until = waits.until if waits else None
        if not is_private:
            return Outgoing(worded.deleted_before_others(until, words, self._rest(words)))
        return Outgoing(worded.deleted(self._tally(before, words), until, words))

    def _tally(self, data: PersonalData, words: Wording) -> worded.Tally:
        asked = data.last_asked
        return worded.Tally(_held(data.notes), _held(data.turns), asked.until if asked else None, self._rest(words))

    def _rest(self, words: Wording) -> str:
        """The sentence about what may be kept where this process does not reach it; empty where there can be nothing."""
        if self._register.is_makeshift:
            return words.privacy_unopened
        return "" if self._is_alone else words.privacy_elsewhere


class PrivacyCommands:
    """Makes the group of commands, and does what they say."""

    def __init__(self, privacy: Privacy, responses: Responses) -> None:
        self._privacy, self._responses = privacy, responses

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        group = app_commands.Group(
            name="privacy",
            description=localised("commands", "privacy"),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        )

        @group.command(description=localised("commands", "show"))
        async def show(interaction: discord.Interaction[Any]) -> None:
            await self._reply(interaction, "show")

        @group.command(description=localised("commands", "export"))
        async def export(interaction: discord.Interaction[Any]) -> None:
            await self._reply(interaction, "export")

        @group.command(description=localised("commands", "delete"))
        async def delete(interaction: discord.Interaction[Any]) -> None:
            await self._reply(interaction, "delete")

        tree.add_command(group)

    async def _reply(self, interaction: discord.Interaction[Any], command: str) -> None:
        # Not made before the interaction counts as seen: what is deleted would be known again.
        making = self._privacy.reply(command, interaction.user.id, words_for(interaction))
        await self._responses.show_when_ready(interaction, making)


def _held(kept: Sequence[Note] | Sequence[Turn]) -> worded.Held | None:
    return worded.Held(len(kept), max(one.until for one in kept)) if kept else None
