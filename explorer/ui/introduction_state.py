"""What is set up on the first page: the cell that is looked at, what is covered, where the picture is; links."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from explorer.insight.local import HOW, with_maps
from explorer.trained import zoo
from explorer.trained.sweeps import values
from explorer.ui import current_image

PAGE = "introduction"
NETWORK = "tiny-vgg"
LAYERS: Mapping[str, str] = {
    "conv_1_1": "First layer",
    "conv_2_1": "Middle layer",
    "max_pool_2": "Last layer",
}
USUAL = ("conv_2_1", 3, (12, 14))
"""The layer, the map and the cell that are looked at first: the rim of the coffee cup."""
FARTHEST = int(values("right", 64)[-1])

USUAL_SHIFT = (0, 2)
"""Where the picture stands first: two maps have moved along exactly, the third cannot."""

Cell = tuple[int, int]


def layer() -> str:
    """Return the stage whose cell is looked at."""
    said = st.session_state.get(f"{PAGE}.layer")
    return str(said) if said in LAYERS else USUAL[0]


def map_number() -> int:
    """Return which of its maps, from 0."""
    return int(st.session_state.get(f"{PAGE}.map", USUAL[1]))


def how() -> str:
    """Return what is done to the rest of the picture."""
    said = st.session_state.get(f"{PAGE}.how")
    return str(said) if said in HOW else next(iter(HOW))


def cell() -> Cell:
    """Return the cell; in another layer, the one that looks at about the same place."""
    rows, cols = with_maps(zoo.load(NETWORK), layer()).cells
    down, right = st.session_state.get(f"{PAGE}.place", _place(USUAL[0], USUAL[2]))
    return min(int(down * rows), rows - 1), min(int(right * cols), cols - 1)


def look_at(at: Cell) -> None:
    """Choose a cell of the layer's maps; for callbacks."""
    st.session_state[f"{PAGE}.place"] = _place(layer(), at)


def _place(stage: str, at: Cell) -> tuple[float, float]:
    """Return where a cell lies as parts of its map, in its middle."""
    rows, cols = with_maps(zoo.load(NETWORK), stage).cells
    return (at[0] + 0.5) / rows, (at[1] + 0.5) / cols


def shift() -> Cell:
    """Return where the picture was moved to, (down, right)."""
    found: Cell = st.session_state.get(f"{PAGE}.shift", USUAL_SHIFT)
    return found


def move(down: int, right: int) -> None:
    """Move the picture; for callbacks. Beyond half of it nothing would be left to see."""
    st.session_state[f"{PAGE}.shift"] = tuple(min(max(by, -FARTHEST), FARTHEST) for by in (down, right))


def search() -> None:
    """Ask for the patches; for callbacks."""
    st.session_state[f"{PAGE}.wanted"] = True


def wanted() -> bool:
    """Tell whether this person, or the link, asked for the patches."""
    return bool(st.session_state.get(f"{PAGE}.wanted"))


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says: ``layer=conv_2_1&map=4&at=12,14&how=blur&shift=0,4&patches=1``."""
    stage = query.get("layer", "")
    st.session_state[f"{PAGE}.layer"] = stage if stage in LAYERS else USUAL[0]
    found = with_maps(zoo.load(NETWORK), layer())
    chosen = int(query["map"]) - 1 if re.fullmatch(r"[0-9]{1,3}", query.get("map", "")) else USUAL[1]
    st.session_state[f"{PAGE}.map"] = chosen if 0 <= chosen < found.shape[0] else USUAL[1]
    st.session_state[f"{PAGE}.how"] = query["how"] if query.get("how") in HOW else next(iter(HOW))
    st.session_state[f"{PAGE}.place"] = _place(USUAL[0], USUAL[2])
    if at := re.fullmatch(r"([0-9]{1,3}),([0-9]{1,3})", query.get("at", "")):
        look_at((min(int(at[1]), found.cells[0] - 1), min(int(at[2]), found.cells[1] - 1)))
    by = re.fullmatch(r"(-?[0-9]{1,3}),(-?[0-9]{1,3})", query.get("shift", ""))
    move(int(by[1]), int(by[2])) if by else move(*USUAL_SHIFT)
    st.session_state[f"{PAGE}.wanted"] = query.get("patches") == "1"
    current_image.restore(query)  # last: it may start the run again


def query() -> dict[str, str]:
    """Write what the page shows as a link's query; what is as usual is left out, and uploaded images."""
    said = current_image.query()
    if layer() != USUAL[0]:
        said["layer"] = layer()
    if map_number() != USUAL[1]:
        said["map"] = str(map_number() + 1)
    if (layer(), cell()) != (USUAL[0], USUAL[2]):
        said["at"] = f"{cell()[0]},{cell()[1]}"
    if how() != next(iter(HOW)):
        said["how"] = how()
    if shift() != USUAL_SHIFT:
        said["shift"] = f"{shift()[0]},{shift()[1]}"
    if wanted():
        said["patches"] = "1"
    return said
