"""What a trained network really gets: any image brought to the form of the pictures that it learned from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from explorer import images

Value = TypeVar("Value", np.uint8, np.float32, np.float64)

LEAST_CONTRAST = 0.1
"""Below this difference between paper and ink there is nothing to read, and noise is not blown up to ink."""


@dataclass(frozen=True)
class Preparation:
    """How an image becomes a network's input.

    Attributes
    ----------
    size
        The centre square is brought to ``size`` × ``size`` (`explorer.images.fit`).
    colour
        Three channels, red, green and blue; or the brightness alone (`explorer.images.to_gray`).
    ink
        Whether paper becomes 0 and ink 1, whichever is darker; see `ink`.

    Examples
    --------
    >>> Preparation(32, colour=True)(np.zeros((40, 50), np.float32)).shape
    (3, 32, 32)
    """

    size: int
    colour: bool
    ink: bool = False

    def __call__(self, image: NDArray[Value]) -> NDArray[np.float32]:
        """Return the input of the network.

        Parameters
        ----------
        image
            (H, W) or (H, W, 3), uint8, or floating point in [0, 1].

        Returns
        -------
        float32 (C, size, size) array
            In [0, 1], C-contiguous, new.
        """
        if not self.colour:
            grey = images.fit(images.to_gray(image), self.size)
            return np.ascontiguousarray((ink(grey) if self.ink else grey)[None])
        cut = images.fit(image, self.size)
        planes = (
            np.repeat(cut[None], 3, axis=0) if cut.ndim == 2 else np.ascontiguousarray(np.moveaxis(cut, -1, 0))
        )
        values: NDArray[np.float32] = planes.astype(np.float32)  # once they lie as they shall: that goes faster
        if planes.dtype == np.uint8:
            values /= np.float32(255)
        return values

    def describe(self) -> str:
        """Say it in a sentence.

        Examples
        --------
        >>> Preparation(150, colour=False, ink=True).describe()
        'The centre square, brought to 150 × 150, its brightness; then paper becomes 0 and ink 1.'
        """
        kept = "in red, green and blue from 0 to 1" if self.colour else "its brightness"
        stretched = "; then paper becomes 0 and ink 1" if self.ink else ""
        return f"The centre square, brought to {self.size} × {self.size}, {kept}{stretched}."


def ink(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring a written sign to light ink on black paper, as in MNIST.

    The paper is what most of the frame is: the median of its outermost twentieth. Each value becomes its distance
    from the paper, towards the side, lighter or darker, where the strongest ink lies, divided by that ink's, and
    is clipped to [0, 1]. The strongest ink is the distance that one cell in five hundred exceeds: a thin stroke
    has more cells, a fleck fewer. An even image, without ink, gives zeros.

    Parameters
    ----------
    grey
        (H, W), in [0, 1].

    Returns
    -------
    float32 (H, W) array
        In [0, 1], new.

    Examples
    --------
    >>> dark_on_light = np.full((20, 20), 0.9, np.float32)
    >>> dark_on_light[5:15, 9:11] = 0.1
    >>> ink(dark_on_light)[[0, 10], [0, 10]].tolist()
    [0.0, 1.0]
    """
    rim = max(1, round(min(grey.shape) / 20))
    inside = np.zeros(grey.shape, bool)
    inside[rim:-rim, rim:-rim] = True
    paper = np.median(grey[~inside])
    lighter = grey - paper
    low, high = np.quantile(lighter, (1 / 500, 1 - 1 / 500))
    reach = {1: float(high), -1: -float(low)}
    sign = max(reach, key=lambda side: reach[side])
    if reach[sign] < LEAST_CONTRAST:
        return np.zeros(grey.shape, np.float32)
    stretched: NDArray[np.float32] = np.clip(np.abs(lighter) / reach[sign] * (lighter * sign > 0), 0, 1).astype(
        np.float32
    )
    return stretched
