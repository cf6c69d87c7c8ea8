import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from explorer.operations.convolution import convolve
from explorer.operations.kernels import KERNELS, LARGEST, PARAMETRIC, Kernel, Parametric

LITERAL = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "box-blur": np.full((3, 3), 1 / 9),
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "laplacian-4": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "laplacian-8": [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "sobel-vertical": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel-horizontal": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "prewitt-vertical": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "prewitt-horizontal": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "scharr-vertical": [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]],
    "scharr-horizontal": [[-3, -10, -3], [0, 0, 0], [3, 10, 3]],
    "roberts-falling": [[1, 0], [0, -1]],
    "roberts-rising": [[0, 1], [-1, 0]],
    "kirsch-n": [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]],
    "kirsch-ne": [[-3, 5, 5], [-3, 0, 5], [-3, -3, -3]],
    "kirsch-e": [[-3, -3, 5], [-3, 0, 5], [-3, -3, 5]],
    "kirsch-se": [[-3, -3, -3], [-3, 0, 5], [-3, 5, 5]],
    "kirsch-s": [[-3, -3, -3], [-3, 0, -3], [5, 5, 5]],
    "kirsch-sw": [[-3, -3, -3], [5, 0, -3], [5, 5, -3]],
    "kirsch-w": [[5, -3, -3], [5, 0, -3], [5, -3, -3]],
    "kirsch-nw": [[5, 5, -3], [5, 0, -3], [-3, -3, -3]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "ridge-horizontal": [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
    "ridge-vertical": [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
    "ridge-rising": [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]],
    "ridge-falling": [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
    "checker": [[1, -2, 1], [-2, 4, -2], [1, -2, 1]],
}
BLURS = ["identity", "box-blur", "gaussian", "motion-blur", "sharpen", "unsharp", "emboss"]
SIDES = {
    "n": (-1, 0),
    "ne": (-1, 1),
    "e": (0, 1),
    "se": (1, 1),
    "s": (1, 0),
    "sw": (1, -1),
    "w": (0, -1),
    "nw": (-1, -1),
}


def _step(down: int, right: int) -> NDArray[np.float32]:
    """An image that is brighter towards one side, and its middle on the edge."""
    rows, cols = np.mgrid[-7:8, -7:8]
    return (rows * down + cols * right > 0).astype(np.float32)


def _centre(image: NDArray[np.float32], name: str) -> float:
    """The kernel's answer in the middle of the image."""
    answers = convolve(image, KERNELS[name].weights, padding="same")
    return float(answers[answers.shape[0] // 2, answers.shape[1] // 2])


@pytest.mark.parametrize("name", LITERAL)
def test_the_weights_are_those_of_the_source(name: str) -> None:
    np.testing.assert_array_equal(KERNELS[name].weights, np.array(LITERAL[name], np.float32))


@pytest.mark.parametrize("name", KERNELS)
def test_each_is_complete(name: str) -> None:
    kernel = KERNELS[name]
    assert kernel.name == name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert kernel.weights.dtype == np.float32
    assert max(kernel.shape) <= LARGEST
    assert kernel.summary.endswith(".")
    assert kernel.source
    assert kernel.family
    assert bool(kernel.positive) == bool(kernel.negative)
    with pytest.raises(ValueError, match="read-only"):
        kernel.weights[0, 0] = 9


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len(KERNELS) >= 28
    assert len({kernel.title for kernel in KERNELS.values()}) == len(KERNELS)
    assert len({(k.shape, k.weights.tobytes()) for k in KERNELS.values()}) == len(KERNELS)
    families = [kernel.family for kernel in KERNELS.values()]
    assert len({(a, b) for a, b in pairwise(families) if a != b}) >= 5


@pytest.mark.parametrize("name", KERNELS)
def test_what_a_flat_region_gives(name: str) -> None:
    flat = np.full((21, 21), 0.5, np.float32)
    expected = 0.5 if name in BLURS else 0
    assert _centre(flat, name) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("family", ["sobel", "prewitt", "scharr"])
def test_edges_are_positive_where_it_gets_brighter_to_the_right_and_down(family: str) -> None:
    vertical, horizontal = _step(0, 1), _step(1, 0)
    assert _centre(vertical, f"{family}-vertical") > 0
    assert _centre(1 - vertical, f"{family}-vertical") < 0
    assert _centre(horizontal, f"{family}-vertical") == 0
    assert _centre(horizontal, f"{family}-horizontal") > 0
    assert _centre(1 - horizontal, f"{family}-horizontal") < 0
    assert _centre(vertical, f"{family}-horizontal") == 0


@pytest.mark.parametrize("side", SIDES)
def test_kirschs_answer_is_greatest_where_it_gets_brighter(side: str) -> None:
    image = _step(*SIDES[side])
    answers = {other: _centre(image, f"kirsch-{other}") for other in SIDES}
    assert max(answers, key=lambda other: answers[other]) == side


def test_roberts_compares_diagonal_neighbours() -> None:
    falling, rising = KERNELS["roberts-falling"].weights, KERNELS["roberts-rising"].weights
    image = np.array([[7, 5], [3, 2]], np.float32)
    np.testing.assert_array_equal(convolve(image, falling), [[5]])
    np.testing.assert_array_equal(convolve(image, rising), [[2]])


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ridge-horizontal", np.eye(3)[[1, 1, 1]].T),
        ("ridge-vertical", np.eye(3)[[1, 1, 1]]),
        ("ridge-rising", np.eye(3)[::-1]),
        ("ridge-falling", np.eye(3)),
    ],
)
def test_a_ridge_answers_its_own_line_most(name: str, line: NDArray[np.float64]) -> None:
    names = [f"ridge-{word}" for word in ("horizontal", "vertical", "rising", "falling")]
    answers = {other: float((KERNELS[other].weights * line).sum()) for other in names}
    assert answers.pop(name) == 6
    assert max(answers.values()) <= 0


@pytest.mark.parametrize("name", KERNELS)
def test_what_its_signs_mean_is_what_it_does(name: str) -> None:
    says = KERNELS[name].positive
    dot = np.zeros((15, 15), np.float32)
    dot[7, 7] = 1
    if says == "brighter than its surroundings":
        assert _centre(dot, name) > 0
    elif says == "darker than its surroundings":
        assert _centre(dot, name) < 0
    elif name == "corner":
        bright = np.zeros((15, 15), np.float32)
        bright[7:, 7:] = 1
        assert _centre(bright, name) == convolve(bright, KERNELS[name].weights).max() > 0


@pytest.mark.parametrize("name", ["gaussian", "box-blur", "log", "dog", "laplacian-4", "laplacian-8", "outline"])
def test_what_has_no_direction_is_the_same_turned_and_mirrored(name: str) -> None:
    weights = KERNELS[name].weights
    np.testing.assert_array_equal(weights, weights.T)
    np.testing.assert_array_equal(weights, weights[::-1])


def test_a_gaussian_is_its_formula() -> None:
    weights = PARAMETRIC["gaussian"].build(size=7, sigma=1.5).weights.astype(np.float64)
    # Neighbours on the row through the centre: exp(−(c² − (c − 1)²) / 2σ²).
    np.testing.assert_allclose(weights[3, 4] / weights[3, 3], np.exp(-1 / 4.5), rtol=1e-6)
    np.testing.assert_allclose(weights[3, 6] / weights[3, 3], np.exp(-9 / 4.5), rtol=1e-6)
    np.testing.assert_allclose(weights[1, 0] / weights[3, 3], np.exp(-13 / 4.5), rtol=1e-6)
    np.testing.assert_allclose(weights.sum(), 1, rtol=1e-6)


def test_a_laplacian_of_gaussian_changes_sign_at_its_radius() -> None:
    # Zero where r² = 2σ²; σ = 2 puts that between 2 and 3 cells from the centre.
    row = PARAMETRIC["log"].build(size=15, sigma=2).weights[7]
    assert (row[5:10] > 0).all()
    assert (row[[3, 4, 10, 11]] < 0).all()


@pytest.mark.parametrize(
    ("angle", "cells"),
    [
        (0, [(2, c) for c in range(5)]),
        (90, [(r, 2) for r in range(5)]),
        (45, [(3, 1), (2, 2), (1, 3)]),
        (135, [(1, 1), (2, 2), (3, 3)]),
    ],
)
def test_motion_goes_along_its_angle(angle: float, cells: list[tuple[int, int]]) -> None:
    weights = PARAMETRIC["motion-blur"].build(size=5, angle=angle).weights
    expected = np.zeros((5, 5), bool)
    expected[tuple(zip(*cells, strict=True))] = True
    np.testing.assert_array_equal(weights > 0, expected)


@pytest.mark.parametrize(("angle", "stripes"), [(0, "vertical"), (90, "horizontal")])
def test_a_gabor_answers_its_own_stripes(angle: float, stripes: str) -> None:
    weights = PARAMETRIC["gabor"].build(size=15, wavelength=6, angle=angle).weights
    wave = np.tile(np.cos(2 * np.pi * (np.arange(45) - 22) / 6), (45, 1)).astype(np.float32)
    answer = {"vertical": wave, "horizontal": wave.T}
    strong = np.abs(convolve(answer[stripes], weights)).max()
    weak = np.abs(convolve(answer["horizontal" if stripes == "vertical" else "vertical"], weights)).max()
    assert strong > 20 * weak


def _choices(family: Parametric) -> st.SearchStrategy[dict[str, float]]:
    def steps(low: float, high: float, step: float) -> st.SearchStrategy[float]:
        return st.integers(0, round((high - low) / step)).map(lambda n: min(high, round(low + n * step, 6)))

    return st.fixed_dictionaries({p.name: steps(p.low, p.high, p.step) for p in family.parameters})


@pytest.mark.parametrize("slug", PARAMETRIC)
@settings(max_examples=60)
@given(data=st.data())
def test_every_legal_value_gives_a_kernel_of_its_kind(slug: str, data: st.DataObject) -> None:
    values = data.draw(_choices(PARAMETRIC[slug]))
    kernel = PARAMETRIC[slug].build(**values)
    weights = kernel.weights.astype(np.float64)
    assert kernel.shape == (values["size"], values["size"])
    assert np.isfinite(weights).all()
    if slug in ("log", "dog", "gabor"):
        assert abs(weights.sum()) < 1e-5 * np.abs(weights).sum()
    else:
        assert weights.sum() == pytest.approx(1, abs=1e-5)


def test_a_gabors_phase_makes_it_a_line_or_an_edge() -> None:
    line, edge, dark = (PARAMETRIC["gabor"].build(size=9, phase=phase).weights for phase in (0, 90, 180))
    np.testing.assert_allclose(line, line[:, ::-1], atol=1e-7)
    np.testing.assert_allclose(edge, -edge[:, ::-1], atol=1e-7)
    np.testing.assert_allclose(dark, -line, atol=1e-7)
    assert line[4, 4] == line.max() > 0


def test_every_gabor_is_its_wave_and_not_rounding() -> None:
    # Weights are scaled to an absolute sum of 1: where the wave is 0 in every cell, rounding would be scaled up.
    parameters = {p.name: p for p in PARAMETRIC["gabor"].parameters}
    for wavelength in (parameters["wavelength"].low, parameters["wavelength"].high):
        for angle in (0, 45, 90, 135):
            for phase in (0, 90, 180, 270):
                values = {"size": 5, "wavelength": wavelength, "angle": angle, "phase": phase}
                weights = PARAMETRIC["gabor"].build(**values).weights
                near = PARAMETRIC["gabor"].function(**{**values, "phase": phase + 1e-4})
                np.testing.assert_allclose(weights, near, atol=1e-4)


@pytest.mark.parametrize("slug", PARAMETRIC)
def test_defaults_are_the_librarys_kernel(slug: str) -> None:
    family = PARAMETRIC[slug]
    assert family.slug == slug
    assert family.build() is KERNELS[slug]
    assert all(p.low <= p.default <= p.high for p in family.parameters)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 17}, "size: got 17, legal is 3 to 15"),
        ({"sigma": 0}, "sigma: got 0, legal is 0.3 to 5"),
        ({"width": 3}, "gaussian: got a parameter 'width', legal are size, sigma"),
    ],
)
def test_what_is_not_legal_is_said(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        PARAMETRIC["gaussian"].build(**values)


def test_kernels_are_equal_by_name_and_weights() -> None:
    own = Kernel.own([[1, 2]])
    assert own == Kernel.own(np.array([[1, 2]]))
    assert hash(own) == hash(Kernel.own([[1.0, 2.0]]))
    assert own != Kernel.own([[1], [2]])
    assert own != Kernel.own([[1, 3]])
    assert Kernel.own(KERNELS["sobel-vertical"].weights) != KERNELS["sobel-vertical"]


def test_a_kernel_keeps_its_own_copy() -> None:
    weights = np.ones((2, 2), np.float32)
    kernel = Kernel.own(weights)
    weights[:] = 0
    assert kernel.weights.sum() == 4


@pytest.mark.parametrize("weights", [np.zeros((0, 3)), np.zeros(3), np.zeros((1, 1, 1)), [[np.nan]], [[np.inf]]])
def test_what_is_no_kernel_is_refused(weights: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="kernel: got"):
        Kernel.own(weights)
