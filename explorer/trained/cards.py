"""Model cards: what a trained network is, learned from, can do and cannot know; a JSON file beside its weights."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from explorer.networks.architecture import Architecture
from explorer.networks.budget import budget, totals
from explorer.networks.layers import KINDS, settings
from explorer.networks.module import build
from explorer.trained import weights
from explorer.trained.data import DataSet, Source
from explorer.trained.folding import fold
from explorer.trained.judging import predict, score
from explorer.trained.loop import Training
from explorer.trained.preparation import Preparation
from explorer.trained.recipes import Recipe

Card = dict[str, Any]
ALLOWED_LOSS = 0.005  # nats that the mean cross-entropy may rise by, for fewer bytes
PRECISIONS: Mapping[str, Callable[[Mapping[str, torch.Tensor]], dict[str, torch.Tensor]]] = {
    "int8": weights.quantized,
    "float16": weights.halved,
    "float32": dict,
}
NORMAL_95 = 1.959964  # the normal distribution's 97.5th percentile


class CardError(ValueError):
    """A model card is missing or damaged; the sentence says what to do."""


def ship(
    training: Training, pictures: DataSet, models: Path, *, short: bool = False, unjudged: bool = False
) -> Card:
    """Judge a trained network on the test part, and write its weights and card.

    The weights are the training's averaged ones, with batch normalisation folded in. They are rounded as the
    recipe says where that raises the mean cross-entropy of the pictures that were held out by at most
    `ALLOWED_LOSS`, else to the next finer of `PRECISIONS`; the rounded ones are then judged. The accuracy does not
    decide on it: of pictures that are as good as undecided some flip whatever the rounding.

    Parameters
    ----------
    training
        One that has run to its end.
    pictures
        The set; its test part is looked at here, once. Not where the network is worse than what it went on from.
    models
        The folder for ``NAME.safetensors`` and ``NAME.json``.
    short
        Whether a network short of its goal is put there, too, and not beside its checkpoint; its card says so.
        One that is worse than what it went on from, on the pictures held out, never is.
    unjudged
        Leave the test part alone, and write all digits beside the checkpoint: for another training to go on from.

    Returns
    -------
    Card
        What was written.
    """
    recipe = training.recipe
    architecture, module = fold(recipe.architecture, training.averaged())
    if recipe.shipped is not None:
        architecture, module = recipe.shipped, built(recipe.shipped, module.state_dict())
    held = training.pictures.pick(training.held)

    def judged(network: nn.Module) -> tuple[float, float]:
        scores, labels = score(network, recipe.preparation, held), torch.from_numpy(held.labels)
        accuracy = (scores.argmax(1) == labels).double().mean()
        return float(accuracy), float(functional.cross_entropy(scores, labels))

    whole = module.state_dict()
    _, before = judged(module)
    coarsest = "float32" if unjudged else recipe.precision
    for precision in list(PRECISIONS)[list(PRECISIONS).index(coarsest) :]:
        tensors = PRECISIONS[precision](whole)
        shipped = built(architecture, weights.restored(tensors))
        right, after = judged(shipped)
        if after <= before + ALLOWED_LOSS:
            break
    card = written_card(training, architecture, pictures)
    card["accuracy"] = {"held_out": right, "goal": recipe.goal}
    if not unjudged and not worse(training, card):
        found = predict(shipped, recipe.preparation, pictures.test)
        confusion = confused(pictures.test.labels, found, len(pictures.source.classes))
        card["accuracy"] = {**accuracy(confusion, pictures.source.classes), **card["accuracy"]}
        card["confusion"] = confusion.tolist()
    folder = models if is_for_models(card, short=short) else training.folder
    data = weights.write(folder / f"{recipe.name}.safetensors", tensors)
    card["weights"] = {
        "file": f"{recipe.name}.safetensors",
        "sha256": weights.checksum(data),
        "bytes": len(data),
        "precision": precision,
    }
    (folder / f"{recipe.name}.json").write_text(as_text(card), "utf-8")
    return card


def is_for_models(card: Card, *, short: bool) -> bool:
    """Say whether a network goes among the models: it was judged, and reached its goal or may miss it."""
    reached = card["accuracy"]
    return "overall" in reached and (short or reached["overall"] >= reached["goal"])


def worse(training: Training, card: Card) -> str:
    """Say how much worse than what it went on from a network is on the pictures held out; empty if it is not."""
    begun, now = training.begun, float(card["accuracy"]["held_out"])
    return f"{now:.2%} after {begun.held_out:.2%}" if begun is not None and now < begun.held_out else ""


def written_card(training: Training, architecture: Architecture, pictures: DataSet) -> Card:
    """Return all of a card but its weights and how good they are."""
    recipe, source = training.recipe, pictures.source
    return {
        "name": recipe.name,
        "title": architecture.title,
        "classes": list(source.classes),
        "network": network(architecture),
        "preparation": {**asdict(recipe.preparation), "says": recipe.preparation.describe()},
        "data": _data(source, training, pictures),
        "training": _trained(recipe, training),
        "accuracy": {},
        "confusion": [],
        "limits": list(recipe.limits),
    }


def network(architecture: Architecture) -> Card:
    """Return an architecture as a card holds it; `architecture_of` reads it."""
    rows = budget(architecture)
    return {
        "input_shape": list(architecture.input_shape),
        "parameters": totals(rows).parameters,
        "layers": [
            {
                "name": row.name,
                "kind": row.kind,
                "settings": settings(layer),
                "output_shape": list(row.output_shape),
                "parameters": row.parameters,
            }
            for row, layer in zip(rows, architecture.layers, strict=True)
        ],
    }


def architecture_of(card: Card) -> Architecture:
    """Return the network that a card describes.

    Raises
    ------
    CardError
        If it describes none.
    """
    try:
        described = card["network"]
        layers = [KINDS[row["kind"]](**row["settings"], name=row["name"]) for row in described["layers"]]
        channels, height, width = described["input_shape"]
        return Architecture((channels, height, width), layers, card["title"])
    except (KeyError, TypeError, ValueError) as error:
        raise CardError(f"The model card describes no network that fits: {error}.") from error


def preparation_of(card: Card) -> Preparation:
    """Return what the card's network gets of an image."""
    given = card["preparation"]
    return Preparation(int(given["size"]), colour=bool(given["colour"]), ink=bool(given["ink"]))


