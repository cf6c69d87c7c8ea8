"""A PyTorch model read as layers on paper."""

from __future__ import annotations

import re
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from explorer.networks.architecture import Architecture, ArchitectureError
from explorer.networks.budget import budget, totals
from explorer.networks.layers import (
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.networks.module import build, read
from explorer.networks.presets import PRESETS
from explorer.networks.reading import SLOPE
from explorer.operations.nonlinearities import LEAK


@pytest.mark.parametrize("key", [key for key in PRESETS if not key.startswith("vgg")])
def test_a_built_preset_reads_as_itself(key: str) -> None:
    net = PRESETS[key]
    found = Architecture.from_module(build(net), net.input_shape)
    assert (found.input_shape, found.layers) == (net.input_shape, net.layers)


def test_nested_sequentials_are_read_in_a_row() -> None:
    # The form of torchvision's AlexNet: features, an adaptive pooling that changes nothing at 224, a classifier.
    features = nn.Sequential(
        *(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(inplace=True)),
        *(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2)),
    )
    classifier = nn.Sequential(
        *(nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(inplace=True)),
        *(nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(inplace=True), nn.Linear(4096, 1000)),
    )
    model = nn.Sequential(features, nn.AdaptiveAvgPool2d((6, 6)), nn.Flatten(), nn.Identity(), classifier)
    found = Architecture.from_module(model, (3, 224, 224))
    assert found.layers == PRESETS["alexnet"].layers
    # Where the image is another, it is the pooling that it comes to.
    wide = read(model, (3, 415, 415))  # 12 × 12 maps
    assert wide.layers[8] == AvgPool2d(2)
    assert wide.problem is None
    assert totals(budget(wide.sound)).parameters == 61_100_840


def test_an_activation_belongs_to_the_layer_before_unless_it_has_a_name() -> None:
    flat = read(nn.Sequential(nn.Conv2d(1, 2, 3), nn.Tanh(), nn.Tanh(), nn.MaxPool2d(2), nn.ReLU()), (1, 9, 9))
    assert flat.layers == (Conv2d(2, 3, activation="tanh"), Activation("tanh"), MaxPool2d(2), Activation("relu"))
    named = OrderedDict(conv=nn.Conv2d(1, 2, 3), relu=nn.ReLU(), one=nn.Flatten(), out=nn.Linear(98, 2))
    assert read(nn.Sequential(named), (1, 9, 9)).layers == (
        Conv2d(2, 3, name="conv"),
        Activation("relu", name="relu"),
        Flatten(name="one"),
        Dense(2, name="out"),
    )
    normed = read(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.LeakyReLU()), (1, 9, 9))
    assert normed.layers == (Conv2d(2, 3), BatchNorm2d(), Activation("leaky_relu"))
    assert np.float32(SLOPE) == LEAK


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_every_option_that_has_a_place_is_kept() -> None:
    model = nn.Sequential(
        nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False),
        nn.Sigmoid(),
        nn.Conv2d(6, 6, 4, padding="same"),
        nn.Conv2d(6, 6, 3, padding="valid"),
        nn.ZeroPad2d((1, 2, 0, 1)),
        nn.Conv2d(6, 6, (2, 4)),
        nn.ZeroPad2d((3, 3, 1, 1)),
        nn.Conv2d(6, 6, 3, stride=2),
        nn.MaxPool2d((3, 2), stride=(1, 2), padding=(1, 0)),
        nn.AvgPool2d(2, padding=1),
        nn.AvgPool2d(1, count_include_pad=False),
        nn.Dropout(0.1),
        nn.Flatten(),
        nn.Linear(54, 7, bias=False),
    )
    assert model(torch.zeros(1, 4, 20, 21)).shape == (1, 7)
    assert read(model, (4, 20, 21)).layers == (
        Conv2d(6, (3, 2), (2, 1), (1, 0), (1, 2), 2, False, "sigmoid"),
        Conv2d(6, 4, padding="same"),
        Conv2d(6, 3),
        Conv2d(6, (2, 4), padding="same"),
        Conv2d(6, 3, 2, (1, 3)),
        MaxPool2d((3, 2), (1, 2), (1, 0)),
        AvgPool2d(2, padding=1),
        AvgPool2d(1),
        Dropout(0.1),
        Flatten(),
        Dense(7, bias=False),
    )


