"""The audit: what a report of pip-audit means, and that it neither fails nor hangs where PyPI cannot be asked."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tools import audit
from tools.audit import judged, main

SOUND = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
UNKNOWN = {"name": "verbatim-bot", "skip_reason": "distribution marked as editable"}


def holed(*fixes: str) -> dict[str, Any]:
    return {"name": "yarl", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": list(fixes)}]}


def test_nothing_known_is_status_0_and_names_what_could_not_be_looked_up() -> None:
    assert judged({"dependencies": [SOUND]}) == (0, "no known vulnerability in 1 packages")
    assert judged({"dependencies": [SOUND, UNKNOWN]}) == (0, "no known vulnerability in 1 packages; not known: verbatim-bot")


def test_a_known_one_is_status_1_with_the_way_out() -> None:
    assert judged({"dependencies": [SOUND, holed("1.1", "2.0")]}) == (1, "yarl 1.0: PYSEC-1. Fix: take 1.1 or 2.0.")
    assert judged({"dependencies": [holed()]}) == (1, "yarl 1.0: PYSEC-1. Fix: there is none yet; do without it.")


def test_an_index_that_knows_nothing_is_said_so_and_not_taken_for_sound() -> None:
    status, said = judged({"dependencies": [UNKNOWN]})
    assert (status, said) == (0, "skipped: of none of 1 packages is anything known (distribution marked as editable)")


@pytest.mark.parametrize(
    ("out", "err", "status", "said"),
    [
        (json.dumps({"dependencies": [SOUND]}), "", 0, "no known vulnerability in 1 packages"),
        (json.dumps({"dependencies": [holed("1.1")]}), "Found 1 known vulnerability", 1, "yarl 1.0: PYSEC-1. Fix: take 1.1."),
        ("", "Traceback\nConnectionError: no route", 0, "skipped: pip-audit could not ask PyPI (ConnectionError: no route)"),
        ("", "", 0, "skipped: pip-audit could not ask PyPI (it printed nothing)"),
    ],
)
def test_what_pip_audit_prints_decides(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: str, err: str, status: int, said: str
) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, out, err))
    assert main() == status
    assert capsys.readouterr().out == said + "\n"


def test_it_does_not_hang(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(audit, "PATIENCE", 0.01)
    assert main() == 0
    assert capsys.readouterr().out == "skipped: pip-audit could not ask PyPI (no end within 0.01 s)\n"
