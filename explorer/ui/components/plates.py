"""Pictures beside each other, each with its word: point at a cell, or drag what is on the canvas.

Python computes every number and every sentence; the browser draws them and says what a person chose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.rendering import scales
from explorer.ui.components import sources
from explorer.ui.components.blob import pack

Float = NDArray[np.float32]
Cell = tuple[int, int]
Role = Literal["input", "kernel", "output", "muted"]

_MODULES = ("lens/blob.mjs", "lens/color.mjs", "lens/dom.js", "plates/plates.js")


@dataclass(frozen=True)
class Frame:
    """A rectangle on a plate, in cells; it may reach beyond it.

    Attributes
    ----------
    top, left, bottom, right
        The first row and column, and one past the last.
    role
        Its colour.
    """

    top: int
    left: int
    bottom: int
    right: int
    role: Role = "input"


@dataclass(frozen=True, eq=False)
class Plate:
    """One picture.

    Attributes
    ----------
    title
        What it is, above it.
    values
        (H, W) of any sign, drawn red and blue on a scale of its own or to ``end``, NaN where there is nothing; or
        (3, H, W) or (1, H, W) in [0, 1], a picture. None where there is no picture, only words.
    role
        The title's colour.
    side
        How wide it is drawn at most, in px.
    says
        A line below it.
    number
        Shown large below it; may be empty.
    end
        The scale's end; the largest absolute number where None is given.
    scale
        Whether a map's scale is printed below it.
    frames
        Drawn on it.
    cell
        The chosen cell; with ``name`` a person may choose another, by a click or the arrow keys.
    shift
        Where the picture was dragged to, (down, right) in cells; with ``name`` a person may drag it on.
    name
        What the page hears it called; empty where there is nothing to choose.
    sign
        What stands between it and the plate before, as "→".
    below
        Whether it stands below the plate before, and not beside it.
    """

    title: str
    values: Float | None
    role: Role = "muted"
    side: int = 240
    says: str = ""
    number: str = ""
    end: float | None = None
    scale: bool = True
    frames: Sequence[Frame] = ()
    cell: Cell | None = None
    shift: Cell | None = None
    name: str = ""
    sign: str = ""
    below: bool = False


def packed(shown: Sequence[Plate]) -> bytes:
    """Pack what the browser draws."""
    arrays: dict[str, NDArray[np.uint8]] = {"palettes": scales.palettes()}
    described = []
    for place, plate in enumerate(shown):
        end = None
        if plate.values is not None:
            end = None if plate.values.ndim == 3 else _end(plate.values, plate.end)
            arrays[f"cells{place}"] = _cells(plate.values, end or 1.0)
        described.append(
            {
                "title": plate.title,
                "role": plate.role,
                "side": plate.side,
                "says": plate.says,
                "number": plate.number,
                "end": None if end is None else f"{end:.3g}",
                "scale": plate.scale and end is not None,
                "frames": [
                    {"box": [one.top, one.left, one.bottom, one.right], "role": one.role} for one in plate.frames
                ],
                "cell": plate.cell,
                "shift": plate.shift,
                "name": plate.name,
                "sign": plate.sign,
                "below": plate.below,
            }
        )
    return pack({"plates": described}, arrays)


def _cells(values: Float, end: float) -> NDArray[np.uint8]:
    """Return what is drawn: (H, W, 3) colours of a picture, (H, W) indices of the signed palette of a map."""
    if values.ndim == 3:
        grey = scales.to_index(values, 1.0, "gray")
        return np.ascontiguousarray(np.moveaxis(np.broadcast_to(grey, (3, *grey.shape[1:])), 0, -1))
    indices = scales.to_index(np.nan_to_num(values), end)
    indices[np.isnan(values)] = 0
    return indices


def _end(values: Float, end: float | None) -> float:
    return scales.limit(np.nan_to_num(values)) if end is None else end


_mount = st.components.v2.component(
    "cnn_plates",
    html='<div class="plates"></div>',
    css=sources.styles(["roles.css", "plates/plates.css"]),
    js=sources.javascript(_MODULES),
)


def plates(
    shown: Sequence[Plate],
    *,
    key: str,
    on_cell: Callable[[str, Cell], None] | None = None,
    on_shift: Callable[[int, int], None] | None = None,
) -> None:
    """Show pictures in a row; on a phone they stand below each other.

    Parameters
    ----------
    shown
        From left to right.
    key
        Name in the session state.
    on_cell
        Called with the plate's name and a cell that a person chose, before the script runs.
    on_shift
        Called with where the picture was dragged to, (down, right) in cells.
    """

    def take_cell() -> None:
        said = st.session_state[key].get("cell")
        if on_cell is not None and said is not None:
            on_cell(str(said["name"]), (int(said["row"]), int(said["col"])))

    def take_shift() -> None:
        said = st.session_state[key].get("shift")
        if on_shift is not None and said is not None:
            on_shift(int(said["down"]), int(said["right"]))

    _mount(data=packed(shown), key=key, on_cell_change=take_cell, on_shift_change=take_shift)
