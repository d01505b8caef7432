"""What the article proves of a pack's records, and what it does not. Pure: text and records in, flaws out."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz import fuzz

from bot.pack.values import MAX_EXCERPT_CHARACTERS, Person, Quote, QuoteKind
from bot.text.article import Article, Section, Span
from bot.text.display import clip
from bot.text.quotation_marks import Standing, standing
from bot.text.words import Folded, folded, inside_word

# What no text is made of, and a terminal may act on: control characters but for tabs and ends of lines.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_WORD = re.compile(r"[\w#£$€]+(?:[.,:]\d+)*")
_NEAR = 60  # per cent of likeness from which on a passage is shown as the nearest
_MAX_SHOWN = 240  # characters of it
_BEFORE = 24  # characters of it that are shown before the first difference
_OPENING = "“‘\"'«„("  # before a passage, these belong to it only where the curator wrote them too
# What a lead may say beside words of its excerpts and speakers: the frame, never the matter.
_FRAME_WORDS = frozenset(
    """
    a an the of in on by at to from for and or with as is are was were be it its that this yes no not only
    """.split()
)


class Flaw(NamedTuple):
    """What is wrong with a record, and how to fix it; where it stands is for the reader of the file to add."""

    what: str
    fix: str


def control_flaw(text: str) -> tuple[int, Flaw | None]:
    """The line in which an article has its first control character, and that flaw; 0 and None where it has none."""
    found = _CONTROL.search(text)
    if found is None:
        return 0, None
    what = f"holds the control character U+{ord(found[0]):04X}, one of {len(_CONTROL.findall(text))}."
    return text.count("\n", 0, found.start()) + 1, Flaw(what, "delete it, or copy the text again as plain text.")


def located(article: Article, name: str, text: str, paragraph: str = "") -> Span | Flaw:
    """The one place in the article where the quote called `name` stands, exactly and in whole words; a flaw where there is none or
    more than one. `paragraph`, a number, tells places in different paragraphs apart. What does not belong to the article is no place.

    A line break of the quote may stand for any in the file, and in a wrapped text a blank may too.
    """
    anywhere = _places(article, text)
    own = [p for p in anywhere if not _in_furniture(article, p)]
    cut = {p: halves for p in own if (halves := _cut_word(article, p))}
    places = [p for p in own if p not in cut]
    if anywhere and not own:
        return Flaw(f"the text of {name!r} stands in `furniture` alone.", "leave it out, or take that line out of `furniture`.")
    if not own:
        return Flaw(f"the text of {name!r} is not in the article.", _copy_exactly(article, text))
    if not places:
        where, word = cut[own[0]]
        return Flaw(f"the text of {name!r} {where} inside the word {word!r}.", "quote whole words.")
    if not paragraph:
        return places[0] if len(places) == 1 else _ambiguous(article, name, places)
    chosen = [p for p in places if str(article.paragraph_at(p.start).number) == paragraph]
    if len(chosen) > 1:
        return _ambiguous(article, name, chosen)
    if not chosen:
        numbers = _numbers(article, places)
        return Flaw(f"the text of {name!r} is not in paragraph {paragraph!r}.", f"correct `paragraph`: it stands in {numbers}.")
    return chosen[0]


def _places(article: Article, text: str) -> list[Span]:
    places = [Span(at, at + len(text)) for at in article.locate(text)]
    if places or not text.strip():
        return places
    pieces = re.split(r"(\s+)", text.strip())
    pattern = [r"\s+" if p.isspace() and (article.layout.columns or "\n" in p) else re.escape(p) for p in pieces]
    return [Span(*found.span()) for found in re.finditer("".join(pattern), article.text)] if r"\s+" in pattern else []


def _in_furniture(article: Article, span: Span) -> bool:
    return article.paragraph_at(span.start).section is Section.FURNITURE


def _cut_word(article: Article, span: Span) -> tuple[str, str] | None:
    """Whether the span begins or ends inside a word, and which word that is."""
    text = article.text
    for where, at in (("begins", span.start), ("ends", span.end)):
        if inside_word(text, at):
            return where, text[slice(*_widened(text, at, at))]
    return None


def _ambiguous(article: Article, name: str, places: list[Span]) -> Flaw:
    what = f"the text of {name!r} stands in the article {len(places)} times."
    if len({article.paragraph_at(p.start).number for p in places}) == 1:
        return Flaw(what, "quote more of it, so that it can only mean one place.")
    first = article.paragraph_at(places[0].start).number
    return Flaw(
        what, f'quote more of it, or say which is meant: `paragraph: "{first}"`; it stands in {_numbers(article, places)}.'
    )


def _numbers(article: Article, places: Iterable[Span]) -> str:
    numbers = sorted({article.paragraph_at(p.start).number for p in places})
    *others, last = map(str, numbers)
    return f"paragraphs {', '.join(others)} and {last}" if others else f"paragraph {last}"


def _copy_exactly(article: Article, text: str) -> str:
    """How to correct a quote that stands nowhere: with the nearest passage, and the first character in which it differs."""
    advice = "copy the passage exactly, curly quotes and no-break spaces included"
    nearest = nearest_passage(article, text)
    if nearest is None:
        return f"{advice}."
    there = article.excerpt(nearest).text
    paragraph = article.paragraph_at(nearest.start)
    where = "headline" if paragraph.section is Section.HEADLINE else f"paragraph {paragraph.number}"
    same = next((i for i, (one, other) in enumerate(zip(text, there, strict=False)) if one != other), min(len(text), len(there)))
    before = text[max(0, same - _BEFORE) : same]
    after = f"after “{before if same <= _BEFORE else before.partition(' ')[2] or before}” " if same else ""
    has = _named(there[same]) if same < len(there) else "nothing more"
    wants = _named(text[same]) if same < len(text) else "ends"
    return f"{advice}. The nearest is “{clip(there, _MAX_SHOWN)}” ({where}): {after}it has {has}, the quote {wants}."


def _named(character: str) -> str:
    """A character; unless it is a plain letter or figure with its name in Unicode, since many look alike or like nothing."""
    if character.isascii() and character.isalnum():
        return f"“{character}”"
    name = "a line break" if character in "\n\r" else unicodedata.name(character, f"U+{ord(character):04X}").lower()
    return name if character.isspace() or not character.isprintable() else f"{character} ({name})"


def nearest_passage(article: Article, text: str) -> Span | None:
    """What in the article comes nearest to a text that does not stand there, in whole words; nothing where nothing is like it.

    First what differs only in marks, accents, blanks, capitals and the like; then the likest stretch of the paragraph that has
    most words of it.
    """
    wanted, (whole, paragraphs) = folded(text.strip()).text, _folded(article)
    if not wanted:
        return None
    for same in re.finditer(re.escape(wanted), whole.text):
        span = Span(*_widened(article.text, *whole.origin(*same.span())))
        if not _in_furniture(article, span):
            return span
    words = Counter(wanted.split())
    likeness = [(words & Counter(beside.text.split())).total() for _, beside in paragraphs]
    if not any(likeness):
        return None
    likest, beside = paragraphs[likeness.index(max(likeness))]
    found = fuzz.partial_ratio_alignment(wanted, beside.text, score_cutoff=_NEAR)
    if found is None:
        return None
    start, end = (found.dest_start, found.dest_end) if len(wanted) <= len(beside.text) else (0, len(beside.text))
    start, end = beside.origin(start, end)
    start, end = _widened(article.text, start + likest.start, end + likest.start)
    if article.text.startswith(text.strip()[-1], end):  # the full stop, which may lie beyond what is as long as the text
        end += 1
    passage = article.text[start:end]
    opening = "" if text.strip()[0] in _OPENING else _OPENING
    return Span(start + len(passage) - len(passage.lstrip().lstrip(opening)), start + len(passage.rstrip()))


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage with the whole words at its edges."""
    while inside_word(text, start):
        start -= 1
    while inside_word(text, end):
        end += 1
    return start, end


