import re
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from explorer.operations.convolution import BORDERS, Border, convolve, explain
from tests.operations import oracle
from tests.operations.strategies import requests

LECTURE = np.array(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], np.float32
)
EDGES = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32)
COUNT = np.arange(1, 13, dtype=np.float32).reshape(3, 4)


def test_the_lectures_example() -> None:
    np.testing.assert_array_equal(convolve(LECTURE, EDGES), [[3, -3, -1], [-2, 3, -3], [-3, 2, 3]])


def test_the_lectures_example_with_stride_2() -> None:
    np.testing.assert_array_equal(convolve(LECTURE, EDGES, stride=2), [[3, -1], [-3, 3]])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[-5, -5, -5]]),
        ({"stride": (1, 2)}, [[-5, -5]]),
        ({"padding": (0, 1)}, [[-5, -5, -5, -5, 0]]),
        ({"bias": 5.5}, [[0.5, 0.5, 0.5]]),
    ],
)
def test_a_diagonal_difference_on_counted_numbers(options: dict[str, Any], expected: list[Any]) -> None:
    # Rows 1 2 3 4 / 5 6 7 8: each window is its upper left minus its lower right cell.
    image, kernel = COUNT[:2], [[1, 0], [0, -1]]
    if "padding" in options:
        expected = [[-5, -5, -5, -5, 4]]
    np.testing.assert_array_equal(convolve(image, kernel, **options), expected)


def test_the_kernel_is_not_turned_around() -> None:
    dot = np.zeros((3, 3))
    dot[1, 1] = 1
    kernel = np.arange(9).reshape(3, 3)
    np.testing.assert_array_equal(convolve(dot, kernel, padding="same"), kernel[::-1, ::-1])


@pytest.mark.parametrize(
    ("border", "row"),
    [
        ("zero", [0, 0, 0, 1, 2, 3, 0, 0, 0]),
        ("reflect", [2, 3, 2, 1, 2, 3, 2, 1, 2]),
        ("replicate", [1, 1, 1, 1, 2, 3, 3, 3, 3]),
        ("wrap", [1, 2, 3, 1, 2, 3, 1, 2, 3]),
    ],
)
def test_what_stands_in_a_border_as_wide_as_the_image(border: Border, row: list[float]) -> None:
    np.testing.assert_array_equal(convolve([[1, 2, 3]], [[1]], padding=(0, 3), border=border), [row])


def test_same_puts_the_smaller_half_before_an_even_kernel() -> None:
    np.testing.assert_array_equal(convolve([[1, 2, 3]], [[1, 10]], padding="same"), [[21, 32, 3]])


@settings(max_examples=150)
@given(requests())
def test_it_is_the_definition(request: tuple[Any, Any, dict[str, Any]]) -> None:
    image, kernel, options = request
    before = image.copy(), kernel.copy()
    got = convolve(image, kernel, **options)
    expected = oracle.convolve(image, kernel, **options)
    assert got.dtype == np.float32
    assert got.flags.c_contiguous
    assert not np.shares_memory(got, image)
    bound = 1e-5 * (1 + float(np.abs(image).max())) * (1 + np.abs(kernel).sum())
    np.testing.assert_allclose(got, expected, rtol=0, atol=bound)
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(kernel, before[1])


@settings(max_examples=60)
@given(requests())
def test_integers_are_exact(request: tuple[Any, Any, dict[str, Any]]) -> None:
    image, kernel, options = request
    whole, weights = np.rint(image * 20).astype(np.float32), np.rint(kernel * 4)
    np.testing.assert_array_equal(convolve(whole, weights, **options), oracle.convolve(whole, weights, **options))


