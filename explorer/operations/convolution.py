"""Convolution of one image with one kernel, and the account of one of its numbers.

"Convolution" is cross-correlation here, as in every network library: the kernel is not turned around.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations import correlation
from explorer.operations.arrays import floats, is_real
from explorer.operations.shapes import Padding, Pads, Pair, as_pair, effective, pads, windows

Float = NDArray[np.float32]
Border = Literal["zero", "reflect", "replicate", "wrap"]
BORDERS: tuple[Border, ...] = ("zero", "reflect", "replicate", "wrap")

_NUMPY: Mapping[Border, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "wrap": "wrap",
}


# The largest finite float32.
_LARGEST = float(np.finfo(np.float32).max)
# 256 MB: a link must not be able to ask for all of a server's memory.
_MOST_ADDED = 64_000_000


@dataclass(frozen=True)
class Step:
    """How one number of a feature map came about.

    Attributes
    ----------
    row, col
        The number's place in the feature map.
    window
        What the kernel lay on, (kH, kW) or (kH, kW, 3), float32.
    products
        window · kernel, of the window's shape.
    sum
        The products added up: a float, or (3,) for colour.
    value
        The sum plus the bias, what `convolve` has at this place.
    rows, cols
        Rows (kH,) and columns (kW,) of the input that the window covers; negative or beyond the size where it
        lies in the padding.
    source_rows, source_cols
        Where the border takes the value from; −1 where it is the zero border.
    """

    row: int
    col: int
    window: Float
    products: Float
    sum: float | Float
    value: float | Float
    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    source_rows: NDArray[np.int64]
    source_cols: NDArray[np.int64]


class _Plan(NamedTuple):
    """A checked request: float32 arrays and pairs."""

    pixels: Float
    weights: Float
    steps: Pair
    gaps: Pair
    around: Pads
    out: Pair
    border: Border
    bias: float


def _plan(
    image: ArrayLike,
    kernel: ArrayLike,
    stride: int | Pair,
    padding: Padding,
    dilation: int | Pair,
    border: Border,
    bias: float,
) -> _Plan:
    pixels = floats("image", image)
    if pixels.ndim not in (2, 3) or 0 in pixels.shape or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(f"image: got the shape {pixels.shape}, needed is (H, W) or (H, W, 3), not empty")
    weights = floats("kernel", kernel)
    if weights.ndim != 2 or 0 in weights.shape:
        raise ValueError(f"kernel: got the shape {weights.shape}, needed is (kH, kW), not empty")
    if border not in BORDERS:
        raise ValueError(f"border: got {border!r}, legal are {', '.join(BORDERS)}")
    if not (is_real(bias) and abs(bias) <= _LARGEST):
        raise ValueError(f"bias: got {bias!r}, needed is a finite number")
    size = (weights.shape[0], weights.shape[1])
    steps, gaps = as_pair("stride", stride), as_pair("dilation", dilation)
    around = pads(size, padding=padding, dilation=gaps)
    if padding != 0:
        _refuse_too_large(pixels.shape, around, padding, dilation)
    out = windows((pixels.shape[0], pixels.shape[1]), size, steps, around, gaps)
    return _Plan(pixels, weights, steps, gaps, around, out, border, float(bias))


def convolve(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    border: Border = "zero",
    bias: float = 0.0,
) -> Float:
    """Convolve an image with a kernel (cross-correlation).

    Parameters
    ----------
    image
        (H, W), or (H, W, 3) with each channel convolved on its own. Numbers are taken as they are: a uint8 255
        is 255. Never changed. What is not finite stays within the windows that read it.
    kernel
        (kH, kW). A weight of 0 reads nothing.
    stride, dilation
        Int or (rows, cols), at least 1.
    padding
        Int, (rows, cols), "valid", "same" or "full"; see `explorer.operations.shapes.pads`.
    border
        What stands in the padding: "zero", "reflect" (numpy's reflect), "replicate" (edge) or "wrap"; a padding
        wider than the image repeats the rule, as numpy does.
    bias
        Added to every sum.

    Returns
    -------
    ndarray of float32
        (H', W') or (H', W', 3).

    Raises
    ------
    ValueError
        If a parameter is not legal, no window fits, or the padding would add more than 64 million numbers.

    References
    ----------
    I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning" (2016), equation 9.6: cross-correlation, which many
    libraries call convolution.

    Examples
    --------
    >>> convolve([[0, 1, 0], [0, 0, 1], [1, 1, 0]], [[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    array([[3.]], dtype=float32)
    """
    plan = _plan(image, kernel, stride, padding, dilation, border, bias)
    spread = _dilated(plan.weights, plan.gaps)
    sums = correlation.correlate(plan.pixels, spread, plan.around, plan.border)
    if plan.steps != (1, 1):
        sums = sums[:: plan.steps[0], :: plan.steps[1]]
    return np.ascontiguousarray(sums) if plan.bias == 0 else sums + plan.bias


def explain(
    image: ArrayLike,
    kernel: ArrayLike,
    row: int,
    col: int,
    *,
    stride: int | Pair = 1,
    padding: Padding = 0,
    dilation: int | Pair = 1,
    border: Border = "zero",
    bias: float = 0.0,
) -> Step:
    """Account for one number of `convolve`'s output.

    Parameters
    ----------
    image, kernel, stride, padding, dilation, border, bias
        As in `convolve`.
    row, col
        The number's place in the output.

    Returns
    -------
    Step
        Window, products, sum, value, and where the window lies.

    Raises
    ------
    ValueError
        As in `convolve`, and if the place is not in the output.

    Examples
    --------
    >>> step = explain([[0, 1], [2, 3]], [[1, -1]], 1, 0, bias=0.5)
    >>> step.products, step.sum, step.value
    (array([[ 2., -3.]], dtype=float32), -1.0, -0.5)
    """
    plan = _plan(image, kernel, stride, padding, dilation, border, bias)
    for name, place, count in (("row", row, plan.out[0]), ("col", col, plan.out[1])):
        if isinstance(place, bool) or not isinstance(place, (int, np.integer)) or not 0 <= place < count:
            raise ValueError(f"{name}: got {place!r}, needed is a whole number from 0 to {count - 1}")
    places, sources = [], []
    for axis, place in enumerate((row, col)):
        first = place * plan.steps[axis] - plan.around[axis][0]
        cells = first + np.arange(plan.weights.shape[axis], dtype=np.int64) * plan.gaps[axis]
        places.append(cells)
        sources.append(_sources(cells, plan.pixels.shape[axis], plan.around[axis], plan.border))
    window = plan.pixels[np.ix_(np.maximum(sources[0], 0), np.maximum(sources[1], 0))]
    outside = (sources[0] < 0)[:, None] | (sources[1] < 0)[None, :]
    window[outside] = 0
    weights = plan.weights if window.ndim == 2 else plan.weights[:, :, None]
    with np.errstate(over="ignore", invalid="ignore"):
        # A weight of 0 reads nothing, in `convolve` too: not even what is infinite there.
        products = np.where(weights == 0, np.float32(0), window * weights)
        total = products.sum((0, 1), dtype=np.float64).astype(np.float32)
        value = total + np.float32(plan.bias)
    one = total.ndim == 0
    return Step(
        int(row),
        int(col),
        window,
        products,
        float(total) if one else total,
        float(value) if one else value,
        places[0],
        places[1],
        sources[0],
        sources[1],
    )


def _refuse_too_large(shape: tuple[int, ...], around: Pads, padding: Padding, dilation: int | Pair) -> None:
    """Raise ValueError where the padding would take more memory than anything that is meant."""
    (top, bottom), (left, right) = around
    rows, cols = shape[0] + top + bottom, shape[1] + left + right
    added = (rows * cols - shape[0] * shape[1]) * (shape[2] if len(shape) == 3 else 1)
    if added > _MOST_ADDED:
        got = f"padding: got {padding!r}" if not isinstance(padding, str) else f"dilation: got {dilation!r}"
        raise ValueError(
            f"{got}, which makes the padded image {rows} × {cols}; at most {_MOST_ADDED:,} numbers are added"
        )


def _sources(cells: NDArray[np.int64], size: int, around: Pair, border: Border) -> NDArray[np.int64]:
    """Return which input cell the border puts at each place; −1 for the zero border."""
    if border == "zero":
        return np.where((cells >= 0) & (cells < size), cells, -1)
    order = np.pad(np.arange(size), around, mode=_NUMPY[border])
    # A stride may leave the last padding unread, never the other way round.
    return order[cells + around[0]].astype(np.int64)


def _dilated(weights: Float, gaps: Pair) -> Float:
    """Return the kernel with zeros between its weights; they are read for free."""
    if gaps == (1, 1):
        return weights
    rows, cols = (effective(k, d) for k, d in zip(weights.shape, gaps, strict=True))
    spread = np.zeros((rows, cols), np.float32)
    spread[:: gaps[0], :: gaps[1]] = weights
    return spread
