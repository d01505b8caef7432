"""Several articles side by side, and files that change while the bot runs."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from conftest import ARTICLE, PACK, MakePack

from bot.browse.index import index_of
from bot.curate.misses import own_words
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.errors import FileFaults
from bot.serve import library as module
from bot.serve.library import Articles, Library, look, settle

BOATS = "Boats\n\nFishing boats were moved to Porto Novo.\n"


@pytest.fixture
def boats(tmp_path: Path) -> Path:
    path = tmp_path / "boats.txt"
    path.write_text(BOATS, encoding="utf-8")
    return path


@pytest.fixture
def trains(tmp_path: Path) -> Path:
    path = tmp_path / "trains.txt"
    path.write_text("Trains\n\nThe night train to Malmö was cancelled.\n", encoding="utf-8")
    return path


def rewrite(path: Path, text: str) -> None:
    """Write a file so that its time differs from before, however coarse the file system's clock is."""
    written = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(written + 10**9, written + 10**9))


def test_the_first_article_is_the_default_and_the_others_are_found_by_slug(boats: Path, trains: Path) -> None:
    library = Library([boats, trains], build)
    assert [e.pack.slug for e in library.engines] == ["boats", "trains"]
    assert library.default is library.find("boats")
    assert library.find("trains") is library.engines[1]
    assert library.find("ships") is None


def test_the_articles_of_a_channel_are_those_chosen_for_it_the_first_its_main_one(boats: Path, trains: Path) -> None:
    library = Library([boats, trains], build)
    one, other = library.engines
    assert library.articles([]) == Articles((one,), (one, other)), "where none is chosen, any may be named"
    assert library.articles(["trains"]) == Articles((other,), (other,))
    both = library.articles(["trains", "boats"])
    assert both == Articles((other, one), (other, one))
    assert both is not None
    assert both.main is other
    assert (both.find("boats"), both.find(" TRAINS "), both.find("ships")) == (one, other, None)
    assert library.articles(["trains", "ships", "boats"]) == both, "one that is not loaded is not asked"
    assert library.articles(["ships", "boats"]) is None, "without its main one a channel has nothing to answer from"


