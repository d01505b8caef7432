"""Writes bot/data/plain-words.txt anew: the English words that a kept miss may hold beside those of its pack.

    python tools/plain_words.py

They are the whole words of the encoder's vocabulary that the corpus and the documentation have in lower case, and no oftener as names:
a list of what English people are called would always miss some, so here is what nobody is called instead.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from bot.engine.build import frequency_ranks

ROOT = Path(__file__).resolve().parent.parent
_WORD = re.compile(r"(?<![\w’'@./#`-])[A-Za-z]+(?![\w@/#`]|\.\w)")
_OPENING = (".", "!", "?", ":", "\n", "")


def plain_words(texts: list[str]) -> list[str]:
    """The words of the texts that are common nouns, verbs and the like, in order."""
    lower, names = Counter[str](), Counter[str]()
    for text in texts:
        for found in _WORD.finditer(text):
            word, before = found[0], text[: found.start()].rstrip(" “‘\"'(|-*")[-1:]
            if word.islower():
                lower[word] += 1
            elif before not in _OPENING:
                names[word.lower()] += 1
    return sorted(w for w, count in lower.items() if w in frequency_ranks() and count >= names[w])


def main() -> None:
    corpus = [p for p in sorted((ROOT / "training" / "corpus").glob("*/article.txt")) if not p.parent.name.endswith("-8")]
    files = [*corpus, *sorted((ROOT / "docs").glob("*.md"))]
    words = plain_words([path.read_text(encoding="utf-8") for path in files])
    (ROOT / "bot" / "data" / "plain-words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
