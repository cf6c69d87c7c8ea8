import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from explorer.operations.pooling import MODES, Mode, leftover, pool, winners
from tests.operations.oracle import both

LECTURE = np.array([[4, -3, -1], [-2, 3, -3], [-3, 2, 3]], np.float32)
Case = tuple[NDArray[np.float32], dict[str, Any]]
functional = torch.nn.functional


@st.composite
def cases(draw: st.DrawFn, ties: bool = False) -> Case:
    """A map of one or several channels, in any memory layout, and a pooling that fits."""
    size = draw(st.one_of(st.integers(1, 5), st.tuples(st.integers(1, 5), st.integers(1, 5))))
    padding = tuple(draw(st.integers(0, window // 2)) for window in both(size))
    options = {
        "size": size,
        "stride": draw(st.one_of(st.none(), st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))),
        "padding": padding[0] if padding[0] == padding[1] else padding,
    }
    shape = [draw(st.integers(max(1, k - 2 * p), 11)) for k, p in zip(both(size), padding, strict=True)]
    channels = draw(st.sampled_from([(), (1,), (3,)]))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = numbers.normal(size=(*channels, *shape)).astype(np.float32)
    if ties:
        values = np.rint(values)
    layout = draw(st.sampled_from(["plain", "mirrored", "turned"]))
    if layout == "mirrored":
        values = values[..., ::-1, ::-1]
    elif layout == "turned":
        values = np.ascontiguousarray(values.swapaxes(-1, -2)).swapaxes(-1, -2)
    return values, options


def _torch(values: NDArray[np.float32]) -> torch.Tensor:
    tensor = torch.from_numpy(values.copy())
    return tensor[None] if tensor.ndim == 3 else tensor[None, None]


def _back(tensor: torch.Tensor, like: NDArray[np.float32]) -> NDArray[Any]:
    array: NDArray[Any] = tensor.numpy()
    return array[0] if like.ndim == 3 else array[0, 0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[4]]),
        ({"stride": 1}, [[4, 3], [3, 3]]),
        ({"stride": 1, "mode": "min"}, [[-3, -3], [-3, -3]]),
        ({"stride": 1, "mode": "average"}, [[0.5, -1], [0, 1.25]]),
        ({"size": 3, "mode": "lp"}, [[np.sqrt(70)]]),
        ({"size": 3, "mode": "lp", "p": 1}, [[24]]),
        ({"size": (1, 3)}, [[4], [3], [3]]),
        ({"padding": 1}, [[4, -1], [-2, 3]]),
        ({"padding": 1, "mode": "average"}, [[1, -1], [-1.25, 1.25]]),
    ],
)
def test_the_lectures_feature_map(options: dict[str, Any], expected: list[Any]) -> None:
    np.testing.assert_allclose(pool(LECTURE, **options), expected, rtol=1e-7)


@settings(max_examples=100)
@given(cases())
def test_maximum_and_its_winners_are_torchs(case: Case) -> None:
    values, options = case
    before = values.copy()
    expected, where = functional.max_pool2d(
        _torch(values), options["size"], options["stride"], options["padding"], return_indices=True
    )
    pooled, won = pool(values, **options), winners(values, **options)
    assert pooled.dtype == np.float32
    assert won.dtype == np.int64
    assert pooled.flags.c_contiguous
    np.testing.assert_array_equal(pooled, _back(expected, values))
    np.testing.assert_array_equal(won, _back(where, values))
    np.testing.assert_array_equal(values, before)


@settings(max_examples=60)
@given(cases(ties=True))
def test_of_equal_cells_the_first_wins_as_in_torch(case: Case) -> None:
    values, options = case
    _, where = functional.max_pool2d(
        _torch(values), options["size"], options["stride"], options["padding"], return_indices=True
    )
    np.testing.assert_array_equal(winners(values, **options), _back(where, values))
    np.testing.assert_array_equal(winners(-values, mode="min", **options), _back(where, values))


