"""`verbatim update`: what it shows, when it asks, and when it writes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import ARTICLE, MakePack
from fakes.command_line import Cli, Terminal, refused

from bot.pack.loading import load

# Five corrections: in a quote, in a number that leads rest on, a sentence taken out, one put elsewhere, one that answers a gap.
ROOF = "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”"
FIVE = (
    ("finally be full", "at last be full"),
    ("412 readers", "421 readers"),
    ("Councillor Ruth Bell also called for a second lift in the building.\n\n", ""),
    (f"again.\n\n{ROOF}", f"again. {ROOF[1:]}"),
    ("a petition.\n", "a petition. The library will open at ten in the morning.\n"),
)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    corrected = ARTICLE
    for old, new in FIVE:
        assert corrected.count(old) == 1
        corrected = corrected.replace(old, new)
    path = tmp_path / "new.txt"
    path.write_text(corrected, encoding="utf-8")
    return path


def test_what_looks_like_the_page_and_is_new_is_told(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    make_pack()
    (tmp_path / "page.txt").write_text(f"{ARTICLE}\n\nRead more: A bakery closes\n", encoding="utf-8")
    ran = cli("update", "millbrook", tmp_path / "page.txt", "--dry-run")
    assert (
        "    'Read more: A bakery closes' is new and looks like the page's: take it out of the new text, unless the article has it\n"
        in ran.out
    )
    told = cli("update", "millbrook", tmp_path / "page.txt", "--dry-run", "--json").json
    assert told["perhaps_page"] == ["Read more: A bakery closes"]
    assert "looks like the page's" not in cli("update", "millbrook", "millbrook/article.txt", "--dry-run").out


def test_five_corrections_are_told_and_written(cli: Cli, make_pack: MakePack, text: Path) -> None:
    folder = make_pack()
    ran = cli("update", "millbrook", text, "--yes")
    sys.stdout.write(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("millbrook: Millbrook library\n  sentences     3 changed, 1 added, 1 removed; 3 as they were\n")
    for line in (
        "    added, paragraph 1\n      + The library will open at ten in the morning.",
        "  kept          4 quotes of 7, word for word",
        "  moved         2 quotes, 1 of them with the whole paragraph\n    quotes.yaml:17: roof: from paragraph 3 to paragraph 2",
        "  switched off  1 person, 3 quotes, 4 entries, 1 premise",
        "    quotes.yaml:13: room: the text of 'room' is not in the article.\n"
        "      nearest now: “The reading room will at last be full again.”",
        "    faq/library.yaml:22: petition-size: what it cites is switched off: sundays.",
        "    pack.yaml: positions: without lift; still has waited",
        "    1 gap with fewer nearest passages: gap-opening-hour",
        "    questions.yaml: not asked while it is off, what expects petition-size",
        "  answered now  1 gap\n"
        "    gaps.yaml:1: gap-opening-hour: switched off, since it is answered by “The library will open at ten in the morning.”",
        "    quotes.yaml:17: roof: reed: “My colleague Tom Reed told me",
    ):
        assert f"{line}" in ran.out
    pack = load(folder)
    assert set(pack.quotes) == {"headline", "waited", "roof", "friends"}
    assert "gap-opening-hour" not in pack.by_id
    checked = cli("check", "--pack", folder)
    assert (
        "  off         1 in people.yaml, 3 in quotes.yaml, 4 in faq/library.yaml, 1 in gaps.yaml, 1 in premises.yaml: mend each"
        in checked.out
    )
    assert "    quotes.yaml:16: room: " in checked.out
    assert "\n  former      1 text, the last until 2" in checked.out
    assert cli("update", folder, text).out.endswith("  This is the text that the pack stands on. Nothing is to be done.\n")


def test_json_says_the_same(cli: Cli, make_pack: MakePack, text: Path) -> None:
    folder = make_pack()
    ran = cli("update", folder, text, "--dry-run", "--json")
    assert (ran.status, ran.err) == (0, "")
    told = ran.json
    assert told["kept"] == ["headline", "waited", "roof", "friends"]
    assert [s["change"] for s in told["sentences"]].count("changed") == 3
    assert {o["id"] for o in told["switched_off"]} >= {"bell", "sundays", "room", "lift", "petition-size"}
    assert told["moved"][0] == {"file": "quotes.yaml", "line": 17, "id": "roof", "before": 3, "after": 2}
    assert [(a["id"], a["sure"]) for a in told["answered"]] == [("gap-opening-hour", True)]
    assert (told["needed"], told["reader"], told["pack"]["sha256"]) == (True, True, load(folder).article.sha256)
    assert told["written"] is None
    assert cli("update", folder, text, "--json").json == told  # a program is never asked
    written = cli("update", folder, text, "--json", "--yes").json["written"]
    assert load(Path(written)).article.sha256 == told["pack"]["sha256"]
    assert cli("update", folder, "none.txt", "--json").json["faults"][0]["fix"] == "name the file with the corrected text."


def test_nothing_is_written_where_nobody_agrees(cli: Cli, make_pack: MakePack, text: Path) -> None:
    folder = make_pack()
    before = load(folder).version
    assert cli("update", folder, text, "--dry-run").status == 0
    ran = cli("update", folder, text)
    assert ran.status == 2
    assert ran.err == "verbatim: nothing is written. Fix: add --yes to write this, or --dry-run where seeing it is enough.\n"
    assert "switched off" in ran.out
    for answer in ("n\n", "\n", ""):
        ran = cli("update", folder, text, stdin=Terminal(answer))
        assert (ran.status, ran.err) == (0, f"Write this to {folder}? [y/N] Nothing is written.\n")
    assert load(folder).version == before
    assert not list(folder.parent.glob("*before*"))


def test_a_yes_at_a_terminal_writes_and_says_where_the_former_pack_is(cli: Cli, make_pack: MakePack, text: Path) -> None:
    folder = make_pack()
    ran = cli("update", folder, text, stdin=Terminal("y\n"))
    (backup,) = folder.parent.glob("millbrook.before-*")
    assert ran.status == 0
    assert f"Written. The former pack is kept as {backup}.\nNext: `verbatim review --pack " in ran.out
    assert load(folder).article.text == text.read_text(encoding="utf-8")


def test_without_the_reader_gaps_are_not_looked_at(cli: Cli, make_pack: MakePack, text: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text('pack: millbrook\nreader: "off"\n', encoding="utf-8")
    ran = cli("update", make_pack(), text, "--yes", "--config", config)
    assert ran.status == 0
    assert "  answered now  not looked for, as the reader is off\n" in ran.out
    assert "gap-opening-hour" in load(tmp_path / "millbrook").by_id


def test_an_update_that_was_cut_off_is_ended_first(cli: Cli, make_pack: MakePack, text: Path) -> None:
    folder = make_pack()
    work = folder.with_name(".millbrook.update")
    work.mkdir()
    os.rename(folder, work / "proved")
    ran = cli("ask", "--pack", folder, "reading room")
    assert (
        "a change of this pack was cut off. Fix: run the same `verbatim update` or `verbatim review` again: it ends what was begun."
        in ran.err
    )
    ran = cli("update", folder, text, "--dry-run")
    assert (ran.status, ran.err) == (0, f"{folder}: a change that was cut off is done now.\n")
    assert not work.exists()


def test_html_is_read_as_by_new(cli: Cli, make_pack: MakePack, tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    page = tmp_path / "page.html"
    page.write_text(
        "<html><body><article><h1>Library to open on Sundays after readers’ petition</h1>"
        + "".join(f"<p>{p}</p>" for p in ARTICLE.split("\n\n")[2:])
        + "</article></body></html>",
        encoding="utf-8",
    )
    ran = cli("update", make_pack(), page, "--dry-run")
    assert ran.status == 0
    assert "  kept          7 quotes of 7" in ran.out


def test_what_cannot_be_read_is_told_with_what_mends_it(cli: Cli, make_pack: MakePack, tmp_path: Path, text: Path) -> None:
    folder = make_pack()
    refused(cli("update", folder, "none.txt"), "none.txt: there is no such file. Fix: name the file with the corrected text.")
    refused(
        cli("update", text, text),
        f"{text}: is a text without curation. Fix: replace the text itself: nothing else belongs to it.",
    )
    assert cli("update", tmp_path / "no", text).status == 2


def test_nobody_s_folder_is_updated_from_under_them(
    cli: Cli, make_pack: MakePack, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_pack()
    monkeypatch.chdir(folder)
    refused(
        cli("update", ".", text, "--yes"),
        f".: cannot be changed from within. Fix: go to the folder that it lies in, {folder.parent}, and name the pack as {folder.name} there.",
    )
    assert cli("update", ".", text, "--dry-run").status == 0
