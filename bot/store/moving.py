"""All that a store keeps, as a file of lines that any store can be filled from.

The first line is the header: the format, the schema, and for each table the names of its columns, the number of its rows and the
SHA-256 of their lines. Each further line is a row: the table's name and its values, bytes as hexadecimal digits, ordered by table
and primary key. Every line is JSON (https://www.rfc-editor.org/rfc/rfc8259) in UTF-8. The same rows give the same lines, whichever
database they are in.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Boolean, Column, Connection, Double, LargeBinary, Table, Text, collate, delete, insert, select

from bot.errors import Fault, FileFaults
from bot.store.address import State
from bot.store.opening import open_store
from bot.store.tables import REVISION, kept, server_key
from bot.store.values import STORE_FILE

FORMAT = 1
_KIND = "verbatim state"
_BATCH = 1000  # rows read and written at once
_LONGEST = 1 << 20  # bytes of a line; what is kept gives far shorter ones
_BY_BYTES = {"sqlite": "BINARY", "postgresql": "C"}  # the collation that orders texts alike in both
_NO_TEXT = re.compile("[\0\ud800-\udfff]")  # NUL, which PostgreSQL keeps not, and halves of characters
_TABLES = {table.name: table for table in kept}
_T = TypeVar("_T")


def backup(source: State, file: Path) -> dict[str, int]:
    """Write all that is kept to a new file, whole or not at all, for its owner alone. Returns the rows of each table. Raises
    FileFaults."""
    _must_be_there(source)
    if file.exists():
        _refuse(file, 0, "is there already.", "name another file, or move it away.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        _refuse(file, 0, f"cannot be written ({error.strerror}).", "name another file.")
    beside = Path(name)
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as out:
            counts = _whole(source, lambda connection: _written(connection, out.write), reading=True)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, file)
    except OSError as error:
        _refuse(file, 0, f"cannot be written ({error.strerror}).", "make room, or name another file.")
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return counts


def restore(file: Path, target: State, *, replace: bool = False) -> dict[str, int]:
    """Fill a store from a file, in one transaction, and verify it by the count and the hash of each table. What is in it must be
    nothing, or be told to be replaced. Returns the rows of each table. Raises FileFaults."""
    header = _verified(file)

    def fill(connection: Connection) -> None:
        # The key of the servers is made with the tables, and says nothing as long as nothing is under it.
        if not replace and any(connection.execute(select(table).limit(1)).first() for table in kept if table is not server_key):
            _refuse(target, 0, "is not empty.", "name an empty one, or add --replace, which deletes what is there.")
        for table in reversed(kept):
            connection.execute(delete(table))
        for table, rows in groupby(_rows_in(file), lambda row: row[0]):
            values = ({column.name: value for column, value in zip(table.columns, row, strict=True)} for _, row in rows)
            while batch := list(islice(values, _BATCH)):
                connection.execute(insert(table), batch)
        for table in kept:
            if _digest(connection, table) != header[table.name]:
                _refuse(
                    target, 0, f"has other rows in {table.name} than were written.", "stop every bot that uses it, and repeat."
                )

    _whole(target, fill)
    return {name: table["rows"] for name, table in header.items()}


def move(source: State, target: State, *, replace: bool = False) -> dict[str, int]:
    """Fill a store from another one, as `restore` does. The source stays as it is. Returns the rows of each table. Raises
    FileFaults."""
    with tempfile.TemporaryDirectory() as folder:  # which only its owner may read
        between = Path(folder, "state.jsonl")
        backup(source, between)
        return restore(between, target, replace=replace)


def _whole(state: State, act: Callable[[Connection], _T], *, reading: bool = False) -> _T:
    store = open_store(state, begin_anew=False)

    async def done() -> _T:
        try:
            return await store.as_a_whole(act, reading=reading)
        finally:
            await store.close()

    return asyncio.run(done())


def _must_be_there(source: State) -> None:
    if isinstance(source, Path) and not (source / STORE_FILE).is_file():
        _refuse(source / STORE_FILE, 0, "is not there.", "name the folder that `state` in the bot's settings names.")


# Writing


def _written(connection: Connection, write: Callable[[str], object]) -> dict[str, int]:
    tables = {table.name: _digest(connection, table) for table in kept}
    write(_line({"kind": _KIND, "format": FORMAT, "schema": REVISION, "tables": tables}))
    for table in kept:
        for line in _lines(connection, table):
            write(line)
    return {name: table["rows"] for name, table in tables.items()}


def _digest(connection: Connection, table: Table) -> dict[str, Any]:
    """What the header says of a table."""
    rows, sha256 = 0, hashlib.sha256()
    for line in _lines(connection, table):
        rows += 1
        sha256.update(line.encode())
    return {"columns": [column.name for column in table.columns], "rows": rows, "sha256": sha256.hexdigest()}


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    order = [
        collate(column, _BY_BYTES[connection.dialect.name]) if isinstance(column.type, Text) else column
        for column in table.primary_key.columns
    ]
    found = connection.execute(select(table).order_by(*order), execution_options={"yield_per": _BATCH})
    for row in found:
        yield _line([table.name, *(_told(value, column) for value, column in zip(row, table.columns, strict=True))])


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _told(value: Any, column: Column[Any]) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return bool(value) if value is not None and isinstance(column.type, Boolean) else value


# Reading


def _verified(file: Path) -> dict[str, dict[str, Any]]:
    """What the header of a file says of each table, where every line is as it was written."""
    header = _header(file)
    rows, sha256 = Counter[str](), {name: hashlib.sha256() for name in header}
    for table, row in _rows_in(file):
        rows[table.name] += 1
        sha256[table.name].update(_line([table.name, *(_told(v, c) for v, c in zip(row, table.columns, strict=True))]).encode())
    for name, said in header.items():
        if (rows[name], sha256[name].hexdigest()) != (said["rows"], said["sha256"]):
            what = f"is not as it was written: the rows of {name} are not those of which the header tells."
            _refuse(file, 0, what, "take another backup.")
    return header


def _header(file: Path) -> dict[str, dict[str, Any]]:
    fix = "name a file that `verbatim state backup` has written."
    line = next(_lines_of(file), "")
    try:
        header = json.loads(line)
        kind, number, schema = header["kind"], header["format"], header["schema"]
        tables: dict[str, dict[str, Any]] = {
            name: {"columns": list(said["columns"]), "rows": int(said["rows"]), "sha256": str(said["sha256"])}
            for name, said in header["tables"].items()
        }
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        _refuse(file, 1, "is no backup of Verbatim's state.", fix)
    if kind != _KIND:
        _refuse(file, 1, "is no backup of Verbatim's state.", fix)
    known = {table.name: [column.name for column in table.columns] for table in kept}
    if (number, schema) != (FORMAT, REVISION) or {name: said["columns"] for name, said in tables.items()} != known:
        _refuse(
            file,
            1,
            "is of another version of Verbatim (another format, schema, or other tables).",
            "restore it with that version, and start this one on what it restored.",
        )
    return tables


def _rows_in(file: Path) -> Iterator[tuple[Table, list[Any]]]:
    """Each row's table and values."""
    for number, line in enumerate(islice(_lines_of(file), 1, None), start=2):
        try:
            name, *values = json.loads(line)
            table = _TABLES[name]
            row = [_read(value, column) for value, column in zip(values, table.columns, strict=True)]
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            _refuse(file, number, "is no row of Verbatim's state.", "take another backup.")
        yield table, row


def _lines_of(file: Path) -> Iterator[str]:
    try:
        with file.open("rb") as lines:
            while line := lines.readline(_LONGEST):
                yield line.decode()
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({error.strerror})." if isinstance(error, OSError) else "is no text in UTF-8."
        _refuse(file, 0, what, "name a file that `verbatim state backup` has written.")


def _read(value: Any, column: Column[Any]) -> object:
    """A value of a column. Raises ValueError for what it cannot hold."""
    kind = column.type
    if value is None and column.nullable:
        return None
    if isinstance(kind, LargeBinary) and isinstance(value, str):
        return bytes.fromhex(value)
    if isinstance(kind, Boolean):
        right = isinstance(value, bool)
    elif isinstance(kind, Text):
        right = isinstance(value, str) and not _NO_TEXT.search(value)
    elif isinstance(kind, Double):
        right = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    else:
        right = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if not right:
        raise ValueError(f"not of the column {column.name}")
    return value


def _refuse(where: object, line: int, what: str, fix: str) -> NoReturn:
    raise FileFaults([Fault(str(where), line, what, fix)])
