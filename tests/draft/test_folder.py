"""A drafted pack: it loads without a fault whatever the text is, says who speaks, and answers no worse than the text alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from hypothesis import example, given
from hypothesis import strategies as st

from bot.draft.folder import new_pack, write
from bot.engine.answer import citations_of
from bot.engine.build import build
from bot.errors import Fault, FileFaults
from bot.pack.loading import load
from bot.pack.values import Pack, QuoteKind

TEXT = """\
Library to open on Sundays

By Ann Bright

4 May 2026

THE town council will open Millbrook library on Sundays from March 3, after 412 readers signed a petition.

Head librarian Anna Kovacs said: “We have waited nine years for this. The reading room will be full again.”

“It is not enough,” she added. Councillor Ruth Bell said that a second lift was needed.

A banner read “Books for all”. Nobody knows who wrote “a lift is a right” on the wall of the house.

Skip to content
"""
TEXTS = sorted((ROOT / "tests" / "texts").rglob("*.txt"))


def drafted(tmp_path: Path, text: str | bytes = TEXT, name: str = "a.txt") -> Pack:
    source = tmp_path / name
    source.write_bytes(text.encode() if isinstance(text, str) else text)
    new_pack(source, tmp_path / "pack")
    return load(tmp_path / "pack")


def test_the_pack_holds_the_text_what_it_states_and_what_is_no_article(tmp_path: Path) -> None:
    pack = drafted(tmp_path)
    assert (tmp_path / "pack" / "article.txt").read_bytes() == TEXT.encode()
    assert (pack.slug, pack.title, pack.subject) == ("pack", "Library to open on Sundays", "Library to open on Sundays")
    assert (pack.metadata.date, pack.metadata.authors, pack.metadata.supplied) == ("2026-05-04", ("Ann Bright",), ())
    assert all("Skip" not in pack.article.excerpt(s).text for s in pack.article.sentences)


def test_every_sentence_and_quotation_is_a_quote_with_kind_and_speaker(tmp_path: Path) -> None:
    pack = drafted(tmp_path)
    quotes = [(pack.excerpt(q.id).text, q.kind.value, *(pack.people[s].name for s in q.speakers)) for q in pack.quotes.values()]
    assert quotes == [
        ("Library to open on Sundays", "narration", "the article"),
        ("By Ann Bright", "narration", "the article"),
        ("4 May 2026", "narration", "the article"),
        ("THE town council will open Millbrook library on Sundays from March 3, after 412 readers signed a petition.", "narration", "the article"),
        ("Head librarian Anna Kovacs said: “We have waited nine years for this.", "reported", "Anna Kovacs"),
        ("We have waited nine years for this.", "direct", "Anna Kovacs"),
        ("The reading room will be full again.”", "direct", "Anna Kovacs"),
        ("“It is not enough,” she added.", "reported", "Anna Kovacs"),
        ("It is not enough", "direct", "Anna Kovacs"),
        ("Councillor Ruth Bell said that a second lift was needed.", "reported", "Ruth Bell"),
        ("A banner read “Books for all”.", "narration", "the article"),
        ("Nobody knows who wrote “a lift is a right” on the wall of the house.", "narration", "the article"),
        ("a lift is a right", "direct"),
    ]  # fmt: skip
    assert all(pack.quote_of(s) for s in pack.article.sentences)
    assert all(q.open for q in pack.quotes.values() if not q.speakers)


def test_people_have_capacity_and_aliases_as_the_text_states_them(tmp_path: Path) -> None:
    people = {p.name: p for p in drafted(tmp_path).people.values()}
    assert (people["Anna Kovacs"].capacity, people["Anna Kovacs"].aliases) == ("Head librarian", ("Anna Kovacs", "Kovacs"))
    assert people["Ruth Bell"].capacity == "Councillor"


def test_a_body_with_and_without_its_article_is_one(tmp_path: Path) -> None:
    text = "A headline\n\nCarers' Union members met. It was late, said the Carers' Union. The Carers' Union said that it rained."
    assert [p.name for p in drafted(tmp_path, text).people.values()] == ["the article", "Carers' Union"]


def test_every_record_is_drafted_and_gaps_count_for_nothing_until_somebody_has_looked(tmp_path: Path) -> None:
    pack = drafted(tmp_path)
    names = ("people.yaml", "quotes.yaml", "faq.yaml", "gaps.yaml")
    records = [r for name in names for r in yaml.safe_load((tmp_path / "pack" / name).read_text(encoding="utf-8"))]
    assert [r["id"] for r in records if not r.get("drafted")] == ["paper"]
    assert {p.id for p in pack.open_points} == {"pack", *(r["id"] for r in records)} - {"paper"}
    gap = next(r for r in records if r["id"] == "gap-cost")
    assert "gap-cost" not in pack.by_id
    path = tmp_path / "pack" / "gaps.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  drafted: true\n", ""), encoding="utf-8")
    assert load(tmp_path / "pack").phrased[gap["phrasings"][0]].id == "gap-cost"


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_texts_of_other_kinds_load_and_every_speaker_is_named_in_the_text(path: Path, tmp_path: Path) -> None:
    pack = drafted(tmp_path, path.read_bytes())
    assert len(pack.article.sentences) * 0.9 <= len(pack.quotes)
    flat = " ".join(pack.article.text.split())
    assert all(p.name in flat for p in pack.people.values() if p.id != "paper")
    assert all(q.speakers or (q.kind is QuoteKind.DIRECT and q.open) for q in pack.quotes.values())


def test_a_drafted_pack_answers_as_the_bare_text_does_and_names_who_speaks(tmp_path: Path) -> None:
    (tmp_path / "bare.txt").write_text(TEXT.replace("\nSkip to content\n", ""), encoding="utf-8")
    new_pack(tmp_path / "bare.txt", tmp_path / "pack")
    bare, pack = (build(tmp_path / name, reader=False) for name in ("bare.txt", "pack"))
    assert (bare.policy, len(pack.pack.entries)) == (pack.policy, 0)
    questions = [
        "how many readers signed a petition", "what did Anna Kovacs say about the reading room", "who called for a second lift",
        "what does the council open", "who painted the roof", "what is the price of bread in Rome", "hello", "is it a scandal",
    ]  # fmt: skip
    for question in questions:
        one, other = bare.answer(question), pack.answer(question)
        assert one.verdict == other.verdict, question
        assert [c.excerpt.span for c in citations_of(one)] == [c.excerpt.span for c in citations_of(other)]
        assert all(c.quote for c in citations_of(other))


def test_a_likely_gap_that_the_text_answers_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    asked: list[str] = []

    def reading(text: bytes) -> Callable[[str], bool]:
        assert text == TEXT.encode()

        def answers(question: str) -> bool:
            asked.append(question)
            return question == "what is the price"

        return answers

    gaps = {g.id for g in new_pack(tmp_path / "a.txt", tmp_path / "pack", reading).draft.gaps}
    every = {g.id: g for g in new_pack(tmp_path / "a.txt", tmp_path / "other").draft.gaps}
    assert every.keys() - gaps == {"gap-cost"}
    assert {q for g in every.values() if g.id != "gap-cost" for q in g.asked} <= set(asked)


def test_drafted_positions_are_shown_to_nobody_until_somebody_has_looked(tmp_path: Path) -> None:
    text = "A headline\n\nThe Readers’ Union backs the ban. Ms Price opposes it."
    assert drafted(tmp_path, text).positions == ()
    path = tmp_path / "pack" / "pack.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("drafted: true\n", ""), encoding="utf-8")
    assert load(tmp_path / "pack").positions == ("p1-s1", "p1-s2")


def test_a_folder_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "pack").mkdir()
    with pytest.raises(FileFaults, match=r"pack: is there already, and is left as it is\. Fix: name a folder"):
        new_pack(tmp_path / "a.txt", tmp_path / "pack")
    assert list((tmp_path / "pack").iterdir()) == []


def test_of_a_source_beyond_the_size_no_more_is_read_than_tells_that(tmp_path: Path) -> None:
    with (tmp_path / "page.html").open("wb") as file:
        file.truncate(1 << 40)  # takes no room on the disk
    with pytest.raises(FileFaults, match="is over 5,000,000 bytes"):
        new_pack(tmp_path / "page.html", tmp_path / "pack")


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(FileFaults, match=r"cannot be written \(No space left on device\)"):
        write(tmp_path / "pack", {"a.txt": b"x"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "message"),
    [("none.txt", "there is no such file"), (".", "cannot be read"), ("empty.txt", "holds no text")],
)
def test_a_source_that_cannot_be_read_is_a_fault(source: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n\n", encoding="utf-8")
    with pytest.raises(FileFaults, match=message):
        new_pack(tmp_path / source, tmp_path / "pack")
    assert not (tmp_path / "pack").exists()


WORDS = st.sampled_from(
    """Ann Bright Mr Hall Dr Council the council said says told asked that “ ” " ' ‘ ’ , . : ; ? ! ( ) she he they it minister a an its
    chair who which and As put it According to NPL (NPL) \n \n\n - | # \\ : yes 4 £5 Skip Home Dear Minutes é 日本 \u00a0 \u2028 @""".split(
        " "
    )
)


