"""How one map, unit or class score came about, drawn: every term of its sum, and the numbers at one cell.

Python computes every number; the browser draws them and reads them off at the cell that is pointed at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.rendering import scales
from explorer.ui.components import sources
from explorer.ui.components.activations import CHANNELS
from explorer.ui.components.blob import pack

if TYPE_CHECKING:
    from explorer.trained.explaining import Explained
    from explorer.trained.stages import Activations, Stage

Cell = tuple[int, int]
Arrays = dict[str, NDArray[Any]]
FED = 10  # maps that fed a class, told one by one

_MODULES = (
    "lens/blob.mjs",
    "lens/color.mjs",
    "lens/format.mjs",
    "network/sight.mjs",
    "activations/tiles.mjs",
    "explained/reading.mjs",
    "lens/dom.js",
    "activations/bus.js",
    "explained/picture.js",
    "explained/terms.js",
    "explained/others.js",
    "explained/bring.js",
    "explained/explained.js",
)


@dataclass(frozen=True, eq=False)
class ExplainedView:
    """What is explained.

    Attributes
    ----------
    activations
        Of the network that is shown.
    explained
        From `explorer.trained.explaining.explain`; None where nothing, or a channel of the input, is chosen.
    stage, index
        What is chosen, a stage's name (or "input") and the map's number; None and 0 where nothing is.
    cell
        The cell whose numbers are pinned.
    term
        The input map whose lens is open below.
    scale, columns
        How the overview is to be shown, see `explorer.ui.components.activations.overview`.
    number
        Grows whenever the page, and not the browser, has set the choice, the scale or the columns.
    """

    activations: Activations
    explained: Explained | None
    stage: str | None
    index: int
    cell: Cell | None = None
    term: int | None = None
    scale: str = "layer"
    columns: str = "both"
    number: int = 0


def packed(view: ExplainedView) -> bytes:
    """Pack what the browser draws."""
    shown = view.activations.prepared
    arrays: Arrays = {"palettes": scales.palettes(), "input": scales.to_index(shown, 1.0, "gray")}
    meta: dict[str, object] = {
        "stage": view.stage,
        "map": view.index,
        "cell": view.cell,
        "term": view.term,
        "scale": view.scale,
        "columns": view.columns,
        "number": view.number,
        "input": shown.shape,
        "channels": CHANNELS.get(len(shown), ()),
        "kind": "none",
    }
    if view.stage == "input":
        meta |= {"kind": "input", "says": view.activations.network.preparation.describe()}
    elif view.stage is not None and view.explained is not None:
        meta |= _told(view, view.stage, view.explained, arrays)
    return pack(meta, arrays)


def _told(view: ExplainedView, name: str, explained: Explained, arrays: Arrays) -> dict[str, object]:
    """Return the description of what is explained, and put its arrays among the others."""
    from explorer.networks.budget import budget
    from explorer.trained.stages import INPUT, stages

    activations = view.activations
    network = activations.network
    all_stages = stages(network.architecture)
    stage = next(one for one in all_stages if one.name == name)
    source = next((one for one in all_stages if one.name == stage.source), None)
    sight = budget(network.architecture)[stage.layer].sight
    meta: dict[str, object] = {
        "sight": {
            "field": sight.receptive_field,
            "jump": sight.jump,
            "padding": sight.padding,
            "cells": sight.cells,
        },
        "source": {
            "name": INPUT if source is None else source.name,
            "count": network.architecture.input_shape[0] if source is None else source.shape[0],
        },
        "off": (name, view.index) in activations.changes.off,
        "own": activations.changes.own is not None
        and stage.layer == all_stages[0].layer
        and stage.kind == "convolution"
        and activations.changes.own.filter == view.index
        and activations.changes.own.name,
        "canSwitch": stage.kind in {"convolution", "dense"} and stage is not all_stages[-1],
        "then": _then(activations, all_stages, stage, view.index, arrays),
    }
    if stage is all_stages[-1]:
        meta |= _softmax(activations)
        if source is not None and len(source.shape) == 1:
            meta |= _fed(activations, view.index, arrays)
    return meta | _terms(explained, arrays)


def _then(
    activations: Activations, all_stages: tuple[Stage, ...], stage: Stage, index: int, arrays: Arrays
) -> dict[str, object] | None:
    """Say which nonlinearity follows, and what it makes of the map."""
    following = next((one for one in all_stages if one.source == stage.name), None)
    if following is None or following.kind != "nonlinearity":
        return None
    layer = activations.network.architecture.layers[following.layer]
    function = getattr(layer, "function", getattr(layer, "activation", ""))
    arrays["after"] = np.atleast_2d(activations.values[following.name][index])
    return {"name": following.name, "function": function}


def _softmax(activations: Activations) -> dict[str, object]:
    from explorer.trained.explaining import explain_softmax

    told = explain_softmax(activations)
    return {
        "softmax": {
            "classes": activations.network.classes,
            "scores": told.scores.tolist(),
            "raised": told.raised.tolist(),
            "sum": float(told.sum),
            "probabilities": told.probabilities.tolist(),
        }
    }


def _fed(activations: Activations, index: int, arrays: Arrays) -> dict[str, object]:
    """Describe which maps fed a class through the units between, the strongest one by one."""
    from explorer.trained import tracing

    told = tracing.fed(activations, index)
    shown = told.terms[:FED]
    arrays["fedWeights"] = np.stack([term.weights for term in shown])
    arrays["fedParts"] = np.stack([term.products for term in shown])
    return {
        "fed": {
            "stage": told.stage,
            "count": len(told.terms),
            "through": list(told.through),
            "terms": [term.source for term in shown],
            "sums": [term.sum for term in shown],
            "rest": float(sum(term.sum for term in told.terms[FED:])),
            "restCount": len(told.terms) - len(shown),
            "bias": told.biases,
            "total": told.total,
        }
    }


def _terms(explained: Explained, arrays: Arrays) -> dict[str, object]:
    """Describe an explanation by its kind."""
    from explorer.trained import explaining

    match explained:
        case explaining.ConvolutionExplained():
            arrays["weights"] = np.stack([term.kernel for term in explained.terms])
            arrays["parts"] = np.stack([term.partial for term in explained.terms])
            arrays["total"] = explained.total
            if explained.rest is not None:
                arrays["rest"] = explained.rest
            return {
                "kind": "convolution",
                "terms": [term.source for term in explained.terms],
                "restCount": explained.rest_count,
                "all": not explained.rest_count and len(explained.terms) > explaining.USUAL,
                "bias": explained.bias,
            }
        case explaining.DenseExplained() if isinstance(explained.terms[0], explaining.DenseMapTerm):
            maps = [term for term in explained.terms if isinstance(term, explaining.DenseMapTerm)]
            arrays["weights"] = np.stack([term.weights for term in maps])
            arrays["parts"] = np.stack([term.products for term in maps])
            return {
                "kind": "dense-maps",
                "terms": [term.source for term in maps],
                "sums": [term.sum for term in maps],
                "rest": explained.rest,
                "restCount": explained.rest_count,
                "all": not explained.rest_count and len(explained.terms) > explaining.USUAL,
                "bias": explained.bias,
                "total": explained.total,
            }
        case explaining.DenseExplained():
            units = [term for term in explained.terms if isinstance(term, explaining.DenseTerm)]
            return {
                "kind": "dense",
                "terms": [term.source for term in units],
                "weights": [term.weight for term in units],
                "values": [term.value for term in units],
                "sums": [term.product for term in units],
                "rest": explained.rest,
                "restCount": explained.rest_count,
                "all": not explained.rest_count and len(explained.terms) > explaining.USUAL,
                "bias": explained.bias,
                "total": explained.total,
            }
        case explaining.NonlinearityExplained():
            arrays["before"], arrays["total"] = np.atleast_2d(explained.before), np.atleast_2d(explained.after)
            return {"kind": "nonlinearity", "function": explained.function, "formula": explained.formula}
        case explaining.PoolingExplained():
            arrays["before"], arrays["total"] = explained.before, np.atleast_2d(explained.after)
            if explained.winners is not None:
                arrays["winners"] = explained.winners.astype(np.int32)
            return {
                "kind": "pooling",
                "mode": explained.mode,
                "size": explained.size,
                "stride": explained.stride,
                "pad": explained.padding,
            }


_mount = st.components.v2.component(
    "cnn_explained",
    html='<div class="explained" data-painted="0"></div>',
    css=sources.styles(("roles.css", "explained/explained.css")),
    js=sources.javascript(_MODULES),
)


def explained(
    view: ExplainedView,
    *,
    key: str,
    on_chosen: Callable[[tuple[str, int] | None], None],
    on_cell: Callable[[Cell | None], None],
    on_term: Callable[[int | None], None],
    on_off: Callable[[str, int], None],
    on_most: Callable[[bool], None],
) -> None:
    """Mount the explanation, and with it tell the overview above what is chosen.

    Parameters
    ----------
    view
        What is explained.
    key
        The instance stays the same while the key does.
    on_chosen
        Called with (stage, map) where a person goes on to a map that this one is made of.
    on_cell
        Called with the cell that is pinned, or None where it is let go.
    on_term
        Called with the input map whose lens is asked for, or None where it is closed.
    on_off
        Called with (stage, map) that is to be switched off, or on again.
    on_most
        Called with True where all terms are asked for, with False where the strongest are enough.
    """

    def heard(name: str, act: Callable[[Any], None]) -> Callable[[], None]:
        def now() -> None:
            said: Mapping[str, Any] | None = getattr(st.session_state[key], name)
            if said is not None:
                act(said)

        return now

    _mount(
        data=packed(view),
        key=key,
        on_chosen_change=heard("chosen", lambda said: on_chosen((str(said["stage"]), int(said["map"])))),
        on_cell_change=heard(
            "cell", lambda said: on_cell(None if said.get("row") is None else (int(said["row"]), int(said["col"])))
        ),
        on_term_change=heard("term", lambda said: on_term(None if said.get("map") is None else int(said["map"]))),
        on_off_change=heard("off", lambda said: on_off(str(said["stage"]), int(said["map"]))),
        on_most_change=heard("most", lambda said: on_most(bool(said["all"]))),
    )
