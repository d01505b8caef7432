"""One excerpt -> its citation: plain text, Markdown, BibTeX, RIS, CSL-JSON or a W3C Web Annotation.

Every field comes from the pack and the article. What they do not say (an author, a date, an address) is left out, never guessed;
so the type of the work is each format's catch-all. What the pack says and the article does not is called the curator's. A paragraph is no page: paragraph and speaker go into the note, and
no format makes a speaker the article's author. Who speaks and where is said as in a reply, in the reader's language.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from bot.engine.answer import Citation
from bot.pack.values import NO_PUBLISHER, Metadata, Pack, QuoteKind
from bot.say.attribution import name_of, paragraphs_of, speaker, supplied, where
from bot.say.deep_links import deep_link
from bot.say.lists import joined
from bot.say.wording import Format, Wording
from bot.text.article import Article, Excerpt, Section, Span
from bot.text.display import escape

_LINE = re.compile(r"\r\n|\r|\n")
# All that a program may take for the end of a line, and what no line may hold.
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
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


@dataclass(frozen=True, slots=True)
class _Record:
    """What is known of an excerpt, for a reader of one language; empty where nothing is."""

    key: str
    excerpt: Excerpt
    title: str
    publisher: str
    metadata: Metadata
    attribution: str
    place: str
    paragraphs: tuple[int, ...]
    section: str
    speakers: tuple[str, ...]
    relayed_by: str
    wording: Wording

    @property
    def quoted_title(self) -> str:
        return self.title and self.wording.quoted.format(text=self.title)

    @property
    def deep_link(self) -> str:
        return deep_link(self.metadata.url, [self.excerpt]) if self.metadata.url else ""

    @property
    def authors(self) -> str:
        names = joined(self.metadata.authors, self.wording)
        return names and self.wording.by.format(authors=names)

    @property
    def source(self) -> str:
        """Title, authors, publisher, date and place, as a reader would write them."""
        return ", ".join(filter(None, (self.quoted_title, self.authors, self.publisher, self.metadata.date, self.place)))

    @property
    def supplied(self) -> str:
        """That some of it is the curator's; empty where none is."""
        return supplied(self.metadata, self.wording) if self.metadata.supplied else ""

    @property
    def note(self) -> str:
        said = ". ".join(filter(None, (self.place[:1].upper() + self.place[1:], self.attribution)))
        return f"{said}. {self.supplied}" if self.supplied else said


def cite(citation: Citation, pack: Pack, wording: Wording, form: Format) -> str:
    """The citation of an excerpt, ending with a line break.

    Plain text, Markdown and CSL-JSON hold the excerpt as it stands; BibTeX and RIS, which cannot, its words with white space
    folded; the annotation its exact place too.
    """
    record = _record(citation, pack, wording)
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


def _record(citation: Citation, pack: Pack, wording: Wording) -> _Record:
    quote = citation.quote if citation.quote and citation.quote.kind is not QuoteKind.NARRATION else None
    paragraphs = paragraphs_of(citation.excerpt)
    sections = {p.section for p in paragraphs}
    section = {Section.HEADLINE: wording.headline, Section.FOOT: wording.foot}
    return _Record(
        key(citation, pack),
        citation.excerpt,
        " ".join(pack.article.headline.split()),
        "" if pack.publisher == NO_PUBLISHER else pack.publisher,
        pack.metadata,
        "".join(speaker(citation, pack, wording)),
        where(paragraphs, wording),
        tuple(p.number for p in paragraphs if p.section is not Section.HEADLINE),
        section.get(sections.pop(), "") if len(sections) == 1 else "",
        tuple(name_of(s, pack, wording) for s in quote.speakers) if quote else (),
        name_of(quote.relayed_by, pack, wording) if quote and quote.relayed_by else "",
        wording,
    )


# Formats


def _plain(record: _Record) -> str:
    said = f"{record.wording.colon.format(text=record.attribution)} “{record.excerpt.text}”"
    return f"{said}\n{' '.join(filter(None, (f'{record.source}.', record.deep_link, record.supplied)))}\n"


