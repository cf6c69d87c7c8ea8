"""A network on paper: design it and see what every layer makes, costs and sees."""

from __future__ import annotations

import streamlit as st

from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_compare as compare
from explorer.ui import architecture_editor as editor
from explorer.ui import architecture_flesh as flesh
from explorer.ui import architecture_state as state
from explorer.ui import architecture_take_along as take_along
from explorer.ui import architecture_words as words
from explorer.ui import controls, current_image, frame, links
from explorer.ui.architecture_state import PAGE
from explorer.ui.architecture_tries import TRIES
from explorer.ui.components.network import NetworkView, network

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)
image = current_image.current()

frame.question(
    "What does a network cost, layer by layer?",
    "Change a layer and watch all that follows. Choose a number to see the sum behind it.",
)
frame.try_this(PAGE, TRIES)
editor.whole_network()
editor.one_layer()
controls.said(PAGE)
draft = state.draft()
take_along.said()
editor.broken(draft)

numbers = cache.numbers(draft)
with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"{PAGE}-account"):
    st.markdown(words.account(draft, numbers, state.names()), width="content")
    maps, waiting = flesh.maps(draft, image)
st.markdown(words.observations(draft))
network(
    NetworkView(
        draft,
        numbers.rows,
        cache.named(draft, state.names()),
        cache.explained(draft, state.names()),
        cache.picture(image, draft.input_shape),
        maps,
        flesh.note() if maps else "",
        state.selected(),
    ),
    key=f"{PAGE}.drawing",
    on_selected=state.select,
)
compare.choose()
other = state.other()
if other is not None:
    compare.side_by_side(draft, other)
take_along.offer(draft)
if not state.in_link():
    st.caption("This network is too long for a link: take it along as JSON instead.")
links.publish(state.query())
flesh.catch_up(waiting, draft, image)
