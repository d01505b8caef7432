"""The tables of the newest schema, as every query names them. A file or database gets them by the steps in migrations/versions."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

from bot.store.columns import BYTES, ID, SECONDS, SWITCH

REVISION = "0002"  # of the newest step
PASSING: dict[str, bool] = {
    "passing": True
}  # the `info` of a table that says nothing elsewhere: it is neither backed up nor moved

metadata = MetaData()


def _settings() -> list[Column[object]]:
    """A column for each field of Overrides, in their order; NULL where nothing is set."""
    return [
        Column("listen", SWITCH),
        Column("ephemeral", SWITCH),
        Column("article", Text),
        Column("cooldown", SECONDS),
        Column("threads", SWITCH),
        Column("misses", SWITCH),
    ]


guild = Table("guild", metadata, Column("guild_id", ID, primary_key=True, autoincrement=False), *_settings())
channel = Table(
    "channel",
    metadata,
    Column("guild_id", ID, ForeignKey("guild.guild_id", ondelete="CASCADE"), primary_key=True),
    Column("channel_id", ID, primary_key=True),
    *_settings(),
    sqlite_with_rowid=False,
)
commands = Table(
    "commands",
    metadata,
    Column("application_id", ID, primary_key=True, autoincrement=False),
    Column("sha256", Text, nullable=False),
)
# Whose question each answer answers: `asker` is the hash of a user's id under the key of that number (persons.py).
answer = Table(
    "answer",
    metadata,
    Column("reply_id", ID, primary_key=True, autoincrement=False),
    Column("key", Integer, nullable=False),
    Column("asker", BYTES, nullable=False),
    Column("guild_id", ID),
    Column("at", SECONDS, nullable=False),
    Index("answer_at", "at"),
    Index("answer_asker", "asker"),
    Index("answer_guild", "guild_id"),
)
# The keys under which persons are hashed; `mark` tells whether the pepper is still that with which a key was made.
person_key = Table(
    "person_key",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("secret", BYTES, nullable=False),
    Column("mark", BYTES, nullable=False),
    Column("at", SECONDS, nullable=False),
)
# One row: the key under which the servers of misses are hashed.
server_key = Table(
    "server_key",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("secret", BYTES, nullable=False),
)
# On SQLite ordered by what it holds, not by when that came.
miss = Table(
    "miss",
    metadata,
    Column("pack", Text, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("server", Text, primary_key=True),
    sqlite_with_rowid=False,
)
# Alembic's own, https://alembic.sqlalchemy.org/en/latest/api/runtime.html: the revision that the tables have.
version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True), info=PASSING)

kept = tuple(table for table in metadata.sorted_tables if not table.info)  # what others refer to first
