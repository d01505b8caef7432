"""Standard input as text, whatever wrote it: UTF-8, with a byte order mark or without, or UTF-16 with one, as some shells write.

What is neither ends the program. Nothing is guessed, since a question read wrongly would be answered wrongly.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
from collections.abc import Iterator
from typing import NoReturn

from bot.cli.messages import fail

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# What no text has: bytes that could not be read, and the halves of UTF-16 without a mark.
_NO_TEXT = re.compile(r"[\x00\udc80-\udcff]")


def text_lines() -> Iterator[str]:
    """The lines of standard input with their ends, each as soon as it is there. Ends the program at the first that is no text."""
    stream = sys.stdin
    if isinstance(stream, io.TextIOWrapper) and isinstance(stream.buffer, io.BufferedReader):
        begun = stream.buffer.peek(4)
        encoding = next((name for mark, name in _MARKS if begun.startswith(mark)), "utf-8")
        stream.reconfigure(encoding=encoding, errors="surrogateescape")  # so that the lines before a bad one are read
    number = 0
    try:
        for number, line in enumerate(stream, 1):
            if _NO_TEXT.search(line):
                _refuse(number)
            yield line
    except UnicodeDecodeError:
        _refuse(number + 1)


def _refuse(number: int) -> NoReturn:
    fail(f"standard input, line {number}: is neither UTF-8 nor UTF-16 with a byte order mark. Fix: send it as UTF-8.")
