"""What one server process does once, so that thirty sessions share it without waiting for each other."""

from __future__ import annotations

import gc

import streamlit as st


@st.cache_resource(show_spinner=False)
def settle(after: str = "start") -> None:
    """Move everything imported so far out of the garbage collector's reach, once per process and name.

    Streamlit collects all generations after every script run; without this each run pays for walking every
    object of every imported package (measured: 23 ms without torch, 58 ms with it).

    Parameters
    ----------
    after
        What was imported: a page that imports something heavy later calls it again with another name.
    """
    gc.collect()
    gc.freeze()
