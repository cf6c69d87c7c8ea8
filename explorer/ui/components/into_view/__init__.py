"""Bring words of a page to the top of the window."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component(
    "cnn_into_view", html="<i hidden></i>", js=(Path(__file__).parent / "into_view.js").read_text("utf-8")
)


def into_view(words: str, number: int, *, key: str) -> None:
    """Scroll the page, until it stands still or a person scrolls.

    Parameters
    ----------
    words
        How a text on the page begins, or one within an instrument; empty for the top of the page.
    number
        Anything that changes when it is to be done again.
    key
        Name in the session state.
    """
    _mount(data={"words": words, "number": number}, key=key, height=1)
