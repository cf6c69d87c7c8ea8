"""The samples: what they show, that they never change, and that each says where it is from."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from explorer.images import to_gray, working
from explorer.samples import LECTURE, SAMPLES

FOLDER = Path(__file__).parents[1] / "assets" / "images"
PHOTOGRAPHS = ["coffee", "cat", "horse", "camera", "rocket", "brick", "grass", "gravel"]


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_sample_is_an_image_with_a_name_and_a_source(slug: str) -> None:
    sample = SAMPLES[slug]
    image = sample.load()
    assert sample.slug == slug
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
    assert sample.title
    assert sample.source
    assert sample.licence
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert image.min() < image.max()


@pytest.mark.parametrize("slug", SAMPLES)
def test_loading_again_gives_the_same_values_in_a_new_array(slug: str) -> None:
    first, second = SAMPLES[slug].load(), SAMPLES[slug].load()
    first[:] = 7
    np.testing.assert_array_equal(second, SAMPLES[slug].load())
    assert second.max() > 7


def test_a_session_begins_with_the_coffee_cup() -> None:
    assert next(iter(SAMPLES)) == "coffee"
    assert SAMPLES["coffee"].title == "Coffee cup"
    assert len(SAMPLES) >= 10
    assert len({sample.title for sample in SAMPLES.values()}) == len(SAMPLES)


@pytest.mark.parametrize("slug", PHOTOGRAPHS)
def test_a_photograph_is_small_in_bytes_and_large_in_pixels(slug: str) -> None:
    (file,) = FOLDER.glob(f"{slug}.*")
    assert file.stat().st_size < 150_000
    assert 300 <= min(SAMPLES[slug].load().shape[:2]) <= 512
    assert "CC0" in SAMPLES[slug].licence or "Public domain" in SAMPLES[slug].licence


def test_the_table_of_sources_lists_every_file() -> None:
    table = (FOLDER / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE))
    assert listed == {file.name for file in FOLDER.iterdir() if file.suffix in {".jpg", ".png"}}


def test_only_the_lecture_is_shown_in_its_own_size() -> None:
    assert [slug for slug, sample in SAMPLES.items() if sample.native] == ["lecture"]
    np.testing.assert_array_equal(working(SAMPLES["lecture"].load(), 5, colour=False), np.array(LECTURE))


def test_the_checkerboard_alternates_in_both_directions() -> None:
    board = SAMPLES["checkerboard"].load()[:, :, 0]
    cells = board.reshape(16, 32, 16, 32)
    assert (cells.min((1, 3)) == cells.max((1, 3))).all()
    np.testing.assert_array_equal(cells[:, 0, :, 0], (np.indices((16, 16)).sum(0) % 2) * 255)


def test_the_zone_plate_has_every_frequency_up_to_the_finest() -> None:
    plate = to_gray(SAMPLES["zone-plate"].load())
    row = plate[256]
    # Beside the centre the brightness hardly changes, at the border it alternates from pixel to pixel.
    assert np.abs(np.diff(row[250:262])).max() < 0.2
    assert np.abs(np.diff(row[:6])).min() > 0.8
    np.testing.assert_array_equal(plate, plate.T)
    np.testing.assert_array_equal(plate[1:, 1:], plate[:0:-1, :0:-1])


def test_the_step_edge_has_one_edge() -> None:
    edge = SAMPLES["step-edge"].load()[:, :, 0].astype(int)
    assert np.count_nonzero(np.diff(edge, axis=0)) == 0
    assert np.flatnonzero(np.diff(edge[0])).tolist() == [255]


def test_the_text_fits_on_its_sheet() -> None:
    sheet = SAMPLES["text"].load()
    ink = np.argwhere(sheet[:, :, 0] < 128)
    assert ink.min() > 8
    assert ink.max() < 503
    assert 0.03 < len(ink) / 512**2 < 0.3


def test_the_shapes_have_smooth_edges_and_several_colours() -> None:
    colours, counts = np.unique(SAMPLES["shapes"].load().reshape(-1, 3), axis=0, return_counts=True)
    assert (counts > 1500).sum() >= 5
    assert len(colours) > 20
