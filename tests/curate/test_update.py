"""A pack brought to a corrected text: what stands in its files afterwards, and what is left wherever that is cut off."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLE, FILES, MakePack, write_pack
from fakes.killed import killed
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.curate.changes import Place
from bot.curate.exchange import finish
from bot.curate.update import NowSaid, Update, answers_now, apply, planned
from bot.errors import FileFaults
from bot.pack.folder import unfinished
from bot.pack.loading import load
from bot.text.article import Span

DAY = "2026-05-04"
CUT = "Councillor Ruth Bell also called for a second lift in the building.\n\n"
CORRECTED = ARTICLE.replace("412 readers", "421 readers").replace(CUT, "")


def update(folder: Path, text: str = CORRECTED) -> Update:
    return planned(folder, text.encode(), "new.txt")


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def beside(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir())


# What is written


def test_what_no_longer_stands_is_switched_off_in_its_place_and_all_else_stays(make_pack: MakePack) -> None:
    folder = make_pack({"notes.txt": "mine"})
    before = files(folder)
    backup = apply(update(folder), (), DAY)
    assert files(backup) == before
    after = files(folder)
    assert {name for name in before if before[name] != after[name]} == {
        "article.txt", "faq/library.yaml", "pack.yaml", "people.yaml", "premises.yaml", "quotes.yaml",
    }  # fmt: skip
    assert after["article.txt"].decode() == CORRECTED
    marks = {
        "people.yaml": ["bell: the article nowhere says 'Ruth Bell'."],
        "quotes.yaml": [
            "sundays: the text of 'sundays' is not in the article.",
            "lift: the text of 'lift' is not in the article.",
        ],
        "premises.yaml": ["premise-bell-against-lift: what it cites is switched off: lift."],
    }
    for name, expected in marks.items():
        text = before[name].decode()
        for mark in expected:
            identifier, _, why = mark.partition(": ")
            text = text.replace(f"- id: {identifier}\n", f'- id: {identifier}\n  switched_off: "{DAY}: {why}"\n')
        assert after[name].decode() == text
    pack = load(folder)
    assert [o.id for o in pack.switched_off] == [
        "bell", "sundays", "lift", "sunday-start", "petition-size", "second-lift", "premise-bell-against-lift",
    ]  # fmt: skip
    assert pack.former == ((load(backup).article.sha256, DAY),)
    assert beside(folder) == ["millbrook", f"millbrook.before-{DAY}"]


def test_the_same_text_again_is_no_update_and_would_change_nothing_but_the_day(make_pack: MakePack) -> None:
    folder = make_pack()
    apply(update(folder), (), DAY)
    again = update(folder)
    assert not again.is_needed
    assert (again.plan.off, again.plan.values_off, again.plan.moved, again.plan.sentences) == ((), (), (), ())


def test_a_second_backup_of_a_day_does_not_replace_the_first(make_pack: MakePack) -> None:
    folder = make_pack()
    first = apply(update(folder), (), DAY)
    second = apply(update(folder, ARTICLE), (), DAY)
    assert (first.name, second.name) == (f"millbrook.before-{DAY}", f"millbrook.before-{DAY}-2")
    pack = load(folder)
    assert len(pack.former) == 2
    assert [at.id for at in update(folder, CORRECTED).plan.stands_again] == []
    apply(update(folder, CORRECTED), (), "2026-05-05")
    assert dict(load(folder).former)[load(first).article.sha256] == "2026-05-05"


def test_going_back_switches_nothing_on_and_tells_what_stands_again(make_pack: MakePack) -> None:
    folder = make_pack()
    apply(update(folder), (), DAY)
    back = update(folder, ARTICLE)
    assert [at.id for at in back.plan.stands_again] == ["sundays", "lift"]
    apply(back, (), DAY)
    assert "sundays" not in load(folder).quotes


def test_words_beside_a_statement_and_its_paragraph_are_followed(make_pack: MakePack) -> None:
    folder = make_pack({"quotes.yaml": ('second lift in the building."', 'second lift in the building."\n  paragraph: "4"')})
    text = ARTICLE.replace("Head librarian Anna", "The head of Millbrook library, Head librarian Anna").replace(CUT, "")
    text = text.replace("THE town", CUT + "THE town")
    apply(update(folder, text), (), DAY)
    pack = load(folder)
    assert pack.article.paragraph_at(pack.quotes["lift"].span.start).number == 1
    assert 'building."\n  paragraph: "1"\n' in (folder / "quotes.yaml").read_text(encoding="utf-8")
    assert (
        pack.quotes["waited"].open
        == f"{DAY}: the words beside it have changed; see whether it still says the same, and by the same person"
    )


def test_values_furniture_and_foot_that_no_longer_stand_are_kept_as_former_ones_or_remarks(make_pack: MakePack) -> None:
    folder = make_pack(
        {"faq/library.yaml": ('cites: [waited]\n  lead: "nine years."', 'cites: [waited]\n  lead: "Head librarian nine years."')}
    )
    text = (
        ARTICLE.replace("Skip to content\n\n", "")
        .replace("Head librarian", "Librarian")
        .replace("Join the friends", "Be a friend")
    )
    for _ in range(2):
        apply(update(folder, text), (), DAY)
        top = (folder / "pack.yaml").read_text(encoding="utf-8")
        assert f'  # No longer in the text ({DAY}): "Skip to content"\n  furniture: []\n' in top
        assert f'  # No longer in the text ({DAY}): "Join the friends"\n  foot: ""\n' in top
        assert "former_capacity: Head librarian" in (folder / "people.yaml").read_text(encoding="utf-8")
        assert 'former_lead: "Head librarian nine years."' in (folder / "faq/library.yaml").read_text(encoding="utf-8")
        text += "\nOne more.\n"


def test_a_second_former_value_stands_beside_the_first(make_pack: MakePack) -> None:
    folder = make_pack({"people.yaml": ("capacity: Head librarian", "capacity: Head librarian\n  former_capacity: Chief")})
    apply(update(folder, ARTICLE.replace("Head librarian", "Librarian")), (), DAY)
    assert 'capacity: ""\n  former_capacity: ["Chief", "Head librarian"]\n' in (folder / "people.yaml").read_text(
        encoding="utf-8"
    )
    assert load(folder).people["kovacs"].capacity == ""


def test_the_bank_and_drafted_records_are_handled_too(make_pack: MakePack) -> None:
    bank = "# Heard.\n[second-lift]\na lift\n[not second-lift]\nno lift\n"
    faq = FILES["faq/library.yaml"].replace("- id: second-lift\n", "- id: second-lift\n  drafted: true\n")
    folder = make_pack({"phrases.txt": bank, "faq/library.yaml": faq})
    apply(update(folder), (), DAY)
    assert (folder / "phrases.txt").read_text(encoding="utf-8") == bank
    assert "second-lift" in [o.id for o in load(folder).switched_off]


def test_a_gap_that_is_surely_answered_is_switched_off_and_another_is_not(make_pack: MakePack) -> None:
    folder = make_pack()
    said = [
        NowSaid(Place("gaps.yaml", 1, i), "?", "At “ten”.", i == "gap-opening-hour") for i in ("gap-opening-hour", "gap-salary")
    ]
    apply(update(folder), said, DAY)
    pack = load(folder)
    assert pack.by_id.keys() >= {"gap-salary"}
    assert (
        next(o.why for o in pack.switched_off if o.id == "gap-opening-hour") == f"{DAY}: the new text may answer it: “At “ten”.”"
    )


# Gaps


@pytest.mark.parametrize(
    ("old", "new", "sure"),
    [
        ("again.\n", "again.\n\nThe library opens at ten in the morning.\n", [("gap-opening-hour", True)]),
        ("March 3,", "March 3 at ten in the morning,", [("gap-opening-hour", False)]),
        ("a second lift", "a third lift", []),
        ("March 3,", "March 4,", []),
        ("again.\n", "again.\n\nThe mayor was not there.\n", []),
    ],
)
def test_gaps_are_asked_of_what_is_new(make_pack: MakePack, old: str, new: str, sure: list[tuple[str, bool]]) -> None:
    found = answers_now(update(make_pack(), ARTICLE.replace(old, new)))
    assert [(s.at.id, s.sure) for s in found] == sure


# Any edit


def _pieces() -> list[str]:
    """The article's sentences and the paragraph breaks between them."""
    with tempfile.TemporaryDirectory() as place:
        article = load(write_pack(Path(place), {})).article
    pieces, at = [], 0
    for sentence in article.sentences:
        pieces += [article.text[at : sentence.start], article.text[sentence.start : sentence.end]]
        at = sentence.end
    return [*pieces, article.text[at:]]


