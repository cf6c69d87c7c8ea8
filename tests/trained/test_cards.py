import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import torch
from torch import nn

from explorer.networks.module import build
from explorer.trained import cards, weights
from explorer.trained.cards import CardError
from explorer.trained.data import Pictures
from explorer.trained.judging import predict
from explorer.trained.loop import Training
from explorer.trained.preparation import Preparation
from explorer.trained.recipes import RECIPES
from tests.trained import small

T = TypeVar("T")


def shipped(folder: Path, **changes: object) -> cards.Card:
    data = small.data_set()
    training = Training(small.recipe(**changes), data.train, 0, folder / "run", bfloat16=False)
    training.run()
    return cards.ship(training, data, folder / "models")


def test_what_is_shipped_is_what_the_card_says(tmp_path: Path) -> None:
    card = shipped(tmp_path)
    assert cards.read(tmp_path / "models" / "objects.json") == card
    path = tmp_path / "models" / card["weights"]["file"]
    assert path.stat().st_size == card["weights"]["bytes"]
    tensors = weights.read(path, card["weights"]["sha256"])
    architecture = cards.architecture_of(card)
    assert [layer.kind for layer in architecture.layers] == [
        *("conv2d", "max_pool2d", "dropout", "conv2d", "global_avg_pool2d", "dense"),
    ]
    module = cards.built(architecture, tensors)
    assert sum(tensor.numel() for tensor in tensors.values()) == card["network"]["parameters"]
    test = small.data_set().test
    found = predict(module, cards.preparation_of(card), test)
    right = int((found == test.labels).sum())
    assert (card["accuracy"]["right"], card["accuracy"]["pictures"]) == (right, 40)
    assert card["accuracy"]["overall"] == right / 40
    assert np.array(card["confusion"]).sum(1).tolist() == [4] * 10
    assert np.trace(card["confusion"]) == right
    by_class = card["accuracy"]["by_class"]
    assert list(by_class) == card["classes"]
    assert [row["accuracy"] * 4 for row in by_class.values()] == np.diag(card["confusion"]).tolist()
    assert card["data"]["learned_from"] + card["data"]["held_out"] == 120
    assert [row["epoch"] for row in card["training"]["history"]] == [1, 2, 3]


def nothing(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: 0 * tensor for name, tensor in tensors.items()}


def test_fewer_bytes_are_taken_where_they_cost_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {}
    for precision in ("int8", "float16", "float32"):
        card = shipped(tmp_path / precision)
        assert card["weights"]["precision"] == precision
        assert card["accuracy"]["held_out"] > 0.15
        sizes[precision] = card["weights"]["bytes"]
        monkeypatch.setattr(cards, "PRECISIONS", {**cards.PRECISIONS, precision: nothing})
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]


def test_half_precision_is_taken_where_the_recipe_asks_for_no_less(tmp_path: Path) -> None:
    assert shipped(tmp_path, precision="float16")["weights"]["precision"] == "float16"


def test_a_network_short_of_its_goal_is_not_put_among_the_models(tmp_path: Path) -> None:
    card = shipped(tmp_path, goal=1.1)
    assert not (tmp_path / "models").exists()
    assert cards.read(tmp_path / "run" / "objects.json") == card


@pytest.mark.parametrize("name", list(RECIPES))
def test_a_network_is_read_from_its_card_as_it_was_written(name: str) -> None:
    recipe = RECIPES[name]
    architecture = recipe.shipped or recipe.architecture
    card = {"title": architecture.title, "network": cards.network(architecture)}
    read = cards.architecture_of(json.loads(json.dumps(card)))
    assert read.shapes == architecture.shapes
    assert read.names == architecture.names
    bare = [replace(layer, name="") for layer in read.layers]
    assert bare == [replace(layer, name="") for layer in architecture.layers]


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "can't be read"), ("{", "damaged"), ("[]", "lacks name"), ('{"name": "x"}', "lacks title, classes")],
)
def test_a_damaged_card_says_what_to_do(tmp_path: Path, text: str | None, says: str) -> None:
    path = tmp_path / "net.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CardError, match=says):
        cards.read(path)


@pytest.mark.parametrize("network", [{}, {"layers": [{"kind": "x"}]}, {"layers": [], "input_shape": [1, 2]}])
def test_a_card_of_no_network_is_refused(network: dict[str, object]) -> None:
    with pytest.raises(CardError, match="no network"):
        cards.architecture_of({"title": "x", "network": network})


def test_another_networks_weights_are_refused() -> None:
    other = build(RECIPES["tiny-vgg"].architecture).state_dict()
    with pytest.raises(weights.WeightsError, match="not the weights of Small"):
        cards.built(small.NETWORK, other)


def test_wilsons_range_against_its_definition() -> None:
    # Its bounds are the shares from which what was seen lies just 1.96 deviations away.
    for right, count in ((200, 250), (0, 10), (9940, 10_000)):
        for bound in cards.wilson(right, count):
            deviation = (bound * (1 - bound) / count) ** 0.5
            assert abs(right / count - bound) == pytest.approx(1.959964 * deviation, abs=1e-9)


def test_a_card_reads_as_json_with_its_matrix_in_rows() -> None:
    card = {"a": 1, "confusion": [[1, 2], [3, 4]], "network": {"layers": [{"x": "é"}, {"y": [1, 2]}]}, "none": []}
    text = cards.as_text(card)
    assert json.loads(text) == card
    assert "    [3, 4]\n" in text
    assert '      {"x": "é"},\n' in text


def test_the_test_part_is_looked_at_once_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def watched(look: Callable[..., T]) -> Callable[..., T]:
        def looked(module: nn.Module, preparation: Preparation, pictures: Pictures) -> T:
            seen.append(len(pictures))
            return look(module, preparation, pictures)

        return looked

    monkeypatch.setattr(cards, "score", watched(cards.score))
    monkeypatch.setattr(cards, "predict", watched(cards.predict))
    shipped(tmp_path)
    assert seen == [20, 20, 40]  # twice what is held out, to decide on the precision, then the test part
    assert torch.is_grad_enabled()
