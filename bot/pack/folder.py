"""One pack's folder while it is read: its files, its ids, and every fault that is found on the way."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import os
import re
import stat
from collections.abc import Callable, Container, Iterable, Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import TypeVar

from bot.errors import Fault, FileFaults
from bot.pack.proof import Flaw
from bot.pack.values import OpenPoint, SwitchedOff
from bot.text.strict_yaml import MAX_BYTES, Mapping, Text, read_mapping, read_records

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_E = TypeVar("_E", bound=StrEnum)

PACK = "pack.yaml"
PROVED = "proved"  # in the folder of a change: the pack as it will be
_POLICY = "policy.yaml"  # which the engine reads
_ENDINGS = {
    "people": ".yaml",
    "quotes": ".yaml",
    "phrases": ".txt",
    "faq": ".yaml",
    "gaps": ".yaml",
    "premises": ".yaml",
    "vocabulary": ".yaml",
    "questions": ".yaml",
}
_FAMILIES = {"people": "person", "quotes": "quote", "faq": "topic", "gaps": "topic", "premises": "topic"}
_DOCUMENTS = {
    b"%PDF-": "a PDF",
    b"{\\rtf": "an RTF document",
    b"PK\x03\x04": "a document of Word or the like, or an archive",
    b"\xd0\xcf\x11\xe0": "a document of Word or the like",
}  # by their first bytes
_OFF_TOO = 'switch this off too, with `switched_off: "why"`, or name another.'
_LIKE = 0.7  # how like a name must be to one of the pack's to be taken for it, as difflib counts

MAX_ARTICLE_BYTES = 2_000_000  # a book of 300,000 words; what is larger is a wrong file, or meant to halt the bot


class Folder:
    """Reads the files of a pack and collects their faults. Names of files are relative to the folder, with slashes.

    Only regular files inside the folder are read, so that a pack shows nothing of what else lies on the machine. Ids are of a
    family each: person, quote or topic.
    """

    def __init__(self, path: Path) -> None:
        self.faults: list[Fault] = []
        self.open_points: list[OpenPoint] = []
        self.switched_off: list[SwitchedOff] = []
        self._path = path
        self._digest = hashlib.sha256()
        self._files: dict[str, None] = {}  # names, in the order in which they were asked for
        self._ids: dict[tuple[str, str], str] = {}  # by family and id: where the record begins
        self._off: set[tuple[str, str]] = set()  # families and ids of what is switched off
        self._unknown: set[tuple[str, str]] = set()  # families and ids that were referred to and are none
        self._incomplete: set[str] = set()  # families of which some ids cannot be known

    @property
    def version(self) -> str:
        """The SHA-256 over the names and bytes of all files read so far."""
        return self._digest.hexdigest()

    def fault(self, file: str, line: int, flaw: Flaw | None, *, follows: bool = False) -> None:
        """Take note of a flaw and where it stands; `line` is 0 where it is of the file as a whole. `follows` as in Fault."""
        if flaw:
            self.faults.append(Fault(file, line, *flaw, follows=follows))

    def refused(self) -> FileFaults:
        """All faults, in the order in which the files were read: what is wrong with a quote stands before what is with its entry."""
        place = {name: i for i, name in enumerate(self._files)}
        return FileFaults(sorted(self.faults, key=lambda f: place.get(f.file, len(place))))

    # Files

    def names(self, stem: str) -> list[str]:
        """The file called `stem`, if it is there, and all in the folder `stem` and below it, with the ending that belongs to it; but for
        hidden ones, which are an editor's or the system's."""
        ending = _ENDINGS[stem]
        single = [f"{stem}{ending}"] if os.path.lexists(self._path / f"{stem}{ending}") else []

        def unlisted(error: OSError) -> None:
            if isinstance(error, FileNotFoundError | NotADirectoryError):
                return
            self._incomplete.update([_FAMILIES[stem]] if stem in _FAMILIES else [])
            name = Path(error.filename).relative_to(self._path).as_posix()
            self.fault(name, 0, Flaw(f"cannot be listed ({error.strerror}).", "check the folder's permissions."))

        below = visible_files(self._path / stem, unlisted)
        return single + sorted(p.relative_to(self._path).as_posix() for p in below if p.suffix == ending)

    def data(self, name: str, fix: str = "check the path and its permissions.", most: int = MAX_BYTES + 1) -> bytes | None:
        """The bytes of a file; None, with a fault, where it cannot be read. No more than `most` are read, which is for the caller to
        see."""
        self._files[name] = None
        if flaw := self._outside(name):
            self.fault(name, 0, flaw)
            return None
        try:
            data = read(self._path / name, most)
        except OSError as error:
            self.fault(name, 0, Flaw(f"cannot be read ({error.strerror}).", fix))
            return None
        self._digest.update(name.encode() + b"\0" + data + b"\0")
        return data

    def text(self, name: str) -> str:
        """The text of a file; empty, with a fault, where it cannot be read."""
        data = self.data(name) or b""
        if len(data) > MAX_BYTES:
            self.fault(name, 0, Flaw(f"is larger than {MAX_BYTES:,} bytes.", "split its entries over several files."))
            return ""
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.fault(name, 0, not_utf_8(error, "file"))
        return ""

    def mapping(self, name: str) -> Mapping | None:
        """The keys and values that a YAML file holds, or None with a fault."""
        return read_mapping(self._path / name, self.faults, name) if self._is_sound(name) else None

    def records(self, stem: str) -> Iterator[tuple[str, Mapping]]:
        """Each record of the YAML files called `stem`, with the name of its file.

        Keys of a record that were not asked for by the time the next one is fetched are faults.
        """
        for name in self.names(stem):
            before = len(self.faults)
            records = read_records(self._path / name, self.faults, name) if self._is_sound(name) else []
            if len(self.faults) > before and stem in _FAMILIES:
                self._incomplete.add(_FAMILIES[stem])
            for record in records:
                yield name, record
                record.close()

    def check_names(self) -> None:
        """A file that nothing reads, though its name is like one of a pack's, is a fault: else nobody would notice. To be called
        when pack.yaml and the article have been read."""
        known = {*self._files, PACK, _POLICY, *chain.from_iterable(map(self.names, _ENDINGS))}
        for path in visible_files(self._path):
            name = path.relative_to(self._path).as_posix()
            if name not in known and (stem := _meant(name)):
                self._incomplete.update(_FAMILIES.values() if stem == "*" else [_FAMILIES[stem]] if stem in _FAMILIES else [])
                self.fault(name, 0, Flaw("nothing reads a file of this name.", _renamed(name, stem)))
        if os.path.lexists(self._path / _POLICY):
            self.fault(_POLICY, 0, self._outside(_POLICY))

    def _is_sound(self, name: str) -> bool:
        """Whether a YAML file can be opened, which is counted in then; one that is missing can, since opening it says so."""
        if os.path.lexists(self._path / name):
            return self.data(name) is not None
        self._files[name] = None
        return True

    def _outside(self, name: str) -> Flaw | None:
        """What keeps a file from being read: a name or a link that leads out of the folder; or that it is a folder, or a pipe,
        which might never end."""
        place = "put the file itself into the pack's folder, and name it from there."
        try:
            found = (self._path / name).resolve()
            if Path(name).is_absolute() or not found.is_relative_to(self._path.resolve()):
                return Flaw("leads out of the pack's folder.", place)
            kind = found.stat().st_mode
        except FileNotFoundError:
            return None  # so says whoever opens it
        except (OSError, RuntimeError, ValueError):  # a link to itself; what cannot be a name
            return Flaw("cannot be found.", place)
        return None if stat.S_ISREG(kind) else Flaw("is no regular file.", "put a file with text in its place.")

    # Values that several kinds of record have

    def identifier(self, record: Mapping, key: str, file: str) -> str:
        """What stands under the key, which must be there and have the form of an id."""
        value = record.term(key, required=True)
        if value and not _ID.fullmatch(value):
            flaw = Flaw(f"{value!r} cannot be an id.", "use lower-case letters, digits and hyphens, 60 at most.")
            self.fault(file, record.line_of(key), flaw)
        return value

    def new_id(self, record: Mapping, file: str, family: str) -> str:
        """The record's id, which no other record of the family may have."""
        value, line = self.identifier(record, "id", file), record.line_of("id")
        if value and (taken := self._ids.get((family, value))):
            self.fault(file, line, Flaw(f"the id {value!r} is taken, at {taken}.", "give one of the two another id."))
        if not _ID.fullmatch(value):
            self._incomplete.add(family)
        self._ids[family, value] = f"{file}:{line}"
        return value

    def choice(self, kind: type[_E], record: Mapping, key: str, file: str) -> _E | None:
        """The member of `kind` that stands under the key, or None with a fault."""
        value = record.term(key, required=True)
        try:
            return kind(value)
        except ValueError:
            if value:
                flaw = Flaw(f"{key!r} cannot be {value!r}.", f"use one of {', '.join(kind)}.")
                self.fault(file, record.line_of(key), flaw)
            return None

    def is_drafted(self, record: Mapping, identifier: str, file: str, why: str = "") -> bool:
        """Whether the record is marked as a draft; that, and what is open in it, is noted."""
        drafted = record.truth("drafted")
        if why:
            self.open_points.append(OpenPoint(file, record.line_of("open"), identifier, why))
        elif drafted:
            self.open_points.append(OpenPoint(file, record.line_of("drafted"), identifier))
        return drafted

    def off(self, record: Mapping, file: str, family: str) -> bool:
        """Whether the record is kept without being used, which is noted. Nothing else of it but its id is looked at."""
        if not record.has("switched_off"):
            return False
        identifier, why = self.new_id(record, file, family), record.text("switched_off", required=True)
        record.all_keys()
        self._off.add((family, identifier))
        self.switched_off.append(SwitchedOff(file, record.line_of("switched_off"), identifier, why))
        return True

    def value_off(self, record: Mapping, key: str, identifier: str, file: str) -> None:
        """Take note of a value that is kept without being used, in a record that is: one under the key with "former_" before it."""
        name = f"former_{key}"
        if record.has(name):
            record.texts(name)
            self.switched_off.append(SwitchedOff(file, record.line_of(name), identifier, "", key))

    def is_off(self, family: str, value: str) -> bool:
        """Whether a record of the family with that id was read and is switched off."""
        return (family, value) in self._off

    def in_use(self, terms: tuple[Text, ...], file: str, family: str, *, required: bool = False) -> tuple[Text, ...]:
        """The terms without the ids of what is switched off; where some are `required` and all are off, that is a fault."""
        used = tuple(t for t in terms if not self.is_off(family, t.value))
        if required and terms and not used:
            flaw = Flaw(f"each {family} that this needs is switched off.", _OFF_TOO)
            self.fault(file, terms[0].line, flaw)
        return used

    def references(self, terms: Iterable[Text], known: Container[str], file: str, family: str) -> tuple[str, ...]:
        """Those of the terms that are known ids of the family; the rest are faults."""
        found = []
        for term in terms:
            if term.value in known:
                found.append(term.value)
            else:
                flaw = Flaw(
                    f"there is no {family} {term.value!r}.", f"use the id of a {family}{self.likely(family, term.value)}."
                )
                if self.is_off(family, term.value):
                    flaw = Flaw(f"the {family} {term.value!r} is switched off.", _OFF_TOO)
                elif (family, term.value) in self._ids:
                    flaw = Flaw(f"the {family} {term.value!r} has a fault of its own.", "correct that.")
                self.fault(file, term.line, flaw, follows=self.is_told(family, term.value))
        return tuple(found)

    def is_told(self, family: str, value: str) -> bool:
        """Whether it follows from a fault told before that there is no such id: its record has a fault, or some records of the
        family could not be read, or the same id was missed before. That there is no file for the family is told first."""
        stems = [stem for stem, theirs in _FAMILIES.items() if theirs == family]
        if family not in self._incomplete and not any(map(self.names, stems)):
            self._incomplete.add(family)
            flaw = Flaw(f"is missing, though each {family} that is named must have a record.", "write it, or put it back.")
            self.fault(f"{stems[0]}{_ENDINGS[stems[0]]}", 0, flaw)
        told = (family, value) in self._ids or family in self._incomplete or (family, value) in self._unknown
        self._unknown.add((family, value))
        return told

    def likely(self, family: str, value: str) -> str:
        """The id that was probably meant, as the end of a sentence; empty where none is like it."""
        ids = [i for f, i in self._ids if f == family]
        return "".join(f", such as {i!r}" for i in difflib.get_close_matches(value, ids, n=1))


