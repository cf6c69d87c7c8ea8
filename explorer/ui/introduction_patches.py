"""From simple to complex: what excites the filters of three depths most."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explorer.insight.patches import Float, Patch
from explorer.rendering.contact import contact
from explorer.ui import downloads
from explorer.ui import introduction_cache as cache
from explorer.ui import introduction_state as state
from explorer.ui.introduction_state import PAGE
from explorer.ui.theme import theme_now

_TITLES = ("Early", "Middle", "Late")


@st.fragment
def panel() -> None:
    """Show the patches of three layers, a row for each filter."""
    st.subheader("From simple to complex", anchor=False)
    st.markdown(
        "Each row is a filter, 1 to 10: the places in the sample pictures that excite it most, each as large as "
        "what one of its cells sees."
    )
    bar = st.empty()
    if not cache.searched() and not state.wanted():
        bar.button("Search the sample pictures", key=f"{PAGE}.search", type="primary", on_click=state.search)
        return

    def told(share: float) -> None:
        bar.progress(share, "Searching the sample pictures at several sizes …")

    found = cache.patches(told)
    bar.empty()
    with st.container(key=f"{PAGE}-sheets"):
        columns = st.columns(3, gap="medium")
    for column, title, (stage, rows) in zip(columns, _TITLES, found.items(), strict=True):
        field = next(patch.pixels.shape[1] for row in rows for patch in row)
        with column:
            st.markdown(f"**{title}**: {stage}, {field} × {field} cells of the picture")
            st.image(
                contact(rows_of(rows), theme=theme_now()),
                output_format="PNG",
                width="stretch",
                alt=f"What excites the {len(rows)} filters of {stage} most, {field} × {field} cells each",
            )
    downloads.row(
        f"{PAGE}.patches",
        [
            downloads.File(
                f"PNG, {title.lower()}", f"patches-{stage}.png", partial(contact, rows_of(rows), theme=theme_now())
            )
            for title, (stage, rows) in zip(_TITLES, found.items(), strict=True)
        ],
    )
    with st.expander("Where each patch comes from", key=f"{PAGE}.patches.table", on_change="rerun") as opened:
        if opened.open:
            st.dataframe(
                [
                    {
                        "layer": stage,
                        "filter": number,
                        "number": patch.value,
                        "picture": patch.picture,
                        "brought to": f"{patch.size} × {patch.size}",
                        "row": patch.box.top,
                        "column": patch.box.left,
                    }
                    for stage, rows in found.items()
                    for number, row in enumerate(rows, 1)
                    for patch in row
                ],
                hide_index=True,
                key=f"{PAGE}.patches.all",
            )


def rows_of(rows: tuple[tuple[Patch, ...], ...]) -> list[list[Float]]:
    """Return the pixels of each filter's patches; a filter that nothing excites has an empty row."""
    return [[patch.pixels for patch in row] for row in rows]
