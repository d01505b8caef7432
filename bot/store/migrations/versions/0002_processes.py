"""What several processes agree upon; a file has none of it, since one process alone has nobody to agree with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.columns import BYTES, ID, SECONDS

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the tables, where the store is a database for several processes."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_table(
        "process",
        sa.Column("process_id", sa.String(16), primary_key=True),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_leaving", sa.Boolean, nullable=False),
        sa.Column("is_fixed", sa.Boolean, nullable=False),
    )
    op.create_table(
        "shard",
        sa.Column("application_id", ID, primary_key=True, autoincrement=False),
        sa.Column("shard_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("shard_count", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.String(16), sa.ForeignKey("process.process_id", ondelete="SET NULL"))
            for name in ("holder", "successor")
        ),
        sa.Column("is_offered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "identify_turn",
        sa.Column("application_id", ID, primary_key=True, autoincrement=False),
        sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "cooldown",
        sa.Column("asker", BYTES, primary_key=True),
        sa.Column("at", SECONDS, nullable=False),
        sa.Column("ends_at", SECONDS, nullable=False),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_cooldown_ends_at", "cooldown", ["ends_at"])
