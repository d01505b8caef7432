"""Builds an Engine from a pack's path: the only place where the engine's data files are read, and where what it learnt is kept.

Learning from some ten thousand phrasings takes over a second, so the result is kept in the user's cache folder, under a key over everything
that it depends on. The cache is only ever a copy: missing, stale, damaged or unwritable, the engine learns anew.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.config import cache_folder
from bot.engine.decision import SIGNAL_NAMES, Model
from bot.engine.embedding import Embedder, Meanings, Progress, kept_vectors, silent
from bot.engine.match import Index
from bot.engine.pipeline import Engine, Learnt
from bot.engine.sentences import load_weights
from bot.errors import Fault, FileFaults
from bot.pack.loading import english, load
from bot.pack.values import Pack
from bot.text.strict_yaml import read_mapping

_HERE = Path(__file__).parent.parent
_DATA = _HERE / "data"
_LEARNING = (
    "data/english.yaml",
    "data/talk.yaml",
    "engine/question.py",
    "engine/match.py",
    "engine/answer.py",
    "engine/pipeline.py",
    "pack/loading.py",
    "pack/values.py",
    "text/article.py",
    "text/strict_yaml.py",
)
DECISION_FILE = "decision.yaml"


def build(path: Path, cache: Path | None = None, embedder: Embedder | None = None, progress: Progress = silent) -> Engine:
    """The engine for the pack at `path`; what it learns is kept in `cache` (default: the user's cache folder). With an `embedder` it also
    weighs meaning; `progress` is told while a pack's phrasings are embedded for the first time. Raises FileFaults."""
    with _without_collecting():
        return _build(path, cache or cache_folder(), embedder, progress)


def _build(path: Path, folder: Path, embedder: Embedder | None, progress: Progress) -> Engine:
    pack = load(path)
    own = path / DECISION_FILE
    model = load_model(own if own.is_file() else _DATA / DECISION_FILE)
    kept = folder / f"{pack.slug}.learnt"
    key = _key(pack)
    learnt = _take_up(kept, key)
    engine = Engine(pack, english(), frequency_ranks(), model, load_weights(_DATA / "sentences.yaml"), learnt)
    if learnt is None:
        _keep(kept, key, engine.learnt)
    if embedder and pack.entries:  # an article without curation has no phrasings to embed
        vectors = kept_vectors(embedder, engine.phrasings, folder / f"{pack.slug}.vectors", progress)
        engine.meanings = Meanings(embedder, vectors, engine.index.owners, engine.index.size)
    return engine


@contextlib.contextmanager
def _without_collecting() -> Iterator[None]:
    """Nearly all that is made meanwhile stays: looking for garbage among it costs a fifth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _key(pack: Pack) -> str:
    digest = hashlib.sha256(pack.version.encode())
    for name in _LEARNING:
        digest.update((_HERE / name).read_bytes())
    return digest.hexdigest()


def _take_up(path: Path, key: str) -> Learnt | None:
    """What was kept under the key, if the file is whole: its first line is the key with the SHA-256 of the rest."""
    try:
        with path.open("rb") as file:
            seal = file.readline()
            # Read twice from the file rather than once into memory: of a large index there is never more than one copy.
            if seal.rstrip(b"\n") != _seal(key, hashlib.file_digest(file, "sha256").hexdigest()):
                return None
            file.seek(len(seal))
            with np.load(file, allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
    except OSError:
        return None
    names, words = (bytes(arrays.pop(name)).decode("utf-8").split("\n") for name in ("names", "words"))
    return Learnt(Index(names, arrays), tuple(words))


def _keep(path: Path, key: str, learnt: Learnt) -> None:
    names, arrays = learnt.index.state()
    lists = {
        name: np.frombuffer("\n".join(items).encode("utf-8"), dtype=np.uint8)
        for name, items in (("names", names), ("words", learnt.words))
    }
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **lists, **arrays)
    body = buffer.getbuffer()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            whole = Path(folder) / path.name
            with whole.open("wb") as file:
                file.write(_seal(key, hashlib.sha256(body).hexdigest()) + b"\n")
                file.write(body)
            os.replace(whole, path)


def _seal(key: str, digest: str) -> bytes:
    return f"{key} {digest}".encode()


@lru_cache(maxsize=1)
def frequency_ranks() -> dict[str, int]:
    """The whole words of the uncased BERT vocabulary with their place in it, which roughly follows their frequency in English."""
    lines = (_DATA / "bert-uncased-vocab.txt").read_text(encoding="utf-8").split("\n")
    return {word: rank for rank, word in enumerate(lines) if len(word) > 1 and word.isalpha()}


def load_model(path: Path) -> Model:
    """The decision's coefficients. Raises FileFaults."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, path.name)
    if top is None:
        raise FileFaults(faults)
    numbers = {key: top.number(key) for key in ("threshold", "bias", *SIGNAL_NAMES)}
    top.close()
    if faults:
        raise FileFaults(faults)
    return Model(numbers["bias"], tuple(numbers[k] for k in SIGNAL_NAMES), numbers["threshold"])


def save_model(model: Model, pack: Path) -> Path:
    """Write the coefficients beside the pack, readably; returns the file."""
    lines = [
        "# When an entry answers: logistic(bias + weights . signals) at or above the threshold. Written by `verbatim calibrate`."
    ]
    lines += [f'threshold: "{model.threshold:.2f}"', f'bias: "{model.bias:.4f}"']
    lines += [f'{name}: "{weight:.4f}"' for name, weight in zip(SIGNAL_NAMES, model.weights, strict=True)]
    path = pack / DECISION_FILE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
