"""A cell of a map knows its receptive field and nothing else: cover the rest, and its number stays, to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.trained.stages import Activations, Stage, activate, stages
from explorer.trained.tracing import Box, field
from explorer.trained.zoo import TrainedNetwork

Float = NDArray[np.float32]
Cell = tuple[int, int]
HOW: Mapping[str, str] = MappingProxyType({"grey": "Cover", "blur": "Blur", "scramble": "Scramble"})
"""What can be done to a part of a picture, and what a person calls it."""
GREY = np.float32(0.5)


def covered(prepared: Float, box: Box, how: str = "grey", *, outside: bool = True, seed: int = 0) -> Float:
    """Return an input with what lies outside a box, or inside it, made unknowable.

    Parameters
    ----------
    prepared
        The input, (C, H, W) float32 in [0, 1].
    box
        A rectangle of input cells; what of it lies outside the input is passed over.
    how
        "grey": every cell becomes 0.5. "blur": a Gaussian of a sixteenth of the longer side. "scramble": the cells
        change places with each other, each keeps its colour.
    outside
        Whether it is done to all but the box, or to the box alone; the rest is copied to the bit.
    seed
        Of the scrambling.

    Returns
    -------
    float32 (C, H, W) array
        New, in [0, 1].

    Raises
    ------
    ValueError
        If the input has another number of dimensions, or there is no such ``how``.

    Examples
    --------
    >>> covered(np.ones((1, 2, 2), np.float32), Box(0, 0, 1, 2)).tolist()
    [[[1.0, 1.0], [0.5, 0.5]]]
    """
    if prepared.ndim != 3:
        raise ValueError(f"prepared: got {prepared.shape}, needed is (channels, rows, cols)")
    if how not in HOW:
        raise ValueError(f"how: got {how!r}, legal are {', '.join(HOW)}")
    rows, cols = prepared.shape[1:]
    known = box.inside(rows, cols)
    hidden = np.full((rows, cols), outside)
    hidden[known.top : known.bottom, known.left : known.right] = not outside
    made: Float = prepared.astype(np.float32, copy=True)
    if how == "grey":
        made[:, hidden] = GREY
    elif how == "blur":
        made[:, hidden] = _blurred(prepared)[:, hidden]
    else:
        order = np.random.default_rng(seed).permutation(int(hidden.sum()))
        made[:, hidden] = prepared[:, hidden][:, order]
    return made


@dataclass(frozen=True, eq=False)
class Unmoved:
    """One cell's number, with the picture as it is, with all covered that it cannot see, and with what it sees.

    Attributes
    ----------
    box
        The cell's receptive field, in input cells; it may reach beyond the input.
    before
        The number as it is.
    without_rest, without_field
        The number with everything outside the field covered, and with the field itself covered.
    rest, own
        What the network got for these two, (C, H, W).
    map_before, map_rest
        The cell's whole map (H, W), as it is and with everything outside the field covered.
    """

    box: Box
    before: np.float32
    without_rest: np.float32
    without_field: np.float32
    rest: Float
    own: Float
    map_before: Float
    map_rest: Float

    @property
    def same(self) -> bool:
        """Whether covering everything outside left the number as it was, to the last bit."""
        return bits(self.before) == bits(self.without_rest)

    @property
    def hidden(self) -> float:
        """The share of the input that lies outside the field."""
        rows, cols = self.rest.shape[1:]
        known = self.box.inside(rows, cols)
        return 1.0 - (known.bottom - known.top) * (known.right - known.left) / int(rows * cols)


def unmoved(
    network: TrainedNetwork, prepared: Float, stage: str, map: int, cell: Cell, how: str = "grey", *, seed: int = 0
) -> Unmoved:
    """Cover what a cell cannot see, then what it sees, and read its number each time.

    The network runs as it always does, on inputs of the same shape, so that all three numbers come about by the
    same additions in the same order.

    Parameters
    ----------
    network
        Which.
    prepared
        Its input, (C, H, W) float32.
    stage
        The name of a stage that has maps.
    map
        Which of its maps, from 0.
    cell
        Row and column in the map.
    how, seed
        As in `covered`.

    Raises
    ------
    ValueError
        If there is no such stage, map, cell or ``how``, the stage has no maps, or the input does not fit.

    Examples
    --------
    >>> from explorer.trained import zoo
    >>> image = np.random.default_rng(0).random((3, 64, 64), np.float32)
    >>> told = unmoved(zoo.load("tiny-vgg"), image, "conv_2_1", 3, (12, 14), "scramble")
    >>> told.box, told.same, bool(told.without_field != told.before)
    (Box(top=24, left=28, bottom=34, right=38), True, True)
    """
    found = with_maps(network, stage)
    if not 0 <= map < found.shape[0]:
        raise ValueError(f"map: got {map}, legal is 0 to {found.shape[0] - 1} for {stage}")
    box = field(network.architecture, stage, *cell)
    rest = covered(prepared, box, how, seed=seed)
    own = covered(prepared, box, how, outside=False, seed=seed)
    before, outside, inside = (_map(activate(network, given), stage, map) for given in (prepared, rest, own))
    return Unmoved(box, before[cell], outside[cell], inside[cell], rest, own, before, outside)


def with_maps(network: TrainedNetwork, name: str) -> Stage:
    """Return a stage of a network.

    Raises
    ------
    ValueError
        If there is none of this name, or it has no maps.
    """
    known = {stage.name: stage for stage in stages(network.architecture) if len(stage.shape) == 3}
    if name not in known:
        raise ValueError(f"stage: got {name!r}, legal are {', '.join(known)}")
    return known[name]


def bits(number: np.float32) -> str:
    """Return the 32 bits of a number: sign, exponent, fraction (IEEE 754-2019, binary32).

    Examples
    --------
    >>> bits(np.float32(1)), bits(np.float32(-0.0))[0]
    ('0 01111111 00000000000000000000000', '1')
    """
    plain = f"{int(np.float32(number).view(np.uint32)):032b}"
    return f"{plain[0]} {plain[1:9]} {plain[9:]}"


def _map(activations: Activations, stage: str, map: int) -> Float:
    found: Float = activations.values[stage][map]
    return found


def _blurred(prepared: Float) -> Float:
    deviation = max(prepared.shape[1:]) / 16
    side = 2 * int(np.ceil(3 * deviation)) + 1
    planes = [
        cv2.GaussianBlur(np.ascontiguousarray(plane), (side, side), deviation, borderType=cv2.BORDER_REPLICATE)
        for plane in prepared
    ]
    smooth: Float = np.clip(np.stack(planes), 0, 1).astype(np.float32)
    return smooth
