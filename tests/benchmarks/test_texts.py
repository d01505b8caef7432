"""The texts of other kinds: their marks are read as they stand, and the program takes them as well as it did when it was measured."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT

from bot.text.article import Span

TEXTS = ROOT / "tests" / "texts"


def test_marks_say_where_paragraphs_sentences_and_quotations_are_and_who_speaks(benchmark: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.marked").write_text("¶Head‖\n\n¶He said: “⟦Ann Hall: No.‖ It’s off.⟧”‖ A “⟦-: row⟧”.‖\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Head\n\nHe said: “No. It’s off.” A “row”.\n", encoding="utf-8")
    (marked,) = benchmark.read_all(tmp_path)
    text = marked.text
    assert [text[p.start : p.end] for p in marked.paragraphs] == ["Head", "He said: “No. It’s off.” A “row”."]
    assert [text[s.start : s.end] for s in marked.sentences] == ["Head", "He said: “No.", "It’s off.”", "A “row”."]
    assert [(text[q.span.start : q.span.end], q.speaker) for q in marked.quotations] == [
        ("No. It’s off.", "Ann Hall"),
        ("row", ""),
    ]


@pytest.mark.parametrize(
    ("marks", "text", "what"),
    [
        ("¶Head‖⟧", "Head", "⟧ without ⟦"),
        ("¶⟦A: Head ⟦B: on⟧‖", "Head on", "⟦ inside ⟦"),
        ("¶Head‖", "Heads", "without the marks it is not the text beside it"),
    ],
)
def test_marks_that_do_not_fit_are_refused(benchmark: ModuleType, tmp_path: Path, marks: str, text: str, what: str) -> None:
    (tmp_path / "a.marked").write_text(marks, encoding="utf-8")
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"a.marked: {what}"):
        benchmark.read(tmp_path / "a.marked")


def test_a_score_counts_what_is_found_rightly(benchmark: ModuleType) -> None:
    score = benchmark.compared([1, 2, 3, 4], [2, 3, 5]) + benchmark.Score(1, 1, 2)
    assert (score.right, score.found, score.wanted) == (3, 5, 5)
    assert (score.precision, score.recall, score.f1) == (0.6, 0.6, 0.6)
    assert benchmark.Score().f1 == 1.0


def test_sentences_of_a_rival_are_placed_in_the_whole_text(benchmark: ModuleType) -> None:
    marked = benchmark.Marked("a", "One. Two.\n\nThree.", (Span(0, 9), Span(11, 17)), (), ())
    found = benchmark.by_paragraph(lambda text: [(0, 5), (5, len(text))], marked)
    assert list(found) == [Span(0, 4), Span(5, 9), Span(11, 16), Span(16, 17)]


@pytest.mark.parametrize(("folder", "texts", "quotations", "least"), [(TEXTS, 10, 52, 0.99), (TEXTS / "second", 4, 15, 0.96)])
def test_texts_of_other_kinds_are_taken_as_well_as_they_were(
    benchmark: ModuleType, folder: Path, texts: int, quotations: int, least: float
) -> None:
    ends, quoted, parted = benchmark.Score(), benchmark.Score(), benchmark.Score()
    marked = benchmark.read_all(folder)
    for one in marked:
        article = benchmark.taken(one)
        ends += benchmark.inner_ends(article.sentences, one)
        quoted += benchmark.quotations(article, one)
        parted += benchmark.paragraphs(article, one)
    assert len(marked) == texts
    assert ends.f1 >= least
    assert quoted == benchmark.Score(quotations, quotations, quotations)
    assert parted.f1 == 1.0


def test_the_corpus_of_the_reader_has_its_sentences(benchmark: ModuleType) -> None:
    ends = benchmark.Score()
    for path in benchmark.corpus()[::4]:
        assert not path.parent.name.endswith("-8")
        marked = benchmark.joined(path)
        ends += benchmark.inner_ends(benchmark.taken(marked).sentences, marked)
    assert ends.f1 >= 0.999
