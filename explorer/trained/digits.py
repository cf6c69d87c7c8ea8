"""MNIST's digits as a mouse draws them and a camera sees them: any thickness, place and tilt, on any paper."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.trained.augmentation import Moves, move, uniform

SIZE = 150
# As people write when they are asked for a digit: in the middle, upright, of one size.
_NEAR = Moves(turn=10, shear=8, smallest=0.88, largest=1.12, stretch=1.1, shift=0.03)
# MNIST's digit takes 20 of 28 cells: factors from 0.45 to 1.2 let it take three to nine tenths of the frame.
_MOVES = Moves(turn=20, shear=12, smallest=0.45, largest=1.2, stretch=1.2)


def written(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
    """Make inputs of the example network of MNIST's pictures.

    Parameters
    ----------
    images
        (N, 1, 28, 28) in [0, 1].
    mirrored
        Not used: a mirrored digit is another sign, or none.
    draw
        The generator.

    Returns
    -------
    Tensor
        (N, 1, 150, 150) in [0, 1], light ink on black paper.
    """
    smooth = functional.interpolate(images, scale_factor=2, mode="bicubic", align_corners=False).clip(0, 1)
    digits = thicken(placed(smooth, draw), draw)
    return on_paper(digits, draw)


def calm(images: Tensor, mirrored: Tensor, draw: Generator) -> Tensor:
    """Make inputs of which a quarter are as `written` makes them, and the others nearly as they are.

    Parameters, returns
        As `written`.
    """
    near = len(images) - len(images) // 4
    smooth = functional.interpolate(images[:near], scale_factor=2, mode="bicubic", align_corners=False).clip(0, 1)
    moved = move(smooth, torch.zeros(near, dtype=torch.bool), _NEAR, draw, size=SIZE, edge="zeros")
    return torch.cat([moved, written(images[near:], mirrored, draw)])


def placed(images: Tensor, draw: Generator) -> Tensor:
    """Turn, slant and scale each digit, and put it anywhere where the frame still holds most of it."""
    turned = move(images, torch.zeros(len(images), dtype=torch.bool), _MOVES, draw, size=SIZE, edge="zeros")
    room = (turned > 0.2).float()
    rows, cols = room.amax((1, 3)) > 0, room.amax((1, 2)) > 0
    shifts = [_room(filled, draw) for filled in (rows, cols)]
    cells = torch.arange(SIZE)
    row = cells - shifts[0][:, None]
    col = cells - shifts[1][:, None]
    inside = ((row >= 0) & (row < SIZE))[:, :, None] & ((col >= 0) & (col < SIZE))[:, None, :]
    picked = turned[
        torch.arange(len(images))[:, None, None],
        0,
        row.clip(0, SIZE - 1)[:, :, None],
        col.clip(0, SIZE - 1)[:, None, :],
    ]
    return (picked * inside)[:, None]


def _room(filled: Tensor, draw: Generator) -> Tensor:
    """Draw by how many cells each digit is shifted along an axis, so that it stays in the frame."""
    first = filled.int().argmax(1)
    last = SIZE - 1 - filled.flip(1).int().argmax(1)
    before, after = first, SIZE - 1 - last
    # Half of the draws are near the middle, where people write; the others are anywhere.
    wide = torch.where(torch.rand(len(filled), generator=draw) < 0.5, 1.0, 0.3)
    part = (torch.rand(len(filled), generator=draw) * 2 - 1) * wide
    return torch.where(part < 0, part * before, part * after).round().long()


def thicken(digits: Tensor, draw: Generator) -> Tensor:
    """Draw each digit with a pen of its own: where its blurred edge is cut decides how thick the stroke is.

    A quarter is drawn thicker still, by the largest value of a neighbourhood.
    """
    count = len(digits)
    cut = uniform(count, 0.15, 0.75, draw)[:, None, None, None]
    steep = torch.exp(uniform(count, math.log(1.0), math.log(12.0), draw))[:, None, None, None]
    # Along the stroke the value stays 1 and in the paper 0, whatever the cut.
    low, high = torch.sigmoid(-cut * steep), torch.sigmoid((1 - cut) * steep)
    drawn = (torch.sigmoid((digits - cut) * steep) - low) / (high - low)
    share = count // 8
    for first, reach in ((0, 5), (share, 9)):
        part = slice(first, first + share)
        if share:
            drawn[part] = functional.max_pool2d(drawn[part], reach, 1, reach // 2)
    return drawn


def on_paper(digits: Tensor, draw: Generator) -> Tensor:
    """Put half of the digits on paper as a camera sees it: shaded, blurred, noisy, its ink not evenly strong."""
    count = len(digits)
    rough = (torch.rand(count, generator=draw) < 0.5).float()[:, None, None, None]
    shade = functional.interpolate(
        torch.rand(count, 1, 3, 3, generator=draw), SIZE, mode="bilinear", align_corners=True
    )
    depth = uniform(count, 0, 0.25, draw)[:, None, None, None] * rough
    fading = uniform(count, 0, 0.3, draw)[:, None, None, None] * rough
    noise = uniform(count, 0, 0.08, draw)[:, None, None, None] * rough
    grain = torch.randn(count, 1, SIZE, SIZE, generator=draw)
    drawn = digits * (1 - fading * shade.flip(2))
    soft = functional.avg_pool2d(drawn, 3, 1, 1)
    blurred = torch.where((torch.rand(count, generator=draw) < 0.3)[:, None, None, None], soft, drawn)
    paper = depth * (shade - 0.5)
    return (blurred * (1 - paper.clip(min=0)) + paper + noise * grain).clip(0, 1)
