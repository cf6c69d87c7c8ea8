"""How the page of advantages and costs shows a chart and the table behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui import tuning
from explorer.ui.tradeoffs_state import PAGE

if TYPE_CHECKING:
    import plotly.graph_objects as go


def chart(figure: go.Figure, name: str) -> None:
    """Show a chart."""
    st.plotly_chart(figure, key=f"{PAGE}.{name}.chart", config={"displayModeBar": False}, theme=None)
    tuning.settle("plotly")


def table(columns: Mapping[str, Sequence[str]], name: str, label: str = "The numbers as a table") -> None:
    """Show a table folded away, with its CSV."""
    with st.expander(label):
        st.table(columns)
        st.download_button(
            "Download CSV",
            as_csv(columns),
            f"{name}.csv",
            "text/csv",
            key=f"{PAGE}.{name}.csv",
            on_click="ignore",
        )


def as_csv(columns: Mapping[str, Sequence[str]]) -> str:
    r"""Write a table as CSV.

    Examples
    --------
    >>> as_csv({"Shift": ["0", "1"], "Dense": ["95 %", "90 %"]})
    'Shift,Dense\r\n0,95 %\r\n1,90 %\r\n'
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return sheet.getvalue()
