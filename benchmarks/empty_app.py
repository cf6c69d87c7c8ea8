"""The untouched app's rerun with what this app does once for its process: what no page can go below."""

import streamlit as st

from explorer.ui import tuning

tuning.settle()
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("again")
st.code(str(st.session_state["runs"]))
