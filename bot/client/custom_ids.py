"""What a button knows: all of it stands in its custom_id, so it works after a restart, and everything in it is untrusted.

`verbatim:2:<action>:<article>:<rest>`, at most 100 characters: the version of this form, what to do, which text of the article it
is about, and ids. Ids are shortened to tags, since some are as long as a custom_id may be. Knows nothing of Discord's library.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from bot.client.limits import MAX_CUSTOM_ID
from bot.engine.answer import Citation
from bot.pack.values import MAX_EXCERPT_CHARACTERS, Pack
from bot.text.article import Article, Span

PREFIX = "verbatim:2:"
TAG = 8  # hexadecimal digits
MAX_CARRIED = 45  # characters of a reader's words that a button can carry
MAX_PAGE = 9999

_FORM = re.compile(r"verbatim:2:(?P<action>[a-z-]{1,12}):(?P<article>[0-9a-f]{8})(?::(?P<rest>.*))?", re.DOTALL)
_SPAN = re.compile(r"(\d{1,7})-(\d{1,7})")


@dataclass(frozen=True, slots=True)
class CustomId:
    """An action on an article, with what it needs, still as text."""

    action: str
    article: str
    rest: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.rest.split(":")) if self.rest else ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of what: `what` is quotes, people, article or faq; `of` a person's or a group's tag; `words` what was typed."""

    what: str
    page: int
    of: str = ""
    words: str = ""


def encode(action: str, pack: Pack, parts: Iterable[str] = ()) -> str:
    """A custom_id; of the parts as many as fit."""
    return written(action, text_of(pack), parts)


def written(action: str, article: str, parts: Iterable[str] = ()) -> str:
    """The same by the tag of the article's text, which need not be loaded."""
    text = f"{PREFIX}{action}:{article}"
    for part in parts:
        if len(text) + 1 + len(part) > MAX_CUSTOM_ID:
            break
        text += f":{part}"
    return text


def decode(custom_id: str) -> CustomId | None:
    """What a custom_id says; None where it is none of this form."""
    found = _FORM.fullmatch(custom_id) if len(custom_id) <= MAX_CUSTOM_ID else None
    return CustomId(found["action"], found["article"], found["rest"] or "") if found else None


def text_of(pack: Pack) -> str:
    """The tag of an article's text: of the slug too, since two packs may be about one text."""
    return tag(f"{pack.slug} {pack.article.sha256}")


@lru_cache(maxsize=1 << 14)
def tag(text: str) -> str:
    """A short name for an id or a text: the beginning of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:TAG]


def find(wanted: str, ids: Iterable[str]) -> str | None:
    """The id with a tag; None where there is none, or by chance more than one."""
    found = [i for i in ids if tag(i) == wanted]
    return found[0] if len(found) == 1 else None


def reference(citation: Citation) -> str:
    """A citation in a custom_id: its quote's tag where it is the whole quote, else where it stands."""
    span, quote = citation.excerpt.span, citation.quote
    return tag(quote.id) if quote and quote.span == span else f"{span.start}-{span.end}"


def referred(part: str, pack: Pack) -> Citation | None:
    """The citation that a reference means. A span from outside must begin with a sentence, or with a piece of one
    that is too long, and keep within an answer's budget."""
    quote = find(part, pack.quotes)
    if quote is not None:
        return Citation(pack.excerpt(quote), pack.quotes[quote])
    found = _SPAN.fullmatch(part)
    if found is None or not 0 <= int(found[1]) < int(found[2]) <= len(pack.article.text):
        return None
    span = Span(int(found[1]), int(found[2]))
    if span.end - span.start > MAX_EXCERPT_CHARACTERS or not _begins_piece(pack.article, span.start):
        return None
    inside = (q for q in pack.quotes.values() if q.span.start <= span.start and span.end <= q.span.end)
    return Citation(pack.article.excerpt(span), next(inside, None))


def _begins_piece(article: Article, at: int) -> bool:
    """Whether a sentence begins there, or a piece of one that is too long to be shown whole."""
    return any(
        piece.start == at
        for s in article.sentences
        if s.start <= at < s.end
        for piece in article.pieces(s, MAX_EXCERPT_CHARACTERS)
    )


def turn(what: Turn, pack: Pack) -> str:
    """The custom_id of a button that leads to a page."""
    words = " ".join(what.words.split())[:MAX_CARRIED]
    return encode("page", pack, (what.what, str(what.page), what.of or "-", *([words] if words else [])))


def turned(custom_id: CustomId) -> Turn | None:
    """The page that a button leads to; None where it is none."""
    parts = custom_id.rest.split(":", 3)
    if len(parts) < 3 or not parts[1].isascii() or not parts[1].isdigit() or not 1 <= int(parts[1]) <= MAX_PAGE:
        return None
    return Turn(parts[0], int(parts[1]), "" if parts[2] == "-" else parts[2], parts[3] if len(parts) > 3 else "")
