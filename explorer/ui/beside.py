"""Up to three kernels beside the chosen one, on the same image and with the same stride and padding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from explorer.operations.kernels import KERNELS, Kernel
from explorer.ui import kernel_choice

MOST = 3
Scale = Literal["each", "shared"]
SCALES: dict[Scale, str] = {"each": "each map its own", "shared": "shared by all"}


def texts(page: str) -> list[str]:
    """Return the kernels beside the chosen one, each as `kernel_choice.from_text` reads it."""
    return list(st.session_state.get(f"{page}.beside", []))


def scale(page: str) -> Scale:
    """Return whether each map has a scale of its own, or all share one."""
    return "shared" if st.session_state.get(f"{page}.scale") == "shared" else "each"


def put(page: str, wanted: Sequence[str], scale: Scale = "each") -> None:
    """Set the kernels beside the chosen one; call it before they are drawn or in a callback.

    Raises
    ------
    ValueError
        If one can't be read, or there are more than `MOST`.
    """
    if len(wanted) > MOST:
        raise ValueError(f"beside: got {len(wanted)} kernels, legal are up to {MOST}")
    for text in wanted:
        kernel_choice.from_text(text)
    st.session_state[f"{page}.beside"] = list(wanted)
    st.session_state[f"{page}.scale"] = scale


def title(text: str) -> str:
    """Name a kernel that is written as text: "gaussian:size=7" -> "Gaussian blur, size 7".

    Examples
    --------
    >>> title("gaussian:size=7"), title("1,0;0,-1")
    ('Gaussian blur, size 7', 'Own 2 × 2: 1 0, 0 −1')
    """
    name, _, values = text.partition(":")
    if name in KERNELS:
        return ", ".join([KERNELS[name].title, *(part.replace("=", " ") for part in values.split(",") if part)])
    rows, cols = kernel_choice.from_text(text).shape
    said = text.replace(",", " ").replace(";", ", ").replace("-", "\u2212")
    return f"Own {rows} × {cols}: {said if len(said) <= 30 else said[:29] + '…'}"


def choose(page: str) -> list[tuple[str, Kernel]]:
    """Draw the choice of kernels beside the chosen one.

    Returns
    -------
    list of (str, Kernel)
        Title and kernel of each.
    """
    key = f"{page}.beside"
    chosen = st.session_state.setdefault(key, [])
    st.session_state.setdefault(f"{page}.scale", "each")
    shown = kernel_choice.text(page)

    def keep() -> None:
        st.session_state[key] = [*st.session_state[key], shown]

    with st.popover(f"Compare · {len(chosen) + 1}" if chosen else "Compare", key=f"{page}.compare"):
        st.multiselect(
            f"Beside {title(shown)}, up to {MOST}",
            list(dict.fromkeys([*KERNELS, *chosen])),
            format_func=title,
            max_selections=MOST,
            key=key,
            placeholder="Choose kernels",
            persist_state="session",
        )
        st.button(
            "Keep this one beside",
            key=f"{page}.beside.keep",
            on_click=keep,
            disabled=len(chosen) >= MOST or shown in chosen,
            help="Keeps the kernel that is shown, own weights and parameters included; then choose another.",
        )
        if chosen:  # one map alone has nothing to share a scale with
            st.segmented_control(
                "Scale of the maps",
                [*SCALES],
                format_func=SCALES.__getitem__,
                required=True,
                key=f"{page}.scale",
                persist_state="session",
            )
    return [(title(text), kernel_choice.from_text(text)) for text in chosen]
