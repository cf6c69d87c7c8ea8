"""Why a number of a budget is what it is: its formula, the same with its numbers, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.networks.architecture import Architecture
from explorer.networks.budget import FLOAT32_BYTES, LayerBudget, Sight, budget
from explorer.networks.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    shape_text,
)
from explorer.operations.shapes import Pair

SHAPES = (
    "V. Dumoulin and F. Visin, A guide to convolution arithmetic for deep learning (2016), relationships 6 and 15"
)
FIELDS = (
    "A. Araujo, W. Norris and J. Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill (2019)"
)
COUNTS = "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), chapter 9"
NORM = (
    "S. Ioffe and C. Szegedy, Batch Normalization (2015), algorithm 1; Keras counts 2·C more, the running means "
    "and variances, which are not trained"
)
DIRECT = "counted"
# What slides a window; to read everything is no sliding.
WINDOWED = (Conv2d, MaxPool2d, AvgPool2d)

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "output_shape": "Output shape",
        "parameters": "Parameters",
        "macs": "Multiply-accumulates",
        "activation_bytes": "Memory of the output",
        "receptive_field": "Receptive field",
        "jump": "Jump",
        "start": "Start",
    }
)


@dataclass(frozen=True)
class Explanation:
    """One number, explained.

    Attributes
    ----------
    title
        What it is, and whose: "Parameters of conv1".
    formula
        With symbols, the field's own; "_in" marks what is the layer's before. Empty where nothing is computed.
    numbers
        The formula with its numbers, or a sentence where nothing is computed. Where rows and columns differ, both,
        with "; " between.
    result
        The number, as it is shown.
    source
        A paper or textbook; "counted" where nothing but counting is needed.
    """

    title: str
    formula: str
    numbers: str
    result: str
    source: str


@dataclass(frozen=True)
class _Case:
    """A layer's row, and where the cells before it look."""

    layer: Layer
    row: LayerBudget
    before: Sight


def explain(architecture: Architecture, index: int, column: str) -> Explanation:
    """Explain one number of a budget.

    Parameters
    ----------
    architecture, index
        The layer's place, from 0.
    column
        One of `COLUMNS`.

    Raises
    ------
    ValueError
        If there is no such layer or column.

    Examples
    --------
    >>> net = Architecture((1, 150, 150), [Conv2d(32, 3)])
    >>> said = explain(net, 0, "parameters")
    >>> said.formula, said.numbers, said.result
    ('(k_h·k_w·C_in + 1)·C_out', '(3·3·1 + 1)·32', '320')
    """
    if column not in COLUMNS:
        raise ValueError(f"column: got {column!r}, legal are {', '.join(COLUMNS)}")
    if not 0 <= index < len(architecture.layers):
        raise ValueError(f"index: got {index}, needed is from 0 to {len(architecture.layers) - 1}")
    return explain_all(architecture)[index, column]


def explain_all(architecture: Architecture) -> dict[tuple[int, str], Explanation]:
    """Explain every number of a budget, by layer and column."""
    explained = {}
    before = Sight(cells=architecture.input_shape[1:])
    for index, (layer, row) in enumerate(zip(architecture.layers, budget(architecture), strict=True)):
        for column, title in COLUMNS.items():
            formula, numbers, result, source = _EXPLAINED[column](_Case(layer, row, before))
            explained[index, column] = Explanation(f"{title} of {row.name}", formula, numbers, result, source)
        before = row.sight
    return explained


_Four = tuple[str, str, str, str]


def number(value: int) -> str:
    """Write a whole number as it is shown.

    Examples
    --------
    >>> number(8459242), number(-3)
    ('8,459,242', '−3')
    """
    return f"{value:,}".replace("-", "\u2212")


def size_text(pair: Pair) -> str:
    """Write (rows, cols); one number where both are equal stands for both."""
    return number(pair[0]) if pair[0] == pair[1] else f"{number(pair[0])} × {number(pair[1])}"


def _axes(write: Callable[[int], str]) -> str:
    """Write a formula's numbers once, or for rows and columns where they differ."""
    rows, cols = write(0), write(1)
    return rows if rows == cols else f"rows {rows}; columns {cols}"


def _output_shape(case: _Case) -> _Four:
    layer, row = case.layer, case.row
    result = shape_text(row.output_shape)
    if isinstance(layer, WINDOWED):
        window, before = layer.window(row.input_shape), row.input_shape[1:]
        channels = f"; {row.output_shape[0]} maps, " + (
            "one for each kernel" if isinstance(layer, Conv2d) else "as many as came in"
        )

        def written(axis: int) -> str:
            n, k, s = before[axis], window.size[axis], window.steps[axis]
            d, around = window.gaps[axis], window.around[axis]
            both = f"2·{around[0]}" if around[0] == around[1] else f"{around[0]} + {around[1]}"
            span = f"{d}·({k} − 1) − 1" if isinstance(layer, Conv2d) else f"{k}"
            return f"⌊({n} + {both} − {span}) / {s}⌋ + 1 = {row.output_shape[1 + axis]}"

        formula = "⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1" if isinstance(layer, Conv2d) else "⌊(n + 2p − k) / s⌋ + 1"
        return formula, _axes(written) + channels, result, SHAPES
    if isinstance(layer, Flatten):
        symbols = "C·H·W" if len(row.input_shape) == 3 else "F"
        return symbols, "·".join(str(size) for size in row.input_shape), result, DIRECT
    if isinstance(layer, GlobalAvgPool2d):
        return "", f"one number for each of {row.input_shape[0]} maps", result, DIRECT
    if isinstance(layer, Dense):
        return "", f"{layer.out_features} outputs, as set", result, DIRECT
    return "", "the shape that came in", result, DIRECT


