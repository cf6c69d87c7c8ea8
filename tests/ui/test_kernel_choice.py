"""Choosing a kernel: pills, the dialog, parameters and the person's own, through Streamlit's own runner."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.operations.kernels import KERNELS, PARAMETRIC, Kernel
from explorer.ui import kernel_choice

SOBEL = KERNELS["sobel-vertical"].weights


def _script() -> None:
    import streamlit as st

    from explorer.ui import controls, kernel_choice, own_kernel

    for text in st.session_state.pop("put", []):
        kernel_choice.put("page", text)
    if "edit" in st.session_state:
        own_kernel.edit("page", *st.session_state.pop("edit"))
    st.session_state["kernel"] = kernel_choice.choose("page")
    st.session_state["text"] = kernel_choice.text("page")
    controls.said("page")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_script, default_timeout=20).run()


def _kernel(app: AppTest) -> Kernel:
    assert not app.exception
    kernel: Kernel = app.session_state["kernel"]
    return kernel


def _pick(app: AppTest, name: str) -> AppTest:
    return app.button_group(key="page.kernel").set_value(name).run()


def _press(app: AppTest, *labels: str) -> Kernel:
    for label in labels:
        app.button(key=f"page.own.{label}").click().run()
    return _kernel(app)


def _put(app: AppTest, *texts: str) -> Kernel:
    app.session_state["put"] = texts
    return _kernel(app.run())


def test_starts_on_sobel_with_its_source_in_sight(app: AppTest) -> None:
    assert _kernel(app) == KERNELS["sobel-vertical"]
    assert KERNELS["sobel-vertical"].source in app.caption[0].value


@pytest.mark.parametrize("name", ["gaussian", "emboss"])
def test_a_pill_chooses(app: AppTest, name: str) -> None:
    assert _kernel(_pick(app, name)) == KERNELS[name]
    assert app.session_state["text"] == name


def test_the_dialog_offers_every_kernel_with_summary_and_source(app: AppTest) -> None:
    app.button(key="page.kernel.all").click().run()
    offered = {button.key.removeprefix("page.kernel.all.") for button in app.button}
    assert set(KERNELS) <= offered
    captions = " ".join(caption.value for caption in app.caption)
    for kernel in KERNELS.values():
        assert kernel.summary in captions
        assert kernel.source in captions


def test_a_kernel_of_the_dialog_gets_a_pill(app: AppTest) -> None:
    app.button(key="page.kernel.all").click().run()
    app.button(key="page.kernel.all.kirsch-ne").click().run()
    assert _kernel(app) == KERNELS["kirsch-ne"]
    assert KERNELS["kirsch-ne"].title in app.button_group(key="page.kernel").options


@pytest.mark.parametrize("name", PARAMETRIC)
def test_parameters_stay_in_their_bounds_and_reach_the_kernel(app: AppTest, name: str) -> None:
    assert _put(app, name) == KERNELS[name]
    for parameter in PARAMETRIC[name].parameters:
        slider = app.slider(key=f"page.kernel.{name}.{parameter.name}")
        assert (slider.min, slider.max, slider.value) == (parameter.low, parameter.high, parameter.default)
        whole = float(parameter.step).is_integer()
        slider.set_value(int(parameter.high) if whole else parameter.high).run()
    expected = PARAMETRIC[name].build(**{p.name: p.high for p in PARAMETRIC[name].parameters})
    assert _kernel(app) == expected
    assert kernel_choice.from_text(app.session_state["text"]) == expected


def test_parameters_of_a_link_reach_the_sliders(app: AppTest) -> None:
    kernel = _put(app, "gaussian:size=9,sigma=2.5")
    np.testing.assert_array_equal(kernel.weights, PARAMETRIC["gaussian"].build(size=9, sigma=2.5).weights)
    assert app.slider(key="page.kernel.gaussian.size").value == 9
    assert app.session_state["text"] == "gaussian:size=9,sigma=2.5"


@pytest.mark.parametrize("name", ["gabor", "sobel-vertical"])
def test_own_starts_from_the_kernel_that_was_shown(app: AppTest, name: str) -> None:
    shown = _put(app, name)
    own = _kernel(_pick(app, "own"))
    np.testing.assert_array_equal(own.weights, shown.weights)
    assert own.name == "own"


def test_own_is_turned_mirrored_and_undone(app: AppTest) -> None:
    _pick(app, "own")
    np.testing.assert_array_equal(_press(app, "Turn 90°").weights, KERNELS["sobel-horizontal"].weights)
    np.testing.assert_array_equal(_press(app, "Mirror ↕").weights, -KERNELS["sobel-horizontal"].weights)
    np.testing.assert_array_equal(_press(app, "Undo", "Undo").weights, SOBEL)
    np.testing.assert_array_equal(_press(app, "Mirror ↔").weights, -SOBEL)
    assert app.button(key="page.own.Redo").disabled


def test_normalising_scales_or_says_why_not(app: AppTest) -> None:
    _put(app, "1,2;3,4")
    np.testing.assert_allclose(_press(app, "Sum to 1").weights, np.array([[0.1, 0.2], [0.3, 0.4]]), rtol=1e-6)
    _put(app, "-1,0,1")
    np.testing.assert_array_equal(_press(app, "Sum to 1").weights, [[-1, 0, 1]])
    assert "sum to 0" in app.warning[0].value
    np.testing.assert_array_equal(_press(app, "Absolute sum to 1").weights, [[-0.5, 0, 0.5]])
    assert not app.warning


def test_own_is_resized_around_its_centre(app: AppTest) -> None:
    _put(app, "1,2,3;4,5,6;7,8,9")
    app.number_input(key="page.own.size.0").set_value(1).run()
    np.testing.assert_array_equal(_kernel(app).weights, [[4, 5, 6]])
    app.number_input(key="page.own.size.1").set_value(5).run()
    np.testing.assert_array_equal(_kernel(app).weights, [[0, 4, 5, 6, 0]])
    assert app.number_input(key="page.own.size.0").max == 15


def test_random_weights_differ_and_keep_the_size(app: AppTest) -> None:
    _put(app, "1,2,3;4,5,6")
    first, second = _press(app, "Random"), _press(app, "Random")
    assert first.shape == second.shape == (2, 3)
    assert first != second


def test_an_edited_cell_changes_that_weight(app: AppTest) -> None:
    _pick(app, "own")
    app.session_state["edit"] = (1, 2, 7.5)
    expected = SOBEL.copy()
    expected[1, 2] = 7.5
    np.testing.assert_array_equal(_kernel(app.run()).weights, expected)
    np.testing.assert_array_equal(_press(app, "Undo").weights, SOBEL)


@pytest.fixture
def typing(app: AppTest) -> AppTest:
    _pick(app, "own")
    app.session_state["page.own.numbers"] = True
    return app.run()


def test_own_starts_from_any_kernel_of_the_library(typing: AppTest) -> None:
    typing.selectbox(key="page.own.from").set_value("log").run()
    np.testing.assert_array_equal(_kernel(typing).weights, KERNELS["log"].weights)
    assert typing.session_state["page.kernel"] == "own"


@pytest.mark.parametrize(
    "written", ["[[1, 2], [3, 4]]", "[[1 2]\n [3 4]]", "array([[1., 2.], [3., 4.]])", "[1 2; 3 4]", "1,2\n3,4"]
)
def test_pasted_text_becomes_the_kernel(typing: AppTest, written: str) -> None:
    typing.text_area(key="page.own.text").set_value(written).run()
    np.testing.assert_array_equal(_kernel(typing).weights, [[1, 2], [3, 4]])
    assert not typing.error


def test_text_that_is_no_kernel_stays_with_what_is_wrong(typing: AppTest) -> None:
    typing.text_area(key="page.own.text").set_value("1 2\n3 x").run()
    assert typing.text_area(key="page.own.text").value == "1 2\n3 x"
    assert "'x'" in typing.error[0].value
    np.testing.assert_array_equal(_kernel(typing).weights, SOBEL)
    typing.text_area(key="page.own.text").set_value("1 2\n3 4").run()
    assert not typing.error


def test_the_table_follows_what_else_changes_the_kernel(typing: AppTest) -> None:
    np.testing.assert_array_equal(typing.data_editor[0].value.to_numpy(), SOBEL)
    first = typing.data_editor[0].proto.id
    np.testing.assert_array_equal(_press(typing, "Turn 90°").weights, KERNELS["sobel-horizontal"].weights)
    np.testing.assert_array_equal(typing.data_editor[0].value.to_numpy(), KERNELS["sobel-horizontal"].weights)
    assert typing.data_editor[0].proto.id != first  # edits of the old table must not fall on the new one


def test_own_travels_in_a_link(app: AppTest) -> None:
    kernel = _put(app, "0.1,-2;3e-5,4")
    assert kernel_choice.from_text(app.session_state["text"]) == kernel


def test_a_link_with_a_library_name_keeps_the_own_kernel(app: AppTest) -> None:
    _put(app, "1,2;3,4")
    assert _put(app, "sharpen") == KERNELS["sharpen"]
    _pick(app, "own")
    np.testing.assert_array_equal(_press(app, "Undo").weights, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no-such", "no-such"),
        ("gaussian:size=99", "99"),
        ("gaussian:width=3", "width"),
        ("gaussian:size=x", "x"),
        ("1,2;3", "1,2;3"),
    ],
)
def test_a_wrong_text_says_what_it_got(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        kernel_choice.from_text(text)
