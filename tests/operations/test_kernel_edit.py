import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from explorer.operations.convolution import convolve
from explorer.operations.kernel_edit import describe, flip, normalise, random_kernel, resize, rotate
from explorer.operations.kernels import KERNELS

Float = NDArray[np.float32]
WEIGHTS = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
matrices = arrays.arrays(
    np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.integers(-9, 9)
)


def test_a_quarter_turn_is_clockwise() -> None:
    np.testing.assert_array_equal(rotate(WEIGHTS), [[4, 1], [5, 2], [6, 3]])
    np.testing.assert_array_equal(rotate(WEIGHTS, 2), [[6, 5, 4], [3, 2, 1]])
    np.testing.assert_array_equal(rotate(WEIGHTS, -1), [[3, 6], [2, 5], [1, 4]])


def test_axis_0_is_top_to_bottom() -> None:
    np.testing.assert_array_equal(flip(WEIGHTS, 0), [[4, 5, 6], [1, 2, 3]])
    np.testing.assert_array_equal(flip(WEIGHTS, 1), [[3, 2, 1], [6, 5, 4]])
    with pytest.raises(ValueError, match="axis: got 2, legal are 0 and 1"):
        flip(WEIGHTS, 2)


@settings(max_examples=50)
@given(matrices)
def test_turning_four_times_and_mirroring_twice_change_nothing(weights: Float) -> None:
    before = weights.copy()
    np.testing.assert_array_equal(rotate(weights, 4), weights)
    np.testing.assert_array_equal(flip(flip(weights, 0), 0), weights)
    np.testing.assert_array_equal(rotate(weights, 2), flip(flip(weights, 0), 1))
    for got in (rotate(weights, 4), flip(weights, 1)):
        assert got.flags.c_contiguous
        assert not np.shares_memory(got, weights)
    np.testing.assert_array_equal(weights, before)


def test_a_turned_kernel_finds_what_is_turned() -> None:
    image = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    kernel = KERNELS["kirsch-ne"].weights
    turned = convolve(rotate(image), rotate(kernel))
    np.testing.assert_allclose(turned, rotate(convolve(image, kernel)), atol=1e-5)


def test_sums_become_1() -> None:
    np.testing.assert_array_equal(normalise(np.array([[1, -3]], np.float32)), [[-0.5, 1.5]])
    np.testing.assert_array_equal(normalise(np.array([[1, -3]], np.float32), "abs"), [[0.25, -0.75]])
    np.testing.assert_array_equal(normalise(KERNELS["laplacian-4"].weights, "abs")[1], [0.125, -0.5, 0.125])


@settings(max_examples=80)
@given(matrices, st.sampled_from(["sum", "abs"]))
def test_sums_become_1_or_it_is_said_why_not(weights: Float, mode: str) -> None:
    total = weights.sum() if mode == "sum" else np.abs(weights).sum()
    if total == 0:
        with pytest.raises(ValueError, match="The weights sum to 0, so no factor makes them sum to 1"):
            normalise(weights, mode)
        return
    got = normalise(weights, mode)
    assert (got if mode == "sum" else np.abs(got)).sum() == pytest.approx(1, abs=1e-4)


def test_a_sum_of_nothing_but_rounding_is_no_sum() -> None:
    third = np.float32(1 / 3)
    weights = np.array([[third, third, third, -1]], np.float32)
    with pytest.raises(ValueError, match="scale by their absolute values instead"):
        normalise(weights)
    with pytest.raises(ValueError, match="all of them are 0"):
        normalise(np.zeros((2, 2), np.float32))
    with pytest.raises(ValueError, match="mode: got 'max', legal are sum and abs"):
        normalise(weights, "max")
    with pytest.raises(ValueError, match="mode: got 'max', legal are sum and abs"):
        normalise(np.zeros((2, 2), np.float32), "max")


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((2, 3), [[1, 2, 3], [4, 5, 6]]),
        ((2, 1), [[2], [5]]),
        ((2, 5), [[0, 1, 2, 3, 0], [0, 4, 5, 6, 0]]),
        ((4, 3), [[0, 0, 0], [1, 2, 3], [4, 5, 6], [0, 0, 0]]),
        ((1, 5), [[0, 1, 2, 3, 0]]),
    ],
)
def test_another_size_keeps_the_middle(shape: tuple[int, int], wanted: list[list[float]]) -> None:
    np.testing.assert_array_equal(resize(WEIGHTS, shape), wanted)


@pytest.mark.parametrize("shape", [(7, 5), (4, 4), (5, 4), (8, 3)])
@pytest.mark.parametrize("name", ["sobel-vertical", "roberts-falling"])
def test_a_larger_kernel_with_same_padding_gives_the_same_map(name: str, shape: tuple[int, int]) -> None:
    image = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    kernel = KERNELS[name].weights
    grown = convolve(image, resize(kernel, shape), padding="same")
    np.testing.assert_allclose(grown, convolve(image, kernel, padding="same"), atol=1e-6)
    np.testing.assert_array_equal(resize(resize(kernel, shape), kernel.shape), kernel)


def test_random_weights_are_those_of_their_seed() -> None:
    one = random_kernel((3, 4), 7)
    assert one.shape == (3, 4)
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, random_kernel((3, 4), 7))
    assert not np.array_equal(one, random_kernel((3, 4), 8))
    many = random_kernel((40, 40), 0)
    assert set(np.unique(many)) == set(range(-4, 5))


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([[0, 0]], "All weights are 0: so is the feature map."),
        ([[-1, 0, 1]], "Kernel weights sum to 0: a flat region gives 0."),
        ([[1 / 3, 1 / 3, 1 / 3, -1]], "Kernel weights sum to 0 but for rounding: a flat region gives almost 0."),
        (np.full((3, 3), 1 / 9), "Kernel weights sum to 1: a flat region keeps its brightness."),
        ([[2, 1]], "Kernel weights sum to 3: a flat region is multiplied by 3."),
        ([[-2, 0.5]], "Kernel weights sum to \u22121.5: a flat region is multiplied by \u22121.5."),
    ],
)
def test_what_the_sum_means(weights: list[list[float]], says: str) -> None:
    assert describe(np.array(weights, np.float32)) == says


@pytest.mark.parametrize("name", KERNELS)
def test_what_is_said_of_a_flat_region_is_so(name: str) -> None:
    weights = KERNELS[name].weights
    says, got = describe(weights), convolve(np.full(weights.shape, 0.5), weights).item()
    assert got == pytest.approx(0.5 if "keeps" in says else 0, abs=1e-6)
    assert "keeps" in says or "0." in says
