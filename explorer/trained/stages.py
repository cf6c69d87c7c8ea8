"""A trained network at work, stage by stage: what it makes of an input, also where a person meddles with it.

A stage is what is shown as one column: a convolution and its nonlinearity are two, whether the nonlinearity is a
layer of its own or built into the convolution. Flatten and dropout change no number and are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.networks.architecture import Architecture
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    Shape,
)
from explorer.networks.module import parts
from explorer.operations.pooling import pool
from explorer.trained import narrow
from explorer.trained.zoo import TrainedNetwork, softmax

Float = NDArray[np.float32]
Kind = Literal["convolution", "nonlinearity", "pooling", "global pooling", "dense"]
INPUT = "input"
FEWEST_POOLED = 16_384  # numbers: below, torch's pooling is as fast


@dataclass(frozen=True)
class Stage:
    """One column of a network.

    Attributes
    ----------
    name
        The layer's, as ``conv1``; of a nonlinearity that is built into a layer that of its torch module, as
        ``conv1_relu``.
    layer
        The layer's place in ``architecture.layers``.
    kind
        What it computes.
    source
        The stage that it reads; `INPUT` for the first.
    shape
        (C, H, W), or (features,).
    """

    name: str
    layer: int
    kind: Kind
    source: str
    shape: Shape

    @property
    def cells(self) -> tuple[int, int]:
        """Height and width of one map; (1, 1) of a vector's number."""
        return (self.shape[1], self.shape[2]) if len(self.shape) == 3 else (1, 1)


@dataclass(frozen=True)
class OwnFilter:
    """A person's own filter in place of one of the first layer; the learned bias stays.

    Attributes
    ----------
    filter
        Which one, from 0.
    weights
        (C_in, kH, kW), nested tuples so that it can be a key.
    name
        What it is called.
    """

    filter: int
    weights: tuple[tuple[tuple[float, ...], ...], ...]
    name: str = "own"

    @property
    def array(self) -> Float:
        """The weights, float32 (C_in, kH, kW)."""
        return np.array(self.weights, np.float32)


@dataclass(frozen=True)
class Changes:
    """What a person changed in a network.

    Attributes
    ----------
    off
        Maps of convolutions, or units of dense layers, that are switched off, as (stage, number): they are zeros
        before and after their nonlinearity.
    own
        A filter of the person's in the first layer.
    """

    off: tuple[tuple[str, int], ...] = ()
    own: OwnFilter | None = None

    def __bool__(self) -> bool:
        return bool(self.off) or self.own is not None


UNCHANGED = Changes()


@dataclass(frozen=True, eq=False)
class Activations:
    """Everything that a network makes of one input.

    Attributes
    ----------
    network
        Which.
    changes
        What was changed in it.
    prepared
        Its input, (C, H, W) in [0, 1].
    values
        By stage, (C, H, W) or (features,) float32, read-only; of a wide network with the channels last in memory.
    """

    network: TrainedNetwork
    changes: Changes
    prepared: Float
    values: Mapping[str, Float]

    @property
    def scores(self) -> Float:
        """Each class's score, before the softmax."""
        return self.values[list(self.values)[-1]]

    @property
    def probabilities(self) -> Float:
        """Each class's probability, the softmax of the scores."""
        return softmax(self.scores)

    def of(self, name: str) -> Float:
        """Return a stage's values, or the input's."""
        return self.prepared if name == INPUT else self.values[name]


@lru_cache(maxsize=16)
def stages(architecture: Architecture) -> tuple[Stage, ...]:
    """Return a network's stages, in order.

    Raises
    ------
    ValueError
        If a layer is none that a shipped network is made of, as a normalisation that is not folded.

    Examples
    --------
    >>> net = Architecture((1, 8, 8), [Conv2d(4, 3, activation="relu"), Flatten(), Dense(10)])
    >>> [(stage.name, stage.kind, stage.source, stage.shape) for stage in stages(net)][1:]
    [('conv1_relu', 'nonlinearity', 'conv1', (4, 6, 6)), ('dense1', 'dense', 'conv1_relu', (10,))]
    """
    found: list[Stage] = []
    source = INPUT
    for index, (name, children) in enumerate(parts(architecture)):
        layer, shape = architecture.layers[index], architecture.shapes[index]
        if isinstance(layer, (Flatten, Dropout)):
            continue
        found.append(Stage(name, index, _kind(layer), source, shape))
        source = name
        if isinstance(layer, (Conv2d, Dense)) and layer.activation != "none":
            found.append(Stage(children[-1], index, "nonlinearity", source, shape))
            source = children[-1]
    return tuple(found)


def _kind(layer: Layer) -> Kind:
    match layer:
        case Conv2d():
            return "convolution"
        case Activation():
            return "nonlinearity"
        case MaxPool2d() | AvgPool2d():
            return "pooling"
        case GlobalAvgPool2d():
            return "global pooling"
        case Dense():
            return "dense"
        case _:
            raise ValueError(f"architecture: got a layer {layer.kind}, which no shipped network has")


