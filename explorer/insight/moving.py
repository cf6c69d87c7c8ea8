"""Whether a map moves with the picture: exactly for shifts that are multiples of its jump, nearly for others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from explorer.insight.local import with_maps
from explorer.networks.budget import budget
from explorer.trained.stages import Activations

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Moved:
    """A stage's maps after a shift of the input, beside the maps from before, moved by whole cells.

    Attributes
    ----------
    stage
        Its name.
    jump
        How many input cells lie between two neighbours of its maps, (rows, cols).
    by
        The whole cells (down, right) by which the maps from before come nearest to those after.
    whole
        Whether the shift is a multiple of the jump, so that ``by`` is exactly the shift over the jump.
    cells
        How many numbers, of all maps, see nothing but the picture before and after.
    same
        How many of them are the same, to the bit.
    largest
        The greatest difference.
    strongest
        The largest absolute number among those compared: what ``largest`` is to be measured by.
    difference
        (C, H, W): after minus before, NaN where a cell sees what came in at the edge.
    """

    stage: str
    jump: tuple[int, int]
    by: tuple[int, int]
    whole: bool
    cells: int
    same: int
    largest: float
    strongest: float
    difference: Float

    @property
    def exact(self) -> bool:
        """Whether every number that can be compared moved along to the bit."""
        return self.cells > 0 and self.same == self.cells


def moved(before: Activations, after: Activations, stage: str, down: int, right: int) -> Moved:
    """Compare a stage's maps with those before the input was shifted.

    A shift that is no whole number of cells of the stage lies between two places, on each axis: the one where the
    maps differ least, on average, is taken.

    Parameters
    ----------
    before, after
        Of the input, and of the shifted one.
    stage
        The name of a stage that has maps.
    down, right
        By how many input cells it was shifted.

    Raises
    ------
    ValueError
        If there is no such stage, or the two are not of the same network.

    Examples
    --------
    >>> from explorer.trained import zoo
    >>> from explorer.trained.stages import activate
    >>> from explorer.trained.transformations import Moves
    >>> network, image = zoo.load("tiny-vgg"), np.random.default_rng(0).random((3, 64, 64), np.float32)
    >>> still, right = activate(network, image), activate(network, Moves(right=2).of(image))
    >>> told = moved(still, right, "max_pool_1", 0, 2)
    >>> told.by, told.exact, moved(still, right, "max_pool_2", 0, 2).exact
    ((0, 1), True, False)
    """
    found = with_maps(before.network, stage)
    architecture = before.network.architecture
    if after.network.architecture != architecture:
        raise ValueError(f"after: got {after.network.name}, needed is {before.network.name} as in before")
    sight = budget(architecture)[found.layer].sight
    old, new = before.values[stage], after.values[stage]
    places, ways = [], []
    for axis, by in enumerate((down, right)):
        start = np.arange(found.cells[axis]) * sight.jump[axis] - sight.padding[axis]
        size = architecture.input_shape[axis + 1]
        low, high = max(0, by), size + min(0, by)
        places.append(np.flatnonzero((start >= low) & (start + sight.receptive_field[axis] <= high)))
        ways.append(sorted({by // sight.jump[axis], -(-by // sight.jump[axis])}))
    best: tuple[float, tuple[int, int], Float, list[NDArray[np.intp]]] | None = None
    for by_rows, by_cols in product(*ways):
        # A cell whose counterpart lies beyond the map's end has nothing to be compared with.
        kept = [
            at[(at - by >= 0) & (at - by < cells)]
            for at, by, cells in zip(places, (by_rows, by_cols), found.cells, strict=True)
        ]
        here = new[:, kept[0][:, None], kept[1]]
        difference = here - old[:, kept[0][:, None] - by_rows, kept[1] - by_cols]
        mean = float(np.abs(difference).mean()) if difference.size else np.inf
        if best is None or mean < best[0]:
            best = (mean, (by_rows, by_cols), difference, kept)
    assert best is not None  # there is at least one way on each axis
    _, nearest, difference, kept = best
    whole = not (down % sight.jump[0] or right % sight.jump[1])
    spread = np.full(new.shape, np.nan, np.float32)
    spread[:, kept[0][:, None], kept[1]] = difference
    compared = new[:, kept[0][:, None], kept[1]]
    return Moved(
        stage,
        sight.jump,
        nearest,
        whole,
        difference.size,
        int((difference == 0).sum()),
        float(np.abs(difference).max()) if difference.size else 0.0,
        float(np.abs(compared).max()) if compared.size else 0.0,
        spread,
    )
