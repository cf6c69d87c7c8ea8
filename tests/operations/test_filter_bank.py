"""Banks: He's numbers, kernels of the library in each colour, and a person's own weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.operations import filter_bank
from explorer.operations.filter_bank import Library, Own, Pick, Random
from explorer.operations.kernels import KERNELS

banks = st.one_of(
    st.builds(Random, st.integers(1, 16), st.integers(1, 11), st.integers(0, 999_999)),
    st.lists(
        st.builds(Pick, st.sampled_from(sorted(KERNELS)), st.sampled_from(sorted(filter_bank.COLOURS))),
        min_size=1,
        max_size=16,
    ).map(lambda picks: Library(tuple(picks))),
    arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.sampled_from([1, 3]), st.integers(1, 4), st.integers(1, 4)),
        elements=st.floats(-1e6, 1e6, width=32),
    ).map(Own.of),
)


@given(banks)
def test_a_link_brings_the_same_bank_back(bank: filter_bank.Bank) -> None:
    again = filter_bank.from_text(bank.to_text())
    for channels in (1, 3):
        np.testing.assert_array_equal(again.weights(channels), bank.weights(channels))
        assert len(bank.titles(channels)) == len(bank.weights(channels))


def test_random_weights_have_the_deviation_of_he() -> None:
    drawn = np.concatenate([filter_bank.he_normal(16, 3, 11, seed=seed).ravel() for seed in range(10)])
    assert np.std(drawn) == pytest.approx(np.sqrt(2 / (3 * 11 * 11)), rel=0.02)
    assert abs(drawn.mean()) < 0.002


def test_a_seed_is_repeated_and_another_is_another() -> None:
    np.testing.assert_array_equal(Random(seed=5).weights(3), Random(seed=5).weights(3))
    assert (Random(seed=5).weights(3) != Random(seed=6).weights(3)).any()


def test_a_pick_is_its_kernel_times_each_channels_weight() -> None:
    red, green, blue = Library((Pick("sobel-vertical", "yellow-blue"),)).weights(3)[0]
    sobel = KERNELS["sobel-vertical"].weights
    np.testing.assert_array_equal(red, 0.5 * sobel)
    np.testing.assert_array_equal(green, 0.5 * sobel)
    np.testing.assert_array_equal(blue, -sobel)


def test_a_grey_image_gets_the_kernel_as_it_is() -> None:
    np.testing.assert_array_equal(
        Library((Pick("sobel-vertical", "red-green"),)).weights(1)[0, 0], KERNELS["sobel-vertical"].weights
    )


def test_smaller_kernels_are_centred_and_compute_the_same() -> None:
    large = next(slug for slug, kernel in KERNELS.items() if kernel.weights.shape == (5, 5))
    bank = Library((Pick("laplacian-4"), Pick(large))).weights(1)
    assert bank.shape == (2, 1, 5, 5)
    np.testing.assert_array_equal(bank[0, 0, 1:4, 1:4], KERNELS["laplacian-4"].weights)
    assert np.count_nonzero(bank[0]) == 5


def test_own_weights_for_colour_on_grey_are_those_of_three_equal_channels() -> None:
    bank = Own.of(np.arange(12, dtype=np.float32).reshape(1, 3, 2, 2))
    np.testing.assert_array_equal(bank.weights(1), [[[[12, 15], [18, 21]]]])


@pytest.mark.parametrize(
    "text",
    [
        *("", "random:0:3:1", "random:8:12:1", "random:8:3", "library:nothing", "library:laplacian-4.pink"),
        *("own:1,2;3", "own:a", "own:1|2", "own:nan", "library:" + ",".join(["identity"] * 17), "else:1"),
    ],
)
def test_a_link_that_is_wrong_is_answered(text: str) -> None:
    with pytest.raises(ValueError, match=r"bank|filters|size|kernel|colours"):
        filter_bank.from_text(text)


def test_replacing_a_filter_keeps_the_others() -> None:
    bank = Library((Pick("laplacian-4"), Pick("sobel-vertical")))
    new = filter_bank.replace(bank, 3, 1, np.ones((3, 3, 3), np.float32))
    np.testing.assert_array_equal(new.weights(3)[0], bank.weights(3)[0])
    np.testing.assert_array_equal(new.weights(3)[1], np.ones((3, 3, 3)))
    with pytest.raises(ValueError, match="2 × 2, needed is 3 × 3"):
        filter_bank.replace(bank, 3, 0, np.ones((3, 2, 2), np.float32))
