"""Citations: what each format says of an excerpt, that its syntax holds whatever the text, and that every road leads back to the exact words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import MakePack
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.answer import Answered, Citation
from bot.engine.pipeline import Engine
from bot.pack.loading import load
from bot.pack.values import NO_PUBLISHER, Pack, Person, PersonKind, Quote, QuoteKind
from bot.say.citations import cite, key
from bot.say.deep_links import MAX_URL, deep_link
from bot.say.languages import wording
from bot.say.replies import compose
from bot.say.wording import Format
from bot.text import article as articles
from bot.text.article import Span

URL = "https://news.example/library_100%25?a=1&b=2"
QUOTED = ["headline", "sundays", "waited", "room", "roof", "lift", "friends"]

# Characters with a meaning in some format, ends of lines of every kind, and letters beyond the first plane.
PIECES = [
    *"aaabé \n\n\r\t\\{}%#$&_~^\"'`*<>|[]@:=-–,;.!?1“”\u00a0\u2028\x85\x0c𝒜",
    "\r\n",
    "\n\n",
    "word ",
    "\nER  - ",
    "--",
    "''",
]
AWKWARD = st.lists(st.sampled_from(PIECES), min_size=1, max_size=80).map("".join)


def bare_pack(text: str) -> Pack:
    parsed = articles.parse(text.encode())
    return Pack("odd", parsed.headline, "odd things", NO_PUBLISHER, parsed, {}, {}, ())


@st.composite
def excerpts(draw: st.DrawFn) -> tuple[Pack, Citation]:
    """An awkward text with some passage of it, said by somebody with an awkward name."""
    pack = bare_pack("Heading\n\n" + draw(AWKWARD))
    length = len(pack.article.text)
    start = draw(st.integers(0, length - 1))
    span = Span(start, draw(st.integers(start + 1, length)))
    person = Person("p", draw(AWKWARD), PersonKind.PERSON, draw(AWKWARD), ())
    quote = Quote("q", span, draw(st.sampled_from([QuoteKind.DIRECT, QuoteKind.NARRATION])), ("p",), None)
    return replace(pack, people={"p": person}, publisher=draw(AWKWARD)), Citation(pack.article.excerpt(span), quote)


@pytest.fixture(scope="module")
def pack(tiny_folder: Path) -> Pack:
    return load(tiny_folder)


def quoted(pack: Pack, quote_id: str) -> Citation:
    return Citation(pack.excerpt(quote_id), pack.quotes[quote_id])


def folded(text: str) -> str:
    """Text with each run of white space and control characters as one space; no-break spaces stay."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip(" ")


# The formats in full


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
    assert cite(quoted(pack, "roof"), pack, Format.PLAIN) == (
        "Anna Kovacs, Head librarian, relaying Tom Reed: “My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”\n"
        "“Library to open on Sundays after readers’ petition”, the gazette, paragraph 3.\n"
    )
    assert cite(quoted(pack, "waited"), pack, Format.PLAIN, URL).endswith(
        f", the gazette, paragraph 2. {URL}#:~:text=We%20have%20waited%20nine%20years%20for%20this.\n"
    )


def test_markdown_quotes_and_links(pack: Pack) -> None:
    assert cite(quoted(pack, "lift"), pack, Format.MARKDOWN) == (
        "> “Councillor Ruth Bell also called for a second lift in the building.”\n\n"
        "— The article, reporting Ruth Bell, “Library to open on Sundays after readers’ petition”, the gazette, paragraph 4\n"
    )
    assert cite(quoted(pack, "waited"), pack, Format.MARKDOWN, URL) == (
        "> “We have waited nine years for this.”\n\n"
        "— Anna Kovacs, Head librarian, [“Library to open on Sundays after readers’ petition”]"
        f"(<{URL}#:~:text=We%20have%20waited%20nine%20years%20for%20this.>), the gazette, paragraph 2\n"
    )


def test_bibtex_is_an_entry_of_no_invented_kind(pack: Pack) -> None:
    assert cite(quoted(pack, "roof"), pack, Format.BIBTEX, URL) == (
        "@misc{millbrook-roof,\n"
        "  title = {{Library to open on Sundays after readers’ petition}},\n"
        "  howpublished = {the gazette},\n"
        f"  url = {{{URL}}},\n"
        "  note = {Paragraph 3. Anna Kovacs, Head librarian, relaying Tom Reed},\n"
        "  annote = {“My colleague Tom Reed told me last week that the roof repairs cost more than the new books.”},\n"
        "}\n"
    )


