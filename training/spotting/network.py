"""The network, what it is taught by, and how it becomes a file.

A piece of a page goes in, a cell for each eight pixels comes out: above 0 where a mark begins.
Needs PyTorch, which only training does.
"""

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from pipeline.machine import usable_cores
from training.spotting.pieces import BEGINS, ELSEWHERE, Pieces

WIDTHS = (24, 32, 64)
"""Channels at a half, a quarter and an eighth of a piece's resolution."""
_BATCH, _FILES = 32, 6
_RATE, _WARM, _LEAST = 2e-3, 100, 0.01
_FOCUS = 1.5
"""How much more the cells count that are taken for marks and are none."""
_HIDDEN = -1e4


class Losses(NamedTuple):
    """Of cells without a mark, of those where one begins, and of the likest of these."""

    elsewhere: Tensor
    begins: Tensor
    likest: Tensor

    @property
    def total(self) -> Tensor:
        return 0.5 * self.elsewhere + 0.5 * self.begins + self.likest


def network() -> nn.Sequential:
    """Convolutions alone, for pictures of any size: n x 3 x height x width, -0.5 to 0.5."""
    half, quarter, eighth = WIDTHS
    return nn.Sequential(
        *_layer(3, half, stride=2),
        *_layer(half, quarter, stride=2),
        *_layer(quarter, quarter),
        *_layer(quarter, eighth, stride=2),
        *_layer(eighth, eighth),
        *_layer(eighth, eighth, reach=2),
        *_layer(eighth, eighth, reach=3),
        *_layer(eighth, eighth),
        nn.Conv2d(eighth, 1, 1),
    )


def _layer(taken: int, given: int, *, stride: int = 1, reach: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(taken, given, 3, stride, reach, reach, bias=False)
    return convolution, nn.BatchNorm2d(given), nn.ReLU(inplace=True)


def losses(answer: Tensor, truth: Tensor) -> Losses:
    """How wrong the cells of a batch are; cells beside a mark's beginning do not count."""
    answer = answer[:, 0]
    begins, elsewhere = truth == BEGINS, truth == ELSEWHERE
    count = begins.sum((1, 2))
    marked = (count > 0).float()
    sure = torch.sigmoid(answer).detach() ** _FOCUS
    wrong = (functional.softplus(answer) * sure * elsewhere).sum((1, 2)).mean()
    missed = functional.softplus(-answer)
    each = (missed * begins).sum((1, 2)) / count.clamp(min=1)
    likest = functional.softplus(-answer.masked_fill(~begins, _HIDDEN).amax((1, 2)))
    pieces = marked.sum().clamp(min=1)
    return Losses(wrong, (each * marked).sum() / pieces, (likest * marked).sum() / pieces)


def train(
    files: Sequence[Path],
    checkpoint: Path,
    minutes: float,
    seed: int,
    report: Callable[[str], None],
) -> nn.Sequential:
    """Train for so many minutes on all cores; the learning rate falls to nothing meanwhile.

    Goes on from ``checkpoint`` where there is one, and leaves it anew.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(usable_cores())
    numbers, chosen = np.random.default_rng(seed), random.Random(seed)
    made = network()
    if checkpoint.exists():
        made.load_state_dict(torch.load(checkpoint))
    made = made.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(made.parameters(), lr=_RATE, weight_decay=1e-3)
    begun, steps = time.monotonic(), 0
    while (share := (time.monotonic() - begun) / (60 * minutes)) < 1:
        pieces = Pieces.load(chosen.sample(files, min(_FILES, len(files))))
        for batch in pieces.batches(_BATCH, numbers):
            share = min(1.0, (time.monotonic() - begun) / (60 * minutes))
            falling = max(_LEAST, (1 + np.cos(np.pi * share)) / 2)
            for group in optimiser.param_groups:
                group["lr"] = _RATE * falling * min(1, (steps + 1) / _WARM)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                answer = made(_tensor(batch.pictures))
            found = losses(answer.float(), torch.from_numpy(batch.cells))
            optimiser.zero_grad()
            found.total.backward()
            optimiser.step()
            steps += 1
        told = ", ".join(f"{loss.item():.3f}" for loss in found)
        report(f"{steps} steps, losses {told}, {share:.0%} of the time")
        torch.save(made.state_dict(), checkpoint)
    return made.eval()


def likest(made: nn.Module, pieces: Pieces) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How like a mark the likest cell is, 0..1: of pieces with a mark amid and beside it, of the
    others anywhere."""
    found = []
    with torch.no_grad():
        for start in range(0, len(pieces.pictures), _BATCH):
            pictures = pieces.pictures[start : start + _BATCH].astype(np.float32) / np.float32(255)
            found.append(torch.sigmoid(made(_tensor(pictures))[:, 0]).numpy())
    answers = np.concatenate(found)
    marked = (pieces.cells == BEGINS).any((1, 2))
    near = np.where(pieces.cells == ELSEWHERE, 0, answers)
    return near[marked].max((1, 2)), answers[~marked].max((1, 2))


def _tensor(pictures: NDArray[np.float32]) -> Tensor:
    """n x height x width x 3 in 0..1 as the network takes it."""
    moved = torch.from_numpy(pictures).permute(0, 3, 1, 2) - 0.5
    return moved.contiguous(memory_format=torch.channels_last)


def save(made: nn.Module, target: Path) -> None:
    """Write a network as ONNX that takes pictures of any size."""
    sides = {2: "height", 3: "width"}
    torch.onnx.export(
        made,
        (torch.zeros(1, 3, 160, 160),),
        target,
        input_names=["page"],
        output_names=["marks"],
        dynamic_axes={"page": sides, "marks": sides},
        opset_version=13,
        dynamo=False,
    )