def read(path: Path) -> Card:
    """Read a card.

    Raises
    ------
    CardError
        If the file is missing, is no JSON, or lacks a part that every card has.
    """
    again = f"Take {path.name} from the project again, or train the network anew (explorer.trained.training)."
    try:
        card = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CardError(f"The model card {path.name} can't be read: {error.strerror}. {again}") from error
    except ValueError as error:
        raise CardError(f"The model card {path.name} is damaged. {again}") from error
    missing = [part for part in PARTS if not isinstance(card, dict) or part not in card]
    if missing:
        raise CardError(f"The model card {path.name} lacks {', '.join(missing)}. {again}")
    return dict(card)


PARTS = (
    *("name", "title", "classes", "network", "preparation", "weights"),
    *("data", "training", "accuracy", "confusion", "limits"),
)


def built(architecture: Architecture, tensors: Mapping[str, torch.Tensor]) -> nn.Sequential:
    """Build a network with these weights, in evaluation mode.

    Raises
    ------
    WeightsError
        If they are not the weights of this architecture.
    """
    module = build(architecture)
    try:
        module.load_state_dict(dict(tensors))
    except RuntimeError as error:
        raise weights.WeightsError(f"These are not the weights of {architecture.title}: {error}") from error
    return module.eval()


def missed(card: Card) -> float | None:
    """Return the accuracy that a network was to reach and does not, or None.

    Examples
    --------
    >>> missed({"accuracy": {"overall": 0.91, "goal": 0.92}}), missed({"accuracy": {"overall": 0.994}})
    (0.92, None)
    """
    goal: float = card["accuracy"].get("goal", 0.0)
    return goal if card["accuracy"]["overall"] < goal else None


