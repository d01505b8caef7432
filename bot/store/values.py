"""What a store keeps, as values, and the protocol that every store follows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Protocol

from bot.errors import Fault, FileFaults

STORE_FILE = "verbatim.sqlite3"  # in the state folder
MAX_MISSES = 5_000  # that are kept of a pack
MAX_MISSES_OF_A_SERVER = 500  # among them, so that none fills the queue
DAY = 86_400.0  # seconds; days are counted from the epoch
MAX_COOLDOWN = 21_600.0  # seconds; as long as Discord's own slow mode can be
KEEP = 30 * 86_400.0  # seconds for which it is known whose question an answer answers
PATIENCE = 5.0  # seconds to wait for the disk
MAX_ARTICLES = 5  # of a channel
USUAL = "-"  # set as an article: that of config.yaml, whatever is set for the server; no slug begins so
SHARD_BITS = 22  # the lowest bits of a server's id, which do not count when Discord deals it to a shard
RESTART = "restart the bot."  # the fix for what nothing else repairs


class StoreFault(FileFaults):
    """The store cannot be used: where, what is wrong, and how to fix it. It never quotes what is stored."""

    def __init__(self, where: object, what: str, fix: str) -> None:
        super().__init__([Fault(str(where), 0, what, fix)])


class Unavailable(StoreFault):
    """The store cannot be used now, and may be later without anybody changing what the bot was told."""


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What holds in a channel: whether to answer without being addressed, whether only the asker sees answers to commands, the
    slugs of its articles (see `slugs`; None or USUAL for the one in config.yaml), how long an asker must wait between two questions, in
    seconds, whether mentions are answered in threads, and whether questions that got no answer are kept for the curator, without
    whoever asked."""

    listen: bool = False
    ephemeral: bool = False
    article: str | None = None
    cooldown: float = 0.0
    threads: bool = False
    misses: bool = False


@dataclass(frozen=True, slots=True)
class Overrides:
    """What an administrator set for a server or a channel; None where nothing was. Raises ValueError for what cannot be meant."""

    listen: bool | None = None
    ephemeral: bool | None = None
    article: str | None = None
    cooldown: float | None = None
    threads: bool | None = None
    misses: bool | None = None

    def __post_init__(self) -> None:
        if self.article not in (None, USUAL) and not 1 <= len(slugs(self.article)) <= MAX_ARTICLES:
            raise ValueError(f"a channel has 1 to {MAX_ARTICLES} articles, each with a slug")
        if self.cooldown is not None and not 0 <= self.cooldown <= MAX_COOLDOWN:
            raise ValueError(f"a cooldown is 0 to {MAX_COOLDOWN:.0f} seconds")


def slugs(article: str | None) -> tuple[str, ...]:
    """What is set as the article of a channel, in its parts: the slugs of its articles, the main one first, which stand there with blanks
    between them; empty for the one in config.yaml, be it for want of another or by choice (USUAL)."""
    return tuple(s for s in dict.fromkeys((article or "").split()) if s != USUAL)


def merge(defaults: ChannelSettings, *levels: Overrides) -> ChannelSettings:
    """The defaults with what was set over them, the widest level first: server, channel, thread."""
    merged = defaults
    for level in levels:
        merged = replace(merged, **{f.name: value for f in fields(level) if (value := getattr(level, f.name)) is not None})
    return merged


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """All that was set in one server: for the whole of it, and by channel id."""

    own: Overrides = Overrides()
    channels: Mapping[int, Overrides] = field(default_factory=dict)

    def at(self, *channel_ids: int, defaults: ChannelSettings = ChannelSettings()) -> ChannelSettings:
        """What holds in a channel; for a thread, its parent's id and then its own."""
        return merge(defaults, self.own, *(self.channels[c] for c in channel_ids if c in self.channels))


