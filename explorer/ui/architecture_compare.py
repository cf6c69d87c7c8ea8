"""Two networks side by side: which layers stand against each other, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import SequenceMatcher

import streamlit as st

from explorer.networks.architecture import Draft
from explorer.networks.budget import LayerBudget
from explorer.networks.layers import Layer, shape_text
from explorer.ui import architecture_cache as cache
from explorer.ui import architecture_state as state
from explorer.ui import downloads, tables
from explorer.ui.architecture_cache import in_bytes
from explorer.ui.architecture_state import PAGE
from explorer.ui.tables import Cell

HEADS = ("this one", "output", "parameters", "the other", "output", "parameters", "what differs")
TALLEST = 640  # px: a longer table scrolls
# Rows stay low where there is little room.
_STYLE = """<style>
.st-key-architecture-compared .scrolled :is(th, td) { white-space: nowrap; }
.st-key-architecture-side-by-side .scrolled td:last-child { white-space: normal; min-width: 17rem; }
</style>"""
_WORDS = {
    "out_channels": "maps",
    "kernel_size": "kernel",
    "out_features": "outputs",
    "activation": "then",
    "function": "function",
    "p": "probability",
}


@dataclass(frozen=True)
class Pairing:
    """One row: a layer of this network, one of the other, or both.

    Attributes
    ----------
    here, there
        The layers' places, from 0; None where a network has none in this row.
    differs
        What is not the same, in words; empty where nothing differs.
    """

    here: int | None
    there: int | None
    differs: tuple[str, ...]


def pairings(here: Draft, there: Draft) -> list[Pairing]:
    """Set the layers of two networks against each other: equal ones first, then those of one kind.

    Examples
    --------
    >>> from explorer.networks.architecture import Conv2d, Flatten, MaxPool2d
    >>> one = Draft((1, 8, 8), (Conv2d(4), MaxPool2d(), Flatten()))
    >>> two = Draft((1, 8, 8), (Conv2d(6), Flatten()))
    >>> [(row.here, row.there, row.differs) for row in pairings(one, two)]
    [(0, 0, ('maps 4, not 6',)), (1, None, ('only here',)), (2, 1, ())]
    """
    rows: list[Pairing] = []
    kinds = ([layer.kind for layer in here.layers], [layer.kind for layer in there.layers])
    for kind, i, i_end, j, j_end in SequenceMatcher(None, *kinds, autojunk=False).get_opcodes():
        if kind == "equal":
            rows += (
                Pairing(a, b, differences(here.layers[a], there.layers[b]))
                for a, b in zip(range(i, i_end), range(j, j_end), strict=True)
            )
        else:
            rows += (Pairing(a, None, ("only here",)) for a in range(i, i_end))
            rows += (Pairing(None, b, ("only there",)) for b in range(j, j_end))
    return rows


def differences(here: Layer, there: Layer) -> tuple[str, ...]:
    """Say in which settings two layers of one kind differ; names do not count."""
    return tuple(
        f"{_WORDS.get(field.name, field.name)} {_text(getattr(here, field.name))}, "
        f"not {_text(getattr(there, field.name))}"
        for field in fields(here)
        if field.name != "name" and getattr(here, field.name) != getattr(there, field.name)
    )


def _text(value: object) -> str:
    if value is None:
        return "as the window"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def choose() -> None:
    """Draw what the network is compared with, and the button that keeps it as it stands."""
    kept = state.kept()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-compare"):
        key = f"{PAGE}.vs"
        offered = [state.NOTHING, *([state.KEPT] if kept is not None else []), *state.PRESET_DRAFTS]
        if st.session_state.setdefault(key, state.NOTHING) not in offered:
            st.session_state[key] = state.NOTHING
        st.selectbox(
            "Compare with",
            offered,
            format_func=lambda name: _title(name, kept),
            key=key,
            persist_state="session",
            width=260,
        )
        st.button(
            "Keep this one for comparison",
            key=f"{PAGE}.keep",
            on_click=state.keep,
            help="Keep the network as it stands, then change it: both are shown side by side.",
        )


def _title(name: str, kept: Draft | None) -> str:
    if name == state.NOTHING:
        return "nothing"
    if name == state.KEPT and kept is not None:
        return f"kept: {state.titled(kept)}"
    return state.PRESET_DRAFTS[name].title


def side_by_side(here: Draft, there: Draft) -> None:
    """Show the totals of two networks with their differences, and their layers with those marked."""
    st.html(_STYLE)
    rows = pairings(here, there)
    marked = sum(bool(row.differs) for row in rows)
    said = (
        "Their layers are set alike."
        if not marked
        else f"{marked} of {len(rows)} rows are set differently: they are marked. Other sizes are bold."
    )
    if here.input_shape != there.input_shape:
        said += f" The inputs differ: {shape_text(here.input_shape)}, not {shape_text(there.input_shape)}."
    with st.container(key=f"{PAGE}-compared"):
        st.html(_totals(here, there))
        with st.container(key=f"{PAGE}-side-by-side"):
            st.html(_layers(rows, here, there))
    st.caption(said)
    downloads.row(f"{PAGE}.compared.take", [compared(rows, here, there)])


def compared(rows: list[Pairing], here: Draft, there: Draft) -> downloads.File:
    """Return the layers of two networks side by side as CSV."""
    mine, other = cache.numbers(here).rows, cache.numbers(there).rows
    lines = [
        (*_plain_cells(row.here, here, mine), *_plain_cells(row.there, there, other), "; ".join(row.differs))
        for row in rows
    ]
    name = f"{downloads.plain(state.titled(here))}-and-{downloads.plain(state.titled(there))}"
    return downloads.table("Download this comparison as CSV", name, HEADS, lines)


def _plain_cells(index: int | None, draft: Draft, rows: tuple[LayerBudget, ...]) -> tuple[object, object, object]:
    if index is None:
        return None, None, None
    name = cache.called(draft, state.names(), index)
    if index >= len(rows):
        return name, "does not fit" if index == len(rows) else "waits", None
    return name, shape_text(rows[index].output_shape), rows[index].parameters


def _totals(here: Draft, there: Draft) -> str:
    mine, other = cache.numbers(here).sums, cache.numbers(there).sums
    parts = [
        f"{place} only before {cache.called(network, state.names(), network.problem.index)}"
        for network, place in ((here, "here"), (there, "there"))
        if network.problem is not None
    ]
    difference = f"difference ({', '.join(parts)})" if parts else "difference"
    sums = (
        ("Parameters", mine.parameters, other.parameters, _whole),
        ("Multiply-accumulates", mine.macs, other.macs, _whole),
        ("Memory of the outputs", mine.activation_bytes, other.activation_bytes, in_bytes),
    )
    return tables.scrolled(
        ("", state.titled(here), state.titled(there), difference),
        [(label, write(a), write(b), _difference(a, b, write)) for label, a, b, write in sums],
        "What the two networks need",
        numbers=(1, 2),
    )


def _whole(value: int) -> str:
    return f"{value:,}"


def _difference(here: int, there: int, write: Callable[[int], str]) -> Cell:
    if here == there:
        return Cell("the same")
    more = here > there
    amount = f"{write(abs(here - there))} {'more' if more else 'less'}"
    if not there:
        return Cell(amount, strong=True)
    share = here / there
    times = f"{share:,.1f} times" if share >= 2 else f"{percent(100 * share)} % of it"
    return Cell(amount, strong=True, after=f" ({times})")


def percent(value: float) -> str:
    """Write a share: never 100 % of what is less."""
    if value > 99:
        return f"{min(value, 99.9):.1f}"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else "less than 0.1"


def _layers(rows: list[Pairing], here: Draft, there: Draft) -> str:
    """Return both networks as a table; sizes and parameters that differ are bold, other settings are named."""
    mine, other = cache.numbers(here).rows, cache.numbers(there).rows
    lines: list[tuple[str | Cell, ...]] = []
    for row in rows:
        name, *left = _cells(row.here, here, mine)
        called, *right = _cells(row.there, there, other)
        unlike = [bool(a and b and a != b) for a, b in zip(left, right, strict=True)]
        lines.append(
            (
                name,
                *(Cell(text, strong=one) for text, one in zip(left, unlike, strict=True)),
                called,
                *(Cell(text, strong=one) for text, one in zip(right, unlike, strict=True)),
                Cell("; ".join(row.differs), marked=True),
            )
        )
    return tables.scrolled(HEADS, lines, "The layers of both networks", numbers=(2, 5), tallest=TALLEST)


def _cells(index: int | None, draft: Draft, rows: tuple[LayerBudget, ...]) -> tuple[str, str, str]:
    if index is None:
        return "", "", ""
    name = cache.called(draft, state.names(), index)
    if index >= len(rows):
        return name, "does not fit" if index == len(rows) else "waits", ""
    row = rows[index]
    return name, shape_text(row.output_shape), f"{row.parameters:,}"
