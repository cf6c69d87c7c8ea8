"""What each layer of a network costs and sees: parameters, multiply-accumulates, memory, receptive field.

All numbers are whole and exact. Shapes, parameters and multiply-accumulates are for one image; a bias, a pooling
and a normalisation count no multiply-accumulates, as in torch's own counter.

References
----------
A. Araujo, W. Norris and J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill (2019),
doi:10.23915/distill.00021: the recurrences for size (r), stride (S) and padding (P) along a path.
V. Dumoulin and F. Visin, arXiv:1603.07285 (2016): the output shapes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.networks.architecture import Architecture
from explorer.networks.layers import BatchNorm2d, Conv2d, Dense, GlobalAvgPool2d, Layer, Shape
from explorer.operations.shapes import Pair, effective

FLOAT32_BYTES = 4


@dataclass(frozen=True)
class Sight:
    """Where in the input the cells of a layer look, (rows, cols) each, in cells of the input.

    Attributes
    ----------
    receptive_field
        How many input cells one cell depends on, padding included, so that it may exceed the input.
    jump
        How far two neighbours' receptive fields lie apart.
    padding
        Accumulated padding before the input: how far the first cell's receptive field begins outside.
    cells
        How many such cells there are; (1, 1) where a vector's numbers all see the same.
    """

    receptive_field: Pair = (1, 1)
    jump: Pair = (1, 1)
    padding: Pair = (0, 0)
    cells: Pair = (1, 1)

    @property
    def start(self) -> Pair:
        """The first input row and column that cell (0, 0) depends on; negative inside the padding."""
        return -self.padding[0], -self.padding[1]

    def span(self, row: int, col: int) -> tuple[Pair, Pair]:
        """Return the input rows and columns that a cell depends on, each (first, one past the last), unclipped."""
        tops = (row * self.jump[0] - self.padding[0], col * self.jump[1] - self.padding[1])
        rows, cols = ((top, top + size) for top, size in zip(tops, self.receptive_field, strict=True))
        return rows, cols


@dataclass(frozen=True)
class LayerBudget:
    """One layer's row.

    Attributes
    ----------
    name, kind
        As in the architecture.
    input_shape, output_shape
        (C, H, W) or (features,).
    parameters
        Numbers that training changes.
    macs
        Multiply-accumulates of one image's forward pass.
    activation_bytes
        The output in float32.
    receptive_field, jump, start, padding
        As in `Sight`.
    cells
        The output's (rows, cols); (1, 1) for a vector whose numbers all see the same.
    """

    name: str
    kind: str
    input_shape: Shape
    output_shape: Shape
    parameters: int
    macs: int
    activation_bytes: int
    receptive_field: Pair
    jump: Pair
    start: Pair
    padding: Pair
    cells: Pair

    @property
    def sight(self) -> Sight:
        """Where the layer's cells look."""
        return Sight(self.receptive_field, self.jump, self.padding, self.cells)


def budget(architecture: Architecture) -> list[LayerBudget]:
    """Return a row for each layer; totals are their sums.

    Examples
    --------
    >>> from explorer.networks.architecture import MaxPool2d
    >>> rows = budget(Architecture((1, 150, 150), [Conv2d(32, 3), MaxPool2d(2), Conv2d(32, 3)]))
    >>> [(row.parameters, row.macs, row.receptive_field) for row in rows]
    [(320, 6308352, (3, 3)), (0, 0, (4, 4)), (9248, 47775744, (8, 8))]
    """
    rows = []
    shape: Shape = architecture.input_shape
    sight = Sight(cells=architecture.input_shape[1:])
    for name, layer, output in zip(architecture.names, architecture.layers, architecture.shapes, strict=True):
        sight = seen_through(sight, layer, shape, output)
        rows.append(
            LayerBudget(
                name,
                layer.kind,
                shape,
                output,
                parameters(layer, shape),
                macs(layer, shape, output),
                math.prod(output) * FLOAT32_BYTES,
                sight.receptive_field,
                sight.jump,
                sight.start,
                sight.padding,
                sight.cells,
            )
        )
        shape = output
    return rows


def parameters(layer: Layer, shape: Shape) -> int:
    """Return how many numbers a layer learns for an input of this shape.

    A batch normalisation learns a scale and a shift for each map; its running mean and variance are counted by
    Keras as non-trainable parameters, here and by torch's ``parameters()`` not.
    """
    if isinstance(layer, Conv2d):
        rows, cols = layer.window(shape).size
        return (rows * cols * (shape[0] // layer.groups) + layer.bias) * layer.out_channels
    if isinstance(layer, Dense):
        return (shape[0] + layer.bias) * layer.out_features
    if isinstance(layer, BatchNorm2d):
        return 2 * shape[0]
    return 0


def macs(layer: Layer, shape: Shape, output: Shape) -> int:
    """Return how many multiply-accumulates one image costs."""
    if isinstance(layer, Conv2d):
        rows, cols = layer.window(shape).size
        return math.prod(output) * rows * cols * (shape[0] // layer.groups)
    if isinstance(layer, Dense):
        return shape[0] * layer.out_features
    return 0


def seen_through(sight: Sight, layer: Layer, shape: Shape, output: Shape) -> Sight:
    """Return where the cells behind a layer look, from where those before it do.

    Along an axis, with an effective kernel k, a stride s and p cells of padding before: the receptive field grows
    by (k − 1)·jump, the padding by p·jump, and the jump is multiplied by s (Araujo, Norris and Sim 2019). Global
    average pooling and `Dense` read everything: a window as large as the map.
    """
    window = layer.window(shape)
    size = tuple(effective(k, d) for k, d in zip(window.size, window.gaps, strict=True))
    if isinstance(layer, (Dense, GlobalAvgPool2d)):
        size = sight.cells
    before = (window.around[0][0], window.around[1][0])
    field = tuple(r + (k - 1) * j for r, k, j in zip(sight.receptive_field, size, sight.jump, strict=True))
    padding = tuple(q + p * j for q, p, j in zip(sight.padding, before, sight.jump, strict=True))
    jump = tuple(j * s for j, s in zip(sight.jump, window.steps, strict=True))
    if isinstance(layer, (Dense, GlobalAvgPool2d)):
        cells = (1, 1)
    else:
        cells = (output[1], output[2]) if len(output) == 3 else sight.cells
    return Sight((field[0], field[1]), (jump[0], jump[1]), (padding[0], padding[1]), cells)


@dataclass(frozen=True)
class Totals:
    """Sums over a budget.

    Attributes
    ----------
    parameters, macs, activation_bytes
        As in `LayerBudget`; the input's own bytes are not counted.
    """

    parameters: int
    macs: int
    activation_bytes: int


def totals(rows: list[LayerBudget]) -> Totals:
    """Add up a budget."""
    return Totals(
        sum(row.parameters for row in rows),
        sum(row.macs for row in rows),
        sum(row.activation_bytes for row in rows),
    )
