"""Writes the vectors that ship, so that a first start need not make them: those of small talk, and of a pack with many phrasings. To run again when its
phrasings, bot/data/talk.yaml or the encoder's weights change; a test tells when.

    python tools/vectors.py [PACK]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.config import shipped
from bot.engine.build import TALK_VECTORS, VECTORS_FILE, encoded_texts, keep_vectors, packed_vectors, take_up
from bot.engine.reader import as_question
from bot.engine.sources import sources_of
from bot.pack.loading import general_talk, load
from bot.serve.progress import terminal_progress


def main(path: Path) -> None:
    talk = [as_question(text) for topic in general_talk() for text in topic.asked]
    pack, known = load(path), set(talk)
    own = [text for text in encoded_texts(pack, sources_of(pack)) if text not in known]
    for file, texts in ((TALK_VECTORS, talk), (path / VECTORS_FILE, own)):
        keep_vectors(file, packed_vectors(texts, take_up(file), terminal_progress(sys.stderr)))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped("knowledge/backthecode"))
