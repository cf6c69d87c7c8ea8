"""What Python hands to the drawing of a network; the browser's arithmetic of sight held against the budget's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from explorer.networks import source
from explorer.networks.architecture import Architecture, Draft
from explorer.networks.budget import Sight, budget
from explorer.networks.explanation import COLUMNS, DIRECT, explain_all
from explorer.networks.layers import Conv2d, Dense, Flatten, MaxPool2d
from explorer.networks.presets import PRESETS
from explorer.rendering import scales
from explorer.ui.components import network
from explorer.ui.components.blob import pack
from tests.ui.components import node


def view_of(net: Architecture | Draft) -> network.NetworkView:
    draft = Draft(net.input_shape, net.layers)
    sound = draft.sound
    image = np.zeros(draft.input_shape[1:], np.float32)
    rows = source.keras_rows(draft)
    return network.NetworkView(draft, budget(sound), rows, explain_all(sound), image)


def layers_of(view: network.NetworkView) -> list[dict[str, Any]]:
    layers = network.scene(view)[0]["layers"]
    assert isinstance(layers, list)
    return layers


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_number_that_travels_is_the_budgets(name: str) -> None:
    view = view_of(PRESETS[name])
    layers = layers_of(view)
    assert len(layers) == len(view.rows) == len(PRESETS[name].layers)
    for layer, row, called in zip(layers, view.rows, view.names, strict=True):
        assert (layer["name"], layer["kind"], layer["shapeText"]) == (called.name, called.kind, called.shape)
        assert (layer["of"], layer["shape"]) == (row.kind, row.output_shape)
        assert (layer["parameters"], layer["macs"], layer["bytes"]) == (
            row.parameters,
            row.macs,
            row.activation_bytes,
        )
        sight = Sight(layer["field"], layer["jump"], layer["padding"], layer["cells"])
        assert sight == row.sight


def test_every_cell_of_the_table_has_its_explanation_and_a_source_is_said_once() -> None:
    view = view_of(PRESETS["vgg-19"])
    meta, _ = network.scene(view)
    said = meta["sources"]
    assert isinstance(said, list)
    assert len(said) == len(set(said))
    assert set(said) == {one.source for one in view.explanations.values()} - {DIRECT}
    for index, layer in enumerate(layers_of(view)):
        assert set(layer["explained"]) == set(COLUMNS)
        for column, (title, formula, numbers, result, place) in layer["explained"].items():
            one = view.explanations[index, column]
            assert (title, formula, numbers, result) == (one.title, one.formula, one.numbers, one.result)
            assert one.source == (DIRECT if place is None else said[place])


def test_numbers_too_large_for_the_browsers_arithmetic_travel_as_text() -> None:
    layers = [Conv2d(10**6, 99, padding=49), Conv2d(10**6, 99, padding=49)]
    view = view_of(Architecture((4096, 4096, 4096), layers))
    meta, _ = network.scene(view)
    macs = 4096**2 * 10**6 * 99**2
    assert meta["totals"] == {
        "parameters": f"{10**6 * (99**2 * (4096 + 10**6) + 2):,}",
        "macs": f"{macs * (4096 + 10**6):,}",
    }
    assert layers_of(view)[1]["explained"]["macs"][3] == f"{macs * 10**6:,}"


def test_vgg_19_without_maps_is_a_small_message() -> None:
    view = view_of(PRESETS["vgg-19"])
    meta, arrays = network.scene(view)
    described = len(pack(meta, {}))
    assert described < 100_000, "what is said of the layers"
    assert len(pack(meta, arrays)) < 200_000
    colour = replace(view, image=np.zeros((224, 224, 3), np.float32))
    assert len(pack(*network.scene(colour))) < 300_000


def test_the_image_travels_as_its_nearest_bytes() -> None:
    image = np.linspace(-0.1, 1.2, 9, dtype=np.float32).reshape(3, 3)
    _, arrays = network.scene(replace(view_of(PRESETS["example"]), image=image))
    assert arrays["image"].dtype == np.uint8
    np.testing.assert_array_equal(arrays["image"], np.rint(np.clip(image, 0, 1) * 255))


def test_a_few_maps_of_each_layer_travel_with_the_end_of_their_scale() -> None:
    maps = {0: np.random.default_rng(0).normal(size=(32, 5, 4)).astype(np.float32)}
    meta, arrays = network.scene(replace(view_of(PRESETS["example"]), maps=maps, maps_note="untrained"))
    some = maps[0][: network.MOST_MAPS]
    assert meta["maps"] == {"0": scales.limit(some)}
    assert meta["mapsNote"] == "untrained"
    np.testing.assert_array_equal(arrays["maps0"], scales.to_index(some, scales.limit(some)))


def test_a_broken_draft_names_its_layer_and_has_no_numbers_behind_it() -> None:
    view = view_of(Draft((1, 8, 8), [Conv2d(2, 3), MaxPool2d(9), Flatten(), Dense(3)]))
    meta, _ = network.scene(view)
    problem = view.draft.problem
    assert problem is not None
    assert meta["problem"] == {"index": 1, "got": problem.got, "needs": problem.needs}
    layers = layers_of(view)
    assert [("parameters" in layer, "shape" in layer) for layer in layers] == [(True, True)] + [(False, False)] * 3
    assert all(layer["name"] and layer["kind"] for layer in layers)


def test_a_network_without_layers_is_a_scene_too() -> None:
    meta, _ = network.scene(view_of(Draft((1, 8, 8), [])))
    assert (meta["layers"], meta["problem"]) == ([], None)


def _sights() -> list[Sight]:
    """Every preset's sights of moderate size, and random ones with unlike axes."""
    draw = np.random.default_rng(5)

    def pair(low: int, high: int) -> tuple[int, int]:
        first, second = draw.integers(low, high, 2)
        return int(first), int(second)

    random = [Sight(pair(1, 20), pair(1, 9), pair(0, 12), pair(1, 9)) for _ in range(40)]
    nets = [row.sight for name in ("example", "lenet-5", "mobilenet") for row in budget(PRESETS[name])]
    return random + [sight for sight in nets if max(sight.cells) < 20]


