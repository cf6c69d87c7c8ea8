"""The shell: page settings, the current image and the menu. ``streamlit run streamlit_app.py`` starts it."""

from __future__ import annotations

import streamlit as st

from explorer.ui import current_image, tuning

st.set_page_config(page_title="CNN Explorer", page_icon=":material/grid_on:", layout="wide")
tuning.settle()

page = st.navigation(
    {
        "One layer": [
            st.Page("pages/operations/convolution.py", title="Convolution, step by step", default=True),
            st.Page("pages/operations/filters.py", title="Image filters"),
            st.Page("pages/operations/pooling.py", title="Pooling"),
            st.Page("pages/operations/layer.py", title="A convolutional layer"),
        ],
    },
    expanded=True,
)
with st.sidebar:
    current_image.sidebar()
page.run()
