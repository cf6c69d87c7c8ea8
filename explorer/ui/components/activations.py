"""A network at work, drawn: a column a stage, a tile a map, edges to what each came from, and the class scores.

Python computes every number; the browser draws them, finds its way among them, and changes their scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.rendering import scales
from explorer.ui.components import sources
from explorer.ui.components.blob import pack

if TYPE_CHECKING:
    from explorer.trained.stages import Activations, OwnFilter, Stage
    from explorer.trained.zoo import TrainedNetwork

Float = NDArray[np.float32]
CHANNELS = {1: ("brightness",), 3: ("red", "green", "blue")}
ROWS = 10  # of a column in sight; what has more is sorted and scrolls (plan.mjs)
ONE_TO_ONE = frozenset({"nonlinearity", "pooling", "global pooling"})
"""Stages whose map n is made of map n alone."""

_MODULES = (
    "lens/blob.mjs",
    "lens/color.mjs",
    "lens/format.mjs",
    "activations/plan.mjs",
    "activations/saying.mjs",
    "activations/tiles.mjs",
    "lens/dom.js",
    "activations/bus.js",
    "activations/bars.js",
    "activations/edges.js",
    "activations/overview.js",
)


def blob(activations: Activations, before: Activations | None = None) -> bytes:
    """Pack what `overview` draws.

    Parameters
    ----------
    activations
        What the network makes of the image.
    before
        What it makes of it where nobody has meddled: its probabilities are shown beside.
    """
    from explorer.trained.stages import INPUT, stages

    network = activations.network
    shown = stages(network.architecture)
    places = {stage.name: place for place, stage in enumerate(shown)}
    arrays: dict[str, NDArray[Any]] = {
        "palettes": scales.palettes(),
        "input": scales.to_index(activations.prepared, 1.0, "gray"),
    }
    described: list[dict[str, object]] = []
    ranges: dict[str, tuple[Float, Float, Float]] = {}
    for place, stage in enumerate(shown):
        values = activations.values[stage.name]
        maps = values if values.ndim == 3 else values[:, None, None]
        rubbed = _rubs_out(network, stage)
        if rubbed:
            # One scale for both, so that the nonlinearity is seen to rub out the blue.
            each, low, high = ranges[stage.source]
            low, high = np.maximum(low, 0), np.maximum(high, 0)
        else:
            maps = _by_map(maps)
            low, high = maps.min((1, 2)), maps.max((1, 2))
            each = np.maximum(high, -low)
            arrays[f"maps{place}"] = indices(maps, each)
        ranges[stage.name] = each, low, high
        if values.ndim == 1:
            arrays[f"numbers{place}"] = values
        described.append(
            {
                "name": stage.name,
                "kind": stage.kind,
                "source": -1 if stage.source == INPUT else places[stage.source],
                "shape": stage.shape,
                "rubs": rubbed,
                "oneToOne": stage.kind in ONE_TO_ONE,
                "off": [number for name, number in activations.changes.off if name == stage.name],
            }
        )
        if stage.kind not in ONE_TO_ONE:
            arrays[f"edges{place}"] = _edges(network, stage, activations.changes.own)
    # Of each map its scale's end, its least and its greatest number, stage after stage.
    arrays["spread"] = np.stack([np.concatenate(one) for one in zip(*ranges.values(), strict=True)])
    for place, order in enumerate(_orders(activations, shown)):
        arrays[f"order{place}"] = order
    meta = {
        "network": network.name,
        "input": activations.prepared.shape,
        "channels": CHANNELS.get(len(activations.prepared), ()),
        "stages": described,
        "classes": network.classes,
        "probabilities": activations.probabilities.tolist(),
        "before": None if before is None else before.probabilities.tolist(),
        "own": None if activations.changes.own is None else activations.changes.own.filter,
    }
    return pack(meta, arrays)


def indices(maps: Float, ends: Float) -> NDArray[np.uint8]:
    """Return each map (C, H, W) as palette indices on a signed scale of its own, as `scales.to_index` does.

    Examples
    --------
    >>> indices(np.array([[[2.0, -1.0]], [[0.0, 0.0]]], np.float32), np.array([2, 0], np.float32)).tolist()
    [[[255, 65]], [[128, 128]]]
    """
    # A dead map's zeros stay zeros on whatever scale.
    factor = np.float32(127) / np.maximum(ends, np.float32(1e-36))
    scaled = maps * factor[:, None, None]
    scaled += np.float32(scales.ZERO + 0.5)
    # From 1.5 to 255.5: nothing to clip, and cutting the fraction off is rounding down.
    return scaled.astype(np.uint8)


def _by_map(maps: Float) -> Float:
    """Return maps (C, H, W) so that each lies together in memory; wide networks make them with a cell's together.

    What goes along the memory takes a quarter of the time, and OpenCV turns them faster than NumPy copies.
    """
    by_cell = maps.transpose(1, 2, 0)
    if maps.flags.c_contiguous or not by_cell.flags.c_contiguous:
        return maps
    return np.asarray(cv2.transpose(by_cell.reshape(-1, len(maps))), np.float32).reshape(maps.shape)


def _rubs_out(network: TrainedNetwork, stage: Stage) -> bool:
    """Tell whether a stage is its source without what is negative: then the browser draws it from there."""
    layer = network.architecture.layers[stage.layer]
    function = getattr(layer, "function", getattr(layer, "activation", "none"))
    return stage.kind == "nonlinearity" and function == "relu"


@lru_cache(maxsize=64)
def _edges(network: TrainedNetwork, stage: Stage, own: OwnFilter | None) -> NDArray[np.uint8]:
    """Return how strongly each map hangs on each of its sources, (maps, sources): the norm of the weights between.

    In 255ths of the strongest of all, so that edges can be compared within a stage.
    """
    from explorer.trained.stages import INPUT, Changes, stages, weights_of

    weights, _ = weights_of(network, stage.layer, Changes(own=own))
    shapes = {one.name: one.shape for one in stages(network.architecture)}
    source = network.architecture.input_shape if stage.source == INPUT else shapes[stage.source]
    norms = np.sqrt((weights.reshape(len(weights), source[0], -1) ** 2).sum(2))
    return np.asarray(np.rint(norms * (255 / max(float(norms.max()), 1e-30))), np.uint8)


def _orders(activations: Activations, shown: tuple[Stage, ...]) -> list[NDArray[np.int32]]:
    """Return each stage's maps from strong to weak, as their mean size is; few maps keep their own order.

    Stages that are one to one share the order of the last of them.
    """
    orders: list[NDArray[np.int32]] = [np.zeros(0, np.int32)] * len(shown)
    for place, stage in reversed(list(enumerate(shown))):
        if place + 1 < len(shown) and shown[place + 1].kind in ONE_TO_ONE:
            orders[place] = orders[place + 1]
        elif stage.shape[0] <= ROWS:
            orders[place] = np.arange(stage.shape[0], dtype=np.int32)
        else:
            sizes = np.abs(activations.values[stage.name]).reshape(stage.shape[0], -1).mean(1)
            orders[place] = np.argsort(-sizes, kind="stable").astype(np.int32)
    return orders


_mount = st.components.v2.component(
    "cnn_activations",
    html='<div class="activations" data-painted="0"></div>',
    css=sources.styles(("roles.css", "activations/activations.css")),
    js=sources.javascript(_MODULES),
)


def overview(
    blob: bytes,
    *,
    key: str,
    on_chosen: Callable[[tuple[str, int] | None], None],
    on_look: Callable[[str, str], None],
) -> None:
    """Mount the drawing.

    Parameters
    ----------
    blob
        From `blob`. Which map is chosen is said by `explorer.ui.components.explained`, so that choosing one does
        not send all of this anew.
    key
        The instance stays the same while the key does.
    on_chosen
        Called with (stage, map) when one is chosen, with None when it is let go, before the page runs.
    on_look
        Called with the scale ("layer" or "each") and the columns ("both", "before" or "after") when a person
        changes them.
    """

    def chosen_now() -> None:
        said: Mapping[str, Any] | None = st.session_state[key].chosen
        if said is not None:
            on_chosen(None if said.get("stage") is None else (str(said["stage"]), int(said["map"])))

    def look_now() -> None:
        said: Mapping[str, Any] | None = st.session_state[key].look
        if said is not None:
            on_look(str(said["scale"]), str(said["columns"]))

    _mount(data=blob, key=key, on_chosen_change=chosen_now, on_look_change=look_now)
