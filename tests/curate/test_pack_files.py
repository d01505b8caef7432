"""A curator's decisions in the files of a pack: proved, undone, gathered in a patch, and whole whenever the program is killed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import GAPS, MakePack, write_pack
from fakes.killed import killed

from bot.curate.exchange import finish
from bot.curate.misses import Group
from bot.curate.pack_files import JOURNAL, MOST_UNDONE, PackFiles, can_write
from bot.curate.review import (
    DECIDED,
    AddPhrasings,
    Confirm,
    Leave,
    Missed,
    NewEntry,
    NewGap,
    Record,
    Undecidable,
    Unreached,
    edited,
)
from bot.errors import FileFaults
from bot.pack.loading import load

MISSED = Missed(Group(("who pays for the lift", "who is to pay for a lift"), 4, 3, 2), ("second-lift",), ("lift",))
OTHER = Missed(Group(("what colour is the lift",), 4, 3, 2), ("second-lift",), ("lift",))


def held(folder: Path) -> dict[str, bytes]:
    """The files of a pack, but for what can be undone."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != JOURNAL}


def test_a_decision_with_which_the_pack_would_not_load_changes_nothing(make_pack: MakePack) -> None:
    folder = make_pack()
    before = held(folder)
    files = PackFiles(folder)
    with pytest.raises(FileFaults, match="there is no quote 'no-such'"):
        files.decide(MISSED, NewEntry("Who pays?", ("no-such",)))
    assert held(folder) == before
    assert not (folder / JOURNAL).exists()
    assert list(folder.parent.iterdir()) == [folder]
    assert files.decide(MISSED, AddPhrasings("second-lift")) == ("phrases.txt", DECIDED)


