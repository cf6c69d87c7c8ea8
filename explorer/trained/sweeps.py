"""How far an answer holds while the input is moved, turned, blurred; and whether the maps move with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.networks.budget import budget
from explorer.trained.stages import UNCHANGED, Activations, Changes, check, stages, walk
from explorer.trained.transformations import Moves
from explorer.trained.zoo import TrainedNetwork, softmax

Float = NDArray[np.float32]
BATCH = 8
LABELS: Mapping[str, str] = MappingProxyType(
    {"right": "Right", "down": "Down", "angle": "Turn", "zoom": "Zoom", "blur": "Blur", "noise": "Noise"}
)


def values(name: str, size: int) -> tuple[float, ...]:
    """Return the values of a move that a sweep goes through, for inputs of ``size`` cells.

    Shifts go to half of the input, turns all the way round, zoom from a quarter to four times in even ratios, blur
    and noise from nothing to where little is left. What changes nothing is among them.

    Raises
    ------
    ValueError
        If there is no such move.

    Examples
    --------
    >>> values("right", 8), values("noise", 8)[:3]
    ((-4, -3, -2, -1, 0, 1, 2, 3, 4), (0.0, 0.025, 0.05))
    """
    if name in {"right", "down"}:
        reach = size // 2
        step = -(-reach // 20)  # at most about forty places
        return tuple(range(-reach // step * step, reach + 1, step))
    if name == "angle":
        return tuple(float(angle) for angle in range(-180, 181, 10))
    if name == "zoom":
        return tuple(round(float(zoom), 3) for zoom in np.geomspace(0.25, 4, 25))
    if name in {"blur", "noise"}:
        return tuple(float(share) for share in np.linspace(0, 5 if name == "blur" else 0.5, 21).round(3))
    raise ValueError(f"name: got {name!r}, legal are {', '.join(LABELS)}")


def sweep(
    network: TrainedNetwork,
    prepared: Float,
    name: str,
    places: Sequence[float],
    *,
    moves: Moves | None = None,
    changes: Changes = UNCHANGED,
    told: Callable[[float], None] = lambda _: None,
) -> Float:
    """Return the probabilities of all classes at each value of one move.

    Parameters
    ----------
    network, changes
        What the inputs are sent through.
    prepared
        The input without any move, (C, H, W).
    name
        A key of `LABELS`.
    places
        The move's values; the others are as in ``moves``.
    moves
        What is done besides.
    told
        Hears the share that is done, after each batch.

    Returns
    -------
    float32 (values, classes) array

    Raises
    ------
    ValueError
        If the input or the changes do not fit the network, there is no such move, or no value or one out of range.

    Examples
    --------
    >>> from explorer.trained import zoo
    >>> sweep(zoo.load("tiny-vgg"), np.zeros((3, 64, 64), np.float32), "right", [-1, 0, 1]).shape
    (3, 10)
    """
    if prepared.shape != network.architecture.input_shape:
        raise ValueError(f"prepared: got {prepared.shape}, needed is {network.architecture.input_shape}")
    if not len(places):
        raise ValueError("places: got none, needed is at least one value")
    check(network.architecture, changes)
    base, found = moves or Moves(), []
    last = stages(network.architecture)[-1].name
    with torch.inference_mode():
        for first in range(0, len(places), BATCH):
            some = places[first : first + BATCH]
            batch = np.stack([changed(base, name, value).of(prepared) for value in some])
            scores = walk(network, torch.from_numpy(batch), changes)[last].numpy()
            found += [softmax(row) for row in scores]
            told(min(1.0, (first + len(some)) / len(places)))
    return np.stack(found)


def changed(moves: Moves, name: str, value: float) -> Moves:
    """Return moves with another value for one of `LABELS`.

    Raises
    ------
    ValueError
        If there is no such move, or the value is out of its range.

    Examples
    --------
    >>> changed(Moves(right=2), "angle", 30).describe()
    'turned by 30°, shifted 2 right'
    """
    if name not in LABELS:
        raise ValueError(f"name: got {name!r}, legal are {', '.join(LABELS)}")
    number: dict[str, Any] = {name: int(value) if name in {"right", "down"} else float(value)}
    return replace(moves, **number)


def holds(probabilities: Float, places: Sequence[float], at: float) -> tuple[float, float]:
    """Return from where to where around a value the most probable class stays the same.

    Parameters
    ----------
    probabilities, places
        As `sweep` returns and takes them.
    at
        The value to begin at: the nearest of ``places`` is taken.

    Examples
    --------
    >>> holds(np.array([[0.1, 0.9], [0.8, 0.2], [0.7, 0.3]], np.float32), [0, 1, 2], 2)
    (1, 2)
    """
    top = probabilities.argmax(1)
    middle = int(np.abs(np.asarray(places, float) - at).argmin())
    low = high = middle
    while low > 0 and top[low - 1] == top[middle]:
        low -= 1
    while high + 1 < len(places) and top[high + 1] == top[middle]:
        high += 1
    return places[low], places[high]


@dataclass(frozen=True)
class Following:
    """Whether a stage's maps moved with the input.

    Attributes
    ----------
    stage
        Its name.
    jump
        How many input cells lie between two neighbours of its maps, (rows, cols).
    cells
        How many cells, of all maps, see nothing but the image before and after the shift. 0 where there is none.
    same
        How many of them hold the very same number, to the bit, as before the shift; None where the shift is no
        whole number of cells of this stage.
    largest
        The greatest difference; None as ``same``.
    """

    stage: str
    jump: tuple[int, int]
    cells: int
    same: int | None
    largest: float | None


def follows(before: Activations, after: Activations, down: int, right: int) -> tuple[Following, ...]:
    """Compare every stage's maps with those before the input was shifted by whole cells.

    Parameters
    ----------
    before, after
        Of the input, and of the shifted one.
    down, right
        By how many cells.

    Returns
    -------
    tuple of Following
        One for each stage that has maps of more than a cell.

    Raises
    ------
    ValueError
        If the two are not of the same network.
    """
    architecture = before.network.architecture
    if after.network.architecture != architecture:
        raise ValueError(f"after: got {after.network.name}, needed is {before.network.name} as in before")
    rows = budget(architecture)
    size = architecture.input_shape[1:]
    found = []
    for stage in stages(architecture):
        if len(stage.shape) != 3 or stage.cells == (1, 1):
            continue
        sight = rows[stage.layer].sight
        if down % sight.jump[0] or right % sight.jump[1]:
            found.append(Following(stage.name, sight.jump, 0, None, None))
            continue
        moved = (down // sight.jump[0], right // sight.jump[1])
        inside = []
        for axis, by in enumerate((down, right)):
            start = np.arange(stage.cells[axis]) * sight.jump[axis] - sight.padding[axis]
            low, high = max(0, by), size[axis] + min(0, by)
            fits = (start >= low) & (start + sight.receptive_field[axis] <= high)
            inside.append(np.flatnonzero(fits))
        new = after.values[stage.name][:, inside[0][:, None], inside[1]]
        old = before.values[stage.name][:, inside[0][:, None] - moved[0], inside[1] - moved[1]]
        largest = float(np.abs(new - old).max()) if new.size else 0.0
        found.append(Following(stage.name, sight.jump, new.size, int((new == old).sum()), largest))
    return tuple(found)
