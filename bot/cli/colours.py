"""Colours in a terminal."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TextIO

# Parameters of Select Graphic Rendition (ECMA-48, 8.3.117).
BOLD, FAINT, CYAN = "1", "2", "36"

Paint = Callable[[str, str], str]  # a text, one of the above -> the text in it


def painter(stream: TextIO) -> Paint:
    """Paints on a terminal alone, and not where NO_COLOR is set (https://no-color.org)."""
    on = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return (lambda text, code: f"\x1b[{code}m{text}\x1b[0m") if on else (lambda text, code: text)
