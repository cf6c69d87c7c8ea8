"""The page's controls besides meddling: which network, a pad for digits, and what the network really gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import streamlit as st

from explorer import images
from explorer.rendering import picture
from explorer.trained import zoo
from explorer.trained.explaining import ConvolutionExplained
from explorer.trained.source import as_torch as written
from explorer.trained.stages import Activations
from explorer.trained.view import View
from explorer.ui import activations_cache as cache
from explorer.ui import activations_state as state
from explorer.ui import activations_words as words
from explorer.ui import current_image
from explorer.ui.activations_state import NETWORKS, PAGE, TITLES
from explorer.ui.components.drawing_pad import drawing_pad
from explorer.ui.current_image import Whole
from explorer.ui.plain_text import plain

SHOWN = 240  # px that a picture is enlarged to


def choose_network(image: Whole, *, loaded: bool) -> None:
    """Draw the choice of the network, and for digits a pad to draw one on, with what is read on it."""
    key = f"{PAGE}.network"
    st.session_state[key] = state.network()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{PAGE}-network"):
        st.segmented_control(
            "Network",
            NETWORKS,
            format_func=TITLES.__getitem__,
            required=True,
            key=key,
            persist_state="session",
            on_change=state.changed,
            label_visibility="collapsed",
        )
        if state.network() == "example":
            with st.popover("Draw a digit", key=f"{PAGE}.draw"):
                st.caption("Any size, any place, thick or thin: the network learned them all.")
                if loaded:  # on a phone the pad covers the scores
                    st.markdown(words.answers(cache.activations(state.view(), image), None))
                drawing_pad(current_image.drawn(), key=f"{PAGE}.pad", on_drawn=current_image.take_drawing)


def legal_choice(view: View, image: Whole) -> None:
    """Let go of a choice that this network does not have, as from a link, and say so."""
    for legal, let_go in (
        (_map, partial(state.direct, None)),
        (_cell, partial(state.pin, None)),
        (_term, partial(state.open_term, None)),
    ):
        try:
            legal(view, image)
        except ValueError as error:
            let_go()
            st.warning(plain(f"The link chooses something that this network does not have. {error}"))


def _map(view: View, image: Whole) -> None:
    chosen = state.choice()
    if chosen is not None:
        cache.explained(view, image, *chosen, state.most())


def _cell(view: View, image: Whole) -> None:
    chosen, place = state.choice(), state.cell()
    if chosen is None or place is None:
        return
    rows, cols = cache.activations(view, image).of(chosen[0])[chosen[1]].shape or (1, 1)
    if not (0 <= place[0] < rows and 0 <= place[1] < cols):
        raise ValueError(f"at: got {place[0]},{place[1]}, legal is 0,0 to {rows - 1},{cols - 1}")


def _term(view: View, image: Whole) -> None:
    """See that the lens's input map is one that is told; a link may want one of the weaker ones."""
    chosen, source = state.choice(), state.term()
    if chosen is None or source is None:
        return
    told = cache.explained(view, image, *chosen, state.most())
    if isinstance(told, ConvolutionExplained) and source not in {term.source for term in told.terms}:
        state.tell(all_terms=True)
        told = cache.explained(view, image, *chosen, state.most())
    sources = [term.source for term in told.terms] if isinstance(told, ConvolutionExplained) else []
    if source not in sources:
        legal = f"legal is {min(sources)} to {max(sources)}" if sources else f"{chosen[0]} has no partial sums"
        raise ValueError(f"term: got {source}, {legal}")


def what_it_gets(view: View, image: Whole) -> None:
    """Show how the image becomes the network's input, step by step."""
    network = zoo.load(view.network)
    preparation = network.preparation
    with st.expander("What the network really gets", key=f"{PAGE}.gets", on_change="rerun") as opened:
        if not opened.open:
            return
        st.markdown(preparation.describe())
        steps = [("Your image, the centre square", images.fit(image.pixels, min(len(image.pixels), 2 * SHOWN)))]
        if preparation.ink:
            grey = images.fit(images.to_gray(image.pixels), preparation.size)
            steps.append((f"Brightness, {preparation.size} × {preparation.size}", _bytes(grey[None])))
        plain = network.prepare(image.pixels)
        size = f"{plain.shape[1]} × {plain.shape[2]}"
        steps.append((f"What it gets, {size}" if view.moves.none else f"Prepared, {size}", _bytes(plain)))
        if not view.moves.none:
            steps.append((f"{view.moves.describe().capitalize()}: what it gets", _bytes(view.moves.of(plain))))
        for column, (title, pixels) in zip(st.columns(4), steps, strict=False):
            column.image(
                picture.lossless(pixels, SHOWN), caption=title, alt=title, output_format="PNG", width="stretch"
            )
        if not preparation.colour:
            st.caption("One number a cell: 0 is black, 1 is white.")


def _bytes(prepared: np.ndarray) -> np.ndarray:
    """Return (C, H, W) in [0, 1] as pixels (H, W, 3) for the eye."""
    pixels = np.rint(np.moveaxis(prepared, 0, -1) * 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def as_torch(found: Activations) -> str:
    """Write the code that prints the numbers on the screen."""
    stage, number = state.choice() or (None, 0)
    return written(found, stage, number, state.cell())


def files(network: str) -> Mapping[str, Callable[[], bytes]]:
    """Return the shipped weights as a file that the code loads."""
    name = f"{network}.safetensors"
    return {name: partial((zoo.MODELS / name).read_bytes)}
