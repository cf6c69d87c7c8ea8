"""What is costly about a network, computed once for all who look at the same: numbers, the image, the maps."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.networks import mending, notation, source
from explorer.networks.architecture import Architecture, Draft
from explorer.networks.budget import LayerBudget, Totals, budget, totals
from explorer.networks.explanation import COLUMNS, Explanation, explain_all
from explorer.ui import tuning
from explorer.ui.components.network import MOST_MAPS
from explorer.ui.current_image import CurrentImage

Float = NDArray[np.float32]

KEPT_NETWORKS = 64
KEPT_MAPS = 16
MOST_SHOWN = 6_000_000  # numbers of all maps that travel to the browser, a byte each
MOST_BYTES = 2**30
QUICK = 400_000_000  # multiply-accumulates, some tenths of a second
_DRAWN = 10  # a random weight takes about as long as ten of them
_FAINT = 0.15  # of the liveliest map's deviation: what varies less is hardly seen on the layer's scale
_UNITS = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))
LARGEST_PICTURE = 512  # px: what a person sees of an input that is larger


@dataclass(frozen=True)
class Numbers:
    """A network's numbers.

    Attributes
    ----------
    rows
        Of the layers that fit.
    sums
        Their totals.
    """

    rows: tuple[LayerBudget, ...]
    sums: Totals


@lru_cache(maxsize=KEPT_NETWORKS)
def numbers(draft: Draft) -> Numbers:
    """Return the numbers of the layers that fit."""
    rows = budget(draft.sound)
    return Numbers(tuple(rows), totals(rows))


@lru_cache(maxsize=KEPT_NETWORKS)
def named(draft: Draft, names: str) -> tuple[source.Named, ...]:
    """Return the layers as PyTorch ("torch") or Keras ("keras") names them."""
    return tuple(source.keras_rows(draft) if names == "keras" else source.torch_rows(draft))


@lru_cache(maxsize=KEPT_NETWORKS)
def explained(draft: Draft, names: str) -> Mapping[tuple[int, str], Explanation]:
    """Return the explanations with the layers called as `named` calls them."""
    called = named(draft, names)
    return MappingProxyType(
        {
            (index, column): replace(said, title=f"{COLUMNS[column]} of {called[index].name}")
            for (index, column), said in explain_all(draft.sound).items()
        }
    )


def called(draft: Draft, names: str, index: int) -> str:
    """Return what a layer is called where names are those of PyTorch ("torch") or Keras ("keras")."""
    return named(draft, names)[index].name


@lru_cache(maxsize=KEPT_NETWORKS)
def mends(draft: Draft, names: str) -> tuple[mending.Mend, ...]:
    """Return what would let the first layer that does not fit take what comes in, layers called as by `named`."""
    return mending.mends(draft, [one.name for one in named(draft, names)])


@st.cache_resource(max_entries=KEPT_NETWORKS, show_spinner=False)
def _picture(_image: CurrentImage, digest: str, shape: tuple[int, int, int]) -> Float:
    from explorer.networks.input_image import fit_input, resize

    channels, rows, cols = shape
    shrink = max(1.0, max(rows, cols) / LARGEST_PICTURE)
    size = (max(1, round(rows / shrink)), max(1, round(cols / shrink)))
    pixels = resize(_image.pixels, *size) if channels == 3 else fit_input(_image.pixels, (1, *size))[0]
    pixels.flags.writeable = False
    return pixels


def picture(image: CurrentImage, input_shape: tuple[int, int, int]) -> Float:
    """Return the current image as the network gets it, (H, W) or (H, W, 3), at most `LARGEST_PICTURE` a side."""
    return _picture(image, image.digest, input_shape)


@st.cache_resource(max_entries=KEPT_NETWORKS, show_spinner="Getting ready …")
def _too_large(_network: Architecture, text: str) -> str:
    from explorer.networks.forward import MOST_WORK, work
    from explorer.networks.module import memory

    wanted = memory(_network)
    if wanted > MOST_BYTES:
        return (
            f"Its numbers and feature maps would need {in_bytes(wanted)}, this server allows "
            f"{in_bytes(MOST_BYTES)}: it stays on paper."
        )
    if work(_network) > MOST_WORK:
        return (
            f"One image would take the time of {work(_network):,} multiply-accumulates, this server allows "
            f"{MOST_WORK:,}: it stays on paper."
        )
    if sum(math.prod(shape[1:]) for shape in _network.shapes) > MOST_SHOWN:
        return "One map of each layer is more than a browser is sent: make the input smaller. It stays on paper."
    return ""


def too_large(network: Architecture) -> str:
    """Say why no image is sent through a network, "" where one may be; nothing is built to find out."""
    return _too_large(network, notation.to_text(network))


def ready() -> bool:
    """Tell whether what a pass needs is loaded, which takes seconds the first time."""
    return "explorer.networks.forward" in sys.modules


def quick(network: Architecture) -> bool:
    """Tell whether a pass takes no longer than a rerun may; of one that is refused, that nothing is to come."""
    from explorer.networks.forward import work

    return bool(too_large(network)) or work(network) + _DRAWN * numbers(network).sums.parameters < QUICK


def in_bytes(size: int) -> str:
    """Write bytes in the unit that reads best.

    Examples
    --------
    >>> in_bytes(2**30), in_bytes(9_000_000)
    ('1 GiB', '8.58 MiB')
    """
    unit, by = next((one for one in _UNITS if size >= one[1]), ("B", 1))
    return f"{size / by:,.3g} {unit}" if size / by < 100 else f"{size / by:,.0f} {unit}"


def visible_first(maps: Float) -> NDArray[np.intp]:
    """Return the places of maps (C, H, W), those that random weights have all but turned off at the end."""
    spread = maps.std(axis=(1, 2))
    return np.argsort(spread < _FAINT * spread.max(), kind="stable")


@st.cache_resource(max_entries=KEPT_MAPS, show_spinner="Making maps …", show_time=True)
def _maps(_network: Architecture, _image: CurrentImage, text: str, digest: str, seed: int) -> Mapping[int, Float]:
    from explorer.networks import forward

    tuning.settle("torch")
    room = MOST_SHOWN // max(1, sum(math.prod(shape[1:]) for shape in _network.shapes))
    shown = max(1, min(MOST_MAPS, room))
    outputs = forward.run(_network, _image.pixels, seed=seed, most_bytes=MOST_BYTES)
    some = {}
    for index, output in enumerate(outputs.values()):
        maps = output[visible_first(output)[:shown]] if output.ndim == 3 else output[None, None].copy()
        maps.flags.writeable = False
        some[index] = maps
    return MappingProxyType(some)


def maps(network: Architecture, image: CurrentImage, seed: int) -> Mapping[int, Float]:
    """Return some maps of every layer, (n, H, W) or (1, 1, features), from one pass with random weights.

    A map that is all but off shows nothing of its size: such are taken only where there are no others.

    Parameters
    ----------
    network
        One for which `too_large` has nothing to say.
    image
        On which image.
    seed
        Of the weights.
    """
    return _maps(network, image, notation.to_text(network), image.digest, seed)