@dataclass(frozen=True, slots=True, order=True)
class Miss:
    """A question that got no answer, or a wrong one: the pack's slug, what was left of the text when all that could tell of somebody was
    taken out, the verdict it got ("wrong" where whoever asked said so), the day, and a hash of the server, under a key of the store's
    own, by which servers are told apart."""

    pack: str
    text: str
    verdict: str
    day: int
    server: str


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """What is kept about a user: the message of the bot that answers their question, in which server (None: direct messages), and when
    that was noted, in seconds since 1970."""

    reply_id: int
    guild_id: int | None
    at: float


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the shards to which Discord deals the servers of an application: their ids, and how many there are in all."""

    shard_ids: frozenset[int]
    shard_count: int

    def has(self, guild_id: int) -> bool:
        """Whether a server is dealt to one of them, https://docs.discord.com/developers/events/gateway#sharding."""
        return (guild_id >> SHARD_BITS) % self.shard_count in self.shard_ids


def server_hash(key: bytes, guild_id: int) -> str:
    """A server's hash under a key of 32 bytes; BLAKE2b, https://www.rfc-editor.org/rfc/rfc7693."""
    return hashlib.blake2b(guild_id.to_bytes(8, "big"), key=key, digest_size=8).hexdigest()


def last_day_gone(now: float, keep: float) -> int:
    """The last day of whose misses none is kept any more: each is kept for `keep` seconds at most, whenever on its day it came."""
    return int((now - keep) // DAY)


class Store(Protocol):
    """Asynchronous, so that what waits for a disk or a server never holds up Discord's event loop, whose heartbeat must go on.

    Every call is atomic, also between processes, and either has happened for good when it returns or raises StoreFault. Ids are
    Discord's snowflakes, below 2**63. What is older than `keep` counts as forgotten at once and is deleted soon
    after; not while the clock is in doubt. `is_makeshift` where it is in place of one that could not be opened: then what it keeps ends
    with the process.
    """

    is_makeshift: bool

    async def settings(self, guild_id: int) -> GuildSettings:
        """What was set in a server; all of it, so that a caller can keep it and ask no more."""
        ...

    async def change(self, guild_id: int, channel_id: int | None, step: Callable[[Overrides], Overrides]) -> Overrides:
        """Replace what is set, for a channel or (None) the whole server, by what `step` makes of it, and return that. What `step`
        raises is passed on and changes nothing; it may be called on another thread and more than once, and must do nothing else."""
        ...

    async def synced_commands(self, application_id: int) -> str | None:
        """The hash of the commands that Discord was last sent for an application."""
        ...

    async def remember_commands(self, application_id: int, sha256: str) -> None: ...

    async def note(self, reply_id: int, asker_id: int, guild_id: int | None) -> None:
        """Keep whose question a message of the bot answers, so that they can take it away. In direct messages no `guild_id`."""
        ...

    async def is_asker(self, reply_id: int, user_id: int) -> bool | None:
        """Whether a message of the bot answers a user's question; None where it is not known whose it answers."""
        ...

    async def kept_of(self, user_id: int) -> tuple[Kept, ...]:
        """Everything about a user, in the order of the messages."""
        ...

    async def forget(self, user_id: int) -> None:
        """Delete everything about a user."""
        ...

    async def guilds(self, application_id: int, share: Share | None = None) -> frozenset[int]:
        """The servers of a share of the shards, or (None) of all, of which anything is kept; none where other applications use the
        store too, since they may be theirs."""
        ...

    async def forget_guild(self, guild_id: int) -> None:
        """Delete everything about a server and what was asked in it."""
        ...

    async def keep_miss(self, guild_id: int, pack: str, text: str, verdict: str) -> None:
        """Keep a question without an answer for the curator of a pack; nothing but the words given, the day and the server's hash. The
        same of a day and server is kept once. Where MAX_MISSES of the pack are kept, or MAX_MISSES_OF_A_SERVER, it is not."""
        ...

    async def misses(self, pack: str) -> tuple[Miss, ...]:
        """What is kept for the curator of a pack, in the order of its values, which says nothing of when each came."""
        ...

    async def close(self) -> None:
        """Let go of everything; may be called again. Any other call raises StoreFault from now on."""
        ...
