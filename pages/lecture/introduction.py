"""The first page: what a convolutional network is, where to begin, and its ideas on the current image."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from explorer.ui import current_image, frame, introduction_begin, introduction_local, links, model_card
from explorer.ui import introduction_moving as moving
from explorer.ui import introduction_patches as patches
from explorer.ui import introduction_state as state
from explorer.ui.introduction_state import NETWORK, PAGE

st.html(Path(__file__).parents[2] / "assets/introduction.css")
came_with = links.arrived(PAGE)
frame.question(
    "What is a convolutional network?",
    "A network that looks at small windows, with the same weights everywhere, layer upon layer. "
    "Here is one at work on your image; what is said of it below, you can try.",
)
try:
    if came_with is not None:
        state.arrive(came_with)
    image = current_image.whole()
    introduction_begin.glance(image)
except ValueError as error:
    model_card.say_missing(NETWORK, error)
    introduction_begin.begin()
    links.publish(current_image.query())
    st.stop()
introduction_begin.begin()
st.divider()
introduction_local.panel(image)
st.divider()
moving.panel(image)
st.divider()
links.publish(state.query())
patches.panel()
