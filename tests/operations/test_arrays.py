import numpy as np
import pytest
from numpy.typing import ArrayLike

from explorer.operations.arrays import floats


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64", ">f4"])
def test_numbers_of_any_type(dtype: str) -> None:
    got = floats("image", np.array([[0, 1]], dtype))
    assert got.dtype == np.dtype(np.float32)
    assert got.dtype.isnative
    np.testing.assert_array_equal(got, [[0, 1]])


def test_what_is_right_already_is_not_copied() -> None:
    image = np.zeros((2, 2), np.float32)
    assert floats("image", image) is image


def test_what_is_too_large_becomes_infinite_without_a_warning() -> None:
    np.testing.assert_array_equal(floats("image", [1e300, -1e39, 2]), [np.inf, -np.inf, 2])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1], [1, 2]], "image: got rows of different lengths, needed is a rectangle of numbers"),
        ("12", "image: got values of type <U2, needed are real numbers"),
        ([1j], "image: got values of type complex128, needed are real numbers"),
        ([None], "image: got values of type object, needed are real numbers"),
        (np.array(["2020-01-01"], "datetime64[D]"), "image: got values of type datetime64"),
    ],
)
def test_what_are_no_numbers_is_said(value: ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        floats("image", value)
