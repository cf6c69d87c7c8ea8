"""A map moves with the picture: exactly for multiples of its jump, and the difference is said for others."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.insight.moving import moved
from explorer.networks.architecture import Architecture, Conv2d, Dense, Flatten
from explorer.networks.module import build
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import activate
from explorer.trained.sweeps import follows
from explorer.trained.transformations import Moves
from explorer.trained.zoo import TrainedNetwork

TINY = zoo.load("tiny-vgg")
CUP = TINY.prepare(SAMPLES["coffee"].load())
STILL = activate(TINY, CUP)
JUMPS = {"relu_1_2": 1, "max_pool_1": 2, "relu_2_2": 2, "max_pool_2": 4}


@pytest.mark.parametrize(("stage", "jump"), JUMPS.items())
@pytest.mark.parametrize(("down", "right"), [(0, 4), (-8, 12), (4, -4)])
def test_a_multiple_of_the_jump_moves_every_number_to_the_bit(
    stage: str, jump: int, down: int, right: int
) -> None:
    after = activate(TINY, Moves(down, right).of(CUP))
    told = moved(STILL, after, stage, down, right)
    assert (told.jump, told.by) == ((jump, jump), (down // jump, right // jump))
    assert told.whole
    assert told.exact
    assert (told.largest, told.same) == (0.0, told.cells)
    (followed,) = [row for row in follows(STILL, after, down, right) if row.stage == stage]
    assert (told.cells, told.same) == (followed.cells, followed.same)
    rows, cols = (slice(max(0, n), None if n >= 0 else n) for n in told.by)
    assert np.isfinite(told.difference[:, rows, cols]).mean() > 0.5
    assert not np.nan_to_num(told.difference).any()


@pytest.mark.parametrize(
    ("stage", "right"), [("max_pool_1", 1), ("max_pool_1", 3), ("max_pool_2", 2), ("relu_2_2", 1)]
)
def test_another_shift_does_not_and_the_number_says_by_how_much(stage: str, right: int) -> None:
    told = moved(STILL, activate(TINY, Moves(right=right).of(CUP)), stage, 0, right)
    assert not told.whole
    assert not told.exact
    assert told.by[1] in {right // told.jump[1], right // told.jump[1] + 1}
    assert told.largest == np.nanmax(np.abs(told.difference))
    assert told.largest > 0.05 * told.strongest


def test_the_nearer_of_two_places_is_taken() -> None:
    after = activate(TINY, Moves(right=3).of(CUP)).values["max_pool_2"]
    still = STILL.values["max_pool_2"]
    told = moved(STILL, activate(TINY, Moves(right=3).of(CUP)), "max_pool_2", 0, 3)
    seen = slice(1, 12)  # cells that see nothing but the picture, before and after
    nearer = min((0, 1), key=lambda by: np.abs(after[:, :, seen] - still[:, :, 1 - by : 12 - by]).mean())
    assert told.by == (0, nearer)


def test_nothing_is_compared_where_the_picture_is_gone() -> None:
    told = moved(STILL, activate(TINY, Moves(right=60).of(CUP)), "max_pool_2", 0, 60)
    assert (told.cells, told.same, told.largest) == (0, 0, 0.0)
    assert not told.exact
    assert np.isnan(told.difference).all()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="stage: got 'output'"):
        moved(STILL, STILL, "output", 0, 0)
    architecture = Architecture((3, 8, 8), [Conv2d(2, 3, name="relu_1_2"), Flatten(), Dense(2)])
    small = TrainedNetwork("small", architecture, ("a", "b"), TINY.card, build(architecture), TINY.preparation)
    other = activate(small, np.zeros((3, 8, 8), np.float32))
    with pytest.raises(ValueError, match="after: got small, needed is tiny-vgg"):
        moved(STILL, other, "relu_1_2", 0, 0)
