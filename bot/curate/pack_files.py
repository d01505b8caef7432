"""A pack's files while a curator decides: each decision proved on a copy, put in place as a whole, and undoable; or gathered in a patch."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.curate.exchange import exchange, put_text, reason, state_of, text_of
from bot.curate.review import DECIDED, Decision, Item, edited
from bot.errors import Fault, FileFaults
from bot.pack.folder import PACK, Folder
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.text.whole_file import write_whole

JOURNAL = ".review.json"  # in the pack, hidden: what can be undone
MOST_UNDONE = 30  # decisions that can be undone, the last ones
_STEMS = ("people", "quotes", "faq", "gaps", "premises", "phrases")
_CHANGED = re.compile(
    rf"{re.escape(PACK)}|{re.escape(DECIDED)}|(?:{'|'.join(_STEMS)})(?:/[^\\]+)?\.(?:yaml|txt)"
)  # by a decision


def can_write(folder: Path) -> bool:
    """Whether the pack's folder can be exchanged for another."""
    folder = folder.resolve()
    return os.access(folder, os.W_OK) and os.access(folder.parent, os.W_OK)


class PackFiles:
    """The files of the pack in a folder, or of a copy of it where a `patch` is to be written instead. Raises FileFaults.

    A decision is in place, with what undoes it, when `decide` returns, or nothing of it is; whoever is killed on the way leaves a whole
    pack (see exchange.py). To be closed.
    """

    def __init__(self, folder: Path, patch: Path | None = None) -> None:
        self._original = self.folder = folder.resolve()
        self._patch = patch
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self.pack = load(folder)
        if patch is not None:
            if patch.exists():
                fix = "apply and remove it, or name another file."
                raise FileFaults([Fault(str(patch), 0, "is there already, and is left as it is.", fix)])
            if not patch.parent.is_dir():
                fix = "make it, or name another file with --patch."
                raise FileFaults([Fault(str(patch), 0, f"there is no folder {patch.parent}.", fix)])
            self._scratch = tempfile.TemporaryDirectory()
            self.folder = Path(self._scratch.name).resolve() / self._original.name
            try:
                _copy(self._original, self.folder)
            except OSError as error:
                self.close()
                fix = "see that all in it can be read, and that there is room for a copy of it."
                raise FileFaults([Fault(str(folder), 0, f"cannot be copied ({reason(error)}).", fix)]) from error
            (self.folder / JOURNAL).unlink(missing_ok=True)  # of what is in place already
        self._state = state_of(self.folder)

    def close(self) -> None:
        if self._scratch is not None:
            self._scratch.cleanup()

    def texts(self) -> dict[str, str]:
        """The texts of the files that a decision may change, by their names."""
        folder = Folder(self.folder)
        names = [PACK, *(name for stem in _STEMS for name in folder.names(stem))]
        if (self.folder / DECIDED).is_file():
            names.append(DECIDED)
        return {name: text_of(self.folder / name) or "" for name in names}

    def decide(self, item: Item, decision: Decision) -> tuple[str, ...]:
        """Put a decision in place; returns the names of the files that it changes, none where it is so already, perhaps by somebody else.
        Raises FileFaults, nothing changed, where the pack would not load with it, or loads no more since somebody else changed it; and
        Undecidable."""
        state = state_of(self.folder)  # before it is read, so that what another program changes meanwhile is not lost
        if state != self._state:
            self.pack, self._state = load(self.folder), state
        if not (changes := edited(self.texts(), self.pack, item, decision)):
            return ()
        journal = [*self._journal(), {name: [text_of(self.folder / name), _hash(text)] for name, text in changes.items()}]
        self._exchange(state, changes, journal[-MOST_UNDONE:])
        return tuple(changes)

    @property
    def can_undo(self) -> bool:
        return bool(self._journal())

    def undo(self) -> tuple[str, ...]:
        """Take back the last decision, also of an earlier session; returns the names of the files that are as they were before it, none
        where there is none. Raises FileFaults where one of them was changed since."""
        state, journal = state_of(self.folder), self._journal()
        if not journal:
            return ()
        *journal, last = journal
        for name, (_, digest) in last.items():
            if _hash(text_of(self.folder / name)) != digest:
                what = "was changed since that decision, which therefore cannot be undone."
                raise FileFaults([Fault(name, 0, what, "mend the file by hand.")])
        self._exchange(state, {name: before for name, (before, _) in last.items()}, journal)
        return tuple(last)

    def _exchange(self, state: str, changes: Mapping[str, str | None], journal: list[Any]) -> None:
        proved: list[Pack] = []

        def change(copy: Path) -> None:
            for name, text in changes.items():
                put_text(copy, name, text)
            put_text(copy, JOURNAL, json.dumps(journal, ensure_ascii=False) + "\n" if journal else None)
            proved.append(load(copy))

        exchange(self.folder, state, change)
        self.pack, self._state = proved[0], state_of(self.folder)
        if self._patch is not None:
            self._write_patch(self._patch)

    def _write_patch(self, patch: Path) -> None:
        """It is no longer there where there is nothing to write."""
        try:
            if difference := self.difference():
                write_whole(patch, difference.encode())
            else:
                patch.unlink(missing_ok=True)
        except OSError as error:
            fix = "name another file with --patch."
            raise FileFaults([Fault(str(patch), 0, f"cannot be written ({error.strerror}).", fix)]) from error

    def difference(self) -> str:
        """What has been decided as a unified diff, for `patch -p1` or `git apply` in the pack's folder."""
        names = sorted({p.relative_to(f).as_posix() for f in (self._original, self.folder) for p in f.rglob("*") if p.is_file()})
        return "".join(
            _diff(name, text_of(self._original / name), text_of(self.folder / name))
            for name in names
            if not name.startswith(".") and name.endswith((".yaml", ".txt"))
        )

    def _journal(self) -> list[Any]:
        """Of each decision that can be undone, the files that it changed: their texts before it, and the hashes of those behind it. A pack may
        come from a stranger, so only what a decision may change is undone."""
        try:
            found = json.loads(text_of(self.folder / JOURNAL) or "[]")
        except (ValueError, RecursionError, FileFaults):
            return []  # somebody has changed it; nothing can be undone then
        return found if isinstance(found, list) and all(map(_is_decision, found)) else []


def _copy(folder: Path, to: Path) -> None:
    """A copy that can be changed, also of a folder that can only be read."""
    shutil.copytree(folder, to, copy_function=shutil.copyfile, ignore_dangling_symlinks=True)  # such as an editor's locks
    for path in (to, *to.rglob("*")):
        if path.is_dir():
            path.chmod(0o700)


def _is_decision(found: Any) -> bool:
    return isinstance(found, dict) and all(
        _CHANGED.fullmatch(name)
        and ".." not in name.split("/")
        and isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str | None)
        and isinstance(value[1], str)
        for name, value in found.items()
    )


def _hash(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()


def _diff(name: str, before: str | None, after: str | None) -> str:
    if before == after:
        return ""
    old, new = ("/dev/null" if text is None else f"{side}/{name}" for side, text in (("a", before), ("b", after)))
    lines = difflib.unified_diff(_lines(before), _lines(after), old, new)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str | None) -> list[str]:
    """The lines of a text with their ends, parted at line feeds alone, as patch does."""
    return [line + "\n" for line in text.split("\n")[:-1]] + [t for t in [text.rpartition("\n")[2]] if t] if text else []