def test_ris_is_a_generic_reference(pack: Pack) -> None:
    assert cite(quoted(pack, "friends"), pack, Format.RIS, URL) == (
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
    assert json.loads(cite(citation, pack, Format.CSL_JSON, URL)) == [
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
    annotation = json.loads(cite(citation, pack, Format.ANNOTATION, URL))
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


def test_without_an_address_the_annotation_points_at_the_text_by_its_hash(pack: Pack) -> None:
    target = json.loads(cite(quoted(pack, "waited"), pack, Format.ANNOTATION))["target"]
    assert target["source"] == f"urn:sha256:{pack.article.sha256}"
    assert set(target) == {"source", "selector"}


def test_an_annotation_is_named_by_its_content(pack: Pack) -> None:
    names = [json.loads(cite(quoted(pack, q), pack, Format.ANNOTATION, url))["id"] for q in QUOTED for url in ("", URL)]
    assert len(set(names)) == len(names)
    assert names[1] == json.loads(cite(quoted(pack, QUOTED[0]), pack, Format.ANNOTATION, URL))["id"]


# What is said and what is left out


@pytest.mark.parametrize("form", Format)
def test_what_the_pack_does_not_say_is_left_out(tmp_path: Path, form: Format) -> None:
    """A bare text names no publisher, and nothing names an author or a date."""
    path = tmp_path / "town.txt"
    path.write_text("Town news\n\nThe mill is open.\n", encoding="utf-8")
    pack = load(path)
    citation = Citation(pack.article.excerpt(pack.article.sentences[1]))
    said = cite(citation, pack, form)
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
    attribution = cite(citation, tiny.pack, Format.PLAIN).split(": “")[0]
    assert shown.startswith(f"{attribution} (")


def test_every_quote_of_the_shipped_pack_is_introduced_as_in_a_reply(engine: Engine) -> None:
    answer = engine.answer(engine.pack.entries[0].question)
    assert isinstance(answer, Answered)
    for quote_id in engine.pack.quotes:
        citation = quoted(engine.pack, quote_id)
        shown = compose(replace(answer, lead="", citations=(citation,)), engine.pack, wording("en")).plain
        assert shown.startswith(cite(citation, engine.pack, Format.PLAIN).split(": “")[0] + " ("), quote_id


def test_several_speakers_are_listed(engine: Engine) -> None:
    record = json.loads(cite(quoted(engine.pack, "leaders-call"), engine.pack, Format.CSL_JSON))[0]
    assert record["note"] == "Paragraph 7. The article, reporting Paddy Lillis, Dave Prentis and Tim Roache"
    assert record["custom"]["speakers"] == ["Paddy Lillis", "Dave Prentis", "Tim Roache"]
    assert record["custom"]["relayed_by"] == "the article"


@pytest.mark.parametrize(
    ("passage", "place", "section", "numbers"),
    [
        ("Library to open", "Headline", "headline", None),
        ("second lift", "Paragraph 4", None, [4]),
        ("full again.\n\n“My colleague", "Paragraphs 2 to 3", None, [2, 3]),
        ("petition\n\nTHE town", "Headline, paragraph 1", None, [1]),
        ("building.\n\nJoin the", "Paragraphs 4 to 5", None, [4, 5]),
        ("five pounds", "Paragraph 5, note at the foot", "note at the foot", [5]),
    ],
)
def test_the_place_is_that_of_the_whole_excerpt(
    pack: Pack, passage: str, place: str, section: str | None, numbers: list[int] | None
) -> None:
    (start,) = pack.article.locate(passage)
    citation = Citation(pack.article.excerpt(Span(start, start + len(passage))))
    item = json.loads(cite(citation, pack, Format.CSL_JSON))[0]
    assert (item["note"], item.get("section"), item["custom"].get("paragraphs")) == (f"{place}. The article", section, numbers)


def test_furniture_has_no_place(pack: Pack) -> None:
    citation = Citation(pack.article.excerpt(Span(0, len("Skip to content"))))
    item = json.loads(cite(citation, pack, Format.CSL_JSON))[0]
    assert item["note"] == "The article"
    assert "paragraphs" not in item["custom"]


def test_the_key_names_the_quote_or_the_place(pack: Pack) -> None:
    whole = quoted(pack, "waited")
    part = Citation(pack.article.excerpt(Span(whole.excerpt.span.start, whole.excerpt.span.end - 1)), whole.quote)
    span = part.excerpt.span
    assert key(whole, pack) == "millbrook-waited"
    assert key(part, pack) == key(Citation(part.excerpt), pack) == f"millbrook-{span.start}-{span.end}"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "news.example", "https://a.example/x y", "https://a.example/\r\nER  - ", "https://a/}"])  # fmt: skip
def test_what_is_no_web_address_is_refused(pack: Pack, url: str) -> None:
    with pytest.raises(ValueError, match="not an http or https address"):
        cite(quoted(pack, "waited"), pack, Format.PLAIN, url)


# Syntax, and the way back to the words


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
    name, fields = read_bibtex(cite(citation, pack, Format.BIBTEX))
    assert name == key(citation, pack)
    assert set(fields) <= {"title", "howpublished", "note", "annote"}
    assert read_tex(fields["annote"]) == folded(f"“{citation.excerpt.text}”")
    assert read_tex(fields.get("howpublished", "")) == folded(pack.publisher)
    assert read_tex(fields["title"][1:-1]) == "Heading"
    read_tex(fields["note"])


