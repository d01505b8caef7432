"""What administrators set, which commands Discord has, whose question each answer answers, and what was asked in vain."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

from bot.store.columns import BYTES, ID, SECONDS, SWITCH

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make the tables, and the key of the servers."""
    op.create_table("guild", sa.Column("guild_id", ID, primary_key=True, autoincrement=False), *_settings())
    op.create_table(
        "channel",
        sa.Column("guild_id", ID, sa.ForeignKey("guild.guild_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("channel_id", ID, primary_key=True),
        *_settings(),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "commands",
        sa.Column("application_id", ID, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.Text, nullable=False),
    )
    op.create_table(
        "answer",
        sa.Column("reply_id", ID, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("asker", BYTES, nullable=False),
        sa.Column("guild_id", ID),
        sa.Column("at", SECONDS, nullable=False),
    )
    op.create_index("answer_at", "answer", ["at"])
    op.create_index("answer_asker", "answer", ["asker"])
    op.create_index("answer_guild", "answer", ["guild_id"])
    op.create_table(
        "person_key",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secret", BYTES, nullable=False),
        sa.Column("mark", BYTES, nullable=False),
        sa.Column("at", SECONDS, nullable=False),
    )
    server_key = op.create_table(
        "server_key",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("secret", BYTES, nullable=False),
    )
    op.bulk_insert(server_key, [{"number": 1, "secret": secrets.token_bytes(32)}])
    op.create_table(
        "miss",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("pack", "text", "verdict")),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("server", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def _settings() -> list[sa.Column[object]]:
    return [
        sa.Column("listen", SWITCH),
        sa.Column("ephemeral", SWITCH),
        sa.Column("article", sa.Text),
        sa.Column("cooldown", SECONDS),
        sa.Column("threads", SWITCH),
        sa.Column("misses", SWITCH),
    ]