@functools.lru_cache(maxsize=2)
def _folded(article: Article) -> tuple[Folded, list[tuple[Span, Folded]]]:
    """The article and each of its own paragraphs as they are compared: once for all quotes that stand nowhere."""
    own = [p.span for p in article.paragraphs if p.section is not Section.FURNITURE]
    return folded(article.text), [(span, folded(article.excerpt(span).text)) for span in own]


def kind_flaw(article: Article, quote: Quote) -> Flaw | None:
    """A direct quotation begins inside quotation marks, narration outside; a reported statement may do either. A passage that shows its
    own marks may be any of them, and where the marks of the article do not balance the record decides."""
    match quote.kind, standing(article, quote.span):
        case QuoteKind.DIRECT, Standing.OUTSIDE:
            return Flaw(
                f"the article does not have {quote.id!r} in quotation marks, so it is not a direct quotation.",
                "change its kind to `reported` or `narration`.",
            )
        case QuoteKind.DIRECT, Standing.MIXED:
            return Flaw(
                f"{quote.id!r} goes on behind the closing quotation mark, so not all of it is a direct quotation.",
                "quote what stands between the marks, or change its kind to `reported` or `narration`.",
            )
        case QuoteKind.NARRATION, Standing.INSIDE:
            return Flaw(
                f"{quote.id!r} stands in quotation marks, so it is not narration.",
                "if somebody says it, change its kind to `direct` and name who; if it is a title or a nickname, quote it with its marks.",
            )
    return None


