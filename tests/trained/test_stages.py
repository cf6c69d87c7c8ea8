"""Stages against torch's own forward pass, and changes against a network that was changed by hand."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.networks.architecture import Architecture
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
from explorer.networks.module import build
from explorer.trained import zoo
from explorer.trained.feature_maps import capture
from explorer.trained.preparation import Preparation
from explorer.trained.stages import FEWEST_POOLED, Changes, OwnFilter, activate, stages, weights_of
from explorer.trained.zoo import TrainedNetwork

MIXED = Architecture(
    (3, 20, 18),
    [
        Conv2d(6, 4, padding="same", activation="relu"),
        MaxPool2d(2),
        Conv2d(8, 3, stride=2, bias=False),
        Dropout(0.5),
        Activation("sigmoid"),
        AvgPool2d(2, padding=1),
        Flatten(),
        Dense(12, activation="tanh"),
        Dense(5),
    ],
)
POOLED = Architecture((1, 9, 9), [Conv2d(4, 3, activation="relu"), GlobalAvgPool2d(), Dense(3, bias=False)])


def trained(architecture: Architecture) -> TrainedNetwork:
    classes = tuple("abcdefghij"[: architecture.shapes[-1][0]])
    module = build(architecture, seed=3).requires_grad_(False)
    draw = torch.Generator().manual_seed(4)
    for parameter in module.parameters():
        if parameter.dim() == 1:
            parameter.copy_(torch.randn(parameter.shape, generator=draw) * 0.1)
    preparation = Preparation(architecture.input_shape[1], colour=architecture.input_shape[0] == 3)
    return TrainedNetwork("mixed", architecture, classes, {}, module, preparation)


def image(architecture: Architecture, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(architecture.input_shape, np.float32)


def hooked(
    network: TrainedNetwork, prepared: np.ndarray, module: nn.Module | None = None
) -> dict[str, np.ndarray]:
    """Every module's output by torch's own hooks."""
    module = module or network.module
    seen: dict[str, Tensor] = {}
    for name, child in module.named_children():
        child.register_forward_hook(lambda _m, _i, out, name=name: seen.update({name: out.clone()}))
    with torch.inference_mode():
        module(torch.from_numpy(prepared)[None])
    return {name: value[0].numpy() for name, value in seen.items()}


def test_stages_are_columns() -> None:
    assert [(stage.name, stage.kind, stage.source, stage.layer) for stage in stages(MIXED)] == [
        ("conv1", "convolution", "input", 0),
        ("conv1_relu", "nonlinearity", "conv1", 0),
        ("pool1", "pooling", "conv1_relu", 1),
        ("conv2", "convolution", "pool1", 2),
        ("act1", "nonlinearity", "conv2", 4),
        ("pool2", "pooling", "act1", 5),
        ("dense1", "dense", "pool2", 7),
        ("dense1_tanh", "nonlinearity", "dense1", 7),
        ("dense2", "dense", "dense1_tanh", 8),
    ]
    assert [stage.kind for stage in stages(POOLED)] == ["convolution", "nonlinearity", "global pooling", "dense"]
    assert [stage.cells for stage in stages(POOLED)] == [(7, 7), (7, 7), (1, 1), (1, 1)]


def test_a_normalisation_that_is_not_folded_is_refused() -> None:
    with pytest.raises(ValueError, match="batch_norm"):
        stages(Architecture((1, 8, 8), [Conv2d(2, 3), BatchNorm2d()]))


@pytest.mark.parametrize("fewest", [0, FEWEST_POOLED], ids=["pooled by the house", "pooled by torch"])
@pytest.mark.parametrize("architecture", [MIXED, POOLED], ids=["mixed", "pooled"])
def test_every_stage_is_what_torch_computes(
    architecture: Architecture, fewest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.trained.stages.FEWEST_POOLED", fewest)
    network, prepared = trained(architecture), image(architecture)
    found, wanted = activate(network, prepared), hooked(trained(architecture), prepared)
    for stage in stages(architecture):
        values = found.values[stage.name]
        assert values.shape == stage.shape
        assert not values.flags.writeable
        assert np.array_equal(values, wanted[stage.name].reshape(stage.shape)), stage.name
    assert np.array_equal(found.scores, found.values[stages(architecture)[-1].name])
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-6)
    assert np.array_equal(found.of("input"), prepared)


@pytest.mark.parametrize("name", [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()])
def test_a_shipped_networks_stages_are_its_captured_layers(name: str) -> None:
    network = zoo.load(name)
    picture = np.random.default_rng(0).random((80, 70, 3), np.float32)
    found, captured = activate(network, network.prepare(picture)), capture(network, picture)
    last = {stage.layer: stage.name for stage in stages(network.architecture)}
    assert len(last) >= 5
    for layer, stage in last.items():
        wanted = captured[network.architecture.names[layer]]
        # Not the same to the last bit: narrow layers are summed in another order (`explorer.trained.narrow`).
        np.testing.assert_allclose(found.values[stage], wanted, rtol=1e-5, atol=1e-6 * np.abs(wanted).max())


def test_a_map_that_is_switched_off_is_one_of_zeros() -> None:
    network, prepared = trained(MIXED), image(MIXED)
    off = Changes(off=(("conv1", 2), ("conv2", 0), ("conv2", 5), ("dense1", 7)))
    found = activate(network, prepared, off)
    x = torch.from_numpy(prepared)[None]
    zeroed = {"conv1": [2], "conv1_relu": [2], "conv2": [0, 5], "act1": [0, 5], "dense1": [7], "dense1_tanh": [7]}
    for name, child in network.module.named_children():
        with torch.inference_mode():
            x = child(x)
            x[:, zeroed.get(name, [])] = 0
        if name in found.values:
            assert np.array_equal(found.values[name], x[0].numpy().reshape(found.values[name].shape)), name
    assert not np.array_equal(found.scores, activate(network, prepared).scores)


def test_switching_off_is_zeroing_the_channels_weights_and_bias() -> None:
    network, prepared = trained(POOLED), image(POOLED)
    changed = copy.deepcopy(network.module)
    changed.conv1.weight[1] = 0
    changed.conv1.bias[1] = 0
    by_hand = replace(network, module=changed)
    found = activate(network, prepared, Changes(off=(("conv1", 1),)))
    for name, values in activate(by_hand, prepared).values.items():
        assert np.array_equal(found.values[name], values), name


def test_an_own_filter_takes_a_learned_ones_place_and_the_network_stays_as_it_was() -> None:
    network, prepared = trained(MIXED), image(MIXED)
    before = activate(network, prepared)
    own = OwnFilter(4, tuple(tuple(map(tuple, plane)) for plane in image(MIXED, 9)[:, :4, :4].tolist()))
    changes = Changes(own=own)
    changed = copy.deepcopy(network.module)
    changed.conv1.weight[4] = torch.from_numpy(own.array)
    wanted = hooked(network, prepared, changed)
    found = activate(network, prepared, changes)
    for stage in stages(MIXED):
        assert np.array_equal(found.values[stage.name], wanted[stage.name].reshape(stage.shape)), stage.name
    for name, values in activate(network, prepared).values.items():
        assert np.array_equal(before.values[name], values)
    weights, biases = weights_of(network, 0, changes)
    assert np.array_equal(weights[4], own.array)
    assert np.array_equal(biases, network.module.conv1.bias.numpy())
    assert np.array_equal(weights_of(network, 0)[0], network.module.conv1.weight.numpy())
    assert np.array_equal(weights_of(network, 2, changes)[1], np.zeros(8, np.float32))
    with pytest.raises(ValueError, match="pool1, which has no weights"):
        weights_of(network, 1)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (Changes(off=(("pool1", 0),)), "off: got 'pool1', legal are conv1, conv2, dense1"),
        (Changes(off=(("dense2", 0),)), "off: got 'dense2'"),
        (Changes(off=(("conv2", 8),)), "off: got map 8 of conv2, legal is 0 to 7"),
        (Changes(own=OwnFilter(0, (((1.0,),),))), r"own: got weights of \(1, 1, 1\), needed are \(3, 4, 4\)"),
        (
            Changes(own=OwnFilter(6, tuple(((0.0,) * 4,) * 4 for _ in range(3)))),
            "own: got filter 6, legal is 0 to 5",
        ),
        (Changes(own=OwnFilter(0, tuple(((np.inf,) * 4,) * 4 for _ in range(3)))), "not finite"),
    ],
)
def test_changes_that_do_not_fit_are_refused(changes: Changes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        activate(trained(MIXED), image(MIXED), changes)


def test_an_input_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"prepared: got \(1, 9, 9\), needed is \(3, 20, 18\)"):
        activate(trained(MIXED), image(POOLED))


def test_the_input_may_change_afterwards() -> None:
    prepared = image(POOLED)
    found = activate(trained(POOLED), prepared)
    before = found.prepared.copy()
    prepared[:] = 0
    assert np.array_equal(found.prepared, before)
