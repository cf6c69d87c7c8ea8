"""Numbers from outside, as the float32 arrays that everything here computes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Float = NDArray[np.float32]


def is_real(value: object) -> bool:
    """Tell whether something is one real number; True and False are none.

    Examples
    --------
    >>> is_real(np.float32(1)), is_real(True), is_real(1j), is_real("1")
    (True, False, False, False)
    """
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def floats(name: str, value: ArrayLike) -> Float:
    """Return real numbers as a float32 array, the same object where it is one.

    Parameters
    ----------
    name
        The parameter's name, for the error.
    value
        Anything rectangular of booleans, whole or real numbers. What is too large for float32 becomes infinite.

    Raises
    ------
    ValueError
        If it is ragged, or something in it is no real number.

    Examples
    --------
    >>> floats("image", [[True, 2]])
    array([[1., 2.]], dtype=float32)
    """
    if type(value) is np.ndarray and value.dtype == np.float32:
        return value
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: got rows of different lengths, needed is a rectangle of numbers") from None
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name}: got values of type {array.dtype}, needed are real numbers")
    with np.errstate(over="ignore"):
        return array.astype(np.float32)
