"""The lines of a reply -> Discord's Markdown, and the same as plain text.

Form: docs/decisions/003-reply-form.md. A reply reads in order as plain text.
Limits: https://docs.discord.com/developers/resources/message and .../components/reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.browse.paging import Option
from bot.text.display import clip, escape

MAX_CONTENT = 2000  # characters of a message

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Bold(str):
    """A name that a frame prints in bold."""

    __slots__ = ()


Frame = tuple[str, ...]
"""A text in parts, some of them bold."""


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


def small(text: str) -> Line:
    return Line((text,), "small")


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to press: a label of at most 80 characters, and the id of the topic whose question it asks."""

    label: str
    topic: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent: `content` in Discord's Markdown (at most 2,000 characters), `plain` the same as a reader sees it. `options`
    are for a select (at most 25); `page` of `pages` is for turning pages."""

    content: str
    plain: str
    choices: tuple[Choice, ...] = ()
    options: tuple[Option, ...] = ()
    page: int = 1
    pages: int = 1

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
        return cls(_markdown(lines), _plain(lines), choices, options, page, pages)


def said(text: str) -> Reply:
    """A sentence of the wording as a reply: an apology, a refusal."""
    return Reply.of([line(text)])


def fill(template: str, **parts: str | Frame) -> Frame:
    """A template of the wording with frames in its placeholders, so that what is bold in them stays so."""
    out: list[str] = []
    for i, piece in enumerate(_PLACEHOLDER.split(template)):
        value = parts[piece] if i % 2 else piece
        for part in (value,) if isinstance(value, str) else value:
            if part and out and not isinstance(part, Bold) and not isinstance(out[-1], Bold):
                out[-1] += part
            elif part:
                out.append(part)
    return tuple(out)


def _plain(lines: Iterable[Line]) -> str:
    return "\n".join(f"- {one.text}" if one.kind in ("item", "choice") else one.text for one in lines)


def _markdown(lines: Sequence[Line]) -> str:
    out: list[str] = []
    before = ""
    for one in lines:
        if before == "item" != one.kind:
            out.append("")  # else it might be drawn as a part of the last item
        before = one.kind
        match one.kind:
            case "quote":
                out += ["> " + part for part in escape(one.text).splitlines()] + [""]
            case "small":
                out.append("-# " + escape(one.text))
            case "item":
                out.append("- " + escape(one.text))
            case "choice":
                continue  # it is a button
            case "frame":
                out.append("".join(f"**{escape(p)}**" if isinstance(p, Bold) else escape(p) for p in one.frame))
    # Excerpts are at most 900 characters together, so only a pathological article can be over the limit.
    return clip("\n".join(out).strip(), MAX_CONTENT)
