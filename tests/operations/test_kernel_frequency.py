import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.operations.convolution import convolve
from explorer.operations.kernel_frequency import response
from explorer.operations.kernels import KERNELS


@pytest.mark.parametrize("name", KERNELS)
def test_in_the_centre_stands_the_sum_of_the_weights(name: str) -> None:
    weights = KERNELS[name].weights
    got = response(weights)
    assert got.shape == (64, 64)
    assert got.dtype == np.float32
    assert got[32, 32] == pytest.approx(abs(float(weights.sum())), abs=1e-5)


def test_a_copy_lets_everything_through() -> None:
    np.testing.assert_allclose(response(KERNELS["identity"].weights, 16), 1, rtol=1e-6)


def test_a_difference_lets_through_the_sine_of_its_direction() -> None:
    got = response(np.array([[-1, 0, 1]], np.float32), 32)
    frequency = (np.arange(32) - 16) / 32
    np.testing.assert_allclose(got, np.tile(2 * np.abs(np.sin(2 * np.pi * frequency)), (32, 1)), atol=1e-6)


@settings(max_examples=40)
@given(st.sampled_from(list(KERNELS)), st.integers(-8, 7), st.integers(-8, 7))
def test_it_is_how_much_a_wave_grows(name: str, down: int, right: int) -> None:
    weights = KERNELS[name].weights
    rows, cols = np.mgrid[:16, :16]
    turns = 2 * np.pi * (rows * down + cols * right) / 16
    answers = [convolve(wave(turns), weights, padding="same", border="wrap") for wave in (np.cos, np.sin)]
    size = np.hypot(*(answer.astype(np.float64) for answer in answers))
    np.testing.assert_allclose(size, response(weights, 16)[8 + down, 8 + right], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("turned", [False, True])
def test_turning_a_kernel_turns_its_response(turned: bool) -> None:
    weights = KERNELS["gabor"].weights
    got = response(weights.T if turned else weights, 17)
    row, col = np.unravel_index(got.argmax(), got.shape)
    assert (col == 8) if turned else (row == 8)


def test_a_size_smaller_than_the_kernel_is_said() -> None:
    message = "size: got 4, needed is at least the kernel's 5"
    with pytest.raises(ValueError, match=re.escape(message)):
        response(np.ones((2, 5), np.float32), 4)
