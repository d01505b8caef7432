"""Address, date and author of an article: what may stand there, and what of it is the curator's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import PACK, MakePack
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FileFaults
from bot.pack.loading import load
from bot.pack.metadata import date_flaw, metadata, url_flaw
from bot.pack.values import Metadata
from bot.text import article as articles

URL = "https://news.example/2026/library"


def of(text: str, *, url: str = "", published: str = "", authors: tuple[str, ...] = ()) -> Metadata:
    return metadata(articles.parse(text.encode()), url, published, authors)


def test_what_the_text_does_not_state_is_the_curator_s() -> None:
    text = f"Heading\n\nBy Ann Price and Tom\u00a0Reed, 4 May 2026\n\nBody. Ruth Bell spoke on 5 May 2026. {URL}\n"
    assert of(text, url=URL, published="2026-05-04", authors=("Ann Price", "Tom Reed")).supplied == ()
    assert of("Heading\n\nBody.\n", url=URL, published="2026-05-04", authors=("Ann Price",)).supplied == ("author", "date", "url")
    assert of(text, authors=("Ann Price", "Ruth Bell")).supplied == ("author",)
    assert of("Heading\nAnn Price\n", authors=("Ann Price",)).supplied == ()
    assert of(text) == Metadata()


def test_a_name_or_a_date_in_a_sentence_makes_nobody_the_author_and_no_day_that_of_publication() -> None:
    text = "Heading\n\nAnn Price opened it on 4 May 2026.\n\nAnn Price: “By May 2026.”\n"
    assert of(text, published="2026-05-04", authors=("Ann Price",)).supplied == ("author", "date")


@pytest.mark.parametrize(
    ("published", "text", "stated"),
    [
        ("2026-05-04", "Published on 2026-05-04", True),
        ("2026-05-04", "Monday 4 May 2026", True),
        ("2026-05-04", "May 4, 2026", True),
        ("2026-05-04", "the 4th of May 2026", True),
        ("2026-05-04", "4\u00a0MAY 2026", True),
        ("2026-09-04", "4 Sept. 2026", True),
        ("2026-05-13", "Published: 13/05/2026", True),
        ("2026-05-13", "Last updated 5/13/2026 10:15", True),
        ("2026-03-03", "3/3/2026", True),
        ("2026-05-04", "04/05/2026", False),
        ("2026-05-04", "05/04/2026", False),
        ("2026-05-13", "13/05/26", False),
        ("2026-03-03", "13/3/2026", False),
        ("2026-03-03", "3/3/2026/7", False),
        ("2026-03-03", "in file 1/3/3/2026", False),
        ("2026-03", "03/2026", False),
        ("2026-05-04", "14 May 2026", False),
        ("2026-05-04", "4 May", False),
        ("2026-05-04", "4 May 2025", False),
        ("2026-05-04", "May 2026", False),
        ("2026-05", "in May 2026", True),
        ("2026-05", "on 4 May 2026", True),
        ("2026-05", "in 2026", False),
        ("2026", "in 2026", True),
        ("2026", "12026 readers", False),
        ("2026-05-04", "It opened on 4 May 2026.", False),
    ],
)
def test_a_date_is_stated_in_figures_or_in_words(published: str, text: str, stated: bool) -> None:
    assert ("date" not in of(f"Heading\n\n{text}", published=published).supplied) is stated


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_day_can_be_a_date_and_is_found_where_the_text_has_it(day: date) -> None:
    written = day.isoformat()
    assert date_flaw(written) is date_flaw(written[:7]) is date_flaw(written[:4]) is None
    text = f"Heading\n\nPublished on {day.day} {day:%B} {day.year}"
    assert of(text, published=written).supplied == ()
    assert of(text, published=(day + timedelta(1 if day < date(9999, 12, 31) else -1)).isoformat()).supplied == ("date",)


@pytest.mark.parametrize(
    "text", ["4 May 2026", "2026-13", "2026-02-30", "2026-5-4", "26-05-04", "2026-05-04T10:00", "0000", "２０２６"]
)
def test_what_is_no_date_is_a_flaw(text: str) -> None:
    assert date_flaw(text) == (f"{text!r} is no date.", 'write year, month and day, or fewer: "2026-05-04", "2026-05" or "2026".')


@pytest.mark.parametrize("url", ["javascript:alert(1)", "news.example", "https://a.example/x y", "https://a.example/\r\nER  - ", "https://a/}", "https://a/<b>"])  # fmt: skip
def test_what_is_no_web_address_is_a_flaw(url: str) -> None:
    assert url_flaw(url) == (f"{url!r} is no web address.", "write it as a browser shows it, from https:// on.")
    assert url_flaw(URL) is url_flaw("http://news.example/a#part?b=(c)&d=%20") is None


def test_a_pack_names_address_date_and_authors(make_pack: MakePack) -> None:
    lines = f'  url: {URL}  # as of today\n  date: "2026-05-04"\n  author: [Anna Kovacs, Nobody]\n'
    assert load(make_pack({"pack.yaml": PACK.replace("  publisher", f"{lines}  publisher")})).metadata == Metadata(
        URL, "2026-05-04", ("Anna Kovacs", "Nobody"), ("author", "date", "url")
    )
    one = load(make_pack({"pack.yaml": PACK.replace("  publisher", "  author: Anna Kovacs\n  publisher")}, "one"))
    assert one.metadata == Metadata(authors=("Anna Kovacs",), supplied=("author",)), (
        "she is quoted, and nobody says that she wrote it"
    )
    assert load(make_pack(name="none")).metadata == Metadata()


def test_faults_of_the_metadata_stand_at_their_keys(make_pack: MakePack) -> None:
    lines = "  url: news.example\n  date: 4 May\n  author: ' '\n"
    with pytest.raises(FileFaults) as error:
        load(make_pack({"pack.yaml": PACK.replace("  publisher", f"{lines}  publisher")}))
    assert [(f.line, f.what) for f in error.value.faults] == [
        (6, "'news.example' is no web address."),
        (7, "'4 May' is no date."),
        (8, "'author' names nobody."),
    ]
    unquoted = make_pack({"pack.yaml": PACK.replace("  publisher", "  date: 2026-05-04\n  publisher")}, "unquoted")
    with pytest.raises(FileFaults, match=r"pack\.yaml:6: YAML reads '2026-05-04' as timestamp, not as text"):
        load(unquoted)
