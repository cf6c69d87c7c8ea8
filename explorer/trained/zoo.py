"""The networks that the project trained and ships, each with its card.

Their weights lie in ``assets/models/`` as safetensors, with the checksum in the card beside them: nothing is ever
unpickled, and a file that is missing or not the one that the card describes gets a sentence that says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from explorer.networks.architecture import Architecture
from explorer.networks.module import channels_last
from explorer.trained import cards, weights
from explorer.trained.cards import Card
from explorer.trained.preparation import Preparation, Value

NAMES = ("example", "tiny-vgg", "objects")
LANES = 16
MODELS = Path(__file__).parents[2] / "assets" / "models"

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network with its weights.

    Attributes
    ----------
    name
        One of `NAMES`.
    architecture
        Its layers.
    classes
        What it chooses among, in the order of its outputs.
    card
        Where it comes from, how it was trained, what it reaches and what it cannot know.
    module
        The torch module, in evaluation mode, its children named as `explorer.networks.module.parts` says. Its
        weights are shared by all who load it: copy it before changing one.
    preparation
        How an image becomes its input.
    """

    name: str
    architecture: Architecture
    classes: tuple[str, ...]
    card: Card
    module: nn.Sequential
    preparation: Preparation

    def prepare(self, image: NDArray[Value]) -> Float:
        """Return what the network gets of an image (H, W) or (H, W, 3): (C, H, W) float32 in [0, 1]."""
        return self.preparation(image)

    def scores(self, image: NDArray[Value]) -> Float:
        """Return the score of each class, before the softmax, (classes,) float32."""
        with torch.inference_mode():
            scores: Float = self.module(torch.from_numpy(self.prepare(image))[None])[0].numpy()
        return scores

    def predict(self, image: NDArray[Value]) -> list[tuple[str, float]]:
        """Return every class with its probability, the most probable first.

        Parameters
        ----------
        image
            (H, W) or (H, W, 3) of any size, uint8, or floating point in [0, 1].
        """
        shares = softmax(self.scores(image))
        return [(self.classes[i], float(shares[i])) for i in np.argsort(-shares, kind="stable")]


def softmax(scores: Float) -> Float:
    """Return exp(s) over the sum of all exp(s), float32.

    References
    ----------
    J. Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).

    Examples
    --------
    >>> softmax(np.array([0, 0, 1000], np.float32))
    array([0., 0., 1.], dtype=float32)
    """
    raised = np.exp((scores - scores.max()).astype(np.float64))
    return np.asarray(raised / raised.sum(), np.float32)


def _wide(architecture: Architecture) -> bool:
    """Tell whether a network computes faster with its channels last: where it has more than a vector holds.

    Measured on one core: the lecture's network takes 6.0 ms so and 12.8 ms otherwise, Tiny VGG a tenth longer.
    """
    return max(shape[0] for shape in architecture.shapes if len(shape) == 3) > LANES


@lru_cache(maxsize=8)
def load(name: str, models: Path = MODELS) -> TrainedNetwork:
    """Load a network.

    Parameters
    ----------
    name
        One of `NAMES`.
    models
        The folder with its weights and card.

    Raises
    ------
    ValueError
        If there is no such network; `explorer.trained.cards.CardError` and
        `explorer.trained.weights.WeightsError` if its card or weights are missing, damaged, or do not belong
        together. Both are ValueErrors.
    """
    if name not in NAMES:
        raise ValueError(f"name: got {name!r}, legal are {', '.join(NAMES)}")
    card = cards.read(models / f"{name}.json")
    architecture = cards.architecture_of(card)
    sha256, preparation, classes = _told(card, architecture, f"{name}.json")
    given = weights.read(models / f"{name}.safetensors", sha256)
    module = cards.built(architecture, given).requires_grad_(False)
    if _wide(architecture):
        channels_last(module)
    return TrainedNetwork(name, architecture, classes, card, module, preparation)


def _told(card: Card, architecture: Architecture, file: str) -> tuple[str, Preparation, tuple[str, ...]]:
    """Return what a card says of the weights' checksum, the preparation and the classes.

    Raises
    ------
    CardError
        If it does not say so, or not of this network, or not how good that is.
    """
    try:
        sha256, preparation, classes = (
            card["weights"]["sha256"],
            cards.preparation_of(card),
            tuple(card["classes"]),
        )
        said = float(card["accuracy"]["overall"]), int(card["accuracy"]["pictures"])
        whole = isinstance(sha256, str) and all(number >= 0 for number in said)
        whole &= architecture.output_shape == (len(classes),)
        whole &= architecture.input_shape == (3 if preparation.colour else 1, preparation.size, preparation.size)
    except (KeyError, TypeError, ValueError):
        whole = False
    if not whole:
        raise cards.CardError(
            f"The model card {file} is altered: it does not say all that is needed to use the network. Take "
            f"{file} from the project again, or train the network anew (explorer.trained.training)."
        )
    return sha256, preparation, classes
