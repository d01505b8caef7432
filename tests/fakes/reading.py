"""What a screen reader gets of what the bot sends, read aloud in order.

The client's own markup says that a message is named by its author, its content, its components and its time, so it is heard as
one flat text: quotation blocks, bold type and colour vanish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_FENCE = re.compile(r"^```\n(.*?)\n?```$", re.DOTALL | re.MULTILINE)
_LIVE = frozenset("*_~`|[]<>#@")  # of Discord's Markdown; a colon before a letter begins an emoji or ends the scheme of a link
# A masked link, of which the words are heard; or an address in angle brackets, which is heard itself.
_LINK = re.compile(r"\[(?P<words>(?:\\.|[^\[\]\\])+)\]\(<https?://[^\s<>]+>\)|<(?P<address>https?://[^\s<>]+)>")
_TIME = re.compile(r"<t:\d+:R>")  # which each client shows as its own clock has it, and counts down
_LIVE_LINE = re.compile(r"\s*(?:[-+*] |\d+\. |#{1,3} |>|-#)")


def reading(body: Mapping[str, Any]) -> str:
    """What is heard of a body that leaves for Discord, in order, a line for each thing: the text; [a button]; a list to choose
    from; a file; a window. Fails on any Markdown that the bot has no use for."""
    if "title" in body:
        fields_of = [c for c in body["components"] if c["type"] == 18]
        assert len(fields_of) == len(body["components"])
        heard = [f"field: {c['label']}. {c['component']['placeholder']}" for c in fields_of]
        return "\n".join([f"window: {body['title']}", *heard])
    if "choices" in body:
        return "\n".join(f"offered: {choice['name']}" for choice in body["choices"])
    assert not body.get("embeds"), "an embed is not seen by whoever has link previews off"
    lines = spoken(body.get("content") or "")
    lines += [f"file: {a['filename']}" for a in body.get("attachments", ())]
    for row in body.get("components", ()):
        buttons = [c for c in row["components"] if c["type"] == 2]
        lists = [c for c in row["components"] if c["type"] == 3]
        assert row["type"] == 1
        assert len(buttons) + len(lists) == len(row["components"])
        lines += [" ".join(f"[{b['label']}]" for b in buttons)] if buttons else []
        lines += [f"list: {a['placeholder']}: {'; '.join(o['label'] for o in a['options'])}" for a in lists]
    return "\n".join(lines)


def spoken(content: str) -> list[str]:
    """The lines that Discord shows of Markdown. What is quoted or in small print is read like the rest; a code block as it
    stands; empty lines are not heard."""
    lines: list[str] = []
    for number, part in enumerate(_FENCE.split(content.replace("\r\n", "\n"))):
        lines += part.split("\n") if number % 2 else [_line(line) for line in part.split("\n") if line.strip()]
    return lines


def without_code(body: Mapping[str, Any]) -> str:
    """The content of a body but for its code blocks."""
    return _FENCE.sub("", (body.get("content") or "").replace("\r\n", "\n")).strip()


def buttons_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [c for row in body.get("components", ()) for c in row.get("components", ()) if c["type"] == 2]


def _line(line: str) -> str:
    begins = next((mark for mark in ("> ", "-# ", "- ") if line.startswith(mark)), "")
    rest = line.removeprefix(begins)
    assert not _LIVE_LINE.match(rest), f"Discord takes the beginning of this line for markup: {line!r}"
    return ("- " if begins == "- " else "") + _inline(rest, line)


def _inline(text: str, line: str) -> str:
    heard, bold, at = "", False, 0
    while at < len(text):
        here, ahead = text[at], text[at + 1 : at + 2]
        if here == "\\":
            assert unicodedata.category(ahead or " ")[0] in "PS", f"a backslash that Discord shows: {line!r}"
            heard += ahead
            at += 2
        elif text.startswith("**", at):
            assert not bold or not text[:at].endswith("**"), f"bold type round nothing: {line!r}"
            bold = not bold
            at += 2
        elif time := _TIME.match(text, at):
            heard += "<when>"
            at = time.end()
        elif link := _LINK.match(text, at):
            heard += link["address"] or _inline(link["words"], line)
            at = link.end()
        else:
            assert here not in _LIVE, f"an unescaped {here!r}: {line!r}"
            assert here != ":" or not ahead.strip(), f"a colon that may begin an emoji or a link: {line!r}"
            heard += here
            at += 1
    assert not bold, f"bold type that does not end: {line!r}"
    return heard


def commands_heard(commands: Sequence[Mapping[str, Any]]) -> str:
    """What is heard of the list of commands, before any is used."""
    lines = []
    for command in commands:
        if command["type"] == 3:
            lines.append(f"menu: {command['name']}")
            continue
        for path, described in _described(f"/{command['name']}", command):
            lines.append(f"{path}: {described['description']}")
            lines += [f"{path} {described_choice}" for described_choice in _choices(described)]
    return "\n".join(lines)


def _described(path: str, command: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, command
    for option in command.get("options", ()):
        yield from _described(f"{path} {option['name']}", option)


def _choices(option: Mapping[str, Any]) -> list[str]:
    named = [c["name"] for c in option.get("choices", ())]
    return [f"offers: {'; '.join(named)}"] if named else []