def test_a_decision_that_another_program_makes_meanwhile_is_not_lost(
    make_pack: MakePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_pack()
    files = PackFiles(folder)

    def edited_late(*given: Any) -> dict[str, str]:
        changes = edited(*given)
        monkeypatch.undo()
        PackFiles(folder).decide(OTHER, AddPhrasings("second-lift"))
        return changes

    monkeypatch.setattr("bot.curate.pack_files.edited", edited_late)
    with pytest.raises(FileFaults, match="was changed meanwhile"):
        files.decide(MISSED, AddPhrasings("second-lift"))
    assert OTHER.group.texts[0] in (folder / "phrases.txt").read_text(encoding="utf-8")


def test_decisions_are_undone_one_after_the_other_also_in_a_later_session(make_pack: MakePack) -> None:
    folder = make_pack({"gaps.yaml": f"\ufeff{GAPS}"})
    states = [held(folder)]
    for item, decision in ((MISSED, AddPhrasings("second-lift")), (OTHER, NewGap("What colour is the lift?", "its colour"))):
        PackFiles(folder).decide(item, decision)
        states.append(held(folder))
    assert states[2]["gaps.yaml"].startswith("\ufeff".encode())
    files = PackFiles(folder)
    files.decide(Unreached("x", 1, ()), Leave())
    for before in reversed(states):
        assert files.undo()
        assert held(folder) == before
        assert files.pack.version == load(folder).version
    assert files.undo() == ()
    assert not (folder / JOURNAL).exists()


def test_what_was_changed_since_is_not_undone(make_pack: MakePack) -> None:
    folder = make_pack()
    files = PackFiles(folder)
    files.decide(OTHER, NewGap("What colour is the lift?", "its colour"))
    with (folder / "gaps.yaml").open("a", encoding="utf-8") as file:
        file.write("# A remark.\n")
    before = held(folder)
    with pytest.raises(FileFaults, match=r"gaps\.yaml: was changed since that decision"):
        files.undo()
    assert held(folder) == before


@pytest.mark.parametrize(
    "journal",
    ["", "{}", "[", '"x"', "\x80", "[1]", "[[]]", "[null]", '[{"gaps.yaml": ["x"]}]', '[{"gaps.yaml": [1, 2]}]', "[" * 99_999],
)
def test_a_journal_that_somebody_has_spoilt_undoes_nothing(make_pack: MakePack, journal: str) -> None:
    folder = make_pack()
    (folder / JOURNAL).write_text(journal, encoding="latin-1")
    assert PackFiles(folder).undo() == ()


@pytest.mark.parametrize(
    "name", ["{folder}/../mine.txt", "../mine.txt", "faq/../../mine.txt", ".git/hooks/post-commit", "article.txt"]
)
def test_the_journal_of_a_stranger_s_pack_writes_nothing_that_a_decision_could_not(make_pack: MakePack, name: str) -> None:
    folder = make_pack()
    nothing = hashlib.sha256(b"").hexdigest()
    (folder / JOURNAL).write_text(json.dumps([{name.format(folder=folder): ["evil", nothing]}]), encoding="utf-8")
    before = held(folder)
    assert PackFiles(folder).undo() == ()
    assert held(folder) == before
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.skipif(os.name != "posix", reason="links want a privilege on Windows")
def test_what_leads_back_to_the_pack_from_its_copy_is_not_written_through(make_pack: MakePack) -> None:
    folder = make_pack()
    (folder / "gaps.yaml").rename(folder / "mine.txt")
    (folder / "gaps.yaml").symlink_to(folder / "mine.txt")
    before = held(folder)
    with pytest.raises(FileFaults, match=r"gaps\.yaml: is a link that leads out of a copy of the pack"):
        PackFiles(folder).decide(MISSED, NewGap("What colour is the lift?", "its colour"))
    assert held(folder) == before


def test_what_somebody_else_has_changed_meanwhile_is_read_anew(make_pack: MakePack) -> None:
    folder = make_pack()
    files = PackFiles(folder)
    gaps = (folder / "gaps.yaml").read_text(encoding="utf-8")
    drafted = Record("gaps", "gaps.yaml", "gap-salary", "", True, ("question: ...",))
    (folder / "gaps.yaml").write_text(gaps.replace("id: gap-salary", "id: gap-pay"), encoding="utf-8")
    with pytest.raises(Undecidable, match=r"gap-salary is not in gaps\.yaml any more"):
        files.decide(drafted, Confirm())
    assert "gap-pay" in files.pack.by_id
    (folder / "gaps.yaml").write_text("- id: [", encoding="utf-8")
    with pytest.raises(FileFaults, match=r"gaps\.yaml:\d: is not valid YAML"):
        files.decide(drafted, Confirm())
    (folder / "gaps.yaml").write_text(gaps, encoding="utf-8")
    assert files.decide(OTHER, Leave()) == (DECIDED,)


def test_a_file_of_decisions_that_is_no_text_is_a_fault(make_pack: MakePack) -> None:
    folder = make_pack()
    (folder / DECIDED).write_bytes("question: what\n".encode("utf-16"))
    with pytest.raises(FileFaults, match=r"decided\.txt: is not UTF-8: byte 0 cannot be read\. Fix: save the file as UTF-8\."):
        PackFiles(folder).texts()


def test_nobody_s_folder_is_exchanged_from_under_them(make_pack: MakePack, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_pack()
    before = held(folder)
    monkeypatch.chdir(folder / "faq")
    with pytest.raises(
        FileFaults,
        match=r"cannot be changed from within\. Fix: go to the folder that it lies in, .*, and name the pack as millbrook there",
    ):
        PackFiles(Path("..")).decide(OTHER, Leave())
    assert held(folder) == before


def test_a_full_disk_is_told_as_that(make_pack: MakePack, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path, **_: object) -> None:
        raise shutil.Error([(str(source), str(target), "[Errno 28] No space left on device")])

    folder = make_pack()
    files = PackFiles(folder)
    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(FileFaults, match=r"cannot be changed \(\[Errno 28\] No space left on device\), and is left as it is"):
        files.decide(OTHER, Leave())
    with pytest.raises(FileFaults, match=r"cannot be copied \(\[Errno 28\] No space left on device\)"):
        PackFiles(folder, folder.parent / "a.patch")
    assert list(folder.parent.iterdir()) == [folder]


def test_no_more_can_be_undone_than_there_is_room_for(make_pack: MakePack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.curate.pack_files.MOST_UNDONE", 2)
    assert MOST_UNDONE > 2
    files = PackFiles(make_pack())
    for n in range(4):
        files.decide(Unreached(f"sentence {n}", 1, ()), Leave())
    assert [bool(files.undo()) for _ in range(3)] == [True, True, False]


def test_a_patch_does_elsewhere_what_the_decisions_do_here(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack({"gaps.yaml": GAPS.rstrip("\n")})  # without an end of its last line
    before, twin, patch = held(folder), tmp_path / "twin", tmp_path / "a.patch"
    shutil.copytree(folder, twin)
    files = PackFiles(folder, patch)
    files.decide(MISSED, AddPhrasings("second-lift"))
    files.decide(OTHER, NewGap("What colour is the lift?", "its colour"))
    assert held(folder) == before
    here = held(files.folder)
    files.close()
    subprocess.run(
        ["git", "apply", "-p1", str(patch)], cwd=twin, check=True, timeout=60, env={**os.environ, "GIT_DIR": "/nowhere"}
    )
    assert held(twin) == here
    assert load(twin).by_id["gap-colour-lift"].looked_for == "its colour"
    with pytest.raises(FileFaults, match=r"is there already, and is left as it is\. Fix: apply and remove it"):
        PackFiles(folder, patch)


@pytest.mark.skipif(os.name != "posix", reason="links want a privilege on Windows")
def test_a_patch_is_made_beside_an_editor_s_lock_and_only_in_a_folder_that_is_there(make_pack: MakePack, tmp_path: Path) -> None:
    folder = make_pack()
    (folder / ".#gaps.yaml").symlink_to("somebody@machine.1")
    PackFiles(folder, tmp_path / "a.patch").close()
    with pytest.raises(FileFaults, match=r"there is no folder .*none\. Fix: make it, or name another file with --patch\."):
        PackFiles(folder, tmp_path / "none" / "a.patch")


def test_a_patch_of_which_all_is_undone_is_none(make_pack: MakePack, tmp_path: Path) -> None:
    files = PackFiles(make_pack(), tmp_path / "a.patch")
    files.decide(MISSED, Leave())
    assert (tmp_path / "a.patch").read_text(encoding="utf-8").startswith(f"--- /dev/null\n+++ b/{DECIDED}\n")
    files.undo()
    assert not (tmp_path / "a.patch").exists()
    files.close()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions as POSIX has them, which root need not heed")
def test_a_folder_that_cannot_be_written_is_known(make_pack: MakePack) -> None:
    folder = make_pack()
    assert can_write(folder)
    folder.chmod(0o500)
    try:
        assert not can_write(folder)
    finally:
        folder.chmod(0o700)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions as POSIX has them, which root need not heed")
def test_where_a_folder_may_not_be_looked_into_no_renaming_is_advised(make_pack: MakePack) -> None:
    folder = make_pack()
    folder.parent.chmod(0)
    try:
        with pytest.raises(PermissionError):  # which the command line tells of any path
            finish(folder)
    finally:
        folder.parent.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_a_patch_is_written_for_a_folder_that_can_only_be_read(make_pack: MakePack, tmp_path: Path) -> None:
    folder, patch = make_pack(), tmp_path / "a.patch"
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o500 if path.is_dir() else 0o400)
    files = PackFiles(folder, patch)
    try:
        assert all(path.stat().st_mode & 0o200 for path in (files.folder, *files.folder.rglob("*")))
        assert files.decide(OTHER, NewGap("What colour is the lift?", "its colour"))
        assert "What colour is the lift?" in patch.read_text(encoding="utf-8")
        assert files.undo()
    finally:
        files.close()
        for path in paths:
            path.chmod(0o700)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("nth", [0, 1, 2])
def test_ctrl_c_at_a_renaming_leaves_a_whole_pack(
    make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, nth: int, after: bool
) -> None:
    folder = make_pack()
    files, before, rename = PackFiles(folder), held(folder), os.rename
    left = [nth]

    def interrupted(source: Path, target: Path) -> None:
        left[0] -= 1
        if left[0] >= 0 or left[0] < -1:
            return rename(source, target)
        if after:
            rename(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.decide(MISSED, AddPhrasings("second-lift"))
    assert list(folder.parent.iterdir()) == [folder]
    assert (held(folder) == before) == (not (nth == 2 and after))
    assert bool(PackFiles(folder).undo()) == (nth == 2 and after)
    assert held(folder) == before


# The worker of the tests has a thread; what is forked uses none of its locks.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_whenever_it_is_killed_the_pack_is_whole_and_the_decision_holds_or_does_not(tmp_path: Path) -> None:
    """kill -9 before every file that is written, copied, made, renamed or removed, one after the other."""

    def prepare() -> Callable[[], object]:
        files = PackFiles(folder)
        missed = Missed(OTHER.group, OTHER.topics, ())
        return lambda: files.decide(missed, NewGap("What colour is the lift?", "its colour"))

    def counts(event: str, arguments: tuple[Any, ...]) -> bool:
        return event != "open" or "w" in str(arguments[1])

    seen = {True: 0, False: 0}
    for step in range(200):
        folder = tmp_path / f"step-{step}" / "millbrook"
        folder.mkdir(parents=True)
        write_pack(folder, {})
        before = held(folder)
        if not killed(step, prepare, counts):
            break
        finish(folder)
        files = PackFiles(folder)
        is_decided = "gap-colour-lift" in files.pack.by_id
        seen[is_decided] += 1
        assert is_decided or held(folder) == before
        assert list(folder.parent.iterdir()) == [folder]
        assert bool(files.undo()) == is_decided
        assert held(folder) == before
    else:
        pytest.fail("it never came to its end")
    assert min(seen.values()) >= 1
