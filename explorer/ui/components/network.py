"""A network on paper, drawn: its blocks, its budget as a table, and what each cell sees of the image.

Python computes every number and every sentence; the browser draws them, and follows the pointer from a cell to
the pixels that it depends on and back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.networks.architecture import Draft
from explorer.networks.budget import LayerBudget, totals
from explorer.networks.explanation import DIRECT, Explanation, number
from explorer.networks.source import Named
from explorer.rendering import scales
from explorer.ui.components import sources
from explorer.ui.components.blob import pack

MOST_MAPS = 4  # of one layer, in the picture of the sizes

_MODULES = (
    "lens/blob.mjs",
    "lens/color.mjs",
    "network/sight.mjs",
    "network/blocks.mjs",
    "network/words.mjs",
    "lens/dom.js",
    "svg_file.js",
    "network/drawing.js",
    "network/table.js",
    "network/eye.js",
    "network/flesh.js",
    "network/network.js",
)


@dataclass(frozen=True)
class NetworkView:
    """What is shown of a network.

    Attributes
    ----------
    draft
        The network; where it does not fit, what stands before the layer that does not is shown with its numbers,
        and all behind it as outlines.
    rows
        ``budget(draft.sound)``.
    names
        How the layers are called, one for each layer of the draft.
    explanations
        By layer and column, for ``rows``; their titles call the layers as ``names`` does.
    image
        What the network gets, (H, W) or (H, W, 3) in [0, 1], of its input's height and width.
    maps
        By layer, some of its maps (n, H, W) from one forward pass, or a vector (1, 1, F); None shows none.
    maps_note
        What is said of the maps, as that the weights are random.
    selected
        The layer whose row is chosen.
    """

    draft: Draft
    rows: Sequence[LayerBudget]
    names: Sequence[Named]
    explanations: Mapping[tuple[int, str], Explanation]
    image: NDArray[np.float32]
    maps: Mapping[int, NDArray[np.float32]] | None = None
    maps_note: str = ""
    selected: int = 0


@dataclass(frozen=True)
class NetworkResult:
    """What a person did.

    Attributes
    ----------
    selected
        The layer whose row is chosen, from 0.
    """

    selected: int


def _explained(view: NetworkView, sources_said: list[str]) -> list[dict[str, list[object]]]:
    """Write the explanations; a source is said once and then by its place, None where nothing is to be cited."""
    rows: list[dict[str, list[object]]] = [{} for _ in view.rows]
    for (index, column), said in view.explanations.items():
        cited = said.source != DIRECT
        if cited and said.source not in sources_said:
            sources_said.append(said.source)
        rows[index][column] = [
            said.title,
            said.formula,
            said.numbers,
            said.result,
            sources_said.index(said.source) if cited else None,
        ]
    return rows


def scene(view: NetworkView) -> tuple[dict[str, object], dict[str, NDArray[np.uint8]]]:
    """Return what travels to the browser: a description, and the arrays that it names."""
    said: list[str] = []
    explained = _explained(view, said)
    problem, sums = view.draft.problem, totals([*view.rows])
    image = np.rint(np.clip(view.image, 0, 1) * 255).astype(np.uint8)
    arrays: dict[str, NDArray[np.uint8]] = {"image": image, "palettes": _palettes()}
    maps: dict[str, float] = {}
    for index, layer_maps in (view.maps or {}).items():
        some = layer_maps[:MOST_MAPS]
        end = scales.limit(some)
        maps[str(index)] = end
        arrays[f"maps{index}"] = scales.to_index(some, end)
    layers: list[dict[str, object]] = []
    for index, (layer, name) in enumerate(zip(view.draft.layers, view.names, strict=True)):
        entry: dict[str, object] = {
            "name": name.name,
            "kind": name.kind,
            "of": layer.kind,
        }
        if index < len(view.rows):
            row = view.rows[index]
            entry |= {
                "shape": row.output_shape,
                "shapeText": name.shape,
                "parameters": row.parameters,
                "macs": row.macs,
                "bytes": row.activation_bytes,
                "field": row.receptive_field,
                "jump": row.jump,
                "padding": row.padding,
                "cells": row.cells,
                "explained": explained[index],
            }
        layers.append(entry)
    meta: dict[str, object] = {
        "input": view.draft.input_shape,
        "layers": layers,
        # As text: beyond 2^53 the browser would round them.
        "totals": {"parameters": number(sums.parameters), "macs": number(sums.macs)},
        "sources": said,
        "problem": None
        if problem is None
        else {"index": problem.index, "got": problem.got, "needs": problem.needs},
        "maps": maps,
        "mapsNote": view.maps_note,
        "selected": view.selected,
    }
    return meta, arrays


def _palettes() -> NDArray[np.uint8]:
    """Return the colours of signed values in light and dark, (2, 256, 3)."""
    themes: tuple[scales.Theme, ...] = ("light", "dark")
    return np.stack([scales.palette("signed", theme) for theme in themes])


_mount = st.components.v2.component(
    "cnn_network",
    html='<div class="network" data-painted="0"></div>',
    css=sources.styles(("roles.css", "network/network.css", "network/table.css")),
    js=sources.javascript(_MODULES),
)


def network(view: NetworkView, *, key: str, on_selected: Callable[[int], None] | None = None) -> NetworkResult:
    """Mount the drawing of a network and return which layer is chosen.

    Parameters
    ----------
    view
        What is shown.
    key
        The instance stays the same while the key does.
    on_selected
        Called with the layer that was just chosen in the drawing, before the page runs.
    """

    def chosen_now() -> None:
        chosen = st.session_state[key].selected
        if chosen is not None and on_selected is not None:
            on_selected(int(chosen))

    meta, arrays = scene(view)
    # A choice is said once: a state of the browser would not tell of the same layer being chosen again after
    # the page has chosen another one.
    result = _mount(data=pack(meta, arrays), key=key, on_selected_change=chosen_now)
    chosen = view.selected if result.selected is None else int(result.selected)
    return NetworkResult(min(max(chosen, 0), max(len(view.draft.layers) - 1, 0)))
