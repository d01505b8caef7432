"""The vectors that ship are those of the texts that ship."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.config import shipped
from bot.engine import build
from bot.engine.build import TALK_VECTORS, VECTORS_FILE, encoded_texts, kept_vectors, packed_vectors, take_up
from bot.engine.reader import as_question, encode
from bot.engine.sources import sources_of
from bot.pack.loading import general_talk, load

PACK = shipped("knowledge/backthecode")
SAMPLE = slice(0, None, 2000)


def test_every_text_of_the_shipped_pack_has_its_vector_and_no_other_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it fails, run `python tools/vectors.py`."""
    monkeypatch.setattr(
        build, "encode", lambda texts, *_: pytest.fail(f"{len(texts)} texts have none") if texts else encode(texts)
    )
    pack = load(PACK)
    texts = encoded_texts(pack, sources_of(pack))
    vectors = kept_vectors(texts, tmp_path / "x.vectors", shipped=(TALK_VECTORS, PACK / VECTORS_FILE))
    assert not (tmp_path / "x.vectors").exists()
    talk = [as_question(text) for topic in general_talk() for text in topic.asked]
    for file, own in ((TALK_VECTORS, talk), (PACK / VECTORS_FILE, [t for t in texts if t not in set(talk)])):
        kept = packed_vectors(own, take_up(file))
        assert file.stat().st_size == len(file.read_bytes().partition(b"\n")[0]) + 1 + sum(
            len(d) + len(v) for d, v in kept.items()
        )
    assert (vectors[SAMPLE] * encode(texts[SAMPLE])).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


def test_vectors_that_ship_damaged_are_made_anew(tmp_path: Path) -> None:
    damaged = tmp_path / VECTORS_FILE
    shutil.copyfile(TALK_VECTORS, damaged)
    with damaged.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f" if damaged.read_bytes()[-1:] != b"\x7f" else b"\x00")
    texts = [as_question(text) for text in general_talk()[0].asked[:3]]
    assert np.array_equal(kept_vectors(texts, tmp_path / "kept", shipped=(damaged,)), kept_vectors(texts, tmp_path / "other"))
