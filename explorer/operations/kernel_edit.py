"""What a person can do to a kernel: turn, mirror, scale, draw at random; and what its weights say about it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def rotate(weights: Float, quarter_turns: int = 1) -> Float:
    """Turn a kernel clockwise by quarters.

    Examples
    --------
    >>> rotate(np.array([[1, 2], [3, 4]], np.float32))
    array([[3., 1.],
           [4., 2.]], dtype=float32)
    """
    return np.rot90(weights, -quarter_turns).copy()


def flip(weights: Float, axis: Literal[0, 1]) -> Float:
    """Mirror a kernel: axis 0 top to bottom, axis 1 left to right.

    Raises
    ------
    ValueError
        If the axis is none of these.

    Examples
    --------
    >>> flip(np.array([[1, 2]], np.float32), 1)
    array([[2., 1.]], dtype=float32)
    """
    if axis not in (0, 1):
        raise ValueError(f"axis: got {axis!r}, legal are 0 and 1")
    return np.flip(weights, axis).copy()


def normalise(weights: Float, mode: Literal["sum", "abs"] = "sum") -> Float:
    """Scale a kernel so that its weights, or their absolute values, add up to 1.

    Raises
    ------
    ValueError
        If that sum is 0 (or as good as 0 in float32).

    Examples
    --------
    >>> normalise(np.array([[1, 3]], np.float32))
    array([[0.25, 0.75]], dtype=float32)
    """
    exact = weights.astype(np.float64)
    size = np.abs(exact).sum()
    total = size if mode == "abs" else exact.sum()
    if mode not in ("sum", "abs"):
        raise ValueError(f"mode: got {mode!r}, legal are sum and abs")
    if abs(total) <= 1e-6 * size or size == 0:
        raise ValueError(
            "The weights sum to 0, so no factor makes them sum to 1; "
            + ("all of them are 0." if size == 0 else "scale by their absolute values instead.")
        )
    return np.asarray(exact / total, np.float32)


def resize(weights: Float, shape: tuple[int, int]) -> Float:
    """Give a kernel another size: the centre stays on its pixel, what fits around it is kept, zeros elsewhere.

    Examples
    --------
    >>> resize(np.array([[5]], np.float32), (1, 3))
    array([[0., 5., 0.]], dtype=float32)
    """
    result = np.zeros(shape, np.float32)
    take, put = [], []
    for old, new in zip(weights.shape, shape, strict=True):
        # The cell that lies on the pixel under "same", (k − 1) // 2, stays there: the picture does not shift.
        shift = (new - 1) // 2 - (old - 1) // 2
        kept = min(old + min(shift, 0), new - max(shift, 0))
        take.append(slice(max(-shift, 0), max(-shift, 0) + kept))
        put.append(slice(max(shift, 0), max(shift, 0) + kept))
    result[put[0], put[1]] = weights[take[0], take[1]]
    return result


def random_kernel(shape: tuple[int, int], seed: int) -> Float:
    """Draw whole weights from −4 to 4.

    Parameters
    ----------
    shape
        (rows, cols).
    seed
        The same seed gives the same kernel.
    """
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float32)


def describe(weights: Float) -> str:
    """Say in a sentence what the weights' sum means.

    Examples
    --------
    >>> describe(np.array([[-1, 0, 1]], np.float32))
    'Kernel weights sum to 0: a flat region gives 0.'
    """
    exact = weights.astype(np.float64)
    total, size = exact.sum(), np.abs(exact).sum()
    if size == 0:
        return "All weights are 0: so is the feature map."
    if total == 0:
        return "Kernel weights sum to 0: a flat region gives 0."
    if abs(total) <= 1e-6 * size:
        return "Kernel weights sum to 0 but for rounding: a flat region gives almost 0."
    if abs(total - 1) <= 1e-6 * size:
        return "Kernel weights sum to 1: a flat region keeps its brightness."
    number = f"{total:.4g}".replace("-", "\u2212")
    return f"Kernel weights sum to {number}: a flat region is multiplied by {number}."
