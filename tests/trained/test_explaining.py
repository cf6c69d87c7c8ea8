"""Every explanation adds up to what is shown, against float64 and torch, on random networks and Tiny VGG."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer.networks.architecture import Architecture
from explorer.networks.layers import AvgPool2d, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.explaining import (
    ConvolutionExplained,
    DenseExplained,
    DenseMapTerm,
    DenseTerm,
    NonlinearityExplained,
    PoolingExplained,
    explain,
    explain_softmax,
)
from explorer.trained.stages import Activations, Changes, OwnFilter, activate, stages
from explorer.trained.view import View
from tests.trained.test_stages import MIXED, POOLED, image, trained

CUP = View("tiny-vgg").run(SAMPLES["coffee"].load())
VARIED = Architecture(
    (3, 23, 19),
    [
        Conv2d(6, (3, 2), stride=(2, 1), padding=(1, 2), activation="leaky_relu"),
        Conv2d(8, 3, dilation=2, groups=2, bias=False),
        MaxPool2d(3, stride=2, padding=1),
        Conv2d(4, 2, padding="same", activation="tanh"),
        AvgPool2d(2),
        Flatten(),
        Dense(30, activation="relu"),
        Dense(4),
    ],
)


def everything() -> list[tuple[str, Activations]]:
    found = [("tiny-vgg", CUP)]
    for name, architecture in (("mixed", MIXED), ("pooled", POOLED), ("varied", VARIED)):
        found.append((name, activate(trained(architecture), image(architecture, 5) - 0.3)))
    return found


ALL = everything()
EACH = pytest.mark.parametrize("found", [one for _, one in ALL], ids=[name for name, _ in ALL])


@EACH
@pytest.mark.parametrize("most", [1, 3, 1000])
def test_partial_sums_add_up_to_the_map(found: Activations, most: int) -> None:
    for stage in stages(found.network.architecture):
        if stage.kind != "convolution":
            continue
        for number in range(stage.shape[0]):
            told = explain(found, stage.name, number, most=most)
            assert isinstance(told, ConvolutionExplained)
            whole = sum((term.partial.astype(np.float64) for term in told.terms), np.zeros(stage.cells))
            whole = whole + (0 if told.rest is None else told.rest) + told.bias
            assert np.allclose(whole, found.values[stage.name][number], atol=2e-6)
            assert np.array_equal(told.total, found.values[stage.name][number])
            assert len(told.terms) + told.rest_count == found.of(stage.source).shape[0] // (
                found.network.architecture.layers[stage.layer].groups
            )
            assert (told.rest is None) == (told.rest_count == 0)


@EACH
def test_a_partial_sum_is_the_convolution_of_its_map_with_its_kernel_alone(found: Activations) -> None:
    for stage in stages(found.network.architecture):
        if stage.kind != "convolution":
            continue
        layer = found.network.architecture.layers[stage.layer]
        told = explain(found, stage.name, stage.shape[0] - 1)
        (top, bottom), (left, right) = layer.window(found.network.architecture.input_of(stage.layer)).around
        for term in told.terms:
            one = torch.from_numpy(found.of(stage.source)[term.source].astype(np.float64))[None, None]
            padded = functional.pad(one, (left, right, top, bottom))
            kernel = torch.from_numpy(term.kernel.astype(np.float64))[None, None]
            alone = functional.conv2d(padded, kernel, stride=layer.stride, dilation=layer.dilation)[0, 0]
            assert np.allclose(term.partial, alone.numpy(), atol=1e-5)
            assert term.strength == np.abs(term.partial).max()


def test_the_strongest_terms_are_told_first_where_some_are_left_out() -> None:
    told = explain(CUP, "conv_2_1", 3, most=4)
    strengths = [term.strength for term in told.terms]
    every = sorted((term.strength for term in explain(CUP, "conv_2_1", 3).terms), reverse=True)
    assert strengths == every[:4]
    assert [term.source for term in explain(CUP, "conv_2_1", 3).terms] == list(range(10))


@EACH
def test_units_add_up_to_their_score(found: Activations) -> None:
    for stage in stages(found.network.architecture):
        if stage.kind != "dense":
            continue
        inputs = found.of(stage.source)
        for number in range(min(5, stage.shape[0])):
            for most in (2, 10_000):
                told = explain(found, stage.name, number, most=most)
                assert isinstance(told, DenseExplained)
                of_maps = inputs.ndim == 3
                assert all(isinstance(term, DenseMapTerm if of_maps else DenseTerm) for term in told.terms)
                sums = [term.sum if isinstance(term, DenseMapTerm) else term.product for term in told.terms]
                assert sum(sums) + told.rest + told.bias == pytest.approx(told.total, abs=2e-5)
                assert told.total == float(found.values[stage.name][number])
                assert len(told.terms) + told.rest_count == len(inputs)
                for term in told.terms:
                    if isinstance(term, DenseMapTerm):
                        assert np.allclose(term.products, term.weights * inputs[term.source], atol=1e-6)
                        assert term.sum == pytest.approx(float(term.products.sum(dtype=np.float64)), abs=1e-5)
                    else:
                        assert term.product == pytest.approx(term.weight * float(inputs[term.source]), abs=1e-6)


@EACH
def test_pooling_and_nonlinearity_are_told_before_and_after(found: Activations) -> None:
    for stage in stages(found.network.architecture):
        told = explain(found, stage.name, 1)
        if stage.kind == "nonlinearity":
            assert isinstance(told, NonlinearityExplained)
            assert np.array_equal(told.before.ravel(), np.ravel(found.of(stage.source)[1]))
            assert np.array_equal(told.after.ravel(), np.ravel(found.values[stage.name][1]))
            assert told.formula
        if stage.kind in {"pooling", "global pooling"}:
            assert isinstance(told, PoolingExplained)
            before = torch.from_numpy(told.before.copy())[None, None]
            pool = functional.max_pool2d if told.mode == "max" else functional.avg_pool2d
            after = pool(before, told.size, told.stride, told.padding)[0, 0].numpy()
            assert np.allclose(after, told.after, atol=1e-6)
            if told.winners is not None:
                assert np.array_equal(told.before.ravel()[told.winners], told.after)


def test_of_a_map_that_is_off_the_kernels_are_still_told_and_the_total_is_zeros() -> None:
    found = activate(CUP.network, CUP.prepared, Changes(off=(("conv_1_2", 3),)))
    told = explain(found, "conv_1_2", 3)
    assert not told.total.any()
    assert any(term.partial.any() for term in told.terms)


def test_an_own_filter_is_the_kernel_that_is_told() -> None:
    own = OwnFilter(2, tuple(tuple(tuple(row) for row in plane) for plane in np.ones((3, 3, 3)).tolist()))
    found = activate(CUP.network, CUP.prepared, Changes(own=own))
    told = explain(found, "conv_1_1", 2)
    assert all(np.array_equal(term.kernel, np.ones((3, 3), np.float32)) for term in told.terms)
    whole = sum(term.partial for term in told.terms) + told.bias
    assert np.allclose(whole, found.values["conv_1_1"][2], atol=1e-5)


def test_the_softmax_is_told_with_its_numbers() -> None:
    told = explain_softmax(CUP)
    assert told.largest == told.scores.max()
    assert np.allclose(told.raised / told.sum, CUP.probabilities, atol=1e-7)
    wanted = torch.from_numpy(told.scores.copy()).double().softmax(0).numpy()
    assert np.allclose(told.probabilities, wanted, atol=1e-7)


def test_what_is_told_cannot_be_changed() -> None:
    told = explain(CUP, "conv_2_1", 0, most=2)
    for array in (told.terms[0].partial, told.terms[0].kernel, told.rest, told.total):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("stage", "number", "most", "says"),
    [
        ("conv_9", 0, 3, "stage: got 'conv_9', legal are conv_1_1, relu_1_1"),
        ("conv_1_1", 10, 3, "index: got 10, legal is 0 to 9 for conv_1_1"),
        ("conv_1_1", -1, 3, "index: got -1"),
        ("conv_1_1", 0, 0, "most: got 0, needed is at least 1"),
    ],
)
def test_what_there_is_not_is_refused(stage: str, number: int, most: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        explain(CUP, stage, number, most=most)


def test_global_pooling_is_the_mean_of_all() -> None:
    found = activate(trained(POOLED), image(POOLED))
    assert isinstance(POOLED.layers[1], GlobalAvgPool2d)
    told = explain(found, "global_pool1", 2)
    assert told.after.shape == (1, 1)
    assert told.after[0, 0] == pytest.approx(told.before.mean(), abs=1e-6)
    assert zoo.load("tiny-vgg") is CUP.network
