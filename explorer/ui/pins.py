"""The place that is pinned in a page's lens: kept on leaving the page, and part of its link.

``page`` is the page's name; a page that shows scenes of different kinds has a name for each, as each has a pin.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

STAGES = ("input", "map", "activation", "pooled")
Pin = tuple[str, int, int]


def read(query: Mapping[str, str]) -> Pin | None:
    """Return the place that a link pins, as (stage, row, col), or None where it pins none.

    Raises
    ------
    ValueError
        If what it says is no place.

    Examples
    --------
    >>> read({"at": "map,72,64"}), read({})
    (('map', 72, 64), None)
    """
    if "at" not in query:
        return None
    text = query["at"]
    stage, *place = text.split(",")
    legal = all(number.isascii() and number.isdecimal() and len(number) <= 6 for number in place)
    if stage not in STAGES or len(place) != 2 or not legal:
        raise ValueError(
            f"at: got {text[:40]!r}, needed is one of {', '.join(STAGES)} with row and column: map,72,64"
        )
    return stage, int(place[0]), int(place[1])


def put(page: str, place: Pin | None) -> None:
    """Pin a place, or let go; a lens that is on the screen with another pin starts anew."""
    if place != st.session_state.get(f"{page}.pin"):
        st.session_state[f"{page}.pin"] = place
        st.session_state[f"{page}.lens.number"] = st.session_state.get(f"{page}.lens.number", 0) + 1


def keep(page: str, selected: Pin | None) -> None:
    """Keep what a person pinned in the lens."""
    st.session_state[f"{page}.pin"] = selected


def lens_key(page: str) -> str:
    """Return the key under which the lens is mounted."""
    return f"{page}.lens.{st.session_state.get(f'{page}.lens.number', 0)}"


def first(page: str) -> Pin | None:
    """Return the place that the lens starts with: it stays the same while the lens is on the screen."""
    if lens_key(page) not in st.session_state:  # the page was entered: the lens starts anew
        st.session_state[f"{page}.pin.first"] = st.session_state.get(f"{page}.pin")
    place: Pin | None = st.session_state.get(f"{page}.pin.first")
    return place


def query(page: str) -> dict[str, str]:
    """Write the pinned place as part of a link's query."""
    place: Pin | None = st.session_state.get(f"{page}.pin")
    return {} if place is None else {"at": ",".join(map(str, place))}
