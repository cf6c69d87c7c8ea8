"""Pooling: each window of a map becomes one number.

The semantics are torch's: padding never wins a maximum or minimum, and counts as zeros in an average and a norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations.arrays import floats, is_real
from explorer.operations.shapes import Pair, as_pair, pool_size

Float = NDArray[np.float32]
T = TypeVar("T", np.float32, np.float64, np.int16)
Mode = Literal["max", "average", "min", "lp"]
MODES: tuple[Mode, ...] = ("max", "average", "min", "lp")
# Up to this power float64 holds that of every float32.
_SAFE_POWER = 6
_LARGEST_P = float(np.finfo(np.float64).max)
_PADDING_VALUE: Mapping[Mode, float] = {"max": -np.inf, "min": np.inf, "average": 0.0, "lp": 0.0}


def pool(
    feature_map: ArrayLike,
    *,
    size: int | Pair = 2,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    mode: Mode = "max",
    p: float = 2.0,
) -> Float:
    """Pool a feature map, window by window.

    Parameters
    ----------
    feature_map
        (H, W) or (C, H, W); never changed. What is not finite stays within its windows.
    size, stride, padding
        Cells, int or (rows, cols). ``stride=None`` means the size; the padding is at most half the size.
    mode
        "max", "average" (padding counts as zeros), "min", or "lp": (Σ|x|^p)^(1/p).
    p
        The norm of mode "lp", above 0.

    Returns
    -------
    ndarray of float32
        (H', W') or (C, H', W'), with ⌊(H + 2p − k) / s⌋ + 1 rows.

    Raises
    ------
    ValueError
        If a parameter is not legal, or no window fits.

    References
    ----------
    LeCun et al., "Gradient-based learning applied to document recognition" (1998), section II.B, for averages;
    Boureau, Ponce and LeCun, "A theoretical analysis of feature pooling", ICML 2010, for the maximum against
    the average and the norms between them.

    Examples
    --------
    >>> pool([[4, -3], [-2, 3]])
    array([[4.]], dtype=float32)
    """
    values = _feature_map(feature_map)
    window, steps, around = _geometry(values.shape, size, stride, padding, mode)
    if mode == "lp":
        if not (is_real(p) and 0 < p <= _LARGEST_P):
            raise ValueError(f"p: got {p!r}, needed is a finite number above 0")
        return _norm(values, window, steps, around, float(p))
    if mode == "average":
        with np.errstate(over="ignore", invalid="ignore"):
            sums = _fold(_padded(values, around, mode), window, steps, np.add)
        return np.divide(sums, window[0] * window[1], out=sums)
    return _fold(_padded(values, around, mode), window, steps, np.maximum if mode == "max" else np.minimum)


def winners(
    feature_map: ArrayLike,
    *,
    size: int | Pair = 2,
    stride: int | Pair | None = None,
    padding: int | Pair = 0,
    mode: Literal["max", "min"] = "max",
) -> NDArray[np.int64]:
    """Return which cell of the map won each window.

    Parameters
    ----------
    feature_map, size, stride, padding
        As in `pool`.
    mode
        "max" or "min".

    Returns
    -------
    ndarray of int64
        (H', W') or (C, H', W'): row · W + col of the winner; of equal cells the first, row by row, and where
        there is one, the last that is no number, as torch.

    Raises
    ------
    ValueError
        As in `pool`.

    Examples
    --------
    >>> winners([[4, -3], [-2, 4]])
    array([[0]])
    """
    if mode not in ("max", "min"):
        raise ValueError(f"mode: got {mode!r}, legal are max and min; in the others no single cell wins")
    values = _feature_map(feature_map)
    window, steps, around = _geometry(values.shape, size, stride, padding, mode)
    padded = _padded(values, around, mode)
    best, row, col = _first_best(padded, window, steps, mode, numbers_only=True)
    if np.isnan(best).any():
        _, row, col = _first_best(padded, window, steps, mode, numbers_only=False)
    tops = np.arange(row.shape[-2])[:, None] * steps[0] - around[0]
    lefts = np.arange(col.shape[-1]) * steps[1] - around[1]
    if any(around):
        # Padding wins only where all cells are as infinite as it is; then the first of them does, as in torch.
        row, col = np.maximum(row, -tops), np.maximum(col, -lefts)
    place = row.astype(np.int64)
    place *= values.shape[-1]
    place += col
    place += tops * values.shape[-1] + lefts
    return place


def leftover(size: int, *, window: int, stride: int | None = None, padding: int = 0) -> int:
    """Return how many cells at the end of an axis no pooling window reads.

    Parameters
    ----------
    size
        Cells of the map along the axis.
    window, stride, padding
        As in `pool`, for this axis.

    Examples
    --------
    >>> leftover(5, window=2), leftover(5, window=2, padding=1), leftover(4, window=2)
    (1, 0, 0)
    """
    steps = window if stride is None else stride
    count = pool_size(size, window, stride=stride, padding=padding)
    return max(0, size + padding - ((count - 1) * steps + window))


def _feature_map(feature_map: ArrayLike) -> Float:
    values = floats("feature_map", feature_map)
    if values.ndim not in (2, 3) or 0 in values.shape:
        raise ValueError(f"feature_map: got the shape {values.shape}, needed is (H, W) or (C, H, W), not empty")
    return values


def _geometry(
    shape: tuple[int, ...], size: int | Pair, stride: int | Pair | None, padding: int | Pair, mode: str
) -> tuple[Pair, Pair, Pair]:
    if mode not in MODES:
        raise ValueError(f"mode: got {mode!r}, legal are {', '.join(MODES)}")
    window = as_pair("size", size)
    steps = window if stride is None else as_pair("stride", stride)
    around = as_pair("padding", padding, least=0)
    for n, k, s, p in zip(shape[-2:], window, steps, around, strict=True):
        pool_size(n, k, stride=s, padding=p)
    return window, steps, around


def _padded(values: Float, around: Pair, mode: Mode) -> Float:
    if not any(around):
        return values
    rows, cols = values.shape[-2:]
    padded = np.full(
        (*values.shape[:-2], rows + 2 * around[0], cols + 2 * around[1]), _PADDING_VALUE[mode], np.float32
    )
    padded[..., around[0] : around[0] + rows, around[1] : around[1] + cols] = values
    return padded


def _shifted(values: NDArray[T], window: int, step: int) -> list[NDArray[T]]:
    """View the last axis once for each cell of a window: the first cells of all windows, the second ones, …."""
    span = (values.shape[-1] - window) // step * step + 1
    return [values[..., cell : cell + span : step] for cell in range(window)]


def _fold(values: NDArray[T], window: Pair, steps: Pair, combine: np.ufunc) -> NDArray[T]:
    """Combine the cells of each window, down its columns and then along what is left.

    Passes over whole maps beat going from window to window, and what is not finite stays within its windows.
    """
    down = _along(values.swapaxes(-1, -2), window[0], steps[0], combine).swapaxes(-1, -2)
    return np.ascontiguousarray(_along(down, window[1], steps[1], combine))


def _along(values: NDArray[T], window: int, step: int, combine: np.ufunc) -> NDArray[T]:
    first, *others = _shifted(values, window, step)
    total = first.copy("K")
    for other in others:
        combine(total, other, out=total)
    return total


def _first_best(
    values: Float, window: Pair, steps: Pair, mode: Literal["max", "min"], *, numbers_only: bool
) -> tuple[Float, NDArray[np.int16], NDArray[np.int16]]:
    """Return the best of each window, and in which of the window's rows and columns it stands.

    First the best of each row of a window, then the best of its rows: of equal cells, the first row by row. A
    cell that is better than all before it stands behind them, so the last such cell has the greatest number.
    """
    best_of = np.maximum if mode == "max" else np.minimum
    beats = np.greater if mode == "max" else np.less

    def better(other: Float, best: Float) -> NDArray[np.int16]:
        wins = beats(other, best)
        return np.asarray(wins if numbers_only else wins | np.isnan(other), np.int16)

    first, *others = _shifted(values, window[1], steps[1])
    best_of_row, col_of_row = first.copy(), np.zeros(first.shape, np.int16)
    for at, other in enumerate(others, 1):
        np.maximum(col_of_row, better(other, best_of_row) * np.int16(at), out=col_of_row)
        best_of(best_of_row, other, out=best_of_row)
    bests = _shifted(best_of_row.swapaxes(-1, -2), window[0], steps[0])
    cols = _shifted(col_of_row.swapaxes(-1, -2), window[0], steps[0])
    best, col = bests[0].copy("K"), cols[0].copy("K")
    row = np.zeros_like(col)
    for at in range(1, window[0]):
        wins = better(bests[at], best)
        np.maximum(row, wins * np.int16(at), out=row)
        col ^= (col ^ cols[at]) & -wins  # takes the other's column where it wins, without a branch
        best_of(best, bests[at], out=best)
    return best.swapaxes(-1, -2), row.swapaxes(-1, -2), col.swapaxes(-1, -2)


def _norm(values: Float, window: Pair, steps: Pair, around: Pair, p: float) -> Float:
    sizes = np.abs(_padded(values, around, "lp").astype(np.float64))
    with np.errstate(over="ignore"):
        if p <= _SAFE_POWER:
            sums = _fold(np.square(sizes) if p == 2 else sizes**p, window, steps, np.add)
            return np.asarray(np.sqrt(sums) if p == 2 else sums ** (1 / p), np.float32)
        # Each window by its own largest, so that a high power of it neither overflows nor vanishes.
        largest = _fold(sizes, window, steps, np.maximum)
        scale = np.where(np.isfinite(largest) & (largest > 0), largest, 1.0)
        total = np.zeros_like(scale)
        for down in _shifted(sizes.swapaxes(-1, -2), window[0], steps[0]):
            for cell in _shifted(down.swapaxes(-1, -2), window[1], steps[1]):
                total += (cell / scale) ** p
        return np.asarray(scale * total ** (1 / p), np.float32)
