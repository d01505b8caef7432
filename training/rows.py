"""Items by numbers, and how a batch is drawn from them: what a training machine needs, beside numpy and torch."""

from __future__ import annotations

import gzip
import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.engine.reader import word_pieces

SHOWN = 12  # candidates that the reader is given at run time, those most like the question
SLIP, DETOUR = 0.18, 0.15  # shares of the questions that come misspelt, or after another question
UNCURATED = 0.25  # of the gaps and premises, left out: no pack has all of them
SEVERED = 0.06  # of the answered questions, shown without what answers them, so that the manner of a question tells nothing
NEAREST = 0.5  # of the items, with the candidates most like the question; the others with half of those, and others at random

Ids = NDArray[np.uint16]  # token ids
Ints = NDArray[np.int32]
Pair = tuple[Ids, int]  # question and passage as the reader gets them, and where the passage begins


class Row(NamedTuple):
    """An item. A question or passage is the index of its token ids in `Data.texts`.

    `candidates`: of each the options, of which one is shown: a passage with what stands beside it. `alike`: the cosine of the question with
    every option, in their order. `own`: options that show the question itself. For the other fields see items.Item."""

    source: str
    format: str
    kind: str
    question: int
    slips: tuple[int, ...]
    detours: tuple[int, ...]
    candidates: tuple[tuple[int, ...], ...]
    alike: NDArray[np.float16]
    own: frozenset[int]
    targets: frozenset[int]
    contradicting: frozenset[int]
    refusing: frozenset[int]
    severable: bool
    weight: float


class Data(NamedTuple):
    """`texts`: token ids of questions, and of passages with their context, without the special tokens before and between the two.
    `rows` by part: train, kept (articles to measure with) and squad (those of SQuAD)."""

    texts: list[Ids]
    rows: dict[str, list[Row]]

    def pair(self, question: int, option: int) -> Pair:
        p, asked = word_pieces(), self.texts[question]
        return np.concatenate(([p.start], asked, [p.end], self.texts[option])).astype(np.uint16), len(asked) + 2


class Shown(NamedTuple):
    """A candidate as it is shown: how alike, which of the row's candidates, and the option."""

    alike: float
    candidate: int
    option: int


class Batch(NamedTuple):
    """Pairs in `groups` of about the same length, as `padded` gives them. Over all groups, (pairs,): `owner`, the item that a pair belongs to,
    `target` and `contradicting`. `weights`: (items,)."""

    groups: list[tuple[Ints, Ints]]
    owner: NDArray[np.int64]
    target: NDArray[np.float32]
    contradicting: NDArray[np.float32]
    weights: NDArray[np.float32]


def write(path: Path, data: Data) -> None:
    with gzip.open(path, "wb", compresslevel=6) as file:
        pickle.dump(data, file, protocol=5)


def read(path: Path) -> Data:
    """What `write` wrote. It is a pickle: read only your own."""
    with gzip.open(path, "rb") as file:
        data: Data = pickle.load(file)
    return data


def drawn(row: Row, rng: random.Random, most: int) -> tuple[int, list[Shown]]:
    """A form of the question, and at most `most` candidates. An entry shows, of some of its phrasings, the one most like the question."""
    chance, question = rng.random(), row.question
    if row.slips and chance < SLIP:
        question = rng.choice(row.slips)
    elif row.detours and chance > 1 - DETOUR:
        question = rng.choice(row.detours)
    gone = row.targets if row.severable and rng.random() < SEVERED else frozenset()
    must: list[Shown] = []
    rest: list[Shown] = []
    for candidate, options in _options(row).items():
        if candidate in gone or (candidate in row.refusing and rng.random() < UNCURATED):
            continue
        shown = max(rng.sample(options, rng.randint(1, len(options))))
        (must if candidate in row.targets | row.contradicting else rest).append(shown)
    rest.sort(reverse=True)
    if rng.random() > NEAREST:
        near = max(0, most - len(must)) // 2
        rest[near:] = rng.sample(rest[near:], len(rest[near:]))
    return question, (must + rest)[:most]


def as_run(row: Row, phrasings: int = 2) -> list[Shown]:
    """The candidates as at run time: of each entry the nearest of its first phrasings, and of these candidates the nearest."""
    return sorted((max(options[:phrasings]) for options in _options(row).values()), reverse=True)[:SHOWN]


def _options(row: Row) -> dict[int, list[Shown]]:
    """Of every candidate what may be shown; one that could only show the question itself is left out."""
    found: dict[int, list[Shown]] = {}
    places = ((c, option) for c, options in enumerate(row.candidates) for option in options)
    for (c, option), alike in zip(places, row.alike.tolist(), strict=True):
        if option not in row.own:
            found.setdefault(c, []).append(Shown(alike, c, option))
    return found


def padded(pairs: Sequence[Pair]) -> tuple[Ints, Ints]:
    """Token ids (n, longest, a multiple of 8), 0 after the end, and, (n, 2), the number of tokens with where the passage begins."""
    lengths = np.array([(len(ids), second) for ids, second in pairs], dtype=np.int32)
    filled = np.zeros((len(pairs), -(-int(lengths[:, 0].max()) // 8) * 8), dtype=np.int32)
    for row, (ids, _) in zip(filled, pairs, strict=True):
        row[: len(ids)] = ids
    return filled, lengths


def batch(data: Data, rows: Sequence[Row], rng: random.Random, most: int, groups: int) -> Batch:
    """Draws a batch, its pairs sorted by length and parted into `groups`, so that little of it is padding."""
    found: list[tuple[Pair, int, bool, bool]] = []
    for place, row in enumerate(rows):
        question, shown = drawn(row, rng, most)
        for s in shown:
            found.append((data.pair(question, s.option), place, s.candidate in row.targets, s.candidate in row.contradicting))
    found.sort(key=lambda each: len(each[0][0]))
    pairs, owner, target, contradicting = zip(*found, strict=True)
    size = -(-len(pairs) // groups)
    parts = [padded(pairs[start : start + size]) for start in range(0, len(pairs), size)]
    truths = (np.array(values, np.float32) for values in (target, contradicting, [row.weight for row in rows]))
    return Batch(parts, np.array(owner, np.int64), *truths)
