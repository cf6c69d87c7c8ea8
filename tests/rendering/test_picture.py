import io
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from explorer.rendering import picture, scales

MAP = np.array([[0, 1, -2], [0.5, 2, -1]], np.float32)


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("colors", ["signed", "positive", "gray"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("zoom", [1, 3])
def test_a_map_in_the_colours_it_is_shown_in(colors: scales.Colors, theme: scales.Theme, zoom: int) -> None:
    image = _open(picture.png(MAP, colors=colors, theme=theme, end=1.5, zoom=zoom))
    expected = scales.palette(colors, theme)[scales.to_index(MAP, 1.5, colors)]
    got = np.array(image.convert("RGB"))
    assert got.shape == (2 * zoom, 3 * zoom, 3)
    for row, col in np.ndindex(2, 3):
        block = got[row * zoom : (row + 1) * zoom, col * zoom : (col + 1) * zoom].reshape(-1, 3)
        np.testing.assert_array_equal(block, np.tile(expected[row, col], (zoom * zoom, 1)))


def test_the_scale_ends_at_the_largest_number_where_nothing_is_said() -> None:
    assert picture.png(MAP) == picture.png(MAP, end=2)
    assert picture.png(MAP) != picture.png(MAP, end=3)


@pytest.mark.parametrize("values", [MAP, MAP[:, ::-1], MAP.T, np.array([[1e-45, 3.4e38]]), np.array([[1 / 3]])])
def test_numbers_read_back_bit_by_bit(values: NDArray[Any]) -> None:
    back = np.load(io.BytesIO(picture.npy(values)), allow_pickle=False)
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, values.astype(np.float32))
    read = np.loadtxt(io.StringIO(picture.csv(values)), delimiter=",", ndmin=2).astype(np.float32)
    np.testing.assert_array_equal(read, values.astype(np.float32))


def test_colour_has_a_numpy_file_too() -> None:
    values = np.random.default_rng(0).random((2, 2, 3)).astype(np.float32)
    np.testing.assert_array_equal(np.load(io.BytesIO(picture.npy(values))), values)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": np.zeros(3)}, "values: got the shape (3,), needed is (H, W), not empty"),
        ({"values": np.zeros((0, 3))}, "values: got the shape (0, 3), needed is (H, W), not empty"),
        ({"values": [[np.inf]]}, "values: got numbers that are not finite"),
        ({"zoom": 0}, "zoom: got 0, needed is at least 1"),
        ({"end": -1}, "end: got -1, needed is a number above 0"),
    ],
)
def test_what_is_not_legal_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        picture.png(**{"values": MAP, **arguments})
