"""Local patterns: what a cell cannot see changes its number by no bit."""

from __future__ import annotations

import streamlit as st

from explorer.insight.local import HOW, with_maps
from explorer.trained import zoo
from explorer.ui import downloads
from explorer.ui import introduction_cache as cache
from explorer.ui import introduction_state as state
from explorer.ui import introduction_words as words
from explorer.ui.components.plates import Frame, Plate, plates
from explorer.ui.current_image import Whole
from explorer.ui.introduction_state import PAGE

_DONE = {"grey": "covered", "blur": "blurred", "scramble": "scrambled"}


def panel(image: Whole) -> None:
    """Let a person choose a cell; show its number as it is, without the rest, and without its own window."""
    st.subheader("It looks at small windows", anchor=False)
    st.markdown("Choose a cell of the map. Whatever happens outside its window: its number does not change.")
    _controls()
    stage, number, cell, how = state.layer(), state.map_number(), state.cell(), state.how()
    told = cache.covering(image, stage, number, cell, how)
    box, done = told.box, _DONE[how]
    frame = (Frame(box.top, box.left, box.bottom, box.right),)
    plates(
        [
            Plate(
                f"Map {number + 1} of {stage}",
                told.map_before,
                "output",
                250,
                f"Row {cell[0]}, column {cell[1]}. Choose another cell.",
                cell=cell,
                name="map",
            ),
            Plate(
                "Your image, the cell’s window",
                cache.still(image).prepared,
                "input",
                250,
                "The cell’s number.",
                words.exactly(told.before),
                frames=frame,
            ),
            Plate(
                f"All else {done}",
                told.rest,
                "input",
                250,
                words.without_rest(told),
                words.exactly(told.without_rest),
                frames=frame,
            ),
            Plate(
                f"The window {done}",
                told.own,
                "input",
                250,
                words.without_field(told),
                words.exactly(told.without_field),
                frames=frame,
            ),
        ],
        key=f"{PAGE}.local",
        on_cell=lambda _, at: state.look_at(at),
    )
    st.markdown(words.seen(told))
    downloads.pictures(
        f"{PAGE}.local",
        [downloads.Picture(f"Map {number + 1} of {stage}", told.map_before)],
        [
            downloads.colour("Your image", cache.still(image).prepared),
            downloads.colour(f"All else {done}", told.rest),
            downloads.colour(f"The window {done}", told.own),
        ],
    )
    with st.expander("Bit by bit"):
        st.code(words.bit_by_bit(told, done), language=None, wrap_lines=True)
        st.caption("A float32 as the computer holds it: sign, exponent, fraction.")


def _controls() -> None:
    network = zoo.load(state.NETWORK)
    for control, value in (("layer", state.layer()), ("map", state.map_number()), ("how", state.how())):
        st.session_state.setdefault(f"{PAGE}.{control}", value)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{PAGE}-local-controls"):
        st.segmented_control(
            "Layer",
            list(state.LAYERS),
            format_func=state.LAYERS.__getitem__,
            required=True,
            key=f"{PAGE}.layer",
            persist_state="session",
        )
        st.selectbox(
            "Map",
            range(with_maps(network, state.layer()).shape[0]),
            format_func=lambda number: str(number + 1),
            key=f"{PAGE}.map",
            persist_state="session",
            width=110,
        )
        st.segmented_control(
            "What happens to the picture",
            list(HOW),
            format_func=HOW.__getitem__,
            required=True,
            key=f"{PAGE}.how",
            persist_state="session",
        )
