"""How the page of advantages and costs shows a chart and the table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui import downloads, tuning
from explorer.ui.tradeoffs_state import PAGE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart(figure: go.Figure, name: str) -> None:
    """Show a chart; its button saves it as SVG."""
    st.plotly_chart(figure, key=f"{PAGE}.{name}.chart", config=downloads.chart(name), theme=None)
    tuning.settle("plotly")


def table(columns: Mapping[str, Sequence[str]], name: str, label: str = "The numbers as a table") -> None:
    """Show a table folded away, with its CSV."""
    with st.expander(label):
        st.table(columns)
        rows = list(zip(*columns.values(), strict=True))
        downloads.row(f"{PAGE}.{name}", [downloads.table("Download CSV", name, list(columns), rows)])
