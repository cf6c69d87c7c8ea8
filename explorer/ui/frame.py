"""What every page has around its instrument: the question, the same in PyTorch, and what to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import streamlit as st
from numpy.typing import NDArray

TORCH_OPEN = "frame.torch"  # whether "The same in PyTorch" is open
NO_FILES: Mapping[str, Callable[[], bytes]] = MappingProxyType({})


@dataclass(frozen=True)
class Try:
    """One thing worth trying.

    Attributes
    ----------
    label
        What the button says.
    set_up
        Called when it is pressed, before the page runs again; it sets the page's state.
    note
        What to look at afterwards; shown until something else is tried. May be empty.
    """

    label: str
    set_up: Callable[[], None]
    note: str = ""


def too_large(*arrays: NDArray[np.float32]) -> bool:
    """Tell whether a number is none that a float32 holds, and say so in the instrument's place."""
    if all(np.isfinite(array).all() for array in arrays):
        return False
    st.error(
        "These numbers make a sum larger than 3.4e+38, the most a float32 holds. "
        "Take smaller ones or press Undo: what you made is kept as it is."
    )
    return True


def question(title: str, hint: str) -> None:
    """Open a page with its question and one line that says what to do."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{hint}]")


@st.fragment
def same_in_torch(
    code: Callable[[], str], *, note: str = "", files: Mapping[str, Callable[[], bytes]] = NO_FILES
) -> None:
    """Offer the PyTorch code that prints the numbers on the screen.

    Code and files are made only while a person has it open, and opening it runs nothing else of the page. The
    files are then at hand as they are: one that the server makes at the click can be lost where the page runs
    at that moment.

    Parameters
    ----------
    code
        Returns what runs as it stands, beside the files.
    note
        What is to be known before running it.
    files
        By name, what the code loads.
    """
    with st.expander("The same in PyTorch", key=TORCH_OPEN, on_change="rerun") as opened:
        if not opened.open:
            return
        if note:
            st.caption(note)
        st.code(code(), language="python", wrap_lines=True)
        for name, data in files.items():
            st.download_button(f"Download {name}", data(), file_name=name, on_click="ignore")


def try_this(page: str, tries: Sequence[Try]) -> None:
    """Show what is worth trying on a page; one click sets everything up."""
    noted = f"{page}.tried"

    def choose(number: int) -> None:
        tries[number].set_up()
        st.session_state[noted] = tries[number].label

    with st.container(horizontal=True, vertical_alignment="center", key=f"{page}-try"):
        st.markdown("**Try this**", width="content")
        for number, entry in enumerate(tries):
            st.button(entry.label, key=f"{page}.try.{number}", on_click=choose, args=(number,))
    # By its label, as what is worth trying may be something else now.
    for entry in tries:
        if entry.note and entry.label == st.session_state.get(noted):
            st.info(entry.note)
