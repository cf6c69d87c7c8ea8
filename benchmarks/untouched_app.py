"""Streamlit's own rerun as it comes, with nothing on the page but what shows that it ran."""

import streamlit as st

st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.button("again")
st.code(str(st.session_state["runs"]))
