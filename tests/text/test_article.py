"""The article: spans, paragraphs, sentences, and excerpts that are slices of the text and nothing else."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.article import Article, Section, Span, parse


def paragraphs(article: Article) -> list[tuple[int, str, str]]:
    return [(p.number, p.section.value, article.excerpt(p.span).text) for p in article.paragraphs]


# Spans


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 3), (4, 2), (-1, 2), (-3, -1)])
def test_a_span_is_never_empty_nor_backward_nor_before_the_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"not a span: {start}\\.\\.{end}"):
        Span(start, end)


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert not Span(0, 3).overlaps(Span(3, 5))
    assert not Span(3, 5).overlaps(Span(0, 3))
    assert Span(0, 4).overlaps(Span(3, 5))
    assert Span(1, 2).overlaps(Span(0, 9))


def test_a_span_covers_itself_and_what_lies_inside_it_only() -> None:
    assert Span(2, 8).covers(Span(2, 8))
    assert Span(2, 8).covers(Span(3, 7))
    assert not Span(2, 8).covers(Span(1, 8))
    assert not Span(2, 8).covers(Span(2, 9))


# Paragraphs


def test_the_headline_is_0_the_body_counts_on_through_the_foot_and_furniture_is_minus_1() -> None:
    text = "Menu\n\nBig news\n\nFirst.\n\nShare\n\nSecond.\n\nJoin us today.\n\nLast line\n"
    article = parse(text.encode(), furniture=["Menu", " Share "], foot="Join us")
    assert paragraphs(article) == [
        (-1, "furniture", "Menu"),
        (0, "headline", "Big news"),
        (1, "body", "First."),
        (-1, "furniture", "Share"),
        (2, "body", "Second."),
        (3, "foot", "Join us today."),
        (4, "foot", "Last line"),
    ]
    assert article.headline == "Big news"


def test_the_headline_is_never_the_foot_even_if_it_begins_like_it() -> None:
    article = parse(b"Join the march\n\nBody.\n\nJoin the paper.\n", foot="Join")
    assert [p.section for p in article.paragraphs] == [Section.HEADLINE, Section.BODY, Section.FOOT]


def test_furniture_has_no_sentences() -> None:
    article = parse(b"Skip this.\n\nHead\n\nBody.\n", furniture=["Skip this."])
    assert [article.excerpt(s).text for s in article.sentences] == ["Head", "Body."]


@pytest.mark.parametrize("gap", ["\n\n", "\n\n\n\n", "\n \t\n", "\r\n\r\n", "\r\n \r\n\r\n"])
def test_blank_lines_of_any_kind_part_paragraphs(gap: str) -> None:
    assert [t for _, _, t in paragraphs(parse(f"Head{gap}Body of it.".encode()))] == ["Head", "Body of it."]


def test_a_single_line_break_does_not_part_paragraphs() -> None:
    assert [t for _, _, t in paragraphs(parse(b"Head\nstill head\n\nBody\n"))] == ["Head\nstill head", "Body"]


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n ", "\ufeff", "\ufeff\n\n"])
def test_a_text_without_words_has_no_paragraphs_sentences_or_headline(text: str) -> None:
    article = parse(text.encode())
    assert (article.paragraphs, article.sentences, article.headline) == ((), (), "")


def test_a_byte_order_mark_belongs_to_no_excerpt_but_counts_as_a_code_point() -> None:
    article = parse(b"\xef\xbb\xbfHead\n\nBody.")
    assert article.headline == "Head"
    assert article.paragraphs[0].span == Span(1, 5)
    assert article.text[0] == "\ufeff"


def test_offsets_count_code_points_not_bytes_or_utf_16_units() -> None:
    article = parse("Ünï 🎈\n\nZwölf.".encode())
    assert article.excerpt(article.sentences[1]).span == Span(7, 13)
    assert article.excerpt(article.sentences[1]).text == "Zwölf."


def test_the_hash_is_that_of_the_bytes() -> None:
    data = "Ünï\r\n\r\nBody".encode()
    assert parse(data).sha256 == hashlib.sha256(data).hexdigest()
    assert parse(data).text == data.decode()


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        parse(b"caf\xe9")


def test_an_excerpt_knows_its_paragraph() -> None:
    article = parse(b"Head\n\nOne. Two.\n\nThree.")
    found = {article.excerpt(s).text: article.excerpt(s).paragraph.number for s in article.sentences}
    assert found == {"Head": 0, "One.": 1, "Two.": 1, "Three.": 2}


def test_an_offset_between_paragraphs_belongs_to_the_one_before() -> None:
    article = parse(b"Head\n\nBody")
    assert article.paragraph_at(5).number == 0
    assert article.paragraph_at(6).number == 1
    assert article.paragraph_at(999).number == 1


# Locating and excerpts


def test_locate_finds_every_place_also_overlapping_ones() -> None:
    article = parse(b"banana")
    assert article.locate("ana") == (1, 3)
    assert article.locate("banana") == (0,)
    assert article.locate("Banana") == ()
    assert article.locate("") == ()


def test_locate_is_exact_about_quotation_marks_and_odd_spaces() -> None:
    article = parse("It’s\u00a0here".encode())
    assert article.locate("It’s\u00a0here") == (0,)
    assert article.locate("It's\u00a0here") == ()
    assert article.locate("It’s here") == ()


def test_an_excerpt_outside_the_article_cannot_be_made() -> None:
    article = parse(b"Short.")
    assert article.excerpt(Span(0, 6)).text == "Short."
    with pytest.raises(ValueError, match=r"span 0\.\.7 is outside the article"):
        article.excerpt(Span(0, 7))


def test_the_text_of_an_excerpt_cannot_be_set() -> None:
    excerpt = parse(b"Short.").excerpt(Span(0, 5))
    with pytest.raises((AttributeError, TypeError)):
        excerpt.text = "Other"  # type: ignore[misc]


# Properties

PIECES = st.sampled_from(
    ["word", "Mr.", "J.", "3.5", "“So", "end.”", "end.", "no!", "why?", "wait…", " ", "  ", "\n", "\r\n", "\n\n", "\n \n", "\u00a0", "\ufeff", "🎈", "é", ")", "\u2028", "\x0b", "Foot"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=80))


@given(TEXTS)
@example("\ufeff\n\nHead\r\n\r\n“One.” Two")
def test_every_sentence_is_a_trimmed_slice_of_one_paragraph(text: str) -> None:
    article = parse(text.encode(), foot="Foot")
    for span in article.sentences:
        excerpt = article.excerpt(span)
        assert excerpt.text == text[span.start : span.end]
        assert excerpt.text == excerpt.text.strip()
        assert excerpt.paragraph.span.covers(span)
        assert article.paragraph_at(span.end - 1) == excerpt.paragraph
        assert span.start in article.locate(excerpt.text)


@given(TEXTS)
def test_sentences_and_paragraphs_stand_in_order_and_never_overlap(text: str) -> None:
    article = parse(text.encode(), foot="Foot")
    for spans in (article.sentences, [p.span for p in article.paragraphs]):
        assert all(a.end <= b.start for a, b in pairwise(spans))
    assert [p.number for p in article.paragraphs] == list(range(len(article.paragraphs)))


@given(TEXTS)
def test_no_word_is_lost_between_the_sentences(text: str) -> None:
    article = parse(text.encode())
    covered = {i for s in article.sentences for i in range(s.start, s.end)}
    assert not [c for i, c in enumerate(text) if i not in covered and not c.isspace() and c != "\ufeff"]


@given(TEXTS, st.integers(0, 200))
def test_the_paragraph_at_an_offset_is_the_last_that_begins_there_or_before(text: str, offset: int) -> None:
    article = parse(text.encode())
    if article.paragraphs:
        begun = [p for p in article.paragraphs if p.span.start <= offset]
        assert article.paragraph_at(offset) == (begun[-1] if begun else article.paragraphs[0])


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", min_size=1, max_size=3))
def test_locate_finds_exactly_the_offsets_whose_slice_is_the_text(text: str, wanted: str) -> None:
    places = tuple(i for i in range(len(text)) if text[i : i + len(wanted)] == wanted)
    assert parse(text.encode()).locate(wanted) == places


# Pieces


@given(st.text(alphabet="ab ,;:\n", min_size=1, max_size=80), st.integers(4, 30))
def test_the_pieces_of_a_stretch_hold_all_of_it_but_white_space_and_none_is_too_long(text: str, most: int) -> None:
    text = text.strip() or "a"
    article = parse(text.encode())
    pieces = article.pieces(Span(0, len(text)), most)
    assert all(p.end - p.start <= most for p in pieces)
    gaps = [text[a.end : b.start] for a, b in pairwise(pieces)]
    assert "".join(gaps).strip() == ""
    assert (pieces[0].start, pieces[-1].end) == (0, len(text))


def test_a_piece_ends_after_a_comma_where_that_leaves_enough_and_else_between_words() -> None:
    text = "one two, three four five, six seven eight nine"
    article = parse(text.encode())
    assert [text[p.start : p.end] for p in article.pieces(Span(0, len(text)), 26)] == [
        "one two, three four five,",
        "six seven eight nine",
    ]
    assert [text[p.start : p.end] for p in article.pieces(Span(26, len(text)), 12)] == ["six seven", "eight nine"]
    assert article.pieces(Span(0, len(text)), 100) == (Span(0, len(text)),)
