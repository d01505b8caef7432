"""What is done once at the start: Discord is told the commands where they have changed, and the log what is wrong in
permissions and settings."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot.client.log import place
from bot.client.patient_store import PatientStore
from bot.client.permissions import missing_permissions
from bot.say.languages import FALLBACK, wording
from bot.serve.library import Library
from bot.store.coordination import Coordinator
from bot.store.values import Overrides, StoreFault, slugs

MAX_REPORTED = 20  # lines of a kind in the report
_NOT_LOADED = (
    "the article {slug}, which is not loaded: name its pack under other_packs in config.yaml, "
    "or choose another with /verbatim channel"
)

_log = logging.getLogger(__name__)


async def sync_commands(
    tree: app_commands.CommandTree[Any], application_id: int, store: PatientStore, coordinator: Coordinator
) -> None:
    """Tell Discord the commands where they are not those of the last time: it counts how often they are made (200 a day). One process
    at a time does, and each looks again when it is its turn."""
    translator = tree.translator
    assert translator is not None
    translated = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    payload = sorted(translated, key=lambda c: (str(c["name"]), str(c["type"])))
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    if await store.synced_commands(application_id) == digest:
        return
    try:
        async with coordinator.alone(application_id, "commands"):
            if await store.synced_commands(application_id) == digest:
                return
            await tree.sync()
            _log.info("the commands were sent to Discord")
            await store.remember_commands(application_id, digest)
    except (discord.HTTPException, app_commands.AppCommandError, aiohttp.ClientError, OSError) as error:
        _log.warning("the commands could not be sent to Discord, mentions work all the same: %s", place(error))
    except StoreFault as error:
        _log.warning("the commands were not sent to Discord, mentions work all the same: %s", error)


async def mistakes(
    guilds: Sequence[discord.Guild], library: Library, store: PatientStore, *, can_listen: bool, are_all: bool
) -> list[str]:
    """What is wrong in permissions and settings, a line each, with the fix. `can_listen`: the text of messages that do not
    mention the bot arrives; `are_all`: the bot is in no other servers than these."""
    lacking: list[str] = []
    deaf: list[str] = []
    gone: list[str] = []
    listening = 0
    for guild in guilds:
        lacking += _lacking(guild)
        settings = await store.settings(guild.id)
        if settings is None:
            continue
        gone += [f"server {guild.id} is set to {n}" for n in _not_loaded(settings.own, library)]
        if settings.own.listen:
            listening += 1
            if not can_listen:
                deaf.append(f"it is to listen in server {guild.id}, but cannot: write listen: true in config.yaml")
        for channel_id, overrides in settings.channels.items():
            gone += [f"channel {channel_id} is set to {n}" for n in _not_loaded(overrides, library)]
            if not overrides.listen:
                continue
            listening += 1
            if guild.get_channel_or_thread(channel_id) is None:
                deaf.append(f"it is to listen in channel {channel_id}, which it cannot see: give it View Channel there")
            elif not can_listen:
                deaf.append(f"it is to listen in channel {channel_id}, but cannot: write listen: true in config.yaml")
    kinds = (lacking, gone, deaf)
    found = [line for kind in kinds for line in kind[:MAX_REPORTED]]
    if left_out := sum(len(kind) for kind in kinds) - len(found):
        found.append(f"and {left_out} more such")
    if are_all and can_listen and not listening:
        found.append(
            "it may read every message, but nowhere is it set to listen: use /verbatim channel there, "
            "or remove listen from config.yaml"
        )
    if are_all and not guilds:
        found.append("it is in no server yet: open the invitation above")
    return found


def _not_loaded(overrides: Overrides, library: Library) -> list[str]:
    return [_NOT_LOADED.format(slug=slug) for slug in slugs(overrides.article) if library.find(slug) is None]


def _lacking(guild: discord.Guild) -> list[str]:
    """The permissions that the bot lacks in a whole server, in a line."""
    missing = missing_permissions(guild.me.guild_permissions) if guild.me is not None else []
    if not missing:
        return []
    names = ", ".join(wording(FALLBACK).permissions[m] for m in missing)
    return [f"in server {guild.id} it lacks {names}: give them to its role, or to the role in single channels"]
