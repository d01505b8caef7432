"""Citations: what each format says of an excerpt, that its syntax holds whatever the text, and that every road leads back to the
exact words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fakes.awkward import bare_pack, excerpts
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answer import Answered, Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import Metadata, Pack
from bot.say.citations import cite, key
from bot.say.languages import wording
from bot.say.replies import compose
from bot.say.wording import Format
from bot.text.article import Span

EN = wording("en")


URL = "https://news.example/library_100%25?a=1&b=2"


QUOTED = ["headline", "sundays", "waited", "room", "roof", "lift", "friends"]


@pytest.fixture(scope="module")
def pack(tiny_folder: Path) -> Pack:
    return load(tiny_folder)


def linked(pack: Pack, url: str = URL) -> Pack:
    """The pack with an address that its article states."""
    return replace(pack, metadata=Metadata(url))


def quoted(pack: Pack, quote_id: str) -> Citation:
    return Citation(pack.excerpt(quote_id), pack.quotes[quote_id])


def folded(text: str) -> str:
    """Text with each run of white space and control characters as one space; no-break spaces stay."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


def test_each_format_has_its_own_extension() -> None:
    assert {f.value: f.extension for f in Format} == {
        "plain": "txt",
        "markdown": "md",
        "bibtex": "bib",
        "ris": "ris",
        "csl-json": "json",
        "annotation": "jsonld",
    }


def test_plain_text_says_who_what_and_where(pack: Pack) -> None:
    assert cite(quoted(pack, "roof"), pack, EN, Format.PLAIN) == (
        "Anna Kovacs, Head librarian, relaying Tom Reed: “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”\n"
        "“Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.\n"
    )
    assert cite(quoted(pack, "waited"), linked(pack), EN, Format.PLAIN).endswith(
        f", the gazette, paragraph 2. {URL}#:~:text=We%20have%20waited%20nine%20years%20for%20this.\n"
    )


def test_markdown_quotes_and_links(pack: Pack) -> None:
    assert cite(quoted(pack, "lift"), pack, EN, Format.MARKDOWN) == (
        "> “Councillor Ruth Bell also called for a second lift in the building.”\n\n"
        "— The article, reporting Ruth Bell, “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4\n"
    )
    assert cite(quoted(pack, "waited"), linked(pack), EN, Format.MARKDOWN) == (
        "> “We have waited nine years for this.”\n\n"
        "— Anna Kovacs, Head librarian, [“Library to open on Sundays after readers’ petition”]"
        f"(<{URL}#:~:text=We%20have%20waited%20nine%20years%20for%20this.>), the gazette, paragraph 2\n"
    )


def test_bibtex_is_an_entry_of_no_invented_kind(pack: Pack) -> None:
    assert cite(quoted(pack, "roof"), linked(pack), EN, Format.BIBTEX) == (
        "@misc{millbrook-roof,\n"
        "  title = {{Library to open on Sundays after readers’ petition}},\n"
        "  howpublished = {the gazette},\n"
        f"  url = {{{URL}}},\n"
        "  note = {Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed},\n"
        "  annote = {“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”},\n"
        "}\n"
    )


def test_ris_is_a_generic_reference(pack: Pack) -> None:
    assert cite(quoted(pack, "friends"), linked(pack), EN, Format.RIS) == (
        "TY  - GEN\r\n"
        "TI  - Library to open on Sundays after readers’ petition\r\n"
        "PB  - the gazette\r\n"
        "SE  - note at the foot\r\n"
        "N1  - Paragraph 5, note at the foot. The article\r\n"
        "N1  - “Join the friends of the library for five pounds a year.”\r\n"
        f"UR  - {URL}\r\n"
        "ER  - \r\n"
    )


def test_csl_json_holds_the_words_and_their_proof(pack: Pack) -> None:
    citation = quoted(pack, "roof")
    assert json.loads(cite(citation, linked(pack), EN, Format.CSL_JSON)) == [
        {
            "id": "millbrook-roof",
            "type": "document",
            "title": "Library to open on Sundays after readers’ petition",
            "publisher": "the gazette",
            "URL": URL,
            "note": "Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed",
            "annote": citation.excerpt.text,
            "custom": {
                "sha256": pack.article.sha256,
                "start": citation.excerpt.span.start,
                "end": citation.excerpt.span.end,
                "paragraphs": [3],
                "speakers": ["Tom Reed"],
                "relayed_by": "Anna Kovacs",
            },
        }
    ]


