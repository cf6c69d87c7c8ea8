from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.trained.transformations import Moves


def picture(channels: int = 3, rows: int = 12, cols: int = 15) -> np.ndarray:
    return np.random.default_rng(0).random((channels, rows, cols), np.float32)


@pytest.mark.parametrize(("down", "right"), [(0, 0), (3, 0), (0, -4), (-2, 5), (11, -14), (12, 15), (40, -40)])
@pytest.mark.parametrize("edge", ["edge", "mirror", "black"])
def test_a_shift_copies_cells_to_the_bit(down: int, right: int, edge: str) -> None:
    image = picture()
    rows, cols = image.shape[1:]
    moved = Moves(down, right, edge=edge).of(image)
    assert moved.shape == image.shape
    for row in range(rows):
        for col in range(cols):
            at = row - down, col - right
            if 0 <= at[0] < rows and 0 <= at[1] < cols:
                assert np.array_equal(moved[:, row, col], image[:, at[0], at[1]])
            elif edge == "black":
                assert not moved[:, row, col].any()
            elif edge == "edge":
                near = np.clip(at, 0, (rows - 1, cols - 1))
                assert np.array_equal(moved[:, row, col], image[:, near[0], near[1]])


@pytest.mark.parametrize(
    ("right", "cells"),
    [(2, [2, 1, 0, 1, 2]), (-3, [3, 4, 3, 2, 1]), (6, [2, 3, 4, 3, 2]), (9, [1, 0, 1, 2, 3])],
)
def test_a_mirrored_edge_goes_back_and_forth_through_the_picture(right: int, cells: list[int]) -> None:
    row = np.arange(5, dtype=np.float32)[None, None] / 10
    assert Moves(right=right, edge="mirror").of(row)[0, 0].tolist() == row[0, 0, cells].tolist()


def test_nothing_is_a_new_array_that_is_the_same() -> None:
    image = picture()
    before = image.copy()
    for moves in (Moves(), Moves(seed=4), Moves(3, 2, 20, 1.5, 1, 0.1)):
        moved = moves.of(image)
        assert not np.shares_memory(moved, image)
        assert np.array_equal(image, before)
        assert np.array_equal(moved, image) == moves.none


def test_a_quarter_turn_is_counter_clockwise() -> None:
    image = picture(rows=9, cols=9)
    turned = Moves(angle=90).of(image)
    assert np.array_equal(turned, np.rot90(image, axes=(1, 2)))


def test_zoom_enlarges_about_the_middle() -> None:
    image = np.zeros((1, 9, 9), np.float32)
    image[0, 4, 6] = 1
    found = Moves(zoom=2).of(image)[0]
    assert np.unravel_index(found.argmax(), found.shape) == (4, 8)
    assert np.allclose(Moves(zoom=2).of(np.full((1, 9, 9), 0.4, np.float32)), 0.4)


def test_blur_keeps_what_is_even_and_spreads_a_point() -> None:
    assert np.allclose(Moves(blur=2).of(np.full((3, 9, 9), 0.7, np.float32)), 0.7, atol=1e-6)
    point = np.zeros((1, 31, 31), np.float32)
    point[0, 15, 15] = 1
    spread = Moves(blur=2).of(point)[0].astype(float)
    at = np.arange(31) - 15
    assert (spread.sum(1) * at**2).sum() == pytest.approx(4, rel=0.05)  # its variance


def test_a_blur_takes_what_comes_in_at_the_edge() -> None:
    ramp = np.tile(np.arange(16, dtype=np.float32) / 16, (1, 16, 1))
    for edge, pad in (("edge", "edge"), ("mirror", "reflect"), ("black", "constant")):
        inner = Moves(blur=1, edge="edge").of(np.pad(ramp, ((0, 0), (8, 8), (8, 8)), mode=pad))
        assert np.allclose(Moves(blur=1, edge=edge).of(ramp), inner[:, 8:-8, 8:-8], atol=1e-6)


def test_what_is_shrunk_is_smoothed_first_as_scikit_image_does() -> None:
    stripes = np.tile(np.arange(64) % 2, (1, 64, 1)).astype(np.float32)
    assert np.allclose(Moves(zoom=0.27).of(stripes)[:, :, 26:38], 0.5, atol=2e-3)
    kept = Moves(zoom=0.5, edge="black").of(np.full((2, 32, 32), 0.8, np.float32))
    assert np.allclose(kept[:, 10:22, 10:22], 0.8, atol=1e-6)
    assert not kept[:, :6].any()


@given(
    arrays(np.float32, (2, 7, 9), elements=st.floats(0, 1, width=32)),
    st.floats(0, 10),
    st.floats(0.25, 4),
    st.floats(-180, 180),
    st.sampled_from(["edge", "mirror", "black"]),
)
@example(np.ones((2, 7, 9), np.float32), 0.4, 1.0, 0.0, "edge")
def test_nothing_leaves_the_range(image: np.ndarray, blur: float, zoom: float, angle: float, edge: str) -> None:
    moved = Moves(angle=angle, zoom=zoom, blur=blur, edge=edge).of(image)
    assert moved.dtype == np.float32
    assert moved.shape == image.shape
    assert moved.min() >= 0
    assert moved.max() <= 1


def test_an_input_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"prepared: got \(4, 4\), needed is \(channels, rows, cols\)"):
        Moves().of(np.zeros((4, 4), np.float32))


def test_noise_follows_from_the_seed_and_is_clipped() -> None:
    image = np.full((3, 64, 64), 0.5, np.float32)
    one, again, other = (Moves(noise=0.1, seed=seed).of(image) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert one.std() == pytest.approx(0.1, rel=0.05)
    strong = Moves(noise=1.0).of(image)
    assert (strong.min(), strong.max()) == (0, 1)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"down": 600}, "down: got 600, needed is a whole number from −512 to 512"),
        ({"right": 1.5}, "right: got 1.5"),
        ({"angle": 181}, "angle: got 181, needed is a number from −180 to 180"),
        ({"zoom": 0}, "zoom: got 0, needed is a number from 0.25 to 4"),
        ({"blur": float("nan")}, "blur: got nan"),
        ({"noise": True}, "noise: got True"),
        ({"seed": -1}, "seed: got -1"),
        ({"edge": "wrap"}, "edge: got 'wrap', legal are edge, mirror, black"),
    ],
)
def test_what_is_out_of_range_is_refused(asked: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Moves(**asked)


def test_it_says_what_it_does() -> None:
    assert Moves().describe() == "as it is"
    said = Moves(2, -1, -15, 0.5, 1.5, 0.2).describe()
    assert said == (
        "turned by −15°, shrunk to 0.5, shifted 2 down, shifted 1 left, blurred by 1.5 cells, "
        "noise of 0.2 added and clipped to 0 to 1"
    )
    assert Moves(right=3, edge="black").describe() == "shifted 3 right, with black coming in at the edge"
    assert Moves(edge="black").describe() == "as it is"
    assert Moves(right=3).shift
    assert not Moves(right=3, blur=1).shift
