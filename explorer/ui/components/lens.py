"""The lens: input, kernel and output side by side, and the numbers of whatever is pointed at.

Python computes every number that is shown. The browser draws, highlights, and multiplies the one window that is
pointed at with the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.operations.chain import Chain, Pooling, Stages
from explorer.operations.kernel_edit import describe
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.shapes import Pads, Pair, as_pair
from explorer.rendering import scales
from explorer.ui.components import sources
from explorer.ui.components.blob import pack

if TYPE_CHECKING:
    from explorer.operations.layer import ConvLayer, LayerStages

Float = NDArray[np.float32]
Mode = Literal["point", "step"]
ScaleOf = Literal["each", "shared"]

_MODULES = tuple(
    f"lens/{name}"
    for name in (
        "blob.mjs",
        "geometry.mjs",
        "arithmetic.mjs",
        "format.mjs",
        "color.mjs",
        "viewport.mjs",
        "stepper.mjs",
        "layout.mjs",
        "subject.mjs",
        "dom.js",
        "plane.js",
        "board.js",
        "highlight.js",
        "matrix.js",
        "formula.js",
        "details.js",
        "player.js",
        "editor.js",
        "strip.js",
        "tools.js",
        "pointer.js",
        "lens.js",
    )
)
CHANNELS = ("red", "green", "blue")
# Nonlinearities that squeeze everything into a fixed range have a scale of their own.
_SQUEEZING = ("tanh", "sigmoid")


@dataclass(frozen=True)
class Scene:
    """What a lens shows: a description and the arrays it names."""

    meta: Mapping[str, object]
    arrays: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Branch:
    """One chain and what it computed.

    Attributes
    ----------
    chain, stages
        ``stages`` is ``chain.run(image)``.
    title
        Over its feature map; "Feature map" where it stands alone.
    """

    chain: Chain
    stages: Stages
    title: str = "Feature map"


@dataclass(frozen=True)
class Edit:
    """A number that a person typed into a cell.

    Attributes
    ----------
    plane
        "input", or "kernel" (of branch 0).
    row, col, value
        Where, and what.
    numbers
        All numbers of the plane as the person sees them, this one included, row by row: where one edit overtakes
        another, the later one brings both.
    """

    plane: str
    row: int
    col: int
    value: float
    numbers: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class LensResult:
    """What a person did in the lens.

    Attributes
    ----------
    selected
        The pinned place as (stage, row, col), or None.
    edit
        A cell edited since the last run, once.
    map
        The map of the strip that was chosen since the last run, once.
    """

    selected: tuple[str, int, int] | None
    edit: Edit | None
    map: int | None


def _planes(values: Float) -> Float:
    """Return (C, H, W) of (H, W) or (H, W, 3)."""
    return values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)


def _axis_geometry(stride: Pair, pads: Pads, dilation: Pair, border: str) -> dict[str, object]:
    return {"stride": stride, "pads": pads, "dilation": dilation, "border": border}


def _pool_meta(pooling: Pooling | None) -> dict[str, object] | None:
    if pooling is None:
        return None
    return {
        "size": as_pair("size", pooling.size),
        "stride": pooling.steps,
        "padding": as_pair("padding", pooling.padding, least=0),
        "mode": pooling.mode,
        "p": pooling.p,
    }


def _then_meta(name: str) -> dict[str, str] | None:
    entry = NONLINEARITIES[name]
    return None if name == "none" else {"name": name, "label": entry.label, "formula": entry.formula}


def _after_arrays(prefix: str, stages: Stages, chain: Chain) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {f"{prefix}.map": _planes(stages.feature_map)}
    if chain.bias:
        arrays[f"{prefix}.sum"] = _planes(stages.sum)
    if chain.nonlinearity != "none":
        arrays[f"{prefix}.activation"] = _planes(stages.activation)
    if stages.pooled is not None:
        arrays[f"{prefix}.pooled"] = _planes(stages.pooled)
    if stages.winners is not None:
        winners = stages.winners[None] if stages.winners.ndim == 2 else np.moveaxis(stages.winners, 2, 0)
        arrays[f"{prefix}.winners"] = winners.astype(np.int32)
    return arrays


def _rounding(weights: Float, image: Float) -> float:
    """Return how far from 0 a sum of products can lie by rounding alone, as in a flat region.

    A sum of n float32 products is off by at most about n·2⁻²⁴ of the sum of their sizes (Higham, Accuracy and
    Stability of Numerical Algorithms, 2nd edition, section 4.2), in practice by a few parts in ten million.
    """
    return 1e-6 * float(np.abs(weights).sum(dtype=np.float64)) * float(np.abs(image).max())


def _ends(stages: Stages, chain: Chain) -> dict[str, float]:
    """Return the scale's end of every stage; the stages share one, so that ReLU is seen to rub out the blue."""
    end = scales.limit(stages.feature_map, rounding=_rounding(chain.kernel.weights, stages.input))
    own = scales.limit(stages.activation) if chain.nonlinearity in _SQUEEZING else end
    if stages.pooled is not None:
        # A norm can be larger than every number it was made of.
        own = max(own, scales.limit(stages.pooled)) if chain.nonlinearity in _SQUEEZING else own
        pooled = max(own, scales.limit(stages.pooled))
    else:
        pooled = own
    return {"map": end, "activation": own, "pooled": pooled}


