"""/verbatim curate: groups of questions that got no answer, for whoever runs the bot, and what a decision about one does."""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from conftest import MakePack
from fakes.scene import EN, LIFT, Scene, play, said, shelf
from simcord import InteractionResult

from bot.client import curating
from bot.client.lifecycle import Verbatim
from bot.curate.review import DECIDED
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.serve.library import Library
from bot.store.memory import MemoryStore
from bot.store.values import DAY

ASKED = ("who pays for the new lift", "who is paying for the lift", "who will pay for the second lift")


class Days:
    """A clock that can be set back by days."""

    def __init__(self) -> None:
        self.back = 0

    def __call__(self) -> float:
        return time.time() - self.back * DAY


@pytest.fixture
def folder(make_pack: MakePack) -> Path:
    return make_pack()


async def curate(s: Scene, **options: object) -> InteractionResult:
    return await s.operator().slash(s.channel, "verbatim curate", **options)


def library(folder: Path) -> Library:
    return Library([folder], build)


async def fill(s: Scene, *texts: str) -> None:
    """Have the texts asked in vain on three days."""
    store, days = s.store, Days()
    assert isinstance(store, MemoryStore)
    store._clock = days
    for days.back in (2, 1, 0):
        for text in texts:
            await store.keep_miss(s.guild.id, "millbrook", text, "unsure")


def test_only_who_runs_the_bot_may_curate(tiny: Engine) -> None:
    async def story(s: Scene) -> None:
        assert said(await s.owner.slash(s.channel, "verbatim curate")) == EN.reload_operator

    play(story, tiny)


def test_a_group_becomes_a_gap_by_which_the_bot_answers_at_once(folder: Path) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        listed = await curate(s)
        assert listed.ephemeral
        assert said(listed).startswith("Group 1, asked in vain 9 times; days: 3, servers: 1.\n")
        assert all(text in said(listed) for text in ASKED)
        assert "second-lift" in said(listed)
        done = await curate(s, group=1, question="Who pays for the lift?", looked_for="who pays for the lift")
        assert said(done) == EN.curated.format(files=f"{DECIDED}, gaps.yaml")
        assert set(load(folder).by_id["gap-pays-lift"].phrasings) == set(ASKED)
        await s.mention("Who pays for the lift?")
        assert "who pays for the lift" in s.last
        assert said(await curate(s)) == EN.curate_none

    play(story, library(folder))


def test_what_was_listed_can_be_decided_by_the_client_that_takes_the_other_s_place(folder: Path) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        await curate(s)
        s.bot = Verbatim(s.bot.shared)
        await s.env.restart_bot(s.bot)
        assert said(await curate(s, group=1, nothing=True)) == EN.curated.format(files=DECIDED)

    play(story, library(folder))


@pytest.mark.parametrize(
    ("options", "files"), [({"topic": "second-lift"}, f"phrases.txt, {DECIDED}"), ({"nothing": True}, DECIDED)]
)
def test_a_group_becomes_phrasings_or_nothing(folder: Path, options: dict[str, object], files: str) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        await curate(s)
        assert said(await curate(s, group=1, **options)) == EN.curated.format(files=files)
        assert said(await curate(s)) == EN.curate_none

    play(story, library(folder))


@pytest.mark.parametrize(
    "options",
    [
        {"group": 1},
        {"group": 2, "nothing": True},
        {"group": 1, "topic": "no-such"},
        {"group": 1, "topic": "greeting"},
        {"group": 1, "question": "Who pays?"},
        {"group": 1, "topic": "second-lift", "nothing": True},
    ],
)
def test_what_says_not_one_thing_changes_nothing_and_is_explained(folder: Path, options: dict[str, object]) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        before = load(folder).version
        assert said(await curate(s, group=1, nothing=True)) == EN.curate_how  # no list was shown
        await curate(s)
        assert said(await curate(s, **options)) == EN.curate_how
        assert load(folder).version == before
        assert not (folder / DECIDED).exists()

    play(story, library(folder))


def test_no_list_and_no_question_keeps_a_pack_that_was_read_anew(folder: Path) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        await s.owner.slash(s.channel, "verbatim channel", misses=True)
        left: list[ref[Any]] = []
        for _ in range(2):
            left += [ref(s.library.default), ref(s.library.default.pack)]
            await s.mention(LIFT)
            await s.mention("Which colour is the fence of the library?")
            await s.asker.slash(s.channel, "article who")
            await curate(s)
            assert said(await s.operator().slash(s.channel, "verbatim reload")).startswith("Read anew: ")
        for _ in range(50):  # what is in a cycle, or in the hands of a thread that is about to end, is not kept
            gc.collect()
            if not any(found() for found in left):
                break
            await asyncio.sleep(0.1)
        assert [found() is None for found in left] == [True] * 4
        assert said(await curate(s, group=1, nothing=True)) == EN.curated.format(files=DECIDED)

    play(story, library(folder))


def test_what_the_pack_does_not_bear_is_refused_with_the_reason(folder: Path) -> None:
    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        await curate(s)
        refused = said(await curate(s, group=1, question="Who called for a second lift?", looked_for="it"))
        assert refused.startswith(EN.curate_refused)
        assert "second-lift" in refused
        assert not (folder / DECIDED).exists()

    play(story, library(folder))


def test_where_the_files_cannot_be_written_there_is_a_patch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curating, "can_write", lambda path: False)

    async def story(s: Scene) -> None:
        await fill(s, *ASKED)
        await curate(s)
        done = await curate(s, group=1, nothing=True)
        assert said(done) == EN.curate_patch.format(files=DECIDED)
        assert not (folder / DECIDED).exists()

    play(story, library(folder))


def test_without_questions_or_a_store_or_in_a_bare_text_there_is_no_group(tiny: Engine, folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "boats.txt"
    text.write_text("Boats\n\nFishing boats were moved.\n", encoding="utf-8")

    async def story(s: Scene) -> None:
        assert said(await curate(s)) == EN.curate_none
        await s.store.close()
        assert said(await curate(s)) == EN.curate_none

    play(story, library(folder))
    play(story, Library([text], build))
    assert shelf(tiny).path_of("millbrook") == Path("pack-0")
    assert shelf(tiny).path_of("gone") is None
