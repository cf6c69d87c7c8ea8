"""A person's own kernel: turned, mirrored, scaled, resized, typed, pasted, drawn at random, and undone.

It is kept as a `History` of kernels in the session under ``<page>.own``; whoever shows the kernel in a lens
hands the cell that was edited there to `edit`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike, NDArray

from explorer.operations import kernel_edit, kernel_text
from explorer.operations.kernels import KERNELS, LARGEST, Kernel
from explorer.ui.history import History
from explorer.ui.plain_text import plain

Float = NDArray[np.float32]

FORMS: Mapping[kernel_text.Form, str] = {"json": "JSON", "numpy": "NumPy", "matlab": "MATLAB", "csv": "CSV"}


def _history(page: str) -> History[Kernel]:
    return History(f"{page}.own", Kernel.own(KERNELS["identity"].weights))


def current(page: str) -> Kernel:
    """Return the person's own kernel as it stands; the identity before they made one."""
    return _history(page).value


def replace(page: str, weights: ArrayLike) -> None:
    """Make these weights (kH, kW) the person's own kernel; undo brings back what it was."""
    history, kernel = _history(page), Kernel.own(weights)
    if kernel != history.value:
        history.set(kernel)


def edit(page: str, row: int, col: int, value: float) -> None:
    """Change one weight.

    Parameters
    ----------
    page
        Where the kernel is kept.
    row, col
        Which, counted from 0.
    value
        Any finite number.
    """
    weights = current(page).weights.copy()
    weights[row, col] = value
    replace(page, weights)


def panel(page: str) -> Kernel:
    """Draw everything that changes the own kernel as a whole; return it.

    Parameters
    ----------
    page
        Where it is kept.

    Returns
    -------
    Kernel
        At most `LARGEST` rows and columns.
    """
    history = _history(page)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key=f"{page}-own"):
        for axis, label in enumerate(("Rows", "Columns")):
            _size(page, axis, label)
        _button(page, "Undo", history.undo, disabled=not history.can_undo)
        _button(page, "Redo", history.redo, disabled=not history.can_redo)
        _button(page, "Turn 90°", lambda: _change(page, lambda w: kernel_edit.rotate(w, 1)))
        _button(page, "Mirror ↔", lambda: _change(page, lambda w: kernel_edit.flip(w, 1)))
        _button(page, "Mirror ↕", lambda: _change(page, lambda w: kernel_edit.flip(w, 0)))
        _button(page, "Sum to 1", lambda: _change(page, lambda w: kernel_edit.normalise(w, "sum")))
        _button(page, "Absolute sum to 1", lambda: _change(page, lambda w: kernel_edit.normalise(w, "abs")))
        _button(page, "Random", lambda: _random(page))
        numbers = st.popover("Type or paste", key=f"{page}.own.numbers", on_change="rerun")
        if numbers.open:
            with numbers:
                _start_from(page)
                _text(page)
                _table(page)
    st.caption("Own kernel: click a weight in the kernel below and type; Tab goes on to the next.")
    return history.value


def _button(page: str, label: str, act: Callable[[], None], *, disabled: bool = False) -> None:
    st.button(label, key=f"{page}.own.{label}", on_click=act, disabled=disabled)


def _change(page: str, change: Callable[[Float], Float]) -> None:
    """Replace the kernel by what ``change`` makes of it, or say why it can't."""
    try:
        replace(page, change(current(page).weights))
    except ValueError as error:
        st.session_state[f"{page}.own.said"] = f"{error}"


def _random(page: str) -> None:
    seed = st.session_state.get(f"{page}.own.seed", 0)
    st.session_state[f"{page}.own.seed"] = seed + 1
    _change(page, lambda w: kernel_edit.random_kernel((w.shape[0], w.shape[1]), seed))


def _size(page: str, axis: int, label: str) -> None:
    """Draw the number of rows or columns; a smaller one cuts around the centre, a larger one adds zeros."""
    key = f"{page}.own.size.{axis}"
    st.session_state[key] = current(page).shape[axis]

    def resize() -> None:
        shape = list(current(page).shape)
        shape[axis] = st.session_state[key]
        _change(page, lambda w: kernel_edit.resize(w, (shape[0], shape[1])))

    st.number_input(label, 1, LARGEST, step=1, key=key, on_change=resize, width=90)


def _start_from(page: str) -> None:
    key = f"{page}.own.from"

    def start() -> None:
        if (name := st.session_state[key]) is not None:
            replace(page, KERNELS[name].weights)
            st.session_state[key] = None

    st.selectbox(
        "Start from",
        [*KERNELS],
        index=None,
        key=key,
        format_func=lambda name: KERNELS[name].title,
        placeholder="a kernel",
        on_change=start,
    )


def _text(page: str) -> None:
    """Draw the box that takes a kernel as text, what is wrong with it, and the kernel to copy from."""
    key, wrong = f"{page}.own.text", f"{page}.own.wrong"

    def take() -> None:
        st.session_state.pop(wrong, None)
        written = st.session_state[key]
        if not written.strip():
            return
        try:
            replace(page, kernel_text.parse(written, max_size=LARGEST))
        except ValueError as error:
            st.session_state[wrong] = f"{error}"

    st.text_area(
        "Paste a kernel: JSON, NumPy, MATLAB, CSV, or rows of numbers",
        key=key,
        placeholder="0  1  0\n1 −4  1\n0  1  0",
        on_change=take,
        persist_state="session",
    )
    if wrong in st.session_state:
        st.error(plain(st.session_state[wrong]))
    form = st.segmented_control(
        "Copy it as",
        [*FORMS],
        format_func=FORMS.__getitem__,
        default="json",
        required=True,
        key=f"{page}.own.form",
    )
    st.code(kernel_text.format(current(page).weights, form or "json"), language=None, wrap_lines=True)


def _table(page: str) -> None:
    """Draw the kernel as a table of cells to type into.

    The table's own edits are kept on top of what it started from; only a change from elsewhere starts a new
    table, because a table that is handed its own result loses every second edit.
    """
    state = f"{page}.own.table"
    number, base, shown = st.session_state.get(state, (0, None, None))
    now = current(page)
    if now != shown:
        number, base, shown = number + 1, now, now
        st.session_state[state] = (number, base, shown)
    key = f"{page}.own.table.{number}"

    def take() -> None:
        rows: Mapping[int, Mapping[str, Any]] = st.session_state[key]["edited_rows"]
        weights = base.weights.copy()
        for row, cells in rows.items():
            for col, value in cells.items():
                weights[int(row), int(col) - 1] = 0 if value is None else value
        replace(page, weights)
        st.session_state[state] = (number, base, current(page))

    columns = {str(col + 1): base.weights[:, col].astype(float) for col in range(base.shape[1])}
    st.data_editor(columns, key=key, on_change=take, hide_index=True, num_rows="fixed")
