"""The two small networks: an encoder that finds passages, and a reader that judges whether one answers. Neither writes anything.

The only importer of onnxruntime. Weights are verified by their SHA-256 and loaded when first used.

The encoder is all-MiniLM-L6-v2 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) with mean pooling inside; the reader has its shape and is
trained by training/ (its README tells how, and on what). Both are int8, for the CPU. Their last digits may differ between kinds of processors, so what
they give is rounded before anything is compared.
"""

from __future__ import annotations

import hashlib
import os
import threading
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import Fault, FileFaults
from bot.text.progress import Progress, silent

READER_SHA256 = "ff05057d8e71639da8424831bd980fe6c751362c75dd91f88f0969a65e8669a9"
ENCODER_SHA256 = "537f49ebff79c9f8a620333cb386a0978c8b3bb0a1fad6bc8c1f206e569e000a"
QUESTION_PIECES, PASSAGE_PIECES, PHRASING_PIECES = 40, 72, 44
HEADLINE_PIECES, BEFORE_PIECES, AFTER_PIECES = 10, 20, 10
EARLIER = " >> "  # between an earlier question and the one that leans on it
NOT_SAID = "The article does not say this."  # what the reader reads as the passage of a gap
_DATA = Path(__file__).parent.parent / "data"
VECTOR_SIZE = 384
_MAX_TEXT_PIECES = 128  # of a text that is encoded, as the model was trained
_MAX_WORD = 100  # characters; a longer word is [UNK], as in BERT's own tokeniser
_DECIMALS = 3  # of a logit; processors differ from the fifth on

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Passage:
    """What the reader reads beside a question: the text, and beside it either `asked` (how an entry is asked) or its surroundings."""

    text: str
    asked: str = ""
    premise: bool = False  # the text contradicts what `asked` takes for granted
    headline: str = ""
    before: str = ""
    after: str = ""


class WordPieces:
    """The tokeniser of the uncased BERT models (https://arxiv.org/abs/1810.04805, and `tokenization.py` of google-research/bert)."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """`pieces` in the order of their ids; those that continue a word begin with ##."""
        self._ids = {piece: i for i, piece in enumerate(pieces)}
        self.unknown, self.start, self.end = (self._ids[name] for name in ("[UNK]", "[CLS]", "[SEP]"))

    def ids(self, text: str) -> list[int]:
        """The pieces of a text, lower case and without accents; punctuation and Chinese characters stand alone."""
        return [piece for word in _words(text) for piece in self._pieces(word)]

    def _pieces(self, word: str) -> list[int]:
        """The longest piece that begins the word, then the longest that goes on with it, ...; [UNK] where that leads nowhere."""
        if len(word) > _MAX_WORD:
            return [self.unknown]
        found: list[int] = []
        prefix = ""
        while word:
            piece = next((word[:end] for end in range(len(word), 0, -1) if prefix + word[:end] in self._ids), "")
            if not piece:
                return [self.unknown]
            found.append(self._ids[prefix + piece])
            word, prefix = word.removeprefix(piece), "##"
        return found


def _words(text: str) -> list[str]:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn").lower()
    return "".join(map(_spaced, bare)).split()


@lru_cache(maxsize=4096)
def _spaced(c: str) -> str:
    """A character as it counts: what cannot be seen as nothing, punctuation and Chinese as words of their own. Every ASCII character that is
    no letter, digit or space is punctuation, also those that Unicode calls symbols ($, +, ^); kana and hangul are words like any other."""
    category = unicodedata.category(c)
    if c == "\ufffd" or (category in ("Cc", "Cf") and c not in "\t\n\r"):
        return ""
    is_punctuation = category[0] == "P" or (c.isascii() and category[0] == "S")
    is_chinese = unicodedata.name(c, "").startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
    return f" {c} " if is_punctuation or is_chinese else c


@lru_cache(maxsize=1)
def word_pieces() -> WordPieces:
    """The tokeniser with the vocabulary that ships."""
    return WordPieces((_DATA / "bert-uncased-vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n"))


