"""The two networks: pieces of words by value, weights that are the expected ones, unit vectors, logits that tell answers from what
resembles them, and no trace of what was asked."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import reader
from bot.engine.build import build
from bot.engine.reader import (
    EARLIER,
    ENCODER,
    ENCODER_SHA256,
    NOT_SAID,
    READER,
    READER_SHA256,
    Network,
    Passage,
    WordPieces,
    as_question,
    encode,
    read,
    word_pieces,
)
from bot.errors import FileFaults

DATA = ROOT / "bot" / "data"

# Pieces


SMALL = WordPieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "lift", "un", "##lift", "##ed", "##s", "l", "e", ".", "lifted"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lift", [4]),
        ("LIFT lifts", [4, 4, 8]),
        ("unlifted", [5, 6, 7]),
        ("lifted", [12]),  # the longest piece first
        ("lift.Lift", [4, 11, 4]),
        ("le", [1]),  # "l", and then nothing that goes on with "e"
        ("lé", [1]),
        ("é e\u0301", [10, 10]),  # without accents
        ("[SEP] lift", [1, 1, 1, 4]),  # what is typed is never a mark: "[", "sep" and "]" are no pieces here
        ("x" * 101, [1]),
        ("", []),
    ],
)
def test_a_word_is_the_longest_piece_and_what_goes_on_with_it_or_unknown(text: str, ids: list[int]) -> None:
    assert SMALL.ids(text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # Of the examples in BERT's own documentation and in that of its reimplementations.
        ("unaffable", [14477, 20961, 3468]),
        ("Hello, y'all! How are you 😁 ?", [7592, 1010, 1061, 1005, 2035, 999, 2129, 2024, 2017, 100, 1029]),
        ("\tHeLLo!how  \n Are yoU?  ", [7592, 999, 2129, 2024, 2017, 1029]),
    ],
)
def test_the_vocabulary_that_ships_gives_the_ids_of_bert(text: str, ids: list[int]) -> None:
    assert word_pieces().ids(text) == ids


def test_the_marks_of_the_vocabulary_that_ships_stand_where_bert_has_them() -> None:
    pieces = word_pieces()
    assert (pieces.unknown, pieces.start, pieces.end) == (100, 101, 102)


def test_chinese_characters_stand_alone_and_other_scripts_do_not() -> None:
    pieces = word_pieces()
    assert pieces.ids("文章") == [*pieces.ids("文"), *pieces.ids("章")]
    assert len(pieces.ids("한국어")) >= 1
    assert pieces.ids("a\u4e00b") == [*pieces.ids("a"), *pieces.ids("\u4e00"), *pieces.ids("b")]


@pytest.mark.parametrize("invisible", ["\x00", "\u200b", "\ufffd", "\u202e"])
def test_what_cannot_be_seen_is_nothing(invisible: str) -> None:
    assert word_pieces().ids(f"li{invisible}ft") == word_pieces().ids("lift")


@given(st.text(st.characters(), max_size=80))
def test_any_text_has_pieces_of_the_vocabulary(text: str) -> None:
    assert all(0 <= i < 30522 for i in word_pieces().ids(text))


@given(st.text(alphabet="abc '-.,éÀ文#", max_size=40), st.text(alphabet="abc '-.,éÀ文#", max_size=40))
def test_texts_apart_by_a_space_have_the_pieces_of_each(one: str, other: str) -> None:
    pieces = word_pieces()
    assert pieces.ids(f"{one} {other}") == pieces.ids(one) + pieces.ids(other)


# Weights


def test_the_weights_that_ship_are_the_expected_ones() -> None:
    """They load, which other weights do not."""
    for network in (READER, ENCODER):
        assert network.run([[101, 102]], [2]).shape[0] == 1


def test_packs_share_one_session_of_each_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    real = reader._session

    def session(path: Path, sha256: str) -> Any:
        loaded.append(path.name)
        return real(path, sha256)

    monkeypatch.setattr(reader, "_session", session)
    monkeypatch.setattr(reader, "READER", Network(DATA / "reader.onnx", READER_SHA256))
    monkeypatch.setattr(reader, "ENCODER", Network(DATA / "encoder.onnx", ENCODER_SHA256))
    for name in ("boats", "lifts"):
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\nAll {name} were moved to Porto Novo in May.\n", encoding="utf-8")
        build(tmp_path / f"{name}.txt", tmp_path / "cache").warm()
    assert sorted(loaded) == ["encoder.onnx", "reader.onnx"]


def test_other_weights_are_refused_with_what_they_are_and_what_to_do(tmp_path: Path) -> None:
    other = tmp_path / "reader.onnx"
    other.write_bytes(b"other weights")
    with pytest.raises(FileFaults) as raised:
        Network(other, READER_SHA256).run([[101, 102]], [2])
    (fault,) = raised.value.faults
    assert fault.file == str(other)
    found = hashlib.sha256(b"other weights").hexdigest()
    assert fault.what == f"these are other weights: their SHA-256 is {found}, not {READER_SHA256}."
    assert fault.fix == 'reinstall the package, or set `reader: "off"` in config.yaml.'


def test_weights_that_are_changed_by_a_single_byte_are_other_weights(tmp_path: Path) -> None:
    changed = tmp_path / "reader.onnx"
    shutil.copyfile(DATA / "reader.onnx", changed)
    with changed.open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(FileFaults, match="these are other weights"):
        Network(changed, READER_SHA256).run([[101, 102]], [2])


def test_weights_that_are_missing_are_told_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(FileFaults) as raised:
        Network(tmp_path / "none.onnx", READER_SHA256).run([[101, 102]], [2])
    (fault,) = raised.value.faults
    assert fault.file == str(tmp_path / "none.onnx")
    assert fault.what == "the weights cannot be read (No such file or directory)."
    assert "reinstall" in fault.fix


def test_several_threads_load_a_network_once_and_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Path] = []
    real = reader._session

    def counted(path: Path, sha256: str) -> object:
        loaded.append(path)
        return real(path, sha256)

    monkeypatch.setattr(reader, "_session", counted)
    network = Network(DATA / "reader.onnx", READER_SHA256)
    found: list[float] = []
    threads = [threading.Thread(target=lambda: found.append(float(network.run([[101, 7592, 102]], [3])[0, 0]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(loaded), len(found), len(set(found))) == (1, 4, 1)


# The encoder


def test_every_text_has_a_vector_of_unit_length() -> None:
    vectors = encode(["Who called for a second lift?", "", "😀", "lift " * 500, "Что говорит статья"])
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_what_means_the_same_lies_nearer_than_what_shares_words() -> None:
    asked, same, other = encode(["how much does membership cost?", "what is the fee for joining?", "how much snow fell?"])
    assert float(asked @ same) > float(asked @ other)


def test_texts_come_back_in_their_order_whatever_their_length() -> None:
    texts = [f"{'lift ' * (i * 7 % 40)}{i}" for i in range(70)]
    together = encode(texts)
    for i in (0, 33, 69):
        assert np.array_equal(encode([texts[i]])[0], together[i])
        assert int((together @ together[i]).argmax()) == i


def test_the_progress_of_encoding_ends_with_all_texts() -> None:
    told: list[tuple[str, int, int]] = []
    encode(["lift"] * 40, lambda *what: told.append(what))
    assert [(done, of) for _, done, of in told] == [(i, 40) for i in range(1, 41)]


def test_no_text_is_encoded_to_no_vector() -> None:
    assert encode([]).shape == (0, 384)


# The reader

LIFT = Passage("Councillor Ruth Bell also called for a second lift in the building.")
ROOM = Passage("The reading room will finally be full again.")
ASKED = "Who called for a second lift?"


def test_a_passage_that_answers_is_above_none_of_them_and_one_that_does_not_below() -> None:
    answers, does_not = read([ASKED] * 2, [LIFT, ROOM])
    assert answers > 0 > does_not


def test_a_passage_that_only_resembles_the_question_is_below_one_that_answers() -> None:
    answers, resembles = read(["What did the repairs of the roof cost?"] * 2, [
        Passage("The repairs of the roof came to nine thousand pounds."),
        Passage("The repairs of the roof will begin in May, said the builder."),
    ])  # fmt: skip
    assert answers > resembles


def test_a_gap_gets_what_is_asked_as_it_is_and_not_what_the_article_answers() -> None:
    fits, does_not = read(
        ["What is the librarian paid?"] * 2,
        [Passage(NOT_SAID, asked="What does the librarian earn?"), Passage(NOT_SAID, asked="When was the lift built?")],
    )
    assert fits > does_not


def test_the_question_before_is_read_along() -> None:
    alone, after = read(["and how long?", f"For how many years did Anna Kovacs wait?{EARLIER}and how long?"], [Passage("“We have waited nine years for this,” said Anna Kovacs.")] * 2)  # fmt: skip
    assert after > alone


def test_what_stands_around_a_passage_is_read_along() -> None:
    bare, placed = read(["Who said that the reading room will be full?"] * 2, [
        ROOM, Passage(ROOM.text, headline="Library to open on Sundays", before="Head librarian Anna Kovacs said: “We have waited nine years for this."),
    ])  # fmt: skip
    assert bare != placed


def test_a_premise_is_read_otherwise_than_an_entry() -> None:
    asked = "Why is Ruth Bell against the lift?"
    entry, premise = read([asked] * 2, [Passage(LIFT.text, asked=asked), Passage(LIFT.text, asked=asked, premise=True)])
    assert entry != premise


def test_logits_are_rounded_to_three_digits() -> None:
    logits = read([ASKED] * 3, [LIFT, ROOM, Passage(NOT_SAID, asked=ASKED)])
    assert logits.dtype == np.float32
    assert [float(z) for z in logits] == pytest.approx([round(float(z), 3) for z in logits], abs=1e-6)


def test_the_same_reading_gives_the_same_logits() -> None:
    assert read([ASKED] * 2, [LIFT, ROOM]).tolist() == read([ASKED] * 2, [LIFT, ROOM]).tolist()


def test_what_is_read_beside_a_passage_does_not_change_its_logit() -> None:
    passages = [LIFT, ROOM, Passage(NOT_SAID, asked=ASKED), Passage("lift " * 60)]
    together = read([ASKED] * 4, passages).tolist()
    assert [float(read([ASKED], [p])[0]) for p in passages] == together
    assert read([ASKED] * 4, passages[::-1]).tolist() == together[::-1]


@pytest.mark.parametrize("asked", ["Who called for a second lift", "Who called for a second lift ???", "who called for a second lift?!", "Who called for a second lift."])  # fmt: skip
def test_no_mark_at_a_question_s_end_counts(asked: str) -> None:
    """Neither at that of an earlier one, nor of a phrasing's."""
    passages = [LIFT, ROOM, Passage(LIFT.text, asked=ASKED)]
    assert read([asked] * 3, passages).tolist() == read([ASKED] * 3, passages).tolist()
    assert as_question(f"{asked}{EARLIER}and why") == f"{as_question(asked)}{EARLIER}and why?"
    assert read([ASKED], [Passage(LIFT.text, asked=asked)]).tolist() == read([ASKED], passages[2:]).tolist()


