"""Makes the training data, as token ids: python -m training.prepare OUT [--squad dev-v2.0.json] [--qamr FOLDER]. Needs the bot, and no torch.

The encoder tells how alike a question is with a sentence, or with the phrasings of an entry; as at run time, where it finds the candidates.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from bot.engine.reader import EARLIER, Floats, Passage, as_question, encode
from bot.engine.reader import _joined as joined  # what the reader reads, in one place for both
from training import articles
from training.items import Item, from_article, from_qamr, from_squad, misspelt
from training.rows import Data, Ids, Row, write

NEAREST = 14  # passages of a long text that are candidates, beside those offered
SLIPS = DETOURS = 4  # misspelt copies of a question, and copies after another one
SEED = 7


class Texts:
    """Token ids by index, each kept once."""

    def __init__(self) -> None:
        self.ids: list[Ids] = []
        self._index: dict[bytes, int] = {}
        self._options: dict[Passage, int] = {}

    def question(self, text: str) -> int:
        ids, second = joined(text, Passage(""))
        return self._keep(ids[1 : second - 1])

    def option(self, passage: Passage) -> int:
        if passage not in self._options:
            ids, second = joined("", passage)
            self._options[passage] = self._keep(ids[second:])
        return self._options[passage]

    def _keep(self, ids: Sequence[int]) -> int:
        kept = np.array(ids, dtype=np.uint16)
        place = self._index.setdefault(kept.tobytes(), len(self.ids))
        if place == len(self.ids):
            self.ids.append(kept)
        return place


def rows(items: Sequence[Item], texts: Texts, rng: random.Random) -> list[Row]:
    """The items by numbers."""
    pools = {id(item.candidates): item.candidates for item in items}  # the items of a text share one
    compared = {
        pool: [[as_question(p.asked) if p.asked else p.text for p in c] for c in candidates] for pool, candidates in pools.items()
    }
    asked = {i.question: as_question(i.question) for i in items}
    vectors = _vectors([*asked.values(), *(text for pool in compared.values() for c in pool for text in c)])
    matrices = {pool: np.stack([vectors[text] for c in found for text in c]) for pool, found in compared.items()}
    options = {pool: [tuple(map(texts.option, c)) for c in candidates] for pool, candidates in pools.items()}
    return [
        _row(i, options[id(i.candidates)], matrices[id(i.candidates)] @ vectors[asked[i.question]], texts, rng) for i in items
    ]


def _vectors(found: Iterable[str]) -> dict[str, Floats]:
    unique = sorted(set(found))
    return dict(zip(unique, encode(unique), strict=True)) if unique else {}


def _row(item: Item, options: Sequence[tuple[int, ...]], alike: Floats, texts: Texts, rng: random.Random) -> Row:
    """`options` of every candidate; `alike`: the cosine of each of these, one after the other."""
    chosen = _chosen(item, alike)
    starts = np.cumsum([0, *map(len, options)])
    place = {c: i for i, c in enumerate(chosen)}
    targets, contradicting, refusing = (
        frozenset(place[c] for c in of) for of in (item.targets, item.contradicting, item.refusing)
    )
    question = texts.question(item.question)
    slips = {texts.question(misspelt(item.question, rng)) for _ in range(SLIPS)} - {question}
    before = rng.sample([o for o in item.others if o != item.question], DETOURS) if item.others else []
    own = frozenset(texts.option(p) for c in chosen for p in item.candidates[c] if p.asked == item.question)
    return Row(
        source=item.source,
        format=item.format,
        kind=item.kind,
        question=question,
        slips=tuple(sorted(slips)),
        detours=tuple(texts.question(other + EARLIER + item.question) for other in before),
        candidates=tuple(options[c] for c in chosen),
        alike=np.concatenate([alike[starts[c] : starts[c + 1]] for c in chosen]).astype(np.float16),
        own=own,
        targets=targets,
        contradicting=contradicting,
        refusing=refusing,
        severable=item.severable,
        weight=item.weight,
    )


def _chosen(item: Item, alike: Floats) -> Sequence[int]:
    """All candidates, or those offered and the nearest others."""
    if item.offered is None:
        return range(len(item.candidates))
    out = {*item.offered, *item.barred}
    nearest = [int(i) for i in np.argsort(-alike, kind="stable") if int(i) not in out]
    return [*dict.fromkeys(item.offered), *nearest[:NEAREST]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--squad", type=Path, help="dev-v2.0.json of SQuAD")
    parser.add_argument("--qamr", type=Path, help="the folder data/ of QAMR")
    given = parser.parse_args()
    rng, texts = random.Random(SEED), Texts()
    parts = {
        "train": [item for folder in articles.training_folders() for item in from_article(articles.read(folder))],
        "kept": [item for folder in articles.folders(articles.FITTING) for item in from_article(articles.read(folder))],
        "squad": from_squad(given.squad, held_out=True) if given.squad else [],
    }
    parts["train"] += from_squad(given.squad) if given.squad else []
    parts["train"] += from_qamr(given.qamr, rng) if given.qamr else []
    write(given.out, Data(texts.ids, {name: rows(items, texts, rng) for name, items in parts.items()}))
    print(", ".join(f"{name}: {len(items)}" for name, items in parts.items()), "items;", len(texts.ids), "texts")


if __name__ == "__main__":
    main()
