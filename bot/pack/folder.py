"""One pack's folder while it is read: its files, its ids, and every fault that is found on the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.errors import Fault
from bot.pack.proof import Flaw
from bot.text.strict_yaml import Mapping, Text, read_mapping, read_records

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_E = TypeVar("_E", bound=StrEnum)


class Folder:
    """Reads the files of a pack and collects their faults. Names of files are relative to the folder, with slashes."""

    def __init__(self, path: Path) -> None:
        self.faults: list[Fault] = []
        self._path = path
        self._digest = hashlib.sha256()
        self._ids: dict[tuple[str, str], str] = {}

    @property
    def version(self) -> str:
        """The SHA-256 over the names and bytes of all files read so far."""
        return self._digest.hexdigest()

    def fault(self, file: str, line: int, flaw: Flaw | None) -> None:
        """Take note of a flaw and where it stands; `line` is 0 where it is of the file as a whole."""
        if flaw:
            self.faults.append(Fault(file, line, *flaw))

    # Files

    def names(self, stem: str, ending: str) -> list[str]:
        """The file `stem` with the ending (".yaml"), if it is there, and all such files in the folder `stem` and below it."""
        single = [f"{stem}{ending}"] if (self._path / f"{stem}{ending}").is_file() else []
        return single + sorted(
            p.relative_to(self._path).as_posix() for p in (self._path / stem).rglob(f"*{ending}") if p.is_file()
        )

    def data(self, name: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        data = (self._path / name).read_bytes()
        self._count_in(name, data)
        return data

    def text(self, name: str) -> str:
        """The text of a file; empty, with a fault, where it cannot be read."""
        try:
            return self.data(name).decode("utf-8-sig")
        except OSError as error:
            flaw = Flaw(f"cannot be read ({error.strerror}).", "check the path and its permissions.")
        except UnicodeDecodeError as error:
            flaw = not_utf_8(error, "file")
        self.fault(name, 0, flaw)
        return ""

    def mapping(self, name: str) -> Mapping | None:
        """The keys and values that a YAML file holds, or None with a fault."""
        return read_mapping(self._counted(name), self.faults, name)

    def records(self, stem: str) -> Iterator[tuple[str, Mapping]]:
        """Each record of the YAML files called `stem`, with the name of its file.

        Keys of a record that were not asked for by the time the next one is fetched are faults.
        """
        for name in self.names(stem, ".yaml"):
            for record in read_records(self._counted(name), self.faults, name):
                yield name, record
                record.close()

    def _counted(self, name: str) -> Path:
        path = self._path / name
        if path.is_file():
            self._count_in(name, path.read_bytes())
        return path

    def _count_in(self, name: str, data: bytes) -> None:
        self._digest.update(name.encode() + b"\0" + data + b"\0")

    # Values that several kinds of record have

    def identifier(self, record: Mapping, key: str, file: str) -> str:
        """What stands under the key, which must be there and have the form of an id."""
        value = record.text(key, required=True)
        if value and not _ID.fullmatch(value):
            flaw = Flaw(f"{value!r} cannot be an id.", "use lower-case letters, digits and hyphens, 60 at most.")
            self.fault(file, record.line_of(key), flaw)
        return value

    def new_id(self, record: Mapping, file: str, family: str) -> str:
        """The record's id, which no other record of the family may have."""
        value, line = self.identifier(record, "id", file), record.line_of("id")
        if value and (taken := self._ids.get((family, value))):
            self.fault(file, line, Flaw(f"the id {value!r} is taken, at {taken}.", "give one of the two another id."))
        self._ids[family, value] = f"{file}:{line}"
        return value

    def choice(self, kind: type[_E], record: Mapping, key: str, file: str) -> _E | None:
        """The member of `kind` that stands under the key, or None with a fault."""
        value = record.text(key, required=True)
        try:
            return kind(value)
        except ValueError:
            if value:
                flaw = Flaw(f"{key!r} cannot be {value!r}.", f"use one of {', '.join(kind)}.")
                self.fault(file, record.line_of(key), flaw)
            return None

    def references(self, texts: Iterable[Text], known: Container[str], file: str, what: str) -> tuple[str, ...]:
        """Those of the texts that are known ids; the rest are faults that call them a `what`."""
        found = []
        for item in texts:
            if item.value in known:
                found.append(item.value)
            else:
                flaw = Flaw(f"there is no {what} {item.value!r} (or it has a fault of its own).", f"use the id of a {what}.")
                self.fault(file, item.line, flaw)
        return tuple(found)


def not_utf_8(error: UnicodeDecodeError, what: str) -> Flaw:
    """That a file, which holds a `what`, cannot be decoded."""
    return Flaw(f"is not UTF-8: byte {error.start} cannot be read.", f"save the {what} as UTF-8.")
