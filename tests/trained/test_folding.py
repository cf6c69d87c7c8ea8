import pytest
import torch
from torch import nn

from explorer.networks.architecture import Activation, Architecture, BatchNorm2d, Conv2d, Dense, Flatten, MaxPool2d
from explorer.networks.module import build
from explorer.trained.folding import fold, unfold
from explorer.trained.recipes import RECIPES
from tests.trained import small


def lived(architecture: Architecture, *, lowest: float = 0.5) -> nn.Sequential:
    """A network whose normalisations have seen something, their factors from ``lowest`` to 2."""
    draw = torch.Generator().manual_seed(3)
    module = build(architecture, seed=2)
    for child in module.modules():
        if isinstance(child, nn.BatchNorm2d):
            with torch.no_grad():
                child.weight.copy_(torch.rand(child.num_features, generator=draw) * (2 - lowest) + lowest)
                child.bias.copy_(torch.randn(child.num_features, generator=draw))
            assert child.running_mean is not None
            assert child.running_var is not None
            child.running_mean.copy_(torch.randn(child.num_features, generator=draw))
            child.running_var.copy_(torch.rand(child.num_features, generator=draw) + 0.1)
    return module


@pytest.mark.parametrize(
    "architecture", [small.NETWORK, RECIPES["objects"].architecture], ids=["small", "objects"]
)
def test_the_folded_network_answers_the_same(architecture: Architecture) -> None:
    module = lived(architecture)
    folded, made = fold(architecture, module)
    assert not any(isinstance(layer, (BatchNorm2d, Activation)) for layer in folded.layers)
    assert all(layer.bias for layer in folded.layers if isinstance(layer, Conv2d))
    images = torch.rand(4, *architecture.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(made(images), module(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["small", "objects"])
def test_an_unfolded_network_answers_as_the_folded_one_and_learns_from_there(name: str) -> None:
    architecture = small.NETWORK if name == "small" else RECIPES["objects"].architecture
    _, made = fold(architecture, lived(architecture))
    again = build(architecture, seed=9)
    images = torch.rand(40, *architecture.input_shape, generator=torch.Generator().manual_seed(0))
    unfold(again, made.state_dict(), images)
    with torch.inference_mode():
        torch.testing.assert_close(again(images), made(images), rtol=1e-4, atol=1e-4)
    norms = [child for child in again.children() if isinstance(child, nn.BatchNorm2d)]
    seen: list[torch.Tensor] = []
    hooks = [norm.register_forward_pre_hook(lambda _, given: seen.append(given[0])) for norm in norms]
    with torch.inference_mode():
        again(images)
    for hook in hooks:
        hook.remove()
    for norm, given in zip(norms, seen, strict=True):
        assert norm.running_mean is not None
        torch.testing.assert_close(norm.running_mean, given.mean((0, 2, 3)), rtol=1e-3, atol=1e-4)


def test_what_is_no_folded_network_of_these_layers_is_not_taken() -> None:
    _, made = fold(small.NETWORK, lived(small.NETWORK))
    folded = made.state_dict()
    images = torch.zeros(2, *small.NETWORK.input_shape)
    name = next(key for key in folded if key.endswith(".weight"))
    layer = name.removesuffix(".weight")
    with pytest.raises(ValueError, match=f"folded: got none for {layer}, needed are numbers of"):
        unfold(build(small.NETWORK), {key: value for key, value in folded.items() if key != name}, images)
    with pytest.raises(ValueError, match=rf"folded: got \(1,\) for {layer}"):
        unfold(build(small.NETWORK), {**folded, name: torch.zeros(1)}, images)


def test_a_pooling_before_the_nonlinearity_changes_place_with_it() -> None:
    recipe = RECIPES["example"]
    assert recipe.shipped is not None
    small_layers = [*recipe.architecture.layers[:6], Flatten(), Dense(3)]
    architecture = Architecture((1, 30, 30), small_layers)
    module = build(architecture, seed=1)
    folded, made = fold(architecture, module)
    images = torch.rand(2, 1, 30, 30, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(made(images), module(images))
    assert [layer.kind for layer in folded.layers[:4]] == [layer.kind for layer in recipe.shipped.layers[:4]]


def test_a_negative_factor_behind_a_pooling_is_refused() -> None:
    module = lived(small.NETWORK, lowest=-1)
    with pytest.raises(ValueError, match="norm1 turns maps over"):
        fold(small.NETWORK, module)
    bare = Architecture((3, 8, 8), [Conv2d(4, 3), BatchNorm2d(), Activation("relu"), MaxPool2d(2)])
    module = lived(bare, lowest=-1)
    _, made = fold(bare, module)
    images = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(made(images), module(images))


@pytest.mark.parametrize(
    "layers",
    [
        [BatchNorm2d()],
        [Conv2d(4, 3, activation="relu"), BatchNorm2d()],
        [Conv2d(4, 3), Activation("tanh"), BatchNorm2d()],
    ],
)
def test_a_normalisation_without_its_convolution_is_refused(layers: list[Conv2d]) -> None:
    architecture = Architecture((3, 8, 8), layers)
    with pytest.raises(ValueError, match="norm1 does not follow"):
        fold(architecture, build(architecture))
