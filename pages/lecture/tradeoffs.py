"""What a convolutional network costs and what it buys: stored runs, live ones, and measurements on the spot."""

from __future__ import annotations

import streamlit as st

from explorer.insight import stored
from explorer.ui import frame, links
from explorer.ui import tradeoffs_compare as compare
from explorer.ui import tradeoffs_costs as costs
from explorer.ui import tradeoffs_live as live
from explorer.ui import tradeoffs_state as state
from explorer.ui.plain_text import plain
from explorer.ui.tradeoffs_state import PAGE
from explorer.ui.tradeoffs_tries import TRIES

came_with = links.arrived(PAGE)
if came_with is not None:
    state.arrive(came_with)

frame.question(
    "What does a convolutional network buy, and what does it cost?",
    "Every number here was measured: in runs that are kept with their settings, or by this machine when you "
    "press.",
)
frame.try_this(PAGE, TRIES)
found = None
try:
    found = stored.comparison()
except ValueError as error:
    st.warning(plain(error))
if found is not None:
    compare.panel(found)
live.compare()
costs.panel()
live.times()
links.publish(state.query(found))
