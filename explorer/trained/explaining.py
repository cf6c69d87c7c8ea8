"""How one map, unit or class score came about: every term of its sum, so that they add up to what is shown.

All arrays are read-only. The strongest terms are told first; a few maps, `USUAL` and less, keep their own order
where all of them are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from explorer.networks.layers import Conv2d, GlobalAvgPool2d, MaxPool2d
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.pooling import winners
from explorer.operations.shapes import Pair
from explorer.trained.stages import Activations, Stage, stages, weights_of

Float = NDArray[np.float32]
Number = TypeVar("Number", bound=np.generic)
USUAL = 10


@dataclass(frozen=True, eq=False)
class Term:
    """What one input map adds to a convolution's map.

    Attributes
    ----------
    source
        Which input map, from 0.
    kernel
        Its kernel (kH, kW).
    partial
        What it adds, (H, W).
    strength
        The largest absolute value of ``partial``.
    """

    source: int
    kernel: Float
    partial: Float
    strength: float


@dataclass(frozen=True, eq=False)
class ConvolutionExplained:
    """A convolution's map as a sum.

    Attributes
    ----------
    terms
        What each input map adds.
    rest, rest_count
        The sum of all further partial sums, (H, W), and how many they are; None and 0 where there are none.
    bias
        What is added everywhere.
    total
        The map as it is shown, (H, W). The terms, the rest and the bias add up to it but for float32's rounding:
        for n < 4096 products at most (n + 4)·2⁻²⁴ of the sum of their sizes and the bias's [1]_, as each product
        goes through at most n + 1 roundings on its way into the map and two into a term or the rest.

    References
    ----------
    .. [1] N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd edition (2002), section 3.1.
    """

    terms: tuple[Term, ...]
    rest: Float | None
    rest_count: int
    bias: float
    total: Float


@dataclass(frozen=True, eq=False)
class NonlinearityExplained:
    """A map (H, W) before and after a nonlinearity, (1, 1) for a unit, with the function's key and formula."""

    function: str
    formula: str
    before: Float
    after: Float


@dataclass(frozen=True, eq=False)
class PoolingExplained:
    """A map before and after pooling.

    Attributes
    ----------
    mode
        "max" or "average".
    size, stride, padding
        (rows, cols) each.
    before, after
        (H, W) and (H', W'); (1, 1) of a global average.
    winners
        Of a maximum, which input cell it is, row·W + column, int64 (H', W'); else None.
    """

    mode: str
    size: Pair
    stride: Pair
    padding: Pair
    before: Float
    after: Float
    winners: NDArray[np.int64] | None


@dataclass(frozen=True)
class DenseTerm:
    """What one number of a vector adds to a unit: ``product`` = ``weight`` · ``value``."""

    source: int
    weight: float
    value: float
    product: float


@dataclass(frozen=True, eq=False)
class DenseMapTerm:
    """What one input map adds to a unit behind a flattening: products (H, W) with their weights, and their sum."""

    source: int
    weights: Float
    products: Float
    sum: float


@dataclass(frozen=True, eq=False)
class DenseExplained:
    """A unit's sum.

    Attributes
    ----------
    terms
        What each input map adds, or each number of a vector, of these always the strongest first.
    rest, rest_count
        What all others add together, and how many they are.
    bias
        Added to them.
    total
        The unit as it is shown, which they all add up to but for float32's rounding of it.
    """

    terms: tuple[DenseTerm, ...] | tuple[DenseMapTerm, ...]
    rest: float
    rest_count: int
    bias: float
    total: float


@dataclass(frozen=True, eq=False)
class SoftmaxExplained:
    """How scores become probabilities: ``raised`` = e^(score − ``largest``), divided by their ``sum``."""

    scores: Float
    largest: float
    raised: NDArray[np.float64]
    sum: float
    probabilities: Float


Explained = ConvolutionExplained | NonlinearityExplained | PoolingExplained | DenseExplained


def explain(activations: Activations, stage: str, index: int, *, most: int = USUAL) -> Explained:
    """Explain one map or unit.

    Parameters
    ----------
    activations
        What the network made of an input.
    stage
        The stage's name.
    index
        The map's or unit's number, from 0.
    most
        How many terms are told one by one.

    Returns
    -------
    ConvolutionExplained, NonlinearityExplained, PoolingExplained or DenseExplained
        Of a map that is switched off what its kernels would give: the terms add up to that, ``total`` is zeros.

    Raises
    ------
    ValueError
        If there is no such stage or map, or ``most`` is below 1.
    """
    known = {one.name: one for one in stages(activations.network.architecture)}
    if stage not in known:
        raise ValueError(f"stage: got {stage!r}, legal are {', '.join(known)}")
    found = known[stage]
    if not 0 <= index < found.shape[0]:
        raise ValueError(f"index: got {index}, legal is 0 to {found.shape[0] - 1} for {stage}")
    if most < 1:
        raise ValueError(f"most: got {most}, needed is at least 1")
    match found.kind:
        case "convolution":
            return _convolution(activations, found, index, most)
        case "dense":
            return _dense(activations, found, index, most)
        case "nonlinearity":
            return _nonlinearity(activations, found, index)
        case _:
            return _pooling(activations, found, index)


def explain_softmax(activations: Activations) -> SoftmaxExplained:
    """Explain the probabilities; the formula as in `explorer.trained.zoo.softmax`."""
    scores = activations.scores
    largest = float(scores.max())
    raised = np.exp(scores.astype(np.float64) - largest)
    return SoftmaxExplained(scores, largest, _kept(raised), float(raised.sum()), _kept(activations.probabilities))


