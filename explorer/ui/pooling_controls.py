"""The pooling window's controls: what each window keeps, and how the windows lie on the map."""

from __future__ import annotations

from typing import cast

import streamlit as st

from explorer.operations import shapes
from explorer.operations.chain import Chain, Pooling
from explorer.operations.nonlinearities import NONLINEARITIES
from explorer.operations.pooling import MODES, Mode
from explorer.ui import controls, kernel_choice, matrix_controls
from explorer.ui import pooling_state as state
from explorer.ui.pooling_state import PAGE

LABELS = {"max": "Max", "average": "Average", "min": "Min", "lp": "Lp"}


def choose_map(colour: bool) -> tuple[str, bool]:
    """Draw the choice between a map of numbers and the current image's.

    Parameters
    ----------
    colour
        Whether the current image has colours; its way from the pixels is always shown then.

    Returns
    -------
    of : str
        "matrix" or "image".
    traced : bool
        Whether the image's way from the pixels to the pooled map is shown whole.
    """
    traced = colour
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{PAGE}-source"):
        of = st.segmented_control(
            "Pool",
            [*state.SOURCES],
            format_func=state.SOURCES.__getitem__,
            required=True,
            key=f"{PAGE}.of",
            persist_state="session",
        )
        if of == "matrix":
            history = state.history()
            matrix_controls.popover(
                f"{PAGE}.numbers", "Map", history.value, state.LIMITS, state.use, presets=state.PRESETS
            )
            st.button("Undo", key=f"{PAGE}.undo", on_click=history.undo, disabled=not history.can_undo)
            st.button("Redo", key=f"{PAGE}.redo", on_click=history.redo, disabled=not history.can_redo)
        elif not colour:
            traced = st.toggle("Trace back to the pixels", key=f"{PAGE}.trace", persist_state="session")
    return of or "matrix", traced


def choose_chain(image_shape: tuple[int, ...]) -> Chain:
    """Draw what makes the feature map of the current image: kernel, how it is laid on, bias, nonlinearity."""
    with st.expander(f"Made by {_made_by()}", key=f"{PAGE}.made"):
        kernel = kernel_choice.choose(PAGE)
        with st.container(horizontal=True, gap="small", key=f"{PAGE}-chain-controls"):
            options = controls.convolution(PAGE, kernel.shape, image_shape)
            then = controls.after(PAGE)
    return Chain(kernel, **options, **then)


def _made_by() -> str:
    """Say what makes the feature map: kernel and nonlinearity."""
    then = str(st.session_state.get(f"{PAGE}.then", "none"))
    title = kernel_choice.current(PAGE).title
    return title if then == "none" else f"{title}, then {NONLINEARITIES[then].label}"


def window(of: str, map_shape: tuple[int, int]) -> Pooling:
    """Draw mode, size, stride and padding in one row that wraps, each offering only what is legal.

    Parameters
    ----------
    of
        Which map: each has a pooling of its own.
    map_shape
        (H, W) of the map that is pooled.

    Returns
    -------
    Pooling
        Always one that fits the map.
    """
    place = state.place(of)
    with st.container(horizontal=True, gap="small", key=f"{PAGE}-window-controls"):
        mode = st.segmented_control(
            "Each window becomes its",
            MODES,
            format_func=LABELS.__getitem__,
            required=True,
            key=f"{place}.mode",
            persist_state="session",
        )
        p = _norm(place) if mode == "lp" else 2.0
        size = _size(place, map_shape)
        stride = _stride(place, map_shape, size)
        padding = _padding(place, size)
    return Pooling(size, stride, padding, cast(Mode, mode), p)


def _norm(place: str) -> float:
    key = f"{place}.p"
    st.session_state.setdefault(key, 2.0)
    p = st.number_input(
        "p",
        state.LOWEST_P,
        state.HIGHEST_P,
        step=1.0,
        format="%g",
        key=key,
        width=controls.WIDTH,
        persist_state="session",
        help="1 adds the absolute values, 2 is the length of the window as a vector, a large p is nearly max.",
    )
    return float(p or 2.0)


def _size(place: str, map_shape: tuple[int, int]) -> controls.Whole:
    def legal(written: str) -> bool:
        value = controls.whole(written)
        return value is not None and shapes.fits(map_shape, shapes.as_pair("size", value))

    chosen = controls.typed_list(
        "Window",
        f"{place}.size",
        [str(n) for n in range(2, controls.OFFERED + 1) if legal(str(n))] or ["1"],
        legal=lambda written: bool(controls.whole(written)) and legal(written),
        needed=f"It is a whole number from 1 to the map's {controls.text(map_shape)}, or as in 2 × 3.",
        help="Side of the window in cells. Type 2 × 3 for rows × columns.",
    )
    return controls.whole(chosen) or 1


def _stride(place: str, map_shape: tuple[int, int], size: controls.Whole) -> controls.Whole | None:
    def legal(written: str) -> bool:
        value = controls.whole(written)
        return written == state.AS_SIZE or (bool(value) and shapes.stride_fits(map_shape, value or 0))

    chosen = controls.typed_list(
        "Stride",
        f"{place}.step",
        [state.AS_SIZE, *(str(n) for n in range(1, controls.OFFERED + 1) if legal(str(n)))],
        legal=legal,
        needed=f"It is a whole number from 1 to the map's {controls.text(map_shape)}, or as in 2 × 1.",
        format_func=lambda word: f"{controls.text(size)} · window" if word == state.AS_SIZE else word,
        help="How far the window moves. As far as it is wide: every cell is read once.",
    )
    return None if chosen == state.AS_SIZE else controls.whole(chosen)


def _padding(place: str, size: controls.Whole) -> controls.Whole:
    rows, cols = shapes.as_pair("size", size)
    most = (rows // 2, cols // 2)

    def legal(written: str) -> bool:
        value = controls.whole(written)
        if value is None:
            return False
        pair = shapes.as_pair("padding", value, least=0)
        return pair[0] <= most[0] and pair[1] <= most[1]

    bound = controls.text(most[0] if rows == cols else most)
    chosen = controls.typed_list(
        "Padding",
        f"{place}.pad",
        [str(n) for n in range(controls.OFFERED) if legal(str(n))],
        legal=legal,
        needed=f"It is at most half the window, {bound}, so that no window lies wholly in the padding.",
        help="Cells added on each side: they never win a maximum or minimum, and count as 0 in the others.",
    )
    return controls.whole(chosen) or 0
