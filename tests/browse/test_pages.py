"""Lists of what a pack holds: what is on a page, how it is cut, and what is made of ids and words from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import FAQ, PEOPLE, MakePack
from hypothesis import given
from hypothesis import strategies as st

from bot.browse import pages as browse
from bot.browse.pages import FaqPage
from bot.browse.paging import Unknown, budget
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, NO_PUBLISHER, Pack
from bot.text.article import Section, parse


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def quote_ids(page: browse.QuotePage | Unknown) -> list[str]:
    assert isinstance(page, browse.QuotePage)
    return [c.quote.id for c in page.citations if c.quote]


# Quotes


@pytest.mark.parametrize(
    ("speaker", "words", "found"),
    [
        ("kovacs", "", ["waited", "room", "roof"]),
        ("Anna Kovacs", "", ["waited", "room", "roof"]),
        ("anna kovaks", "", ["waited", "room", "roof"]),
        ("the librarian", "", ["waited", "room", "roof"]),
        ("paper", "", ["headline", "sundays", "lift"]),
        ("council", "", []),
        ("", "lift", ["lift"]),
        ("", "elevator", ["lift"]),
        ("", "repairs to roofs", ["roof"]),
        ("", "friends club", ["friends"]),
        ("", "peittion", ["headline", "sundays"]),
        ("bell", "roof", []),
        ("", "???", []),
    ],
)
def test_quotes_are_found_by_speaker_and_by_words_also_misspelt_or_in_the_vocabulary(
    pack: Pack, speaker: str, words: str, found: list[str]
) -> None:
    assert sorted(quote_ids(browse.quotes(pack, speaker, words))[:3]) == sorted(found)


def test_the_passage_that_fits_best_stands_first(pack: Pack) -> None:
    assert quote_ids(browse.quotes(pack, "", "readers petition signed"))[0] == "sundays"


def test_a_page_of_quotes_holds_at_most_as_many_as_are_wanted_and_the_pages_hold_all_once(pack: Pack) -> None:
    first = browse.quotes(pack, per_page=2)
    assert isinstance(first, browse.QuotePage)
    pages = [quote_ids(browse.quotes(pack, page=n + 1, per_page=2)) for n in range(first.pages)]
    assert all(1 <= len(page) <= 2 for page in pages)
    assert [i for page in pages for i in page] == list(pack.quotes)
    assert first.total == len(pack.quotes)


@pytest.mark.parametrize("typed", ["", "a", "x" * 3000, "\n", "kovacs; drop", "Smith", "the"])
def test_a_name_that_is_not_one_is_nobody(pack: Pack, typed: str) -> None:
    assert browse.find_person(pack, typed) is None


def test_a_name_as_near_to_one_person_as_to_another_is_nobody(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("aliases: [Tom Reed, Reed]", "aliases: [Marta]").replace("[Ruth Bell, Bell]", "[Marty]")
    pack = load(make_pack({"people.yaml": changed}))
    assert browse.find_person(pack, "Marti") is None
    assert browse.find_person(pack, "marta") is pack.people["reed"]


# People


def test_what_a_person_says_is_listed_with_its_quotes(pack: Pack) -> None:
    page = browse.people(pack)
    assert isinstance(page, browse.PeoplePage)
    ids = {s.person.id: ([q.id for q in s.own], [q.id for q in s.reported], [q.id for q in s.relays]) for s in page.sayings}
    assert ids == {
        "kovacs": (["waited", "room"], [], ["roof"]),
        "reed": ([], ["roof"], []),
        "bell": ([], ["lift"], []),
        "council": ([], [], []),
    }


# The article


@pytest.mark.parametrize(("stem", "name"), [("people-of-it", "People of it"), ("building_works", "Building works"), ("x", "X")])
def test_a_group_is_called_as_its_file_without_hyphens(stem: str, name: str) -> None:
    assert browse.group_name(stem) == name


def body(pack: Pack) -> str:
    return "".join(pack.article.excerpt(p.span).text for p in pack.article.paragraphs if p.section is not Section.FURNITURE)


def sheets(pack: Pack) -> Iterator[browse.ArticlePage]:
    first = browse.paragraphs(pack)
    assert isinstance(first, browse.ArticlePage)
    for number in range(1, first.pages + 1):
        page = browse.paragraphs(pack, number)
        assert isinstance(page, browse.ArticlePage)
        yield page


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


WORDS = st.sampled_from(["word", "Long. ", "a" * 700, "b" * 1000, "“Quoted.” ", " ", "\n", "\n\n", "é", "1. ", "* _x_ "])


@given(st.lists(WORDS, min_size=1, max_size=25).map("".join))
def test_no_page_holds_a_whole_article_or_more_than_the_budget_and_all_pages_together_lose_nothing(text: str) -> None:
    article = parse(("Head line\n\n" + text).encode())
    pack = Pack("a", "Head", "Head", NO_PUBLISHER, article, {}, {}, ())
    whole, shown = body(pack), ""
    for page in sheets(pack):
        here = "".join(article.excerpt(p.span).text for p in page.pieces)
        assert len(here) <= min(MAX_EXCERPT_CHARACTERS, len(whole) // 2)
        assert page.pieces
        shown += here
    assert letters(shown) == letters(whole)


def test_the_budget_of_the_shipped_article_is_that_of_an_answer(engine: Engine, pack: Pack) -> None:
    assert budget(engine.pack.article) == MAX_EXCERPT_CHARACTERS
    assert budget(pack.article) == len(body(pack)) // 2


# Questions


def test_questions_are_grouped_as_the_pack_s_files_group_them(make_pack: MakePack) -> None:
    cut = FAQ.index("- id: wait\n")
    pack = load(make_pack({"faq/library.yaml": FAQ[:cut], "faq/people-of-it.yaml": FAQ[cut:]}))
    page = browse.faq(pack)
    assert isinstance(page, FaqPage)
    assert page.groups == (("library", 3), ("people-of-it", 5))
    library = browse.faq(pack, "library")
    assert isinstance(library, FaqPage)
    assert [t.id for t in library.topics] == ["petition-outcome", "sunday-start", "petition-size"]
    assert browse.faq(pack, "gaps") == Unknown("group")


@pytest.mark.parametrize(
    ("typed", "speaker_and_topic"),
    [
        ("", ("", "")),
        ("Ruth Bell", ("Ruth Bell", "")),
        ("ruth  bell second lift", ("ruth bell", "second lift")),
        ("bel lift", ("bel", "lift")),
        ("second lift", ("", "second lift")),
        ("lift Bell", ("", "lift Bell")),
    ],
)
def test_what_is_typed_is_parted_into_a_speaker_and_a_topic(
    tiny_pack: Pack, typed: str, speaker_and_topic: tuple[str, str]
) -> None:
    assert browse.speaker_first(tiny_pack, typed) == speaker_and_topic
