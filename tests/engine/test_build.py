"""An engine from a pack's path: what is kept of it and taken up again, what is loaded for it, and which policy decides."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import FAQ, ROOT, MakePack
from fakes.reader import BARS, policy

from bot.curate.scoring import converse
from bot.engine import build as building
from bot.engine.answer import Answered, Rule
from bot.engine.build import (
    POLICY_FILE,
    build,
    chat,
    frequency_ranks,
    kept_vectors,
    load_policies,
    policy_of,
    policy_text,
    take_up,
)
from bot.engine.decide import Logistic, Measured, Policy
from bot.engine.pipeline import Engine
from bot.engine.reader import Floats, encode
from bot.errors import FileFaults
from bot.pack.loading import load
from bot.text.words import split

MESSAGES = ["who is for another elevator", "what does it cost to be a friend", "and who said that?", "is the mayor in it"]
SHIPPED = ROOT / "bot" / "data" / POLICY_FILE


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of packs that are encoded, in order; they get vectors of their own making, quickly."""
    texts: list[str] = []

    def quickly(new: Sequence[str], *_: object) -> Floats:
        texts.extend(new)
        seeds = [np.random.default_rng(hashlib.sha256(t.encode()).digest()[0] * 256 + len(t)) for t in new]
        vectors = np.array([seed.normal(size=384) for seed in seeds], dtype=np.float32).reshape(-1, 384)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    monkeypatch.setattr(building, "encode", quickly)
    return texts


def weighed(engine: Engine) -> list[tuple[Measured, ...]]:
    return [engine.weigh(message)[1] for message in MESSAGES]


# Vectors


def test_vectors_are_kept_and_taken_up_again(tiny_folder: Path, cache: Path, encoded: list[str]) -> None:
    texts = ["who called", "for a lift", "who called"]
    file = cache / "millbrook.vectors"
    made = kept_vectors(texts, file)
    assert encoded == ["who called", "for a lift"]
    encoded.clear()
    assert np.array_equal(kept_vectors(texts, file), made)
    assert encoded == []
    assert [path.name for path in cache.iterdir()] == ["millbrook.vectors"]  # nothing else is left there
    assert np.array_equal(made[0], made[2])


def test_only_new_texts_are_encoded_and_those_that_are_gone_are_dropped(cache: Path, encoded: list[str]) -> None:
    file = cache / "x.vectors"
    two = kept_vectors(["one", "two"], file)
    size = file.stat().st_size
    encoded.clear()
    three = kept_vectors(["two", "three"], file)
    assert encoded == ["three"]
    assert np.array_equal(three[0], two[1])
    assert file.stat().st_size == size
    kept_vectors(["two"], file)
    assert file.stat().st_size < size
    assert encoded == ["three"]


