"""`verbatim preview`: the page is served to this machine alone and ends cleanly."""

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

import pytest
from conftest import ROOT
from fakes.scene import said, shelf, worded

from bot.cli.main import main
from bot.client import preview
from bot.client.buttons import rows_of
from bot.engine.pipeline import Engine
from bot.say.languages import wording
from bot.say.wording import COMMANDS, typed_out

extra = pytest.mark.skipif(bool(preview.missing_extra()), reason="the extra preview is not installed")


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
        assert printed.count("@Verbatim") == 1
        assert all(f"/{typed_out(command)}" in printed for command in COMMANDS)
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


@pytest.mark.parametrize("module", ["simcord", "linkify_it"])
def test_without_the_extra_it_says_what_to_install(
    module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["preview"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "pip install 'verbatim-bot[preview]'" in err
    assert "pip install -e '.[preview]'" in err
    assert err.count("\n") == 1


@extra
def test_only_who_runs_the_bot_may_reload_in_the_preview(tiny: Engine) -> None:
    words, read = wording("en"), []

    def read_anew() -> Engine:
        read.append(1)
        return tiny

    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(tiny, read_anew=read_anew))) as w:
            refused = await w.administrator.slash(w.channel, "verbatim reload")
            assert said(refused) == words.reload_operator
            assert not read
            await w.operator.slash(w.channel, "verbatim reload")
            assert read

    asyncio.run(story())


@extra
def test_an_answer_with_buttons_is_there_at_first_and_a_question_needs_no_mention(engine: Engine) -> None:
    first, second, _ = (t.question for t in engine.pack.starters)

    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(engine), listen=True)) as w:
            await preview._welcome(w, first)
            shown = w.channel.last_message
            assert shown is not None
            assert shown.content == worded(engine, first)
            assert rows_of(shown)
            await w.asker.send(w.channel, second)
            assert w.channel.last_message is not None
            assert w.channel.last_message.content == worded(engine, second)

    asyncio.run(story())


@extra
def test_a_typed_name_is_a_mention(engine: Engine) -> None:
    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(engine))) as w:
            preview._take_name_for_mention(w)
            for typed in ("@Verbatim Who is right?", "who is right, @verbatim"):
                await w.asker.send(w.channel, typed)
                assert w.channel.last_message is not None
                assert w.channel.last_message.content == worded(engine, "Who is right?")
            unasked = await w.asker.send(w.channel, "@Verbatims are many")
            assert w.channel.last_message == unasked

    asyncio.run(story())


@extra
def test_every_open_page_is_led_to_the_newest_message(engine: Engine) -> None:
    async def story() -> None:
        async with preview.world(preview.make_bot(shelf(engine))) as w:
            page = w.env.preview(w.channel, viewers=[w.asker], layout="channel")
            preview._follow_newest(page, w)
            async with page:
                opened = page._open_page()
                await w.asker.send(w.channel, f"{w.mention} Who is right?")
                page._publish_message_pages()
                assert w.channel.last_message is not None
                assert opened.target_id == w.channel.last_message.id

    asyncio.run(story())
