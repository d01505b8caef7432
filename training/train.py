"""Trains the reader: python -m training.train DATA OUT.pt --start encoder.onnx. Needs torch, numpy and onnx, and for any speed a GPU.

The candidates of a question compete with one another and with "none", whose logit is 0 (a softmax); beside that, each is judged alone. What is kept
in the end is a running mean of the weights. The learning rate rises for a twentieth of the time and then falls to 0; time is what has passed of
`--seconds` or of `--steps`, whichever is further on, so that only a run by steps can be repeated.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from training.measure import Read, table, verdicts
from training.model import Floats, Reader, dequantised, inputs
from training.rows import Batch, Data, Pair, batch, padded, read

# A step: questions, passages of each at most, and the groups by length in which these are computed
ITEMS, CANDIDATES, GROUPS = 64, 16, 5
ALONE, CONTRADICTION = 0.9, 0.2  # weights of the other losses, beside the softmax
RISE = 0.05  # of the time, in which the learning rate rises
DECAY, CLIP = 0.01, 1.0  # of the weights (AdamW); of the gradient's length
MEAN_FROM, MEAN_KEPT = 0.3, 0.999  # from when on the mean is kept, and how much of the old one stays at each step


class Batches(Dataset[Batch]):
    """The batches by number, each drawn from a seed of its own: an epoch after the other, shuffled."""

    def __init__(self, data: Data, seed: int) -> None:
        self.data, self.rows, self.seed = data, data.rows["train"], seed
        self.epoch = len(self.rows) // ITEMS

    def __len__(self) -> int:
        return 10**7

    def __getitem__(self, step: int) -> Batch:
        epoch, place = divmod(step, self.epoch)
        order = np.random.default_rng((self.seed, epoch)).permutation(len(self.rows))[place * ITEMS : (place + 1) * ITEMS]
        return batch(self.data, [self.rows[i] for i in order], random.Random(f"{self.seed} {step}"), CANDIDATES, GROUPS)


def as_drawn(drawn: Batch) -> Batch:
    """Batches come from the workers as arrays: as tensors they would need more shared memory handles than a process may have."""
    return drawn


def loss_of(logits: Tensor, drawn: Batch) -> Tensor:
    """`logits`: (pairs, 2)."""
    owner, target, contradicting, weights = (torch.from_numpy(a).to(logits.device) for a in drawn[1:])
    z = logits[:, 0].clamp(-15, 15)
    none = torch.zeros_like(weights)
    total = 1 + none.index_add(0, owner, z.exp())
    won = none.index_add(0, owner, z.exp() * target)
    answered = none.index_add(0, owner, target) > 0
    compete = (total.log() - torch.where(answered, (won + 1e-9).log(), none)) * weights
    alone = F.binary_cross_entropy_with_logits(z, target, reduction="none") * weights[owner]
    contradiction = F.binary_cross_entropy_with_logits(logits[:, 1], contradicting)
    return compete.mean() + ALONE * alone.mean() + CONTRADICTION * contradiction


def logits_of(reader: Reader, groups: Sequence[tuple[np.ndarray, np.ndarray]], device: torch.device) -> Tensor:
    """(pairs, 2) in float32; on a GPU computed in bf16."""
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
        return torch.cat([reader(*inputs(*group, device)) for group in groups]).float()


def train(reader: Reader, data: Data, given: argparse.Namespace, device: torch.device) -> None:
    """Trains in place; what is left in the end is the mean."""
    parameters = list(reader.parameters())
    groups = [
        {"params": [p for p in parameters if (p.dim() > 1) == wide], "weight_decay": DECAY * wide} for wide in (True, False)
    ]
    optimiser = torch.optim.AdamW(groups, lr=given.rate, betas=(0.9, 0.98), eps=1e-6)
    batches = Batches(data, given.seed)
    workers = {"num_workers": given.workers, "prefetch_factor": 8} if given.workers else {}
    mean: list[Tensor] = []
    reader.train()
    start = time.monotonic()
    for step, drawn in enumerate(DataLoader(batches, batch_size=None, collate_fn=as_drawn, **workers)):
        passed = time.monotonic() - start
        done = max(step / given.steps, passed / given.seconds)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = given.rate * min(done / RISE + 0.01, max(0.005, (1 - done) / (1 - RISE)))
        loss = loss_of(logits_of(reader, drawn.groups, device), drawn)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, CLIP)
        optimiser.step()
        now = [p.detach() for p in parameters]
        if done > MEAN_FROM:
            mean = mean or [p.clone() for p in now]
            torch._foreach_lerp_(mean, now, 1 - MEAN_KEPT)
        if step % 200 == 0:
            print(f"step {step}, epoch {step / batches.epoch:.2f}, {passed:.0f} s, loss {loss.item():.3f}", flush=True)
    reader.load_state_dict(dict(zip(dict(reader.named_parameters()), mean, strict=True)))


def torch_reader(reader: Reader, device: torch.device) -> Read:
    """Reads pairs with the network."""

    @torch.no_grad()
    def read_pairs(pairs: Sequence[Pair]) -> Floats:
        logits: Floats = logits_of(reader.eval(), [padded(pairs)], device).cpu().numpy()
        return logits

    return read_pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="of training.prepare")
    parser.add_argument("out", type=Path, help="for the weights, in float16, as torch.save writes them")
    parser.add_argument("--start", type=Path, required=True, help="encoder.onnx or reader.onnx")
    parser.add_argument("--seconds", type=float, default=430.0)
    parser.add_argument("--steps", type=float, default=1e9)
    parser.add_argument("--rate", type=float, default=1.5e-4, help="the highest learning rate")
    parser.add_argument("--workers", type=int, default=12, help="processes that draw batches")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    torch.manual_seed(given.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = read(given.data)
    reader = Reader()
    reader.load_state_dict(dequantised(given.start), strict=False)  # an encoder has no pool and head: these begin at random
    train(reader.to(device), data, given, device)
    torch.save({name: value.half().cpu() for name, value in reader.state_dict().items()}, given.out)
    for part in sorted({*data.rows} - {"train"}):
        if data.rows[part]:
            print(table(part, verdicts(data, data.rows[part], torch_reader(reader, device), size=1024)), flush=True)


if __name__ == "__main__":
    main()
