"""What is set up on the page of trained networks: the network, what is chosen in it, what was changed; links."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from explorer.trained.transformations import Moves
from explorer.trained.view import View
from explorer.ui import current_image
from explorer.ui.history import History

PAGE = "activations"
NETWORKS = ("tiny-vgg", "example", "objects")
Choice = tuple[str, int]
Cell = tuple[int, int]
TITLES = {"tiny-vgg": "Tiny VGG", "example": "Digits, the lecture’s network", "objects": "Objects"}
SCALES = ("layer", "each")
COLUMNS = ("both", "before", "after")
USUAL_MOST = 10


def network() -> str:
    """Return the network that is shown."""
    name = st.session_state.get(f"{PAGE}.network")
    return str(name) if name in NETWORKS else NETWORKS[0]


def history() -> History[View]:
    """Return what was changed in the network that is shown, with its undo."""
    return History[View](f"{PAGE}.view.{network()}", View(network()))


def view() -> View:
    """Return what is looked at."""
    return history().value


def change(changed: View) -> None:
    """Replace what is looked at, in a callback; undo brings the old one back."""
    if changed != view():
        history().set(changed)


def move(moves: Moves) -> None:
    """Do something else to the input, in a callback."""
    change(replace(view(), moves=moves))


def switch(stage: str, number: int) -> None:
    """Switch a map off, or on again, in a callback."""
    now, one = view(), (stage, number)
    off = tuple(other for other in now.off if other != one) if one in now.off else (*now.off, one)
    change(replace(now, off=off))


def choice() -> Choice | None:
    """Return which map or class is chosen, as (stage, number)."""
    found: Choice | None = st.session_state.get(f"{PAGE}.choice")
    return found


def choose(chosen: Choice | None) -> None:
    """Choose a map in a callback of the browser's; what was pinned in the one before is let go."""
    if chosen != choice():
        st.session_state[f"{PAGE}.choice"] = chosen
        st.session_state[f"{PAGE}.cell"] = None
        st.session_state[f"{PAGE}.term"] = None
        st.session_state[f"{PAGE}.most"] = USUAL_MOST


def direct(chosen: Choice | None) -> None:
    """Choose a map where the browser does not know of it yet: from a link, or a thing to try."""
    choose(chosen)
    st.session_state[f"{PAGE}.number"] = number() + 1


def number() -> int:
    """Return a number that grows whenever the page, not the browser, sets the choice or the look."""
    return int(st.session_state.get(f"{PAGE}.number", 0))


def cell() -> Cell | None:
    """Return the cell whose numbers are pinned."""
    found: Cell | None = st.session_state.get(f"{PAGE}.cell")
    return found


def pin(place: Cell | None) -> None:
    """Pin a cell, or let go."""
    st.session_state[f"{PAGE}.cell"] = place


def term() -> int | None:
    """Return the input map whose lens is open."""
    found: int | None = st.session_state.get(f"{PAGE}.term")
    return found


def open_term(source: int | None) -> None:
    """Open the lens of an input map, or close it."""
    st.session_state[f"{PAGE}.term"] = source


def most() -> int:
    """Return how many terms of a sum are told one by one."""
    return int(st.session_state.get(f"{PAGE}.most", USUAL_MOST))


def tell(*, all_terms: bool) -> None:
    """Tell all terms one by one, or the strongest only; then a lens of one of the others closes."""
    st.session_state[f"{PAGE}.most"] = 1_000_000 if all_terms else USUAL_MOST
    if not all_terms:
        st.session_state[f"{PAGE}.term"] = None


def scale() -> str:
    """Return whether maps share their layer's scale ("layer") or have one each ("each")."""
    return str(st.session_state.get(f"{PAGE}.scale", "layer"))


def columns() -> str:
    """Return how nonlinearities are shown: "both", "before" or "after" them."""
    usual = "both" if network() == "tiny-vgg" else "after"
    return str(st.session_state.get(f"{PAGE}.columns.{network()}", usual))


def look(scale: str, columns: str) -> None:
    """Keep how the network is to be shown, as a person chose it in the browser."""
    if scale in SCALES:
        st.session_state[f"{PAGE}.scale"] = scale
    if columns in COLUMNS:
        st.session_state[f"{PAGE}.columns.{network()}"] = columns


def show(name: str) -> None:
    """Show another network, before its control is drawn or in a callback."""
    st.session_state[f"{PAGE}.network"] = name
    changed()


def changed() -> None:
    """Let go of what was chosen in the network before; for the control's callback."""
    direct(None)


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what cannot be used is said, and the rest is set up."""
    said: list[str] = []

    def part(set_up: Callable[[], None], otherwise: Callable[[], None]) -> None:
        try:
            set_up()
        except ValueError as error:
            said.append(f"The link says something that can't be used. {error}")
            otherwise()

    name = query.get("network", NETWORKS[0])
    part(lambda: show(View.from_query({"network": name}).network), lambda: show(NETWORKS[0]))
    own = {key: value for key, value in query.items() if key != "network"}
    part(lambda: change(View.from_query({"network": network(), **own})), lambda: None)
    part(lambda: _choose(query), lambda: direct(None))
    look(query.get("scale", "layer"), query.get("columns", "both" if network() == "tiny-vgg" else "after"))
    if said:
        st.session_state[f"{PAGE}.link.said"] = "\n\n".join(said)
    current_image.restore(query)  # last: it may start the run again


def _choose(query: Mapping[str, str]) -> None:
    """Choose what a link says: ``map=conv_2_1.3&at=8,9&term=2``."""
    if "map" not in query:
        direct(None)
        return
    stage, _, chosen = query["map"].rpartition(".")
    if not re.fullmatch(r"[A-Za-z_]\w{0,39}", stage) or not re.fullmatch(r"[0-9]{1,4}", chosen):
        raise ValueError(f"map: got {query['map'][:40]!r}, needed is a stage and a number, as conv_2_1.3")
    direct((stage, int(chosen)))
    if "at" in query:
        place = re.fullmatch(r"([0-9]{1,4}),([0-9]{1,4})", query["at"])
        if place is None:
            raise ValueError(f"at: got {query['at'][:40]!r}, needed is a row and a column, as 8,9")
        pin((int(place[1]), int(place[2])))
    if re.fullmatch(r"[0-9]{1,4}", query.get("term", "")):
        open_term(int(query["term"]))


def query() -> dict[str, str]:
    """Write what the page shows as a link's query; uploaded images aside."""
    said = {**current_image.query(), **view().to_query()}
    chosen = choice()
    if chosen is not None:
        said["map"] = f"{chosen[0]}.{chosen[1]}"
        place = cell()
        if place is not None:
            said["at"] = f"{place[0]},{place[1]}"
        if term() is not None:
            said["term"] = str(term())
    if scale() != "layer":
        said["scale"] = scale()
    if columns() != ("both" if network() == "tiny-vgg" else "after"):
        said["columns"] = columns()
    return said