def test_the_annotation_points_at_the_page_and_at_the_text_that_was_read(pack: Pack) -> None:
    citation = quoted(pack, "waited")
    annotation = json.loads(cite(citation, linked(pack), EN, Format.ANNOTATION))
    text, span = pack.article.text, citation.excerpt.span
    assert annotation["body"]["value"] == (
        "Anna Kovacs, Head librarian. “Library to open on Sundays after readers’ petition”, the gazette, paragraph 2."
    )
    assert annotation["target"] == {
        "source": URL,
        "state": {"type": "TimeState", "cached": f"urn:sha256:{pack.article.sha256}"},
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": "We have waited nine years for this.",
                "prefix": text[span.start - 32 : span.start],
                "suffix": text[span.end : span.end + 32],
            },
            {"type": "TextPositionSelector", "start": span.start, "end": span.end},
        ],
    }


PUBLISHED = Metadata(URL, "2026-05-04", ("Ann Price", "the {local} team"), ("author", "date"))
CURATORS = "From the curator, not from the text: author and date."


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        (Format.PLAIN, ["”, by Ann Price and the {local} team, the gazette, 2026-05-04, paragraph 2. " + URL, f" {CURATORS}\n"]),
        (Format.MARKDOWN, [">), by Ann Price and the {local} team, the gazette, 2026-05-04, paragraph 2. From the curator, not from the text\\: author and date.\n".replace("\\:", ":")]),
        (Format.BIBTEX, ["  author = {{Ann Price} and {the \\textbraceleft{}local\\textbraceright{} team}},\n", "  year = {2026},\n  date = {2026-05-04},\n", f"{CURATORS}}},\n"]),
        (Format.RIS, ["AU  - Ann Price\r\nAU  - the {local} team\r\nTI  - ", "PY  - 2026\r\nDA  - 2026/05/04/\r\n", f"{CURATORS}\r\n"]),
        (Format.CSL_JSON, ['"literal": "Ann Price"', '"literal": "the {local} team"', '"issued": {\n      "date-parts": [\n        [\n          2026,\n          5,\n          4\n', CURATORS]),
        (Format.ANNOTATION, ["”, by Ann Price and the {local} team, the gazette, 2026-05-04, paragraph 2. " + CURATORS]),
    ],
)  # fmt: skip
def test_every_format_says_by_whom_when_and_where_and_what_of_it_is_the_curator_s(
    pack: Pack, form: Format, parts: list[str]
) -> None:
    said = cite(quoted(pack, "waited"), replace(pack, metadata=PUBLISHED), EN, form)
    for part in (*parts, URL):
        assert part in said
    stated = cite(quoted(pack, "waited"), replace(pack, metadata=replace(PUBLISHED, supplied=())), EN, form)
    assert "curator" not in stated


def test_a_date_may_be_a_month_or_a_year(pack: Pack) -> None:
    for day, date_parts, ris in (("2026-05", [[2026, 5]], "2026/05//"), ("2026", [[2026]], "2026///")):
        dated = replace(pack, metadata=Metadata(date=day))
        assert json.loads(cite(quoted(pack, "waited"), dated, EN, Format.CSL_JSON))[0]["issued"] == {"date-parts": date_parts}
        assert f"\r\nPY  - 2026\r\nDA  - {ris}\r\n" in cite(quoted(pack, "waited"), dated, EN, Format.RIS)


def test_the_curator_s_part_is_told_in_the_reader_s_language(pack: Pack) -> None:
    said = cite(quoted(pack, "waited"), replace(pack, metadata=PUBLISHED), wording("fr"), Format.PLAIN)
    assert ", par Ann Price et the {local} team, the gazette, 2026-05-04, paragraphe 2. " in said
    assert said.endswith(" Absent du texte, indiqué par son curateur\u00a0: auteur et date de parution.\n")


def test_without_an_address_the_annotation_points_at_the_text_by_its_hash(pack: Pack) -> None:
    target = json.loads(cite(quoted(pack, "waited"), pack, EN, Format.ANNOTATION))["target"]
    assert target["source"] == f"urn:sha256:{pack.article.sha256}"
    assert set(target) == {"source", "selector"}


def test_an_annotation_is_named_by_its_content(pack: Pack) -> None:
    names = [
        json.loads(cite(quoted(pack, q), linked(pack, url), EN, Format.ANNOTATION))["id"] for q in QUOTED for url in ("", URL)
    ]
    assert len(set(names)) == len(names)
    assert names[1] == json.loads(cite(quoted(pack, QUOTED[0]), linked(pack), EN, Format.ANNOTATION))["id"]


