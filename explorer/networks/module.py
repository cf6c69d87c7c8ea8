"""The torch module that an architecture describes; `read` is the way back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import torch
from torch import nn

from explorer.networks.architecture import Architecture
from explorer.networks.budget import FLOAT32_BYTES, budget, totals
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Shape,
)
from explorer.networks.reading import SLOPE, read

__all__ = ["GIBIBYTE", "TooLargeError", "build", "channels_last", "memory", "read", "stages"]

GIBIBYTE = 2**30
_RESERVED = frozenset(dir(nn.Sequential()))

_GAINS = {
    "none": 1.0,
    "relu": math.sqrt(2),
    "leaky_relu": math.sqrt(2 / (1 + SLOPE**2)),
    "tanh": 5 / 3,
    "sigmoid": 1.0,
}


class TooLargeError(ValueError):
    """A network would need more memory than is allowed.

    Attributes
    ----------
    wanted, allowed
        Bytes.
    """

    def __init__(self, wanted: int, allowed: int) -> None:
        super().__init__(
            f"architecture: its numbers and feature maps need {wanted:,} bytes, allowed are {allowed:,}"
        )
        self.wanted, self.allowed = wanted, allowed


def memory(architecture: Architecture) -> int:
    """Return how many bytes a built network holds with every layer's output for one image, all in float32.

    Examples
    --------
    >>> memory(Architecture((1, 4, 4), [Conv2d(2, 3)]))  # 2·(9 + 1) parameters, 16 numbers in, 2·2·2 out
    176
    """
    rows = budget(architecture)
    sums = totals(rows)
    running = sum(2 * row.output_shape[0] for row in rows if row.kind == BatchNorm2d.kind)
    image = math.prod(architecture.input_shape)
    return (sums.parameters + running + image) * FLOAT32_BYTES + sums.activation_bytes


def build(architecture: Architecture, *, seed: int = 0, most_bytes: int = GIBIBYTE) -> nn.Sequential:
    """Build the torch module that an architecture describes, with random weights.

    Parameters
    ----------
    architecture
        The network.
    seed
        Two modules of one architecture and seed have the same weights. torch's own generator is left alone.
    most_bytes
        The most memory that it may need, see `memory`.

    Returns
    -------
    torch.nn.Sequential
        On the CPU, in evaluation mode, from (N, C, H, W) to what the last layer makes. Each layer is a child of
        its name, so that ``conv1.weight`` is the kernel of ``conv1``; an activation built into one follows as a
        child of its own, as ``conv1_relu``, and the uneven padding of an even "same" kernel goes before it, as
        ``conv1_pad``. A name that torch needs for itself, as ``train``, gets a ``_`` behind. Weights are drawn as
        in [1]_, so that the numbers keep their size from layer to layer; biases are 0.

    Raises
    ------
    TooLargeError
        If it needs more than ``most_bytes``; a ValueError. Nothing has been built then.

    References
    ----------
    .. [1] K. He, X. Zhang, S. Ren and J. Sun, "Delving Deep into Rectifiers", arXiv:1502.01852 (2015),
       equations 10 and 15; uniform, with the gains of `torch.nn.init.calculate_gain`.

    Examples
    --------
    >>> build(Architecture((1, 28, 28), [Conv2d(8, 5, activation="relu"), MaxPool2d(2)]))
    Sequential(
      (conv1): Conv2d(1, 8, kernel_size=(5, 5), stride=(1, 1))
      (conv1_relu): ReLU()
      (pool1): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    )
    """
    module = nn.Sequential()
    for _, children in stages(architecture, seed=seed, most_bytes=most_bytes):
        for name, child in children.items():
            module.add_module(name, child)
    return module.eval()


def channels_last(module: nn.Sequential) -> nn.Sequential:
    """Lay a module's kernels out with their channels last, in place; what it makes then lies in memory alike."""
    for parameter in module.parameters():
        if parameter.dim() == 4:
            # `contiguous` leaves the strides of one input channel alone, and what is made of it lies otherwise.
            parameter.data = parameter.data.to(memory_format=torch.channels_last)
    return module


def stages(
    architecture: Architecture, *, seed: int = 0, most_bytes: int = GIBIBYTE
) -> Iterator[tuple[str, dict[str, nn.Module]]]:
    """Build a network layer by layer, for one who need not have all of it at once.

    Yields
    ------
    name, children
        A layer's name, and its modules by the names that `build` gives them. The weights are those of `build`.

    Raises
    ------
    TooLargeError
        As `build`.
    """
    wanted = memory(architecture)
    if wanted > most_bytes:
        raise TooLargeError(wanted, most_bytes)
    draw = torch.Generator().manual_seed(seed)
    for index, (name, children) in enumerate(parts(architecture)):
        # Made by a function of its own, so that nothing here still holds a layer that the caller has let go.
        yield name, _children(architecture, index, children, draw)


