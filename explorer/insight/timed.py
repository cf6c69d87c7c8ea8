"""What a measurement of time is, without what measures it: no torch here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.networks.layers import Conv2d, Dense, Flatten, Layer


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