@settings(max_examples=60)
@given(requests(), st.sampled_from(["constant", "reflect", "replicate", "circular"]))
def test_it_is_torchs_convolution(request: tuple[Any, Any, dict[str, Any]], mode: str) -> None:
    image, kernel, options = request
    border: Border = dict(zip(["constant", "reflect", "replicate", "circular"], BORDERS, strict=True))[mode]
    (top, bottom), (left, right) = oracle.around(kernel.shape, options["padding"], options["dilation"])
    # torch refuses a border wider than the image.
    reach = {"constant": 99, "replicate": 99, "reflect": -1, "circular": 0}[mode]
    if max(top, bottom) > image.shape[0] + reach or max(left, right) > image.shape[1] + reach:
        options["padding"] = "valid"
        top = bottom = left = right = 0
        kernel = kernel[:1, :1]
    planes = torch.tensor(np.ascontiguousarray(image, np.float32).reshape(*image.shape[:2], -1))
    x = torch.nn.functional.pad(planes.permute(2, 0, 1)[:, None], (left, right, top, bottom), mode=mode)
    y = torch.nn.functional.conv2d(
        x,
        torch.tensor(kernel)[None, None],
        torch.tensor([options["bias"]]),
        stride=options["stride"],
        dilation=options["dilation"],
    )
    expected = y[:, 0].permute(1, 2, 0).reshape(*y.shape[2:], *image.shape[2:])
    got = convolve(image, kernel, **{**options, "border": border})
    scale = (1 + float(np.abs(image).max())) * (1 + np.abs(kernel).sum())
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-5 * scale)


@settings(max_examples=80)
@given(requests(), st.data())
def test_explain_accounts_for_every_number(request: tuple[Any, Any, dict[str, Any]], data: st.DataObject) -> None:
    image, kernel, options = request
    whole, weights = np.rint(image * 9).astype(np.float32), np.rint(kernel * 4)
    output = convolve(whole, weights, **options)
    wide = oracle.padded(whole, weights, options["padding"], options["dilation"], options["border"])
    row = data.draw(st.integers(0, output.shape[0] - 1))
    col = data.draw(st.integers(0, output.shape[1] - 1))
    step = explain(whole, weights, row, col, **options)
    np.testing.assert_array_equal(step.value, output[row, col])
    np.testing.assert_array_equal(np.add(step.sum, np.float32(options["bias"])), output[row, col])
    np.testing.assert_array_equal(step.products.sum((0, 1)), step.sum)
    spread = weights if whole.ndim == 2 else weights[..., None]
    np.testing.assert_array_equal(step.products, step.window * spread)
    (top, _), (left, _) = oracle.around(weights.shape, options["padding"], options["dilation"])
    np.testing.assert_array_equal(step.window, wide[np.ix_(step.rows + top, step.cols + left)])
    for sources, cells, size in (
        (step.source_rows, step.rows, whole.shape[0]),
        (step.source_cols, step.cols, whole.shape[1]),
    ):
        inside = (cells >= 0) & (cells < size)
        np.testing.assert_array_equal(sources[inside], cells[inside])
        assert ((sources >= 0) & (sources < size) if options["border"] != "zero" else sources[~inside] == -1).all()
    if options["border"] != "zero":
        np.testing.assert_array_equal(step.window, whole[np.ix_(step.source_rows, step.source_cols)])


def test_explain_of_colour_keeps_each_channel() -> None:
    image = np.stack([np.eye(3), 2 * np.eye(3), -np.eye(3)], axis=2)
    step = explain(image, np.ones((3, 3)), 0, 0, bias=1)
    np.testing.assert_array_equal(step.sum, [3, 6, -3])
    np.testing.assert_array_equal(step.value, [4, 7, -2])


def test_a_horizontal_step_gives_a_horizontal_line() -> None:
    image = np.zeros((6, 6))
    image[3:] = 1
    out = convolve(image, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    np.testing.assert_array_equal(out, [[0] * 4, [4] * 4, [4] * 4, [0] * 4])


@pytest.mark.parametrize("size", [3, 11, 13, 31])
def test_it_is_linear_and_moves_with_the_image(size: int) -> None:
    numbers = np.random.default_rng(size)
    a, b = numbers.random((2, 40, 50)).astype(np.float32)
    kernel = numbers.normal(size=(size, size)).astype(np.float32)
    both = convolve(a + 2 * b, kernel)
    np.testing.assert_allclose(both, convolve(a, kernel) + 2 * convolve(b, kernel), atol=2e-3)
    moved = convolve(np.roll(a, (5, -7), (0, 1)), kernel, padding="same", border="wrap")
    still = convolve(a, kernel, padding="same", border="wrap")
    np.testing.assert_allclose(moved, np.roll(still, (5, -7), (0, 1)), atol=1e-3)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    "size", [(3, 3), (5, 5), (7, 7), (11, 11), (12, 12), (15, 15), (21, 21), (31, 31), (1, 31)]
)
@pytest.mark.parametrize("shape", [(150, 150), (61, 190, 3)])
@pytest.mark.parametrize("rank_one", [True, False])
def test_large_kernels_are_as_accurate(
    size: tuple[int, int], shape: tuple[int, ...], border: Border, rank_one: bool
) -> None:
    numbers = np.random.default_rng(1)
    image = numbers.random(shape).astype(np.float32)
    across, down = numbers.normal(size=size[1]), numbers.normal(size=size[0])
    kernel = (np.outer(down, across) if rank_one else numbers.normal(size=size)).astype(np.float32)
    got = convolve(image, kernel, padding="same", border=border)
    wide = oracle.padded(image, kernel, "same", 1, border)
    windows = np.lib.stride_tricks.sliding_window_view(wide, size, axis=(0, 1))[::7, ::5]
    expected = np.einsum("...ij,ij->...", windows, kernel.astype(np.float64))
    # A float32 sum of n products is off by about √n · ε · the size of what is added.
    bound = 4e-7 * np.abs(kernel).sum()
    np.testing.assert_allclose(got[::7, ::5], expected, rtol=0, atol=bound)


