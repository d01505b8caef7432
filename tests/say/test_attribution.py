"""Who says an excerpt and where it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import PEOPLE, MakePack
from fakes.answers import cite

from bot.engine.answer import Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Pack
from bot.say.attribution import name_of, paragraphs_of, speaker, utterer, where
from bot.say.languages import wording
from bot.say.lines import Bold
from bot.say.wording import Wording
from bot.text.article import Span

EN, FR = wording("en"), wording("fr")


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def attribution(citation: Citation, pack: Pack, words: Wording = EN) -> str:
    """Who says it, with its bold type as Discord is sent it, and where."""
    frame = "".join(f"**{part}**" if isinstance(part, Bold) else part for part in speaker(citation, pack, words))
    return f"{frame} ({where(paragraphs_of(citation.excerpt), words)})"


@pytest.mark.parametrize(
    ("quote", "frame", "whose"),
    [
        ("headline", "**The article** (headline)", None),
        ("sundays", "**The article** (paragraph 1)", None),
        ("room", "**Anna Kovacs**, Head librarian (paragraph 2)", "Anna Kovacs"),
        ("roof", "**Anna Kovacs**, Head librarian, relaying **Tom Reed** (paragraph 3)", "Anna Kovacs"),
        ("lift", "**The article**, reporting Ruth Bell (paragraph 4)", None),
        ("friends", "**The article** (paragraph 5, note at the foot)", None),
    ],
)
def test_each_kind_of_quote_has_its_frame_and_its_utterer(pack: Pack, quote: str, frame: str, whose: str | None) -> None:
    (citation,) = cite(pack, quote)
    assert attribution(citation, pack) == frame
    assert utterer(citation, pack) == whose


def test_a_name_that_begins_as_a_sentence_does_is_written_as_within_one(pack: Pack) -> None:
    people = {
        **pack.people,
        "bell": replace(pack.people["bell"], name="A councillor"),
        "reed": replace(pack.people["reed"], name="The Hugs"),
    }
    named = replace(pack, people=people)
    assert attribution(cite(pack, "lift")[0], named) == "**The article**, reporting a councillor (paragraph 4)"
    assert attribution(cite(pack, "roof")[0], named).startswith("**Anna Kovacs**, Head librarian, relaying **the Hugs** (")


@pytest.mark.parametrize(
    ("quote", "frame"),
    [
        ("headline", "**L’article** (titre)"),
        ("roof", "**Anna Kovacs**, Head librarian, citant indirectement **Tom Reed** (paragraphe 3)"),
        ("lift", "**L’article**, citant indirectement Ruth Bell (paragraphe 4)"),
        ("friends", "**L’article** (paragraphe 5, note en bas de page)"),
    ],
)
def test_names_are_bold_in_french_too(pack: Pack, quote: str, frame: str) -> None:
    assert attribution(cite(pack, quote)[0], pack, FR) == frame


def test_a_passage_without_a_record_is_the_article_s(pack: Pack) -> None:
    citation = Citation(pack.article.excerpt(pack.article.sentences[0]))
    assert attribution(citation, pack) == "**The article** (headline)"
    assert utterer(citation, pack) is None


def test_several_reported_speakers_are_all_named(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("speaker: bell", "speaker: [bell, reed, kovacs]")}))
    assert (
        attribution(cite(pack, "lift")[0], pack) == "**The article**, reporting Ruth Bell, Tom Reed and Anna Kovacs (paragraph 4)"
    )


def test_a_speaker_without_a_capacity_stands_alone(make_pack: MakePack) -> None:
    pack = load(make_pack({"people.yaml": ("  capacity: Head librarian\n", "")}))
    assert attribution(cite(pack, "room")[0], pack) == "**Anna Kovacs** (paragraph 2)"


@pytest.mark.parametrize(
    ("speakers", "without", "frame"),
    [
        ("kovacs, reed", "", "**Anna Kovacs**, Head librarian; **Tom Reed**, colleague"),
        ("reed, bell, kovacs", "", "**Tom Reed**, colleague; **Ruth Bell**, Councillor; **Anna Kovacs**, Head librarian"),
        ("kovacs, reed", "  capacity: Head librarian\n", "**Anna Kovacs**; **Tom Reed**, colleague"),
        ("council, kovacs", "  capacity: Head librarian\n", "**town council** and **Anna Kovacs**"),
    ],
)
def test_a_capacity_never_runs_into_another_speaker_s_name(make_pack: MakePack, speakers: str, without: str, frame: str) -> None:
    changed = {"quotes.yaml": ("- id: room\n  speaker: kovacs", f"- id: room\n  speaker: [{speakers}]")}
    pack = load(make_pack({**changed, "people.yaml": PEOPLE.replace(without, "") if without else PEOPLE}))
    assert attribution(cite(pack, "room")[0], pack) == f"{frame} (paragraph 2)"


def test_the_name_for_citing_is_the_article_s_and_not_the_one_for_finding(make_pack: MakePack) -> None:
    changed = PEOPLE.replace("name: Tom Reed", "name: Thomas Augustus Reed\n  cited_as: Tom Reed")
    pack = load(make_pack({"people.yaml": changed}))
    assert "relaying **Tom Reed**" in attribution(cite(pack, "roof")[0], pack)


@pytest.mark.parametrize(
    ("passage", "place", "french"),
    [
        ("Library to open", "headline", "titre"),
        ("second lift", "paragraph 4", "paragraphe 4"),
        ("full again.\n\n“My colleague", "paragraphs 2 and 3", "paragraphes 2 et 3"),
        ("petition\n\nTHE town", "headline, paragraph 1", "titre, paragraphe 1"),
        ("building.\n\nJoin the", "paragraphs 4 and 5", "paragraphes 4 et 5"),
        ("five pounds", "paragraph 5, note at the foot", "paragraphe 5, note en bas de page"),
        ("Skip to content", "", ""),
    ],
)
def test_the_place_is_that_of_the_whole_excerpt(pack: Pack, passage: str, place: str, french: str) -> None:
    (start,) = pack.article.locate(passage)
    paragraphs = paragraphs_of(pack.article.excerpt(Span(start, start + len(passage))))
    assert where(paragraphs, EN) == place
    assert where(paragraphs, FR) == french


def test_the_publication_is_named_in_the_reader_s_language(pack: Pack) -> None:
    assert [name_of(p, pack, w) for p in ("bell", "paper") for w in (EN, FR)] == ["Ruth Bell"] * 2 + ["the article", "l’article"]
    assert name_of("nobody", pack, EN) == "nobody"


def test_words_whose_speaker_is_open_are_put_in_nobody_s_mouth(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs\n", '- id: room\n  open: "who says it"\n')}))
    (citation,) = cite(pack, "room")
    assert attribution(citation, pack) == "**The article**, in quotation marks (paragraph 2)"
    assert attribution(citation, pack, FR) == "**L’article**, entre guillemets (paragraphe 2)"
    assert utterer(citation, pack) is None
