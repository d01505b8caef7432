"""/verbatim curate: what readers asked in vain, in groups, for whoever runs the bot; a decision changes the pack's files, or makes a patch."""

from __future__ import annotations

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot.client import pages
from bot.client.outgoing import Outgoing
from bot.client.patient_store import PatientStore
from bot.curate.misses import Origin
from bot.curate.open_items import groups_asked
from bot.curate.pack_files import PackFiles, can_write
from bot.curate.review import AddPhrasings, Decision, Leave, Missed, NewGap, Undecidable
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.say.wording import Wording
from bot.serve.library import Library
from bot.text.display import clip

MOST_SHOWN = 4  # groups at once, and questions and topics of each
_WIDE = 90  # characters of a question that is shown
_MOST_LISTS = 20  # of as many people it is known what they were shown last


class Wanted(NamedTuple):
    """What the options of the command say, empty where they are left out."""

    group: int | None
    topic: str | None
    question: str | None
    looked_for: str | None
    nothing: bool


class Curating:
    """Shows groups and does what is decided about them, for all clients of a process. A number means the group of the list that was shown last to whoever gives it."""

    def __init__(self, library: Library, store: PatientStore) -> None:
        self._library, self._store = library, store
        self._shown: OrderedDict[int, tuple[str, tuple[Missed, ...]]] = OrderedDict()  # with the article's slug
        self._deciding = asyncio.Lock()  # one decision at a time, each on the files that the one before it left

    async def act(self, engine: Engine, user_id: int, wanted: Wanted, words: Wording) -> Outgoing:
        """List the groups of an article, or decide about one of those that were listed."""
        async with self._deciding:
            if wanted.group is None:
                return await self._list(engine, user_id, words)
            slug, groups = self._shown.get(user_id, ("", ()))
            decision = _decision(wanted)
            if decision is None or not 1 <= wanted.group <= len(groups):
                return pages.sentence(words.curate_how)
            return await self._decide(slug, user_id, groups[wanted.group - 1], decision, words)

    async def _list(self, engine: Engine, user_id: int, words: Wording) -> Outgoing:
        kept = await self._store.misses(engine.pack.slug)
        asked = [(miss.text, Origin(miss.day, miss.server)) for miss in kept or ()]
        path = self._library.path_of(engine.pack.slug)
        groups = await asyncio.to_thread(_groups, path, engine, asked) if path and path.is_dir() else ()
        self._shown[user_id] = engine.pack.slug, groups[:MOST_SHOWN]
        if len(self._shown) > _MOST_LISTS:
            self._shown.popitem(last=False)
        if not groups:
            return pages.sentence(words.curate_none)
        lines = [line for number, group in enumerate(groups[:MOST_SHOWN], 1) for line in _lines(number, group, words)]
        return pages.sentence("\n".join([*lines, words.curate_how]))

    async def _decide(self, slug: str, user_id: int, group: Missed, decision: Decision, words: Wording) -> Outgoing:
        path = self._library.path_of(slug)
        if path is None:  # it was given another slug since its groups were listed
            return pages.sentence(words.curate_how)
        try:
            changed, patch = await asyncio.to_thread(_decided, path, group, decision)
        except (FileFaults, Undecidable) as error:
            return pages.sentence("\n".join([words.curate_refused, str(error)]))
        self._shown.pop(user_id, None)  # so that no number is taken for one of another list
        if patch:
            said = pages.sentence(words.curate_patch.format(files=", ".join(changed)))
            return Outgoing(said.content, file=(f"{slug}.patch", patch))
        await self._library.reload([path])
        return pages.sentence(words.curated.format(files=", ".join(changed)))


def _decision(wanted: Wanted) -> Decision | None:
    """What is decided; None where the options do not say one thing."""
    found: list[Decision] = [AddPhrasings(wanted.topic)] if wanted.topic else []
    if wanted.question and wanted.looked_for:
        found.append(NewGap(wanted.question.strip(), wanted.looked_for.strip().rstrip(".")))
    if wanted.nothing:
        found.append(Leave())
    return found[0] if len(found) == 1 else None


def _groups(path: Path, engine: Engine, asked: Sequence[tuple[str, Origin]]) -> tuple[Missed, ...]:
    files = PackFiles(path)
    return groups_asked(files, engine, asked, reader=engine.has_reader)


def _decided(path: Path, group: Missed, decision: Decision) -> tuple[tuple[str, ...], str]:
    """The files that a decision changes, and a patch where they cannot be written here. Raises FileFaults and Undecidable."""
    if can_write(path):
        return PackFiles(path).decide(group, decision), ""
    with tempfile.TemporaryDirectory() as folder:
        files = PackFiles(path, Path(folder) / "patch")
        try:
            return files.decide(group, decision), files.difference()
        finally:
            files.close()


def _lines(number: int, item: Missed, words: Wording) -> list[str]:
    group = item.group
    head = words.curate_group.format(number=number, times=group.times, days=group.days, servers=group.servers)
    near = [words.curate_near.format(topics=", ".join(item.topics[:MOST_SHOWN]))] if item.topics else []
    return [head, *(clip(text, _WIDE) for text in group.texts[:MOST_SHOWN]), *near]
