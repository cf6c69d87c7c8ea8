"""A cell's receptive field and a class's shares, against torch: by touching pixels and by differentiating."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.networks.architecture import Architecture
from explorer.networks.layers import Activation, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d
from explorer.networks.presets import PRESETS
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import INPUT, Activations, Changes, activate, stages
from explorer.trained.tracing import Box, ClassFed, fed, field
from tests.trained.test_explaining import networks, one_thread
from tests.trained.test_stages import MIXED, POOLED, image, trained

__all__ = ["one_thread"]  # a fixture of this module too

SHIPPED = [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()]
# As the lecture's: two dense layers behind the maps, ReLU between them.
DEEP = Architecture(
    (1, 12, 12),
    [
        Conv2d(5, 3, activation="relu"),
        MaxPool2d(2),
        Flatten(),
        Dense(9, activation="relu"),
        Dense(7, activation="leaky_relu"),
        Dense(4),
    ],
)


def shares(told: ClassFed) -> NDArray[np.float64]:
    """Each map's sum, in the maps' order."""
    return np.array([term.sum for term in sorted(told.terms, key=lambda term: term.source)])


def behind(found: Activations, stage: str) -> nn.Sequential:
    """The torch modules behind a stage, in double precision."""
    children = list(copy.deepcopy(found.network.module).double().named_children())
    first = [name for name, _ in children].index(stage) + 1
    return nn.Sequential(*(child for _, child in children[first:]))


def gradient_times_input(found: Activations, stage: str, number: int) -> tuple[NDArray[np.float64], Tensor]:
    """Of each map, and the gradient."""
    maps = torch.from_numpy(found.of(stage).astype(np.float64))[None].requires_grad_()
    behind(found, stage)(maps)[0, number].backward()
    return (maps.grad * maps).sum((2, 3))[0].detach().numpy(), maps.grad[0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.integers(0, 99))
@example(MIXED, 3)
@example(POOLED, 1)
@example(DEEP, 2)
@example(Architecture((2, 5, 5), [Conv2d(3, 2), Flatten(), Activation("sigmoid"), Dense(2), Dense(3)]), 1)
def test_the_shares_of_all_maps_and_the_biases_add_up_to_the_score(architecture: Architecture, seed: int) -> None:
    found = activate(trained(architecture), image(architecture, seed))
    number = seed % len(found.scores)
    told = fed(found, number)
    assert told.total == found.scores[number]
    last = [stage for stage in stages(architecture) if len(stage.shape) == 3][-1]
    assert told.stage == last.name
    assert sorted(term.source for term in told.terms) == list(range(last.shape[0]))
    sizes = [abs(term.sum) for term in told.terms]
    assert sizes == sorted(sizes, reverse=True)
    every = [stage.name for stage in stages(architecture)]
    assert told.through == tuple(reversed(every[every.index(last.name) + 1 :]))
    within = 1e-5 * (
        1 + sum(np.abs(term.products).sum(dtype=np.float64) for term in told.terms) + abs(told.biases)
    )
    assert abs(shares(told).sum() + told.biases - told.total) <= within
    for term in told.terms:
        maps = found.of(told.stage)[term.source]
        assert term.weights.shape == maps.shape
        assert np.allclose(term.products, term.weights * maps, rtol=1e-5, atol=1e-7)
        assert term.sum == pytest.approx(term.products.sum(dtype=np.float64), rel=1e-5, abs=within)


@pytest.mark.parametrize("architecture", [DEEP, POOLED, PRESETS["tiny-vgg"]], ids=["deep", "pooled", "tiny-vgg"])
def test_shares_of_a_relu_network_are_gradient_times_input(architecture: Architecture) -> None:
    found = activate(trained(architecture), image(architecture, 5))
    for number in range(len(found.scores)):
        told = fed(found, number)
        wanted, gradient = gradient_times_input(found, told.stage, number)
        assert np.allclose(shares(told), wanted, rtol=1e-6, atol=1e-9)
        for term in told.terms[:3]:
            assert np.allclose(term.weights, gradient[term.source].numpy(), rtol=1e-6, atol=1e-9)


def test_the_lectures_network_is_followed_through_its_dense_layers() -> None:
    found = activate(trained(PRESETS["example"]), image(PRESETS["example"]))
    told = fed(found, 7)
    assert (told.stage, told.through) == ("pool3", ("dense2", "dense1_relu", "dense1"))
    assert len(told.terms) == 64
    assert told.terms[0].weights.shape == (16, 16)
    assert np.allclose(shares(told), gradient_times_input(found, "pool3", 7)[0], rtol=1e-5, atol=1e-8)
    assert sum(shares(told)) + told.biases == pytest.approx(told.total, abs=1e-4)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_networks_class_is_fed_by_maps(name: str) -> None:
    network = zoo.load(name)
    found = activate(network, network.prepare(SAMPLES["coffee"].load()))
    for number in (0, len(network.classes) - 1, int(found.scores.argmax())):
        told = fed(found, number)
        assert np.allclose(shares(told), gradient_times_input(found, told.stage, number)[0], rtol=1e-5, atol=1e-6)
        assert sum(shares(told)) + told.biases == pytest.approx(found.scores[number], rel=1e-4, abs=1e-4)


def test_what_a_map_fed_is_what_switching_it_off_takes_away() -> None:
    """True where no nonlinearity stands between the map and the score."""
    network, prepared = trained(POOLED), image(POOLED)
    found = activate(network, prepared)
    told = fed(found, 2)
    assert told.biases == 0
    for term in told.terms:
        without = activate(network, prepared, Changes(off=(("conv1", term.source),)))
        assert found.scores[2] - without.scores[2] == pytest.approx(term.sum, abs=1e-5)


def test_a_unit_that_is_switched_off_hands_nothing_on() -> None:
    network, prepared = trained(DEEP), image(DEEP)
    off = Changes(off=(("dense1", 3), ("dense2", 0), ("dense2", 5), ("conv1", 1)))
    told = fed(activate(network, prepared, off), 1)
    changed = copy.deepcopy(network.module)
    changed.dense2.weight[:, 3] = 0
    changed.dense3.weight[:, [0, 5]] = 0
    by_hand = trained(DEEP)
    by_hand.module.load_state_dict(changed.state_dict())
    wanted = fed(activate(by_hand, prepared, Changes(off=(("conv1", 1),))), 1)
    assert np.allclose(shares(told), shares(wanted), rtol=1e-9)
    assert told.biases == pytest.approx(wanted.biases)
    assert shares(told)[1] == 0
    assert shares(told).any()
    assert not np.allclose(shares(told), shares(fed(activate(network, prepared), 1)), rtol=1e-3)
    assert sum(shares(told)) + told.biases == pytest.approx(told.total, abs=1e-5)


def test_a_unit_without_a_nonlinearity_hands_nothing_on_either() -> None:
    architecture = Architecture((1, 5, 5), [Conv2d(3, 2), Flatten(), Dense(6), Dense(2)])
    found = activate(trained(architecture), image(architecture), Changes(off=(("dense1", 1), ("dense1", 4))))
    told = fed(found, 0)
    assert shares(told).sum() + told.biases == pytest.approx(told.total, abs=1e-5)
    assert np.allclose(
        told.terms[0].weights.ravel(),
        np.delete(found.network.module.dense2.weight[0].numpy(), [1, 4])
        @ np.delete(found.network.module.dense1.weight.numpy(), [1, 4], 0).reshape(4, 3, -1)[
            :, told.terms[0].source
        ],
        rtol=1e-5,
    )


def test_what_a_nonlinearity_makes_of_nothing_is_no_maps_share() -> None:
    """A sigmoid is 1/2 at 0: with a weight of 2 that is 1, whatever comes in."""
    network = trained(
        Architecture((1, 1, 1), [Conv2d(1, 1, bias=False), Flatten(), Dense(1, activation="sigmoid"), Dense(1)])
    )
    module = network.module
    for layer, weight in ((module.conv1, 1.0), (module.dense1, 3.0), (module.dense2, 2.0)):
        layer.weight.fill_(weight)
    module.dense1.bias.zero_()
    module.dense2.bias.fill_(0.25)
    told = fed(activate(network, np.full((1, 1, 1), 0.5, np.float32)), 0)
    sigmoid = 1 / (1 + np.exp(-1.5))
    assert told.biases == pytest.approx(1.25, abs=1e-6)
    assert told.terms[0].sum == pytest.approx(2 * (sigmoid - 0.5), abs=1e-6)
    nothing = fed(activate(network, np.zeros((1, 1, 1), np.float32)), 0)
    assert nothing.biases == nothing.total == 1.25
    assert nothing.terms[0].sum == 0


def test_without_maps_in_between_the_input_feeds() -> None:
    """The dense layers read a global average of the picture itself."""
    architecture = Architecture((2, 4, 4), [GlobalAvgPool2d(), Dense(2)])
    network, prepared = trained(architecture), image(architecture)
    scores = network.module(torch.from_numpy(prepared)[None])[0].numpy()
    told = fed(
        Activations(network, Changes(), prepared, {"global_pool1": prepared.mean((1, 2)), "dense1": scores}),
        1,
    )
    assert told.stage == INPUT
    weights = network.module.dense1.weight[1].numpy()
    assert np.allclose(shares(told), weights * prepared.mean((1, 2)), rtol=1e-5)


def test_what_fed_a_class_cannot_be_written_to() -> None:
    told = fed(activate(trained(DEEP), image(DEEP)), 0)
    for term in told.terms:
        assert not term.weights.flags.writeable
        assert not term.products.flags.writeable
        assert term.weights.dtype == term.products.dtype == np.float32


@pytest.mark.parametrize("number", [-1, 4])
def test_a_class_that_there_is_not_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"number: got {number}, legal is 0 to 3"):
        fed(activate(trained(DEEP), image(DEEP)), number)


SEEN = Architecture(
    (1, 17, 15),
    [
        Conv2d(1, (3, 2), stride=(2, 1), padding=(1, 0), bias=False),
        Conv2d(1, 3, dilation=(1, 2), bias=False),
        Flatten(),
        Dense(1),
    ],
)


@pytest.mark.parametrize("cell", [(0, 0), (3, 4), (6, 9)])
def test_a_cell_changes_with_the_pixels_of_its_box_and_no_others(cell: tuple[int, int]) -> None:
    network, prepared = trained(SEEN), image(SEEN)
    network.module.conv1.weight.abs_()
    network.module.conv2.weight.abs_()
    box = field(SEEN, "conv2", *cell).inside(17, 15)
    before = activate(network, prepared).values["conv2"][0][cell]
    changes = np.zeros((17, 15), bool)
    for row, col in np.ndindex(17, 15):
        touched = prepared.copy()
        touched[0, row, col] += 1
        changes[row, col] = activate(network, touched).values["conv2"][0][cell] != before
    rows, cols = np.nonzero(changes)
    assert box == Box(rows.min(), cols.min(), rows.max() + 1, cols.max() + 1)


def test_boxes_in_numbers() -> None:
    tiny = PRESETS["tiny-vgg"]
    assert field(tiny, "conv_1_1", 2, 3) == Box(2, 3, 5, 6)
    assert field(tiny, "max_pool_1", 1, 0) == Box(2, 0, 8, 6)
    assert field(tiny, "output", 0, 0) == Box(0, 0, 64, 64).inside(64, 64)
    assert field(SEEN, "conv1", 0, 0) == Box(-1, 0, 2, 2)
    assert field(SEEN, "conv1", 0, 0).inside(17, 15) == Box(0, 0, 2, 2)


def test_a_box_wholly_outside_is_empty_inside() -> None:
    assert Box(-5, 2, -1, 4).inside(8, 8) == Box(0, 2, 0, 4)
    assert Box(2, -5, 4, -1).inside(8, 8) == Box(2, 0, 4, 0)
    assert Box(9, 9, 12, 12).inside(8, 8) == Box(8, 8, 8, 8)


@pytest.mark.parametrize(
    ("stage", "cell", "says"),
    [
        ("conv9", (0, 0), "stage: got 'conv9', legal are conv1, conv2, dense1"),
        ("conv2", (7, 0), r"row, col: got \(7, 0\), legal are \(0, 0\) to \(6, 9\) for conv2"),
        ("conv2", (0, -1), r"row, col: got \(0, -1\)"),
        ("dense1", (0, 1), r"legal are \(0, 0\) to \(0, 0\) for dense1"),
    ],
)
def test_a_cell_that_there_is_not_is_refused(stage: str, cell: tuple[int, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        field(SEEN, stage, *cell)