def partial_sums(activations: Activations, stage: Stage, index: int) -> Float:
    """Return what each input map adds to a convolution's map, (C_in / groups, H, W) float32.

    They are added up in float64 and rounded once. Here and not by torch, so that it never waits for a second
    thread: 32 maps of 74 × 74 take 3 ms, and torch 0.4 where the machine is free, but 32 where it is busy.
    """
    architecture = activations.network.architecture
    layer = cast("Conv2d", architecture.layers[stage.layer])
    weights, _ = weights_of(activations.network, stage.layer, activations.changes)
    inputs = activations.of(stage.source)[_inputs(layer, stage, weights, index)]
    window = layer.window(architecture.input_of(stage.layer))
    padded = np.pad(inputs.astype(np.float64), ((0, 0), *window.around))
    sums = np.zeros((len(inputs), *stage.cells))
    products = np.empty_like(sums)
    for at in np.ndindex(window.size):
        rows, cols = (
            slice(place * gap, place * gap + (count - 1) * step + 1, step)
            for place, gap, count, step in zip(at, window.gaps, stage.cells, window.steps, strict=True)
        )
        kernel_cell = weights[index, :, at[0], at[1], None, None]
        sums += np.multiply(padded[:, rows, cols], kernel_cell, out=products)
    return sums.astype(np.float32)


def _inputs(layer: Conv2d, stage: Stage, weights: Float, index: int) -> slice:
    """Return which input maps a filter reads: all, or those of its group."""
    each = weights.shape[1]
    group = index // (stage.shape[0] // layer.groups)
    return slice(group * each, (group + 1) * each)


def _convolution(activations: Activations, stage: Stage, index: int, most: int) -> ConvolutionExplained:
    layer = cast("Conv2d", activations.network.architecture.layers[stage.layer])
    weights, biases = weights_of(activations.network, stage.layer, activations.changes)
    first = _inputs(layer, stage, weights, index).start
    sums = partial_sums(activations, stage, index)
    strengths = np.abs(sums).max((1, 2))
    order = _order(strengths, most)
    terms = tuple(
        Term(int(first + at), _kept(weights[index, at]), _kept(sums[at]), float(strengths[at])) for at in order
    )
    others = np.setdiff1d(np.arange(len(sums)), order)
    rest = _kept(sums[others].sum(0, dtype=np.float64).astype(np.float32)) if len(others) else None
    return ConvolutionExplained(
        terms, rest, len(others), float(biases[index]), activations.values[stage.name][index]
    )


def _order(strengths: NDArray[np.floating], most: int) -> NDArray[np.intp]:
    """Return the strongest, first; all of a few in their own order."""
    if len(strengths) <= min(most, USUAL):
        return np.arange(len(strengths))
    return np.argsort(-strengths, kind="stable")[:most]


def _kept(array: NDArray[Number]) -> NDArray[Number]:
    own = np.array(array, order="C")
    own.flags.writeable = False
    return own


def _map(values: Float) -> Float:
    """Return a map as it is, and a vector's number as a map of one cell, read-only."""
    return values if values.ndim == 2 else _kept(np.atleast_2d(values))


def _dense(activations: Activations, stage: Stage, index: int, most: int) -> DenseExplained:
    weights, biases = weights_of(activations.network, stage.layer, activations.changes)
    inputs, total = activations.of(stage.source), float(activations.values[stage.name][index])
    bias = float(biases[index])
    own = weights[index].reshape(inputs.shape)
    products = own.astype(np.float64) * inputs
    sums = products.reshape(len(inputs), -1).sum(1)
    order = _order(np.abs(sums), most) if inputs.ndim == 3 else np.argsort(-np.abs(sums), kind="stable")[:most]
    others = np.setdiff1d(np.arange(len(sums)), order)
    rest = float(sums[others].sum())
    if inputs.ndim == 3:
        maps = tuple(
            DenseMapTerm(int(at), _kept(own[at]), _kept(products[at].astype(np.float32)), float(sums[at]))
            for at in order
        )
        return DenseExplained(maps, rest, len(others), bias, total)
    units = tuple(DenseTerm(int(at), float(own[at]), float(inputs[at]), float(sums[at])) for at in order)
    return DenseExplained(units, rest, len(others), bias, total)


def _nonlinearity(activations: Activations, stage: Stage, index: int) -> NonlinearityExplained:
    layer = activations.network.architecture.layers[stage.layer]
    function = str(getattr(layer, "function", getattr(layer, "activation", "")))
    before, after = activations.of(stage.source).reshape(stage.shape), activations.values[stage.name]
    return NonlinearityExplained(
        function, NONLINEARITIES[function].formula, _map(before[index]), _map(after[index])
    )


def _pooling(activations: Activations, stage: Stage, index: int) -> PoolingExplained:
    layer = activations.network.architecture.layers[stage.layer]
    before = activations.of(stage.source)[index]
    after = _map(activations.values[stage.name][index])
    if isinstance(layer, GlobalAvgPool2d):
        size = (before.shape[0], before.shape[1])
        return PoolingExplained("average", size, size, (0, 0), before, after, None)
    window = layer.window(activations.network.architecture.input_of(stage.layer))
    padding = (window.around[0][0], window.around[1][0])
    if not isinstance(layer, MaxPool2d):
        return PoolingExplained("average", window.size, window.steps, padding, before, after, None)
    won = _kept(winners(before, size=window.size, stride=window.steps, padding=padding))
    return PoolingExplained("max", window.size, window.steps, padding, before, after, won)
