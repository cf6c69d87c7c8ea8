"""Pieces of PyTorch code that more than one "the same in PyTorch" is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.operations.convolution import Border
from explorer.operations.shapes import Pads

_NUMPY_PAD: Mapping[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "wrap": "wrap",
}
_TORCH_PAD = {"zero": "constant", "reflect": "reflect", "replicate": "replicate", "wrap": "circular"}
# What of the image's own size PyTorch allows a border to be.
_REACH = {"zero": None, "replicate": None, "reflect": -1, "wrap": 0}


def padding(around: Pads, border: Border, shape: tuple[int, ...]) -> list[str]:
    """Return the lines that pad ``x`` (N, C, H, W) as `explorer.operations.convolution.convolve` does.

    Parameters
    ----------
    around
        ((top, bottom), (left, right)).
    border
        "zero", "reflect", "replicate" or "wrap".
    shape
        The image's; a border wider than PyTorch allows is written out with it.

    Examples
    --------
    >>> padding(((1, 1), (2, 2)), "wrap", (5, 5))
    ['x = F.pad(x, (2, 2, 1, 1), mode="circular")']
    """
    (top, bottom), (left, right) = around
    if not (top or bottom or left or right):
        return []
    rows, cols = shape[:2]
    reach = _REACH[border]
    if reach is None or (max(top, bottom) <= rows + reach and max(left, right) <= cols + reach):
        mode = "" if border == "zero" else f', mode="{_TORCH_PAD[border]}"'
        return [f"x = F.pad(x, ({left}, {right}, {top}, {bottom}){mode})"]
    # PyTorch refuses a border wider than the image; the same rows and columns, written out.
    order = [
        np.pad(np.arange(n), pad, mode=_NUMPY_PAD[border]).tolist()
        for n, pad in zip((rows, cols), around, strict=True)
    ]
    return [f"x = x[:, :, {order[0]}][..., {order[1]}]"]


def numbers(array: NDArray[np.float32]) -> str:
    """Write an array of any depth as lists whose numbers read back to the same float32.

    Examples
    --------
    >>> numbers(np.array([[0.1, -1]], np.float32))
    '[[0.1, -1.0]]'
    """
    if array.ndim == 1:
        return f"[{', '.join(map(str, array))}]"
    return f"[{', '.join(map(numbers, array))}]"