@pytest.mark.parametrize("form", Format)
def test_what_the_pack_does_not_say_is_left_out(tmp_path: Path, form: Format) -> None:
    """A bare text names no publisher, and nothing names an author or a date."""
    path = tmp_path / "town.txt"
    path.write_text("Town news\n\nThe mill is open.\n", encoding="utf-8")
    pack = load(path)
    citation = Citation(pack.article.excerpt(pack.article.sentences[1]))
    said = cite(citation, pack, EN, form)
    assert "The mill is open." in said
    assert "Town news" in said
    assert pack.publisher not in said
    for name in (
        "author",
        "AU  -",
        "A1  -",
        "date",
        "year",
        "PY  -",
        "DA  -",
        "issued",
        "publi",
        "PB  -",
        "url",
        "UR  -",
        "relay",
        "speaker",
    ):
        assert name.lower() not in said.lower().replace("w3.org", ""), name


@pytest.mark.parametrize("quote_id", QUOTED)
def test_the_speaker_is_introduced_as_in_a_reply(tiny: Engine, quote_id: str) -> None:
    answer = tiny.answer(tiny.pack.entries[0].question)
    assert isinstance(answer, Answered)
    citation = quoted(tiny.pack, quote_id)
    shown = compose(replace(answer, lead="", citations=(citation,)), tiny.pack, wording("en")).plain
    attribution = cite(citation, tiny.pack, EN, Format.PLAIN).split(": “")[0]
    assert shown.startswith(f"{attribution}:\n")


def test_every_quote_of_the_shipped_pack_is_introduced_as_in_a_reply(engine: Engine) -> None:
    answer = engine.answer(engine.pack.entries[0].question)
    assert isinstance(answer, Answered)
    for quote_id in engine.pack.quotes:
        citation = quoted(engine.pack, quote_id)
        shown = compose(replace(answer, lead="", citations=(citation,)), engine.pack, wording("en")).plain
        assert shown.startswith(cite(citation, engine.pack, EN, Format.PLAIN).split(": “")[0] + ":\n"), quote_id


def test_several_speakers_are_listed(engine: Engine) -> None:
    record = json.loads(cite(quoted(engine.pack, "leaders-call"), engine.pack, EN, Format.CSL_JSON))[0]
    assert record["note"] == "Paragraph 7. The article, reporting Paddy Lillis, Dave Prentis and Tim Roache"
    assert record["custom"]["speakers"] == ["Paddy Lillis", "Dave Prentis", "Tim Roache"]
    assert record["custom"]["relayed_by"] == "the article"


@pytest.mark.parametrize(
    ("passage", "place", "section", "numbers"),
    [
        ("Library to open", "Headline", "headline", None),
        ("second lift", "Paragraph 4", None, [4]),
        ("full again.\n\n“My colleague", "Paragraphs 2 and 3", None, [2, 3]),
        ("petition\n\nTHE town", "Headline, paragraph 1", None, [1]),
        ("building.\n\nJoin the", "Paragraphs 4 and 5", None, [4, 5]),
        ("five pounds", "Paragraph 5, note at the foot", "note at the foot", [5]),
    ],
)
def test_the_place_is_that_of_the_whole_excerpt(
    pack: Pack, passage: str, place: str, section: str | None, numbers: list[int] | None
) -> None:
    (start,) = pack.article.locate(passage)
    citation = Citation(pack.article.excerpt(Span(start, start + len(passage))))
    item = json.loads(cite(citation, pack, EN, Format.CSL_JSON))[0]
    assert (item["note"], item.get("section"), item["custom"].get("paragraphs")) == (f"{place}. The article", section, numbers)


def test_furniture_has_no_place(pack: Pack) -> None:
    citation = Citation(pack.article.excerpt(Span(0, len("Skip to content"))))
    item = json.loads(cite(citation, pack, EN, Format.CSL_JSON))[0]
    assert item["note"] == "The article"
    assert "paragraphs" not in item["custom"]


def test_the_key_names_the_quote_or_the_place(pack: Pack) -> None:
    whole = quoted(pack, "waited")
    part = Citation(pack.article.excerpt(Span(whole.excerpt.span.start, whole.excerpt.span.end - 1)), whole.quote)
    span = part.excerpt.span
    assert key(whole, pack) == "millbrook-waited"
    assert key(part, pack) == key(Citation(part.excerpt), pack) == f"millbrook-{span.start}-{span.end}"


def read_bibtex(entry: str) -> tuple[str, dict[str, str]]:
    """One entry, read as BibTeX does: a field runs to the brace that balances its first one, backslashes or not."""
    opened = re.match(r"@misc\{([a-z0-9-]+),\n", entry)
    assert opened
    at, fields = opened.end(), {}
    while field := re.compile(r"  (\w+) = \{").match(entry, at):
        depth, end = 1, field.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[end], 0)
            end += 1
        fields[field[1]] = entry[field.end() : end - 1]
        assert entry[end : end + 2] == ",\n"
        at = end + 2
    assert entry[at:] == "}\n"
    return opened[1], fields


