"""Image filters: the current image through one kernel, or through up to four beside each other."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.rendering import picture
from explorer.ui import (
    beside,
    controls,
    current_image,
    downloads,
    filters_state,
    frame,
    kernel_choice,
    kernel_figures,
    links,
    pins,
)
from explorer.ui.components import lens
from explorer.ui.filters_state import PAGE

came_with = links.arrived(PAGE)
if came_with is not None:
    filters_state.restore(came_with)
image = current_image.current()

frame.question(
    "What does a kernel find in your image?",
    "Point at the feature map: the window it came from lights up, and the sum is written out.",
)
with kernel_choice.row(PAGE):
    kernel_choice.pick(PAGE)
    others = beside.choose(PAGE)
    download = st.container(width="content")
kernel = kernel_choice.adjust(PAGE)
chain = controls.chain(PAGE, kernel, image.pixels.shape)
branches = filters_state.branches(chain, others, image)
if frame.too_large(*(branch.stages.feature_map for branch in branches), *(b.stages.output for b in branches)):
    links.publish(filters_state.query(chain))
    st.stop()
scene = lens.convolution(branches, editable=("kernel",), scale=beside.scale(PAGE), selected=pins.first(PAGE))
with download:
    downloads.offer(PAGE, scene, branches)
result = lens.lens(scene, key=pins.lens_key(PAGE), on_edit=filters_state.edited)
pins.keep(PAGE, result.selected)

frame.try_this(PAGE, filters_state.TRIES)
kernel_figures.figures_of(PAGE, branches)
frame.same_in_torch(
    partial(chain.as_torch, shape=image.pixels.shape),
    note=f"Computes the feature map of {kernel.title} and prints its numbers. Put input.npy beside it.",
    files={"input.npy": partial(picture.npy, image.pixels)},
)
links.publish(filters_state.query(chain))
