"""A pack's folder changed as a whole: a copy beside it is changed and proved, and takes its place by renames.

Whatever happens on the way, there is always a whole pack: the former one in its place, or the new one, or, for the moment between two renames,
both beside it under other names; `finish` then ends what was begun.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from bot.errors import Fault, FileFaults
from bot.pack.folder import PROVED, not_utf_8, unfinished

_BOM = "\ufeff"
_COPY = "copy"  # in the folder of a change: the pack while it is changed
_FORMER = "former"  # there: the pack as it was, where it is not to be kept


def state_of(folder: Path) -> str:
    """A hash over the names and bytes of all files, hidden ones too. Raises FileFaults."""
    digest = hashlib.sha256()
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    except OSError as error:
        raise _unwritable(folder, error) from error
    return digest.hexdigest()


def refuse_inside(folder: Path) -> None:
    """Raises FileFaults where the program was called in the pack's folder: another takes its place, and the shell would be left in the
    former one."""
    place = folder.resolve()
    if Path.cwd().is_relative_to(place):
        fix = f"go to the folder that it lies in, {place.parent}, and name the pack as {place.name} there."
        raise _fault(folder, "cannot be changed from within.", fix)


def exchange(folder: Path, state: str, change: Callable[[Path], None], *, keep: str = "") -> Path | None:
    """Let `change` alter and prove a copy of the folder, which must still be in `state`, and put that in its place. Returns where the former
    one is kept, beside it and with `keep` behind its name, if that is given. Raises FileFaults, the folder left as it was."""
    refuse_inside(folder)
    work = unfinished(folder)
    try:
        work.mkdir()
    except FileExistsError as error:
        fix = f"wait for it; if there is none, remove {work}."
        raise _fault(folder, "is being changed by another command.", fix) from error
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        copy = work / _COPY
        shutil.copytree(folder, copy, symlinks=True)
        _unchanged(folder, copy, state)
        change(copy)
        os.rename(copy, work / PROVED)
        _unchanged(folder, folder, state)
        backup = _free(folder, keep) if keep else work / _FORMER
        try:
            os.rename(folder, backup)
            os.rename(work / PROVED, folder)
        except BaseException:  # Ctrl-C too
            if not os.path.lexists(folder):
                os.rename(backup, folder)
            raise
        return backup if keep else None
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if os.path.lexists(folder):
            shutil.rmtree(work, ignore_errors=True)


def finish(folder: Path) -> bool:
    """End a change that was cut off, if there is one: its pack takes its place where it was whole and the former one had been moved
    away, and is dropped otherwise, since then nothing had been changed. Returns whether it took its place. Raises FileFaults."""
    folder = Path(os.path.realpath(folder))
    work = unfinished(folder)
    taken = not os.path.lexists(folder) and (work / PROVED).is_dir()
    try:
        if taken:
            os.rename(work / PROVED, folder)
        if os.path.lexists(folder) and work.is_dir():
            shutil.rmtree(work)
    except OSError as error:
        raise _fault(work, f"cannot be put in its place ({error.strerror}).", f"rename {work / PROVED} to {folder}.") from error
    return taken


def reason(error: OSError) -> str:
    """What was wrong. What shutil.copytree raises has a list of files, each with what was wrong with it."""
    return error.strerror or (str(error.args[0][0][2]) if isinstance(error, shutil.Error) else str(error))


def text_of(path: Path) -> str | None:
    """The text of a pack's file as it is but for a byte order mark; None where it is not there. Raises FileFaults where it is no text."""
    try:
        return path.read_bytes().decode("utf-8").removeprefix(_BOM)
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FileFaults([Fault(path.name, 0, *not_utf_8(error, "file"))]) from error


def put_text(copy: Path, name: str, text: str | None) -> None:
    """Write a file of the copy of a pack, keeping its byte order mark; None removes it. Raises FileFaults."""
    path = copy / name
    if text is None:
        path.unlink(missing_ok=True)
        return
    mark = _BOM if path.is_file() and path.read_bytes().startswith(_BOM.encode()) else ""
    put_bytes(copy, name, (mark + text).encode())


def put_bytes(copy: Path, name: str, data: bytes) -> None:
    """Write a file of the copy of a pack. Raises FileFaults where a link in its place leads out of the copy, perhaps to the pack itself,
    of which nothing may change yet."""
    path = copy / name
    if not path.resolve().is_relative_to(copy.resolve()):
        what = "is a link that leads out of a copy of the pack, so it cannot be changed."
        raise FileFaults([Fault(name, 0, what, "put the file itself in its place, or a link from there.")])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _free(folder: Path, name: str) -> Path:
    """A path beside the folder with a name behind its own that is not taken."""
    backup, n = folder.with_name(f"{folder.name}.{name}"), 1
    while os.path.lexists(backup):
        n += 1
        backup = folder.with_name(f"{folder.name}.{name}-{n}")
    return backup


def _unchanged(folder: Path, found: Path, state: str) -> None:
    if state_of(found) != state:
        raise _fault(folder, "was changed meanwhile, and is left as it is.", "run the command again.")


def _unwritable(folder: Path, error: OSError) -> FileFaults:
    fix = "check the permissions of it and of the folder that it lies in, and that there is room for a copy of it."
    return _fault(folder, f"cannot be changed ({reason(error)}), and is left as it is.", fix)


def _fault(path: Path, what: str, fix: str) -> FileFaults:
    return FileFaults([Fault(str(path), 0, what, fix)])
