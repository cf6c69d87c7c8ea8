"""What the first page says of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.insight.local import Unmoved, bits
from explorer.insight.moving import Moved

Float = NDArray[np.float32]


def exactly(number: np.float32) -> str:
    """Write a number so that it reads back to the same float32, with a real minus.

    Examples
    --------
    >>> exactly(np.float32(-0.1)), exactly(np.float32(0))
    ('−0.1', '0')
    """
    return np.format_float_positional(number, unique=True, trim="-").replace("-", "−")


def signed(number: float) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> signed(-0.12345), signed(2)
    ('−0.123', '+2')
    """
    return f"{number:+.3g}".replace("-", "−")


def without_rest(told: Unmoved) -> str:
    """Say what covering all that the cell cannot see did to its number."""
    if told.same:
        return "The same, to the last bit."
    return f"Not the same: {signed(float(told.without_rest) - float(told.before))}."


def without_field(told: Unmoved) -> str:
    """Say what covering what the cell sees did to its number."""
    if told.without_field == told.before:
        return "The same by chance: what is there now excites it as much."
    return f"Another number: {signed(float(told.without_field) - float(told.before))}."


def seen(told: Unmoved) -> str:
    """Say what the cell sees, and how much of the picture was covered."""
    rows, cols = told.rest.shape[1:]
    box = told.box
    size = f"{box.bottom - box.top} × {box.right - box.left}"
    share = f"{told.hidden:.1%}".replace("%", " %")
    return f"This cell sees {size} of the picture’s {rows} × {cols} cells. The other {share} cannot reach it."


def bit_by_bit(told: Unmoved, done: str) -> str:
    """Write two numbers that are to be the same as the bits that a computer holds; a phone is wide enough."""
    return f"{bits(told.before)}  as it is\n{bits(told.without_rest)}  all else {done}"


def where(down: int, right: int) -> str:
    """Say where the picture was moved to.

    Examples
    --------
    >>> where(0, 0), where(-1, 3)
    ('where it was', '3 cells right, 1 cell up')
    """
    said = [_cells(right, "right", "left"), _cells(down, "down", "up")]
    return ", ".join(one for one in said if one) or "where it was"


def _cells(by: int, forwards: str, backwards: str) -> str:
    if not by:
        return ""
    return f"{abs(by)} cell{'s' if abs(by) > 1 else ''} {forwards if by > 0 else backwards}"


def followed(told: Moved, down: int, right: int) -> str:
    """Say whether a layer's maps moved along."""
    if (down, right) == (0, 0):
        return f"One cell for every {told.jump[0]} of the picture." if told.jump[0] > 1 else "Cell for cell."
    if not told.cells:
        return "Nothing is left to compare."
    moved = where(*told.by)
    if told.exact:
        return f"Moved {moved}: all {told.cells:,} numbers are the same to the bit."
    if told.whole:
        return f"Moved {moved}, but {told.cells - told.same:,} of {told.cells:,} numbers are others."
    by = " or ".join(str(abs(one)) for one in (right, down) if one % told.jump[0])
    stays = "No place fits" if told.by != (0, 0) else "It stays"
    nearest = f"; the nearest is {moved}" if told.by != (0, 0) else ""
    share = told.largest / told.strongest if told.strongest else 0.0
    return (
        f"{stays}: {by} is no multiple of {told.jump[0]}{nearest}. Numbers are off by up to {told.largest:.3g}, "
        f"{share:.0%} of the strongest."
    ).replace("%", " %")


def breaks(places: Sequence[float], shares: Float, classes: Sequence[str], at: float) -> str:
    """Say how far the answer at a shift holds to either side, and what it becomes.

    Parameters
    ----------
    places, shares
        As `explorer.trained.sweeps.sweep` takes and returns them.
    classes
        The network's.
    at
        The shift; the nearest of ``places`` is taken.

    Examples
    --------
    >>> breaks([-1, 0, 1], np.array([[0.2, 0.8], [0.9, 0.1], [0.7, 0.3]], np.float32), ["cup", "cat"], 0)
    '**cup** holds from 0 to 1 right. At 1 left it is cat (80 %).'
    """
    top = shares.argmax(1)
    low = high = int(np.abs(np.asarray(places, float) - at).argmin())
    best = top[low]
    while low > 0 and top[low - 1] == best:
        low -= 1
    while high + 1 < len(places) and top[high + 1] == best:
        high += 1
    if low == 0 and high == len(places) - 1:
        return f"**{classes[best]}** holds at every shift from {_way(places[0])} to {_way(places[-1])}."
    ends = [end for end in (low - 1, high + 1) if 0 <= end < len(places)]
    becomes = [f"at {_way(places[end])} it is {_answer(shares[end], classes)}" for end in ends]
    span = f"from {_way(places[low])} to {_way(places[high])}" if high > low else f"at {_way(places[low])} only"
    then = ", ".join(becomes)
    return f"**{classes[best]}** holds {span}. {then[0].upper()}{then[1:]}."


def _way(place: float) -> str:
    return "0" if not place else f"{abs(place):g} {'right' if place > 0 else 'left'}"


def _answer(shares: Float, classes: Sequence[str]) -> str:
    best = int(shares.argmax())
    return f"{classes[best]} ({shares[best]:.0%})".replace("%", " %")


def answer(probabilities: Float, classes: Sequence[str]) -> tuple[str, str]:
    """Return the most probable class, and its probability with what comes next.

    Examples
    --------
    >>> answer(np.array([0.9, 0.04, 0.06], np.float32), ["cup", "cat", "dog"])
    ('cup', '90.0 %, then dog with 6.0 %')
    """
    first, second = (int(one) for one in np.argsort(-probabilities, kind="stable")[:2])
    share, next_share = (f"{probabilities[one]:.1%}".replace("%", " %") for one in (first, second))
    return classes[first], f"{share}, then {classes[second]} with {next_share}"
