"""A tour of `verbatim chat`: its keys are pressed in a real terminal, and what that shows is written into docs/terminal.md. A test
tells when it must be recorded anew.

    python tools/tour.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.recorded_terminal import CTRL_C, CTRL_D, ENTER, LEFT, TAB, UP, RecordedTerminal  # noqa: E402

PAGE = ROOT / "docs" / "terminal.md"
BEGIN, END = "<!-- tour -->\n", "<!-- end of the tour -->\n"
NAMES = {CTRL_C: "Ctrl-C", CTRL_D: "Ctrl-D", ENTER: "Enter", LEFT: "←", TAB: "Tab", UP: "↑"}

Rows = list[str]


def waiting(rows: Rows) -> bool:
    """Whether there is an empty prompt to type at."""
    return rows[-1:] == ["you>"]


def has(*texts: str) -> Callable[[Rows], bool]:
    """Whether the last prompt and what is below it have these texts."""
    return lambda rows: all(text in "\n".join(rows[_last_prompt(rows) :]) for text in texts)


# What is said of a step, the keys, and when all of it is shown.
STEPS: tuple[tuple[str, tuple[str, ...], Callable[[Rows], bool]], ...] = (
    ("Tab offers real questions that fit what is typed so far.", ("stern", TAB), has("What was Kenneth Stern’s concern?")),
    ("Tab again goes from one to the next, and Enter asks.", (TAB, TAB, TAB, ENTER), waiting),
    ("A line can be edited: the arrows go back to where something is missing.", ("who said hat?", *[LEFT] * 4), has("hat?")),
    ("", ("t", ENTER), waiting),
    (
        "Commands begin with a slash; Tab completes what follows them too.",
        ("/quote Ros", TAB),
        has("/quote Ros", "  David Rosenberg"),
    ),
    ("", (TAB, " Israel", ENTER), waiting),
    ("What is offered has numbers. A number picks it.", ("hello", ENTER), waiting),
    ("", ("2", ENTER), waiting),
    ("/why tells why.", ("/why", ENTER), waiting),
    ("↑ fetches earlier lines.", (UP, UP, UP), has("you> hello")),
    ("Ctrl-C clears the line.", (CTRL_C,), waiting),
    ("Twice on an empty line, it tells how to leave.", (CTRL_C, CTRL_C), lambda rows: rows[-2].startswith("To leave")),
)


def recorded() -> str:
    """The tour as Markdown: before each screen what is pressed."""
    terminal = RecordedTerminal(["chat"], ROOT, {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}, columns=80, rows=200)
    try:
        rows = terminal.wait_for(waiting)
        parts = [_screen("", (), rows[:-1])]
        for said, keys, shown in STEPS:
            before, start = "\n".join(rows), _last_prompt(rows)
            terminal.press(*keys)
            rows = terminal.wait_for(lambda now, before=before, shown=shown: "\n".join(now) != before and shown(now))  # type: ignore[misc]
            seen = rows[start:]
            parts.append(_screen(said, keys, seen[:-1] if len(seen) > 1 and waiting(seen) else seen))
        terminal.press(CTRL_D)
        if status := terminal.end():
            raise AssertionError(f"the chat ended with status {status}")
    finally:
        terminal.kill()
    return "\n".join([*parts, "Ctrl-D leaves.\n"])


def in_page(tour: str, page: str) -> str:
    """A page with this tour between its two marks."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{tour}\n{END}{rest.partition(END)[2]}"


def _last_prompt(rows: Rows) -> int:
    return max(i for i, row in enumerate(rows) if row.startswith("you>"))


def _screen(said: str, keys: tuple[str, ...], rows: Rows) -> str:
    while rows and not rows[-1]:
        rows = rows[:-1]
    block = "```text\n" + "\n".join(rows) + "\n```\n"
    return f"{said} {_typed(keys)}\n\n{block}".lstrip() if keys else block


def _typed(keys: tuple[str, ...]) -> str:
    """The keys in words; one that is pressed several times is told with its number."""
    words: list[str] = []
    for key in keys:
        name = f"<kbd>{NAMES[key]}</kbd>" if key in NAMES else f"`{key.strip()}`"
        found = re.fullmatch(re.escape(name) + r"(?: × (\d+))?", words[-1]) if words else None
        if found:
            words[-1] = f"{name} × {int(found[1] or 1) + 1}"
        else:
            words.append(name)
    return "Pressed: " + " ".join(words)


if __name__ == "__main__":
    PAGE.write_text(in_page(recorded(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
