"""Every number of an explanation against torch in double precision, and that they add up to what is shown."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from explorer.networks.architecture import Architecture
from explorer.networks.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    MaxPool2d,
)
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.explaining import (
    USUAL,
    ConvolutionExplained,
    DenseExplained,
    DenseMapTerm,
    DenseTerm,
    NonlinearityExplained,
    PoolingExplained,
    explain,
    explain_softmax,
)
from explorer.trained.stages import Activations, Changes, OwnFilter, Stage, activate, stages
from tests.networks.strategies import architectures
from tests.trained.test_stages import MIXED, POOLED, image, trained

SHIPPED = [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()]
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
UNIT = 2.0**-24
ALL = 10**6
Double = NDArray[np.float64]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Many small networks: waiting for a second thread takes longer than what it does."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@st.composite
def networks(draw: st.DrawFn) -> Architecture:
    """Networks as they are shipped: a convolution at least, no normalisation, scores at the end."""
    drawn = draw(architectures(largest=12))
    layers: list[Layer] = [layer for layer in drawn.layers if not isinstance(layer, BatchNorm2d)]
    if not any(isinstance(layer, Conv2d) for layer in layers):
        layers.insert(0, Conv2d(3, 1))
    if len(drawn.shapes[-1]) == 3:
        layers.append(draw(st.sampled_from((Flatten(), GlobalAvgPool2d()))))
    return Architecture(drawn.input_shape, [*layers, Dense(draw(st.integers(1, 5)), draw(st.booleans()))])


drawn_networks = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])


def of_kind(found: Activations, kind: str) -> list[Stage]:
    return [stage for stage in stages(found.network.architecture) if stage.kind == kind]


def in_double(found: Activations, stage: Stage, inputs: Double, *, absolute: bool = False) -> Double:
    """What the stage's torch module makes of inputs, all in double precision."""
    modules = dict(copy.deepcopy(found.network.module).double().named_children())
    weighted = modules[stage.name]
    own = found.changes.own
    if own is not None and stage.source == "input":
        weighted.weight[own.filter] = torch.from_numpy(own.array)
    if absolute:
        for parameter in weighted.parameters():
            parameter.abs_()
    pad = modules.get(f"{stage.name}_pad", nn.Identity())
    x = torch.from_numpy(inputs.astype(np.float64))[None]
    with torch.inference_mode():
        made: Tensor = weighted(pad(x) if x.dim() == 4 and stage.kind == "convolution" else x.flatten(1))
    return made[0].numpy()


def rounding(found: Activations, stage: Stage, index: int) -> Double:
    """How far the numbers of a sum may be from the map, as `ConvolutionExplained` says."""
    weights = dict(found.network.module.named_children())[stage.name].weight[index].numel()
    sizes = in_double(found, stage, np.abs(found.of(stage.source)), absolute=True)[index]
    return (weights + 4) * UNIT * sizes


def added(explained: ConvolutionExplained) -> Double:
    parts = [term.partial for term in explained.terms] + ([] if explained.rest is None else [explained.rest])
    return np.sum(parts, 0, dtype=np.float64) + explained.bias


