"""`verbatim preview`: the page is served to this machine alone and ends cleanly; every scene of the pictures can be played; one picture is taken where there is a browser."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from fakes.scene import shelf, worded

from bot.cli.main import main
from bot.client import preview
from bot.engine.build import build
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from bot.say.wording import COMMANDS
from tools import pictures
from tools.pictures import BROWSERS, SCENES, Absent, Scene, find_browser, keys_of, message_of, picture, questions, staged

extra = pytest.mark.skipif(bool(preview.missing_extra()), reason="the extra preview is not installed")


@pytest.fixture(scope="module")
def asked(engine: Engine) -> dict[str, str]:
    return questions(engine)


# The page


@contextmanager
def previewing(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`verbatim preview` in a process of its own; killed at the end where it still runs."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default,ignore::DeprecationWarning"}
    command = [sys.executable, "-m", "bot", "preview", "--pack", str(folder), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


def printed_by(process: subprocess.Popen[str]) -> tuple[str, int]:
    """What the process prints when it is ready, and the port in it."""
    assert process.stdout is not None
    printed = ""
    while not printed.rstrip("\n").endswith("may reload."):
        line = process.stdout.readline()
        assert line, f"it ended: {printed}{process.stderr.read() if process.stderr else ''}"
        printed += line
    found = re.search(r"http://127\.0\.0\.1:(\d+)/#\S+", printed)
    assert found, printed
    return printed, int(found[1])


@extra
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_page_is_served_on_loopback_until_it_is_told_to_stop(tiny_folder: Path, number: signal.Signals) -> None:
    with previewing(tiny_folder) as process:
        printed, port = printed_by(process)
        assert "Library to open on Sundays" in printed
        assert printed.count("<@") == 1
        assert all(f"/{command}" in printed for command in COMMANDS)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            assert answer.status == 200
            assert b"<title>" in answer.read()
        assert listening_at(port) == {"127.0.0.1"}
        process.send_signal(number)
        out, errors = process.communicate(timeout=30)
        assert (process.returncode, out, errors) == (0, "", "")


def listening_at(port: int) -> set[str]:
    """The addresses of this machine at which the port answers: loopback, and that of the network card, where there is one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # for documentation (RFC 5737); nothing is sent
            own = str(probe.getsockname()[0])
        except OSError:
            own = "127.0.0.1"
    answering = set()
    for address in ("127.0.0.1", own):
        with socket.socket() as caller:
            caller.settimeout(5)
            if caller.connect_ex((address, port)) == 0:
                answering.add(address)
    return answering


@extra
def test_a_port_that_is_taken_is_said_so(tiny_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["preview", "--pack", str(tiny_folder), "--port", str(port)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"verbatim: port {port} cannot be used ({os.strerror(errno.EADDRINUSE)}).")
    assert err.count("\n") == 1


@pytest.mark.parametrize("port", ["-1", "65536", "http", "²"])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["preview", f"--port={port}"])
    assert stop.value.code == 2
    assert "is not a port from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["simcord", "markdown_it"])
@pytest.mark.parametrize("options", [[], ["--pictures", "pictures"]])
def test_without_the_extra_it_says_what_to_install(
    module: str, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["preview", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "pip install 'verbatim-bot[preview]'" in err
    assert "pip install -e '.[preview]'" in err
    assert err.count("\n") == 1


@extra
def test_what_is_proposed_is_answered(engine: Engine) -> None:
    found = preview.proposed(engine)
    assert len(found) == 3
    assert {engine.answer(q).verdict.value for q in found} == {"answer"}


@extra
def test_only_who_runs_the_bot_may_reload_in_the_preview(tiny: Engine) -> None:
    words, read = wording("en"), []

    def read_anew() -> Engine:
        read.append(1)
        return tiny

    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(tiny, read_anew=read_anew))) as w:
            refused = await w.administrator.slash(w.channel, "verbatim reload")
            assert message_of(refused).content == words.reload_operator
            assert not read
            await w.operator.slash(w.channel, "verbatim reload")
            assert read

    asyncio.run(story())


@extra
def test_an_answer_with_buttons_is_there_at_first_and_a_question_needs_no_mention(engine: Engine) -> None:
    first, second, _ = preview.proposed(engine)

    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(engine), listen=True)) as w:
            await preview._welcome(w, first)
            shown = w.channel.last_message
            assert shown is not None
            assert shown.content == worded(engine, first)
            assert keys_of(shown)
            await w.asker.send(w.channel, second)
            assert w.channel.last_message is not None
            assert w.channel.last_message.content == worded(engine, second)

    asyncio.run(story())


# The scenes


def test_scenes_have_names_of_their_own_that_are_good_as_files() -> None:
    names = [s.name for s in SCENES]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", n) and not n.endswith("-phone") for n in names)


def test_the_shipped_pack_shows_every_kind(asked: dict[str, str]) -> None:
    assert set(asked) == {
        "answer", "speakers", "buttons", "premise", "not_in_article", "opinion", "off_topic", "small_talk", "ambiguous"
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
        shown = [await content(n) for n in ("button-context", "button-cite", "stale", "failed", "unreadable", "cooldown")]
        words = wording("en")
        assert len(set(shown)) == len(shown)
        assert shown[2:5] == [words.unknown_choice, words.failed, words.unreadable]

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


def test_french_scenes_are_in_french(engine: Engine, asked: dict[str, str]) -> None:
    async def labels(scene: Scene) -> list[str]:
        async with staged(scene, engine, asked) as s:
            return [key.label for key in keys_of(await scene.play(s))]

    french = asyncio.run(labels(next(s for s in SCENES if s.name == "french-answer")))
    assert french
    assert set(french) <= set(wording("fr").buttons.values())


# The pictures


def test_a_browser_that_is_named_and_not_there_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("playwright", reason="the extra pictures is not installed")
    if preview.missing_extra():
        pytest.skip("the extra preview is not installed")
    assert main(["preview", "--pictures", str(tmp_path / "p"), "--browser", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("verbatim: --browser: there is no program ")


def test_a_browser_without_pictures_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--browser", "chromium"]) == 2
    assert "--pictures" in capsys.readouterr().err


@extra
def test_pictures_without_their_extra_say_what_to_install(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    assert main(["preview", "--pack", str(tiny_folder), "--pictures", str(tmp_path / "p")]) == 2
    assert "pip install 'verbatim-bot[pictures]'" in capsys.readouterr().err


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
