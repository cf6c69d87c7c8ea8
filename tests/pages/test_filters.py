"""The filters page: what it shows is what PyTorch computes, and its link brings it back."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS, PARAMETRIC
from explorer.rendering import picture, scales
from explorer.ui import downloads
from explorer.ui.components import lens
from explorer.ui.components.lens import Branch
from explorer.ui.filters_state import TRIES
from tests.pages.opened import assert_same_shown, channels, opened, pixels, shown, texts, torch_code

SMALL = {"size": "32"}


def page(**query: str) -> AppTest:
    return opened("filters", {**SMALL, **query})


def convolved(app: AppTest, weights: NDArray[Any], **options: int) -> NDArray[Any]:
    """The current image through torch, (C, H', W')."""
    kernel = torch.as_tensor(np.array(weights, np.float32))[None, None]
    return functional.conv2d(channels(app)[:, None], kernel, **options)[:, 0].numpy()


def address(app: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[-1] for name, value in app.query_params.items()}


def close(ours: NDArray[Any], reference: NDArray[Any]) -> None:
    assert ours.shape == reference.shape
    np.testing.assert_allclose(ours, reference, rtol=1e-5, atol=2e-6)


def test_starts_on_sobel_and_shows_its_source() -> None:
    app = page()
    assert app.title[0].value == "What does a kernel find in your image?"
    meta, arrays = shown(app)
    np.testing.assert_array_equal(arrays["0.kernel"][0], KERNELS["sobel-vertical"].weights)
    close(arrays["0.map"], convolved(app, KERNELS["sobel-vertical"].weights))
    assert KERNELS["sobel-vertical"].source in texts(app)
    assert meta["branches"][0]["ends"]["map"] == np.abs(arrays["0.map"]).max()


@pytest.mark.parametrize("name", ["box-blur", "kirsch-sw", "roberts-rising", "gabor", "dog"])
def test_every_kernel_shows_what_torch_computes(name: str) -> None:
    app = page(kernel=name)
    close(shown(app)[1]["0.map"], convolved(app, KERNELS[name].weights))


def test_colour_filters_each_channel_on_its_own() -> None:
    app = page(kernel="sharpen", colour="1")
    meta, arrays = shown(app)
    assert meta["channels"] == "each"
    assert arrays["0.map"].shape[0] == 3
    close(arrays["0.map"], convolved(app, KERNELS["sharpen"].weights))


def test_bias_nonlinearity_and_pooling_follow_the_sum() -> None:
    app = page(kernel="sobel-horizontal", stride="2", padding="1", bias="-0.25", then="relu", pool="max:2:2:0")
    _, arrays = shown(app)
    total = convolved(app, KERNELS["sobel-horizontal"].weights, stride=2, padding=1)
    activation = np.maximum(total - np.float32(0.25), 0)
    close(arrays["0.sum"], total)
    close(arrays["0.map"], total - np.float32(0.25))
    close(arrays["0.activation"], activation)
    pooled, won = functional.max_pool2d(torch.as_tensor(activation)[None], 2, return_indices=True)
    close(arrays["0.pooled"], pooled[0].numpy())
    np.testing.assert_array_equal(arrays["0.winners"], won[0].numpy())


LINKS: list[dict[str, str]] = [
    {"kernel": "sobel-vertical", "stride": "2", "padding": "same", "image": "cat", "size": "48"},
    {"kernel": "gabor:size=7,angle=45", "colour": "1", "then": "abs"},
    {"kernel": "0,1,0;1,-4,1;0,1,0", "dilation": "2,1", "border": "wrap", "padding": "full", "bias": "0.5"},
    {"kernel": "emboss", "beside": "gaussian:sigma=2|identity|1,0.5;0,-1", "scale": "shared"},
    {"kernel": "log", "pool": "average:2:2:0", "at": "pooled,3,4", "image": "horse"},
]


@pytest.mark.parametrize("query", LINKS)
def test_a_link_brings_everything_back(query: dict[str, str]) -> None:
    first = page(**query)
    said = address(first)
    assert said.items() >= query.items()
    assert_same_shown(first, opened("filters", said))


def test_own_weights_in_a_link_are_exact() -> None:
    app = page(kernel="0.1,-2e-5;1.5,0.33333334")
    np.testing.assert_array_equal(
        shown(app)[1]["0.kernel"][0], np.array([[0.1, -2e-5], [1.5, 0.33333334]], np.float32)
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"kernel": "no-such"}, "no-such"),
        ({"kernel": "gaussian:sigma=99"}, "99"),
        ({"stride": "0"}, "stride"),
        ({"padding": "half"}, "half"),
        ({"beside": "emboss|nothing"}, "nothing"),
        ({"beside": "emboss|emboss|emboss|emboss"}, "4 kernels"),
        ({"at": "nowhere,1,1"}, "nowhere"),
        ({"pool": "max"}, "max"),
    ],
)
def test_what_a_link_says_wrongly_is_told_and_the_page_goes_on(query: dict[str, str], told: str) -> None:
    app = page(**query)
    assert told in "\n".join(warning.value for warning in app.warning)
    assert "0.map" in shown(app)[1]


def test_a_stride_from_a_link_that_does_not_fit_is_told() -> None:
    app = page(stride="1000", image="lecture")
    assert "1000" in texts(app)
    assert shown(app)[0]["geometry"]["stride"] == [1, 1]


def test_switching_kernels_keeps_everything_else() -> None:
    app = page(stride="2", then="relu", bias="0.5", at="map,3,4", beside="emboss", image="cat")
    before = address(app)
    app.button_group(key="filters.kernel").set_value("gaussian").run()
    assert address(app) == {**before, "kernel": "gaussian"}


def test_up_to_four_kernels_share_the_image() -> None:
    app = page(kernel="emboss", beside="identity|gaussian:size=3|1,-1", stride="2", then="relu")
    meta, arrays = shown(app)
    expected = [
        KERNELS["emboss"].weights,
        KERNELS["identity"].weights,
        PARAMETRIC["gaussian"].build(size=3).weights,
        np.array([[1, -1]], np.float32),
    ]
    assert len(meta["branches"]) == 4
    for number, weights in enumerate(expected):
        close(arrays[f"{number}.map"], convolved(app, weights, stride=2))
    assert [branch["title"] for branch in meta["branches"][:3]] == ["Emboss", "Identity", "Gaussian blur, size 3"]


@pytest.mark.parametrize("scale", ["each", "shared"])
def test_the_scale_is_each_maps_own_or_shared(scale: str) -> None:
    app = page(kernel="emboss", beside="gaussian", **({"scale": "shared"} if scale == "shared" else {}))
    meta, arrays = shown(app)
    own = [float(np.abs(arrays[f"{n}.map"]).max()) for n in range(2)]
    ends = [branch["ends"]["map"] for branch in meta["branches"]]
    assert ends == (own if scale == "each" else [max(own)] * 2)
    assert meta["scale"] == scale


def test_a_kernel_is_kept_beside_and_another_chosen() -> None:
    app = page(kernel="gaussian:sigma=2")
    app.button(key="filters.beside.keep").click().run()
    app.button_group(key="filters.kernel").set_value("sharpen").run()
    assert address(app)["beside"] == "gaussian:sigma=2"
    assert len(shown(app)[0]["branches"]) == 2


def test_a_kernel_beside_that_does_not_fit_is_left_out_with_a_sentence() -> None:
    app = page(kernel="identity", beside="gabor", image="lecture")
    assert len(shown(app)[0]["branches"]) == 1
    assert "Gabor is left out" in texts(app)


def test_leaving_and_coming_back_keeps_the_page() -> None:
    app = page(kernel="2,1;0,-3", stride="2", at="map,3,4", beside="emboss", scale="shared")
    before = shown(app), address(app)
    for name in ("pooling", "filters"):
        app.query_params.clear()  # as a browser does when a person moves on by the menu
        app.switch_page(f"pages/operations/{name}.py").run()
    assert address(app) == before[1]
    assert shown(app)[0] == before[0][0]
    app.button_group(key="filters.kernel").set_value("gaussian").run()
    app.button_group(key="filters.kernel").set_value("own").run()
    app.button(key="filters.own.Undo").click().run()
    np.testing.assert_array_equal(shown(app)[1]["0.kernel"][0], [[2, 1], [0, -3]])


@pytest.mark.parametrize("number", range(len(TRIES)))
def test_each_try_sets_up_something_to_look_at(number: int) -> None:
    app = page(stride="3")
    app.button(key=f"filters.try.{number}").click().run()
    assert not app.exception
    assert not app.warning
    assert TRIES[number].note in texts(app)
    meta, arrays = shown(app)
    assert meta["geometry"]["stride"] == [1, 1]
    for branch in range(len(meta["branches"])):
        assert np.ptp(arrays[f"{branch}.map"]) > 0
    assert_same_shown(app, opened("filters", address(app)))


def test_the_corner_try_is_as_its_note_says() -> None:
    app = page()
    number = next(n for n, entry in enumerate(TRIES) if entry.label.startswith("Find the corner"))
    app.button(key=f"filters.try.{number}").click().run()
    _, arrays = shown(app)
    sums, left = arrays["0.sum"][0], arrays["0.activation"][0]
    assert set(np.unique(left)) == {0, 4}
    assert 20 < (left > 0).sum() < 200
    assert (sums == 12).sum() > 4 * (left > 0).sum()
    app.number_input(key="filters.bias").set_value(0.0).run()
    assert (shown(app)[1]["0.activation"] == 12).sum() == (sums == 12).sum()


def test_the_histogram_is_drawn_only_once_it_is_opened() -> None:
    app = page(beside="emboss")
    assert not app.get("plotly_chart")
    app.session_state["filters.figures"] = True
    app.run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 4


@pytest.mark.parametrize(
    "query",
    [
        {"kernel": "sobel-vertical", "stride": "2", "padding": "same", "pool": "max:2:2:0"},
        {"kernel": "gaussian", "colour": "1", "border": "reflect", "padding": "3", "then": "tanh"},
        {"kernel": "1,0.1;-2,3", "dilation": "2", "bias": "-0.5", "then": "leaky_relu", "pool": "lp:2:2:0:2"},
    ],
)
def test_the_same_in_pytorch_prints_the_numbers_on_the_screen(
    query: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page(**query)
    code = torch_code(app)
    (tmp_path / "input.npy").write_bytes(picture.npy(pixels(app)))
    monkeypatch.chdir(tmp_path)
    printed, scope = io.StringIO(), {}  # type: tuple[io.StringIO, dict[str, Any]]
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "same.py", "exec"), scope)
    arrays = shown(app)[1]
    output = next(arrays[f"0.{stage}"] for stage in ("pooled", "activation", "map") if f"0.{stage}" in arrays)
    close(output, scope["y"].numpy()[:, 0] if scope["y"].shape[0] == 3 else scope["y"].numpy()[0])
    assert "tensor" in printed.getvalue()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_has_the_colours_of_the_lens(theme: scales.Theme) -> None:
    values = np.array([[-2, 0, 1], [2, -1, 0.5]], np.float32)
    png = downloads.picture_of(values, 2.0, theme)
    drawn = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
    cell = drawn.shape[0] // 2
    palette = scales.palette("signed", theme)
    np.testing.assert_array_equal(drawn[::cell, ::cell], palette[scales.to_index(values, 2.0)])


def test_the_shown_map_is_the_chains_last_with_the_scale_on_the_screen() -> None:
    image = np.random.default_rng(3).random((9, 9, 3), np.float32)
    chains = [Chain(KERNELS[n], nonlinearity="relu", pooling=Pooling(2)) for n in ("emboss", "gaussian")]
    branches = [Branch(chain, chain.run(image), chain.kernel.title) for chain in chains]
    scene = lens.convolution(branches, scale="shared")
    values, end = downloads.shown(scene, branches, 1, 2)
    np.testing.assert_array_equal(values, branches[1].stages.pooled[:, :, 2])
    assert end == float(np.abs(branches[0].stages.feature_map).max())


def test_sums_too_large_for_float32_are_answered_and_what_made_them_is_kept() -> None:
    app = page(kernel="3e38,3e38;3e38,3e38")
    assert "larger than 3.4e+38" in app.error[0].value
    assert not app.get("bidi_component")
    assert "3e+38" in str(app.query_params)
