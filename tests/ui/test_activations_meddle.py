"""The controls that meddle, without the page around them."""

from __future__ import annotations

import copy
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.operations.kernels import KERNELS
from explorer.trained import zoo
from explorer.trained.transformations import Moves
from explorer.trained.view import OwnChoice, View


def panel() -> None:
    import streamlit as st

    from explorer.ui import activations_meddle, activations_state, current_image

    activations_state.change(st.session_state.pop("given", activations_state.view()))
    activations_meddle.panel(activations_state.view(), current_image.whole())
    st.session_state["now"] = activations_state.view()


def opened(given: View | None = None, *, kind: str | None = None) -> AppTest:
    at = AppTest.from_function(panel, default_timeout=20)
    if given is not None:
        at.session_state["given"] = given
    if kind is not None:
        at.session_state["activations.meddle"] = kind
    at.run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.error])


@pytest.mark.parametrize(
    ("name", "value"),
    [("right", 200), ("down", -33), ("noise", 0.9), ("blur", 8.5), ("angle", -12.5), ("zoom", 0.33)],
)
def test_a_slider_shows_what_a_link_said_and_goes_on_from_there(name: str, value: float) -> None:
    at = opened(View(moves=Moves(**{name: value})))
    slider = at.slider(key=f"activations.move.{name}")
    assert slider.value == value
    assert at.session_state["now"].moves == Moves(**{name: value})
    slider.set_value(slider.max).run()
    assert not at.exception
    assert getattr(at.session_state["now"].moves, name) == slider.max


def test_sliders_go_as_far_as_half_the_input() -> None:
    at = opened()
    slider = at.slider(key="activations.move.down")
    assert (slider.min, slider.max) == (-32, 32)


def test_the_filter_that_is_replaced_is_the_one_that_is_chosen() -> None:
    at = opened(View(own=OwnChoice(7, "sobel-horizontal")))
    assert at.selectbox(key="activations.own.filter").value == 7
    assert not at.button(key="activations.own.out").disabled
    at.button(key="activations.own.out").click().run()
    assert at.session_state["now"] == View()
    assert at.button(key="activations.own.out").disabled


def test_what_a_link_has_put_in_is_in_the_controls_and_another_can_be_chosen() -> None:
    at = opened(View(own=OwnChoice(7, "sobel-horizontal", match=False)))
    assert at.selectbox(key="activations.own.kernel").value == "sobel-horizontal"
    assert not at.toggle(key="activations.own.match").value
    at.selectbox(key="activations.own.filter").set_value(2).run()
    at.selectbox(key="activations.own.kernel").set_value("emboss").run()
    at.toggle(key="activations.own.match").set_value(True).run()
    assert at.session_state["now"] == View(own=OwnChoice(7, "sobel-horizontal", match=False))
    at.button(key="activations.own.put").click().run()
    assert at.session_state["now"] == View(own=OwnChoice(2, "emboss"))
    at.button(key="activations.do.Undo").click().run()
    assert at.selectbox(key="activations.own.filter").value == 7


def test_only_kernels_that_fit_are_offered() -> None:
    at = opened(kind="kernel")
    offered = at.selectbox(key="activations.own.kernel").options
    assert offered == [k.title for k in KERNELS.values() if max(k.weights.shape) <= 3]


def test_which_filter_is_most_like_sobel_is_counted_by_hand() -> None:
    learned = zoo.load("tiny-vgg").module.conv_1_1.weight.numpy().astype(float)
    best = np.zeros(len(learned))
    for key in ("sobel-vertical", "sobel-horizontal"):
        sobel = KERNELS[key].weights / np.linalg.norm(KERNELS[key].weights)
        along = np.einsum("ocij,ij->oc", learned, sobel)  # what each channel has of it
        best = np.maximum(
            best, np.linalg.norm(along, axis=1) / np.linalg.norm(learned.reshape(len(learned), -1), axis=1)
        )
    found = re.search(r"Most like Sobel: filter (\d+) \(([\d.]+)\)", said(opened(kind="kernel")))
    assert found is not None
    assert int(found[1]) == best.argmax() + 1
    assert float(found[2]) == pytest.approx(best.max(), abs=0.005)


def test_a_filter_that_is_a_kernel_of_the_library_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    network = zoo.load("tiny-vgg")
    module = copy.deepcopy(network.module)
    strengths = torch.tensor([0.5, -1.0, 2.0])[:, None, None]
    module.conv_1_1.weight[5] = strengths * torch.tensor(KERNELS["sobel-horizontal"].weights)
    changed = replace(network, module=module)
    monkeypatch.setattr(zoo, "load", lambda _: changed)
    at = opened(kind="kernel")
    at.selectbox(key="activations.own.filter").set_value(5).run()
    assert "Filter 6 is most like Sobel, horizontal edges (1.00)" in said(at)
    assert "Most like Sobel: filter 6 (1.00)" in said(at)


def test_what_the_chosen_filter_is_like_follows_the_choice() -> None:
    at = opened(kind="kernel")
    assert "Filter 1 is most like" in said(at)
    at.selectbox(key="activations.own.filter").set_value(3).run()
    assert "Filter 4 is most like" in said(at)
    assert at.session_state["now"] == View(), "looking changes nothing"


def test_every_map_that_is_off_has_its_button() -> None:
    at = opened(View(off=(("conv_1_1", 3), ("conv_2_2", 9))))
    assert "conv_1_1 map 4 is off; conv_2_2 map 10 is off" in said(at)
    button = at.button(key="activations.on.conv_2_2.9")
    assert button.label == "conv_2_2, map 10: on again"
    button.click().run()
    assert at.session_state["now"].off == (("conv_1_1", 3),)


def test_undo_and_redo_can_be_pressed_where_there_is_something() -> None:
    at = opened()
    assert all(at.button(key=f"activations.do.{name}").disabled for name in ("Undo", "Redo", "As it was"))
    at.slider(key="activations.move.blur").set_value(1.0).run()
    assert not at.button(key="activations.do.Undo").disabled
    at.button(key="activations.do.Undo").click().run()
    assert at.slider(key="activations.move.blur").value == 0
    assert not at.button(key="activations.do.Redo").disabled


def test_the_controls_of_what_was_changed_elsewhere_are_shown_once() -> None:
    at = opened(View(own=OwnChoice(7, "sobel-horizontal")))
    assert at.session_state["activations.meddle"] == "kernel"
    assert not at.slider
    at.session_state["activations.meddle"] = "input"
    at.run()
    assert at.slider(key="activations.move.right").value == 0, "what a person chose stays"
    at.session_state["activations.meddle"] = "kernel"
    at.session_state["given"] = View(own=OwnChoice(7, "sobel-horizontal"), moves=Moves(right=3))
    at.run()
    assert at.slider(key="activations.move.right").value == 3
