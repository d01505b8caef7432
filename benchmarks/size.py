"""How large the part is that understands a question, as a line: bot/engine/ and bot/text/words.py.

Its lines as they stand in the files, its numbers (in the syntax tree, without 0, 1 and 2) and its lists of words (texts that are split).

    python benchmarks/size.py
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

BOT = Path(__file__).resolve().parent.parent / "bot"


def main() -> int:
    lines, numbers, lists = size(
        path.read_text(encoding="utf-8") for path in (*BOT.glob("engine/*.py"), BOT / "text" / "words.py")
    )
    print(f"{lines:,} lines, {numbers} numbers, {lists} lists of words")
    return 0


def size(sources: Iterable[str]) -> tuple[int, int, int]:
    """Lines, numbers and lists of words of Python sources."""
    lines = numbers = lists = 0
    for source in sources:
        lines += len(source.splitlines())
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                    numbers += value not in (0, 1, 2)
                case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="split")):
                    lists += 1
    return lines, numbers, lists


if __name__ == "__main__":
    sys.exit(main())
