"""One image through a network with random weights: what every layer makes of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from threading import BoundedSemaphore
from types import MappingProxyType

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.input_image import fit_input
from explorer.networks.layers import AvgPool2d, MaxPool2d
from explorer.networks.module import GIBIBYTE, stages

__all__ = ["MOST_WORK", "TooMuchWorkError", "fit_input", "run", "work"]

Float = NDArray[np.float32]

MOST_WORK = 40_000_000_000  # twice VGG-19
AT_ONCE = 2  # passes of a process: a class that opens VGG-19 together must not hold it thirty times
turns = BoundedSemaphore(AT_ONCE)
_LOOK = 10  # a pooling's look at a number takes about as long as ten multiply-accumulates of a convolution


class TooMuchWorkError(ValueError):
    """A forward pass would take longer than is allowed.

    Attributes
    ----------
    wanted, allowed
        As counted by `work`.
    """

    def __init__(self, wanted: int, allowed: int) -> None:
        super().__init__(
            f"architecture: one image takes the time of {wanted:,} multiply-accumulates, allowed are {allowed:,}"
        )
        self.wanted, self.allowed = wanted, allowed


def work(architecture: Architecture) -> int:
    """Return what one image costs: multiply-accumulates, and ten for each number that a pooling looks at.

    Examples
    --------
    >>> work(Architecture((2, 6, 6), [MaxPool2d(3)]))  # ten for each of 2·2·2 windows of 3·3
    720
    """
    shapes = zip(architecture.layers, architecture.shapes, strict=True)
    pooled = sum(
        math.prod(shape) * math.prod(layer.window(shape).size)
        for layer, shape in shapes
        if isinstance(layer, (MaxPool2d, AvgPool2d))
    )
    return totals(budget(architecture)).macs + _LOOK * pooled


def run(
    architecture: Architecture,
    image: ArrayLike,
    *,
    seed: int = 0,
    most_bytes: int = GIBIBYTE,
    most_work: int = MOST_WORK,
) -> Mapping[str, Float]:
    """Send an image through a network with random, untrained weights.

    The layers are built one after another and let go again, so that besides what is returned only one layer's
    weights are held at a time. The weights are those of `explorer.networks.module.build`. At most `AT_ONCE` passes
    of a process are made at a time; a further one waits.

    Parameters
    ----------
    architecture
        The network.
    image
        (H, W) or (H, W, 3), usually in [0, 1]; brought to the network's input by `fit_input`.
    seed
        Which random weights.
    most_bytes, most_work
        The most memory and work that it may need, see `explorer.networks.module.memory` and `work`.

    Returns
    -------
    mapping of str to ndarray float32
        Each layer's output by the layer's name, (C, H, W) or (features,), after the activation that is built into
        it; read-only and C-contiguous, in the order of the layers. Dropout does nothing here.

    Raises
    ------
    TooLargeError, TooMuchWorkError
        If it needs more than is allowed; both are ValueErrors, and nothing has been computed then.
    ValueError
        If ``image`` is no image.

    Examples
    --------
    >>> from explorer.networks.layers import Conv2d, Flatten
    >>> maps = run(Architecture((1, 8, 8), [Conv2d(2, 3, activation="relu"), Flatten()]), np.eye(16))
    >>> {name: array.shape for name, array in maps.items()}
    {'conv1': (2, 6, 6), 'flatten1': (72,)}
    """
    wanted = work(architecture)
    if wanted > most_work:
        raise TooMuchWorkError(wanted, most_work)
    layers = stages(architecture, seed=seed, most_bytes=most_bytes)
    outputs: dict[str, Float] = {}
    with turns, torch.inference_mode():
        x = None
        for name, children in layers:
            if x is None:  # not before the memory has been found to suffice
                x = torch.from_numpy(fit_input(image, architecture.input_shape))[None]
            for child in list(children):
                x = children.pop(child)(x)  # and lets its weights go
            # In torch's own layout: channels last would save less than the copies to C-contiguous maps cost.
            array: Float = x[0].contiguous().numpy()
            array.flags.writeable = False
            outputs[name] = array
    return MappingProxyType(outputs)
