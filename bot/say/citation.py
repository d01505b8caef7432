"""One excerpt -> its citation: plain text, Markdown, BibTeX, RIS, CSL-JSON or a W3C Web Annotation; and the link to its words on the page.

Every field comes from the pack and the article. What they do not say (an author, a date, usually an address) is left out, never guessed; so the type of
the work is each format's catch-all. A paragraph is no page: paragraph and speaker go into the note, and no format makes a speaker the article's author.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.engine.answer import Citation
from bot.pack.values import NO_PUBLISHER, Pack, Person, PersonKind, QuoteKind
from bot.say.replies import escape
from bot.text.article import Article, Excerpt, Paragraph, Section, Span

MAX_URL = 512  # characters of a link button's address, https://docs.discord.com/developers/components/reference#button

_URL = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f]+")
_WORD = re.compile(r"[^ \t\r\n\f\v]+")  # a no-break space is part of a word, as in HTML
_LINE = re.compile(r"\r\n|\r|\n")
# All that a program may take for the end of a line, and what no line may hold.
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# Of RFC 3986's unreserved characters, without the hyphen, which divides a text directive as the comma does.
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~")
_FEWEST_WORDS = 4  # at each end of a text directive
_CONTEXT = 32  # code points of the article on each side of a quotation, or as many more as make it unmistakable
# BibTeX counts braces whether or not a backslash stands before them, so that a brace can only be written by its name.
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "`": r"\textasciigrave{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "\u00a0": "~",
        **{character: f"\\{character}" for character in "#$%&_"},
    }
)
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')|(?<=,)(?=,)")  # TeX would set one character for two


class Format(StrEnum):
    """How a citation is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    ANNOTATION = "annotation"

    @property
    def extension(self) -> str:
        """Of a file's name, without the dot."""
        return _EXTENSIONS[self]


