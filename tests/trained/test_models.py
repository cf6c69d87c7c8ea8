from pathlib import Path

import numpy as np
import torch

from explorer.trained import cards, weights
from explorer.trained.data import SOURCES
from explorer.trained.recipes import RECIPES
from explorer.trained.training import MODELS

SHORT: frozenset[str] = frozenset()  # shipped though short of the goal; a network that gets better leaves it
CARDS = {path.stem: path for path in sorted(MODELS.glob("*.json"))}


def test_every_file_belongs_to_a_network() -> None:
    assert set(CARDS) <= set(RECIPES)
    wanted = {f"{name}.{ending}" for name in CARDS for ending in ("json", "safetensors")}
    assert {path.name for path in MODELS.iterdir()} == wanted | {"README.md"}


def test_every_shipped_network_is_the_one_of_its_card() -> None:
    for name, path in CARDS.items():
        card, recipe = cards.read(path), RECIPES[name]
        tensors = weights.read(MODELS / card["weights"]["file"], card["weights"]["sha256"])
        architecture = cards.architecture_of(card)
        module = cards.built(architecture, tensors)
        image = np.random.default_rng(0).random((60, 80, 3)).astype(np.float32)
        assert cards.preparation_of(card) == recipe.preparation
        with torch.inference_mode():
            scores = module(torch.from_numpy(recipe.preparation(image)[None]))
        assert scores.shape == (1, len(card["classes"]))
        assert bool(torch.isfinite(scores).all())
        assert tuple(card["classes"]) == SOURCES[recipe.data].classes


def test_every_shipped_network_reached_its_goal_or_says_that_it_did_not_and_its_card_adds_up() -> None:
    for name, path in CARDS.items():
        card = cards.read(path)
        short = card["accuracy"]["overall"] < RECIPES[name].goal
        assert short == (name in SHORT)
        assert not short or card["accuracy"]["goal"] == RECIPES[name].goal  # so that the page says it
        assert np.trace(card["confusion"]) == card["accuracy"]["right"]
        assert np.sum(card["confusion"]) == card["accuracy"]["pictures"] == card["data"]["test"]
        assert card["weights"]["bytes"] == (MODELS / card["weights"]["file"]).stat().st_size


def test_the_network_for_objects_is_at_most_5_megabytes() -> None:
    for path in MODELS.glob("objects.safetensors"):
        assert path.stat().st_size <= 5_000_000


def test_the_readme_names_each_network_and_its_terms() -> None:
    text = Path(MODELS / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in RECIPES)
