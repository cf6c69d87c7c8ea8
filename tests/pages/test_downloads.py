"""Every page with a picture on it offers the picture and its numbers."""

from __future__ import annotations

import pytest

from tests.pages.opened import opened

MAP = ["PNG, as shown", "NPY, the numbers", "CSV, the numbers"]


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("convolution", {}, MAP),
        ("pooling", {}, MAP),
        ("pooling", {"kernel": "emboss", "trace": "1"}, MAP),
        ("pooling", {"kernel": "emboss"}, MAP),
        ("layer", {}, [*MAP, "PNG, all 8 maps"]),
        ("filters", {"colour": "1"}, MAP),
    ],
)
def test_a_page_offers_its_maps(name: str, query: dict[str, str], expected: list[str]) -> None:
    app = opened(name, query)
    labels = [button.proto.label for button in app.get("download_button")]
    assert [label for label in labels if label in expected] == expected


def test_the_first_page_offers_its_maps_its_pictures_and_its_curve() -> None:
    app = opened("introduction", {"shift": "0,4"}, section="lecture")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels == [
        *MAP,
        *("PNG, your image", "PNG, all else covered", "PNG, the window covered"),
        *MAP,
        *("PNG, your image, moved", "SVG, the answer", "CSV, the answer"),
    ]


def test_every_table_of_the_costs_is_a_file_and_every_chart_a_drawing() -> None:
    app = opened("tradeoffs", {}, section="lecture")
    labels = [button.proto.label for button in app.get("download_button")]
    assert labels.count("Download CSV") >= 3
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    assert all('"format": "svg"' in one.proto.config for one in charts)
