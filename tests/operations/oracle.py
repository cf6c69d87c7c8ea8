"""Convolution written as its definition, in float64: slow, and nothing in it that could be clever."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = int | tuple[int, int]
PAD = {"reflect": "reflect", "replicate": "edge", "wrap": "wrap"}


def both(value: Whole) -> tuple[int, int]:
    """An int or a pair as a pair."""
    return value if isinstance(value, tuple) else (value, value)


def around(kernel: tuple[int, ...], padding: Whole | str, dilation: Whole) -> list[tuple[int, int]]:
    """How many cells are added before and after, for rows and for columns."""
    gaps = [d * (k - 1) for k, d in zip(kernel, both(dilation), strict=True)]
    if padding == "valid":
        return [(0, 0), (0, 0)]
    if padding == "full":
        return [(g, g) for g in gaps]
    if padding == "same":
        return [(g // 2, g - g // 2) for g in gaps]
    assert not isinstance(padding, str)
    return [(p, p) for p in both(padding)]


def padded(
    image: NDArray[Any], kernel: NDArray[Any], padding: Whole | str, dilation: Whole, border: str
) -> NDArray[np.float64]:
    """The image with its border, float64."""
    width = around(kernel.shape, padding, dilation) + [(0, 0)] * (image.ndim - 2)
    exact = image.astype(np.float64)
    return np.pad(exact, width) if border == "zero" else np.pad(exact, width, mode=PAD[border])


def convolve(
    image: NDArray[Any],
    kernel: NDArray[Any],
    *,
    stride: Whole = 1,
    padding: Whole | str = 0,
    dilation: Whole = 1,
    border: str = "zero",
    bias: float = 0.0,
) -> NDArray[np.float64]:
    """Every window, one after another."""
    wide = padded(image, kernel, padding, dilation, border)
    (down, right), (rows_apart, cols_apart) = both(stride), both(dilation)
    high, across = (d * (k - 1) + 1 for k, d in zip(kernel.shape, both(dilation), strict=True))
    out = [
        [
            np.tensordot(
                kernel.astype(np.float64), wide[r : r + high : rows_apart, c : c + across : cols_apart], 2
            )
            for c in range(0, wide.shape[1] - across + 1, right)
        ]
        for r in range(0, wide.shape[0] - high + 1, down)
    ]
    return np.array(out) + bias
