import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.operations import correlation
from explorer.operations.correlation import correlate, pad

NOTHING = ((0, 0), (0, 0))


def _slow(image: NDArray[np.float32], kernel: NDArray[np.float32]) -> NDArray[np.float64]:
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(np.float64), kernel.shape, axis=(0, 1))
    return np.asarray(np.einsum("...ij,ij->...", windows, kernel.astype(np.float64)))


@pytest.mark.parametrize("shape", [(64, 64), (33, 700), (650, 40, 3), (301, 299)])
@pytest.mark.parametrize("size", [(17, 17), (20, 23), (31, 31), (1, 300), (33, 9)])
def test_tiles_meet_without_a_seam(
    shape: tuple[int, ...], size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = np.random.default_rng(0)
    image, kernel = (numbers.integers(-9, 10, s).astype(np.float32) for s in (shape, size))
    if size[1] > shape[1]:
        kernel = kernel[:, : shape[1]]
    # Small tiles, so that a small image has many; the numbers are whole, so that every sum is exact.
    monkeypatch.setattr(correlation, "_TILE", (64, 80))
    monkeypatch.setattr(correlation, "_DIRECT_WEIGHTS", 0)
    np.testing.assert_array_equal(correlate(image, kernel, NOTHING, "zero"), _slow(image, kernel))


@pytest.mark.parametrize("border", ["zero", "reflect", "replicate"])
@pytest.mark.parametrize("around", [NOTHING, ((2, 2), (1, 1)), ((0, 4), (2, 0)), ((4, 0), (0, 2))])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_strips_meet_without_a_seam(
    border: correlation.Border,
    around: tuple[tuple[int, int], tuple[int, int]],
    channels: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = np.random.default_rng(0)
    image = numbers.integers(-9, 10, (77, 20, *channels)).astype(np.float32)
    kernel = numbers.integers(-9, 10, (5, 3)).astype(np.float32)
    monkeypatch.setattr(correlation, "_WORTH_SHARING", 1)
    monkeypatch.setattr(correlation, "_STRIP", 10)
    np.testing.assert_array_equal(
        correlate(image, kernel, around, border), _slow(pad(image, around, border), kernel)
    )


@pytest.mark.parametrize("size", [(12, 12), (1, 140), (140, 1), (16, 16), (9, 31)])
def test_pieces_of_a_kernel_make_the_whole(size: tuple[int, int]) -> None:
    numbers = np.random.default_rng(0)
    image, kernel = (numbers.integers(-9, 10, s).astype(np.float32) for s in ((150, 160), size))
    kernel[numbers.random(size) < 0.5] = 0
    np.testing.assert_array_equal(correlate(image, kernel, NOTHING, "zero"), _slow(image, kernel))


def test_a_flat_region_under_a_whole_kernel_of_sum_0_is_exactly_0() -> None:
    kernel = np.full((21, 21), -1, np.float32)
    kernel[10, 10] = 440
    image = np.full((60, 60), 0.3, np.float32)
    np.testing.assert_array_equal(correlate(image, kernel, NOTHING, "zero"), np.zeros((40, 40)))


@pytest.mark.parametrize("size", [(21, 21), (31, 31), (60, 7)])
def test_images_from_0_to_1_lose_nothing_to_the_transform(size: tuple[int, int]) -> None:
    numbers = np.random.default_rng(0)
    image = numbers.random((230, 340)).astype(np.float32)
    kernel = numbers.normal(size=size).astype(np.float32)
    got, expected = correlate(image, kernel, NOTHING, "zero"), _slow(image, kernel)
    assert np.abs(got - expected).max() < 1e-7 * np.abs(kernel).sum()


def test_a_kernel_of_zeros_gives_zeros_whatever_it_lies_on() -> None:
    image = np.full((4, 5, 3), np.inf, np.float32)
    got = correlate(image, np.zeros((2, 2), np.float32), ((1, 0), (0, 0)), "zero")
    np.testing.assert_array_equal(got, np.zeros((4, 4, 3)))
