"""What can be done to a network's input: shifted, turned, enlarged, blurred, with noise on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]
Edge = Literal["edge", "mirror", "black"]
FARTHEST = 512  # cells
_BORDERS = {"edge": cv2.BORDER_REPLICATE, "mirror": cv2.BORDER_REFLECT_101, "black": cv2.BORDER_CONSTANT}
_PADS: dict[Edge, Literal["edge", "reflect", "constant"]] = {
    "edge": "edge",
    "mirror": "reflect",
    "black": "constant",
}
_COMING_IN: dict[Edge, str] = {"edge": "its border", "mirror": "its mirror image", "black": "black"}


@dataclass(frozen=True)
class Moves:
    """What is done to an input, in this order.

    Attributes
    ----------
    angle
        Degrees, counter-clockwise, about the middle; −180 to 180.
    zoom
        Above 1 enlarges, about the middle; 0.25 to 4. What is shrunk is smoothed first, with a Gaussian of
        deviation (1 / zoom − 1) / 2 as scikit-image does it [1]_: fine stripes turn grey, not into coarse ones.
    down, right
        Whole cells; each is copied as it is, to the bit.
    blur
        The deviation of a Gaussian, in cells; 0 to 10.
    noise
        The deviation of what is added to each number, drawn with ``seed``; 0 to 1. The result is clipped.
    seed
        Of the noise.
    edge
        What comes in where the input ends, also under a blur: its border's values, its mirror image without the
        border itself, or 0.

    Raises
    ------
    ValueError
        If a number is out of range.

    References
    ----------
    .. [1] ``skimage.transform.resize``, its parameter ``anti_aliasing_sigma``.

    Examples
    --------
    >>> Moves(right=1).of(np.array([[[0.1, 0.5]]], np.float32)).tolist() == [[[np.float32(0.1), np.float32(0.1)]]]
    True
    """

    down: int = 0
    right: int = 0
    angle: float = 0.0
    zoom: float = 1.0
    blur: float = 0.0
    noise: float = 0.0
    seed: int = 0
    edge: Edge = "edge"

    def __post_init__(self) -> None:
        for name in ("down", "right"):
            cells = getattr(self, name)
            if isinstance(cells, bool) or not isinstance(cells, int) or abs(cells) > FARTHEST:
                raise ValueError(f"{name}: got {cells!r}, needed is a whole number from −{FARTHEST} to {FARTHEST}")
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
                raise ValueError(f"{name}: got {value!r}, needed is a number from {_signed(low)} to {high:g}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed < 2**31:
            raise ValueError(f"seed: got {self.seed!r}, needed is a whole number from 0 to {2**31 - 1}")
        if self.edge not in get_args(Edge):
            raise ValueError(f"edge: got {self.edge!r}, legal are {', '.join(get_args(Edge))}")

    @property
    def none(self) -> bool:
        """Whether nothing is done."""
        return self == Moves(seed=self.seed, edge=self.edge)

    @property
    def shift(self) -> bool:
        """Whether nothing but a shift is done."""
        return self == Moves(self.down, self.right, seed=self.seed, edge=self.edge)

    def of(self, prepared: Float) -> Float:
        """Return the input with all of this done to it.

        Parameters
        ----------
        prepared
            (C, H, W) float32 in [0, 1].

        Returns
        -------
        float32 (C, H, W) array
            New, in [0, 1].

        Raises
        ------
        ValueError
            If the input has another number of dimensions.
        """
        if prepared.ndim != 3:
            raise ValueError(f"prepared: got {prepared.shape}, needed is (channels, rows, cols)")
        moved = prepared.astype(np.float32, copy=True)
        if self.angle or self.zoom != 1:
            moved = self._turned(moved)
        if self.down or self.right:
            moved = self._shifted(moved)
        if self.blur:
            moved = self._smoothed(moved, self.blur)
        if self.noise:
            drawn = np.random.default_rng(self.seed).standard_normal(moved.shape, np.float32)
            moved = np.clip(moved + np.float32(self.noise) * drawn, 0, 1)
        return moved

    def _turned(self, prepared: Float) -> Float:
        rows, cols = prepared.shape[1:]
        if self.zoom < 1:
            prepared = self._smoothed(prepared, (1 / self.zoom - 1) / 2)
        matrix = cv2.getRotationMatrix2D(((cols - 1) / 2, (rows - 1) / 2), self.angle, self.zoom)
        planes = [
            cv2.warpAffine(np.ascontiguousarray(plane), matrix, (cols, rows), borderMode=_BORDERS[self.edge])
            for plane in prepared
        ]
        return np.clip(np.stack(planes), 0, 1).astype(np.float32)

    def _smoothed(self, prepared: Float, deviation: float) -> Float:
        side = 2 * math.ceil(3 * deviation) + 1
        border = _BORDERS[self.edge]
        planes = [
            cv2.GaussianBlur(np.ascontiguousarray(plane), (side, side), deviation, borderType=border)
            for plane in prepared
        ]
        return np.clip(np.stack(planes), 0, 1).astype(np.float32)  # its weights add up to 1 but for rounding

    def _shifted(self, prepared: Float) -> Float:
        rows, cols = prepared.shape[1:]
        top, left = max(-self.down, 0), max(-self.right, 0)
        widths = ((0, 0), (max(self.down, 0), top), (max(self.right, 0), left))
        padded = np.pad(prepared, widths, mode=_PADS[self.edge])
        return np.ascontiguousarray(padded[:, top : top + rows, left : left + cols])

    def describe(self) -> str:
        """Say what is done, "as it is" where nothing is.

        Examples
        --------
        >>> Moves(down=-2, angle=30, noise=0.1).describe()
        'turned by 30°, shifted 2 up, noise of 0.1 added and clipped to 0 to 1'
        """
        said = []
        if self.angle:
            said.append(f"turned by {_signed(self.angle)}°")
        if self.zoom != 1:
            said.append(f"enlarged {self.zoom:g} times" if self.zoom > 1 else f"shrunk to {self.zoom:g}")
        for cells, words in ((self.down, ("down", "up")), (self.right, ("right", "left"))):
            if cells:
                said.append(f"shifted {abs(cells)} {words[cells < 0]}")
        if self.blur:
            said.append(f"blurred by {self.blur:g} cells")
        if said and self.edge != "edge":
            said.append(f"with {_COMING_IN[self.edge]} coming in at the edge")
        if self.noise:
            said.append(f"noise of {self.noise:g} added and clipped to 0 to 1")
        return ", ".join(said) or "as it is"


RANGES = {"angle": (-180.0, 180.0), "zoom": (0.25, 4.0), "blur": (0.0, 10.0), "noise": (0.0, 1.0)}


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", "−")
