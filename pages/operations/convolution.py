"""Convolution, step by step: how one number of a feature map comes about, on a matrix small enough to read."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.operations.chain import Chain
from explorer.ui import controls, downloads, frame, links, matrix_controls
from explorer.ui import steps_state as state
from explorer.ui.components import lens
from explorer.ui.steps_state import PAGE

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)
made, history = state.history().value, state.history()

frame.question(
    "How does one number of a feature map come about?",
    "The lecture's example. Change any cell; play, or step with the arrow keys.",
)
with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=f"{PAGE}-controls"):
    matrix_controls.popover(
        f"{PAGE}.input", "Input", made.matrix, state.INPUT, state.use_matrix, presets=state.INPUTS, random=(0, 1)
    )
    matrix_controls.popover(
        f"{PAGE}.kernel",
        "Kernel",
        made.kernel.weights,
        state.KERNEL,
        state.use_kernel,
        presets={title: kernel.weights for title, kernel in state.FITTING.items()},
    )
    options = controls.convolution(PAGE, made.kernel.shape, made.matrix.shape)
    chain = Chain(made.kernel, **options, bias=controls.bias(PAGE))
    st.button("Undo", key=f"{PAGE}.undo", on_click=history.undo, disabled=not history.can_undo)
    st.button("Redo", key=f"{PAGE}.redo", on_click=history.redo, disabled=not history.can_redo)
controls.said(PAGE)

stages = chain.run(made.matrix)
scene, branches = None, []
if not frame.too_large(stages.feature_map):
    branches = [lens.Branch(chain, stages)]
    scene = lens.convolution(
        branches,
        mode="step",
        editable=("input", "kernel"),
        selected=state.selected(chain.map_shape(made.matrix.shape)),
    )
    state.select(lens.lens(scene, key=f"{PAGE}.lens", on_edit=state.edited).selected)

for line in state.size_words(made.matrix, chain):
    st.markdown(line)
if unread := state.unread_words(made.matrix, chain):
    st.markdown(unread)
frame.try_this(PAGE, state.TRIES)
if scene is not None:
    downloads.offer(PAGE, scene, branches)
frame.same_in_torch(partial(state.torch_code, made.matrix, chain))
links.publish(state.query(chain))
