"""What the first page computes, shared by all sessions and bounded: the answers over a shift, the patches."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.insight.local import Float, Unmoved, unmoved
from explorer.insight.moving import Moved, moved
from explorer.insight.patches import Patch, strongest
from explorer.samples import SAMPLES
from explorer.trained import sweeps, zoo
from explorer.trained.stages import Activations
from explorer.trained.transformations import Moves
from explorer.trained.view import View
from explorer.ui import activations_cache, tuning
from explorer.ui.current_image import Whole
from explorer.ui.introduction_state import NETWORK, Cell

Found = dict[str, tuple[tuple[Patch, ...], ...]]
PATCH_LAYERS = ("relu_1_1", "relu_2_1", "relu_2_2")
KEPT = 32


def still(image: Whole) -> Activations:
    """Return what the network makes of the current image."""
    return activations_cache.activations(View(NETWORK), image)


def shifted(image: Whole, shift: Cell) -> Activations:
    """Return what it makes of the image moved by (down, right)."""
    return activations_cache.activations(View(NETWORK, moves=Moves(down=shift[0], right=shift[1])), image)


def followed(image: Whole, shift: Cell, stage: str) -> Moved:
    """Return how a stage's maps moved along."""
    return moved(still(image), shifted(image, shift), stage, *shift)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _unmoved(_image: Whole, digest: str, stage: str, number: int, cell: Cell, how: str) -> Unmoved:
    return unmoved(zoo.load(NETWORK), still(_image).prepared, stage, number, cell, how)


def covering(image: Whole, stage: str, number: int, cell: Cell, how: str) -> Unmoved:
    """Return what covering what a cell sees, and what it cannot, does to its number."""
    return _unmoved(image, image.digest, stage, number, cell, how)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _swept(_image: Whole, digest: str, down: int) -> tuple[tuple[float, ...], Float]:
    tuning.settle("torch")
    network = zoo.load(NETWORK)
    places = sweeps.values("right", network.preparation.size)
    return places, sweeps.sweep(network, still(_image).prepared, "right", places, moves=Moves(down=down))


def swept(image: Whole, down: int) -> tuple[tuple[float, ...], Float]:
    """Return shifts to the right and every class's probability at each."""
    return _swept(image, image.digest, down)


@st.cache_resource(show_spinner=False)
def _shelf() -> tuple[Lock, Found]:
    return Lock(), {}


def searched() -> bool:
    """Tell whether somebody on this server has had the patches searched."""
    return len(_shelf()[1]) == len(PATCH_LAYERS)


def pictures() -> dict[str, NDArray[np.uint8]]:
    """Return the pictures that are searched, by title."""
    return {sample.title: sample.load() for sample in SAMPLES.values() if not sample.native}


def patches(told: Callable[[float], None]) -> Found:
    """Return what excites every filter of three layers most, searched once for all sessions.

    Parameters
    ----------
    told
        Hears the share that is done; not called where it has been found before.
    """
    lock, found = _shelf()
    with lock:  # thirty people open the page at once: one searches, the others get what it found
        for place, stage in enumerate(PATCH_LAYERS):
            if stage not in found:
                tuning.settle("torch")

                def part(share: float, done: int = place) -> None:
                    told((done + share) / len(PATCH_LAYERS))

                found[stage] = strongest(zoo.load(NETWORK), stage, pictures(), told=part)
    return found
