"""Text for display: what Discord would act on defused, and what is too long cut."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(r"([\\*_~`|\[\]<>#@]|:(?=\S))")
_LINE_START = re.compile(r"^(\s*)(-|\+|\d+(?=[.)]))", re.MULTILINE)


def escape(text: str) -> str:
    """Text that Discord shows as it stands: Markdown, mentions, emoji and lists defused with backslashes."""
    return _LINE_START.sub(lambda m: f"{m[1]}{m[2]}\\" if m[2].isdigit() else f"{m[1]}\\{m[2]}", _MARKDOWN.sub(r"\\\1", text))


def clip(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
