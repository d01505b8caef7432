"""Commands that are typed out after a mention or in a direct message, as plain values. Knows nothing of Discord's library."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.browse.pages import speaker_first
from bot.pack.values import Pack
from bot.say.wording import ARTICLE_COMMANDS, PRIVACY_COMMANDS


@dataclass(frozen=True, slots=True)
class Request:
    """A command with what was given to it, as it was typed."""

    command: str
    question: str = ""
    speaker: str = ""
    topic: str = ""
    page: str = ""
    group: str = ""
    format: str = ""
    article: str = ""


SLASH_ONLY = "verbatim"  # the administrators' group: who may use it, Discord knows, and asks for its options
ABOUT_THE_LAST = ("why", "cite")  # about the asker's last answer, whichever article gave it
# The one thing that may follow each command without being named; for quote, what is not a speaker's name.
_BARE = {"ask": "question", "quote": "topic", "read": "page", "faq": "group", "cite": "format"}
_COMMANDS = ("ask", "quote", "faq", "article", *ARTICLE_COMMANDS)
_TYPED = re.compile(r"/(\w+)(?:\s+(.*))?", re.DOTALL)
_NAMED = re.compile(r"\b(question|speaker|topic|page|group|format|article):")


def typed(text: str, pack: Pack) -> Request | None:
    """The command in a message, such as "/quote Ruth Bell lift", "/quote speaker: Bell topic: lift", "/article who" or, for short, "/who" and
    "/article 2"; SLASH_ONLY without what was given to it; None where it is none.

    This way, whoever cannot use Discord's own list of commands, as with some screen readers, has the same ones.
    """
    found = _TYPED.fullmatch(text.strip())
    command = found[1].casefold() if found else ""
    if command == SLASH_ONLY:
        return Request(command)
    if found is None or command not in _COMMANDS:
        return None
    rest = found[2] or ""
    if command == "article":
        named_one, _, after = rest.partition(" ")
        is_one = named_one.casefold() in ARTICLE_COMMANDS
        command, rest = (named_one.casefold(), after) if is_one else ("read", rest)
    first, *named = _NAMED.split(rest)
    given = {name: value.strip() for name, value in zip(named[::2], named[1::2], strict=True)}
    if command == "quote" and first.strip():
        speaker, topic = speaker_first(pack, first)
        given |= {name: value for name, value in (("speaker", speaker), ("topic", topic)) if value}
    elif command == "ask":
        # In a question that is not named so, "article:" is a part of it.
        given = {n: given[n] for n in ("question", "article") if n in given} if "question" in given else {"question": rest}
    elif first.strip() and command in _BARE:
        given[_BARE[command]] = first.strip()
    return Request(command, **given)


def typed_privacy(text: str) -> str | None:
    """Which of the commands under /privacy a message is; `show` where it does not say. None where it is none."""
    found = _TYPED.fullmatch(text.strip())
    if found is None or found[1].casefold() != "privacy":
        return None
    named_one = (found[2] or "").strip().casefold()
    return named_one if named_one in PRIVACY_COMMANDS else "show"
