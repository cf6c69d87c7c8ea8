"""Small pictures that are easy to tell apart, and a recipe that learns them in a second."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.networks.architecture import (
    Activation,
    Architecture,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    GlobalAvgPool2d,
    MaxPool2d,
)
from explorer.trained.data import DataSet, Pictures
from explorer.trained.preparation import Preparation
from explorer.trained.recipes import RECIPES, Recipe

NETWORK = Architecture(
    (3, 16, 16),
    [
        Conv2d(6, 3, bias=False, name="first"),
        MaxPool2d(2),
        BatchNorm2d(),
        Activation("relu"),
        Dropout(0.1),
        Conv2d(12, 3, padding=1),
        BatchNorm2d(),
        Activation("relu"),
        GlobalAvgPool2d(),
        Dense(10),
    ],
    "Small",
)


def colours(count: int, seed: int = 0, side: int = 16) -> Pictures:
    """Each class is a noisy field of a colour of its own."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    base = np.stack([labels * 97 % 256, (labels * 57 + 40) % 256, labels * 151 % 256], 1)
    noise = draw.integers(-10, 11, (count, 3, side, side))
    return Pictures(np.clip(base[:, :, None, None] + noise, 0, 255).astype(np.uint8), labels.astype(np.int64))


def recipe(**changes: object) -> Recipe:
    """The recipe for objects, made small."""
    usual: dict[str, object] = {
        "architecture": NETWORK,
        "preparation": Preparation(16, colour=True),
        "begin": None,
        "epochs": 3,
        "batch": 20,
        "held_out": 20,
        "optimizer": "adamw",
        "rate": 0.02,
        "decay": 0.0,
        "shift_rate": 1.0,
        "smoothing": 0.0,
        "averaging": 0.8,
        "pull": 0,
        "goal": 0.0,
        "last": 0,
        "settled": (),
        "settles": 0,
        "last_augment": None,
        "last_peak": 0.0,
        "warm": 0.0,
        "start": 1.0,
        "end": 0.1,
        "easy": 1.0,
        "mixed": 0.0,
    }
    return replace(RECIPES["objects"], **(usual | changes))


def data_set(train: int = 120, test: int = 40) -> DataSet:
    """A set with CIFAR-10's classes."""
    return DataSet("cifar10", colours(train), colours(test, seed=1))


def packed(path: Path, parts: dict[str, Pictures]) -> Path:
    """Write pictures as JPEG bytes one after another, as the shared data has them."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for part, pictures in parts.items():
        coded = [
            cv2.imencode(".jpg", np.moveaxis(image, 0, -1)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 100])[1]
            for image in pictures.images
        ]
        arrays[f"{part}_jpeg"] = np.concatenate(coded)
        arrays[f"{part}_offsets"] = np.cumsum([0, *map(len, coded)])
        arrays[f"{part}_labels"] = pictures.labels.astype(np.uint8)
    np.savez(path, **arrays)
    return path
