"""The code is run in a process of its own, beside the shipped weights and nothing else of the project."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.source import as_torch
from explorer.trained.stages import Activations, stages
from explorer.trained.transformations import Moves
from explorer.trained.view import OwnChoice, View

SHIPPED = [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()]


def run(folder: Path, found: Activations, code: str) -> str:
    name = f"{found.network.name}.safetensors"
    shutil.copy(zoo.MODELS / name, folder / name)
    np.save(folder / "input.npy", found.prepared)
    (folder / "shown.py").write_text(code, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "shown.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shares(printed: str) -> dict[str, float]:
    return {name: float(share) / 100 for share, name in re.findall(r"^ *([\d.]+)%  (.+)$", printed, re.MULTILINE)}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_code_prints_the_numbers_on_the_screen(name: str, tmp_path: Path) -> None:
    found = View(name).run(SAMPLES["coffee"].load())
    stage = next(one for one in stages(found.network.architecture) if one.kind == "pooling")
    printed = run(tmp_path, found, as_torch(found, stage.name, 2, (3, 4)))
    value = float(re.search(rf"{stage.name}, map 3, row 3, column 4: (\S+)", printed)[1])
    assert value == pytest.approx(float(found.values[stage.name][2, 3, 4]), rel=1e-5, abs=1e-6)
    said = shares(printed)
    assert said == pytest.approx(dict(zip(found.network.classes, found.probabilities, strict=True)), abs=1e-5)


def test_changes_are_in_the_code(tmp_path: Path) -> None:
    view = View(
        "tiny-vgg",
        off=(("conv_1_2", 3), ("conv_2_1", 0), ("conv_1_2", 4)),
        own=OwnChoice(2, "sobel-vertical"),
        moves=Moves(right=3, noise=0.1),
    )
    found = view.run(SAMPLES["cat"].load())
    printed = run(tmp_path, found, as_torch(found, "output", 5))
    assert shares(printed) == pytest.approx(
        dict(zip(found.network.classes, found.probabilities, strict=True)), abs=1e-5
    )
    value = float(re.search(r"output, unit 6: (\S+)", printed)[1])
    assert value == pytest.approx(float(found.scores[5]), rel=1e-5)
    plain = view.plain.run(SAMPLES["cat"].load())
    assert not np.allclose(plain.probabilities, found.probabilities, atol=0.01)


def test_a_map_without_a_cell_prints_its_range(tmp_path: Path) -> None:
    found = View("tiny-vgg").run(SAMPLES["cat"].load())
    printed = run(tmp_path, found, as_torch(found, "relu_2_1", 1))
    low, high = map(float, re.search(r"relu_2_1, map 2: from (\S+) to (\S+)", printed).groups())
    values = found.values["relu_2_1"][1]
    assert (low, high) == pytest.approx((float(values.min()), float(values.max())), rel=1e-5)


def test_the_input_prints_nothing_more() -> None:
    found = View("tiny-vgg").run(SAMPLES["cat"].load())
    assert as_torch(found, "input", 1) == as_torch(found)
