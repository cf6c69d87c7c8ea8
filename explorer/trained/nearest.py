"""Which kernels of the library a learned filter is like, and a person's own kernel laid on its channels."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from explorer.operations.kernels import KERNELS, PARAMETRIC, Kernel

Float = NDArray[np.float32]
_DIRECTIONS = {0: "0°", 45: "45°", 90: "90°", 135: "135°"}


@dataclass(frozen=True)
class Nearness:
    """How like a library kernel a filter is.

    Attributes
    ----------
    key, title
        Of the kernel, in `library`.
    likeness
        From 0 to 1: 1 is the kernel itself in every channel, each with a strength and sign of its own; 0 has
        nothing of it. It is the cosine of the angle between the filter and the nearest such filter.
    channels
        What each channel has of it, from −1 to 1; the root of the sum of their squares is the likeness.
    """

    key: str
    title: str
    likeness: float
    channels: tuple[float, ...]


@lru_cache(maxsize=8)
def library(size: int) -> Mapping[str, Kernel]:
    """Return the kernels that a filter of ``size`` × ``size`` is held against.

    Those of the library that have this size, and its Gaussian, Laplacian of Gaussian and Gabor kernels (four
    directions, even and odd) built in it. Of kernels that differ in strength or sign alone the first is kept.

    Examples
    --------
    >>> "sobel-vertical" in library(3), "gabor-45-odd" in library(3)
    (True, True)
    """
    found = {key: kernel for key, kernel in KERNELS.items() if kernel.shape == (size, size)}
    if size % 2 and size >= 3:
        sigma = size / 5
        built = {
            "gaussian": (PARAMETRIC["gaussian"].build(size=size, sigma=sigma), "Gaussian blur"),
            "log": (PARAMETRIC["log"].build(size=size, sigma=sigma), "Laplacian of Gaussian"),
        }
        for angle, said in _DIRECTIONS.items():
            for phase, word in ((0, "even"), (90, "odd")):
                made = PARAMETRIC["gabor"].build(
                    size=size, wavelength=max(2.5, float(size)), angle=angle, sigma=sigma, phase=phase
                )
                built[f"gabor-{angle}-{word}"] = made, f"Gabor, {said}, {word}"
        for key, (kernel, title) in built.items():
            found.setdefault(key, Kernel(key, kernel.weights, kernel.summary, kernel.source, title))
    distinct: dict[str, Kernel] = {}
    for key, kernel in found.items():
        if all(
            abs(float(likeness(kernel.weights[None], other.weights)[0])) < 1 - 1e-6 for other in distinct.values()
        ):
            distinct[key] = kernel
    return MappingProxyType(distinct)


def likeness(weights: Float, kernel: Float) -> Float:
    """Return what each channel of a filter has of a kernel.

    Parameters
    ----------
    weights
        (C_in, kH, kW).
    kernel
        (kH, kW).

    Returns
    -------
    ndarray of float32, (C_in,)
        Σ w·k / (‖w‖·‖k‖) of each channel, with the norm of the whole filter; 0 where either is zeros. It is the
        normalised cross-correlation of template matching at no shift [1]_, without taking the means off: a blur
        differs from an edge by its mean.

    Raises
    ------
    ValueError
        If their sizes differ.

    References
    ----------
    .. [1] R. Szeliski, Computer Vision: Algorithms and Applications, 2nd edition (2022), section 9.1.

    Examples
    --------
    >>> likeness(np.array([[[4, -4]], [[-3, 3]]], np.float32), np.array([[1, -1]], np.float32)).tolist()
    [0.800000011920929, -0.6000000238418579]
    """
    if weights.ndim != 3 or weights.shape[1:] != kernel.shape:
        raise ValueError(f"kernel: got {kernel.shape} for a filter of {weights.shape}: their sizes must be equal")
    norms = float(np.linalg.norm(weights.astype(np.float64)) * np.linalg.norm(kernel.astype(np.float64)))
    shares = np.einsum("cij,ij->c", weights.astype(np.float64), kernel.astype(np.float64))
    return np.asarray(shares / norms if norms else 0 * shares, np.float32)


def nearest(weights: Float, *, most: int = 3) -> tuple[Nearness, ...]:
    """Return the library kernels that a filter is most like, the nearest first.

    Parameters
    ----------
    weights
        (C_in, k, k).
    most
        How many.

    Returns
    -------
    tuple of Nearness
        Fewer where the library has fewer of this size.

    Raises
    ------
    ValueError
        If the filter is not as high as wide, or ``most`` is below 1.

    Examples
    --------
    >>> sobel = KERNELS["sobel-vertical"].weights
    >>> [(one.key, round(one.likeness, 2)) for one in nearest(np.stack([sobel, -sobel, 0 * sobel]), most=2)]
    [('sobel-vertical', 1.0), ('scharr-vertical', 0.98)]
    """
    _square(weights)
    if most < 1:
        raise ValueError(f"most: got {most}, needed is at least 1")
    found = []
    for key, kernel in library(weights.shape[-1]).items():
        channels = likeness(weights, kernel.weights)
        whole = min(1.0, float(np.linalg.norm(channels)))
        found.append(Nearness(key, kernel.title, whole, tuple(channels.tolist())))
    return tuple(sorted(found, key=lambda one: -one.likeness)[:most])


def most_like(filter_bank: Float, keys: Collection[str]) -> tuple[int, float]:
    """Return which filter of a layer is most like one of some kernels, and how like.

    Parameters
    ----------
    filter_bank
        (C_out, C_in, k, k).
    keys
        Of `library`, as those of both directions of one kernel.

    Returns
    -------
    filter : int
        From 0; the first of equals.
    likeness : float
        From 0 to 1, as `Nearness.likeness`.

    Raises
    ------
    ValueError
        If the filters are not as high as wide, or the library has no such kernel of their size.

    Examples
    --------
    >>> blur, edge = KERNELS["box-blur"].weights, KERNELS["sobel-vertical"].weights
    >>> most_like(np.stack([[blur], [-edge]]), ["sobel-vertical", "sobel-horizontal"])
    (1, 1.0)
    """
    _square(filter_bank[0])
    known = library(filter_bank.shape[-1])
    if not keys or not set(keys) <= set(known):
        legal = ", ".join(known) or "none of this size"
        raise ValueError(f"keys: got {', '.join(keys) or 'none'}, legal are {legal}")
    kernels = np.stack([known[key].weights for key in keys]).astype(np.float64)
    kernels /= np.linalg.norm(kernels, axis=(1, 2), keepdims=True)
    filters = filter_bank.astype(np.float64).reshape(*filter_bank.shape[:2], -1)
    channels = filters @ kernels.reshape(len(kernels), -1).T  # (C_out, C_in, kernels)
    norms = np.linalg.norm(filters, axis=(1, 2))
    scores = np.linalg.norm(channels, axis=1).max(1) / np.where(norms > 0, norms, 1)
    top = int(scores.argmax())
    return top, min(1.0, float(scores[top]))


def own_filter(kernel: Float, learned: Float, *, match: bool = True) -> Float:
    """Return a kernel as a filter: laid on every channel and divided by their number.

    Parameters
    ----------
    kernel
        (kH, kW), at most as large as the filter; a smaller one is put in the middle, zeros around it.
    learned
        The filter that it takes the place of, (C_in, kH, kW).
    match
        Whether it is scaled to the learned filter's norm, so that what follows gets numbers of the usual size.

    Raises
    ------
    ValueError
        If it is larger than the filter.

    Examples
    --------
    >>> own_filter(np.ones((1, 1), np.float32), np.zeros((2, 3, 3), np.float32), match=False)[:, 1].tolist()
    [[0.0, 0.5, 0.0], [0.0, 0.5, 0.0]]
    """
    channels, rows, cols = learned.shape
    if kernel.shape[0] > rows or kernel.shape[1] > cols:
        raise ValueError(
            f"kernel: got {kernel.shape[0]} × {kernel.shape[1]}, this layer takes at most {rows} × {cols}"
        )
    top, left = (rows - kernel.shape[0]) // 2, (cols - kernel.shape[1]) // 2
    laid = np.zeros(learned.shape, np.float64)
    laid[:, top : top + kernel.shape[0], left : left + kernel.shape[1]] = kernel / channels
    norm = float(np.linalg.norm(laid))
    if match and norm:
        laid *= float(np.linalg.norm(learned.astype(np.float64))) / norm
    return np.asarray(laid, np.float32)


def _square(weights: Float) -> None:
    if weights.ndim != 3 or weights.shape[1] != weights.shape[2]:
        raise ValueError(f"weights: got {weights.shape}, needed is (channels, size, size)")