_EXTENSIONS = {
    Format.PLAIN: "txt",
    Format.MARKDOWN: "md",
    Format.BIBTEX: "bib",
    Format.RIS: "ris",
    Format.CSL_JSON: "json",
    Format.ANNOTATION: "jsonld",
}


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of an excerpt; empty where nothing is."""

    key: str
    excerpt: Excerpt
    title: str
    publisher: str
    url: str
    attribution: str
    place: str
    paragraphs: tuple[int, ...]
    section: str
    speakers: tuple[str, ...]
    relayed_by: str

    @property
    def source(self) -> str:
        """Title, publisher and place, as a reader would write them."""
        return ", ".join(filter(None, (self.title and f"“{self.title}”", self.publisher, self.place)))

    @property
    def note(self) -> str:
        return ". ".join(filter(None, (self.place[:1].upper() + self.place[1:], self.attribution)))


def cite(citation: Citation, pack: Pack, form: Format, url: str = "") -> str:
    """The citation of an excerpt, ending with a line break. `url` is the article's address, where it has one.

    Plain text, Markdown and CSL-JSON hold the excerpt as it stands; BibTeX and RIS, which cannot, its words with white space folded; the annotation
    its exact place too. Raises ValueError for what is not an http(s) address.
    """
    record = _record(citation, pack, url)
    match form:
        case Format.PLAIN:
            return _plain(record)
        case Format.MARKDOWN:
            return _markdown(record)
        case Format.BIBTEX:
            return _bibtex(record)
        case Format.RIS:
            return _ris(record)
        case Format.CSL_JSON:
            return _json([_csl(record)])
        case Format.ANNOTATION:
            return _json(_annotation(record))


def key(citation: Citation, pack: Pack) -> str:
    """What names an excerpt in a bibliography, and its file: lower-case letters, digits and hyphens."""
    span, quote = citation.excerpt.span, citation.quote
    return f"{pack.slug}-{quote.id}" if quote and quote.span == span else f"{pack.slug}-{span.start}-{span.end}"


def deep_link(url: str, excerpt: Excerpt) -> str:
    """The address at which a browser opens the page and marks the excerpt; the plain one where no such address of 512 characters or fewer is sure.

    Sure means that, in the article's text, a browser's first match is this excerpt. What else stands on the page cannot be known here.
    Syntax and matching: https://wicg.github.io/scroll-to-text-fragment/#syntax
    """
    terms = _terms(excerpt)
    link = url + ("" if "#" in url else "#") + ":~:text=" + ",".join(map(_percent_encoded, terms))
    return link if terms and len(link) <= MAX_URL else url


def _record(citation: Citation, pack: Pack, url: str) -> _Record:
    if url and not _URL.fullmatch(url):
        raise ValueError(f"not an http or https address: {url!r}")
    excerpt, quote = citation.excerpt, citation.quote
    told = quote is not None and quote.kind is not QuoteKind.NARRATION
    speakers = tuple(pack.people[s] for s in quote.speakers) if quote and told else ()
    relayer = pack.people[quote.relayed_by] if quote and quote.relayed_by else None
    paragraphs = _paragraphs(excerpt)
    sections = {p.section for p in paragraphs}
    section = "headline" if sections == {Section.HEADLINE} else "note at the foot" if sections == {Section.FOOT} else ""
    return _Record(
        key(citation, pack),
        excerpt,
        " ".join(pack.article.headline.split()),
        "" if pack.publisher == NO_PUBLISHER else pack.publisher,
        url,
        _attribution(speakers, relayer),
        _place(paragraphs),
        tuple(p.number for p in paragraphs if p.number > 0),
        section,
        tuple(p.name for p in speakers),
        relayer.name if relayer else "",
    )


def _attribution(speakers: Sequence[Person], relayer: Person | None) -> str:
    """Who says it, in the words in which a reply does."""
    if not speakers:
        return "The article"
    if relayer is None:
        return _listed([_introduced(p) for p in speakers])
    names = _listed([p.name for p in speakers])
    return f"The article, reporting {names}" if relayer.kind is PersonKind.SOURCE else f"{_introduced(relayer)}, relaying {names}"


def _introduced(person: Person) -> str:
    return f"{person.name}, {person.capacity}" if person.capacity else person.name


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _paragraphs(excerpt: Excerpt) -> tuple[Paragraph, ...]:
    """Every paragraph that the excerpt touches; furniture is none."""
    touched = (p for p in excerpt.article.paragraphs if p.span.overlaps(excerpt.span))
    return tuple(p for p in touched if p.section is not Section.FURNITURE)


def _place(paragraphs: Sequence[Paragraph]) -> str:
    numbers = [p.number for p in paragraphs if p.section is not Section.HEADLINE]
    places = ["headline"] if len(numbers) < len(paragraphs) else []
    if numbers:
        places.append(f"paragraph {numbers[0]}" if len(numbers) == 1 else f"paragraphs {numbers[0]} to {numbers[-1]}")
    if numbers and all(p.section is Section.FOOT for p in paragraphs):
        places.append("note at the foot")
    return ", ".join(places)


# Formats


def _plain(record: _Record) -> str:
    link = f" {deep_link(record.url, record.excerpt)}" if record.url else ""
    return f"{record.attribution}: “{record.excerpt.text}”\n{record.source}.{link}\n"


def _markdown(record: _Record) -> str:
    """CommonMark (https://spec.commonmark.org/0.31.2/) that Discord shows alike."""
    lines = (line.strip(" \t") for line in _LINE.split(f"“{record.excerpt.text}”"))
    quoted = [f"> {_escaped(line)}".rstrip() for line in lines]
    title = _escaped(f"“{record.title}”") if record.title else ""
    if record.url:
        title = f"[{title or _escaped(record.url)}](<{deep_link(record.url, record.excerpt)}>)"
    source = ", ".join(filter(None, (_escaped(record.attribution), title, _escaped(record.publisher), record.place)))
    return "\n".join(quoted) + f"\n\n— {source}\n"


def _escaped(text: str) -> str:
    """As for Discord; entities and underlined headings are CommonMark's alone."""
    return re.sub(r"^(\s*)=", r"\1\\=", escape(text), flags=re.MULTILINE).replace("&", r"\&")


def _bibtex(record: _Record) -> str:
    """An entry that BibTeX and biblatex read. The address is verbatim in both (https://ctan.org/pkg/biblatex, section 2.2.1)."""
    fields = {
        "title": f"{{{_tex(record.title)}}}" if record.title else "",  # braces once more, against a style's lower case
        "howpublished": _tex(record.publisher),
        "url": record.url,
        "note": _tex(record.note),
        "annote": _tex(f"“{record.excerpt.text}”"),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{record.key},\n{''.join(lines)}}}\n"


def _tex(text: str) -> str:
    """Text as TeX prints it, on one line: its own characters, braces balanced, no ligatures, no-break spaces kept."""
    return _LIGATURE.sub("{}", _UNPRINTABLE.sub(" ", text).strip(" ").translate(_TEX))


