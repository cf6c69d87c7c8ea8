"""The pooling page: what it shows is what PyTorch computes, and its link brings it back."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from tests.pages.opened import assert_same_shown, channels, opened, pixels, shown, texts, torch_code

LECTURE = [[4, -3, -1], [-2, 3, -3], [-3, 2, 3]]


def page(**query: str) -> AppTest:
    return opened("pooling", query)


def choose(app: AppTest, key: str, value: str) -> None:
    app.selectbox(key=key).set_value(value).run()
    assert not app.exception


def pooled_by_torch(x: NDArray[Any], mode: str, size: int, stride: int, padding: int, p: float) -> NDArray[Any]:
    t = torch.as_tensor(np.array(x, np.float32))[None, None]
    if mode == "max":
        y = functional.max_pool2d(t, size, stride, padding)
    elif mode == "min":
        y = -functional.max_pool2d(-t, size, stride, padding)
    elif mode == "average":
        y = functional.avg_pool2d(t, size, stride, padding)
    else:
        y = functional.lp_pool2d(functional.pad(t, [padding] * 4).abs(), p, size, stride)
    return y[0, 0].numpy()


def test_it_starts_on_the_lectures_map_and_says_what_stays() -> None:
    app = page()
    _, arrays = shown(app)
    np.testing.assert_array_equal(arrays["0.map"][0], LECTURE)
    np.testing.assert_array_equal(arrays["0.pooled"][0], [[4, 3], [3, 3]])
    np.testing.assert_array_equal(arrays["0.winners"][0], [[0, 4], [4, 4]])
    assert "⌊(3 + 2·0 − 2) / 1⌋ + 1 = 2" in texts(app)
    assert "4 of 9 numbers stay" in texts(app)
    assert "first wins, row by row" in texts(app)


@pytest.mark.parametrize("mode", ["max", "average", "min", "lp"])
@pytest.mark.parametrize(("size", "stride", "padding"), [(2, 2, 0), (3, 1, 1), (2, 1, 1)])
def test_every_mode_shows_what_torch_computes(mode: str, size: int, stride: int, padding: int) -> None:
    app = page(pool=f"{mode}:{size}:{stride}:{padding}" + (":3" if mode == "lp" else ""))
    meta, arrays = shown(app)
    expected = pooled_by_torch(LECTURE, mode, size, stride, padding, 3.0)
    np.testing.assert_allclose(arrays["0.pooled"][0], expected, atol=1e-5)
    assert meta["branches"][0]["pool"]["mode"] == mode
    assert ("0.winners" in arrays) == (mode in ("max", "min"))


def test_controls_change_what_is_shown() -> None:
    app = page()
    choose(app, "pooling.matrix.size", "3")
    assert shown(app)[1]["0.pooled"].shape == (1, 1, 1)
    choose(app, "pooling.matrix.pad", "1")
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], pooled_by_torch(LECTURE, "max", 3, 1, 1, 2))
    app.button_group(key="pooling.matrix.mode").set_value("lp").run()
    app.number_input(key="pooling.matrix.p").set_value(1.0).run()
    np.testing.assert_allclose(shown(app)[1]["0.pooled"][0], pooled_by_torch(LECTURE, "lp", 3, 1, 1, 1.0))


def test_only_what_is_legal_is_offered_and_the_rest_is_answered() -> None:
    app = page()
    assert app.selectbox(key="pooling.matrix.size").options == ["2", "3"]
    assert app.selectbox(key="pooling.matrix.pad").options == ["0", "1"]
    choose(app, "pooling.matrix.pad", "1")
    choose(app, "pooling.matrix.size", "3")
    app = page(pool="max:2:1:2")
    assert "at most half the window of 2" in texts(app)
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], [[4, 3], [3, 3]])


def test_rows_and_columns_apart() -> None:
    app = page(pool="max:3,2:1,2:0")
    expected = functional.max_pool2d(torch.tensor(LECTURE, dtype=torch.float32)[None, None], (3, 2), (1, 2))[0, 0]
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], expected)
    assert app.selectbox(key="pooling.matrix.size").value == "3 × 2"


def test_what_a_stride_leaves_over_is_said_with_its_numbers() -> None:
    app = page(pool="max:2:2:0")
    assert "The last row and the last column are read by no window" in texts(app)
    assert "3 + 2·0 − 2 = 1. 5 of 9 cells go unseen." in texts(app)


def image_link(**more: str) -> dict[str, str]:
    return {
        "image": "coffee",
        "size": "48",
        "kernel": "sobel-vertical",
        "then": "relu",
        "pool": "max:3:2:1",
        **more,
    }


def feature_map_by_torch(app: AppTest) -> torch.Tensor:
    sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return functional.relu(functional.conv2d(channels(app)[:, None], sobel[None, None]))


def test_the_current_images_feature_map_is_pooled() -> None:
    app = page(**image_link())
    meta, arrays = shown(app)
    feature_map = feature_map_by_torch(app)
    expected, won = functional.max_pool2d(feature_map, 3, 2, 1, return_indices=True)
    assert meta["kind"] == "pooling"
    np.testing.assert_allclose(arrays["0.pooled"][0], expected[0, 0], atol=1e-6)
    clear = expected[0, 0] > 0
    np.testing.assert_array_equal(arrays["0.winners"][0][clear], won[0, 0][clear])
    assert "Made by Sobel, vertical edges, then ReLU" in [one.label for one in app.expander]


def test_it_traces_back_to_the_pixels_and_takes_colour() -> None:
    app = page(**image_link())
    app.toggle(key="pooling.trace").set_value(True).run()
    meta, arrays = shown(app)
    assert meta["kind"] == "convolution"
    assert {"input", "0.kernel", "0.map", "0.activation", "0.pooled", "0.winners"} <= set(arrays)
    app = page(**image_link(colour="1"))
    _, arrays = shown(app)
    expected = functional.max_pool2d(feature_map_by_torch(app), 3, 2, 1)[:, 0]
    assert arrays["0.pooled"].shape[0] == 3
    np.testing.assert_allclose(arrays["0.pooled"], expected, atol=1e-6)


@pytest.mark.parametrize(
    "query",
    [
        {"pool": "lp:2:1:1:3"},
        {"pool": "min:3:2,1:1", "map": "1,2,3,4;0.5,-2,3,1e-05;5,6,7,8"},
        {"pool": "average:4:4:0", "kernel": "gaussian:size=7,sigma=2", "then": "tanh", "size": "32", "trace": "1"},
        {"pool": "max:2:2:0", "kernel": "1,0;0,-1", "stride": "2,1", "size": "32", "colour": "1", "bias": "0.5"},
    ],
)
def test_the_link_brings_back_what_was_shown(query: dict[str, str]) -> None:
    first = page(**query)
    again = page(**first.query_params)
    assert_same_shown(first, again)
    for key, value in query.items():
        assert first.query_params[key] == value


@pytest.mark.parametrize(
    "query",
    [
        {"pool": "max"},
        {"map": "1,2;3"},
        {"map": "1e39"},
        {"pool": "max:9:1:0"},
        {"kernel": "nothing"},
        {"pool": "lp:2:1:0:0.5"},
        {"pool": "lp:2:1:0:20", "kernel": "sobel-vertical"},
    ],
)
def test_a_link_that_cannot_be_used_is_answered_and_the_page_goes_on(query: dict[str, str]) -> None:
    app = page(**query)
    assert "The link says something that can't be used." in texts(app)
    assert shown(app)[1]["0.pooled"].size


def run(code: str) -> tuple[dict[str, Any], str]:
    said, names = io.StringIO(), {}
    with contextlib.redirect_stdout(said):
        exec(code, names)
    return names, said.getvalue()


@pytest.mark.parametrize("pool", ["max:2:1:0", "min:3:1:1", "average:2:1:1", "lp:3:1:1:3", "max:3,2:1,2:1,0"])
def test_the_same_in_pytorch_computes_the_numbers_on_the_screen(pool: str) -> None:
    app = page(pool=pool)
    names, said = run(torch_code(app))
    _, arrays = shown(app)
    np.testing.assert_allclose(names["y"][0, 0], arrays["0.pooled"][0], atol=1e-5)
    if "0.winners" in arrays:
        np.testing.assert_array_equal(names["won"][0, 0], arrays["0.winners"][0])
    assert "tensor" in said


def test_the_same_in_pytorch_for_the_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = page(**image_link())
    np.save(tmp_path / "input.npy", pixels(app))
    monkeypatch.chdir(tmp_path)
    names, _ = run(torch_code(app))
    np.testing.assert_allclose(names["y"][0, 0], shown(app)[1]["0.pooled"][0], atol=1e-6)


def test_moving_the_winner_within_its_window_changes_nothing_but_the_winner() -> None:
    app = page()
    app.button(key="pooling.try.0").click().run()
    moved = shown(app)[1]
    app.button(key="pooling.undo").click().run()
    before = shown(app)[1]
    assert (moved["0.map"] != before["0.map"]).any()
    np.testing.assert_array_equal(moved["0.pooled"], before["0.pooled"])
    line = before["0.pooled"] > 0
    assert line.any()
    assert (moved["0.winners"] != before["0.winners"])[line].all()
    assert "only the winners move" in texts(app)


def test_the_other_things_to_try() -> None:
    app = page()
    app.button(key="pooling.try.1").click().run()
    assert "5 of 9 cells go unseen" in texts(app)
    app.button(key="pooling.try.2").click().run()
    assert not app.exception
    assert shown(app)[1]["0.pooled"].shape == (1, 27, 27)
    assert app.query_params["pool"] == "max:8:8:0"


def test_a_pasted_map_is_pooled_undone_and_refused_with_a_sentence() -> None:
    app = page()
    box = app.text_area(key="pooling.numbers.text")
    box.set_value("1 2 3 4\n5 6 7 8").run()
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], [[6, 7, 8]])
    app.text_area(key="pooling.numbers.text").set_value("1 2\n3").run()
    assert app.error
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], [[6, 7, 8]])
    app.button(key="pooling.undo").click().run()
    np.testing.assert_array_equal(shown(app)[1]["0.map"][0], LECTURE)


def test_a_map_smaller_than_the_window_is_answered_and_shown() -> None:
    app = page(map="1,2,3;4,5,6;7,8,9", pool="max:3:1:0")
    app.text_area(key="pooling.numbers.text").set_value("1 2\n3 4").run()
    assert not app.exception
    assert "does not fit" in texts(app)
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"][0], [[4]])


def test_what_is_set_up_stays_while_another_page_is_visited() -> None:
    app = page(pool="min:2:1:1", map="1,2;3,4")
    before = shown(app)
    app.query_params.clear()
    app.switch_page("pages/operations/filters.py").run()
    app.query_params.clear()
    app.switch_page("pages/operations/pooling.py").run()
    np.testing.assert_array_equal(shown(app)[1]["0.pooled"], before[1]["0.pooled"])


@pytest.mark.parametrize(
    "query", [{"map": "3e38,3e38;3e38,3e38", "pool": "average:2:2:0"}, {"kernel": "3e38,3e38"}]
)
def test_sums_too_large_for_float32_are_answered_and_what_made_them_is_kept(query: dict[str, str]) -> None:
    app = page(**query)
    assert "larger than 3.4e+38" in app.error[0].value
    assert "3e+38" in str(app.query_params)


def test_the_pinned_place_is_in_the_link() -> None:
    app = page(at="map,1,1")
    assert shown(app)[0]["selected"] == ["map", 1, 1]
    assert "".join(app.query_params["at"]) == "map,1,1"
    broken = page(at="map,1")
    assert "at: got 'map,1'" in texts(broken)
    assert shown(broken)[0]["selected"] is None


def test_what_is_there_already_is_no_step_of_undo() -> None:
    app = page()
    app.selectbox(key="pooling.numbers.preset").set_value("The lecture's feature map").run()
    assert app.button(key="pooling.undo").disabled
    app.selectbox(key="pooling.numbers.preset").set_value("A line").run()
    assert not app.button(key="pooling.undo").disabled
