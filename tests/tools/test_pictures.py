"""The pictures: every scene can be played; one picture is taken where there is a browser."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.client import preview
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from tools import pictures
from tools.pictures import BROWSERS, find_browser, main, picture
from tools.scenes import SCENES, Absent, Scene, keys_of, message_of, questions, staged

extra = pytest.mark.skipif(bool(preview.missing_extra()), reason="the extra preview is not installed")


@pytest.fixture(scope="module")
def asked(engine: Engine) -> dict[str, str]:
    return questions(engine)


def test_scenes_have_names_of_their_own_that_are_good_as_files() -> None:
    names = [s.name for s in SCENES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", n) and not n.endswith("-phone") for n in names)


def test_the_shipped_pack_shows_every_kind(asked: dict[str, str]) -> None:
    assert set(asked) == {
        "answer", "speakers", "buttons", "premise", "not_in_article", "opinion", "off_topic", "small_talk", "unsure", "ambiguous",
        "several_questions", "other_language", "nothing_near",
    }  # fmt: skip


@pytest.mark.parametrize("scene", SCENES, ids=lambda s: s.name)
def test_every_scene_ends_with_something_to_see(engine: Engine, asked: dict[str, str], scene: Scene) -> None:
    async def play() -> None:
        async with staged(scene, engine, asked) as s:
            shown = await scene.play(s)
            window = getattr(shown, "modal", None)
            if window:
                assert window["title"] == wording(scene.locale).follow_up_title
                return
            message = message_of(shown)
            assert message.author.id == getattr(s.world.bot.user, "id", 0)
            assert message.content or message.attachments
            seen = s.world.channel.history(viewer=getattr(s.world, scene.seen_by))
            assert message.id in {m.id for m in seen}, "whoever looks does not see it"

    asyncio.run(play())  # Absent here means that the scene is of something that is no more


def test_scenes_of_the_same_kind_are_told_apart_by_what_they_show(engine: Engine, asked: dict[str, str]) -> None:
    """The buttons' pages are not all the apology for a button that is not known."""

    async def content(name: str) -> str:
        scene = next(s for s in SCENES if s.name == name)
        async with staged(scene, engine, asked) as s:
            return message_of(await scene.play(s)).content

    async def story() -> None:
        names = ("stale", "failed", "unreadable", "button-wrong", "button-wrong-bare", "button-more", "button-hide-moderator")
        words = wording("en")
        assert [await content(n) for n in names] == [
            *(words.unknown_choice, words.failed, words.unreadable),
            *(words.wrong, words.wrong_none, words.more, words.taken_away),
        ]
        others = ("button-context", "button-positions", "button-else", "button-cite", "button-hide", "greeting", "cooldown")
        shown = [await content(n) for n in others]
        assert len(set(shown)) == len(shown)
        assert words.unknown_choice not in shown
        assert words.others_none not in shown

    asyncio.run(story())


def test_a_pack_that_cannot_show_a_kind_says_so(tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text("Boats\n\nFishing boats were moved to Porto Novo.\n", encoding="utf-8")
    bare = build(path)
    scene = next(s for s in SCENES if s.name == "premise")

    async def play() -> None:
        async with staged(scene, bare, questions(bare)) as s:
            await scene.play(s)

    with pytest.raises(Absent, match="premise"):
        asyncio.run(play())


def test_a_private_answer_is_pictured_with_its_further_buttons_in_place(engine: Engine, asked: dict[str, str]) -> None:
    async def labels() -> list[str]:
        scene = next(s for s in SCENES if s.name == "private-more")
        async with staged(scene, engine, asked) as s:
            return [key.label for key in keys_of(await scene.play(s))]

    words = wording("en").buttons
    found = asyncio.run(labels())
    assert words["less"] in found
    assert found[-1] == words["share"]


def test_french_scenes_are_in_french(engine: Engine, asked: dict[str, str]) -> None:
    async def labels(scene: Scene) -> list[str]:
        async with staged(scene, engine, asked) as s:
            return [key.label for key in keys_of(await scene.play(s))]

    french = asyncio.run(labels(next(s for s in SCENES if s.name == "french-answer")))
    assert french
    assert set(french) <= set(wording("fr").buttons.values())


# The pictures


def test_a_browser_that_is_named_and_not_there_is_said_so(
    tiny_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("playwright", reason="the extra pictures is not installed")
    if preview.missing_extra():
        pytest.skip("the extra preview is not installed")
    assert main([str(tmp_path / "p"), "--browser", str(tmp_path / "none"), "--pack", str(tiny_folder)]) == 2
    assert capsys.readouterr().err.startswith("pictures.py: --browser: there is no program ")


@pytest.mark.parametrize("module", ["linkify_it", "playwright.async_api", "simcord"])
def test_without_their_extra_they_say_what_to_install(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("linkify_it", "playwright", "playwright.async_api", "simcord"):
        monkeypatch.setitem(sys.modules, name, None if name == module else ModuleType(name))
    assert main([str(tmp_path / "p")]) == 2
    assert "pip install -e '.[pictures]'" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


def test_a_faulty_pack_and_a_folder_that_cannot_be_written_are_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("linkify_it", "playwright", "playwright.async_api", "simcord"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    assert main([str(tmp_path / "p"), "--pack", str(tmp_path / "no such pack")]) == 2
    assert "no such pack" in capsys.readouterr().err
    (tmp_path / "file").write_text("a file where the folder should be", encoding="utf-8")
    assert main([str(tmp_path / "file" / "p"), "--pack", str(tmp_path / "no such pack")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_browser_is_the_one_named_else_one_on_path_else_playwright_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def program(name: str) -> str:
        path = tmp_path / name
        path.write_text("#!/bin/sh\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)

    own, named = program("own"), program("named")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser(named, own) == named
    assert find_browser(str(tmp_path / "nothing"), own) is None
    assert find_browser(None, own) == own
    assert find_browser(None, str(tmp_path / "nothing")) is None
    on_path = program(BROWSERS[1])
    assert find_browser(None, own) == on_path


@extra
def test_a_scene_is_pictured_at_both_widths(engine: Engine, asked: dict[str, str], tmp_path: Path) -> None:
    api: Any = pytest.importorskip("playwright.async_api", reason="the extra pictures is not installed")

    async def take() -> str:
        async with api.async_playwright() as playwright:
            path = find_browser(None, playwright.chromium.executable_path)
            if path is None:
                return "there is no Chromium"
            browser = await playwright.chromium.launch(executable_path=path)
            try:
                await picture(next(s for s in SCENES if s.name == "off-topic"), engine, asked, tmp_path, browser)
            finally:
                await browser.close()
        return ""

    if missing := asyncio.run(take()):
        pytest.skip(missing)
    assert {p.name: size(p) for p in tmp_path.glob("*.png")} == {
        "off-topic.png": pictures.DESKTOP,
        "off-topic-phone.png": pictures.PHONE,
    }


def size(path: Path) -> int:
    """A picture's width: https://www.w3.org/TR/png-3/#11IHDR"""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(data[16:20])
