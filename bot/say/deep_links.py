"""The link to the words of excerpts on the article's page: text directives,
https://wicg.github.io/scroll-to-text-fragment/#syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.text.article import Excerpt, Span

MAX_URL = 512  # characters of a link button's address, https://docs.discord.com/developers/components/reference#button

_WORD = re.compile(r"[^ \t\r\n\f\v]+")  # a no-break space is part of a word, as in HTML
_LINE = re.compile(r"\r\n|\r|\n")
# Of RFC 3986's unreserved characters, without the hyphen, which divides a text directive as the comma does.
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~")
_FEWEST_WORDS = 4  # at each end of a text directive


def deep_link(url: str, excerpts: Iterable[Excerpt]) -> str:
    """The address at which a browser opens the page at the first of the excerpts and marks them all; without those for which no
    such address of 512 characters or fewer is sure.

    Sure means that, in the article's text, a browser's first match is this excerpt. What else stands on the page cannot be known
    here.
    """
    link = url
    for excerpt in excerpts:
        if terms := _terms(excerpt):
            directive = "text=" + ",".join(map(_percent_encoded, terms))
            longer = f"{link}&{directive}" if link != url else f"{url}{'' if '#' in url else '#'}:~:{directive}"
            link = longer if len(longer) <= MAX_URL else link
    return link


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
