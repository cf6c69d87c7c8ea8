"""What Python hands to the lens: every number that is shown, at its place."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.operations.chain import Chain, Pooling
from explorer.operations.kernels import KERNELS
from explorer.operations.layer import ConvLayer
from explorer.rendering import scales
from explorer.ui.components import lens
from explorer.ui.components.blob import pack

LECTURE = np.array(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], np.float32
)
EDGES = KERNELS["laplacian-4"]


def branch(chain: Chain, image: np.ndarray, title: str = "Feature map") -> lens.Branch:
    return lens.Branch(chain, chain.run(image), title)


def test_the_lectures_example_travels_as_it_is() -> None:
    scene = lens.convolution([branch(Chain(EDGES), LECTURE)], mode="step", editable=("input", "kernel"))
    np.testing.assert_array_equal(scene.arrays["input"], LECTURE[None])
    np.testing.assert_array_equal(scene.arrays["0.kernel"], EDGES.weights[None])
    np.testing.assert_array_equal(scene.arrays["0.map"], [[[3, -3, -1], [-2, 3, -3], [-3, 2, 3]]])
    assert set(scene.arrays) == {"input", "0.kernel", "0.map"}
    assert scene.meta["geometry"] == {
        "stride": (1, 1),
        "pads": ((0, 0), (0, 0)),
        "dilation": (1, 1),
        "border": "zero",
    }
    assert scene.meta["editable"] == ["input", "kernel"]


def test_only_stages_that_are_there_travel() -> None:
    chain = Chain(EDGES, bias=0.5, nonlinearity="relu", pooling=Pooling(2, stride=1))
    scene = lens.convolution([branch(chain, LECTURE)])
    assert set(scene.arrays) == {
        "input",
        "0.kernel",
        "0.sum",
        "0.map",
        "0.activation",
        "0.pooled",
        "0.winners",
    }
    np.testing.assert_allclose(scene.arrays["0.map"], scene.arrays["0.sum"] + 0.5)
    rows, cols = np.divmod(scene.arrays["0.winners"][0], 3)
    np.testing.assert_array_equal(scene.arrays["0.activation"][0][rows, cols], scene.arrays["0.pooled"][0])
    average = lens.convolution([branch(Chain(EDGES, pooling=Pooling(2, mode="average")), LECTURE)])
    assert "0.winners" not in average.arrays


def test_colour_travels_channel_by_channel() -> None:
    image = np.random.default_rng(0).random((6, 7, 3), np.float32)
    stages = Chain(EDGES, pooling=Pooling(2)).run(image)
    scene = lens.convolution([lens.Branch(Chain(EDGES, pooling=Pooling(2)), stages)])
    assert scene.meta["channels"] == "each"
    for channel in range(3):
        np.testing.assert_array_equal(scene.arrays["input"][channel], image[:, :, channel])
        np.testing.assert_array_equal(scene.arrays["0.map"][channel], stages.feature_map[:, :, channel])
        assert stages.winners is not None
        np.testing.assert_array_equal(scene.arrays["0.winners"][channel], stages.winners[:, :, channel])


def ends(scene: lens.Scene) -> list[dict[str, float]]:
    branches = scene.meta["branches"]
    assert isinstance(branches, list)
    return [entry["ends"] for entry in branches]


def test_each_map_has_its_own_scale_or_all_share_one() -> None:
    pair = [branch(Chain(kernel), LECTURE) for kernel in (EDGES, KERNELS["box-blur"])]
    own = [end["map"] for end in ends(lens.convolution(pair, scale="each"))]
    assert own == [scales.limit(b.stages.feature_map) for b in pair]
    assert own[0] != own[1]
    shared = [end["map"] for end in ends(lens.convolution(pair, scale="shared"))]
    assert shared == [max(own)] * 2


@pytest.mark.parametrize("name", ["log", "dog", "gabor", "sobel-vertical"])
def test_a_flat_image_is_paper_and_not_its_rounding_on_a_scale_of_its_own(name: str) -> None:
    flat = np.full((40, 40), 0.3, np.float32)
    kernel = KERNELS[name].weights.astype(np.float64)
    edge = Chain((kernel - kernel.mean()).astype(np.float32))
    (end,) = ends(lens.convolution([branch(edge, flat)]))
    assert end["map"] == 1
    layer = ConvLayer(edge.kernel.weights[None, None])
    for scale in ("each", "shared"):
        strip = lens.layer(layer, layer.run(flat), 0, layer.partial_sums(flat, 0), scale=scale)
        assert (strip.arrays["strip"] == scales.ZERO).all()
        assert strip.meta["branches"][0]["ends"]["partial"] == 1
    faint = flat.copy()
    faint[20, 20] += 1e-3
    (end,) = ends(lens.convolution([branch(edge, faint)]))
    assert end["map"] == scales.limit(edge.run(faint).feature_map) < 0.1


def test_relu_shares_the_maps_scale_and_sigmoid_has_its_own() -> None:
    (relu,) = ends(lens.convolution([branch(Chain(EDGES, nonlinearity="relu"), LECTURE)]))
    assert relu["activation"] == relu["map"] == 3
    (sigmoid,) = ends(lens.convolution([branch(Chain(EDGES, nonlinearity="sigmoid"), LECTURE)]))
    assert sigmoid["activation"] < 1 < sigmoid["map"]


def test_a_norm_larger_than_its_numbers_is_not_clipped() -> None:
    scene = lens.pooling(np.full((4, 4), 2, np.float32), Pooling(2, mode="lp"))
    (end,) = ends(scene)
    assert end["map"] == 2
    assert end["pooled"] == pytest.approx(4)


@pytest.mark.parametrize("count", [0, 5])
def test_one_to_four_kernels(count: int) -> None:
    with pytest.raises(ValueError, match=f"branches: got {count}, legal is 1 to 4"):
        lens.convolution([branch(Chain(EDGES), LECTURE)] * count)


def test_pooling_hands_over_map_pooled_and_winners() -> None:
    values = np.array([[4, -3, -1], [-2, 3, -3], [-3, 2, 3]], np.float32)
    scene = lens.pooling(values, Pooling(2, stride=1), editable=True)
    np.testing.assert_array_equal(scene.arrays["0.pooled"], [[[4, 3], [3, 3]]])
    np.testing.assert_array_equal(scene.arrays["0.winners"], [[[0, 4], [4, 4]]])
    assert scene.meta["editable"] == ["map"]


def test_a_layers_partial_sums_and_bias_make_its_map() -> None:
    image = np.random.default_rng(1).random((9, 8, 3), np.float32)
    bank = np.random.default_rng(2).normal(size=(4, 3, 3, 3)).astype(np.float32)
    bank[2] = -np.abs(bank[2])
    layer = ConvLayer(bank, np.array([0.5, -1, 0, 0.25], np.float32), nonlinearity="relu")
    stages = layer.run(image)
    scene = lens.layer(layer, stages, 3, layer.partial_sums(image, 3))
    partial = scene.arrays["0.partial"]
    np.testing.assert_allclose(partial.sum(0) + 0.25, scene.arrays["0.map"][0], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(scene.arrays["0.activation"][0], np.maximum(scene.arrays["0.map"][0], 0))
    np.testing.assert_array_equal(scene.arrays["0.kernel"], bank[3])
    strip = scene.meta["strip"]
    assert isinstance(strip, dict)
    assert strip["chosen"] == 3
    assert strip["off"] == [False, False, True, False]
    np.testing.assert_array_equal(
        scene.arrays["strip"][0], scales.to_index(stages.activations[0], strip["ends"][0])
    )
    assert len(set(strip["ends"])) == 1
    each = lens.layer(layer, stages, 3, layer.partial_sums(image, 3), scale="each").meta["strip"]
    assert isinstance(each, dict)
    assert each["ends"] == [scales.limit(m) for m in stages.activations]


def test_every_scene_fits_into_a_blob() -> None:
    for scene in (
        lens.convolution([branch(Chain(EDGES, pooling=Pooling(2)), LECTURE)], selected=("map", 0, 1)),
        lens.pooling(LECTURE, Pooling(2)),
    ):
        assert len(pack(scene.meta, scene.arrays)) > sum(a.nbytes for a in scene.arrays.values())
