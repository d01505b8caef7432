"""The lines of a reply -> Discord's Markdown, and the same as plain text.

Form: docs/decisions/003-reply-form.md. A reply reads in order as plain text.
Limits: https://docs.discord.com/developers/resources/message and .../components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.browse.paging import Option
from bot.text.display import clip, closed, escape

MAX_CONTENT = 2000  # characters of a message

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Bold(str):
    """A name that a frame prints in bold."""

    __slots__ = ()


class Link(str):
    """Words that lead to an address where Markdown is shown."""

    __slots__ = ("url",)
    url: str

    def __new__(cls, text: str, url: str) -> Link:
        link = super().__new__(cls, text)
        link.url = url
        return link


Frame = tuple[str, ...]
"""A text in parts, some of them bold or links."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a reply: a frame; a quotation; a list item; a choice, which is a button on Discord; or small print."""

    frame: Frame
    kind: Literal["frame", "quote", "item", "choice", "small"] = "frame"

    @property
    def text(self) -> str:
        return "".join(self.frame)


def line(text: str) -> Line:
    return Line((text,))


def quote(text: str) -> Line:
    return Line((text,), "quote")


def item(text: str) -> Line:
    return Line((text,), "item")


def choice(text: str) -> Line:
    return Line((text,), "choice")


def small(text: str | Frame) -> Line:
    return Line((text,) if isinstance(text, str) else text, "small")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a label of at most 80 characters, and the id of the topic whose question it asks."""

    label: str
    topic: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `content` in Discord's Markdown (at most 2,000 characters), `plain` the same as a reader sees it, and the
    `lines` that both are made of. `options` are for a select (at most 25); `page` of `pages` is for turning pages."""

    content: str
    plain: str
    choices: tuple[Choice, ...] = ()
    options: tuple[Option, ...] = ()
    page: int = 1
    pages: int = 1
    lines: tuple[Line, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls,
        lines: Sequence[Line],
        *,
        choices: tuple[Choice, ...] = (),
        options: tuple[Option, ...] = (),
        page: int = 1,
        pages: int = 1,
    ) -> Reply:
        return cls(_markdown(lines), _plain(lines), choices, options, page, pages, tuple(lines))


def said(text: str) -> Reply:
    """A sentence of the wording as a reply: an apology, a refusal."""
    return Reply.of([line(text)])


def fill(template: str, **parts: str | Frame) -> Frame:
    """A template of the wording with frames in its placeholders, so that what is bold or a link in them stays so."""
    out: list[str] = []
    for i, piece in enumerate(_PLACEHOLDER.split(template)):
        value = parts[piece] if i % 2 else piece
        for part in (value,) if isinstance(value, str) else value:
            if part and out and not isinstance(part, Bold | Link) and not isinstance(out[-1], Bold | Link):
                out[-1] += part
            elif part:
                out.append(part)
    return tuple(out)


def _plain(lines: Iterable[Line]) -> str:
    return "\n".join(f"- {one.text}" if one.kind in ("item", "choice") else one.text for one in lines)


def _markdown(lines: Sequence[Line]) -> str:
    """At most 2,000 characters. Excerpts are at most 900 together, so that only long addresses, which are left out then, or a
    pathological article can be over that."""
    linked = _joined(lines, linked=True)
    return linked if len(linked) <= MAX_CONTENT else clip(_joined(lines, linked=False), MAX_CONTENT)


def _joined(lines: Sequence[Line], *, linked: bool) -> str:
    out: list[str] = []
    before = ""
    for one in lines:
        if before == "item" != one.kind:
            out.append("")  # else it might be drawn as a part of the last item
        before = one.kind
        match one.kind:
            case "quote":
                out += ["> " + part for part in escape(closed(one.text)).splitlines()] + [""]
            case "small":
                out.append("-# " + _marked(one.frame, linked=linked))
            case "item":
                out.append("- " + escape(closed(one.text)))
            case "choice":
                continue  # it is a button
            case "frame":
                out.append(_marked(one.frame, linked=linked))
    return "\n".join(out).strip()


def _marked(frame: Frame, *, linked: bool) -> str:
    """A frame in Markdown. An address in angle brackets shows no preview."""
    parts = []
    for part in frame:
        text = escape(closed(part))
        if isinstance(part, Link):
            shown = f"<{part.url}>" if part == part.url else f"[{text}](<{part.url}>)"
            text = shown if linked else text
        parts.append(f"**{text}**" if isinstance(part, Bold) else text)
    return "".join(parts)