def _ris(record: _Record) -> str:
    """A reference of type GEN. Line rules: tag, two spaces, hyphen, space; CR LF after each; TY first, ER last (RIS Format Specifications, 2001)."""
    lines = [
        ("TY", "GEN"),
        ("TI", record.title),
        ("PB", record.publisher),
        ("SE", record.section),
        ("N1", record.note),
        ("N1", f"“{record.excerpt.text}”"),
        ("UR", record.url),
    ]
    tagged = [f"{tag}  - {clean}\r\n" for tag, value in lines if (clean := _UNPRINTABLE.sub(" ", value).strip(" "))]
    return "".join(tagged) + "ER  - \r\n"


def _csl(record: _Record) -> dict[str, object]:
    """An item of https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json; `custom` holds what proves the excerpt."""
    custom = {
        "sha256": record.excerpt.article.sha256,
        "start": record.excerpt.span.start,
        "end": record.excerpt.span.end,
        "paragraphs": list(record.paragraphs),
        "speakers": list(record.speakers),
        "relayed_by": record.relayed_by,
    }
    item = {
        "id": record.key,
        "type": "document",
        "title": record.title,
        "publisher": record.publisher,
        "section": record.section,
        "URL": record.url,
        "note": record.note,
        "annote": record.excerpt.text,
        "custom": {name: value for name, value in custom.items() if value not in ("", [])},
    }
    return {name: value for name, value in item.items() if value}


def _annotation(record: _Record) -> dict[str, object]:
    """https://www.w3.org/TR/annotation-model/; offsets are code points of the article's file, which `cached` names where the source is a page."""
    excerpt = record.excerpt
    article = f"urn:sha256:{excerpt.article.sha256}"
    prefix, suffix = _context(excerpt.article, excerpt.span)
    target: dict[str, object] = {"source": record.url or article}
    if record.url:
        target["state"] = {"type": "TimeState", "cached": article}
    target["selector"] = [
        {"type": "TextQuoteSelector", "exact": excerpt.text, "prefix": prefix, "suffix": suffix},
        {"type": "TextPositionSelector", "start": excerpt.span.start, "end": excerpt.span.end},
    ]
    value = f"{record.attribution}. {record.source}."
    matter: dict[str, object] = {
        "type": "Annotation",
        "motivation": "describing",
        "body": {"type": "TextualBody", "value": value, "format": "text/plain", "language": "en"},
        "target": target,
    }
    # Named by its content: the same citation has the same name, another has another.
    name = hashlib.sha256(json.dumps(matter, sort_keys=True).encode()).hexdigest()
    return {"@context": "http://www.w3.org/ns/anno.jsonld", "id": f"urn:sha256:{name}", **matter}


def _context(article: Article, span: Span) -> tuple[str, str]:
    """What stands before and after, as much of it as makes the quotation mean one place."""
    size = _CONTEXT
    while True:
        start, end = max(0, span.start - size), min(len(article.text), span.end + size)
        if len(article.locate(article.text[start:end])) == 1:
            return article.text[start : span.start], article.text[span.end : end]
        size *= 2


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


# The link to the words


def _terms(excerpt: Excerpt) -> tuple[str, ...]:
    """The excerpt for a text directive: the whole of it, or its first words and its last; nothing where neither would find it."""
    text = excerpt.article.text
    words = [Span(*m.span()) for m in _WORD.finditer(text, excerpt.span.start, excerpt.span.end)]
    if not words:
        return ()
    # A term may not reach over the end of a paragraph of the page.
    breaks = [i for i in range(1, len(words)) if _LINE.search(text, words[i - 1].end, words[i].start)]
    head, tail = (words[: breaks[0]], words[breaks[-1] :]) if breaks else (words, words)
    most = max(len(head), len(tail))
    for count in range(min(_FEWEST_WORDS, most), most + 1):
        first, last = head[:count], tail[-count:]
        if first[-1].end > last[0].start:
            break
        if _is_first(text, first, 0) and _is_first(text, last, first[-1].end):
            return _term(text, first), _term(text, last)
    return (_term(text, words),) if not breaks and _is_first(text, words, 0) else ()


def _term(text: str, words: Sequence[Span]) -> str:
    return " ".join(text[w.start : w.end] for w in words)


def _is_first(text: str, words: Sequence[Span], after: int) -> bool:
    """Whether these are the first such words, whole and in any case, from `after` on."""
    pattern = r"\s+".join(re.escape(text[w.start : w.end]) for w in words)
    found = re.compile(rf"(?<!\w){pattern}(?!\w)", re.IGNORECASE).search(text, after)
    return found is not None and found.start() == words[0].start


def _percent_encoded(term: str) -> str:
    return "".join(chr(byte) if byte in _BARE else f"%{byte:02X}" for byte in term.encode())