def _markdown(record: _Record) -> str:
    """CommonMark (https://spec.commonmark.org/0.31.2/) that Discord shows alike."""
    lines = (line.strip(" \t") for line in _LINE.split(f"“{record.excerpt.text}”"))
    quoted = [f"> {_escaped(line)}".rstrip() for line in lines]
    title = _escaped(record.quoted_title)
    if record.deep_link:
        title = f"[{title or _escaped(record.metadata.url)}](<{record.deep_link}>)"
    parts = (
        _escaped(record.attribution),
        title,
        *map(_escaped, (record.authors, record.publisher)),
        record.metadata.date,
        record.place,
    )
    supplied = f". {_escaped(record.supplied)}" if record.supplied else ""
    return "\n".join(quoted) + f"\n\n— {', '.join(filter(None, parts))}{supplied}\n"


def _escaped(text: str) -> str:
    """As for Discord; entities and underlined headings are CommonMark's alone."""
    return re.sub(r"^(\s*)=", r"\1\\=", escape(text), flags=re.MULTILINE).replace("&", r"\&")


def _bibtex(record: _Record) -> str:
    """An entry that BibTeX and biblatex read. The address is verbatim in both (https://ctan.org/pkg/biblatex, section 2.2.1).

    Braces keep a name whole, since nobody says which part of it is the family's. BibTeX knows the year alone, biblatex the date.
    """
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in record.metadata.authors),
        "title": f"{{{_tex(record.title)}}}" if record.title else "",  # braces once more, against a style's lower case
        "howpublished": _tex(record.publisher),
        "year": record.metadata.date[:4],
        "date": record.metadata.date,
        "url": record.metadata.url,
        "note": _tex(record.note),
        "annote": _tex(f"“{record.excerpt.text}”"),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{{record.key},\n{''.join(lines)}}}\n"


def _tex(text: str) -> str:
    """Text as TeX prints it, on one line: its own characters, braces balanced, no ligatures, no-break spaces kept."""
    return _LIGATURE.sub("{}", _UNPRINTABLE.sub(" ", text).strip(" ").translate(_TEX))


def _ris(record: _Record) -> str:
    """A reference of type GEN. Line rules: tag, two spaces, hyphen, space; CR LF after each; TY first, ER last (RIS Format
    Specifications, 2001)."""
    lines = [
        ("TY", "GEN"),
        *(("AU", name) for name in record.metadata.authors),
        ("TI", record.title),
        ("PB", record.publisher),
        ("PY", record.metadata.date[:4]),
        ("DA", "/".join([*record.metadata.date.split("-"), "", ""][:3]) + "/" if record.metadata.date else ""),
        ("SE", record.section),
        ("N1", record.note),
        ("N1", f"“{record.excerpt.text}”"),
        ("UR", record.metadata.url),
    ]
    tagged = [f"{tag}  - {clean}\r\n" for tag, value in lines if (clean := _UNPRINTABLE.sub(" ", value).strip(" "))]
    return "".join(tagged) + "ER  - \r\n"


def _csl(record: _Record) -> dict[str, object]:
    """An item of https://resource.citationstyles.org/schema/v1.0/input/json/csl-data.json; `custom` holds what proves the
    excerpt."""
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
        "author": [{"literal": name} for name in record.metadata.authors],
        "publisher": record.publisher,
        "issued": {"date-parts": [[int(n) for n in record.metadata.date.split("-")]]} if record.metadata.date else {},
        "section": record.section,
        "URL": record.metadata.url,
        "note": record.note,
        "annote": record.excerpt.text,
        "custom": {name: value for name, value in custom.items() if value not in ("", [])},
    }
    return {name: value for name, value in item.items() if value}


def _annotation(record: _Record) -> dict[str, object]:
    """https://www.w3.org/TR/annotation-model/; offsets are code points of the article's file, which `cached` names where the
    source is a page."""
    excerpt = record.excerpt
    article = f"urn:sha256:{excerpt.article.sha256}"
    prefix, suffix = _context(excerpt.article, excerpt.span)
    target: dict[str, object] = {"source": record.metadata.url or article}
    if record.metadata.url:
        target["state"] = {"type": "TimeState", "cached": article}
    target["selector"] = [
        {"type": "TextQuoteSelector", "exact": excerpt.text, "prefix": prefix, "suffix": suffix},
        {"type": "TextPositionSelector", "start": excerpt.span.start, "end": excerpt.span.end},
    ]
    value = " ".join(filter(None, (f"{record.attribution}. {record.source}.", record.supplied)))
    matter: dict[str, object] = {
        "type": "Annotation",
        "motivation": "describing",
        "body": {"type": "TextualBody", "value": value, "format": "text/plain", "language": record.wording.language},
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
