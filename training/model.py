"""The networks, in PyTorch: all-MiniLM-L6-v2 (a BERT of 6 layers, 384 wide), as a reader of pairs and as an encoder of texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from training.rows import Ints

VOCABULARY, WIDTH, HEADS, INNER, LAYERS, POSITIONS = 30522, 384, 12, 1536, 6, 512
DROPOUT = 0.1
FAR = -1e4  # added to the score of padding; bf16 holds it

Floats = NDArray[np.float32]


class Layer(nn.Module):
    """A transformer layer as in BERT: attention, then two linear maps with a GELU between them, each added to its input and normed."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.ln1, self.ln2 = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x`: (n, tokens, WIDTH); `mask`: (n, 1, 1, tokens), added to the scores."""
        n, tokens, _ = x.shape
        q, k, v = (part(x).view(n, tokens, HEADS, WIDTH // HEADS).transpose(1, 2) for part in (self.q, self.k, self.v))
        if torch.onnx.is_in_onnx_export():  # in steps that every runtime has
            attended = torch.softmax(q @ k.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + mask, -1) @ v
        else:
            attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=DROPOUT if self.training else 0.0)
        x = self.ln1(x + F.dropout(self.o(attended.transpose(1, 2).reshape(n, tokens, WIDTH)), DROPOUT, self.training))
        x = self.ln2(x + F.dropout(self.down(F.gelu(self.up(x))), DROPOUT, self.training))
        return x


class Trunk(nn.Module):
    """What reader and encoder have in common. The names of the parts are those in the ONNX files."""

    def __init__(self) -> None:
        super().__init__()
        self.word, self.pos, self.seg = (nn.Embedding(n, WIDTH) for n in (VOCABULARY, POSITIONS, 2))
        self.ln = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def states(self, ids: Tensor, types: Tensor, keep: Tensor) -> tuple[Tensor, Tensor]:
        """Of integers (n, tokens): the states (n, tokens, WIDTH), and their mean over the tokens to `keep` (n, WIDTH)."""
        x = self.word(ids) + self.pos.weight[: ids.shape[1]] + self.seg(types)
        x = F.dropout(self.ln(x), DROPOUT, self.training)
        mask = (1.0 - keep[:, None, None, :].to(x.dtype)) * FAR
        for layer in self.layers:
            x = layer(x, mask)
        counted = keep.to(x.dtype).unsqueeze(-1)
        return x, (x * counted).sum(1) / counted.sum(1)


class Reader(Trunk):
    """Pairs -> (n, 2): how well the passage answers, against 0 for "nothing does"; whether it contradicts what the question takes for granted."""

    def __init__(self) -> None:
        super().__init__()
        self.pool, self.head = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2)

    def forward(self, ids: Tensor, types: Tensor, keep: Tensor) -> Tensor:
        x, mean = self.states(ids, types, keep)
        found: Tensor = self.head(torch.tanh(self.pool(F.dropout(x[:, 0] + mean, DROPOUT, self.training))))
        return found


class Encoder(Trunk):
    """Texts -> (n, WIDTH): unit vectors."""

    def forward(self, ids: Tensor, types: Tensor, keep: Tensor) -> Tensor:
        _, mean = self.states(ids, types, keep)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-9)


def inputs(ids: Ints, lengths: Ints, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """What the networks take, from `rows.padded`: ids, token types (1 from the passage on), and which tokens to keep."""
    found, sizes = (torch.from_numpy(a) for a in (ids, lengths))
    if device.type == "cuda":
        found, sizes = found.pin_memory(), sizes.pin_memory()
    found, sizes = found.to(device, non_blocking=True).long(), sizes.to(device, non_blocking=True)
    place = torch.arange(found.shape[1], device=device)[None]
    keep = place < sizes[:, :1]
    return found, ((place >= sizes[:, 1:]) & keep).long(), keep.long()


def dequantised(path: Path) -> dict[str, Tensor]:
    """The weights in one of the project's int8 ONNX files (see export.py), by their names here."""
    import onnx

    graph = onnx.load(path).graph
    values = {i.name: onnx.numpy_helper.to_array(i).astype(np.float32) for i in graph.initializer}

    def floats(name: str) -> Floats:
        return np.asarray((values[f"{name}_quantized"] - values[f"{name}_zero_point"]) * values[f"{name}_scale"])

    found = {name: value for name, value in values.items() if name.endswith((".weight", ".bias"))}
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # /layers.0/q/MatMul_quant
            part = ".".join(node.name.strip("/").split("/")[:-1])
            found[f"{part}.weight"] = floats(node.input[1].removesuffix("_quantized")).T
        elif node.op_type == "Gather" and node.input[0].endswith("_quantized"):
            name = node.input[0].removesuffix("_quantized")
            found[name] = floats(name)
    return {name: torch.from_numpy(value.copy()) for name, value in found.items()}