@settings(max_examples=60)
@given(cases())
def test_minimum_is_the_maximum_of_the_negative(case: Case) -> None:
    values, options = case
    np.testing.assert_array_equal(pool(values, mode="min", **options), -pool(-values, **options))
    flat = values.reshape(*values.shape[:-2], -1)
    won = winners(values, mode="min", **options)
    taken = np.take_along_axis(flat, won.reshape(*won.shape[:-2], -1), -1).reshape(won.shape)
    np.testing.assert_array_equal(taken, pool(values, mode="min", **options))


@settings(max_examples=80)
@given(cases())
def test_average_is_torchs(case: Case) -> None:
    values, options = case
    expected = functional.avg_pool2d(_torch(values), options["size"], options["stride"], options["padding"])
    got = pool(values, mode="average", **options)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, _back(expected, values), rtol=0, atol=1e-6)


@settings(max_examples=80)
@given(cases(), st.sampled_from([0.5, 1.0, 2.0, 3.0, 7.5]))
def test_the_norm_is_its_definition(case: Case, p: float) -> None:
    values, options = case
    rows, cols = both(options["padding"])
    width = [(0, 0)] * (values.ndim - 2) + [(rows, rows), (cols, cols)]
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(values.astype(np.float64), width), both(options["size"]), axis=(-2, -1)
    )
    down, right = both(options["stride"] or options["size"])
    kept = windows[..., ::down, ::right, :, :]
    expected = (np.abs(kept) ** p).sum((-1, -2)) ** (1 / p)
    np.testing.assert_allclose(pool(values, mode="lp", p=p, **options), expected, rtol=1e-6)


@settings(max_examples=40)
@given(cases())
def test_the_norm_is_torchs(case: Case) -> None:
    values, options = case
    rows, cols = both(options["padding"])
    padded = functional.pad(_torch(values).abs(), (cols, cols, rows, rows))
    stride = options["stride"] or options["size"]
    expected = functional.lp_pool2d(padded, 2, options["size"], stride)
    np.testing.assert_allclose(pool(values, mode="lp", **options), _back(expected, values), rtol=1e-5)


@pytest.mark.parametrize("scale", [1e-30, 1e30])
@pytest.mark.parametrize("p", [2.0, 3.0, 20.0])
def test_the_norm_neither_overflows_nor_vanishes(scale: float, p: float) -> None:
    values = np.array([[3, 4], [0, -1]]) * scale
    expected = scale * (3**p + 4**p + 1) ** (1 / p)
    np.testing.assert_allclose(pool(values, mode="lp", p=p), [[expected]], rtol=1e-6)


@pytest.mark.parametrize("mode", MODES)
def test_a_constant_map_stays_as_it_is(mode: Mode) -> None:
    got = pool(np.full((2, 6, 9), 0.5), size=3, mode=mode, p=1.0)
    np.testing.assert_array_equal(got, np.full((2, 2, 3), 4.5 if mode == "lp" else 0.5))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("value", [np.inf, np.nan])
@pytest.mark.parametrize("p", [1.0, 2.0, 8.0])
def test_what_is_not_finite_stays_within_its_windows(mode: Mode, value: float, p: float) -> None:
    values = np.random.default_rng(0).random((9, 9)).astype(np.float32)
    clean = pool(values, size=3, stride=1, mode=mode, p=p)
    values[4, 4] = value
    got = pool(values, size=3, stride=1, mode=mode, p=p)
    hit = np.zeros((7, 7), bool)
    hit[2:5, 2:5] = True
    np.testing.assert_array_equal(got[~hit], clean[~hit])


@settings(max_examples=80)
@given(cases(), st.integers(0, 2**32 - 1))
def test_what_is_not_finite_wins_as_in_torch(case: Case, seed: int) -> None:
    values, options = case
    numbers = np.random.default_rng(seed)
    values = numbers.choice(np.array([np.nan, np.inf, -np.inf, -np.inf, 1, 2], np.float32), values.shape)
    expected, where = functional.max_pool2d(
        _torch(values), options["size"], options["stride"], options["padding"], return_indices=True
    )
    np.testing.assert_array_equal(pool(values, **options), _back(expected, values))
    np.testing.assert_array_equal(winners(values, **options), _back(where, values))
    np.testing.assert_array_equal(winners(-values, mode="min", **options), _back(where, values))
    averages = functional.avg_pool2d(_torch(values), options["size"], options["stride"], options["padding"])
    np.testing.assert_allclose(pool(values, mode="average", **options), _back(averages, values), rtol=1e-6)


