import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.operations.shapes import (
    PaddingWord,
    as_pair,
    effective,
    fits,
    largest_dilation,
    largest_kernel,
    largest_stride,
    output_shape,
    output_size,
    pads,
    pool_formula,
    pool_size,
    reached,
    size_formula,
    stride_fits,
)
from tests.operations.strategies import WORDS

Axis = tuple[int, int, int, int | str, int]
amounts = st.one_of(st.integers(0, 6), st.sampled_from(WORDS))
axes = st.tuples(st.integers(1, 14), st.integers(1, 6), st.integers(1, 4), amounts, st.integers(1, 3))


def _starts(size: int, kernel: int, stride: int, padding: int | str, dilation: int) -> list[int]:
    """Where the windows begin, found by laying one after another until it no longer fits."""
    gap = dilation * (kernel - 1)
    before, behind = {"valid": (0, 0), "same": (gap // 2, gap - gap // 2), "full": (gap, gap)}.get(
        str(padding), (padding, padding)
    )
    starts, place = [], -int(before)
    while place + gap < size + int(behind):
        starts.append(place)
        place += stride
    return starts


@settings(max_examples=300)
@given(axes)
def test_as_many_windows_as_can_be_laid_down(axis: Axis) -> None:
    size, kernel, stride, padding, dilation = axis
    starts = _starts(*axis)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if not starts:
        with pytest.raises(ValueError, match=f"kernel: a window of {kernel} .* needed is at most"):
            output_size(size, kernel, **options)
        assert not fits((size, size), (kernel, 1), padding=padding, dilation=dilation)
        return
    assert output_size(size, kernel, **options) == len(starts)
    assert output_shape((size, size), (kernel, kernel), **options) == (len(starts), len(starts))
    assert fits((size, size), (kernel, kernel), padding=padding, dilation=dilation)
    cells = {start + dilation * k for start in starts for k in range(kernel)}
    np.testing.assert_array_equal(reached(size, kernel, **options), [cell in cells for cell in range(size)])


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(max_examples=60)
@given(axes)
def test_it_is_torchs_size(axis: Axis) -> None:
    size, kernel, stride, padding, dilation = axis
    # torch offers "same" only for a stride of 1, and has no "full".
    padding = dilation * (kernel - 1) if padding == "full" else padding
    stride = 1 if padding == "same" else stride
    if not fits(
        (size, 1), (kernel, 1), padding=padding if isinstance(padding, str) else (padding, 0), dilation=dilation
    ):
        return
    out = torch.nn.functional.conv1d(
        torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), stride=stride, padding=padding, dilation=dilation
    )
    assert output_size(size, kernel, stride=stride, padding=padding, dilation=dilation) == out.shape[2]


