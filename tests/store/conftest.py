"""What the tests of the stores share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fakes.postgres import schema

from bot.store.address import Database


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A schema of the module's own in the PostgreSQL on this machine."""
    with schema() as made:
        yield made
