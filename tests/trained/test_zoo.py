"""The shipped networks load, are checked, and answer as the torch module does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.networks.budget import budget
from explorer.samples import SAMPLES
from explorer.trained import feature_maps, zoo

SHIPPED = [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()]


def test_something_is_shipped() -> None:
    assert SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_it_gives_every_class_a_share_and_the_greatest_first(name: str) -> None:
    network = zoo.load(name)
    found = network.predict(SAMPLES["coffee"].load())
    assert sorted(label for label, _ in found) == sorted(network.classes)
    shares = [share for _, share in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-5)
    with torch.no_grad():
        scores = network.module(torch.from_numpy(network.prepare(SAMPLES["coffee"].load()))[None])
    assert dict(found) == pytest.approx(
        dict(zip(network.classes, torch.softmax(scores[0].double(), 0).tolist(), strict=True)), abs=1e-6
    )


def test_tiny_vgg_knows_the_coffee_cup() -> None:
    assert zoo.load("tiny-vgg").predict(SAMPLES["coffee"].load())[0][0] == "espresso"


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_captured_is_the_plain_forward_pass_layer_by_layer(name: str) -> None:
    network = zoo.load(name)
    image = SAMPLES["cat"].load()
    maps = feature_maps.capture(network, image)
    assert list(maps) == list(network.architecture.names)
    seen: dict[str, torch.Tensor] = {}
    hooks = [
        child.register_forward_hook(lambda _m, _i, out, child_name=child_name: seen.__setitem__(child_name, out))
        for child_name, child in network.module.named_children()
    ]
    with torch.no_grad():
        network.module(torch.from_numpy(network.prepare(image))[None])
    for hook in hooks:
        hook.remove()
    for row in budget(network.architecture):
        last = [child for child in seen if child == row.name or child.startswith(f"{row.name}_")]
        assert maps[row.name].shape == row.output_shape
        assert any(np.array_equal(maps[row.name], seen[child][0].numpy()) for child in last)
        assert not maps[row.name].flags.writeable
    np.testing.assert_array_equal(list(maps.values())[-1], network.scores(image))


def test_a_name_that_is_none_is_answered_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="name: got 'resnet', legal are example, tiny-vgg, objects"):
        zoo.load("resnet")


@pytest.mark.parametrize(
    "harm",
    [
        {"weights": {}},
        {"weights": None},
        {"classes": ["one", "two"]},
        {"classes": None},
        {"preparation": {"size": 64}},
        {"preparation": {"size": 63, "colour": True, "ink": False}},
        {"accuracy": {"by_class": {}}},
        {"accuracy": {"overall": "much", "pictures": 250}},
    ],
    ids=str,
)
def test_a_card_that_does_not_say_all_is_answered(harm: dict[str, object], tmp_path: Path) -> None:
    name = "tiny-vgg"
    shutil.copy(zoo.MODELS / f"{name}.safetensors", tmp_path)
    card = json.loads((zoo.MODELS / f"{name}.json").read_text("utf-8"))
    (tmp_path / f"{name}.json").write_text(json.dumps(card | harm), "utf-8")
    with pytest.raises(ValueError, match=r"The model card tiny-vgg.json is altered: .* Take tiny-vgg.json from"):
        zoo.load(name, tmp_path)


@pytest.mark.parametrize("harm", ["missing", "cut", "altered", "no card"])
def test_weights_that_are_not_the_cards_are_answered(harm: str, tmp_path: Path) -> None:
    name = SHIPPED[0]
    for ending in ("json", "safetensors"):
        shutil.copy(zoo.MODELS / f"{name}.{ending}", tmp_path)
    file = tmp_path / f"{name}.safetensors"
    data = bytearray(file.read_bytes())
    if harm == "missing":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(data[:-100])
    elif harm == "altered":
        data[-5] ^= 1
        file.write_bytes(data)
    else:
        (tmp_path / f"{name}.json").unlink()
    with pytest.raises(ValueError, match=r"Take .* from the project again, or train the network anew"):
        zoo.load(name, tmp_path)
