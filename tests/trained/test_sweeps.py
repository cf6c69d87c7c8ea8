from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.networks.architecture import Architecture
from explorer.networks.layers import Conv2d, Dense, Flatten, MaxPool2d
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import Changes, activate
from explorer.trained.sweeps import LABELS, changed, follows, holds, sweep, values
from explorer.trained.transformations import Moves
from tests.trained.test_stages import trained

NETWORK = zoo.load("tiny-vgg")
CUP = NETWORK.prepare(SAMPLES["coffee"].load())


@pytest.mark.parametrize("name", list(LABELS))
def test_a_sweep_is_each_move_by_itself(name: str) -> None:
    places = values(name, 64)[::5]
    told: list[float] = []
    base, changes = Moves(down=1, blur=0.5), Changes(off=(("conv_1_2", 3),))
    found = sweep(NETWORK, CUP, name, places, moves=base, changes=changes, told=told.append)
    assert found.shape == (len(places), 10)
    assert told[-1] == 1
    assert told == sorted(told)
    for row, value in zip(found, places, strict=True):
        moves = replace(base, **{name: int(value) if name in {"right", "down"} else value})
        alone = activate(NETWORK, moves.of(CUP), changes).probabilities
        assert np.allclose(row, alone, atol=1e-5)


@pytest.mark.parametrize("name", list(LABELS))
@pytest.mark.parametrize("size", [16, 32, 64, 150])
def test_the_values_are_legal_and_begin_or_stand_at_nothing_done(name: str, size: int) -> None:
    places = values(name, size)
    assert 9 <= len(places) <= 45
    assert list(places) == sorted(places)
    assert any(replace(Moves(), **{name: value}).none for value in places)


def test_an_unknown_move_is_refused() -> None:
    with pytest.raises(ValueError, match="name: got 'tilt', legal are right"):
        values("tilt", 64)


def test_what_does_not_fit_is_refused() -> None:
    for changes, says in (
        (Changes(off=(("conv_9", 0),)), "off: got 'conv_9', legal are conv_1_1"),
        (Changes(off=(("conv_1_1", 10),)), "off: got map 10 of conv_1_1, legal is 0 to 9"),
    ):
        with pytest.raises(ValueError, match=says):
            sweep(NETWORK, CUP, "right", [0], changes=changes)
    with pytest.raises(ValueError, match=r"prepared: got \(1, 64, 64\), needed is \(3, 64, 64\)"):
        sweep(NETWORK, CUP[:1], "right", [0])
    with pytest.raises(ValueError, match="places: got none"):
        sweep(NETWORK, CUP, "right", [])
    with pytest.raises(ValueError, match="name: got 'seed', legal are right"):
        changed(Moves(), "seed", 1)
    with pytest.raises(ValueError, match="zoom: got 9"):
        sweep(NETWORK, CUP, "zoom", [1, 9])


def test_an_answer_holds_between_the_first_changes() -> None:
    top = np.eye(3, dtype=np.float32)[[1, 0, 0, 2, 2, 0]]
    assert holds(top, range(6), 1) == (1, 2)
    assert holds(top, range(6), 4.4) == (3, 4)
    assert holds(top, range(6), 0) == (0, 0)
    assert holds(top, range(6), 99) == (5, 5)


@pytest.mark.parametrize(("down", "right"), [(4, 0), (0, -8), (4, 4), (-4, 12)])
def test_maps_follow_a_shift_of_whole_jumps_to_the_bit(down: int, right: int) -> None:
    before, after = activate(NETWORK, CUP), activate(NETWORK, Moves(down, right).of(CUP))
    found = follows(before, after, down, right)
    assert [one.stage for one in found] == list(before.values)[:-1]
    assert all(one.cells and one.same == one.cells and one.largest == 0 for one in found)
    assert {one.stage: one.jump for one in found}["max_pool_2"] == (4, 4)


def test_a_shift_between_the_jumps_is_not_followed() -> None:
    found = {one.stage: one for one in follows(*[activate(NETWORK, Moves(right=r).of(CUP)) for r in (0, 2)], 0, 2)}
    assert found["max_pool_1"].same == found["max_pool_1"].cells > 0
    assert found["max_pool_2"].same is None
    assert found["max_pool_2"].largest is None


def test_what_did_not_follow_is_counted() -> None:
    before = activate(NETWORK, CUP)
    other = activate(NETWORK, Moves(right=4, noise=0.05).of(CUP))
    found = follows(before, other, 0, 4)
    assert all(one.same is not None and one.same < one.cells for one in found)
    assert all(one.largest is not None and one.largest > 0 for one in found)


def test_two_networks_are_not_compared() -> None:
    other = trained(Architecture((3, 64, 64), [Conv2d(2, 3), Flatten(), Dense(3)]))
    with pytest.raises(ValueError, match="needed is tiny-vgg as in before"):
        follows(activate(NETWORK, CUP), activate(other, CUP), 0, 0)


def test_a_shift_out_of_the_picture_leaves_no_cell() -> None:
    found = follows(activate(NETWORK, CUP), activate(NETWORK, Moves(right=64).of(CUP)), 0, 64)
    assert all((one.cells, one.same, one.largest) == (0, 0, 0) for one in found)


def test_cells_that_see_the_padding_are_left_out() -> None:
    network = trained(Architecture((1, 12, 12), [Conv2d(2, 3, padding="same"), MaxPool2d(2), Flatten(), Dense(3)]))
    image = np.random.default_rng(0).random((1, 12, 12), np.float32)
    found = follows(activate(network, image), activate(network, Moves(right=2).of(image)), 0, 2)
    assert [(one.stage, one.cells) for one in found] == [("conv1", 2 * 10 * 8), ("pool1", 2 * 4 * 3)]
    assert all(one.same == one.cells for one in found)
