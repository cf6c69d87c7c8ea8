"""How large a convolution's or a pooling's output is, and what has to fit for there to be one.

References
----------
V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285 (2016):
relationship 6 is the output size for any stride and padding, relationship 15 the one with dilation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
Pads = tuple[Pair, Pair]
PaddingWord = Literal["valid", "same", "full"]
Padding = int | Pair | PaddingWord


def as_pair(name: str, value: int | Sequence[int], *, least: int = 1) -> Pair:
    """Return ``value`` as (rows, cols).

    Parameters
    ----------
    name
        The parameter's name, for the error.
    value
        A whole number for both axes, or two.
    least
        The smallest legal number.

    Raises
    ------
    ValueError
        If it is neither, or a number is smaller than ``least``.

    Examples
    --------
    >>> as_pair("stride", 2), as_pair("stride", (2, 1))
    ((2, 2), (2, 1))
    """
    # The two forms that nearly every call has, first: a small image takes no longer than the checks behind.
    if type(value) is int and value >= least:
        return value, value
    if type(value) is tuple and [type(v) for v in value] == [int, int] and min(value) >= least:
        return value[0], value[1]
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        pair = (int(value), int(value))
    elif (
        isinstance(value, Sequence)
        and len(value) == 2
        and all(isinstance(v, (int, np.integer)) and not isinstance(v, bool) for v in value)
    ):
        pair = (int(value[0]), int(value[1]))
    else:
        raise ValueError(f"{name}: got {value!r}, needed is a whole number or (rows, cols)")
    if min(pair) < least:
        raise ValueError(f"{name}: got {value!r}, needed is at least {least}")
    return pair


def effective(kernel: int, dilation: int = 1) -> int:
    """Return how many cells a window spans, d·(k − 1) + 1.

    Examples
    --------
    >>> effective(3, 2)
    5
    """
    return dilation * (kernel - 1) + 1


def _axis_pads(padding: int | str, kernel: int, dilation: int) -> Pair:
    if isinstance(padding, str):
        gap = dilation * (kernel - 1)
        both = {"valid": (0, 0), "same": (gap // 2, gap - gap // 2), "full": (gap, gap)}
        if padding not in both:
            raise ValueError(
                f'padding: got {padding!r}, legal are a whole number, (rows, cols), "valid", "same" and "full"'
            )
        return both[padding]
    amount = as_pair("padding", padding, least=0)[0]
    return amount, amount


def pads(kernel: Pair, *, padding: Padding = 0, dilation: int | Pair = 1) -> Pads:
    """Return how many cells are added, ((top, bottom), (left, right)).

    Parameters
    ----------
    kernel
        (kH, kW).
    padding
        "valid" adds none; "same" adds d·(k − 1), the smaller half before, so that a stride of 1 keeps the size;
        "full" adds d·(k − 1) on each side, so that every overlap counts; a number adds that many on each side.
    dilation
        Int or (rows, cols).

    Raises
    ------
    ValueError
        If the padding or the dilation is none of these.

    Examples
    --------
    >>> pads((3, 4), padding="same")
    ((1, 1), (1, 2))
    """
    gaps = as_pair("dilation", dilation)
    as_pair("kernel", kernel)
    if isinstance(padding, str):
        return _axis_pads(padding, kernel[0], gaps[0]), _axis_pads(padding, kernel[1], gaps[1])
    rows, cols = as_pair("padding", padding, least=0)
    return (rows, rows), (cols, cols)


def output_size(
    size: int, kernel: int, *, stride: int = 1, padding: int | PaddingWord = 0, dilation: int = 1
) -> int:
    """Return how many windows fit along one axis, ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1.

    Parameters
    ----------
    size, kernel
        Cells of the input and of the kernel along the axis, at least 1.
    stride, dilation
        At least 1.
    padding
        Cells added on each side, or "valid", "same", "full" as in `pads`.

    Raises
    ------
    ValueError
        If a number is not legal or no window fits.

    References
    ----------
    Dumoulin and Visin (2016), relationship 15.

    Examples
    --------
    >>> output_size(5, 3), output_size(5, 3, stride=2), output_size(5, 3, padding="full")
    (3, 2, 7)
    """
    for name, value in (("size", size), ("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}: got {value!r}, needed is a whole number of at least 1")
    if not isinstance(padding, (int, np.integer, str)) or isinstance(padding, bool):
        raise ValueError(f"padding: got {padding!r}, needed is a whole number or a word, one axis at a time")
    return int(_windows(size, kernel, stride, _axis_pads(padding, kernel, dilation), dilation))


def windows(shape: Pair, kernel: Pair, steps: Pair, around: Pads, gaps: Pair) -> Pair:
    """Return `output_shape` of numbers that are known to be legal.

    Parameters
    ----------
    shape, kernel, steps, gaps
        (rows, cols) each.
    around
        As `pads` returns it.

    Raises
    ------
    ValueError
        If no window fits.

    Examples
    --------
    >>> windows((5, 5), (3, 3), (1, 2), ((0, 0), (1, 1)), (1, 1))
    (3, 3)
    """
    return (
        _windows(shape[0], kernel[0], steps[0], around[0], gaps[0]),
        _windows(shape[1], kernel[1], steps[1], around[1], gaps[1]),
    )


def _windows(size: int, kernel: int, stride: int, pad: Pair, dilation: int) -> int:
    room = size + pad[0] + pad[1] - dilation * (kernel - 1) - 1
    if room < 0:
        raise ValueError(
            f"kernel: a window of {kernel} with dilation {dilation} spans {effective(kernel, dilation)} cells, "
            f"the input has {size} and {sum(pad)} of padding; needed is at most {size + sum(pad)}"
        )
    return room // stride + 1


def output_shape(
    shape: Pair, kernel: Pair, *, stride: int | Pair = 1, padding: Padding = 0, dilation: int | Pair = 1
) -> Pair:
    """Return (rows, cols) of a convolution's output; `output_size` for both axes.

    Examples
    --------
    >>> output_shape((5, 7), (3, 3), stride=(1, 2))
    (3, 3)
    """
    steps, gaps = as_pair("stride", stride), as_pair("dilation", dilation)
    around = pads(kernel, padding=padding, dilation=gaps)
    return windows(shape, kernel, steps, around, gaps)


def fits(shape: Pair, kernel: Pair, *, padding: Padding = 0, dilation: int | Pair = 1) -> bool:
    """Tell whether at least one window fits; False also where a number is not legal.

    Examples
    --------
    >>> fits((5, 5), (3, 3), dilation=2), fits((5, 5), (3, 3), dilation=3)
    (True, False)
    """
    try:
        output_shape(shape, kernel, padding=padding, dilation=dilation)
    except ValueError:
        return False
    return True


def stride_fits(shape: Pair, stride: int | Pair) -> bool:
    """Tell whether a stride is legal and not longer than the input, where a larger one changes nothing.

    Examples
    --------
    >>> stride_fits((5, 5), 5), stride_fits((5, 5), (6, 1))
    (True, False)
    """
    try:
        rows, cols = as_pair("stride", stride)
    except ValueError:
        return False
    return rows <= shape[0] and cols <= shape[1]


def _room(size: int, padding: int | PaddingWord) -> int:
    """Return how many cells a window may span; where the padding grows with it, from any cell to any other."""
    if padding in ("same", "full"):
        return 2 * size - 1
    return size + sum(_axis_pads(padding, 1, 1))


def largest_kernel(size: int, *, padding: int | PaddingWord = 0, dilation: int = 1) -> int:
    """Return the largest kernel that fits along one axis.

    Parameters
    ----------
    size, padding, dilation
        As in `output_size`. With "same" and "full" every kernel fits; the answer is then the largest that spans at
        most 2·size − 1 cells, which lays a weight on every cell from every other.

    Raises
    ------
    ValueError
        If a number is not legal.

    Examples
    --------
    >>> largest_kernel(5), largest_kernel(5, padding=1), largest_kernel(5, dilation=2)
    (5, 7, 3)
    """
    output_size(size, 1, padding=padding, dilation=dilation)
    return (_room(size, padding) - 1) // dilation + 1


def largest_dilation(size: int, kernel: int, *, padding: int | PaddingWord = 0) -> int:
    """Return the largest dilation with which a kernel fits along one axis; 1 for a kernel of one weight.

    Parameters
    ----------
    size, kernel, padding
        As in `output_size`; "same" and "full" as in `largest_kernel`.

    Raises
    ------
    ValueError
        If a number is not legal, or the kernel does not fit even with a dilation of 1.

    Examples
    --------
    >>> largest_dilation(5, 3), largest_dilation(7, 3, padding=1), largest_dilation(5, 1)
    (2, 4, 1)
    """
    output_size(size, kernel, padding=padding)
    return 1 if kernel == 1 else max(1, (_room(size, padding) - 1) // (kernel - 1))


def largest_stride(size: int, kernel: int, *, padding: int | PaddingWord = 0, dilation: int = 1) -> int:
    """Return the smallest stride that leaves one window along an axis; every larger one does the same.

    Parameters
    ----------
    size, kernel, padding, dilation
        As in `output_size`.

    Raises
    ------
    ValueError
        As in `output_size`.

    Examples
    --------
    >>> largest_stride(5, 3), output_size(5, 3, stride=2), output_size(5, 3, stride=3)
    (3, 2, 1)
    """
    return output_size(size, kernel, padding=padding, dilation=dilation)


def reached(
    size: int, kernel: int, *, stride: int = 1, padding: int | PaddingWord = 0, dilation: int = 1
) -> NDArray[np.bool_]:
    """Tell for each input cell along one axis whether some window reads it.

    Returns
    -------
    ndarray of bool, (size,)
        False for what a stride leaves over and for the gaps that no window's dilation falls on.

    Examples
    --------
    >>> reached(6, 3, stride=4)
    array([ True,  True,  True, False, False, False])
    """
    count = output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    before = _axis_pads(padding, kernel, dilation)[0]
    cells = (np.arange(count)[:, None] * stride - before + np.arange(kernel) * dilation).ravel()
    seen = np.zeros(size, bool)
    seen[cells[(cells >= 0) & (cells < size)]] = True
    return seen


def size_formula(
    size: int, kernel: int, *, stride: int = 1, padding: int | PaddingWord = 0, dilation: int = 1
) -> str:
    """Write the output size with its numbers.

    Examples
    --------
    >>> size_formula(5, 3)
    '⌊(5 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3'
    >>> size_formula(5, 4, padding="same")
    '⌊(5 + 1 + 2 − 1·(4 − 1) − 1) / 1⌋ + 1 = 5'
    """
    result = output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)
    before, behind = _axis_pads(padding, kernel, dilation)
    around = f"2·{before}" if before == behind else f"{before} + {behind}"
    return f"⌊({size} + {around} − {dilation}·({kernel} − 1) − 1) / {stride}⌋ + 1 = {result}"


def pool_size(size: int, window: int, *, stride: int | None = None, padding: int = 0) -> int:
    """Return how many pooling windows fit along one axis, ⌊(n + 2p − k) / s⌋ + 1.

    Parameters
    ----------
    size, window
        Cells of the map and of the window along the axis.
    stride
        At least 1; None means the window.
    padding
        Cells added on each side, at most half the window.

    Raises
    ------
    ValueError
        If a number is not legal or no window fits.

    References
    ----------
    Dumoulin and Visin (2016), relationship 15 with dilation 1.

    Examples
    --------
    >>> pool_size(5, 2), pool_size(5, 2, stride=1), pool_size(5, 3, padding=1)
    (2, 4, 2)
    """
    for name, value, least in (
        ("size", size, 1),
        ("window", window, 1),
        ("stride", window if stride is None else stride, 1),
        ("padding", padding, 0),
    ):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name}: got {value!r}, needed is a whole number of at least {least}")
    if padding > window // 2:
        raise ValueError(
            f"padding: got {padding}, needed is at most half the window of {window}, {window // 2}, "
            "so that no window lies wholly in the padding"
        )
    room = size + 2 * padding - window
    if room < 0:
        raise ValueError(
            f"size: a pooling window of {window} does not fit into {size} cells and {2 * padding} of padding; "
            f"needed is at most {size + 2 * padding}"
        )
    return int(room // (window if stride is None else stride) + 1)


def pool_formula(size: int, window: int, *, stride: int | None = None, padding: int = 0) -> str:
    """Write the pooled size with its numbers.

    Examples
    --------
    >>> pool_formula(5, 2)
    '⌊(5 + 2·0 − 2) / 2⌋ + 1 = 2'
    """
    steps = window if stride is None else stride
    result = pool_size(size, window, stride=stride, padding=padding)
    return f"⌊({size} + 2·{padding} − {window}) / {steps}⌋ + 1 = {result}"