@pytest.mark.parametrize("size", [(3, 3), (11, 11), (12, 12), (25, 25), (31, 31)])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 3e38, 1e37])
@pytest.mark.parametrize("rank_one", [True, False])
def test_what_is_not_finite_stays_within_its_windows(size: tuple[int, int], value: float, rank_one: bool) -> None:
    image = np.random.default_rng(0).random((64, 70)).astype(np.float32)
    kernel = np.ones(size, np.float32) / (size[0] * size[1]) if rank_one else _own_kernel(size)
    clean = convolve(image, kernel)
    image[32, 33] = value
    got = convolve(image, kernel)
    hit = np.zeros(got.shape, bool)
    hit[max(0, 33 - size[0]) : 33, max(0, 34 - size[1]) : 34] = True
    np.testing.assert_allclose(got[~hit], clean[~hit], rtol=0, atol=1e-5 * np.abs(kernel).sum())
    assert (~np.isfinite(got[hit]) if not np.isfinite(value) else np.abs(got[hit]) > 1e30).all()


@pytest.mark.parametrize("size", [(12, 12), (15, 15), (21, 21), (31, 31), (3, 150), (200, 2)])
@pytest.mark.parametrize("shape", [(224, 224), (600, 90, 3)])
def test_large_kernels_of_whole_numbers_are_exact(size: tuple[int, int], shape: tuple[int, ...]) -> None:
    numbers = np.random.default_rng(2)
    image, kernel = numbers.integers(0, 256, shape), numbers.integers(-9, 10, size)
    if size[1] > shape[1]:
        image = image.swapaxes(0, 1)
    windows = np.lib.stride_tricks.sliding_window_view(image, size, axis=(0, 1))[::9, ::9]
    exact = np.einsum("...ij,ij->...", windows, kernel)
    assert np.abs(exact).max() < 2**24
    np.testing.assert_array_equal(convolve(image, kernel, stride=9), exact)


@pytest.mark.parametrize("dilation", [5, (1, 7), 12])
def test_a_kernel_spread_wide_is_still_exact(dilation: int | tuple[int, int]) -> None:
    image = np.random.default_rng(4).integers(0, 256, (70, 80))
    expected = oracle.convolve(image, EDGES, dilation=dilation)
    np.testing.assert_array_equal(convolve(image, EDGES, dilation=dilation), expected)


def _own_kernel(size: tuple[int, int]) -> NDArray[np.float32]:
    kernel = np.random.default_rng(5).normal(size=size).astype(np.float32)
    return kernel / np.abs(kernel).max() + np.float32(0.001) * np.sign(kernel)


def test_large_numbers_keep_their_digits_beside_small_ones() -> None:
    # A Fourier path spreads the rounding of a large number over the whole output.
    image = np.full((200, 200), 1e-3, np.float32)
    image[:20] = 1e6
    got = convolve(image, np.full((31, 31), 1 / 961, np.float32))
    np.testing.assert_allclose(got[30:], 1e-3, rtol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (3, 3), (5, 2), (11, 11), (13, 12), (17, 17)])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_explain_and_convolve_agree_on_what_is_not_finite(size: tuple[int, int], value: float) -> None:
    numbers = np.random.default_rng(3)
    image = numbers.random((20, 20)).astype(np.float32)
    image[7, 9] = image[8, 9] = value
    for _ in range(4):
        kernel = numbers.integers(-1, 2, size).astype(np.float32)
        output = convolve(image, kernel)
        for row, col in np.ndindex(output.shape):
            if row <= 8 < row + size[0] + 1 and col <= 9 < col + size[1]:
                step = explain(image, kernel, row, col)
                np.testing.assert_allclose(step.value, output[row, col], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"padding": 100_000}, "padding: got 100000, which makes the padded image 200004 × 200004"),
        ({"padding": (0, 2**40)}, "padding: got"),
        (
            {"padding": "same", "dilation": 10_000},
            "dilation: got 10000, which makes the padded image 20004 × 20004",
        ),
        ({"padding": "full", "dilation": (1, 2**40), "border": "wrap"}, "dilation: got"),
    ],
)
def test_a_request_for_all_of_the_memory_is_refused(options: dict[str, Any], name: str) -> None:
    for function in (convolve, lambda image, kernel, **rest: explain(image, kernel, 0, 0, **rest)):
        with pytest.raises(ValueError, match=f"^{name}.*; at most 64,000,000 numbers are added"):
            function(np.eye(4), EDGES, **options)


