"""The types of columns: on SQLite such that its driver's values come as they are, since a damaged file may hold any."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Double, Integer, LargeBinary
from sqlalchemy.types import TypeEngine, UserDefinedType


class Blob(UserDefinedType[bytes]):
    """Bytes on SQLite."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "BLOB"


# Any, since what is read is bool, int, float or bytes only where the file is whole.
ID: TypeEngine[Any] = BigInteger().with_variant(Integer(), "sqlite")  # a snowflake; as a primary key, SQLite's own row id
SWITCH: TypeEngine[Any] = Boolean().with_variant(Integer(), "sqlite")
SECONDS: TypeEngine[Any] = Double()
BYTES: TypeEngine[Any] = LargeBinary().with_variant(Blob(), "sqlite")
