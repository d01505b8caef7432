"""The page on the files of a pack: the pack that it builds up as an example has all files, loads, and holds what the guide says of it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from bot.pack.loading import load

GUIDE = (Path(__file__).parents[2] / "docs" / "pack-files.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_example_has_every_file_that_a_curator_writes() -> None:
    listed = re.findall(r"^\| `(\S+)` \|", GUIDE.partition("## Rules")[0], re.MULTILINE)
    assert set(FILES) == set(listed) - {"policy.yaml"}


def test_the_example_loads_and_reaches_every_sentence(folder: Path) -> None:
    pack = load(folder)
    assert hashlib.sha256(FILES["article.txt"].encode()).hexdigest() == pack.article.sha256
    assert pack.uncovered_sentences() == ()
    assert pack.by_id["opening-day"].bank == ("when can we come in on a sunday for the first time", "is it this sunday already")
    assert pack.by_id["opening-day"].near_misses[-1] == "is there a last sunday"
    assert pack.phrased["how long is it open on sundays"].id == "gap-hours"