PIECES = _pieces()
WORDS = ["“We have waited nine years for this.” ", "Nobody knows. ", "”", "“", "\n\n", "4", "Ruth Bell said: “"]


@st.composite
def edits(draw: st.DrawFn) -> str:
    """The article with pieces taken out, doubled, put elsewhere, or changed in a letter, and others put in."""
    pieces = list(PIECES)
    for _ in range(draw(st.integers(0, 4))):
        i = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(["out", "twice", "move", "letter", "in"])):
            case "out":
                pieces[i] = ""
            case "twice":
                pieces.insert(i, pieces[i])
            case "move":
                pieces.insert(draw(st.integers(0, len(pieces) - 1)), pieces.pop(i))
            case "letter" if pieces[i]:
                k = draw(st.integers(0, len(pieces[i]) - 1))
                pieces[i] = pieces[i][:k] + draw(st.sampled_from(["x", "", " ", "7"])) + pieces[i][k + 1 :]
            case _:
                pieces.insert(i, draw(st.sampled_from(WORDS)))
    return "".join(pieces)


@given(text=edits())
@settings(max_examples=150)
def test_after_any_edit_the_pack_loads_its_quotes_are_slices_and_a_second_update_changes_nothing(text: str) -> None:
    if not text.strip() or text.strip() == "Skip to content":
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "millbrook"
        folder.mkdir()
        old = load(write_pack(folder, {}))
        apply(update(folder, text), (), DAY)
        pack = load(folder)
        assert pack.article.text == text
        off = {o.id for o in pack.switched_off}
        for identifier, quote in old.quotes.items():
            was = old.excerpt(identifier).text
            assert (identifier in pack.quotes) is not (identifier in off)
            assert identifier in off or pack.excerpt(identifier).text == was
            assert identifier in off or pack.quotes[identifier].speakers == quote.speakers
        for topic in old.topics:
            assert topic.id not in pack.by_id or set(pack.by_id[topic.id].cites) <= set(topic.cites) - off
        before = files(folder)
        assert not update(folder, text).is_needed
        again = update(folder, text).plan
        assert (again.off, again.moved, again.values_off, again.fewer, again.look) == ((),) * 5
        assert files(folder) == before