def test_a_kept_vector_is_of_unit_length_and_hardly_another(cache: Path) -> None:
    texts = ["Who called for a second lift?", "roof repairs", "😀", ""]
    kept = kept_vectors(texts, cache / "x.vectors")
    assert np.linalg.norm(kept, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (kept * encode(texts)).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


def test_without_texts_there_are_no_vectors_and_no_file(cache: Path) -> None:
    assert kept_vectors([], cache / "x.vectors").shape == (0, 384)
    assert not cache.exists()


def _flipped(whole: bytes) -> bytes:
    return whole[:-1] + bytes([whole[-1] ^ 1])


def _of_other_weights(whole: bytes) -> bytes:
    _, _, rest = whole.partition(b" ")
    return b"0" * 64 + b" " + rest


@pytest.mark.parametrize(
    "damage",
    [lambda _: b"", lambda _: b"no vectors", lambda whole: whole[: len(whole) // 2], _flipped, _of_other_weights],
    ids=["empty", "nonsense", "half of it", "a bit of it", "of other weights"],
)
def test_a_file_that_is_damaged_or_of_other_weights_is_made_anew_alike(cache: Path, encoded: list[str], damage: object) -> None:
    assert callable(damage)
    file = cache / "x.vectors"
    made = kept_vectors(["one", "two"], file)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    encoded.clear()
    assert np.array_equal(kept_vectors(["one", "two"], file), made)
    assert encoded == ["one", "two"]
    assert file.read_bytes() == whole


def test_a_sealed_file_that_holds_no_whole_vectors_is_none(tmp_path: Path) -> None:
    file = tmp_path / "vectors.bin"
    file.write_bytes(building._seal(b"odd") + b"\n" + b"odd")
    assert take_up(file) == {}


def test_a_pipe_and_a_file_beyond_the_size_in_the_place_of_vectors_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.bin")
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(1 << 40)  # takes no room on the disk
    (tmp_path / "endless.bin").symlink_to("/dev/zero")
    assert [take_up(tmp_path / f"{name}.bin") for name in ("pipe", "large", "endless")] == [{}, {}, {}]


@pytest.mark.parametrize("obstacle", ["the folder is a file", "the file is a folder"])
def test_a_file_that_cannot_be_written_does_not_matter(tmp_path: Path, encoded: list[str], obstacle: str) -> None:
    made = kept_vectors(["one"], tmp_path / "fine" / "x.vectors")
    if obstacle == "the folder is a file":
        (tmp_path / "cache").write_bytes(b"")
    else:
        (tmp_path / "cache" / "x.vectors").mkdir(parents=True)
    for _ in range(2):
        assert np.array_equal(kept_vectors(["one"], tmp_path / "cache" / "x.vectors"), made)
    assert encoded == ["one"] * 3


def test_an_engine_from_kept_vectors_measures_the_same_as_one_that_made_them(tiny_folder: Path, cache: Path) -> None:
    first = weighed(build(tiny_folder, cache))
    (kept,) = cache.iterdir()
    assert kept.name == "millbrook.vectors"
    assert weighed(build(tiny_folder, cache)) == first
    kept.write_bytes(kept.read_bytes()[:1000])
    assert weighed(build(tiny_folder, cache)) == first


def test_an_engine_whose_cache_cannot_be_written_measures_the_same(tiny: Engine, tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    engine = build(tiny_folder, tmp_path / "file")
    assert weighed(engine) == weighed(tiny)


def test_what_is_kept_of_a_pack_does_not_outlive_a_change_of_it(make_pack: MakePack, cache: Path, encoded: list[str]) -> None:
    build(make_pack(name="before"), cache).warm()
    encoded.clear()
    changed = FAQ.replace('    - "reading room"\n', "").replace('    - "roof repairs"\n', '    - "reading room"\n')
    engine = build(make_pack({"faq/library.yaml": changed}, "after"), cache)
    engine.warm()
    assert encoded == ["?"]  # which only loads the networks: no text of the pack is new
    answer = engine.answer("reading room")
    assert isinstance(answer, Answered)
    assert [e.id for e in answer.entries] == ["roof-cost"]


def test_making_vectors_is_told_and_taking_them_up_is_not(tiny_folder: Path, cache: Path) -> None:
    told: list[tuple[int, int]] = []
    build(tiny_folder, cache, progress=lambda _, done, of: told.append((done, of))).warm()
    assert told[-1][0] == told[-1][1] == max(of for _, of in told)
    told.clear()
    build(tiny_folder, cache, progress=lambda _, done, of: told.append((done, of))).warm()
    assert told == []


def test_nothing_is_learnt_before_it_is_needed_and_then_once(tiny_folder: Path, cache: Path, encoded: list[str]) -> None:
    engine = build(tiny_folder, cache)
    engine.answer("roof repairs")
    assert encoded == []
    engine.warm()
    texts = len(encoded)
    assert texts > 0
    engine.warm()
    engine.weigh("who is for another elevator")
    assert len(encoded) == texts + 1  # and the question


def test_several_threads_that_ask_at_once_learn_once(tiny_folder: Path, cache: Path) -> None:
    """The slow part is that of the first; the others wait for it."""
    told: list[int] = []
    engine = build(tiny_folder, cache, progress=lambda _, done, of: told.append(done))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(weighed(engine))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(found) == 4
    assert all(f == found[0] for f in found)
    assert told == sorted(set(told))


# What is loaded


LOADED = """
import sys
from pathlib import Path
from bot.engine.build import build
path, cache, reader, *messages = sys.argv[1:]
engine = build(Path(path), Path(cache), reader=reader == "on")
for message in messages:
    print(engine.answer(message).trace.rule)
print("onnxruntime" in sys.modules)
"""


def loaded(folder: Path, cache: Path, reader: str, *messages: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, folder, cache, reader, *messages],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout.split()


def test_without_the_reader_no_network_is_loaded_whatever_is_asked(tiny_folder: Path, cache: Path) -> None:
    *rules, networks = loaded(tiny_folder, cache, "off", "roof repairs", "who is for another elevator", "hello to you all")
    assert (rules[0], len(rules), networks) == (Rule.RECORDED, 3, "False")
    assert not cache.exists()


def test_a_recorded_phrasing_is_answered_without_loading_a_network_also_where_nothing_is_kept_yet(
    tiny_folder: Path, cache: Path
) -> None:
    messages = ["roof repairs", "ROOF REPAIRS!", "hello", "salary of Kovacs", "😀"]
    assert loaded(tiny_folder, cache, "on", *messages) == [*["recorded"] * 4, "empty", "False"]
    assert not cache.exists()
    assert loaded(tiny_folder, cache, "on", "who is for another elevator")[-1] == "True"


def test_an_engine_without_the_reader_still_answers(tiny_folder: Path) -> None:
    engine = build(tiny_folder, reader=False)
    answers = converse(engine, ["roof repairs", "who said that?", "how tall is the Eiffel tower"])
    assert [a.trace.rule for a in answers[:2]] == [Rule.RECORDED, Rule.SPEAKER_ASKED]
    assert not isinstance(answers[2], Answered)
    assert all(m.reader == 0 for m in engine.weigh("who is for another elevator")[1])


# Policies


def test_the_policies_that_ship_are_for_packs_and_articles_each_with_and_without_the_reader() -> None:
    assert set(load_policies(SHIPPED)) == {"packs", "articles", "packs_without_reader", "articles_without_reader"}


def test_the_policies_that_ship_read_as_they_would_be_written() -> None:
    policies = load_policies(SHIPPED)
    assert _decimals(policies["packs"]) == policies["packs"]
    lines = [line for line in policy_text(policies).split("\n") if not line.startswith("#")]
    assert lines[0] == "packs:"


def _decimals(policy: Policy) -> Policy:
    """With as many digits as are written."""

    def cut(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(round(v, 3) for v in values)

    def short(fitted: Logistic) -> Logistic:
        return Logistic(round(fitted.bias, 3), cut(fitted.weights))

    return replace(policy, choice=cut(policy.choice), sureness=short(policy.sureness), presence=short(policy.presence))


def test_a_policy_is_written_and_read_back_alike(tmp_path: Path) -> None:
    one = policy()
    numbers = [i / 8 for i in range(len(one.sureness.weights))]
    sureness, presence = Logistic(-1.25, tuple(numbers)), Logistic(0.75, tuple(reversed(numbers)))
    other = replace(one, sureness=sureness, presence=presence, bars=replace(BARS, answer=0.625))
    file = tmp_path / POLICY_FILE
    file.write_text(policy_text({"packs": one, "articles": other}), encoding="utf-8")
    assert load_policies(file) == {"packs": one, "articles": other}


def _policy_in(folder: Path, **sections: Policy) -> Path:
    (folder / POLICY_FILE).write_text(policy_text(sections), encoding="utf-8")
    return folder


OWN = policy(replace(BARS, answer=0.875))


def test_a_pack_s_own_policy_comes_before_that_which_ships(make_pack: MakePack) -> None:
    folder = _policy_in(make_pack(), packs=OWN)
    pack = load(folder)
    assert policy_of(folder, pack, reader=True) == OWN
    assert policy_of(folder, pack, reader=False) == load_policies(SHIPPED)["packs_without_reader"]


def test_with_and_without_the_reader_a_pack_may_have_policies_of_its_own(make_pack: MakePack) -> None:
    other = replace(OWN, sureness=replace(OWN.sureness, bias=1.0))
    folder = _policy_in(make_pack(), packs=OWN, packs_without_reader=other)
    assert build(folder, reader=False).policy == other
    assert policy_of(folder, load(folder), reader=True) == OWN


def test_what_ships_decides_where_the_pack_s_own_policy_is_not_wanted_whatever_stands_there(make_pack: MakePack) -> None:
    folder = _policy_in(make_pack(), packs=OWN)
    assert build(folder).policy == OWN
    assert build(folder, own_policy=False).policy == load_policies(SHIPPED)["packs"]
    (folder / POLICY_FILE).write_text("packs: 1\n", encoding="utf-8")
    assert build(folder, own_policy=False).policy == load_policies(SHIPPED)["packs"]


def test_a_policy_of_an_earlier_version_is_a_fault_that_says_how_to_mend_it(make_pack: MakePack) -> None:
    folder = _policy_in(make_pack(), packs=OWN)
    lines = (folder / POLICY_FILE).read_text(encoding="utf-8").split("\n")
    begins, ends = lines.index("  presence:"), lines.index("  bars:")
    (folder / POLICY_FILE).write_text("\n".join(lines[:begins] + lines[ends:]), encoding="utf-8")
    with pytest.raises(FileFaults) as caught:
        build(folder)
    (fault,) = caught.value.faults
    assert fault.what == "the key 'presence' is missing."
    assert fault.fix == "write the policy anew with `verbatim calibrate`, or delete the file: then the policy that ships decides."


def test_a_pack_without_a_policy_has_that_which_ships_for_its_kind(tiny_folder: Path, tmp_path: Path) -> None:
    shipped = load_policies(SHIPPED)
    bare = tmp_path / "harbour.txt"
    bare.write_text("Harbour wall falls\n\nThe harbour wall collapsed on Tuesday night.\n", encoding="utf-8")
    assert policy_of(tiny_folder, load(tiny_folder), reader=True) == shipped["packs"]
    assert policy_of(bare, load(bare), reader=True) == shipped["articles"]
    assert policy_of(bare, load(bare), reader=False) == shipped["articles_without_reader"]


@pytest.mark.parametrize(
    ("wrong", "right", "at", "what"),
    [
        ('    reader: "1.000"', '    reader: "much"', "    reader", "'reader' cannot be 'much'."),
        ('    reader: "1.000"', '    reader: "inf"', "    reader", "'reader' cannot be 'inf'."),
        ('    reader: "1.000"', '    reeder: "1.000"', "    reeder", "unknown key 'reeder'."),
        ("packs:", "pack:", "pack:", "unknown key 'pack'."),
        ("  bars:", "  bar:", "  bar:", "unknown key 'bar'."),
        ('    gap: "0.300"\n', "", '    answer: "0.500"', "the key 'gap' is missing."),
        ('    gap: "0.300"', "    gap: 0.300", "    gap", "YAML reads '0.300' as float, not as text."),
    ],
)
def test_faults_of_a_pack_s_policy_are_told_with_file_and_line(
    make_pack: MakePack, wrong: str, right: str, at: str, what: str
) -> None:
    folder = make_pack()
    text = policy_text({"packs": policy()})
    assert text.count(wrong) == 1
    changed = text.replace(wrong, right)
    (folder / POLICY_FILE).write_text(changed, encoding="utf-8")
    (line,) = (number for number, written in enumerate(changed.split("\n"), 1) if written.startswith(at))
    with pytest.raises(FileFaults) as raised:
        build(folder)
    assert (POLICY_FILE, line, what) in [(f.file, f.line, f.what) for f in raised.value.faults]
    assert all(f.fix for f in raised.value.faults)


# Words of English


def test_what_is_typed_for_short_can_be_met_and_is_written_out_in_words() -> None:
    """A word of a message is what `split` gives; where a short form means nothing, nothing is written."""
    assert [(short, long) for short, long in chat().items() if split(short) != [short] or " ".join(split(long)) != long] == []


def test_words_of_english_have_the_places_of_their_frequency() -> None:
    ranks = frequency_ranks()
    assert ranks["the"] < ranks["library"] < ranks["elevator"]
    assert not {"##ing", "[UNK]", "a", "2019", "xqzt"} & ranks.keys()