@drawn_networks
@given(networks(), st.integers(0, 99), st.integers(1, 4))
@example(MIXED, 1, 2)
@example(VARIED, 3, 1)
def test_partial_sums_are_what_each_input_map_alone_gives_and_add_up(
    architecture: Architecture, seed: int, most: int
) -> None:
    found = activate(trained(architecture), image(architecture, seed) - np.float32(0.3))
    for stage in of_kind(found, "convolution"):
        index, inputs = seed % stage.shape[0], found.of(stage.source)
        layer = architecture.layers[stage.layer]
        assert isinstance(layer, Conv2d)
        every = explain(found, stage.name, index, most=ALL)
        assert isinstance(every, ConvolutionExplained)
        assert np.array_equal(every.total, found.values[stage.name][index])
        assert (every.rest, every.rest_count) == (None, 0)
        each = len(inputs) // layer.groups
        first = index // (stage.shape[0] // layer.groups) * each
        sources = [term.source for term in every.terms]
        assert (sources if each <= USUAL else sorted(sources)) == list(range(first, first + each))
        nothing = in_double(found, stage, np.zeros_like(inputs, np.float64))[index]
        assert np.array_equal(nothing, np.full(stage.cells, every.bias))
        for term in every.terms:
            alone = np.zeros_like(inputs, np.float64)
            alone[term.source] = inputs[term.source]
            wanted = in_double(found, stage, alone)[index] - every.bias
            assert np.allclose(term.partial, wanted, rtol=2 * UNIT, atol=1e-12)
            assert term.strength == np.abs(term.partial).max()
            bank = dict(found.network.module.named_children())[stage.name].weight
            kernel = bank[index, term.source - first].numpy()
            assert np.array_equal(term.kernel, kernel)
        some = explain(found, stage.name, index, most=most)
        assert isinstance(some, ConvolutionExplained)
        assert len(some.terms) == min(most, each)
        assert some.rest_count == each - len(some.terms)
        if some.rest is not None:
            strengths = [term.strength for term in some.terms]
            told = {term.source for term in some.terms}
            assert strengths == sorted(strengths, reverse=True)
            others = [term for term in every.terms if term.source not in told]
            assert max(term.strength for term in others) <= strengths[-1]
            assert np.allclose(some.rest, np.sum([term.partial for term in others], 0), rtol=1e-5, atol=1e-6)
        allowed = rounding(found, stage, index)
        for one in (every, some):
            assert (np.abs(added(one) - one.total) <= allowed).all()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_networks_sums_add_up_to_what_is_shown(name: str) -> None:
    network = zoo.load(name)
    found = activate(network, network.prepare(SAMPLES["coffee"].load()))
    for stage in of_kind(found, "convolution"):
        for index in range(0, stage.shape[0], max(1, stage.shape[0] // 8)):
            explained = explain(found, stage.name, index)
            assert isinstance(explained, ConvolutionExplained)
            assert (np.abs(added(explained) - explained.total) <= rounding(found, stage, index)).all()
    for stage in of_kind(found, "dense"):
        for index in (0, stage.shape[0] - 1):
            unit = explain(found, stage.name, index)
            assert isinstance(unit, DenseExplained)
            assert unit.total == found.values[stage.name][index]
            sums = sum(term.sum if isinstance(term, DenseMapTerm) else term.product for term in unit.terms)
            assert abs(sums + unit.rest + unit.bias - unit.total) <= rounding(found, stage, index)


def test_many_terms_are_told_strongest_first_and_a_few_in_their_own_order() -> None:
    for count in (10, 11):
        network = trained(Architecture((count, 3, 3), [Conv2d(1, 1), Flatten(), Dense(1)]))
        network.module.conv1.weight.copy_(torch.tensor([n * 7 % 11 for n in range(count)])[None, :, None, None])
        explained = explain(activate(network, np.ones((count, 3, 3), np.float32)), "conv1", 0, most=ALL)
        assert isinstance(explained, ConvolutionExplained)
        strengths = [term.strength for term in explained.terms]
        assert strengths == ([n * 7 % 11 for n in range(10)] if count == 10 else list(range(10, -1, -1)))


def test_a_convolution_in_numbers() -> None:
    """Two input maps, a stride of 2, and a bias of 1; by hand."""
    network = trained(Architecture((2, 3, 3), [Conv2d(1, (1, 2), stride=(2, 1)), Flatten(), Dense(1)]))
    network.module.conv1.weight.copy_(torch.tensor([[[[1.0, 2.0]], [[0.0, -3.0]]]]))
    network.module.conv1.bias.fill_(1)
    prepared = np.array(
        [[[1, 0, 1], [9, 9, 9], [0, 1, 0]], [[0, 1, 0], [9, 9, 9], [1, 0, 0.5]]],
        np.float32,
    )
    explained = explain(activate(network, prepared), "conv1", 0)
    assert isinstance(explained, ConvolutionExplained)
    assert [term.partial.tolist() for term in explained.terms] == [[[1, 2], [2, 1]], [[-3, 0], [0, -1.5]]]
    assert [term.strength for term in explained.terms] == [2, 3]
    assert explained.bias == 1
    assert explained.total.tolist() == [[-1, 3], [3, 0.5]]
    strongest = explain(activate(network, prepared), "conv1", 0, most=1)
    assert isinstance(strongest, ConvolutionExplained)
    assert [(term.source, term.strength) for term in strongest.terms] == [(1, 3)]
    assert strongest.rest is not None
    assert strongest.rest.tolist() == [[1, 2], [2, 1]]


def test_what_is_switched_off_adds_nothing_and_tells_what_it_would_have_been() -> None:
    network, prepared = trained(MIXED), image(MIXED)
    plain = activate(network, prepared)
    found = activate(network, prepared, Changes(off=(("conv1", 2), ("dense1", 3))))
    off, before = explain(found, "conv1", 2), explain(plain, "conv1", 2)
    assert isinstance(off, ConvolutionExplained)
    assert isinstance(before, ConvolutionExplained)
    assert not off.total.any()
    assert np.array_equal(added(off), added(before))
    behind, ahead = explain(found, "conv2", 5), explain(plain, "conv2", 5)
    assert isinstance(behind, ConvolutionExplained)
    assert isinstance(ahead, ConvolutionExplained)
    strengths = [term.strength for term in ahead.terms]
    assert strengths[2] > 0
    assert [term.strength for term in behind.terms] == [*strengths[:2], 0, *strengths[3:]]
    unit = explain(found, "dense2", 0, most=ALL)
    assert isinstance(unit, DenseExplained)
    assert next(term for term in unit.terms if isinstance(term, DenseTerm) and term.source == 3).product == 0


def test_an_own_filter_is_the_kernel_that_is_told() -> None:
    own = OwnFilter(4, tuple(tuple(map(tuple, plane)) for plane in image(MIXED, 9)[:, :4, :4].tolist()))
    found = activate(trained(MIXED), image(MIXED), Changes(own=own))
    stage = stages(MIXED)[0]
    explained = explain(found, "conv1", 4)
    assert isinstance(explained, ConvolutionExplained)
    assert np.array_equal(np.stack([term.kernel for term in explained.terms]), own.array)
    assert (np.abs(added(explained) - explained.total) <= rounding(found, stage, 4)).all()


@drawn_networks
@given(networks(), st.integers(0, 99))
@example(MIXED, 0)
@example(POOLED, 0)
@example(VARIED, 1)
def test_poolings_and_nonlinearities_make_after_of_before(architecture: Architecture, seed: int) -> None:
    found = activate(trained(architecture), image(architecture, seed))
    for stage in of_kind(found, "nonlinearity"):
        index = seed % stage.shape[0]
        told = explain(found, stage.name, index)
        assert isinstance(told, NonlinearityExplained)
        function = NONLINEARITIES[told.function]
        assert told.formula == function.formula
        assert told.before.shape == told.after.shape == stage.cells
        assert np.allclose(told.after, function.function(told.before), rtol=1e-5, atol=1e-6)
        before = found.of(stage.source).reshape(stage.shape)[index]
        assert np.array_equal(told.before.reshape(stage.shape[1:]), before)
        assert np.array_equal(told.after.reshape(stage.shape[1:]), found.values[stage.name][index])
    for stage in of_kind(found, "pooling") + of_kind(found, "global pooling"):
        index = seed % stage.shape[0]
        pooled = explain(found, stage.name, index)
        assert isinstance(pooled, PoolingExplained)
        assert np.array_equal(pooled.before, found.of(stage.source)[index])
        assert np.array_equal(pooled.after.reshape(stage.shape[1:]), found.values[stage.name][index])
        x = torch.from_numpy(pooled.before.copy())[None, None]
        geometry = {"kernel_size": pooled.size, "stride": pooled.stride, "padding": pooled.padding}
        if pooled.mode == "max":
            wanted, where = functional.max_pool2d(x, **geometry, return_indices=True)
            assert pooled.winners is not None
            assert np.array_equal(pooled.winners, where[0, 0].numpy())
            assert np.array_equal(pooled.after, pooled.before.ravel()[pooled.winners])
        else:
            wanted = functional.avg_pool2d(x, **geometry)
            assert pooled.winners is None
        assert np.allclose(pooled.after, wanted[0, 0].numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "mode"), [(MaxPool2d((2, 3), 1, (1, 0)), "max"), (AvgPool2d(3, (1, 2)), "average")]
)
def test_the_geometry_of_a_pooling_is_its_layers(layer: MaxPool2d | AvgPool2d, mode: str) -> None:
    architecture = Architecture((1, 9, 9), [Conv2d(2, 1), layer, Flatten(), Dense(2)])
    told = explain(activate(trained(architecture), image(architecture)), "pool1", 1)
    assert isinstance(told, PoolingExplained)
    size, padding = ((2, 3), (1, 0)) if mode == "max" else ((3, 3), (0, 0))
    assert (told.mode, told.size, told.padding) == (mode, size, padding)
    assert told.stride == ((1, 1) if mode == "max" else (1, 2))


def test_a_global_average_is_one_window_over_the_map() -> None:
    told = explain(activate(trained(POOLED), image(POOLED)), "global_pool1", 3)
    assert isinstance(told, PoolingExplained)
    assert (told.mode, told.size, told.stride, told.padding) == ("average", (7, 7), (7, 7), (0, 0))
    assert told.after.shape == (1, 1)
    assert told.after[0, 0] == pytest.approx(told.before.mean(), rel=1e-5)


@drawn_networks
@given(networks(), st.integers(0, 99), st.integers(1, 4))
@example(MIXED, 0, 3)
@example(POOLED, 0, 3)
@example(VARIED, 2, 2)
def test_a_unit_is_the_sum_of_its_weighted_inputs(architecture: Architecture, seed: int, most: int) -> None:
    found = activate(trained(architecture), image(architecture, seed))
    for stage in of_kind(found, "dense"):
        index, inputs = seed % stage.shape[0], found.of(stage.source)
        weight = dict(found.network.module.named_children())[stage.name].weight[index].numpy()
        products = weight.astype(np.float64).reshape(inputs.shape) * inputs
        sums = products.reshape(len(inputs), -1).sum(1)
        for count in (most, ALL):
            unit = explain(found, stage.name, index, most=count)
            assert isinstance(unit, DenseExplained)
            assert unit.total == found.values[stage.name][index]
            assert len(unit.terms) == min(count, len(inputs))
            assert unit.rest_count == len(inputs) - len(unit.terms)
            told = [term.source for term in unit.terms]
            assert len(set(told)) == len(told)
            assert {isinstance(term, DenseMapTerm) for term in unit.terms} == {inputs.ndim == 3}
            for term in unit.terms:
                if isinstance(term, DenseMapTerm):
                    assert np.array_equal(term.weights, weight.reshape(inputs.shape)[term.source])
                    assert np.allclose(term.products, products[term.source], rtol=UNIT, atol=1e-12)
                    assert term.sum == pytest.approx(sums[term.source], rel=1e-9, abs=1e-12)
                else:
                    assert (term.weight, term.value) == (weight[term.source], inputs[term.source])
                    assert term.product == products[term.source]
            if inputs.ndim == 1 or unit.rest_count or len(told) > USUAL:
                sizes = np.abs(sums[told])
                assert (np.diff(sizes) <= 0).all()
                assert np.delete(np.abs(sums), told).max(initial=0) <= sizes[-1]
            else:
                assert told == list(range(len(inputs)))
            assert unit.rest == pytest.approx(np.delete(sums, told).sum(), rel=1e-9, abs=1e-12)
            bias = in_double(found, stage, np.zeros_like(inputs, np.float64))[index]
            assert unit.bias == bias
            shown = sums[told].sum() + unit.rest + unit.bias
            assert abs(shown - unit.total) <= rounding(found, stage, index)


def test_the_softmax_in_numbers() -> None:
    network = trained(Architecture((1, 2, 2), [Conv2d(3, 1), GlobalAvgPool2d(), Dense(3)]))
    network.module.dense1.weight.zero_()
    network.module.dense1.bias.copy_(torch.log(torch.tensor([1.0, 2.0, 4.0])) + 100)
    told = explain_softmax(activate(network, np.zeros((1, 2, 2), np.float32)))
    assert told.largest == told.scores[2]
    assert told.raised.tolist() == pytest.approx([0.25, 0.5, 1], rel=1e-5)
    assert told.sum == pytest.approx(1.75, rel=1e-5)
    assert told.probabilities.tolist() == pytest.approx([1 / 7, 2 / 7, 4 / 7], rel=1e-5)
    assert np.allclose(told.probabilities, told.raised / told.sum, rtol=2 * UNIT)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_softmax_is_torchs(name: str) -> None:
    network = zoo.load(name)
    found = activate(network, network.prepare(SAMPLES["coffee"].load()))
    told = explain_softmax(found)
    wanted = torch.from_numpy(found.scores.copy()).double().softmax(0).numpy()
    assert np.allclose(told.raised / told.sum, wanted, rtol=1e-12)
    assert np.allclose(told.probabilities, wanted, rtol=2 * UNIT)


@pytest.mark.parametrize("architecture", [MIXED, POOLED], ids=["mixed", "pooled"])
def test_arrays_cannot_be_written_to(architecture: Architecture) -> None:
    found = activate(trained(architecture), image(architecture))
    things = [explain(found, stage.name, 1, most=2) for stage in stages(architecture)]
    held = [
        vars(one) for thing in (*things, explain_softmax(found)) for one in (thing, *vars(thing).get("terms", ()))
    ]
    arrays = [value for fields in held for value in fields.values() if isinstance(value, np.ndarray)]
    assert len(arrays) >= 10
    assert not any(array.flags.writeable for array in arrays)
    assert {array.dtype for array in arrays} <= {np.dtype(kind) for kind in ("float32", "float64", "int64")}


@pytest.mark.parametrize(
    ("stage", "index", "most", "says"),
    [
        ("input", 0, 1, "stage: got 'input', legal are conv1, conv1_relu, pool1, conv2"),
        ("conv2", 8, 1, "index: got 8, legal is 0 to 7 for conv2"),
        ("dense2", -1, 1, "index: got -1, legal is 0 to 4 for dense2"),
        ("conv1", 0, 0, "most: got 0, needed is at least 1"),
    ],
)
def test_what_there_is_not_is_refused(stage: str, index: int, most: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        explain(activate(trained(MIXED), image(MIXED)), stage, index, most=most)
