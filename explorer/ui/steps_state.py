"""What is set up on the step-by-step page: matrix and kernel with their undo, the link, what is worth trying."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.operations import kernel_text, shapes
from explorer.operations.chain import Chain
from explorer.operations.kernels import KERNELS, Kernel
from explorer.ui import controls, matrix_controls
from explorer.ui.components.lens import Edit
from explorer.ui.frame import Try
from explorer.ui.history import History
from explorer.ui.plain_text import plain

Float = NDArray[np.float32]

PAGE = "convolution"
INPUT = matrix_controls.Limits(2, 12)
KERNEL = matrix_controls.Limits(1, 7)
# The lecture's example: a matrix of zeros and ones under an edge detector.
LECTURE = matrix_controls.read_only(
    [[0, 1, 0, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 1, 0], [0, 1, 0, 0, 1], [0, 0, 1, 1, 0]]
)
EDGES = KERNELS["laplacian-4"]
INPUTS: Mapping[str, Float] = {
    "the lecture's example": LECTURE,
    "one dot": matrix_controls.read_only(np.eye(1, 49, 24).reshape(7, 7)),
    "an edge": matrix_controls.read_only(np.repeat([[0, 0, 0, 1, 1, 1]], 6, axis=0)),
    "a ramp": matrix_controls.read_only(np.add.outer(np.arange(6), np.arange(6))),
}
FITTING: Mapping[str, Kernel] = {k.title: k for k in KERNELS.values() if max(k.shape) <= KERNEL.most}
_AROUND: Mapping[str, Literal["reflect", "edge", "wrap"]] = {
    "reflect": "reflect",
    "replicate": "edge",
    "wrap": "wrap",
}
_SELECTED = f"{PAGE}.selected"


@dataclass(frozen=True)
class Made:
    """What a person made: the input and the kernel."""

    matrix: Float
    kernel: Kernel


def history() -> History[Made]:
    """Return what was made, with its undo."""
    return History(f"{PAGE}.made", Made(LECTURE, EDGES))


def _take(made: Made) -> None:
    """Take what was made; what is there already is no step of undo."""
    now = history().value
    if not (np.array_equal(made.matrix, now.matrix) and made.kernel == now.kernel):
        history().set(made)


def use_matrix(matrix: Float) -> None:
    """Take another input."""
    _take(Made(matrix, history().value.kernel))


def use_kernel(weights: Float) -> None:
    """Take another kernel; one that the library has keeps its name."""
    known = next((k for k in FITTING.values() if np.array_equal(k.weights, weights)), None)
    _take(Made(history().value.matrix, known or Kernel.own(weights)))


def edited(edit: Edit) -> None:
    """Take a number that was typed into a cell of the lens."""
    use = use_matrix if edit.plane == "input" else use_kernel
    use(matrix_controls.read_only(edit.numbers))


def selected(map_shape: tuple[int, int]) -> tuple[str, int, int]:
    """Return the step that the page was set to, as the lens takes it; the first where the map got smaller."""
    _, row, col = st.session_state.get(_SELECTED) or ("map", 0, 0)
    return ("map", row, col) if row < map_shape[0] and col < map_shape[1] else ("map", 0, 0)


def select(place: tuple[str, int, int] | None) -> None:
    """Remember which step is shown."""
    st.session_state[_SELECTED] = place


def _matrix_text(matrix: Float) -> str:
    return kernel_text.format(matrix, "csv").replace("\n", ";")


def query(chain: Chain) -> dict[str, str]:
    """Return the page's link: the input, the chain and the step."""
    link = {"m": _matrix_text(history().value.matrix), **chain.to_query()}
    _, row, col = selected(chain.map_shape(history().value.matrix.shape))
    if (row, col) != (0, 0):
        link["step"] = f"{row},{col}"
    return link


def _step(text: str, map_shape: tuple[int, int]) -> tuple[str, int, int]:
    place = re.fullmatch(r"(\d{1,3}),(\d{1,3})", text)
    row, col = (int(place[1]), int(place[2])) if place else (-1, -1)
    if not (0 <= row < map_shape[0] and 0 <= col < map_shape[1]):
        raise ValueError(
            f"step: got {text!r}, needed is a row and a column of the feature map of "
            f"{map_shape[0]} × {map_shape[1]}, counted from 0, as in 0,1"
        )
    return "map", row, col


