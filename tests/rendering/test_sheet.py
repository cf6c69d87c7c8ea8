import io
import re
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from explorer.rendering import scales
from explorer.rendering.sheet import Layout, indexed_png, layout, limits, sheet


def _indices(data: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(data))
    assert image.mode == "P"
    return np.array(image)


def _colours(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))[..., ::-1]


def test_four_maps_of_one_number() -> None:
    data = sheet(np.array([[[1]], [[-1]], [[0]], [[0.5]]]))
    np.testing.assert_array_equal(
        _indices(data), [[0, 0, 0, 0, 0], [0, 255, 0, 1, 0], [0, 0, 0, 0, 0], [0, 128, 0, 192, 0], [0, 0, 0, 0, 0]]
    )


@settings(max_examples=40)
@given(
    st.integers(1, 9), st.integers(1, 7), st.integers(1, 7), st.one_of(st.none(), st.integers(1, 12)), st.data()
)
def test_every_number_is_where_the_layout_says(
    count: int, rows: int, cols: int, columns: int | None, data: st.DataObject
) -> None:
    maps = np.random.default_rng(count).normal(size=(count, rows, cols)).astype(np.float32)
    scale, theme = data.draw(st.sampled_from(["shared", "each"])), data.draw(st.sampled_from(["light", "dark"]))
    drawn = sheet(maps, scale=scale, theme=theme, columns=columns)
    pixels, plan = _indices(drawn), layout(maps.shape, columns)
    assert pixels.shape == plan.shape
    covered = np.zeros(pixels.shape, bool)
    for number, end in enumerate(limits(maps, scale)):
        row, col = plan.corner(number)
        place = np.s_[row : row + rows, col : col + cols]
        np.testing.assert_array_equal(pixels[place], scales.to_index(maps[number], end))
        assert not covered[place].any()
        covered[place] = True
    assert (pixels[~covered] == 0).all()
    for row, col in np.ndindex(pixels.shape):
        found = plan.at(row, col)
        assert (found is not None) == covered[row, col]
        if found is not None:
            assert plan.corner(found[0]) == (row - found[1], col - found[2])
    np.testing.assert_array_equal(_colours(drawn), scales.palette("signed", theme)[pixels])


def test_a_theme_changes_the_palette_and_nothing_else() -> None:
    maps = np.random.default_rng(0).normal(size=(3, 5, 5))
    light, dark = sheet(maps, theme="light"), sheet(maps, theme="dark")
    np.testing.assert_array_equal(_indices(light), _indices(dark))
    assert light != dark
    assert len(light) == len(dark)


def test_maps_of_zeros_are_paper() -> None:
    pixels = _indices(sheet(np.zeros((2, 3, 3)), scale="each"))
    assert (pixels == 128).sum() == 18


def test_each_map_at_its_own_end() -> None:
    maps = np.array([[[1, 0.5]], [[-10, 5]]])
    assert limits(maps) == [10, 10]
    assert limits(maps, "each") == [1, 10]
    np.testing.assert_array_equal(_indices(sheet(maps, columns=1))[1, 1:3], [141, 134])
    np.testing.assert_array_equal(_indices(sheet(maps, scale="each", columns=1))[1, 1:3], [255, 192])


def test_positive_maps_use_the_whole_palette() -> None:
    np.testing.assert_array_equal(_indices(sheet([[[0, 1, 2]]], colors="positive"))[1, 1:4], [0, 128, 255])


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 1), (4, 2), (16, 4), (64, 8), (32, 6)])
def test_about_as_wide_as_high(count: int, columns: int) -> None:
    assert layout((count, 10, 10)).columns == columns


def test_wide_maps_stand_in_fewer_columns() -> None:
    plan = layout((16, 10, 40))
    assert plan.columns == 2
    assert plan.shape == (8 * 11 + 1, 2 * 41 + 1)


def test_there_is_no_map_beyond_the_last() -> None:
    plan = Layout(3, 2, 2, 2)
    assert plan.at(4, 4) is None
    assert plan.at(-1, 1) is None
    assert plan.at(1, 100) is None
    for number in (3, -1):
        with pytest.raises(ValueError, match=f"number: got {number}, needed is 0 to 2"):
            plan.corner(number)


@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_palette_png_is_exact(level: int) -> None:
    indices = np.arange(256, dtype=np.uint8).reshape(8, 32)
    table = np.random.default_rng(0).integers(0, 256, (256, 3)).astype(np.uint8)
    data = indexed_png(indices, table, level=level)
    np.testing.assert_array_equal(_indices(data), indices)
    np.testing.assert_array_equal(_colours(data), table[indices])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"feature_maps": np.zeros((3, 3))}, "feature_maps: got the shape (3, 3), needed is (C, H, W), not empty"),
        ({"feature_maps": np.zeros((0, 3, 3))}, "feature_maps: got the shape (0, 3, 3)"),
        ({"feature_maps": np.full((1, 1, 1), np.nan)}, "feature_maps: got a number that is not finite"),
        ({"feature_maps": np.full((1, 1, 1), 1e300)}, "feature_maps: got a number that is not finite"),
        ({"feature_maps": [[["a"]]]}, "feature_maps: got values of type <U1, needed are real numbers"),
        ({"feature_maps": [[[1j]]]}, "feature_maps: got values of type complex128, needed are real numbers"),
        ({"feature_maps": [[[1]], [[1, 2]]]}, "feature_maps: got maps of different sizes"),
        ({"scale": "own"}, "scale: got 'own', legal are shared and each"),
        ({"colors": "gray"}, "colors: got 'gray', legal are signed and positive"),
        ({"colors": "positive", "feature_maps": -np.ones((1, 2, 2))}, "colors: got positive and a number of -1"),
        ({"columns": 0}, "columns: got 0, needed is at least 1"),
        ({"columns": -2}, "columns: got -2, needed is at least 1"),
        ({"columns": 2.5}, "columns: got 2.5, needed is a whole number"),
        ({"columns": "2"}, "columns: got '2', needed is a whole number"),
    ],
)
def test_what_is_not_legal_is_said(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        sheet(**{"feature_maps": np.ones((2, 3, 3)), **arguments})
