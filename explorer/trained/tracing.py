"""Back from what a network says: from a cell to the pixels that it saw, from a class to the maps that fed it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.trained.explaining import DenseMapTerm
from explorer.trained.stages import INPUT, Activations, Stage, stages, weights_of

Double = NDArray[np.float64]


class Box(NamedTuple):
    """A rectangle of input cells, the first row and column and one past the last; it may lie outside the input."""

    top: int
    left: int
    bottom: int
    right: int

    def inside(self, rows: int, cols: int) -> Box:
        """Return the part of it that lies in an input of so many rows and columns; it may be empty.

        Examples
        --------
        >>> Box(-1, 2, 4, 9).inside(8, 8)
        Box(top=0, left=2, bottom=4, right=8)
        """
        top, left = min(max(self.top, 0), rows), min(max(self.left, 0), cols)
        return Box(top, left, max(top, min(self.bottom, rows)), max(left, min(self.right, cols)))


@dataclass(frozen=True, eq=False)
class ClassFed:
    """What fed a class, by map.

    Attributes
    ----------
    stage
        The last stage that has maps; `INPUT` where none has.
    terms
        All of its maps, the strongest first: ``sum`` is the map's share of the score, ``weights`` (H, W) are what
        a cell's number counts for, ``products`` (H, W) what each cell adds.
    through
        The stages between those maps and the score, the nearest to the score first.
    biases
        What no map adds: the biases behind the maps, and what nonlinearities between make of nothing.
    total
        The class's score as it is shown. The sums and ``biases`` add up to it but for float32's rounding of it.
    """

    stage: str
    terms: tuple[DenseMapTerm, ...]
    through: tuple[str, ...]
    biases: float
    total: float


def field(architecture: Architecture, stage: str, row: int, col: int) -> Box:
    """Return which input cells one cell of a stage's maps depends on.

    Parameters
    ----------
    architecture
        Of the network.
    stage
        The stage's name.
    row, col
        The cell; (0, 0) of a vector's number.

    Returns
    -------
    Box
        The cell's receptive field, padding included; see `explorer.networks.budget.Sight`.

    Raises
    ------
    ValueError
        If there is no such stage or cell.

    Examples
    --------
    >>> from explorer.networks.presets import PRESETS
    >>> field(PRESETS["tiny-vgg"], "conv_2_1", 0, 1)
    Box(top=0, left=2, bottom=10, right=12)
    """
    found = _found(architecture, stage)
    rows, cols = found.cells
    if not (0 <= row < rows and 0 <= col < cols):
        raise ValueError(f"row, col: got ({row}, {col}), legal are (0, 0) to ({rows - 1}, {cols - 1}) for {stage}")
    (top, bottom), (left, right) = budget(architecture)[found.layer].sight.span(row, col)
    return Box(top, left, bottom, right)


def fed(activations: Activations, number: int) -> ClassFed:
    """Return how much each map of the last stage that has maps adds to a class's score.

    From the score backwards, dense layers are followed by their weights, a global average by each cell's share,
    and a nonlinearity by the line through what it made of its input and what it makes of 0: of a ReLU that is a
    factor of 1 where it let a number through and of 0 where not. So a ReLU network's shares are gradient times
    input [1]_, and exact for what the network did with this input; another input may be let through elsewhere.

    Parameters
    ----------
    activations
        What the network made of an input.
    number
        The class, from 0.

    Raises
    ------
    ValueError
        If there is no such class.

    References
    ----------
    .. [1] M. Ancona, E. Ceolini, C. Öztireli and M. Gross, "Towards better understanding of gradient-based
       attribution methods for deep neural networks", ICLR 2018, arXiv:1711.06104: table 1 and proposition 2; the
       line is A. Shrikumar, P. Greenside and A. Kundaje, arXiv:1704.02685 (2017), section 3.5.1, rule "Rescale".
    """
    scores = activations.scores
    if not 0 <= number < len(scores):
        raise ValueError(f"number: got {number}, legal is 0 to {len(scores) - 1}")
    architecture = activations.network.architecture
    by_name = {stage.name: stage for stage in stages(architecture)}
    at = next(reversed(by_name))
    factors: Double = np.eye(len(scores))[number]
    biases, through = 0.0, list[str]()
    while at != INPUT and len(by_name[at].shape) == 1:
        factors, added = _before(activations, by_name[at], factors)
        biases += added
        through.append(at)
        at = by_name[at].source
    maps = activations.of(at)
    weights = factors.reshape(maps.shape)
    products = weights * maps
    sums = products.sum((1, 2))
    terms = tuple(
        DenseMapTerm(int(one), _kept(weights[one]), _kept(products[one]), float(sums[one]))
        for one in np.argsort(-np.abs(sums), kind="stable")
    )
    return ClassFed(at, terms, tuple(through), biases, float(scores[number]))


def _before(activations: Activations, stage: Stage, factors: Double) -> tuple[Double, float]:
    """Go back through a stage of numbers, from what each of them counts for to what each that it reads does.

    Returns
    -------
    factors, added
        As many as it reads, in the order of a flattening; and what the stage adds whatever comes in.
    """
    source = activations.of(stage.source)
    match stage.kind:
        case "dense":
            weights, biases = weights_of(activations.network, stage.layer, activations.changes)
            off = [unit for name, unit in activations.changes.off if name == stage.name]
            counts = np.setdiff1d(np.flatnonzero(factors), off)  # often few, and the weights are many
            heard = factors[counts]
            return heard @ weights[counts].astype(np.float64), float(heard @ biases[counts].astype(np.float64))
        case "nonlinearity":
            slopes, offsets = _lines(activations, stage)
            return factors * slopes, float(factors @ offsets)
        case _:
            cells = source[0].size
            return np.repeat(factors / cells, cells), 0.0


def _lines(activations: Activations, stage: Stage) -> tuple[Double, Double]:
    """Return slope and offset of each unit's line through what its nonlinearity made, and what it makes of 0."""
    layer = activations.network.architecture.layers[stage.layer]
    function = NONLINEARITIES[str(getattr(layer, "function", getattr(layer, "activation", "")))].function
    before = activations.of(stage.source).reshape(stage.shape).astype(np.float64)
    after = activations.values[stage.name].astype(np.float64)
    rise = after - float(function(np.zeros(1, np.float32))[0])
    slopes = np.divide(rise, before, out=np.zeros_like(before), where=before != 0)
    return slopes, after - slopes * before


def _found(architecture: Architecture, name: str) -> Stage:
    known = {stage.name: stage for stage in stages(architecture)}
    if name not in known:
        raise ValueError(f"stage: got {name!r}, legal are {', '.join(known)}")
    return known[name]


def _kept(array: Double) -> NDArray[np.float32]:
    own = array.astype(np.float32)
    own.flags.writeable = False
    return own