def arrive(link: Mapping[str, str]) -> None:
    """Set the page to a link; what it gets wrong is said, and the page stays as it was."""
    try:
        matrix = kernel_text.parse(link["m"].replace(";", "\n"), max_size=INPUT.most) if "m" in link else LECTURE
        if min(matrix.shape) < INPUT.least:
            raise ValueError(f"m: got {matrix.shape[0]} × {matrix.shape[1]} numbers, needed are 2 × 2 or more")
        chain = Chain.from_query({"kernel": EDGES.name, **link})
        if max(chain.kernel.shape) > KERNEL.most:
            raise ValueError(f"kernel: got {' × '.join(map(str, chain.kernel.shape))}, the most here is 7 × 7")
        place = _step(link.get("step", "0,0"), chain.map_shape(matrix.shape))
    except ValueError as error:
        st.warning(plain(f"This link can't be shown: {error}"))
        return
    _take(Made(matrix_controls.read_only(matrix), chain.kernel))
    controls.put(PAGE, chain)
    select(place)


def size_words(matrix: Float, chain: Chain) -> list[str]:
    """Return the output size's formula with its numbers, once, or for rows and columns where they differ."""
    lines = []
    for axis, name in enumerate(("rows", "columns")):
        padding = (
            chain.padding
            if isinstance(chain.padding, str)
            else shapes.as_pair("padding", chain.padding, least=0)[axis]
        )
        formula = shapes.size_formula(
            matrix.shape[axis],
            chain.kernel.shape[axis],
            stride=chain.strides[axis],
            padding=padding,
            dilation=chain.dilations[axis],
        )
        lines.append((name, formula))
    if lines[0][1] == lines[1][1]:
        return [f"Output size: `{lines[0][1]}`"]
    return [f"Output {name}: `{formula}`" for name, formula in lines]


def _read(size: int, chain: Chain, axis: int) -> NDArray[np.bool_]:
    """Tell for each input cell along an axis whether a window reads it, itself or as a copy in the border."""
    pad = chain.pads[axis]
    places = np.arange(size)
    around = (
        np.pad(places, pad, constant_values=-1)
        if chain.border == "zero"
        else np.pad(places, pad, _AROUND[chain.border])
    )
    seen = shapes.reached(
        size + sum(pad), chain.kernel.shape[axis], stride=chain.strides[axis], dilation=chain.dilations[axis]
    )
    return np.isin(places, around[seen])


def unread_words(matrix: Float, chain: Chain) -> str:
    """Say which rows and columns of the input no window reads; empty where all are read."""
    read = [_read(size, chain, axis) for axis, size in enumerate(matrix.shape)]
    parts = []
    for name, seen in zip(("row", "column"), read, strict=True):
        missed = [str(n) for n in np.flatnonzero(~seen)]
        if missed:
            listed = " and ".join([", ".join(missed[:-1]), missed[-1]] if len(missed) > 1 else missed)
            parts.append(f"{name}{'s' if len(missed) > 1 else ''} {listed}")
    if not parts:
        return ""
    unseen = matrix.size - int(read[0].sum()) * int(read[1].sum())
    return (
        f"No window reads {' and '.join(parts)}: {unseen} of {matrix.size} input cells, shown faded, don't count. "
        "Rows and columns are counted from 0."
    )


def torch_code(matrix: Float, chain: Chain) -> str:
    """Return PyTorch code with the input written out, so that it runs as it stands."""
    return chain.as_torch(kernel_text.format(matrix, "json"), shape=matrix.shape)


def _set_up(kernel: str = EDGES.name, *, stride: int = 1, dilation: int = 1) -> Callable[[], None]:
    def set_up() -> None:
        chain = Chain(KERNELS[kernel], stride=stride, dilation=dilation)
        _take(Made(LECTURE, chain.kernel))
        controls.put(PAGE, chain)
        select(("map", 0, 0))

    return set_up


TRIES = (
    Try(
        "The printed lecture says 4 here. Who is right?",
        _set_up(),
        "Read the sum under the grids: three of the nine products are 1, the others are 0. That makes **3**; "
        "the printed 4 is a misprint, and it stands in the same corner again with stride 2.",
    ),
    Try("Stride 2", _set_up(stride=2), "The window leaps over every second place: 9 numbers become 4."),
    Try(
        "Blur instead of edges",
        _set_up("box-blur"),
        "Every number is now the mean of its window: nothing is negative.",
    ),
    Try(
        "Leave gaps: dilation 2",
        _set_up(dilation=2),
        "The window spans the whole input but reads nine of its 25 cells, and one number is left.",
    ),
)
