import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.operations.layer import ConvLayer
from explorer.operations.nonlinearities import NONLINEARITIES
from tests.operations.strategies import requests

IMAGE = np.array([[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 1, 1]]], np.float32)
RED_MINUS_GREEN = [[[[1]], [[-1]], [[0]]], [[[1 / 4]], [[1 / 2]], [[1 / 4]]]]


@st.composite
def layers(draw: st.DrawFn) -> tuple[Any, ConvLayer]:
    """An image and a layer that fits it."""
    image, kernel, options = draw(requests())
    channels = 1 if image.ndim == 2 else 3
    filters = draw(st.integers(1, 4))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    del options["bias"]
    layer = ConvLayer(
        numbers.normal(size=(filters, channels, *kernel.shape)),
        numbers.normal(size=filters),
        nonlinearity=draw(st.sampled_from(list(NONLINEARITIES))),
        **options,
    )
    return image, layer


def test_two_filters_on_four_coloured_pixels() -> None:
    layer = ConvLayer(RED_MINUS_GREEN, [0, -0.5])
    stages = layer.run(IMAGE)
    np.testing.assert_array_equal(stages.input, [[[1, 0], [0, 1]], [[0, 1], [0, 1]], [[0, 0], [1, 1]]])
    np.testing.assert_array_equal(stages.feature_maps, [[[1, -1], [0, 0]], [[-0.25, 0], [-0.25, 0.5]]])
    np.testing.assert_array_equal(stages.activations, [[[1, 0], [0, 0]], [[0, 0], [0, 0.5]]])
    np.testing.assert_array_equal(
        layer.partial_sums(IMAGE, 1), [[[0.25, 0], [0, 0.25]], [[0, 0.5], [0, 0.5]], [[0, 0], [0.25, 0.25]]]
    )


@settings(max_examples=60)
@given(layers())
def test_the_partial_sums_make_the_feature_map_bit_by_bit(drawn: tuple[Any, ConvLayer]) -> None:
    image, layer = drawn
    stages = layer.run(image)
    for filter in range(len(layer.filter_bank)):
        total, *others = layer.partial_sums(image, filter)
        for part in others:
            total = total + part
        np.testing.assert_array_equal(total + layer.bias[filter], stages.feature_maps[filter])
    function = NONLINEARITIES[layer.nonlinearity].function
    np.testing.assert_array_equal(function(stages.feature_maps), stages.activations)


@settings(max_examples=60)
@given(layers())
def test_the_torch_code_prints_what_run_computes(drawn: tuple[Any, ConvLayer]) -> None:
    image, layer = drawn
    before = image.copy()
    stages = layer.run(image)
    np.testing.assert_array_equal(image, before)
    printed: list[torch.Tensor] = []
    code = layer.as_torch("image_of_the_test", shape=image.shape)
    exec(code, {"image_of_the_test": image.astype(np.float32), "print": printed.append})
    assert printed[0].shape == stages.activations.shape == layer.output_shape(image.shape)
    scale = float(np.abs(image).max()) * np.abs(layer.filter_bank).sum() + 1
    np.testing.assert_allclose(stages.activations, printed[0], rtol=0, atol=2e-6 * scale)


@pytest.mark.parametrize(("channels", "filters", "size"), [(3, 8, (3, 3)), (1, 1, (1, 1)), (3, 16, (2, 5))])
def test_parameters_and_macs_are_torchs(channels: int, filters: int, size: tuple[int, int]) -> None:
    layer = ConvLayer(np.ones((filters, channels, *size)), stride=2)
    module = torch.nn.Conv2d(channels, filters, size, stride=2)
    assert layer.parameters == sum(p.numel() for p in module.parameters())
    shape = (11, 13, channels)
    out = module(torch.zeros(1, channels, 11, 13))
    assert layer.output_shape(shape) == out.shape[1:]
    assert layer.macs(shape) == out[0].numel() * channels * size[0] * size[1]


def test_formulas_with_their_numbers() -> None:
    layer = ConvLayer(np.ones((8, 3, 3, 3)))
    assert layer.parameters_formula() == "(3·3·3 + 1)·8 = 224"
    assert ConvLayer(np.ones((2, 1, 1, 4))).parameters_formula() == "(1·4·1 + 1)·2 = 10"
    assert layer.macs_formula((224, 224, 3)) == "222·222·8 · 3·3·3 = 10645344"