@lru_cache(maxsize=64)
def parts(architecture: Architecture) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each layer's name, and the names that `build` gives its modules.

    Examples
    --------
    >>> parts(Architecture((1, 8, 8), [Conv2d(4, 3, activation="relu"), MaxPool2d(2)]))
    (('conv1', ('conv1', 'conv1_relu')), ('pool1', ('pool1',)))
    """
    taken = set(architecture.names)
    named = []
    for index, (name, layer) in enumerate(zip(architecture.names, architecture.layers, strict=True)):
        children = []
        for suffix, _ in _modules(layer, architecture.input_of(index)):
            own = _free(f"{name}_{suffix}", taken) if suffix else _free(name, taken - {name})
            taken.add(own)
            children.append(own)
        named.append((name, tuple(children)))
    return tuple(named)


def _children(
    architecture: Architecture, index: int, names: tuple[str, ...], draw: torch.Generator
) -> dict[str, nn.Module]:
    """Make the modules of a layer by their names."""
    gain = _gain(architecture.layers[index:])
    made = _modules(architecture.layers[index], architecture.input_of(index))
    return {name: _drawn(child, gain, draw).eval() for name, (_, child) in zip(names, made, strict=True)}


def _free(name: str, taken: set[str]) -> str:
    """Return a name for a child that is neither taken nor one of torch's own attributes, as ``train`` is."""
    while name in taken or name in _RESERVED:
        name += "_"
    return name


def _modules(layer: Layer, shape: Shape) -> list[tuple[str, nn.Module]]:
    """Return a layer's modules, each with what is put behind the layer's name, their numbers not yet drawn."""
    made: list[tuple[str, nn.Module]]
    match layer:
        case Conv2d():
            made = _convolution(layer, shape)
        case Dense():
            made = [("", nn.Linear(shape[0], layer.out_features, layer.bias, device="meta"))]
        case MaxPool2d():
            made = [("", nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding))]
        case AvgPool2d():
            made = [("", nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding))]
        case GlobalAvgPool2d():
            made = [("", nn.AdaptiveAvgPool2d(1)), ("flatten", nn.Flatten())]
        case BatchNorm2d():
            made = [("", nn.BatchNorm2d(shape[0]))]
        case Activation():
            made = [("", _activation(layer.function))]
        case Dropout():
            made = [("", nn.Dropout(layer.p))]
        case Flatten():
            made = [("", nn.Flatten())]
        case _:
            raise TypeError(f"layer: got {layer!r}, which no module is written for")
    if isinstance(layer, (Conv2d, Dense)) and layer.activation != "none":
        made.append((layer.activation, _activation(layer.activation)))
    return made


def _convolution(layer: Conv2d, shape: Shape) -> list[tuple[str, nn.Module]]:
    """Return a convolution, behind a padding of its own where it pads one side more: torch would warn of that."""
    (top, bottom), (left, right) = layer.window(shape).around
    uneven = top != bottom or left != right
    conv = nn.Conv2d(
        shape[0],
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        0 if uneven else layer.padding,
        layer.dilation,
        layer.groups,
        layer.bias,
        device="meta",
    )
    return [("pad", nn.ZeroPad2d((left, right, top, bottom))), ("", conv)] if uneven else [("", conv)]


def _activation(name: str) -> nn.Module:
    match name:
        case "relu":
            return nn.ReLU()
        case "leaky_relu":
            return nn.LeakyReLU(SLOPE)
        case "tanh":
            return nn.Tanh()
        case _:
            return nn.Sigmoid()


def _gain(layers: tuple[Layer, ...]) -> float:
    """Return by how much the weights of the first layer are larger, for the activation that follows on it."""
    for index, layer in enumerate(layers):
        if isinstance(layer, Activation):
            return _GAINS[layer.function]
        if isinstance(layer, (Conv2d, Dense)) and (index or layer.activation != "none"):
            return _GAINS["none" if index else layer.activation]
    return _GAINS["none"]


def _drawn(child: nn.Module, gain: float, draw: torch.Generator) -> nn.Module:
    """Give a module its numbers."""
    if isinstance(child, (nn.Conv2d, nn.Linear)):
        child.to_empty(device="cpu")
        fan_in = math.prod(child.weight.shape[1:])
        bound = gain * math.sqrt(3 / fan_in)
        nn.init.uniform_(child.weight, -bound, bound, generator=draw)
        if child.bias is not None:
            nn.init.zeros_(child.bias)
    return child
