"""A file is written whole, or the former one stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.text.whole_file import write_whole


def test_a_file_is_made_and_replaced_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    for data in (b"first", b"second"):
        write_whole(file, data)
        assert file.read_bytes() == data
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "page.html", tmp_path / "link"
    file.write_bytes(b"first")
    link.symlink_to(file)
    write_whole(link, b"second")
    assert (link.is_symlink(), file.read_bytes()) == (True, b"second")


def test_what_fails_leaves_the_former_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "page.html"
    file.write_bytes(b"first")
    monkeypatch.setattr("bot.text.whole_file.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"second")
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]
