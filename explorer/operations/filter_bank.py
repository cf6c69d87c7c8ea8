"""Where a layer's filter bank comes from: kernels of the library, random numbers with a seed, or a person.

A bank says how its weights are made and makes them for an image of one or three channels; it is a link's
text and back. All of a bank's filters have one size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations.kernels import KERNELS

Float = NDArray[np.float32]

MOST_FILTERS = 16
LARGEST = 11


@dataclass(frozen=True)
class Colours:
    """How strongly a filter made of one kernel looks at red, green and blue.

    Attributes
    ----------
    label
        As it is shown.
    weights
        What the kernel is multiplied by in each of the three channels.
    """

    label: str
    weights: tuple[float, float, float]


# Colour-blind filters and colour-opponent ones are what a first layer learns by itself:
# A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet classification with deep convolutional neural networks",
# NeurIPS 2012, figure 3.
COLOURS: Mapping[str, Colours] = {
    "all": Colours("all colours", (1, 1, 1)),
    "red": Colours("red", (1, 0, 0)),
    "green": Colours("green", (0, 1, 0)),
    "blue": Colours("blue", (0, 0, 1)),
    "red-green": Colours("red − green", (1, -1, 0)),
    "yellow-blue": Colours("yellow − blue", (0.5, 0.5, -1)),
}


def he_normal(filters: int, channels: int, size: int, *, seed: int) -> Float:
    """Draw a filter bank as networks are started: normal, standard deviation √(2 / (kH·kW·C_in)).

    Parameters
    ----------
    filters
        C_out, 1 to 16.
    channels
        C_in, at least 1.
    size
        kH and kW, 1 to 11.
    seed
        Same seed, same numbers; 0 or greater.

    Returns
    -------
    ndarray (C_out, C_in, kH, kW) float32
        Rounded to three decimals, so that what is shown is what is used.

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015, equation 10.

    Examples
    --------
    >>> he_normal(1, 1, 2, seed=0)
    array([[[[ 0.089, -0.093],
             [ 0.453,  0.074]]]], dtype=float32)
    """
    for name, value, least, most in (
        ("filters", filters, 1, MOST_FILTERS),
        ("channels", channels, 1, None),
        ("size", size, 1, LARGEST),
        ("seed", seed, 0, None),
    ):
        if value < least or (most is not None and value > most):
            raise ValueError(
                f"{name}: got {value}, legal is {least} {'or greater' if most is None else f'to {most}'}"
            )
    shape = (filters, channels, size, size)
    drawn = np.random.default_rng(seed).standard_normal(shape) * math.sqrt(2 / (channels * size * size))
    return drawn.round(3).astype(np.float32)


def _centred(weights: Float, shape: tuple[int, int]) -> Float:
    """Put a kernel in the middle of zeros; where that is between two cells, the smaller half is before."""
    missing = [most - own for most, own in zip(shape, weights.shape, strict=True)]
    return np.pad(weights, [(n // 2, n - n // 2) for n in missing])


@dataclass(frozen=True)
class Pick:
    """One kernel of the library as a filter: the same kernel in each channel, times that channel's weight.

    Attributes
    ----------
    kernel
        A key of `KERNELS`.
    colours
        A key of `COLOURS`; an image of one channel gets the kernel as it is.
    """

    kernel: str
    colours: str = "all"

    def __post_init__(self) -> None:
        if self.kernel not in KERNELS:
            raise ValueError(f"kernel: got {self.kernel!r}, legal are {', '.join(KERNELS)}")
        if self.colours not in COLOURS:
            raise ValueError(f"colours: got {self.colours!r}, legal are {', '.join(COLOURS)}")


def _count(filters: int) -> None:
    if not 1 <= filters <= MOST_FILTERS:
        raise ValueError(f"bank: got {filters} filters, legal is 1 to {MOST_FILTERS}")


@dataclass(frozen=True)
class Library:
    """A bank of the library's kernels; smaller ones are centred in zeros to the size of the largest.

    Examples
    --------
    >>> bank = Library((Pick("sobel-vertical"), Pick("roberts-falling", "red-green")))
    >>> bank.weights(3).shape
    (2, 3, 3, 3)
    >>> from_text(bank.to_text()) == bank
    True
    """

    picks: tuple[Pick, ...]

    def __post_init__(self) -> None:
        _count(len(self.picks))

    def weights(self, channels: int) -> Float:
        """Return the bank's weights (C_out, C_in, kH, kW) for an image of 1 or 3 channels."""
        kernels = [KERNELS[pick.kernel].weights for pick in self.picks]
        shape = (max(k.shape[0] for k in kernels), max(k.shape[1] for k in kernels))
        factors = [COLOURS[pick.colours].weights if channels == 3 else (1.0,) for pick in self.picks]
        return np.stack(
            [
                np.stack([np.float32(factor) * _centred(kernel, shape) for factor in per_channel])
                for kernel, per_channel in zip(kernels, factors, strict=True)
            ]
        )

    def titles(self, channels: int) -> list[str]:
        """Return what each filter is called."""
        return [
            KERNELS[pick.kernel].title
            + ("" if channels == 1 or pick.colours == "all" else f", {COLOURS[pick.colours].label}")
            for pick in self.picks
        ]

    def to_text(self) -> str:
        """Write the bank as it stands in a link."""
        return "library:" + ",".join(
            pick.kernel + ("" if pick.colours == "all" else f".{pick.colours}") for pick in self.picks
        )


