"""What can be taken along: a map as a picture and as its numbers, a sheet, a table."""

from __future__ import annotations

import io
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.operations.chain import Pooling
from explorer.operations.layer import ConvLayer
from explorer.rendering import scales
from explorer.ui import downloads
from explorer.ui.components import lens
from explorer.ui.downloads import File, Picture

Offered = list[tuple[list[Picture], list[File]]]
RNG = np.random.default_rng(5)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Offered:
    """Collect what a page would offer."""
    found: Offered = []

    def keep(_page: str, pictures: list[Picture], more: tuple[File, ...] = ()) -> None:
        found.append((list(pictures), list(more)))

    monkeypatch.setattr(downloads, "pictures", keep)
    return found


def pixels(png: Callable[[], bytes | str]) -> NDArray[np.uint8]:
    data = png()
    assert isinstance(data, bytes)
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))[:, :, ::-1]


def test_a_map_is_taken_along_with_its_scale_and_every_bit_of_its_numbers() -> None:
    values = RNG.normal(size=(3, 5)).astype(np.float32)
    png, npy, csv = Picture("conv_1, map 2", values, 4.0).files()
    assert [file.name for file in (png, npy, csv)] == [f"conv-1-map-2-3x5.{end}" for end in ("png", "npy", "csv")]
    zoom = downloads.PICTURE_PX // 5
    expected = scales.palette("signed")[scales.to_index(values, 4.0)]
    np.testing.assert_array_equal(pixels(png.data)[::zoom, ::zoom], expected)
    data, text = npy.data(), csv.data()
    assert isinstance(data, bytes)
    np.testing.assert_array_equal(np.load(io.BytesIO(data)), values)
    np.testing.assert_array_equal(np.loadtxt(io.StringIO(str(text)), delimiter=",", dtype=np.float32), values)


def test_a_vector_is_one_row_and_an_input_is_grey() -> None:
    values = np.array([0, 0.5, 1], np.float32)
    picture = Picture("input", values, 1.0, "gray")
    drawn = pixels(picture.files()[0].data)
    assert picture.plane.shape == (1, 3)
    assert (drawn == drawn[:, :, :1]).all()
    assert drawn[0, 0, 0] == 0
    assert drawn[-1, -1, 0] == 255


def test_pooling_offers_both_maps_with_the_scales_on_the_screen(offered: Offered) -> None:
    before = np.array([[1, -2], [3, 0]], np.float32)
    pooling = Pooling(2, mode="lp", p=1.0)
    downloads.pooled("p", lens.pooling(before, pooling), pooling.run(before), before, "Feature map")
    ((pooled, whole),) = [pictures for pictures, _ in offered]
    assert (pooled.values.tolist(), pooled.end) == ([[6.0]], 6.0)
    assert (whole.title, whole.end) == ("Feature map", 3.0)
    np.testing.assert_array_equal(whole.values, before)


@pytest.mark.parametrize("scale", ["shared", "each"])
def test_a_layer_offers_every_map_the_chosen_one_first_its_partial_sums_and_a_sheet(
    offered: Offered, scale: lens.ScaleOf
) -> None:
    image = RNG.random((6, 6, 3), np.float32)
    made = ConvLayer(RNG.normal(size=(4, 3, 3, 3)).astype(np.float32))
    stages, sums = made.run(image), made.partial_sums(image, 2)
    scene = lens.layer(made, stages, 2, sums, scale=scale)
    downloads.layer("p", scene, stages.activations, sums, 2)
    ((pictures, (sheet,)),) = offered
    assert [picture.title for picture in pictures[:4]] == [f"Map {n}: Filter {n}" for n in (3, 1, 2, 4)]
    np.testing.assert_array_equal(pictures[0].values, stages.activations[2])
    own = scales.limit(stages.activations[0])
    assert pictures[1].end == pytest.approx(scales.limit(stages.activations) if scale == "shared" else own)
    assert [picture.title for picture in pictures[4:]] == [f"Partial sum {n} of map 3" for n in (1, 2, 3)]
    np.testing.assert_array_equal(sum(picture.values for picture in pictures[4:]), stages.feature_maps[2])
    assert sheet.name == "layer-4-maps-4x4.png"
    assert pixels(sheet.data).shape == (2 * 5 + 1, 2 * 5 + 1, 3)


def test_a_table_is_text_with_its_heads() -> None:
    file = downloads.table("CSV", "classes", ("class", "share"), [("a, b", 0.5)])
    assert (file.name, file.data()) == ("classes.csv", 'class,share\n"a, b",0.5\n')


@pytest.mark.parametrize("channels", [1, 3])
def test_an_input_is_a_picture_of_its_cells(channels: int) -> None:
    values = (RNG.integers(0, 256, (channels, 6, 8)) / 255).astype(np.float32)
    file = downloads.colour("All else covered", values)
    assert (file.label, file.name) == ("PNG, all else covered", "all-else-covered-6x8.png")
    drawn = pixels(file.data)
    zoom = drawn.shape[1] // 8
    assert drawn.shape == (6 * zoom, 8 * zoom, 3)
    cells = drawn[zoom // 2 :: zoom, zoom // 2 :: zoom]
    np.testing.assert_array_equal(cells, np.broadcast_to(np.moveaxis(values, 0, -1) * 255, cells.shape).round())
