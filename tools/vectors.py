"""Writes the vectors that ship, so that a first start need not make them: those of small talk, and of a pack with many phrasings. To run again when its
phrasings, bot/data/talk.yaml or the encoder's weights change; a test tells when.

    python tools/vectors.py [PACK]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.config import shipped
from bot.engine.build import TALK_VECTORS, VECTORS_FILE, encoded_texts, keep_vectors, packed_vectors
from bot.engine.pipeline import sources_of
from bot.engine.reader import as_question
from bot.pack.loading import general_talk, load
from bot.text.progress import terminal_progress


def main(path: Path) -> None:
    tell = terminal_progress(sys.stderr)
    talk = [as_question(text) for topic in general_talk() for text in topic.asked]
    keep_vectors(TALK_VECTORS, packed_vectors(talk, tell))
    pack, known = load(path), set(talk)
    keep_vectors(path / VECTORS_FILE, packed_vectors([t for t in encoded_texts(pack, sources_of(pack)) if t not in known], tell))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped("knowledge/backthecode"))