@pytest.mark.parametrize(
    "text", ["", "😀", "x" * 4000, "lift " * 800, "\ud800", "[SEP] [CLS]", "ﷺ" * 300], ids=lambda t: ascii(t[:8])
)
def test_whatever_is_asked_or_shown_is_read(text: str) -> None:
    passages = [Passage(text), Passage(text, asked=text), Passage(LIFT.text, headline=text, before=text, after=text), LIFT]
    assert np.isfinite(read([text] * 4, passages)).all()


def test_of_a_long_question_its_end_is_read() -> None:
    """That is where people ask."""
    long = f"{'well it was a long day and nobody knows ' * 20}{ASKED}"
    answers, does_not = read([long] * 2, [LIFT, ROOM])
    assert answers > does_not


# Nothing is kept of what is asked


def test_nothing_that_is_asked_is_kept_in_memory() -> None:
    """Only pieces of the pack's texts are, and of single characters."""
    secret = "my neighbour Xanthippe Quorl stole the lift"
    before = reader._ids.cache_info().currsize
    read([secret], [LIFT])
    encode([secret])
    first = reader._ids.cache_info().currsize
    read([secret.replace("stole", "sold")], [LIFT])
    assert reader._ids.cache_info().currsize == first <= before + 4  # the passage with its empty surroundings
    for kept in (reader._spaced, reader.word_pieces):
        assert kept.cache_info().currsize <= 4096


ASK = """
import sys
from bot.engine.reader import Passage, encode, read
read(["who called for a lift"], [Passage("Bell called for a lift.")])
encode(["who called for a lift"])
"""


def test_the_networks_write_no_file_and_report_to_nobody(tmp_path: Path) -> None:
    """onnxruntime's official builds keep a device's id and a list of events to send, unless they are told not to."""
    folders = {
        name: str(tmp_path / name.lower()) for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "TMPDIR")
    }
    for folder in folders.values():
        Path(folder).mkdir()
    ran = subprocess.run(
        [sys.executable, "-B", "-c", ASK],
        capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False,
        env={**os.environ, **folders, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
