"""Streamlit's own rerun, with nothing on the page but what shows that it ran."""

import streamlit as st

from explorer.ui import tuning

tuning.settle()
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("again")
st.code(str(st.session_state["runs"]))
