"""Four networks that are given the same task: digits in a frame that leaves them room to move.

Three have the same number of parameters to within 1 %, so that what differs is how they use them; the fourth is a
dense network with fifteen times as many, so that it is not the number that decides. Each begins by halving the
picture, which has no parameters and lets a laptop train them in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
)

REACH = 10
"""How far a digit can be shifted, in pixels, without losing one."""

DIGIT = 28
SIDE = DIGIT + 2 * REACH

_DIRECTIONS = ((0, 1), (1, 0), (0, -1), (-1, 0))


@dataclass(frozen=True)
class Contender:
    """A network that takes part.

    Attributes
    ----------
    title
        What it is called.
    account
        What it is, in a few words.
    architecture
        From (1, 48, 48) to ten scores.
    """

    title: str
    account: str
    architecture: Architecture

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return totals(budget(self.architecture)).parameters

    @property
    def macs(self) -> int:
        """How many multiply-accumulates a picture takes."""
        return totals(budget(self.architecture)).macs


def _contender(title: str, account: str, *layers: Layer) -> Contender:
    return Contender(title, account, Architecture((1, SIDE, SIDE), [AvgPool2d(2, name="half"), *layers], title))


def _normed(maps: int, *pooling: Layer) -> list[Layer]:
    """Make a convolution with its normalisation: averages of whole maps are small numbers, slow to learn from."""
    return [Conv2d(maps, 3, bias=False), *pooling, BatchNorm2d(), Activation("relu")]


CONTENDERS: Mapping[str, Contender] = MappingProxyType(
    {
        "pooled": _contender(
            "Convolutions, global average",
            "three convolutions with batch normalisation, each map's average, ten scores",
            *_normed(16, MaxPool2d(2)),
            *_normed(32),
            *_normed(48),
            GlobalAvgPool2d(),
            Dense(10),
        ),
        "flat": _contender(
            "Convolutions, dense layer",
            "two convolutions, a weight for each cell of each map, ten scores",
            Conv2d(16, 3, activation="relu"),
            MaxPool2d(2),
            Conv2d(20, 3, activation="relu"),
            Flatten(),
            Dense(10),
        ),
        "dense": _contender(
            "Dense, as many parameters",
            "33 units, each with a weight for each cell, ten scores",
            Flatten(),
            Dense(33, activation="relu"),
            Dense(10),
        ),
        "wide": _contender(
            "Dense, 15 times as many",
            "512 units, each with a weight for each cell, ten scores",
            Flatten(),
            Dense(512, activation="relu"),
            Dense(10),
        ),
    }
)
"""Each network by its key."""


def framed(digits: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Put digits into the middle of the frame.

    Parameters
    ----------
    digits
        uint8 (N, 28, 28), or (N, 1, 28, 28).

    Returns
    -------
    float32 (N, 1, 48, 48) array
        In [0, 1], black around the digits.

    Raises
    ------
    ValueError
        If the digits have another shape or dtype.

    Examples
    --------
    >>> framed(np.full((2, 28, 28), 255, np.uint8)).sum(axis=(1, 2, 3)).tolist()
    [784.0, 784.0]
    """
    if digits.dtype != np.uint8 or digits.shape[-2:] != (DIGIT, DIGIT) or digits.ndim not in {3, 4}:
        raise ValueError(f"digits: got {digits.dtype} {digits.shape}, needed is uint8 (N, 1, {DIGIT}, {DIGIT})")
    frames = np.zeros((len(digits), 1, SIDE, SIDE), np.float32)
    frames[:, 0, REACH : REACH + DIGIT, REACH : REACH + DIGIT] = (
        digits.reshape(-1, DIGIT, DIGIT).astype(np.float32) / 255
    )
    return frames


def shifted(frames: NDArray[np.float32], shift: int) -> NDArray[np.float32]:
    """Shift each frame by the same distance: the first to the right, the next down, left, up, and so on.

    Parameters
    ----------
    frames
        float32 (N, C, H, W), as `framed` makes them.
    shift
        Whole pixels, 0 to `REACH`.

    Returns
    -------
    float32 (N, C, H, W) array
        New. Nothing of a digit is lost.

    Raises
    ------
    ValueError
        If the shift is not from 0 to `REACH`.

    Examples
    --------
    >>> first = shifted(framed(np.full((1, 28, 28), 255, np.uint8)), 3)[0, 0]
    >>> np.flatnonzero(first[24])[[0, -1]].tolist()
    [13, 40]
    """
    if not 0 <= shift <= REACH:
        raise ValueError(f"shift: got {shift}, legal is 0 to {REACH}")
    moved = np.empty_like(frames)
    for first, (down, right) in enumerate(_DIRECTIONS):
        moved[first::4] = np.roll(frames[first::4], (down * shift, right * shift), (2, 3))
    return moved


def scattered(frames: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Shift each frame by a distance of its own, up to `REACH` pixels down or up and as many left or right.

    Parameters
    ----------
    frames
        float32 (N, C, H, W), as `framed` makes them.
    seed
        What the distances follow from.

    Returns
    -------
    float32 (N, C, H, W) array
        New.
    """
    places = np.random.default_rng(seed).integers(-REACH, REACH + 1, (len(frames), 2))
    moved = np.empty_like(frames)
    for number, (down, right) in enumerate(places.tolist()):
        moved[number] = np.roll(frames[number], (down, right), (1, 2))
    return moved
