"""How the page of advantages and costs shows a chart, the table behind it, and sentences with numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from explorer.rendering import curves
from explorer.ui import downloads, room, tuning
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
        st.html(scrolled(columns, label))
        rows = list(zip(*columns.values(), strict=True))
        downloads.row(f"{PAGE}.{name}", [downloads.table("Download CSV", name, list(columns), rows)])


def scrolled(columns: Mapping[str, Sequence[str]], label: str) -> str:
    """Return a table as HTML: where it is wider than the page it scrolls, by the keyboard too, unlike st.table.

    Parameters
    ----------
    columns
        Each by its head; the first one's cells name their rows.
    label
        What a screen reader calls it.
    """
    heads = "".join(f"<th scope=col>{escape(head)}</th>" for head in columns)
    rows = "".join(
        f"<tr><th scope=row>{escape(first)}</th>{''.join(f'<td>{escape(said(cell))}</td>' for cell in rest)}</tr>"
        for first, *rest in zip(*columns.values(), strict=True)
    )
    return (
        f"<div class=scrolled role=region tabindex=0 aria-label='{escape(label)}'>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
