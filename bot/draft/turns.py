"""Who speaks in a text that is laid out in turns, an interview or a transcript: "IA: I stopped.", "MS. HALL: It rained." Pure.

A label before a colon may as well be one of a form ("Contact: ..."). So a text is taken for one in turns only where two labels come
back, one of which is somebody's name or initials, or Q and A. Then whoever is not surely meant stays open, and so does what follows
a turn without a label of its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.draft.names import full_names, untitled
from bot.draft.speech_words import ROLES
from bot.text.article import Article, Section, Span
from bot.text.layout import joined_lines, trimmed
from bot.text.quotation_marks import turn_label

_INITIALS = "initials "  # before these, since "Al" may be a name
_MOST_INITIALS = 3
_NO_NAME = frozenset("QA")
_GOES_ON = "it may go on with what is said before it"


@dataclass(frozen=True, slots=True)
class Turn:
    """A line of a text in turns: `name` is who says it, as the text has it, or "" where `why` says what is not sure."""

    span: Span
    name: str
    why: str


def turns_of(article: Article) -> tuple[Turn, ...]:
    """The lines of the article's body from its first turn on, in order; none where it is not laid out in turns."""
    lines = [(line, turn_label(article.text, *line)) for line in _lines(article)]
    counts = Counter(label for _, label in lines if label)
    again = {label for label, count in counts.items() if count > 1}
    if len(again) < 2:
        return ()
    calls = _calls(full_names(article.text))
    meant = {label: _meant(label, calls) for label in counts}
    if not (again >= _NO_NAME or any(meant[label] for label in again)):
        return ()
    # Some stand before one turn alone: "Ines Amaral: ...", before "IA: ..."; "MR. HALL: Objection."
    speakers = {meant[label] for label in again} - {""}
    known = again | {label for label in counts if meant[label] in speakers or untitled(label) != label}
    found: list[Turn] = []
    for line, label in lines:
        if label in known:
            name = meant[label] or (label if label.split()[-1].lower() in ROLES else "")
            found.append(Turn(Span(*line), name, "" if name else f"“{label}” does not say who speaks, or whether anybody does"))
        elif found:
            found.append(Turn(Span(*line), "", _GOES_ON))
    return tuple(found)


def _lines(article: Article) -> list[tuple[int, int]]:
    return [
        line
        for paragraph in article.paragraphs
        if paragraph.section is Section.BODY
        for start, end in joined_lines(article.text, paragraph.span.start, paragraph.span.end, article.layout.columns)
        if (line := trimmed(article.text, start, end))
    ]


def _calls(names: Iterable[str]) -> dict[str, set[str]]:
    """Names by what may stand for them before a colon: all of one, its first or last word, its initials; in small letters."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        words = untitled(name).casefold().split()
        for call in (" ".join(words), words[0], words[-1]):
            found[call].add(name)
        if 1 < len(words) <= _MOST_INITIALS:
            found[_INITIALS + "".join(word[0] for word in words)].add(name)
    return found


def _meant(label: str, calls: Mapping[str, set[str]]) -> str:
    """The one name that a label can mean, written as in a sentence; "" where none or several can."""
    letters = re.sub(r"[.\s]", "", label)
    found = calls.get(untitled(label).casefold(), set())
    if not found and letters.isupper() and len(letters) <= _MOST_INITIALS:
        found = calls.get(_INITIALS + letters.casefold(), set())
    # "MS. HALL" is "Ms. Hall", whoever else is called Hall; and "Hall" is Ann Hall, who is called Ms. Hall too.
    found = {n for n in found if n.casefold() == label.casefold()} or {n for n in found if " " in untitled(n)} or found
    if len({untitled(name).casefold() for name in found}) != 1:
        return ""
    return min(found, key=lambda name: (name.isupper(), name))
