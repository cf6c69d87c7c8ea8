"""Charts of measurements: curves with their spread, times over sizes, and shares as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.rendering import scales
from explorer.rendering.figures import LINES, _styled

if TYPE_CHECKING:
    import plotly.graph_objects as go

STROKES = ("solid", "dash", "dot", "dashdot")
MARKS = ("circle", "square", "diamond", "x")
SHADE = 0.16  # how opaque a spread is
BAR = 26  # px a row of bars takes
ROOM_LETTERS = 18  # px


@dataclass(frozen=True)
class Curve:
    """A line, told apart by colour, stroke and mark.

    Attributes
    ----------
    name
        What the legend says.
    x, y
        Where it goes; a y of None is a gap.
    low, high
        Its spread; empty where there is none.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def curves(
    lines: Sequence[Curve],
    x: str,
    y: str,
    theme: scales.Theme = "light",
    *,
    percent: bool = True,
    log_x: bool = False,
    log_y: bool = False,
    ticks: Sequence[float] = (),
    words: Sequence[str] = (),
    now: float | None = None,
) -> go.Figure:
    """Draw at most four curves, each with its spread as a shade.

    Parameters
    ----------
    lines
        The curves.
    x, y
        What the axes say.
    theme
        "light" or "dark".
    percent
        Whether y is a share in [0, 1].
    log_x, log_y
        Whether an axis is logarithmic.
    ticks, words
        Where the x axis is marked and what stands there; none for the usual.
    now
        Where a dotted line marks what is chosen.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    form = ".1%" if percent else ".3g"
    looks = zip(LINES[theme], STROKES, MARKS, strict=True)
    for line, (colour, dash, mark) in zip(lines, looks, strict=False):
        if line.low:
            around = [*line.x, *reversed(line.x)]
            edge = [*line.high, *reversed(line.low)]
            figure.add_scatter(
                x=around,
                y=edge,
                fill="toself",
                fillcolor=_faint(colour),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        figure.add_scatter(
            x=list(line.x),
            y=list(line.y),
            name=line.name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5},
            marker={"size": 8, "color": colour, "symbol": mark},
            hovertemplate=f"%{{x}}: %{{y:{form}}}<extra>{line.name}</extra>",
        )
    _styled(figure, theme, x, y)
    if now is not None:
        figure.add_vline(x=now, line={"color": scales.MUTED[theme], "width": 1, "dash": "dot"})
    if percent:
        figure.update_yaxes(range=[-0.02, 1.03], tickformat=".0%")
    if log_y:
        figure.update_yaxes(type="log", dtick=1)
    if log_x:
        figure.update_xaxes(type="log")
    if ticks:
        figure.update_xaxes(tickvals=list(ticks), ticktext=list(words or map(str, ticks)))
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}}
    return figure.update_layout(showlegend=True, legend=legend, height=380)


def bars(
    rows: Sequence[str], pairs: Sequence[tuple[str, Sequence[float], Sequence[str]]], theme: scales.Theme = "light"
) -> go.Figure:
    """Draw shares of two wholes as bars side by side, row by row.

    Parameters
    ----------
    rows
        The rows' names, from the top.
    pairs
        At most two: a name, the shares in [0, 1] and what stands behind each bar.
    theme
        "light" or "dark".
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    looks = ((LINES[theme][1], ""), (LINES[theme][0], "/"))
    for (name, shares, words), (colour, pattern) in zip(pairs, looks, strict=False):
        figure.add_bar(
            y=list(rows),
            x=list(shares),
            name=name,
            orientation="h",
            text=list(words),
            textposition="outside" if pattern else "auto",
            cliponaxis=False,
            outsidetextfont={"color": scales.INK[theme], "size": 14},
            insidetextfont={"color": scales.PAPER[theme], "size": 14},
            textangle=0,
            constraintext="none",
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {
                    "shape": pattern,
                    "fillmode": "overlay",
                    "fgcolor": scales.PAPER[theme],
                    "solidity": 0.15,
                },
            },
            hovertemplate=f"%{{y}}: %{{x:.1%}} of all {name}<extra></extra>",
        )
    _styled(figure, theme, "", "")
    figure.update_xaxes(range=[0, 1.45], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%")
    figure.update_yaxes(autorange="reversed", ticksuffix=" ")
    legend = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}}
    return figure.update_layout(
        showlegend=True, legend=legend, height=90 + BAR * 2 * len(rows), bargap=0.25, barmode="group"
    )


def for_a_room(figure: go.Figure) -> go.Figure:
    """Enlarge a chart's letters, lines and marks, so that they are read from a room's last row; return it."""
    figure.update_layout(font={"size": ROOM_LETTERS}, legend={"font": {"size": ROOM_LETTERS}})
    letters = {"size": ROOM_LETTERS - 2}  # two stand in a row
    figure.update_traces({"outsidetextfont": letters, "insidetextfont": letters}, selector={"type": "bar"})
    for line in figure.select_traces({"mode": "lines+markers"}):
        line.update(line={"width": 3.5}, marker={"size": 11})
    return figure


def _faint(colour: str) -> str:
    """Write a colour so that what is under it shows.

    Examples
    --------
    >>> _faint("#6d28d9")
    'rgba(109,40,217,0.16)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{SHADE})"