def _parameters(case: _Case) -> _Four:
    layer, row = case.layer, case.row
    result = number(row.parameters)
    plus_bias, one = ("", "") if not getattr(layer, "bias", False) else (" + 1", " + 1")
    if isinstance(layer, Conv2d):
        rows, cols = layer.window(row.input_shape).size
        channels = row.input_shape[0]
        grouped = layer.groups > 1
        inner = f"{rows}·{cols}·{channels}" + (f"/{layer.groups}" if grouped else "")
        formula = f"(k_h·k_w·C_in{'/g' if grouped else ''}{plus_bias})·C_out"
        return formula, f"({inner}{one})·{layer.out_channels}", result, COUNTS
    if isinstance(layer, Dense):
        return f"(F_in{plus_bias})·F_out", f"({row.input_shape[0]}{one})·{layer.out_features}", result, COUNTS
    if isinstance(layer, BatchNorm2d):
        return "2·C", f"2·{row.input_shape[0]}", result, NORM
    return "", "nothing to learn", result, DIRECT


def _macs(case: _Case) -> _Four:
    layer, row = case.layer, case.row
    result = number(row.macs)
    if isinstance(layer, Conv2d):
        rows, cols = layer.window(row.input_shape).size
        channels, height, width = row.output_shape
        grouped = layer.groups > 1
        inner = f"{rows}·{cols}·{row.input_shape[0]}" + (f"/{layer.groups}" if grouped else "")
        formula = f"H_out·W_out·C_out·k_h·k_w·C_in{'/g' if grouped else ''}"
        return formula, f"{height}·{width}·{channels}·{inner}", result, COUNTS
    if isinstance(layer, Dense):
        return "F_in·F_out", f"{row.input_shape[0]}·{layer.out_features}", result, COUNTS
    return "", "no products: nothing is multiplied with a weight and added up", result, DIRECT


def _activation_bytes(case: _Case) -> _Four:
    shape = "·".join(str(size) for size in case.row.output_shape)
    symbols = "C·H·W" if len(case.row.output_shape) == 3 else "F"
    return (
        f"{symbols}·{FLOAT32_BYTES} bytes",
        f"{shape}·{FLOAT32_BYTES}",
        f"{number(case.row.activation_bytes)} bytes",
        "one float32 is 4 bytes (IEEE 754)",
    )


def _receptive_field(case: _Case) -> _Four:
    field, jump, cells = case.before.receptive_field, case.before.jump, case.before.cells
    window, result = case.layer.window(case.row.input_shape), _span(case.row.receptive_field)
    if isinstance(case.layer, (Dense, GlobalAvgPool2d)):
        numbers = _axes(lambda axis: f"{field[axis]} + ({cells[axis]} − 1)·{jump[axis]}")
        return "r_in + (n_in − 1)·j_in", numbers, result, FIELDS
    if not isinstance(case.layer, WINDOWED):
        return "", f"each reads one cell: as before, {result}", result, FIELDS
    gaps = tuple(f"{d}·" if window.gaps != (1, 1) else "" for d in window.gaps)
    numbers = _axes(lambda axis: f"{field[axis]} + {gaps[axis]}({window.size[axis]} − 1)·{jump[axis]}")
    return f"r_in + {'d·' if gaps[0] else ''}(k − 1)·j_in", numbers, result, FIELDS


def _span(pair: Pair) -> str:
    return f"{number(pair[0])} × {number(pair[1])}"


def _jump(case: _Case) -> _Four:
    jump, steps = case.before.jump, case.layer.window(case.row.input_shape).steps
    result = size_text(case.row.jump)
    if not isinstance(case.layer, WINDOWED):
        return "", f"no stride: as before, {result}", result, FIELDS
    return "j_in·s", _axes(lambda axis: f"{jump[axis]}·{steps[axis]}"), result, FIELDS


def _start(case: _Case) -> _Four:
    window, result = case.layer.window(case.row.input_shape), size_text(case.row.start)
    start, jump = case.before.start, case.before.jump
    if not isinstance(case.layer, WINDOWED):
        return "", f"no padding: as before, {result}", result, FIELDS
    numbers = _axes(
        lambda axis: f"{start[axis]} − {window.around[axis][0]}·{jump[axis]}".replace("-", "\u2212", 1)
    )
    return "u_in − p·j_in", numbers, result, FIELDS


_EXPLAINED: Mapping[str, Callable[[_Case], _Four]] = MappingProxyType(
    {
        "output_shape": _output_shape,
        "parameters": _parameters,
        "macs": _macs,
        "activation_bytes": _activation_bytes,
        "receptive_field": _receptive_field,
        "jump": _jump,
        "start": _start,
    }
)
