"""The first page: its numbers are torch's, and its link brings back what was set up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.transformations import Moves
from explorer.ui.components.blob import unpack
from explorer.ui.introduction_words import exactly
from tests.pages.opened import opened, texts

TINY = zoo.load("tiny-vgg")
Drawn = tuple[list[dict[str, Any]], dict[str, NDArray[Any]]]


def page(**query: str) -> AppTest:
    return opened("introduction", {"image": "coffee", **query}, section="lecture")


def plates(app: AppTest, place: int) -> Drawn:
    """Return the plates of the glance (0), the window (1) or the moved picture (2)."""
    drawn = [one for one in app.get("bidi_component") if one.proto.component_name == "cnn_plates"]
    meta, arrays = unpack(drawn[place].proto.bytes)
    return meta["plates"], arrays


def by_torch(prepared: NDArray[np.float32], stage: str) -> NDArray[np.float32]:
    x = torch.as_tensor(np.array(prepared))[None]
    for name, module in TINY.module.named_children():
        x = module(x)
        if name == stage:
            break
    return np.asarray(x[0])


def test_it_says_what_it_is_and_leads_to_every_page() -> None:
    app = page()
    assert app.title[0].value == "What is a convolutional network?"
    links = [one.proto.page for one in app.get("page_link")]
    assert {"filters", "pooling", "layer", "architecture", "activations"} <= set(links)
    glance, _ = plates(app, 0)
    best, probability = TINY.predict(SAMPLES["coffee"].load())[0]
    assert glance[-1]["number"] == best
    assert glance[-1]["says"].startswith(f"{probability:.1%}".replace("%", " %"))


def test_the_three_numbers_of_a_cell_are_torchs_and_only_its_window_counts() -> None:
    app = page(layer="conv_2_1", map="6", at="4,20", how="scramble")
    (chosen, as_it_is, rest, window), _ = plates(app, 1)
    prepared = TINY.prepare(SAMPLES["coffee"].load())
    value = by_torch(prepared, "conv_2_1")[5, 4, 20]
    np.testing.assert_allclose(float(as_it_is["number"].replace("−", "-")), value, rtol=1e-5)
    assert chosen["cell"] == [4, 20]
    assert rest["frames"][0]["box"] == [8, 40, 18, 50]
    assert rest["number"] == as_it_is["number"] != window["number"]
    assert rest["says"] == "The same, to the last bit."
    assert "10 × 10 of the picture’s 64 × 64 cells. The other 97.6 %" in texts(app)


def test_a_shift_moves_the_maps_and_the_difference_says_where_it_cannot() -> None:
    app = page(shift="0,2")
    (image, _, first, _, pooled, _, again), arrays = plates(app, 2)
    moved = Moves(right=2).of(TINY.prepare(SAMPLES["coffee"].load()))
    assert image["shift"] == [0, 2]
    assert (np.abs(arrays["cells0"] / 255 - np.moveaxis(moved, 0, -1)) < 0.5 / 255 + 1e-6).all()
    for plate, cells, by in ((first, "cells2", "2 cells right"), (pooled, "cells4", "1 cell right")):
        assert plate["says"].startswith(f"Moved {by}: all")
        assert plate["says"].endswith("numbers are the same to the bit.")
        assert set(np.unique(arrays[cells])) == {0, 128}, "nothing is left, but for cells that see the border"
    assert "2 is no multiple of 4" in again["says"]
    assert len(np.unique(arrays["cells6"])) > 3


def test_the_answer_is_named_with_where_it_breaks() -> None:
    said = texts(page(shift="0,0"))
    answers = {}
    for right in range(-32, 33, 2):
        scores = by_torch(Moves(right=right).of(TINY.prepare(SAMPLES["coffee"].load())), "output")
        answers[right] = TINY.classes[int(scores.argmax())]
    assert answers[0] == "espresso"
    right = next(at for at in range(0, 33, 2) if answers[at] != "espresso")
    assert f"to {right - 2} right" in said
    assert f"at {right} right it is {answers[right]}" in said


def test_a_choice_is_in_the_link_and_the_link_brings_it_back() -> None:
    app = page()
    app.button(key="introduction.shift.4").click().run()
    app.selectbox(key="introduction.map").select(7).run()
    app.segmented_control(key="introduction.how").set_value("blur").run()
    query = {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}
    assert {name: query[name] for name in ("map", "how", "shift")} == {"map": "8", "how": "blur", "shift": "0,4"}
    again = page(**query)
    for place in (1, 2):
        (meta, arrays), (other, others) = plates(app, place), plates(again, place)
        assert meta == other
        assert all((arrays[name] == others[name]).all() for name in arrays)


def test_another_image_has_other_numbers() -> None:
    (_, cup, *_), _ = plates(page(), 1)
    (_, cat, *_), _ = plates(page(image="cat"), 1)
    assert cup["number"] != cat["number"]
    value = by_torch(TINY.prepare(SAMPLES["cat"].load()), "conv_2_1")[3, 12, 14]
    assert abs(float(cat["number"].replace("−", "-")) - value) < 1e-5
    assert exactly(np.float32(-0.5)) == "−0.5"


@pytest.fixture
def unsearched() -> None:
    """Forget what another test of this process had searched."""
    st.cache_resource.clear()


@pytest.mark.usefixtures("unsearched")
def test_the_patches_are_searched_on_demand_and_all_three_layers_shown() -> None:
    app = page()
    assert "Early" not in texts(app)
    app.button(key="introduction.search").click().run(timeout=120)
    assert not app.exception
    assert all(
        word in texts(app) for word in ("**Early**: relu_1_1, 3 × 3", "relu_2_1, 10 × 10", "relu_2_2, 14 × 14")
    )
    assert app.query_params["patches"] in ("1", ["1"])


@pytest.mark.usefixtures("unsearched")
def test_a_link_with_the_patches_has_them_searched() -> None:
    assert "**Late**: relu_2_2" in texts(page(patches="1"))