@settings(max_examples=60)
@given(st.integers(1, 14), st.integers(1, 6), st.one_of(st.none(), st.integers(1, 4)), st.data())
def test_it_is_torchs_pooled_size(size: int, window: int, stride: int | None, data: st.DataObject) -> None:
    padding = data.draw(st.integers(0, window // 2))
    if size + 2 * padding < window:
        with pytest.raises(ValueError, match="size: a pooling window of"):
            pool_size(size, window, stride=stride, padding=padding)
        return
    pooled = torch.nn.functional.max_pool1d(torch.zeros(1, 1, size), window, stride, padding)
    assert pool_size(size, window, stride=stride, padding=padding) == pooled.shape[2]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_gives_the_size_over_the_stride_rounded_up(stride: int, kernel: int, dilation: int) -> None:
    for size in range(1, 12):
        got = output_size(size, kernel, stride=stride, padding="same", dilation=dilation)
        assert got == -(-size // stride)


def _fit(size: int, kernel: int, *, padding: int, dilation: int = 1) -> bool:
    return fits((size, 1), (kernel, 1), padding=(padding, 0), dilation=dilation)


@pytest.mark.parametrize("size", [1, 2, 5, 8])
@pytest.mark.parametrize("padding", [0, 1, 4])
def test_the_largest_legal_values_are_legal_and_the_next_are_not(size: int, padding: int) -> None:
    for dilation in (1, 2, 3):
        kernel = largest_kernel(size, padding=padding, dilation=dilation)
        assert _fit(size, kernel, padding=padding, dilation=dilation)
        assert not _fit(size, kernel + 1, padding=padding, dilation=dilation)
    for kernel in range(2, size + 2 * padding + 1):
        dilation = largest_dilation(size, kernel, padding=padding)
        assert _fit(size, kernel, padding=padding, dilation=dilation)
        assert not _fit(size, kernel, padding=padding, dilation=dilation + 1)
        stride = largest_stride(size, kernel, padding=padding)
        assert output_size(size, kernel, padding=padding, stride=stride) == 1
        assert stride == 1 or output_size(size, kernel, padding=padding, stride=stride - 1) > 1


@pytest.mark.parametrize("padding", ["same", "full"])
def test_where_every_kernel_fits_the_largest_reaches_from_end_to_end(padding: PaddingWord) -> None:
    assert largest_kernel(5, padding=padding) == 9
    assert largest_kernel(5, padding=padding, dilation=3) == 3
    assert largest_dilation(5, 3, padding=padding) == 4
    assert largest_dilation(2, 9, padding=padding) == 1
    with pytest.raises(ValueError, match="dilation: got 0"):
        largest_kernel(5, padding=padding, dilation=0)
    with pytest.raises(ValueError, match="size: got 0"):
        largest_kernel(0, padding=padding)


def test_a_kernel_that_never_fits_has_no_largest_dilation() -> None:
    assert largest_dilation(3, 1) == 1
    with pytest.raises(ValueError, match="kernel: a window of 6 with dilation 1 spans 6 cells"):
        largest_dilation(5, 6)


def test_a_size_is_an_int_whatever_it_is_computed_from() -> None:
    sizes = [output_size(np.int64(5), np.int32(3), stride=np.int8(2)), pool_size(np.int64(5), np.int64(2))]
    assert [type(size) for size in sizes] == [int, int]


def test_pads() -> None:
    assert pads((3, 4)) == ((0, 0), (0, 0))
    assert pads((3, 4), padding="valid") == ((0, 0), (0, 0))
    assert pads((3, 4), padding="same") == ((1, 1), (1, 2))
    assert pads((3, 4), padding="same", dilation=(1, 3)) == ((1, 1), (4, 5))
    assert pads((3, 4), padding="full", dilation=(2, 1)) == ((4, 4), (3, 3))
    assert pads((3, 4), padding=(2, 0)) == ((2, 2), (0, 0))


def test_effective() -> None:
    assert [effective(3, d) for d in (1, 2, 3)] == [3, 5, 7]
    assert effective(1, 9) == 1


def test_as_pair_takes_what_is_whole() -> None:
    assert as_pair("stride", np.int64(3)) == (3, 3)
    assert as_pair("stride", [1, np.int32(2)]) == (1, 2)
    assert as_pair("padding", (0, 5), least=0) == (0, 5)


def test_a_stride_longer_than_the_image_changes_nothing() -> None:
    assert stride_fits((5, 9), (5, 9))
    assert not stride_fits((5, 9), (5, 10))
    assert not stride_fits((5, 9), 0)


@settings(max_examples=100)
@given(axes)
def test_the_formula_is_arithmetic_that_holds(axis: Axis) -> None:
    size, kernel, stride, padding, dilation = axis
    if not _starts(*axis):
        return
    text = size_formula(size, kernel, stride=stride, padding=padding, dilation=dilation)
    assert _holds(text)
    assert text.endswith(f"= {output_size(size, kernel, stride=stride, padding=padding, dilation=dilation)}")


def _holds(text: str) -> bool:
    found = re.fullmatch(r"⌊\((.*)\) / (\d+)⌋ \+ (\d+) = (\d+)", text)
    assert found is not None
    numerator, divisor, plus, result = found.groups()
    total = 0
    for sign, term in re.findall(r"(^|[+−] )((?:\([^)]*\)|[^ ()])+)", numerator):
        factors = [_difference(factor) for factor in term.split("·")]
        total += (-1 if sign.startswith("−") else 1) * int(np.prod(factors))
    return total // int(divisor) + int(plus) == int(result)


def _difference(text: str) -> int:
    first, *others = (int(number) for number in text.strip("()").split(" − "))
    return first - sum(others)


@pytest.mark.parametrize("stride", [None, 1, 3])
def test_the_pooling_formula_holds(stride: int | None) -> None:
    text = pool_formula(10, 4, stride=stride, padding=1)
    assert _holds(text)
    assert text.endswith(f"= {pool_size(10, 4, stride=stride, padding=1)}")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: output_size(0, 1), "size: got 0, needed is a whole number of at least 1"),
        (lambda: output_size(5, 3, stride=0), "stride: got 0, needed is a whole number of at least 1"),
        (lambda: output_size(5, 3, dilation=1.5), "dilation: got 1.5, needed is a whole number of at least 1"),
        (lambda: output_size(5, True), "kernel: got True, needed is a whole number of at least 1"),
        (lambda: output_size(5, 3, padding=(1, 1)), "padding: got (1, 1), needed is a whole number or a word"),
        (lambda: output_size(5, 3, padding=-1), "padding: got -1, needed is at least 0"),
        (lambda: output_size(5, 3, padding="half"), "padding: got 'half', legal are a whole number, (rows, cols)"),
        (
            lambda: output_size(5, 3, dilation=3),
            "kernel: a window of 3 with dilation 3 spans 7 cells, the input has 5",
        ),
        (lambda: as_pair("stride", True), "stride: got True, needed is a whole number or (rows, cols)"),
        (lambda: as_pair("stride", (True, 1)), "stride: got (True, 1), needed is a whole number or (rows, cols)"),
        (lambda: as_pair("stride", "12"), "stride: got '12', needed is a whole number or (rows, cols)"),
        (lambda: as_pair("stride", (1, 0)), "stride: got (1, 0), needed is at least 1"),
        (lambda: pool_size(5, 3, padding=2), "padding: got 2, needed is at most half the window of 3, 1"),
        (lambda: pool_size(5, 6), "size: a pooling window of 6 does not fit into 5 cells and 0 of padding"),
        (lambda: pool_size(5, 0), "window: got 0, needed is a whole number of at least 1"),
    ],
)
def test_what_is_not_legal_is_said(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