@pytest.mark.parametrize("text", ["{", "}{", "a } b", r"\{", "100% & #1_x", "~^`", "--- '' ,,", 'the "code"', "x\u00a0y"])
def test_bibtex_keeps_its_own_characters(text: str) -> None:
    pack = bare_pack(f"Heading\n\n{text}")
    (start,) = pack.article.locate(text)
    _, fields = read_bibtex(cite(Citation(pack.article.excerpt(Span(start, start + len(text)))), pack, Format.BIBTEX))
    assert read_tex(fields["annote"]) == f"“{text}”"


def read_ris(reference: str) -> list[tuple[str, str]]:
    assert reference.endswith("\r\n")
    lines = [re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line) for line in reference[:-2].split("\r\n")]
    assert all(lines), reference
    return [(found[1], found[2]) for found in lines if found]


@given(excerpts())
def test_ris_keeps_its_line_rules_whatever_the_text(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    reference = cite(citation, pack, Format.RIS)
    lines = read_ris(reference)
    assert len(reference.splitlines()) == len(lines)  # no other end of a line, such as U+2028, is left
    assert (lines[0], lines[-1]) == (("TY", "GEN"), ("ER", ""))
    assert [tag for tag, _ in lines].count("TY") == [tag for tag, _ in lines].count("ER") == 1
    assert ("N1", folded(f"“{citation.excerpt.text}”")) in lines
    assert dict(lines).get("PB", "") == folded(pack.publisher)


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
            "custom": {"type": "object"},
        },
    },
}


@given(excerpts())
def test_csl_json_is_to_its_schema_and_exact_whatever_the_text(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    items = json.loads(cite(citation, pack, Format.CSL_JSON))
    jsonschema.validate(items, CSL_SCHEMA)
    (item,) = items
    assert item["annote"] == citation.excerpt.text
    assert pack.article.text[item["custom"]["start"] : item["custom"]["end"]] == citation.excerpt.text


# https://www.w3.org/TR/annotation-model/, sections 3.1 (annotation), 3.2.4 (textual body), 4.2.4 and 4.2.5 (selectors), 4.3.1 (time state)
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
    annotation = json.loads(cite(citation, pack, Format.ANNOTATION, url))
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
    source = cite(citation, pack, Format.MARKDOWN)
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
    assert f"“{citation.excerpt.text}”\n“Heading”" in cite(citation, pack, Format.PLAIN)


@pytest.mark.parametrize("form", Format)
def test_a_citation_ends_with_a_line_break_and_is_the_same_each_time(pack: Pack, form: Format) -> None:
    said = [cite(quoted(pack, q), pack, form, URL) for q in QUOTED]
    assert all(s.endswith("\n") and s.encode() for s in said)
    assert said == [cite(quoted(pack, q), pack, form, URL) for q in QUOTED]


# The link to the words


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
    """What a browser marks: the first match of the first term, up to the first match of the last after it, whole words, in any case."""
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
        terms = directive(deep_link(url, pack.excerpt(quote_id)), url)
        assert terms, quote_id
        assert opened_at(pack.article.text, terms) == quote.span


@given(excerpts())
def test_a_link_leads_to_the_excerpt_or_only_to_the_page(drawn: tuple[Pack, Citation]) -> None:
    pack, citation = drawn
    link = deep_link(URL, citation.excerpt)
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
    assert deep_link("https://a.example", excerpt) == "https://a.example#:~:text=A%20well%2Dknown%20man%2C%20they%20say."


def test_a_long_excerpt_is_named_by_its_first_and_last_words() -> None:
    passage = "One two three four five six seven eight nine ten."
    link = deep_link("https://a.example", excerpt_of(f"Heading\n\n{passage}", passage))
    assert link == "https://a.example#:~:text=One%20two%20three%20four,seven%20eight%20nine%20ten."


def test_as_many_words_are_named_as_it_takes_to_be_the_first_match() -> None:
    passage = "the man in the hat left early and nobody saw him go."
    link = deep_link("https://a.example", excerpt_of(f"Heading\n\nThe man in the town: {passage}", passage))
    assert directive(link, "https://a.example") == ["the man in the hat", "and nobody saw him go."]


def test_an_excerpt_of_several_paragraphs_is_named_by_both_its_ends() -> None:
    passage = "Short.\n\nThen a longer paragraph follows here."
    link = deep_link("https://a.example", excerpt_of(f"Heading\n\n{passage}", passage))
    assert directive(link, "https://a.example") == ["Short.", "longer paragraph follows here."]


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
    assert deep_link("https://a.example", excerpt_of(text, passage, nth)) == "https://a.example"


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
    said = cite(quoted(pack, "vote"), pack, Format.PLAIN, "https://a.example")
    assert said.split()[-1] == (
        "https://a.example#:~:text=The%208%2D2%C2%A0vote%20%E2%80%94%20a,%E2%80%94%20was%20on%20May%C2%A04."
    )