def convolution(
    branches: Sequence[Branch],
    *,
    mode: Mode = "point",
    title: str = "Input",
    editable: Sequence[Literal["input", "kernel"]] = (),
    scale: ScaleOf = "each",
    selected: tuple[str, int, int] | None = None,
    input_colors: scales.Colors = "gray",
    input_end: float = 1.0,
) -> Scene:
    """Show one to four chains on the same image.

    Parameters
    ----------
    branches
        With the same image and the same stride, padding, dilation and border, each with its kernel.
    mode
        "point": what is pointed at is explained. "step": the window goes from place to place.
    title
        Over the input.
    editable
        Which planes' cells can be typed into.
    scale
        Whether each feature map has a scale of its own, or all share one.
    selected
        The place that is pinned at first, as `LensResult.selected`.
    input_colors, input_end
        "gray" for pixels from 0 to the end, "signed" for another layer's map from −end to end.

    Raises
    ------
    ValueError
        If there are no branches or more than four.
    """
    if not 1 <= len(branches) <= 4:
        raise ValueError(f"branches: got {len(branches)}, legal is 1 to 4")
    first = branches[0]
    image = first.stages.input
    arrays: dict[str, NDArray[Any]] = {"input": _planes(image)}
    ends = [_ends(branch.stages, branch.chain) for branch in branches]
    if scale == "shared":
        shared = {stage: max(end[stage] for end in ends) for stage in ends[0]}
        ends = [shared] * len(ends)
    described = []
    for number, (branch, end) in enumerate(zip(branches, ends, strict=True)):
        chain = branch.chain
        arrays[f"{number}.kernel"] = chain.kernel.weights[None]
        arrays |= _after_arrays(str(number), branch.stages, chain)
        described.append(
            {
                "title": branch.title,
                "kernelTitle": "Kernel" if len(branches) == 1 else chain.kernel.title,
                "kernelEnd": scales.limit(chain.kernel.weights),
                "says": describe(chain.kernel.weights),
                "positive": chain.kernel.positive,
                "negative": chain.kernel.negative,
                "bias": float(np.float32(chain.bias)),
                "then": _then_meta(chain.nonlinearity),
                "pool": _pool_meta(chain.pooling),
                "ends": end,
                "pads": chain.pads,
            }
        )
    meta = {
        "kind": "convolution",
        "mode": mode,
        "title": title,
        "inputColors": "none" if mode == "step" else input_colors,
        "inputEnd": input_end,
        "channels": "each" if image.ndim == 3 else "single",
        "geometry": _axis_geometry(
            first.chain.strides, first.chain.pads, first.chain.dilations, first.chain.border
        ),
        "branches": described,
        "scale": scale if len(branches) > 1 else "own",
        "editable": list(editable),
        "selected": selected,
    }
    return Scene(meta, arrays)


def pooling(
    feature_map: Float,
    pooling: Pooling,
    *,
    title: str = "Feature map",
    editable: bool = False,
    selected: tuple[str, int, int] | None = None,
) -> Scene:
    """Show a feature map (H, W) and what pooling leaves of it.

    Parameters
    ----------
    feature_map
        (H, W) float32.
    pooling
        How it is pooled.
    title
        Over the map.
    editable
        Whether the map's cells can be typed into.
    selected
        The place that is pinned at first.
    """
    pooled, won = pooling.run(feature_map), pooling.winners(feature_map)
    arrays: dict[str, NDArray[Any]] = {"0.map": feature_map[None], "0.pooled": pooled[None]}
    if won is not None:
        arrays["0.winners"] = won.astype(np.int32)[None]
    end = scales.limit(feature_map)
    branch = {
        "title": title,
        "bias": 0.0,
        "then": None,
        "pool": _pool_meta(pooling),
        "ends": {"map": end, "activation": end, "pooled": max(end, scales.limit(pooled))},
    }
    meta = {
        "kind": "pooling",
        "mode": "point",
        "channels": "single",
        "branches": [branch],
        "scale": "own",
        "editable": ["map"] if editable else [],
        "selected": selected,
    }
    return Scene(meta, arrays)


