"""Small pictures in rows on one sheet, each enlarged to a square of whole pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.rendering import scales
from explorer.rendering.picture import lossless

Float = NDArray[np.float32]
_FRAME = 2  # px of hairline: what is white shows where it ends


def contact(
    rows: Sequence[Sequence[Float]], *, side: int = 112, gap: int = 12, theme: scales.Theme = "light"
) -> bytes:
    """Draw rows of pictures on paper.

    Parameters
    ----------
    rows
        Each of pictures (3, H, W) or (1, H, W) in [0, 1]; a row may be shorter than others, or empty.
    side
        How large each is drawn at most, in px; each of its cells becomes a square of whole px.
    gap
        Between two, in px.
    theme
        Of the paper.

    Returns
    -------
    bytes
        PNG, lossless.

    Raises
    ------
    ValueError
        If there is no picture at all, or one is larger than ``side``.

    Examples
    --------
    >>> contact([[np.zeros((3, 2, 2), np.float32)]])[1:4]
    b'PNG'
    """
    most = max((len(row) for row in rows), default=0)
    if not most:
        raise ValueError("rows: got no picture, needed is at least one")
    step = side + gap
    sheet = np.empty((len(rows) * step - gap + _FRAME, most * step - gap + _FRAME, 3), np.uint8)
    sheet[:] = scales.rgb(scales.PAPER[theme]).astype(np.uint8)
    for down, row in enumerate(rows):
        for right, picture in enumerate(row):
            zoom = side // max(picture.shape[1:])
            if zoom < 1:
                raise ValueError(f"rows: got a picture of {picture.shape[1:]}, needed is at most {side} × {side}")
            grey = (
                np.moveaxis(scales.to_index(picture, 1.0, "gray"), 0, -1).repeat(zoom, axis=0).repeat(zoom, axis=1)
            )
            top, left = max(down * step - _FRAME, 0), max(right * step - _FRAME, 0)
            bottom, end = (
                at * step + size + _FRAME for at, size in ((down, grey.shape[0]), (right, grey.shape[1]))
            )
            sheet[top:bottom, left:end] = scales.rgb(scales.HAIRLINE[theme]).astype(np.uint8)
            sheet[down * step : down * step + grey.shape[0], right * step : right * step + grey.shape[1]] = grey
    return lossless(sheet, sheet.shape[1])
