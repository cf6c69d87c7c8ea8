"""Sizes in the flesh: the current image through the network with random weights, where the server allows it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.networks.architecture import Draft
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_state as state
from explorer.ui.architecture_state import PAGE
from explorer.ui.current_image import CurrentImage

Maps = Mapping[int, NDArray[np.float32]]
_DONE = f"{PAGE}.flesh.done"


def maps(draft: Draft, image: CurrentImage) -> tuple[Maps | None, DeltaGenerator | None]:
    """Draw the switch and, where it is on, send the image through the layers that fit.

    What takes long is left to `catch_up` at the page's end, so that the page stands meanwhile.

    Parameters
    ----------
    draft
        The network.
    image
        The current image.

    Returns
    -------
    maps : mapping of int to ndarray or None
        By layer, some of its maps; None where it is off, refused or still to come.
    waiting : DeltaGenerator or None
        Where `catch_up` is to say that it works; None where nothing is to come.
    """
    on = state.in_flesh()
    st.toggle(
        "Show the maps",
        key=f"{PAGE}.flesh",
        persist_state="session",
        help="Sends your image once through the network with random weights: nothing is trained.",
    )
    if not on or not draft.shapes:
        return None, None
    wanted = (draft.sound, image.digest, state.seed())
    if not cache.ready() or (st.session_state.get(_DONE) != wanted and not cache.quick(draft.sound)):
        return None, st.empty()
    refused = cache.too_large(draft.sound)
    if refused:
        st.warning(refused)
        return None, None
    st.button("Other random weights", key=f"{PAGE}.other", on_click=state.other_weights)
    return cache.maps(draft.sound, image, state.seed()), None


def catch_up(waiting: DeltaGenerator | None, draft: Draft, image: CurrentImage) -> None:
    """Make the maps that `maps` left for the page's end, and run the page again with them."""
    if waiting is None:
        return
    with waiting.container():
        if not cache.too_large(draft.sound):
            cache.maps(draft.sound, image, state.seed())
    st.session_state[_DONE] = (draft.sound, image.digest, state.seed())
    st.rerun()


def note() -> str:
    """Say what the maps are."""
    return (
        "Up to four maps of each layer that are not off, in their true sizes beside each other. The weights are "
        f"random (seed {state.seed()}), the network is untrained: look at the sizes, not for meaning. "
        "Each layer has its own scale, printed below it."
    )
