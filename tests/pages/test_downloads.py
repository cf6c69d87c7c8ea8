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
