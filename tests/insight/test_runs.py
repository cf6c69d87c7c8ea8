"""The stored runs: made by the command, gone on with, read back, and refused where they are damaged."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from explorer.insight import runs, stored
from explorer.insight.contenders import CONTENDERS
from explorer.insight.generated import digits
from explorer.insight.stored import Comparison, Row, RunError, Spread


@pytest.fixture
def data(tmp_path: Path) -> Path:
    images, labels = digits(60, seed=0)
    path = tmp_path / "mnist.npz"
    np.savez(path, xtrain=images, ytrain=labels, xtest=images[:20], ytest=labels[:20])
    return path


def made(data: Path, out: Path, *more: str) -> str:
    said = io.StringIO()
    asked = [
        "digits",
        "--data",
        str(data),
        "--out",
        str(out),
        "--steps",
        "2",
        "--seeds",
        "0",
        "--sizes",
        "20",
        "60",
    ]
    assert runs.main([*asked, *more], said) == 0
    return said.getvalue()


def test_a_run_holds_every_training_and_how_it_was_made(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "digits.json"
    assert "12 of 12" in made(data, out)
    found = stored.comparison("digits", tmp_path)
    assert found.sizes() == (20, 60)
    assert found.sizes(anywhere=True) == (60,)
    assert found.networks == tuple(CONTENDERS)
    assert (
        len(found.rows) == len({(row.network, row.pictures, row.anywhere, row.seed) for row in found.rows}) == 12
    )
    assert found.made["settings"]["steps"] == 2
    assert found.made["data"]["title"] == "MNIST"
    assert found.made["command"] == "python -m explorer.insight.runs digits --data mnist.npz"


def test_a_run_that_was_stopped_goes_on_and_comes_to_the_same(data: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.json", tmp_path / "part.json"
    made(data, whole)
    all_rows = json.loads(whole.read_text("utf-8"))
    part.write_text(json.dumps({**all_rows, "rows": all_rows["rows"][:10]}), "utf-8")
    said = made(data, part)
    assert "11 of 12" in said
    assert "10 of 12" not in said
    rows = [json.loads(path.read_text("utf-8"))["rows"] for path in (whole, part)]
    for one, other in zip(*rows, strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}


def test_another_runs_file_is_not_mixed_with_it(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "digits.json"
    made(data, out)
    said = io.StringIO()
    asked = ["digits", "--data", str(data), "--out", str(out), "--steps", "3", "--sizes", "20"]
    assert runs.main(asked, said) == 2
    assert "other settings" in said.getvalue()


def test_more_pictures_than_there_are_is_said(data: Path, tmp_path: Path) -> None:
    said = io.StringIO()
    asked = ["digits", "--data", str(data), "--out", str(tmp_path / "x.json"), "--sizes", "61"]
    assert runs.main(asked, said) == 2
    assert "sizes: got [61], legal is 1 to 60" in said.getvalue()


def row(network: str, pictures: int, seed: int, *accuracy: float) -> Row:
    return Row(network, pictures, False, seed, (*accuracy, *([0.1] * (11 - len(accuracy)))))


def test_mean_and_spread_are_those_of_the_seeds() -> None:
    found = Comparison(
        {}, (row("dense", 10, 0, 0.8, 0.6), row("dense", 10, 1, 0.9, 0.2), row("dense", 20, 0, 1.0))
    )
    spread = found.over_shifts("dense", 10)
    assert (spread.mean[0], spread.low[0], spread.high[0], spread.seeds) == (pytest.approx(0.85), 0.8, 0.9, 2)
    sizes = found.over_sizes("dense", 1)
    np.testing.assert_allclose(sizes.mean, [0.4, 0.1])
    assert sizes.seeds == 1


def test_only_sizes_that_all_networks_have_are_compared() -> None:
    found = Comparison({}, (row("dense", 10, 0), row("dense", 20, 0), row("flat", 20, 0)))
    assert found.sizes() == (20,)
    with pytest.raises(ValueError, match="no training of 'flat' from 10 pictures"):
        found.over_shifts("flat", 10)
    with pytest.raises(ValueError, match="shift: got 11"):
        found.over_sizes("flat", 11)


def test_held_until_is_the_last_shift_before_the_first_fall() -> None:
    def held(*mean: float) -> int:
        return stored.held_until(Spread(np.array(mean), np.array(mean), np.array(mean), 1), 0.9)

    assert held(1.0, 0.95, 0.8, 0.99) == 1
    assert held(1.0, 0.95, 0.91) == 2
    assert held(1.0, 0.5) == 0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "holds no training"),
        ([{"network": "dense"}], "damaged: 'accuracy'"),
        (
            [{"network": "x", "pictures": 1, "anywhere": False, "seed": 0, "accuracy": [0.5] * 11}],
            "network: got 'x'",
        ),
        (
            [{"network": "dense", "pictures": 1, "anywhere": False, "seed": 0, "accuracy": [2] * 11}],
            "accuracy: got",
        ),
    ],
)
def test_a_damaged_run_is_said_with_the_command(rows: list, said: str, tmp_path: Path) -> None:
    (tmp_path / "digits.json").write_text(json.dumps({"rows": rows}), "utf-8")
    with pytest.raises(RunError, match=said) as caught:
        stored.comparison("digits", tmp_path)
    assert "python -m explorer.insight.runs digits" in str(caught.value)


def test_a_missing_or_unreadable_run_is_said(tmp_path: Path) -> None:
    assert not stored.exists("digits", tmp_path)
    with pytest.raises(RunError, match=r"digits\.json can't be read: .* makes it again"):
        stored.read("digits", tmp_path)
    (tmp_path / "digits.json").write_text("{", "utf-8")
    with pytest.raises(RunError, match=r"digits\.json is damaged"):
        stored.read("digits", tmp_path)
    assert stored.exists("digits", tmp_path)
