"""A trained network at work on the current image: every map, how it came about, and what changes it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.rendering import picture
from explorer.trained import zoo
from explorer.ui import activations_cache as cache
from explorer.ui import activations_controls as controls_of
from explorer.ui import activations_downloads as take_along
from explorer.ui import activations_lens as term_lens
from explorer.ui import activations_meddle as meddle
from explorer.ui import activations_state as state
from explorer.ui import activations_sweeps as sweeps
from explorer.ui import activations_tries as tries
from explorer.ui import activations_words as words
from explorer.ui import controls, current_image, frame, links, model_card
from explorer.ui.activations_state import PAGE
from explorer.ui.components import activations as overview
from explorer.ui.components import explained as explanation

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)
image = current_image.whole()

missing = None
try:
    network = zoo.load(state.network())
    hint = words.account(network)
except ValueError as error:
    missing, hint = error, "One of three trained networks, on the image in the sidebar"
frame.question("What does the network make of your image?", hint)
controls_of.choose_network(image, loaded=missing is None)
controls.said(PAGE)
if missing is not None:
    model_card.say_missing(state.network(), missing)
    links.publish(state.query())
    st.stop()
view = state.view()
found = cache.activations(view, image)
controls_of.legal_choice(view, image)
chosen = state.choice()
told = cache.explained(view, image, *chosen, state.most()) if chosen else None

overview.overview(cache.blob(view, image), key=f"{PAGE}.overview", on_chosen=state.choose, on_look=state.look)
explanation.explained(
    explanation.ExplainedView(
        found,
        told,
        chosen[0] if chosen else None,
        chosen[1] if chosen else 0,
        state.cell(),
        state.term(),
        state.scale(),
        state.columns(),
        state.number(),
    ),
    key=f"{PAGE}.explained",
    on_chosen=state.choose,
    on_cell=state.pin,
    on_term=state.open_term,
    on_off=state.switch,
    on_most=lambda everything: state.tell(all_terms=everything),
)
term_lens.panel(found, told)
take_along.offer(found)
frame.try_this(PAGE, tries.of(view.network))
meddle.panel(view, image)
sweeps.panel(view, image)
controls_of.what_it_gets(view, image)
model_card.show(network)
frame.same_in_torch(
    partial(controls_of.as_torch, found),
    note="Puts the shipped weights into a plain torch network and prints the numbers that are on the screen.",
    files={"input.npy": partial(picture.npy, found.prepared), **controls_of.files(view.network)},
)
links.publish(state.query())
