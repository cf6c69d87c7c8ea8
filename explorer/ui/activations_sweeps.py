"""How far the answer holds while the input is moved, and whether the maps move with it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from explorer.rendering import figures
from explorer.trained import sweeps, zoo
from explorer.trained.view import View
from explorer.ui import activations_cache as cache
from explorer.ui import activations_words as words
from explorer.ui import downloads, tuning
from explorer.ui.activations_state import PAGE
from explorer.ui.current_image import Whole
from explorer.ui.theme import theme_now

_AXES = {
    "right": "To the right, in cells",
    "down": "Down, in cells",
    "angle": "Turned, in degrees",
    "zoom": "Zoom",
    "blur": "Blur, in cells",
    "noise": "Noise",
}
_UNITS = {
    "right": "cells right",
    "down": "cells down",
    "angle": "degrees",
    "zoom": "times",
    "blur": "cells",
    "noise": "",
}
MOST_LINES = 4


def panel(view: View, image: Whole) -> None:
    """Offer the sweep, and say how the maps followed where the input was only shifted."""
    with st.expander("How far does the answer hold?", key=f"{PAGE}.sweep", on_change="rerun") as opened:
        if not opened.open:
            return
        name = st.segmented_control(
            "What is changed bit by bit",
            list(sweeps.LABELS),
            format_func=sweeps.LABELS.__getitem__,
            default="right",
            required=True,
            key=f"{PAGE}.sweep.move",
            persist_state="session",
        )
        places = sweeps.values(name, zoo.load(view.network).preparation.size)
        _curve(view, image, name, places)
        moves = view.moves
        if moves.shift and not moves.none:
            _followed(view, image)


def _curve(view: View, image: Whole, name: str, places: tuple[float, ...]) -> None:
    shares = _swept(view, image, name, places)
    now = getattr(view.moves, name)
    if now not in places:  # what is on the screen belongs to it
        at = int(np.searchsorted(places, now))
        places = (*places[:at], now, *places[at:])
        shares = np.insert(shares, at, cache.activations(view, image).probabilities, axis=0)
    low, high = sweeps.holds(shares, places, now)
    classes = zoo.load(view.network).classes
    best = int(shares[places.index(now)].argmax())
    order = [int(k) for k in np.argsort(-shares.max(0), kind="stable")[:MOST_LINES]]
    order = order if best in order else [best, *order[:-1]]
    unit = _UNITS[name]
    ends = f"from {low:g} to {high:g} {unit}".rstrip(), f"from {places[0]:g} to {places[-1]:g}"
    said = f"**{classes[best]}** stays the answer {ends[0]}, of {len(places)} values {ends[1]}."
    st.markdown(said.replace(" -", " −"))
    st.plotly_chart(
        figures.probabilities(
            places,
            shares[:, order],
            [classes[k] for k in order],
            now,
            _AXES[name],
            theme_now(),
        ),
        key=f"{PAGE}.sweep.chart",
        config=downloads.chart(f"{view.network}-{name}"),
        theme=None,
    )
    table = [
        (f"{place:g}", *(f"{share:.9g}" for share in line)) for place, line in zip(places, shares, strict=True)
    ]
    downloads.row(
        f"{PAGE}.sweep.take",
        [downloads.table("CSV, every class", f"{view.network}-{name}", (_AXES[name], *classes), table)],
    )
    tuning.settle("plotly")


def _swept(view: View, image: Whole, name: str, places: tuple[float, ...]) -> sweeps.Float:
    """Return the probabilities along the sweep; the last one of a session is kept."""
    # All but the value that is swept: moving that very slider needs no new sweep.
    key = (
        View(view.network, view.off, view.own, sweeps.changed(view.moves, name, places[0])).digest,
        image.digest,
        name,
    )
    kept = st.session_state.get(f"{PAGE}.swept")
    if kept is not None and kept[0] == key:
        found: sweeps.Float = kept[1]
        return found
    network = zoo.load(view.network)
    bar = st.progress(0.0, label := f"{len(places)} times through the network …")

    def told(share: float) -> None:
        bar.progress(share, label)

    found = sweeps.sweep(
        network,
        network.prepare(image.pixels),
        name,
        places,
        moves=view.moves,
        changes=view.changes,
        told=told,
    )
    bar.empty()
    st.session_state[f"{PAGE}.swept"] = key, found
    return found


def _followed(view: View, image: Whole) -> None:
    """Say how many numbers of each stage's maps moved with the input, to the bit."""
    moves = view.moves
    still = View(view.network, view.off, view.own)
    rows = sweeps.follows(cache.activations(still, image), cache.activations(view, image), moves.down, moves.right)
    st.markdown(
        "**Do the maps follow?** Every cell that saw nothing but your image before and after the shift, compared "
        "with the cell that it came from:"
    )
    followed = words.followed(rows, moves.down, moves.right)
    st.table(followed)
    name = f"{view.network}-moved-{moves.down}-{moves.right}"
    lines = [tuple(line.values()) for line in followed]
    downloads.row(f"{PAGE}.followed.take", [downloads.table("CSV, this table", name, tuple(followed[0]), lines)])
