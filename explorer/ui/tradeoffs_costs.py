"""Where the lecture's network has its parameters, where it does its work, and what an average changes."""

from __future__ import annotations

import streamlit as st

from explorer.insight import stored
from explorer.insight.costs import averaged, shares
from explorer.networks.budget import budget, totals
from explorer.networks.presets import PRESETS
from explorer.rendering import curves
from explorer.ui import tradeoffs_show as show
from explorer.ui import tradeoffs_state as state
from explorer.ui import tradeoffs_words as words
from explorer.ui.plain_text import plain
from explorer.ui.theme import theme_now

NETWORK = "example"


def panel() -> None:
    """Show each layer's share of both wholes, with the dense layer or the average, and the accuracy of each."""
    whole = PRESETS[NETWORK]
    st.header("Where are the numbers, and where is the work?", anchor=False)
    st.session_state.setdefault(state.LAST, "dense")
    st.segmented_control(
        "The lecture’s network, its maps followed by a …",
        list(state.LASTS),
        format_func=lambda last: {"dense": "dense layer of 512 units", "average": "global average"}[last],
        required=True,
        key=state.LAST,
        persist_state="session",
    )
    chosen = averaged(whole) if state.last() == "average" else whole
    rows = shares(chosen)
    pairs = [
        (
            "parameters",
            [row.of_parameters for row in rows],
            [words.part(row.parameters, row.of_parameters) for row in rows],
        ),
        (
            "multiply-accumulates",
            [row.of_macs for row in rows],
            [words.part(row.macs, row.of_macs) for row in rows],
        ),
    ]
    show.chart(curves.bars([row.layer for row in rows], pairs, theme_now()), "costs")
    st.markdown(show.said(words.costs(totals(budget(whole)), totals(budget(averaged(whole))), shares(whole))))
    show.table(words.cost_table(rows), f"{NETWORK}-{state.last()}")
    _accuracy()


def _accuracy() -> None:
    if not stored.exists("example-averaged"):
        return
    st.markdown("**And the accuracy?**")
    try:
        run = stored.read("example-averaged")
    except ValueError as error:
        st.info(plain(error))
        return
    table = words.epochs(run)
    st.markdown(show.said(words.accuracies(table, run)))
    show.table(table, "example-averaged", "Both, epoch by epoch")