def confused(labels: NDArray[np.int64], found: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Count what was taken for what: a row a class as it is, a column a class as it was found.

    Examples
    --------
    >>> confused(np.array([0, 0, 1]), np.array([0, 1, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    return np.bincount(labels * classes + found, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def accuracy(confusion: NDArray[np.int64], classes: tuple[str, ...]) -> Card:
    """Read the accuracies off a confusion matrix: overall, with the range that chance allows, and by class."""
    right, pictures = int(np.trace(confusion)), int(confusion.sum())
    return {
        "overall": right / pictures,
        "right": right,
        "pictures": pictures,
        "range_95": [round(bound, 4) for bound in wilson(right, pictures)],
        "by_class": {
            name: {"accuracy": int(row[place]) / max(1, int(row.sum())), "pictures": int(row.sum())}
            for place, (name, row) in enumerate(zip(classes, confusion, strict=True))
        },
    }


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the bounds of the true share, with 95 % confidence, where ``right`` of ``count`` were seen.

    References
    ----------
    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    Statistical Association 22 (1927), as L. D. Brown, T. T. Cai and A. DasGupta (2001) write it, equation 4.

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(200, 250)]
    [0.746, 0.845]
    """
    share, square = right / count, NORMAL_95**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = NORMAL_95 * math.sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return middle - spread, middle + spread


def as_text(card: Card) -> str:
    """Write a card as JSON: two levels indented, what lies deeper on one line, so that a matrix reads as one."""
    parts = []
    for key, value in card.items():
        if isinstance(value, dict) and value:
            rows = ",\n".join(f"    {_json(name)}: {_lines(inner)}" for name, inner in value.items())
            parts.append(f"  {_json(key)}: {{\n{rows}\n  }}")
        elif isinstance(value, list) and value and isinstance(value[0], list):
            rows = ",\n".join(f"    {_json(row)}" for row in value)
            parts.append(f"  {_json(key)}: [\n{rows}\n  ]")
        else:
            parts.append(f"  {_json(key)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(value: object) -> str:
    """Write a list of objects with a line for each."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"      {_json(row)}" for row in value) + "\n    ]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _data(source: Source, training: Training, pictures: DataSet) -> Card:
    return {
        "title": source.title,
        "reference": source.reference,
        "terms": source.terms,
        "learned_from": len(training.kept),
        "held_out": len(training.held),
        "test": len(pictures.test),
    }


def _trained(recipe: Recipe, training: Training) -> Card:
    numbers = {
        key: getattr(recipe, key)
        for key in (
            *("epochs", "batch", "optimizer", "rate", "momentum", "decay", "shift_rate", "last_rate"),
            *(
                "kernel_momentum",
                "warm",
                "start",
                "end",
                "smoothing",
                "averaging",
                "pull",
                "settles",
                "last",
                "last_peak",
                "easy",
                "mixed",
            ),
        )
    }
    begun = training.begun
    onward = "" if begun is None else f" --onward {begun.part:g}"
    if begun is not None and begun.share < 1:
        onward += f" --share {begun.share:g}"
    if begun is not None and begun.still:
        onward += f" --still {' '.join(begun.still)}"
    chosen = f"{recipe.name} --epochs {recipe.epochs} --seed {training.seed}{onward}"
    made = {
        "command": f"python -m explorer.trained.training {chosen}",
        "seed": training.seed,
        **numbers,
        "settled": list(recipe.settled),
        "augmentation": recipe.summary,
        "steps": training.steps,
        "minutes": round(training.seconds / 60, 1),
        "bfloat16": training.bfloat16,
        "torch": torch.__version__.partition("+")[0],
        "history": [
            {
                "epoch": epoch.number,
                "loss": round(epoch.loss, 4),
                "accuracy": round(epoch.accuracy, 4),
                "held_out": round(epoch.held_out, 4),
            }
            for epoch in training.history
        ],
    }
    if begun is not None:
        made |= {"share": begun.share, "grown": list(training.grown), "still": list(begun.still)}
        made["begun_from"] = {"sha256": begun.sha256, "accuracy": begun.accuracy, **begun.training}
    return made
