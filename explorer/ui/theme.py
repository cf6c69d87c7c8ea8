"""Which of the two looks a person sees."""

from __future__ import annotations

import streamlit as st

from explorer.rendering.scales import Theme


def theme_now() -> Theme:
    """Return "dark" where the person sees the app in dark, else "light"."""
    return "dark" if st.context.theme.type == "dark" else "light"
