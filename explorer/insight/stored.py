"""The runs that the project did and keeps: read, checked, and asked for what a page shows. No torch here.

A run is a file of plain numbers in ``assets/runs/``: how it was made, with which settings, and a row for each
training. ``python -m explorer.insight.runs`` makes it again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.insight.contenders import CONTENDERS, REACH

FOLDER = Path(__file__).parents[2] / "assets" / "runs"


class RunError(ValueError):
    """A stored run is missing or damaged; the sentence says how it is made again."""


@dataclass(frozen=True)
class Row:
    """One training.

    Attributes
    ----------
    network
        A key of `explorer.insight.contenders.CONTENDERS`.
    pictures
        How many it learned from.
    anywhere
        Whether it learned from digits anywhere in the frame, or in the middle.
    seed
        What all chance followed from.
    accuracy
        On the test pictures shifted by 0, 1, …, 10 pixels, each in [0, 1].
    seconds
        How long it took.
    """

    network: str
    pictures: int
    anywhere: bool
    seed: int
    accuracy: tuple[float, ...]
    seconds: float = 0.0


@dataclass(frozen=True)
class Spread:
    """What several trainings that differ only in their seed came to, for each of n conditions.

    Attributes
    ----------
    mean, low, high
        float64 (n,): the mean, the worst and the best seed.
    seeds
        How many trainings.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seeds: int


@dataclass(frozen=True)
class Comparison:
    """Networks compared: over shifts, and over how many pictures they learned from.

    Attributes
    ----------
    made
        How: command, settings, data, versions.
    rows
        Each training.
    """

    made: Mapping[str, Any]
    rows: tuple[Row, ...]

    @property
    def networks(self) -> tuple[str, ...]:
        """Which took part, in the order of `CONTENDERS`."""
        found = {row.network for row in self.rows}
        return tuple(key for key in CONTENDERS if key in found)

    def sizes(self, *, anywhere: bool = False) -> tuple[int, ...]:
        """Return the numbers of pictures that every network learned from, rising."""
        each = [
            {row.pictures for row in self.rows if row.network == network and row.anywhere == anywhere}
            for network in self.networks
        ]
        return tuple(sorted(set.intersection(*each))) if each else ()

    def over_shifts(self, network: str, pictures: int, *, anywhere: bool = False) -> Spread:
        """Return the accuracy at shifts of 0 to 10 pixels.

        Raises
        ------
        ValueError
            If there is no such training.
        """
        rows = [
            row.accuracy
            for row in self.rows
            if (row.network, row.pictures, row.anywhere) == (network, pictures, anywhere)
        ]
        if not rows:
            raise ValueError(
                f"network, pictures, anywhere: no training of {network!r} from {pictures} pictures "
                f"{'anywhere' if anywhere else 'in the middle'}"
            )
        table = np.array(rows)
        return Spread(table.mean(0), table.min(0), table.max(0), len(rows))

    def over_sizes(self, network: str, shift: int, *, anywhere: bool = False) -> Spread:
        """Return the accuracy at one shift for each of `sizes`.

        Raises
        ------
        ValueError
            If the shift is not from 0 to 10.
        """
        if not 0 <= shift <= REACH:
            raise ValueError(f"shift: got {shift}, legal is 0 to {REACH}")
        each = [self.over_shifts(network, size, anywhere=anywhere) for size in self.sizes(anywhere=anywhere)]
        mean, low, high = (
            np.array([getattr(spread, name)[shift] for spread in each]) for name in ("mean", "low", "high")
        )
        return Spread(mean, low, high, min(spread.seeds for spread in each))


def held_until(spread: Spread, share: float) -> int:
    """Return the largest shift up to which the mean keeps at least this share of what it is without a shift.

    Examples
    --------
    >>> held_until(Spread(np.array([0.98, 0.9, 0.5, 0.95]), np.zeros(4), np.ones(4), 1), 0.9)
    1
    """
    kept = spread.mean >= share * spread.mean[0]
    return len(kept) - 1 if kept.all() else int(np.argmin(kept)) - 1


def command(name: str) -> str:
    """Return the line that makes a run again."""
    return f"python -m explorer.insight.runs {name} --data mnist.npz"


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def exists(name: str, folder: Path = FOLDER) -> bool:
    """Tell whether a run has been done and is kept."""
    return (folder / f"{name}.json").exists()


def read(name: str, folder: Path = FOLDER) -> Mapping[str, Any]:
    """Return a stored run as it is written, read once.

    Raises
    ------
    RunError
        If it is missing or is no JSON.
    """
    path = folder / f"{name}.json"
    again = f"`{command(name)}` makes it again."
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise RunError(f"The stored run {path.name} can't be read: {error.strerror}. {again}") from error
    except ValueError as error:
        raise RunError(f"The stored run {path.name} is damaged. {again}") from error


def comparison(name: str = "digits", folder: Path = FOLDER) -> Comparison:
    """Return the stored comparison of networks.

    Raises
    ------
    RunError
        If it is missing, or a row is not as it must be.
    """
    found = read(name, folder)
    try:
        rows = tuple(_row(row) for row in found["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"The stored run {name}.json is damaged: {error}. `{command(name)}` makes it again."
        ) from error
    if not rows:
        raise RunError(f"The stored run {name}.json holds no training. `{command(name)}` makes it again.")
    return Comparison({key: value for key, value in found.items() if key != "rows"}, rows)


def _row(row: Mapping[str, Any]) -> Row:
    accuracy = tuple(float(value) for value in row["accuracy"])
    if row["network"] not in CONTENDERS:
        raise ValueError(f"network: got {row['network']!r}, legal are {', '.join(CONTENDERS)}")
    if len(accuracy) != REACH + 1 or not all(0 <= value <= 1 for value in accuracy):
        raise ValueError(f"accuracy: got {accuracy}, needed are {REACH + 1} numbers from 0 to 1")
    return Row(
        row["network"],
        int(row["pictures"]),
        bool(row["anywhere"]),
        int(row["seed"]),
        accuracy,
        float(row.get("seconds", 0.0)),
    )
