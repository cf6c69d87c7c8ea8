"""The networks to begin with, against what their authors, and torchvision and Keras, state."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.networks.budget import budget, totals
from explorer.networks.presets import PRESETS, SOURCES

# Parameters as published. The lecture's own total; LeNet-5 with a full C3; CNN Explainer's model; `num_params` of
# torchvision's weights; All-CNN-C's from its table and Keras's summary of it; MobileNet's trainable parameters in
# Keras's summary.
PARAMETERS = {
    "example": 8_459_242,
    "lenet-5": 61_706,
    "tiny-vgg": 19_920,
    "alexnet": 61_100_840,
    "vgg-11": 132_863_336,
    "vgg-13": 133_047_848,
    "vgg-16": 138_357_544,
    "vgg-19": 143_667_240,
    "all-conv": 1_369_738,
    "mobilenet": 4_231_976,
}


@pytest.mark.parametrize(("key", "published"), PARAMETERS.items())
def test_the_parameters_are_the_published_ones(key: str, published: int) -> None:
    assert totals(budget(PRESETS[key])).parameters == published


@pytest.mark.parametrize(
    ("key", "published"),
    [  # in billions, as torchvision's weights state them; MobileNet as in its paper's table 4
        ("alexnet", "0.714"),
        ("vgg-11", "7.609"),
        ("vgg-13", "11.308"),
        ("vgg-16", "15.470"),
        ("vgg-19", "19.632"),
        ("mobilenet", "0.569"),
    ],
)
def test_the_multiply_accumulates_are_the_published_ones(key: str, published: str) -> None:
    assert f"{totals(budget(PRESETS[key])).macs / 1e9:.3f}" == published


def test_the_example_is_the_lectures_row_by_row() -> None:
    rows = budget(PRESETS["example"])
    assert PRESETS["example"].input_shape == (1, 150, 150)
    assert [(row.kind, row.output_shape, row.parameters) for row in rows] == [
        ("conv2d", (32, 148, 148), 320),
        ("max_pool2d", (32, 74, 74), 0),
        ("conv2d", (32, 72, 72), 9_248),
        ("max_pool2d", (32, 36, 36), 0),
        ("conv2d", (64, 34, 34), 18_496),
        ("conv2d", (64, 32, 32), 36_928),
        ("max_pool2d", (64, 16, 16), 0),
        ("dropout", (64, 16, 16), 0),
        ("flatten", (16_384,), 0),
        ("dense", (512,), 8_389_120),
        ("dropout", (512,), 0),
        ("dense", (10,), 5_130),
    ]
    assert totals(rows).macs == 121_533_952


def test_tiny_vgg_has_cnn_explainers_layers() -> None:
    net = PRESETS["tiny-vgg"]
    assert net.names == (
        *("conv_1_1", "relu_1_1", "conv_1_2", "relu_1_2", "max_pool_1"),
        *("conv_2_1", "relu_2_1", "conv_2_2", "relu_2_2", "max_pool_2"),
        *("flatten", "output"),
    )
    sizes = dict(zip(net.names, net.shapes, strict=True))
    assert sizes["max_pool_1"] == (10, 30, 30)
    assert sizes["max_pool_2"] == (10, 13, 13)


@pytest.mark.parametrize(
    ("key", "before", "shape"),
    [  # what flows into the first dense layer, or into the global average
        ("lenet-5", "flatten", (120, 1, 1)),
        ("alexnet", "flatten1", (256, 6, 6)),
        ("vgg-11", "flatten1", (512, 7, 7)),
        ("vgg-19", "flatten1", (512, 7, 7)),
        ("all-conv", "global_pool1", (10, 6, 6)),
        ("mobilenet", "global_pool1", (1024, 7, 7)),
    ],
)
def test_the_last_maps_have_the_size_that_the_papers_give(
    key: str, before: str, shape: tuple[int, int, int]
) -> None:
    net = PRESETS[key]
    assert net.input_of(net.names.index(before)) == shape


def test_each_network_says_where_it_comes_from_and_what_it_is_called() -> None:
    assert list(SOURCES) == list(PRESETS) == list(PARAMETERS)
    assert all(len(source) > 30 for source in SOURCES.values())
    titles = [net.title for net in PRESETS.values()]
    assert all(titles)
    assert len(set(titles)) == len(titles)


def test_a_network_on_paper_needs_no_torch() -> None:
    # In a process of its own: others here have imported torch long ago.
    code = (
        "import sys, explorer.networks.presets, explorer.networks.budget\n"
        "sys.exit(sum(name in sys.modules for name in ('torch', 'cv2', 'streamlit')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