# Nothing or all


# The worker of the tests has a thread; what is forked uses none of its locks.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_whenever_it_is_killed_the_pack_is_the_former_or_the_new_one_and_nothing_is_lost(tmp_path: Path) -> None:
    """kill -9 before every file that is opened, copied, made or renamed, one after the other."""

    def prepare() -> Callable[[], object]:
        finish(folder)
        found = update(folder)
        return lambda: apply(found, (), DAY)

    def counts(event: str, arguments: tuple[Any, ...]) -> bool:
        return event != "os.remove" and (event != "open" or "w" in str(arguments[1]) or ".update" in str(arguments[0]))

    seen: dict[str, int] = {}
    for step in range(400):
        place = tmp_path / f"step-{step}"
        folder = place / "millbrook"
        folder.mkdir(parents=True)
        write_pack(folder, {})
        old = files(folder)
        if not killed(step, prepare, counts):
            break
        between = not folder.exists()
        if between:
            with pytest.raises(
                FileFaults,
                match=r"a change of this pack was cut off\. Fix: run the same `verbatim update` or `verbatim review` again",
            ):
                load(folder)
        assert finish(folder) is between
        assert not unfinished(folder).exists()
        new = load(folder).article.text == CORRECTED
        if not new:
            assert files(folder) == old
            assert beside(folder) == ["millbrook"]
        else:
            assert files(place / f"millbrook.before-{DAY}") == old
        kind = "between" if between else "new" if new else "former"
        seen[kind] = seen.get(kind, 0) + 1
    assert set(seen) == {"former", "between", "new"}, seen
    assert files(folder) != old


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_cannot_be_renamed_leaves_the_pack_as_it_was(make_pack: MakePack, monkeypatch: pytest.MonkeyPatch, nth: int) -> None:
    folder = make_pack()
    old, found, rename, calls = files(folder), update(folder), os.rename, []

    def failing(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == nth:
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(
        FileFaults, match=r"cannot be changed \(Permission denied\), and is left as it is\. Fix: check the permissions"
    ):
        apply(found, (), DAY)
    assert (files(folder), beside(folder)) == (old, ["millbrook"])


def test_a_pack_that_was_changed_meanwhile_is_left_as_it_is(make_pack: MakePack) -> None:
    folder = make_pack()
    found = update(folder)
    (folder / "notes.txt").write_text("new", encoding="utf-8")
    with pytest.raises(FileFaults, match=r"was changed meanwhile, and is left as it is\. Fix: run the command again"):
        apply(found, (), DAY)
    assert beside(folder) == ["millbrook"]


def test_two_updates_at_a_time_are_one_too_many(make_pack: MakePack) -> None:
    folder = make_pack()
    unfinished(folder).mkdir()
    with pytest.raises(FileFaults, match=r"is being changed by another command\. Fix: wait for it"):
        apply(update(folder), (), DAY)
    assert unfinished(folder).exists()
    assert finish(folder) is False
    assert not unfinished(folder).exists()


def test_where_nothing_was_begun_there_is_nothing_to_end(make_pack: MakePack, tmp_path: Path) -> None:
    assert finish(make_pack()) is False
    assert finish(tmp_path / "none") is False


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"caf\xe9", r"new\.txt: is not UTF-8: byte 3 cannot be read"),
        (b"%PDF-1.4\n", r"new\.txt: is a PDF, not plain text\. Fix: copy the article out of it into a text file"),
        (b"Head\n\nBody\x1b.\n", r"new\.txt:3: holds the control character U\+001B, one of 1\. Fix: delete it"),
        (b"x" * 2_000_001, r"new\.txt: is larger than 2,000,000 bytes\. Fix: keep to one article"),
        (b" \n", r"new\.txt: holds no text\. Fix: give the whole corrected text"),
        (b"Skip to content\n", r"new\.txt: holds no text"),
    ],
)
def test_a_text_that_is_none_is_a_fault(make_pack: MakePack, data: bytes, message: str) -> None:
    with pytest.raises(FileFaults, match=message):
        planned(make_pack(), data, "new.txt")


