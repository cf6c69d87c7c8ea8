"""What trained networks make of images: shared by all sessions, read-only, keyed by view and image, bounded."""

from __future__ import annotations

import streamlit as st

from explorer.trained import explaining, zoo
from explorer.trained.stages import INPUT, Activations
from explorer.trained.view import View
from explorer.ui import tuning
from explorer.ui.components import activations as overview
from explorer.ui.current_image import Whole

# The lecture's network keeps 9 MB of numbers for an image, and 1.4 MB travel; Tiny VGG's are a tenth of that.
KEPT = 24
KEPT_EXPLANATIONS = 32


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _activations(_view: View, _image: Whole, view_digest: str, image_digest: str) -> Activations:
    tuning.settle("torch")
    return _view.run(_image.pixels)


def activations(view: View, image: Whole) -> Activations:
    """Return everything that a network makes of an image, computed once for all who look at the same.

    Raises
    ------
    ValueError
        If the network's files are missing or altered, or the view does not fit it.
    """
    return _activations(view, image, view.digest, image.digest)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _blob(_view: View, _image: Whole, view_digest: str, image_digest: str) -> bytes:
    before = activations(_view.plain, _image) if _view.meddled else None
    return overview.blob(activations(_view, _image), before)


def blob(view: View, image: Whole) -> bytes:
    """Return what the overview draws."""
    return _blob(view, image, view.digest, image.digest)


@st.cache_resource(max_entries=KEPT_EXPLANATIONS, show_spinner=False)
def _explained(
    _view: View, _image: Whole, view_digest: str, image_digest: str, stage: str, number: int, most: int
) -> explaining.Explained:
    return explaining.explain(activations(_view, _image), stage, number, most=most)


def explained(view: View, image: Whole, stage: str, number: int, most: int) -> explaining.Explained | None:
    """Return how a map or a class came about; None for a channel of the input.

    Raises
    ------
    ValueError
        If there is no such map.
    """
    if stage == INPUT:
        channels = zoo.load(view.network).architecture.input_shape[0]
        if number >= channels:
            raise ValueError(f"map: got channel {number} of the input, legal is 0 to {channels - 1}")
        return None
    return _explained(view, image, view.digest, image.digest, stage, number, most)
