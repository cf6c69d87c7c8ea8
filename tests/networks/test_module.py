"""The torch module of an architecture, and a PyTorch model read back."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from explorer.networks import module
from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import (
    Activation,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.networks.presets import PRESETS

SMALL = [key for key, net in PRESETS.items() if totals(budget(net)).parameters < 10_000_000]


def states_equal(one: nn.Module, other: nn.Module) -> bool:
    mine, others = one.state_dict(), other.state_dict()
    return list(mine) == list(others) and all(torch.equal(mine[key], others[key]) for key in mine)


@pytest.mark.parametrize("key", SMALL)
def test_a_preset_has_the_parameters_and_shapes_of_its_budget_when_it_is_built(key: str) -> None:
    net = PRESETS[key]
    built = module.build(net)
    assert sum(p.numel() for p in built.parameters()) == totals(budget(net)).parameters
    x = torch.zeros(2, *net.input_shape)
    for name, child in built.named_children():
        x = child(x)
        if name in net.names:
            place = net.names.index(name)
            if not isinstance(net.layers[place], GlobalAvgPool2d):
                assert tuple(x.shape[1:]) == net.shapes[place]
    assert tuple(x.shape) == (2, *net.output_shape)


def test_children_are_called_as_the_layers_are() -> None:
    built = module.build(
        Architecture(
            (3, 8, 8),
            [
                Conv2d(4, 3, activation="leaky_relu"),
                BatchNorm2d(),
                Activation("tanh"),
                Conv2d(4, 3, bias=False, name="last"),
                GlobalAvgPool2d(),
                Dropout(0.5),
                Dense(2, activation="sigmoid"),
            ],
        )
    )
    assert [(name, type(child)) for name, child in built.named_children()] == [
        ("conv1", nn.Conv2d),
        ("conv1_leaky_relu", nn.LeakyReLU),
        ("norm1", nn.BatchNorm2d),
        ("act1", nn.Tanh),
        ("last", nn.Conv2d),
        ("global_pool1", nn.AdaptiveAvgPool2d),
        ("global_pool1_flatten", nn.Flatten),
        ("dropout1", nn.Dropout),
        ("dense1", nn.Linear),
        ("dense1_sigmoid", nn.Sigmoid),
    ]
    assert list(built.state_dict()) == [
        *("conv1.weight", "conv1.bias"),
        *("norm1.weight", "norm1.bias", "norm1.running_mean", "norm1.running_var", "norm1.num_batches_tracked"),
        "last.weight",
        *("dense1.weight", "dense1.bias"),
    ]


def test_a_name_that_torch_or_another_layer_has_is_kept_apart() -> None:
    net = Architecture(
        (1, 5, 5),
        [
            Conv2d(2, 1, activation="relu", name="train"),
            Dropout(0.5, name="train_"),
            Conv2d(2, 1, activation="relu", name="one"),
            Dropout(0.5, name="one_relu"),
            Flatten(name="training"),
        ],
    )
    assert list(dict(module.build(net).named_children())) == [
        *("train__", "train_relu", "train_"),
        *("one", "one_relu_", "one_relu"),
        "training_",
    ]
    assert [name for name, _ in module.stages(net)] == list(net.names)


def test_one_seed_makes_one_network_and_another_seed_another() -> None:
    net = PRESETS["tiny-vgg"]
    assert states_equal(module.build(net, seed=3), module.build(net, seed=3))
    assert not states_equal(module.build(net, seed=3), module.build(net, seed=4))


def test_torchs_own_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    module.build(PRESETS["mobilenet"], seed=5)
    assert torch.equal(before, torch.get_rng_state())


def test_a_changed_layer_leaves_the_weights_before_it_as_they_were() -> None:
    one = module.build(Architecture((1, 9, 9), [Conv2d(4, 3), Conv2d(4, 3), MaxPool2d(2)]))
    other = module.build(Architecture((1, 9, 9), [Conv2d(4, 3), Conv2d(5, 3, stride=2)]))
    assert torch.equal(one.conv1.weight, other.conv1.weight)


def test_random_weights_let_the_numbers_keep_their_size() -> None:
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    deep = Architecture((3, 64, 64), [Conv2d(24, 3, activation="relu", padding=1) for _ in range(20)])
    normed = Architecture(
        (3, 64, 64), [layer for _ in range(20) for layer in (Conv2d(24, 3), BatchNorm2d(), Activation("relu"))]
    )
    straight = Architecture((3, 64, 64), [Conv2d(24, 3, padding=1) for _ in range(20)])
    for net in (deep, normed, straight):
        with torch.inference_mode():
            assert 0.05 < float(module.build(net)(x).square().mean().sqrt()) < 20


def test_a_built_network_evaluates_and_can_learn() -> None:
    built = module.build(Architecture((1, 8, 8), [Conv2d(2, 3), BatchNorm2d(), Flatten(), Dropout(0.5), Dense(3)]))
    assert not any(child.training for child in built.modules())
    x = torch.ones(4, 1, 8, 8)
    assert torch.equal(built(x), built(x))
    built.train()(x).sum().backward()
    assert all(p.grad is not None and torch.isfinite(p).all() for p in built.parameters())


def test_a_network_that_is_too_large_is_never_built() -> None:
    net = Architecture((1, 4, 4), [Conv2d(2, 3), BatchNorm2d()])
    # 2·(9 + 1) and 2·2 parameters, 2·2 running numbers, 16 numbers in and twice 2·2·2 out, four bytes each
    assert module.memory(net) == (20 + 4 + 4 + 16 + 16) * 4
    assert len(module.build(net, most_bytes=240)) == 2
    with pytest.raises(module.TooLargeError, match="need 240 bytes, allowed are 239") as caught:
        module.build(net, most_bytes=239)
    assert (caught.value.wanted, caught.value.allowed) == (240, 239)
    # Nearly 7·10¹⁶ parameters: counted at once, and refused before a byte is taken.
    vast = Architecture((4096, 4096, 4096), [Flatten(), Dense(1_000_000)])
    with pytest.raises(ValueError, match="allowed are 1,073,741,824"):
        module.build(vast)


def test_the_padding_of_an_even_kernel_is_torchs_same() -> None:
    built = module.build(Architecture((1, 5, 6), [Conv2d(1, (2, 4), padding="same", activation="relu")]))
    assert [name for name, _ in built.named_children()] == ["conv1_pad", "conv1", "conv1_relu"]
    with torch.no_grad():
        built.conv1.weight.zero_()[0, 0, 0, 1] = 1
    x = torch.arange(30.0).reshape(1, 1, 5, 6)
    # The smaller half before: nothing above, one to the left, so that this weight lies on the cell itself.
    assert torch.equal(built(x), x)


@pytest.mark.parametrize("channels", [1, 3])
def test_kernels_with_their_channels_last_make_maps_that_lie_alike(channels: int) -> None:
    laid = module.channels_last(module.build(Architecture((channels, 9, 9), [Conv2d(8, 3), Conv2d(4, 3)])))
    first = laid[0](torch.rand(1, channels, 9, 9))
    assert first.stride()[1:] == (1, 7 * 8, 8)
