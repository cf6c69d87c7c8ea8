"""What excites a filter most: the places in many pictures, each as large as what one of its cells sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.insight.local import with_maps
from explorer.networks.budget import Sight, budget
from explorer.trained.tracing import Box
from explorer.trained.zoo import TrainedNetwork

Float = NDArray[np.float32]
Picture = NDArray[np.uint8]
SIZES = (64, 128, 256)
"""Sides of the squares that pictures are brought to: a filter sees the same thing near and from afar."""
PER_PICTURE = 2
CANDIDATES = 64  # of each map; its strongest places overlap, and so do those of other sizes


@dataclass(frozen=True, eq=False)
class Patch:
    """A place that excites a filter.

    Attributes
    ----------
    picture
        Its name.
    size
        The side of the square that the picture was brought to.
    box
        Where in that square.
    value
        The map's number there.
    pixels
        (C, rows, cols) float32 in [0, 1], read-only.
    """

    picture: str
    size: int
    box: Box
    value: float
    pixels: Float


class _Place(NamedTuple):
    value: float
    picture: str
    size: int
    box: Box


def strongest(
    network: TrainedNetwork,
    stage: str,
    pictures: Mapping[str, Picture],
    *,
    filters: Sequence[int] | None = None,
    count: int = 6,
    sizes: Sequence[int] = SIZES,
    told: Callable[[float], None] = lambda _: None,
) -> tuple[tuple[Patch, ...], ...]:
    """Search pictures for the patches that excite filters most.

    Every picture is brought to every size that is not larger than itself, and goes through the network up to the
    stage; a convolution takes any size. Only cells whose whole receptive field is picture are looked at. No two
    patches of a filter overlap in a picture, whatever their sizes, and at most `PER_PICTURE` are of the same one.

    Parameters
    ----------
    network
        Which.
    stage
        The name of a stage that has maps.
    pictures
        By name, (H, W, 3) uint8. Nothing is drawn: the same pictures give the same patches.
    filters
        Which maps, from 0; all where None is given.
    count
        Patches of each, at most.
    sizes
        Sides of the squares, in cells.
    told
        Hears the share that is done, after each picture.

    Returns
    -------
    tuple of tuples of Patch
        For each filter, the strongest first; fewer than ``count`` where the pictures have no more, and only places
        where the number is above 0: the others excite nothing.

    Raises
    ------
    ValueError
        If there is no such stage or filter, or ``count`` is below 1.

    References
    ----------
    R. Girshick, J. Donahue, T. Darrell and J. Malik, "Rich feature hierarchies for accurate object detection and
    semantic segmentation", CVPR 2014, arXiv:1311.2524, section 3.1: a unit speaks by the regions that excite it
    most; M. Zeiler and R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014,
    arXiv:1311.2901, figure 2, shows how they grow more complex from layer to layer.

    Examples
    --------
    >>> from explorer.samples import SAMPLES
    >>> from explorer.trained import zoo
    >>> cup = {"coffee": SAMPLES["coffee"].load()}
    >>> ((first, *_),) = strongest(zoo.load("tiny-vgg"), "conv_2_1", cup, filters=[3], sizes=[64])
    >>> first.picture, first.pixels.shape
    ('coffee', (3, 10, 10))
    """
    found = with_maps(network, stage)
    wanted = list(range(found.shape[0])) if filters is None else list(filters)
    if wrong := [number for number in wanted if not 0 <= number < found.shape[0]]:
        raise ValueError(f"filters: got {wrong[0]}, legal is 0 to {found.shape[0] - 1} for {stage}")
    if count < 1:
        raise ValueError(f"count: got {count}, needed is at least 1")
    sight = budget(network.architecture)[found.layer].sight
    inputs: dict[tuple[str, int], Float] = {}
    places: list[list[_Place]] = [[] for _ in wanted]
    for done, (name, picture) in enumerate(pictures.items(), 1):
        for size in sizes:
            if not max(sight.receptive_field) <= size <= min(picture.shape[:2]):
                continue
            inputs[name, size] = replace(network.preparation, size=size)(picture)
            maps = _maps(network, stage, inputs[name, size])
            seen = _inside(maps, sight, size)
            for at, number in enumerate(wanted):
                places[at] += _best(np.where(seen, maps[number], -np.inf), name, size, sight)
        told(done / len(pictures))

    def patch(place: _Place) -> Patch:
        top, left, bottom, right = place.box
        pixels = inputs[place.picture, place.size][:, top:bottom, left:right].copy()
        pixels.flags.writeable = False
        return Patch(place.picture, place.size, place.box, place.value, pixels)

    return tuple(tuple(patch(place) for place in _apart(some, count)) for some in places)


def _maps(network: TrainedNetwork, stage: str, prepared: Float) -> Float:
    """Return a stage's maps of an input of any size."""
    with torch.inference_mode():
        x = torch.from_numpy(prepared)[None]
        for name, child in network.module.named_children():
            x = child(x)
            if name == stage:
                break
    maps: Float = x[0].numpy()
    return maps


def _inside(maps: Float, sight: Sight, size: int) -> NDArray[np.bool_]:
    """Tell which cells of maps see nothing but the picture."""
    rows, cols = (
        (start >= 0) & (start + field <= size)
        for start, field in (
            (np.arange(maps.shape[axis + 1]) * sight.jump[axis] - sight.padding[axis], sight.receptive_field[axis])
            for axis in (0, 1)
        )
    )
    return np.asarray(rows[:, None] & cols)


def _best(one: NDArray[np.floating], picture: str, size: int, sight: Sight) -> list[_Place]:
    """Return a map's strongest places above 0; of equal ones the first."""
    flat = one.ravel()
    places = []
    least = np.partition(flat, -CANDIDATES)[-CANDIDATES] if len(flat) > CANDIDATES else -np.inf
    likely = np.flatnonzero(flat >= least)  # the rest need not be sorted
    for at in likely[np.argsort(-flat[likely], kind="stable")][:CANDIDATES]:
        if flat[at] > 0:
            (top, bottom), (left, right) = sight.span(*divmod(int(at), one.shape[1]))
            places.append(_Place(float(flat[at]), picture, size, Box(top, left, bottom, right)))
    return places


def _apart(places: list[_Place], count: int) -> list[_Place]:
    """Return the strongest places that do not overlap within a picture, few of each."""
    taken: list[_Place] = []
    for place in sorted(places, key=lambda one: -one.value):
        same = [one for one in taken if one.picture == place.picture]
        if len(same) < PER_PICTURE and not any(_overlap(place, one) for one in same):
            taken.append(place)
        if len(taken) == count:
            break
    return taken


def _overlap(one: _Place, other: _Place) -> bool:
    """Tell whether two places of a picture share a part of it; their squares may differ in size."""
    (top, left, bottom, right), (above, before, below, behind) = (
        [edge / place.size for edge in place.box] for place in (one, other)
    )
    return top < below and above < bottom and left < behind and before < right
