"""Two more views of a filter: how often each number occurs in its output, and what it does to waves.

Plotly is heavy, so the figures are drawn only once a person has opened them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.operations.kernel_frequency import response
from explorer.rendering import figures, picture
from explorer.ui import downloads, tuning
from explorer.ui.components.lens import Branch
from explorer.ui.theme import theme_now


def figures_of(page: str, branches: Sequence[Branch]) -> None:
    """Offer the histogram of each output and the frequency response of each kernel.

    Parameters
    ----------
    page
        Whose key the section has.
    branches
        As the lens shows them.
    """
    section = st.expander("Histogram and frequency response", key=f"{page}.figures", on_change="rerun")
    if not section.open:
        return
    theme = theme_now()
    with section:
        for number, branch in enumerate(branches):
            left, right = st.columns(2)
            with left:
                st.markdown(f"**How often each number occurs** · {branch.title}")
                st.plotly_chart(
                    figures.histogram(branch.stages.output, theme),
                    key=f"{page}.histogram.{number}",
                    config=downloads.chart(f"histogram-{downloads.plain(branch.title)}"),
                    theme=None,
                )
            with right:
                st.markdown(f"**What the kernel does to waves** · {branch.chain.kernel.title}")
                st.plotly_chart(
                    figures.response(response(branch.chain.kernel.weights), theme),
                    key=f"{page}.response.{number}",
                    config=downloads.chart(f"response-{downloads.plain(branch.title)}"),
                    theme=None,
                )
        downloads.row(f"{page}.figures", [file for branch in branches for file in _tables(branch)])
        st.caption(
            "Frequency response: slow waves in the middle, the finest stripes at the rim, upright stripes left "
            "and right. Strong ink passes, paper is blocked."
        )
    tuning.settle("plotly")


def _tables(branch: Branch) -> tuple[downloads.File, downloads.File]:
    """Return both figures' numbers."""
    name = downloads.plain(branch.title)
    counted, centres = figures.counts(branch.stages.output)
    values = [(f"{centre:.6g}", int(count)) for centre, count in zip(centres, counted, strict=True)]
    magnitude = response(branch.chain.kernel.weights)
    return (
        downloads.table(f"Histogram as CSV: {branch.title}", f"histogram-{name}", ("value", "numbers"), values),
        downloads.File(
            f"Frequency response as CSV: {branch.chain.kernel.title}",
            f"response-{name}.csv",
            partial(picture.csv, magnitude),
        ),
    )
