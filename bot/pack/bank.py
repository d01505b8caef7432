"""The phrase bank of a pack: further phrasings and near misses of its topics, one a line, in plain text.

    # A line that begins with a hash sign and a blank is a remark.
    [opening-day]
    when do sunday openings start
    [not opening-day]
    when does the library close on sundays

Plain text, since such lists are long: nothing in it needs quoting, and it is read many times faster than YAML. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import Fault

_HEADING = re.compile(r"\[(?P<negation>not +)?(?P<id>[^\[\]\s]+)\]")


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: phrasings of the topic `id`, or its near misses; `lines` are their numbers in the file."""

    id: str
    near_misses: bool
    file: str
    line: int
    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @property
    def heading(self) -> str:
        return f"[not {self.id}]" if self.near_misses else f"[{self.id}]"


def added(text: str, heading: str, lines: Sequence[str]) -> str:
    """The text of a bank file with further lines under a heading, which is made at the end where it is not there."""
    newline = "\r\n" if "\r\n" in text else "\n"
    rows = text.split("\n")
    place = next((i for i, row in enumerate(rows) if row.strip() == heading), None)
    new = [line + newline.removesuffix("\n") for line in lines]
    if place is None:
        apart = "" if not text or text.endswith(newline * 2) else newline if text.endswith("\n") else newline * 2
        return text + apart + "\n".join([heading + newline.removesuffix("\n"), *new, ""])
    last = next((i for i in range(place + 1, len(rows)) if rows[i].lstrip().startswith("[")), len(rows))
    while not (row := rows[last - 1].strip()) or row == "#" or row.startswith("# "):  # which may be of the next heading
        last -= 1
    if last == len(rows):  # the file ends without a line's end
        rows[-1] += newline.removesuffix("\n")
        new.append("")
    return "\n".join([*rows[:last], *new, *rows[last:]])


def can_hold(line: str) -> bool:
    """Whether a line would be read as these very words: it is no remark, no heading, and not written as in YAML."""
    faults: list[Fault] = []
    sections = parse(f"[id]\n{line}", "", faults)
    return not faults and sections[0].texts == [line]


def parse(text: str, file: str, faults: list[Fault]) -> list[Section]:
    """The sections of a bank file in order; `file` is its name in faults."""
    sections: list[Section] = []
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        if not line or line == "#" or line.startswith("# "):
            continue
        if line[0] == "[":
            if heading := _HEADING.fullmatch(line):
                sections.append(Section(heading["id"], heading["negation"] is not None, file, number))
            else:
                faults.append(Fault(file, number, f"{line!r} is not a heading.", "write `[id]`, or `[not id]` for near misses."))
        elif line.startswith("- ") or line[0] == line[-1] == '"':
            faults.append(
                Fault(file, number, f"{line!r} is written as in YAML.", "write the words alone, without dash and quotes.")
            )
        elif sections:
            sections[-1].texts.append(line)
            sections[-1].lines.append(number)
        else:
            what = f"{line!r} stands above every heading."
            faults.append(Fault(file, number, what, "write `[id]` above it: of an entry, gap or premise."))
    for section in sections:
        if not section.texts:
            what = f"nothing stands under {section.heading}."
            faults.append(Fault(file, section.line, what, "write a line, or remove the heading."))
    return sections
