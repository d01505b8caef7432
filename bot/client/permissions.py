"""What the bot needs to be allowed in a server, how it is invited, and who may tell it what."""

from __future__ import annotations

import discord

PERMISSIONS = discord.Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True, read_message_history=True)
NEEDED = ("view_channel", "send_messages", "send_messages_in_threads", "read_message_history")
SCOPES = ("bot", "applications.commands")
ADMINISTRATORS = discord.Permissions(manage_guild=True)  # whoever has these may change the settings of a server


def invitation(application_id: int | str) -> str:
    """The address at which the bot is invited to a server."""
    return discord.utils.oauth_url(application_id, permissions=PERMISSIONS, scopes=SCOPES)


def missing_permissions(permissions: discord.Permissions, channel: object = None) -> list[str]:
    """The names of those that the bot needs and has not, everywhere or in a channel: in a thread or post, what is written in the channel
    itself does not count."""
    needed = [name for name in NEEDED if name != "send_messages" or not isinstance(channel, discord.Thread)]
    return [name for name in needed if not getattr(permissions, name)]


def may_send(channel: discord.abc.MessageableChannel) -> bool:
    """Whether the bot may speak in a channel, as far as is known."""
    if not isinstance(channel, discord.Thread | discord.abc.GuildChannel) or channel.guild.me is None:
        return True
    if isinstance(channel, discord.Thread):
        return channel.parent is None or channel.permissions_for(channel.guild.me).send_messages_in_threads
    return channel.permissions_for(channel.guild.me).send_messages


def may_attach(channel: object) -> bool:
    """Whether the bot may attach a file to a message in a channel, as far as is known."""
    if not isinstance(channel, discord.Thread | discord.abc.GuildChannel) or channel.guild.me is None:
        return True
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return True
    return channel.permissions_for(channel.guild.me).attach_files


def may_open_thread(channel: object) -> bool:
    """Whether the bot may open a thread of a message in a channel: not in a thread, nor in a direct message."""
    if not isinstance(channel, discord.TextChannel) or channel.guild.me is None:
        return False
    allowed = channel.permissions_for(channel.guild.me)
    return allowed.create_public_threads and allowed.send_messages_in_threads


def greeting_channel(guild: discord.Guild) -> discord.TextChannel | None:
    """Where a server that the bot joins can be greeted: its channel for such messages, else the first where the bot may write."""
    if guild.me is None:
        return None
    found = (c for c in (guild.system_channel, *guild.text_channels) if c is not None)
    return next((c for c in found if c.permissions_for(guild.me).view_channel and may_send(c)), None)


def is_operator(application: discord.AppInfo | None, user_id: int) -> bool:
    """Whether somebody runs the bot: the application's owner or a member of its team."""
    if application is None:
        return False
    team = {m.id for m in application.team.members} if application.team else set()
    return user_id in {application.owner.id, *team}
