"""Train a small network on digits, in a frame of its own or anywhere, and judge it on shifted ones.

What is random follows from the seed alone. torch's own generator is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from explorer.insight.contenders import REACH, Contender, scattered, shifted
from explorer.networks.module import build, channels_last

Float = NDArray[np.float32]
Labels = NDArray[np.int64]
AT_ONCE = 250  # pictures


@dataclass(frozen=True)
class Settings:
    """How a small network is trained.

    Attributes
    ----------
    steps, batch
        How many steps, and how many pictures each.
    rate
        AdamW's greatest step; it climbs to it over the first fifth of the steps and falls to 0, both straight.
    decay
        AdamW's weight decay.
    anywhere
        Whether each picture is learned from at places of its own, up to 10 pixels away, or in the middle.
    """

    steps: int
    batch: int = 100
    rate: float = 4e-3
    decay: float = 0.01
    anywhere: bool = False

    def rate_at(self, step: int) -> float:
        """Return the factor of the rate at a step.

        Examples
        --------
        >>> [Settings(10).rate_at(step) for step in (0, 1, 2, 6)]
        [0.5, 1.0, 1.0, 0.5]
        """
        warm = max(1, self.steps // 5)
        return (step + 1) / warm if step < warm else (self.steps - step) / (self.steps - warm)


def learn(
    contender: Contender,
    frames: Float,
    labels: Labels,
    settings: Settings,
    *,
    seed: int,
    told: Callable[[float], None] = lambda _: None,
) -> nn.Sequential:
    """Train a network.

    Parameters
    ----------
    contender
        Which.
    frames, labels
        float32 (N, 1, 48, 48) and int64 (N,): what it learns from.
    settings, seed
        How; two trainings with the same ones make the same weights on the same machine.
    told
        Called with the share that is done, in (0, 1], after each step. What it raises ends the training.

    Returns
    -------
    torch.nn.Sequential
        In evaluation mode.

    Raises
    ------
    ValueError
        If frames and labels are not as many, or none.
    """
    if not len(frames) or len(frames) != len(labels):
        raise ValueError(f"frames: got {len(frames)} with {len(labels)} labels, needed are as many, at least one")
    module = channels_last(build(contender.architecture, seed=seed)).train()
    optimizer = torch.optim.AdamW(module.parameters(), lr=settings.rate, weight_decay=settings.decay)
    order: list[int] = []
    for step in range(settings.steps):
        draw = np.random.default_rng((seed, step))
        while len(order) < settings.batch:
            order += draw.permutation(len(frames)).tolist()
        chosen, order = order[: settings.batch], order[settings.batch :]
        batch = frames[chosen]
        if settings.anywhere:
            batch = scattered(batch, int(draw.integers(2**31)))
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * settings.rate_at(step)
        scores = module(torch.from_numpy(batch).contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(scores, torch.from_numpy(labels[chosen]))
        torch.autograd.backward(loss)
        optimizer.step()
        optimizer.zero_grad()
        told((step + 1) / settings.steps)
    return module.eval()


def right(module: nn.Module, frames: Float, labels: Labels) -> float:
    """Return the share of pictures that a network names rightly."""
    found = 0
    with torch.inference_mode():
        for first in range(0, len(frames), AT_ONCE):
            batch = torch.from_numpy(frames[first : first + AT_ONCE])
            scores = module(batch.contiguous(memory_format=torch.channels_last))
            found += int((scores.argmax(1).numpy() == labels[first : first + AT_ONCE]).sum())
    return found / len(frames)


def over_shifts(
    module: nn.Module,
    frames: Float,
    labels: Labels,
    shifts: Sequence[int] = range(REACH + 1),
    *,
    told: Callable[[float], None] = lambda _: None,
) -> list[float]:
    """Return the accuracy on pictures that are shifted by each of these distances.

    Parameters
    ----------
    module
        The trained network.
    frames, labels
        float32 (N, 1, 48, 48), the digits in the middle, and int64 (N,).
    shifts
        In pixels; a quarter of the pictures each goes right, down, left and up.
    told
        Called with the share that is done.
    """
    accuracies = []
    for done, shift in enumerate(shifts, 1):
        accuracies.append(right(module, shifted(frames, shift), labels))
        told(done / len(shifts))
    return accuracies
