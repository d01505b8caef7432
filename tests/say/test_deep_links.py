"""The link to the words: a browser that follows it lands on the excerpt, or on the page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from conftest import MakePack
from fakes.answers import cite
from fakes.awkward import excerpts
from hypothesis import given

from bot.engine.answer import Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Metadata, Pack
from bot.say import citations
from bot.say.deep_links import MAX_URL, deep_link
from bot.say.languages import wording
from bot.say.wording import Format
from bot.text import article as articles
from bot.text.article import Span

URL = "https://news.example/library_100%25?a=1&b=2"


def directive(link: str, url: str) -> list[str] | None:
    """The terms of the text directive, decoded; None where there is none."""
    assert link.startswith(url)
    if link == url:
        return None
    found = re.fullmatch(r"#?:~:text=([\w.~%]+(?:,[\w.~%]+)?)", link[len(url) :], re.ASCII)
    assert found, link
    decode = re.compile(r"%([0-9A-F]{2})")
    return [decode.sub(lambda m: chr(int(m[1], 16)), term).encode("latin-1").decode() for term in found[1].split(",")]


def opened_at(text: str, terms: list[str]) -> Span:
    """What a browser marks: the first match of the first term, up to the first match of the last after it, whole words, in any
    case."""
    at, spans = 0, []
    for term in terms:
        words = r"\s+".join(map(re.escape, term.split(" ")))
        found = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE).search(text, at)
        assert found, term
        assert not re.search(r"\n\s*\n", found[0]), "a term reaches over the end of a paragraph"
        spans.append(found.span())
        at = found.end()
    return Span(spans[0][0], spans[-1][1])


@pytest.mark.parametrize("url", ["https://news.example/a", "https://news.example/a#part"])
def test_a_browser_lands_on_every_quote_of_the_shipped_pack(engine: Engine, url: str) -> None:
    pack = engine.pack
    for quote_id, quote in pack.quotes.items():
        terms = directive(deep_link(url, [pack.excerpt(quote_id)]), url)
        assert terms, quote_id
        assert opened_at(pack.article.text, terms) == quote.span


@given(excerpts())
def test_a_link_leads_to_the_excerpt_or_only_to_the_page(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    link = deep_link(URL, [citation.excerpt])
    assert len(link) <= MAX_URL
    terms = directive(link, URL)
    if terms:
        span = opened_at(pack.article.text, terms)
        text, marks = pack.article.text, " \t\r\n\f\v"
        assert text[span.start : span.end] == citation.excerpt.text.strip(marks)
        assert citation.excerpt.span.covers(span)


def excerpt_of(text: str, passage: str, nth: int = 0) -> articles.Excerpt:
    article = articles.parse(text.encode())
    start = article.locate(passage)[nth]
    return article.excerpt(Span(start, start + len(passage)))


def test_hyphens_and_commas_are_encoded_since_they_divide_a_directive() -> None:
    excerpt = excerpt_of("Heading\n\nA well-known man, they say.", "A well-known man, they say.")
    assert deep_link("https://a.example", [excerpt]) == "https://a.example#:~:text=A%20well%2Dknown%20man%2C%20they%20say."


def test_a_long_excerpt_is_named_by_its_first_and_last_words() -> None:
    passage = "One two three four five six seven eight nine ten."
    link = deep_link("https://a.example", [excerpt_of(f"Heading\n\n{passage}", passage)])
    assert link == "https://a.example#:~:text=One%20two%20three%20four,seven%20eight%20nine%20ten."


def test_as_many_words_are_named_as_it_takes_to_be_the_first_match() -> None:
    passage = "the man in the hat left early and nobody saw him go."
    link = deep_link("https://a.example", [excerpt_of(f"Heading\n\nThe man in the town: {passage}", passage)])
    assert directive(link, "https://a.example") == ["the man in the hat", "and nobody saw him go."]


def test_an_excerpt_of_several_paragraphs_is_named_by_both_its_ends() -> None:
    passage = "Short.\n\nThen a longer paragraph follows here."
    link = deep_link("https://a.example", [excerpt_of(f"Heading\n\n{passage}", passage)])
    assert directive(link, "https://a.example") == ["Short.", "longer paragraph follows here."]


def test_several_excerpts_are_marked_as_far_as_the_address_holds_them() -> None:
    passages = ["One two three.", "word " * 110 + "end.", "Four, five.", "字" * 60, "Six."]
    article = articles.parse("\n\n".join(["Heading", *passages]).encode())
    found = [article.excerpt(Span(start, start + len(p))) for p in passages for start in article.locate(p)]
    words = "https://a.example#:~:text=One%20two%20three.&text=word%20word%20word%20word,word%20word%20word%20end."
    assert deep_link("https://a.example", found) == f"{words}&text=Four%2C%20five.&text=Six."
    assert deep_link("https://a.example#part", found[:1]) == "https://a.example#part:~:text=One%20two%20three."
    assert deep_link("https://a.example", []) == "https://a.example"


@pytest.mark.parametrize(
    ("text", "passage", "nth"),
    [
        ("Heading\n\nAnd so on. And so on.", "And so on.", 1),  # the first match is another
        ("Heading\n\nUnderstanding", "standing", 0),  # no word begins there
        ("Heading\n\n" + "字" * 60, "字" * 60, 0),  # over 512 characters when encoded
        ("Heading\n\nA  \n B", "  \n ", 0),  # nothing but white space
    ],
)
def test_where_no_directive_is_sure_the_page_is_all_there_is(text: str, passage: str, nth: int) -> None:
    assert deep_link("https://a.example", [excerpt_of(text, passage, nth)]) == "https://a.example"


def test_a_citation_of_the_invented_pack_links_to_its_words(make_pack: MakePack) -> None:
    """Through a file on disk, with the no-break space and the dashes that editors leave."""
    article = (
        "Skip to content\n\nHeading\n\nThe 8-2\u00a0vote — a first, they say — was on May\u00a04.\n\nJoin the friends now.\n"
    )
    quotes = (
        '- {id: vote, speaker: paper, kind: narration, text: "The 8-2\\u00a0vote — a first, they say — was on May\\u00a04."}\n'
    )
    files = {"faq/library.yaml": None, "gaps.yaml": None, "premises.yaml": None, "questions.yaml": None, "vocabulary.yaml": None}
    people = "- {id: paper, name: the article, kind: source, aliases: [the article]}\n"
    pack = load(
        make_pack(
            {
                **files,
                "article.txt": article,
                "quotes.yaml": quotes,
                "people.yaml": people,
                "pack.yaml": ("positions: [waited, lift]\n", ""),
            }
        )
    )
    linked = replace(pack, metadata=Metadata("https://a.example"))
    said = citations.cite(cite(linked, "vote")[0], linked, wording("en"), Format.PLAIN)
    assert said.split()[-1] == (
        "https://a.example#:~:text=The%208%2D2%C2%A0vote%20%E2%80%94%20a,%E2%80%94%20was%20on%20May%C2%A04."
    )
