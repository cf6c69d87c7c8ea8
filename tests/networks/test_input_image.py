"""A person's image brought to a network's input."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from explorer.images import fit, to_gray
from explorer.networks.input_image import fit_input, resize


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 2**32 - 1))
def test_a_square_is_what_the_current_image_would_be(
    high: int, wide: int, size: int, colour: bool, seed: int
) -> None:
    shape = (high, wide, 3) if colour else (high, wide)
    image = np.random.default_rng(seed).random(shape, np.float32)
    image.flags.writeable = False
    square = fit(image, size)
    np.testing.assert_array_equal(resize(image, size, size), square)
    np.testing.assert_array_equal(fit_input(image, (1, size, size))[0], to_gray(square))


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 60), st.integers(1, 60), st.booleans())
def test_any_image_fits_any_input(high: int, wide: int, rows: int, cols: int, colour: bool) -> None:
    image = np.random.default_rng(0).random((high, wide, 3) if colour else (high, wide), np.float32)
    for channels in (1, 2, 3):
        out = fit_input(image, (channels, rows, cols))
        assert out.shape == (channels, rows, cols)
        assert out.dtype == np.float32
        assert out.flags.c_contiguous
        assert image.min() <= out.min() <= out.max() <= image.max()


def test_what_is_cut_off_is_the_edge() -> None:
    image = np.arange(60.0).reshape(6, 10)
    np.testing.assert_array_equal(resize(image, 6, 4), image[:, 3:7])
    np.testing.assert_array_equal(resize(image, 2, 10), image[2:4])
    # Twice as wide as high: 5 of the 6 rows, averaged in fives.
    np.testing.assert_allclose(resize(image, 1, 2), [[image[0:5, :5].mean(), image[0:5, 5:].mean()]])
    assert resize(np.ones((300, 300)), 1, 4096).shape == (1, 4096)


def test_channels() -> None:
    red = np.zeros((2, 2, 3), np.float32)
    red[..., 0] = 1
    np.testing.assert_array_equal(fit_input(red, (3, 2, 2))[:, 0, 0], [1, 0, 0])
    for channels in (1, 2, 5):
        np.testing.assert_array_equal(
            fit_input(red, (channels, 2, 2)), np.full((channels, 2, 2), np.float32(0.299))
        )
    np.testing.assert_array_equal(fit_input([[0.25]], (3, 1, 1)).ravel(), [0.25] * 3)


def test_the_image_stays_as_it_was_and_is_not_shared() -> None:
    image = np.ones((4, 4), np.float32)
    for out in (fit_input(image, (1, 4, 4)), resize(image, 4, 4), resize(image, 2, 4)):
        out[:] = 7
        assert (image == 1).all()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.ones(3), "image: got the shape (3,), needed is (H, W) or (H, W, 3), not empty"),
        (np.ones((3, 3, 4)), "image: got the shape (3, 3, 4)"),
        (np.ones((0, 3)), "image: got the shape (0, 3)"),
        ([[np.nan]], "image: got a number that is not finite"),
        ([["a"]], "image: got values of type"),
    ],
)
def test_what_is_no_image_is_said(image: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        fit_input(image, (1, 2, 2))


def test_a_size_of_nothing_is_said() -> None:
    with pytest.raises(ValueError, match="rows, cols: got 0 and 3, needed is at least 1 each"):
        resize([[1]], 0, 3)
