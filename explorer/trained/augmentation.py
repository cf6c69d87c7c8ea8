"""Pictures made different at every look, so that a network learns what is shown and not its place or light.

Batches of tensors in, new tensors out, float32 in [0, 1], (N, C, H, W). Each draws from a generator that is given,
so that the same seed makes the same pictures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional


def uniform(count: int, low: float, high: float, draw: Generator) -> Tensor:
    """Draw ``count`` numbers between two bounds, float32 (N,)."""
    return torch.rand(count, generator=draw) * (high - low) + low


@dataclass(frozen=True)
class Moves:
    """How far pictures are turned, scaled, sheared and shifted.

    Attributes
    ----------
    turn, shear
        Greatest angles, in degrees, either way.
    smallest, largest
        The size of what is shown, as a factor.
    stretch
        Greatest factor between width and height, at least 1.
    shift
        Greatest shift, as a fraction of the side.
    """

    turn: float = 0.0
    shear: float = 0.0
    smallest: float = 1.0
    largest: float = 1.0
    stretch: float = 1.0
    shift: float = 0.0


def move(
    images: Tensor,
    mirrored: Tensor,
    moves: Moves,
    draw: Generator,
    *,
    size: int | None = None,
    edge: str = "reflection",
) -> Tensor:
    """Turn, scale, shear and shift each picture, each in its own way.

    Parameters
    ----------
    images
        (N, C, H, W).
    mirrored
        bool (N,): which of them are mirrored left to right.
    moves
        How far.
    size
        Height and width of the result; those of the input where it is None.
    edge
        What lies outside a picture: "reflection", "border" or "zeros".

    Returns
    -------
    Tensor
        Bilinear, of the dtype of ``images``.
    """
    count = len(images)
    turn, shear = (uniform(count, -angle, angle, draw) * math.pi / 180 for angle in (moves.turn, moves.shear))
    scale = torch.exp(uniform(count, math.log(moves.smallest), math.log(moves.largest), draw))
    stretch = torch.exp(uniform(count, -math.log(moves.stretch), math.log(moves.stretch), draw) / 2)
    # The grid says where each cell of the result is read, so it holds the inverse: a larger scale reads less.
    across, down = stretch / scale, 1 / (stretch * scale)
    matrices = torch.zeros(count, 2, 3)
    matrices[:, 0, 0] = across * torch.cos(turn)
    matrices[:, 0, 1] = -down * torch.sin(turn + shear)
    matrices[:, 1, 0] = across * torch.sin(turn)
    matrices[:, 1, 1] = down * torch.cos(turn + shear)
    matrices[:, :, 0] *= torch.where(mirrored, -1.0, 1.0)[:, None]
    matrices[:, :, 2] = (torch.rand(count, 2, generator=draw) * 2 - 1) * 2 * moves.shift
    side = size or images.shape[-1]
    grid = functional.affine_grid(
        matrices, [count, images.shape[1], size or images.shape[-2], side], align_corners=False
    )
    return functional.grid_sample(images, grid, "bilinear", edge, align_corners=False)


def relight(images: Tensor, draw: Generator, *, brightness: float, contrast: float, saturation: float) -> Tensor:
    """Change each picture's brightness (added), contrast and saturation (factors e^±), and clip to [0, 1]."""
    count = len(images)
    added = uniform(count, -brightness, brightness, draw)[:, None, None, None]
    factor = torch.exp(uniform(count, -contrast, contrast, draw))[:, None, None, None]
    colour = torch.exp(uniform(count, -saturation, saturation, draw))[:, None, None, None]
    grey = images.mean(1, keepdim=True)
    level = grey.mean((2, 3), keepdim=True)
    toned = grey + (images - grey) * colour
    return ((toned - level) * factor + level + added).clip(0, 1)


def shift(images: Tensor, mirrored: Tensor, reach: int, draw: Generator) -> Tensor:
    """Shift each picture by whole cells, up to ``reach`` either way, its edge reflected; some are mirrored."""
    count, channels, rows, cols = images.shape
    padded = functional.pad(images, (reach,) * 4, "reflect")
    down, across = torch.randint(2 * reach + 1, (2, count), generator=draw)
    cells = torch.arange(cols).expand(count, cols)
    cells = torch.where(mirrored[:, None], cells.flip(1), cells)
    row = (down[:, None] + torch.arange(rows))[:, None, :, None]
    col = (across[:, None] + cells)[:, None, None, :]
    return padded[torch.arange(count)[:, None, None, None], torch.arange(channels)[None, :, None, None], row, col]


def cut_out(images: Tensor, side: int, draw: Generator) -> Tensor:
    """Paint a square of the picture's mean over a part of each picture, its centre anywhere in it."""
    count, _, rows, cols = images.shape
    centre = torch.rand(2, count, generator=draw)
    row, col = (
        torch.arange(size) - (place * size).floor()[:, None] + side // 2
        for size, place in zip((rows, cols), centre, strict=True)
    )
    row, col = (row >= 0) & (row < side), (col >= 0) & (col < side)
    hidden = (row[:, :, None] & col[:, None, :])[:, None]
    return torch.where(hidden, images.mean((2, 3), keepdim=True), images)


def mix(images: Tensor, part: float, draw: Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Put a rectangle of another picture into some of the pictures, at the same place [1]_.

    Parameters
    ----------
    images
        (N, C, H, W).
    part
        How many of them, as a part of all.
    draw
        Says which, and what is seen where.

    Returns
    -------
    Tensor
        The pictures, new.
    Tensor
        int64 (N,): which picture's rectangle each has; its own place where it has none.
    Tensor
        float32 (N,): how much of each is still its own, about one half at least, 1 where it has no rectangle.

    References
    ----------
    .. [1] S. Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features",
       arXiv:1905.04899 (2019), section 3.1. There the share is uniform from 0 to 1; which of two pictures is
       called the other is without meaning, so it is from one half to 1 here.
    """
    count, _, rows, cols = images.shape
    some = torch.randperm(count, generator=draw)[: round(count * part)]
    others = torch.arange(count)
    others[some] = some.roll(1)  # a single one would be mixed with itself, which changes nothing
    side = torch.zeros(count)
    side[some] = torch.sqrt(uniform(len(some), 0, 0.5, draw))
    centre = torch.rand(2, count, generator=draw)
    inside = []
    for size, place in zip((rows, cols), centre, strict=True):
        first, last = ((place + sign * side / 2).clip(0, 1).mul(size).round()[:, None] for sign in (-1, 1))
        cells = torch.arange(size)
        inside.append((cells >= first) & (cells < last))
    other = (inside[0][:, :, None] & inside[1][:, None, :])[:, None]
    return torch.where(other, images[others], images), others, 1 - other.float().mean((1, 2, 3))
