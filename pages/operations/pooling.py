"""Pooling: what is left of a map when each window becomes one number."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from explorer.rendering import picture
from explorer.ui import (
    cache,
    controls,
    current_image,
    downloads,
    frame,
    links,
    pins,
    pooling_controls,
    pooling_words,
)
from explorer.ui import pooling_state as state
from explorer.ui.components import lens
from explorer.ui.pooling_state import PAGE

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)
state.start()
image = current_image.current()

frame.question(
    "What does pooling keep?",
    "Point at the pooled map: its window and the cell that won light up. Change any number of the lecture's map.",
)
of, traced = pooling_controls.choose_map(colour=image.pixels.ndim == 3)
chain = None if of == "matrix" else pooling_controls.choose_chain(image.pixels.shape)
shape = state.map_shape() if chain is None else chain.map_shape(image.pixels.shape)
pooling = pooling_controls.window(of, shape)
controls.said(PAGE)

if chain is None:
    feature_map, stages = state.history().value, None
    code, files = partial(state.torch_code, feature_map, pooling), frame.NO_FILES
else:
    chain = replace(chain, pooling=pooling)
    stages = cache.stages(chain, image)
    feature_map = stages.activation
    code, files = (
        partial(chain.as_torch, shape=image.pixels.shape),
        {"input.npy": partial(picture.npy, image.pixels)},
    )
if not frame.too_large(feature_map, pooling.run(feature_map)):
    seen_in = state.scene_name(of, traced)
    at = pins.first(seen_in)
    if stages is not None and traced:
        branches = [lens.Branch(chain, stages)]
        scene = lens.convolution(branches, selected=at)
    else:
        scene = lens.pooling(
            feature_map, pooling, title=state.map_title(chain), editable=chain is None, selected=at
        )
    pins.keep(seen_in, lens.lens(scene, key=pins.lens_key(seen_in), on_edit=state.edited).selected)
    if stages is not None and traced:
        downloads.offer(PAGE, scene, branches)
    else:
        downloads.pooled(PAGE, scene, pooling.run(feature_map), feature_map, state.map_title(chain))

st.markdown(pooling_words.account(shape, pooling))
frame.try_this(PAGE, state.TRIES)
frame.same_in_torch(code, files=files)
links.publish(state.query(pooling, chain, traced))
