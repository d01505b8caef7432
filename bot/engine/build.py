"""Builds an Engine from a pack's path: the only place where the engine's data files are read, and where vectors are kept.

The vectors of a pack's phrasings are kept in the user's cache folder under a key over the encoder's weights, each under the hash of its text; those of small talk,
and of a pack that ships with them, are there from the start. They are only ever a copy: missing, stale, damaged or unwritable, they are made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.config import cache_folder
from bot.engine.decide import CHOICE_NAMES, SIGNAL_NAMES, Bars, Logistic, Policy
from bot.engine.opinion import OpinionSign
from bot.engine.pipeline import Engine, Learnt
from bot.engine.question import Lexicon
from bot.engine.reader import ENCODER_SHA256, VECTOR_SIZE, Floats, as_question, encode, read
from bot.engine.retrieve import Likelihood, Vocabulary, by_meaning, by_words
from bot.engine.sources import Source, sources_of
from bot.errors import Fault, FileFaults
from bot.pack.loading import load
from bot.pack.values import Pack, Verdict
from bot.text.progress import Progress, silent
from bot.text.strict_yaml import Mapping as YamlMapping
from bot.text.strict_yaml import read_mapping
from bot.text.whole_file import write_whole

POLICY_FILE = "policy.yaml"
OPINION_FILE = "opinion.json"
VECTORS_FILE = "vectors.bin"  # of a pack; tools/vectors.py writes it
MAX_VECTORS_BYTES = 100_000_000  # a quarter of a million texts
_DATA = Path(__file__).parent.parent / "data"
TALK_VECTORS = _DATA / "talk-vectors.bin"
_DIGEST = 16  # bytes of a text's SHA-256 under which its vector is kept
_SECTIONS = ("packs", "articles", "packs_without_reader", "articles_without_reader")
_BARS = tuple(f.name for f in fields(Bars))
_ANEW = "write the policy anew with `verbatim calibrate`, or delete the file: then the policy that ships decides."
_LOGISTIC = ("bias", *SIGNAL_NAMES)
_PARTS = {"choice": CHOICE_NAMES, "sureness": _LOGISTIC, "presence": _LOGISTIC, "bars": _BARS}


def build(
    path: Path, cache: Path | None = None, *, reader: bool = True, own_policy: bool = True, progress: Progress = silent
) -> Engine:
    """The engine for the pack at `path`. With `reader` the networks find and judge passages; without it words alone do. Without
    `own_policy` the policy that ships decides, whatever the pack has.

    Nothing is learnt and no network is loaded before the first question that is no recorded phrasing, or `Engine.warm`. Vectors are kept
    in `cache` (default: the user's cache folder); `progress` is told while they are made. Raises FileFaults.
    """
    pack = load(path)
    sources = sources_of(pack)
    lexicon = Lexicon(pack, chat(), frequency_ranks())
    file = (cache or cache_folder()) / f"{pack.slug}.vectors" if reader else None
    return Engine(
        pack,
        lexicon,
        sources,
        lambda: _learn(pack, lexicon, sources, file, (TALK_VECTORS, path / VECTORS_FILE), progress),
        read if reader else None,
        policy_of(path, pack, reader=reader, own=own_policy),
    )


def encoded_texts(pack: Pack, sources: Sequence[Source]) -> list[str]:
    """What is encoded of a pack, in the order of its vectors: each phrasing, then each passage."""
    return [*(as_question(text) for _, text in _asked(sources)), *(text for _, text in _shown(pack, sources))]


def _asked(sources: Sequence[Source]) -> list[tuple[int, str]]:
    return [(i, text) for i, s in enumerate(sources) for text in s.topic.asked]


def _shown(pack: Pack, sources: Sequence[Source]) -> list[tuple[int, str]]:
    return [(i, pack.article.excerpt(span).text) for i, s in enumerate(sources) if s.passage for span in s.spans]


def _learn(
    pack: Pack, lexicon: Lexicon, sources: Sequence[Source], file: Path | None, shipped: Sequence[Path], progress: Progress
) -> Learnt:
    """What the sources' phrasings and passages teach; by meaning where there is a file for their vectors, else by words."""
    asked, shown = _asked(sources), _shown(pack, sources)
    askers, owners = [i for i, _ in asked], [i for i, _ in shown]
    questions = [lexicon.read(text, repair=False) for _, text in asked]
    lexicon.learn({t.text for q in questions for t in q.tokens})
    passages = [lexicon.read(text, repair=False) for _, text in shown]
    if file:
        vectors = kept_vectors(encoded_texts(pack, sources), file, progress, shipped)
        texts = by_meaning(vectors, lambda text: encode([as_question(text)])[0], askers, owners, len(sources))
    else:
        texts = by_words([*questions, *passages], askers, owners, len(sources))
    likelihood = Likelihood(questions, askers, len(sources)) if pack.entries else None
    answering = {i for i, s in enumerate(sources) if s.topic.verdict is Verdict.ANSWER}
    vocabulary = Vocabulary([*questions, *passages], [*askers, *owners], answering, len(sources))
    return Learnt(tuple(text for _, text in asked), texts, likelihood, vocabulary, opinion_sign())


@lru_cache(maxsize=1)
def frequency_ranks() -> dict[str, int]:
    """The whole words of the uncased BERT vocabulary with their place in it, which roughly follows their frequency in English."""
    lines = (_DATA / "bert-uncased-vocab.txt").read_text(encoding="utf-8").split("\n")
    return {word: rank for rank, word in enumerate(lines) if len(word) > 1 and word.isalpha()}


@lru_cache(maxsize=1)
def chat() -> dict[str, str]:
    """What people type for short, written out (bot/data/chat.yaml)."""
    faults: list[Fault] = []
    top = read_mapping(_DATA / "chat.yaml", faults, "chat.yaml")
    found = {key: top.text(key) for key in top.all_keys()} if top else {}
    if faults:
        raise FileFaults(faults)
    return found


@lru_cache(maxsize=1)
def opinion_sign() -> OpinionSign:
    """What tells that an opinion is asked for (bot/data/opinion.json, which training/opinion.py writes)."""
    found = json.loads((_DATA / OPINION_FILE).read_text(encoding="utf-8"))
    return OpinionSign(found["bias"], found["words"], np.array(found["direction"], dtype=np.float32))


# The policy


def policy_of(path: Path, pack: Pack, *, reader: bool, own: bool = True) -> Policy:
    """What decides for a pack: with `own` its own policy, if it has one, or else the one that ships. Raises FileFaults."""
    section = section_of(pack, reader=reader)
    file = path / POLICY_FILE
    found = load_policies(file) if own and file.is_file() else {}
    return found.get(section) or load_policies(_DATA / POLICY_FILE)[section]


def section_of(pack: Pack, *, reader: bool) -> str:
    """Which part of a policy file decides for a pack."""
    return ("packs" if pack.entries else "articles") + ("" if reader else "_without_reader")


def load_policies(path: Path) -> dict[str, Policy]:
    """The policies of a file, by what they are for. Raises FileFaults."""
    faults: list[Fault] = []
    top = read_mapping(path, faults, path.name)
    found = {key: _policy(node) for key in _SECTIONS if top and (node := top.mapping(key))}
    if top:
        top.close()
    if faults:
        raise FileFaults(replace(fault, fix=_ANEW) for fault in faults)
    return found


def _policy(node: YamlMapping) -> Policy:
    numbers = {}
    for part, names in _PARTS.items():
        table = node.mapping(part, required=True)
        numbers[part] = [table.number(name) if table else 0.0 for name in names]
        if table:
            table.close()
    node.close()
    sureness, presence = (Logistic(bias, tuple(weights)) for bias, *weights in (numbers["sureness"], numbers["presence"]))
    return Policy(tuple(numbers["choice"]), sureness, presence, Bars(*numbers["bars"]))


def policy_text(policies: Mapping[str, Policy]) -> str:
    """Policies as a readable file."""
    lines = ["# When a passage answers, and what else is said (bot/engine/decide.py). Written by `verbatim calibrate`."]
    for section, p in policies.items():
        values = {
            "choice": p.choice,
            "sureness": (p.sureness.bias, *p.sureness.weights),
            "presence": (p.presence.bias, *p.presence.weights),
            "bars": astuple(p.bars),
        }
        lines.append(f"{section}:")
        for part, names in _PARTS.items():
            lines.append(f"  {part}:")
            lines += [f'    {name}: "{value:.3f}"' for name, value in zip(names, values[part], strict=True)]
    return "\n".join(lines) + "\n"


# Keeping vectors


def kept_vectors(texts: Sequence[str], file: Path, progress: Progress = silent, shipped: Sequence[Path] = ()) -> Floats:
    """The vectors of the texts, a row each: those that `file` or a file that shipped keeps are taken up, the others made, and `file` then
    written anew with what no other holds."""
    held = {digest: vector for path in shipped for digest, vector in take_up(path).items()}
    kept, digests = take_up(file), [_digest(text) for text in texts]
    own = packed_vectors([text for d, text in zip(digests, texts, strict=True) if d not in held], kept, progress)
    if own.keys() != kept.keys():
        keep_vectors(file, own)
    vectors = np.empty((len(digests), VECTOR_SIZE), np.float32)
    for row, d in zip(vectors, digests, strict=True):
        row[:] = held[d] if d in held else own[d]
    # In place: copies of them all would be most of what it takes to build an engine.
    vectors /= np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)), 1e-9)[:, np.newaxis]
    return vectors


