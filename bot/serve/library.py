"""The articles that the bot answers from: the files and the engine of each, and how changed files are read anew. No Discord."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.engine.pipeline import Engine
from bot.errors import Fault, FileFaults
from bot.pack.folder import visible_files

_log = logging.getLogger(__name__)

# The name of each file, when it was last written (ns), and its size (bytes).
Look = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of reading a pack anew: the engine that answers from now on, or why the old one goes on."""

    path: Path
    engine: Engine | None
    faults: str = ""


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles of a channel: those that a question is put to, the main one first, and those that it may name or that a
    follow-up may refer to."""

    asked: tuple[Engine, ...]
    known: tuple[Engine, ...]

    @property
    def main(self) -> Engine:
        return self.asked[0]

    def find(self, name: str) -> Engine | None:
        """The article with a slug or, whatever its case, a title."""
        wanted = name.strip().casefold()
        return next((e for e in self.known if wanted in (e.pack.slug, e.pack.title.casefold())), None)


class Library:
    """Engines by slug. The first answers where no other was chosen.

    `make` builds an engine from a pack's path, or raises FileFaults, which the constructor passes on. When a pack is read anew,
    its new engine replaces the old one between two questions, since whoever is answering holds on to the engine they began with;
    where the pack has faults, they are logged and the old engine stays.
    """

    def __init__(self, paths: Sequence[Path], make: Callable[[Path], Engine]) -> None:
        self._make = make
        self._looks = {path: look(path) for path in paths}  # before they are read, so that no change is missed
        self._before = dict(self._looks)
        self._engines: dict[Path, Engine] = {}
        for path in self._looks:
            self._engines[path] = self._read(path)
        self._reloading = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "packs")  # glibc keeps for each thread what was freed in it, so only one reads
        self.taken_over = self.refused = 0  # readings anew

    @property
    def engines(self) -> tuple[Engine, ...]:
        return tuple(self._engines.values())

    @property
    def default(self) -> Engine:
        return self.engines[0]

    def find(self, slug: str) -> Engine | None:
        """The engine of an article."""
        return next((e for e in self.engines if e.pack.slug == slug), None)

    def articles(self, slugs: Sequence[str]) -> Articles | None:
        """The articles of a channel for which these were chosen, without those that are not loaded; None where that is the main one.
        Where none was chosen, the default one is asked, and every one may be named."""
        if not slugs:
            return Articles((self.default,), self.engines)
        found = tuple(e for slug in slugs if (e := self.find(slug)))
        return Articles(found, found) if found and found[0].pack.slug == slugs[0] else None

    def path_of(self, slug: str) -> Path | None:
        """Where the pack of an article lies; None where none of that slug is loaded any more."""
        return next((path for path, engine in self._engines.items() if engine.pack.slug == slug), None)

    def changed(self) -> tuple[Path, ...]:
        """The packs whose files are not as they were when last read, and as they were at the last call: while an editor or a copy
        is still writing, a pack is left alone. Reads the file system."""
        now = {path: look(path) for path in self._looks}
        still = tuple(p for p in now if now[p] == self._before[p] != self._looks[p])
        self._before = now
        return still

    @property
    def is_reloading(self) -> bool:
        return self._reloading.locked()

    async def reload(self, paths: Iterable[Path] | None = None) -> tuple[Reading, ...]:
        """Read packs anew, all of them where none are named, one after the other."""
        async with self._reloading:
            return tuple([await self._reload(path) for path in (self._engines if paths is None else paths)])

    async def _reload(self, path: Path) -> Reading:
        loop = asyncio.get_running_loop()
        self._looks[path] = await loop.run_in_executor(self._thread, look, path)
        try:
            engine = await loop.run_in_executor(self._thread, self._read, path)
        except FileFaults as error:
            return self._refused(path, str(error))
        except Exception as error:  # a defect of the program's, which must not cost the article that is there
            return self._refused(path, f"{path}: reading it failed ({type(error).__name__}). Please report that.")
        self._engines = {**self._engines, path: engine}
        self.taken_over += 1
        settle()
        _log.info("read anew: %s %s", engine.pack.slug, engine.pack.version[:12])
        return Reading(path, engine)

    def _refused(self, path: Path, faults: str) -> Reading:
        self.refused += 1
        _log.error("a pack was not taken over, and goes on as it was: %s", faults)
        return Reading(path, None, faults)

    def _read(self, path: Path) -> Engine:
        engine = self._make(path)
        slug = engine.pack.slug
        other = next((p for p, e in self._engines.items() if e.pack.slug == slug and p != path), None)
        if other is not None:
            what = f"its slug, {slug}, is that of {other} too."
            raise FileFaults([Fault(str(path), 0, what, "give one of them another slug, in its pack.yaml.")])
        return engine


def settle() -> None:
    """Keep the garbage collector from what engines are made of: one round over it halts the bot for some 35 ms."""
    gc.unfreeze()  # so that what an engine that was replaced has left is collected
    gc.collect()
    gc.freeze()


def look(path: Path) -> Look:
    """How the files of a pack look from outside; empty where there are none. Every file in its folder counts that is neither hidden
    nor an editor's copy, since a pack may call its article what it likes. They are polled rather than watched, since a file system's
    events do not reach into containers or come from other machines."""
    found = []
    for file in [path] if os.path.isfile(path) else visible_files(path):  # which raises nothing, whatever the system refuses
        try:
            status = file.stat()
        except OSError:  # gone meanwhile, or a link to nothing
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)
