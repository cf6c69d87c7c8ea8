"""What is set up on the page of advantages and costs: which runs are compared, and where; links."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from explorer.insight.contenders import REACH
from explorer.insight.stored import Comparison

PAGE = "tradeoffs"
PICTURES, WHERE, SHIFT, LAST = (f"{PAGE}.{name}" for name in ("pictures", "where", "shift", "last"))
PLACES: Mapping[str, str] = {"middle": "in the middle", "anywhere": "anywhere"}
LASTS: Mapping[str, str] = {"dense": "Dense layer", "average": "Global average"}
USUAL_SHIFT = 0
_USUAL = {WHERE: "middle", LAST: "dense"}
_NAMES = {PICTURES: "learned", WHERE: "where", SHIFT: "shift", LAST: "end"}


def where() -> str:
    """Return where the digits stood that were learned from."""
    said = st.session_state.get(WHERE)
    return str(said) if said in PLACES else "middle"


def pictures(found: Comparison) -> int:
    """Return from how many pictures was learned; all where that was not tried."""
    sizes = found.sizes(anywhere=where() == "anywhere") or found.sizes()
    said = st.session_state.get(PICTURES)
    return int(said) if said in sizes else sizes[-1]


def shift() -> int:
    """Return the shift that is compared over the number of pictures."""
    said = st.session_state.get(SHIFT, USUAL_SHIFT)
    return int(said) if said in range(REACH + 1) else USUAL_SHIFT


def last() -> str:
    """Return what the lecture's network ends with."""
    said = st.session_state.get(LAST)
    return str(said) if said in LASTS else "dense"


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what it leaves out or gets wrong is as usual."""
    for key, name in _NAMES.items():
        said = query.get(name, "")
        value: str | int | None
        if key in (PICTURES, SHIFT):
            value = int(said) if said.isascii() and said.isdigit() and len(said) < 7 else None
            if key == SHIFT and value not in range(REACH + 1):
                value = USUAL_SHIFT
        else:
            value = said if said in {WHERE: PLACES, LAST: LASTS}[key] else _USUAL[key]
        if value is None:
            st.session_state.pop(key, None)
        else:
            st.session_state[key] = value


def query(found: Comparison | None) -> dict[str, str]:
    """Return the link's part of the address, what is as usual left out."""
    said = {"where": where(), "end": last()}
    wanted = {name: value for name, value in said.items() if value not in _USUAL.values()}
    if shift() != USUAL_SHIFT:
        wanted["shift"] = str(shift())
    if found is not None and where() == "middle" and pictures(found) != found.sizes()[-1]:
        wanted["learned"] = str(pictures(found))
    return wanted


def look(
    *, place: str = "middle", moved: int = USUAL_SHIFT, end: str = "dense", learned: int | None = None
) -> None:
    """Set the whole page up, for a thing to try."""
    st.session_state.update({WHERE: place, SHIFT: moved, LAST: end})
    if learned is None:
        st.session_state.pop(PICTURES, None)
    else:
        st.session_state[PICTURES] = learned
