"""The address is the state: what a page shows goes into its query parameters, and comes back from them.

A page calls `arrived` first (and puts what it gets into its controls) and `publish` last. What travels with a
person from page to page (`TRAVELLING`) is the shell's: it calls `enter` before any page, reads it with `carried`
and changes it with `carry`; pages never see it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

_PAGE = "link.page"
_PUBLISHED = "link.published"
_AT = "link.published_at"
_RETURNED = "link.returned"
_PLACE = "link.place"
_CARRIED = "link.carried"

TRAVELLING = ("route", "projector")
"""The keys of an address that belong to no page: the place in a guided route, and the projector mode."""

# The browser learns of a published address one round trip later; an older address that a rerun brings
# within this time is that delay, not the person's Back button.
_ROUND_TRIP_S = 1.0


def opened() -> Mapping[str, str]:
    """Return the query of the link that opened this session, in its first run; empty in every other."""
    return {} if _PAGE in st.session_state else st.query_params.to_dict()


def enter(place: str) -> None:
    """Take from the address what travels with a person; the shell calls it before any page.

    Parameters
    ----------
    place
        Which page is shown. A link that was opened, Back and Forward say exactly what travels; the menu,
        which leads to a page's bare address, leaves it as it was.
    """
    query = st.query_params.to_dict()
    returned = bool(st.session_state.get(_RETURNED))
    if returned or (query and st.session_state.get(_PLACE) != place):
        st.session_state[_CARRIED] = {key: query[key] for key in TRAVELLING if key in query}
    st.session_state[_PLACE] = place


def carried(key: str) -> str | None:
    """Return what travels under a key of `TRAVELLING`, or None."""
    found: dict[str, str] = st.session_state.get(_CARRIED, {})
    return found.get(key)


def carry(key: str, value: str | None) -> None:
    """Let something travel, or travel no more; it stands in the address once the page has published."""
    others = {name: said for name, said in st.session_state.get(_CARRIED, {}).items() if name != key}
    st.session_state[_CARRIED] = others if value is None else {**others, key: value}


def lead(page: Page, query: Mapping[str, str]) -> NoReturn:
    """Go to a page as a link would, even if it is the one that is shown, and take along what travels.

    Parameters
    ----------
    page
        Where to.
    query
        What sets the page up; empty for the page as it starts.
    """
    st.session_state[_RETURNED] = True
    st.session_state.pop(_PUBLISHED, None)
    st.switch_page(page, query_params={**query, **st.session_state.get(_CARRIED, {})})


def published() -> Mapping[str, str]:
    """Return the query of what is on the screen, as its page published it last."""
    found: dict[str, str] = st.session_state.get(_PUBLISHED, {})
    return {key: value for key, value in found.items() if key not in TRAVELLING}


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
    query = {key: value for key, value in st.query_params.to_dict().items() if key not in TRAVELLING}
    if returned:
        return query
    if came_from != page:
        st.session_state.pop(_PUBLISHED, None)  # what another page wrote says nothing about this one
        return query or None
    return None


def publish(query: Mapping[str, str]) -> None:
    """Write what the page shows into the address; follow Back and Forward.

    Parameters
    ----------
    query
        Everything that sets the page up, defaults left out; what travels is added. A value that is too long
        for an address is the caller's to shorten.
    """
    wanted = {**query, **st.session_state.get(_CARRIED, {})}
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
