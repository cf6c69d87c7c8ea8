"""Kernels built from their meaning: what smooths, what differentiates, what has a direction.

All functions return float32 (kH, kW). "Convolution" is cross-correlation: a kernel is laid on as it is printed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

# One axis at a time: a smoothing row and a differentiating row make an edge detector (outer product).
DIFFERENCE = np.array([-1, 0, 1], np.float32)
SMOOTH = {
    "sobel": np.array([1, 2, 1], np.float32),
    "prewitt": np.array([1, 1, 1], np.float32),
    "scharr": np.array([3, 10, 3], np.float32),
}
# Kirsch's ring of eight neighbours, clockwise from the top left corner.
_RING = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))


def identity(size: int = 3) -> Float:
    """Return a kernel that copies the image: 1 in the centre."""
    kernel = np.zeros((size, size), np.float32)
    kernel[size // 2, size // 2] = 1
    return kernel


def box(size: int = 3) -> Float:
    """Return the mean of size × size numbers."""
    return np.full((size, size), 1 / size**2, np.float32)


def _offsets(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (rows, cols) measured from the kernel's centre."""
    half = (size - 1) / 2
    rows, cols = np.mgrid[:size, :size] - half
    return rows, cols


def gaussian(size: int = 5, sigma: float = 1.0) -> Float:
    """Return exp(−(r² + c²) / 2σ²), scaled to the sum 1.

    Parameters
    ----------
    size
        Rows and columns.
    sigma
        Standard deviation in pixels, above 0.
    """
    rows, cols = _offsets(size)
    weights = np.exp(-(rows**2 + cols**2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum(), np.float32)


def _zero_sum(weights: NDArray[np.float64]) -> Float:
    """Take the mean off, so that a flat region gives 0 as it does in the continuous formula."""
    return np.asarray(weights - weights.mean(), np.float32)


def laplacian_of_gaussian(size: int = 9, sigma: float = 1.4) -> Float:
    """Return −∇²G, positive in the centre, with its mean taken off."""
    rows, cols = _offsets(size)
    q = (rows**2 + cols**2) / (2 * sigma**2)
    return _zero_sum((1 - q) * np.exp(-q) / (np.pi * sigma**4))


def difference_of_gaussians(size: int = 9, sigma: float = 1.0, ratio: float = 1.6) -> Float:
    """Return a narrow Gaussian minus one ``ratio`` times as wide."""
    narrow, wide = gaussian(size, sigma), gaussian(size, sigma * ratio)
    return _zero_sum(narrow.astype(np.float64) - wide)


def unsharp(size: int = 5, sigma: float = 1.0, amount: float = 1.0) -> Float:
    """Return the image plus ``amount`` times what a Gaussian blur takes away."""
    return (identity(size) * np.float32(1 + amount) - np.float32(amount) * gaussian(size, sigma)).astype(
        np.float32
    )


def edges(smooth: Float, *, vertical: bool) -> Float:
    """Return smoothing along the edge times a difference across it.

    Parameters
    ----------
    smooth
        (3,) weights along the edge.
    vertical
        True finds vertical edges: positive where it is darker on the left and brighter on the right.
    """
    across = np.outer(smooth, DIFFERENCE)
    return np.ascontiguousarray(across if vertical else across.T)


def kirsch(turns: int) -> Float:
    """Return the compass kernel for north, turned clockwise by ``turns`` eighths."""
    kernel = np.full((3, 3), -3, np.float32)
    kernel[1, 1] = 0
    for step in range(3):
        kernel[_RING[(step + turns) % 8]] = 5
    return kernel


def motion(size: int = 9, angle: float = 0.0) -> Float:
    """Return the mean along a line through the centre.

    Parameters
    ----------
    size
        Rows and columns.
    angle
        Degrees, counted from the horizontal towards the top.
    """
    turned = np.deg2rad(angle)
    kernel = np.zeros((size, size), np.float64)
    half = (size - 1) / 2
    # Four points a cell: enough that no cell on the line is missed.
    for t in np.linspace(-half, half, 4 * size + 1):
        row, col = half - t * np.sin(turned), half + t * np.cos(turned)
        kernel[round(row), round(col)] += 1
    # A point between two cells rounds to one of them: with its mirror image the mean stays where the pixel is.
    kernel += kernel[::-1, ::-1].copy()
    return np.asarray(kernel / kernel.sum(), np.float32)


def gabor(
    size: int = 11, wavelength: float = 5.0, angle: float = 0.0, sigma: float = 2.5, phase: float = 0.0
) -> Float:
    """Return a wave under a round Gaussian, with its mean taken off.

    Parameters
    ----------
    size
        Rows and columns.
    wavelength, sigma
        In pixels.
    angle
        Degrees; 0 finds vertical stripes, 90 horizontal ones.
    phase
        Degrees; 0 is even (a line), 90 is odd (an edge).
    """
    rows, cols = _offsets(size)
    turned = np.deg2rad(angle)
    along = cols * np.cos(turned) + rows * np.sin(turned)
    envelope = np.exp(-(rows**2 + cols**2) / (2 * sigma**2))
    wave = np.cos(2 * np.pi * along / wavelength + np.deg2rad(phase))
    weights = envelope * wave
    weights -= envelope * (weights.sum() / envelope.sum())
    return np.asarray(weights / np.abs(weights).sum(), np.float32)


def line(*, angle: int) -> Float:
    """Return the 3 × 3 detector of one-pixel lines at 0, 45, 90 or 135 degrees."""
    flat = np.array([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], np.float32)
    rising = np.array([[-1, -1, 2], [-1, 2, -1], [2, -1, -1]], np.float32)
    return np.ascontiguousarray({0: flat, 45: rising, 90: flat.T, 135: rising[:, ::-1]}[angle])
