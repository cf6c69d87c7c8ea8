"""The address is the state: what a page shows goes into its query parameters, and comes back from them.

A page calls `arrived` first (and puts what it gets into its controls) and `publish` last.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

_PAGE = "link.page"
_PUBLISHED = "link.published"
_AT = "link.published_at"
_RETURNED = "link.returned"

# The browser learns of a published address one round trip later; an older address that a rerun brings
# within this time is that delay, not the person's Back button.
_ROUND_TRIP_S = 1.0


def opened() -> Mapping[str, str]:
    """Return the query of the link that opened this session, in its first run; empty in every other."""
    return {} if _PAGE in st.session_state else st.query_params.to_dict()


def arrived(page: str) -> Mapping[str, str] | None:
    """Return the query that the person came with, or None where the controls hold the state already.

    Parameters
    ----------
    page
        The page's name; a query counts as an arrival on the first run after another page.

    Returns
    -------
    Mapping[str, str] or None
        The query of an opened link, of Back or Forward; None in every other run. It is empty where Back
        led to the bare address: the page as it starts.
    """
    came_from = st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page
    returned = st.session_state.pop(_RETURNED, False)
    query = st.query_params.to_dict()
    if came_from != page:
        st.session_state.pop(_PUBLISHED, None)  # what another page wrote says nothing about this one
        return query or None
    return query if returned else None


def publish(query: Mapping[str, str]) -> None:
    """Write what the page shows into the address; follow Back and Forward.

    Parameters
    ----------
    query
        Everything that sets the page up, defaults left out. A value that is too long for an address
        is the caller's to shorten.
    """
    wanted = dict(query)
    address = st.query_params.to_dict()
    if address == wanted:
        st.session_state[_PUBLISHED] = wanted
        return
    waited = time.monotonic() - st.session_state.get(_AT, 0.0) > _ROUND_TRIP_S
    if waited and st.session_state.get(_PUBLISHED) == wanted:
        # The controls say what they said before and the address says something else: Back or Forward.
        st.session_state[_PUBLISHED] = address
        st.session_state[_RETURNED] = True
        st.rerun()
    st.query_params.from_dict(wanted)
    st.session_state[_PUBLISHED] = wanted
    st.session_state[_AT] = time.monotonic()