def unfinished(path: Path) -> Path:
    """Where `verbatim update` and `verbatim review` make the pack that is to take the place of the one at `path`, beside it; `PROVED` in it
    is whole."""
    return path.with_name(f".{path.name}.update")


def visible_files(path: Path, unlisted: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """All files in a folder and below it, in order, that are neither hidden nor an editor's copies. `unlisted` is told of each folder that
    cannot be listed."""
    for folder, folders, files in os.walk(path, onerror=unlisted):
        folders[:] = sorted(f for f in folders if not _is_hidden(f))
        yield from (Path(folder) / f for f in sorted(files) if not _is_hidden(f))


def _is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or an editor's copy."""
    return name.startswith((".", "#")) or name.endswith("~")


def read(path: Path, most: int = MAX_ARTICLE_BYTES + 1) -> bytes:
    """The bytes of a file, no more than `most`. Raises OSError."""
    with path.open("rb") as file:
        return file.read(most)


def unfit(data: bytes) -> Flaw | None:
    """That an article's file is larger than is read at once, or by its first bytes another thing than text in UTF-8."""
    if len(data) > MAX_ARTICLE_BYTES:
        return Flaw(f"is larger than {MAX_ARTICLE_BYTES:,} bytes.", "keep to one article, and make a pack of each of several.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # what some editors call Unicode
        return Flaw("is UTF-16, not UTF-8.", "save the file as UTF-8.")
    for begin, what in _DOCUMENTS.items():
        if data.startswith(begin):
            return Flaw(f"is {what}, not plain text.", "copy the article out of it into a text file, and save that as UTF-8.")
    return None


def not_utf_8(error: UnicodeDecodeError, what: str) -> Flaw:
    """That a file, which holds a `what`, cannot be decoded."""
    return Flaw(f"is not UTF-8: byte {error.start} cannot be read.", f"save the {what} as UTF-8.")


def _meant(name: str) -> str:
    """What a file that nothing reads was probably meant to be: "faq", "pack" and so on, "*" for some file of a pack; empty where it
    may well lie there for another purpose."""
    path = _single_ending(name.lower())
    nested = len(path.parts) > 1
    like = difflib.get_close_matches(path.parts[0] if nested else path.stem, [*_ENDINGS, "pack", "policy"], n=1, cutoff=_LIKE)
    if path.suffix in (".yaml", ".yml"):
        return like[0] if like else "" if nested else "*"
    return like[0] if path.suffix == ".txt" and like and (nested or like[0] == "phrases") else ""


def _renamed(name: str, stem: str) -> str:
    """How to mend the name of a file that was meant to be a `stem`."""
    if stem == "*":
        return "give it the name of one of a pack's files, or move it out of the folder."
    path, ending = _single_ending(name), _ENDINGS.get(stem, ".yaml")
    right = PurePosixPath(stem, *path.parts[1:]).with_suffix(ending) if len(path.parts) > 1 else f"{stem}{ending}"
    form = ", as plain text: `[id]`, and then a phrasing a line" if ending == ".txt" != path.suffix.lower() else ""
    return f"call it {right}{form}; or move it out of the folder."


def _single_ending(name: str) -> PurePosixPath:
    """The path without a second ending, which editors add to a name and file managers hide: "quotes.yaml.txt"."""
    path = PurePosixPath(name)
    return path.with_suffix("") if PurePosixPath(path.stem).suffix.lower() in (".yaml", ".yml") else path