@given(text=st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join)))
@example(text="Yes.\n\nYes. Yes. Yes.")
@example(text="“a” said “b” said “c")
@example(text="Home")
@example(text="The article\n\nThe article said “no”.")
def test_whatever_the_text_is_there_is_a_pack_that_loads_or_a_clear_fault(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    told: tuple[Fault, ...] = ()
    try:
        pack = drafted(folder, text.encode("utf-8", errors="surrogatepass"))
    except FileFaults as error:
        told = error.faults
    else:
        assert pack.article.text.encode() == text.encode()
    assert all(f.fix and f.file.endswith("a.txt") for f in told), told
    assert (folder / "pack").exists() is not bool(told)


@pytest.mark.parametrize("name", ["Gary Null", "Ann True", "Jo No", "Ann Yes"])
def test_somebody_whose_name_yaml_would_take_for_something_else_speaks(tmp_path: Path, name: str) -> None:
    pack = drafted(tmp_path, f"Library to open\n\n{name}, the librarian, said: “We will open it at last.”\n")
    assert [pack.people[s].name for q in pack.quotes.values() if q.kind is QuoteKind.DIRECT for s in q.speakers] == [name]


def test_a_headline_without_blanks_is_a_title(tmp_path: Path) -> None:
    assert drafted(tmp_path, f"{'a' * 60}\n\nText.\n").title == f"{'a' * 47}…"


@given(page=st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(["<p>", "</p>", "<html>", "<!--", "text here", "&#0;", "<h1>", "\x00", "<meta name=date content=x>"]), max_size=30).map("".join).map(str.encode)))  # fmt: skip
def test_a_hostile_page_is_a_pack_or_a_clear_fault(page: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("trafilatura")
    folder = tmp_path_factory.mktemp("page")
    told: tuple[Fault, ...] = ()
    try:
        drafted(folder, page, "a.html")
    except FileFaults as error:
        told = error.faults
    assert all(f.fix and f.file.endswith("a.html") for f in told), told
    assert (folder / "pack").exists() is not bool(told)
