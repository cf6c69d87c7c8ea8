"""The layer page: what it shows is what PyTorch's layer computes, and its link brings it back."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from explorer.operations import filter_bank
from explorer.rendering import scales
from tests.pages.opened import assert_same_shown, channels, opened, pixels, shown, texts, torch_code

SMALL = {"image": "coffee", "size": "32", "colour": "1"}


def page(**query: str) -> AppTest:
    return opened("layer", query)


def weights(bank: str, c_in: int) -> torch.Tensor:
    return torch.as_tensor(np.array(filter_bank.from_text(bank).weights(c_in)))


def test_the_partial_sums_the_bias_and_the_maps_are_those_of_torch() -> None:
    bank = "random:4:3:7"
    app = page(**SMALL, bank=bank, filter="3", biases="0,0.5,-0.25", padding="same", stride="2", then="leaky_relu")
    meta, arrays = shown(app)
    x, w, b = channels(app)[None], weights(bank, 3), torch.tensor([0, 0.5, -0.25, 0])
    x = functional.pad(x, (1, 1, 1, 1))
    maps = functional.conv2d(x, w, b, stride=2)[0]
    partial = functional.conv2d(x, w[2][:, None], stride=2, groups=3)[0]
    np.testing.assert_allclose(arrays["0.partial"], partial, atol=1e-5)
    np.testing.assert_allclose(arrays["0.map"][0], maps[2], atol=1e-5)
    np.testing.assert_allclose(arrays["0.activation"][0], functional.leaky_relu(maps, 0.01)[2], atol=1e-5)
    np.testing.assert_array_equal(arrays["0.kernel"], w[2])
    assert meta["branches"][0]["bias"] == -0.25
    assert meta["strip"]["chosen"] == 2
    assert arrays["strip"].shape == (4, 16, 16)


def test_the_strip_shows_every_map_on_one_scale_or_each_on_its_own() -> None:
    app = page(**SMALL, bank="random:3:3:1", then="none")
    w = weights("random:3:3:1", 3)
    maps = functional.conv2d(channels(app), w).numpy()
    meta, arrays = shown(app)
    end = max(scales.limit(one) for one in maps)
    assert meta["strip"]["ends"] == pytest.approx([end] * 3, rel=1e-5)
    app.button_group(key="layer.scale").set_value("each").run()
    meta, arrays = shown(app)
    assert meta["strip"]["ends"] == pytest.approx([scales.limit(one) for one in maps], rel=1e-5)
    for drawn, one in zip(arrays["strip"], maps, strict=True):
        assert np.abs(drawn.astype(int) - scales.to_index(one, scales.limit(one)).astype(int)).max() <= 1
    assert app.query_params["scale"] == "each"


def test_parameters_and_products_are_counted_with_their_numbers() -> None:
    app = page(**SMALL)
    assert "(3·3·3 + 1)·8 = 224" in texts(app)
    assert f"30·30·8 · 3·3·3 = {30 * 30 * 8 * 27:,}" in texts(app)
    assert "⌊(32 + 2·0 − 1·(3 − 1) − 1) / 1⌋ + 1 = 30" in texts(app)
    assert sum(p.numel() for p in torch.nn.Conv2d(3, 8, 3).parameters()) == 224


def test_a_grey_image_is_one_channel_says_so_and_offers_its_colours() -> None:
    app = page(image="coffee", size="32", colour="0")
    assert "Your image is grey: one channel" in texts(app)
    assert shown(app)[1]["0.kernel"].shape == (1, 3, 3)
    app.button(key="layer.colour").click().run()
    assert shown(app)[1]["0.kernel"].shape == (3, 3, 3)
    assert "grey: one channel" not in texts(app)
    assert app.query_params["colour"] == "1"


def test_a_kernel_of_the_library_is_chosen_for_one_filter_and_undone() -> None:
    app = page(**SMALL)
    before = shown(app)[1]["0.kernel"]
    app.selectbox(key="layer.pick.kernel").set_value("laplacian-4").run()
    app.selectbox(key="layer.pick.colours").set_value("red-green").run()
    laplacian = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"], [laplacian, -laplacian, 0 * laplacian])
    for _ in range(2):
        app.button(key="layer.undo").click().run()
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"], before)


def test_filters_come_and_go_and_their_biases_with_them() -> None:
    app = page(**SMALL, biases="0.5,1,1.5")
    app.button(key="layer.remove").click().run()
    assert len(shown(app)[1]["strip"]) == 7
    assert app.number_input(key="layer.bias").value == 1
    app.button(key="layer.add").click().run()
    meta, arrays = shown(app)
    assert len(arrays["strip"]) == 8
    assert meta["strip"]["chosen"] == 7
    np.testing.assert_array_equal(arrays["0.kernel"][0], [[0, 0, 0], [0, 1, 0], [0, 0, 0]])


def test_a_removed_filter_comes_back_with_its_bias_and_so_does_what_something_to_try_replaced() -> None:
    app = page(**SMALL, biases="0.5,1,1.5")
    before = app.query_params.copy()
    app.button(key="layer.remove").click().run()
    app.button(key="layer.undo").click().run()
    assert app.query_params == before
    app.button(key="layer.try.0").click().run()
    assert "biases" not in app.query_params
    app.button(key="layer.undo").click().run()
    assert app.query_params["biases"] == before["biases"]
    assert app.button(key="layer.undo").disabled is False
    app.number_input(key="layer.bias").set_value(7).run()
    app.button(key="layer.undo").click().run()
    assert app.query_params["biases"] == before["biases"]


@pytest.mark.parametrize("biases", ["1e39", "0,-1e300", "1,inf", "one"])
def test_a_link_with_a_bias_that_no_float32_holds_is_answered(biases: str) -> None:
    app = page(**SMALL, biases=biases)
    assert "The link says something that can't be used. biases" in texts(app)
    assert shown(app)[0]["branches"][0]["bias"] == 0


def test_the_bias_moves_the_map() -> None:
    app = page(**SMALL)
    before = shown(app)[1]["0.map"]
    app.number_input(key="layer.bias").set_value(-1.5).run()
    np.testing.assert_allclose(shown(app)[1]["0.map"], before - 1.5, atol=1e-6)
    assert app.query_params["biases"] == "-1.5,0,0,0,0,0,0,0"


def test_random_filters_have_a_count_a_size_and_a_seed() -> None:
    app = page(**SMALL)
    app.button_group(key="layer.kind").set_value("random").run()
    app.number_input(key="layer.random.filters").set_value(5).run()
    app.number_input(key="layer.random.size").set_value(4).run()
    app.number_input(key="layer.random.seed").set_value(42).run()
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"], filter_bank.he_normal(5, 3, 4, seed=42)[0])
    assert app.query_params["bank"] == "random:5:4:42"


def test_own_weights_are_pasted_and_what_does_not_fit_is_answered() -> None:
    app = page(**SMALL)
    app.text_area(key="layer.paste").set_value("1 2\n3 4").run()
    assert "got 2 × 2, needed is 3 × 3" in texts(app)
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"][0], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    ramp = np.arange(27).reshape(3, 3, 3)
    app.text_area(key="layer.paste").set_value(str(ramp.tolist())).run()
    assert not app.error
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"], ramp)
    assert app.button_group(key="layer.kind").value == "own"
    app.number_input(key="layer.own.rows").set_value(5).run()
    assert shown(app)[1]["0.kernel"].shape == (3, 5, 3)
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"][:, 1:4], ramp)


@pytest.mark.parametrize(
    "query",
    [
        {"bank": "library:laplacian-4.red-green,gaussian", "filter": "2", "then": "none", "border": "wrap"},
        {"bank": "random:16:5:3", "stride": "2,1", "padding": "full", "scale": "each", "dilation": "2"},
        {"bank": "own:1,0;0,-1|0,0;0,0|0.5,1;1e-05,2", "biases": "0.25", "then": "sigmoid"},
    ],
)
def test_the_link_brings_back_what_was_shown(query: dict[str, str]) -> None:
    first = page(**SMALL, **query)
    again = page(**first.query_params)
    assert_same_shown(first, again)
    for key, value in query.items():
        assert first.query_params[key] == value


@pytest.mark.parametrize(
    "query", [{"bank": "random:0:1:2"}, {"biases": "a"}, {"filter": "-1"}, {"then": "swish"}, {"biases": "nan"}]
)
def test_a_link_that_cannot_be_used_is_answered_and_the_page_goes_on(query: dict[str, str]) -> None:
    app = page(**SMALL, **query)
    assert "The link says something that can't be used." in texts(app)
    assert shown(app)[1]["strip"].shape[0] == 8


@pytest.mark.parametrize(
    "query",
    [
        {**SMALL, "filter": "5", "biases": "0,0,0,0,0.75"},
        {**SMALL, "bank": "random:3:4:1", "padding": "same", "border": "reflect", "stride": "2", "then": "tanh"},
        {"image": "coffee", "size": "24", "colour": "0", "padding": "3", "border": "wrap", "dilation": "2"},
    ],
)
def test_the_same_in_pytorch_computes_the_numbers_on_the_screen(
    query: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(**query)
    np.save(tmp_path / "input.npy", pixels(app))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(torch_code(app), names)
    meta, arrays = shown(app)
    np.testing.assert_allclose(names["y"][0, meta["strip"]["chosen"]], arrays["0.activation"][0], atol=1e-5)
    assert "tensor" in said.getvalue()


def test_what_is_worth_trying_sets_everything_up() -> None:
    app = page(image="coffee", size="32", colour="0")
    app.button(key="layer.try.0").click().run()
    box = np.full((3, 3), 1 / 9, np.float32)
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"], [box, -box, 0 * box])
    app.button(key="layer.try.1").click().run()
    first = shown(app)[1]["0.kernel"]
    assert len(shown(app)[1]["strip"]) == 16
    app.button(key="layer.try.1").click().run()
    assert (shown(app)[1]["0.kernel"] != first).any()
    app.button(key="layer.try.2").click().run()
    meta, arrays = shown(app)
    assert meta["branches"][0]["bias"] == -1.5
    np.testing.assert_allclose(arrays["0.activation"], np.maximum(arrays["0.map"], 0))
    assert not app.exception


def test_a_bank_too_large_for_a_link_is_said() -> None:
    app = page(**SMALL, bank="random:16:11:1")
    app.button_group(key="layer.kind").set_value("own").run()
    assert "too many for a link" in texts(app)
    assert "bank" not in app.query_params


def test_sums_too_large_for_float32_are_answered_and_what_made_them_is_kept() -> None:
    app = page(bank="own:3e38,3e38;3e38,3e38")
    assert "larger than 3.4e+38" in app.error[0].value
    assert not app.get("bidi_component")
    assert "3e+38" in str(app.query_params)


def test_the_pinned_place_is_in_the_link() -> None:
    app = page(at="map,1,1")
    assert shown(app)[0]["selected"] == ["map", 1, 1]
    assert "".join(app.query_params["at"]) == "map,1,1"
    broken = page(at="map,1")
    assert "at: got 'map,1'" in texts(broken)
    assert shown(broken)[0]["selected"] is None
