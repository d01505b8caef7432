"""Round one passage: what is shown of its paragraph, and who else says something near it."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from conftest import ARTICLE, FAQ, PEOPLE, QUOTES, MakePack

from bot.browse import passages
from bot.browse.index import index_of
from bot.browse.paging import Unknown, budget
from bot.engine.answer import Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


# In context


def of(pack: Pack, quote: str) -> Citation:
    return Citation(pack.excerpt(quote), pack.quotes[quote])


def test_a_long_paragraph_is_shown_round_the_excerpt_within_the_budget(make_pack: MakePack) -> None:
    long = (
        "Early words here. " * 60
        + "Councillor Ruth Bell also called for a second lift in the building."
        + " Late words there." * 60
    )
    pack = load(make_pack({"article.txt": ("Councillor Ruth Bell also called for a second lift in the building.", long)}))
    found = passages.context(pack, of(pack, "lift"))
    assert (found.cut_before, found.cut_after) == (True, True)
    assert found.before
    assert found.after
    shown = sum(s.end - s.start for s in (found.before, found.citation.excerpt.span, found.after))
    assert MAX_EXCERPT_CHARACTERS - 60 < shown <= MAX_EXCERPT_CHARACTERS


def beside(pack: Pack, quote: str) -> tuple[str, str]:
    """What stands before and after an excerpt in context; nothing where there is nothing."""
    found = passages.context(pack, of(pack, quote))
    before, after = (pack.article.excerpt(s).text if s else "" for s in (found.before, found.after))
    return before, after


SUNDAYS = "THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition."
ROOM = "The reading room will finally be full again."
ROOF = "“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”"
LIFT = "Councillor Ruth Bell also called for a second lift in the building."
SPEECH = "Head librarian Anna Kovacs said: “We have waited nine years for this."


FEE = "Join the friends of the library for five pounds a year."


@pytest.mark.parametrize(
    ("quote", "before", "after"),
    [
        ("headline", "", SUNDAYS),
        ("lift", ROOF, FEE),
        ("friends", LIFT, ""),
        ("sundays", "Library to open on Sundays after readers’ petition", SPEECH),  # more does not fit
    ],
)
def test_an_excerpt_that_is_its_whole_paragraph_is_shown_between_its_neighbours(
    pack: Pack, quote: str, before: str, after: str
) -> None:
    assert beside(pack, quote) == (before, after)


def test_so_is_one_that_is_its_whole_paragraph_but_for_the_quotation_marks(pack: Pack) -> None:
    assert beside(pack, "roof") == ("The reading room will finally be full again.", LIFT)


def test_an_excerpt_that_is_part_of_a_paragraph_is_shown_in_that_alone(pack: Pack) -> None:
    assert beside(pack, "waited") == ("Head librarian Anna Kovacs said:", ROOM)
    assert beside(pack, "room") == (SPEECH, "")


def test_what_is_no_part_of_the_article_is_no_neighbour(make_pack: MakePack) -> None:
    parted = ARTICLE.replace("Councillor Ruth", "Advertisement\n\nCouncillor Ruth").replace("Join", "Skip to content\n\nJoin")
    furniture = ("furniture: [Skip to content]", "furniture: [Skip to content, Advertisement]")
    pack = load(make_pack({"article.txt": parted, "pack.yaml": furniture}))
    found = passages.context(pack, of(pack, "lift"))
    assert (found.before, found.after, found.cut_before, found.cut_after) == (None, None, False, False)
    assert [p.number for p, _ in found.neighbours] == [3, 5]


def test_a_sentence_of_an_article_alone_has_its_context_too(tmp_path: Path) -> None:
    path = tmp_path / "boats.txt"
    path.write_text(
        "Boats\n\nThe harbour is old. Boats were moved to Porto Novo. Nobody said when.\n\n" + "More of it.\n" * 9,
        encoding="utf-8",
    )
    pack = load(path)
    moved = next(s for s in pack.article.sentences if "Porto Novo" in pack.article.excerpt(s).text)
    found = passages.context(pack, Citation(pack.article.excerpt(moved)))
    assert found.citation == Citation(pack.article.excerpt(moved))
    assert [pack.article.excerpt(s).text if s else "" for s in (found.before, found.after)] == [
        "The harbour is old.",
        "Nobody said when.",
    ]


def test_an_excerpt_and_its_context_keep_the_budget_together(engine: Engine, pack: Pack) -> None:
    for one in (engine.pack, pack):
        for quote in one.quotes:
            found = passages.context(one, of(one, quote))
            spans = [s for s in (found.before, found.citation.excerpt.span, found.after) if s]
            assert sum(s.end - s.start for s in spans) <= budget(one.article)


@pytest.mark.parametrize("forged", ["", "LIFT", "../../etc/passwd"])
def test_a_passage_that_there_is_not_is_unknown(pack: Pack, forged: str) -> None:
    assert passages.others(pack, forged) == Unknown("quote")


# Others


def test_who_else_speaks_is_whom_the_same_question_cites(make_pack: MakePack) -> None:
    pack = load(make_pack({"faq/library.yaml": ("cites: [lift]", "cites: [lift, waited]")}))
    for one, other in (("lift", "waited"), ("waited", "lift")):
        (found,) = passages.others(pack, one)  # type: ignore[misc]
        assert found.citation.quote is pack.quotes[other]
        assert found.shared == (pack.by_id["second-lift"],)


@pytest.mark.parametrize(
    ("cites", "sentence", "found"),
    [
        ("[lift, roof]", "a second lift in the building", True),
        ("[lift, roof, waited]", "a second lift in the building", False),
        ("[lift, roof, waited]", "a second lift and the roof in the building", True),
        ("[lift, roof, waited, sundays]", "a second lift and the roof in the building", False),
        ("[lift]", "a second lift and roof repairs in the building", False),
        ("[lift]", "a second lift, roof repairs and books in the building", True),
    ],
)
def test_an_entry_brings_two_together_or_three_that_share_a_word_and_words_alone_must_be_three(
    make_pack: MakePack, cites: str, sentence: str, found: bool
) -> None:
    old = "a second lift in the building."
    changed = dict.fromkeys(("article.txt", "quotes.yaml"), (old, f"{sentence}."))
    pack = load(make_pack({**changed, "faq/library.yaml": ("cites: [lift]", f"cites: {cites}")}))
    others = passages.others(pack, "roof")
    assert isinstance(others, tuple)
    assert ("lift" in [o.citation.quote.id for o in others if o.citation.quote]) == found


def test_what_is_worked_out_of_a_pack_is_kept_as_long_as_the_pack(make_pack: MakePack) -> None:
    pack = load(make_pack())
    assert index_of(pack) is index_of(pack)
    kept = weakref.ref(index_of(pack))
    del pack
    gc.collect()
    assert kept() is None


def test_at_most_three_others_are_shown(make_pack: MakePack) -> None:
    """Of five passages, each cited with it by an entry of its own."""
    people = "".join(f"- id: p{i}\n  name: Person {i}\n  kind: person\n" for i in range(5))
    said = "".join(
        f'- id: q{i}\n  speaker: p{i}\n  kind: reported\n  relayed_by: paper\n  text: "Person {i} came."\n' for i in range(5)
    )
    asked = "".join(
        f'- id: e{i}\n  question: "Question {i}?"\n  asks: thing\n  cites: [lift, q{i}]\n'
        f'  phrasings: ["{i} a", "{i} b", "{i} c"]\n'
        for i in range(5)
    )
    sentences = "".join(f" Person {i} came." for i in range(5))
    pack = load(
        make_pack(
            {
                "article.txt": ("a year.", f"a year.{sentences}"),
                "people.yaml": PEOPLE + people,
                "quotes.yaml": QUOTES + said,
                "faq/library.yaml": FAQ + asked,
            }
        )
    )
    others = passages.others(pack, "lift")
    assert isinstance(others, tuple)
    assert [o.citation.quote.id for o in others if o.citation.quote] == ["q0", "q1", "q2"]


def test_or_whose_words_are_the_same_and_those_are_named_as_they_stand_there(make_pack: MakePack) -> None:
    changed = "for a second lift, roof-repairs and books in the building."
    old = "for a second lift in the building."
    pack = load(make_pack({"article.txt": (old, changed), "quotes.yaml": (old, changed)}))
    found = passages.others(pack, "roof")
    assert isinstance(found, tuple)
    assert [(o.citation.quote.id, o.shared, o.words) for o in found if o.citation.quote] == [
        ("lift", (), ("roof", "repairs", "books"))
    ]


def test_a_list_of_everything_brings_nobody_together(make_pack: MakePack) -> None:
    old = "asks: person\n  cites: [lift]"
    pack = load(make_pack({"faq/library.yaml": (old, "asks: list\n  cites: [lift, waited]")}))
    assert passages.others(pack, "lift") == ()


@pytest.mark.parametrize(("text", "found"), [("Head librarian Anna Kovacs said", False), (None, True)])
def test_narration_that_only_introduces_what_follows_is_nobody_else(make_pack: MakePack, text: str | None, found: bool) -> None:
    """Cited together with another passage by an entry: a whole sentence of the article says something on it, a stub does not."""
    whole = "THE town council has agreed to open Millbrook library on Sundays from March 3, after 412 readers signed a petition."
    record = f'- id: stub\n  speaker: paper\n  kind: narration\n  text: "{text or whole}"\n'
    pack = load(
        make_pack({"quotes.yaml": QUOTES + record, "faq/library.yaml": ("cites: [room]", "cites: [room, stub]")}),
    )
    others = passages.others(pack, "room")
    assert isinstance(others, tuple)
    assert ("stub" in [o.citation.quote.id for o in others if o.citation.quote]) == found


def test_nobody_else_is_never_the_same_speaker(engine: Engine) -> None:
    for quote in engine.pack.quotes.values():
        found = passages.others(engine.pack, quote.id)
        assert isinstance(found, tuple)
        for other in found:
            assert other.citation.quote
            assert not set(other.citation.quote.speakers) <= set(quote.speakers)
            assert other.shared or len(other.words) >= 3
            assert all(len(t.cites) <= (3 if other.words else 2) for t in other.shared)
            assert all(w in other.citation.excerpt.text for w in other.words)