def _sent(sight: Sight) -> dict[str, tuple[int, int]]:
    return {
        "field": sight.receptive_field,
        "jump": sight.jump,
        "padding": sight.padding,
        "cells": sight.cells,
    }


def test_the_browsers_spans_are_the_budgets() -> None:
    cases = [(s, r, c) for s in _sights() for r in {0, s.cells[0] - 1} for c in range(s.cells[1])]
    found = node.call("sight.mjs", [["span", _sent(s), r, c] for s, r, c in cases], component="network")
    for (sight, row, col), said in zip(cases, found, strict=True):
        rows, cols = sight.span(row, col)
        assert ((said["top"], said["bottom"]), (said["left"], said["right"])) == (rows, cols)


def test_the_cells_that_see_a_pixel_are_exactly_those_whose_spans_hold_it() -> None:
    draw = np.random.default_rng(6)
    cases = []
    for sight in _sights():
        end = max(row[1] for row in sight.span(sight.cells[0] - 1, sight.cells[1] - 1)) + 3
        cases += [(sight, int(r), int(c)) for r, c in draw.integers(0, end, (12, 2))]
    found = node.call("sight.mjs", [["seers", _sent(s), r, c] for s, r, c in cases], component="network")
    none = 0
    for (sight, row, col), said in zip(cases, found, strict=True):
        expected = set()
        for r in range(sight.cells[0]):
            for c in range(sight.cells[1]):
                rows, cols = sight.span(r, c)
                if rows[0] <= row < rows[1] and cols[0] <= col < cols[1]:
                    expected.add((r, c))
        none += not expected
        if said is None:
            assert expected == set()
        else:
            block = np.mgrid[said["top"] : said["bottom"], said["left"] : said["right"]]
            assert {(int(r), int(c)) for r, c in block.reshape(2, -1).T} == expected
    assert 0 < none < len(cases) / 2
