"""`verbatim review`: what is open, listed and in a terminal, where a key press is a decision."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FAQ, GAPS, QUOTES, ROOT, MakePack
from fakes.command_line import Cli, refused

from bot.cli.review import Review as Walk
from bot.curate.misses import Group
from bot.curate.pack_files import JOURNAL, PackFiles
from bot.curate.review import DECIDED, Missed, NewEntry, Record, SpeakerIs, WouldAnswer
from bot.pack.loading import load
from bot.store.sqlite import SqliteStore
from bot.store.values import DAY, STORE_FILE
from tools.recorded_terminal import CTRL_C, CTRL_D, CTRL_R, ENTER, UP, RecordedTerminal

DRAFTED = {
    "gaps.yaml": GAPS.replace("- id: gap-salary\n", "- id: gap-salary\n  drafted: true\n"),
    "quotes.yaml": QUOTES.replace(
        "- id: waited\n  speaker: kovacs\n", '- id: waited\n  drafted: true\n  open: "two people stand beside it"\n'
    ),
}
ASKED = ("who pays for the new lift", "who is paying for the lift", "who will pay for the second lift")
OPEN = "quotes.yaml: waited, open: two people stand beside it"
WIDE = 400  # columns: no row with the path of a folder of the tests in it is broken, however long that is
Review = Callable[..., RecordedTerminal]


def keep(state: Path, *texts: str) -> Path:
    """A state folder in which the texts were asked in vain, each on the last three days."""
    now = time.time()

    async def write(day: int) -> None:
        store = SqliteStore(state / STORE_FILE, lambda: now - day * DAY)
        for text in texts:
            await store.keep_miss(10, "millbrook", text, "unsure")
        await store.close()

    for day in (2, 1, 0):
        asyncio.run(write(day))
    return state


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != JOURNAL}


@pytest.fixture
def folder(make_pack: MakePack) -> Path:
    return make_pack(DRAFTED)


@pytest.fixture
def review(folder: Path, tmp_path: Path) -> Iterator[Review]:
    """`review("--quick")`: a review of the invented pack on a terminal, at its first point."""
    opened = []

    def open_(*argv: object, columns: int = WIDE) -> RecordedTerminal:
        variables = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path / "none")}
        terminal = RecordedTerminal(["review", "--pack", folder, "--quick", *argv], tmp_path, variables, columns)
        opened.append(terminal)
        terminal.wait_for("[1 of ")
        return terminal

    yield open_
    for terminal in opened:
        terminal.kill()


def test_without_a_terminal_it_lists_what_is_open_and_changes_nothing(cli: Cli, folder: Path) -> None:
    before = files_of(folder)
    ran = cli("review", "--pack", folder, "--quick")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(
        f"{folder}: Millbrook library. 2 points open, about 1 minute: 1 speaker not settled, 1 draft.\n\n{OPEN}\n  kind: direct\n"
    )
    assert "gaps.yaml: gap-salary, drafted\n  question: What does the librarian earn?" in ran.out
    assert files_of(folder) == before


def test_its_object_has_the_points_in_order(cli: Cli, folder: Path) -> None:
    found = cli("review", "--pack", folder, "--quick", "--json").json
    assert found["pack"]["slug"] == "millbrook"
    assert [(o["kind"], o["id"]) for o in found["open"]] == [("record", "waited"), ("record", "gap-salary")]


def test_what_its_own_tests_find_is_listed_too(cli: Cli, folder: Path) -> None:
    kinds = [o["kind"] for o in cli("review", "--pack", folder, "--json").json["open"]]
    assert {"record"} <= set(kinds) <= {"record", "would_answer", "confusable"}


def test_a_bare_text_and_a_state_folder_without_a_store_are_refused(cli: Cli, folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("A\n\nB.\n", encoding="utf-8")
    refused(
        cli("review", "--pack", text),
        f"{text}: is a text without curation, in which nothing is open. Fix: make a pack of it with `verbatim new`.",
    )
    refused(
        cli("review", "--pack", folder, "--state", tmp_path, "--quick"),
        f"{tmp_path / STORE_FILE}: is not there. Fix: name the folder that `state` in the bot's settings names.",
    )


@pytest.mark.parametrize("texts", [ASKED, ASKED[:1]])
def test_what_was_asked_in_vain_is_listed_in_groups(cli: Cli, folder: Path, tmp_path: Path, texts: tuple[str, ...]) -> None:
    keep(tmp_path / "state", *texts)
    found = cli("review", "--pack", folder, "--state", tmp_path / "state", "--quick", "--json").json["open"]
    assert found[0]["kind"] == "asked_in_vain"
    assert (set(found[0]["group"]["texts"]), found[0]["group"]["days"]) == (set(texts), 3)
    assert "second-lift" in found[0]["topics"]
    assert "lift" in found[0]["quotes"]


def test_a_speaker_is_named_and_a_draft_confirmed_by_key_presses_and_both_undone(review: Review, folder: Path) -> None:
    before = files_of(folder)
    terminal = review()
    terminal.wait_for(OPEN)
    terminal.press("s")
    terminal.wait_for("2 Anna Kovacs, Head librarian")
    terminal.wait_for("Number of who speaks")
    terminal.press("9", ENTER)
    terminal.wait_for("Type a number from 1 to 5.")
    terminal.press("2", ENTER)
    terminal.wait_for("[2 of 2] gaps.yaml: gap-salary, drafted")
    assert load(folder).quotes["waited"].speakers == ("kovacs",)
    terminal.press("c")
    terminal.wait_for("There is no further point.")
    terminal.press("u")
    terminal.wait_for(lambda rows: sum("[2 of 2]" in row for row in rows) == 2)
    terminal.press("c")
    terminal.wait_for(lambda rows: sum("There is no further point." in row for row in rows) == 2)
    terminal.press("q")
    terminal.wait_for("2 decisions kept. Nothing is open.")
    assert terminal.end() == 0
    assert load(folder).open_points == ()

    again = RecordedTerminal(
        ["review", "--pack", folder, "--quick"], folder.parent, {"PYTHONPATH": str(ROOT), "TERM": "xterm"}, WIDE
    )
    again.wait_for("Nothing is open.")
    again.wait_for(lambda rows: rows[-1] == ">")
    again.press("u")
    again.wait_for(lambda rows: rows[-1] == ">" and sum("There is no further point." in row for row in rows) == 2)
    again.press("u")
    again.wait_for("0 decisions kept, 2 others undone.")
    again.wait_for("goes on with it")
    assert again.end() == 0
    assert files_of(folder) == before


def test_a_decision_is_undone_and_leads_back(review: Review, folder: Path) -> None:
    terminal = review()
    terminal.press("c")
    terminal.wait_for("[2 of 2]")
    terminal.press("u")
    terminal.wait_for("Undone: quotes.yaml")
    terminal.wait_for(lambda rows: sum(OPEN in row for row in rows) == 2)
    terminal.press("u")
    terminal.wait_for("There is nothing to undo.")
    terminal.press("q")
    assert terminal.end() == 0
    assert (folder / "quotes.yaml").read_text(encoding="utf-8") == DRAFTED["quotes.yaml"]


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
@pytest.mark.parametrize("typing", [False, True])
def test_whoever_leaves_in_the_midst_keeps_what_was_decided(review: Review, folder: Path, key: str, typing: bool) -> None:
    terminal = review()
    terminal.press("n")
    terminal.wait_for("Not done:")  # the words stand in quotation marks
    terminal.press("c")
    terminal.wait_for("[2 of 2]")
    if typing:
        terminal.press("u")
        terminal.wait_for("Undone")
        terminal.press("s")
        terminal.wait_for("Number of who speaks")
    terminal.wait_for(lambda rows: rows[-1].endswith((">", "nobody yet):")))  # before it, the terminal itself would take the key
    terminal.press(key)
    terminal.wait_for("Next: `verbatim review --pack")
    assert terminal.end() == 0
    assert ("drafted" in (folder / "quotes.yaml").read_text(encoding="utf-8")) == typing


def test_a_narrow_terminal_breaks_no_word_and_no_choice(review: Review) -> None:
    rows = review(columns=60).wait_for(lambda rows: rows[-1] == ">")
    begun = next(i for i, row in enumerate(rows) if row.startswith("[1 of 2] "))
    assert rows[begun : begun + 2] == ["[1 of 2] quotes.yaml: waited, open: two people stand beside", "  it"]
    assert rows[-3:] == ["c it is right  s who speaks  n narration  l later", "u undo the last decision  q leave", ">"]


def test_what_is_pasted_and_keys_that_mean_nothing_do_nothing(review: Review, folder: Path) -> None:
    before = files_of(folder)
    terminal = review()
    terminal.wait_for(lambda rows: rows[-1] == ">")
    terminal.press("\x1b[200~ccc\x1b[201~", CTRL_R, ENTER, UP, "\x1b[15~", "z", "é", "水")
    terminal.read_for(1)
    assert terminal.rows[-1] == ">"
    terminal.press("q")
    assert terminal.end() == 0
    assert files_of(folder) == before


def test_what_another_review_has_decided_meanwhile_is_not_decided_again(review: Review, folder: Path) -> None:
    terminal = review()
    terminal.wait_for(lambda rows: rows[-1] == ">")
    PackFiles(folder).decide(Record("quotes", "quotes.yaml", "waited", "two people", True, ()), SpeakerIs("kovacs"))
    terminal.press("s")
    terminal.wait_for("Number of who speaks")
    terminal.press("2", ENTER)
    terminal.wait_for("It is so already.")
    terminal.wait_for(lambda rows: any("[2 of 2]" in row for row in rows) and rows[-1] == ">")
    terminal.press("u")  # the other's, as there is none of its own
    terminal.wait_for("Undone: quotes.yaml")
    terminal.press("q")
    terminal.wait_for("0 decisions kept, 1 other undone.")
    assert terminal.end() == 0


def test_a_group_becomes_a_gap_and_is_not_asked_again(review: Review, folder: Path, tmp_path: Path) -> None:
    keep(tmp_path / "state", *ASKED)
    terminal = review("--state", tmp_path / "state")
    terminal.wait_for("Asked in vain 9 times, on 3 days, in 1 server:")
    terminal.press("g")
    terminal.wait_for("The question, as a reader would ask it")
    terminal.press("Who pays for the lift?", ENTER)
    terminal.wait_for("The article does not say:")
    terminal.press("who pays for the lift", ENTER)
    terminal.wait_for("[2 of 3]")
    terminal.press("q")
    assert terminal.end() == 0
    gap = load(folder).by_id["gap-pays-lift"]
    assert set(gap.phrasings) == set(ASKED)
    assert (folder / DECIDED).is_file()
    again = review("--state", tmp_path / "state")
    again.wait_for("[1 of 2]")


def test_a_group_becomes_phrasings_of_a_topic_by_its_number_or_its_id(review: Review, folder: Path, tmp_path: Path) -> None:
    terminal = review("--state", keep(tmp_path / "state", *ASKED))
    rows = terminal.wait_for("A number makes them phrasings of")
    first = next(row.split()[1].rstrip(":") for row in rows if row.startswith("  1 "))
    terminal.press("1")
    terminal.wait_for("[2 of 3]")
    assert set(load(folder).by_id[first].bank) == set(ASKED)
    terminal.press("u")
    terminal.wait_for(lambda rows: sum("[1 of 3]" in row for row in rows) == 2)
    terminal.press("t")
    terminal.wait_for("The id of the entry")
    terminal.press("greeting", ENTER)
    terminal.wait_for("There is no topic 'greeting'.")
    terminal.press("roof-cost", ENTER)
    terminal.wait_for(lambda rows: sum("[2 of 3]" in row for row in rows) == 2)
    assert set(load(folder).by_id["roof-cost"].bank) == set(ASKED)


def test_a_group_becomes_an_entry_with_what_is_chosen(review: Review, folder: Path, tmp_path: Path) -> None:
    terminal = review("--state", keep(tmp_path / "state", *ASKED))
    terminal.press("e")
    terminal.wait_for("The question, as the entry asks it")
    terminal.press("Who is to pay?", ENTER)
    rows = terminal.wait_for("Numbers of what answers it")
    quotes = [row.split()[1].rstrip(":") for row in rows if row[:3].strip().isdigit() and "“" in row]
    terminal.press("2 1", ENTER)
    terminal.wait_for("[2 of 3]")
    assert load(folder).entries[-1].cites == (quotes[1], quotes[0])


def test_a_patch_leaves_the_pack_as_it_is(review: Review, folder: Path, tmp_path: Path) -> None:
    before = files_of(folder)
    terminal = review("--patch", "a.patch")
    terminal.press("c", "c", "q")
    terminal.wait_for("in the pack's folder: patch -p1 < a.patch")
    assert terminal.end() == 0
    assert files_of(folder) == before
    patch = (tmp_path / "a.patch").read_text(encoding="utf-8")
    assert [line for line in patch.split("\n") if line.startswith(("-", "+"))] == [
        "--- a/gaps.yaml", "+++ b/gaps.yaml", "-  drafted: true", "--- a/quotes.yaml", "+++ b/quotes.yaml", "-  drafted: true",
    ]  # fmt: skip


def test_the_object_is_valid_json_with_faults_too(cli: Cli, tmp_path: Path) -> None:
    ran = cli("review", "--pack", tmp_path / "none", "--json")
    assert ran.status == 2
    assert json.loads(ran.out)["faults"][0]["what"] == "there is no such pack."


def test_a_lead_that_may_be_wrong_stands_beside_its_excerpt_and_an_entry_gets_phrasings(
    review: Review, folder: Path, tmp_path: Path
) -> None:
    """The session is killed after the first decision, and another goes on with the rest."""
    faq = FAQ.replace('lead: "412 readers."', 'lead: "3 readers."').replace('    - "how many years did the librarian wait"\n', "")
    (folder / "faq" / "library.yaml").write_text(faq.replace('    - "how long was the wait"\n', ""), encoding="utf-8")
    for name, text in (("gaps.yaml", GAPS), ("quotes.yaml", QUOTES)):
        (folder / name).write_text(text, encoding="utf-8")
    terminal = review()
    terminal.wait_for("minutes: 1 short answer that may be wrong, 1 entry with few phrasings.")
    terminal.wait_for("The short answer of petition-size may be wrong: it says “3” before “readers”, and")
    terminal.wait_for("  sundays: “THE town council has agreed")
    terminal.press("w")
    terminal.wait_for("The short answer, in the excerpt's words")
    terminal.press("412 readers.", ENTER)
    terminal.wait_for("[2 of 2] wait has 1 phrasing; from 3 on people find it: How long have they waited?")
    terminal.kill()
    terminal = review()
    terminal.wait_for("1 entry with few phrasings.")
    terminal.press("a")
    terminal.wait_for("Another way to ask it")
    terminal.press("since when", ENTER)
    terminal.wait_for(lambda rows: rows[-1].startswith("Another way") and "since when" in rows[-2])
    terminal.press(ENTER)
    terminal.wait_for("There is no further point.")
    terminal.press("q")
    terminal.wait_for("1 decision kept. Nothing is open.")
    terminal.wait_for("Next: `verbatim check --pack")
    assert terminal.end() == 0
    pack = load(folder)
    assert (pack.by_id["petition-size"].lead, pack.by_id["wait"].bank) == ("412 readers.", ("since when",))


def test_what_was_undone_is_asked_about_no_more(make_pack: MakePack) -> None:
    folder = make_pack()
    missed = Missed(Group(("who can join",), 4, 3, 2), ("second-lift",), ("friends",))
    PackFiles(folder).decide(missed, NewEntry("Who can join?", ("friends",)))
    files = PackFiles(folder)
    would = WouldAnswer("who cannot join", "join", "answer, join", "", is_own=False)
    other = Missed(Group(("who may join",), 4, 3, 2), ("join", "second-lift"), ("friends",))
    assert {"join"} < files.pack.by_id.keys()
    keys = iter("uq")
    walk = Walk(files, [would, other], lambda *_: next(keys), lambda _: "")
    walk.run()  # of the second there is still something to decide
    assert list(keys) == []
    assert walk.left == (other,)
