"""Convolution, step by step: what the page shows is what PyTorch computes, and its link brings it back."""

from __future__ import annotations

import contextlib
import io
from typing import Any, Literal

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike, NDArray
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from explorer.ui.steps_state import TRIES
from tests.pages.opened import assert_same_shown, opened, shown, texts, torch_code

Float = NDArray[np.float32]
Whole = int | tuple[int, int]

LECTURE = [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]]
EDGES = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def page(**query: str) -> AppTest:
    """Open the page by a link."""
    return opened("convolution", query)


def choose(app: AppTest, name: str, value: str) -> None:
    app.selectbox(key=f"convolution.{name}").set_value(value).run()
    assert not app.exception


def feature_map(app: AppTest) -> Float:
    return np.array(shown(app)[1]["0.map"][0])


def matrix(app: AppTest) -> Float:
    return np.array(shown(app)[1]["input"][0])


def kernel(app: AppTest) -> Float:
    return np.array(shown(app)[1]["0.kernel"][0])


def by_torch(x: ArrayLike, w: ArrayLike, stride: Whole = 1, padding: Whole = 0, dilation: Whole = 1) -> Float:
    image, weights = (torch.tensor(np.array(v, np.float32))[None, None] for v in (x, w))
    return functional.conv2d(image, weights, None, stride, padding, dilation)[0, 0].numpy()


def printed(app: AppTest) -> Float:
    """Run "The same in PyTorch" as it stands."""
    names: dict[str, Any] = {}
    code = torch_code(app)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, names)
    assert out.getvalue().startswith("tensor(")
    return np.array(names["y"][0, 0].numpy())


def test_it_starts_on_the_lectures_example() -> None:
    app = page()
    np.testing.assert_array_equal(matrix(app), LECTURE)
    np.testing.assert_array_equal(kernel(app), EDGES)
    np.testing.assert_array_equal(feature_map(app), [[3, -3, -1], [-2, 3, -3], [-3, 2, 3]])
    assert "⌊(5 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 3" in texts(app)
    meta = shown(app)[0]
    assert meta["mode"] == "step"
    assert meta["editable"] == ["input", "kernel"]
    assert meta["selected"] == ["map", 0, 0]
    choose(app, "stride", "2")
    np.testing.assert_array_equal(feature_map(app), [[3, -1], [-3, 3]])
    assert "/ 2⌋ + 1 = 2" in texts(app)


@pytest.mark.parametrize(
    ("name", "value", "options"),
    [
        ("stride", "2 × 1", {"stride": (2, 1)}),
        ("padding", "same", {"padding": 1}),
        ("padding", "full", {"padding": 2}),
        ("padding", "3", {"padding": 3}),
        ("padding", "0 × 2", {"padding": (0, 2)}),
        ("dilation", "2", {"dilation": 2}),
        ("dilation", "1 × 2", {"dilation": (1, 2)}),
    ],
)
def test_every_control_does_what_torch_does(name: str, value: str, options: dict[str, Any]) -> None:
    if "×" in value:  # typed, which only a browser can
        app = page(**{name: value.replace(" × ", ",")})
        assert app.selectbox(key=f"convolution.{name}").value == value
    else:
        app = page()
        choose(app, name, value)
    np.testing.assert_array_equal(feature_map(app), by_torch(LECTURE, EDGES, **options))
    np.testing.assert_array_equal(printed(app), feature_map(app))


@pytest.mark.parametrize(("border", "mode"), [("reflect", "reflect"), ("replicate", "edge"), ("wrap", "wrap")])
def test_every_border(border: str, mode: Literal["reflect", "edge", "wrap"]) -> None:
    app = page(padding="full")
    choose(app, "border", border)
    np.testing.assert_array_equal(feature_map(app), by_torch(np.pad(LECTURE, 2, mode=mode), EDGES))
    np.testing.assert_array_equal(printed(app), feature_map(app))


def test_the_bias_is_added() -> None:
    app = page()
    app.number_input(key="convolution.bias").set_value(-1.5).run()
    np.testing.assert_array_equal(feature_map(app), by_torch(LECTURE, EDGES) - 1.5)
    np.testing.assert_array_equal(printed(app), feature_map(app))


