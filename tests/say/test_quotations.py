"""Quotations in a reply: verbatim in quotation marks, over each who speaks, under them the article; and once where they stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FILES, PEOPLE, QUOTES, MakePack
from fakes.answers import answered, cite, of_entry
from fakes.reading import spoken
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answer import Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Metadata, Pack
from bot.say.attribution import paragraphs_of, speaker, where
from bot.say.languages import wording
from bot.say.lines import MAX_CONTENT
from bot.say.quotations import quoted
from bot.say.replies import compose

EN = wording("en")


TITLE = "Millbrook library"


@pytest.fixture(scope="session")
def pack(tiny: Engine) -> Pack:
    return tiny.pack


def test_a_quotation_stands_in_a_block_of_its_own_under_its_bold_speaker_and_over_small_print(pack: Pack) -> None:
    assert compose(answered(pack, "room", lead="The room."), pack, EN).content == (
        "**The room.**\n"
        "**Anna Kovacs**, Head librarian:\n"
        "> “The reading room will finally be full again.”\n"
        "\n"
        "-# Millbrook library, paragraph 2"
    )


@pytest.mark.parametrize(
    ("ids", "lines"),
    [
        (
            ("waited", "room"),
            [
                "Anna Kovacs, Head librarian:",
                "“We have waited nine years for this.”",
                "“The reading room will finally be full again.”",
            ],
        ),
        (
            ("headline", "friends"),
            [
                "The article (headline):",
                "“Library to open on Sundays after readers’ petition”",
                "The article (paragraph 5, note at the foot):",
                "“Join the friends of the library for five pounds a year.”",
            ],
        ),
        (
            ("waited", "lift", "room"),
            [
                "Anna Kovacs, Head librarian (paragraph 2):",
                "“We have waited nine years for this.”",
                "The article, reporting Ruth Bell (paragraph 4):",
                "“Councillor Ruth Bell also called for a second lift in the building.”",
                "Anna Kovacs, Head librarian (paragraph 2):",
                "“The reading room will finally be full again.”",
            ],
        ),
    ],
)
def test_only_quotations_of_one_speaker_in_one_paragraph_stand_under_one_line(
    pack: Pack, ids: tuple[str, ...], lines: list[str]
) -> None:
    assert compose(answered(pack, *ids), pack, EN).plain.split("\n")[:-1] == lines


def test_quotations_of_two_speakers_in_one_paragraph_stand_under_a_line_each(make_pack: MakePack) -> None:
    pack = load(make_pack({"quotes.yaml": ("- id: room\n  speaker: kovacs", "- id: room\n  speaker: reed")}))
    lines = compose(answered(pack, "waited", "room"), pack, EN).plain.split("\n")
    assert lines[::2] == ["Anna Kovacs, Head librarian:", "Tom Reed, colleague:", f"{TITLE}, paragraph 2"]


@pytest.mark.parametrize(
    ("ids", "place"),
    [
        (("headline",), "headline"),
        (("sundays",), "paragraph 1"),
        (("friends",), "paragraph 5, note at the foot"),
        (("waited", "room"), "paragraph 2"),
    ],
)
def test_the_place_of_all_stands_once_under_them(pack: Pack, ids: tuple[str, ...], place: str) -> None:
    lines = compose(answered(pack, *ids), pack, EN).plain.split("\n")
    assert lines[-1] == f"{TITLE}, {place}"
    assert not [line for line in lines[:-1] if place in line]


@pytest.mark.parametrize(
    ("ids", "places"),
    [
        (("headline", "sundays"), ["(headline)", "(paragraph 1)"]),
        (("sundays", "waited", "lift"), ["(paragraph 1)", "(paragraph 2)", "(paragraph 4)"]),
        (("sundays", "friends"), ["(paragraph 1)", "(paragraph 5, note at the foot)"]),
    ],
)
def test_several_places_stand_over_each_quotation_and_under_them_none(
    pack: Pack, ids: tuple[str, ...], places: list[str]
) -> None:
    lines = compose(answered(pack, *ids), pack, EN).plain.split("\n")
    assert [line.removesuffix(":")[-len(place) :] for line, place in zip(lines[::2], places, strict=False)] == places
    assert lines[-1] == TITLE


def test_a_title_of_more_than_48_characters_is_cut_and_one_of_several_lines_is_one(pack: Pack) -> None:
    for title, shown in (("t" * 48, "t" * 48), ("t" * 49, "t" * 47 + "…"), ("A title\n  of two", "A title of two")):
        titled = replace(pack, title=title)
        assert compose(answered(titled, "lift"), titled, EN).plain.split("\n")[-1] == f"{shown}, paragraph 4"


@pytest.mark.parametrize(
    ("first", "second", "left_out"),
    [
        ("The town library opens on Sundays", "the council said", True),
        ("The town library opens on Sundays", "from 4 May", False),
        ("the council said", "The town library opens on Sundays", False),
        ("The town library opens", "The cost is small", False),
        ("The town library opens on Sundays from 4 May", "the council said", False),
    ],
)
def test_between_two_passages_of_one_sentence_what_is_left_out_shows(
    make_pack: MakePack, first: str, second: str, left_out: bool
) -> None:
    only = {"people.yaml": PEOPLE[: PEOPLE.index("- id: kovacs")], "faq/library.yaml": None, "gaps.yaml": None, "premises.yaml": None, "vocabulary.yaml": None, "questions.yaml": None}  # fmt: skip
    record = "- id: {id}\n  speaker: paper\n  kind: narration\n  text: {text}\n"
    pack = load(
        make_pack(
            {
                **only,
                "article.txt": "Head\n\nThe town library opens on Sundays from 4 May, the council said. The cost is small.\n",
                "quotes.yaml": record.format(id="one", text=first) + record.format(id="two", text=second),
                "pack.yaml": 'slug: a\ntitle: a\nsubject: a\narticle: {sha256: "{sha256}"}\n',
            }
        )
    )
    lines = compose(answered(pack, "one", "two"), pack, EN).plain.split("\n")
    assert lines[1:-1] == [f"“{first}”", *(["[…]"] if left_out else []), f"“{second}”"]


SLICES = st.lists(st.sampled_from(["headline", "sundays", "waited", "room", "roof", "lift", "friends"]), min_size=1, max_size=7, unique=True)  # fmt: skip


@given(SLICES, st.sampled_from(["", "412 readers.", "Ruth Bell."]))
def test_every_excerpt_is_verbatim_in_quotation_marks_and_its_speaker_stands_before_it(
    tiny: Engine, ids: list[str], lead: str
) -> None:
    pack = tiny.pack
    reply = compose(answered(pack, *ids, lead=lead), pack, EN)
    places = {where(paragraphs_of(c.excerpt), EN) for c in cite(pack, *ids)}
    for citation in cite(pack, *ids):
        quotation = f"“{citation.excerpt.text}”"
        assert quotation in reply.plain
        before = reply.plain[: reply.plain.index(quotation)]
        over = [line.removesuffix(":") for line in before.split("\n") if line.endswith(":")]
        who, place = "".join(speaker(citation, pack, EN)), where(paragraphs_of(citation.excerpt), EN)
        assert over[-1] == (f"{who} ({place})" if len(places) > 1 else who)
    assert len(reply.content) <= MAX_CONTENT
    assert reply.plain.split("\n")[-1] == (TITLE if len(places) > 1 else f"{TITLE}, {places.pop()}")


URL = "https://gazette.example/library_(opens)"
LIFT = "Councillor%20Ruth%20Bell%20also,lift%20in%20the%20building."


@pytest.mark.parametrize(
    ("ids", "address", "place"),
    [
        (("lift",), f"{URL}#:~:text={LIFT}", ", paragraph 4"),
        (("waited", "lift"), f"{URL}#:~:text=We%20have%20waited%20nine%20years%20for%20this.&text={LIFT}", ""),
    ],
)
def test_the_title_under_a_quotation_leads_to_the_words_and_is_plain_where_there_is_no_markdown(
    pack: Pack, ids: tuple[str, ...], address: str, place: str
) -> None:
    linked = replace(pack, metadata=Metadata(URL))
    reply = compose(answered(linked, *ids), linked, EN)
    assert reply.content.split("\n")[-1] == f"-# [{TITLE}](<{address}>){place}"
    assert reply.plain == compose(answered(pack, *ids), pack, EN).plain
    french = compose(answered(linked, *ids), linked, wording("fr")).content.split("\n")[-1]
    assert french == f"-# [{TITLE}](<{address}>){place.replace('paragraph', 'paragraphe')}"


def test_an_address_that_would_make_a_reply_too_long_is_left_out(pack: Pack) -> None:
    linked = replace(pack, metadata=Metadata("https://gazette.example/" + "a" * MAX_CONTENT))
    assert compose(answered(linked, "lift"), linked, EN) == compose(answered(pack, "lift"), pack, EN)


def test_a_title_with_marks_of_its_own_is_no_way_out_of_the_link(make_pack: MakePack) -> None:
    article = "Head\n\nBody.\n"
    files = {name: None for name in FILES if name not in ("article.txt", "pack.yaml")}
    top = "slug: a\ntitle: 'A [b](c) *d* \\](<e>'\nsubject: a\narticle:\n  sha256: \"{sha256}\"\n  url: https://a.example/\n"
    pack = load(make_pack({**files, "article.txt": article, "pack.yaml": top}))
    reply = compose(replace(answered(pack), citations=(Citation(pack.article.excerpt(pack.article.sentences[1])),)), pack, EN)
    assert spoken(reply.content) == reply.plain.split("\n")
    assert reply.plain.endswith("\nA [b](c) *d* \\](<e>, paragraph 1")


def test_a_line_break_inside_a_passage_keeps_the_whole_passage_in_the_block(make_pack: MakePack) -> None:
    article = "Head\n\nFirst line of a list\nsecond line of it\n"
    only = {"people.yaml": PEOPLE[: PEOPLE.index("- id: kovacs")], "faq/library.yaml": None, "gaps.yaml": None, "premises.yaml": None, "vocabulary.yaml": None, "questions.yaml": None}  # fmt: skip
    text = QUOTES[: QUOTES.index("- id: sundays")].replace(
        "Library to open on Sundays after readers’ petition", "list\\nsecond line"
    )
    pack = load(make_pack({**only, "article.txt": article, "quotes.yaml": text, "pack.yaml": 'slug: a\ntitle: a\nsubject: a\narticle: {sha256: "{sha256}"}\n'}))  # fmt: skip
    reply = compose(answered(pack, "headline"), pack, EN)
    assert "“list\nsecond line”" in reply.plain
    assert "> “list\n> second line”\n" in reply.content


@pytest.mark.parametrize(
    ("passage", "shown"),
    [
        ("“Go on,” she said.", "“Go on,” she said."),
        ('"Go on," she said.', '"Go on," she said.'),
        ("She said “go on”.", "“She said “go on”.”"),
    ],
)
def test_a_passage_that_begins_with_a_mark_of_its_own_gets_no_second_one(passage: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Head\n\n{passage}\n", encoding="utf-8")
    bare = load(tmp_path / "a.txt")
    lines = quoted([Citation(bare.article.excerpt(bare.article.sentences[1]))], bare, EN)
    assert [line.text for line in lines if line.kind == "quote"] == [shown]


def test_a_reply_begins_with_its_lead_or_else_with_who_speaks(tiny: Engine) -> None:
    for entry in tiny.pack.entries:
        plain = compose(of_entry(tiny.pack, entry.id), tiny.pack, EN).plain
        (first, *_) = cite(tiny.pack, *entry.cites)
        speaks = f"{''.join(speaker(first, tiny.pack, EN))}:"
        lead = {"wait": "Anna Kovacs says, in short: nine years."}.get(entry.id, entry.lead)
        assert plain.split("\n")[:2] == ([lead, speaks] if lead else [speaks, f"“{first.excerpt.text}”"])