@pytest.mark.parametrize("p", [2.0, 6.0, 8.0, 60.0])
def test_a_tiny_window_beside_a_huge_one_keeps_its_norm(p: float) -> None:
    values = np.array([[1e30, 1e30, 1e-30, 1e-30, 0, 0, np.inf, 1]], np.float32)
    got = pool(values, size=(1, 2), mode="lp", p=p)
    np.testing.assert_allclose(got, [[1e30 * 2 ** (1 / p), 1e-30 * 2 ** (1 / p), 0, np.inf]], rtol=1e-5)


@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        (5, {"window": 2}, 1),
        (5, {"window": 2, "stride": 1}, 0),
        (5, {"window": 2, "padding": 1}, 0),
        (7, {"window": 3, "stride": 3}, 1),
        (10, {"window": 2, "stride": 7}, 1),
    ],
)
def test_what_a_stride_leaves_over(size: int, options: dict[str, int], expected: int) -> None:
    assert leftover(size, **options) == expected


@settings(max_examples=60)
@given(cases())
def test_cells_that_are_left_over_change_nothing(case: Case) -> None:
    values, options = case
    windows, strides = both(options["size"]), both(options["stride"] or options["size"])
    rows, cols = (
        leftover(n, window=k, stride=s, padding=p)
        for n, k, s, p in zip(values.shape[-2:], windows, strides, both(options["padding"]), strict=True)
    )
    changed = values.copy()
    changed[..., values.shape[-2] - rows :, :] = 1e6
    changed[..., values.shape[-1] - cols :] = 1e6
    np.testing.assert_array_equal(pool(changed, **options), pool(values, **options))
    # One cell more than that is read by a window.
    if rows + 1 < values.shape[-2] and strides[0] <= windows[0]:
        changed[..., values.shape[-2] - rows - 1, :] = 1e6
        assert (pool(changed, **options) == 1e6).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"feature_map": np.zeros(3)},
            "feature_map: got the shape (3,), needed is (H, W) or (C, H, W), not empty",
        ),
        ({"feature_map": np.zeros((0, 3))}, "feature_map: got the shape (0, 3), needed is"),
        ({"feature_map": [[1], [1, 2]]}, "feature_map: got rows of different lengths"),
        ({"mode": "median"}, "mode: got 'median', legal are max"),
        ({"size": 0}, "size: got 0, needed is at least 1"),
        ({"size": 4}, "size: a pooling window of 4 does not fit into 3 cells and 0 of padding"),
        ({"size": 2.0}, "size: got 2.0, needed is a whole number or (rows, cols)"),
        ({"stride": 0}, "stride: got 0, needed is at least 1"),
        ({"padding": -1}, "padding: got -1, needed is at least 0"),
        ({"padding": 2}, "padding: got 2, needed is at most half the window of 2, 1"),
    ],
)
def test_what_is_not_legal_is_said(arguments: dict[str, Any], message: str) -> None:
    wanted = {"feature_map": LECTURE, **arguments}
    with pytest.raises(ValueError, match=re.escape(message)):
        pool(**wanted)
    with pytest.raises(ValueError, match=re.escape(message)):
        winners(**wanted)


@pytest.mark.parametrize("p", [0, -1, np.nan, np.inf, "2", True, 10**400])
def test_a_norm_that_is_none_is_said(p: float) -> None:
    with pytest.raises(ValueError, match=r"p: got .*, needed is a finite number above 0"):
        pool(LECTURE, mode="lp", p=p)


def test_nothing_wins_an_average() -> None:
    with pytest.raises(ValueError, match="mode: got 'average', legal are max and min"):
        winners(LECTURE, mode="average")
