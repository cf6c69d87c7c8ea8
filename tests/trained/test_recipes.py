import ast
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.networks.budget import budget, totals
from explorer.networks.layers import Dropout
from explorer.networks.module import build
from explorer.networks.presets import PRESETS
from explorer.trained import cards, weights
from explorer.trained.data import SOURCES
from explorer.trained.folding import fold
from explorer.trained.recipes import OBJECTS, RECIPES, whitened


@pytest.mark.parametrize("name", list(RECIPES))
def test_pictures_of_the_set_become_inputs_of_the_network(name: str) -> None:
    recipe = RECIPES[name]
    source = SOURCES[recipe.data]
    pictures = torch.rand(8, *source.shape, generator=torch.Generator().manual_seed(1))
    mirrored = torch.arange(8) % 2 == 0
    inputs = [recipe.augment(pictures, mirrored, torch.Generator().manual_seed(seed)) for seed in (0, 0, 1)]
    assert inputs[0].shape == (8, *recipe.architecture.input_shape)
    assert inputs[0].dtype == torch.float32
    assert 0 <= float(inputs[0].min()) <= float(inputs[0].max()) <= 1
    assert torch.equal(inputs[0], inputs[1])
    assert not torch.equal(inputs[0], inputs[2])
    image = pictures[0].permute(1, 2, 0).numpy() if len(pictures[0]) == 3 else pictures[0, 0].numpy()
    assert recipe.preparation(image).shape == recipe.architecture.input_shape
    assert recipe.architecture.output_shape == (len(source.classes),)


@pytest.mark.parametrize(("name", "parameters"), [("example", 8_459_242), ("tiny-vgg", 19_920)])
def test_the_known_networks_are_shipped_exactly(name: str, parameters: int) -> None:
    shipped = RECIPES[name].shipped
    assert shipped is PRESETS[name]
    assert totals(budget(shipped)).parameters == parameters


def test_the_example_trains_as_what_is_shipped() -> None:
    recipe = RECIPES["example"]
    assert recipe.shipped is not None
    trained = build(recipe.architecture, seed=4)
    shipped = build(recipe.shipped)
    shipped.load_state_dict(fold(recipe.architecture, trained)[1].state_dict())
    images = torch.rand(1, 1, 150, 150, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(shipped(images), trained(images))
    assert [layer for layer in recipe.architecture.layers if isinstance(layer, Dropout)]


def test_the_network_for_objects_fits_its_file_and_any_photo(tmp_path: Path) -> None:
    _, module = fold(OBJECTS, build(OBJECTS))
    rounded = cards.PRECISIONS[RECIPES["objects"].precision](module.state_dict())
    assert len(weights.write(tmp_path / "objects.safetensors", rounded)) < 5_000_000
    with torch.inference_mode():
        assert [module(torch.zeros(1, 3, rows, cols)).shape for rows, cols in ((32, 32), (225, 300))] == [
            (1, 10)
        ] * 2


def test_the_first_layer_for_objects_tells_patches_apart_evenly() -> None:
    # Pictures whose cells hang together, as in photos; white noise has no principal components.
    noise = torch.rand(60, 3, 34, 34, generator=torch.Generator().manual_seed(0))
    images = torch.nn.functional.avg_pool2d(noise, 3, 1)
    module = build(OBJECTS)
    whitened(module, images)
    first = module.conv_0
    assert isinstance(first, torch.nn.Conv2d)
    with torch.inference_mode():
        maps = first(images)[:, :, 1:-1, 1:-1]  # whole patches, without the padding
    assert float(maps.mean((0, 2, 3)).abs().max()) < 0.01
    deviations = maps.std((0, 2, 3))
    assert 0.5 < float(deviations.min()) <= float(deviations.max()) <= 1.001
    torch.testing.assert_close(maps[:, :16], -maps[:, 16:])
    flat = maps[:, :16].permute(1, 0, 2, 3).flatten(1)
    off = flat.corrcoef() - torch.eye(16)
    assert float(off.abs().max()) < 0.02
    assert not any(parameter.requires_grad for parameter in first.parameters())


def test_behind_it_maps_are_handed_on() -> None:
    module = build(OBJECTS)
    whitened(module, torch.rand(20, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    conv = module.conv_2_1
    assert isinstance(conv, torch.nn.Conv2d)
    maps = torch.rand(1, 64, 6, 6, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(conv(maps)[:, :64], maps)


@pytest.mark.parametrize("name", list(RECIPES))
def test_the_rate_climbs_and_falls(name: str) -> None:
    recipe = RECIPES[name]
    first = 1 - recipe.last / recipe.epochs
    rates = [recipe.rate_at(first * step / 100) for step in range(100)]
    top = rates.index(max(rates))
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == pytest.approx(1, abs=0.05)
    if recipe.last:
        again = [recipe.rate_at(first + (1 - first) * step / 100) for step in range(101)]
        assert again == sorted(again, reverse=True)
        assert (again[0], again[-1]) == (recipe.last_peak, 0)


def test_pictures_are_made_different_in_the_other_way_in_the_last_epochs() -> None:
    late = RECIPES["example"]
    assert [late.augment_at(epoch) is late.last_augment for epoch in (0, 5, 6, 10)] == [False, False, True, True]
    assert replace(late, last_augment=None).augment_at(10) is late.augment


def test_nothing_here_is_ever_unpickled() -> None:
    folder = Path(__file__).parents[2] / "explorer" / "trained"
    loads = {"np.load": "allow_pickle=False", "torch.load": "weights_only=True"}
    seen = []
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                assert "pickle" not in ast.unparse(node), path.name
            if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in loads:
                assert loads[name] in ast.unparse(node), path.name
                seen.append(name)
    assert "np.load" in seen
