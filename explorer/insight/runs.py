"""Make the stored runs again: ``python -m explorer.insight.runs NAME --data mnist.npz``.

``digits`` trains four small networks on several numbers of MNIST's digits, with several seeds each, and judges
them on shifted ones; ``example-averaged`` trains the lecture's network with global average pooling in its dense
layer's place. Both go on where they were stopped.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import torch

from explorer.insight import small, stored
from explorer.insight.contenders import CONTENDERS, REACH, framed
from explorer.insight.costs import averaged
from explorer.networks.budget import budget, totals
from explorer.trained import cards, download
from explorer.trained.data import SOURCES, DataSet, Pictures, hold_out, read
from explorer.trained.loop import Training
from explorer.trained.recipes import RECIPES
from explorer.trained.training import BUILD, MODELS, Progress, clock

SETTINGS = small.Settings(steps=150, batch=100, rate=6e-3)
SIZES = (60, 300, 1_500, 15_000)  # of 60,000: 0.1, 0.5, 2.5 and 25 %; of the last each is seen once
SEEDS = (0, 1, 2)
TESTED = 1_000  # a tenth of the test part, each class in its share
NAMES = ("digits", "example-averaged")


def main(arguments: Sequence[str] | None = None, stream: TextIO = sys.stdout) -> int:
    """Make a run, or go on with it.

    Returns
    -------
    int
        0 where it is complete, 2 where it could not be made.
    """
    asked = _parser().parse_args(arguments)
    torch.set_num_threads(asked.threads)
    target: Path = asked.out or stored.FOLDER / f"{asked.name}.json"
    try:
        path = asked.data or download.fetch("mnist", BUILD / "data", stream)
        pictures = read("mnist", path)
        if asked.name == "digits":
            settings = replace(SETTINGS, steps=asked.steps or SETTINGS.steps)
            compare(pictures, settings, asked.sizes, asked.seeds, target, stream, fresh=asked.fresh)
        else:
            average(pictures, asked.epochs, target, stream, fresh=asked.fresh)
    except ValueError as error:
        stream.write(f"{error}\n")
        return 2
    stream.write(f"written to {target}\n")
    return 0


def wanted(sizes: Sequence[int], seeds: Sequence[int]) -> Iterator[tuple[int, str, int, bool]]:
    """Yield every training as (seed, network, pictures, anywhere), a whole comparison before the next seed."""
    for seed in seeds:
        for size in sorted(sizes, reverse=True):
            yield from ((seed, network, size, False) for network in CONTENDERS)
        yield from ((seed, network, max(sizes), True) for network in CONTENDERS)


def compare(
    pictures: DataSet,
    settings: small.Settings,
    sizes: Sequence[int],
    seeds: Sequence[int],
    target: Path,
    stream: TextIO,
    *,
    fresh: bool = False,
) -> None:
    """Train and judge every network, and write each result as soon as it is there.

    Parameters
    ----------
    pictures
        MNIST; it is learned from the training part and judged on the test part, and nothing is chosen by that.
    settings
        Of each training.
    sizes, seeds
        From how many pictures, and what chance follows from; another seed learns from other pictures, too.
    target
        The file; trainings that stand in it with these settings are not done again.
    stream
        Where the progress goes.
    fresh
        Whether to begin anew.

    Raises
    ------
    ValueError
        If a size is larger than the training part, or the file was made with other settings.
    """
    if max(sizes) > len(pictures.train) or min(sizes) < 1:
        raise ValueError(f"sizes: got {list(sizes)}, legal is 1 to {len(pictures.train)}")
    about: dict[str, Any] = {
        "settings": {**asdict(settings), "optimizer": "AdamW", "largest_shift": REACH},
        "data": _data(pictures),
        "contenders": {
            key: {"title": one.title, "parameters": one.parameters, "macs": one.macs}
            for key, one in CONTENDERS.items()
        },
    }
    rows = [] if fresh or not target.exists() else _rows(target, about)
    test = pictures.test
    if len(test) > TESTED:
        test = test.pick(hold_out(test.labels, TESTED, seed=0)[1])
    about["data"] = {**about["data"], "tested": len(test)}
    frames = framed(test.images)
    todo = list(wanted(sizes, seeds))
    done = {(row["seed"], row["network"], row["pictures"], row["anywhere"]) for row in rows}
    begun, fresh_ones = time.monotonic(), 0
    for number, key in enumerate(todo, 1):
        if key in done:
            continue
        seed, network, size, anywhere = key
        started = time.monotonic()
        part = _part(pictures.train, size, seed)
        way = replace(settings, anywhere=anywhere)
        module = small.learn(CONTENDERS[network], framed(part.images), part.labels, way, seed=seed)
        accuracy = small.over_shifts(module, frames, test.labels)
        rows.append(
            {
                "network": network,
                "pictures": size,
                "anywhere": anywhere,
                "seed": seed,
                "accuracy": [round(value, 4) for value in accuracy],
                "seconds": round(time.monotonic() - started, 1),
            }
        )
        _write(target, "digits", about, rows)
        fresh_ones += 1
        left = (time.monotonic() - begun) / fresh_ones * sum(other not in done for other in todo[number:])
        stream.write(
            f"{number} of {len(todo)}: {network} on {size:,}, seed {seed}{', anywhere' if anywhere else ''}: "
            f"{accuracy[0]:.1%} in the middle, {accuracy[-1]:.1%} {REACH} px away; about {clock(left)} left\n"
        )
        stream.flush()
    _write(target, "digits", about, rows)


def average(pictures: DataSet, epochs: int, target: Path, stream: TextIO, *, fresh: bool = False) -> None:
    """Train the lecture's network with global average pooling, exactly by its recipe, for its first epochs.

    Parameters
    ----------
    pictures
        MNIST; only its training part is used, and what is held out of it.
    epochs
        After how many to stop; the recipe's whole course of steps stays as it is.
    target
        The file.
    stream
        Where the progress goes.
    fresh
        Whether to begin anew rather than go on from the last checkpoint.

    Raises
    ------
    ValueError
        If the shipped network's card, which it is compared with, is missing.
    """
    recipe = RECIPES["example"]
    training_card = cards.read(MODELS / "example.json")["training"]
    changed = replace(recipe, name="example-averaged", architecture=averaged(recipe.architecture), shipped=None)
    training = Training(changed, pictures.train, 1, BUILD / "training" / changed.name, False)
    if fresh:
        training.path.unlink(missing_ok=True)
    training.resume()
    training.run(Progress(stream), until=epochs * training.steps_an_epoch)
    sums = totals(budget(changed.architecture))
    about = {
        "settings": {
            "recipe": recipe.name,
            "epochs": epochs,
            "seed": training.seed,
            "batch": recipe.batch,
            "rate": recipe.rate,
            "decay": recipe.decay,
            "steps_an_epoch": training.steps_an_epoch,
        },
        "data": {**_data(pictures), "learned_from": len(training.kept), "held_out": len(training.held)},
        "network": {"parameters": sums.parameters, "macs": sums.macs},
        "reference": {"command": training_card["command"], "rows": training_card["history"]},
    }
    _write(target, changed.name, about, [asdict(epoch) for epoch in training.history])


def _part(train: Pictures, size: int, seed: int) -> Pictures:
    """Draw so many pictures, each class in its share."""
    return train if size == len(train) else train.pick(hold_out(train.labels, size, seed=seed)[1])


def _data(pictures: DataSet) -> dict[str, Any]:
    source = SOURCES[pictures.name]
    return {
        "title": source.title,
        "reference": source.reference,
        "terms": source.terms,
        "test": len(pictures.test),
    }


def _rows(target: Path, about: dict[str, Any]) -> list[dict[str, Any]]:
    found = json.loads(target.read_text("utf-8"))
    if found["settings"] != about["settings"] or found["contenders"] != about["contenders"]:
        raise ValueError(
            f"{target} was made with other settings: name another with --out, or begin anew with --fresh"
        )
    rows: list[dict[str, Any]] = found["rows"]
    return rows


def _write(target: Path, name: str, about: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Write the run whole: a file that is half written is never there."""
    made = {
        "name": name,
        "command": stored.command(name),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "made_with": f"Python {platform.python_version()}, torch {torch.__version__}, NumPy {np.__version__}",
    }
    body = json.dumps({**made, **about, "rows": []}, indent=1, ensure_ascii=False)
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".part")
    draft.write_text(body.replace('"rows": []', f'"rows": [\n  {lines}\n ]') + "\n", "utf-8")
    draft.replace(target)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m explorer.insight.runs", description=__doc__)
    parser.add_argument("name", choices=NAMES, help="the run")
    parser.add_argument("--data", type=Path, help="MNIST's file or folder; downloaded if not given")
    parser.add_argument("--out", type=Path, help="the file to write, if not the project's own")
    parser.add_argument("--fresh", action="store_true", help="begin anew, whatever there is")
    parser.add_argument("--threads", type=int, default=1, help="processor cores to use")
    parser.add_argument("--steps", type=int, help="digits: steps of each training, if not as stored")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, help="digits: how many pictures to learn from"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS, help="digits: what chance follows from")
    parser.add_argument("--epochs", type=int, default=1, help="example-averaged: after how many to stop")
    return parser


if __name__ == "__main__":
    sys.exit(main())
