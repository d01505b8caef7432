"""Builds an Engine from a pack's path: the only place where the engine's data files are read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.answer import Engine
from bot.decision import SIGNAL_NAMES, Model
from bot.pack import english, load
from bot.strict_yaml import Fault, FileFaults, read_mapping

_DATA = Path(__file__).parent / "data"
DECISION_FILE = "decision.yaml"


def build(path: Path) -> Engine:
    """The engine for the pack at `path`. Raises FileFaults."""
    pack = load(path)
    own = path / DECISION_FILE
    return Engine(pack, english(), frequency_ranks(), load_model(own if own.is_file() else _DATA / DECISION_FILE))


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
    numbers: dict[str, float] = {}
    for key in ("threshold", "bias", *SIGNAL_NAMES):
        text = top.text(key, required=True)
        try:
            numbers[key] = float(text) if text else 0.0
        except ValueError:
            top.fault(top.line_of(key), f"{key!r} cannot be {text!r}.", 'write a number in quotes, such as "0.5".')
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
