"""The shell: page settings, the current image and the menu. ``streamlit run streamlit_app.py`` starts it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from explorer.ui import current_image, links, room, tuning

HERE = Path(__file__).parent

if __name__ != "__main__":
    # `streamlit run` finds `app` and imports this file for it before the first visit runs it as the script.
    # Without this Streamlit takes the folder `pages` for its own until that visit has run, and answers a deep
    # link to a server that has just started with "Page not found" on top of the page.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__)
else:
    # The icon is a file: a named one would be fetched from a foreign host, and classrooms are offline.
    st.set_page_config(
        page_title="CNN Explorer",
        page_icon=str(HERE / "assets/icon.png"),
        layout="wide",
        initial_sidebar_state=room.sidebar(),
    )
    tuning.settle()

    menu = {
        "Lecture": [
            st.Page("pages/lecture/introduction.py", title="Introduction", default=True),
            st.Page("pages/lecture/tradeoffs.py", title="Advantages and costs"),
        ],
        "One layer": [
            st.Page("pages/operations/convolution.py", title="Convolution, step by step"),
            st.Page("pages/operations/filters.py", title="Image filters"),
            st.Page("pages/operations/pooling.py", title="Pooling"),
            st.Page("pages/operations/layer.py", title="A convolutional layer"),
        ],
        "Networks": [
            st.Page("pages/networks/architecture.py", title="Architecture"),
            st.Page("pages/networks/activations.py", title="Live activations"),
        ],
    }
    page = st.navigation(menu, expanded=True)
    room.guide(page, menu, first="introduction")
    current_image.restore(links.opened())  # before it is drawn, so that a link never shows another image first
    with st.sidebar:
        current_image.sidebar()
    page.run()
