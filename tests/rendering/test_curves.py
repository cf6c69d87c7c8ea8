"""Charts of measurements: what is drawn is what was given."""

from __future__ import annotations

import pytest

from explorer.rendering.curves import ROOM_LETTERS, STROKES, Curve, bars, curves, for_a_room


def test_each_curve_has_its_numbers_its_name_a_stroke_and_a_mark_of_its_own() -> None:
    lines = [Curve(name, [0, 1], [0.5, 0.25]) for name in "abcd"]
    drawn = curves(lines, "x", "y").data
    assert [one.name for one in drawn] == list("abcd")
    assert [one.line.dash for one in drawn] == list(STROKES)
    assert len({one.marker.symbol for one in drawn}) == 4
    assert list(drawn[0].y) == [0.5, 0.25]


def test_a_spread_is_a_shade_from_the_worst_to_the_best() -> None:
    shade, line = curves([Curve("a", [0, 1], [0.5, 0.4], [0.4, 0.3], [0.6, 0.5])], "x", "y").data
    assert list(shade.x) == [0, 1, 1, 0]
    assert list(shade.y) == [0.6, 0.5, 0.3, 0.4]
    assert not shade.showlegend
    assert line.name == "a"


def test_axes_are_as_asked() -> None:
    figure = curves(
        [Curve("a", [16, 32], [1.0, None])], "x", "ms", percent=False, log_x=True, log_y=True, ticks=[16, 32]
    )
    assert (figure.layout.xaxis.type, figure.layout.yaxis.type) == ("log", "log")
    assert list(figure.layout.xaxis.ticktext) == ["16", "32"]
    assert figure.data[0].y[1] is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_stand_in_the_given_order_with_their_words(theme: str) -> None:
    figure = bars(["one", "two"], [("p", [0.1, 0.9], ["1", "9"]), ("m", [0.5, 0.5], ["5", "5"])], theme)
    assert [one.name for one in figure.data] == ["p", "m"]
    assert list(figure.data[0].y) == ["one", "two"]
    assert list(figure.data[0].text) == ["1", "9"]
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape


def test_before_a_room_every_letter_is_large() -> None:
    drawn = for_a_room(curves([Curve("a", [0, 1], [0.5, 0.4], [0.4, 0.3], [0.6, 0.5])], "x", "y"))
    assert drawn.layout.font.size == drawn.layout.legend.font.size == ROOM_LETTERS
    shade, line = drawn.data
    assert (shade.line.width, line.line.width, line.marker.size) == (0, 3.5, 11)
    parts = for_a_room(bars(["one"], [("p", [0.1], ["1"]), ("m", [0.5], ["5"])])).data
    assert {font.size for one in parts for font in (one.outsidetextfont, one.insidetextfont)} == {ROOM_LETTERS - 2}
    assert all(one.outsidetextfont.color for one in parts)
