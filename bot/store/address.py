"""Where a store is: a folder, or a database by its URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

ENV_DATABASE = "DATABASE_URL"
_SCHEMES = ("postgresql://", "postgres://")
# What of a URL may be shown: hosts, ports and the database. Where it has another form, a password may stand anywhere.
_HOST = r"(?:\[[\w:.]+\]|(?:[\w.\-]|%2F)*)(?::\d+)?"
_SHOWN = re.compile(rf"postgres(?:ql)?://(?:[^@/?#]*@)?(?P<shown>{_HOST}(?:,{_HOST})*(?:/[\w.\-%]*)?)(?:\?[^@#]*)?")


@dataclass(frozen=True, slots=True)
class Database:
    """A PostgreSQL database by its URL, as libpq reads it
    (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING). As a text it has neither user nor password."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        found = _SHOWN.fullmatch(self.url)
        return f"postgresql://{found['shown']}" if found else "postgresql://..."

    def __repr__(self) -> str:
        return f"Database({str(self)!r})"


State: TypeAlias = Path | Database


def database_in(text: str) -> Database | None:
    """The database that a text names by its URL; None where it is no URL, and so a folder. Raises ValueError for a URL of another
    kind."""
    if text.startswith(_SCHEMES):
        return Database(text)
    if "://" in text:
        raise ValueError("not the URL of a PostgreSQL database")
    return None