@pytest.mark.parametrize(
    "weights", [[[2]], [[1, -1]], [[1], [2]], [[1, 2], [3, 4]], [[1, 2, 3, 4], [0, 0.5, 0, -1]], np.eye(7)]
)
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_kernels_of_every_shape(weights: ArrayLike, padding: str) -> None:
    x = np.arange(63).reshape(7, 9) % 5
    link = {"m": rows(x), "kernel": rows(weights), "padding": "0" if padding == "valid" else padding}
    app = page(**link)
    wide = x if padding == "valid" else np.pad(x, [((k - 1) // 2, k // 2) for k in np.shape(weights)])
    np.testing.assert_array_equal(feature_map(app), by_torch(wide, weights))
    np.testing.assert_array_equal(printed(app), feature_map(app))
    assert ("Output rows" in texts(app)) == (
        np.shape(weights)[0] != np.shape(weights)[1] or x.shape[0] != x.shape[1]
    )


def rows(numbers: ArrayLike) -> str:
    """Write a matrix as a link does."""
    return ";".join(",".join(f"{n:g}" for n in row) for row in np.array(numbers))


def test_the_largest_of_everything() -> None:
    x, weights = np.arange(144).reshape(12, 12) % 7, np.arange(49).reshape(7, 7) % 3 - 1
    app = page(m=rows(x), kernel=rows(weights), padding="full", border="wrap", stride="2,3", dilation="1,2")
    wide = np.pad(x, ((6, 6), (12, 12)), mode="wrap")
    np.testing.assert_array_equal(feature_map(app), by_torch(wide, weights, stride=(2, 3), dilation=(1, 2)))
    np.testing.assert_array_equal(printed(app), feature_map(app))


def test_numbers_can_be_pasted_and_wrong_ones_are_kept_with_a_sentence() -> None:
    app = page()
    field = "convolution.input.text"
    app.text_area(key=field).set_value("[1 2 3; 4 5 6; 7 8 9]").run()
    np.testing.assert_array_equal(matrix(app), [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    app.text_area(key=field).set_value("1 2\n3 x").run()
    np.testing.assert_array_equal(matrix(app), [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert app.text_area(key=field).value == "1 2\n3 x"
    assert "x" in app.error[0].value
    app.text_area(key=field).set_value("7").run()
    assert "The matrix is 1 × 1; needed is at least 2 × 2." in app.error[0].value
    app.text_area(key="convolution.kernel.text").set_value("1/9, -0.5").run()
    np.testing.assert_array_equal(kernel(app), np.array([[1 / 9, -0.5]], np.float32))


def test_random_numbers_differ_by_press_and_repeat_by_session() -> None:
    drawn = []
    for _ in range(2):
        app = page()
        for name in ("input", "input", "kernel"):
            app.button(key=f"convolution.{name}.random").click().run()
            drawn.append((kernel(app) if name == "kernel" else matrix(app)).tolist())
    assert drawn[:3] == drawn[3:]
    assert drawn[0] != drawn[1]
    assert {n for row in drawn[0] for n in row} <= {0, 1}


def test_the_size_follows_its_fields_and_undo_brings_it_back() -> None:
    app = page()
    app.number_input(key="convolution.input.size.1").set_value(7).run()
    assert matrix(app).shape == (5, 7)
    app.number_input(key="convolution.kernel.size.0").set_value(2).run()
    assert kernel(app).shape == (2, 3)
    assert feature_map(app).shape == (4, 5)
    for shape in ((3, 3), (3, 3)):
        app.button(key="convolution.undo").click().run()
        assert kernel(app).shape == shape
    np.testing.assert_array_equal(matrix(app), LECTURE)
    assert app.button(key="convolution.undo").disabled
    app.button(key="convolution.redo").click().run()
    assert matrix(app).shape == (5, 7)
    assert app.number_input(key="convolution.input.size.1").value == 7


def test_an_input_smaller_than_the_kernel_is_answered() -> None:
    app = page()
    for axis in (0, 1):
        app.number_input(key=f"convolution.input.size.{axis}").set_value(2).run()
    assert not app.exception
    assert "Padding valid does not fit this input any more" in "\n".join(w.value for w in app.warning) or (
        app.selectbox(key="convolution.padding").value in ("same", "full")
    )
    assert feature_map(app).size > 0


def test_sums_too_large_for_float32_are_answered_and_undone() -> None:
    app = page()
    app.text_area(key="convolution.input.text").set_value("3e38 3e38 3e38\n" * 3).run()
    app.text_area(key="convolution.kernel.text").set_value("1 1").run()
    assert not app.exception
    assert "larger than 3.4e+38" in app.error[0].value
    assert "".join(app.query_params["m"]).count("3e+38") == 9
    app.button(key="convolution.undo").click().run()
    app.button(key="convolution.undo").click().run()
    assert not app.error
    np.testing.assert_array_equal(feature_map(app), by_torch(LECTURE, EDGES))


def test_a_kernel_grown_too_large_is_answered_with_both_sizes_and_kept() -> None:
    app = page()
    app.number_input(key="convolution.kernel.size.0").set_value(7).run()
    assert not app.exception
    assert "spans 7 × 3 cells and has to fit into the input of 5 × 5" in app.warning[0].value
    assert kernel(app).shape == (7, 3)
    np.testing.assert_array_equal(matrix(app), LECTURE)


def test_a_step_that_the_map_no_longer_has_is_the_first() -> None:
    app = page(step="2,2")
    assert shown(app)[0]["selected"] == ["map", 2, 2]
    choose(app, "stride", "2")
    assert shown(app)[0]["selected"] == ["map", 0, 0]


def test_what_no_window_reads_is_said() -> None:
    app = page()
    assert "No window reads" not in texts(app)
    choose(app, "stride", "3")
    assert "No window reads rows 3 and 4 and columns 3 and 4: 16 of 25 input cells" in texts(app)
    app = page(kernel="1", stride="2", m="1,2,3;4,5,6")
    assert "No window reads row 1 and column 1: 4 of 6 input cells" in texts(app)


def test_a_cell_that_is_read_as_a_copy_in_the_border_counts() -> None:
    link = {"m": "1,2,3,4,5;1,2,3,4,5", "kernel": "1,1,1", "padding": "0,1", "stride": "1,5"}
    assert "No window reads columns 2, 3 and 4" in texts(page(**link))
    assert "No window reads columns 2 and 3" in texts(page(**link, border="wrap"))


LINK = {
    "m": "1,2,-3;0,0.5,1;4,0,1;1,1,1",
    "kernel": "1,0;-2,0.25",
    "stride": "2,1",
    "padding": "1,2",
    "dilation": "2",
    "border": "reflect",
    "bias": "0.5",
    "step": "1,2",
}


def test_a_link_brings_everything_back() -> None:
    app = page(**LINK)
    said = {name: app.query_params[name] for name in LINK}
    assert said == LINK
    x = np.pad([[1, 2, -3], [0, 0.5, 1], [4, 0, 1], [1, 1, 1]], ((1, 1), (2, 2)), mode="reflect")
    expected = by_torch(x, [[1, 0], [-2, 0.25]], stride=(2, 1), dilation=2) + 0.5
    np.testing.assert_allclose(feature_map(app), expected)
    np.testing.assert_allclose(printed(app), expected)
    assert shown(app)[0]["selected"] == ["map", 1, 2]
    assert_same_shown(app, page(**said))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"m": "1,2;3,x"}, "x"),
        ({"m": "1"}, "2 × 2 or more"),
        ({"m": rows(np.zeros((13, 2)))}, "12"),
        ({"kernel": "no-such"}, "no-such"),
        ({"kernel": rows(np.zeros((8, 8)))}, "the most here is 7 × 7"),
        ({"kernel": rows(np.zeros((7, 7)))}, "7"),
        ({"kernel": "1", "stride": "0"}, "stride"),
        ({"kernel": "1", "bias": "much"}, "much"),
        ({"step": "9,0"}, "step: got '9,0'"),
        ({"step": "here"}, "step: got 'here'"),
    ],
)
def test_a_wrong_link_is_answered_and_the_page_is_as_it_starts(query: dict[str, str], says: str) -> None:
    app = page(**query)
    assert "This link can't be shown" in app.warning[0].value
    assert says in app.warning[0].value
    np.testing.assert_array_equal(feature_map(app), by_torch(LECTURE, EDGES))


@pytest.mark.parametrize(
    ("number", "options"),
    [(0, {}), (1, {"stride": 2}), (2, None), (3, {"dilation": 2})],
    ids=[t.label for t in TRIES],
)
def test_what_is_worth_trying_shows_what_it_says(number: int, options: dict[str, Any] | None) -> None:
    app = page(**LINK)
    app.button(key=f"convolution.try.{number}").click().run()
    weights = np.full((3, 3), 1 / 9) if options is None else EDGES
    np.testing.assert_allclose(feature_map(app), by_torch(LECTURE, weights, **(options or {})), atol=1e-6)
    assert shown(app)[0]["selected"] == ["map", 0, 0]
    assert TRIES[number].note in app.info[0].value
    app.button(key="convolution.undo").click().run()
    assert matrix(app).shape == (4, 3)


def _typed() -> None:
    import streamlit as st

    from explorer.ui import steps_state
    from explorer.ui.components.lens import Edit

    if st.button("input"):
        steps_state.edited(Edit("input", 0, 1, 9, ((1, 9), (0, 0))))
    if st.button("kernel"):
        steps_state.edited(Edit("kernel", 0, 0, 1, ((1,),)))
    made = steps_state.history().value
    st.text(
        f"{made.matrix.tolist()} {made.kernel.name} {made.kernel.weights.tolist()} {made.matrix.flags.writeable}"
    )


def test_a_typed_cell_brings_all_numbers_of_its_plane() -> None:
    app = AppTest.from_function(_typed).run()
    app.button[0].click().run()
    assert app.text[0].value.startswith("[[1.0, 9.0], [0.0, 0.0]] laplacian-4")
    app.button[1].click().run()
    assert app.text[0].value.endswith("[[1.0]] False")
