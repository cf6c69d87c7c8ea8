"""Probabilities over a shift as a drawing of its own: SVG, no library, nothing to load."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from explorer.rendering import figures, scales

_DASHES = ("", "9 5", "2.5 4", "9 4 2.5 4")
_LEFT, _RIGHT, _BOTTOM = 52, 18, 46
_LINE = 20  # of the legend


def curve(
    places: Sequence[float],
    shares: NDArray[np.float32],
    names: Sequence[str],
    now: float,
    label: str,
    *,
    width: int = 1040,
    height: int = 300,
    theme: scales.Theme = "light",
) -> str:
    """Draw classes' probabilities over the value of what is changed.

    Parameters
    ----------
    places
        The values, rising, n of them.
    shares
        (n, classes), in [0, 1]; at most four classes.
    names
        The classes'. Each has a colour and a dash of its own.
    now
        The value as it stands, marked by a line.
    label
        Under the axis.
    width, height
        In px.
    theme
        "light" or "dark".

    Returns
    -------
    str
        An SVG document.

    Raises
    ------
    ValueError
        If there are fewer than two values, more than four classes, or the shapes do not fit together.

    Examples
    --------
    >>> curve([0, 1], np.array([[0.2], [0.8]], np.float32), ["cup"], 0, "cells")[:4]
    '<svg'
    """
    if len(places) < 2 or shares.shape != (len(places), len(names)) or not 1 <= len(names) <= len(_DASHES):
        raise ValueError(
            f"shares: got {shares.shape} for {len(places)} places and {len(names)} names, "
            f"needed are (places, names), two places or more and at most {len(_DASHES)} names"
        )
    low, high = places[0], places[-1]

    legend = _legend(names, width)
    upper = 14 + _LINE * (legend[-1][1] + 1)

    def x(value: float) -> float:
        return _LEFT + (value - low) / (high - low) * (width - _LEFT - _RIGHT)

    def y(share: float) -> float:
        return upper + (1 - share) * (height - upper - _BOTTOM)

    ink, muted, hairline = scales.INK[theme], scales.MUTED[theme], scales.HAIRLINE[theme]
    said = f"Probability over {label}: {', '.join(names)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{escape(said)}" '
        'font-family="Source Sans, sans-serif" font-size="14">'
    ]
    for share in (0, 0.5, 1):
        parts.append(_line(_LEFT, y(share), width - _RIGHT, y(share), hairline))
        parts.append(_text(_LEFT - 8, y(share) + 5, f"{share:.0%}".replace("%", " %"), muted, "end"))
    for value in _ticks(low, high, 8 if width > 600 else 4):
        parts.append(_text(x(value), height - _BOTTOM + 20, _number(value), muted, "middle"))
    parts.append(_text((_LEFT + width - _RIGHT) / 2, height - 6, label, muted, "middle"))
    parts.append(_line(x(now), upper - 4, x(now), height - _BOTTOM, ink, "3 3"))
    kinds = zip(names, legend, shares.T, figures.LINES[theme], _DASHES, strict=False)
    for name, (at, row), line, colour, dash in kinds:
        points = " ".join(f"{x(one):.1f},{y(float(share)):.1f}" for one, share in zip(places, line, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5" '
            f'stroke-dasharray="{dash}" stroke-linejoin="round"/>'
        )
        parts.append(_line(at, 12 + _LINE * row, at + 30, 12 + _LINE * row, colour, dash, 2.5))
        parts.append(_text(at + 36, 17 + _LINE * row, name, ink, "start"))
    return "".join([*parts, "</svg>"])


def _legend(names: Sequence[str], width: int) -> list[tuple[float, int]]:
    """Return where each name's sample begins and in which line, as many in a line as it holds."""
    places, at, row = list[tuple[float, int]](), float(_LEFT), 0
    for name in names:
        wide = 36 + 8 * len(name)
        if at + wide > width and places:
            at, row = float(_LEFT), row + 1
        places.append((at, row))
        at += wide + 22
    return places


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "", thickness: float = 1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{thickness:g}" stroke-dasharray="{dash}"/>'
    )


def _text(x: float, y: float, text: str, colour: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'


def _ticks(low: float, high: float, steps: int) -> list[float]:
    return [low + (high - low) * step / steps for step in range(steps + 1)]


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