def check(architecture: Architecture, changes: Changes) -> None:
    """See that changes fit a network.

    Raises
    ------
    ValueError
        If not, with what was given and what is legal.
    """
    learned = {s.name: s for s in stages(architecture) if s.kind in {"convolution", "dense"}}
    last = next(reversed(learned))
    for name, number in changes.off:
        if name not in learned or name == last:
            legal = ", ".join(key for key in learned if key != last)
            raise ValueError(f"off: got {name!r}, legal are {legal}")
        if not 0 <= number < learned[name].shape[0]:
            raise ValueError(f"off: got map {number} of {name}, legal is 0 to {learned[name].shape[0] - 1}")
    if changes.own is None:
        return
    first = next(iter(learned.values()))
    layer = cast("Conv2d", architecture.layers[first.layer])
    rows, cols = layer.window(architecture.input_of(first.layer)).size
    wanted = (architecture.input_shape[0] // layer.groups, rows, cols)
    if changes.own.array.shape != wanted:
        raise ValueError(f"own: got weights of {changes.own.array.shape}, needed are {wanted}")
    if not np.isfinite(changes.own.array).all():
        raise ValueError("own: got weights that are not finite")
    if not 0 <= changes.own.filter < first.shape[0]:
        raise ValueError(f"own: got filter {changes.own.filter}, legal is 0 to {first.shape[0] - 1}")


def weights_of(network: TrainedNetwork, layer: int, changes: Changes = UNCHANGED) -> tuple[Float, Float]:
    """Return a layer's weights and biases as they are with the changes.

    Parameters
    ----------
    network
        Which.
    layer
        The place of a convolution or a dense layer.
    changes
        Of which only an own filter shows here.

    Returns
    -------
    weights, biases : ndarray float32
        (C_out, C_in / groups, kH, kW) or (out, in), and (C_out,) or (out,), zeros where the layer has none;
        read-only.
    """
    module = _module(network, layer)
    weights = module.weight.detach()
    if changes.own is not None and layer == _first(network.architecture):
        weights = _replaced(weights, changes.own)
    biases = torch.zeros(len(weights)) if module.bias is None else module.bias.detach()
    arrays = weights.numpy(), biases.numpy()
    for array in arrays:
        array.flags.writeable = False
    return arrays


def activate(network: TrainedNetwork, prepared: Float, changes: Changes = UNCHANGED) -> Activations:
    """Send an input through a network and keep everything.

    Parameters
    ----------
    network
        From `explorer.trained.zoo.load`; its weights are left alone.
    prepared
        Its input, (C, H, W) float32: ``network.prepare(image)``.
    changes
        What is different in it.

    Raises
    ------
    ValueError
        If the input or the changes do not fit the network.
    """
    if prepared.shape != network.architecture.input_shape:
        raise ValueError(f"prepared: got {prepared.shape}, needed is {network.architecture.input_shape}")
    check(network.architecture, changes)
    with torch.inference_mode():
        kept = walk(network, torch.from_numpy(np.array(prepared[None], np.float32)), changes)
    values: dict[str, Float] = {}
    for name, output in kept.items():
        array: Float = output.numpy()[0]
        array.flags.writeable = False
        values[name] = array
    own = prepared.copy()
    own.flags.writeable = False
    return Activations(network, changes, own, MappingProxyType(values))


def walk(network: TrainedNetwork, inputs: Tensor, changes: Changes = UNCHANGED) -> dict[str, Tensor]:
    """Return every stage's output for a batch of inputs (N, C, H, W), with the batch's dimension."""
    architecture = network.architecture
    shown = {stage.name: stage for stage in stages(architecture)}
    children = dict(network.module.named_children())
    kept: dict[str, Tensor] = {}
    first = _first(architecture)
    x, off = inputs, list[int]()
    for index, (name, modules) in enumerate(parts(architecture)):
        current = None
        for module in modules:
            child = children[module]
            if index == first and module == name and changes.own is not None:
                weights = {"weight": _replaced(cast("nn.Conv2d", child).weight, changes.own)}
                x = cast("Tensor", torch.func.functional_call(child, weights, (x,)))
            elif isinstance(child, nn.MaxPool2d) and x.is_contiguous() and x.numel() >= FEWEST_POOLED:
                x = _pooled(child, x)
            elif isinstance(child, nn.Conv2d) and narrow.fits(child, x):
                x = narrow.convolve(child, x)
            else:
                x = child(x)
            current = module if module in shown else current
            if current is None:
                continue
            if shown[current].kind != "nonlinearity":
                off = [number for stage, number in changes.off if stage == current]
            if off:
                x[:, off] = 0
            kept[current] = x
    return kept


def _pooled(child: nn.MaxPool2d, x: Tensor) -> Tensor:
    """Pool maps that lie each together in memory: torch also looks for the winners, at three times the time."""
    size, stride, padding = (
        (pair, pair) if isinstance(pair, int) else (pair[0], pair[1])
        for pair in (child.kernel_size, child.stride, child.padding)
    )
    maps = pool(x.flatten(0, 1).numpy(), size=size, stride=stride, padding=padding)
    return torch.from_numpy(maps).view(*x.shape[:2], *maps.shape[1:])


@lru_cache(maxsize=16)
def _first(architecture: Architecture) -> int:
    return next(stage.layer for stage in stages(architecture) if stage.kind == "convolution")


def _module(network: TrainedNetwork, layer: int) -> nn.Conv2d | nn.Linear:
    names = parts(network.architecture)[layer][1]
    children = dict(network.module.named_children())
    found = [children[name] for name in names if isinstance(children[name], (nn.Conv2d, nn.Linear))]
    if not found:
        raise ValueError(f"layer: got {layer}, {network.architecture.names[layer]}, which has no weights")
    return cast("nn.Conv2d | nn.Linear", found[0])


def _replaced(weights: Tensor, own: OwnFilter) -> Tensor:
    changed = weights.detach().clone()
    changed[own.filter] = torch.from_numpy(own.array)
    return changed
