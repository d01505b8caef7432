"""Text for display: what Discord would act on defused, and what is too long cut."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>#@]|:(?=\S))")
# What nobody sees and what reorders or hides what stands round it: control characters but for tabs and ends of lines, marks that embed,
# override or isolate a direction (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings), and what is no character.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)

# Marks that begin an embedding, an override or an isolate, each with the one that ends it
_ENDS = {**dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c"), **dict.fromkeys("\u2066\u2067\u2068", "\u2069")}
_LEAST_LEFT = 2 / 3  # of the characters that there is room for
_AS_EMOJI = "\ufe0f"  # makes the character before it a picture, which is wide
_NO_COLUMN = ("Mn", "Me", "Cf")  # general categories: marks upon a letter, and what only tells how to set others
_BEGINS = re.compile(f"[{''.join(_ENDS)}]")


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `limit` characters: whole words, but for one so long that
    little else would be left."""
    if len(text) <= limit:
        return text
    words = text[:limit].rpartition(" ")[0].rstrip()
    return (words if len(words) >= limit * _LEAST_LEFT else text[: limit - 1].rstrip()) + "…"


def counted(number: int, one: str, more: str = "") -> str:
    """So many of something in English: "1 entry", "1,200 entries"; `more` is the plural where it is not `one` with an "s"."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes up: East Asian letters and emoji two each, what is joined to the letter before it
    and what is not seen none. Where terminals differ, as with emoji that are joined to one, at least as many as it takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == _AS_EMOJI:
        return 1
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def visible(text: str) -> str:
    """Text in which what nobody sees, and what would reorder the text round it, is named instead: ⟨U+202E⟩. A carriage return that ends
    a line goes."""
    return _UNSEEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text.replace("\r\n", "\n"))


def closed(text: str) -> str:
    """Text in which every embedding, override and isolate ends on its line, so that it reorders nothing that stands after it. The ends
    that are missing are added; of the text itself nothing goes (https://www.unicode.org/reports/tr9/#X1)."""
    return "\n".join(map(_closed, text.split("\n"))) if _BEGINS.search(text) else text


def _closed(line: str) -> str:
    missing = list[str]()
    for mark in line:
        if mark in _ENDS:
            missing.append(_ENDS[mark])
        elif mark == "\u2069" in missing:  # ends what was begun within the isolate too
            while missing.pop() != mark:
                pass
        elif mark == "\u202c" and missing[-1:] == [mark]:
            missing.pop()
    return line + "".join(reversed(missing))
