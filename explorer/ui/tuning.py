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
    if after == "torch":
        import torch

        # Thirty people share the cores: one thread each gives the same throughput, and none waits for a core that
        # another holds (measured beside other work: 19 ms for Tiny VGG with two threads, 1.8 with one).
        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