def layer(
    layer: ConvLayer,
    stages: LayerStages,
    filter: int,
    partial_sums: Float,
    *,
    titles: Sequence[str] | None = None,
    scale: ScaleOf = "shared",
    selected: tuple[str, int, int] | None = None,
) -> Scene:
    """Show a convolutional layer: all its maps, and how one of them came about.

    Parameters
    ----------
    layer, stages
        ``stages`` is ``layer.run(image)``.
    filter
        Which filter is shown in full, from 0.
    partial_sums
        (C_in, H', W'): ``layer.partial_sums(image, filter)``.
    titles
        A name for each filter.
    scale
        Whether the strip's maps share one scale or have one each.
    selected
        The place that is pinned at first.
    """
    maps = stages.activations
    count = maps.shape[0]
    off = [_rounding(weights, stages.input) for weights in layer.filter_bank]
    ends = [scales.limit(m, rounding=least) for m, least in zip(maps, off, strict=True)]
    strip_ends = [scales.limit(maps, rounding=max(off))] * count if scale == "shared" else ends
    strip = np.stack([scales.to_index(m, end) for m, end in zip(maps, strip_ends, strict=True)])
    feature_map, activation = stages.feature_maps[filter], maps[filter]
    least = off[filter]
    end = max(
        (scales.limit(sums, rounding=least) for sums in (partial_sums, feature_map) if np.abs(sums).max() > least),
        default=1.0,
    )
    squeezed = layer.nonlinearity in _SQUEEZING
    kernel_shape: Pair = (layer.filter_bank.shape[2], layer.filter_bank.shape[3])
    arrays: dict[str, NDArray[Any]] = {
        "input": stages.input,
        "0.kernel": layer.filter_bank[filter],
        "0.partial": partial_sums,
        "0.map": feature_map[None],
        "strip": strip,
    }
    if layer.nonlinearity != "none":
        arrays["0.activation"] = activation[None]
    branch = {
        "title": f"Filter {filter + 1}: sum and bias",
        "kernelTitle": "Kernel",
        "kernelEnd": scales.limit(layer.filter_bank[filter]),
        "kernelShape": kernel_shape,
        "says": "",
        "positive": "",
        "negative": "",
        "bias": float(layer.bias[filter]),
        "then": _then_meta(layer.nonlinearity),
        "pool": None,
        "ends": {
            "partial": end,
            "map": end,
            "activation": scales.limit(activation) if squeezed else end,
            "pooled": end,
        },
        "pads": layer.pads,
    }
    meta = {
        "kind": "convolution",
        "mode": "point",
        "title": "Input",
        "inputColors": "gray",
        "inputEnd": 1.0,
        "channels": "sum",
        "geometry": _axis_geometry(layer.strides, layer.pads, layer.dilations, layer.border),
        "branches": [branch],
        "scale": "own",
        "editable": [],
        "selected": selected,
        "strip": {
            "chosen": filter,
            "titles": list(titles or [f"Filter {n + 1}" for n in range(count)]),
            "ends": strip_ends,
            "off": [bool(not m.any()) for m in maps],
            "scale": scale,
        },
    }
    return Scene(meta, arrays)


_mount = st.components.v2.component(
    "cnn_lens",
    html='<div class="lens" data-painted="0"></div>',
    css=sources.styles(("roles.css", "lens/lens.css")),
    js=sources.javascript(_MODULES),
)


def _nothing() -> None:
    """Stand in for a callback: the page reads the result instead."""


def _edit_from(edited: Mapping[str, Any] | None) -> Edit | None:
    """Read what the browser says of a cell that was typed into."""
    if not edited:
        return None
    numbers = np.array(edited["values"], np.float32).reshape(int(edited["rows"]), int(edited["cols"]))
    return Edit(
        str(edited["plane"]),
        int(edited["row"]),
        int(edited["col"]),
        float(edited["value"]),
        tuple(map(tuple, numbers)),
    )


def lens(scene: Scene, *, key: str, on_edit: Callable[[Edit], None] | None = None) -> LensResult:
    """Mount the lens on a scene and return what the person did in it.

    Parameters
    ----------
    scene
        From `convolution`, `pooling` or `layer`.
    key
        The instance stays the same, with its pin and zoom, while the key does.
    on_edit
        Called with a cell that was typed into before the page runs; a page that has this does not need
        `LensResult.edit` and a second run.
    """

    def edited_now() -> None:
        edit = _edit_from(st.session_state[key].edited)
        if edit is not None and on_edit is not None:
            on_edit(edit)

    blob = pack({**scene.meta, "key": key}, {**scene.arrays, "palettes": scales.palettes()})
    result = _mount(
        data=blob,
        key=key,
        default={"selected": scene.meta["selected"]},
        on_selected_change=_nothing,
        on_map_change=_nothing,
        on_edited_change=edited_now,
    )
    selected = result.selected
    return LensResult(
        selected=(str(selected[0]), int(selected[1]), int(selected[2])) if selected else None,
        edit=_edit_from(result.edited),
        map=None if result.map is None else int(result.map),
    )
