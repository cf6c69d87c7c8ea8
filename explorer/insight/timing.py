"""How long layers take on this machine: measured, not looked up."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from explorer.insight.timed import LAYERS, Timing
from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.module import build, channels_last, memory

SIDES = (16, 32, 48, 64, 96, 128, 224)
REPEATS = 9
MOST_BYTES = 100_000_000
"""A layer that needs more is not built: thirty people share a server."""


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
