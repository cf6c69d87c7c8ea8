"""What is set up on the layer page: filter bank, biases, the filter that is shown; links, and what to try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.operations import filter_bank
from explorer.operations.chain import Chain
from explorer.operations.filter_bank import Bank, Library, Own, Pick, Random
from explorer.ui import controls, current_image, pins
from explorer.ui.frame import Try
from explorer.ui.history import History

Float = NDArray[np.float32]

PAGE = "layer"
KINDS = {"library": "Library", "random": "Random", "own": "Own"}
# Edges, spots and blurs that ignore colour beside filters that look for it, as a trained first layer has them.
START = Library(
    (
        Pick("sobel-vertical"),
        Pick("sobel-horizontal"),
        Pick("laplacian-8"),
        Pick("emboss"),
        Pick("box-blur", "red-green"),
        Pick("sharpen", "yellow-blue"),
        Pick("ridge-rising"),
        Pick("corner", "green"),
    )
)
LONGEST_IN_A_LINK = 6000
LARGEST_BIAS = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Made:
    """What a person made: the bank, and its filters' biases as far as any was set."""

    bank: Bank
    biases: tuple[float, ...] = ()


def history() -> History[Made]:
    """Return what was made, with its undo."""
    return History(f"{PAGE}.made", Made(START))


def bank() -> Bank:
    """Return the bank as it stands."""
    return history().value.bank


def kind(bank: Bank) -> str:
    """Return a key of `KINDS`."""
    return {Library: "library", Random: "random", Own: "own"}[type(bank)]


def change(bank: Bank, biases: tuple[float, ...] | None = None) -> None:
    """Replace the bank, in a callback or before its controls are drawn; undo brings the old one back.

    Parameters
    ----------
    bank
        The new one.
    biases
        The new ones; None leaves them as they are.
    """
    kept = list(history().value.biases if biases is None else biases)
    while kept and kept[-1] == 0:  # what was never set and what was set back to 0 are the same
        kept.pop()
    made = Made(bank, tuple(kept))
    if made != history().value:
        history().set(made)


def chosen(filters: int) -> int:
    """Return which filter is shown, from 0; the last one where there are fewer by now."""
    return min(int(st.session_state.get(f"{PAGE}.filter", 0)), filters - 1)


def choose(filter: int) -> None:
    """Show another filter."""
    st.session_state[f"{PAGE}.filter"] = filter


def clicked(filter: int | None) -> None:
    """Show the filter whose map was clicked in the strip, and run again with it."""
    if filter is not None and filter != st.session_state.get(f"{PAGE}.filter", 0):
        choose(filter)
        st.rerun()


def biases(filters: int) -> Float:
    """Return each filter's bias (C_out,)."""
    return np.array((*history().value.biases, *[0.0] * filters)[:filters], np.float32)


def set_bias(filter: int, value: float) -> None:
    """Change one filter's bias."""
    kept = [float(v) for v in biases(filter_bank.MOST_FILTERS)]
    change(bank(), (*kept[:filter], value, *kept[filter + 1 :]))


def without_bias(filter: int) -> tuple[float, ...]:
    """Return the biases when a filter is taken out; those behind it move up."""
    kept = [float(v) for v in biases(filter_bank.MOST_FILTERS)]
    return (*kept[:filter], *kept[filter + 1 :])


def use_colour() -> None:
    """Make the current image a colour image; for a button's callback."""
    current_image.restore({"colour": "1"})


def arrive(query: Mapping[str, str]) -> None:
    """Set the page up as a link says; what cannot be used is said, and the page goes on as it was."""
    try:
        _restore(query)
    except ValueError as error:
        st.session_state[f"{PAGE}.link.said"] = f"The link says something that can't be used. {error}"
    current_image.restore(query)  # last: it may start the run again


def _restore(query: Mapping[str, str]) -> None:
    options = {key: value for key, value in query.items() if key not in ("bias", "pool", "kernel")}
    chain = Chain.from_query({"then": "relu", **options, "kernel": "identity"})
    wanted = filter_bank.from_text(query["bank"]) if "bank" in query else START
    try:
        values = tuple(float(part) for part in query.get("biases", "0").split(","))
        filter = int(query.get("filter", "1")) - 1
    except ValueError:
        raise ValueError("biases and filter: needed are numbers, as in biases=0,0.5 and filter=2") from None
    if not all(abs(value) <= LARGEST_BIAS for value in values) or filter < 0:
        raise ValueError("biases and filter: needed are numbers up to 3.4e+38, and a filter counted from 1")
    pins.put(PAGE, pins.read(query))
    controls.put(PAGE, chain)
    change(wanted, values)
    choose(filter)
    st.session_state[f"{PAGE}.scale"] = "each" if query.get("scale") == "each" else "shared"


def start() -> None:
    """Set the page up as a person finds it first, where it is not set up yet."""
    st.session_state.setdefault(f"{PAGE}.then", "relu")
    st.session_state.setdefault(f"{PAGE}.scale", "shared")


def query(chain: Chain, filters: int) -> dict[str, str]:
    """Write what the page shows as a link's query; own weights only where they are short enough.

    Parameters
    ----------
    chain
        Stands for the layer's stride, padding, dilation, border and nonlinearity.
    filters
        C_out.
    """
    said = {**current_image.query(), **chain.to_query()}
    del said["kernel"]
    said["then"] = chain.nonlinearity
    text = bank().to_text()
    if bank() != START and len(text) <= LONGEST_IN_A_LINK:
        said["bank"] = text
    if chosen(filters):
        said["filter"] = str(chosen(filters) + 1)
    if biases(filters).any():
        said["biases"] = ",".join(str(v).removesuffix(".0") for v in biases(filters))
    if st.session_state.get(f"{PAGE}.scale") == "each":
        said["scale"] = "each"
    return {**said, **pins.query(PAGE)}


def in_link() -> bool:
    """Tell whether the bank fits into a link."""
    return len(bank().to_text()) <= LONGEST_IN_A_LINK


def _red_minus_green() -> None:
    use_colour()
    change(START, ())
    choose(START.picks.index(Pick("box-blur", "red-green")))
    st.session_state[f"{PAGE}.then"] = "none"


def _random() -> None:
    use_colour()
    change(Random(filters=16, size=5, seed=next_seed()), ())
    choose(0)


def next_seed() -> int:
    """Return the seed after the one that is shown, so that every press draws other numbers."""
    now = bank()
    return now.seed + 1 if isinstance(now, Random) else 0


def _bias_silences() -> None:
    change(START, (-1.5,))
    choose(0)
    st.session_state[f"{PAGE}.then"] = "relu"


TRIES = (
    Try(
        "Red minus green",
        _red_minus_green,
        "The same blur in each channel, times 1 for red, −1 for green and 0 for blue: what is grey cancels out, "
        "what is red stays red, what is green turns blue. No single channel shows this.",
    ),
    Try(
        "A layer before training",
        _random,
        "Sixteen random filters, as a network starts. Most are noise, some blur, some find edges by chance. "
        "Press again for other numbers: the seed is in the link.",
    ),
    Try(
        "A bias that silences",
        _bias_silences,
        "With a bias of −1.5 only the strongest edges of filter 1 are above 0 after the ReLU. "
        "Move the bias and watch the map fill or go out.",
    ),
)
