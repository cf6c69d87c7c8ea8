"""All feature maps of a layer on one sheet: a palette PNG, exact to the index and recoloured by its palette."""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.rendering import scales

GAP = 1  # px of hairline between maps and around them


@dataclass(frozen=True)
class Layout:
    """Where each map lies on a sheet.

    Attributes
    ----------
    count, rows, cols
        How many maps, and each one's size in px.
    columns
        Maps in a row of the sheet.
    """

    count: int
    rows: int
    cols: int
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the sheet in px."""
        lines = math.ceil(self.count / self.columns)
        return lines * (self.rows + GAP) + GAP, self.columns * (self.cols + GAP) + GAP

    def corner(self, number: int) -> tuple[int, int]:
        """Return the (row, col) of a map's top left px.

        Raises
        ------
        ValueError
            If there is no such map.
        """
        if not 0 <= number < self.count:
            raise ValueError(f"number: got {number}, needed is 0 to {self.count - 1}")
        line, column = divmod(number, self.columns)
        return line * (self.rows + GAP) + GAP, column * (self.cols + GAP) + GAP

    def at(self, row: int, col: int) -> tuple[int, int, int] | None:
        """Return (map, row, col) of a px of the sheet, or None on a hairline or outside.

        Examples
        --------
        >>> Layout(4, 2, 2, 2).at(1, 4)
        (1, 0, 0)
        """
        line, r = divmod(row - GAP, self.rows + GAP)
        column, c = divmod(col - GAP, self.cols + GAP)
        number = line * self.columns + column
        inside = row >= GAP and col >= GAP and r < self.rows and c < self.cols and column < self.columns
        return (number, r, c) if inside and number < self.count else None


def layout(shape: tuple[int, int, int], columns: int | None = None) -> Layout:
    """Return the layout of maps (C, H, W); about as wide as high where no columns are given."""
    if columns is not None and (isinstance(columns, bool) or not isinstance(columns, (int, np.integer))):
        raise ValueError(f"columns: got {columns!r}, needed is a whole number")
    if columns is not None and columns < 1:
        raise ValueError(f"columns: got {columns}, needed is at least 1")
    count, rows, cols = shape
    wide = columns or max(1, round(math.sqrt(count * rows / cols)))
    return Layout(count, rows, cols, min(wide, count))


def limits(feature_maps: ArrayLike, scale: Literal["shared", "each"] = "shared") -> list[float]:
    """Return the end of every map's scale: one for all, or each map's own.

    Examples
    --------
    >>> limits([[[1.0]], [[-3.0]]]), limits([[[1.0]], [[-3.0]]], "each")
    ([3.0, 3.0], [1.0, 3.0])
    """
    maps = np.asarray(feature_maps, np.float32)
    if scale == "shared":
        return [scales.limit(maps)] * len(maps)
    if scale == "each":
        return [scales.limit(one) for one in maps]
    raise ValueError(f"scale: got {scale!r}, legal are shared and each")


def sheet(
    feature_maps: ArrayLike,
    *,
    scale: Literal["shared", "each"] = "shared",
    colors: Literal["signed", "positive"] = "signed",
    theme: scales.Theme = "light",
    columns: int | None = None,
) -> bytes:
    """Draw feature maps on one sheet.

    Parameters
    ----------
    feature_maps
        (C, H, W), finite.
    scale
        "shared": all maps end at the largest absolute value of all. "each": each at its own; see `limits`.
    colors
        "signed" from −end to end, or "positive" from 0 to end, where negative numbers are refused.
    theme
        "light" or "dark": only the palette differs.
    columns
        Maps in a row; about a square where None is given.

    Returns
    -------
    bytes
        A palette PNG; its indices are `explorer.rendering.scales.to_index` of the numbers, nothing is lost
        beyond that.

    Raises
    ------
    ValueError
        If the shape is another, a number is not finite, or a negative number meets "positive".

    Examples
    --------
    >>> sheet(np.zeros((2, 3, 3)))[1:4]
    b'PNG'
    """
    maps = _checked(feature_maps)
    if colors not in ("signed", "positive"):
        raise ValueError(f"colors: got {colors!r}, legal are signed and positive")
    ends = limits(maps, scale)
    if colors == "positive" and maps.min() < 0:
        raise ValueError(f"colors: got positive and a number of {maps.min():g}; negative numbers need signed")
    plan = layout((maps.shape[0], maps.shape[1], maps.shape[2]), columns)
    pixels = np.zeros(plan.shape, np.uint8)
    for number, (one, end) in enumerate(zip(maps, ends, strict=True)):
        row, col = plan.corner(number)
        pixels[row : row + plan.rows, col : col + plan.cols] = scales.to_index(one, end, colors)
    return indexed_png(pixels, scales.palette(colors, theme))


def _checked(feature_maps: ArrayLike) -> NDArray[np.float32]:
    try:
        given = np.asarray(feature_maps)
    except (TypeError, ValueError):
        raise ValueError("feature_maps: got maps of different sizes, needed is (C, H, W)") from None
    if given.dtype.kind not in "biuf":
        raise ValueError(f"feature_maps: got values of type {given.dtype}, needed are real numbers")
    if given.ndim != 3 or 0 in given.shape:
        raise ValueError(f"feature_maps: got the shape {given.shape}, needed is (C, H, W), not empty")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
        maps = given.astype(np.float32, copy=False)
    if not np.isfinite(maps).all():
        raise ValueError("feature_maps: got a number that is not finite, needed are finite ones")
    return maps


def indexed_png(indices: NDArray[np.uint8], palette: NDArray[np.uint8], *, level: int = 1) -> bytes:
    """Write a palette PNG.

    Parameters
    ----------
    indices
        (H, W) uint8.
    palette
        (256, 3) uint8.
    level
        zlib's, 0 to 9.

    References
    ----------
    ISO/IEC 15948:2004, Portable Network Graphics: chunks IHDR, PLTE, IDAT and IEND, colour type 3.
    """
    height, width = indices.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each line begins with its filter's number, 0
    lines[:, 1:] = indices
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), level)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
