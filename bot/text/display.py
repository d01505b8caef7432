"""Text for display: what Discord would act on defused, and what is too long cut."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>#@]|:(?=\S))")
# What nobody sees and what reorders or hides what stands round it: control characters but for tabs and ends of lines, marks that embed,
# override or isolate a direction (https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings), and what is no character.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def visible(text: str) -> str:
    """Text in which what nobody sees, and what would reorder the text round it, is named instead: ⟨U+202E⟩. A carriage return that ends
    a line goes."""
    return _UNSEEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", text.replace("\r\n", "\n"))
