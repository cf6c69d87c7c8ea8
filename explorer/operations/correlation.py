"""The sums of products themselves, as fast as they can be had without giving up digits.

OpenCV adds up few weights directly. For many of them it would go through a Fourier transform in float32, where
whole numbers are no longer exact and one infinite pixel reaches every output; so kernels are handed to it in
pieces that it adds up directly, and where that would take longer the transform is done here: tile by tile, in
float32 only where nothing is lost by it and else in float64.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from itertools import product
from math import ceil
from typing import Literal, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.operations.shapes import Pads, Pair

Float = NDArray[np.float32]
Exact = NDArray[np.float64]
T = TypeVar("T")
Border = Literal["zero", "reflect", "replicate", "wrap"]

_CV: Mapping[Border, int] = {
    "zero": cv2.BORDER_CONSTANT,
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "wrap": cv2.BORDER_WRAP,
}
# From 130 weights on, zeros included, filter2D goes through a Fourier transform.
_DIRECT_AREA = 11 * 11
# As many weights other than 0 as are added up directly faster than by a transform of our own.
_DIRECT_WEIGHTS = 260
# The same where the transform takes whole planes, see `_WHOLE_PLANES`.
_DIRECT_WEIGHTS_BESIDE_PLANES = 150
# From so many products on it is worth sharing them among the cores; in strips of so many rows.
_WORTH_SHARING = 30_000_000
_STRIP = 128
_NONE: Pads = ((0, 0), (0, 0))
# The most rows and columns of a tile, and what it costs beside its transform, in cells: 300 × 540 float64 are
# 1.3 MB, which a core's cache holds, and 512 × 512 still make a tile for each of two cores.
_TILE = (300, 540)
_OVERHEAD = 40
# Intel's routines in OpenCV transform planes of float32 in a quarter of its own time, but none whose empty rows it
# is told of; those are worth telling everywhere else.
_WHOLE_PLANES = cv2.ipp.useIPP()
# Up to here a transform in float64 is off by less than 1e-9 of a weight; larger numbers are added up directly.
_LARGEST = 1e6


def correlate(pixels: Float, kernel: Float, around: Pads, border: Border) -> Float:
    """Lay a kernel on every place of an image where it fits.

    Parameters
    ----------
    pixels
        (H, W) or (H, W, 3) float32.
    kernel
        (kH, kW) float32, at most as large as the padded image.
    around
        ((top, bottom), (left, right)) cells to add.
    border
        What stands in them.

    Returns
    -------
    ndarray of float32
        (H', W') or (H', W', 3), perhaps a view; never of ``pixels``.

    Examples
    --------
    >>> correlate(np.eye(2, dtype=np.float32), np.ones((1, 2), np.float32), ((0, 0), (1, 0)), "zero")
    array([[1., 1.],
           [0., 1.]], dtype=float32)
    """
    if kernel[0, 0] == 0 and not kernel.any():
        # filter2D would read one pixel all the same, and 0 times infinity is no number.
        rows, cols = (n + sum(add) - k + 1 for n, add, k in zip(pixels.shape, around, kernel.shape, strict=False))
        return np.zeros((rows, cols, *pixels.shape[2:]), np.float32)
    if kernel.size <= _DIRECT_AREA and _native(kernel, around, border):
        if pixels.size * kernel.size < _WORTH_SHARING:
            return _one_call(pixels, kernel, around, border)
        return _direct(pixels, [(0, 0, kernel)], kernel.shape, around, border)
    padded = pad(pixels, around, border)
    weights = np.count_nonzero(kernel)
    if weights > _DIRECT_WEIGHTS_BESIDE_PLANES:
        # No number where one is not finite, and then the comparisons are False.
        largest = max(float(padded.max()), -float(padded.min()))
        # Images from 0 to 1 under weights that are no whole numbers: float32 is off by some 3e-8 of the weights'
        # sum, less than adding up in float32 is. Whole numbers stay exact, and small ones beside large ones, in
        # float64.
        plain = largest <= 1 and not np.array_equal(kernel, np.rint(kernel))
        few = _DIRECT_WEIGHTS_BESIDE_PLANES if plain and _WHOLE_PLANES else _DIRECT_WEIGHTS
        if largest <= _LARGEST and weights > few:
            return _by_fourier(padded, kernel, largest, plain=plain)
    return _direct(padded, _pieces(kernel), kernel.shape, _NONE, "replicate")


def pad(pixels: Float, around: Pads, border: Border) -> Float:
    """Return an image with its border, or itself where there is none.

    Examples
    --------
    >>> pad(np.array([[1, 2]], np.float32), ((0, 0), (1, 1)), "wrap")
    array([[2., 1., 2., 1.]], dtype=float32)
    """
    (top, bottom), (left, right) = around
    if not (top or bottom or left or right):
        return pixels
    return np.asarray(
        cv2.copyMakeBorder(pixels, top, bottom, left, right, _CV[border], value=(0, 0, 0, 0)), np.float32
    )


def _native(kernel: Float, around: Pads, border: Border) -> bool:
    """Tell whether filter2D can make the border by itself: none is wider than the kernel reaches."""
    (top, bottom), (left, right) = around
    if not (top or bottom or left or right):
        return True
    return border != "wrap" and top + bottom < kernel.shape[0] and left + right < kernel.shape[1]


def _starts(size: int, step: int) -> list[slice]:
    return [slice(first, min(first + step, size)) for first in range(0, size, step)]


def _one_call(pixels: Float, kernel: Float, around: Pads, border: Border) -> Float:
    """Let filter2D do it; the anchor puts a window's sum where its padded window begins."""
    (top, bottom), (left, right) = around
    # Where no cell is added, what the border would make is cut off again.
    rule = _CV[border] if top or bottom or left or right else cv2.BORDER_REPLICATE
    whole = cv2.filter2D(pixels, cv2.CV_32F, kernel, None, (left, top), 0, rule)
    rows = pixels.shape[0] + top + bottom - kernel.shape[0] + 1
    cols = pixels.shape[1] + left + right - kernel.shape[1] + 1
    return cast(Float, whole[:rows, :cols])


