"""One array as a file: a picture exactly as it is shown, or its numbers."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from explorer.rendering import scales
from explorer.rendering.sheet import indexed_png

Float = NDArray[np.float32]


def png(
    values: ArrayLike,
    *,
    colors: scales.Colors = "signed",
    end: float | None = None,
    theme: scales.Theme = "light",
    zoom: int = 1,
) -> bytes:
    """Draw a map as the lens shows it.

    Parameters
    ----------
    values
        (H, W), finite.
    colors, theme
        As in `explorer.rendering.scales.palette`.
    end
        The scale's end; the map's own where None is given.
    zoom
        Each number becomes zoom × zoom px, at least 1.

    Returns
    -------
    bytes
        A palette PNG, lossless.

    Raises
    ------
    ValueError
        If the shape is another or the zoom is below 1.

    Examples
    --------
    >>> png([[0, 1], [-1, 0]])[1:4]
    b'PNG'
    """
    array = np.asarray(values, np.float32)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"values: got the shape {array.shape}, needed is (H, W), not empty")
    if zoom < 1:
        raise ValueError(f"zoom: got {zoom}, needed is at least 1")
    largest = scales.limit(array)  # refuses what is not finite, also where an end is given
    indices = scales.to_index(array, largest if end is None else end, colors)
    large = indices.repeat(zoom, axis=0).repeat(zoom, axis=1)
    return indexed_png(large, scales.palette(colors, theme), level=6)


def lossless(pixels: NDArray[np.uint8], side: int) -> bytes:
    """Return pixels as a PNG, each enlarged to a square so that the picture is about ``side`` px wide.

    Parameters
    ----------
    pixels
        (H, W, 3).
    side
        In px; a larger picture stays as large as it is.

    Examples
    --------
    >>> lossless(np.zeros((2, 2, 3), np.uint8), 8)[1:4]
    b'PNG'
    """
    zoom = max(1, round(side / pixels.shape[1]))
    file = io.BytesIO()
    Image.fromarray(pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def npy(values: ArrayLike) -> bytes:
    """Return the numbers as a NumPy file, float32.

    Examples
    --------
    >>> np.load(io.BytesIO(npy([[1, 2]])))
    array([[1., 2.]], dtype=float32)
    """
    file = io.BytesIO()
    np.save(file, np.asarray(values, np.float32), allow_pickle=False)
    return file.getvalue()


def csv(values: ArrayLike) -> str:
    r"""Return the numbers as lines with commas, each as short as it reads back to the same float32.

    Parameters
    ----------
    values
        (H, W).

    Examples
    --------
    >>> csv([[1, 0.1], [-4, 2]])
    '1,0.1\n-4,2\n'
    """
    array = np.asarray(values, np.float32)
    if array.ndim != 2:
        raise ValueError(f"values: got the shape {array.shape}, needed is (H, W)")
    lines = (",".join(str(v).removesuffix(".0") for v in row) for row in array)
    return "".join(f"{line}\n" for line in lines)
