"""Commands that are typed out after a mention or in a direct message, as plain values. Knows nothing of Discord's library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.browse.pages import find_person
from bot.pack.values import Pack
from bot.say.wording import ARTICLE_COMMANDS, COMMANDS

_NAME_WORDS = 8  # of a typed speaker


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


# The one thing that may follow each command without being named; for quote, what is not a speaker's name.
_BARE = {"ask": "question", "quote": "topic", "read": "page", "faq": "group", "cite": "format"}
_TYPED = re.compile(r"/(\w+)(?:\s+(.*))?", re.DOTALL)
_NAMED = re.compile(r"\b(question|speaker|topic|page|group|format):")


def typed(text: str, pack: Pack) -> Request | None:
    """The command in a message, such as "/quote Ruth Bell lift", "/quote speaker: Bell topic: lift", "/article who" or, for short, "/who" and
    "/article 2"; None where it is none.

    This way, whoever cannot use Discord's own list of commands, as with some screen readers, has the same ones.
    """
    found = _TYPED.fullmatch(text.strip())
    command = found[1].casefold() if found else ""
    if found is None or command not in (*COMMANDS, "article"):
        return None
    rest = found[2] or ""
    if command == "article":
        named_one, _, after = rest.partition(" ")
        is_one = named_one.casefold() in ARTICLE_COMMANDS
        command, rest = (named_one.casefold(), after) if is_one else ("read", rest)
    first, *named = _NAMED.split(rest)
    given = {name: value.strip() for name, value in zip(named[::2], named[1::2], strict=True)}
    if command == "quote" and first.strip():
        given |= _speaker_first(first.split(), pack)
    elif command == "ask":
        given = {"question": given.get("question", rest)}
    elif first.strip() and command in _BARE:
        given[_BARE[command]] = first.strip()
    return Request(command, **given)


def _speaker_first(words: Sequence[str], pack: Pack) -> dict[str, str]:
    """The longest beginning that names somebody as the speaker, and what follows it as the topic; else all of it as the topic."""
    for end in range(min(len(words), _NAME_WORDS), 0, -1):
        if find_person(pack, " ".join(words[:end])):
            return {"speaker": " ".join(words[:end]), "topic": " ".join(words[end:])}
    return {"topic": " ".join(words)}
