"""A convolutional layer: every channel of the image through a bank of filters."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.operations.layer import ConvLayer
from explorer.rendering import picture
from explorer.ui import cache, controls, current_image, downloads, frame, layer_controls, layer_words, links, pins
from explorer.ui import layer_state as state
from explorer.ui.components import lens
from explorer.ui.layer_state import PAGE

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)
state.start()
image = current_image.current()
channels = 1 if image.pixels.ndim == 2 else 3

frame.question(
    "What does a convolutional layer compute?",
    "Choose a map: below it stand its kernels, one for each channel, their partial sums and its bias.",
)
layer_controls.say_grey(channels)
weights = layer_controls.bank(channels)
number = layer_controls.one_filter(weights)
chain = layer_controls.laid_on((weights.shape[2], weights.shape[3]), image.pixels.shape)
controls.said(PAGE)
layer = ConvLayer(
    weights,
    state.biases(len(weights)),
    stride=chain.stride,
    padding=chain.padding,
    dilation=chain.dilation,
    border=chain.border,
    nonlinearity=chain.nonlinearity,
)

stages, sums = cache.layer_stages(layer, image), cache.partial_sums(layer, image, number)
if frame.too_large(stages.feature_maps, sums):
    links.publish(state.query(chain, len(weights)))
    st.stop()
scene = lens.layer(
    layer,
    stages,
    number,
    sums,
    titles=state.bank().titles(channels),
    scale="each" if st.session_state[f"{PAGE}.scale"] == "each" else "shared",
    selected=pins.first(PAGE),
)
seen = lens.lens(scene, key=pins.lens_key(PAGE))
pins.keep(PAGE, seen.selected)
state.clicked(seen.map)
downloads.layer(PAGE, scene, stages.activations, sums, number)
st.markdown(layer_words.account(layer, image.pixels.shape))
frame.try_this(PAGE, state.TRIES)
if not state.in_link():
    st.caption("These weights are too many for a link: it leads to the page without them.")
frame.same_in_torch(
    partial(layer.as_torch, shape=image.pixels.shape), files={"input.npy": partial(picture.npy, image.pixels)}
)
links.publish(state.query(chain, len(weights)))
