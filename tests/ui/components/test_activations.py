"""What travels to the drawing of a network at work, and to the explanation below it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.networks.budget import budget
from explorer.rendering import scales
from explorer.samples import SAMPLES
from explorer.trained.explaining import explain
from explorer.trained.stages import Activations, Changes, OwnFilter, activate, stages, weights_of
from explorer.trained.view import View
from explorer.ui.components.activations import blob, indices
from explorer.ui.components.blob import unpack
from explorer.ui.components.explained import ExplainedView, packed
from tests.trained.test_stages import MIXED, image, trained

CUP = View("tiny-vgg").run(SAMPLES["coffee"].load())
OFF = replace(View("tiny-vgg"), off=(("conv_1_2", 3),)).run(SAMPLES["coffee"].load())
WIDE = View("example").run(SAMPLES["seven"].load())
OTHER = activate(trained(MIXED), image(MIXED))
Told = tuple[dict[str, Any], dict[str, NDArray[Any]]]


@pytest.mark.parametrize("found", [CUP, OTHER, WIDE], ids=["tiny-vgg", "mixed", "channels last"])
def test_every_map_is_its_numbers_on_a_scale_that_is_told(found: Activations) -> None:
    meta, arrays = unpack(blob(found))
    shown = stages(found.network.architecture)
    assert [one["name"] for one in meta["stages"]] == [one.name for one in shown]
    first = 0
    for place, (told, stage) in enumerate(zip(meta["stages"], shown, strict=True)):
        values = found.values[stage.name].reshape(stage.shape[0], *stage.cells)
        ends, low, high = arrays["spread"][:, first : first + stage.shape[0]]
        first += stage.shape[0]
        assert np.array_equal(low, values.min((1, 2)))
        assert np.array_equal(high, values.max((1, 2)))
        at = place if not told["rubs"] else told["source"]
        for number, (end, one) in enumerate(zip(ends, values, strict=True)):
            index = arrays[f"maps{at}"][number].astype(int)
            wanted = scales.to_index(one, float(end) or 1.0).astype(int)
            if told["rubs"]:
                index = np.maximum(index, 128)
            else:
                assert end == np.abs(one).max()
            assert np.abs(index - wanted).max() <= 1
            assert (index == wanted).mean() > 0.99
        if len(stage.shape) == 1:
            assert np.array_equal(arrays[f"numbers{place}"], found.values[stage.name])
    assert first == arrays["spread"].shape[1]
    assert np.array_equal(arrays["input"], scales.to_index(found.prepared, 1.0, "gray"))
    assert meta["probabilities"] == found.probabilities.tolist()
    assert meta["before"] is None


def test_zero_is_paper_and_the_ends_are_ink() -> None:
    maps = np.array([[[-2, 0, 2]], [[0, 0, 0]], [[1e-30, -1e-30, 0]]], np.float32)
    found = indices(maps, np.abs(maps).max((1, 2)))
    assert found.tolist() == [[[1, 128, 255]], [[128, 128, 128]], [[255, 1, 128]]]


def test_edges_are_as_strong_as_the_weights_between() -> None:
    meta, arrays = unpack(blob(CUP))
    for place, (told, stage) in enumerate(zip(meta["stages"], stages(CUP.network.architecture), strict=True)):
        if told["oneToOne"]:
            assert f"edges{place}" not in arrays
            continue
        weights, _ = weights_of(CUP.network, stage.layer)
        sources = 3 if told["source"] < 0 else meta["stages"][told["source"]]["shape"][0]
        norms = np.linalg.norm(weights.reshape(len(weights), sources, -1).astype(float), axis=2)
        assert np.allclose(arrays[f"edges{place}"] / 255, norms / norms.max(), atol=0.5 / 255 + 1e-6)


def test_wide_stages_are_ordered_by_strength_and_one_to_one_stages_alike() -> None:
    network = trained(MIXED)
    found = activate(network, image(MIXED))
    meta, arrays = unpack(blob(found))
    units = next(place for place, one in enumerate(meta["stages"]) if one["name"] == "dense1_tanh")
    sizes = np.abs(found.values["dense1_tanh"])
    assert np.all(np.diff(sizes[arrays[f"order{units}"]]) <= 0)
    assert np.array_equal(arrays[f"order{units}"], arrays[f"order{units - 1}"])
    assert arrays["order0"].tolist() == list(range(6))


def test_what_was_meddled_with_is_marked() -> None:
    own = OwnFilter(2, tuple(tuple(map(tuple, plane)) for plane in np.ones((3, 3, 3)).tolist()), "Sobel")
    changed = activate(CUP.network, CUP.prepared, Changes((("conv_1_2", 3), ("conv_2_1", 0)), own))
    meta, _ = unpack(blob(changed, CUP))
    assert meta["before"] == CUP.probabilities.tolist()
    assert {one["name"]: one["off"] for one in meta["stages"] if one["off"]} == {"conv_1_2": [3], "conv_2_1": [0]}
    assert meta["own"] == 2


def view(found: Activations, stage: str | None, number: int = 0, most: int = 12) -> ExplainedView:
    told = None if stage in {None, "input"} else explain(found, stage, number, most=most)
    return ExplainedView(found, told, stage, number)


def told_of(found: Activations, stage: str | None, number: int = 0, most: int = 12) -> Told:
    return unpack(packed(view(found, stage, number, most)))


@pytest.mark.parametrize("stage", [one.name for one in stages(CUP.network.architecture)])
def test_each_stage_of_tiny_vgg_is_told(stage: str) -> None:
    meta, arrays = told_of(CUP, stage, 4)
    row = budget(CUP.network.architecture)[
        next(one.layer for one in stages(CUP.network.architecture) if one.name == stage)
    ]
    assert (tuple(meta["sight"]["field"]), tuple(meta["sight"]["jump"])) == (row.receptive_field, row.jump)
    assert (meta["stage"], meta["map"]) == (stage, 4)
    values = CUP.values[stage][4]
    if values.ndim:
        assert np.array_equal(arrays["total"], values)
    else:
        assert meta["total"] == float(values)


def test_a_convolution_travels_with_every_term_and_its_nonlinearity() -> None:
    meta, arrays = told_of(CUP, "conv_2_1", 3, most=4)
    wanted = explain(CUP, "conv_2_1", 3, most=4)
    assert meta["kind"] == "convolution"
    assert meta["terms"] == [term.source for term in wanted.terms]
    assert np.array_equal(arrays["weights"], np.stack([term.kernel for term in wanted.terms]))
    assert np.array_equal(arrays["parts"], np.stack([term.partial for term in wanted.terms]))
    assert np.array_equal(arrays["rest"], wanted.rest)
    assert (meta["restCount"], meta["bias"]) == (6, wanted.bias)
    assert meta["then"] == {"name": "relu_2_1", "function": "relu"}
    assert np.array_equal(arrays["after"], CUP.values["relu_2_1"][3])
    assert (meta["canSwitch"], meta["off"]) == (True, False)
    assert told_of(OFF, "conv_1_2", 3)[0]["off"]


def test_a_class_travels_with_its_maps_and_the_softmax() -> None:
    meta, arrays = told_of(CUP, "output", 9)
    assert meta["kind"] == "dense-maps"
    assert arrays["parts"].shape == (10, 13, 13)
    assert sum(meta["sums"]) + meta["rest"] + meta["bias"] == pytest.approx(meta["total"], abs=1e-5)
    assert meta["softmax"]["probabilities"] == CUP.probabilities.tolist()
    assert not meta["canSwitch"]


def test_units_poolings_and_the_input_have_their_own_kinds() -> None:
    meta, _ = told_of(OTHER, "dense2", 1)
    assert (meta["kind"], meta["terms"][0], len(meta["sums"])) == (
        "dense",
        explain(OTHER, "dense2", 1).terms[0].source,
        12,
    )
    meta, arrays = told_of(CUP, "max_pool_1", 2)
    assert (meta["kind"], meta["size"], meta["mode"]) == ("pooling", [2, 2], "max")
    assert np.array_equal(arrays["before"].ravel()[arrays["winners"]], arrays["total"])
    meta, _ = told_of(CUP, "relu_1_1", 2)
    assert (meta["kind"], meta["function"]) == ("nonlinearity", "relu")
    meta, _ = told_of(CUP, "input", 1)
    assert (meta["kind"], meta["says"]) == ("input", CUP.network.preparation.describe())
    assert told_of(CUP, None)[0]["kind"] == "none"


def test_an_own_filter_is_named_where_it_stands_and_nowhere_else() -> None:
    own = OwnFilter(2, tuple(tuple(map(tuple, plane)) for plane in np.ones((3, 3, 3)).tolist()), "Sobel")
    changed = activate(CUP.network, CUP.prepared, Changes(own=own))
    assert told_of(changed, "conv_1_1", 2)[0]["own"] == "Sobel"
    assert told_of(changed, "conv_1_1", 1)[0]["own"] is False
    assert told_of(changed, "conv_1_2", 2)[0]["own"] is False
