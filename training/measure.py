"""How well weights read articles that they were not trained on: python -m training.measure DATA READER.onnx ... [--part kept]"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.engine.reader import Network
from training.rows import Data, Pair, Row, Shown, as_run, read

ANSWERED, MISSED = "AC", "UDP"  # kinds of question: the text answers; it only seems to

Floats = NDArray[np.float32]
Read = Callable[[Sequence[Pair]], NDArray[np.float32]]  # -> logits (n, 2)


class Verdict(NamedTuple):
    """Of a question: `score`, the log of the odds that something answers; `right`: what it takes for the best answer is one."""

    row: Row
    score: float
    right: bool


def verdicts(data: Data, rows: Sequence[Row], read_pairs: Read, size: int = 64) -> list[Verdict]:
    """Of every question, its candidates as at run time; pairs of about the same length are read together, `size` at once."""
    shown = [as_run(row) for row in rows]
    pairs = [data.pair(row.question, s.option) for row, found in zip(rows, shown, strict=True) for s in found]
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]))
    z = np.zeros(len(pairs), dtype=np.float64)
    for start in range(0, len(order), size):
        part = order[start : start + size]
        z[part] = read_pairs([pairs[i] for i in part])[:, 0]
    parted = np.split(np.exp(z), np.cumsum([len(found) for found in shown])[:-1])
    return [_verdict(row, found, weight) for row, found, weight in zip(rows, shown, parted, strict=True)]


def _verdict(row: Row, shown: Sequence[Shown], weight: NDArray[np.float64]) -> Verdict:
    """`weight`: e to the logit, of every candidate."""
    refusing = np.array([s.candidate in row.refusing for s in shown])
    answering = np.where(refusing, 0, weight)
    score = np.log(answering.sum() + 1e-12) - np.log(1 + weight[refusing].sum())
    return Verdict(row, float(score), shown[int(answering.argmax())].candidate in row.targets)


def auroc(high: Sequence[float], low: Sequence[float]) -> float:
    """How often a score of `high` is above one of `low`, a tie counting half."""
    below = np.sort(low)
    return float((np.searchsorted(below, high, "left") + np.searchsorted(below, high, "right")).mean() / (2 * len(below)))


def figures(found: Sequence[Verdict]) -> dict[str, float]:
    """`first`: answered questions whose best candidate is right. `auroc`: answered against near misses. `right95`, `precise95`: at the
    threshold that refuses 95% of the near misses, the share of answered questions answered rightly, and that of all answers which are right."""
    answered, missed = ([v for v in found if v.row.kind in kinds] for kinds in (ANSWERED, MISSED))
    scores = [v.score for v in missed]
    made = {"first": float(np.mean([v.right for v in answered])), "auroc": auroc([v.score for v in answered], scores)}
    for share in (90, 95):
        threshold = float(np.quantile(scores, share / 100))
        right = sum(v.right and v.score > threshold for v in answered)
        made[f"right{share}"] = right / len(answered)
        made[f"precise{share}"] = right / max(1, sum(v.score > threshold for v in (*answered, *missed)))
    return made


def table(name: str, found: Sequence[Verdict]) -> str:
    """Figures by format and, of the corpus, by set: w, v or u; where there are both answered questions and near misses."""
    lines = []
    for form in sorted({v.row.format for v in found}):
        sets = sorted({v.row.source[0] for v in found if "-" in v.row.source})
        for part in ("", *sets):
            of_part = [v for v in found if v.row.format == form and v.row.source.startswith(part)]
            kinds = {v.row.kind for v in of_part}
            if kinds & set(ANSWERED) and kinds & set(MISSED):
                values = " ".join(f"{key} {value:.3f}" for key, value in figures(of_part).items())
                lines.append(f"{name} {form} {part or 'all':3} {values}, questions {len(of_part)}")
    return "\n".join(lines)


def onnx_reader(path: Path) -> Read:
    """Reads pairs as the bot does, whatever the weights."""
    network = Network(path, hashlib.sha256(path.read_bytes()).hexdigest())
    return lambda pairs: network.run([ids.tolist() for ids, _ in pairs], [second for _, second in pairs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="of training.prepare")
    parser.add_argument("readers", type=Path, nargs="+", help="ONNX files")
    parser.add_argument("--part", default="kept", help="which rows: kept or squad")
    given = parser.parse_args()
    data = read(given.data)
    for path in given.readers:
        print(table(path.name, verdicts(data, data.rows[given.part], onnx_reader(path))), flush=True)


if __name__ == "__main__":
    main()
