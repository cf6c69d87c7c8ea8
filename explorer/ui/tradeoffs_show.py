"""How the page of advantages and costs shows a chart, the table behind it, and sentences with numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from explorer.rendering import curves
from explorer.ui import downloads, room, tables, tuning
from explorer.ui.tradeoffs_state import PAGE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart(figure: go.Figure, name: str) -> None:
    """Show a chart, large before a room; its button saves it as SVG."""
    if room.projector():
        curves.for_a_room(figure)
    st.plotly_chart(figure, key=f"{PAGE}.{name}.chart", config=downloads.chart(name), theme=None)
    tuning.settle("plotly")


def said(text: str) -> str:
    r"""Return a text in which no line break parts a number from its sign.

    Examples
    --------
    >>> said("99.2 % of all")
    '99.2\xa0% of all'
    """
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def table(columns: Mapping[str, Sequence[str]], name: str, label: str = "The numbers as a table") -> None:
    """Show a table folded away, with its CSV."""
    with st.expander(label):
        rows = list(zip(*columns.values(), strict=True))
        st.html(tables.scrolled(list(columns), [[said(cell) for cell in row] for row in rows], label))
        downloads.row(f"{PAGE}.{name}", [downloads.table("Download CSV", name, list(columns), rows)])