TEX = {"textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textasciicircum": "^", "textasciigrave": "`", "textless": "<", "textgreater": ">", "textbar": "|"}  # fmt: skip


def read_tex(value: str) -> str:
    """What TeX prints; fails for a character that would not print as itself."""
    out, at = [], 0
    token = re.compile(r"\\(?P<name>[a-z]+)\{\}|\\(?P<one>[#$%&_])|(?P<space>~)|(?P<nothing>\{\})|(?P<text>[^\\{}#$%&_~^`<>|\n])")
    while at < len(value):
        found = token.match(value, at)
        assert found, value[at:]
        out.append(
            TEX[found["name"]]
            if found["name"]
            else found["one"] or ("\u00a0" if found["space"] else "" if found["nothing"] else found["text"])
        )
        at = found.end()
    assert not re.search(r"--|''|,,", value)
    return "".join(out)


@given(excerpts())
def test_bibtex_reads_back_whatever_the_text(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    name, fields = read_bibtex(cite(citation, pack, EN, Format.BIBTEX))
    assert name == key(citation, pack)
    assert set(fields) <= {"author", "title", "howpublished", "year", "date", "note", "annote"}
    assert (fields.get("date", ""), fields.get("year", "")) == (pack.metadata.date, pack.metadata.date[:4])
    authors = [a[1:-1] for a in fields["author"].split(" and ")] if "author" in fields else []
    assert list(map(read_tex, authors)) == list(map(folded, pack.metadata.authors))
    assert read_tex(fields["annote"]) == folded(f"“{citation.excerpt.text}”")
    assert read_tex(fields.get("howpublished", "")) == folded(pack.publisher)
    assert read_tex(fields["title"][1:-1]) == "Heading"
    read_tex(fields["note"])


@pytest.mark.parametrize("text", ["{", "}{", "a } b", r"\{", "100% & #1_x", "~^`", "--- '' ,,", 'the "code"', "x\u00a0y"])
def test_bibtex_keeps_its_own_characters(text: str) -> None:
    pack = bare_pack(f"Heading\n\n{text}")
    (start,) = pack.article.locate(text)
    _, fields = read_bibtex(cite(Citation(pack.article.excerpt(Span(start, start + len(text)))), pack, EN, Format.BIBTEX))
    assert read_tex(fields["annote"]) == f"“{text}”"


def read_ris(reference: str) -> list[tuple[str, str]]:
    assert reference.endswith("\r\n")
    lines = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in reference[:-2].split("\r\n")]
    assert all(lines), reference
    return [(found[1], found[2]) for found in lines if found]


@given(excerpts())
def test_ris_keeps_its_line_rules_whatever_the_text(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    reference = cite(citation, pack, EN, Format.RIS)
    lines = read_ris(reference)
    assert len(reference.splitlines()) == len(lines)  # no other end of a line, such as U+2028, is left
    assert (lines[0], lines[-1]) == (("TY", "GEN"), ("ER", ""))
    assert [tag for tag, _ in lines].count("TY") == [tag for tag, _ in lines].count("ER") == 1
    assert ("N1", folded(f"“{citation.excerpt.text}”")) in lines
    assert dict(lines).get("PB", "") == folded(pack.publisher)
    assert [value for tag, value in lines if tag == "AU"] == [n for n in map(folded, pack.metadata.authors) if n]
    assert re.fullmatch(r"|2026/(05)?/(04)?/", dict(lines).get("DA", ""))


TEXT_FIELD = {"type": "string", "minLength": 1}


CSL_SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["id", "type"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": ["string", "number"]},
            "type": {"enum": ["document"]},
            **dict.fromkeys(("title", "publisher", "section", "URL", "note", "annote"), TEXT_FIELD),
            "author": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["literal"],
                    "additionalProperties": False,
                    "properties": {"literal": TEXT_FIELD},
                },
            },
            "issued": {
                "type": "object",
                "required": ["date-parts"],
                "additionalProperties": False,
                "properties": {
                    "date-parts": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 1,
                        "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"type": "integer"}},
                    }
                },
            },
            "custom": {"type": "object"},
        },
    },
}