def _pieces(kernel: Float) -> list[tuple[int, int, Float]]:
    """Cut a kernel into (row, col, weights) that are each small enough to be added up directly."""
    wide = min(kernel.shape[1], _DIRECT_AREA)
    high = max(1, _DIRECT_AREA // wide)
    # Only where there are weights: a dilated kernel may be as large as the image and nearly empty.
    corners = sorted({(row // high * high, col // wide * wide) for row, col in np.argwhere(kernel).tolist()})
    return [(row, col, kernel[row : row + high, col : col + wide]) for row, col in corners or [(0, 0)]]


def _direct(
    pixels: Float, pieces: list[tuple[int, int, Float]], kernel: tuple[int, ...], around: Pads, border: Border
) -> Float:
    """Add up products with filter2D, piece by piece, and strip by strip where the cores share the work.

    Parameters
    ----------
    pixels, around, border
        As in `correlate`; where there are several pieces, without a border.
    pieces
        (row, col, weights): parts of the kernel and where they lie in it.
    kernel
        The whole kernel's (kH, kW).
    """
    (top, bottom), (left, right) = around
    rule = _CV[border] if top or bottom or left or right else cv2.BORDER_REPLICATE
    rows = pixels.shape[0] + top + bottom - kernel[0] + 1
    cols = pixels.shape[1] + left + right - kernel[1] + 1
    out = np.empty((rows, cols, *pixels.shape[2:]), np.float32)

    def fill(strip: slice) -> None:
        first, last = strip.start, strip.stop
        for turn, (row, col, weights) in enumerate(pieces):
            start = max(0, first + row - top)
            part = pixels[start : last + row - top + weights.shape[0] - 1, col:]
            whole = cv2.filter2D(part, cv2.CV_32F, weights, None, (left, top), 0, rule)
            sums = whole[first + row - start : last + row - start, :cols]
            if turn == 0:
                out[strip] = sums
            else:
                with np.errstate(over="ignore", invalid="ignore"):
                    out[strip] += sums

    shared = out.size * sum(piece[2].size for piece in pieces) >= _WORTH_SHARING
    _share(fill, _starts(rows, max(_STRIP, 4 * kernel[0]) if shared else rows))
    return out


def _share(work: Callable[[T], None], parts: list[T]) -> None:
    """Do the work on each part, on as many cores as there are."""
    if len(parts) == 1:
        work(parts[0])
    else:
        list(_threads().map(work, parts))


@lru_cache(maxsize=256)
def _tiling(out: int, kernel: int, most: int) -> tuple[int, int]:
    """Return (outputs per tile, cells of its transform) along one axis, the cheapest of at most so many cells."""
    least = ceil(out / max(1, most - kernel + 1))
    choices = []
    for count in range(least, least + 4):
        share = ceil(out / count)
        cells = cv2.getOptimalDFTSize(share + kernel - 1)
        choices.append((count * (cells + _OVERHEAD), share, cells))
    _, share, cells = min(choices)
    return share, cells


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "correlation")


def _by_fourier(padded: Float, kernel: Float, largest: float, *, plain: bool) -> Float:
    """Multiply spectra, tile by tile (overlap-save), in float32 where ``plain``; no number exceeds ``largest``."""
    number = np.float32 if plain else np.float64
    rows, cols = padded.shape[0] - kernel.shape[0] + 1, padded.shape[1] - kernel.shape[1] + 1
    down = _tiling(rows, kernel.shape[0], _TILE[0])
    across = _tiling(cols, kernel.shape[1], _TILE[1])
    cells = (down[1], across[1])
    spectrum = _spectrum(kernel, cells, number)
    out = np.empty((rows, cols, *padded.shape[2:]), np.float32)
    planes = [(padded, out)] if padded.ndim == 2 else [(padded[..., c], out[..., c]) for c in range(3)]

    def fill(tile: tuple[tuple[Float, Float], slice, slice]) -> None:
        (source, result), at_rows, at_cols = tile
        part = source[
            at_rows.start : at_rows.stop + kernel.shape[0] - 1, at_cols.start : at_cols.stop + kernel.shape[1] - 1
        ]
        product_of = cv2.mulSpectrums(_spectrum(part, cells, number), spectrum, 0, conjB=True)
        kept = at_rows.stop - at_rows.start
        way = cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT
        sums = cv2.dft(product_of, None, way, _rows(kept, number))
        inner = sums[:kept, : at_cols.stop - at_cols.start]
        result[at_rows, at_cols] = inner if plain else inner * (np.abs(inner) > nothing)

    # Rounding in float64 stays far below this: what is smaller is a sum of 0.
    nothing = 0.0 if plain else 1e-14 * largest * float(np.abs(kernel).sum(dtype=np.float64))
    tiles = list(product(planes, _starts(rows, down[0]), _starts(cols, across[0])))
    _share(fill, tiles)
    return out


def _spectrum(part: Float, cells: Pair, number: type[np.float32 | np.float64]) -> Float | Exact:
    """Return the packed spectrum of an array with zeros behind it."""
    room = np.zeros(cells, number)
    room[: part.shape[0], : part.shape[1]] = part
    return cast(Exact, cv2.dft(room, None, 0, _rows(part.shape[0], number)))


def _rows(used: int, number: type[np.float32 | np.float64]) -> int:
    """Return what OpenCV's transform is told of the rows that are used; 0 where it does better not to know."""
    return 0 if _WHOLE_PLANES and number is np.float32 else used
