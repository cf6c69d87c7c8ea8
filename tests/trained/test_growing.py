"""A grown network answers as the smaller one, before its normalisations measure and while they do."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from explorer.networks.architecture import Architecture
from explorer.networks.layers import Activation, BatchNorm2d, Conv2d, Dense, Flatten, GlobalAvgPool2d, MaxPool2d
from explorer.networks.module import build
from explorer.trained.folding import fold, unfold
from explorer.trained.growing import grow, lacking
from tests.trained.test_folding import lived


def block(maps: int, name: str, *, pool: bool = False) -> list[Conv2d | MaxPool2d | BatchNorm2d | Activation]:
    pooling = [MaxPool2d(2)] if pool else []
    return [Conv2d(maps, 3, padding=1, bias=False, name=name), *pooling, BatchNorm2d(), Activation("relu")]


FIRST = Conv2d(6, 3, padding=1, activation="relu", name="conv_0")
END = [GlobalAvgPool2d(), Dense(5, name="output")]
SMALL = Architecture((3, 12, 12), [FIRST, *block(8, "conv_1", pool=True), *block(8, "conv_2"), *END])
LARGE = Architecture(
    (3, 12, 12),
    [
        FIRST,
        *block(8, "conv_1_1"),
        *block(8, "conv_1_2", pool=True),
        *block(8, "conv_2"),
        *block(8, "conv_3"),
        *END,
    ],
)


def smaller(architecture: Architecture) -> nn.Sequential:
    _, made = fold(architecture, lived(architecture))
    return made


def pictures(count: int) -> torch.Tensor:
    return torch.rand(count, *SMALL.input_shape, generator=torch.Generator().manual_seed(0))


def test_it_says_which_layers_are_new() -> None:
    given = smaller(SMALL).state_dict()
    assert lacking(build(LARGE), given) == ("conv_1_2", "conv_3")
    assert lacking(build(SMALL), given) == ()


@pytest.mark.parametrize("end", [END, [Flatten(), Dense(5, name="output")]], ids=["average", "flat"])
def test_a_grown_network_answers_as_before_and_its_normalisations_change_nothing(
    end: list[GlobalAvgPool2d | Flatten | Dense],
) -> None:
    small, large = (Architecture((3, 12, 12), [*one.layers[:-2], *end]) for one in (SMALL, LARGE))
    made, module = smaller(small), build(large, seed=4)
    images = pictures(200)
    unfold(module, grow(module, made.state_dict(), images), images)
    with torch.inference_mode():
        expected = made(images)
        torch.testing.assert_close(module(images), expected, rtol=1e-4, atol=1e-4)
        module.train()
        torch.testing.assert_close(module(images), expected, rtol=1e-2, atol=1e-2)
    assert float(expected.std()) > 0.05


def test_a_network_that_lacks_nothing_stays_as_it_is() -> None:
    made, module = smaller(SMALL), build(SMALL)
    images = pictures(50)
    unfold(module, grow(module, made.state_dict(), images), images)
    with torch.inference_mode():
        torch.testing.assert_close(module(images), made(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("new", [Conv2d(9, 3, padding=1), Conv2d(8, 3), Conv2d(8, 5, padding=1)])
def test_a_layer_that_cannot_hand_on_what_it_gets_is_refused(new: Conv2d) -> None:
    layers = [*SMALL.layers[:-2], replace(new, bias=False, name="new"), BatchNorm2d(), Activation("relu"), *END]
    module = build(Architecture((3, 12, 12), layers))
    with pytest.raises(ValueError, match="module: new is new, so it must hand on what it gets"):
        grow(module, smaller(SMALL).state_dict(), pictures(4))