@pytest.mark.parametrize("size", [1, (1, 1)])
def test_global_average_pooling_is_adaptive_pooling_and_a_flatten(size: int | tuple[int, int]) -> None:
    conv = nn.Conv2d(1, 4, 3)
    assert read(
        nn.Sequential(conv, nn.AdaptiveAvgPool2d(size), nn.Flatten(), nn.Linear(4, 2)), (1, 9, 5)
    ).layers == (
        Conv2d(4, 3),
        GlobalAvgPool2d(),
        Dense(2),
    )
    # Without the Flatten its output is maps of one cell, which a convolution may take.
    assert read(nn.Sequential(conv, nn.AdaptiveAvgPool2d(size), nn.Conv2d(4, 2, 1)), (1, 9, 5)).layers == (
        Conv2d(4, 3),
        AvgPool2d((7, 3)),
        Conv2d(2, 1),
    )


def test_adaptive_pooling_is_the_pooling_that_it_comes_to() -> None:
    def pooled(size: object, shape: tuple[int, int, int]) -> tuple[object, ...]:
        return read(nn.Sequential(nn.AdaptiveAvgPool2d(size)), shape).layers

    assert pooled((2, 3), (1, 8, 9)) == (AvgPool2d((4, 3)),)
    assert pooled((None, 3), (1, 8, 9)) == (AvgPool2d((1, 3)),)
    assert pooled(8, (1, 8, 8)) == ()
    with pytest.raises(ValueError, match=re.escape("0 (AdaptiveAvgPool2d): output_size: got 3 × 3, only what")):
        pooled(3, (1, 8, 9))


def test_names_are_kept_and_made_where_there_are_none() -> None:
    model = nn.Sequential(
        OrderedDict(
            a=nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 1, 1), pool=nn.MaxPool2d(1))),
            b=nn.Sequential(nn.Conv2d(1, 1, 1), nn.MaxPool2d(1)),
            c=nn.Sequential(OrderedDict(conv=nn.Conv2d(1, 1, 1), weiß=nn.MaxPool2d(1))),
        )
    )
    assert read(model, (1, 3, 3)).names == ("a_conv", "pool", "conv1", "pool1", "c_conv", "pool2")
    # A name that would be made for another layer stays the layer's own.
    swapped = nn.Sequential(OrderedDict(conv2=nn.Conv2d(1, 1, 1), conv1=nn.Conv2d(1, 1, 1)))
    assert read(swapped, (1, 3, 3)).names == ("conv2", "conv1")
    plain = nn.Sequential(OrderedDict(conv1=nn.Conv2d(1, 1, 1), conv2=nn.Conv2d(1, 1, 1)))
    assert read(plain, (1, 3, 3)).layers == (Conv2d(1, 1), Conv2d(1, 1))


def test_what_does_not_fit_the_image_is_kept_and_said() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 5), nn.MaxPool2d(2), nn.Conv2d(2, 4, 5), nn.Linear(4, 2))
    draft = read(model, (1, 8, 8))
    assert len(draft.layers) == 4
    assert str(draft.problem) == "conv2 (layer 3): got maps of 2 × 2, needs at least 5 × 5 for its window of 5 × 5"
    with pytest.raises(ArchitectureError, match="conv2"):
        Architecture.from_module(model, (1, 8, 8))


CONV = nn.Conv2d(3, 3, 3, padding=1)


