"""The network component alone: a preset by its name in the address, whole or broken, with or without maps.

The chosen layer is kept as the page keeps it, so that a choice in the drawing and one beside it are both followed.
"""

from dataclasses import replace
from typing import cast

import numpy as np
import streamlit as st

from explorer.networks import explanation, forward, input_image, source
from explorer.networks.architecture import Draft
from explorer.networks.budget import budget
from explorer.networks.layers import Conv2d
from explorer.networks.presets import PRESETS
from explorer.samples import SAMPLES
from explorer.ui.components import network

st.set_page_config(layout="wide")
st.title("A network")
net = PRESETS[st.query_params.get("net", "example")]
draft = Draft(net.input_shape, net.layers)
if "broken" in st.query_params:
    place = int(st.query_params["broken"])
    wide = replace(cast(Conv2d, draft.layers[place]), kernel_size=200)
    draft = replace(draft, layers=(*draft.layers[:place], wide, *draft.layers[place + 1 :]))
image = np.asarray(SAMPLES["coffee"].load(), np.float32) / 255
fitted = input_image.fit_input(image, draft.input_shape)
shown = fitted[0] if len(fitted) == 1 else np.moveaxis(fitted, 0, 2)
maps = None
if "maps" in st.query_params:
    made = forward.run(net, image, seed=0)
    maps = {i: made[n] for i, n in enumerate(net.names) if made[n].ndim == 3}
said_of = explanation.explain_all(draft.sound)
names = source.keras_rows(draft) if "keras" in st.query_params else source.torch_rows(draft)
st.session_state.setdefault("layer", int(st.query_params.get("selected", "0")))


def choose(index: int) -> None:
    """Keep what was chosen, and how often the drawing said so."""
    st.session_state["layer"] = index
    st.session_state["said"] = st.session_state.get("said", 0) + 1


st.button("Choose the first", on_click=choose, args=(0,))
view = network.NetworkView(
    draft,
    budget(draft.sound),
    names,
    {
        at: replace(said, title=f"{explanation.COLUMNS[at[1]]} of {names[at[0]].name}")
        for at, said in said_of.items()
    },
    shown,
    maps,
    "Random weights, seed 0: this network is untrained. Each layer has its own scale, printed below it."
    if maps
    else "",
    int(st.session_state["layer"]),
)
network.network(view, key="network", on_selected=choose)
st.write(f"layer {st.session_state['layer']}, said {st.session_state.get('said', 0)} times")
