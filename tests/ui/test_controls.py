"""The controls of a chain: what is legal is offered, what is typed is obeyed or answered, nothing gets lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS
from explorer.operations.shapes import Padding
from explorer.ui import controls


def _script() -> None:
    import numpy as np
    import streamlit as st

    from explorer.operations.kernels import Kernel
    from explorer.ui import controls

    if "put" in st.session_state:
        controls.put("page", st.session_state.pop("put"))
    kernel = Kernel.own(np.ones(st.session_state.get("kernel_shape", (3, 3))))
    chain = controls.chain("page", kernel, st.session_state.get("image_shape", (20, 30)))
    st.session_state["chain"] = chain


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_script, default_timeout=20).run()


def _chain(app: AppTest) -> Chain:
    assert not app.exception
    chain: Chain = app.session_state["chain"]
    return chain


def _set(app: AppTest, name: str, value: str) -> Chain:
    box = app.selectbox(key=f"page.{name}")
    if value not in box.options:
        box.options.append(value)  # what typing into the list does in a browser
    box.set_value(value).run()
    return _chain(app)


def _show(app: AppTest, **state: object) -> Chain:
    for name, value in state.items():
        app.session_state[name] = value
    return _chain(app.run())


def test_starts_as_a_plain_convolution(app: AppTest) -> None:
    assert _chain(app) == Chain(np.ones((3, 3)))
    assert not app.warning


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("stride", "2", {"stride": 2}),
        ("stride", "2 x 1", {"stride": (2, 1)}),
        ("stride", "3,3", {"stride": 3}),
        ("padding", "same", {"padding": "same"}),
        ("padding", "full", {"padding": "full"}),
        ("padding", "5", {"padding": 5}),
        ("padding", "0", {}),
        ("border", "wrap", {"border": "wrap"}),
        ("dilation", "3", {"dilation": 3}),
        ("dilation", "1 × 2", {"dilation": (1, 2)}),
        ("then", "relu", {"nonlinearity": "relu"}),
        ("pool", Pooling(2).to_text(), {"pooling": Pooling(2)}),
        ("pool", Pooling(3, 2).to_text(), {"pooling": Pooling(3, 2)}),
    ],
)
def test_a_control_reaches_the_chain(app: AppTest, name: str, value: str, expected: dict[str, Any]) -> None:
    assert _set(app, name, value) == Chain(np.ones((3, 3)), **expected)


def test_the_bias_reaches_the_chain(app: AppTest) -> None:
    app.number_input(key="page.bias").set_value(-0.25).run()
    assert _chain(app).bias == -0.25


def test_a_bias_is_bounded_by_what_a_chain_takes(app: AppTest) -> None:
    field = app.number_input(key="page.bias")
    for most in (field.min, field.max):
        assert Chain([[1]], bias=most).bias == most


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("stride", "0"),
        ("stride", "21"),
        ("stride", "fast"),
        ("stride", "1.5"),
        ("padding", "-1"),
        ("padding", "half"),
        ("dilation", "10"),
        ("dilation", "0"),
    ],
)
def test_what_is_not_legal_is_answered_and_the_old_value_stays(app: AppTest, name: str, typed: str) -> None:
    before = _set(app, name, "2")
    assert _set(app, name, typed) == before
    assert typed in app.warning[0].value
    assert app.selectbox(key=f"page.{name}").value == "2"
    assert not app.run().warning


def test_only_dilations_that_fit_are_offered(app: AppTest) -> None:
    _show(app, image_shape=(8, 8))
    # d·(3 − 1) + 1 ≤ 8
    assert app.selectbox(key="page.dilation").options == ["1", "2", "3"]
    _set(app, "padding", "2")
    assert app.selectbox(key="page.dilation").options == ["1", "2", "3", "4", "5"]


def test_a_window_larger_than_the_image_is_padded_until_it_fits(app: AppTest) -> None:
    chain = _show(app, image_shape=(2, 2))
    assert chain.map_shape((2, 2)) >= (1, 1)
    offered = app.selectbox(key="page.padding").options
    assert not any(option.startswith("valid") for option in offered)


def test_a_value_that_stops_fitting_is_replaced_with_a_sentence(app: AppTest) -> None:
    _set(app, "dilation", "7")
    chain = _show(app, image_shape=(8, 8))
    assert (chain.dilation, chain.padding) == (7, "same")
    assert "Padding valid does not fit" in app.warning[0].value
    assert not app.run().warning


@pytest.mark.parametrize("padding", [0, "same"])
@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 5)])
@pytest.mark.parametrize("kernel_shape", [(15, 15), (1, 4)])
def test_whatever_changes_the_chain_runs(
    padding: Padding, shape: tuple[int, int], kernel_shape: tuple[int, int]
) -> None:
    app = AppTest.from_function(_script, default_timeout=20)
    app.session_state["put"] = Chain(np.ones((3, 3)), padding=padding, dilation=5, pooling=Pooling(4))
    chain = _show(app, image_shape=shape, kernel_shape=kernel_shape)
    assert min(chain.output_shape(shape)) >= 1


@pytest.mark.parametrize(
    "chain",
    [
        Chain(np.ones((3, 3)), stride=(3, 2), padding=(1, 0), dilation=(2, 1), border="wrap", bias=0.125),
        Chain(np.ones((3, 3)), padding="full", border="reflect", nonlinearity="leaky_relu"),
        Chain(np.ones((3, 3)), stride=11, padding=7, pooling=Pooling(2, (1, 2), 1, "lp", 3.0)),
        Chain(np.ones((3, 3)), pooling=Pooling((2, 3), mode="average")),
    ],
)
def test_a_put_chain_comes_back(app: AppTest, chain: Chain) -> None:
    assert _show(app, put=chain) == chain
    assert not app.warning


def test_only_poolings_that_fit_are_offered(app: AppTest) -> None:
    _show(app, image_shape=(5, 5))  # a map of 3 × 3
    sizes = [
        Pooling.from_text(o)
        for o in controls.POOLINGS[1:]
        if controls.pooling_label(o) in app.selectbox(key="page.pool").options
    ]
    assert {p.size for p in sizes} == {2, 3}


def test_a_pooling_that_stops_fitting_is_taken_out_with_a_sentence(app: AppTest) -> None:
    _set(app, "pool", Pooling(4).to_text())
    assert _show(app, image_shape=(5, 5)).pooling is None
    assert app.warning[0].value.startswith("Pool")


@pytest.mark.parametrize(
    ("written", "read"), [("2", 2), ("2 × 1", (2, 1)), ("2x1", (2, 1)), ("2, 2", 2), ("", None), ("-1", None)]
)
def test_whole_numbers_are_read_as_people_write_them(written: str, read: object) -> None:
    assert controls.whole(written) == read


@pytest.mark.parametrize(
    ("pooling", "label"),
    [
        (Pooling(2), "max 2 × 2"),
        (Pooling(3, 2), "max 3 × 3, stride 2"),
        (Pooling((2, 3), None, 1, "lp", 3.0), "Lp 2 × 3, p = 3, padding 1"),
        (Pooling(2, mode="average"), "average 2 × 2"),
    ],
)
def test_poolings_are_named_in_words(pooling: Pooling, label: str) -> None:
    assert controls.pooling_label(pooling.to_text()) == label


def test_the_kernel_of_a_put_chain_is_chosen_elsewhere(app: AppTest) -> None:
    chain = Chain(KERNELS["emboss"], stride=2)
    assert _show(app, put=chain) == Chain(np.ones((3, 3)), stride=2)


def test_more_padding_than_a_page_can_show_is_answered(app: AppTest) -> None:
    assert _set(app, "padding", "64").padding == 64
    assert _set(app, "padding", "3000").padding == 64
    (said,) = app.warning
    assert "you gave 3000" in said.value