def test_a_nearly_empty_kernel_as_large_as_the_image_takes_no_time_to_speak_of() -> None:
    image = np.random.default_rng(0).integers(0, 9, (30, 30))
    got = convolve(image, EDGES, padding="same", dilation=1000)
    np.testing.assert_array_equal(got, -4 * image)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"image": np.zeros(3)}, "image: got the shape (3,), needed is (H, W) or (H, W, 3), not empty"),
        ({"image": np.zeros((3, 3, 4))}, "image: got the shape (3, 3, 4), needed is (H, W) or (H, W, 3)"),
        ({"image": np.zeros((0, 3))}, "image: got the shape (0, 3), needed is (H, W) or (H, W, 3), not empty"),
        ({"kernel": [1, 2]}, "kernel: got the shape (2,), needed is (kH, kW), not empty"),
        ({"kernel": np.zeros((0, 3))}, "kernel: got the shape (0, 3), needed is (kH, kW), not empty"),
        ({"image": [[1, 2], [3]]}, "image: got rows of different lengths, needed is a rectangle of numbers"),
        ({"image": [["a"]]}, "image: got values of type <U1, needed are real numbers"),
        ({"image": np.eye(5) * 1j}, "image: got values of type complex128, needed are real numbers"),
        ({"kernel": [[None]]}, "kernel: got values of type object, needed are real numbers"),
        ({"bias": "1"}, "bias: got '1', needed is a finite number"),
        ({"bias": 1e39}, "bias: got 1e+39, needed is a finite number"),
        ({"bias": True}, "bias: got True, needed is a finite number"),
        ({"bias": np.complex64(1)}, "bias: got np.complex64(1+0j), needed is a finite number"),
        ({"border": "mirror"}, "border: got 'mirror', legal are zero, reflect, replicate, wrap"),
        ({"bias": np.nan}, "bias: got nan, needed is a finite number"),
        ({"stride": 0}, "stride: got 0, needed is at least 1"),
        ({"stride": 1.5}, "stride: got 1.5, needed is a whole number or (rows, cols)"),
        ({"dilation": (1, 0)}, "dilation: got (1, 0), needed is at least 1"),
        ({"padding": -1}, "padding: got -1, needed is at least 0"),
        ({"padding": "some"}, "padding: got 'some', legal are a whole number, (rows, cols), \"valid\""),
        ({"padding": (1, 2, 3)}, "padding: got (1, 2, 3), needed is a whole number or (rows, cols)"),
        ({"kernel": np.zeros((6, 2))}, "kernel: a window of 6 with dilation 1 spans 6 cells, the input has 5"),
        ({"dilation": 3}, "kernel: a window of 3 with dilation 3 spans 7 cells, the input has 5 and 0 of padding"),
    ],
)
def test_what_is_not_legal_is_said(arguments: dict[str, Any], message: str) -> None:
    wanted = {"image": LECTURE, "kernel": EDGES, **arguments}
    with pytest.raises(ValueError, match=re.escape(message)):
        convolve(**wanted)
    with pytest.raises(ValueError, match=re.escape(message)):
        explain(**wanted, row=0, col=0)


@pytest.mark.parametrize(
    ("row", "col", "name"), [(3, 0, "row"), (True, 0, "row"), (-1, 0, "row"), (0, 3, "col"), (0, 0.5, "col")]
)
def test_a_place_outside_the_output_is_said(row: int, col: int, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: got .*, needed is a whole number from 0 to 2"):
        explain(LECTURE, EDGES, row, col)
