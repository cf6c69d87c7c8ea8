from __future__ import annotations

import numpy as np
import pytest

from explorer.operations.kernels import KERNELS
from explorer.trained import zoo
from explorer.trained.nearest import library, likeness, most_like, nearest, own_filter
from explorer.trained.stages import weights_of


def colour(kernel: np.ndarray, *strengths: float) -> np.ndarray:
    return np.stack([strength * kernel for strength in strengths]).astype(np.float32)


def test_a_library_kernel_is_found_whatever_its_strength_sign_and_colour() -> None:
    for key, kernel in library(3).items():
        for strengths in ((-0.3, -0.3, -0.3), (2, -1, 0)):
            first = nearest(colour(kernel.weights, *strengths))[0]
            assert (first.key, first.title, first.likeness) == (key, kernel.title, pytest.approx(1))
            assert first.channels == pytest.approx(np.array(strengths) / np.linalg.norm(strengths), abs=1e-6)


def test_only_kernels_of_the_size_are_compared_and_each_once() -> None:
    found = library(3)
    assert {kernel.shape for kernel in found.values()} == {(3, 3)}
    assert {"sobel-vertical", "box-blur", "gaussian", "gabor-45-odd", "laplacian-4"} <= set(found)
    kernels = list(found.values())
    for i, one in enumerate(kernels):
        for other in kernels[:i]:
            assert abs(likeness(one.weights[None], other.weights)[0]) < 0.999999
    assert {kernel.shape for kernel in library(5).values()} == {(5, 5)}
    assert set(library(2)) == {"roberts-falling", "roberts-rising"}


def test_likeness_is_the_cosine_with_the_nearest_mix_of_channels() -> None:
    draw = np.random.default_rng(0)
    weights, kernel = draw.normal(size=(3, 5, 5)).astype(np.float32), draw.normal(size=(5, 5)).astype(np.float32)
    found = likeness(weights, kernel)
    a = weights.ravel().astype(float)
    for mix in (found, *draw.normal(size=(200, 3))):
        b = (mix[:, None, None] * kernel).ravel().astype(float)
        cosine = a @ b / np.sqrt((a @ a) * (b @ b))
        assert cosine <= np.linalg.norm(found) + 1e-6
        if mix is found:
            assert cosine == pytest.approx(np.linalg.norm(found), abs=1e-6)
    assert not likeness(0 * weights, kernel).any()
    with pytest.raises(ValueError, match=r"kernel: got \(3, 3\) for a filter of \(3, 5, 5\)"):
        likeness(weights, kernel[:3, :3])


def test_tiny_vggs_filters_have_neighbours() -> None:
    weights, _ = weights_of(zoo.load("tiny-vgg"), 0)
    found = [nearest(one) for one in weights]
    assert all(len(three) == 3 and three[0].likeness >= three[2].likeness > 0.3 for three in found)
    assert max(three[0].likeness for three in found) > 0.6


def test_the_filter_that_is_most_like_some_kernels_is_the_one_that_says_so_itself() -> None:
    draw = np.random.default_rng(2)
    bank = draw.normal(size=(9, 3, 3, 3)).astype(np.float32)
    bank[4] = 0
    for keys in (["sobel-vertical", "sobel-horizontal"], ["box-blur"], list(library(3))):
        each = [max(one.likeness for one in nearest(w, most=99) if one.key in keys) for w in bank]
        top, score = most_like(bank, keys)
        assert top == int(np.argmax(each))
        assert score == pytest.approx(max(each), abs=1e-6)
    assert most_like(0 * bank, ["box-blur"]) == (0, 0)


def test_what_cannot_be_compared_is_refused() -> None:
    flat = np.ones((1, 2, 3), np.float32)
    with pytest.raises(ValueError, match=r"weights: got \(1, 2, 3\), needed is \(channels, size, size\)"):
        nearest(flat)
    with pytest.raises(ValueError, match=r"weights: got \(1, 2, 3\)"):
        most_like(flat[None], ["box-blur"])
    square = np.ones((1, 1, 3, 3), np.float32)
    with pytest.raises(ValueError, match="most: got 0, needed is at least 1"):
        nearest(square[0], most=0)
    with pytest.raises(ValueError, match="keys: got sobel, box-blur, legal are identity, box-blur"):
        most_like(square, ["sobel", "box-blur"])
    with pytest.raises(ValueError, match="keys: got none"):
        most_like(square, [])
    assert nearest(np.ones((1, 4, 4), np.float32)) == ()


def test_an_own_filter_sums_to_the_kernels_answer_on_grey() -> None:
    learned = np.random.default_rng(1).normal(size=(3, 3, 3)).astype(np.float32)
    sobel = KERNELS["sobel-vertical"].weights
    assert np.allclose(own_filter(sobel, learned, match=False).sum(0), sobel, atol=1e-6)
    matched = own_filter(sobel, learned)
    assert np.linalg.norm(matched) == pytest.approx(np.linalg.norm(learned), rel=1e-6)
    assert nearest(matched)[0].key == "sobel-vertical"
    assert nearest(matched)[0].likeness == pytest.approx(1)
    assert not own_filter(0 * sobel, learned).any()


def test_a_smaller_kernel_stands_in_the_middle_and_a_larger_one_is_refused() -> None:
    learned = np.zeros((1, 3, 3), np.float32)
    laid = own_filter(np.array([[1, 2]], np.float32), learned, match=False)
    assert laid[0].tolist() == [[0, 0, 0], [1, 2, 0], [0, 0, 0]]
    with pytest.raises(ValueError, match="kernel: got 5 × 5, this layer takes at most 3 × 3"):
        own_filter(np.ones((5, 5), np.float32), learned)
