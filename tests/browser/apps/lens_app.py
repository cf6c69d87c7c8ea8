"""A lens for each way it is used, chosen by ``?scene=``: what the browser tests of the lens drive."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS, Kernel
from explorer.operations.layer import ConvLayer
from explorer.samples import SAMPLES
from explorer.ui.components import lens

LECTURE = np.array(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], np.float32
)
MAP = np.array([[4, -3, -1], [-2, 3, -3], [-3, 2, 3]], np.float32)
ramp = np.add.outer(np.arange(224), 2 * np.arange(224)) % 256
IMAGE = (ramp / 255).astype(np.float32)
COLOUR = np.stack([IMAGE, IMAGE.T, 1 - IMAGE], axis=2)

st.set_page_config(layout="wide")
st.title("Lens")
query = st.query_params
kind = query.get("scene", "point")
stride = st.number_input("Stride", 1, 5, int(query.get("stride", 1)))
at = query.get("at")
place = (at.split(",")[0], int(at.split(",")[1]), int(at.split(",")[2])) if at else None
image, kernel = IMAGE, KERNELS["sobel-vertical"]
if "keeps" in query:  # a page that hands back what the lens has told it
    place = st.session_state.get("place", place)
if query.get("image") == "coffee":
    picture = SAMPLES["coffee"].load()[::2, ::2][:224, :224]
    COLOUR = (picture / 255).astype(np.float32)
    image = IMAGE = np.ascontiguousarray(COLOUR.mean(axis=2))


def one(chain: Chain, pixels: np.ndarray) -> lens.Branch:
    return lens.Branch(chain, chain.run(pixels))


if kind == "step":
    image = st.session_state.setdefault("image", LECTURE)
    kernel = st.session_state.setdefault("kernel", KERNELS[query.get("kernel", "laplacian-4")])
    options = {key: query[key] for key in ("padding", "border") if key in query}
    chain = Chain(
        kernel, stride=stride, dilation=int(query.get("dilation", 1)), bias=float(query.get("bias", 0)), **options
    )
    scene = lens.convolution([one(chain, image)], mode="step", editable=("input", "kernel"), selected=place)
elif kind == "large":
    chain = Chain(KERNELS["gabor"], stride=stride, padding="same", border="reflect")
    scene = lens.convolution([one(chain, image)], selected=place)
elif kind == "eleven":
    weights = np.random.default_rng(1).normal(size=(11, 11)).astype(np.float32)
    scene = lens.convolution([one(Chain(weights, stride=stride), image)])
elif kind == "colour":
    chain = Chain(kernel, stride=stride, bias=0.25, nonlinearity="relu", pooling=Pooling(2))
    scene = lens.convolution([one(chain, COLOUR)], selected=place)
elif kind == "pooling":
    matrix = st.session_state.setdefault("map", MAP)
    scene = lens.pooling(matrix, Pooling(2, mode=query.get("mode", "max")), editable=True)
elif kind == "beside":
    chains = [Chain(KERNELS[name], stride=stride) for name in ("sobel-vertical", "sobel-horizontal", "log")]
    scene = lens.convolution([lens.Branch(c, c.run(image), c.kernel.title) for c in chains], scale="shared")
elif kind == "layer":
    bank = np.random.default_rng(0).normal(0, 0.3, (8, 3, 3, 3)).astype(np.float32)
    bank[5] = -np.abs(bank[5])
    layer = ConvLayer(bank, np.linspace(-0.2, 0.2, 8).astype(np.float32), stride=stride, nonlinearity="relu")
    chosen = st.session_state.setdefault("chosen", 1)
    scene = lens.layer(layer, layer.run(COLOUR), chosen, layer.partial_sums(COLOUR, chosen), selected=place)
elif kind == "plain":
    scene = lens.convolution([one(Chain(kernel, stride=stride), image)], selected=place)
else:
    chain = Chain(kernel, stride=stride, nonlinearity="relu", pooling=Pooling(2))
    scene = lens.convolution([one(chain, image)], selected=place)


def typed(edit: lens.Edit) -> None:
    """Take a cell that was typed into."""
    name = {"input": "image", "map": "map", "kernel": "kernel"}[edit.plane]
    numbers = np.array(edit.numbers, np.float32)
    st.session_state[name] = Kernel.own(numbers) if name == "kernel" else numbers
    st.session_state["edits"] = [*st.session_state.get("edits", []), edit.value]


result = lens.lens(scene, key="lens", on_edit=typed)
st.session_state["place"] = result.selected
if "slow" in query:
    time.sleep(0.8)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if result.map is not None and kind == "layer":
    st.session_state["chosen"] = result.map
    st.rerun()
st.text(f"selected {result.selected} edits {st.session_state.get('edits', [])}")
st.text(f"run {st.session_state['runs']}")
