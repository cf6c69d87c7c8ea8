"""How a number becomes a colour: zero is paper, positive is red ink, negative is blue ink.

The colours and the strength |v|^0.8 are the project's look; paper and ink are mixed in plain sRGB.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Colors = Literal["signed", "positive", "gray"]
Theme = Literal["light", "dark"]

PAPER: Mapping[Theme, str] = MappingProxyType({"light": "#ffffff", "dark": "#0f1216"})
HAIRLINE: Mapping[Theme, str] = MappingProxyType({"light": "#d8dde4", "dark": "#2d343d"})
POSITIVE: Mapping[Theme, str] = MappingProxyType({"light": "#b2182b", "dark": "#ef6a5a"})
NEGATIVE: Mapping[Theme, str] = MappingProxyType({"light": "#2166ac", "dark": "#5aa2e6"})
INK: Mapping[Theme, str] = MappingProxyType({"light": "#16191d", "dark": "#eef1f5"})
MUTED: Mapping[Theme, str] = MappingProxyType({"light": "#59626e", "dark": "#9aa5b1"})

STRENGTH = 0.8
ZERO = 128  # the signed scale's index of zero; 0 is kept for what lies outside every map


def rgb(colour: str) -> NDArray[np.float64]:
    """Return a colour "#rrggbb" as three numbers from 0 to 255.

    Examples
    --------
    >>> rgb("#ff8000").tolist()
    [255.0, 128.0, 0.0]
    """
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


@cache
def palette(colors: Colors, theme: Theme = "light") -> NDArray[np.uint8]:
    """Return the colours of the 256 indices.

    Parameters
    ----------
    colors
        "signed": 128 is zero, 255 the scale's end, 1 its negative end, 0 the hairline between maps.
        "positive": 0 is zero, 255 the end. "gray": 0 is black, 255 is white, in both themes.
    theme
        "light" or "dark".

    Returns
    -------
    ndarray of uint8, (256, 3)
        Read-only.

    Examples
    --------
    >>> palette("signed")[[1, 128, 255]].tolist()
    [[33, 102, 172], [255, 255, 255], [178, 24, 43]]
    """
    if theme not in PAPER:
        raise ValueError(f"theme: got {theme!r}, legal are light and dark")
    if colors == "gray":
        table = np.repeat(np.arange(256)[:, None], 3, axis=1).astype(np.float64)
    elif colors == "positive":
        table = _mixed(np.arange(256) / 255, theme)
    elif colors == "signed":
        table = _mixed((np.arange(256) - ZERO) / 127, theme)
        table[0] = rgb(HAIRLINE[theme])
    else:
        raise ValueError(f"colors: got {colors!r}, legal are signed, positive and gray")
    result = np.rint(table).astype(np.uint8)
    result.flags.writeable = False
    return result


@cache
def palettes() -> NDArray[np.uint8]:
    """Return the colours of values, (4, 256, 3): signed in light and dark, gray in light and dark; read-only."""
    kinds: tuple[Colors, ...] = ("signed", "gray")
    themes: tuple[Theme, ...] = ("light", "dark")
    stacked = np.stack([palette(colors, theme) for colors in kinds for theme in themes])
    stacked.flags.writeable = False
    return stacked


def _mixed(values: NDArray[np.float64], theme: Theme) -> NDArray[np.float64]:
    paper = rgb(PAPER[theme])
    ink = np.where(values[:, None] < 0, rgb(NEGATIVE[theme]), rgb(POSITIVE[theme]))
    strength = np.minimum(np.abs(values), 1)[:, None] ** STRENGTH
    return np.asarray(paper + strength * (ink - paper), np.float64)


def limit(values: ArrayLike, *, rounding: float = 0.0) -> float:
    """Return a signed scale's end: the largest absolute value, or 1 for a map of zeros.

    Parameters
    ----------
    values
        Any shape.
    rounding
        A map without a larger number than this is one of zeros: its numbers are what rounding left, and a scale
        of their own would show them as if they were something.

    Raises
    ------
    ValueError
        If a value is not finite.

    Examples
    --------
    >>> limit([[-3, 2]]), limit([[0, 0]]), limit([[1e-9]], rounding=1e-7)
    (3.0, 1.0, 1.0)
    """
    array = np.asarray(values)
    if array.size == 0:
        return 1.0
    largest = max(float(array.max()), -float(array.min()))
    if not np.isfinite(largest):
        raise ValueError("values: got numbers that are not finite, a scale needs finite ones")
    return largest if largest > rounding else 1.0


def to_index(values: ArrayLike, end: float, colors: Colors = "signed") -> NDArray[np.uint8]:
    """Return each value's index in a palette; beyond the scale's end it is clipped.

    Parameters
    ----------
    values
        Any shape.
    end
        The scale's end, above 0. "signed" runs from −end to end, the others from 0 to end.
    colors
        As in `palette`.

    Examples
    --------
    >>> to_index([-1, 0, 0.5, 1], 1.0)
    array([  1, 128, 192, 255], dtype=uint8)
    """
    if not end > 0:
        raise ValueError(f"end: got {end}, needed is a number above 0")
    # Multiplied by one float32 factor and rounded half up: the browser computes the very same.
    array = np.asarray(values, np.float32)
    if colors == "signed":
        scaled = np.floor(array * _factor(127, end) + np.float32(0.5)) + ZERO
        return np.asarray(np.clip(scaled, 1, 255), np.uint8)
    scaled = np.floor(array * _factor(255, end) + np.float32(0.5))
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


def _factor(steps: int, end: float) -> np.float32:
    """Return steps / end, finite for the smallest end too: 0 times infinity would be no number."""
    return np.float32(min(steps / end, float(np.finfo(np.float32).max)))
