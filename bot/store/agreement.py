"""The tables in which the processes of a bot agree, which a database for several of them has beside those of tables.py."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table

from bot.store.columns import BYTES, ID, SECONDS

metadata = MetaData()

# A process that gives signs of life; by the database's clock.
process = Table(
    "process",
    metadata,
    Column("process_id", String(16), primary_key=True),
    Column("application_id", ID, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("is_leaving", Boolean, nullable=False),
    Column("is_fixed", Boolean, nullable=False),
)
# Who is connected for a shard, and who is about to take it over: with a process's row, its leases go.
shard = Table(
    "shard",
    metadata,
    Column("application_id", ID, primary_key=True, autoincrement=False),
    Column("shard_id", Integer, primary_key=True, autoincrement=False),
    Column("shard_count", Integer, nullable=False),
    Column("holder", String(16), ForeignKey("process.process_id", ondelete="SET NULL")),
    Column("successor", String(16), ForeignKey("process.process_id", ondelete="SET NULL")),
    Column("is_offered", Boolean, nullable=False),
)
# When the next shard of a bucket may identify with Discord.
identify_turn = Table(
    "identify_turn",
    metadata,
    Column("application_id", ID, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
)
# When somebody last asked where a cooldown is set (seconds since 1970, of the question's id): `asker` is a hash as in `answer`. Unlogged: a
# crash of the server empties it, and nothing else is lost with that.
cooldown = Table(
    "cooldown",
    metadata,
    Column("asker", BYTES, primary_key=True),
    Column("at", SECONDS, nullable=False),
    Column("ends_at", SECONDS, nullable=False, index=True),
    prefixes=["UNLOGGED"],
)
