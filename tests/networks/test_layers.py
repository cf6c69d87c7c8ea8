"""The layers: what they take, what they make of it, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.networks.architecture import Architecture
from explorer.networks.layers import (
    ACTIVATIONS,
    KINDS,
    Activation,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
    MisfitError,
    shape_text,
)
from explorer.networks.layers import (
    settings as own_settings,
)
from explorer.networks.module import build
from explorer.operations.nonlinearities import NONLINEARITIES
from tests.networks.strategies import layers

MAPS = st.tuples(st.integers(1, 4), st.integers(1, 7), st.integers(1, 7))
EVERY = [
    Conv2d(),
    MaxPool2d(),
    AvgPool2d(),
    GlobalAvgPool2d(),
    BatchNorm2d(),
    Activation(),
    Dropout(),
    Flatten(),
    Dense(),
]


@settings(max_examples=200)
@given(st.data(), MAPS, st.tuples(st.integers(1, 4), st.integers(1, 7), st.integers(1, 7)))
def test_a_layer_fits_where_torch_finds_that_it_does(
    data: st.DataObject, meant: tuple[int, int, int], shape: tuple[int, int, int]
) -> None:
    # Drawn for one input, laid on another of as many channels: its window may be too large.
    layer = data.draw(layers(meant, kernel=5))
    given_shape = (meant[0], *shape[1:])
    try:
        output = layer.output_shape(given_shape)
    except MisfitError:
        # Built for maps that are large enough; torch, too, finds no window in these.
        built = build(Architecture((meant[0], 40, 40), [layer]))
        with pytest.raises(RuntimeError, match="size"):
            built(torch.zeros(1, *given_shape))
    else:
        built = build(Architecture(given_shape, [layer]))
        assert tuple(built(torch.zeros(1, *given_shape)).shape[1:]) == output


@pytest.mark.parametrize(
    ("layer", "shape", "output"),
    [
        (Conv2d(32, 3), (1, 150, 150), (32, 148, 148)),
        (Conv2d(8, (3, 5), stride=(2, 1), padding=(0, 2)), (3, 9, 9), (8, 4, 9)),
        (Conv2d(8, 3, dilation=3), (3, 7, 7), (8, 1, 1)),
        (Conv2d(8, 4, padding="same", dilation=(1, 2)), (3, 7, 2), (8, 7, 2)),
        (Conv2d(8, 3, groups=4, padding="valid"), (4, 3, 3), (8, 1, 1)),
        (MaxPool2d(2), (32, 149, 148), (32, 74, 74)),
        (MaxPool2d(3, 2), (64, 55, 55), (64, 27, 27)),
        (AvgPool2d((2, 3), padding=(1, 0)), (1, 4, 8), (1, 3, 2)),
        (GlobalAvgPool2d(), (7, 3, 9), (7,)),
        (BatchNorm2d(), (7, 3, 9), (7, 3, 9)),
        (Activation("tanh"), (7, 3, 9), (7, 3, 9)),
        (Activation("tanh"), (7,), (7,)),
        (Dropout(0), (7,), (7,)),
        (Flatten(), (64, 16, 16), (16_384,)),
        (Flatten(), (5,), (5,)),
        (Dense(512), (16_384,), (512,)),
    ],
)
def test_output_shapes(layer: Layer, shape: tuple[int, ...], output: tuple[int, ...]) -> None:
    assert layer.output_shape(shape) == output


@pytest.mark.parametrize(
    ("layer", "shape", "got", "needs"),
    [
        (Conv2d(8, 5), (3, 4, 9), "maps of 4 × 9", "at least 5 × 5 for its window of 5 × 5"),
        (
            Conv2d(8, 3, dilation=4, padding=(0, 2)),
            (3, 8, 4),
            "maps of 8 × 4",
            "at least 9 × 5 for its window of 9 × 9",
        ),
        (Conv2d(6, 1, groups=3), (4, 8, 8), "4 channels for 3 groups", "a number of channels that 3 divides"),
        (Conv2d(6, 1), (4,), "a vector of 4 numbers", "feature maps (channels, height, width)"),
        (MaxPool2d((3, 2)), (4, 2, 9), "maps of 2 × 9", "at least 3 × 2 for its window of 3 × 2"),
        (AvgPool2d(4, padding=1), (4, 1, 2), "maps of 1 × 2", "at least 2 × 2 for its window of 4 × 4"),
        (MaxPool2d(2), (4,), "a vector of 4 numbers", "feature maps (channels, height, width)"),
        (GlobalAvgPool2d(), (4,), "a vector of 4 numbers", "feature maps (channels, height, width)"),
        (BatchNorm2d(), (4,), "a vector of 4 numbers", "feature maps (channels, height, width)"),
        (Dense(2), (4, 5, 6), "maps of 5 × 6 × 4", "a vector: Flatten or global average pooling before it"),
    ],
)
def test_what_does_not_fit_says_what_came_and_what_is_needed(
    layer: Layer, shape: tuple[int, ...], got: str, needs: str
) -> None:
    with pytest.raises(MisfitError) as caught:
        layer.output_shape(shape)
    assert (caught.value.got, caught.value.needs) == (got, needs)
    assert str(caught.value) == f"got {got}, needs {needs}"


def test_the_least_that_is_named_is_enough() -> None:
    layer = Conv2d(1, 3, dilation=4, padding=(0, 2))
    assert layer.output_shape((1, 9, 5)) == (1, 1, 1)
    for shape in ((1, 8, 5), (1, 9, 4)):
        with pytest.raises(MisfitError):
            layer.output_shape(shape)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Conv2d(8, name=5), "name: got 5, needed is at most 40 letters"),
        (lambda: Conv2d(8, None), "kernel_size: got None, needed is a whole number or (rows, cols)"),
        (lambda: Conv2d(8, 3, None), "stride: got None, needed is a whole number or (rows, cols)"),
        (lambda: Conv2d(10**7), "out_channels: got 10000000, needed is a whole number from 1 to 1,000,000"),
        (lambda: MaxPool2d(10**7), "kernel_size: got 10000000, needed is at most 1,000,000"),
        (lambda: Conv2d(0), "out_channels: got 0, needed is a whole number from 1 to 1,000,000"),
        (lambda: Conv2d(True), "out_channels: got True, needed"),
        (lambda: Conv2d(2.0), "out_channels: got 2.0, needed"),
        (lambda: Conv2d(8, 0), "kernel_size: got 0, needed is at least 1"),
        (lambda: Conv2d(8, (3, 3, 3)), "kernel_size: got (3, 3, 3), needed is a whole number or (rows, cols)"),
        (lambda: Conv2d(8, 3, 0), "stride: got 0, needed is at least 1"),
        (lambda: Conv2d(8, 3, padding=-1), "padding: got -1, needed is at least 0"),
        (lambda: Conv2d(8, 3, padding="full"), "padding: got 'full', legal are valid, same"),
        (lambda: Conv2d(8, 3, 2, "same"), "padding: got 'same' with a stride of 2, needed is a number"),
        (lambda: Conv2d(8, 3, (1, 2), "same"), "padding: got 'same' with a stride of (1, 2), needed is a number"),
        (lambda: Conv2d(8, 3, dilation=0), "dilation: got 0, needed is at least 1"),
        (lambda: Conv2d(8, 3, groups=0), "groups: got 0, needed is a whole number from 1 to 1,000,000"),
        (lambda: Conv2d(8, 3, groups=3), "groups: got 3 with 8 output channels, needed is a divisor of them"),
        (lambda: Conv2d(8, 3, bias=1), "bias: got 1, legal are True and False"),
        (
            lambda: Conv2d(8, 3, activation="elu"),
            "activation: got 'elu', legal are none, relu, leaky_relu, tanh, sigmoid",
        ),
        (lambda: MaxPool2d(0), "kernel_size: got 0, needed is at least 1"),
        (lambda: MaxPool2d(2, 0), "stride: got 0, needed is at least 1"),
        (lambda: MaxPool2d(3, padding=2), "padding: got 2, needed is at most half the window of 3"),
        (
            lambda: AvgPool2d((4, 1), padding=(2, 1)),
            "padding: got (2, 1), needed is at most half the window of (4, 1)",
        ),
        (lambda: Activation("none"), "function: got 'none', legal are relu, leaky_relu, tanh, sigmoid"),
        (lambda: Dropout(1), "p: got 1, needed is a number from 0 up to, not including, 1"),
        (lambda: Dropout(-0.1), "p: got -0.1, needed"),
        (lambda: Dropout(float("nan")), "p: got nan, needed"),
        (lambda: Dropout("0.5"), "p: got '0.5', needed"),
        (lambda: Dense(0), "out_features: got 0, needed is a whole number from 1 to 1,000,000"),
        (lambda: Dense(3, "yes"), "bias: got 'yes', legal are True and False"),
        (lambda: Dense(3, activation="softmax"), "activation: got 'softmax', legal are"),
        (lambda: Dense(3, name="1st"), "name: got '1st', needed is at most 40 letters, digits and _"),
        (lambda: Dense(3, name="a.b"), "name: got 'a.b', needed"),
        (lambda: Dense(3, name="größe"), "name: got 'größe', needed"),
        (lambda: Dense(3, name="x" * 41), "needed is at most 40 letters"),
    ],
)
def test_what_is_not_legal_is_said(make: Callable[[], Layer], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        make()


def test_one_layer_has_one_form() -> None:
    assert Conv2d(8, (3, 3), [2, 2], (1, 1), (1, 1)) == Conv2d(8, 3, 2, 1)
    assert Conv2d(8, (3, 5)) == Conv2d(8, [3, 5])
    assert Conv2d(8, 3, padding="valid") == Conv2d(8, 3)
    assert MaxPool2d((2, 2), (2, 2)) == MaxPool2d(2, 2) == MaxPool2d(2)
    assert MaxPool2d((2, 3), (2, 3)).stride is None
    assert Dropout(0) == Dropout(0.0)
    assert MaxPool2d(2) != AvgPool2d(2)
    assert hash(Conv2d(8, [3, 3])) == hash(Conv2d(8, 3))
    assert Conv2d(8, 3) != Conv2d(8, 3, name="one")


@pytest.mark.parametrize("layer", EVERY, ids=lambda layer: layer.kind)
def test_layers_do_not_change_and_stand_in_the_list_of_kinds(layer: Layer) -> None:
    with pytest.raises(FrozenInstanceError):
        layer.name = "other"
    assert KINDS[layer.kind] is type(layer)
    assert layer.stem.isidentifier()
    assert layer.title[0].isupper()


def test_every_kind_is_listed_and_every_activation_is_computed() -> None:
    assert list(KINDS.values()) == [type(layer) for layer in EVERY]
    assert set(ACTIVATIONS) <= set(NONLINEARITIES)


@pytest.mark.parametrize("layer", EVERY, ids=lambda layer: layer.kind)
def test_settings_are_what_makes_the_layer_again(layer: Layer) -> None:
    assert type(layer)(**own_settings(layer)) == layer


def test_settings_leave_out_what_is_as_it_comes() -> None:
    assert own_settings(Conv2d(8, 5, stride=(1, 2), bias=False, name="own")) == {
        "out_channels": 8,
        "kernel_size": 5,
        "stride": (1, 2),
        "bias": False,
    }
    assert own_settings(MaxPool2d()) == {"kernel_size": 2}
    assert own_settings(Dense()) == {"out_features": 10}
    assert own_settings(Dropout()) == {"p": 0.5}
    assert own_settings(Flatten()) == {}
    assert {field.name for field in fields(Conv2d)} == {
        *("name", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias", "activation")
    }


def test_shapes_are_written_channels_last() -> None:
    assert shape_text((32, 148, 150)) == "148 × 150 × 32"
    assert shape_text((10,)) == "10"
