"""From the schema that a store has to the newest one, forwards only. Each step is a module in versions/, which is never changed
once it was released: what follows becomes a step of its own."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from bot.store.tables import REVISION, version

_HERE = Path(__file__).parent
_FORM = re.compile(r"\d{4}")


class Newer(Exception):
    """The schema is of a version of the program that this one does not know."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"was written by a newer version of Verbatim (schema {revision}; this one knows {REVISION}).")


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none. Raises Newer, and ValueError for what is no revision."""
    if not inspect(connection).has_table(version.name):
        return None
    found = connection.execute(select(version.c.version_num)).scalars().all()
    if len(found) != 1 or not isinstance(found[0], str) or not _FORM.fullmatch(found[0]) or found[0] < "0001":
        raise ValueError("not one revision")
    if found[0] > REVISION:
        raise Newer(found[0])
    return found[0]


def is_newest(connection: Connection) -> bool:
    """Whether there is no step to take. Raises as `revision_of`."""
    return revision_of(connection) == REVISION


def upgrade(connection: Connection, current: str | None, to: str | None = None) -> None:
    """Take the steps from one revision (None: no tables) to another, or the newest, within the connection's transaction."""
    aim = to or REVISION
    if current == aim:
        return
    # Only here, since a store that has its tables needs none of it.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(_HERE))
    context = MigrationContext.configure(connection)
    with Operations.context(context):
        for step in reversed(list(scripts.iterate_revisions(aim, current or "base"))):
            step.module.upgrade()
            context.stamp(scripts, step.revision)