def unproved(article: Article, quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """The quotes whose kind nothing proves, since the article's quotation marks do not balance there."""
    return tuple(q for q in quotes if q.kind is not QuoteKind.REPORTED and standing(article, q.span) is Standing.UNSURE)


def relay_flaw(kind: QuoteKind | None, relayed: bool) -> Flaw | None:
    """A reported statement says who words it, and no other quote does."""
    if (kind is QuoteKind.REPORTED) == relayed:
        return None
    return Flaw(
        "`relayed_by` goes with kind `reported`, and only with it.",
        "say who words the reported statement, or change the kind.",
    )


def name_flaw(article: Article, name: str) -> Flaw | None:
    """A person is named as the article does it."""
    if _places(article, name):
        return None
    return Flaw(
        f"the article nowhere says {name!r}.",
        "name them as the article does (in `cited_as`, if people know them by another name).",
    )


def capacity_flaw(article: Article, capacity: str) -> Flaw | None:
    """A capacity is given in the article's words; a plain space may stand for a no-break one."""
    if not capacity or _places(article, capacity) or capacity in article.text.replace("\u00a0", " "):
        return None
    return Flaw(f"the article nowhere says {capacity!r}.", "give the capacity in the article's words, or leave it out.")


def lead_flaws(lead: str, article: Article, quotes: Iterable[Quote], people: dict[str, Person]) -> list[Flaw]:
    """One for each word of a lead that its excerpts, its speakers' names and capacities, and the frame words do not hold."""
    proof = set(_FRAME_WORDS)
    for quote in quotes:
        proof.update(_words(article.excerpt(quote.span).text))
        for identifier in (*quote.speakers, quote.relayed_by or ""):
            if person := people.get(identifier):
                proof.update(_words(person.name), _words(person.capacity))
    return [
        Flaw(
            f"the lead says {word!r}, which neither its excerpts nor its speakers say.",
            "use the excerpt's words, or leave the lead out.",
        )
        for word in _words(lead)
        if word not in proof
    ]


def length_flaw(quotes: Iterable[Quote]) -> Flaw | None:
    """What one reply cites fits into it: a reply shows its excerpts whole or not at all."""
    if sum(q.span.end - q.span.start for q in quotes) <= MAX_EXCERPT_CHARACTERS:
        return None
    return Flaw(f"the excerpts are over {MAX_EXCERPT_CHARACTERS} characters together.", "cite less.")


def hash_flaw(article: Article, named: str) -> Flaw | None:
    """The article is the text that the pack names by its SHA-256."""
    if article.sha256 == named.lower():  # in capitals, as PowerShell writes it
        return None
    return Flaw(
        f"the article has changed: its SHA-256 is {article.sha256}.",
        "restore the text; if the change is meant, save the new text elsewhere first, and bring the pack to it with `verbatim update`.",
    )


def furniture_flaws(article: Article, furniture: Iterable[str]) -> list[Flaw]:
    """One for each line of furniture that is no paragraph of the article."""
    standing = {article.excerpt(p.span).text for p in article.paragraphs if p.section is Section.FURNITURE}
    return [
        Flaw(f"no paragraph of the article is {line!r}.", "correct it, or remove it.")
        for line in furniture
        if line.strip() not in standing
    ]


def foot_flaw(article: Article, foot: str) -> Flaw | None:
    """Where a foot is named, some paragraph begins with it."""
    if not foot or any(p.section is Section.FOOT for p in article.paragraphs):
        return None
    return Flaw(f"no paragraph of the article begins with {foot!r}.", "correct it, or remove it.")


def _words(text: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(text.replace("’", "'").replace("'s", "").replace("'", ""))]
