"""`verbatim run`: how it starts, goes on, and stops, with discord.py's own networking against a fake Discord on loopback."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import discord
import pytest
from conftest import MakePack
from fakes.command_line import Terminal
from fakes.loopback import Drive, Fault, fake_discord
from fakes.scene import LIFT, ROOF, worded

from bot.client import keeping, running
from bot.client.limits import IDENTIFIES_A_DAY
from bot.client.running import run, token_fault
from bot.config import Settings
from bot.engine.pipeline import Engine
from bot.errors import FileFaults

TOKEN = "MTIzNDU2Nzg5.abc-DE.fgh_IJ-klmnop"
MESSAGE_CONTENT = discord.Intents(message_content=True).value


def terminate(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


@pytest.mark.parametrize("environ", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " \n"}])
def test_without_a_token_it_says_how_to_get_one(
    settings: Settings, capsys: pytest.CaptureFixture[str], environ: dict[str, str]
) -> None:
    assert run(settings, settings.pack, environ) == 2
    said = capsys.readouterr().err
    for step in ("New Application", "Reset Token", "DISCORD_TOKEN", "verbatim chat", "scope=bot+applications.commands"):
        assert step in said
    allowed = discord.Permissions(int(re.search(r"permissions=(\d+)", said)[1]))  # type: ignore[index]
    assert {name for name, on in allowed if on} == {
        "read_messages",
        "send_messages",
        "send_messages_in_threads",
        "read_message_history",
    }


@pytest.mark.parametrize(
    ("token", "fault"),
    [
        (f"{TOKEN}\n", "white space"),
        (f"  {TOKEN}", "white space"),
        (TOKEN.replace(".", " ."), "white space"),
        (f'"{TOKEN}"', "quotation marks"),
        (f"'{TOKEN}'", "quotation marks"),
        (f"Bot {TOKEN}", '"Bot "'),
        (f"bot {TOKEN}", '"Bot "'),
        ("MTIzNDU2Nzg5.abc", "three parts"),
        (f"{TOKEN}.x", "three parts"),
        ("..", "three parts"),
        ("MTIzNDU2.äöü.abc", "three parts"),
    ],
)
def test_a_malformed_token_is_explained_and_never_shown(
    settings: Settings, capsys: pytest.CaptureFixture[str], token: str, fault: str
) -> None:
    assert run(settings, settings.pack, {"DISCORD_TOKEN": token}) == 2
    out, err = capsys.readouterr()
    assert fault in err
    assert err.count("\n") == 1
    assert not any(part in out + err for part in ("MTIz", "fgh_IJ"))


def test_a_well_formed_token_has_no_fault() -> None:
    assert token_fault(TOKEN) is None


def test_a_fault_of_the_pack_is_raised_for_the_command_line_to_print(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(FileFaults):
        run(settings, tmp_path / "no such pack", {"DISCORD_TOKEN": TOKEN})


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("reader", [True, False])
def test_a_pack_is_learnt_before_the_first_question_by_the_reader_if_the_settings_say_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reader: bool
) -> None:
    """The vectors of the phrasings are made at the start, and a terminal shows how far that has come."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with fake_discord("ready", on_heartbeat=terminate(signal.SIGTERM)):
        assert run(replace(settings, reader=reader), settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert (tmp_path / "cache" / "verbatim" / "millbrook.vectors").is_file() is reader
    assert ("Reading the pack's phrasings, once: " in terminal.getvalue()) is reader


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_connection_and_ends_with_status_0(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with fake_discord("ready", on_heartbeat=terminate(number)) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert (fake.identifies, fake.clean_closes) == (1, 1)


@pytest.mark.usefixtures("quiet_loggers")
def test_a_refused_token_ends_with_status_3(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    with fake_discord("ready", login_status=401) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 3
    assert fake.identifies == 0
    assert "refuses the token" in log.text
    assert TOKEN not in log.text


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize(("close_code", "status"), [(4004, 3), (4014, 4)])
def test_a_refusal_by_the_gateway_is_not_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, close_code: int, status: int
) -> None:
    with fake_discord(close_code) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == status
    assert fake.identifies == 1


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("granted", ["gateway_message_content", "gateway_message_content_limited"])
def test_a_bot_that_is_to_listen_asks_for_the_text_of_messages(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, granted: str
) -> None:
    flags = getattr(discord.ApplicationFlags, granted).flag
    with fake_discord("ready", flags=flags, on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(replace(settings, listen=True), settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    [intents] = fake.intents
    assert intents & MESSAGE_CONTENT


@pytest.mark.usefixtures("quiet_loggers")
def test_where_the_portal_does_not_grant_that_it_says_so_and_starts_without(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    with fake_discord("ready", on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(replace(settings, listen=True), settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    [intents] = fake.intents
    assert not intents & MESSAGE_CONTENT
    assert log.text.count("turn it on under Privileged Gateway Intents") == 1


@pytest.mark.usefixtures("quiet_loggers")
def test_an_unknown_close_code_starts_a_new_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "FIRST_WAIT", 0.01)
    with fake_discord(4012, 4012, "ready", on_heartbeat=terminate(signal.SIGTERM)) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert fake.identifies == 3
    assert log.text.count("starting again in") == 2


@pytest.mark.usefixtures("quiet_loggers")
def test_a_changed_pack_takes_over_between_two_questions_and_a_faulty_one_never_does(
    settings: Settings, make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(running, "WATCH_EVERY", 0.05)
    folder = make_pack()
    entries = folder / "faq" / "library.yaml"
    whole = entries.read_text(encoding="utf-8")

    def answered() -> str:
        asked = fake.dm(LIFT)
        assert fake.until(lambda: fake.seen(asked))
        return fake.seen(asked)[0]

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        assert answered().startswith("**Ruth Bell.**\n")
        entries.write_text(whole.replace("cites: [lift]", "cites: [stairs]"), encoding="utf-8")
        assert fake.until(lambda: "goes on as it was" in log.text)
        assert "stairs" in log.text
        assert answered().startswith("**Ruth Bell.**\n")
        entries.write_text(whole.replace('  lead: "Ruth Bell."\n', ""), encoding="utf-8")
        assert fake.until(lambda: log.text.count("read anew: millbrook") == 1)
        assert answered().startswith("**The article**, reporting Ruth Bell")
        os.kill(os.getpid(), signal.SIGHUP)
        assert fake.until(lambda: log.text.count("read anew: millbrook") == 2)

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(replace(settings, pack=folder), folder, {"DISCORD_TOKEN": TOKEN})) == 0
    assert fake.identifies == 1
    assert log.text.count("goes on as it was") == 1


@pytest.mark.usefixtures("quiet_loggers")
def test_questions_that_a_resumed_connection_brings_again_are_answered_once(settings: Settings, tiny: Engine) -> None:
    """discord.py's own networking and SQLite: the connection is cut after the events, and Discord sends them again."""

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        asked = fake.say_all([(LIFT if n % 2 else ROOF, fake.dm_channel(7), 7) for n in range(200)])
        fake.close(4000)
        assert fake.until(lambda: fake.resumes)
        last = fake.dm(LIFT)
        assert fake.until(lambda: all(map(fake.seen, [*asked, last])))
        assert sorted(int(m["nonce"]) for m in fake.sent) == [q.id for q in (*asked, last)]
        assert {m["content"] for m in fake.sent} == {worded(tiny, LIFT), worded(tiny, ROOF)}

    with fake_discord(repeats=True) as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0
    assert fake.resumes == 1
    assert len(fake.sent) == 201


@pytest.mark.usefixtures("quiet_loggers")
def test_a_message_whose_acknowledgement_is_lost_is_sent_again_under_the_same_nonce(settings: Settings, tiny: Engine) -> None:
    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        fake.fail(Fault("POST", "/channels/*/messages", taken=True, cut="close"))
        asked = fake.dm(LIFT)
        assert fake.until(lambda: len(fake.sent) >= 2)
        assert [(m["nonce"], m["enforce_nonce"]) for m in fake.sent] == [(str(asked.id), True)] * 2
        assert fake.seen(asked) == [worded(tiny, LIFT)]

    with fake_discord() as fake:
        assert Drive(story).run(lambda: run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN})) == 0


def stopping(error: BaseException) -> str:
    """What stands in for the place of an error: the process is told to stop at that moment."""
    os.kill(os.getpid(), signal.SIGTERM)
    return ""


@pytest.mark.usefixtures("quiet_loggers")
def test_an_address_that_discord_has_banned_waits_the_longest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "place", stopping)
    with fake_discord("ready", login_status=429):
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert f"starting again in {keeping.LONGEST_WAIT:.0f} s" in log.text


@pytest.mark.usefixtures("quiet_loggers")
def test_a_signal_between_two_connections_ends_with_status_0(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(keeping, "place", stopping)
    with fake_discord(4012) as fake:
        assert run(settings, settings.pack, {"DISCORD_TOKEN": TOKEN}) == 0
    assert fake.identifies == 1
    assert signal.getsignal(signal.SIGTERM) == handler


def test_even_without_end_restarts_cannot_spend_a_day_s_identifies() -> None:
    assert 24 * 60 * 60 / keeping.LONGEST_WAIT < IDENTIFIES_A_DAY


@pytest.mark.usefixtures("quiet_loggers")
@pytest.mark.parametrize("ends", [False, True])
def test_a_notice_goes_when_the_wait_is_over_and_quietly_stays_where_its_client_has_ended(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture, ends: bool
) -> None:
    monkeypatch.setattr(keeping, "FIRST_WAIT", 0.01)

    def story(_: Drive) -> None:
        assert fake.until(fake.is_ready)
        first, second = fake.dm(LIFT), fake.dm(LIFT)  # the second too soon, however long the first takes
        assert fake.until(lambda: fake.seen(first) and fake.seen(second))
        if ends:
            fake.close(4012)
            assert fake.until(lambda: fake.identifies == 2 and fake.is_ready())
            time.sleep(1.5)
        else:
            assert fake.until(gone)

    def gone() -> bool:
        return any(request.method == "DELETE" for request in fake.requests)

    with fake_discord() as fake:
        run_it = partial(run, replace(settings, cooldown=1.5), settings.pack, {"DISCORD_TOKEN": TOKEN})
        assert Drive(story).run(run_it) == 0
        assert gone() is not ends
    assert "never retrieved" not in log.text