def test_nothing_in_it_can_be_changed() -> None:
    bank = np.ones((1, 1, 2, 2), np.float32)
    layer = ConvLayer(bank)
    bank[:] = 5
    assert layer.filter_bank.max() == 1
    stages = layer.run(np.eye(3))
    for array in (layer.filter_bank, layer.bias, stages.input, stages.feature_maps, stages.activations):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        layer.stride = 2


def test_the_digest_tells_layers_apart() -> None:
    bank = np.arange(4.0).reshape(1, 1, 2, 2)
    base = ConvLayer(bank)
    same = ConvLayer(bank, [0], stride=(1, 1), padding=(0, 0), dilation=1, border="zero", nonlinearity="relu")
    assert base == same
    assert hash(base) == hash(same)
    others = [
        ConvLayer(bank + 1),
        ConvLayer(bank.reshape(1, 1, 1, 4)),
        ConvLayer(bank.reshape(1, 1, 4, 1)),
        ConvLayer(bank, [1]),
        ConvLayer(bank, stride=(1, 2)),
        ConvLayer(bank, dilation=2),
        ConvLayer(bank, padding=1),
        ConvLayer(bank, padding="same"),
        ConvLayer(bank, border="wrap"),
        ConvLayer(bank, nonlinearity="none"),
    ]
    assert len({layer.digest for layer in [base, *others]}) == len(others) + 1
    assert base != "layer"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ConvLayer(np.ones((2, 3, 3))), "filter_bank: got the shape (2, 3, 3), needed is (C_out, C_in"),
        (lambda: ConvLayer(np.ones((0, 3, 3, 3))), "filter_bank: got the shape (0, 3, 3, 3), needed is"),
        (lambda: ConvLayer([[[[np.nan]]]]), "filter_bank: got a number that is not finite"),
        (lambda: ConvLayer([[[[1]]]], [np.inf]), "bias: got a number that is not finite"),
        (
            lambda: ConvLayer(np.ones((2, 1, 1, 1)), [1, 2, 3]),
            "bias: got the shape (3,), needed is (2,), one for each",
        ),
        (lambda: ConvLayer([[[[1]]]], stride=0), "stride: got 0, needed is at least 1"),
        (lambda: ConvLayer([[[[1]]]], dilation=0), "dilation: got 0, needed is at least 1"),
        (lambda: ConvLayer([[[[1]]]], padding="some"), "padding: got 'some', legal are a whole number"),
        (
            lambda: ConvLayer([[[[1]]]], border="odd"),
            "border: got 'odd', legal are zero, reflect, replicate, wrap",
        ),
        (lambda: ConvLayer([[[[1]]]], nonlinearity="elu"), "nonlinearity: got 'elu', legal are none, relu"),
        (
            lambda: ConvLayer(np.ones((8, 3, 3, 3))).run(np.ones((9, 9))),
            "image: got 1 channel, the filter bank of shape (8, 3, 3, 3) needs 3",
        ),
        (
            lambda: ConvLayer(np.ones((8, 1, 3, 3))).partial_sums(np.ones((9, 9, 3)), 0),
            "image: got 3 channels, the filter bank of shape (8, 1, 3, 3) needs 1",
        ),
        (
            lambda: ConvLayer([[[[1]]]]).run(np.ones(3)),
            "image: got the shape (3,), needed is (H, W) or (H, W, C_in)",
        ),
        (
            lambda: ConvLayer(np.ones((1, 1, 3, 3))).run(np.ones((2, 9))),
            "kernel: a window of 3 with dilation 1 spans",
        ),
        (lambda: ConvLayer([[[[1]]]]).partial_sums(np.ones((2, 2)), 1), "filter: got 1, legal is 0 to 0"),
        (lambda: ConvLayer([[[[1]]]]).partial_sums(np.ones((2, 2)), -1), "filter: got -1, legal is 0 to 0"),
    ],
)
def test_what_is_not_legal_is_said(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