def test_two_articles_of_one_slug_are_a_fault_and_the_same_path_twice_is_not(boats: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    double = Path(shutil.copy(boats, tmp_path / "other" / "boats.txt"))
    with pytest.raises(
        FileFaults, match=r"other.boats\.txt: its slug, boats, is that of .*boats\.txt too\. Fix: give one of them another slug"
    ):
        Library([boats, double], build)
    assert len(Library([boats, boats], build).engines) == 1


def test_a_pack_is_read_anew_once_its_files_have_changed_and_are_still(boats: Path, trains: Path) -> None:
    library = Library([boats, trains], build)
    assert library.changed() == ()
    rewrite(trains, "Trains\n\nThe night train to Oslo was cancelled.\n")
    assert library.changed() == (), "it may still be being written"
    rewrite(trains, "Trains\n\nThe night train to Turku was cancelled.\n")
    assert library.changed() == ()
    assert library.changed() == (trains,)
    old = library.engines
    [reading] = asyncio.run(library.reload([trains]))
    assert reading.engine is library.find("trains")
    assert "Turku" in library.engines[1].pack.article.text
    assert library.engines[0] is old[0]
    assert "Malmö" in old[1].pack.article.text, "whoever holds the old engine keeps it"
    assert library.changed() == ()
    assert (library.taken_over, library.refused) == (1, 0)


def test_of_a_pack_that_was_read_anew_nothing_stays_once_nobody_answers_from_it(make_pack: MakePack) -> None:
    library = Library([make_pack()], lambda path: build(path, reader=False))
    left: list[ref[Any]] = []
    for _ in range(3):
        answering: Engine | None = library.default
        assert answering is not None
        answering.answer("Who wants one more lift?")
        index_of(answering.pack).entries  # noqa: B018  # what is worked out of a pack, and kept while it is there
        own_words(answering.pack)
        left += [ref(answering), ref(answering.pack), ref(answering.lexicon)]
        asyncio.run(library.reload())
        assert None not in [found() for found in left[-3:]]
        answering = None
        # At once: it must not need the garbage collector, which was told to pass over all that was there.
        assert [found() for found in left] == [None] * len(left)


def test_every_pack_is_read_anew_in_the_same_thread(boats: Path, trains: Path) -> None:
    threads = []

    def make(path: Path) -> Engine:
        threads.append(threading.current_thread())
        return build(path)

    library = Library([boats, trains], make)
    for _ in range(2):
        asyncio.run(library.reload())
    assert len(threads) == 6
    assert len(set(threads[2:])) == 1
    assert threading.main_thread() not in threads[2:]


def test_an_invalid_pack_is_refused_with_its_faults_once_and_the_old_one_goes_on(
    boats: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = Library([boats], build)
    old = library.default
    rewrite(boats, "")
    library.changed()
    assert library.changed() == (boats,)
    [reading] = asyncio.run(library.reload([boats]))
    assert reading.engine is None
    assert "boats.txt" in reading.faults
    assert reading.faults in caplog.text
    assert library.default is old
    assert library.changed() == library.changed() == (), "a fault is told once, not at each look"
    boats.unlink()
    library.changed()
    assert library.changed() == (boats,)
    [reading] = asyncio.run(library.reload())
    assert (reading.engine, library.default) == (None, old)
    boats.write_text(BOATS, encoding="utf-8")
    library.changed()
    assert library.changed() == (boats,)
    [reading] = asyncio.run(library.reload([boats]))
    assert reading.engine is library.default is not old
    assert (library.taken_over, library.refused) == (1, 2)


def test_a_new_slug_that_another_article_has_is_refused(boats: Path, make_pack: object, tmp_path: Path) -> None:
    folder = make_pack()  # type: ignore[operator]
    library = Library([boats, folder], build)
    rewrite(folder / "pack.yaml", (folder / "pack.yaml").read_text(encoding="utf-8").replace("slug: millbrook", "slug: boats"))
    refused = asyncio.run(library.reload([folder]))[0]
    assert refused.engine is None
    assert "its slug, boats, is that of" in refused.faults
    assert library.engines[1].pack.slug == "millbrook"


def test_a_defect_of_the_program_costs_no_article(boats: Path) -> None:
    tries = [build(boats)]

    def make(path: Path) -> object:
        return tries.pop()

    library = Library([boats], make)  # type: ignore[arg-type]
    [reading] = asyncio.run(library.reload())
    assert reading.engine is None
    assert "(IndexError)" in reading.faults
    assert library.default.pack.slug == "boats"


def test_an_article_of_any_name_is_watched(make_pack: MakePack) -> None:
    folder = make_pack(
        {
            "pack.yaml": PACK.replace("article:\n", "article:\n  file: texts/article.md\n"),
            "article.txt": None,
            "texts/article.md": ARTICLE,
        }
    )
    digest = hashlib.sha256(ARTICLE.encode()).hexdigest()
    rewrite(folder / "pack.yaml", PACK.replace("article:\n", "article:\n  file: texts/article.md\n").replace("{sha256}", digest))
    library = Library([folder], build)
    assert library.changed() == ()
    rewrite(folder / "texts" / "article.md", ARTICLE.replace("five pounds", "nine pounds"))
    assert library.changed() == ()
    assert library.changed() == (folder,)
    [reading] = asyncio.run(library.reload([folder]))
    assert "the article has changed" in reading.faults


def test_a_file_that_a_pack_was_refused_for_want_of_is_waited_for(make_pack: MakePack) -> None:
    folder = make_pack()
    library = Library([folder], build)
    top = (folder / "pack.yaml").read_text(encoding="utf-8")
    rewrite(folder / "pack.yaml", top.replace("article:\n", "article:\n  file: story.md\n"))
    library.changed()
    assert library.changed() == (folder,)
    [reading] = asyncio.run(library.reload([folder]))
    assert "story.md: cannot be read" in reading.faults
    assert library.changed() == ()
    (folder / "story.md").write_text(ARTICLE, encoding="utf-8")
    library.changed()
    assert library.changed() == (folder,)
    [reading] = asyncio.run(library.reload([folder]))
    assert reading.engine is library.default


def test_how_a_pack_looks_depends_on_its_own_files_alone(make_pack: object) -> None:
    folder = make_pack()  # type: ignore[operator]
    before = look(folder)
    assert {Path(name).name for name, _, _ in before} >= {"article.txt", "pack.yaml", "library.yaml"}
    (folder / ".git").mkdir()
    (folder / "gone.yaml").symlink_to("nowhere")
    for name in (".pack.yaml.swp", "pack.yaml~", "#pack.yaml#", ".git/index.yaml"):
        (folder / name).write_text("an editor's", encoding="utf-8")
    assert look(folder) == before
    (folder / "faq" / "more.yaml").write_text("[]", encoding="utf-8")
    assert look(folder) != before
    assert look(folder / "nowhere") == ()
    assert look(folder / ("x" * 300)) == (), "nor does what the system cannot even look up end the watching"


def test_the_collector_leaves_alone_what_there_is_and_takes_what_an_engine_that_was_replaced_has_left(
    monkeypatch: pytest.MonkeyPatch, boats: Path
) -> None:
    monkeypatch.setattr(module, "gc", gc)
    old = build(boats)
    round_about = [old]
    round_about.append(round_about)  # type: ignore[arg-type]
    settle()
    assert gc.get_freeze_count() > 0
    gone = ref(old)
    del old, round_about
    gc.collect()
    assert gone() is not None
    settle()
    assert gone() is None
