"""The curve is where its numbers are, says its classes, and marks the value as it stands."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from explorer.rendering import figures
from explorer.rendering.curve import curve

PLACES = [-4, 0, 4]
SHARES = np.array([[0, 1], [0.5, 0.5], [1, 0]], np.float32)
SVG = "{http://www.w3.org/2000/svg}"


def test_a_line_a_class_through_its_numbers() -> None:
    drawn = ET.fromstring(curve(PLACES, SHARES, ["a cup", "<cat>"], 2, "cells", width=500, height=200))
    lines = drawn.findall(f"{SVG}polyline")
    first, second = ([tuple(map(float, at.split(","))) for at in line.attrib["points"].split()] for line in lines)
    (x0, y0), (x1, y1), (x2, y2) = first
    assert x1 - x0 == pytest.approx(x2 - x1)
    assert y0 - y1 == pytest.approx(y1 - y2)
    assert y2 < y0  # 1 stands above 0
    assert second == [(x0, y2), (x1, y1), (x2, y0)]
    (now,) = [line for line in drawn.findall(f"{SVG}line") if line.attrib["stroke-dasharray"] == "3 3"]
    assert float(now.attrib["x1"]) == pytest.approx((x1 + x2) / 2)
    said = [text.text for text in drawn.findall(f"{SVG}text")]
    assert {"a cup", "<cat>", "cells", "−4", "4", "50 %"} <= set(said)
    assert "a cup, <cat>" in drawn.attrib["aria-label"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_differ_in_colour_and_in_dash(theme: str) -> None:
    shares = np.full((3, 4), 0.25, np.float32)
    drawn = ET.fromstring(curve(PLACES, shares, list("abcd"), 0, "cells", theme=theme))
    lines = drawn.findall(f"{SVG}polyline")
    assert [line.attrib["stroke"] for line in lines] == list(figures.LINES[theme])
    assert len({line.attrib["stroke-dasharray"] for line in lines}) == 4


@pytest.mark.parametrize(("places", "names"), [([0], ["a"]), (PLACES, ["a"]), (PLACES, list("abcde"))])
def test_what_does_not_fit_is_refused(places: list[float], names: list[str]) -> None:
    shares = np.zeros((len(places), len(names) if len(names) > 1 else 2), np.float32)
    with pytest.raises(ValueError, match="shares: got"):
        curve(places, shares, names, 0, "cells")


def test_names_that_do_not_fit_into_a_line_stand_in_the_next() -> None:
    shares = np.full((3, 3), 0.3, np.float32)
    names = ["espresso", "orange", "bell pepper"]
    for width, lines in ((900, 1), (350, 2), (150, 3)):
        drawn = ET.fromstring(curve(PLACES, shares, names, 0, "cells", width=width))
        told = [text for text in drawn.findall(f"{SVG}text") if text.text in names]
        assert len({text.attrib["y"] for text in told}) == lines
        lowest = max(float(text.attrib["y"]) for text in told)
        assert all(float(text.attrib["x"]) + 8 * len(str(text.text)) <= max(width, 180) for text in told)
        highest = min(
            float(one.split(",")[1]) for one in drawn.findall(f"{SVG}polyline")[0].attrib["points"].split()
        )
        assert highest > lowest
