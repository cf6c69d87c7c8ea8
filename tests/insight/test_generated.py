"""Digits that the app makes: all ten, different from each other, in the middle."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.insight.generated import digits


def test_all_ten_are_equally_frequent() -> None:
    images, labels = digits(50, seed=0)
    assert images.shape == (50, 28, 28)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(labels, minlength=10), np.full(10, 5))


def test_they_follow_from_the_seed() -> None:
    (first, _), (same, _), (other, _) = (digits(10, seed=seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_each_is_ink_in_the_middle_with_paper_around() -> None:
    images, _ = digits(200, seed=1)
    ink = images.astype(float)
    assert (ink.max((1, 2)) > 150).all()
    assert (ink[:, [0, -1]].sum((1, 2)) == 0).all()
    assert (ink[:, :, [0, -1]].sum((1, 2)) == 0).all()
    places = np.arange(28)
    for axis in (1, 2):
        centre = (ink.sum(3 - axis) * places).sum(1) / ink.sum((1, 2))
        np.testing.assert_allclose(centre, 13.5, atol=0.75)


def test_two_of_a_kind_differ() -> None:
    images, labels = digits(100, seed=2)
    of_three = images[labels == 3]
    assert len({one.tobytes() for one in of_three}) == len(of_three)


def test_none_is_refused() -> None:
    with pytest.raises(ValueError, match="count: got 0"):
        digits(0, seed=0)
