"""The corpus as bare texts and small packs: spans are the sentences, packs load, and nothing that is asked of a pack stands in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.engine.build import build

articles = pytest.importorskip("training.articles", reason="the corpus is not part of the source distribution")

FOLDERS = [articles.CORPUS / name for name in ("u1-1", "v3-7", "w5-8")]
each = pytest.mark.parametrize("folder", FOLDERS, ids=lambda p: p.name)


def write(folder: Path, text: str, rows: list[str]) -> Path:
    folder.joinpath("article.txt").write_text(text, encoding="utf-8")
    folder.joinpath("questions.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@each
def test_spans_are_the_sentences_and_the_text_is_as_pasted(folder: Path) -> None:
    article = articles.read(folder)
    assert [article.text[start:end] for start, end in article.spans] == list(article.sentences)
    assert article.text.split("\n\n") == [
        article.headline,
        *(" ".join(p) for p in article.paragraphs[:-1]),
        " ".join(article.paragraphs[-1]) + "\n",
    ]
    lines = (folder / "article.txt").read_text(encoding="utf-8").split("\n")
    assert article.sentences == tuple(line for line in lines[1:] if line)


def test_the_columns_of_a_question_are_read(tmp_path: Path) -> None:
    rows = [
        "A\tn01\t1+2\tWhen?",
        "A\tn01\t3|1\twhen",
        "U\tn01\ttime\tWhen not?",
        "O\t-\t-\thello",
        "C\t-\t-\tA? >> b >> c",
        "P\tp01\t2\tWhy?",
    ]
    article = articles.read(write(tmp_path, "Head\n\nOne.\nTwo.\n\nThree.\n", rows))
    assert article.paragraphs == (("One.", "Two."), ("Three.",))
    assert article.text == "Head\n\nOne. Two.\n\nThree.\n"
    asked = articles.asked_of_bare(article)
    assert [(a.kind, [article.text[s:e] for s, e in a.spans], a.every, a.answerable, a.context) for a in asked] == [
        ("A", ["One.", "Two."], True, True, ()),
        ("A", ["Three.", "One."], False, True, ()),
        ("U", [], False, False, ()),
        ("O", [], False, False, ()),
        ("C", [], False, False, ("A?", "b")),
        ("P", ["Two."], True, False, ()),
    ]
    assert asked[4].question == "c"
    assert article.rows[2].detail == "time"


def test_a_line_of_another_form_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"questions\.tsv:2: 3 is not among the 2 sentences"):
        articles.read(write(tmp_path, "Head\n\nOne.\nTwo.\n", ["O\t-\t-\thello", "A\tn01\t3\tWhen?"]))


def test_the_parts_of_the_corpus_share_no_folder() -> None:
    parts = [articles.folders(articles.MEASURING), articles.folders(articles.FITTING), articles.training_folders()]
    assert [len(p) for p in parts] == [18, 18, 108]
    assert sorted(p for part in parts for p in part) == articles.folders()


@each
def test_a_small_pack_loads_and_cites_the_sentences(folder: Path, tmp_path: Path) -> None:
    article = articles.read(folder)
    pack = build(articles.write_small(article, tmp_path, 0), tmp_path / "cache").pack
    needs = {row.group: row for row in article.rows if row.kind == "A"}
    assert len(pack.entries) == len(needs)
    for entry in pack.entries:
        spans = {(pack.quotes[c].span.start, pack.quotes[c].span.end) for c in entry.cites}
        assert spans <= set(article.spans)
    assert all(len(entry.phrasings) == 1 for entry in pack.entries)


def phrasings(files: dict[str, Any]) -> set[str]:
    topics = [t for name in ("faq.yaml", "gaps.yaml", "premises.yaml") for t in files.get(name, ())]
    return {folded(p) for t in topics for p in (t.get("question") or t["presupposes"], *t["phrasings"])}


def folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize("k", range(4))
@each
def test_nothing_that_is_asked_of_a_small_pack_stands_in_it(folder: Path, k: int) -> None:
    article = articles.read(folder)
    held = phrasings(articles.small_pack(article, k))
    asked = [a for a in articles.asked_of_small(article, k) if a.kind != "C"]
    assert held
    assert [a.question for a in asked if folded(a.question) in held] == []
    assert {a.kind for a in asked} == {row.kind for row in article.rows} - {"C"}


@each
def test_the_rotations_ask_every_phrasing_once(folder: Path) -> None:
    article = articles.read(folder)
    needs = [row.question for row in article.rows if row.kind == "A"]
    times = 4 if article.set == "u" else 3
    assert sorted(a.question for k in range(times) for a in articles.asked_of_small(article, k) if a.kind == "A") == sorted(needs)


def test_a_sentence_that_stands_twice_is_not_cited_nor_its_need_asked_for(tmp_path: Path) -> None:
    rows = ["A\tn01\t1\tWhat?", "A\tn01\t1\twhat", "A\tn02\t2\tWhere?", "A\tn02\t2\twhere"]
    article = articles.read(write(tmp_path, "Head\n\nHe said no.\nThere.\n\nHe said no.\n", rows))
    files = articles.small_pack(article, 0)
    assert [t["id"] for t in files["faq.yaml"]] == ["a-n02"]
    assert [q["text"] for q in files["quotes.yaml"]] == ["There."]
    assert [a.question for a in articles.asked_of_small(article, 0)] == ["where"]


def test_a_falsehood_of_one_phrasing_is_asked_and_not_curated(tmp_path: Path) -> None:
    rows = ["P\t-\t1\tWhy yes?", "P\tp01\t1\tHow yes?", "P\tp01\t1\thow so yes"]
    files = articles.small_pack(article := articles.read(write(tmp_path, "Head\n\nHe said no.\n", rows)), 0)
    assert [t["presupposes"] for t in files["premises.yaml"]] == ["How yes?"]
    assert [a.question for a in articles.asked_of_small(article, 0)] == ["Why yes?", "how so yes"]
