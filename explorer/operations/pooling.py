"""Pooling: each window of a map becomes one number.

The semantics are torch's: padding never wins a maximum or minimum, and counts as zeros in an average and a norm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations.shapes import Pair, as_pair, pool_size

Float = NDArray[np.float32]
Mode = Literal["max", "average", "min", "lp"]
MODES: tuple[Mode, ...] = ("max", "average", "min", "lp")
# Wider interleaved arrays than this many channels are not for OpenCV.
_CV_CHANNELS = 512
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
        (H, W) or (C, H, W), finite numbers; never changed.
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
        if not (isinstance(p, (int, float)) and np.isfinite(p) and p > 0):
            raise ValueError(f"p: got {p!r}, needed is a finite number above 0")
        return _norm(values, window, steps, around, float(p))
    if mode == "average":
        return _sums(values, window, steps, around) / np.float32(window[0] * window[1])
    return _extremes(values, window, steps, around, mode)


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
        (H', W') or (C, H', W'): row · W + col of the winner; of equal cells the first, row by row, as torch.

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
    windows = _windows(_padded(values, around, mode), window, steps)
    flat = windows.reshape(*windows.shape[:-2], -1)
    best = flat.argmax(-1) if mode == "max" else flat.argmin(-1)
    rows = np.arange(best.shape[-2])[:, None] * steps[0] - around[0] + best // window[1]
    cols = np.arange(best.shape[-1])[None, :] * steps[1] - around[1] + best % window[1]
    return np.asarray(rows * values.shape[-1] + cols, np.int64)


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
    values = np.asarray(feature_map, np.float32)
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
    width = [(0, 0)] * (values.ndim - 2) + [(around[0], around[0]), (around[1], around[1])]
    return np.pad(values, width, constant_values=_PADDING_VALUE[mode])


def _windows(values: NDArray[Any], window: Pair, steps: Pair) -> NDArray[Any]:
    """View (…, H', W', kH, kW) of the windows; nothing is copied."""
    view = np.lib.stride_tricks.sliding_window_view(values, window, axis=(-2, -1))
    return view[..., :: steps[0], :: steps[1], :, :]


def _extremes(values: Float, window: Pair, steps: Pair, around: Pair, mode: Mode) -> Float:
    padded = _padded(values, around, mode)
    filtered = cv2.dilate if mode == "max" else cv2.erode
    out_rows = (padded.shape[-2] - window[0]) // steps[0] + 1
    out_cols = (padded.shape[-1] - window[1]) // steps[1] + 1
    # The anchor in the corner puts a window's result where the window begins; the border's values lie behind
    # the last window that is kept.
    shape = np.ones(window, np.uint8)

    def plane(channel: Float) -> Float:
        whole = filtered(channel, shape, anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        return np.asarray(whole[: out_rows * steps[0] : steps[0], : out_cols * steps[1] : steps[1]])

    if values.ndim == 2:
        return np.ascontiguousarray(plane(np.ascontiguousarray(padded)))
    return np.stack([plane(channel) for channel in np.ascontiguousarray(padded)])


def _sums(values: Float, window: Pair, steps: Pair, around: Pair) -> Float:
    """Add up each window, in float64 so that the order of adding does not show."""
    padded = _padded(values, around, "average")
    out = np.add.reduce(_windows(padded, window, steps), axis=(-2, -1), dtype=np.float64)
    return np.asarray(out, np.float32)


def _norm(values: Float, window: Pair, steps: Pair, around: Pair, p: float) -> Float:
    sizes = np.abs(_padded(values, around, "lp").astype(np.float64))
    # Divided by the largest first: a high power of a large number would overflow.
    scale = float(sizes.max()) or 1.0
    powers = _windows((sizes / scale) ** p, window, steps)
    sums = np.add.reduce(powers, axis=(-2, -1))
    return np.asarray(scale * sums ** (1 / p), np.float32)