def test_a_pack_with_faults_or_without_a_folder_is_a_fault(make_pack: MakePack, tmp_path: Path) -> None:
    text = tmp_path / "bare.txt"
    text.write_text(ARTICLE, encoding="utf-8")
    with pytest.raises(FileFaults, match=r"is a text without curation\. Fix: replace the text itself"):
        update(text)
    with pytest.raises(FileFaults, match="there is no such pack"):
        update(tmp_path / "none")
    with pytest.raises(FileFaults, match="'kind' cannot be 'poem'"):
        update(make_pack({"quotes.yaml": ("speaker: bell\n  kind: reported", "speaker: bell\n  kind: poem")}))


def test_spans_of_the_plan_are_those_of_the_pack(make_pack: MakePack) -> None:
    folder = make_pack()
    found = update(folder)
    apply(found, (), DAY)
    spans: dict[str, Span] = {i: q.span for i, q in load(folder).quotes.items()}
    assert spans == found.plan.spans


@pytest.mark.skipif(os.name != "posix", reason="links want a privilege on Windows")
@pytest.mark.parametrize("name", ["article.txt", "quotes.yaml"])
def test_a_pack_is_left_as_it_is_where_a_link_leads_back_to_it_from_its_copy(make_pack: MakePack, name: str) -> None:
    folder = make_pack()
    (folder / name).rename(folder / "mine")
    (folder / name).symlink_to(folder / "mine")
    before = files(folder)
    with pytest.raises(FileFaults, match="is a link that leads out of a copy of the pack"):
        apply(update(folder), (), DAY)
    assert files(folder) == before
    load(folder)