def packed_vectors(
    texts: Sequence[str], known: Mapping[bytes, NDArray[np.int8]], progress: Progress = silent
) -> dict[bytes, NDArray[np.int8]]:
    """The vectors of the texts as a file keeps them, by the digest of each text, in its order; those that are known are taken over."""
    digests = {_digest(text): text for text in texts}
    missing = {d: text for d, text in digests.items() if d not in known}
    made = dict(zip(missing, _packed(encode(list(missing.values()), progress)), strict=True))
    return {d: made[d] if d in made else known[d] for d in sorted(digests)}


def keep_vectors(file: Path, vectors: Mapping[bytes, NDArray[np.int8]]) -> None:
    """Write a file of vectors, whole or not at all; in silence where it cannot be written."""
    body = b"".join(part for key, vector in vectors.items() for part in (key, vector.tobytes()))
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, _seal(body) + b"\n" + body)


def take_up(file: Path) -> dict[bytes, NDArray[np.int8]]:
    """What the file keeps, by digest, if it is whole: its first line is the encoder's hash with the SHA-256 of the rest. A pack's may come
    from a stranger: a pipe is not opened, nor is what is too large."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_VECTORS_BYTES:
            return {}
        seal, _, body = file.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if seal != _seal(body) or len(body) % (_DIGEST + VECTOR_SIZE):
        return {}
    rows = np.frombuffer(body, dtype=np.int8).reshape(-1, _DIGEST + VECTOR_SIZE)
    keys = rows[:, :_DIGEST].tobytes()
    return {keys[i * _DIGEST : (i + 1) * _DIGEST]: row for i, row in enumerate(rows[:, _DIGEST:])}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_DIGEST]


def _seal(body: bytes) -> bytes:
    return f"{ENCODER_SHA256} {hashlib.sha256(body).hexdigest()}".encode()


def _packed(vectors: Floats) -> NDArray[np.int8]:
    """Unit vectors as bytes, a quarter of the size; each is scaled by its own largest component, which need not be known later."""
    peaks = np.abs(vectors).max(axis=1, keepdims=True)
    return np.asarray(np.rint(vectors * (127 / np.maximum(peaks, 1e-9))), dtype=np.int8)
