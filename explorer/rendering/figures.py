"""Charts: how a map's numbers are spread, and what a kernel lets through. Plotly comes only when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.rendering import scales

if TYPE_CHECKING:
    import plotly.graph_objects as go

BINS = 61  # odd, so that zero has a bin of its own in the middle
HEIGHT = 300


def _styled(figure: go.Figure, theme: scales.Theme, x: str, y: str) -> go.Figure:
    axis = {"gridcolor": scales.HAIRLINE[theme], "zerolinecolor": scales.MUTED[theme], "automargin": True}
    figure.update_layout(
        template="none",
        height=HEIGHT,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": scales.INK[theme], "size": 14, "family": "Source Sans, sans-serif"},
        xaxis=axis | {"title": {"text": x}},
        yaxis=axis | {"title": {"text": y}},
        showlegend=False,
        bargap=0.06,
        # Plotly takes a paper that lets the page through for black and puts its button on a grey field.
        modebar={
            "bgcolor": "rgba(0,0,0,0)",
            "color": scales.MUTED[theme],
            "activecolor": scales.INK[theme],
        },
    )
    return figure


def counts(values: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count numbers in bins around zero.

    Parameters
    ----------
    values
        Any shape, finite.

    Returns
    -------
    counts, centres
        (61,) each; the bins are equally wide and reach from −end to end of the signed scale.

    Examples
    --------
    >>> int(counts([[0, 0, 1]])[0][30])
    2
    """
    array = np.asarray(values, np.float64)
    end = scales.limit(array)
    numbers, edges = np.histogram(array, BINS, (-end, end))
    return numbers.astype(np.int64), (edges[:-1] + edges[1:]) / 2


def histogram(values: ArrayLike, theme: scales.Theme = "light") -> go.Figure:
    """Draw how many numbers of a map lie where: red above zero, blue below."""
    import plotly.graph_objects as go

    numbers, centres = counts(values)
    ink = [scales.NEGATIVE[theme] if c < -1e-12 else scales.POSITIVE[theme] for c in centres]
    ink[BINS // 2] = scales.MUTED[theme]
    hover = "%{y} numbers around %{x:.3g}<extra></extra>"
    bars = go.Bar(x=centres, y=numbers, marker={"color": ink, "line": {"width": 0}}, hovertemplate=hover)
    return _styled(go.Figure(bars), theme, "value", "how many numbers")


def response(magnitude: NDArray[np.float32], theme: scales.Theme = "light") -> go.Figure:
    """Draw a kernel's frequency response, zero frequency in the middle.

    Parameters
    ----------
    magnitude
        (N, N), as `explorer.operations.kernel_frequency.response` returns it.
    theme
        "light" or "dark".
    """
    import plotly.graph_objects as go

    size = magnitude.shape[0]
    cycles = (np.arange(size) - size // 2) / size
    end = scales.limit(magnitude)
    table = scales.palette("positive", theme)
    steps = [[i / 255, f"rgb({r},{g},{b})"] for i, (r, g, b) in enumerate(table.tolist())]
    ticks = {"tickvals": [0, 127.5, 255], "ticktext": [f"{v:.3g}" for v in (0, end / 2, end)], "thickness": 12}
    chart = go.Heatmap(
        z=scales.to_index(magnitude, end, "positive"),
        x=cycles,
        y=cycles,
        zmin=0,
        zmax=255,
        colorscale=steps,
        colorbar=ticks,
        customdata=magnitude,
        hovertemplate="%{x:.2f} across, %{y:.2f} down: ×%{customdata:.3f}<extra></extra>",
    )
    figure = _styled(go.Figure(chart), theme, "cycles per pixel across", "cycles per pixel down")
    figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", dtick=0.25)
    return figure.update_xaxes(constrain="domain", dtick=0.25)


def probabilities(
    places: Sequence[float],
    shares: NDArray[np.float32],
    names: Sequence[str],
    now: float,
    label: str,
    theme: scales.Theme = "light",
) -> go.Figure:
    """Draw classes' probabilities over the value of what is changed.

    Parameters
    ----------
    places
        The values, n of them.
    shares
        (n, classes), in [0, 1]; at most four classes can be told apart without their colour.
    names
        The classes'.
    now
        The value as it stands, marked by a line.
    label
        Under the axis.
    theme
        "light" or "dark".
    """
    import plotly.graph_objects as go

    strokes = zip(LINES[theme], ("solid", "dash", "dot", "dashdot"), strict=True)
    lines = [
        go.Scatter(
            x=list(places),
            y=shares[:, at],
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5},
            marker={"size": 5, "color": colour},
            hovertemplate="%{x:.3g}: %{y:.1%}<extra>" + name + "</extra>",
        )
        for at, (name, (colour, dash)) in enumerate(zip(names, strokes, strict=False))
    ]
    figure = _styled(go.Figure(lines), theme, label, "probability")
    figure.add_vline(x=now, line={"color": scales.MUTED[theme], "width": 1, "dash": "dot"})
    figure.update_yaxes(range=[-0.02, 1.02], tickformat=".0%")
    # From its foot upwards: on a phone it has two lines.
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}}
    return figure.update_layout(showlegend=True, legend=legend)


LINES: Mapping[scales.Theme, tuple[str, ...]] = {
    "light": ("#6d28d9", "#b45309", "#0f766e", "#59626e"),
    "dark": ("#c4b5fd", "#fbbf24", "#2dd4bf", "#9aa5b1"),
}
"""The roles' colours, which stay apart for every kind of colour blindness."""
