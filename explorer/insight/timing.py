"""How long layers take on this machine: measured, not looked up."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import torch

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import Conv2d, Dense, Flatten, Layer
from explorer.networks.module import build, channels_last, memory

SIDES = (16, 32, 48, 64, 96, 128, 224)
REPEATS = 9
MOST_BYTES = 100_000_000
"""A layer that needs more is not built: thirty people share a server."""


@dataclass(frozen=True)
class Timing:
    """A layer on an image of one size.

    Attributes
    ----------
    layer
        A key of `LAYERS`.
    side
        The image has ``side`` × ``side`` cells.
    parameters, macs
        What the layer has and does.
    outputs
        How many numbers it makes.
    milliseconds
        The median of several passes on one core; None where the layer was too large to build.
    """

    layer: str
    side: int
    parameters: int
    macs: int
    outputs: int
    milliseconds: float | None


@dataclass(frozen=True)
class Timed:
    """A layer that is measured: what it is called, and what it is for an image of one size."""

    title: str
    made: Callable[[int], list[Layer]]


LAYERS: Mapping[str, Timed] = MappingProxyType(
    {
        "convolution": Timed("Convolution, 3 × 3, 32 maps", lambda side: [Conv2d(32, 3, padding=1)]),
        "units": Timed("Dense, 128 units", lambda side: [Flatten(), Dense(128)]),
        "cells": Timed("Dense, a unit for each cell", lambda side: [Flatten(), Dense(side * side)]),
    }
)
"""The layers by their keys."""


def measure(
    sides: tuple[int, ...] = SIDES, *, repeats: int = REPEATS, told: Callable[[float], None] = lambda _: None
) -> tuple[Timing, ...]:
    """Time a forward pass of each layer for each image size, one image, one after another.

    Parameters
    ----------
    sides
        Image sizes.
    repeats
        How many passes the median is of; one more goes before them and does not count.
    told
        Called with the share that is done, after each layer. What it raises ends the measurement.

    Returns
    -------
    tuple of Timing
        Size by size.

    Raises
    ------
    ValueError
        If ``repeats`` is less than 1.
    """
    if repeats < 1:
        raise ValueError(f"repeats: got {repeats}, needed is at least 1")
    found = []
    todo = [(side, key) for side in sides for key in LAYERS]
    for done, (side, key) in enumerate(todo, 1):
        found.append(_timing(key, side, repeats))
        told(done / len(todo))
    return tuple(found)


def _timing(key: str, side: int, repeats: int) -> Timing:
    architecture = Architecture((1, side, side), LAYERS[key].made(side))
    rows = budget(architecture)
    sums = totals(rows)
    outputs = rows[-1].activation_bytes // 4
    took = None
    if memory(architecture) <= MOST_BYTES:
        module = channels_last(build(architecture))
        image = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(0))
        with torch.inference_mode():
            took = statistics.median(list(_passes(module, image, repeats + 1))[1:])
    return Timing(key, side, sums.parameters, sums.macs, outputs, took)


def _passes(module: torch.nn.Module, image: torch.Tensor, repeats: int) -> Iterator[float]:
    for _ in range(repeats):
        begun = time.perf_counter()
        module(image)
        yield (time.perf_counter() - begun) * 1000


def machine() -> str:
    """Name the processor, the system and torch, as far as the system says."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text("utf-8", errors="replace").splitlines()
        cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), cpu)
    return f"{cpu}, {platform.system()}, torch {torch.__version__}, {torch.get_num_threads()} of its cores"
