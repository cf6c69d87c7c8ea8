import numpy as np
import pytest

from explorer.operations import kernel_frequency
from explorer.operations.kernels import KERNELS
from explorer.rendering import figures, scales


def test_every_number_is_counted_around_zero() -> None:
    values = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    numbers, centres = figures.counts(values)
    assert numbers.sum() == values.size
    assert numbers.shape == centres.shape == (61,)
    assert centres[30] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(centres, -centres[::-1], atol=1e-9)
    mean = (numbers * centres).sum() / values.size
    assert mean == pytest.approx(float(values.mean()), abs=0.01)


@pytest.mark.parametrize(
    ("values", "bins"),
    [([[0, 0]], {30: 2}), ([[1, -1, 0]], {0: 1, 30: 1, 60: 1}), ([[5]], {60: 1}), ([[1e-40, 0]], {30: 1, 60: 1})],
)
def test_few_numbers(values: list[list[float]], bins: dict[int, int]) -> None:
    numbers = figures.counts(values)[0]
    assert {int(at): int(numbers[at]) for at in np.flatnonzero(numbers)} == bins


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_are_blue_below_zero_and_red_above(theme: scales.Theme) -> None:
    bars = figures.histogram([[-2, 0, 1]], theme).data[0]
    assert set(bars.marker.color[:30]) == {scales.NEGATIVE[theme]}
    assert set(bars.marker.color[31:]) == {scales.POSITIVE[theme]}
    assert sum(bars.y) == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_response_is_drawn_with_its_numbers(theme: scales.Theme) -> None:
    magnitude = kernel_frequency.response(KERNELS["sobel-vertical"].weights, 32)
    chart = figures.response(magnitude, theme).data[0]
    np.testing.assert_array_equal(chart.customdata, magnitude)
    assert chart.z.dtype == np.uint8
    assert chart.z.max() == 255
    assert chart.x[16] == chart.y[16] == 0
    assert chart.x[0] == -0.5
    table = scales.palette("positive", theme)
    assert chart.colorscale[255][1] == "rgb({},{},{})".format(*table[255])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_are_told_apart_without_colour_and_the_place_is_marked(theme: scales.Theme) -> None:
    places, shares = [-2, 0, 2], np.array([[0.1, 0.9], [0.6, 0.4], [0.8, 0.2]], np.float32)
    figure = figures.probabilities(places, shares, ["cat", "dog"], 2, "To the right, in cells", theme)
    for line, name, share in zip(figure.data, ("cat", "dog"), shares.T, strict=True):
        assert (line.name, list(line.x)) == (name, places)
        np.testing.assert_array_equal(line.y, share)
    assert len({line.line.dash for line in figure.data}) == 2
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (2, 2)
    assert figure.layout.xaxis.title.text == "To the right, in cells"
    assert figure.layout.legend.yanchor == "bottom", "two lines of names grow upwards, off the curves"
