"""The networks that are compared, and how a digit is framed and moved."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.insight.contenders import CONTENDERS, DIGIT, REACH, SIDE, framed, scattered, shifted
from explorer.networks.budget import budget
from explorer.networks.module import build


def digits(count: int = 8) -> np.ndarray:
    return np.random.default_rng(0).integers(1, 256, (count, DIGIT, DIGIT), dtype=np.uint8)


def test_three_have_the_same_number_of_parameters_to_one_percent() -> None:
    counts = [CONTENDERS[key].parameters for key in ("pooled", "flat", "dense")]
    assert max(counts) / min(counts) < 1.01


def test_the_fourth_has_fifteen_times_as_many() -> None:
    assert round(CONTENDERS["wide"].parameters / CONTENDERS["dense"].parameters, 0) in {15, 16}
    assert "15 times" in CONTENDERS["wide"].title


@pytest.mark.parametrize("key", CONTENDERS)
def test_parameters_are_those_that_torch_counts(key: str) -> None:
    module = build(CONTENDERS[key].architecture)
    assert sum(one.numel() for one in module.parameters()) == CONTENDERS[key].parameters


@pytest.mark.parametrize("key", CONTENDERS)
def test_each_takes_a_frame_and_gives_ten_scores(key: str) -> None:
    assert CONTENDERS[key].architecture.input_shape == (1, SIDE, SIDE)
    assert CONTENDERS[key].architecture.shapes[-1] == (10,)


def test_the_maps_that_are_averaged_lie_four_pixels_apart() -> None:
    rows = budget(CONTENDERS["pooled"].architecture)
    assert next(row.jump for row in rows if row.kind == "conv2d" and row.output_shape[0] == 48) == (4, 4)


def test_a_framed_digit_is_in_the_middle_and_whole() -> None:
    images = digits()
    frames = framed(images)
    np.testing.assert_array_equal(frames[:, 0, 10:38, 10:38], images.astype(np.float32) / 255)
    assert np.isclose(frames.sum(), (images / 255).sum())


def test_channels_may_be_there_or_not() -> None:
    np.testing.assert_array_equal(framed(digits()), framed(digits()[:, None]))


@pytest.mark.parametrize("wrong", [np.zeros((2, 28, 28), np.float32), np.zeros((2, 27, 28), np.uint8)])
def test_what_is_no_digit_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="digits: got"):
        framed(wrong)


@pytest.mark.parametrize("shift", [0, 1, REACH])
def test_a_quarter_each_goes_right_down_left_and_up(shift: int) -> None:
    frames = framed(digits())
    moved = shifted(frames, shift)
    for number, (down, right) in enumerate(((0, 1), (1, 0), (0, -1), (-1, 0)) * 2):
        rows = slice(10 + down * shift, 38 + down * shift)
        cols = slice(10 + right * shift, 38 + right * shift)
        np.testing.assert_array_equal(moved[number, 0, rows, cols], frames[number, 0, 10:38, 10:38])
        assert np.count_nonzero(moved[number]) == DIGIT**2


@pytest.mark.parametrize("shift", [-1, REACH + 1])
def test_a_shift_that_loses_pixels_is_refused(shift: int) -> None:
    with pytest.raises(ValueError, match=r"shift: got .*, legal is 0 to 10"):
        shifted(framed(digits()), shift)


def test_scattered_digits_are_whole_each_at_its_place_and_follow_from_the_seed() -> None:
    frames = framed(digits(200))
    moved = scattered(frames, 3)
    np.testing.assert_array_equal(np.sort(moved.reshape(200, -1)), np.sort(frames.reshape(200, -1)))
    tops = (moved[:, 0].max(2) > 0).argmax(1)
    assert tops.min() == 0
    assert tops.max() == 2 * REACH
    np.testing.assert_array_equal(moved, scattered(frames, 3))
    assert not np.array_equal(moved, scattered(frames, 4))
