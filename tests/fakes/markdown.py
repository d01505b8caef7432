"""Discord's Markdown as this bot writes it: what a reader sees of it, and that nothing else in it is active."""

from __future__ import annotations

import re

ACTIVE = re.compile(
    r"(?<!\\)(?:\\\\)*"  # an even number of backslashes escapes nothing
    r"(?:[*_~`|\[\]<>#@]|:(?=//)|:(?=\w+:))"
)


def unescaped(content: str) -> list[str]:
    """The lines that a reader sees: frames, quotation blocks, small print, lists; empty lines are none."""
    lines = []
    for line in content.split("\n"):
        line = re.sub(r"^(?:> |-# |- )", "", line)
        line = re.sub(r"(?<!\\)\*\*", "", line)
        line = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", line)
        if line:
            lines.append(line)
    return lines


def plain_lines(plain: str) -> list[str]:
    """The lines of a reply's plain text, without the marks of its lists."""
    return [line.removeprefix("- ") for line in plain.split("\n")]


def assert_inert(content: str) -> None:
    """Only this bot's own Markdown is active: bold leads and names, quotation blocks, small print, list items."""
    for line in content.split("\n"):
        own = re.sub(r"^(?:> |-# |- )", "", line)
        own = re.sub(r"^\*\*(.+)\*\*$", r"\1", own)
        own = re.sub(r"(?<!\\)\*\*(?:The article|[A-Z][\w ]+)(?<!\\)\*\*", "", own)
        assert not ACTIVE.search(own), line