@pytest.mark.parametrize(
    ("modules", "sentence"),
    [
        ([nn.Softmax(1)], "0 (Softmax): has no place here, read are Conv2d, Linear"),
        ([CONV, nn.Sequential(nn.ReLU6())], "1.0 (ReLU6): has no place here"),
        ([nn.LazyConv2d(3, 3)], "0 (LazyConv2d): has no place here"),
        (
            [nn.Conv2d(3, 3, 3, padding=1, padding_mode="reflect")],
            "0 (Conv2d): padding_mode: got 'reflect', only 'zeros'",
        ),
        ([nn.MaxPool2d(2, ceil_mode=True)], "0 (MaxPool2d): ceil_mode: got True, only False has a place here"),
        ([nn.MaxPool2d(2, dilation=2)], "0 (MaxPool2d): dilation: got 2, only 1"),
        ([nn.MaxPool2d(2, return_indices=True)], "0 (MaxPool2d): return_indices: got True"),
        ([nn.MaxPool2d(2, padding=2)], "0 (MaxPool2d): padding: got 2, needed is at most half"),
        ([nn.AvgPool2d(2, ceil_mode=True)], "0 (AvgPool2d): ceil_mode: got True"),
        ([nn.AvgPool2d(2, divisor_override=3)], "0 (AvgPool2d): divisor_override: got 3, only None"),
        ([nn.AvgPool2d(2, padding=1, count_include_pad=False)], "0 (AvgPool2d): count_include_pad: got False"),
        ([nn.BatchNorm2d(3, affine=False)], "0 (BatchNorm2d): affine: got False, only True"),
        ([nn.BatchNorm2d(3, track_running_stats=False)], "0 (BatchNorm2d): track_running_stats: got False"),
        ([nn.BatchNorm2d(3, eps=1e-3)], "0 (BatchNorm2d): eps: got 0.001, only 1e-05"),
        ([nn.BatchNorm2d(3, momentum=None)], "0 (BatchNorm2d): momentum: got None, only 0.1"),
        ([nn.BatchNorm2d(3, bias=False)], "0 (BatchNorm2d): bias: got False"),
        ([nn.LeakyReLU(0.2)], "0 (LeakyReLU): negative_slope: got 0.2, only 0.01"),
        ([nn.Flatten(0)], "0 (Flatten): start_dim: got 0, only 1"),
        ([nn.AdaptiveAvgPool2d(1), nn.Flatten(2)], "1 (Flatten): start_dim: got 2, only 1"),
        ([nn.Dropout(1.0)], "0 (Dropout): p: got 1.0, needed is"),
        ([nn.ZeroPad2d(1), nn.MaxPool2d(2)], "0 (ZeroPad2d): is read only straight before a Conv2d"),
        ([nn.ZeroPad2d(1)], "0 (ZeroPad2d): is read only straight before a Conv2d"),
        (
            [nn.ZeroPad2d(1), CONV],
            "0 (ZeroPad2d): is read only where it adds, before a Conv2d that adds nothing more",
        ),
        ([nn.ZeroPad2d(-1), nn.Conv2d(3, 3, 3)], "0 (ZeroPad2d): is read only where it adds"),
        (
            [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 3, 3, stride=2)],
            "0 (ZeroPad2d): padding: got (0, 1, 0, 1) (left, right, top, bottom), only the same on both sides",
        ),
        ([nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 3, 2, stride=2)], "0 (ZeroPad2d): padding: got (0, 1, 0, 1)"),
        ([CONV, nn.ReLU(), CONV], "2 (Conv2d): is 0 once more, needed is a layer with weights of its own"),
        ([nn.Conv2d(1, 3, 3)], "0 (Conv2d): is made for 1 channel, gets 3"),
        ([nn.ZeroPad2d(1), nn.Conv2d(1, 3, 3)], "1 (Conv2d): is made for 1 channel, gets 3"),
        ([CONV, nn.BatchNorm2d(4)], "1 (BatchNorm2d): is made for 4 channels, gets 3"),
        ([nn.Flatten(), nn.Linear(100, 2)], "1 (Linear): is made for 100 numbers, gets 192"),
        ([nn.Flatten(), nn.AdaptiveAvgPool2d(2)], "1 (AdaptiveAvgPool2d): has a place here only where"),
        ([nn.ReLU() for _ in range(201)], "layers: got 201"),
    ],
    ids=str,
)
def test_what_has_no_place_is_named(modules: list[nn.Module], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        read(nn.Sequential(*modules), (3, 8, 8))


def test_only_a_sequential_is_read() -> None:
    with pytest.raises(ValueError, match=re.escape("module: got Conv2d, needed is a torch.nn.Sequential")):
        read(CONV, (3, 8, 8))
    assert read(nn.Sequential(), (3, 8, 8)).layers == ()
    with pytest.raises(ValueError, match="input_shape: got"):
        read(nn.Sequential(), (3, 8))


def test_one_relu_may_stand_in_many_places() -> None:
    relu = nn.ReLU()
    model = nn.Sequential(nn.Conv2d(3, 3, 3), relu, nn.Conv2d(3, 3, 3), relu)
    assert read(model, (3, 8, 8)).layers == (Conv2d(3, 3, activation="relu"),) * 2
