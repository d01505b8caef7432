"""What a terminal can do, and its colours."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TextIO

# Parameters of Select Graphic Rendition (ECMA-48, 8.3.117).
BOLD, FAINT, CYAN = "1", "2", "36"

Paint = Callable[[str, str], str]  # a text, one of the above -> the text in it


def is_dumb() -> bool:
    """Whether the terminal can do no more than show lines, as in an editor's window."""
    return os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def painter(stream: TextIO) -> Paint:
    """Paints on a terminal alone, and not where NO_COLOR is set (https://no-color.org)."""
    on = stream.isatty() and not os.environ.get("NO_COLOR") and not is_dumb()
    return (lambda text, code: f"\x1b[{code}m{text}\x1b[0m") if on else (lambda text, code: text)
