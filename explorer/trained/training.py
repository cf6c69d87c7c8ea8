"""Train one of the shipped networks: ``python -m explorer.trained.training NAME --data FILE``."""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import torch

from explorer.trained import cards, download, weights
from explorer.trained.data import SOURCES, read
from explorer.trained.loop import Begun, Moment, Training
from explorer.trained.recipes import RECIPES

BUILD = Path("build")
MODELS = Path(__file__).parents[2] / "assets" / "models"
WIDTH = 24  # letters of the bar
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # glibc's malloc.h
BETWEEN_LINES = 30.0  # seconds, where the progress goes to a file


class Progress:
    """One line that says how far a training is; in a file, one line every half minute and every epoch."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.live, self.told = stream, stream.isatty(), 0.0

    def __call__(self, moment: Moment) -> None:
        """Say where the training stands."""
        now = time.monotonic()
        if not self.live and moment.epoch is None and now - self.told < BETWEEN_LINES:
            return
        self.told = now
        part = moment.step / moment.steps
        bar = "█" * int(part * WIDTH) + "·" * (WIDTH - int(part * WIDTH))
        line = (
            f"{bar} {part:6.1%}  step {moment.step:,} of {moment.steps:,}  loss {moment.loss:.3f}  "
            f"accuracy {moment.accuracy:.1%}  {clock(moment.seconds_left)} left"
        )
        self.stream.write(f"\r{line} " if self.live else f"{line}\n")
        if moment.epoch is not None:
            epoch = moment.epoch
            self.stream.write(
                f"{chr(10) if self.live else ''}epoch {epoch.number}: loss {epoch.loss:.3f}, accuracy "
                f"{epoch.accuracy:.1%}, held out {epoch.held_out:.2%}, after {clock(epoch.seconds)}\n"
            )
        self.stream.flush()


def main(arguments: Sequence[str] | None = None, stream: TextIO = sys.stdout) -> int:
    """Train a network, judge it on the test part, and write its weights and its model card.

    Returns
    -------
    int
        0 where the network reached its goal and was written among the models, or was not to be judged; 1 where
        it missed it (then it is only written there where ``--short`` asks for it), or went on from a better one;
        2 where it could not be trained.
    """
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.share < 1 and not asked.onward:
        parser.error(f"got --share {asked.share:g} without --onward: there is nothing to share with")
    if asked.origin and not asked.onward:
        parser.error(f"got --from {asked.origin} without --onward: nothing is gone on from")
    if asked.still and not asked.onward:
        parser.error(f"got --still {' '.join(asked.still)} without --onward: chance made these layers")
    torch.set_num_threads(asked.threads)
    _keep_memory()
    recipe = RECIPES[asked.name]
    if asked.epochs:
        recipe = replace(recipe, epochs=asked.epochs)
    if asked.onward:
        recipe = replace(recipe, rate=recipe.rate * asked.onward)
    folder = asked.checkpoints / asked.name
    try:
        begun = _begun(asked) if asked.onward else None
        path = asked.data or download.fetch(recipe.data, BUILD / "data", stream)
        pictures = read(recipe.data, path)
        training = Training(recipe, pictures.train, asked.seed, folder, PRECISIONS[asked.precision], begun)
        if asked.fresh:
            training.path.unlink(missing_ok=True)
        found = training.resume()
    except ValueError as error:
        stream.write(f"{error}\n")
        return 2
    where = f"goes on from step {training.step:,}" if found else "begins"
    stream.write(
        f"{recipe.name} {where}: {len(training.kept):,} pictures of {SOURCES[recipe.data].title}, "
        f"{len(training.held):,} held out, {recipe.epochs} epochs of {training.steps_an_epoch:,} steps\n"
    )
    training.run(Progress(stream))
    card = cards.ship(training, pictures, asked.models, short=asked.short, unjudged=asked.unjudged)
    reached, worse = card["accuracy"], cards.worse(training, card)
    where = f"written to {asked.models if cards.is_for_models(card, short=asked.short) else folder}\n"
    if "overall" not in reached:
        compared = f", worse than before ({worse})" if worse else ""
        stream.write(f"held out: {reached['held_out']:.2%}{compared}; the test part was left alone, {where}")
        return 1 if worse else 0
    good = reached["overall"] >= recipe.goal
    stream.write(
        f"test part: {reached['overall']:.2%} of {reached['pictures']:,} pictures, "
        f"{'' if good else 'short of the goal, '}{where}"
    )
    return 0 if good else 1


def _begun(asked: argparse.Namespace) -> Begun:
    """Read what is shipped, or what another training left, to go on from it.

    Raises
    ------
    ValueError
        If there is none, or it is damaged.
    """
    origin = asked.origin or asked.models
    card = cards.read(origin / f"{asked.name}.json")
    sha256 = card["weights"]["sha256"]
    given = weights.read(origin / f"{asked.name}.safetensors", sha256)
    reached = card["accuracy"]
    return Begun(
        given,
        sha256,
        reached.get("overall"),
        reached["held_out"],
        card["training"],
        asked.onward,
        asked.share,
        tuple(asked.still),
    )


PRECISIONS = {"measured": None, "float32": False, "bfloat16": True}


def _keep_memory() -> None:
    """Let the C library keep what it has freed: asking the system for 280 MB anew costs a third of a step.

    For glibc only; elsewhere nothing changes.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        for option, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, -1), (M_TOP_PAD, 500_000_000)):
            mallopt(option, value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer.trained.training", description=__doc__)
    parser.add_argument("name", choices=list(RECIPES), help="the network")
    parser.add_argument("--data", type=Path, help="file or folder with its pictures; downloaded if not given")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder for weights and model card")
    parser.add_argument("--checkpoints", type=Path, default=BUILD / "training", help="folder to go on from")
    parser.add_argument("--fresh", action="store_true", help="begin anew, whatever the checkpoint")
    parser.add_argument("--epochs", type=_count, help="how often each picture is seen, if not as the recipe says")
    parser.add_argument(
        "--onward",
        type=_part,
        metavar="PART",
        help="go on from what is shipped, with steps of at most this part of the recipe's, as 0.3",
    )
    parser.add_argument(
        "--share",
        type=_part,
        metavar="PART",
        default=1.0,
        help="with --onward: ship the average of what it goes on from and this part of what comes of it",
    )
    parser.add_argument(
        "--from",
        dest="origin",
        type=Path,
        metavar="FOLDER",
        help="with --onward: where the weights lie that it goes on from, if it is not what is shipped",
    )
    parser.add_argument(
        "--still",
        nargs="+",
        metavar="LAYER",
        default=(),
        help="with --onward: convolutions that learn no more, as conv_1 conv_2_1",
    )
    parser.add_argument("--short", action="store_true", help="write it among the models even short of its goal")
    parser.add_argument(
        "--unjudged",
        action="store_true",
        help="leave the test part alone and write beside the checkpoint, for another training to go on from",
    )
    parser.add_argument("--seed", type=int, default=0, help="what all chance follows from")
    parser.add_argument("--threads", type=_count, default=torch.get_num_threads(), help="processor cores to use")
    parser.add_argument("--precision", choices=list(PRECISIONS), default="measured", help="of matrix products")
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"got {text!r}, needed is a whole number of at least 1")
    return int(text)


def _part(text: str) -> float:
    try:
        part = float(text)
    except ValueError:
        part = math.nan
    if not 0 < part <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, needed is a number above 0, at most 1")
    return part


def clock(seconds: float) -> str:
    """Write a time as it is shown.

    Examples
    --------
    >>> clock(75), clock(3700), clock(float("inf"))
    ('1:15', '1:01:40', '?')
    """
    if not math.isfinite(seconds):
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


if __name__ == "__main__":
    sys.exit(main())
