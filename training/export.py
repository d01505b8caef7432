"""Weights -> the ONNX files that the bot runs: python -m training.export reader READER.pt OUT.onnx, or: encoder pytorch_model.bin OUT.onnx.

Needs torch, onnx and onnxruntime. Weights become int8 per output channel, in 7 bits, with which processors without VNNI do not overflow; activations
are quantised as they come.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.model import Encoder, Reader, Trunk

INPUTS = ["input_ids", "token_type_ids", "attention_mask"]
OPSET = 14
# The names in all-MiniLM-L6-v2's own file, in the order in which they are replaced by those here
NAMES = {
    "embeddings.word_embeddings": "word",
    "embeddings.position_embeddings": "pos",
    "embeddings.token_type_embeddings": "seg",
    "embeddings.LayerNorm": "ln",
    "encoder.layer.": "layers.",
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "o",
    "attention.output.LayerNorm": "ln1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "ln2",
}


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """all-MiniLM-L6-v2's weights by their names here, without its pooler and the like, which an encoder of texts does not have."""
    found = {}
    for name, value in weights.items():
        for theirs, ours in NAMES.items():
            name = name.replace(theirs, ours)
        found[name] = value
    return {name: found[name] for name in Encoder().state_dict()}


def export(network: Trunk, out: Path, output: str) -> None:
    """Writes the network with its inputs (batch, tokens), int64, and one output."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    ids = torch.full((2, 24), 1000)
    given = (ids, torch.zeros_like(ids), torch.ones_like(ids))
    axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS} | {output: {0: "batch"}}
    options: dict[str, Any] = {
        "input_names": INPUTS,
        "output_names": [output],
        "dynamic_axes": axes,
        "opset_version": OPSET,
        "dynamo": False,
    }
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter, whose graph the quantiser knows, announces its end
        whole = Path(folder) / "float32.onnx"
        torch.onnx.export(network.eval(), given, str(whole), **options)
        quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("reader", "encoder"))
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    network: Trunk = Reader() if given.kind == "reader" else Encoder()
    weights = torch.load(given.weights, map_location="cpu", weights_only=True)
    network.load_state_dict(weights if given.kind == "reader" else renamed(weights))
    export(network, given.out, "logits" if given.kind == "reader" else "embedding")


if __name__ == "__main__":
    main()