class Network:
    """An ONNX file of this package, verified and loaded when it first runs. Safe to use from several threads.

    Each row is run alone: int8 activations are scaled over all that is run together, so a row's result would depend on what stands beside it.
    """

    def __init__(self, path: Path, sha256: str) -> None:
        self._path, self._sha256 = path, sha256
        self._loading = threading.Lock()
        self._session: Any = None

    def run(self, rows: Sequence[Sequence[int]], seconds: Sequence[int], done: Callable[[int], None] = lambda _: None) -> Floats:
        """The first output (n, m) for token ids, a row a text; from place `seconds[i]` on, row i is the second text (token type 1). `done`
        is told how many rows are."""
        session, found = self._loaded(), []
        for result in _POOL.map(lambda row, second: _run(session, row, second), rows, seconds):
            found.append(result)
            done(len(found))
        return np.concatenate(found)

    def _loaded(self) -> Any:
        with self._loading:
            if self._session is None:
                self._session = _session(self._path, self._sha256)
            return self._session


def _run(session: Any, row: Sequence[int], second: int) -> Floats:
    ids = np.array([row], dtype=np.int64)
    types = (np.arange(len(row)) >= second).astype(np.int64)[np.newaxis]
    given = {"input_ids": ids, "token_type_ids": types, "attention_mask": np.ones_like(ids)}
    return np.asarray(session.run(None, given)[0], dtype=np.float32)


def _session(path: Path, sha256: str) -> Any:
    """Raises FileFaults where the file is not the one expected."""
    # Its official builds report to Microsoft from their import on, and keep a device's id, unless this is set before.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # type: ignore[import-untyped, unused-ignore]  # slow to load, and most commands do without

    reinstall = 'reinstall the package, or set `reader: "off"` in config.yaml.'
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, f"the weights cannot be read ({error.strerror}).", reinstall)]) from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise FileFaults([Fault(str(path), 0, f"these are other weights: their SHA-256 is {found}, not {sha256}.", reinstall)])
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


READER = Network(_DATA / "reader.onnx", READER_SHA256)
ENCODER = Network(_DATA / "encoder.onnx", ENCODER_SHA256)
# For both networks, whoever asks: more threads than this never compete for the processor.
_POOL = ThreadPoolExecutor(min(4, os.cpu_count() or 1), "network")


def encode(texts: Sequence[str], progress: Progress = silent) -> Floats:
    """One unit vector a text, as rows (n, 384). `progress` is told how many texts are done."""
    if not texts:
        return np.zeros((0, VECTOR_SIZE), dtype=np.float32)
    pieces = word_pieces()
    rows = [[pieces.start, *pieces.ids(text)[: _MAX_TEXT_PIECES - 2], pieces.end] for text in texts]
    lengths = [len(row) for row in rows]
    return ENCODER.run(rows, lengths, lambda done: progress("Reading the pack's phrasings, once", done, len(rows)))


def as_question(text: str) -> str:
    """A question as the networks get it, also one after another: with one question mark at its end, for they take a missing one for a sign."""
    return EARLIER.join(part.rstrip(" ?!.…") + "?" for part in text.split(EARLIER))


def read(questions: Sequence[str], passages: Sequence[Passage]) -> Floats:
    """How well each passage answers the question beside it: a logit (n,) against "none of them answers", whose logit is 0."""
    rows, seconds = zip(*map(_joined, questions, passages), strict=True)
    return np.round(READER.run(rows, seconds)[:, 0], _DECIMALS)


def _joined(question: str, passage: Passage) -> tuple[list[int], int]:
    """[CLS] question [SEP] passage [SEP] context [SEP], and where the passage begins; as the reader was trained."""
    p = word_pieces()
    asked = [p.start, *p.ids(as_question(question))[-QUESTION_PIECES:], p.end]
    if passage.asked:
        context = _ids(("X: " if passage.premise else "Q: ") + as_question(passage.asked))[:PHRASING_PIECES]
    else:
        before, after = _ids(passage.before)[-BEFORE_PIECES:], _ids(passage.after)[:AFTER_PIECES]
        context = [*_ids(passage.headline)[:HEADLINE_PIECES], p.end, *before, p.end, *after]
    return [*asked, *_ids(passage.text)[:PASSAGE_PIECES], p.end, *context, p.end], len(asked)


@lru_cache(maxsize=4096)
def _ids(text: str) -> list[int]:
    """Of a text of the pack, which is read again and again; nothing that a reader asks is kept."""
    return word_pieces().ids(text)