@dataclass(frozen=True)
class Random:
    """A bank of He's random numbers; the parameters are those of `he_normal`.

    Examples
    --------
    >>> Random(filters=4, size=5, seed=7).weights(3).shape
    (4, 3, 5, 5)
    """

    filters: int = 8
    size: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        he_normal(self.filters, 1, self.size, seed=self.seed)

    def weights(self, channels: int) -> Float:
        """Return the bank's weights (C_out, C_in, kH, kW) for an image of so many channels."""
        return he_normal(self.filters, channels, self.size, seed=self.seed)

    def titles(self, channels: int) -> list[str]:
        """Return what each filter is called."""
        return [f"Random {number}" for number in range(1, self.filters + 1)]

    def to_text(self) -> str:
        """Write the bank as it stands in a link."""
        return f"random:{self.filters}:{self.size}:{self.seed}"


@dataclass(frozen=True)
class Own:
    """A bank whose weights a person wrote.

    Attributes
    ----------
    shape
        (C_out, C_in, kH, kW).
    data
        The weights as float32 bytes; see `Own.of`.

    Examples
    --------
    >>> bank = Own.of([[[[0, 1], [1, 0]]]])
    >>> bank.to_text()
    'own:0,1;1,0'
    >>> bank.weights(3)[0, 2]
    array([[0., 1.],
           [1., 0.]], dtype=float32)
    """

    shape: tuple[int, int, int, int]
    data: bytes

    @classmethod
    def of(cls, weights: ArrayLike) -> Own:
        """Take weights (C_out, C_in, kH, kW) as they are; ValueError says what does not fit."""
        array = np.ascontiguousarray(weights, np.float32)
        if array.ndim != 4 or array.shape[1] not in (1, 3):
            raise ValueError(f"bank: got the shape {array.shape}, needed is (C_out, 1 or 3, kH, kW)")
        filters, channels, rows, cols = array.shape
        _count(filters)
        if not (1 <= rows <= LARGEST and 1 <= cols <= LARGEST):
            raise ValueError(f"bank: got filters of {rows} × {cols}, legal is 1 × 1 to {LARGEST} × {LARGEST}")
        if not np.isfinite(array).all():
            raise ValueError("bank: got a weight that is not a finite number")
        return cls((filters, channels, rows, cols), array.tobytes())

    def weights(self, channels: int) -> Float:
        """Return the weights (C_out, C_in, kH, kW).

        A grey image is three equal channels, so its one kernel is the sum of three; the other way round a
        kernel for grey is used for every colour.
        """
        own = np.frombuffer(self.data, np.float32).reshape(self.shape)
        if self.shape[1] == channels:
            return own
        return own.sum(1, keepdims=True) if channels == 1 else np.repeat(own, channels, 1)

    def titles(self, channels: int) -> list[str]:
        """Return what each filter is called."""
        return [f"Own {number}" for number in range(1, self.shape[0] + 1)]

    def to_text(self) -> str:
        """Write the bank as it stands in a link: "," between weights, ";" rows, "|" channels, "/" filters."""
        own = self.weights(self.shape[1])
        return "own:" + "/".join(
            "|".join(
                ";".join(",".join(str(w).removesuffix(".0") for w in row) for row in kernel) for kernel in one
            )
            for one in own
        )


Bank = Library | Random | Own


def from_text(text: str) -> Bank:
    """Read what a bank's ``to_text`` wrote.

    Raises
    ------
    ValueError
        Saying what the text says and what is legal.

    Examples
    --------
    >>> from_text("random:4:3:7")
    Random(filters=4, size=3, seed=7)
    """
    kind, _, rest = text.partition(":")
    if kind == "library":
        return Library(tuple(Pick(*entry.split(".", 1)) for entry in rest.split(",")))
    if kind == "random" and re.fullmatch(r"\d{1,3}:\d{1,3}:\d{1,9}", rest):
        return Random(*map(int, rest.split(":")))
    if kind == "own":
        try:
            weights = [
                [[[float(w) for w in row.split(",")] for row in kernel.split(";")] for kernel in one.split("|")]
                for one in rest.split("/")
            ]
            return Own.of(np.array(weights, np.float32))
        except ValueError as error:
            raise ValueError(f"bank: the weights in the link can't be read ({error})") from None
    raise ValueError(f"bank: got {text[:60]!r}, needed is library:…, random:count:size:seed or own:…")


def replace(bank: Bank, channels: int, number: int, weights: Float) -> Own:
    """Return an own bank that is ``bank`` with filter ``number`` (from 0) replaced.

    Raises
    ------
    ValueError
        If the bank has more than this filter and the new one has another size.
    """
    old = bank.weights(channels)
    if len(old) == 1:
        return Own.of(weights[None])
    if weights.shape != old.shape[1:]:
        need, got = (f"{s[1]} × {s[2]}" for s in (old.shape[1:], weights.shape))
        raise ValueError(f"filter: got {got}, needed is {need}: all filters of a bank have one size")
    new = old.copy()
    new[number] = weights
    return Own.of(new)
