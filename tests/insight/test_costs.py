"""Where parameters and work are, against the numbers that the lecture and Keras give."""

from __future__ import annotations

import pytest
import torch

from explorer.insight.costs import averaged, shares
from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import Conv2d, Dense, Dropout, Flatten, MaxPool2d
from explorer.networks.module import build
from explorer.networks.presets import PRESETS

EXAMPLE = PRESETS["example"]


def test_the_examples_parameters_and_work_are_all_there() -> None:
    rows = shares(EXAMPLE)
    assert sum(row.parameters for row in rows) == 8_459_242
    assert sum(row.macs for row in rows) == 121_533_952
    assert sum(row.of_parameters for row in rows) == pytest.approx(1)
    assert sum(row.of_macs for row in rows) == pytest.approx(1)


def test_one_dense_layer_has_99_percent_of_the_parameters_and_7_of_the_work() -> None:
    dense = next(row for row in shares(EXAMPLE) if row.layer == "dense1")
    assert dense.parameters == (64 * 16 * 16 + 1) * 512
    assert dense.of_parameters == pytest.approx(0.9917, abs=1e-4)
    assert dense.of_macs == pytest.approx(0.0690, abs=1e-4)


def test_an_average_in_its_place_leaves_the_convolutions_as_they_are() -> None:
    rows = budget(averaged(EXAMPLE))
    assert totals(rows).parameters == 320 + 9_248 + 18_496 + 36_928 + (64 + 1) * 10
    assert totals(rows).macs == 121_533_952 - 16_384 * 512 - 512 * 10 + 64 * 10
    assert [row.name for row in rows][:4] == ["conv1", "pool1", "conv2", "pool2"]
    assert rows[-1].name == "dense2"


def test_the_averaged_network_is_the_mean_of_each_map_and_a_dense_layer() -> None:
    small = Architecture((1, 8, 8), [Conv2d(3), MaxPool2d(2), Dropout(0.3), Flatten(), Dense(5), Dense(4)])
    module = build(averaged(small), seed=1)
    image = torch.rand(2, 1, 8, 8)
    maps = torch.nn.functional.max_pool2d(module.conv1(image), 2)
    torch.testing.assert_close(module(image), module.dense2(maps.mean((2, 3))))


@pytest.mark.parametrize("layers", [[Conv2d(3)], [Flatten(), Dense(3), Dropout(0.1)]])
def test_a_network_without_a_flatten_and_a_last_dense_is_refused(layers: list) -> None:
    with pytest.raises(ValueError, match="architecture: needed are a Flatten"):
        averaged(Architecture((1, 8, 8), layers))
