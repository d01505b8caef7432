"""The log says what happened, and never what was asked or who asked."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from fakes.scene import Scene, play

from bot.client.log import JsonLines, TextLines, place
from bot.engine.pipeline import Engine


def test_an_error_is_described_without_its_message() -> None:
    def fail() -> None:
        try:
            raise KeyError("xylophone")
        except KeyError as cause:
            raise RuntimeError("xylophone") from cause

    with pytest.raises(RuntimeError) as raised:
        fail()
    where = r"at test_log\.py:\d+"
    assert re.fullmatch(rf"RuntimeError {where}, from KeyError {where}", place(raised.value))


def test_an_answer_is_one_line_with_verdict_entry_confidence_and_server_and_nothing_of_the_asker(
    tiny: Engine, log: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    async def story(s: Scene) -> None:
        log.clear()
        await s.mention("who called for a second lift please, hoist")
        await s.asker.send_dm("best pizza in town?")
        seen.extend([s.guild.id, s.asker.id])

    play(story, tiny)
    lines = [record.getMessage() for record in log.records if record.name.startswith("bot")]
    assert len(lines) == 2
    assert re.fullmatch(rf"answered verdict=answer entry=second-lift confidence=[01]\.\d\d guild={seen[0]}", lines[0])
    assert lines[1].endswith("guild=-")
    assert not any(secret in log.text for secret in (str(seen[1]), "asker", "hoist", "pizza"))


def line(message: str, *arguments: object, error: BaseException | None = None, **fields: object) -> dict[str, object]:
    """What a record becomes in the JSON log."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bot.x", logging.WARNING, "x.py", 1, message, arguments, exc_info)
    record.created = 1_700_000_000.0625
    record.fields = fields
    written = JsonLines().format(record)
    assert written.isascii()
    assert "\n" not in written
    return dict(json.loads(written))


def test_a_record_is_one_json_object_with_its_time_in_utc() -> None:
    assert line("%s\u2028 said\n“no”", "\ud800 she", server=None, ms=1.5) == {
        "time": "2023-11-14T22:13:20.062Z", "level": "warning", "logger": "bot.x",
        "message": "\ud800 she\u2028 said\n“no”", "server": None, "ms": 1.5,
    }  # fmt: skip


def test_an_exception_is_told_by_type_and_place_and_never_by_its_message() -> None:
    try:
        raise KeyError("xylophone")
    except KeyError as error:
        found = line("Task exception was never retrieved\nfuture: <Task exception=%r>", error, error=error)
    assert found["message"] == "Task exception was never retrieved"
    assert re.fullmatch(r"KeyError at test_log\.py:\d+", str(found["error"]))
    assert "xylophone" not in json.dumps(found)


def test_as_text_too_an_exception_of_whichever_library_is_told_without_its_message() -> None:
    try:
        raise KeyError("xylophone")
    except KeyError as error:
        message = "Task exception was never retrieved\nfuture: <Task exception=%r>"
        exc_info = (type(error), error, error.__traceback__)
        record = logging.LogRecord("asyncio", logging.ERROR, "x.py", 1, message, (error,), exc_info)
    written = TextLines().format(record)
    assert re.fullmatch(r"\S+ \S+ ERROR   asyncio: Task exception was never retrieved: KeyError at test_log\.py:\d+", written)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_goes_to_standard_error_in_the_form_of_the_settings(form: str) -> None:
    code = (
        f"import logging; from bot.client.log import configure; configure('info', {form!r})\n"
        "logging.getLogger('bot.x').debug('no'); logging.getLogger('bot.x').info('yes'); logging.getLogger('discord').info('no')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, env={"PYTHONPATH": str(ROOT)}
    )
    (written,) = ran.stderr.splitlines()
    if form == "json":
        assert json.loads(written).items() >= {"level": "info", "logger": "bot.x", "message": "yes"}.items()
    else:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO    bot\.x: yes", written)
