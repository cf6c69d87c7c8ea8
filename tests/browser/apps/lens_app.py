"""A lens for each way it is used, chosen by ``?scene=``: what the browser tests of the lens drive."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS
from explorer.ui.components import lens

LECTURE = np.array(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], np.float32
)
ramp = np.add.outer(np.arange(224), 2 * np.arange(224)) % 256
IMAGE = (ramp / 255).astype(np.float32)

st.set_page_config(layout="wide")
st.title("Lens")
kind = st.query_params.get("scene", "point")
stride = st.number_input("Stride", 1, 5, 1)
image: np.ndarray = IMAGE
if kind == "step":
    image = st.session_state.setdefault("image", LECTURE)
    chain = Chain(KERNELS["laplacian-4"], stride=stride)
elif kind == "large":
    chain = Chain(KERNELS["gabor"], stride=stride, padding="same", border="reflect")
elif kind == "colour":
    image = np.stack([IMAGE, IMAGE.T, 1 - IMAGE], axis=2)
    chain = Chain(KERNELS["sobel-vertical"], stride=stride, bias=0.25, nonlinearity="relu", pooling=Pooling(2))
else:
    chain = Chain(KERNELS["sobel-vertical"], stride=stride, nonlinearity="relu", pooling=Pooling(2))
if kind == "pooling":
    scene = lens.pooling(np.array([[4, -3, -1], [-2, 3, -3], [-3, 2, 3]], np.float32), Pooling(2), editable=True)
elif kind == "beside":
    chains = [Chain(KERNELS[name], stride=stride) for name in ("sobel-vertical", "sobel-horizontal", "log")]
    scene = lens.convolution([lens.Branch(c, c.run(image), c.kernel.title) for c in chains], scale="shared")
else:
    scene = lens.convolution(
        [lens.Branch(chain, chain.run(image))],
        mode="step" if kind == "step" else "point",
        editable=("input", "kernel") if kind == "step" else (),
    )
result = lens.lens(scene, key="lens")
if result.edit and kind == "step":
    edited = image.copy()
    edited[result.edit.row, result.edit.col] = result.edit.value
    st.session_state["image"] = edited
st.text(f"selected {result.selected} edit {result.edit}")
