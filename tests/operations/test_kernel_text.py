import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from explorer.operations.kernel_text import Form, KernelTextError, format, parse

FORMS: tuple[Form, ...] = ("json", "numpy", "matlab", "csv")
any_float = st.floats(width=32, allow_nan=False, allow_infinity=False)
matrices = arrays.arrays(np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=any_float)
WANTED = [[0, 1.5, -4], [2, 0, 1]]


@pytest.mark.parametrize(
    "text",
    [
        "[[0, 1.5, -4], [2, 0, 1]]",
        "[[0,1.5,-4],\n [2,0,1]]\n",
        "  [ [0 , 1.5 , -4 ] , [ 2, 0, 1 ] ]  ",
        "array([[ 0. ,  1.5, -4. ],\n       [ 2. ,  0. ,  1. ]])",
        "array([[ 0. ,  1.5, -4. ],\n       [ 2. ,  0. ,  1. ]], dtype=float32)",
        "np.array([[0, 1.5, -4], [2, 0, 1]], np.float32)",
        "numpy.asarray([[0, 1.5, -4], [2, 0, 1]], dtype=np.float64)",
        "kernel = np.array([[0, 1.5, -4], [2, 0, 1]])",
        "torch.tensor([[0.0, 1.5, -4.0], [2, 0, 1]])",
        "[[ 0.   1.5 -4. ]\n [ 2.   0.   1. ]]",
        "[0 1.5 -4; 2 0 1]",
        "k = [0 1.5 -4; 2 0 1];",
        "[0, 1.5, -4; 2, 0, 1]",
        "[0 1.5 -4\n 2 0 1]",
        "0 1.5 -4\n2 0 1",
        "0, 1.5, -4\n2, 0, 1",
        "0,1.5,-4\r\n2,0,1\r\n",
        "0\t1.5\t-4\n2\t0\t1",
        "0;1.5;-4\n2;0;1",
        "0,1.5,-4;2,0,1",
        "0 1.5 \u22124\n\n2 0 1\n",
        "0 3/2 -8/2\n6/3 0 1",
        "0 3 / 2 -4\n2 0 1",
        "+0 .15e1 -4.\n2E0 0e3 1",
    ],
)
def test_every_form_is_read(text: str) -> None:
    got = parse(text)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, WANTED)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("7", [[7]]),
        ("1 2 3", [[1, 2, 3]]),
        ("[1 2 3]", [[1, 2, 3]]),
        ("[1; 2]", [[1], [2]]),
        ("1\n2\n3", [[1], [2], [3]]),
        ("[[1]]", [[1]]),
        ("1/9", [[1 / 9]]),
        ("-1/-4", [[0.25]]),
    ],
)
def test_small_ones(text: str, wanted: list[list[float]]) -> None:
    np.testing.assert_array_equal(parse(text), np.array(wanted, np.float32))


@settings(max_examples=80)
@given(matrices, st.sampled_from(FORMS))
def test_what_is_written_reads_back_bit_by_bit(weights: NDArray[np.float32], form: Form) -> None:
    text = format(weights, form)
    back = parse(text)
    assert back.shape == weights.shape
    assert back.tobytes() == (weights + np.float32(0)).tobytes() or np.array_equal(back, weights)


@settings(max_examples=50)
@given(matrices)
def test_others_read_it_too(weights: NDArray[np.float32]) -> None:
    np.testing.assert_array_equal(np.array(json.loads(format(weights, "json")), np.float32), weights)
    np.testing.assert_array_equal(eval(format(weights, "numpy"), {"np": np}), weights)
    rows = [[float(n) for n in line.split(",")] for line in format(weights, "csv").splitlines()]
    np.testing.assert_array_equal(np.array(rows, np.float32), weights)


@settings(max_examples=50)
@given(matrices)
def test_numpys_own_prints_are_read(weights: NDArray[np.float32]) -> None:
    with np.printoptions(threshold=10_000, floatmode="unique"):
        np.testing.assert_array_equal(parse(str(weights)), weights)
        np.testing.assert_array_equal(parse(repr(weights)), weights)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The text holds no numbers; needed are rows of numbers"),
        (" \n ", "The text holds no numbers"),
        ("[]", "The text holds no numbers"),
        ("[[], []]", "The text holds no numbers"),
        ("1 2\n3", "Line 2 has 1 numbers and line 1 has 2; needed are as many in each."),
        ("[1 2; 3]", "Line 2 has 1 numbers and line 1 has 2"),
        ("1 2\n3 x", "Line 2: 'x' is not a number"),
        ("1 nan", "Line 1: 'nan' is not a number"),
        ("1 inf", "Line 1: 'inf' is not a number"),
        ("1e39", "Line 1: '1e39' is too large; needed is less than 3.4e38."),
        ("1e999/1e999", "Line 1: '1e999/1e999' is too large"),
        ("1/0", "Line 1: '1/0' divides by zero"),
        ("1/2/3", "Line 1: '1/2/3' is not a number"),
        ("0x10", "Line 1: '0x10' is not a number"),
        ("1_000", "Line 1: '1_000' is not a number"),
        ("__import__('os').getcwd()", "is not a number"),
        ("[[1, 2], [3, 4]", "There are 3 opening and 2 closing brackets"),
        ("\n".join(["1"] * 16), "The matrix has 16 × 1 numbers; 15 × 15 is the most here."),
        (" ".join(["1"] * 16), "The matrix has 1 × 16 numbers; 15 × 15 is the most here."),
    ],
)
def test_what_is_no_matrix_is_said(text: str, message: str) -> None:
    with pytest.raises(KernelTextError, match=re.escape(message)):
        parse(text)


def test_the_most_can_differ_for_rows_and_columns() -> None:
    assert parse("1 2 3", max_size=(1, 3)).shape == (1, 3)
    with pytest.raises(KernelTextError, match="The matrix has 2 × 1 numbers; 1 × 3 is the most here"):
        parse("1\n2", max_size=(1, 3))


@settings(max_examples=150)
@given(st.text("[]()0123456789.,;/eE+-− \n\tnparydt=", max_size=40))
def test_any_text_is_a_matrix_or_an_error_of_ours(text: str) -> None:
    try:
        got = parse(text)
    except KernelTextError:
        return
    assert got.ndim == 2
    assert np.isfinite(got).all()


@pytest.mark.parametrize("wrong", ["yaml", "JSON"])
def test_a_form_that_is_not_known_is_said(wrong: str) -> None:
    with pytest.raises(ValueError, match=f"form: got '{wrong}', legal are json, numpy, matlab, csv"):
        format(np.ones((1, 1), np.float32), wrong)


def test_short_numbers_are_written_short() -> None:
    weights = np.array([[0.1, -4], [1 / 9, 1e-20]], np.float32)
    assert format(weights, "csv") == "0.1,-4\n0.11111111,1e-20"
    assert format(weights, "matlab") == "[0.1 -4; 0.11111111 1e-20]"
    assert format(weights, "json") == "[[0.1, -4], [0.11111111, 1e-20]]"
    assert format(weights, "numpy") == "np.array([[0.1, -4], [0.11111111, 1e-20]], dtype=np.float32)"
