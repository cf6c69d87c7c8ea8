import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.rendering.scales import HAIRLINE, PAPER, Colors, Theme, limit, palette, rgb, to_index

THEMES: tuple[Theme, ...] = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_zero_is_paper_and_the_ends_are_ink(theme: Theme) -> None:
    signed, positive = palette("signed", theme), palette("positive", theme)
    np.testing.assert_array_equal(signed[128], rgb(PAPER[theme]))
    np.testing.assert_array_equal(positive[0], rgb(PAPER[theme]))
    np.testing.assert_array_equal(signed[0], rgb(HAIRLINE[theme]))
    np.testing.assert_array_equal(signed[255], positive[255])
    red, _, blue = (signed[255].astype(int) - signed[1])[[0, 1, 2]]
    assert red > 40
    assert blue < -40


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("side", [1, -1])
def test_each_step_from_zero_is_further_from_paper(theme: Theme, side: int) -> None:
    colours = palette("signed", theme)[128::side][:128].astype(int)
    away = np.abs(colours - colours[0]).sum(1)
    assert (np.diff(away) >= 0).all()
    assert away[4] > 0


def test_a_quarter_of_the_end_has_a_third_of_the_ink() -> None:
    # |v|^0.8: at 32/127 of the end 0.332 of the way from white to #b2182b.
    np.testing.assert_array_equal(palette("signed")[160], [229, 178, 185])


def test_gray_is_gray_in_both_themes() -> None:
    for theme in THEMES:
        np.testing.assert_array_equal(palette("gray", theme), np.repeat(np.arange(256)[:, None], 3, 1))


def test_a_palette_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        palette("signed")[0, 0] = 1


def test_where_the_scale_ends() -> None:
    assert limit([[-3, 2]]) == 3
    assert limit([[0, 2.5]]) == 2.5
    assert limit(np.zeros((2, 2))) == 1
    assert limit([]) == 1
    assert limit([2e-8, -1e-8], rounding=1e-7) == 1
    assert limit([2e-7, -1e-8], rounding=1e-7) == 2e-7
    assert isinstance(limit(np.float32([1])), float)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_scale_needs_finite_numbers(value: float) -> None:
    with pytest.raises(ValueError, match="values: got numbers that are not finite"):
        limit([1, value])


@pytest.mark.parametrize(
    ("colors", "wanted"),
    [("signed", [1, 1, 65, 128, 192, 255, 255]), ("positive", [0, 0, 0, 0, 128, 255, 255])],
)
def test_indices_of_seven_numbers(colors: Colors, wanted: list[int]) -> None:
    got = to_index([-9, -2, -1, 0, 1, 2, 9], 2, colors)
    assert got.dtype == np.uint8
    np.testing.assert_array_equal(got, wanted)


@settings(max_examples=100)
@given(st.floats(2.0**-149, 2.0**127, width=32), st.floats(-1, 1, width=32))
def test_zero_is_128_and_no_number_has_a_wrong_sign(end: float, part: float) -> None:
    value = np.float32(part * end)
    low, zero, index = to_index([-end, 0, value], end)
    assert zero == 128
    assert low <= index
    assert (index >= 128) if value >= 0 else (index <= 128)
    if end > 1e-30:
        assert low == 1
        assert abs(int(index) - 128 - 127 * float(value) / end) <= 0.51


def test_what_is_not_legal_is_said() -> None:
    for call, message in (
        (lambda: palette("rainbow"), "colors: got 'rainbow', legal are signed, positive and gray"),
        (lambda: palette("signed", "sepia"), "theme: got 'sepia', legal are light and dark"),
        (lambda: to_index([1], 0), "end: got 0, needed is a number above 0"),
        (lambda: to_index([1], np.nan), "end: got nan, needed is a number above 0"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
