"""Digits that the app makes itself, for a training in the classroom: no collection of handwriting ships with it.

Each is drawn with one of OpenCV's stroke fonts (after A. V. Hershey's of 1967) and then made different by size,
thickness, tilt and slant, as handwriting is, and brought to the middle.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.insight.contenders import DIGIT

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
_ROOM = 64  # px: drawn large and brought to 28, so that strokes have soft edges
_TALL = 42.0  # px of the drawing
_TURN, _SLANT = 18.0, 0.35  # degrees, and columns per row


def digits(count: int, *, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Make digits, each of the ten equally often but for a rest.

    Parameters
    ----------
    count
        How many, at least 1.
    seed
        What all that differs follows from.

    Returns
    -------
    images, labels
        uint8 (count, 28, 28), light ink on black; int64 (count,).

    Raises
    ------
    ValueError
        If ``count`` is less than 1.

    Examples
    --------
    >>> images, labels = digits(20, seed=1)
    >>> images.shape, sorted(labels.tolist()) == sorted(2 * list(range(10)))
    ((20, 28, 28), True)
    """
    if count < 1:
        raise ValueError(f"count: got {count}, needed is at least 1")
    draw = np.random.default_rng(seed)
    labels = draw.permutation(np.arange(count, dtype=np.int64) % 10)
    return np.stack([_drawn(int(label), draw) for label in labels]), labels


def _drawn(digit: int, draw: np.random.Generator) -> NDArray[np.uint8]:
    font = FONTS[int(draw.integers(len(FONTS)))]
    thick = int(draw.integers(3, 8))
    (_, height), _ = cv2.getTextSize(str(digit), font, 1.0, 1)
    scale = _TALL * float(draw.uniform(0.8, 1.15)) / height
    (width, height), _ = cv2.getTextSize(str(digit), font, scale, thick)
    canvas = np.zeros((_ROOM, _ROOM), np.uint8)
    corner = ((_ROOM - width) // 2, (_ROOM + height) // 2)
    cv2.putText(canvas, str(digit), corner, font, scale, 255, thick, cv2.LINE_AA)
    middle = (_ROOM - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), float(draw.uniform(-_TURN, _TURN)), 1.0)
    slant = float(draw.uniform(-_SLANT, _SLANT))
    matrix = np.array([[1, slant, -slant * middle], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
    tilted = cv2.warpAffine(canvas, matrix, (_ROOM, _ROOM), flags=cv2.INTER_LINEAR)
    return _centred(cv2.resize(tilted, (DIGIT, DIGIT), interpolation=cv2.INTER_AREA))


def _centred(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Bring the ink's centre of mass to the middle by whole pixels, as MNIST's digits are."""
    ink = image.astype(np.float64)
    total = ink.sum()
    places = np.arange(DIGIT)
    down, right = (round((DIGIT - 1) / 2 - float((ink.sum(axis) * places).sum() / total)) for axis in (1, 0))
    moved = np.zeros((DIGIT, DIGIT), np.uint8)
    rows = slice(max(down, 0), DIGIT + min(down, 0)), slice(max(-down, 0), DIGIT + min(-down, 0))
    cols = slice(max(right, 0), DIGIT + min(right, 0)), slice(max(-right, 0), DIGIT + min(-right, 0))
    moved[rows[0], cols[0]] = ink[rows[1], cols[1]].astype(np.uint8)
    return moved
