"""A schema of its own in the PostgreSQL server of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from bot.store.address import Database

HOST, PORT = "127.0.0.1", 5432


def url(schema: str, port: int = PORT) -> str:
    return f"postgresql://postgres@{HOST}:{port}/test?options=-csearch_path%3D{schema}"


@contextmanager
def schema() -> Iterator[str]:
    """The name of a schema that is gone afterwards, with all that is in it. Skips the test where there is no server."""
    psycopg = pytest.importorskip("psycopg")
    try:
        connection = psycopg.connect(f"postgresql://postgres@{HOST}:{PORT}/test", autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL server on {HOST}:{PORT}: {error}")
    name = f"verbatim_{uuid4().hex[:12]}"
    with connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield name
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def database() -> Iterator[Database]:
    with schema() as name:
        yield Database(url(name))