@given(excerpts())
def test_csl_json_is_to_its_schema_and_exact_whatever_the_text(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    items = json.loads(cite(citation, pack, EN, Format.CSL_JSON))
    jsonschema.validate(items, CSL_SCHEMA)
    (item,) = items
    assert item["annote"] == citation.excerpt.text
    assert pack.article.text[item["custom"]["start"] : item["custom"]["end"]] == citation.excerpt.text


# https://www.w3.org/TR/annotation-model/, sections 3.1 (annotation), 3.2.4 (textual body), 4.2.4 and 4.2.5 (selectors), 4.3.1
# (time state)
IRI = {"type": "string", "pattern": r"^(https?|urn):[^\s<>\"{}|\\^`]+$"}


ANNOTATION_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["@context", "id", "type", "target"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "http://www.w3.org/ns/anno.jsonld"},
        "id": IRI,
        "type": {"const": "Annotation"},
        "motivation": {"const": "describing"},
        "body": {
            "type": "object",
            "required": ["type", "value"],
            "additionalProperties": False,
            "properties": {
                "type": {"const": "TextualBody"},
                "value": {"type": "string"},
                "format": {"const": "text/plain"},
                "language": {"const": "en"},
            },
        },
        "target": {
            "type": "object",
            "required": ["source", "selector"],
            "additionalProperties": False,
            "properties": {
                "source": IRI,
                "state": {
                    "type": "object",
                    "required": ["type", "cached"],
                    "additionalProperties": False,
                    "properties": {"type": {"const": "TimeState"}, "cached": IRI},
                },
                "selector": {
                    "type": "array",
                    "prefixItems": [
                        {
                            "type": "object",
                            "required": ["type", "exact", "prefix", "suffix"],
                            "additionalProperties": False,
                            "properties": {
                                "type": {"const": "TextQuoteSelector"},
                                **{name: {"type": "string"} for name in ("exact", "prefix", "suffix")},
                            },
                        },
                        {
                            "type": "object",
                            "required": ["type", "start", "end"],
                            "additionalProperties": False,
                            "properties": {
                                "type": {"const": "TextPositionSelector"},
                                **{name: {"type": "integer", "minimum": 0} for name in ("start", "end")},
                            },
                        },
                    ],
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
        },
    },
}


def check_annotation(pack: Pack, citation: Citation, url: str) -> None:
    annotation = json.loads(cite(citation, linked(pack, url), EN, Format.ANNOTATION))
    jsonschema.validate(annotation, ANNOTATION_SCHEMA, cls=jsonschema.Draft202012Validator)
    words, place = annotation["target"]["selector"]
    assert words["exact"] == pack.article.text[place["start"] : place["end"]] == citation.excerpt.text
    assert pack.article.locate(words["prefix"] + words["exact"] + words["suffix"]) == (place["start"] - len(words["prefix"]),)


@given(excerpts(), st.sampled_from(["", URL]))
def test_the_selectors_hit_the_words_and_no_others_whatever_the_text(drawn: tuple[Pack, Citation], url: str) -> None:
    check_annotation(*drawn, url)


@pytest.mark.parametrize("url", ["", URL])
def test_the_selectors_hit_every_quote_of_the_shipped_pack(engine: Engine, url: str) -> None:
    for quote_id in engine.pack.quotes:
        check_annotation(engine.pack, quoted(engine.pack, quote_id), url)


def test_repeated_words_get_as_much_context_as_they_need() -> None:
    pack = bare_pack("Heading\n\n" + "And so on and on. " * 8 + "The end.")
    second = pack.article.locate("And so on and on.")[1]
    check_annotation(pack, Citation(pack.article.excerpt(Span(second, second + 17))), "")


@given(excerpts())
def test_markdown_shows_the_text_and_starts_nothing_of_its_own(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    source = cite(citation, pack, EN, Format.MARKDOWN)
    lines = []
    for line in source.split("\n\n— ")[0].split("\n"):
        assert line == ">" or line.startswith("> ")
        assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<#|~&@]", line[2:])
        assert not re.match(r"\s*([-+=]|\d+[.)])", line[2:])
        lines.append(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", line[2:]))
    assert folded("\n".join(lines)) == folded(re.sub(r"[ \t]*(\r\n|\r|\n)[ \t]*", "\n", f"“{citation.excerpt.text}”"))


@given(excerpts())
def test_plain_text_has_the_excerpt_as_it_stands(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    assert f"“{citation.excerpt.text}”\n“Heading”" in cite(citation, pack, EN, Format.PLAIN)


@pytest.mark.parametrize("form", Format)
def test_a_citation_ends_with_a_line_break_and_is_the_same_each_time(pack: Pack, form: Format) -> None:
    said = [cite(quoted(pack, q), linked(pack), EN, form) for q in QUOTED]
    assert all(s.endswith("\n") and s.encode() for s in said)
    assert said == [cite(quoted(pack, q), linked(pack), EN, form) for q in QUOTED]
