"""A person's image brought to the shape that a network takes. Needs no torch."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations.arrays import floats

Float = NDArray[np.float32]

# ITU-R BT.601-7, section 2.5.1: E'Y = 0.299 E'R + 0.587 E'G + 0.114 E'B, in thousandths.
_LUMA = np.array([[299.0, 587.0, 114.0]], np.float32)


def resize(image: ArrayLike, rows: int, cols: int) -> Float:
    """Cut the largest piece of the right proportions out of an image's centre, and bring it to a size.

    Shrinking averages the pixels that fall together; enlarging is bicubic, kept within the darkest and the
    brightest value. For a square this is what `explorer.images.fit` does.

    Parameters
    ----------
    image
        (H, W) or (H, W, 3) finite numbers, which are taken as they are.
    rows, cols
        The size, at least 1 each.

    Returns
    -------
    ndarray (rows, cols) or (rows, cols, 3) float32
        Always a new array.

    Raises
    ------
    ValueError
        If ``image`` is not an image as above, or a size is smaller than 1.

    Examples
    --------
    >>> resize([[0, 2, 4, 6], [0, 2, 4, 6]], 1, 2)
    array([[1., 5.]], dtype=float32)
    """
    pixels = floats("image", image)
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or 0 in pixels.shape:
        raise ValueError(f"image: got the shape {pixels.shape}, needed is (H, W) or (H, W, 3), not empty")
    if not np.isfinite(pixels).all():
        raise ValueError("image: got a number that is not finite, needed are numbers")
    if rows < 1 or cols < 1:
        raise ValueError(f"rows, cols: got {rows} and {cols}, needed is at least 1 each")
    high, wide = pixels.shape[:2]
    tall = min(high, max(1, round(wide * rows / cols)))
    broad = min(wide, max(1, round(high * cols / rows)))
    top, left = (high - tall) // 2, (wide - broad) // 2
    crop = pixels[top : top + tall, left : left + broad]
    if (tall, broad) == (rows, cols):
        return crop.copy()
    way = cv2.INTER_AREA if rows <= tall and cols <= broad else cv2.INTER_CUBIC
    resized = cv2.resize(np.ascontiguousarray(crop), (cols, rows), interpolation=way)
    return np.asarray(resized.clip(crop.min(), crop.max()), np.float32)


def fit_input(image: ArrayLike, input_shape: tuple[int, int, int]) -> Float:
    """Bring an image to the input of a network.

    It is cropped and resized as by `resize`. A network of one channel sees colour as its brightness (ITU-R
    BT.601); one of three sees grey three times; one of any other number of channels sees the brightness in each.

    Parameters
    ----------
    image
        (H, W) or (H, W, 3), usually in [0, 1].
    input_shape
        (C, H, W).

    Returns
    -------
    ndarray (C, H, W) float32
        A new array, C-contiguous.

    Raises
    ------
    ValueError
        As `resize`.

    Examples
    --------
    >>> fit_input([[[1, 0, 0]]], (1, 1, 1)), fit_input([[0.5]], (2, 1, 1)).tolist()
    (array([[[0.299]]], dtype=float32), [[[0.5]], [[0.5]]])
    """
    channels, rows, cols = input_shape
    pixels = resize(image, rows, cols)
    if pixels.ndim == 3 and channels == 3:
        return np.ascontiguousarray(np.moveaxis(pixels, 2, 0))
    grey = pixels
    if pixels.ndim == 3:
        grey = np.asarray(cv2.transform(pixels, _LUMA), np.float32) / np.float32(1000)
    return np.repeat(grey[None], channels, axis=0)
