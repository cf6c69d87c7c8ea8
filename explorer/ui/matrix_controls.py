"""A matrix that a person makes: its size, numbers pasted as text, random numbers, presets, undo and redo.

The matrix is a `History` of read-only arrays; a cell that is edited in a lens brings the whole matrix with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from explorer.operations import kernel_edit, kernel_text
from explorer.ui.plain_text import plain

Float = NDArray[np.float32]


def read_only(numbers: ArrayLike) -> Float:
    """Return a copy that nobody changes in place."""
    array = np.array(numbers, np.float32)
    array.flags.writeable = False
    return array


@dataclass(frozen=True)
class Limits:
    """How small and large a matrix may be, the same for rows and columns."""

    least: int
    most: int


def popover(
    key: str,
    label: str,
    matrix: Float,
    limits: Limits,
    use: Callable[[Float], None],
    *,
    presets: Mapping[str, ArrayLike],
    random: tuple[int, int] = (-4, 4),
) -> None:
    """Draw a button that says the matrix's size and opens everything that changes it.

    Parameters
    ----------
    key
        Where the popover's widgets are kept.
    label
        "Input" or "Kernel".
    matrix
        As it stands.
    limits
        Of its rows and columns.
    use
        Called with a new read-only matrix, before the page runs again.
    presets
        Matrices to start from, by name.
    random
        The smallest and the largest of the random whole numbers.
    """
    rows, cols = matrix.shape
    with st.popover(f"{label} · {rows} × {cols}", key=f"{key}.popover"):
        for axis, name in enumerate(("Rows", "Columns")):
            _size(f"{key}.size.{axis}", name, axis, matrix, limits, use)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.button("Random numbers", key=f"{key}.random", on_click=_draw, args=(key, matrix, random, use))
            _presets(f"{key}.preset", presets, use)
        _text(f"{key}.text", limits, use)
        st.caption("As text, to copy:")
        st.code(kernel_text.format(matrix, "matlab"), language=None, wrap_lines=True)


def _size(key: str, label: str, axis: int, matrix: Float, limits: Limits, use: Callable[[Float], None]) -> None:
    st.session_state[key] = matrix.shape[axis]

    def resize() -> None:
        shape = [matrix.shape[0], matrix.shape[1]]
        shape[axis] = int(st.session_state[key])
        use(read_only(kernel_edit.resize(matrix, (shape[0], shape[1]))))

    st.number_input(label, limits.least, limits.most, step=1, key=key, on_change=resize)


def _draw(key: str, matrix: Float, span: tuple[int, int], use: Callable[[Float], None]) -> None:
    """Draw whole numbers; each press takes the next seed, so that a session can be repeated."""
    seed = int(st.session_state.get(f"{key}.seed", 0))
    st.session_state[f"{key}.seed"] = seed + 1
    use(read_only(np.random.default_rng(seed).integers(span[0], span[1] + 1, matrix.shape)))


def _presets(key: str, presets: Mapping[str, ArrayLike], use: Callable[[Float], None]) -> None:
    def start() -> None:
        if (name := st.session_state[key]) is not None:
            use(read_only(presets[name]))
            st.session_state[key] = None

    st.selectbox("Start from", [*presets], index=None, key=key, placeholder="choose", on_change=start, width=200)


def _text(key: str, limits: Limits, use: Callable[[Float], None]) -> None:
    def take() -> None:
        st.session_state.pop(f"{key}.wrong", None)
        written = str(st.session_state[key])
        if not written.strip():
            return
        try:
            matrix = kernel_text.parse(written, max_size=limits.most)
            if min(matrix.shape) < limits.least:
                found = " × ".join(map(str, matrix.shape))
                raise ValueError(f"The matrix is {found}; needed is at least {limits.least} × {limits.least}.")
        except ValueError as error:
            st.session_state[f"{key}.wrong"] = f"{error}"
        else:
            use(read_only(matrix))

    st.text_area(
        "Paste numbers: JSON, NumPy, MATLAB, CSV, or rows",
        key=key,
        placeholder="0 1 0\n1 −4 1\n0 1 0",
        on_change=take,
        persist_state="session",
    )
    if f"{key}.wrong" in st.session_state:
        st.error(plain(st.session_state[f"{key}.wrong"]))
