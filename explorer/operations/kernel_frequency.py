"""What a kernel does to waves: how strongly it lets each frequency through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def response(weights: Float, size: int = 64) -> Float:
    """Return the magnitude of the kernel's frequency response.

    Parameters
    ----------
    weights
        (kH, kW).
    size
        Rows and columns of the result, at least the kernel's.

    Returns
    -------
    ndarray of float32, (size, size)
        |K(u, v)| with zero frequency at [size // 2, size // 2]; row i stands for (i − size // 2) / size cycles
        per pixel, from −0.5 on.

    Raises
    ------
    ValueError
        If the size is smaller than the kernel.

    References
    ----------
    R. Gonzalez, R. Woods, Digital Image Processing, 4th ed. (2018), section 4.7.

    Examples
    --------
    >>> float(response(np.array([[1, -1]], np.float32), 4)[2, 2])
    0.0
    """
    if size < max(weights.shape):
        raise ValueError(f"size: got {size}, needed is at least the kernel's {max(weights.shape)}")
    spectrum = np.fft.fftshift(np.fft.fft2(weights.astype(np.float64), (size, size)))
    return np.abs(spectrum).astype(np.float32)
